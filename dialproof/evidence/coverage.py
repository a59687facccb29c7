"""Coverage: which actions of a system are ever enabled, found by walking about in it and, for the rest, by proof.

A walk in plain Python shows most actions enabled within milliseconds; it can show nothing else. Of the actions that it has not
met it is asked whether any is ever enabled, as a claim like any other: a run that is replayed shows one of them, an audited
certificate shows that none is. Fairness plays no part in this: it forbids no step. Nor do assumptions: of an action that is
enabled only on runs which they exclude nothing is said.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import z3

from dialproof.core.actions import Action, Fairness, enabled
from dialproof.core.ltl import always
from dialproof.core.system import System
from dialproof.core.terms import flattened_and
from dialproof.core.verdict import Holds, Verdict, Violated
from dialproof.encode.dependencies import Reads
from dialproof.encode.problem import Problem
from dialproof.encode.transitions import conjunction
from dialproof.evidence.findings import Finding, Kind
from dialproof.semantics.interpreter import Reader
from dialproof.semantics.random_walk import enabled_on_a_walk

LARGEST = 1500
"""How many actions a system may have for its coverage to be looked at: a larger one would take seconds to walk about in."""


class Skeleton:
    """A system without what no guard depends on, without fairness and without assumptions.

    An action that is never enabled there is never enabled in the system. Systems that differ in observers have one skeleton.
    """

    def __init__(self, system: System) -> None:
        """Find out what guards depend on; the skeleton as a system is made when it is asked for."""
        self._system = system
        reads = Reads(system)
        names = {variable.name for variable in system.variables}
        parts = [(part, reads.of(part)) for part in flattened_and(system.init)]
        needed: set[str] = set()
        waiting = {name for action in system.actions for name in reads.of(action.guard)} & names
        while waiting:
            needed |= waiting
            more = {name for _, read in parts if read & waiting for name in read}
            for name in waiting:
                for number in reads.writers[name]:
                    more |= reads.of(dict(system.actions[number].effects)[name])
            waiting = (more & names) - needed
        self._needed = needed
        self._init = [part for part, read in parts if read <= needed]

    @property
    def identity(self) -> object:
        """What makes two skeletons the same: z3 gives equal terms one number while one of them is alive."""
        variables = [(one.name, one.domain) for one in self._system.variables if one.name in self._needed]
        actions = [
            (
                action.name,
                action.guard.get_id(),
                tuple((name, term.get_id()) for name, term in action.effects if name in self._needed),
                tuple((parameter.variable.name, parameter.variable.domain) for parameter in action.parameters),
            )
            for action in self._system.actions
        ]
        return tuple(variables), tuple(part.get_id() for part in self._init), tuple(actions)

    def system(self) -> System:
        """The skeleton as a system."""
        actions = [
            Action(
                action.name,
                action.guard,
                {target: value for target, value in action.updates.items() if target.variable.name in self._needed},
                Fairness.NONE,
                parameters=action.parameters,
            )
            for action in self._system.actions
        ]
        whole = self._system
        variables = [variable for variable in whole.variables if variable.name in self._needed] or whole.variables[:1]
        return System(whole.name, variables, conjunction(self._init), actions)


@dataclass(eq=False)
class _Known:
    """What is known of one skeleton: the actions whose question is open, and those that are never enabled."""

    system: System
    open: tuple[str, ...]
    never: tuple[str, ...] = ()
    given_up: tuple[str, ...] = ()


@dataclass(eq=False)
class Coverage:
    """What is known of the actions of several systems; equal skeletons are looked at once."""

    _known: dict[object, _Known] = field(default_factory=dict)
    _of: dict[System, object] = field(default_factory=dict)

    def look_at(self, system: System) -> list[tuple[object, Problem]]:
        """Walk about in `system`, unless one with the same skeleton is known already; what then has to be asked about it."""
        if system in self._of:
            return []
        skeleton = Skeleton(system)
        key = self._of[system] = skeleton.identity
        if key in self._known:
            return []
        names = tuple(action.name for action in system.actions)
        if len(names) > LARGEST:
            self._known[key] = _Known(system, (), given_up=names)
        else:
            bones = skeleton.system()
            met = enabled_on_a_walk(bones)
            self._known[key] = _Known(bones, tuple(name for name in names if name not in met))
        return self._questions([key])

    def key_of(self, system: System) -> object:
        """The key of the actions of `system`, which was looked at."""
        return self._of[system]

    def question(self, key: object) -> list[tuple[object, Problem]]:
        """What is still open under `key`, with the key to `learn` the answer by; empty if nothing is."""
        return self._questions([key])

    def questions(self) -> list[tuple[object, Problem]]:
        """What is still open, each question with the key to `learn` its answer by: that no open action is ever enabled."""
        return self._questions(self._known)

    def _questions(self, keys: Iterable[object]) -> list[tuple[object, Problem]]:
        found = [(key, self._known[key]) for key in keys if self._known[key].open]
        return [
            (key, Problem(one.system, always(conjunction([z3.Not(enabled(name)) for name in one.open])))) for key, one in found
        ]

    def learn(self, key: object, verdict: Verdict) -> None:
        """Take in the answer to a question."""
        known = self._known[key]
        match verdict:
            case Holds():
                known.never, known.open = known.open, ()
            case Violated(run):
                reader = Reader(known.system)
                met = {name for step in run.steps for name in reader.possible(step.state.values_tuple)}
                known.open = tuple(name for name in known.open if name not in met)
            case _:
                known.given_up, known.open = known.open, ()

    def is_known(self, system: System) -> bool:
        """Whether there is nothing left to ask about `system`."""
        return not self._known[self._of[system]].open

    def findings(self, system: System, cause: str) -> tuple[Finding, ...]:
        """The actions of `system` that are never enabled, and those of which it is not known."""
        known = self._known[self._of[system]]
        never = [Finding(Kind.ACTION_NEVER_ENABLED, name, cause) for name in known.never]
        return (*never, *(Finding(Kind.ACTION_NEVER_ENABLED, name, cause, decided=False) for name in known.given_up))
