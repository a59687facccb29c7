"""Formulas as text: what is written is read as the same formula, and what cannot be read is pointed at."""

import contextlib
import pickle

import pytest
import z3
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from dialproof import Action, InputError, System, boolean, choice, enabled, integer, taken
from dialproof.core.errors import FormulaError
from dialproof.core.text.words import SPELLINGS, TOKENS
from dialproof.ltl import (
    always,
    always_for,
    eventually,
    eventually_within,
    historically,
    historically_for,
    leads_to,
    next_,
    once,
    once_within,
    parse,
    release,
    show,
    since,
    until,
    weak_until,
    yesterday,
)
from tests.amounts import long
from tests.strategies import problems

line = choice("line isp", ["down", "dialling", "off hook"])
other = choice("line lan", ["down", "dialling", "off hook"], sort="line isp")
waiting = integer("waiting", 0, 3)
minutes = integer("minutes", 0, 59)
busy, letter, word = boolean("busy"), boolean("X"), boolean("within")
dotted = boolean("a.b")
ACTIONS = [Action("dial(isp)", busy, {busy: False}), Action("elapse", busy, {})]
SYSTEM = System("office", [line, other, waiting, minutes, busy, letter, word, dotted], waiting == 0, ACTIONS)

p, q, r = busy, letter, word


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("always (waiting > 0 implies eventually 'line isp' = down)", leads_to(waiting > 0, line == line.down)),
        ("G(waiting>0->F `line isp`=down)", leads_to(waiting > 0, line == line.down)),
        (
            "[](waiting > 0 => <> 'line isp'.down = 'line isp')",
            always(z3.Implies(waiting > 0, eventually(line.down == line.variable.term))),
        ),
        ("waiting > 0 leads_to 'line isp' = 'off hook'", leads_to(waiting > 0, line == line["off hook"])),
        ('waiting > 0 ~> "line isp" == "off hook"', leads_to(waiting > 0, line == line["off hook"])),
        ("'line isp' != 'line lan'", line != other),
        ("down = 'line lan'", other.down == other.variable.term),
        ("'line lan' = 'line isp'.dialling", other == line.dialling),
        ("enabled('dial(isp)') until taken(elapse)", until(enabled("dial(isp)"), taken("elapse"))),
        ("busy weak_until 'X'", weak_until(p, q)),
        ("busy W 'X'", weak_until(p, q)),
        ("busy R not busy", release(p, z3.Not(p))),
        ("busy V ! busy", release(p, z3.Not(p))),
        ("busy S ~busy", since(p, z3.Not(p))),
        ("O H Y X busy", once(historically(yesterday(next_(p))))),
        ("once historically yesterday next busy", once(historically(yesterday(next_(p))))),
        ("eventually within 30 busy", eventually_within(30, p)),
        ("F within 30 on minutes busy and 'X'", z3.And(eventually_within(30, p, minutes), q)),
        ("always for 2 on 'minutes' (busy and 'X')", always_for(2, z3.And(p, q), minutes)),
        ("O within 1 not busy", once_within(1, z3.Not(p))),
        ("historically for 0 busy", historically_for(0, p)),
        ("busy and 'X' and 'within'", z3.And(p, q, r)),
        ("busy and ('X' and 'within')", z3.And(p, z3.And(q, r))),
        ("busy && 'X' || 'within' /\\ busy \\/ 'X'", z3.Or(z3.And(p, q), z3.And(r, p), q)),
        ("busy & 'X' | 'within'", z3.Or(z3.And(p, q), r)),
        ("busy xor 'X' or 'within'", z3.Or(z3.Xor(p, q), r)),
        ("busy implies 'X' implies 'within'", z3.Implies(p, z3.Implies(q, r))),
        ("busy iff 'X' implies 'within'", p == z3.Implies(q, r)),
        ("busy <-> 'X'", p == q),
        ("busy <=> 'X'", p == q),
        ("busy = 'X'", p == q),
        ("busy != (always 'X')", p != always(q)),
        ("not busy until 'X'", until(z3.Not(p), q)),
        ("always busy and 'X'", z3.And(always(p), q)),
        ("not waiting = 1", z3.Not(waiting == 1)),
        ("waiting + 1 * 2 - 3 < -1", waiting + z3.IntVal(1) * 2 - 3 < -1),
        ("waiting - (1 - waiting) >= -(waiting)", waiting - (1 - waiting) >= -waiting),
        ("waiting div 2 mod 2 /= 1", (waiting / 2) % 2 != 1),
        ("waiting / 2 % -2 <= 1", (waiting / 2) % z3.IntVal(-2) <= 1),
        ("(if busy then waiting else 2) = 1", z3.If(p, waiting, 2) == 1),
        ("if busy then 'X' else not 'X'", z3.If(p, q, z3.Not(q))),
        ("distinct(waiting, minutes, 3)", z3.Distinct(waiting, minutes, z3.IntVal(3))),
        ("a.b and 'a.b'", z3.And(dotted, dotted)),
        ("true\n  or\n\tfalse", z3.Or(z3.BoolVal(True), z3.BoolVal(False))),
    ],
)
def test_a_text_is_read(text: str, formula: z3.BoolRef) -> None:
    read = parse(text, SYSTEM)
    assert read.eq(formula), f"{read.sexpr()} is not {formula.sexpr()}"
    assert parse(show(read), SYSTEM).eq(read)


