"""A system in which all but a few variables are held at their initial values: less of its behaviour, and none that it has not.

Of the actions those are left that write no other variable. Every run of what is left that never idles is, with the held
values put back, a run of the system. It is a fair one too: a fair action that was left out must be one whose guard is false
wherever the held values are. Where that cannot be seen, what the action writes is let go as well. So a violation that is found
here is a violation of the system, and is replayed there like any other; that none is found says nothing.
"""

from dataclasses import dataclass
from functools import cached_property

import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.run import FiniteRun, Lasso, Run, State, Step
from dialproof.core.system import System
from dialproof.core.variables import Value
from dialproof.encode.dependencies import Reads
from dialproof.encode.problem import Problem
from dialproof.encode.transitions import conjunction
from dialproof.semantics.interpreter import given_values

MOST = 24
"""Of how many variables at most it pays to search what is left by itself."""


@dataclass(frozen=True, eq=False)
class Held:
    """The smaller question `problem`, whose violations become violations of `whole` by `put_back`."""

    whole: System
    problem: Problem
    values: dict[str, Value]

    def put_back(self, run: Run) -> Run | None:
        """`run` with the values that were held; None where it idles, since the system might be able to go on there."""
        steps = run.steps if isinstance(run, Lasso) else run.steps[:-1]
        if any(step.action is None for step in steps):
            return None
        if isinstance(run, Lasso):
            return Lasso(tuple(map(self._step, run.stem)), tuple(map(self._step, run.loop)))
        return FiniteRun(tuple(map(self._step, run.steps)))

    def _step(self, step: Step) -> Step:
        values = {**self.values, **step.state}
        return Step(step.action, State(self._places, tuple(values[name] for name in self._places)))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {variable.name: place for place, variable in enumerate(self.whole.variables)}


class Holder:
    """Makes systems in which variables are held; what it needs to know of the whole system it works out once."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._system = reads.system
        self._values = given_values(reads.system)

    def hold(self, part: Problem, moving: tuple[str, ...]) -> Held | None:
        """The question `part` where all but `moving`, and the few more that it takes, are held; None if it takes many.

        Every variable that is held must have one initial value, stated by an equation.
        """
        reads, system = self._reads, self._system
        formulas = [part.formula, *(assumption.formula for assumption in system.assumptions)]
        read = frozenset().union(*map(reads.of, formulas))
        named = {reads.numbers[name] for name in read & reads.numbers.keys()}
        kept = set(moving) | (read & reads.places.keys())
        kept.update(name for number in named for name, _ in system.actions[number].effects)
        kept = kept or {system.variables[0].name}
        while len(kept) <= MOST:
            held = {name: self._values[name] for name in reads.places if name not in kept and name in self._values}
            if len(held) + len(kept) < len(reads.places):
                return None
            numbers = self._left(kept) | named
            guards = {number: self._put_in(system.actions[number].guard, held) for number in sorted(numbers)}
            more = self._also_moved(numbers, held)
            if not more <= kept:
                kept |= more
                continue
            actions = [self._action(system.actions[number], guard, held) for number, guard in guards.items()]
            init = conjunction([self._put_in(system.init, held)])
            variables = [variable for variable in system.variables if variable.name in kept]
            smaller = System(system.name, variables, init, actions, system.assumptions)
            return Held(system, Problem(smaller, part.formula), held)
        return None

    def _left(self, kept: set[str]) -> set[int]:
        """The actions that write variables in `kept` only; of those that write none, the ones that read no other either."""
        actions = self._system.actions
        near = {number for name in kept for number in self._reads.writers[name]}
        writing = {number for number in near if all(name in kept for name, _ in actions[number].effects)}
        places = self._reads.places.keys()
        return writing | {number for number in self._idle if self._reads.of(actions[number].guard) & places <= kept}

    @cached_property
    def _idle(self) -> list[int]:
        return [number for number, action in enumerate(self._system.actions) if not action.effects]

    def _also_moved(self, left: set[int], held: dict[str, Value]) -> set[str]:
        """What is written and read by the fair actions that are left out although they might become possible."""
        more: set[str] = set()
        for number, action in enumerate(self._system.actions):
            if action.fairness is Fairness.NONE or number in left:
                continue
            if not z3.is_false(self._put_in(action.guard, held)):
                more |= {name for name, _ in action.effects} | (self._reads.of(action.guard) & self._reads.places.keys())
        return more

    def _action(self, action: Action, guard: z3.BoolRef, held: dict[str, Value]) -> Action:
        effects = dict(action.effects)
        updates = {target: self._substituted(effects[target.variable.name], held) for target in action.updates}
        return Action(action.name, guard, updates, action.fairness, parameters=action.parameters)

    def _put_in(self, term: z3.BoolRef, held: dict[str, Value]) -> z3.BoolRef:
        """`term` with the values of the variables that are held, worked out as far as they allow."""
        if not self._reads.of(term) & held.keys():
            return term
        simplified = z3.simplify(self._substituted(term, held), sort_disjunctions=False)
        assert isinstance(simplified, z3.BoolRef)
        return simplified

    def _substituted(self, term: z3.ExprRef, held: dict[str, Value]) -> z3.ExprRef:
        reads = self._reads
        described = [reads.variable(name) for name in sorted(reads.of(term) & held.keys())]
        return z3.substitute(term, *((one.term, one.domain.term(held[one.name])) for one in described)) if described else term
