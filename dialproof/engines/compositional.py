"""Proofs part by part, and of each part on its local form first: what one route does, whatever all others do.

A claim about many routes falls apart into one question per route (`ltl.conjuncts`). Each is asked of the local form around the
variables that it speaks of, then around a few more; the size of the system no longer matters to the solver. Parts whose
local forms are the same terms share one proof. Where no local form is enough the part is proved on the whole system.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from dialproof.core.certificates import Certificate, Conjunction, InductiveInvariant, KLiveness, LivenessToSafety
from dialproof.encode.problem import LocalProblem, Problem
from dialproof.engines.candidates import Found, Nothing, Outcome, Proved
from dialproof.engines.neighbourhoods import fair_writers, neighbourhoods

LocalProof = InductiveInvariant | LivenessToSafety | KLiveness
"""A proof about a local form, in its own names: of its fairness conditions, and of its variables. Equal forms share one."""


ProveLocal = Callable[[LocalProblem], LocalProof | Nothing]
"""Looks for a proof about a local form."""


def by_parts(problem: Problem, prove_local: ProveLocal, prove_whole: Callable[[Problem], Outcome]) -> Outcome:
    """A certificate for the whole claim, or what the first part that has none came to."""
    known: dict[object, tuple[LocalProblem, LocalProof | Nothing]] = {}
    certificates = []
    for part in problem.conjuncts:
        certificate = _locally(part, prove_local, known)
        if isinstance(certificate, Nothing):
            outcome = prove_whole(part)
            if isinstance(outcome, Nothing):
                # how deep one part was searched says nothing about the others
                depth = outcome.depth if part is problem else -1
                return replace(outcome, depth=depth, by_limit=outcome.by_limit or certificate.by_limit)
            if isinstance(outcome, Found):
                return outcome
            certificate = outcome.certificate
        certificates.append(certificate)
    if len(certificates) == 1:
        return Proved(certificates[0])
    fairness = sorted({name for certificate in certificates for name in certificate.fairness})
    return Proved(Conjunction(tuple(certificates), fairness=tuple(fairness)))


def _locally(
    part: Problem,
    prove_local: ProveLocal,
    known: dict[object, tuple[LocalProblem, LocalProof | Nothing]],
) -> Certificate | Nothing:
    by_limit = False
    for kept in neighbourhoods(part):
        local = part.local(kept, fair_writers(part, kept))
        if local.identity not in known:
            known[local.identity] = local, prove_local(local)
        _, proof = known[local.identity]
        if isinstance(proof, LocalProof):
            return certificate_of(local, proof)
        by_limit = by_limit or proof.by_limit
    return Nothing("no local form is enough", by_limit=by_limit)


def certificate_of(local: LocalProblem, proof: LocalProof) -> Certificate:
    """`proof` as one about the system that `local` is a form of. Nobody has audited it yet."""
    actions = dict(local.form.fair)
    fairness = tuple(actions[name] for name in proof.fairness)
    match proof:
        case InductiveInvariant(invariant):
            return InductiveInvariant(invariant, local.kept)
        case KLiveness(invariant, depth):
            return KLiveness(invariant, depth, fairness, local.kept)
        case LivenessToSafety(invariant, compared=compared):
            variables = {local.encoded.place_of(name): name for name in local.kept}
            return LivenessToSafety(invariant, fairness, tuple(variables[name] for name in compared), local.kept)
    assert_never(proof)
