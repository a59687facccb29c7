"""A claim together with the system that it is about: the router's own, or that with observers added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import z3

from dialproof.core.actions import Observer
from dialproof.core.claims import Claim
from dialproof.core.errors import InputError
from dialproof.core.hints import Hints
from dialproof.core.system import System
from dialproof.core.variables import Choice, StateVariable, Variable, choice
from model.router import Router


@dataclass(frozen=True, eq=False)
class Observed:
    """`claim` is about `system`. If it compares runs, `copies` are the labels of the copies of the router in `system`.

    `notes` are sentences that a reader of the verdict must know. `hints` are candidates for a proof, which nobody believes.
    """

    system: System
    claim: Claim
    copies: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    hints: Hints | None = None


@dataclass(frozen=True, eq=False)
class Memory:
    """A system that remembers its last step.

    `last` is the name of the action taken (`START` at first); `before` gives what a variable was before it.
    """

    system: System
    last: Choice
    before: Mapping[str, StateVariable]

    def knows(self, action: str) -> bool:
        """True if there is an action of this name, or it is `START`."""
        return action in self.last.variable.domain.values

    def was(self, action: str) -> z3.BoolRef:
        """The formula "the last action was the one called `action`"."""
        return self.last == self.last[action]


START = "start"
"""What the memory holds before anything has happened."""


def remembering(system: System, watched: Sequence[StateVariable]) -> Memory:
    """`system` with observers that remember its last step, and what `watched` was before it.

    So a claim about a step becomes a claim about states, which one step of induction can prove.
    """
    names = [action.name for action in system.actions]
    last = choice("last event", [START, *names], says="what happened last")
    before = {variable.variable.name: _twin(variable) for variable in watched}
    observers = [Observer(last, last[START], {name: last[name] for name in names})]
    observers += [Observer(before[one.variable.name], one, dict.fromkeys(names, one)) for one in watched]
    return Memory(system.observed(*observers), last, before)


def _twin(variable: StateVariable) -> StateVariable:
    """A variable for the value that `variable` had before the last step."""
    described = variable.variable
    name = f"before {described.name}"
    return Variable(name, described.domain, f"{described.says or described.name}, before the last step").constant()


def some(parts: list[z3.BoolRef]) -> z3.BoolRef:
    """One of `parts`; one part stands for itself."""
    return parts[0] if len(parts) == 1 else z3.Or(parts)


def every(parts: list[z3.BoolRef]) -> z3.BoolRef:
    """All of `parts`; one part stands for itself."""
    return parts[0] if len(parts) == 1 else z3.And(parts)


def require_dialled_routes(router: Router, claim: str) -> None:
    """Raise InputError unless some route goes over a dial link."""
    if not any(router.over(line) for line in router.lines):
        raise InputError(f"{claim} says nothing here: no route goes over a dial link; give one a link {router.words.dial_link}")


def require_lines(router: Router, claim: str) -> None:
    """Raise InputError unless there is a dial link."""
    if not router.lines:
        raise InputError(f"{claim} says nothing here: there is no dial link; declare one {router.words.dial_link}")
