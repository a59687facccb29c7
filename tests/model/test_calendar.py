"""Calendars: days and hours, what they come to, and what is refused."""

from pathlib import Path

import pytest

from dialproof.core.clock import Unit
from dialproof.core.errors import ScenarioError
from dialproof.semantics.interpreter import Reader
from model.events import Event
from model.fault import NONE
from model.parts.calendar import MINUTES_OF_DAY, calendar_of
from model.products.exchange_ims.week import MINUTES_OF_WEEK, cycle_of, minutes_of, spans_of
from properties.checks import open_installation, plan
from properties.time_lock import time_lock
from tests.model.scenario_texts import TIMED, with_change

EIGHT = 8 * 60


def test_days_and_times_are_minutes_of_the_cycle() -> None:
    assert cycle_of(["08:00", "12:30"]) == MINUTES_OF_DAY
    assert minutes_of(["12:30", "08:00"], MINUTES_OF_DAY) == [EIGHT, 12 * 60 + 30]
    week = minutes_of(["Fri-Mon 08:00", "Sat 08:00"], MINUTES_OF_WEEK)
    assert week == sorted(day * MINUTES_OF_DAY + EIGHT for day in (4, 5, 6, 0))
    assert minutes_of(["08:00"], MINUTES_OF_WEEK) == [day * MINUTES_OF_DAY + EIGHT for day in range(7)]


def test_hours_may_run_over_midnight_and_over_the_end_of_the_week() -> None:
    assert spans_of(["22:00-06:00"], MINUTES_OF_DAY) == [(22 * 60, 8 * 60)]
    assert spans_of(["Sun 22:00-06:00"], MINUTES_OF_WEEK) == [(6 * MINUTES_OF_DAY + 22 * 60, 8 * 60)]
    assert spans_of(["Sun 22:00-24:00"], MINUTES_OF_WEEK) == [(6 * MINUTES_OF_DAY + 22 * 60, 2 * 60)]


@pytest.mark.parametrize("texts", [["00:00-24:00"], ["00:00-24:00", "08:00-09:00"], ["Mon-Sun 00:00-24:00"]])
def test_the_whole_day_is_open(texts: list[str]) -> None:
    """Found by an attack: "00:00-24:00" ended where it began, and stood for never."""
    cycle = cycle_of(texts)
    assert all(part.is_open for part in calendar_of([], spans_of(texts, cycle), cycle, 60, kept=True).parts)


@pytest.mark.parametrize("kept", [True, False])
def test_the_parts_fill_the_cycle_and_are_open_within_the_hours(kept: bool) -> None:
    calendar = calendar_of([EIGHT, 20 * 60], [(EIGHT, 10 * 60), (22 * 60, 4 * 60)], MINUTES_OF_DAY, 60, kept=kept)
    assert sum(part.length for part in calendar.parts) == 24
    assert [(part.name, part.has_slot, part.is_open) for part in calendar.parts] == [
        ("02.00", False, False),
        ("08.00", True, True),
        ("18.00", False, False),
        ("20.00", True, False),
        ("22.00", False, True),
    ]


def test_the_wall_clock_follows_the_parts() -> None:
    """From any time of the week it is the next part when the time has come, and no time passes before."""
    router = open_installation(TIMED / "weekdays.toml").router(NONE)
    reader = Reader(router.system)
    part, clock, pending = (reader.names[name] for name in ("calendar", "since part", "scheduled isp"))
    starts = list(reader.initial_states())
    assert {state[part] for state in starts} == {f"{day} 08.00" for day in ("Mon", "Tue", "Wed", "Thu", "Fri")}, "on any day"
    (state,) = [state for state in starts if state[part] == "Fri 08.00" and state[clock] == 2]  # a Sunday
    seen = []
    for _ in range(16):
        events = {str(event): after for event, after in reader.events(state)}
        due = [name for name in events if name.startswith("turn") or name in {"dial(isp)", "busy(isp)"}]
        assert bool(due) != any(name.startswith("elapse") for name in events), "what is due lets no time pass"
        name = due[0] if due else "elapse(d=1)"
        state = events[name]
        seen.append(name)
        if name.startswith("turn"):
            assert state[pending] is True
    assert [name for name in seen if name.startswith("turn")] == [
        "turn(Mon 08.00)",
        "turn(Tue 08.00)",
        "turn(Wed 08.00)",
        "turn(Thu 08.00)",
    ]


@pytest.mark.parametrize(
    ("shown", "part", "is_open", "opens_after"),
    [
        ("Fri 16:00", "Fri 16.00", True, None),
        ("Fri 18:00", "Fri 18.00", False, 62 * 60),
        ("Sun 20:00", "Sun 20.00", False, 12 * 60),
    ],
)
def test_after_a_reload_the_clock_shows_what_the_scenario_says(
    tmp_path: Path, shown: str, part: str, is_open: bool, opens_after: int | None
) -> None:
    """Every call ends, the last one is forgotten, and from the time that is shown the calendar goes on."""
    file = with_change("office-hours-reloaded", tmp_path, ("Fri 16:00", shown))
    installed = open_installation(file)
    router = installed.router(NONE)
    assert router.unit is not None
    reader = Reader(router.system)
    calendar, clock, line = (reader.names[name] for name in ("calendar", "since part", "line isp"))
    (state,) = [one for one in reader.initial_states() if (one[calendar], one[clock]) == ("Mon 08.00", 1)]

    def to(name: str) -> None:
        nonlocal state
        state = {str(event): after for event, after in reader.events(state)}[name]

    for name in ("arrive(default)", "dial(isp)", "answer(isp)", "reload"):
        to(name)
    assert (state[line], state[calendar], state[clock]) == ("down", part, 0)
    possible = {event.name for event, _ in reader.events(state)}
    assert ("dial(isp)" in possible, "elapse" in possible) == (is_open, not is_open), "forgotten: dialled at once, or not before"
    if opens_after is not None:
        passed = 0
        while "dial(isp)" not in possible:
            (name,) = {event.name for event, _ in reader.events(state)} & {"elapse", "turn(Mon 08.00)", "turn(Sun 20.00)"}
            passed += router.unit.size if name == "elapse" else 0
            to("elapse(d=1)" if name == "elapse" else name)
            possible = {event.name for event, _ in reader.events(state)}
        assert passed == opens_after


