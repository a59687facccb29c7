"""k-induction for safety formulas: no violation within k steps, and none can follow k good steps.

Sheeran, Singh, Stalmarck, "Checking safety properties using induction and a SAT-solver", 2000; without the simple-path
constraint, so that the certificate is nothing but the number k. It works on unbounded data.
"""

import z3

from dialproof.core.certificates import KInduction
from dialproof.core.errors import NotApplicable
from dialproof.encode.problem import Problem
from dialproof.engines.bmc.unrolling import Unrolling
from dialproof.engines.candidates import Nothing, Outcome, Proved
from dialproof.engines.limits import INDUCTION, InductionLimits
from dialproof.engines.solving import ask


def prove(problem: Problem, limits: InductionLimits = INDUCTION[-1]) -> Outcome:
    """A certificate for the smallest k within `limits`, or nothing. Violations are the bounded search's to find."""
    try:
        form = problem.safety
    except NotApplicable as reason:
        return Nothing(str(reason))
    assert form.bad is not None
    base, step = Unrolling(form), Unrolling(form, anywhere=True)
    for solver in (base.solver, step.solver):
        solver.set("rlimit", limits.rlimit)
    step.grow()
    for depth in range(1, limits.max_k + 1):
        base.grow()
        if ask(base.solver, base.at(form.bad, depth - 1)) != z3.unsat:
            return Nothing(f"a violation after {depth - 1} steps could not be excluded", depth - 2)
        step.solver.add(z3.Not(step.at(form.bad, depth - 1)))
        step.grow()
        if ask(step.solver, step.at(form.bad, depth)) == z3.unsat:
            return Proved(KInduction(depth))
    return Nothing(f"the claim is not k-inductive for any k up to {limits.max_k}", limits.max_k - 1)
