"""Bounded search near the claim: what is found with all else held is a violation; what is shortest there is a shortest one."""

from dataclasses import replace

import pytest
import z3
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from dialproof.encode.local import localised
from dialproof.encode.reads import Reads
from dialproof.engines import bmc, near
from dialproof.engines.held import Holder
from dialproof.engines.outcome import Found, Nothing
from dialproof.errors import ReplayError
from dialproof.ltl import always, eventually, leads_to
from dialproof.problem import Problem
from dialproof.reader import Reader
from dialproof.replay import replay
from dialproof.run import Lasso, Run, State
from dialproof.system import Action, Assumption, Fairness, System, taken
from dialproof.variables import boolean, integer
from tests.strategies import problems

CASES = 60


def depth_of(run: Run) -> int:
    """How deep a bounded search finds it: the last frame of a lasso repeats an earlier one."""
    return len(run.steps) if isinstance(run, Lasso) else len(run.steps) - 1


@pytest.mark.parametrize("shard", range(2))
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
        outcome = None if held is None else bmc.search(held.problem, last=5)
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


@pytest.mark.parametrize("shard", range(2))
def test_near_and_whole_find_violations_of_the_same_depth(shard: int) -> None:
    seen = {"near": 0, "whole": 0, "excluded": 0}

    def exactly(part: Problem, depth: int, _patience: float | None) -> Run | None:
        outcome = bmc.search(part, last=depth)
        return outcome.run if isinstance(outcome, Found) else None

    @seed(shard)
    @settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(problems())
    def same_depth(case: tuple[System, z3.BoolRef]) -> None:
        problem = Problem(*case)
        whole = bmc.search(problem, last=5)  # so few variables are never searched near the claim
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


@pytest.mark.parametrize("shard", range(2))
def test_what_small_local_forms_exclude_changes_no_answer(shard: int) -> None:
    """A search that is thought slow from its first moment on asks them at once."""
    seen = {"excluded": 0, "nothing new": 0, "found": 0}

    @seed(shard)
    @settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(problems())
    def same_outcome(case: tuple[System, z3.BoolRef]) -> None:
        problem = Problem(*case)
        whole = bmc.search(problem, last=5)
        depth = near.excluded(problem, first=0, last=5)
        seen["excluded" if depth > 0 else "nothing new"] += 1
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(bmc, "SLOW", -1.0)
            slow = bmc.search(problem, last=5)
        assert slow == whole
        if isinstance(whole, Found):
            seen["found"] += 1
            assert depth <= whole.depth

    same_outcome()
    assert all(seen.values()), f"too one-sided to mean anything: {seen}"


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
    outcome = bmc.search(problem, last=6)
    assert isinstance(outcome, Found)
    assert outcome.depth == 4, "count the last counter twice, turn on, count the first"
    replay(problem, outcome.run)


def test_a_fair_action_that_is_left_out_must_not_be_possible() -> None:
    tick = boolean("tick")
    system, counts = counters(40)
    ticking = Action("clock", z3.BoolVal(True), {tick: z3.Not(tick)}, Fairness.WEAK)
    system = System("ticking", [*system.variables, tick], z3.And(system.init, z3.Not(tick)), [*system.actions, ticking])
    problem = Problem(system, eventually(counts[1] == 2))
    outcome = bmc.search(problem, last=4)
    assert isinstance(outcome, Found)
    replay(problem, outcome.run)
    assert any(step.action is not None and step.action.name == "clock" for step in outcome.run.steps)


def test_a_system_that_could_go_on_does_not_idle() -> None:
    first = integer("first", 0, 1)
    others = [integer(f"other {place}", 0, 1) for place in range(40)]
    actions = [Action(f"flip({place})", z3.BoolVal(True), {other: 1 - other}) for place, other in enumerate(others)]
    actions.append(Action("begin", z3.And(first == 0, others[0] == 1), {first: 1}))
    system = System("restless", [first, *others], z3.And(first == 0, *(other == 0 for other in others)), actions)
    outcome = bmc.search(Problem(system, eventually(first == 1)), last=4)
    assert isinstance(outcome, Found)
    replay(Problem(system, eventually(first == 1)), outcome.run)
    assert all(step.action is not None for step in outcome.run.steps)


def test_assumptions_count_where_all_else_is_held() -> None:
    system, counts = counters(40)
    promised = Assumption("the second counter is counted", eventually(taken("count(2)")), "somebody counts")
    problem = Problem(system.assuming(promised), always(counts[1] < 1))
    outcome = bmc.search(problem, last=5)
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
    assert isinstance(bmc.search(problem, last=2), Found)


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
    outcome = bmc.search(problem, last=4)
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
    outcome = bmc.search(problem, last=4)
    assert isinstance(outcome, Found)
    assert outcome.depth == 2
    replay(problem, outcome.run)
