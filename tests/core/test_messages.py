"""What somebody hears who gives the library something of the wrong kind: where it was, what was found, what is allowed."""

from collections.abc import Callable
from typing import Any

import pytest
import z3

from dialproof import (
    Action,
    Assumption,
    Claim,
    Fairness,
    InputError,
    ModelError,
    Observer,
    System,
    boolean,
    check,
    choice,
    enabled,
    integer,
    taken,
)
from dialproof.ltl import always, eventually, leads_to
from dialproof.patterns import response
from dialproof.portfolio.portfolio import Portfolio

line = choice("line", ["down", "up"])
other = choice("other", ["down", "up"])
waiting = integer("waiting", 0, 2)
send = Action("send", waiting > 0, {waiting: waiting - 1}, Fairness.WEAK)
system = System("office", [line, waiting], waiting == 0, [send, Action("arrive", waiting < 2, {waiting: waiting + 1})])
FORMULA = always(waiting < 3)
anything: Any = None


def of(value: object) -> Any:
    """`value` past the type checker: a reader of a notebook has none."""
    return value


WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "text for a value": (lambda: line == of("up"), r"line == 'up': .* compared with its values, not with text: line == line.up"),
    "text that is no value": (
        lambda: line != of("upp"),
        r"line != 'upp': .* line != line.up; there is down, up; did you mean 'up'",
    ),
    "text on the left": (lambda: of("up") == line, "line == 'up'"),
    "a number for a value": (lambda: line == of(1), r"line == 1: 'line' is a choice of \{down, up\}"),
    "a choice of another type": (lambda: line == other, "'line' is a choice of .* the same `sort`"),
    "a value that gets text": (lambda: Action("a", FORMULA, {line: of("up")}), "gives 'line' the value 'up'; .*; write line.up"),
    "fairness as text": (
        lambda: Action("a", waiting > 0, {}, of("weak")),
        "action 'a': the fairness .* Fairness.WEAK.* got 'weak'",
    ),
    "fairness of a system as text": (lambda: system.fair(of("weak"), "send"), r"fair\(...\) takes one of Fairness.NONE"),
    "an action that is no name": (lambda: system.fair(Fairness.WEAK, "sned"), "no action 'sned'; .*; did you mean 'send'"),
    "a variable that is none": (lambda: system.variable("wating"), "no variable 'wating'; .*; did you mean 'waiting'"),
    "updates as a list": (lambda: Action("a", waiting > 0, of([waiting])), "action 'a': the updates must be a dict"),
    "a parameter alone": (lambda: Action("a", waiting > 0, {}, parameters=of(waiting)), "the parameters must be a tuple"),
    "a sentence that is none": (lambda: Action("a", waiting > 0, {}, says=of(3)), "`says` must be text; got 3"),
    "a guard as text": (lambda: Action("a", of("waiting > 0"), {}), "the guard must be a Boolean term"),
    "an update of no variable": (
        lambda: Action("a", waiting > 0, {of("waiting"): 1}),
        "updates 'waiting', which was not made by",
    ),
    "an update of another's variable": (
        lambda: System("s", [waiting], waiting == 0, [Action("a", waiting > 0, {line: line.up})]),
        "action 'a' updates 'line', which is no variable",
    ),
    "a bare assumption": (lambda: system.assuming(of(FORMULA)), r"is not an assumption; .* Assumption\(name, formula, reason\)"),
    "an assumption as text": (
        lambda: system.assuming(Assumption("a", of("always"), "")),
        "assumption 'a': 'always' is not a Bool",
    ),
    "assumptions alone": (lambda: System("s", [line], line == line.up, [], of(FORMULA)), "the assumptions must be a list"),
    "a variable alone": (lambda: System("s", of(line), line == line.up, []), "the variables must be a list"),
    "a variable of z3": (lambda: System("s", [of(z3.Int("n"))], z3.Int("n") == 0, []), "n is not a state variable: make it with"),
    "an action alone": (lambda: System("s", [waiting], waiting == 0, of(send)), "the actions must be a list"),
    "an action's name": (lambda: System("s", [waiting], waiting == 0, [of("send")]), "'send' is not an action"),
    "a start as a number": (
        lambda: System("s", [waiting], of(waiting), []),
        "initial condition must be a Boolean term; got waiting",
    ),
    "a name that is none": (lambda: System(of(3), [waiting], waiting == 0, []), "called by a text; got 3"),
    "an observer that is none": (lambda: system.observed(of(line)), "takes observers; got line"),
    "an observer of z3": (lambda: Observer(of(z3.Int("n")), 0, {}), "an observer needs a variable made by"),
    "an observer that begins wrongly": (lambda: Observer(line, of("up"), {}), "gives 'line' the value 'up'"),
    "an observer of nothing": (lambda: system.observed(Observer(boolean("b"), False, {"sned": True})), "did you mean 'send'"),
    "a change that is none": (lambda: system.changed(of("send")), r"changed\(...\) takes actions; got 'send'"),
    "a name left out alone": (lambda: system.changed(without=of("send")), "`without` must be a list of names"),
    "an atom of no action": (
        lambda: check(system, eventually(taken("sned"))),
        r"taken\(sned\) .*; there is .*; did you mean 'send'",
    ),
    "the other atom": (lambda: check(system, always(enabled("arive"))), "did you mean 'arrive'"),
    "an atom of a number": (lambda: taken(of(3)), "take an action or its name; got 3"),
    "a claim as text": (lambda: check(system, of("always p")), r"'always p' is not a Boolean term; dialproof.ltl.parse"),
    "a number as a claim": (lambda: check(system, of(waiting)), "waiting is not a Boolean term"),
    "the wrong way round": (lambda: check(of(FORMULA), of(system)), "a system and a claim, in this order"),
    "a premise that is none": (
        lambda: check(system, Claim("c", FORMULA, "", premise=of(3))),
        "premise of 'c': 3 is not a Boolean term",
    ),
    "a premise about no action": (lambda: check(system, Claim("c", FORMULA, "", premise=taken("sned"))), "did you mean 'send'"),
    "a cause as text": (lambda: leads_to(of("p"), FORMULA), r"leads_to\(...\) takes Boolean terms; got 'p'"),
    "a scope that is none": (lambda: response(FORMULA, FORMULA, of(FORMULA)), r"a scope is Before\(r\)"),
    "a bound as text": (lambda: integer("n", of("0"), 3), "a bound must be a whole number, or None; got '0'"),
    "a bound that is true": (lambda: integer("n", of(True), 3), "a bound must be a whole number"),
    "values as one text": (lambda: choice("c", of("down")), "needs a list of values"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_of_the_wrong_kind_is_refused_with_a_way_out(what: str) -> None:
    do, message = WRONG[what]
    with pytest.raises(ModelError, match=message) as caught:
        do()
    assert "\n" not in str(caught.value)


EFFORTS: list[tuple[dict[str, Any], str]] = [
    ({"timeout": -1}, "`timeout` is -1; allowed: a number of seconds above 0, or None"),
    ({"timeout": 0}, "`timeout` is 0"),
    ({"timeout": float("nan")}, "`timeout` is nan"),
    ({"timeout": float("inf")}, "`timeout` is inf"),
    ({"timeout": "60"}, "`timeout` is '60'"),
    ({"timeout": True}, "`timeout` is True"),
    ({"processes": 0}, "`processes` is 0; allowed: a whole number of at least 1"),
    ({"processes": 1.5}, "`processes` is 1.5"),
    ({"engines": "bmc"}, "`engines` is 'bmc'; allowed: a list of names"),
    ({"engines": ["bcm"]}, "no engine 'bcm'; there is .*; did you mean 'bmc'"),
]


@pytest.mark.parametrize(("effort", "message"), EFFORTS)
def test_an_effort_that_nobody_can_make_is_refused(effort: dict[str, Any], message: str) -> None:
    """Here: with `timeout=-1` every claim was undecided, as if it had been hard."""
    with pytest.raises(InputError, match=message):
        check(system, FORMULA, **effort)
    with pytest.raises(InputError, match=message):
        Portfolio(**{"processes": 1} | effort)


def test_a_value_that_is_meant_is_named() -> None:
    with pytest.raises(AttributeError, match="line has no value 'upp'; there is down, up; did you mean 'up'"):
        line.upp  # noqa: B018  # what is looked up is what is tested


def test_what_is_right_is_as_it_was() -> None:
    assert (line == line.up).eq(line.up == line) or z3.is_eq(line == line.up)
    assert z3.is_eq(line == choice("third", ["down", "up"], sort="line"))
    assert line != of(None)
    assert {line: 1}[line] == 1
