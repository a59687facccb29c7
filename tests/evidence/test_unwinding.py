"""Unwinding: that a part makes no difference to any system of a family is proved only where it makes none to each of them."""

from dataclasses import replace

import pytest
import z3

from dialproof.core.actions import Action
from dialproof.core.errors import AuditError
from dialproof.core.family import Component, Family
from dialproof.core.self_composition import side_by_side
from dialproof.core.variables import StateVariable, boolean, choice, integer
from dialproof.encode.problem import Problem
from dialproof.engines import k_induction as induction
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Proved
from dialproof.engines.limits import BmcLimits, InductionLimits
from dialproof.evidence.solvers import solvers_for
from dialproof.evidence.unwinding import agreement, both_obligations
from dialproof.ltl import always

TRUE = z3.BoolVal(True)
line = choice("line", ["down", "up"])
waiting, total, noise = integer("waiting one", 0), integer("total of one", 0), integer("noise", 0, 2)
ONE = Component(
    name="one",
    others="the others",
    variables=(waiting,),
    init=waiting == 0,
    actions=(
        Action("arrive(one)", TRUE, {waiting: waiting + 1}),
        Action("send(one)", z3.And(waiting > 0, line == line.up), {waiting: waiting - 1}),
    ),
    weight=waiting,
    dormant={"waiting one": 0},
    moved={},
)
PASS = Action("pass_time", TRUE, {})
DIAL = Action("dial", z3.And(line == line.down, total > 0), {line: line.up})
HANG_UP = Action("hang_up", z3.And(line == line.up, total == 0), {line: line.down})
SHOUT = Action("shout", noise < 2, {noise: noise + 1})
START = line == line.down


def post(
    *more: Action,
    dial: Action = DIAL,
    variables: tuple[StateVariable, ...] = (),
    init: z3.BoolRef = START,
    component: Component = ONE,
) -> Family:
    return Family("post", (line, *variables), init, (PASS, dial, HANG_UP, *more), (component,))


def loud(dial: Action = DIAL, *more: Action, **changes: object) -> Family:
    """The same post with somebody in it who shouts."""
    start = z3.And(START, noise == 0)
    return post(SHOUT, *more, dial=dial, variables=(noise,), **{"init": start, **changes})  # type: ignore[arg-type]


DEAF = replace(DIAL, guard=z3.And(DIAL.guard, noise < 2))


def test_who_is_heard_by_nobody_makes_no_difference() -> None:
    whole = loud()
    problem = Problem(whole.summary, always(agreement(whole, post())))
    assert isinstance(induction.prove(problem, InductionLimits(1)), Proved)


def test_who_is_heard_makes_one_and_so_do_the_systems() -> None:
    whole = loud(DEAF)
    problem = Problem(whole.summary, always(agreement(whole, post())))
    assert isinstance(bmc.search(problem, BmcLimits(5)), Found)
    pair = side_by_side(whole.instance({"one": ["a", "b"]}), post().instance({"one": ["a", "b"]}))
    assert isinstance(bmc.search(Problem(pair.system, always(pair.alike(line))), BmcLimits(6)), Found)


def test_what_agrees_in_the_summary_is_alike_in_the_systems() -> None:
    """Some of them, as pairs, as far as a search goes."""
    for members in ([], ["a"], ["a", "b"]):
        pair = side_by_side(loud().instance({"one": members}), post().instance({"one": members}))
        assert not isinstance(bmc.search(Problem(pair.system, always(pair.alike(line))), BmcLimits(6)), Found)


CUTTING = Action("cut", TRUE, {line: line.down})
COUNTING = replace(DIAL, updates={line: line.up, noise: 0})
SENDING_BACK = replace(DIAL, updates={line: line.down})


@pytest.mark.parametrize(
    ("whole", "less", "message"),
    [
        (loud(DIAL, CUTTING), post(), "changes 'line', which is there without it"),
        (loud(SENDING_BACK), post(), "'dial' does something else"),
        (loud(), post(CUTTING), "'cut' never happens"),
        (replace(loud(), loose=frozenset({"dial"})), post(), "'dial' is possible more often"),
        (loud(init=noise == 0), post(), "need not start where it starts"),
        (post(), loud(), "'noise' is a variable of 'post' without the part"),
        (loud(component=replace(ONE, init=TRUE)), post(), "the members of 'one' are not the same"),
        (loud(component=replace(ONE, actions=ONE.actions[:1])), post(), "the members of 'one' are not the same"),
        (loud(component=replace(ONE, moved={"dial": {waiting: waiting}})), post(), "are moved by other events"),
    ],
)
def test_what_is_no_part_by_itself_is_refused(whole: Family, less: Family, message: str) -> None:
    with pytest.raises(AuditError, match=message):
        agreement(whole, less)


def test_an_event_may_change_what_belongs_to_the_part_besides() -> None:
    agreement(loud(COUNTING), post())


def test_a_member_that_does_something_else_is_refused() -> None:
    arrive, send = ONE.actions
    twice = replace(ONE, actions=(replace(arrive, updates={waiting: waiting + 2}), send))
    with pytest.raises(AuditError, match=r"'arrive\(one\)' does something else"):
        agreement(loud(component=twice), post())


def test_the_obligations_are_those_of_all_the_families_and_each_has_a_name_of_its_own() -> None:
    flag = boolean("flag")
    stated = both_obligations(loud(), {"noise": post(), "more": post(variables=(flag,))})
    assert len({one.name for one in stated}) == len(stated)
    assert {one.name.rpartition(", without ")[2] for one in stated if ", without " in one.name} == {"noise", "more"}
    (_, solve), *_ = solvers_for(second_opinion=False)
    assert {solve(one.script) for one in stated} == {"unsat"}
