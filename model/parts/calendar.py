"""Calendars: days and hours at which lines are dialled, or may be dialled, over and over.

A calendar is a cycle of parts, a day or a week long. A part may begin with a slot, at which each line is to be dialled; and it is
open or closed for calls. The state knows in which part it is, and for how long: that is the wall clock. When the program that
dials is started, a slot that has gone by is gone: it waits for the next one (Q158318), unlike "every" (`model.parts.schedule`).
At the start it may be any time of the cycle.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.variables import Choice, Integer, StateVariable, choice
from model.events import Event, happening
from model.parts.lines import Line
from model.parts.schedule import to_be_dialled
from model.parts.timing import Due, since
from model.rules import Reason, Remembered, Rules, Situation, Updates, any_of

MINUTES_OF_DAY, DAYS = 24 * 60, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Part:
    """A part of the cycle that begins at the time called `name` and is `length` units long."""

    name: str
    length: int
    has_slot: bool = False
    is_open: bool = True

    @property
    def clock_time(self) -> str:
        """When it begins, as a reader writes it: "Mon 08:00"."""
        return self.name.replace(".", ":")


@dataclass(frozen=True)
class Calendar:
    """The parts of a cycle, one after the other; the last one is followed by the first. A line's slot is `kept` during a call.

    After a reload the clock shows the beginning of the part `after_reload`; None: there are no reloads.
    """

    parts: tuple[Part, ...]
    kept: bool = True
    after_reload: Part | None = None

    @property
    def part(self) -> Choice:
        """In which part it is, by the name of the part."""
        names = [part.name for part in self.parts]
        return choice("calendar", names, says="part of the calendar, by when it began", sort=f"calendar {' '.join(names)}")

    def is_in(self, part: Part) -> z3.BoolRef:
        """It is in that part."""
        return self.part == self.part[part.name]

    @property
    def clock(self) -> Integer:
        """How long ago that part began."""
        return since("since part", max(part.length for part in self.parts), says="time since that part of the calendar began")

    @property
    def has_slots(self) -> bool:
        """True if some part begins with a slot."""
        return any(part.has_slot for part in self.parts)

    @property
    def is_open(self) -> z3.BoolRef:
        """Lines may be dialled now."""
        if all(part.is_open for part in self.parts):
            return z3.BoolVal(True)
        return any_of([self.is_in(part) for part in self.parts if part.is_open])

    @property
    def initially(self) -> z3.BoolRef:
        """Any time of the cycle."""
        return z3.Or([z3.And(self.is_in(part), self.clock < part.length) for part in self.parts])


def by_calendar(rules: Rules, calendar: Calendar) -> Rules:
    """The same rules, by which each line is dialled at the slots of `calendar` besides, and only while it is open."""

    def besides(now: Situation, line: Line) -> Sequence[Reason]:
        slot = [Reason(to_be_dialled(line.name), says="after a slot of its schedule")] if calendar.has_slots else []
        return (*rules.besides(now, line), *slot)

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        if not calendar.has_slots:
            return known
        if event is Event.DIAL:
            return {**known, to_be_dialled(name): z3.BoolVal(False)}
        return (
            {**known, **{to_be_dialled(line.name): z3.BoolVal(False) for line in now.lines}} if event is Event.RESTART else known
        )

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        pending = [to_be_dialled(line.name) for line in lines] if calendar.has_slots else []
        return (
            *rules.state(lines),
            *(Remembered(each, z3.Not(each)) for each in pending),
            Remembered(calendar.part, calendar.initially),
            Remembered(calendar.clock, z3.BoolVal(True), is_clock=True),
        )

    return replace(rules, besides=besides, after=after, state=state).only_if(Event.DIAL, lambda _now, _line: calendar.is_open)


def turns(calendar: Calendar, lines: Sequence[Line]) -> tuple[list[Action], list[Due]]:
    """That the calendar turns to each of its parts, and when that is due."""
    actions, due = [], []
    for before, part in zip((calendar.parts[-1], *calendar.parts), calendar.parts, strict=False):
        updates: dict[StateVariable, z3.ExprRef] = {calendar.clock: z3.IntVal(0), calendar.part: calendar.part[part.name]}
        if part.has_slot:
            updates |= {
                to_be_dialled(line.name): z3.BoolVal(True) if calendar.kept else z3.Or(to_be_dialled(line.name), line.is_down)
                for line in lines
            }
        actions.append(
            happening(
                Event.TURN,
                part.name,
                guard=z3.And(calendar.is_in(before), calendar.clock >= before.length),
                updates=updates,
                actor="service",
                fairness=Fairness.WEAK,
                says=f"the wall clock shows {part.clock_time}" + (": the lines are to be dialled" if part.has_slot else ""),
                source="Q157707, Q158318",
            )
        )
        due.append(Due(calendar.is_in(before), ((calendar.clock, before.length),)))
    return actions, due


def calendar_of(
    slots: Sequence[int],
    hours: Sequence[tuple[int, int]] | None,
    cycle: int,
    size: int,
    *,
    kept: bool,
    after_reload: int | None = None,
) -> Calendar:
    """The calendar of `slots` and open `hours`, in minutes from the beginning of a `cycle`, in units of `size` minutes.

    Hours are their beginning and how long they are, up to a cycle; None means that it is always open. A part begins at the
    time that the clock shows `after_reload`, if there are any.
    """
    ends = {end % cycle for first, length in hours or () for end in (first, first + length)}
    shown = set() if after_reload is None else {after_reload}
    begins = sorted({*slots, *ends, *shown} or {0})

    def is_open(time: int) -> bool:
        return hours is None or any((time - first) % cycle < length for first, length in hours)

    following = [*begins[1:], begins[0] + cycle]
    parts = {
        begin: Part(named(begin, cycle), (end - begin) // size, begin in slots, is_open(begin))
        for begin, end in zip(begins, following, strict=True)
    }
    return Calendar(tuple(parts.values()), kept, None if after_reload is None else parts[after_reload])


def named(minute: int, cycle: int) -> str:
    """A time of the cycle, such as "08.00" or "Mon 08.00": a name may have no colon."""
    day, minute = divmod(minute, MINUTES_OF_DAY)
    clock = f"{minute // 60:02}.{minute % 60:02}"
    return clock if cycle == MINUTES_OF_DAY else f"{DAYS[day]} {clock}"
