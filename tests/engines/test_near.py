"""Bounded search near the claim: what is found with all else held is a violation; what is shortest there is a shortest one."""

import time
from dataclasses import replace

import pytest
import z3
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from dialproof.core.actions import Action, Assumption, Fairness, taken
from dialproof.core.errors import ReplayError
from dialproof.core.run import Lasso, Run, State
from dialproof.core.system import System
from dialproof.core.variables import boolean, integer
from dialproof.encode.dependencies import Reads
from dialproof.encode.localization import localised
from dialproof.encode.problem import Problem
from dialproof.engines.bmc import localized as near
from dialproof.engines.bmc import search as bmc
from dialproof.engines.bmc.under_approximation import Holder
from dialproof.engines.candidates import Found, Nothing
from dialproof.engines.limits import BmcLimits
from dialproof.evidence.replay import replay
from dialproof.ltl import always, eventually, leads_to, next_, yesterday
from dialproof.semantics.interpreter import Reader
from tests.amounts import long
from tests.strategies import problems

CASES = 60


def depth_of(run: Run) -> int:
    """How deep a bounded search finds it: the last frame of a lasso repeats an earlier one."""
    return len(run.steps) if isinstance(run, Lasso) else len(run.steps) - 1


@pytest.mark.parametrize("shard", [0, pytest.param(1, marks=long)])
def test_what_violates_a_claim_with_all_else_held_violates_it(shard: int) -> None:
    seen = {"found": 0, "nothing": 0}

    @seed(shard)
    @settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(problems(), st.data())
    def replays(case: tuple[System, z3.BoolRef], data: st.DataObject) -> None:
        problem = Problem(*case)
        start = next(iter(Reader(problem.system).initial_states()), None)
        if start is None:
            return
        pinned = z3.And([one.term == one.domain.term(value) for one, value in zip(problem.system.variables, start, strict=True)])
        system = replace_init(problem.system, pinned)
        problem = Problem(system, problem.formula)
        names = [variable.name for variable in system.variables]
        moving = tuple(data.draw(st.lists(st.sampled_from(names), unique=True, max_size=len(names) - 1), label="moving"))
        held = Holder(problem.reads).hold(problem, moving)
        outcome = None if held is None else bmc.search(held.problem, BmcLimits(5))
        run = held.put_back(outcome.run) if held is not None and isinstance(outcome, Found) else None
        seen["nothing" if run is None else "found"] += 1
        if run is not None:
            replay(problem, run)

    replays()
    assert seen["found"] > 0, f"too few runs to mean anything: {seen}"
    assert seen["nothing"] > 0, f"too one-sided to mean anything: {seen}"


def replace_init(system: System, init: z3.BoolRef) -> System:
    """`system` with another initial condition."""
    return System(system.name, system.variables, init, system.actions, system.assumptions)


@pytest.mark.parametrize("shard", [0, pytest.param(1, marks=long)])
def test_near_and_whole_find_violations_of_the_same_depth(shard: int) -> None:
    seen = {"near": 0, "whole": 0, "excluded": 0}

    def exactly(part: Problem, depth: int, _rlimit: int | None) -> Run | None:
        outcome = bmc.search(part, BmcLimits(depth))
        return outcome.run if isinstance(outcome, Found) else None

    @seed(shard)
    @settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(problems())
    def same_depth(case: tuple[System, z3.BoolRef]) -> None:
        problem = Problem(*case)
        whole = bmc.search(problem, BmcLimits(5))  # so few variables are never searched near the claim
        nearby = near.search_near(problem, exactly, last=5, large=0)
        if isinstance(whole, Nothing):
            assert nearby.run is None
            seen["excluded"] += nearby.depth > 5
            return
        assert isinstance(whole, Found)
        assert nearby.depth <= whole.depth, "a violation is shorter than what was excluded"
        seen["whole" if nearby.run is None else "near"] += 1
        if nearby.run is not None:
            replay(problem, nearby.run)
            assert depth_of(nearby.run) <= whole.depth

    same_depth()
    assert all(seen.values()), f"too one-sided to mean anything: {seen}"


@pytest.mark.parametrize("shard", [0, pytest.param(1, marks=long)])
def test_what_small_local_forms_exclude_changes_no_answer(shard: int) -> None:
    """A search that is thought slow from its first moment on asks them at once."""
    seen = {"excluded": 0, "nothing new": 0, "found": 0}

    @seed(shard)
    @settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(problems())
    def same_outcome(case: tuple[System, z3.BoolRef]) -> None:
        problem = Problem(*case)
        whole = bmc.search(problem, BmcLimits(5))
        depth = near.excluded(problem, first=0, last=5)
        seen["excluded" if depth > 0 else "nothing new"] += 1
        slow = bmc.search(problem, BmcLimits(5, whole_rlimit=0))
        assert slow == whole
        if isinstance(whole, Found):
            seen["found"] += 1
            assert depth <= whole.depth

    same_outcome()
    assert all(seen.values()), f"too one-sided to mean anything: {seen}"


TRUE = z3.BoolVal(True)


