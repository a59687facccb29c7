"""Clocks: what is due lets no time pass, times are kept exactly, and a scenario without times has none."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import z3

from dialproof.core.actions import Fairness
from dialproof.core.clock import Unit, clock_time
from dialproof.core.errors import InputError, ModelError, ScenarioError
from dialproof.core.verdict import Holds
from dialproof.portfolio.check import check
from dialproof.semantics.interpreter import Reader
from model.events import ENDS, Event, called
from model.fault import NONE
from model.parts.lines import DIALLING, DOWN, Step
from model.parts.timing import TIME_GOES_ON, unit_of
from model.products.exchange_ims.product import Connector
from model.router import Router
from properties.catalogue import claim_about
from properties.checks import open_installation, plan
from properties.simulation import Happened, figures, simulation
from properties.time_lock import time_lock
from tests.amounts import long
from tests.model.scenario_texts import with_change

ROOT = Path(__file__).resolve().parents[2]
TIMED = sorted((ROOT / "model" / "scenarios" / "timed").glob("*.toml"))
PPPD = ROOT / "model" / "scenarios" / "timed" / "pppd.toml"
UNTIMED = ROOT / "model" / "scenarios" / "q230051" / "base-fixed.toml"


def router_of(path: Path) -> Router:
    return open_installation(path).router(NONE)


# -- time -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", TIMED, ids=lambda path: path.stem)
def test_time_can_pass_or_something_that_is_due_is_possible(path: Path) -> None:
    """In every state, reachable or not: so the assumption that time goes on excludes no run by itself."""
    assert time_lock(router_of(path)) is None


def test_a_state_in_which_time_is_locked_is_a_finding_of_every_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line whose modem never gives a call up: the call is due to end, and nothing can end it."""
    path = ROOT / "model/scenarios/timed/queued-for-15.toml"
    router = router_of(path)
    ends = {called(Event.NO_CARRIER, "isp"), called(Event.BUSY, "isp"), called(Event.FAIL_LOGIN, "isp")}
    actions = [replace(one, guard=z3.BoolVal(False)) if one.name in ends else one for one in router.system.actions]
    stuck = replace(router, system=router.system.changed(*actions))
    locked = time_lock(stuck)
    assert locked is not None
    assert locked["line isp"] == "dialling"
    monkeypatch.setattr(Connector, "router", lambda _self, _fault: stuck)
    for planned in plan(path):
        assert any(note.startswith("time may stop: it cannot pass in State(line isp='dialling'") for note in planned.notes)


@pytest.mark.parametrize("path", TIMED, ids=lambda path: path.stem)
def test_what_is_due_is_promised(path: Path) -> None:
    """An action that can hold time up is weakly fair at least: else a run could stop time and be no run, for no reason."""
    router = router_of(path)
    timed = {step.event for line in router.lines for step in line.kind.steps if step.latest is not None}
    timed |= {Event.SLOT, Event.KEEP_ALIVE, Event.RETURN, Event.TURN}
    for action in router.system.actions:
        if action.event in timed:
            assert action.fairness is not Fairness.NONE, action.name


def test_a_scenario_without_times_has_no_clock() -> None:
    router = router_of(UNTIMED)
    assert (router.unit, router.clocks, router.system.assumptions) == (None, (), ())
    assert [action.name for action in router.actions(Event.PASS_TIME, Event.ELAPSE)] == ["pass_time"]


@pytest.mark.parametrize("path", TIMED, ids=lambda path: path.stem)
def test_a_scenario_with_times_assumes_that_time_goes_on_and_says_its_unit(path: Path) -> None:
    router = router_of(path)
    assert [one.name for one in router.system.assumptions] == [TIME_GOES_ON]
    assert f"timed: time is counted in units of {router.unit}" in plan(path)[0].notes[0]


def test_the_unit_is_the_greatest_common_divisor() -> None:
    assert unit_of([300, 30, 60, 0], "second") == Unit(30, "second")
    assert (str(Unit(30, "second")), str(Unit(1, "minute"))) == ("30 seconds", "1 minute")
    assert Unit(30, "second").of(300) == 10
    with pytest.raises(ValueError, match="45 seconds are no whole number of units of 30 seconds"):
        Unit(30, "second").of(45)


