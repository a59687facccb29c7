"""Replay: a counterexample is believed only after plain Python has walked it and evaluated the formulas on it.

Nothing here knows an engine or a solver: the reader re-takes each step with the parameters that the run names, the fairness of
every action and every assumption is evaluated from its definition, and the claim must come out false.
"""

import z3

from dialproof.core import ltl
from dialproof.core.actions import Action, Fairness, enabled, taken
from dialproof.core.errors import ReplayError
from dialproof.core.question import Question
from dialproof.core.run import FiniteRun, Lasso, Run, State, Step
from dialproof.core.system import System
from dialproof.semantics.evaluate import holds_on_lasso, is_lost_on
from dialproof.semantics.interpreter import Reader

REPLAYED = "replay in plain Python"
"""How a replayed verdict says so."""


def replay(problem: Question, run: Run) -> None:
    """Raise ReplayError unless `run` is a fair run of the system, under its assumptions, that violates the formula."""
    reader = Reader(problem.system)
    _check_steps(run, reader)
    if isinstance(run, FiniteRun):
        if problem.system.assumptions:  # without any, a finite run always has a fair continuation
            raise ReplayError("a finite run shows nothing here: it may have no fair continuation that meets the assumptions")
        if not is_lost_on(problem.formula, run, reader):
            raise ReplayError("the formula is not lost on the finite run")
        return
    for action in problem.system.actions:
        if not is_fair_to(action, run, reader):
            raise ReplayError(f"the lasso is not fair: {action.fairness.value} fairness of {action.name!r} fails")
    for assumption in problem.system.assumptions:
        if not holds_on_lasso(assumption.formula, run, reader):
            raise ReplayError(f"the lasso does not meet the assumption {assumption.name!r}")
    if holds_on_lasso(problem.formula, run, reader):
        raise ReplayError("the formula holds on the lasso")


def replay_departure(system: System, run: FiniteRun) -> State:
    """The state out of range to which the last step of `run` leads.

    Raises ReplayError unless all steps before are steps of `system` within the ranges, and the last one leads out of range.
    """
    reader = Reader(system)
    *before, last = run.steps
    _check_steps(FiniteRun((*before, last._replace(action=None))), reader)
    after = None if last.action is None else reader.reached(last.action, last.state.values_tuple)
    if after is not None and not reader.is_legal(after):
        return reader.state(after)
    raise ReplayError(f"step {len(run) - 1}: {last.action} does not lead out of range from {last.state!r}")


def is_fair_to(action: Action, lasso: Lasso, reader: Reader) -> bool:
    """Whether the run that goes round the loop for ever is fair to `action`, from the definition of its fairness.

    Only the loop counts: what is so at one of its positions is so infinitely often.
    """
    if action.fairness is Fairness.NONE:
        return True
    if any(step.action is not None and step.action.name == action.name for step in lasso.loop):
        return True
    may = [reader.is_enabled(action.name, step.state.values_tuple) for step in lasso.loop]
    return not all(may) if action.fairness is Fairness.WEAK else not any(may)


def fairness_formula(action: Action) -> z3.BoolRef | None:
    """The fairness of `action` as a formula, from its definition; None where it has none."""
    may, does = enabled(action), taken(action)
    if action.fairness is Fairness.WEAK:
        return z3.Not(ltl.eventually(ltl.always(z3.And(may, z3.Not(does)))))
    if action.fairness is Fairness.STRONG:
        return z3.Implies(ltl.always(ltl.eventually(may)), ltl.always(ltl.eventually(does)))
    return None


def _check_steps(run: Run, reader: Reader) -> None:
    steps = run.steps
    for number, step in enumerate(steps):
        if not reader.is_legal(step.state.values_tuple) or tuple(step.state) != tuple(reader.names):
            raise ReplayError(f"state {number} is no state of the system: {step.state!r}")
    if not reader.is_initial(steps[0].state.values_tuple):
        raise ReplayError(f"the run starts in a state that is not initial: {steps[0].state!r}")
    following = [*steps[1:], *((run.loop[0],) if isinstance(run, Lasso) else ())]
    for number, (step, after) in enumerate(zip(steps, following, strict=False)):
        _check_step(number, step, after, reader)
    last = steps[-1]
    if isinstance(run, FiniteRun) and last.action is not None and reader.take(last.action, last.state.values_tuple) is None:
        raise ReplayError(f"step {len(steps) - 1}: {last.action} is not enabled in {last.state!r}")


def _check_step(number: int, step: Step, after: Step, reader: Reader) -> None:
    values = step.state.values_tuple
    if step.action is None:
        if not reader.is_deadlocked(values):
            raise ReplayError(f"step {number}: the run idles although {next(iter(reader.possible(values)))} is enabled")
        if after.state.values_tuple != values:
            raise ReplayError(f"step {number}: idling changes the state")
        return
    reached = reader.take(step.action, values)
    if reached is None:
        raise ReplayError(f"step {number}: {step.action} is not enabled in {step.state!r}")
    if after.state.values_tuple != reached:
        raise ReplayError(f"step {number}: {step.action} does not lead from {step.state!r} to {after.state!r}")