@pytest.mark.parametrize(
    ("text", "pointed_at", "reason"),
    [
        ("", "", "a formula is missing"),
        ("   ", "", "a formula is missing"),
        ("busy and", "", "a formula is missing"),
        ("(busy", "", "')' is missing"),
        ("busy)", ")", "expected"),
        ("always waitng > 0", "waitng", "did you mean 'waiting'?"),
        ("'line isp' = dwn", "dwn", "no value of 'line isp'; did you mean 'down'?"),
        ("'line isp'.dwn = 'line isp'", "'line isp'.dwn", "did you mean 'down'?"),
        ("zzz", "zzz", "the variables are"),
        ("down", "down", "'line isp' = down"),
        ("elapse", "elapse", "taken('elapse')"),
        ("taken(elaps)", "elaps", "did you mean 'elapse'?"),
        ("taken(dial(isp))", "(", "stands in quotes: 'dial(isp)'"),
        ("waiting and busy", "waiting", "'and' is about formulas; this is a number"),
        ("busy or always 'line isp'", "'line isp'", "'always' is about formulas; this is one of the values of 'line isp'"),
        ("busy + 1 = 2", "busy", "'+' is about numbers; this is a formula"),
        ("not busy < 3", "busy", "'<' is about numbers; this is a formula"),
        ("busy = 1", "1", "'=' compares like with like: this is a number, the other is a formula"),
        ("'line isp' = waiting", "waiting", "this is a number, the other is one of the values of 'line isp'"),
        ("distinct(waiting, busy)", "busy", "like with like"),
        ("if busy then 1 else 'X'", "'X'", "like with like"),
        ("3", "3", "true or false; this is a number"),
        ("waiting div 0 = 1", "0", "other than 0"),
        ("waiting mod minutes = 1", "minutes", "other than 0"),
        ("1 < waiting < 3", "<", "comparisons do not chain"),
        ("busy until 'X' until busy", "until", "'until' does not chain"),
        ("busy iff 'X' iff busy", "iff", "'iff' does not chain"),
        ("busy leads_to 'X' leads_to busy", "leads_to", "'leads_to' does not chain"),
        ("busy and if busy then 'X' else busy", "if", "put parentheses round if"),
        ("until = 3", "until", "found 'until' where a formula was expected; a variable that is called 'until' stands in quotes"),
        ("busy & & busy", "&", "found '&' where a formula was expected"),
        ("busy busy", "busy", "found 'busy' where an operator such as 'and' or the end was expected"),
        ("eventually within x busy", "x", "a number was expected"),
        ("eventually within 3 on busy busy", "busy", "a clock is an integer variable"),
        ("eventually within 3 on hours busy", "hours", "'hours' is no variable"),
        ("enabled 'elapse'", "'elapse'", "'(' was expected"),
        ("busy @ 'X'", "@", "no formula has the character '@'"),
        ("busy and 'X", "'X", "no closing '"),
        ("busy and\n  waitng > 0", "waitng", "line 2, character 3"),
    ],
)
def test_what_cannot_be_read_is_pointed_at(text: str, pointed_at: str, reason: str) -> None:
    """The message says what was found and what is allowed, and shows where."""
    with pytest.raises(FormulaError) as raised:
        parse(text, SYSTEM)
    error = raised.value
    assert error.text[error.start : error.end].strip() == pointed_at
    assert reason in str(error)
    *_, shown, caret = str(error).split("\n")
    assert set(caret.strip()) == {"^"}
    assert not pointed_at or shown[caret.index("^") : caret.rindex("^") + 1] == pointed_at
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_the_second_of_two_equal_names_is_the_one_that_is_pointed_at() -> None:
    with pytest.raises(FormulaError) as raised:
        parse("busy until busy until busy", SYSTEM)
    assert raised.value.start == len("busy until busy ")


