"""Climbing: long runs are found, each is replayed, and none goes further than what is proved."""

import pytest
import z3

from dialproof import Action, Claim, Fairness, System, check, integer
from dialproof.core.question import Question
from dialproof.core.variables import Integer
from dialproof.core.verdict import Holds, Unknown, Violated
from dialproof.evidence.replay import replay
from dialproof.portfolio.climbing import climb
from dialproof.portfolio.tightest import stays_below, tightest_bound
from tests.amounts import some
from tests.timed_systems import CLAIMS, timed_problem

STEPS, CAP = 300, 400


def mountain(steps: int) -> System:
    """A number that grows by one if a bit was set since, and is forgotten at any time: so many steps up take twice as many."""
    n, ready = integer("n", 0, CAP), integer("ready", 0, 1)
    return System(
        "mountain",
        [n, ready],
        z3.And(n == 0, ready == 0),
        [
            Action("prepare", ready == 0, {ready: 1}, Fairness.WEAK),
            Action("grow", z3.And(ready == 1, n < steps), {n: n + 1, ready: 0}),
            Action("forget", z3.BoolVal(True), {n: 0, ready: 0}),
        ],
    )


def height(run: Violated, measure: Integer) -> int:
    """The largest value of `measure` on the run."""
    return max(int(step.state[measure.variable.name]) for step in run.lasso.steps)


def highest(system: System, measure: Integer, most: int) -> Violated | None:
    """What is climbed to; a bounded search completes the run."""

    def claim(bound: int) -> Claim:
        return stays_below([measure], bound, None)

    return climb(system, [measure], most, claim, lambda begun, asked: check(begun, asked, engines=["bmc"], timeout=20))


def test_a_run_of_hundreds_of_steps_is_found_and_replayed() -> None:
    system, n = mountain(STEPS), integer("n", 0, CAP)
    found = highest(system, n, CAP)
    assert found is not None
    assert height(found, n) == STEPS
    assert len(found.lasso.steps) > 2 * STEPS
    replay(Question(system, stays_below([n], STEPS - 1, None).formula), found.lasso)


def test_it_goes_no_further_than_it_is_asked() -> None:
    n = integer("n", 0, CAP)
    found = highest(mountain(STEPS), n, 40)
    assert found is not None
    assert height(found, n) == 40


def test_the_same_run_is_found_each_time() -> None:
    n = integer("n", 0, CAP)
    assert highest(mountain(50), n, CAP) == highest(mountain(50), n, CAP)


def test_what_cannot_climb_is_no_run() -> None:
    n, free = integer("n", 0, CAP), integer("free")
    assert highest(mountain(0), n, CAP) is None
    stuck = System("stuck", [n], n == 0, [])
    assert highest(stuck, n, CAP) is None
    endless = System("endless", [n, free], n == 0, [Action("grow", n < 3, {n: n + 1})])
    assert highest(endless, n, CAP) is None, "a variable without bounds has no list of initial states"


def test_a_beginning_that_no_search_completes_is_no_run() -> None:
    n = integer("n", 0, CAP)
    found = climb(mountain(9), [n], CAP, lambda bound: stays_below([n], bound, None), lambda _system, _claim: Unknown("no"))
    assert found is None


def test_both_sides_of_a_bound_that_no_search_reaches_are_known() -> None:
    """Without it the engines know that 300 is never exceeded, and have no run of 600 steps."""
    found = tightest_bound(mountain(STEPS), integer("n", 0, CAP), likely=[STEPS], timeout=20)
    assert (found.is_exact, found.at_most, found.at_least, found.why_open) == (True, STEPS, STEPS, "")
    assert found.run is not None
    assert found.run.checked_by


@pytest.mark.parametrize("number", range(some(60)))
def test_no_run_goes_further_than_what_is_proved(number: int) -> None:
    """Of random timed systems: what is proved to stay below a number is never climbed beyond it."""
    system = timed_problem(number * CLAIMS).drawn.system
    clocks = [variable for variable in system.variables if variable.name.startswith("clock")]
    measure = clocks[0].constant()
    assert isinstance(measure, Integer)
    most = clocks[0].domain.high
    assert most is not None
    for bound in range(most):
        if isinstance(check(system, stays_below([measure], bound, None), engines=["explicit"], timeout=20), Holds):
            found = highest(system, measure, most)
            assert found is None or height(found, measure) <= bound
            return
