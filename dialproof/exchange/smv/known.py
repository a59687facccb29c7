"""What is known where an expression is read: a solver is asked, with a limit on its work and not on its time."""

from collections.abc import Sequence

import z3

MOST_VALUES = 64
"""How many values of a number are looked for."""

_EFFORT = 20_000_000


def is_certain(condition: z3.BoolRef, known: Sequence[z3.BoolRef]) -> bool:
    """True if `condition` is shown to follow from what is `known`."""
    solver = z3.Solver()
    solver.set("rlimit", _EFFORT)
    return bool(solver.check(*known, z3.Not(condition)) == z3.unsat)


def all_values(number: z3.ArithRef, known: Sequence[z3.BoolRef]) -> list[int] | None:
    """All values that `number` can have by what is `known`, in order; None if they are many."""
    simple = z3.simplify(number)
    if isinstance(simple, z3.IntNumRef):
        return [simple.as_long()]
    solver = z3.Solver()
    solver.set("rlimit", _EFFORT)
    solver.add(*known)
    found: list[int] = []
    while len(found) <= MOST_VALUES:
        answer = solver.check()
        if answer == z3.unsat and found:
            return sorted(found)
        value = solver.model().eval(number, model_completion=True) if answer == z3.sat else None
        if not isinstance(value, z3.IntNumRef):
            return None
        found.append(value.as_long())
        solver.add(number != value)
    return None
