"""Bounded search for shortest violations: one incremental solver, one frame more at a time.

The liveness-to-safety form is unrolled: its `save` input at frame i is the selector of a loop that starts there, the copy of
the state is the loop's other end, so each depth adds one frame and asks for one literal (Biere and others, "Linear encodings
of bounded LTL model checking", 2006). It finds, and never proves. A large system is searched near the claim first
(`dialproof.engines.bmc.localized`).
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import z3

from dialproof.core.run import FiniteRun, Lasso, Run, State, Step, Taken
from dialproof.core.system import System
from dialproof.encode.liveness_to_safety import SAVE
from dialproof.encode.problem import Problem
from dialproof.encode.transitions import parameter_input
from dialproof.engines.bmc.localized import LARGE, excluded, found_nearby, search_near
from dialproof.engines.bmc.trace_minimization import Frames, action_in, simplest
from dialproof.engines.bmc.unrolling import Unrolling
from dialproof.engines.candidates import Found, Nothing, Outcome
from dialproof.engines.limits import BmcLimits
from dialproof.engines.solving import Meter, ask
from dialproof.semantics.evaluate import is_lost_on
from dialproof.semantics.interpreter import Reader

Progress = Callable[[int], None]
"""Called with each depth before it is searched."""


def search(problem: Problem, limits: BmcLimits, *, first: int = 0, progress: Progress | None = None) -> Outcome:
    """A shortest violation within `limits`, with as few different actions as that length allows.

    Of fewer than `first` steps there must be none: nobody looks for one. A safety formula is searched for a finite run where that
    suffices.
    """
    last = limits.max_steps
    if first > last:
        return _nothing_within(last)
    meter = Meter(limits.rlimit)
    exactly = partial(_search_within, limits, True)
    near = search_near(problem, exactly, first=first, last=last, progress=progress, rlimit=limits.rlimit)
    if near.run is not None:
        return Found(near.run, near.depth)
    finite_run = problem.finite_run_suffices
    if near.depth > last:
        return _nothing_within(last)
    if meter.is_over:
        return _given_up(near.depth - 1)
    form = problem.safety if finite_run else problem.saved_loop.transitions
    unrolling = Unrolling.in_digits(form)
    bad = unrolling.transitions.bad
    assert bad is not None
    meter, whole = Meter(limits.rlimit), Meter(limits.whole_rlimit)  # for the search, not for what it is made from
    free = max(first, near.depth)  # there is no violation of fewer steps
    looked_near = len(problem.system.variables) > LARGE
    for depth in range(last + 1):
        if depth >= free and not looked_near and whole.is_over:
            looked_near, free = True, excluded(problem, first=depth, last=last, rlimit=limits.excluding_rlimit)
            if free > last:
                return _nothing_within(last)
        if depth < free:
            unrolling.grow()
            continue
        if progress is not None:
            progress(depth)
        if meter.is_over:
            return _given_up(depth - 1)
        unrolling.grow()
        reached = z3.Bool(f"dialproof.reached {depth}")
        unrolling.solver.add(z3.Implies(reached, unrolling.at(bad, depth)))
        meter.limit(unrolling.solver)
        answer = ask(unrolling.solver, reached)
        if answer == z3.unknown:
            return Nothing(f"the solver gave up at depth {depth}: {unrolling.solver.reason_unknown()}", depth - 1, by_limit=True)
        if answer == z3.sat:
            model = simplest(unrolling, reached, depth, problem.system, limits.simplifying_rlimit)
            run = finite_run_of(problem, model) if finite_run else lasso_of(problem.system, model)
            return Found(run, depth)
        unrolling.solver.add(z3.Not(reached))
    return _nothing_within(last)


def _given_up(depth: int) -> Nothing:
    if depth < 0:
        return Nothing("the search had not begun when its limit was reached", by_limit=True)
    return Nothing(f"no violation of at most {depth} steps was found before the search reached its limit", depth, by_limit=True)


def _nothing_within(last: int) -> Nothing:
    return Nothing(f"no violation of at most {last} steps; a bounded search proves nothing", last, by_limit=True)


def search_any(problem: Problem, limits: BmcLimits, *, progress: Progress | None = None) -> Outcome:
    """As `search`, but the violation need not be a shortest one: a large system is first searched near the claim alone."""
    run = found_nearby(problem, partial(_search_within, limits, False), last=limits.max_steps, rlimit=limits.rlimit)
    if run is not None:
        return Found(run, len(run.steps))
    return search(problem, limits, progress=progress)


def _search_within(limits: BmcLimits, exactly: bool, problem: Problem, depth: int, rlimit: int | None) -> Run | None:
    """A violation of at most `depth` steps; if `exactly`, there is none of fewer."""
    outcome = search(problem, replace(limits, max_steps=depth, rlimit=rlimit), first=depth if exactly else 0)
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
    start = next(place for place, frame in enumerate(frames) if frame[SAVE.name])
    return Lasso(tuple(steps[:start]), tuple(steps[start:]))


def finite_run_of(problem: Problem, frames: Frames) -> FiniteRun:
    """The finite run; its last action is dropped where the formula is lost without it."""
    steps = _steps(problem.system, frames)
    if problem.is_seen_later:
        steps = steps[:-1]  # the monitor's last frame only says that the frames before it have settled the formula
    shorter = FiniteRun((*steps[:-1], steps[-1]._replace(action=None)))
    return shorter if is_lost_on(problem.formula, shorter, Reader(problem.system)) else FiniteRun(tuple(steps))
