"""Two systems side by side: the same events for both, no event lost, and claims about the two that can be trusted."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
import z3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialproof.core.actions import Action, Assumption, Fairness, enabled, taken
from dialproof.core.claims import Claim
from dialproof.core.errors import ModelError
from dialproof.core.run import Taken
from dialproof.core.self_composition import Copy, Pair, side_by_side
from dialproof.core.system import System
from dialproof.core.variables import boolean, choice, integer
from dialproof.core.verdict import Holds, Vacuous, Violated
from dialproof.encode.problem import Problem, range_doubt
from dialproof.engines import explicit
from dialproof.engines import signal_correspondence as correspondence
from dialproof.engines.candidates import Found, Proved
from dialproof.evidence.audit import audit
from dialproof.evidence.replay import replay
from dialproof.ltl import always, eventually, leads_to, once
from dialproof.portfolio.check import check
from dialproof.semantics.interpreter import Reader, Values
from tests.strategies import systems

lamp, noise = boolean("lamp"), integer("noise", 0, 2)
SWITCH = Action("switch", z3.BoolVal(True), {lamp: z3.Not(lamp)})
MAKE_NOISE = Action("make_noise", noise < 2, {noise: noise + 1})
BE_STILL = Action("be_still", noise > 0, {noise: 0})
ALIKE = always(z3.BoolVal(True))


def house(*, listens: bool = False, neighbour: bool = True) -> System:
    """A lamp with a switch, and a neighbour who makes noise, or none; a switch that `listens` works in silence only."""
    switch = replace(SWITCH, guard=noise == 0) if listens else SWITCH
    return System(
        "house", [lamp, noise], z3.And(z3.Not(lamp), noise == 0), [switch, *([MAKE_NOISE, BE_STILL] if neighbour else [])]
    )


def with_and_without(*, listens: bool) -> Pair:
    return side_by_side(house(listens=listens), house(listens=listens, neighbour=False), labels=("loud", "quiet"))


# --- verdicts ----------------------------------------------------------------------------------------------------------


def test_what_does_not_interfere_is_proved_and_what_does_is_violated() -> None:
    pair = with_and_without(listens=False)
    assert isinstance(check(pair.system, always(pair.alike(lamp))), Holds)
    pair = with_and_without(listens=True)
    verdict = check(pair.system, always(pair.alike(lamp)))
    assert isinstance(verdict, Violated)
    names = [step.action.name for step in verdict.lasso.steps if step.action is not None]
    assert names[:2] == ["make_noise", "switch"]
    last = verdict.lasso.steps[-1].state
    assert (last["lamp (loud)"], last["lamp (quiet)"]) == (False, True)


def test_a_difference_in_what_is_possible_is_one_that_can_be_asked_for() -> None:
    """Also of an event that has not happened yet: `enabled` is about each copy, not about the pair."""
    pair = with_and_without(listens=True)
    assert isinstance(check(pair.system, always(pair.alike(enabled("switch")))), Violated)
    pair = with_and_without(listens=False)
    assert isinstance(check(pair.system, always(pair.alike(enabled("switch")))), Holds)


def test_a_claim_whose_premise_never_happens_is_vacuous_side_by_side_too() -> None:
    pair = with_and_without(listens=False)
    for premise, vacuous in ((pair.first.of(noise == 2), False), (pair.second.of(noise == 2), True)):
        verdict = check(pair.system, Claim("alike", always(pair.alike(lamp)), "alike", premise=premise))
        assert isinstance(verdict, Vacuous if vacuous else Holds)


def test_the_foil_of_the_same_events() -> None:
    """A switch that is pressed in one house only is a difference: what keeps the two together is that both hear of it."""
    pair = with_and_without(listens=False)
    one_sided = replace(pair.system.action("switch"), updates={pair.first.variables["lamp"]: z3.Not(pair.first.of(lamp))})
    assert isinstance(check(pair.system.changed(one_sided), always(pair.alike(lamp))), Violated)


# --- the events --------------------------------------------------------------------------------------------------------


def state_of(copy: Copy, reader: Reader, values: Values) -> Values:
    """The state of a copy in a state of the pair."""
    pair_state = reader.state(values)
    return tuple(pair_state[variable.variable.name] for variable in copy.variables.values())


def steps_of(reader: Reader, event: Taken, here: Values) -> set[Values]:
    """Where a system by itself goes with `event`; nowhere where it cannot take it, or knows no such action."""
    if event.name not in reader.possible(here):
        return set()
    return {after for taken_event, after in reader.ways(event.name, here) if taken_event == event}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(systems(), systems(), st.integers(0, 3), st.booleans())
def test_each_event_is_one_of_every_copy_that_can_take_it(first: System, second: System, seed: int, twins: bool) -> None:
    """On random walks: the pair can do what one of them can, no more and no less; who cannot stays; nobody is forgotten."""
    second = first if twins else second
    first, second = (System(one.name, one.variables, one.init, one.actions) for one in (first, second))
    if any(a.parameters != b.parameters for a in first.actions for b in second.actions if a.name == b.name):
        with pytest.raises(ModelError, match="not the same event"):
            side_by_side(first, second)
        return
    pair = side_by_side(first, second)
    assert not range_doubt(Problem(pair.system, ALIKE))
    whole, readers = Reader(pair.system), (Reader(first), Reader(second))
    starts = list(whole.initial_states())
    both = {(one, other) for one in readers[0].initial_states() for other in readers[1].initial_states()}
    assert {tuple(state_of(copy, whole, here) for copy in (pair.first, pair.second)) for here in starts} == both
    chance = random.Random(seed)  # noqa: S311  # nothing is secret here
    here = chance.choice(starts) if starts else None
    for _ in range(12 if here is not None else 0):
        assert here is not None
        own = tuple(state_of(copy, whole, here) for copy in (pair.first, pair.second))
        events = whole.events(here)
        possible = {event for reader, state in zip(readers, own, strict=True) for event, _ in reader.events(state)}
        assert {event for event, _ in events} == possible
        for event, after in events:
            for copy, reader, state in zip((pair.first, pair.second), readers, own, strict=True):
                assert state_of(copy, whole, after) in (steps_of(reader, event, state) or {state})
        if not events:
            assert all(reader.is_deadlocked(state) for reader, state in zip(readers, own, strict=True))
            break
        here = chance.choice(events)[1]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(systems())
def test_a_system_beside_itself_does_the_same(system: System) -> None:
    """From equal states the two copies never part, and equalities alone prove it; the proof is audited."""
    system = System(system.name, system.variables, system.init, system.actions)
    pair = side_by_side(system, system)
    terms = [variable.term for variable in system.variables]
    together = System("together", pair.system.variables, z3.And(pair.system.init, pair.alike(*terms)), pair.system.actions)
    problem = Problem(together, always(pair.alike(*terms)))
    outcome = correspondence.prove(problem)
    if next(Reader(together).initial_states(), None) is None:
        return
    assert isinstance(outcome, Proved)
    audit(problem, outcome.certificate)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(systems(), systems())
def test_equalities_prove_nothing_that_is_violated(first: System, second: System) -> None:
    """The search over all states is the oracle; what is proved passes the audit."""
    first, second = (System(one.name, one.variables, one.init, one.actions) for one in (first, second))
    try:
        pair = side_by_side(first, second)
    except ModelError:
        return
    problem = Problem(pair.system, always(pair.alike(first.variables[0].term)))
    outcome = correspondence.prove(problem)
    if isinstance(outcome, Proved):
        audit(problem, outcome.certificate)
        decided = explicit.decide(problem)
        assert not isinstance(decided, Found)


# --- what a formula about a system says of a copy ------------------------------------------------------------------------


def test_what_is_possible_and_what_is_done_are_said_of_each_copy() -> None:
    pair = with_and_without(listens=True)
    loud, quiet = pair.first, pair.second
    assert isinstance(check(pair.system, always(quiet.of(enabled("switch")))), Holds)
    assert isinstance(check(pair.system, always(loud.of(enabled("switch")))), Violated)
    both = z3.Implies(taken("switch"), z3.And(loud.of(taken("switch")), quiet.of(taken("switch"))))
    assert isinstance(check(pair.system, always(both)), Violated)
    assert isinstance(check(pair.system, always(z3.Implies(loud.of(taken("switch")), quiet.of(taken("switch"))))), Holds)
    heard = loud.of(always(z3.Implies(enabled("be_still"), once(taken("make_noise")))))
    assert isinstance(check(pair.system, heard), Holds)


def test_of_an_action_with_parameters_no_formula_says_what_a_copy_does() -> None:
    step = integer("step", 1, 2)
    system = System("noise", [noise], noise == 0, [Action("raise", noise + step <= 2, {noise: noise + step}, parameters=(step,))])
    pair = side_by_side(system, system)
    assert isinstance(check(pair.system, always(pair.alike(noise))), Holds)
    with pytest.raises(ModelError, match="'raise' has parameters"):
        pair.first.of(taken("raise"))


def test_assumptions_are_assumed_of_each_copy() -> None:
    """Of the one that has them, in its own words."""
    still = Assumption("still", always(eventually(noise == 0)), "neighbours sleep")
    calm = side_by_side(house().assuming(still), house(), labels=("calm", "loud"))
    assert [one.name for one in calm.system.assumptions] == ["still (calm)"]
    without = side_by_side(house(), house(), labels=("calm", "loud"))
    for pair, verdict in ((calm, Holds), (without, Violated)):
        own = pair.first
        assert isinstance(check(pair.system, leads_to(own.of(noise > 0), own.of(noise == 0))), verdict)


def test_the_pair_promises_no_fairness() -> None:
    fair = house().fair(Fairness.WEAK, "switch", "be_still")
    pair = side_by_side(fair, fair)
    assert {action.fairness for action in pair.system.actions} == {Fairness.NONE}
    lit = eventually(pair.first.of(lamp))
    assert isinstance(check(pair.system, lit), Violated)
    assert isinstance(check(pair.system.fair(Fairness.WEAK, "switch"), lit), Holds)


# --- names and constants -------------------------------------------------------------------------------------------------


def test_what_both_have_is_told_apart_and_what_one_has_keeps_its_name() -> None:
    alone = System("house", [lamp], z3.Not(lamp), [SWITCH])
    pair = side_by_side(house(), alone, labels=("with neighbour", "alone"))
    assert [one.name for one in pair.system.variables] == ["lamp (with neighbour)", "noise", "lamp (alone)"]
    assert pair.system.variables[0].says == "lamp, with neighbour"
    assert pair.first.of(noise == 2).eq(noise == 2)


def test_a_constant_is_one_and_the_same_for_both() -> None:
    mode = choice("mode", ["open", "closed"])

    def moded(*, obeys: bool) -> System:
        guard = mode == mode.open if obeys else z3.BoolVal(True)
        return System("moded", [mode, lamp], z3.Not(lamp), [replace(SWITCH, guard=guard)])

    pair = side_by_side(moded(obeys=True), moded(obeys=False), constants=["mode"])
    assert [one.name for one in pair.system.variables] == ["mode", "lamp (first)", "lamp (second)"]
    problem = Problem(pair.system, always(z3.Implies(mode == mode.open, pair.alike(lamp))))
    outcome = correspondence.prove(problem)
    assert isinstance(outcome, Proved), "equal where the constant has one value, and there only"
    audit(problem, outcome.certificate)
    verdict = check(pair.system, always(pair.alike(lamp)))
    assert isinstance(verdict, Violated)
    replay(Problem(pair.system, always(pair.alike(lamp))), verdict.lasso)
    assert verdict.lasso.steps[0].state["mode"] == "closed"


CHANGED = Action("change", z3.BoolVal(True), {noise: 1})


@pytest.mark.parametrize(
    ("first", "second", "labels", "constants", "message"),
    [
        ([SWITCH], [SWITCH], ("one", "one"), [], "different labels"),
        ([SWITCH], [SWITCH], ("a", ""), [], "cannot name a copy"),
        ([SWITCH], [SWITCH], ("a", "b"), ["sound"], "no variable of the two systems"),
        ([SWITCH], [CHANGED], ("a", "b"), ["noise"], "'change' changes it"),
        ([replace(SWITCH, parameters=(integer("force", 1, 2),))], [SWITCH], ("a", "b"), [], "not the same event"),
    ],
)
def test_what_cannot_be_put_side_by_side_is_refused(
    first: Sequence[Action], second: Sequence[Action], labels: tuple[str, str], constants: list[str], message: str
) -> None:
    one, other = (System("house", [lamp, noise], z3.Not(lamp), actions) for actions in (first, second))
    with pytest.raises(ModelError, match=message):
        side_by_side(one, other, labels=labels, constants=constants)


def test_what_only_one_copy_has_is_not_found_alike_in_both() -> None:
    """It would be compared with itself: the neighbour would be as loud where there is none."""
    alone = System("house", [lamp], z3.Not(lamp), [SWITCH])
    pair = side_by_side(house(), alone, labels=("with neighbour", "alone"))
    for term in (noise, noise > 0, enabled("make_noise"), taken("make_noise"), always(enabled("make_noise"))):
        with pytest.raises(ModelError, match="is nothing of 'alone'"):
            pair.alike(term)
    pair.first.of(enabled("make_noise"))
    mode = boolean("mode")
    pair = side_by_side(house(), System("moded", [mode, lamp], z3.Not(lamp), [SWITCH]), constants=["mode"])
    assert pair.first.of(z3.And(mode, lamp)).eq(z3.And(mode, pair.first.of(lamp))), "a constant is one of both"


def test_two_variables_never_become_one() -> None:
    """Nothing turns the first lamp on, in neither house; were it one with the other house's, it would be on there."""
    other = boolean("lamp (second)")
    first = System("house", [lamp, other], z3.And(z3.Not(lamp), z3.Not(other)), [Action("go", z3.BoolVal(True), {other: True})])
    second = System("house", [lamp], z3.Not(lamp), [Action("go", z3.BoolVal(True), {})])
    with pytest.raises(ModelError, match=r"repeated: 'lamp \(second\)'"):
        side_by_side(first, second)
    pair = side_by_side(first, second, labels=("one", "two"))
    assert isinstance(check(pair.system, always(pair.alike(lamp))), Holds)


