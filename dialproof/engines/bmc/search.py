"""Bounded search for shortest violations: one incremental solver, one frame more at a time.

The liveness-to-safety form is unrolled: its `save` input at frame i is the selector of a loop that starts there, the copy of
the state is the loop's other end, so each depth adds one frame and asks for one literal (Biere and others, "Linear encodings
of bounded LTL model checking", 2006). It finds, and never proves. A large system is searched near the claim first
(`dialproof.engines.bmc.localized`).
"""

import time
from collections.abc import Callable

import z3

from dialproof.core.run import FiniteRun, Lasso, Run, State, Step, Taken
from dialproof.core.system import System
from dialproof.encode.liveness_to_safety import SAVE
from dialproof.encode.monitor import OWED
from dialproof.encode.problem import Problem
from dialproof.encode.transitions import parameter_input
from dialproof.engines.bmc.localized import LARGE, excluded, found_nearby, search_near
from dialproof.engines.bmc.trace_minimization import Frames, action_in, simplest
from dialproof.engines.bmc.unrolling import Unrolling
from dialproof.engines.candidates import Found, Nothing, Outcome
from dialproof.engines.solving import ask
from dialproof.semantics.evaluate import is_lost_on
from dialproof.semantics.interpreter import Reader

Progress = Callable[[int], None]
"""Called with each depth before it is searched."""

SLOW = 0.2
"""For how long a system is searched as a whole before it is asked what local forms exclude, in seconds."""


def search(
    problem: Problem, *, last: int, first: int = 0, progress: Progress | None = None, patience: float | None = None
) -> Outcome:
    """A shortest violation of at most `last` steps, with as few different actions as that length allows.

    Of fewer than `first` steps there must be none: nobody looks for one. A safety formula is searched for a finite run where that
    suffices. With `patience` no depth is begun after so many seconds, and the solver gives up at the depth that it is at then.
    """
    if first > last:
        return _nothing_within(last)
    begun = time.monotonic()
    near = search_near(problem, _search_exactly, first=first, last=last, progress=progress, patience=patience)
    if near.run is not None:
        return Found(near.run, near.depth)
    finite_run = problem.finite_run_suffices
    if near.depth > last:
        return _nothing_within(last)
    if patience is not None and time.monotonic() - begun >= patience:
        return _given_up(near.depth - 1)
    form = problem.safety if finite_run else problem.saved_loop.transitions
    unrolling = Unrolling.in_digits(form)
    bad = unrolling.transitions.bad
    assert bad is not None
    begun = time.monotonic()  # patience is for the search, not for what it is made from
    free = max(first, near.depth)  # there is no violation of fewer steps
    looked_near = len(problem.system.variables) > LARGE
    for depth in range(last + 1):
        spent = time.monotonic() - begun
        if depth >= free and spent > SLOW and not looked_near:
            left = None if patience is None else patience - spent
            looked_near, free = True, excluded(problem, first=depth, last=last, patience=left)
            if free > last:
                return _nothing_within(last)
        if depth < free:
            unrolling.grow()
            continue
        if progress is not None:
            progress(depth)
        left = None if patience is None else patience - (time.monotonic() - begun)
        if left is not None:
            if left <= 0:
                return _given_up(depth - 1)
            unrolling.solver.set("timeout", max(1, round(left * 1000)))
        unrolling.grow()
        reached = z3.Bool(f"dialproof.reached {depth}")
        unrolling.solver.add(z3.Implies(reached, unrolling.at(bad, depth)))
        answer = ask(unrolling.solver, reached)
        if answer == z3.unknown:
            return Nothing(f"the solver gave up at depth {depth}: {unrolling.solver.reason_unknown()}", depth - 1)
        if answer == z3.sat:
            model = simplest(unrolling, reached, depth, problem.system)
            run = finite_run_of(problem, model) if finite_run else lasso_of(problem.system, model)
            return Found(run, depth)
        unrolling.solver.add(z3.Not(reached))
    return _nothing_within(last)


def _given_up(depth: int) -> Nothing:
    if depth < 0:
        return Nothing("the search had not begun when the time given was over")
    return Nothing(f"no violation of at most {depth} steps was found in the time given", depth)


def _nothing_within(last: int) -> Nothing:
    return Nothing(f"no violation of at most {last} steps; a bounded search proves nothing", last)


def search_any(problem: Problem, *, last: int, progress: Progress | None = None, patience: float | None = None) -> Outcome:
    """As `search`, but the violation need not be a shortest one: a large system is first searched near the claim alone."""
    run = found_nearby(problem, _search_small, last=last, patience=patience)
    if run is not None:
        return Found(run, len(run.steps))
    return search(problem, last=last, progress=progress, patience=patience)


def glimpse(problem: Problem, *, last: int, progress: Progress | None = None, patience: float | None = None) -> Outcome:
    """What `search_any` would find, where that is found at once: a large system is searched near the claim alone."""
    if len(problem.system.variables) <= LARGE:
        return search(problem, last=last, progress=progress, patience=patience)
    run = found_nearby(problem, _search_small, last=last, patience=patience)
    return Nothing("nothing was found near the claim") if run is None else Found(run, len(run.steps))


def _search_exactly(problem: Problem, depth: int, patience: float | None) -> Run | None:
    outcome = search(problem, last=depth, first=depth, patience=patience)
    return outcome.run if isinstance(outcome, Found) else None


def _search_small(problem: Problem, depth: int, patience: float | None) -> Run | None:
    outcome = search(problem, last=depth, patience=patience)
    return outcome.run if isinstance(outcome, Found) else None


def _steps(system: System, frames: Frames) -> list[Step]:
    names = {variable.name: place for place, variable in enumerate(system.variables)}
    steps = []
    for frame in frames:
        state = State(names, tuple(frame[name] for name in names))
        number = action_in(system, frame)
        taken = None
        if number < len(system.actions):
            action = system.actions[number]
            inner = [parameter.variable for parameter in action.parameters]
            values = tuple((variable.name, frame[parameter_input(action.name, variable).name]) for variable in inner)
            taken = Taken(action.name, values)
        steps.append(Step(taken, state))
    return steps


def lasso_of(system: System, frames: Frames) -> Lasso:
    """The lasso whose loop starts where the state was saved and ends before the last frame, which repeats that state."""
    steps = _steps(system, frames)[:-1]
    start = next(place for place, frame in enumerate(frames) if frame[SAVE])
    return Lasso(tuple(steps[:start]), tuple(steps[start:]))


def finite_run_of(problem: Problem, frames: Frames) -> FiniteRun:
    """The finite run; its last action is dropped where the formula is lost without it."""
    steps = _steps(problem.system, frames)
    if any(variable.name.startswith(OWED) for variable in problem.safety.variables):
        steps = steps[:-1]  # the monitor's last frame only says that the frames before it have settled the formula
    shorter = FiniteRun((*steps[:-1], steps[-1]._replace(action=None)))
    return shorter if is_lost_on(problem.formula, shorter, Reader(problem.system)) else FiniteRun(tuple(steps))
