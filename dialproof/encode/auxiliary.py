"""Variables that an encoding adds to those of a system: each says what it is there for, and whom it is about.

A name tells them apart in a script and in a certificate, and for nobody else: whoever wants to know what a variable is asks for
its role.
"""

from dataclasses import dataclass, field
from enum import Enum

from dialproof.core.variables import Domain, Kind, Variable


class Role(Enum):
    """What a variable of the encoding is there for. The names of such variables begin with the value."""

    ACTION = "dialproof.action"
    """A digit of the number of the action that a step takes."""

    PARAMETER = "dialproof.parameter"
    """A parameter of the action that a step takes."""

    OWED = "dialproof.owed"
    """Says what a run owes to a formula, now or from the next position on."""

    LEFT = "dialproof.left"
    """How much of a limit is left, within which or throughout which something is owed."""

    PAST = "dialproof.past"
    """What was, or how long ago it was."""

    PROMISE = "dialproof.promise"
    """Says what will be."""

    SAVE = "dialproof.save"
    """Says that the state is saved now."""

    SAVED = "dialproof.saved"
    """Says that a state was saved; or the copy of the variable that it is about, in the state that was saved."""

    SEEN = "dialproof.seen"
    """Says that, since the state was saved, a fairness condition was met, or asked for: the one that it is about."""

    START = "dialproof.start"
    """Says that rounds are counted from here on."""

    STARTED = "dialproof.started"
    """Says that rounds are counted."""

    MET = "dialproof.met"
    """Says that a fairness condition was met in this round: the one that it is about."""

    NEVER = "dialproof.never"
    """Says that a compassion pair is never asked for again: the one that it is about."""

    ROUND = "dialproof.round"
    """Says that so many rounds are complete."""

    KEPT = "dialproof.kept"
    """Stands in a local form for a variable of the system, by its place."""

    FREE = "dialproof.free"
    """Stands in a local form for a term of the system that was left out."""

    DIGIT = "dialproof.digit"
    """A digit of the variable that it is about."""


@dataclass(frozen=True)
class Auxiliary(Variable):
    """A variable that the encoding has added. `about` names the variable, action or condition that it is about, if it is one."""

    role: Role = field(kw_only=True)
    about: str = field(default="", kw_only=True)


def auxiliary(role: Role, rest: str = "", domain: Domain | None = None, about: str = "") -> Auxiliary:
    """The variable in `role` whose name goes on with `rest`; a truth value if no `domain` is given."""
    name = f"{role.value} {rest}" if rest else role.value
    return Auxiliary(name, domain or Domain(Kind.BOOLEAN), role=role, about=about)


def has_role(variable: Variable, role: Role) -> bool:
    """True if the encoding has added `variable` in this role."""
    return isinstance(variable, Auxiliary) and variable.role is role
