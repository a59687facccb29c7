"""The two readers agree: plain Python and z3 give every term the same value in every state."""

import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from dialproof.core.actions import Action
from dialproof.core.system import System
from dialproof.core.variables import boolean, choice, integer
from dialproof.semantics.compiled import compile_terms
from dialproof.semantics.interpreter import Reader
from tests.strategies import COLOURS, terms_over

FLAG, COUNT, COLOUR = "flag", "count", "colour"


@settings(deadline=None, max_examples=400)
@given(st.data())
def test_python_and_z3_read_a_term_alike(data: st.DataObject) -> None:
    """On random terms over all kinds of variables, in random states, negative numbers and divisions included."""
    flag, count, colour = boolean(FLAG), integer(COUNT, -4, 4), choice(COLOUR, COLOURS)
    term = data.draw(terms_over(flag, count, colour))
    values = (data.draw(st.booleans()), data.draw(st.integers(-4, 4)), data.draw(st.sampled_from(COLOURS)))
    variables = [flag.variable, count.variable, colour.variable]
    pairs = [(variable.term, variable.domain.term(value)) for variable, value in zip(variables, values, strict=True)]
    expected = z3.simplify(z3.substitute(term, *pairs))
    assert compile_terms([term], variables)(values) == (z3.is_true(expected),)


@given(st.integers(-20, 20), st.integers(-5, 5).filter(bool))
def test_division_and_remainder_are_those_of_smt_lib(number: int, divisor: int) -> None:
    """The remainder is never negative, whatever the signs."""
    x = integer("x")
    quotient, remainder = compile_terms([x / divisor, x % divisor], [x.variable])((number,))
    assert isinstance(quotient, int)
    assert isinstance(remainder, int)
    assert quotient * divisor + remainder == number
    assert 0 <= remainder < abs(divisor)


def test_what_an_action_does_not_update_stays() -> None:
    """The frame is derived, and every parameter value is tried."""
    count, flag, step = integer("count", 0, 5), boolean("flag"), integer("step", 1, 3)
    jump = Action("jump", guard=count + step <= 4, updates={count: count + step}, parameters=(step,))
    reader = Reader(System("jumps", [count, flag], z3.And(count == 2, flag), [jump]))
    start = next(reader.initial_states())
    assert [(str(taken), after) for taken, after in reader.events(start)] == [
        ("jump(step=1)", (3, True)),
        ("jump(step=2)", (4, True)),
    ]
    assert reader.is_enabled("jump", (2, True))
    assert reader.is_deadlocked((4, True))


def test_a_boolean_is_no_integer() -> None:
    """`True == 1` in Python; a state that mixes them up is not legal."""
    count = integer("count", 0, 1)
    reader = Reader(System("one", [count], count == 1, []))
    assert reader.is_legal((1,))
    assert not reader.is_legal((True,))
