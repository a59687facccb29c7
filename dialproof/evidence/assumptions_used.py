"""What a verdict rests on: of a system all its fairness and assumptions, of a proof those that its certificate uses."""

from typing import assert_never

from dialproof.core.actions import Fairness
from dialproof.core.certificates import (
    Certificate,
    Conjunction,
    Exhaustive,
    InductiveInvariant,
    KInduction,
    KLiveness,
    LivenessToSafety,
    WellFoundedResponse,
)
from dialproof.core.question import fairness_of
from dialproof.core.system import System
from dialproof.core.verdict import Basis


def basis_of(system: System) -> Basis:
    """What every verdict about `system` rests on."""
    fairness = fairness_of(system)
    return Basis(
        weak=tuple(name for name, kind in fairness if kind is Fairness.WEAK),
        strong=tuple(name for name, kind in fairness if kind is Fairness.STRONG),
        assumptions=tuple((assumption.name, assumption.reason) for assumption in system.assumptions),
        promised=tuple(
            (action.name, action.because) for action in system.actions if action.because and action.fairness is not Fairness.NONE
        ),
    )


def used_by(certificate: Certificate, basis: Basis) -> Basis:
    """What of `basis` a proof uses: the fairness that its certificate names, and no assumption if it is about all runs."""
    names = set(certificate.fairness)
    match certificate:
        case InductiveInvariant() | KInduction():
            assumptions: tuple[tuple[str, str], ...] = ()
        case LivenessToSafety() | KLiveness() | WellFoundedResponse() | Conjunction() | Exhaustive():
            assumptions = basis.assumptions
        case _:
            assert_never(certificate)
    return Basis(
        weak=tuple(name for name in basis.weak if name in names),
        strong=tuple(name for name in basis.strong if name in names),
        assumptions=assumptions,
        promised=tuple((name, because) for name, because in basis.promised if name in names),
    )
