"""What it means that the engines agree on a problem: whoever decides, decides like the explicit search.

Each counterexample is replayed and each proof audited on the way, so that an engine cannot agree by accident.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import z3
from hypothesis import HealthCheck, given, seed, settings

from dialproof.core.errors import NotApplicable
from dialproof.core.system import System
from dialproof.encode.problem import Problem
from dialproof.engines import explicit
from dialproof.engines import k_induction as induction
from dialproof.engines import k_liveness as kliveness
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Nothing, Outcome, Proved
from dialproof.engines.limits import BmcLimits, InductionLimits, KLivenessLimits, ResponseLimits, SpacerLimits
from dialproof.engines.response import search as response
from dialproof.engines.spacer import search as spacer
from dialproof.evidence.audit import audit
from dialproof.evidence.replay import replay
from dialproof.exchange.promela import spin
from tests.strategies import problems

DEPTH = 5
"""How far a violation is searched for where the oracle says that there is none."""


RLIMIT = 2_000_000
"""How much z3 may do for one question; a few of the formulas would keep it for hours."""


class DisagreementError(AssertionError):
    """Two engines decide one problem differently."""


def confirm(problem: Problem, outcome: Outcome) -> bool | None:
    """Whether the claim holds according to `outcome`, after replay or audit; None where the engine found nothing."""
    match outcome:
        case Found(run):
            replay(problem, run)
            return False
        case Proved(certificate):
            audit(problem, certificate)
            return True
        case Nothing():
            return None


PROVERS: Mapping[str, Callable[[Problem], Outcome]] = {
    "liveness-to-safety": lambda problem: spacer.prove(problem, SpacerLimits(RLIMIT, RLIMIT)),
    "k-liveness": lambda problem: kliveness.prove(problem, KLivenessLimits((1, 2, 3), RLIMIT, RLIMIT)),
    "k-induction": lambda problem: induction.prove(problem, InductionLimits(3)),
    "response": lambda problem: response.prove(problem, limits=ResponseLimits(SpacerLimits(RLIMIT, RLIMIT))),
}
"""What proves. They take most of the time: a random problem is given to as many of them as a caller says, in turn."""


def in_turn(number: int, at_once: int) -> tuple[str, ...]:
    """The provers whose turn it is at the case of this number, if each case goes to so many of them."""
    names = tuple(PROVERS)
    return tuple(names[(number * at_once + place) % len(names)] for place in range(at_once))


def opinions(problem: Problem, provers: Iterable[str] = tuple(PROVERS), *, with_spin: bool = False) -> dict[str, bool | None]:
    """What the explicit search, the lasso search and `provers` say of `problem`: True for holds, None for nothing.

    Raises DisagreementError where two say different things. A bounded search must find a violation within the depth in which the
    explicit search found one, and nothing where there is none; nor within a depth that the explicit search says is free of any.
    """
    oracle = explicit.decide(problem)
    expected = confirm(problem, oracle)
    if expected is None:
        raise DisagreementError(f"the explicit search does not decide: {oracle}")
    depth = oracle.depth if isinstance(oracle, Found) else DEPTH
    searched = bmc.search(problem, BmcLimits(depth))
    if isinstance(oracle, Found) and isinstance(searched, Found) and min(searched.depth, len(searched.run)) <= oracle.free:
        raise DisagreementError(f"said to be free of violations: {oracle.free} steps; found: {searched}")
    said = {"explicit search": expected, "lasso search": confirm(problem, searched)}
    said |= {name: confirm(problem, PROVERS[name](problem)) for name in provers}
    if with_spin:
        said["SPIN"] = _spin(problem)
    wrong = {name: says for name, says in said.items() if says not in (expected, None)}
    if wrong or (said["lasso search"] is None) != expected:
        raise DisagreementError(f"expected {expected}; said: {said}")
    return said


def _spin(problem: Problem) -> bool | None:
    try:
        return spin.verdict(problem) == "holds"
    except NotApplicable:
        return None


def run_cases(number: int, first: int, *, provers_at_once: int = len(PROVERS), spin_every: int = 0) -> Counter[tuple[str, str]]:
    """How often each engine said what, on so many random problems; `first` seeds them. Raises DisagreementError with the problem.

    Each problem goes to so many provers, in turn, and every `spin_every`th to SPIN too (0: none).
    """
    counts: Counter[tuple[str, str]] = Counter()

    @seed(first)
    @settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(problems())
    def agree(case: tuple[System, z3.BoolRef]) -> None:
        with_spin = bool(spin_every) and counts["explicit search", "asked"] % spin_every == 0
        provers = in_turn(counts["explicit search", "asked"], provers_at_once)
        count(counts, opinions(Problem(*case), provers, with_spin=with_spin))

    agree()
    return counts


def count(counts: Counter[tuple[str, str]], said: Mapping[str, bool | None]) -> None:
    """Count what each engine said of one problem."""
    for engine, says in said.items():
        counts[engine, "asked"] += 1
        counts[engine, _WORDS[says]] += 1


_WORDS = {True: "holds", False: "violated", None: "nothing"}
