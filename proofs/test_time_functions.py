"""Times as functions of a setting: each proved for every value of a range at once, and attained at every value.

Source: Q156063 section 2.2.11 (queued for X minutes); pppd(8) (holdoff). The function is what one works out by hand.
"""

from pathlib import Path

import pytest

import model
from dialproof.core.verdict import Holds, Violated
from dialproof.project.setting_range import setting_range
from properties.varied import VariedBound, bound_functions, claim_ranges
from tests.amounts import long

TIMED = Path(model.__file__).parent / "scenarios" / "timed"


@pytest.mark.parametrize(
    ("scenario", "setting", "measure", "unit", "function", "proofs"),
    [
        ("queued-for-15", "dialling.queued_for=4..8", "dialled-within", 1, "queued_for for 4..8", 2),
        pytest.param("queued-for-15", "dialling.queued_for=1..60", "dialled-within", 1, "queued_for for 1..60", 2, marks=long),
        pytest.param("pppd", "links.isp.holdoff=1..120", "line-busy-within", 1, "holdoff + 60 for 1..120", 1, marks=long),
    ],
)
def test_the_worst_case_is_a_function_of_the_setting(
    scenario: str, setting: str, measure: str, unit: int, function: str, proofs: int
) -> None:
    """Mail waits for `queued_for` and no longer; pppd is out of use for an attempt (60 seconds) and a hold-off.

    Below 6 minutes the idle time of 5 minutes is the longest time of the scenario: there the systems have another shape.
    """
    (found,) = bound_functions(TIMED / f"{scenario}.toml", setting_range(setting), [measure])
    assert found.unit.size == unit
    assert (found.function.says, found.function.is_exact, found.function.proofs) == (function, True, proofs)
    for piece in found.function.pieces:
        assert isinstance(piece.proof, Holds)
        assert piece.proof.checked_by
    for value in found.function.values:
        assert longest(found, value) == found.function.at(value)


def longest(found: VariedBound, value: int) -> int:
    """What the replayed run at `value` reaches."""
    run = found.function.run(value)
    assert isinstance(run, Violated)
    assert run.checked_by
    return max(int(step.state["measured isp"]) for step in run.lasso.steps)


@pytest.mark.parametrize(("least", "most"), [(29, 30), pytest.param(20, 60, marks=long)])
def test_calls_are_spaced_by_half_a_minute_from_a_hold_off_of_half_a_minute_on(least: int, most: int) -> None:
    """The smallest `holdoff` for which pppd dials no more often than every 30 seconds: 30, proved, and 29 violated by a run."""
    (answer,) = claim_ranges(TIMED / "pppd.toml", setting_range(f"links.isp.holdoff={least}..{most}"), "dials-are-spaced")
    assert (answer.found.smallest, answer.found.largest, answer.found.is_decided) == (30, most, True)
    assert answer.found.those("violated") == tuple(range(least, 30))
    assert isinstance(answer.found.at(30), Holds)
    assert isinstance(answer.found.at(29), Violated)
