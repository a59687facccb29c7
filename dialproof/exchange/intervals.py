"""Bounds of a transition system's integers, found by trying the numbers that its terms compare them with, and proved each time.

A bound counts if every initial state keeps it and every step from a state that keeps it (and the bounds proved before) keeps it
too: then no reachable state is without it, and to give the variable that range leaves nothing out.
"""

from collections.abc import Mapping, Sequence

import z3

from dialproof.core.terms import subterms
from dialproof.core.variables import Domain, Kind

Integers = Mapping[str, tuple[z3.ArithRef, z3.ArithRef | None]]
"""Variables by name: the constant, and that of its next value; None for an input."""

_EFFORT = 5_000_000
"""For how much of z3's work (its `rlimit`) each bound is tried."""

_MOST_CANDIDATES = 60


def proved_bounds(integers: Integers, init: z3.BoolRef, steps: z3.BoolRef) -> dict[str, Domain]:
    """A range for each of `integers`, with the bounds that were found."""
    found = {name: Domain(Kind.INTEGER) for name in integers}
    for _ in range(2):  # one bound may need another that is found after it
        for name, (term, following) in integers.items():
            known = [found[other].restriction(pair[0]) for other, pair in integers.items()]

            def is_kept(bound: z3.BoolRef, later: z3.BoolRef | None, known: list[z3.BoolRef] = known) -> bool:
                if later is None:
                    return _implied(bound, [steps, *known])
                return _implied(bound, [init]) and _implied(later, [steps, bound, *known])

            numbers = _candidates([init, steps], [one for one in (term, following) if one is not None])
            low, high = found[name].low, found[name].high
            if high is None:
                high = next((n for n in numbers if is_kept(term <= n, None if following is None else following <= n)), None)
            if low is None:
                low = next(
                    (n for n in reversed(numbers) if is_kept(term >= n, None if following is None else following >= n)), None
                )
            if low is None or high is None or low <= high:  # otherwise there is no state at all
                found[name] = Domain(Kind.INTEGER, low=low, high=high)
    return found


def _candidates(terms: Sequence[z3.ExprRef], integers: Sequence[z3.ArithRef]) -> list[int]:
    """The numbers in conditions on `integers`, and those beside them, in order."""
    numbers: set[int] = set()
    mine = {one.get_id() for one in integers}
    for part in subterms(terms):
        if isinstance(part, z3.BoolRef) and any(isinstance(child, z3.ArithRef) for child in part.children()):
            inner = list(subterms([part]))
            if any(one.get_id() in mine for one in inner):
                values = [one.as_long() for one in inner if isinstance(one, z3.IntNumRef)]
                numbers |= {value + step for value in values for step in (-1, 0, 1)}
    return sorted(sorted(numbers, key=abs)[:_MOST_CANDIDATES])


def _implied(conclusion: z3.BoolRef, premises: Sequence[z3.BoolRef]) -> bool:
    solver = z3.Solver()
    solver.set("rlimit", _EFFORT)
    solver.add(*premises, z3.Not(conclusion))
    return solver.check() == z3.unsat
