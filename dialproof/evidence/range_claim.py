"""That the variables stay in their ranges, as a claim like any other: about a copy of the system in which such a step shows.

Some encodings end a run where a step leads a variable out of its range, so they cannot be asked whether there is such a step.
The *watched* copy can. It has the same states and takes the same steps within the ranges. A step that would lead a variable
out of its range leaves that variable as it is and raises a flag, and nothing can be done afterwards. So its own variables stay
in their ranges wherever an action is taken, and each step out of range is a step of it. Its runs with the flag down are the
runs of the system within the ranges: the flag is always down if and only if no reachable state has a step out of range.
Fairness and assumptions play no part: a step that can be taken counts, whether a fair run takes it or not.
"""

from dataclasses import dataclass

import z3

from dialproof.core import ltl
from dialproof.core.actions import Action, Update
from dialproof.core.errors import ReplayError
from dialproof.core.run import FiniteRun, Run, State, Step
from dialproof.core.system import System
from dialproof.core.variables import Boolean, StateVariable, Value, boolean
from dialproof.encode.problem import Problem
from dialproof.encode.transitions import conjunction, disjunction
from dialproof.evidence.replay import replay_departure

FLAG = "out of range"
"""The name of the flag, where the system has none of that name."""

SHOWN = 12
"""Of a run of more steps a message shows its beginning and its end, so many steps in all."""

WAY_OUT = "guard it, or model the refusal as an action of its own"
"""What to do about an action that leads out of range."""


def range_problem(system: System) -> Problem:
    """The question whether no reachable state of `system` has a step that leads a variable out of its range."""
    flag = _flag(system)
    actions = [_watched(action, flag) for action in system.actions]
    variables = [*system.variables, flag.variable]
    watched = System(f"{system.name}, its ranges", variables, z3.And(system.init, z3.Not(flag)), actions)
    return Problem(watched, ltl.always(z3.Not(flag)))


def _flag(system: System) -> Boolean:
    taken = {variable.name for variable in system.variables}
    taken |= {parameter.variable.name for action in system.actions for parameter in action.parameters}
    name, number = FLAG, 1
    while name in taken:
        number += 1
        name = f"{FLAG} {number}"
    return boolean(name)


def _watched(action: Action, flag: Boolean) -> Action:
    """`action` as it is while the flag is down, and raising it instead of leading out of range."""
    effects = dict(action.effects)
    updates: dict[StateVariable, Update] = {}
    leaving: list[z3.BoolRef] = []
    for target in action.updates:
        effect = effects[target.variable.name]
        inside = z3.simplify(target.variable.domain.restriction(effect))
        assert isinstance(inside, z3.BoolRef)
        updates[target] = effect if z3.is_true(inside) else z3.If(inside, effect, target)
        leaving += [] if z3.is_true(inside) else [z3.Not(inside)]
    if leaving:
        updates[flag] = disjunction(leaving)
    return Action(action.name, conjunction([z3.Not(flag), action.guard]), updates, parameters=action.parameters)


@dataclass(frozen=True, eq=False)
class Departure:
    """A run of `system` whose last step leads out of range, to the state `after`; made by `departure` only, which replays it."""

    system: System
    run: FiniteRun
    after: State

    @property
    def left(self) -> tuple[tuple[str, Value, str], ...]:
        """Each variable that is out of its range at the end: its name, its value, and the range as text."""
        described = [(one.name, self.after[one.name], one.domain) for one in self.system.variables]
        return tuple((name, value, str(domain)) for name, value, domain in described if not domain.contains(value))

    def __str__(self) -> str:
        """What a user is told: the action, the step, how long the run is, what to do; then the run."""
        *_, (action, state) = self.run.steps
        assert action is not None
        written = [name for name, _ in self.system.action(action.name).effects]
        before = ", ".join(f"{name}={state[name]}" for name in written)
        out = " and ".join(f"{name}={value}, where {allowed} is allowed" for name, value, allowed in self.left)
        length = f"{len(self.run)} step{'' if len(self.run) == 1 else 's'}"
        said = f"action {str(action)!r} leads out of range in a run of {length}: from {before} to {out}; {WAY_OUT}"
        return f"{said}\n{self._table}"

    @property
    def _table(self) -> str:
        """The run, step by step; of a long one its beginning and its end."""
        lines = str(self.run).splitlines()
        if len(lines) > 2 * SHOWN:
            lines = [*lines[:2], "    ...", *lines[2 - 2 * SHOWN :]]
        out = ", ".join(f"{name}={value}" for name, value, _ in self.left)
        return "\n".join([*lines, f"{len(self.run):>3} {out}  (out of range)"])


def departure(system: System, run: Run) -> Departure:
    """The run of `system` out of range that `run` of its watched copy stands for.

    It is replayed in plain Python; raises ReplayError where it is no run of `system`, or does not lead out of range.
    """
    places = {variable.name: place for place, variable in enumerate(system.variables)}
    steps: list[Step] = []
    for step, following in zip(run.steps, run.steps[1:], strict=False):
        steps.append(Step(step.action, State(places, step.state.values_tuple[:-1])))
        if following.state.values_tuple[-1] is True:
            leaving = FiniteRun(tuple(steps))
            return Departure(system, leaving, replay_departure(system, leaving))
    raise ReplayError("the run does not lead out of range")
