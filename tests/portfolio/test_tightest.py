"""Tightest bounds: both sides known, one side, none; and measures that are none."""

import pytest
import z3

from dialproof import Action, Assumption, Fairness, System, integer
from dialproof.core.errors import InputError
from dialproof.ltl import always
from dialproof.portfolio.tightest import tightest_bound

CAP = 20


def counter(most: int, *, assumptions: tuple[Assumption, ...] = ()) -> System:
    """A number that grows up to `most`, and begins anew at any time."""
    n = integer("n", 0, CAP)
    grow = Action("grow", n < most, {n: n + 1}, Fairness.WEAK)
    return System("counter", [n], n == 0, [grow, Action("again", z3.BoolVal(True), {n: 0})], assumptions)


@pytest.mark.parametrize("likely", [(), (7,), (3, 19), (0, 6, 8)])
@pytest.mark.parametrize("most", [0, 1, 7, CAP - 1])
def test_the_bound_is_found_whatever_is_tried_first(most: int, likely: tuple[int, ...]) -> None:
    found = tightest_bound(counter(most), integer("n", 0, CAP), likely=likely)
    assert (found.is_exact, found.at_most, found.at_least or 0, found.says) == (True, most, most, str(most))
    assert found.proof is not None
    assert found.proof.checked_by
    if most:
        assert found.run is not None
        assert found.run.checked_by
        assert max(step.state["n"] for step in found.run.lasso.steps) == most


def test_a_measure_that_reaches_its_cap_has_no_bound() -> None:
    found = tightest_bound(counter(CAP), integer("n", 0, CAP))
    assert (found.is_exact, found.exceeds_cap, found.at_most, found.says) == (False, True, None, "20 or more")


def test_what_is_not_decided_leaves_an_interval() -> None:
    """A bounded search alone proves nothing: the lower side is known, and why the other is not."""
    found = tightest_bound(counter(5), integer("n", 0, CAP), engines=["bmc"])
    assert (found.at_least, found.at_most, found.is_exact) == (5, None, False)
    assert found.why_open.startswith("whether ")


def test_where_no_run_is_fair_nothing_is_measured() -> None:
    n = integer("n", 0, CAP)
    never = Assumption("never", always(n == 3), "a contradiction")
    found = tightest_bound(counter(5, assumptions=(never,)), n)
    assert (found.at_most, found.run) == (None, None)
    assert "there is nothing to measure" in found.why_open


def test_a_measure_is_a_number_with_a_cap() -> None:
    with pytest.raises(InputError, match="a measure is an integer variable from 0 to a cap"):
        tightest_bound(counter(5), integer("n", 0))
    with pytest.raises(InputError, match="the same for all measures"):
        tightest_bound(counter(5), [integer("n", 0, CAP), integer("m", 0, 3)])


def test_what_never_happens_has_no_bound_and_says_so() -> None:
    """Found by an attack: a measure of what cannot happen is 0, and no run attains that."""
    n = integer("n", 0, CAP)
    found = tightest_bound(counter(0), n, premise=n > 0)
    assert (found.is_exact, found.run) == (False, None)
    assert "never happens" in found.why_open
