"""Runs in single steps of time made readable: steps that follow each other are joined to one, if it leads to the same state."""

from collections.abc import Sequence

from dialproof.core.actions import Action
from dialproof.core.run import FiniteRun, Lasso, Run, Step, Taken
from dialproof.encode.problem import Problem
from dialproof.semantics.interpreter import Reader


def joined(run: Run, action: Action, problem: Problem) -> Run:
    """`run` with the single steps of `action` joined, as far as the action has such long ones; it may say less than `run`."""
    reader = Reader(problem.system)
    if isinstance(run, FiniteRun):
        return FiniteRun(_joined(run.steps, action, reader, None))
    return Lasso(_joined(run.stem, action, reader, run.loop[0]), _joined(run.loop, action, reader, run.loop[0]))


def _joined(steps: Sequence[Step], action: Action, reader: Reader, after: Step | None) -> tuple[Step, ...]:
    """`steps`, behind which comes `after`, with what can be joined to a step that leads to the same state."""
    (parameter,) = action.parameters
    longest = parameter.variable.domain.high or 1
    made: list[Step] = []
    at = 0
    while at < len(steps):
        end = at
        while end < len(steps) and _is_single(steps[end], action) and end - at < longest:
            end += 1
        target = steps[end] if end < len(steps) else after
        whole = Taken(action.name, ((parameter.variable.name, end - at),))
        reached = reader.reached(whole, steps[at].state.values_tuple) if end > at + 1 else None
        if target is not None and reached == target.state.values_tuple:
            made.append(Step(whole, steps[at].state))
            at = end
            continue
        made.append(steps[at])
        at += 1
    return tuple(made)


def _is_single(step: Step, action: Action) -> bool:
    return step.action is not None and step.action.name == action.name
