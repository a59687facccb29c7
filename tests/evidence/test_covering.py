"""A cover that has not every run of its system, or promises what that does not keep, is found out."""

import pytest
import z3

from dialproof.core.actions import Action, Fairness, enabled, taken
from dialproof.core.errors import AuditError, ModelError
from dialproof.core.system import System
from dialproof.core.variables import boolean, integer
from dialproof.encode.problem import Problem
from dialproof.engines import explicit
from dialproof.engines.candidates import Proved
from dialproof.evidence.covering import Covering, same_actions
from dialproof.evidence.solvers import discharge, solvers_for
from dialproof.ltl import always, eventually, next_

LAMP, CLOCK, STEP = boolean("lamp"), integer("clock", 0, 3), integer("d", 1, 3)

WAIT = Action("elapse", z3.BoolVal(True), {CLOCK: z3.If(CLOCK + STEP < 3, CLOCK + STEP, 3)}, parameters=(STEP,))
LIGHT = Action("light", z3.And(z3.Not(LAMP), CLOCK >= 2), {LAMP: True, CLOCK: 0}, Fairness.WEAK)
DOUSE = Action("douse", LAMP, {LAMP: False, CLOCK: 0})
TIMED = System("a lamp with a clock", [LAMP, CLOCK], z3.And(z3.Not(LAMP), CLOCK == 0), [WAIT, LIGHT, DOUSE])

PASS = Action("pass", z3.BoolVal(True), {})
UNTIMED = System(
    "a lamp",
    [LAMP],
    z3.Not(LAMP),
    [PASS, Action("light", z3.Not(LAMP), {LAMP: True}, Fairness.WEAK), Action("douse", LAMP, {LAMP: False})],
)


def covers(cover: System, system: System = TIMED) -> Covering:
    return same_actions(system, cover, {"elapse": "pass"})


def confirm(covering: Covering) -> None:
    discharge(covering.obligations(), solvers_for(second_opinion=True), set())


def holds(system: System, formula: z3.BoolRef) -> bool:
    return isinstance(explicit.decide(Problem(system, formula)), Proved)


def test_what_holds_of_the_cover_holds_of_the_system() -> None:
    covering = covers(UNTIMED)
    confirm(covering)
    promises = covering.promises()
    assert list(promises) == ["light"]
    assert all(holds(TIMED, promise) for promise in promises.values())
    for claim in (always(eventually(LAMP)) == always(eventually(LAMP)), always(z3.Implies(z3.Not(LAMP), eventually(LAMP)))):
        assert holds(UNTIMED, claim)
        assert holds(TIMED, covering.said_of_the_system(claim))


def test_a_claim_about_steps_and_what_is_possible_is_read_as_the_cover_means_it() -> None:
    """`pass` is `elapse`, one step each; and where the lamp could be lit, it could be without a clock."""
    covering = covers(UNTIMED)
    claim = always(z3.Implies(z3.And(taken("pass"), enabled("light")), next_(enabled("light"))))
    said = covering.said_of_the_system(claim)
    assert said.eq(always(z3.Implies(z3.And(taken("elapse"), z3.Not(LAMP)), next_(z3.Not(LAMP)))))
    assert holds(UNTIMED, claim)
    assert holds(TIMED, said)
    assert not holds(
        TIMED, always(z3.Implies(z3.And(taken("elapse"), z3.Not(enabled("light"))), next_(z3.Not(enabled("light")))))
    )


@pytest.mark.parametrize(
    ("changed", "failing"),
    [
        (System("lit at first", [LAMP], LAMP, UNTIMED.actions), "cover: start"),
        (UNTIMED.changed(Action("light", z3.BoolVal(False), {LAMP: True})), "cover: step light"),
        (UNTIMED.changed(Action("douse", LAMP, {})), "cover: step douse"),
        (UNTIMED.changed(Action("pass", z3.BoolVal(True), {LAMP: z3.Not(LAMP)})), "cover: step elapse"),
    ],
)
def test_a_cover_without_some_run_is_refused(changed: System, failing: str) -> None:
    with pytest.raises(AuditError, match=failing):
        confirm(covers(changed))


def test_a_system_that_may_idle_is_refused() -> None:
    """A cover that never idles has no run that does; so the system must not either."""
    stuck = TIMED.changed(Action("elapse", z3.And(CLOCK + STEP <= 1), {CLOCK: CLOCK + STEP}, parameters=(STEP,)))
    with pytest.raises(AuditError, match="cover: never idle"):
        confirm(covers(UNTIMED, stuck))


def test_a_step_out_of_range_is_refused() -> None:
    with pytest.raises(AuditError, match="cover: step elapse"):
        confirm(covers(UNTIMED, TIMED.changed(Action("elapse", CLOCK < 3, {CLOCK: CLOCK + STEP}, parameters=(STEP,)))))


@pytest.mark.parametrize("fairness", [Fairness.WEAK, Fairness.STRONG])
def test_a_promise_that_the_system_does_not_keep_is_false_of_it(fairness: Fairness) -> None:
    """Nobody promises that the lamp is doused."""
    covering = covers(UNTIMED.fair(fairness, "douse"))
    confirm(covering)
    assert not holds(TIMED, covering.promises()["douse"])
    assert holds(TIMED.fair(fairness, "douse"), covering.promises()["douse"])


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(ModelError, match="has a variable 'clock'"):
        covers(System("more", [LAMP, integer("clock", 0, 4)], z3.Not(LAMP), UNTIMED.actions))
    with pytest.raises(ModelError, match="'elapse' of the system counts as no action"):
        same_actions(TIMED, UNTIMED, {})
    with pytest.raises(ModelError, match="depends on its parameters"):
        same_actions(TIMED, TIMED, {}).said_of_the_system(always(enabled("elapse")))
    with pytest.raises(ModelError, match="has parameters that 'pass' does not have"):
        same_actions(System("passes", [LAMP, CLOCK], z3.Not(LAMP), [PASS]), TIMED, {"pass": "elapse"}).obligations()