def test_a_constant_has_the_same_values_in_both() -> None:
    narrow, wide = (System("house", [integer("most", 0, most), lamp], z3.Not(lamp), [SWITCH]) for most in (2, 5))
    for pair in ((narrow, wide), (wide, narrow)):
        with pytest.raises(ModelError, match="'most' is to be the same in both copies, and has other values in one of them"):
            side_by_side(*pair, constants=["most"])


def test_equalities_are_enough_where_queues_have_no_bound() -> None:
    """No induction on k steps proves it, and there is no end of states; the same amounts in both is all there is to see."""
    full = integer("full", 0)
    letter = Action("letter", z3.BoolVal(True), {full: full + 1})
    empty = Action("empty", full > 3, {full: full - 1, lamp: z3.Not(lamp)})
    post = System("post", [full, lamp], z3.And(full == 0, z3.Not(lamp)), [letter, empty])
    pair = side_by_side(post, post)
    verdict = check(pair.system, always(pair.alike(lamp)))
    assert isinstance(verdict, Holds)
    assert verdict.certificate.method == "invariant"


def test_equalities_that_need_the_ranges_are_stated_with_them() -> None:
    """A switch that works as long as the noise is in its range is one that works."""
    careful = System(
        "house", [lamp, noise], z3.And(z3.Not(lamp), noise == 0), [replace(SWITCH, guard=noise <= 2), MAKE_NOISE, BE_STILL]
    )
    pair = side_by_side(careful, System("house", [lamp], z3.Not(lamp), [SWITCH]))
    problem = Problem(pair.system, always(pair.alike(lamp)))
    outcome = correspondence.prove(problem)
    assert isinstance(outcome, Proved)
    audit(problem, outcome.certificate)


def test_each_condition_of_a_claim_is_a_case_of_its_own() -> None:
    """The same equality under two conditions is needed under both."""
    one, other = boolean("one"), boolean("other")
    rules = (z3.BoolVal(True), z3.Or(one, other))
    first, second = (System("house", [one, other, lamp], z3.Not(lamp), [replace(SWITCH, guard=rule)]) for rule in rules)
    pair = side_by_side(first, second, constants=["one", "other"])
    alike = pair.alike(lamp)
    problem = Problem(pair.system, always(z3.And(z3.Implies(one, alike), z3.Implies(other, alike))))
    outcome = correspondence.prove(problem)
    assert isinstance(outcome, Proved)
    audit(problem, outcome.certificate)
    assert not isinstance(correspondence.prove(Problem(pair.system, always(alike))), Proved)
