"""The replay and its evaluator, refusal by refusal: each run is wrong in one respect, and is refused for that.

Together with the other tests of the evaluator they notice every change to `dialproof/evidence/replay.py` and
`dialproof/semantics/evaluate.py` that makes a difference (`python -m tools.mutants_of_the_checker`).
"""

import itertools

import pytest
import z3

from dialproof.core.actions import Action, Assumption, Fairness, taken
from dialproof.core.errors import ModelError, ReplayError
from dialproof.core.run import FiniteRun, Lasso, State, Step, Taken
from dialproof.core.system import System
from dialproof.core.variables import Value, boolean, integer
from dialproof.encode.problem import Problem
from dialproof.evidence.replay import fairness_formula, is_fair_to, replay
from dialproof.ltl import (
    always,
    eventually,
    eventually_within,
    historically_for,
    next_,
    once,
    once_within,
    release,
    since,
    until,
    weak_until,
    yesterday,
)
from dialproof.semantics.evaluate import connect, holds_on_lasso, is_lost_on, truths_on_lasso
from dialproof.semantics.interpreter import Reader

TRUE, FALSE = z3.BoolVal(True), z3.BoolVal(False)
X = integer("x", 0, 3)
BY = integer("by", 1, 2)
UP = Action("up", X < 2, {X: X + 1}, Fairness.WEAK)
JUMP = Action("jump", z3.And(X == 2, BY == 1), {X: X + BY}, parameters=(BY,))
BACK = Action("back", X == 2, {X: 0}, Fairness.STRONG)
SYSTEM = System("stairs", [X], X == 0, [UP, JUMP, BACK])
"""Up from 0 to 2; from there back, or on to 3, where nothing can be done any more."""


def step(action: str | Taken | None, **values: Value) -> Step:
    return Step(Taken(action) if isinstance(action, str) else action, State.of(values))


ROUND = (step("up", x=0), step("up", x=1), step("back", x=2))
JUMPED = Taken("jump", (("by", 1),))


def refused(problem: Problem, run: Lasso | FiniteRun, why: str) -> None:
    with pytest.raises(ReplayError, match=why):
        replay(problem, run)


# --- the steps -------------------------------------------------------------------------------------------------------


def test_runs_that_are_in_order_are_accepted() -> None:
    replay(Problem(SYSTEM, always(X < 2)), Lasso((), ROUND))
    replay(Problem(SYSTEM, always(X < 2)), Lasso(ROUND, ROUND))
    replay(Problem(SYSTEM, always(X < 3)), Lasso((*ROUND[:2], step(JUMPED, x=2)), (step(None, x=3),)))
    replay(Problem(SYSTEM, always(X < 2)), FiniteRun((*ROUND[:2], step(None, x=2))))
    replay(Problem(SYSTEM, always(X < 2)), FiniteRun(ROUND))
    replay(Problem(SYSTEM, always(z3.Not(taken(JUMP)))), FiniteRun((*ROUND[:2], step(JUMPED, x=2))))
    replay(Problem(SYSTEM, X > 0), FiniteRun((step(None, x=0),)))


@pytest.mark.parametrize(
    ("run", "why"),
    [
        (Lasso((), (step("up", x=0), step("up", x=7))), "state 1 is no state"),
        (Lasso((step("up", x=0), step("up", y=1)), ROUND), "state 1 is no state"),
        (Lasso((step("up", x=0), step("up", x=True)), ROUND), "state 1 is no state"),
        (Lasso((), (step("up", x=1), step("back", x=2))), "not initial"),
        (Lasso((step("back", x=0),), ROUND), "step 0: back is not enabled"),
        (Lasso((step("fly", x=0),), ROUND), "step 0: fly is not enabled"),
        (Lasso((step("up", x=0), step("up", x=2)), ROUND), "step 0: up does not lead"),
        (Lasso((), ROUND[:2]), "step 1: up does not lead"),  # back to the loop's first state
        (Lasso(ROUND[:2], (step("jump", x=2),)), "step 2: jump is not enabled"),
        (Lasso(ROUND[:2], (step(Taken("jump", (("by", 2),)), x=2),)), r"step 2: jump\(by=2\) is not enabled"),
        (Lasso((*ROUND[:2], step(None, x=2)), (step(None, x=3),)), "step 2: the run idles although jump"),
        (Lasso((step(None, x=0),), ROUND), "step 0: the run idles although up is enabled"),
        (Lasso((*ROUND[:2], step(JUMPED, x=2), step(None, x=3)), ROUND), "step 3: idling changes the state"),
        (FiniteRun((*ROUND[:2], step("up", x=2))), "step 2: up is not enabled"),
        (FiniteRun((*ROUND[:2], step(Taken("jump", (("by", 2),)), x=2))), "step 2: jump"),
        (FiniteRun((step("up", x=0), step("up", x=2))), "step 0: up does not lead"),
        (FiniteRun((step("back", x=2),)), "not initial"),
    ],
)
def test_a_run_that_the_system_does_not_have_is_refused(run: Lasso | FiniteRun, why: str) -> None:
    """Although the claim is false on each of them."""
    refused(Problem(SYSTEM, FALSE), run, why)


