"""The oracle itself: cases in which an exhaustive search is easily wrong."""

import pytest
import z3
from hypothesis import HealthCheck, given, settings

from dialproof.core.actions import Action, Fairness
from dialproof.core.errors import ModelError
from dialproof.core.system import System
from dialproof.core.variables import boolean, integer
from dialproof.encode.problem import Problem
from dialproof.engines import explicit
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Nothing, Proved
from dialproof.engines.limits import BmcLimits
from dialproof.ltl import always, eventually, next_, release
from dialproof.semantics.components import fair_components
from dialproof.semantics.feasibility import has_fair_path
from dialproof.semantics.product import Product
from tests.agreement import confirm
from tests.slow_search import is_violated
from tests.strategies import problems


def test_an_until_that_next_asks_for_anew_is_not_put_off() -> None:
    """`always next (p until q)` owes the until at every position and may still pay it at every position."""
    flag = boolean("flag")
    system = System("one state", [flag], flag, [Action("stay", z3.BoolVal(True), {})])
    claim = eventually(next_(release(z3.Not(flag), z3.Not(flag))))
    problem = Problem(system, claim)
    assert isinstance(bmc.search(problem, BmcLimits(3)), Found)
    assert isinstance(explicit.decide(problem), Found)
    assert not isinstance(explicit.decide(Problem(system, always(flag))), Found)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
@given(problems())
def test_it_decides_like_the_slow_search(case: tuple[System, z3.BoolRef]) -> None:
    """On random systems and formulas, with past and limits, fairness, assumptions, parameters and deadlocks."""
    problem = Problem(*case)
    outcome = explicit.decide(problem)
    assert isinstance(outcome, Found) == is_violated(problem)
    assert has_fair_path(Product(problem)) == isinstance(outcome, Found)
    assert any(True for _ in fair_components(Product(problem))) == isinstance(outcome, Found)
    assert confirm(problem, outcome) is isinstance(outcome, Proved)


def counters(n_counters: int, fairness: Fairness = Fairness.WEAK) -> System:
    """So many counters to nine that start again, one after the other in any order; and an idle step."""
    counts = [integer(f"n{place}", 0, 9) for place in range(n_counters)]
    steps = [Action(f"count {place}", z3.BoolVal(True), {n: z3.If(n < 9, n + 1, 0)}, fairness) for place, n in enumerate(counts)]
    return System("counters", counts, z3.And([n == 0 for n in counts]), [*steps, Action("idle", z3.BoolVal(True), {})])


def test_it_gives_up_when_its_budget_is_over_and_says_how_many_states_it_met() -> None:
    """A system of a million states: the first hundred show nothing of how many there are."""
    system = counters(6)
    outcome = explicit.decide(Problem(system, always(eventually(system.variables[0].term == 9))), 100)
    assert isinstance(outcome, Nothing)
    assert "given up at its budget of 100" in outcome.reason
    assert "states of the system were met" in outcome.reason


def test_the_parameters_of_an_action_have_a_budget() -> None:
    """Each of 2**20 choices would be tried in each state."""
    n = integer("n", 0, 1)
    flags = tuple(boolean(f"p{place}") for place in range(20))
    system = System("wide", [n], n == 0, [Action("choose", z3.And(flags), {n: 1}, parameters=flags)])
    outcome = explicit.decide(Problem(system, always(n == 0)))
    assert isinstance(outcome, Nothing)
    assert "'choose' has 1048576 combinations" in outcome.reason


def test_ways_to_pay_have_a_budget() -> None:
    """Sixteen choices between two debts in each step are 65,536 ways, and more where each way has ways of its own."""
    (n,) = (variable.constant() for variable in counters(1).variables)
    choices = [z3.Or(next_(next_(n == place)), next_(n != place)) for place in range(18)]
    outcome = explicit.decide(Problem(counters(1), z3.Not(z3.And(choices))))
    assert isinstance(outcome, Nothing)
    assert "too many to try" in outcome.reason


