"""Steps in binary are the same steps: a search over truth values finds what one over numbers finds, and at the same depth."""

import pytest
import z3
from hypothesis import HealthCheck, given, seed, settings

from dialproof.core.actions import Action
from dialproof.core.system import System
from dialproof.core.variables import Domain, Integer, Kind, Variable, choice, integer
from dialproof.encode.bitblast.transitions import in_digits
from dialproof.encode.problem import Problem
from dialproof.encode.transitions import Transitions, encode_system, is_below
from dialproof.engines.bmc import search as bmc
from dialproof.engines.bmc.unrolling import Unrolling
from dialproof.engines.candidates import Found
from dialproof.engines.limits import BmcLimits
from dialproof.engines.solving import ask
from dialproof.ltl import always
from tests.amounts import long
from tests.strategies import problems

DEPTH = 4


def answers(unrolling: Unrolling) -> list[str]:
    """Whether a bad state is reached at each depth: "sat" or "unsat"."""
    found = []
    assert unrolling.transitions.bad is not None
    for depth in range(DEPTH + 1):
        unrolling.grow()
        reached = z3.Bool(f"reached {depth}")
        unrolling.solver.add(z3.Implies(reached, unrolling.at(unrolling.transitions.bad, depth)))
        found.append(repr(ask(unrolling.solver, reached)))
    return found


@pytest.mark.parametrize("shard", [0, pytest.param(1, marks=long)])
def test_the_same_depths_are_reached_in_binary(shard: int) -> None:
    seen = {"sat": 0, "unsat": 0}

    @seed(shard)
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(problems())
    def agree(case: tuple[System, z3.BoolRef]) -> None:
        problem = Problem(*case)
        form = problem.safety if problem.finite_run_suffices else problem.saved_loop.transitions
        expected = answers(Unrolling(form))
        assert answers(Unrolling.in_digits(form)) == expected
        for answer in expected:
            seen[answer] += 1

    agree()
    assert all(seen.values()), f"too one-sided to mean anything: {seen}"


def one_number(domain: Domain, following: z3.ExprRef, **more: z3.BoolRef) -> Transitions:
    """Transitions with one variable x."""
    x = Variable("x", domain)
    given = {"init": z3.BoolVal(True), "allowed": z3.BoolVal(True), "bad": z3.BoolVal(True)} | more
    return Transitions((x,), (), given["init"], given["allowed"], {"x": following}, bad=given["bad"])


@pytest.mark.parametrize(("low", "high"), [(0, 3), (0, 5), (2, 5), (-3, 4), (-8, 7), (-9, -2), (0, 0), (7, 7)])
@pytest.mark.parametrize("change", [1, -1, 4, -16, 1000])
def test_a_step_out_of_range_is_none_and_does_not_go_round(low: int, high: int, change: int) -> None:
    x = z3.Int("x")
    form = one_number(Domain(Kind.INTEGER, low=low, high=high), x + change)
    unrolling = Unrolling.in_digits(form)
    unrolling.grow()
    assert unrolling.solver.check() == z3.sat
    unrolling.grow()
    reached = set()
    while unrolling.solver.check() == z3.sat:
        model = unrolling.solver.model()
        (before,), (after,) = (unrolling.values(model, frame).values() for frame in (0, 1))
        reached.add((before, after))
        unrolling.solver.add(z3.Or([term != model.eval(term, model_completion=True) for term in unrolling.frames[0].values()]))
    assert reached == {(number, number + change) for number in range(low, high + 1) if low <= number + change <= high}


def test_every_frame_holds_values_only() -> None:
    """Three colours are spelled by two digits; the fourth number is no colour, not even one that nobody looks at."""
    colours, x = ("red", "green", "blue"), choice("x", ("red", "green", "blue"))
    free = Variable("free", Domain(Kind.CHOICE, values=colours, sort_name=x.variable.domain.sort_name))
    form = Transitions((x.variable,), (free,), z3.BoolVal(True), z3.BoolVal(True), {"x": free.term}, bad=z3.BoolVal(True))
    unrolling = Unrolling.in_digits(form)
    for _ in range(3):
        unrolling.grow()
    digits = [term for frame in unrolling.frames for term in frame.values()]
    seen = set()
    while unrolling.solver.check() == z3.sat:
        model = unrolling.solver.model()
        seen.add(tuple(tuple(unrolling.values(model, frame).values()) for frame in range(3)))
        unrolling.solver.add(z3.Or([digit != model.eval(digit, model_completion=True) for digit in digits]))
    assert len(seen) == 3**4, "a first colour, and what comes in freely at three frames"
    assert all(one[number][1] == one[number + 1][0] for one in seen for number in range(2))


def counting(high: int | None) -> tuple[System, Integer]:
    count = integer("count", 0, high)
    guard = z3.BoolVal(True) if high is None else count < high
    return System("counting", [count], count == 0, [Action("count", guard, {count: count + 1})]), count


@pytest.mark.parametrize("high", [20, None])
def test_a_long_run_is_found_in_binary_and_without(high: int | None) -> None:
    system, count = counting(high)
    outcome = bmc.search(Problem(system, always(count < 17)), BmcLimits(20))
    assert isinstance(outcome, bmc.Found)
    assert outcome.depth == 17


def test_truth_values_keep_their_names() -> None:
    system, _ = counting(3)
    plain = encode_system(system).transitions
    digital = in_digits(plain).transitions
    assert [variable.name for variable in digital.inputs] == [variable.name for variable in plain.inputs]
    assert {variable.domain.kind for variable in digital.variables} == {Kind.BOOLEAN}
    assert len(digital.variables) == 2


@pytest.mark.parametrize("room", [1, 2, 3, 4])
def test_less_is_less(room: int) -> None:
    digits = [z3.Bool(f"digit {place}") for place in range(room)]
    for number in range(1 << room):
        spelled = [(digit, z3.BoolVal(bool(number >> place & 1))) for place, digit in enumerate(digits)]
        for limit in range(1 << room):
            assert z3.is_true(z3.simplify(z3.substitute(is_below(limit, digits), *spelled))) == (number < limit)


def test_which_actions_a_shortest_violation_takes_does_not_depend_on_the_solver() -> None:
    compared = 0

    @seed(3)
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(problems())
    def same(case: tuple[System, z3.BoolRef]) -> None:
        nonlocal compared
        problem = Problem(*case)
        found = bmc.search(problem, BmcLimits(5, rlimit=10_000_000))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Unrolling, "in_digits", classmethod(lambda cls, transitions: cls(transitions)))
            other = bmc.search(problem, BmcLimits(5, rlimit=10_000_000))
        if isinstance(found, Found) and isinstance(other, Found):
            compared += 1
            assert [taken.action and taken.action.name for taken in found.run.steps] == [
                taken.action and taken.action.name for taken in other.run.steps
            ]

    same()
    assert compared > 10
