"""Reloads: the machine is restarted, and its wall clock then shows a certain time, whatever time it is.

That is a machine that forgets the time while it is off, as one with a flat battery does. No source of the products here says
that it happens, or what the clock shows then: a scenario says it. What the program does is what it does at any start; but the
calendar goes on from the time that is shown. Slots on the way are gone, and so are hours.
"""

from dataclasses import replace

import z3

from dialproof.core.actions import Action
from model.events import Event, called
from model.parts.calendar import Calendar
from model.rules import Rules, Situation, Updates


def with_reloads(rules: Rules) -> Rules:
    """The same rules, by which a reload is a start. It has to come after all that a start changes."""

    def after(now: Situation, event: Event, name: str) -> Updates:
        return rules.after(now, Event.RESTART if event is Event.RELOAD else event, name)

    return replace(rules, after=after)


def reload(restart: Action, calendar: Calendar) -> Action:
    """The machine is restarted at any time, which does what `restart` does, and sets the clock of `calendar`."""
    shown = calendar.after_reload
    assert shown is not None
    return replace(
        restart,
        name=called(Event.RELOAD),
        event=Event.RELOAD,
        updates={**restart.updates, calendar.part: calendar.part[shown.name], calendar.clock: z3.IntVal(0)},
        says=f"the machine is restarted, and its clock shows {shown.clock_time}"
        + restart.says.removeprefix("the service is restarted"),
        source="",
    )
