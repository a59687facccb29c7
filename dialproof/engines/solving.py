"""The one place where a solver is asked: interrupts become KeyboardInterrupt, an undecided answer stays one.

How much is done is counted in z3's own units (`rlimit`), so that it ends at the same point however busy the machine is.
"""

import z3

INTERRUPTED = "interrupted from keyboard"


def ask(solver: z3.Solver, *assumptions: z3.BoolRef) -> z3.CheckSatResult:
    """`solver.check(*assumptions)`; raises KeyboardInterrupt where z3 hides one in its "unknown"."""
    answer = solver.check(*assumptions)
    if answer == z3.unknown and solver.reason_unknown() == INTERRUPTED:
        raise KeyboardInterrupt
    return answer


def fresh_solver(rlimit: int | None = None) -> z3.Solver:
    """A fresh incremental solver with a fixed seed; `rlimit` is how much it may do for one question (None: no limit)."""
    solver = z3.SimpleSolver()
    solver.set("random_seed", 0)
    if rlimit is not None:
        solver.set("rlimit", rlimit)
    return solver


def fresh_truth_solver() -> z3.Solver:
    """A fresh incremental solver with a fixed seed for truth values alone. What is assumed must be literals."""
    solver = z3.SolverFor("QF_FD")
    solver.set("random_seed", 0)
    return solver


class Meter:
    """What is left of `rlimit` units of z3's work in this process, for several questions together; None: there is no limit."""

    def __init__(self, rlimit: int | None) -> None:
        self._counter = z3.SimpleSolver()  # it is asked nothing: z3 counts for all solvers of the process
        self._end = None if rlimit is None else units_spent(self._counter) + rlimit

    @property
    def left(self) -> int | None:
        """How many units are left, 0 if none; None if there is no limit."""
        return None if self._end is None else max(0, self._end - units_spent(self._counter))

    @property
    def is_over(self) -> bool:
        """True if nothing is left."""
        return self.left == 0

    def limit(self, solver: z3.Solver) -> None:
        """Let the next question to `solver` take what is left."""
        left = self.left
        solver.set("rlimit", 0 if left is None else max(1, left))  # 0 is z3's word for no limit


def units_spent(solver: z3.Solver) -> int:
    """How many units of work z3 has done in this process, as any `solver` knows."""
    return int(solver.statistics().get_key_value("rlimit count"))
