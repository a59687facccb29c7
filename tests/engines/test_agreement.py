"""The symbolic engines, the explicit search and the lasso evaluator agree on random systems and formulas, timed and untimed.

Any wrong translation, fairness condition, frame or loop shows up here as a disagreement, and any deadline that a long step
of time jumps. `--agreement-cases N` and `--timed-cases N` run more, and `--agreement-seed S` other ones; the same seed gives the
same ones. `python -m tools.campaign` runs them by the ten thousand, with every prover on every untimed case.
"""

import pytest

from tests.agreement import run_cases
from tests.timed_agreement import run_timed_cases

SHARDS = 8
"""Into how many tests the cases are split, so that processors can share them."""


@pytest.mark.parametrize("shard", range(SHARDS))
def test_engines_agree(shard: int, agreement_cases: int, agreement_seed: int) -> None:
    """Each engine that decides, decides like the explicit search; each counterexample replays, each proof is audited."""
    cases = agreement_cases // SHARDS
    counts = run_cases(cases, agreement_seed * SHARDS + shard, provers_at_once=1)
    least = cases // 100
    for engine in ("explicit search", "liveness-to-safety"):
        assert counts[engine, "holds"] > least, f"too one-sided to mean anything: {counts}"
        assert counts[engine, "violated"] > least, f"too one-sided to mean anything: {counts}"
    assert counts["lasso search", "violated"] > least, f"the bounded search finds too little to mean anything: {counts}"
    for engine in ("k-induction", "k-liveness"):  # rare: a small slice may have none
        assert counts[engine, "holds"] >= counts[engine, "asked"] // 100, f"{engine} proves too little to mean anything: {counts}"


@pytest.mark.parametrize("shard", range(SHARDS))
def test_engines_agree_on_timed_systems(shard: int, timed_cases: int, agreement_seed: int) -> None:
    """Clocks that saturate, what is due, several lines: and if a claim is blind to it, time may pass in single units as well."""
    cases = timed_cases // SHARDS
    counts = run_timed_cases(cases, (agreement_seed * SHARDS + shard) * cases, units_every=2, others_every=25)
    for one in ("explicit search", "single units"):
        for says in ("holds", "violated"):
            assert counts[one, says] > counts[one, "asked"] // 5, f"too one-sided to mean anything: {counts}"


@pytest.fixture
def agreement_cases(request: pytest.FixtureRequest) -> int:
    """How many random cases to run."""
    return int(request.config.getoption("--agreement-cases"))


@pytest.fixture
def timed_cases(request: pytest.FixtureRequest) -> int:
    """How many random timed cases to run."""
    return int(request.config.getoption("--timed-cases"))


@pytest.fixture
def agreement_seed(request: pytest.FixtureRequest) -> int:
    """Where the random cases start."""
    return int(request.config.getoption("--agreement-seed"))
