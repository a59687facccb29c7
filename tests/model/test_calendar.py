"""Calendars: days and hours, what they come to, and what is refused."""

from pathlib import Path

import pytest

from dialproof.core.errors import ScenarioError
from dialproof.semantics.interpreter import Reader
from model.fault import NONE
from model.parts.calendar import MINUTES_OF_DAY, calendar_of
from model.products.exchange_ims.week import MINUTES_OF_WEEK, cycle_of, minutes_of, spans_of
from properties.checks import open_installation, plan
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
