"""A question at every value of a setting: lifted systems that stand for many values, and what a run or a proof says at each.

A proof about a lifted system holds at each of its values, because the lifted system was compared with each system that was built
(`dialproof.evidence.instances`). A run counts at a value only if the system that was built there has it: it is replayed.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import z3

from dialproof.core.actions import Fairness
from dialproof.core.claims import Claim
from dialproof.core.errors import InputError, ModelError, ReplayError
from dialproof.core.instances import Instance
from dialproof.core.question import Question
from dialproof.core.run import FiniteRun, Lasso, Run, State
from dialproof.core.system import System
from dialproof.core.verdict import Holds, Verdict, Violated
from dialproof.encode.frozen_parameter import Lifted, lifted
from dialproof.engines.bmc.same_actions import SameActions
from dialproof.evidence.instances import check_instance
from dialproof.evidence.replay import REPLAYED, replay
from dialproof.ltl import always
from dialproof.portfolio.check import job_of
from dialproof.portfolio.portfolio import Portfolio

FROZEN = "setting"
"""What the frozen variable is called, if the system has none of that name."""

MOST_VALUES = 1000
"""How many values a range may have."""

Formulated = Callable[[Lifted | None, int], z3.BoolRef]
"""A formula about a lifted system; or, for None, about the system that was built at the value."""


class Varied:
    """The instances at the values of a setting, in order and `step` apart. `lifted` are the systems that stand for them.

    Raises InputError for values that are none, too many, or not `step` apart.
    """

    def __init__(self, instances: Sequence[Instance], portfolio: Portfolio) -> None:
        self.values = tuple(instance.value for instance in instances)
        steps = {later - earlier for earlier, later in pairwise(self.values)}
        if not instances or len(steps) > 1 or min(steps, default=1) < 1 or len(instances) > MOST_VALUES:
            raise InputError(f"a setting is varied over 1 to {MOST_VALUES} values, the same step apart; got {self.values}")
        self.step = min(steps, default=1)
        self.instances = {instance.value: instance for instance in instances}
        self._portfolio = portfolio
        self.lifted = lifted(instances, self.step, FROZEN)
        for one in self.lifted:
            for value in one.values:
                check_instance(one.system, one.formulas, one.parameter, one.at(value), self.instances[value])
        self._again: dict[tuple[int, int, int], SameActions | None] = {}
        self._kept_alive: list[object] = []
        self._keeps: dict[int, bool] = {}

    def parts(self, values: Sequence[int]) -> list[tuple[Lifted | None, tuple[int, ...]]]:
        """`values`, which follow one another, by the lifted system that stands for them; None for one to be asked alone.

        A lifted system that may leave the ranges of a value stands for none: then each system is asked whether it keeps its own.
        """
        found: list[tuple[Lifted | None, tuple[int, ...]]] = []
        for one in self.lifted:
            inside = tuple(value for value in values if value in one.values)
            if len(inside) > 1 and self._keeps_ranges(one):
                found.append((one, inside))
            else:
                found += [(None, (value,)) for value in inside]
        return found

    def _keeps_ranges(self, one: Lifted) -> bool:
        """Whether it is proved that each variable stays, at each value, in the range that it has there."""
        if id(one) not in self._keeps:
            actions = [replace(action, fairness=Fairness.NONE, because="") for action in one.system.actions]
            any_run = System(one.system.name, one.system.variables, one.system.init, actions)
            self._keeps[id(one)] = z3.is_true(one.ranges) or isinstance(self._ask(any_run, always(one.ranges), None), Holds)
        return self._keeps[id(one)]

    def prove(self, one: Lifted, values: Sequence[int], formula: z3.BoolRef, premise: z3.BoolRef | None) -> Verdict:
        """The verdict on `formula` about the lifted system at `values`, which are some of its own and follow one another."""
        return self._ask(one.upon(values).system, formula, premise)

    def ask(self, value: int, formula: z3.BoolRef, premise: z3.BoolRef | None) -> Verdict:
        """The verdict on `formula` about the system that was built at `value`."""
        return self._ask(self.instances[value].system, formula, premise)

    def _ask(self, system: System, formula: z3.BoolRef, premise: z3.BoolRef | None) -> Verdict:
        return self._portfolio.run([job_of(system, Claim("varied", formula, "", premise=premise))])[0]

    def value_of(self, one: Lifted, run: Run) -> int:
        """The value at which a run of the lifted system is one."""
        number = run.steps[0].state[one.parameter.variable.name]
        return next(value for value in one.values if one.at(value) == number)

    def at_its_value(self, one: Lifted, found: Violated, formula: z3.BoolRef) -> Violated | None:
        """A run of the lifted system as one of the system that was built, where it violates `formula`; None if it is none."""
        return self._replayed(_without(found.lasso, one.parameter.variable.name), self.value_of(one, found.lasso), formula)

    def again(self, one: Lifted, run: Run, value: int, formulated: Formulated) -> Violated | None:
        """A run by the actions of `run`, of any of the systems, that violates the formula at `value`; None if none is found."""
        asked = formulated(one, value)
        key = id(one), id(run), asked.get_id()
        if key not in self._again:
            self._kept_alive += [run, asked]  # their numbers are theirs as long as they are alive
            try:
                self._again[key] = SameActions(one.system, run, asked)
            except ModelError:  # it has not these actions
                self._again[key] = None
        search = self._again[key]
        candidate = None if search is None else search.candidate({one.parameter.variable.name: one.at(value)})
        if candidate is None:
            return None
        return self._replayed(_without(candidate, one.parameter.variable.name), value, formulated(None, value))

    def _replayed(self, run: Run, value: int, formula: z3.BoolRef) -> Violated | None:
        try:
            replay(Question(self.instances[value].system, formula), run)
        except ReplayError:
            return None
        return Violated(run, engine="bmc", checked_by=(REPLAYED,))


def _without(run: Run, name: str) -> Run:
    """The run without the variable of this name."""

    def less(state: State) -> State:
        return State.of({each: value for each, value in state.items() if each != name})

    if isinstance(run, FiniteRun):
        return FiniteRun(tuple(step._replace(state=less(step.state)) for step in run.steps))
    stem, loop = ([step._replace(state=less(step.state)) for step in steps] for steps in (run.stem, run.loop))
    return Lasso(tuple(stem), tuple(loop))


def neighbours(values: Sequence[int], step: int) -> list[tuple[int, ...]]:
    """`values`, in order, in groups that follow one another."""
    groups: list[list[int]] = []
    for value in values:
        if groups and value == groups[-1][-1] + step:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [tuple(group) for group in groups]


def easiest(values: Sequence[int], ease: Callable[[int], int], least: int) -> tuple[int, ...]:
    """Those of `values` that are the easiest to ask about, at least `least` of them if there are so many.

    The `ease` of a value divides that of those that are easier: a unit of time.
    """
    for known in sorted({ease(value) for value in values}, reverse=True):
        found = tuple(value for value in values if ease(value) % known == 0)
        if len(found) >= min(least, len(values)):
            return found
    return tuple(values)