def test_the_names_of_a_state_stand_in_the_order_of_the_system() -> None:
    """Values are told apart by their place."""
    x, y = boolean("x"), boolean("y")
    system = System("two", [x, y], x, [Action("stay", TRUE, {})])
    replay(Problem(system, y), Lasso((), (step("stay", x=True, y=False),)))
    refused(Problem(system, y), Lasso((), (step("stay", y=True, x=False),)), "state 0 is no state")


# --- what it shows ---------------------------------------------------------------------------------------------------


def test_a_run_on_which_the_claim_holds_shows_nothing() -> None:
    refused(Problem(SYSTEM, always(X < 3)), Lasso((), ROUND), "the formula holds on the lasso")
    refused(Problem(SYSTEM, always(X < 3)), FiniteRun(ROUND), "not lost on the finite run")
    refused(Problem(SYSTEM, eventually(X == 3)), FiniteRun(ROUND), "not lost on the finite run")


def test_a_run_that_does_not_meet_an_assumption_shows_nothing() -> None:
    falls = System(SYSTEM.name, SYSTEM.variables, SYSTEM.init, SYSTEM.actions, [Assumption("ends", eventually(X == 3), "")])
    into_the_end = Lasso((*ROUND[:2], step(JUMPED, x=2)), (step(None, x=3),))
    replay(Problem(falls, always(X < 3)), into_the_end)
    refused(Problem(falls, always(X < 2)), Lasso((), ROUND), "does not meet the assumption 'ends'")
    refused(Problem(falls, always(X < 2)), FiniteRun(ROUND), "no fair continuation")


LIGHT = boolean("light")


def lamp(fairness: Fairness) -> System:
    """A lamp that flickers as it likes and can be broken while it is lit, after which it stays dark."""
    count = integer("count", 0, 1)
    actions = [
        Action("flicker", count < 1, {LIGHT: z3.Not(LIGHT)}),
        Action("rest", TRUE, {}),
        Action("smash", z3.And(LIGHT, count < 1), {LIGHT: False, count: 1}, fairness),
    ]
    return System("lamp", [LIGHT, count], z3.And(z3.Not(LIGHT), count == 0), actions)


DARK, LIT = {"light": False, "count": 0}, {"light": True, "count": 0}
RUNS = {
    "never": Lasso((), (step("rest", **DARK),)),
    "now and then": Lasso((), (step("flicker", **DARK), step("flicker", **LIT))),
    "always": Lasso((step("flicker", **DARK),), (step("rest", **LIT),)),
    "once": Lasso((step("flicker", **DARK), step("flicker", **LIT)), (step("rest", **DARK),)),
    "done": Lasso((step("flicker", **DARK), step("smash", **LIT)), (step("rest", light=False, count=1),)),
}


@pytest.mark.parametrize(
    ("fairness", "unfair"),
    [(Fairness.NONE, set()), (Fairness.WEAK, {"always"}), (Fairness.STRONG, {"always", "now and then"})],
    ids=lambda value: getattr(value, "value", ""),
)
def test_a_run_that_is_unfair_shows_nothing(fairness: Fairness, unfair: set[str]) -> None:
    system = lamp(fairness)
    problem, smash, reader = Problem(system, FALSE), system.action("smash"), Reader(system)
    rule = fairness_formula(smash)
    assert (rule is None) == (fairness is Fairness.NONE)
    for name, run in RUNS.items():
        assert is_fair_to(smash, run, reader) is (name not in unfair), name
        if rule is not None:
            assert holds_on_lasso(rule, run, reader) is (name not in unfair), name
        if name in unfair:
            refused(problem, run, f"{fairness.value} fairness of 'smash' fails")
        else:
            replay(problem, run)


