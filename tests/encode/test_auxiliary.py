"""What an encoding adds to a system's variables says what it is there for; the system's own variables have no role."""

import pytest
import z3

from dialproof import Action, Assumption, Fairness, System, boolean, choice, integer
from dialproof.encode.auxiliary import Auxiliary, Role
from dialproof.encode.bitblast.transitions import in_digits
from dialproof.encode.problem import Problem
from dialproof.encode.transitions import Transitions
from dialproof.ltl import always, eventually, eventually_within, once

waiting = integer("waiting", 0, 2)
line = choice("line", ["down", "up"])
asked = boolean("asked")
step = integer("step", 1, 2)
SYSTEM = System(
    "exchange",
    [waiting, line, asked],
    z3.And(waiting == 0, line == line.down, z3.Not(asked)),
    [
        Action("arrive", waiting < 2, {waiting: waiting + 1}, parameters=(step,)),
        Action("dial", z3.And(waiting > 0, line == line.down), {line: line.up, asked: True}, Fairness.STRONG),
        Action("send", z3.And(waiting > 0, line == line.up), {waiting: waiting - 1}, Fairness.WEAK),
        Action("hang_up", line == line.up, {line: line.down}),
    ],
    [Assumption("quiet", always(eventually(waiting == 0)), "people sleep")],
)
PROBLEM = Problem(SYSTEM, always(z3.Implies(z3.And(waiting > 0, once(asked)), eventually(eventually_within(2, waiting == 0)))))
LOCAL = PROBLEM.local(("waiting", "asked"), ("send",))


@pytest.mark.parametrize(
    ("form", "roles"),
    [
        (PROBLEM.product, {Role.ACTION, Role.PARAMETER, Role.OWED, Role.LEFT, Role.PAST}),
        (PROBLEM.saved_loop.transitions, {Role.SAVE, Role.SAVED, Role.SEEN}),
        (PROBLEM.proof_loop(["waiting"]), {Role.SAVE, Role.SAVED, Role.SEEN}),
        (PROBLEM.rounds(2), {Role.START, Role.STARTED, Role.MET, Role.NEVER, Role.ROUND}),
        (LOCAL.product, {Role.KEPT, Role.FREE, Role.ACTION, Role.OWED}),
        (in_digits(PROBLEM.product).transitions, {Role.DIGIT, Role.OWED, Role.PAST}),
    ],
    ids=["product", "saved loop", "proof loop", "rounds", "local", "digits"],
)
def test_what_a_form_adds_has_a_role(form: Transitions, roles: set[Role]) -> None:
    own = {variable.name for variable in SYSTEM.variables}
    added = [variable for variable in (*form.variables, *form.inputs) if variable.name not in own]
    assert all(isinstance(variable, Auxiliary) for variable in added)
    assert roles <= {variable.role for variable in added if isinstance(variable, Auxiliary)}
    assert not any(isinstance(variable, Auxiliary) for variable in form.variables if variable.name in own)
    names = [variable.name for variable in (*form.variables, *form.inputs)]
    assert len(set(names)) == len(names)


def test_what_is_seen_in_a_loop_says_whose_fairness_it_is() -> None:
    flags = [one for one in PROBLEM.saved_loop.transitions.variables if isinstance(one, Auxiliary) and one.role is Role.SEEN]
    assert {"dial", "send", *PROBLEM.assumed_conditions} <= {flag.about for flag in flags}
    assert [flag.name for flag in flags if flag.about == "dial"] == ["dialproof.seen 'dial' asked", "dialproof.seen 'dial' given"]


def test_an_assumption_that_is_a_fairness_condition_is_known_by_its_condition() -> None:
    other = Assumption("never_asked", always(z3.Not(asked)), "nobody asks")
    system = System("exchange", SYSTEM.variables, SYSTEM.init, SYSTEM.actions, [*SYSTEM.assumptions, other])
    problem = Problem(system, PROBLEM.formula)
    assert [assumption.name for assumption in problem.assumed_conditions.values()] == ["quiet"]
    assert problem.assumed_conditions.keys() <= {name for name, _ in problem.encoded.transitions.fairness}
