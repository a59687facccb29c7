"""Bounds on sums and differences: what they prove, and what they do not say."""

import pytest
import z3

from dialproof.core.actions import Action
from dialproof.core.certificates import InductiveInvariant
from dialproof.core.system import System
from dialproof.core.variables import Integer, boolean, choice, integer
from dialproof.encode.problem import Problem
from dialproof.engines import octagons
from dialproof.engines.candidates import Nothing, Proved
from dialproof.engines.limits import OctagonLimits
from dialproof.engines.solving import fresh_solver
from dialproof.evidence.audit import audit
from dialproof.ltl import always
from dialproof.testing import assert_violated

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


def calls(length: int, apart: int) -> System:
    """A line is up for `length` at most, and `apart` after it came up last again; what is counted is its time in 100."""
    line = choice("line", ["down", "up"], says="line")
    since, passed, lasted = integer("since up", 0, apart), integer("passed", 0, 100 + apart), integer("lasted", 0, 101)
    begun, step = boolean("begun"), integer("d", 1, apart)
    is_up = line == line["up"]
    counts = z3.And(begun, passed < 100)
    left = z3.If(passed + step < 100, step, 100 - passed)
    more = lasted + z3.If(is_up, left, z3.IntVal(0))
    kept = {begun: counts, passed: z3.If(counts, passed, 0), lasted: z3.If(counts, lasted, 0)}
    return System(
        "calls",
        [line, since, begun, passed, lasted],
        z3.And(line == line["down"], since == apart, z3.Not(begun), passed == 0, lasted == 0),
        [
            Action("come up", z3.And(line == line["down"], since == apart), {**kept, line: line["up"], since: z3.IntVal(0)}),
            Action("go down", is_up, {**kept, line: line["down"]}),
            Action("begin", z3.Not(begun), {begun: z3.BoolVal(True)}),
            Action(
                "elapse",
                z3.Implies(is_up, since + step <= length),
                {
                    since: z3.If(since + step < apart, since + step, z3.IntVal(apart)),
                    begun: counts,
                    passed: z3.If(counts, passed + step, 0),
                    lasted: z3.If(counts, z3.If(more < 101, more, z3.IntVal(101)), 0),
                },
                parameters=(step,),
            ),
        ],
    )


@pytest.mark.parametrize(("length", "apart", "most"), [(10, 30, 40), (10, 90, 20)])
def test_an_amount_is_weighed_with_how_seldom_it_grows(length: int, apart: int, most: int) -> None:
    """In the time of some periods and one length more the first and the last are whole, and there is a run to show it."""
    system = calls(length, apart)
    lasted = next(one for one in system.variables if one.name == "lasted").constant()
    assert isinstance(lasted, Integer)
    problem = Problem(system, always(lasted <= most))
    outcome = octagons.prove(problem)
    assert isinstance(outcome, Proved)
    assert audit(problem, outcome.certificate)
    assert isinstance(octagons.prove(Problem(system, always(lasted < most))), Nothing)
    assert_violated(system, always(lasted < most))