def test_what_is_taken_in_the_loop_is_fair_whatever_else_is_so() -> None:
    again = Action("again", TRUE, {}, Fairness.STRONG)
    system = System("again", [LIGHT], z3.Not(LIGHT), [again, Action("rest", TRUE, {}, Fairness.WEAK)])
    reader = Reader(system)
    loops = itertools.product(("again", "rest"), repeat=2)
    fair = {names for names in loops if is_fair_to(again, Lasso((), tuple(step(name, light=False) for name in names)), reader)}
    assert fair == {("again", "again"), ("again", "rest"), ("rest", "again")}
    assert not is_fair_to(again, Lasso((step("again", light=False),), (step(None, light=False),)), reader)


# --- the evaluator ---------------------------------------------------------------------------------------------------

N = integer("n", 0, 9)
GO = Action("go", N < 9, {N: N + 1})
READER = Reader(System("counting", [N], N == 0, [GO]))


def positions(*values: int) -> tuple[Step, ...]:
    return tuple(step("go", n=value) for value in values)


def beginning(*values: int, last: str | None = None) -> FiniteRun:
    return FiniteRun((*positions(*values[:-1]), step(last, n=values[-1])))


@pytest.mark.parametrize(
    ("formula", "rounds", "expected"),
    [
        (N == 1, 0, [False, True, False]),
        (N == 1, 1, [False, True, False, True, False]),
        (yesterday(N == 0), 1, [False, True, False, False, False]),
        (next_(N == 1), 1, [True, False, True, False, True]),
        (once(N == 2), 1, [False, False, True, True, True]),
        (eventually(always(N == 1)), 0, [False, False, False]),
    ],
)
def test_truth_along_a_run(formula: z3.BoolRef, rounds: int, expected: list[bool]) -> None:
    """Position by position; of the loop as many rounds as are asked for, and one that goes on for ever."""
    assert truths_on_lasso(formula, Lasso(positions(0), positions(1, 2)), READER, rounds) == expected


def test_truth_along_a_run_begins_without_further_rounds() -> None:
    assert truths_on_lasso(N == 1, Lasso(positions(0), positions(1, 2)), READER) == [False, True, False]


WATCH = integer("watch", 0, 9)
WATCHED = Reader(System("watched", [WATCH, N], WATCH == 0, [Action("go", TRUE, {N: 0})]))


@pytest.mark.parametrize(
    ("within", "recurs"),
    [
        (once_within(5, N == 9), False),  # the loop has to be gone round until the stem is out of sight
        (once_within(38, N == 9, clock=WATCH), False),  # 10 pass in a round, of which none from its last position to its first
        (once_within(9, N == 1, clock=WATCH), True),
    ],
)
def test_what_a_limit_no_longer_reaches_does_not_come_back(within: z3.BoolRef, *, recurs: bool) -> None:
    stem = (step("go", watch=5, n=9),)
    loop = tuple(step("go", watch=watch, n=n) for watch, n in ((5, 0), (4, 1), (5, 2)))
    assert holds_on_lasso(always(eventually(within)), Lasso(stem, loop), WATCHED) is recurs


OPEN = eventually(N == 5)
"""What is not known at the end of a finite run over 0 and 1."""