def test_every_spelling_is_read() -> None:
    """No word or sign of the table is forgotten by the grammar, and none stands for two things."""
    assert len(TOKENS) == sum(map(len, SPELLINGS.values()))
    places = {
        "WITHIN": "once {} 1 busy",
        "FOR": "always {} 1 busy",
        "ON": "once within 1 {} minutes busy",
        "IF": "{} busy then busy else busy",
        "THEN": "if busy {} busy else busy",
        "ELSE": "if busy then busy {} busy",
        "TRUE": "{}",
        "FALSE": "{}",
        "ENABLED": "{}(elapse)",
        "TAKEN": "{}(elapse)",
        "DISTINCT": "{}(waiting, 1)",
        "OPEN": "{}busy)",
        "CLOSE": "(busy{}",
        "COMMA": "distinct(waiting{}1)",
        "DOT": "'line isp'{}down = 'line isp'",
    }
    prefixes = {"ALWAYS", "EVENTUALLY", "NEXT", "ONCE", "HISTORICALLY", "YESTERDAY", "NOT"}
    numbers = {"EQUAL", "UNEQUAL", "AT_MOST", "AT_LEAST", "LESS", "MORE"}
    sums = {"PLUS", "MINUS", "TIMES", "DIVIDED", "MODULO"}
    for token, spellings in SPELLINGS.items():
        for spelling in spellings:
            if token in prefixes:
                text = f"{spelling} busy"
            elif token in numbers:
                text = f"waiting {spelling} 1"
            elif token in sums:
                text = f"waiting {spelling} 2 = 1"
            else:
                text = places.get(token, "busy {} busy").format(spelling)
            assert isinstance(parse(text, SYSTEM), z3.BoolRef), text


@seed(0)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=(Phase.generate,))
@given(problems())
def test_what_is_written_is_read_as_the_same_formula(case: tuple[System, z3.BoolRef]) -> None:
    """Operators, connectives, arithmetic, choices and atoms, as they come."""
    system, formula = case
    text = show(formula)
    assert parse(text, system).eq(formula), text
    assert show(parse(text, system)) == text


@seed(0)
@settings(max_examples=300, deadline=None, database=None)
@given(st.lists(st.sampled_from([*TOKENS, "busy", "waiting", "'line isp'", "down", "3", "elapse", " "]), max_size=8))
def test_any_sequence_of_words_is_read_or_refused(words: list[str]) -> None:
    """A formula or an InputError, never something else; and what is read can be written again."""
    try:
        formula = parse(" ".join(words), SYSTEM)
    except InputError:
        return
    assert parse(show(formula), SYSTEM) is not None


@seed(0)
@settings(max_examples=200, deadline=None, database=None)
@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(InputError):
        parse(text, SYSTEM)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(", ")"),
        ("always ", ""),
        *(pytest.param(*case, marks=long) for case in (("not ", ""), ("not (", ")"), ("- ", " = 0"), ("busy and (", ")"))),
    ],
)
def test_no_depth_is_a_crash(before: str, after: str) -> None:
    """What is nested five thousand deep is read, unless it is so many operators."""
    inside = "waiting" if before == "- " else "busy"
    text = before * 5000 + inside + (after if before == "- " else after * 5000)
    if before == "always ":
        with pytest.raises(FormulaError, match="deep"):
            parse(text, SYSTEM)
    else:
        assert parse(show(parse(text, SYSTEM)), SYSTEM).eq(parse(text, SYSTEM))


def test_a_name_that_is_also_a_value_is_the_value_where_it_is_compared_with_a_choice() -> None:
    """In parentheses it is the variable."""
    line, down = choice("line", ["down", "up"]), choice("down", ["down", "up"], sort="line")
    system = System("names", [line, down], line == line.up, [])
    assert parse("line = down", system).eq(line == line.down)
    assert parse("line = (down)", system).eq(line == down)
    assert show(line == down) == "line = (down)"
    assert show(down == down.down) == "(down) = down"


def test_sums_of_more_than_two_come_back_nested() -> None:
    """They mean the same, and are written alike."""
    x = integer("x", 0, 3)
    system = System("sums", [x], x == 0, [])
    formula = z3.Sum(x, x, x) == 3
    assert show(parse(show(formula), system)) == show(formula) == "x + x + x = 3"