def test_a_slot_that_a_reload_leaps_over_is_gone(tmp_path: Path) -> None:
    """A reload to the time of a slot waits for the next one, as any start does, and what was to be dialled is not any more."""
    file = with_change("weekdays-restarted", tmp_path, ("[[check]]", '[environment]\nreload_shows = "Tue 08:00"\n\n[[check]]'))
    reader = Reader(open_installation(file).router(NONE).system)
    calendar, clock, pending = (reader.names[name] for name in ("calendar", "since part", "scheduled isp"))
    (state,) = [one for one in reader.initial_states() if (one[calendar], one[clock]) == ("Fri 08.00", 2)]
    for name in ("elapse(d=1)", "turn(Mon 08.00)"):
        state = {str(event): after for event, after in reader.events(state)}[name]
    assert state[pending] is True
    state = {str(event): after for event, after in reader.events(state)}["reload"]
    assert (state[pending], state[calendar], state[clock]) == (False, "Tue 08.00", 0)


def test_a_reload_starts_a_service_that_was_stopped(tmp_path: Path) -> None:
    """Whether it was stopped or not, it runs when the machine is up again."""
    file = with_change("office-hours-reloaded", tmp_path, ("[environment]", '[environment]\nstops = "may-stay-stopped"'))
    router = open_installation(file).router(NONE)
    assert time_lock(router) is None
    reader = Reader(router.system)
    (state,) = [
        one
        for one in reader.initial_states()
        if (one[reader.names["calendar"]], one[reader.names["since part"]]) == ("Fri 18.00", 0)
    ]
    for name in ("arrive(default)", "stop_service", "reload"):
        state = {str(event): after for event, after in reader.events(state)}[name]
    assert "dial(isp)" in {event.name for event, _ in reader.events(state)}


def test_with_reloads_the_time_that_is_shown_counts_for_the_unit(tmp_path: Path) -> None:
    """Without days in the schedule only the time of the day matters."""
    changes = (("Mon-Fri 08:00-18:00", "08:00-18:00"), ("Fri 16:00", "Tue 08:30"))
    router = open_installation(with_change("office-hours-reloaded", tmp_path, *changes)).router(NONE)
    assert router.unit == Unit(30, "minute")
    assert {action.concerns for action in router.actions(Event.TURN)} == {"08.00", "08.30", "18.00"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"Fri 16:00"', '"Mon-Fri 16:00"', "a moment is"),
        ('"Fri 16:00"', '"16"', "a moment is"),
        ('"Fri 16:00"', '"16:00"', "the schedule has days of the week"),
        ("reload_shows", "restarts = false\nreload_shows", "a reload restarts the service"),
        ('hours = ["Mon-Fri 08:00-18:00"]', "", "says nothing without `dialling.slots` or `dialling.hours`"),
    ],
)
def test_a_reload_that_makes_no_sense_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        plan(with_change("office-hours-reloaded", tmp_path, (old, new)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"Mon-Fri 08:00"', '"Mon-Fri 8:00"', "a time is"),
        ('"Mon-Fri 08:00"', '"25:00"', "a time is"),
        ('"Mon-Fri 08:00"', '"Montag 08:00"', "a time is"),
        ("attempt = 0", 'hours = ["08:00"]', "hours are"),
        ("attempt = 0", "hours = []", "`dialling.hours` is an empty list; allowed: a list of at least 1 value"),
        ("attempt = 0", 'hours = ["08:00-08:00"]', "hours that end when they begin are a moment"),
        ('"Mon-Fri 08:00"', '"0\u0668:00"', "a time is"),
        ("attempt = 0", "every = 60", "the schedule has times, or a period"),
        ('slots = ["Mon-Fri 08:00"]', "", "nothing would ever dial; give `every` a time, or `slots` some"),
    ],
)
def test_what_is_no_time_of_the_week_is_refused_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    file = with_change("weekdays", tmp_path, (old, new))
    with pytest.raises(ScenarioError, match=message) as caught:
        plan(file)
    lines = [place.line for place, _ in caught.value.problems if place is not None]
    assert sorted(set(lines)) == sorted(lines), "what is wrong about a line is said once"


def test_a_slot_outside_the_hours_is_a_finding(tmp_path: Path) -> None:
    (planned, *_) = plan(with_change("weekdays", tmp_path, ("attempt = 0", 'attempt = 0\nhours = ["10:00-12:00"]')))
    assert any("slots outside `hours`" in note and "Fri 08:00" in note for note in planned.notes)
