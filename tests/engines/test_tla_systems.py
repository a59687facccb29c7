"""Small systems whose authors recorded how many states they have: as many are met, and each claim is decided by default."""

from collections.abc import Callable

import pytest

from dialproof import Holds, Violated, check
from dialproof.core.actions import Fairness
from dialproof.encode.problem import Problem
from dialproof.engines import explicit
from dialproof.engines.candidates import Found, Proved
from dialproof.views.state_space import state_space
from tests.agreement import confirm
from tests.amounts import THOROUGH
from tests.tla_systems import Specification, always_moving, cat, hour_clock, philosophers, termination_detection

TIMEOUT = 120.0
"""For how many seconds a check may go on here, where others may be at work too; alone it takes a few."""

SPECIFICATIONS: dict[str, Callable[[], Specification]] = {
    "CatOddBoxes": lambda: cat(5),
    "CatEvenBoxes": lambda: cat(6),
    "DiningPhilosophers": philosophers,
    "DiningPhilosophers, strong fairness": lambda: philosophers(Fairness.STRONG),
    "EWD840": termination_detection,
    "LiveHourClock": hour_clock,
}


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_as_many_states_are_reached_as_the_source_records(name: str) -> None:
    """The count is the first thing that a model which says something else gets wrong."""
    specification = SPECIFICATIONS[name]()
    assert len(state_space(specification.system, most=2000)) == specification.states


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_the_explicit_search_decides_each_claim(name: str) -> None:
    """Proofs are audited, runs replayed."""
    specification = SPECIFICATIONS[name]()
    for claims, kind in ((specification.holds, Proved), (specification.violated, Found)):
        for claim, formula in claims.items():
            problem = Problem(specification.system, formula)
            outcome = explicit.decide(problem)
            assert isinstance(outcome, kind), claim
            confirm(problem, outcome)


@pytest.mark.parametrize("name", [one for one in SPECIFICATIONS if THOROUGH or one not in ("DiningPhilosophers", "EWD840")])
def test_each_claim_is_decided_by_default(name: str) -> None:
    """Whoever is asked unless told otherwise; and none of it is said of no run."""
    specification = SPECIFICATIONS[name]()
    for claims, kind in ((specification.holds, Holds), (specification.violated, Violated)):
        for claim, formula in claims.items():
            verdict = check(specification.system, formula, timeout=TIMEOUT)
            assert isinstance(verdict, kind), (claim, verdict)
            assert verdict.vacuity.fair_run is True, claim


def test_fairness_of_every_step_ends_the_work_of_the_nodes() -> None:
    """What its source says: without messages all become passive, if fairness is of the next-state relation; else not."""
    specification = termination_detection()
    claim = specification.violated["without messages all nodes become passive"]
    problem = Problem(always_moving(specification.system), claim)
    outcome = explicit.decide(problem)
    assert isinstance(outcome, Proved)
    confirm(problem, outcome)


@pytest.mark.parametrize(
    "make", [lambda: cat(5, Fairness.NONE), lambda: hour_clock(Fairness.NONE)], ids=["CatOddBoxes", "LiveHourClock"]
)
def test_without_fairness_nothing_has_to_happen(make: Callable[[], Specification]) -> None:
    """Runs may stutter for ever then."""
    specification = make()
    formula = next(iter(specification.holds.values()))
    assert isinstance(explicit.decide(Problem(specification.system, formula)), Found)
