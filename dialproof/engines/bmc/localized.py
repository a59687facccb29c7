"""Bounded search of a large system near the claim: what grows with the system is not unrolled.

Each conjunct of the claim is searched in two small systems. Its local form (`dialproof.encode.localization`) does all that the
system does and more: where it has no violation of so many steps, the system has none. The system with everything else held
(`dialproof.engines.bmc.under_approximation`) does less: a violation of it is one of the system. Where the two meet, at the
smallest depth at which any local form has a violation, that violation is a shortest one. Where they do not, the system is
searched as a whole, from that depth on.
"""

from collections.abc import Callable
from dataclasses import dataclass

import z3

from dialproof.core.errors import ModelError
from dialproof.core.run import Run
from dialproof.encode.problem import LocalProblem, Problem
from dialproof.engines.bmc.under_approximation import Holder
from dialproof.engines.bmc.unrolling import Unrolling
from dialproof.engines.neighbourhoods import fair_writers, neighbourhoods
from dialproof.engines.solving import Meter, ask

LARGE = 24
"""A system of at most so many variables is searched as a whole: that takes no longer, and finds the simplest violation of all."""

TRIED = 3
"""For how many conjuncts with the same local form a violation is searched with everything else held."""


Within = Callable[[Problem, int, int | None], Run | None]
"""Looks for a violation of so many steps, with so many of z3's units of work (None: no limit)."""


@dataclass(frozen=True)
class Near:
    """What came of it: a shortest `run` that violates the claim; or None, and then no violation has fewer steps than `depth`."""

    run: Run | None
    depth: int


@dataclass(eq=False)
class _Shape:
    """Conjuncts whose local forms are the same question.

    What the whole claim sees after so many steps such a form sees `offset` steps earlier: a monitor is one step late.
    """

    local: LocalProblem
    members: list[tuple[Problem, tuple[str, ...]]]
    offset: int
    unrolling: Unrolling | None = None

    def may_fail(self, depth: int, meter: Meter) -> bool:
        """Whether the whole may have a violation of `depth` steps here; no depth is asked about after a greater one."""
        depth -= self.offset
        if depth < 0:
            return False
        if self.unrolling is None:
            form = self.local.safety if self.local.finite_run_suffices else self.local.saved_loop.transitions
            self.unrolling = Unrolling.in_digits(form)
        unrolling = self.unrolling
        bad = unrolling.transitions.bad
        assert bad is not None
        meter.limit(unrolling.solver)
        while len(unrolling.frames) <= depth:
            unrolling.grow()
        reached = z3.Bool(f"dialproof.reached {depth}")
        unrolling.solver.add(z3.Implies(reached, unrolling.at(bad, depth)))
        return ask(unrolling.solver, reached) != z3.unsat


def search_near(
    problem: Problem,
    exactly: Within,
    *,
    last: int,
    first: int = 0,
    progress: Callable[[int], None] | None = None,
    rlimit: int | None = None,
    large: int = LARGE,
) -> Near:
    """A shortest violation of at most `last` steps, or a depth below which there is none; 0 where nothing can be said.

    Nothing is said of a system of at most `large` variables. That there is no violation of fewer than `first` steps is known.

    `exactly` finds a violation of a (small) problem that has so many steps and not more, if there is one;
    it is asked only where fewer steps are known not to be enough. `rlimit` is for all questions together.
    """
    if len(problem.system.variables) <= large:
        return Near(None, 0)
    shapes = _shapes(problem)
    if not shapes:
        return Near(None, 0)
    meter = Meter(rlimit)  # for the search, not for what it is made from
    depth, failing = _first_failing(shapes, range(first, last + 1), meter, progress)
    return Near(_with_all_else_held(problem, failing, depth, exactly, meter) if failing else None, depth)


def excluded(problem: Problem, *, first: int, last: int, rlimit: int | None = None) -> int:
    """A depth below which there is no violation, where there is none below `first`; `last` + 1 at most.

    Only forms are asked that are much smaller than the system, and not for long: what they say costs little, also where it is
    nothing new.
    """
    shapes = _shapes(problem, most=len(problem.system.variables) // 2)
    return _first_failing(shapes, range(first, last + 1), Meter(rlimit))[0] if shapes else first


def _first_failing(
    shapes: list[_Shape], depths: range, meter: Meter, progress: Callable[[int], None] | None = None
) -> tuple[int, list[_Shape]]:
    """The first of `depths` at which a form may have a violation, with those that may; or the depth at which `meter` is over."""
    for depth in depths:
        if progress is not None:
            progress(depth)
        failing = []
        for shape in shapes:
            if meter.is_over:
                return depth, []
            if shape.may_fail(depth, meter):
                failing.append(shape)
        if failing:
            return depth, failing
    return depths.stop, []


def found_nearby(problem: Problem, within: Within, *, last: int, rlimit: int | None = None) -> Run | None:
    """A violation of one of the first conjuncts of at most `last` steps on which nothing moves but what is near to it.

    `within` is as `exactly` of `search_near`. That it finds none says nothing.
    """
    if len(problem.system.variables) <= LARGE:
        return None
    meter = Meter(rlimit)
    holder = Holder(problem.reads)
    for part in problem.conjuncts[:TRIED]:
        if part.finite_run_suffices == problem.finite_run_suffices:
            *_, kept = [(), *neighbourhoods(part)]
            run = _held(holder, part, kept, last, within, meter)
            if run is not None:
                return run
    return None


def _shapes(problem: Problem, most: int | None = None) -> list[_Shape]:
    """The conjuncts by their largest local forms (of at most `most` variables); none where a conjunct has no such form."""
    found: dict[object, _Shape] = {}
    for part in problem.conjuncts:
        *_, kept = [(), *(near for near in neighbourhoods(part) if most is None or len(near) <= most)]
        if not kept:
            return []
        try:
            local = part.local(kept, fair_writers(part, kept))
        except ModelError:  # a clock that the claim measures by is not near it
            return []
        if local.identity not in found:
            if part.finite_run_suffices != problem.finite_run_suffices:
                return []
            offset = int(problem.is_seen_later) - int(part.is_seen_later) if problem.finite_run_suffices else 0
            found[local.identity] = _Shape(local, [], offset)
        found[local.identity].members.append((part, kept))
    return list(found.values())


def _with_all_else_held(
    problem: Problem,
    failing: list[_Shape],
    depth: int,
    exactly: Within,
    meter: Meter,
) -> Run | None:
    holder = Holder(problem.reads)
    for shape in failing:
        for part, kept in shape.members[:TRIED]:
            run = _held(holder, part, kept, depth - shape.offset, exactly, meter)
            if run is not None:
                return run
    return None


def _held(
    holder: Holder,
    part: Problem,
    kept: tuple[str, ...],
    depth: int,
    within: Within,
    meter: Meter,
) -> Run | None:
    held = holder.hold(part, kept)
    if held is None or meter.is_over:
        return None
    run = within(held.problem, depth, meter.left)
    return None if run is None else held.put_back(run)
