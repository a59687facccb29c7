"""Actions: guards and updates with their fairness, and what watches or restricts them: observers and assumptions.

Weak fairness (justice) of an action forbids that it is enabled always from some point on and never taken; strong
fairness (compassion) forbids that it is enabled infinitely often and taken only finitely often (Manna and Pnueli, "The
Temporal Logic of Reactive and Concurrent Systems", 1992).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import prod

import z3

from dialproof.core.clock import Passage
from dialproof.core.display import one_line
from dialproof.core.errors import ModelError
from dialproof.core.names import check_name
from dialproof.core.variables import Boolean, Choice, Integer, Kind, StateVariable

MOST_CHOICES = 65_536
"""How many ways to take an action are listed, where each has to be tried."""


_ATOM = re.compile(r"(?P<says>enabled|taken)\((?P<action>.*)\)")


class Fairness(Enum):
    """What is assumed of an action in the long run.

    NONE promises nothing, and still an action is taken where it is the only one that is enabled: see `System.stuttering`.
    """

    NONE = "none"
    WEAK = "weak"
    STRONG = "strong"


KINDS_OF_FAIRNESS = ", ".join(f"Fairness.{kind.name}" for kind in Fairness)
"""What to write for each of them."""

Update = bool | int | z3.ExprRef
"""The new value of a variable: a term over the state in which the action is taken, or a Python constant."""


@dataclass(frozen=True, eq=False)
class Action:
    """A guard and updates: in a state where `guard` holds the action may be taken, and gives the updated variables new values.

    If no other action is enabled it *is* taken, also without fairness (`System.stuttering`).
    `parameters` are variables of the action's own: it may be taken with any values for which the guard holds. Those that are not
    bounded integers, choices or truth values make infinitely many ways to take it, which nothing that tries them all can treat.
    `actor` is who does it; `says` is a sentence for the reader; `source` the rule that it follows. `because` is what its author
    calls the promise that `fairness` is ("call_eventually_succeeds"): it is shown wherever the fairness is. `event` is the kind
    of thing that happens, and `concerns` is what it happens to, as the model's author tells them apart; `passage` says how much
    time passes, None for an action that takes none. None of the three is part of the meaning.
    """

    name: str
    guard: z3.BoolRef
    updates: Mapping[StateVariable, Update]
    fairness: Fairness = Fairness.NONE
    actor: str = ""
    says: str = ""
    source: str = ""
    parameters: tuple[StateVariable, ...] = ()
    because: str = ""
    event: Enum | None = None
    concerns: str = ""
    passage: Passage | None = None
    effects: tuple[tuple[str, z3.ExprRef], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        check_name(self.name, "an action")
        self._check_kinds()
        guard = z3.BoolVal(self.guard) if isinstance(self.guard, bool) else self.guard
        if not isinstance(guard, z3.BoolRef):
            raise ModelError(f"action {self.name!r}: the guard must be a Boolean term; got {guard!r}")
        object.__setattr__(self, "guard", guard)
        object.__setattr__(self, "effects", tuple(self._effect(*pair) for pair in self.updates.items()))
        object.__setattr__(self, "updates", dict(self.updates))
        names = [name for name, _ in self.effects]
        if len(set(names)) != len(names):
            raise ModelError(f"action {self.name!r} updates a variable twice: {', '.join(names)}")
        for parameter in self.parameters:
            if not isinstance(parameter, Boolean | Integer | Choice):
                raise ModelError(f"action {self.name!r}: parameter {parameter!r} must be a boolean, a choice or an integer")
        self._check_passage()

    def _check_passage(self) -> None:
        """Raise ModelError if the time that passes is not what a parameter says, or could be negative."""
        if self.passage is None:
            return
        name = self.passage.parameter
        counting = [one.variable.domain for one in self.parameters if one.variable.name == name]
        if not counting or counting[0].kind is not Kind.INTEGER or counting[0].low is None or counting[0].low < 0:
            raise ModelError(
                f"action {self.name!r}: time passes by {name!r}, which must be a parameter of it, an integer from 0 on"
            )

    def _check_kinds(self) -> None:
        """Raise ModelError where a part is of another kind than it must be."""
        where = f"action {self.name!r}"
        if not isinstance(self.fairness, Fairness):
            raise ModelError(f"{where}: the fairness must be one of {KINDS_OF_FAIRNESS}; got {self.fairness!r}")
        if not isinstance(self.updates, Mapping):
            raise ModelError(f"{where}: the updates must be a dict, like {{waiting: waiting + 1}}; got {self.updates!r}")
        if not isinstance(self.parameters, tuple | list):
            raise ModelError(f"{where}: the parameters must be a tuple of variables; got {self.parameters!r}")
        if not isinstance(self.event, Enum | None):
            raise ModelError(f"{where}: `event` must be a member of an enumeration; got {self.event!r}")
        for what in ("actor", "says", "source", "because", "concerns"):
            if not isinstance(getattr(self, what), str):
                raise ModelError(f"{where}: `{what}` must be text; got {getattr(self, what)!r}")

    def _effect(self, variable: StateVariable, value: Update) -> tuple[str, z3.ExprRef]:
        if not isinstance(variable, Boolean | Integer | Choice):
            raise ModelError(f"action {self.name!r} updates {variable!r}, which was not made by boolean, choice or integer")
        kind = variable.variable.domain.kind
        if isinstance(value, bool) and kind is Kind.BOOLEAN:
            value = z3.BoolVal(value)
        elif isinstance(value, int) and not isinstance(value, bool) and kind is Kind.INTEGER:
            value = z3.IntVal(value)
        if not isinstance(value, z3.ExprRef) or not value.sort().eq(variable.sort()):
            name, hint = variable.variable.name, ""
            if isinstance(value, str) and value in variable.variable.domain.values:
                hint = f"; write {name}.{value}" if value.isidentifier() else f"; write {name}[{value!r}]"
            raise ModelError(
                f"action {self.name!r} gives {name!r} the value {value!r}; allowed: {variable.variable.domain}{hint}"
            )
        return variable.variable.name, value

    @property
    def label(self) -> str:
        """What to call it in front of a reader."""
        return self.says or self.name

    def __repr__(self) -> str:
        fairness = "" if self.fairness is Fairness.NONE else f"{self.fairness.value} fairness"
        updated = ", ".join(name for name, _ in self.effects)
        return one_line("Action", repr(self.name), fairness, f"updates {updated}" if updated else "updates nothing")

    @property
    def choices(self) -> int | None:
        """How many combinations of values its parameters have; None if infinitely many."""
        sizes = [parameter.variable.domain.size for parameter in self.parameters]
        return None if None in sizes else prod(size for size in sizes if size is not None)

    @property
    def is_listed(self) -> bool:
        """True if the ways to take it are few enough to be tried one by one."""
        return self.choices is not None and self.choices <= MOST_CHOICES


@dataclass(frozen=True, eq=False)
class Assumption:
    """A named restriction on the environment: only runs that satisfy `formula` are considered. `reason` says why."""

    name: str
    formula: z3.BoolRef
    reason: str

    def __repr__(self) -> str:
        return one_line("Assumption", repr(self.name), self.reason)


@dataclass(frozen=True, eq=False)
class Observer:
    """A variable that watches and never acts: `initially` its first value, `updates` its new value at each named action.

    It is how a claim counts or remembers what the system itself does not. Raises ModelError for a part of the wrong kind.
    """

    variable: StateVariable
    initially: Update
    updates: Mapping[str, Update]

    def __post_init__(self) -> None:
        if not isinstance(self.variable, Boolean | Integer | Choice):
            raise ModelError(f"an observer needs a variable made by boolean, choice or integer; got {self.variable!r}")
        name = self.variable.variable.name
        if not isinstance(self.updates, Mapping):
            raise ModelError(
                f"observer {name!r}: the updates must be a dict from names of actions to values; got {self.updates!r}"
            )
        Action("observer", z3.BoolVal(True), {self.variable: self.initially})  # which refuses a value of another kind

    def __repr__(self) -> str:
        return one_line("Observer", repr(self.variable.variable.name), f"updated at {', '.join(self.updates) or 'no action'}")


def enabled(action: Action | str) -> z3.BoolRef:
    """The atom "`action` could be taken now"."""
    return z3.Bool(atoms_of(action)[0])


def taken(action: Action | str) -> z3.BoolRef:
    """The atom "`action` is the one taken now"."""
    return z3.Bool(atoms_of(action)[1])


def atoms_of(action: Action | str) -> tuple[str, str]:
    """The names of the two atoms about an action."""
    if not isinstance(action, Action | str):
        raise ModelError(f"enabled(...) and taken(...) take an action or its name; got {action!r}")
    name = action if isinstance(action, str) else action.name
    return f"enabled({name})", f"taken({name})"


def atom_called(name: str) -> tuple[str, str] | None:
    """What an atom called `name` says, "enabled" or "taken", of which action; None for a variable, which has no such name."""
    found = _ATOM.fullmatch(name)
    return found and (found["says"], found["action"])
