"""The symbolic engines, the explicit search and the lasso evaluator agree on random systems and formulas.

Any wrong translation, fairness condition, frame or loop shows up here as a disagreement. `--agreement-cases N` runs more, and
`--agreement-seed S` other ones; the same seed gives the same ones. `python -m tools.campaign` runs them by the ten thousand.
"""

import pytest

from tests.agreement import run_cases

SHARDS = 8
"""Into how many tests the cases are split, so that processors can share them."""


@pytest.mark.parametrize("shard", range(SHARDS))
def test_engines_agree(shard: int, agreement_cases: int, agreement_seed: int) -> None:
    """Each engine that decides, decides like the explicit search; each counterexample replays, each proof is audited."""
    cases = agreement_cases // SHARDS
    counts = run_cases(cases, agreement_seed * SHARDS + shard)
    least = cases // 100
    for engine in ("explicit search", "liveness-to-safety"):
        assert counts[engine, "holds"] > least, f"too one-sided to mean anything: {counts}"
        assert counts[engine, "violated"] > least, f"too one-sided to mean anything: {counts}"
    assert counts["lasso search", "violated"] > least, f"the bounded search finds too little to mean anything: {counts}"
    for engine in ("k-induction", "k-liveness"):  # rare: a small slice may have none
        assert counts[engine, "holds"] >= least, f"{engine} proves too little to mean anything: {counts}"


@pytest.fixture
def agreement_cases(request: pytest.FixtureRequest) -> int:
    """How many random cases to run."""
    return int(request.config.getoption("--agreement-cases"))


@pytest.fixture
def agreement_seed(request: pytest.FixtureRequest) -> int:
    """Where the random cases start."""
    return int(request.config.getoption("--agreement-seed"))
