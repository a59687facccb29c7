"""The one place where a solver is asked: interrupts become KeyboardInterrupt, an undecided answer stays one."""

import z3

INTERRUPTED = "interrupted from keyboard"


def ask(solver: z3.Solver, *assumptions: z3.BoolRef) -> z3.CheckSatResult:
    """`solver.check(*assumptions)`; raises KeyboardInterrupt where z3 hides one in its "unknown"."""
    answer = solver.check(*assumptions)
    if answer == z3.unknown and solver.reason_unknown() == INTERRUPTED:
        raise KeyboardInterrupt
    return answer


def fresh_solver() -> z3.Solver:
    """A fresh incremental solver with a fixed seed."""
    solver = z3.SimpleSolver()
    solver.set("random_seed", 0)
    return solver


def fresh_truth_solver() -> z3.Solver:
    """A fresh incremental solver with a fixed seed for truth values alone. What is assumed must be literals."""
    solver = z3.SolverFor("QF_FD")
    solver.set("random_seed", 0)
    return solver
