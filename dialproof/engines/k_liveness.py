"""k-liveness: a proof that no violating run completes k rounds of fairness, for the smallest k that is found.

It needs no second copy of the state, and holds on unbounded data (`dialproof.encode.k_liveness`). That no k is found says
nothing.
"""

from collections.abc import Sequence
from functools import partial

import z3

from dialproof.core.certificates import KLiveness
from dialproof.core.question import fairness_of
from dialproof.encode.problem import LocalProblem, Problem
from dialproof.encode.transitions import Transitions
from dialproof.engines.candidates import Nothing, Outcome, Proved
from dialproof.engines.compositional import LocalProof, by_parts
from dialproof.engines.invariant_core import TRIES, locally_needed, without_needless_fairness
from dialproof.engines.limits import ANY_K_LIVENESS, KLivenessLimits
from dialproof.engines.spacer.chc import reachable


def prove(problem: Problem, limits: KLivenessLimits = ANY_K_LIVENESS) -> Outcome:
    """A certificate with one of the numbers of `limits`, or nothing with the reason. Violations are for others to find."""
    if problem.is_safety:
        return Nothing("the claim is a safety claim: no round of fairness is needed to refute its violations")
    return by_parts(problem, partial(prove_locally, limits=limits), partial(_prove_whole, limits=limits))


def prove_locally(local: LocalProblem, limits: KLivenessLimits = ANY_K_LIVENESS) -> LocalProof | Nothing:
    """A proof about a local form, or nothing with the reason."""
    for number in limits.numbers:
        answer = reachable(local.rounds(number), rlimit=limits.local_rlimit)
        if answer.invariant is not None:
            invariant, fairness = locally_needed(local, answer.invariant, partial(_rounds, number), TRIES)
            return KLiveness(invariant.sexpr(), number, fairness)
        if answer.result == z3.unknown:
            return Nothing(answer.reason, by_limit=True)
    return Nothing("no number of rounds is enough near the claim")


def _rounds(number: int, local: LocalProblem) -> Transitions:
    return local.rounds(number)


def _rounds_with(problem: Problem, number: int, fair: Sequence[str]) -> Transitions:
    return problem.resting_on(fair).rounds(number)


def _prove_whole(problem: Problem, limits: KLivenessLimits) -> Outcome:
    for number in limits.numbers:
        form = problem.rounds(number)
        answer = reachable(form, rlimit=limits.rlimit)
        if answer.invariant is not None:
            names = [name for name, _ in fairness_of(problem.system)]
            invariant, fair = without_needless_fairness(names, answer.invariant, partial(_rounds_with, problem, number), TRIES)
            return Proved(KLiveness(invariant.sexpr(), number, fair))
        if answer.result == z3.unknown:
            return Nothing(answer.reason, by_limit=True)
    return Nothing(
        f"a run that may violate the claim completes {limits.numbers[-1]} rounds of fairness; whether it goes on is open"
    )