def at_position(number: int) -> z3.BoolRef:
    """That so many steps have been taken."""
    here = z3.Not(yesterday(TRUE))
    for _ in range(number):
        here = yesterday(here)
    return here


def with_bystanders(number: int) -> Problem:
    """A switch that must not be on after exactly four steps, a counter that keeps its range, and bits that flip by themselves.

    The whole claim is seen by a monitor, one step late; the conjunct about the counter is seen at once.
    """
    switch, count = boolean("switch"), integer("count", 0, 3)
    bits = [boolean(f"bit {place}") for place in range(number)]
    actions = [Action("turn_on", TRUE, {switch: True}), Action("count", count < 3, {count: count + 1})]
    actions += [Action(f"flip({place})", TRUE, {bit: z3.Not(bit)}) for place, bit in enumerate(bits)]
    init = z3.And(z3.Not(switch), count == 0, *(z3.Not(bit) for bit in bits))
    claim = z3.And(always(z3.Not(z3.And(switch, at_position(4)))), always(count <= 3))
    return Problem(System("bystanders", [switch, count, *bits], init, actions), claim)


@pytest.mark.parametrize("number", [5, 24])
@pytest.mark.parametrize("depth", range(6))
def test_a_search_that_goes_on_somewhere_overlooks_nothing(number: int, depth: int) -> None:
    """Wherever local forms are asked first, and wherever it is resumed: a conjunct may be seen one step before the whole."""
    problem = with_bystanders(number)
    resumed = bmc.search(problem, BmcLimits(9), first=depth)
    assert isinstance(resumed, Found)
    assert resumed.depth == 5

    slow = bmc.search(problem, BmcLimits(9, whole_rlimit=0 if depth == 0 else 10**depth))
    assert isinstance(slow, Found)
    assert slow.depth == 5
    replay(problem, slow.run)


@pytest.mark.parametrize("number", [2, 25])
def test_of_conjuncts_seen_at_once_and_later_the_first_to_fail_is_shown(number: int) -> None:
    """One is lost after three steps and seen at once; the other after two steps, and a monitor sees it one step later."""
    one, other = integer("one", 0, 9), integer("other", 0, 9)
    bits = [boolean(f"bit {place}") for place in range(number)]
    actions = [Action("climb", one < 9, {one: one + 1}), Action("rise", other < 9, {other: other + 1})]
    actions += [Action(f"flip({place})", TRUE, {bit: z3.Not(bit)}) for place, bit in enumerate(bits)]
    init = z3.And(one == 0, other == 0, *(z3.Not(bit) for bit in bits))
    rises = z3.And(other == 0, next_(z3.And(other == 1, next_(other == 2))))
    problem = Problem(System("two", [one, other, *bits], init, actions), z3.And(always(one < 3), z3.Not(rises)))
    outcome = bmc.search(problem, BmcLimits(6))
    assert isinstance(outcome, Found)
    assert [step.action.name for step in outcome.run.steps if step.action] == ["rise", "rise"]


def test_to_make_a_violation_simpler_takes_no_more_than_it_may() -> None:
    """Whether the flag can be down at first is a question about pigeons and holes; the violation itself is none."""
    flag, lost = boolean("flag"), boolean("lost")
    homes = [integer(f"home {place}", 0, 12) for place in range(14)]
    init = z3.And(z3.Not(lost), z3.Or(flag, z3.Distinct(*homes)))
    system = System("pigeons", [flag, lost, *homes], init, [Action("lose", TRUE, {lost: True})])
    problem = Problem(system, always(z3.Not(lost)))
    begun = time.monotonic()
    outcome = bmc.search(problem, BmcLimits(3, simplifying_rlimit=300_000))
    assert isinstance(outcome, Found)
    replay(problem, outcome.run)
    assert time.monotonic() - begun < 60, "it takes minutes if nobody counts"


def counters(number: int, *more: Action, start: z3.BoolRef | None = None) -> tuple[System, list[z3.ArithRef]]:
    """Many counters that are counted up by themselves, and a switch that counter 0 needs."""
    switch = boolean("switch")
    counts = [integer(f"count {place}", 0, 2) for place in range(number)]
    actions = [Action("wait", z3.BoolVal(True), {})]
    for place, count in enumerate(counts):
        guard = z3.And(count < 2, switch) if place == 0 else count < 2
        actions.append(Action(f"count({place})", guard, {count: count + 1}))
    actions.append(Action("turn_on", counts[-1] == 2, {switch: True}))
    init = z3.And(z3.Not(switch), *(count == 0 for count in counts)) if start is None else start
    return System("counters", [switch, *counts], init, [*actions, *more]), list(counts)


def test_a_violation_that_needs_a_variable_far_away_is_found_in_the_whole_system() -> None:
    system, counts = counters(40)
    problem = Problem(system, always(counts[0] < 1))
    outcome = bmc.search(problem, BmcLimits(6))
    assert isinstance(outcome, Found)
    assert outcome.depth == 4, "count the last counter twice, turn on, count the first"
    replay(problem, outcome.run)


