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
from dialproof.engines.spacer.chc import reachable

ROUNDS = (1, 2, 3, 4, 6, 8)
"""The numbers of rounds that are tried."""

PATIENCE = 10.0
"""How long one question about a local form may take, in seconds."""


def prove(problem: Problem, rounds: Sequence[int] = ROUNDS, patience: float | None = None) -> Outcome:
    """A certificate with one of the numbers of `rounds`, or nothing with the reason. Violations are for others to find.

    `patience` is how long one question may take, in seconds (None: as long as it takes).
    """
    if problem.is_safety:
        return Nothing("the claim is a safety claim: no round of fairness is needed to refute its violations")
    return by_parts(problem, partial(prove_locally, rounds=rounds), partial(_prove_whole, rounds=rounds, patience=patience))


def prove_locally(local: LocalProblem, rounds: Sequence[int] = ROUNDS) -> LocalProof | None:
    """A proof about a local form, if there is one."""
    for number in rounds:
        answer = reachable(local.rounds(number), patience=PATIENCE)
        if answer.invariant is not None:
            invariant, fairness = locally_needed(local, answer.invariant, partial(_rounds, number), TRIES)
            return KLiveness(invariant.sexpr(), number, fairness)
        if answer.result == z3.unknown:
            return None
    return None


def _rounds(number: int, local: LocalProblem) -> Transitions:
    return local.rounds(number)


def _rounds_with(problem: Problem, number: int, fair: Sequence[str]) -> Transitions:
    return problem.resting_on(fair).rounds(number)


def _prove_whole(problem: Problem, rounds: Sequence[int], patience: float | None) -> Outcome:
    for number in rounds:
        form = problem.rounds(number)
        answer = reachable(form, patience=patience)
        if answer.invariant is not None:
            names = [name for name, _ in fairness_of(problem.system)]
            invariant, fair = without_needless_fairness(names, answer.invariant, partial(_rounds_with, problem, number), TRIES)
            return Proved(KLiveness(invariant.sexpr(), number, fair))
        if answer.result == z3.unknown:
            return Nothing(answer.reason)
    return Nothing(f"a run that may violate the claim completes {rounds[-1]} rounds of fairness; whether it goes on is open")
