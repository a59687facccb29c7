"""Families and their summaries: what is proved of a summary holds of every system of the family."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import z3
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from dialproof.core.actions import Action, Fairness, enabled, taken
from dialproof.core.errors import AuditError, ModelError
from dialproof.core.family import OTHERS, Component, Family
from dialproof.core.obligation import Obligation
from dialproof.core.system import System
from dialproof.core.variables import boolean, choice, integer
from dialproof.core.verdict import Holds, Unknown, Violated
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
from dialproof.portfolio.cache import Cache
from dialproof.portfolio.jobs import Job
from dialproof.portfolio.portfolio import Portfolio
from tests.amounts import long, some

TRUE = z3.BoolVal(True)
line = choice("line", ["down", "up"])
waiting = integer("waiting one", 0, 2)
there = boolean("there one")
TOTAL = integer("total of one", 0)
PASS = Action("pass", TRUE, {})


def member(actions: tuple[Action, ...], **changes: object) -> Component:
    """A component whose members have mail waiting, and may be there or not."""
    made = Component(
        name="one",
        others="the rest",
        variables=(waiting, there),
        init=z3.And(waiting == 0),
        actions=actions,
        weight=waiting,
        dormant={"waiting one": 0, "there one": False},
        moved={},
    )
    return replace(made, **changes)  # type: ignore[arg-type]


ARRIVE = Action("arrive(one)", z3.And(there, waiting < 2), {waiting: waiting + 1})
DELIVER = Action("deliver(one)", z3.And(waiting > 0, line == line.up), {waiting: waiting - 1}, Fairness.WEAK)


def post(**changes: object) -> Family:
    """A line that is dialled for whoever has mail waiting."""
    core = (
        PASS,
        Action("dial", z3.And(line == line.down, TOTAL > 0), {line: line.up}, Fairness.WEAK),
        Action("hang_up", z3.And(line == line.up, TOTAL == 0), {line: line.down}, Fairness.WEAK),
    )
    made = Family("post", (line,), line == line.down, core, (member((ARRIVE, DELIVER)),))
    return replace(made, **changes)  # type: ignore[arg-type]


def unmet(stated: tuple[Obligation, ...], *, second_opinion: bool = False) -> set[str]:
    """The obligations that some solver does not find unsatisfiable."""
    solvers = solvers_for(second_opinion=second_opinion)
    return {one.name for one in stated for _, solve in solvers if solve(one.script) != "unsat"}


def proved(problem: Problem) -> bool:
    """Whether an engine that copes with unbounded data proves it, and the proof passes the audit."""
    tried = (
        induction.prove(problem, InductionLimits(2))
        if problem.is_safety
        else kliveness.prove(problem, KLivenessLimits((1, 2, 3, 4), rlimit=10_000_000))
    )
    if isinstance(tried, Proved):
        audit(problem, tried.certificate)
    return isinstance(tried, Proved)


# --- what the summary says ---------------------------------------------------------------------------------------------


def test_both_solvers_find_that_the_summary_stands_for_all() -> None:
    assert unmet(obligations(post()), second_opinion=True) == set()


def test_what_is_proved_of_the_summary_holds_with_any_number_of_members() -> None:
    family = post()
    claims = [
        leads_to(waiting > 0, line == line.up),
        leads_to(waiting > 0, taken("deliver(one)")),
        always(z3.Implies(taken("dial"), TOTAL > 0)),
        always(z3.Implies(line == line.down, z3.Or(enabled("dial"), TOTAL == 0))),
    ]
    inside = [(TOTAL, family.components[0].weight + family.components[0].rest)]
    for claim in claims:
        assert proved(Problem(family.summary, z3.substitute(claim, *inside)))
    for number in (1, 2, 3):
        system = family.instance({"one": [f"m{place}" for place in range(number)]})
        for claim in claims[:2]:
            said = z3.substitute(claim, (waiting, integer("waiting m0", 0, 2)))
            said = z3.substitute(said, (taken("deliver(one)"), taken("deliver(m0)")))
            assert isinstance(explicit.decide(Problem(system, said)), Proved), (number, claim)


def test_a_violation_of_the_summary_may_be_one_of_no_system() -> None:
    """The others' fairness is not known: so the summary may leave their mail lying, which no system does."""
    family = post()
    empties = z3.substitute(leads_to(TOTAL > 0, taken("hang_up")), (TOTAL, waiting + family.components[0].rest))
    assert isinstance(bmc.search(Problem(family.summary, empties), BmcLimits(6)), Found)


