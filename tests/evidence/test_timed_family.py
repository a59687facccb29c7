"""Families with a clock in the core: time passes in the summary exactly where it passes in each system."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import z3

from dialproof.core.actions import Action, Assumption, Fairness, enabled, taken
from dialproof.core.errors import AuditError, ModelError
from dialproof.core.family import Component, Family
from dialproof.core.obligation import Obligation
from dialproof.core.system import System
from dialproof.core.variables import choice, integer
from dialproof.encode.problem import Problem
from dialproof.engines import explicit
from dialproof.engines import k_induction as induction
from dialproof.engines import k_liveness as kliveness
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Proved
from dialproof.engines.limits import BmcLimits, InductionLimits, KLivenessLimits
from dialproof.evidence.audit import audit
from dialproof.evidence.simulation import obligations
from dialproof.evidence.solvers import solvers_for
from dialproof.ltl import always, eventually, leads_to

LATEST, CAP, LONGEST = 2, 3, 3

line = choice("line", ["down", "up"])
clock = integer("clock", 0, CAP)
waiting = integer("waiting one", 0, 2)
step = integer("d", 1, LONGEST)
TOTAL = integer("total of one", 0)
IS_DUE = z3.And(line == line.down, TOTAL > 0)

ELAPSE = Action(
    "elapse",
    z3.Implies(IS_DUE, clock + step <= LATEST),
    {clock: z3.If(IS_DUE, z3.If(clock + step < CAP, clock + step, CAP), z3.IntVal(0))},
    parameters=(step,),
)
DIAL = Action("dial", IS_DUE, {line: line.up, clock: 0}, Fairness.WEAK)
RELEASE = Action("hang_up", z3.And(line == line.up, TOTAL == 0), {line: line.down, clock: 0})
ARRIVE = Action("arrive(one)", waiting < 2, {waiting: waiting + 1})
DELIVER = Action("deliver(one)", z3.And(waiting > 0, line == line.up), {waiting: waiting - 1, clock: 0})
GOES_ON = Assumption("time goes on", always(eventually(taken("elapse"))), "time does not stop")


def timed(**changes: object) -> Family:
    """A line that is dialled at the latest two units after mail came to wait for it; a delivery sets its clock back."""
    component = Component(
        name="one",
        others="the rest",
        variables=(waiting,),
        init=waiting == 0,
        actions=(ARRIVE, DELIVER),
        weight=waiting,
        dormant={"waiting one": 0},
        moved={},
    )
    init = z3.And(line == line.down, clock == 0)
    made = Family("timed", (line, clock), init, (ELAPSE, DIAL, RELEASE), (component,), assumptions=(GOES_ON,))
    return replace(made, **changes)  # type: ignore[arg-type]


def unmet(stated: tuple[Obligation, ...], *, second_opinion: bool = False) -> set[str]:
    solvers = solvers_for(second_opinion=second_opinion)
    return {one.name for one in stated for _, solve in solvers if solve(one.script) != "unsat"}


def test_both_solvers_find_that_the_summary_stands_for_all() -> None:
    """Of no action it is plain that it is always possible: if time cannot pass, the line can be dialled."""
    assert unmet(obligations(timed()), second_opinion=True) == set()
    assert timed().summary.assumptions == timed().instance({"one": ["a"]}).assumptions == (GOES_ON,)


def test_what_is_proved_of_the_summary_holds_with_any_number_of_members() -> None:
    family = timed()
    in_time = always(z3.Implies(IS_DUE, clock <= LATEST))
    dialled = leads_to(waiting > 0, line == line.up)
    total = family.components[0].weight + family.components[0].rest
    for claim in (in_time, dialled):
        problem = Problem(family.summary, z3.substitute(claim, (TOTAL, total)))
        found = (
            induction.prove(problem, InductionLimits(2))
            if problem.is_safety
            else kliveness.prove(problem, KLivenessLimits((1, 2, 3, 4), rlimit=10_000_000))
        )
        assert isinstance(found, Proved)
        audit(problem, found.certificate)
        for number in (1, 2, 3):
            names = [f"m{place}" for place in range(number)]
            queues = [integer(f"waiting {name}", 0, 2) for name in names]
            said = z3.substitute(claim, (TOTAL, z3.Sum(queues)), (waiting, queues[0]))
            assert isinstance(explicit.decide(Problem(family.instance({"one": names}), said)), Proved)


def test_a_bound_that_is_too_small_is_proved_of_nothing() -> None:
    family = timed()
    too_soon = always(z3.Implies(z3.And(line == line.down, waiting > 0), clock < LATEST))
    assert isinstance(bmc.search(Problem(family.summary, too_soon), BmcLimits(6)), Found)
    said = z3.substitute(too_soon, (waiting, integer("waiting m0", 0, 2)))
    assert isinstance(explicit.decide(Problem(family.instance({"one": ["m0"]}), said)), Found)


# --- what must be refused ----------------------------------------------------------------------------------------------


def _changed(name: str, **changes: object) -> Callable[[System], System]:
    return lambda summary: summary.changed(replace(summary.action(name), **changes))  # type: ignore[arg-type]


REST = integer("total of the rest", 0)
DUE_HERE = z3.And(line == line.down, waiting > 0)

SPOILED: list[tuple[Callable[[System], System], str]] = [
    # Nothing of the others is ever due: the summary would wait for them for ever, and what holds in time would fail.
    (_changed("elapse", guard=z3.Implies(DUE_HERE, clock + step <= LATEST)), "step elapse"),
    # Due a unit too early: runs of the systems would be missing, and a bound too small would be proved.
    (_changed("elapse", guard=z3.Implies(z3.And(line == line.down, waiting + REST > 0), clock + step < LATEST)), "step elapse"),
    (_changed("elapse", guard=z3.BoolVal(False)), "step elapse"),
    (_changed("elapse", updates={clock: 0}), "step elapse"),
    (_changed("elapse", updates={}), "step elapse"),
    # What another member does sets the clock back, or leaves it alone.
    (_changed("deliver(the rest)", updates={REST: REST - 1}), "step deliver(the rest)"),
    (_changed("arrive(the rest)", updates={REST: REST + 1, clock: 0}), "step arrive(the rest)"),
    (_changed("deliver(one)", updates={waiting: waiting - 1}), "step deliver(one)"),
    (lambda one: System(one.name, one.variables, z3.And(one.init, clock == 1), one.actions, one.assumptions), "start"),
]


@pytest.mark.parametrize(("spoil", "broken"), SPOILED, ids=map(str, range(len(SPOILED))))
def test_a_summary_in_which_time_passes_otherwise_fails_an_obligation(spoil: Callable[[System], System], broken: str) -> None:
    family = timed()
    family.__dict__["summary"] = spoil(family.summary)
    assert f"summary: {broken}" in unmet(obligations(family))


def test_a_summary_in_which_less_time_passes_at_once_is_refused() -> None:
    """The same guard and updates, and fewer values of the parameter: a long step of a system would be none of the summary."""
    family = timed()
    family.__dict__["summary"] = _changed("elapse", parameters=(integer("d", 1, 1),))(family.summary)
    with pytest.raises(AuditError, match="elapse of the summary is taken with other values"):
        obligations(family)


def test_a_summary_that_assumes_more_is_refused() -> None:
    family = timed(assumptions=())
    family.__dict__["summary"] = family.summary.assuming(GOES_ON)
    with pytest.raises(AuditError, match="the summary assumes time goes on, the systems do not"):
        obligations(family)


def test_a_core_in_which_time_stops_and_nothing_happens_fails_its_obligation() -> None:
    """Mail is due, and the line cannot be dialled: a system would idle there for ever, and the summary not."""
    stuck = timed(actions=(ELAPSE, replace(DIAL, guard=z3.And(IS_DUE, clock < LATEST)), RELEASE))
    assert "summary: never idle" in unmet(obligations(stuck))


@pytest.mark.parametrize(
    ("formula", "named"),
    [
        (always(eventually(waiting == 0)), "waiting one"),
        (always(eventually(TOTAL == 0)), "total of one"),
        (always(eventually(taken("deliver(one)"))), "taken"),
    ],
)
def test_an_assumption_speaks_of_the_core_alone(formula: z3.BoolRef, named: str) -> None:
    """One about a member would be one about the followed member in the summary, and about all of them in a system."""
    with pytest.raises(ModelError, match=f"speaks of '{named}"):
        timed(assumptions=(Assumption("more", formula, "a guess"),))


def test_an_assumption_does_not_ask_whether_what_is_loose_is_possible() -> None:
    possible = Assumption("possible", always(eventually(enabled("hang_up"))), "a guess")
    assert timed(assumptions=(possible,)).assumptions == (possible,)
    with pytest.raises(ModelError, match="speaks of 'enabled"):
        timed(assumptions=(possible,), loose=frozenset({"hang_up"}))
