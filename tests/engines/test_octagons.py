"""Bounds on sums and differences: what they prove, and what they do not say."""

import pytest
import z3

from dialproof.core.actions import Action
from dialproof.core.certificates import InductiveInvariant
from dialproof.core.system import System
from dialproof.core.variables import integer
from dialproof.encode.problem import Problem
from dialproof.engines import octagons
from dialproof.engines.candidates import Nothing, Proved
from dialproof.engines.limits import OctagonLimits
from dialproof.engines.solving import fresh_solver
from dialproof.ltl import always

fast, slow = integer("fast", 0, 1000), integer("slow", 0, 1000)


def two_clocks(lag: int) -> System:
    """`slow` runs only with `fast`, and begins anew before `fast` does."""
    step = integer("d", 1, 100)
    return System(
        "two clocks",
        [fast, slow],
        z3.And(fast == lag, slow == 0),
        [
            Action("elapse", z3.And(fast + step <= 500), {fast: fast + step, slow: slow + step}, parameters=(step,)),
            Action("reset", z3.BoolVal(True), {slow: z3.IntVal(0)}),
            Action("both", fast == 500, {fast: z3.IntVal(lag), slow: z3.IntVal(0)}),
        ],
    )


@pytest.mark.parametrize("lag", [0, 7])
def test_a_clock_that_lags_behind_is_bounded(lag: int) -> None:
    """No bound on `slow` alone is inductive: it takes that it lags behind the other one."""
    outcome = octagons.prove(Problem(two_clocks(lag), always(slow <= 500 - lag)))
    assert isinstance(outcome, Proved)
    assert isinstance(outcome.certificate, InductiveInvariant)


@pytest.mark.parametrize("bound", [499, 250, 0])
def test_what_is_false_is_not_proved(bound: int) -> None:
    assert isinstance(octagons.prove(Problem(two_clocks(0), always(slow <= bound))), Nothing)


def test_what_takes_more_than_two_variables_is_not_proved() -> None:
    third = integer("third", 0, 1000)
    step = integer("d", 1, 100)
    system = System(
        "three",
        [fast, slow, third],
        z3.And(fast == 0, slow == 0, third == 0),
        [
            Action("one", fast + step <= 1000, {fast: fast + step, third: third + step}, parameters=(step,)),
            Action("two", slow + step <= 1000, {slow: slow + step, third: third + step}, parameters=(step,)),
        ],
    )
    assert isinstance(octagons.prove(Problem(system, always(third == fast + slow))), Nothing)


def test_a_limit_ends_it() -> None:
    outcome = octagons.prove(Problem(two_clocks(0), always(slow <= 500)), OctagonLimits(most_rounds=0))
    assert isinstance(outcome, Nothing)
    assert outcome.by_limit


def test_there_is_nothing_to_bound_without_integers() -> None:
    outcome = octagons.prove(Problem(System("none", [], z3.BoolVal(True), []), always(z3.BoolVal(True))))
    assert isinstance(outcome, Nothing)


def test_the_bounds_are_those_of_the_states_that_can_be_reached() -> None:
    """The invariant is true in a state that is reached, and false in one that no run comes near."""
    outcome = octagons.prove(Problem(two_clocks(7), always(slow <= 493)))
    assert isinstance(outcome, Proved)
    assert isinstance(outcome.certificate, InductiveInvariant)
    text = outcome.certificate.invariant
    invariant = z3.parse_smt2_string(f"(assert {text})", decls={"fast": fast, "slow": slow})
    for x, y, is_reached in ((100, 93, True), (500, 494, False)):
        solver = fresh_solver()
        solver.add(*invariant, fast == x, slow == y)
        assert solver.check() == (z3.sat if is_reached else z3.unsat)