def test_the_instance_without_members_is_the_core() -> None:
    assert [one.name for one in post().instance({}).variables] == ["line"]
    assert [one.name for one in post().instance({"one": ["a"]}).variables] == ["line", "waiting a", "there a"]
    with pytest.raises(ModelError, match="no component 'two'"):
        post().instance({"two": ["a"]})


def test_what_the_others_could_do_is_unclear_and_what_they_do_is_not() -> None:
    family = post()
    assert family.unclear_in(always(taken("deliver(the rest)"))) == ()
    assert family.unclear_in(always(enabled("deliver(one)"))) == ()
    assert family.unclear_in(always(enabled("deliver(the rest)"))) == ("enabled(deliver(the rest))",)


def test_what_is_loose_is_unclear_and_must_not_be_fair() -> None:
    loose = post(actions=(*post().actions, Action("may", TRUE, {})), loose=frozenset({"may"}))
    assert loose.unclear_in(eventually(enabled("may"))) == ("enabled(may)",)
    with pytest.raises(ModelError, match="must not be fair"):
        post(loose=frozenset({"dial"}))
    with pytest.raises(ModelError, match="no action"):
        post(loose=frozenset({"fly"}))


# --- what must be refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "reason"),
    [
        (lambda: post(components=(member((replace(ARRIVE, name="arrive"),)),)), "must have its name in it"),
        (lambda: post(components=(member((ARRIVE,), dormant={"waiting one": 0}),)), "must give each of its variables"),
        (lambda: post(components=(member((ARRIVE,), moved={"fly": {there: False}}),)), "no action of the core"),
        (
            lambda: post(components=(member((Action("put(one)", there, {waiting: z3.If(waiting > 0, 0, 2)}),)),)).summary,
            "must change the weight of 'one' by a number",
        ),
        (
            lambda: post(components=(member((Action("put(one)", TRUE, {line: z3.If(there, line.up, line.down)}),)),)).summary,
            "depends on the member that acts",
        ),
    ],
)
def test_what_cannot_be_summed_up_is_refused(family: Callable[[], object], reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        family()


@pytest.mark.parametrize(
    ("component", "broken"),
    [
        (member((ARRIVE, DELIVER), weight=waiting - 1), "weight of one"),
        (member((ARRIVE, DELIVER), init=waiting == 1), "first weight of one"),
        (member((ARRIVE, DELIVER), dormant={"waiting one": 1, "there one": False}), "dormant one"),
        (member((ARRIVE, Action("wake(one)", z3.Not(there), {there: True}, Fairness.WEAK))), "dormant, wake(one)"),
        (member((ARRIVE, DELIVER), moved={"pass": {there: True}}), "dormant, pass"),
        (member((ARRIVE, DELIVER), moved={"pass": {waiting: 0}}), "weight, pass, one"),
    ],
)
def test_a_component_that_is_not_as_it_must_be_fails_its_obligation(component: Component, broken: str) -> None:
    assert f"summary: {broken}" in unmet(obligations(post(components=(component,))))


def test_a_core_that_can_be_at_a_loss_fails_its_obligation() -> None:
    """A system that idles has a run that the summary may not have."""
    assert "summary: never idle" in unmet(obligations(post(actions=post().actions[1:])))


def _changed(name: str, **changes: object) -> Callable[[System], System]:
    return lambda summary: summary.changed(replace(summary.action(name), **changes))  # type: ignore[arg-type]


REST = integer("total of the rest", 0)


SPOILED: list[tuple[Callable[[System], System], str]] = [
    (_changed("deliver(the rest)", guard=z3.BoolVal(False)), "step deliver(the rest)"),
    (_changed("deliver(the rest)", guard=z3.And(line == line.up, REST >= 2)), "step deliver(the rest)"),
    (_changed("arrive(the rest)", updates={}), "step arrive(the rest)"),
    (_changed("arrive(the rest)", updates={REST: REST + 2}), "step arrive(the rest)"),
    (_changed("arrive(the rest)", updates={REST: REST + 1, waiting: 0}), "step arrive(the rest)"),
    (_changed("arrive(the rest)", updates={REST: REST + 1, line: line.up}), "step arrive(the rest)"),
    (_changed("deliver(one)", guard=TRUE), "step deliver(one)"),
    (_changed("deliver(one)", updates={}), "step deliver(one)"),
    (_changed("dial", guard=line == line.down), "step dial"),
    (_changed("dial", guard=z3.And(line == line.down, waiting > 0)), "step dial"),
    (lambda one: System(one.name, one.variables, z3.And(one.init, z3.IntVal(1) == REST), one.actions), "start"),
    (lambda one: System(one.name, one.variables, z3.And(one.init, there), one.actions), "start"),
]


@pytest.mark.parametrize(("spoil", "broken"), SPOILED, ids=map(str, range(len(SPOILED))))
def test_a_summary_that_leaves_something_out_fails_an_obligation(spoil: Callable[[System], System], broken: str) -> None:
    family = post()
    family.__dict__["summary"] = spoil(family.summary)
    assert f"summary: {broken}" in unmet(obligations(family))


@pytest.mark.parametrize("name", ["deliver(the rest)", "arrive(one)", "pass"])
def test_a_summary_that_promises_more_is_refused(name: str) -> None:
    family = post()
    family.__dict__["summary"] = family.summary.fair(Fairness.WEAK, name)
    with pytest.raises(AuditError, match="promises weak fairness"):
        obligations(family)


# --- at random ---------------------------------------------------------------------------------------------------------


@st.composite
def families(draw: st.DrawFn) -> Family:
    """Small families: a line and members that act on it and on themselves, with fairness here and there."""
    total = st.sampled_from([TOTAL > 0, TOTAL == 0, TOTAL >= 2, TRUE])
    of_line = st.sampled_from([line == line.down, line == line.up, TRUE])
    own = st.sampled_from([waiting > 0, waiting < 2, waiting == 1, there, z3.Not(there), TRUE])
    fairness = st.sampled_from(list(Fairness))
    core = [PASS]
    for number in range(draw(st.integers(1, 3))):
        guard = z3.And(draw(of_line), draw(total))
        core.append(Action(f"core{number}", guard, {line: draw(st.sampled_from([line.up, line.down]))}, draw(fairness)))
    actions = []
    for number in range(draw(st.integers(1, 3))):
        change = draw(st.sampled_from([-1, 0, 1]))
        guard = z3.And(draw(of_line), draw(total), draw(own), waiting + change >= 0, waiting + change <= 2)
        updates: dict[object, object] = {waiting: waiting + change} if change else {}
        if draw(st.booleans()):
            updates[there] = draw(st.sampled_from([z3.BoolVal(True), z3.BoolVal(False), z3.Not(there)]))
        if draw(st.booleans()):
            updates[line] = draw(st.sampled_from([line.up, line.down, z3.If(TOTAL > 1, line.up, line)]))
        promised = draw(fairness)
        if promised is not Fairness.NONE:
            guard = z3.And(guard, z3.Or(waiting > 0, there))  # so that a dormant member is not driven
        actions.append(Action(f"act{number}(one)", guard, updates, promised))  # type: ignore[arg-type]
    moved = {"core0": {there: draw(st.sampled_from([z3.BoolVal(False), z3.And(there, line == line.up)]))}}
    start = draw(st.sampled_from([waiting == 0, z3.And(waiting == 0, z3.Not(there))]))
    component = member(tuple(actions), init=start, moved=moved if draw(st.booleans()) else {})
    return Family("random", (line,), draw(of_line), tuple(core), (component,))


@st.composite
def claims(draw: st.DrawFn, family: Family) -> z3.BoolRef:
    """Claims about the core, the followed member, the sum, and what is done."""
    acts = [action.name for action in (*family.actions, *family.components[0].actions)]
    atom = st.one_of(
        st.sampled_from([line == line.up, waiting > 0, there, TOTAL > 0, waiting == TOTAL, TOTAL <= 2]),
        st.sampled_from(acts).map(taken),
        st.sampled_from(acts).map(enabled),
    )
    literal = st.one_of(atom, atom.map(z3.Not))
    first, second = draw(literal), draw(literal)
    return draw(
        st.sampled_from(
            [
                always(z3.Or(first, second)),
                leads_to(first, second),
                always(eventually(first)),
                z3.Or(eventually(first), always(second)),
            ]
        )
    )


CASES = 60


@pytest.mark.parametrize("shard", [0, pytest.param(1, marks=long)])
def test_no_summary_proves_what_a_system_violates(shard: int) -> None:
    """The soundness of the whole: whatever is proved of a summary is asked of systems with one, two and three members."""
    decided = {"proved": 0, "open": 0}

    @seed(shard)
    @settings(max_examples=some(2 * CASES), deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.data())
    def sound(data: st.DataObject) -> None:
        family = data.draw(families())
        claim = data.draw(claims(family))
        component = family.components[0]
        assert unmet(obligations(family)) == set()
        if not proved(Problem(family.summary, z3.substitute(claim, (TOTAL, component.weight + component.rest)))):
            decided["open"] += 1
            return
        decided["proved"] += 1
        for number in (1, 2, 3):
            names = [f"m{place}" for place in range(number)]
            system = family.instance({"one": names})
            total = z3.Sum([integer(f"waiting {name}", 0, 2) for name in names])
            said = z3.substitute(claim, (TOTAL, total), (waiting, integer("waiting m0", 0, 2)), (there, boolean("there m0")))
            for action in component.actions:
                for atom in (enabled, taken):
                    said = z3.substitute(said, (atom(action.name), atom(action.name.replace("one", "m0"))))
            assert not isinstance(explicit.decide(Problem(system, said)), Found), (number, claim, family.summary)

    sound()
    assert decided["proved"] > CASES // 20, f"too few proofs to mean anything: {decided}"
    assert decided["open"] > CASES // 20, f"too one-sided to mean anything: {decided}"


def test_the_others_have_an_actor_of_their_own() -> None:
    assert [action.name for action in post().summary.actions if action.actor == OTHERS] == [
        "arrive(the rest)",
        "deliver(the rest)",
    ]


def test_a_violation_of_a_summary_in_the_cache_is_no_answer(tmp_path: Path) -> None:
    """Somebody may have asked about the summary as a system of its own, and been told of a run that no system has."""
    family = post()
    empties = z3.substitute(leads_to(TOTAL > 0, taken("hang_up")), (TOTAL, waiting + family.components[0].rest))
    problem = Problem(family.summary, empties)
    with Portfolio(1, timeout=20, cache=Cache(tmp_path)) as portfolio:
        [plain] = portfolio.run([Job(problem)])
        [summed] = portfolio.run([Job(problem, simulation=obligations(family))])
    assert isinstance(plain, Violated)
    assert isinstance(summed, Unknown)


def test_a_proof_about_a_summary_is_none_where_the_summary_is_not_one_of_all(tmp_path: Path) -> None:
    """Neither a new proof nor one from the cache."""
    family = post()
    holds = Problem(family.summary, always(z3.Implies(taken("dial"), waiting + family.components[0].rest > 0)))
    spoiled = (*obligations(family), Obligation("summary: spoiled", "nothing", "(set-logic ALL)\n(assert true)\n(check-sat)\n"))
    with Portfolio(1, timeout=20, cache=Cache(tmp_path)) as portfolio:
        [good] = portfolio.run([Job(holds, simulation=obligations(family))])
        [bad] = portfolio.run([Job(holds, simulation=spoiled)])
    assert isinstance(good, Holds)
    assert isinstance(bad, Unknown)
    assert "summary: spoiled" in bad.reason