def test_a_step_cannot_be_due_before_it_is_possible() -> None:
    with pytest.raises(ModelError, match="before the earliest"):
        Step(Event.HANG_UP, DIALLING, DOWN, "dialler", "hangs up", earliest=2, latest=1)


def test_a_hold_off_lasts_exactly_as_long_as_it_says() -> None:
    """Walked in plain Python, in units of 30 seconds: after one unit it ends, not before, and no time passes beyond."""
    reader = Reader(router_of(ROOT / "model/scenarios/timed/pppd.toml").system)
    state = next(reader.initial_states())
    for name in ("arrive(web)", "dial(isp)", "no_carrier(isp)", "hold_off(isp)"):
        state = {event.name: after for event, after in reader.events(state)}[name]
    events = reader.events(state)
    assert {event.name for event, _ in events} == {"refuse(web)", "elapse"}
    ((_, state),) = [(event, after) for event, after in events if event.name == "elapse"]
    assert {event.name for event, _ in reader.events(state)} == {"refuse(web)", "end_hold_off(isp)"}


# -- a run by the calendar --------------------------------------------------------------------------------------------


def happened(name: str, days: int, seed: int) -> Iterator[Happened]:
    return simulation(router_of(ROOT / "model/scenarios/timed" / name), 10_000).run(days * 24 * 60, seed)


@pytest.mark.parametrize("seed", range(3))
def test_calls_are_as_far_apart_as_the_tab_says_by_absolute_time(seed: int) -> None:
    """No clock of the model is read: only when each event happens. Waiting mail waits fifteen minutes at most."""
    last, waits_since, dialled = None, None, 0
    for step in happened("queued-for-15.toml", 3, seed):
        if step.taken.name == called(Event.DIAL, "isp"):
            assert last is None or step.time - last >= 15
            last, dialled = step.time, dialled + 1
        if step.taken.name == called(Event.RESTART):
            last = None  # a start of the service forgets the last call
        waits = step.state["waiting default"] != 0 and step.state["line isp"] == "down"
        waits_since = (waits_since if waits_since is not None else step.time) if waits else None
        assert waits_since is None or step.time - waits_since <= 15
    assert dialled


@pytest.mark.parametrize("seed", range(3))
def test_an_idle_line_is_hung_up_after_exactly_its_time(seed: int) -> None:
    active, ends = 0, 0
    for step in happened("queued-for-15.toml", 10, seed):
        if step.taken.name == called(Event.HANG_UP, "isp"):
            assert step.time - active >= 5
            ends += 1
        if step.taken.name in {called(Event.ANSWER, "isp"), called(Event.ARRIVE, "default"), called(Event.DELIVER, "default")}:
            active = step.time
        if step.state["line isp"] == "up" and step.state["waiting default"] == 0:
            assert step.time - active <= 5
    assert ends


@pytest.mark.parametrize("seed", range(3))
def test_the_schedule_has_a_slot_every_hour(seed: int) -> None:
    slots = [step.time for step in happened("every-60.toml", 2, seed) if step.taken.name == called(Event.SLOT, "isp")]
    starts = [step.time for step in happened("every-60.toml", 2, seed) if step.taken.name == called(Event.RESTART)]
    assert slots
    for earlier, later in pairwise(slots):
        begun = max([earlier, *(start for start in starts if start < later)])
        assert later - begun == 60


