"""Bounded search for shortest violations: one incremental solver, one frame more at a time.

The liveness-to-safety form is unrolled: its `save` input at frame i is the selector of a loop that starts there, the copy of
the state is the loop's other end, so each depth adds one frame and asks for one literal (Biere and others, "Linear encodings
of bounded LTL model checking", 2006). It finds, and never proves. A large system is searched near the claim first
(`dialproof.engines.near`).
"""

import time
from collections.abc import Callable, Iterable
from itertools import count

import z3

from dialproof.encode.l2s import SAVE
from dialproof.encode.monitor import OWED
from dialproof.encode.transitions import action_inputs, disjunction, is_action, is_below, parameter_input
from dialproof.engines.near import found_nearby, search_near
from dialproof.engines.outcome import Found, Nothing, Outcome
from dialproof.engines.solving import ask
from dialproof.engines.unrolling import Unrolling
from dialproof.evaluate import is_lost_on
from dialproof.problem import Problem
from dialproof.reader import Reader
from dialproof.run import FiniteRun, Lasso, Run, State, Step, Taken
from dialproof.system import System
from dialproof.variables import Value

Progress = Callable[[int], None]
"""Called with each depth before it is searched."""


_NO_LIMIT = 4294967295  # z3's own default, in milliseconds


def search(
    problem: Problem, *, last: int, first: int = 0, progress: Progress | None = None, patience: float | None = None
) -> Outcome:
    """A shortest violation of at most `last` steps, with as few different actions as that length allows.

    Of fewer than `first` steps there must be none: nobody looks for one. A safety formula is searched for a finite run where that
    suffices. With `patience` no depth is begun after so many seconds, and the solver gives up at the depth that it is at then.
    """
    begun = time.monotonic()
    near = search_near(problem, _search_exactly, last=last, progress=progress, patience=patience)
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
    begin = max(first, near.depth)
    for _ in range(begin):
        unrolling.grow()  # so far there is no violation
    for depth in range(begin, last + 1):
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
            unrolling.solver.set("timeout", _NO_LIMIT)
            model = _simplest(unrolling, reached, depth, problem.system)
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


def _search_exactly(problem: Problem, depth: int, patience: float | None) -> Run | None:
    outcome = search(problem, last=depth, first=depth, patience=patience)
    return outcome.run if isinstance(outcome, Found) else None


def _search_small(problem: Problem, depth: int, patience: float | None) -> Run | None:
    outcome = search(problem, last=depth, patience=patience)
    return outcome.run if isinstance(outcome, Found) else None


Frames = list[dict[str, Value]]
"""The values of every variable and input, frame by frame."""


def _simplest(unrolling: Unrolling, reached: z3.BoolRef, depth: int, system: System) -> Frames:
    """A model of the shortest violation that a reader is least surprised by.

    It does without every action but the system's first that it can do without, later ones before earlier ones; then each step,
    the last first, takes the earliest action of the system that it can. A system lists first what is least remarkable. So which
    actions are taken does not depend on the model that the solver happens to find first.
    """
    solver = unrolling.solver
    digits = [z3.Bool(digit.name) for digit in action_inputs(system)]
    idle = len(system.actions)
    frames = _read(unrolling, solver.model(), depth)

    def kept_to(condition: z3.BoolRef, where: Iterable[int]) -> z3.BoolRef:
        """A literal that says that the action in each of the frames `where` meets `condition`."""
        literal = z3.Bool(f"dialproof.kept {next(numbers)}")
        solver.add(z3.Implies(literal, z3.And([unrolling.at(condition, frame) for frame in where])))
        return literal

    numbers = count()
    needed = [idle]
    latest = idle
    while used := [number for frame in frames if 0 < (number := _action_in(system, frame)) < latest]:
        latest = max(used)
        earlier = disjunction([is_below(latest, digits), *(is_action(number, digits) for number in needed)])
        if ask(solver, reached, kept_to(earlier, range(depth + 1))) == z3.sat:
            frames = _read(unrolling, solver.model(), depth)
        else:
            needed.append(latest)
    allowed = disjunction([is_action(number, digits) for number in (0, *needed)])
    settled = [kept_to(allowed, range(depth + 1))]
    for frame in reversed(range(depth)):
        while (number := _action_in(system, frames[frame])) > 0:
            if ask(solver, reached, *settled, kept_to(is_below(number, digits), [frame])) != z3.sat:
                break
            frames = _read(unrolling, solver.model(), depth)
        settled.append(kept_to(is_action(_action_in(system, frames[frame]), digits), [frame]))
    return frames


def _read(unrolling: Unrolling, model: z3.ModelRef, depth: int) -> Frames:
    return [unrolling.values(model, frame) for frame in range(depth + 1)]


def _action_in(system: System, frame: dict[str, Value]) -> int:
    """The number of the action taken in `frame`."""
    return sum(1 << place for place, digit in enumerate(action_inputs(system)) if frame[digit.name])


def _steps(system: System, frames: Frames) -> list[Step]:
    names = {variable.name: place for place, variable in enumerate(system.variables)}
    steps = []
    for frame in frames:
        state = State(names, tuple(frame[name] for name in names))
        number = _action_in(system, frame)
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
