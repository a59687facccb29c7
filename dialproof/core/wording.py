"""Wording: how actions, variables, values and times are called in front of a reader who never sees a term."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import z3

from dialproof.core.actions import Action
from dialproof.core.clock import Passage, Unit
from dialproof.core.run import State, Taken
from dialproof.core.system import System
from dialproof.core.terms import subterms
from dialproof.core.variables import Integer, Value

_IDLE = "nothing can happen"


@dataclass(frozen=True)
class Wording:
    """The reader's words for one system.

    `actions` gives each action's name a sentence, in which `{route}` stands for the value of the parameter `route`;
    `variables` gives each variable's name a label. A name that is missing is shown as it is. `passages` has the actions that take
    time, each with how much; empty if the system counts none. `clocks` has the variables that time moves on, each with its unit.
    """

    actions: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    passages: Mapping[str, Passage] = field(default_factory=dict)
    clocks: Mapping[str, Unit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Copies, so that whoever passed the mappings cannot change a wording that is in use.
        object.__setattr__(self, "actions", dict(self.actions))
        object.__setattr__(self, "variables", dict(self.variables))
        object.__setattr__(self, "passages", dict(self.passages))
        object.__setattr__(self, "clocks", dict(self.clocks))

    def __hash__(self) -> int:
        return hash(tuple(frozenset(words.items()) for words in (self.actions, self.variables, self.passages, self.clocks)))

    def value(self, value: Value, name: str = "") -> str:
        """A value as a word: yes or no for a Boolean, a time for the variable called `name` if that is a clock, else itself."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        unit = self.clocks.get(name)
        return str(value) if unit is None or not isinstance(value, int) else unit.lasting(value)

    def variable(self, name: str) -> str:
        """The label of the variable called `name`."""
        return self.variables.get(name) or name

    def changed(self, before: State | None, after: State) -> tuple[str, ...]:
        """One line for each variable that differs, such as "mail for the default route: 0 → 1".

        With no `before`, one line for each variable and its value.
        """
        if before is None:
            return tuple(f"{self.variable(name)}: {self.value(value, name)}" for name, value in after.items())
        return tuple(
            f"{self.variable(name)}: {self.value(old, name)} → {self.value(new, name)}"
            for name, old, new in before.changes_to(after)
        )

    def action(self, taken: Taken | None) -> str:
        """What happened, as a sentence; parameters that the sentence does not mention follow in brackets.

        A parameter that counts time is written as a time.
        """
        if taken is None:
            return _IDLE
        sentence = self.actions.get(taken.name) or taken.name
        passage = self.passages.get(taken.name)
        unmentioned = []
        for name, value in taken.parameters:
            is_time = passage is not None and passage.parameter == name
            said = passage.unit.lasting(int(value)) if passage is not None and is_time else self.value(value)
            place = f"{{{name}}}"
            if place in sentence:
                sentence = sentence.replace(place, said)
            else:
                unmentioned.append(f"{name}: {said}")
        return f"{sentence} ({', '.join(unmentioned)})" if unmentioned else sentence


def wording_of(system: System) -> Wording:
    """The words that the system's own actions and variables bring along."""
    return Wording(
        {action.name: action.label for action in system.actions},
        {variable.name: variable.label for variable in system.variables},
        {action.name: action.passage for action in system.actions if action.passage is not None},
        {
            name: unit
            for action in system.actions
            if action.passage is not None
            for name, unit in _moved_on(action, action.passage)
        },
    )


def _moved_on(action: Action, passage: Passage) -> Iterator[tuple[str, Unit]]:
    """The integers that `action` moves on by as much time as passes."""
    for target, value in action.updates.items():
        if not isinstance(target, Integer) or not isinstance(value, z3.ExprRef):
            continue
        if passage.parameter in {part.decl().name() for part in subterms([value]) if part.num_args() == 0}:
            yield target.variable.name, passage.unit