@pytest.mark.parametrize(
    ("formula", "lost"),
    [
        (z3.And(OPEN, N == 1), True),
        (z3.And(OPEN, N == 0), False),
        (z3.Or(OPEN, N == 1), False),
        (z3.Not(z3.Or(OPEN, N == 0)), True),
        (z3.Not(z3.And(OPEN, N == 0)), False),
        (z3.Not(OPEN), False),
        (z3.Implies(OPEN, N == 1), False),
        (z3.Not(z3.Implies(OPEN, N == 0)), True),
        (z3.Not(z3.Implies(N == 1, OPEN)), True),
        (z3.Implies(N == 0, OPEN), False),
        (OPEN == TRUE, False),
        (z3.Xor(OPEN, OPEN), False),  # unknown, although no continuation makes it true: three values do not see that
        (z3.Xor(next_(N == 1), N == 0), True),
        (z3.Xor(next_(N == 1), N == 1), False),
        (z3.If(OPEN, N == 1, N == 2), True),
        (z3.If(OPEN, N == 1, N == 0), False),
        (z3.If(N == 0, next_(N == 2), OPEN), True),
        (z3.If(N == 1, next_(N == 1), next_(N == 2)), True),
        (until(N < 2, N == 5), False),
        (until(N < 1, N == 5), True),
        (z3.Not(until(N < 2, N == 1)), True),
        (z3.Not(weak_until(N < 2, N == 5)), False),
        (weak_until(N < 1, N == 5), True),
        (release(N == 5, N < 1), True),
        (release(N == 0, N < 1), False),
        (z3.Not(release(N == 0, N < 1)), True),
        (release(N == 1, N < 1), True),
        (z3.Not(release(N == 5, N < 2)), False),
        (always(next_(N == 1)), False),
        (always(N < 2), False),
        (always(N < 1), True),
        (next_(next_(FALSE)), False),
        (next_(FALSE), True),
        (since(N == 0, N == 1), True),
        (z3.Not(since(N == 1, N == 0)), True),
        (next_(since(N == 1, N == 0)), False),
        (next_(since(N == 0, N == 0)), True),
        (z3.Not(next_(once(N == 0))), True),
        (next_(once_within(0, N == 0)), True),
        (next_(once_within(1, N == 0)), False),
        (next_(historically_for(1, N == 1)), True),
        (next_(historically_for(0, N == 1)), False),
        (eventually_within(0, N == 1), True),
        (eventually_within(1, N == 1), False),
        (eventually_within(1, N == 2), True),
        (eventually_within(2, N == 2), False),
    ],
)
def test_what_is_lost_whatever_follows(formula: z3.BoolRef, *, lost: bool) -> None:
    assert is_lost_on(formula, beginning(0, 1), READER) is lost


def test_only_in_the_last_state_it_is_open_what_is_taken() -> None:
    assert is_lost_on(taken(GO), beginning(9), READER), "nothing can be taken any more"
    assert not is_lost_on(taken(GO), beginning(0), READER)
    assert not is_lost_on(z3.Not(taken(GO)), beginning(0), READER)
    assert not is_lost_on(z3.And(N == 0, taken(GO)), beginning(0), READER), "open, also within a longer condition"
    assert is_lost_on(z3.Not(taken(GO)), beginning(0, 1), READER)
    assert is_lost_on(z3.Not(taken(GO)), beginning(0, last="go"), READER)
    assert is_lost_on(N == 1, beginning(0), READER), "the state is known, whatever is taken in it"


@pytest.mark.parametrize(
    ("formula", "values", "expected"),
    [
        (z3.Not(TRUE), [True], False),
        (z3.And(TRUE, TRUE), [True, False], False),
        (z3.And(TRUE, TRUE), [True, True], True),
        (z3.Or(TRUE, TRUE), [False, False], False),
        (z3.Or(TRUE, TRUE), [False, True], True),
        (z3.Implies(TRUE, TRUE), [True, False], False),
        (z3.Implies(TRUE, TRUE), [False, False], True),
        (z3.Implies(TRUE, TRUE), [True, True], True),
        (TRUE == FALSE, [False, False], True),
        (TRUE == FALSE, [True, False], False),
        (z3.Xor(TRUE, TRUE), [True, False], True),
        (z3.Xor(TRUE, TRUE), [True, True], False),
        (z3.Distinct(TRUE, FALSE), [False, True], True),
        (z3.If(TRUE, TRUE, TRUE), [True, False, True], False),
        (z3.If(TRUE, TRUE, TRUE), [False, False, True], True),
    ],
)
def test_each_connective(formula: z3.BoolRef, values: list[bool], *, expected: bool) -> None:
    assert connect(formula, values) is expected


def test_what_is_no_connective_is_refused() -> None:
    with pytest.raises(ModelError, match="cannot stand under '<'"):
        connect(N < 1, [True, True])
    with pytest.raises(ModelError, match="cannot stand under 'distinct'"):
        connect(z3.Distinct(TRUE, FALSE, TRUE), [True, False, True])


def test_a_wide_connective_of_unknown_parts_is_read_at_once() -> None:
    """Completed one by one, so many unknown parts would be a million million cases."""
    parts = [OPEN] * 40
    assert not is_lost_on(z3.And(parts), beginning(0, 1), READER)
    assert not is_lost_on(z3.Not(z3.Or(parts)), beginning(0, 1), READER)
    assert is_lost_on(z3.And([*parts, N == 1]), beginning(0, 1), READER)