def test_a_run_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    first, again, other = (list(happened("pppd.toml", 1, seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_no_span_is_longer_than_the_bound_that_is_proved() -> None:
    router = router_of(ROOT / "model/scenarios/timed/pppd.toml")
    found = figures(simulation(router, 1000), 24 * 60 * 60, 0)
    assert found.longest("line-busy-within") * 30 <= 90
    assert found.longest("dialled-within") == 0
    assert sum(times for name, times in found.events.items() if name in {called(event, "isp") for event in ENDS}) > 10


def test_a_time_is_shown_as_day_and_hour() -> None:
    assert clock_time(24 * 60 + 195, "minute") == "day 2 03:15"
    assert clock_time(3661, "second") == "day 1 01:01:01"


# -- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('claim = "dialled-within"\nbound = 15', 'claim = "dialled-within"', "dialled-within needs a bound"),
        ('claim = "no-latch"', 'claim = "no-latch"\nbound = 3', "no-latch has no bound: leave `bound` out"),
        ("bound = 15", "bound = -1", "allowed: an integer of at least 0"),
        ("queued_for = 15", "queued_for = 0", "`dialling.queued_for` is 0"),
        ("queued_for = 15", "queued_for = 15\nspacing = 1", "`dialling.spacing` is 1"),
        ("queued_for = 15", "queued_for = 15\non_queued_mail = false", "nothing would ever dial"),
        ("queued_for = 15", "queued_for = 15\nevery = 60\non_queued_mail = false", "is a time of the trigger that"),
        ("[dialling]", 'email_domains_file = "t.csv"\n[dialling]', "unknown key"),
        ("queued_for = 15", "queued_for = 15\nretry = [5]", "`dialling.retry` says nothing without `redial"),
        ("queued_for = 15", 'every = 15\nspacing = "calls"', "`dialling.spacing` says nothing without `queued_for`"),
        ("queued_for = 15", 'queued_for = 15\nslot_during_call = "lost"', "`dialling.slot_during_call` says nothing without"),
        ("idle_timeout = 5", 'idle_timeout = 5\nattempt = 0\nspacing = "calls"', "time would stop"),
    ],
)
def test_what_is_wrong_about_a_time_is_said_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    file = with_change("queued-for-15", tmp_path, (old, new))
    with pytest.raises(ScenarioError, match=message):
        plan(file)


def test_a_table_from_a_file_is_not_checked_with_clocks_yet(tmp_path: Path) -> None:
    file = with_change("queued-for-15", tmp_path, ("format = 1\n", 'format = 1\nemail_domains_file = "routes.csv"\n'))
    with pytest.raises(ScenarioError, match="is there for a table that is written out, and not with `email_domains_file`"):
        plan(file)


@pytest.mark.parametrize("claim", ["dialled-within", "dials-are-spaced", "time-never-stops"])
def test_a_claim_about_time_says_nothing_of_a_scenario_without_clocks(claim: str) -> None:
    with pytest.raises(InputError, match="an untimed model cannot tell a moment from a day"):
        claim_about(router_of(UNTIMED), claim, None if claim == "time-never-stops" else 15)


def test_two_runs_side_by_side_are_not_compared_with_clocks() -> None:
    with pytest.raises(InputError, match="routes-do-not-interfere is asked without clocks"):
        claim_about(router_of(ROOT / "model/scenarios/timed/pppd.toml"), "routes-do-not-interfere")


def test_a_slot_of_the_schedule_is_not_delayed_by_the_spacing_of_calls(tmp_path: Path) -> None:
    """Found by an attack: with both keys the schedule waited for `queued_for`. And a start of the service dials at once."""
    file = with_change("every-60", tmp_path, ("every = 60\n", "every = 60\nqueued_for = 180\n"))
    reader = Reader(router_of(file).system)
    state = next(reader.initial_states())
    for name in ("dial(isp)", "no_carrier(isp)"):
        state = {event.name: after for event, after in reader.events(state)}[name]
    assert "dial(isp)" not in {event.name for event, _ in reader.events(state)}
    again = {event.name: after for event, after in reader.events(state)}["restart_service"]
    assert "dial(isp)" in {event.name for event, _ in reader.events(again)}
    for name in ("elapse", "slot(isp)"):
        state = [after for event, after in reader.events(state) if event.name == name][-1]
    events = {event.name for event, _ in reader.events(state)}
    assert "dial(isp)" in events
    assert "elapse" not in events


def test_two_links_with_other_states_stand_in_one_system(tmp_path: Path) -> None:
    """One pppd may exit, the other one never: the kinds of their states have different names."""
    other = "[links.other]\nmaxfail = 2\nholdoff = 30\nattempt = 60\n\n[links.isp]"
    file = with_change("pppd", tmp_path, ("[links.isp]", other))
    assert len(router_of(file).lines) == 2


def test_a_scenario_with_times_and_no_line_to_dial_has_a_clock_for_nothing(tmp_path: Path) -> None:
    file = with_change("queued-for-15", tmp_path, ('kind = "ras"', 'kind = "lan"'))
    assert router_of(file).clocks == ()


# -- failed calls, and the retry list ---------------------------------------------------------------------------------


def states_of(path: Path, *events: str) -> list[dict[str, object]]:
    """The states of the run in which these events follow each other from the start."""
    reader = Reader(router_of(path).system)
    state = next(reader.initial_states())
    found = [dict(zip(reader.names, state, strict=True))]
    for event in events:
        (state,) = [after for happened, after in reader.events(state) if str(happened) == event]
        found.append(dict(zip(reader.names, state, strict=True)))
    return found


RETRY = ROOT / "model/scenarios/timed/retry-list.toml"


def test_a_failed_call_waits_for_its_interval(tmp_path: Path) -> None:
    """The second interval after the second failure; the last one repeats; an answer begins the list anew."""
    file = with_change("retry-list", tmp_path, ("retry = [5]", "retry = [5, 10]"))
    fail = ("dial(isp)", "busy(isp)")
    *_, state = states_of(file, *fail, "elapse(d=1)", *fail, "elapse(d=2)", *fail)
    assert (state["retry step isp"], state["since failure isp"]) == (2, 0)
    reader = Reader(router_of(file).system)
    after = tuple(state.values())
    assert max(dict(event.parameters)["d"] for event, _ in reader.events(after) if event.name == "elapse") == 2  # type: ignore[type-var]
    *_, answered = states_of(file, *fail, "elapse(d=1)", "dial(isp)", "answer(isp)")
    assert answered["retry step isp"] == 0


def test_after_so_many_failed_calls_the_next_one_is_answered() -> None:
    fail = ("dial(isp)", "busy(isp)", "elapse(d=1)")
    reader = Reader(router_of(RETRY).system)
    *_, state = states_of(RETRY, *fail * 3, "dial(isp)")
    possible = {event.name for event, _ in reader.events(tuple(state.values()))}  # type: ignore[arg-type]
    assert "answer(isp)" in possible
    assert not possible & {called(event, "isp") for event in ENDS}, "it cannot fail any more"
    assert "elapse" not in possible, "and it is due"


def test_what_is_assumed_of_failed_calls_stands_beside_every_verdict() -> None:
    for planned in plan(RETRY):
        assert any("no more than 3 calls over one line fail in a row" in note for note in planned.notes)


def test_the_oldest_message_is_returned_first_and_no_later_than_its_time_out() -> None:
    path = ROOT / "model/scenarios/timed/message-timeout.toml"
    router = router_of(path)
    (route,) = router.routes
    first, second = (age.variable.name for age in route.ages)
    reader = Reader(router.system)
    places = reader.names
    state = list(next(reader.initial_states()))
    state[places[route.waiting.variable.name]] = 2
    state[places[first]], state[places[second]] = 2880, 100
    events = {event.name: after for event, after in reader.events(tuple(state))}
    assert "elapse" not in events, "it is due"
    after = events["return(default)"]
    assert (after[places[route.waiting.variable.name]], after[places[first]], after[places[second]]) == (1, 100, 0)


def test_a_long_queue_has_no_ages(tmp_path: Path) -> None:
    file = with_change("message-timeout", tmp_path, ("message_timeout", "queue_capacity = 9\nmessage_timeout"))
    with pytest.raises(ScenarioError, match=r"queue_capacity` is 9: with message_timeout each message .* allowed: 1 to 8"):
        plan(file)


# -- units ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [pytest.param(1, marks=long), 5, 15])
def test_a_smaller_unit_is_only_finer(size: int) -> None:
    """What is proved and attained in units of 30 seconds is so in smaller ones, which a setting that is varied may need."""
    installed = open_installation(PPPD)
    router = installed.counted_in(Unit(size, "second")).router(NONE)
    assert router.unit == Unit(size, "second")
    assert [clock.variable.domain.high for clock in router.clocks] == [300 // size]
    observed = claim_about(router, "line-busy-within", 90)
    assert isinstance(check(observed.system, observed.claim, processes=1), Holds)


@pytest.mark.parametrize("unit", [Unit(7, "second"), Unit(60, "second"), Unit(1, "minute")])
def test_a_unit_that_does_not_divide_the_own_one_is_refused(unit: Unit) -> None:
    with pytest.raises(ValueError, match="no whole number of units"):
        open_installation(PPPD).counted_in(unit)
