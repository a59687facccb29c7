"""Look-ups: a name that is looked up over a line makes it be dialled, whatever becomes of the mail for which it is asked.

Exim routes mail of `queue_smtp_domains` when it comes (its specification, "Intermittently connected hosts": without a connection
no names can be looked up). What asks is gone when the call is answered or has ended.
Left out: a resolver on the LAN that knows the name already; a scenario without look-ups has it.
"""

from collections.abc import Sequence
from dataclasses import replace

import z3

from dialproof.core.variables import Boolean, boolean
from model.events import ENDS, Event
from model.parts.lines import Line
from model.parts.routes import Route
from model.rules import Remembered, Rules, Situation, Updates, any_of


def looks_up(route: Route) -> Boolean:
    """A name is looked up to route a message that waits."""
    return boolean(f"looks up {route.name}", says=f"a name is looked up for {route.label}")


def with_look_ups(rules: Rules, routes: Sequence[Route]) -> Rules:
    """The same rules, by which each message that comes for one of `routes` makes its line be dialled, to look a name up."""
    own = {route.name: route for route in routes}

    def dials(now: Situation, line: Line) -> z3.BoolRef:
        asking = [z3.And(looks_up(route), route.waiting > 0) for route in routes if route.link == line.name]
        return z3.Or(rules.dials(now, line), any_of(asking)) if asking else rules.dials(now, line)

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        if event is Event.ARRIVE and name in own:
            down = any_of([line.is_down for line in now.lines if line.name == own[name].link])
            return {**known, looks_up(own[name]): z3.Or(looks_up(own[name]), down)}
        if event in (Event.ANSWER, *ENDS):
            return {**known, **{looks_up(route): z3.BoolVal(False) for route in routes if route.link == name}}
        return known

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        return (*rules.state(lines), *(Remembered(looks_up(route), z3.Not(looks_up(route))) for route in routes))

    return replace(rules, dials=dials, after=after, state=state)