def test_a_state_out_of_range_is_an_error() -> None:
    """As it is for every reader of the system; nothing is cut off."""
    n = integer("n", 0, 3)
    system = System("over", [n], n == 0, [Action("step", z3.BoolVal(True), {n: n + 1})])
    with pytest.raises(ModelError, match="leads out of range"):
        explicit.decide(Problem(system, eventually(n == 7)))


def test_a_proof_names_no_fairness_that_it_can_do_without() -> None:
    """Of two fair counters one matters; for what never happens none does."""
    system = counters(2)
    outcome = explicit.decide(Problem(system, always(eventually(system.variables[1].term == 9))))
    assert isinstance(outcome, Proved)
    assert outcome.certificate.fairness == ("count 1",)
    safe = explicit.decide(Problem(system, always(system.variables[0].term != 10)))
    assert isinstance(safe, Proved)
    assert safe.certificate.fairness == ()


@pytest.mark.parametrize("fairness", [Fairness.WEAK, Fairness.STRONG])
def test_its_lasso_is_as_short_as_that_of_the_bounded_search(fairness: Fairness) -> None:
    """Both counters go round once at least, beside each other."""
    n = integer("n", 0, 4)
    m = integer("m", 0, 2)
    steps = [Action("n", n < 4, {n: n + 1}, fairness), Action("m", n == 4, {n: 1, m: z3.If(m < 2, m + 1, 0)}, fairness)]
    problem = Problem(System("two", [n, m], z3.And(n == 0, m == 0), steps), eventually(always(m < 2)))
    found, shortest = explicit.decide(problem), bmc.search(problem, BmcLimits(20))
    assert isinstance(found, Found)
    assert isinstance(shortest, Found)
    assert len(found.run) == len(shortest.run)


def test_a_finite_run_is_as_short_as_that_of_the_bounded_search() -> None:
    problem = Problem(counters(2), always(z3.Implies(z3.Int("n0") == 2, next_(z3.Int("n1") == 0))))
    found, shortest = explicit.decide(problem), bmc.search(problem, BmcLimits(20))
    assert isinstance(found, Found)
    assert isinstance(shortest, Found)
    assert len(found.run) == len(shortest.run)


def test_few_states_tell_that_no_lasso_is_shorter() -> None:
    """A counter that stops for ever: the bounded search would ask about every depth. What is owed comes back one step later."""
    n = integer("n", 0, 60)
    system = System("stops", [n], n == 0, [Action("count", n < 60, {n: n + 1}, Fairness.WEAK)])
    found = explicit.decide(Problem(system, always(z3.Implies(n == 60, eventually(n == 0)))))
    assert isinstance(found, Found)
    assert (len(found.run), found.free) == (61, 60)


def test_a_loop_that_owes_nothing_to_fairness_counts_as_one_step() -> None:
    """The bounded search finds the step from a state to itself; whoever says what is shortest must see it too."""
    n = integer("n", 0, 3)
    steps = [Action("count", n < 3, {n: n + 1}), Action("stay", n == 0, {})]
    problem = Problem(System("stays", [n], n == 0, steps), eventually(n == 2))
    found = explicit.decide(problem)
    assert isinstance(found, Found)
    assert (len(found.run), found.free) == (1, 0)


@pytest.mark.parametrize("bound", [3, 40])
def test_a_finite_run_is_known_to_be_a_shortest_one(bound: int) -> None:
    """By as many steps as the bounded search says, whether the monitor sees it at once or one step later."""
    n = integer("n", 0, 60)
    system = System("counts", [n], n == 0, [Action("count", n < 60, {n: n + 1}, Fairness.WEAK)])
    for claim in (always(n < bound), always(z3.Implies(n == bound, next_(n == 0)))):
        found, shortest = explicit.decide(Problem(system, claim)), bmc.search(Problem(system, claim), BmcLimits(60))
        assert isinstance(found, Found)
        assert isinstance(shortest, Found)
        assert found.free == shortest.depth - 1