def test_a_fair_action_that_is_left_out_must_not_be_possible() -> None:
    tick = boolean("tick")
    system, counts = counters(40)
    ticking = Action("clock", z3.BoolVal(True), {tick: z3.Not(tick)}, Fairness.WEAK)
    system = System("ticking", [*system.variables, tick], z3.And(system.init, z3.Not(tick)), [*system.actions, ticking])
    problem = Problem(system, eventually(counts[1] == 2))
    outcome = bmc.search(problem, BmcLimits(4))
    assert isinstance(outcome, Found)
    replay(problem, outcome.run)
    assert any(step.action is not None and step.action.name == "clock" for step in outcome.run.steps)


def test_a_system_that_could_go_on_does_not_idle() -> None:
    first = integer("first", 0, 1)
    others = [integer(f"other {place}", 0, 1) for place in range(40)]
    actions = [Action(f"flip({place})", z3.BoolVal(True), {other: 1 - other}) for place, other in enumerate(others)]
    actions.append(Action("begin", z3.And(first == 0, others[0] == 1), {first: 1}))
    system = System("restless", [first, *others], z3.And(first == 0, *(other == 0 for other in others)), actions)
    outcome = bmc.search(Problem(system, eventually(first == 1)), BmcLimits(4))
    assert isinstance(outcome, Found)
    replay(Problem(system, eventually(first == 1)), outcome.run)
    assert all(step.action is not None for step in outcome.run.steps)


def test_assumptions_count_where_all_else_is_held() -> None:
    system, counts = counters(40)
    promised = Assumption("the second counter is counted", eventually(taken("count(2)")), "somebody counts")
    problem = Problem(system.assuming(promised), always(counts[1] < 1))
    outcome = bmc.search(problem, BmcLimits(5))
    assert isinstance(outcome, Found)
    replay(problem, outcome.run)
    assert {"count(1)", "count(2)"} <= {step.action.name for step in outcome.run.steps if step.action is not None}


def test_a_claim_that_holds_near_by_is_not_searched_as_a_whole() -> None:
    system, counts = counters(40)
    result = near.search_near(
        Problem(system, always(z3.And([count >= 0 for count in counts]))),
        lambda *_: pytest.fail("there is nothing to find"),
        last=4,
    )
    assert (result.run, result.depth) == (None, 5)


def test_a_variable_without_one_initial_value_is_not_held() -> None:
    system, counts = counters(40)
    open_start = z3.And([z3.Or(count == 0, count == 1) for count in counts])
    problem = Problem(replace_init(system, open_start), always(counts[1] < 1))
    assert Holder(problem.reads).hold(problem, ("count 1",)) is None
    assert isinstance(bmc.search(problem, BmcLimits(2)), Found)


def test_operands_that_differ_are_not_one_free_input() -> None:
    """Two conditions that leave out different operands must be able to differ, however alike their numbers are."""
    kept = boolean("kept")
    flags = [boolean(f"flag {place}") for place in range(4)]
    either, other = z3.Or(kept, flags[0], flags[1]), z3.Or(kept, flags[2], flags[3])
    same = z3.Or(flags[0], kept, flags[1])
    actions = [
        Action("one", either, {kept: True}),
        Action("two", other, {kept: False}),
        Action("three", same, {kept: True}),
        Action("four", z3.And(kept, flags[0], flags[1]), {kept: True}),
    ]
    system = System("alike", [kept, *flags], z3.Not(kept), actions)
    form = localised(Reads(system), [kept], ["kept"], [])
    local = form.encoding
    assert len(local.transitions.inputs) - len(form.actions).bit_length() == 3
    assert [part.sexpr() for part in local.read(either).children()[1:]] == [
        part.sexpr() for part in local.read(same).children()[1:]
    ]


def test_a_replayed_step_must_be_possible_and_lead_where_it_says() -> None:
    system, counts = counters(3)
    problem = Problem(system, always(eventually(counts[1] == 2)))
    outcome = bmc.search(problem, BmcLimits(4))
    assert isinstance(outcome, Found)
    assert isinstance(outcome.run, Lasso)
    replay(problem, outcome.run)
    step = outcome.run.loop[0]
    for action in ("count(0)", "nothing"):
        assert step.action is not None
        spoiled = (step._replace(action=replace(step.action, name=action)), *outcome.run.loop[1:])
        with pytest.raises(ReplayError, match="not enabled"):
            replay(problem, Lasso(outcome.run.stem, spoiled))
    elsewhere = step._replace(state=State.of({**step.state, "count 2": 1}))
    with pytest.raises(ReplayError):
        replay(problem, Lasso((step,), (elsewhere,)))
    with pytest.raises(ReplayError, match="idles although"):
        replay(problem, Lasso((), (step._replace(action=None),)))


def test_leads_to_of_many_is_searched_by_parts() -> None:
    system, counts = counters(40)
    problem = Problem(system, z3.And([leads_to(count == 1, count == 2) for count in counts[1:]]))
    outcome = bmc.search(problem, BmcLimits(4))
    assert isinstance(outcome, Found)
    assert outcome.depth == 2
    replay(problem, outcome.run)
