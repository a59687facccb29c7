"""The symbolic engines, the explicit search and the lasso evaluator agree on random systems and formulas.

Any wrong translation, fairness condition, frame or loop shows up here as a disagreement. `--agreement-cases N` runs more, and
`--agreement-seed S` other ones; the same seed gives the same ones.
"""

import pytest
import z3
from hypothesis import HealthCheck, given, seed, settings

from dialproof.audit import audit
from dialproof.engines import bmc, explicit, induction, kliveness, spacer
from dialproof.engines.outcome import Found, Nothing, Outcome, Proved
from dialproof.problem import Problem
from dialproof.replay import replay
from dialproof.system import System
from tests.strategies import problems

SHARDS = 8
"""Into how many tests the cases are split, so that processors can share them."""

DEPTH = 5
"""How far a violation is searched for where the oracle says that there is none."""


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


@pytest.mark.parametrize("shard", range(SHARDS))
def test_engines_agree(shard: int, agreement_cases: int, agreement_seed: int) -> None:
    """Each engine that decides, decides like the explicit search; each counterexample replays, each proof is audited."""
    decided = {"holds": 0, "violated": 0, "spacer": 0, "induction": 0, "k-liveness": 0}

    cases = agreement_cases // SHARDS

    @seed(agreement_seed * SHARDS + shard)
    @settings(max_examples=cases, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(problems())
    def agree(case: tuple[System, z3.BoolRef]) -> None:
        problem = Problem(*case)
        oracle = explicit.decide(problem)
        expected = confirm(problem, oracle)
        assert expected is not None
        decided["holds" if expected else "violated"] += 1
        # a shortest violation is no longer than the one that the oracle happens to find
        searched = bmc.search(problem, last=oracle.depth if isinstance(oracle, Found) else DEPTH)
        assert confirm(problem, searched) is (None if expected else False), "the bounded search disagrees"
        proved = confirm(problem, spacer.prove(problem))
        assert proved in (expected, None), "Spacer disagrees"
        decided["spacer"] += proved is not None
        by_induction = confirm(problem, induction.prove(problem, last=3))
        assert by_induction in (True, None)
        assert by_induction is None or expected, "k-induction disagrees"
        decided["induction"] += by_induction is not None
        by_rounds = confirm(problem, kliveness.prove(problem, rounds=(1, 2, 3)))
        assert by_rounds in (True, None)
        assert by_rounds is None or expected, "k-liveness disagrees"
        decided["k-liveness"] += by_rounds is not None

    agree()
    assert min(decided.values()) > cases // 100, f"too one-sided to mean anything: {decided}"
    print(decided)  # noqa: T201


@pytest.fixture
def agreement_cases(request: pytest.FixtureRequest) -> int:
    """How many random cases to run."""
    return int(request.config.getoption("--agreement-cases"))


@pytest.fixture
def agreement_seed(request: pytest.FixtureRequest) -> int:
    """Where the random cases start."""
    return int(request.config.getoption("--agreement-seed"))
