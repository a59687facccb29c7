"""Batches: only what waits when a call is answered goes with that call; what comes later waits for the next one (Q159209).

The line is held for its batch alone: mail that has to wait for another call must not keep it up.
"""

from collections.abc import Sequence
from dataclasses import replace

import z3

from dialproof.core.variables import Integer, StateVariable, integer
from model.events import ENDS, Event
from model.parts.lines import Line
from model.parts.routes import Route
from model.rules import Remembered, Rules, Situation, Updates, any_of


def batch(route: Route) -> Integer:
    """How many pieces of the queue of `route`, the oldest ones, go with the call that is in progress."""
    many = route.words.many
    return integer(f"batch {route.name}", 0, route.capacity, says=f"{many} for {route.label} that go with this call")


def batched(rules: Rules, routes: Sequence[Route], links: Sequence[str]) -> Rules:
    """The same rules, by which a call takes what waits for those of `routes` over its line when it is answered, and no more.

    `links` are the lines. It has to come before a fault, which may decide anew what holds a line.
    """
    own = {route.name: route for route in routes if route.link in links}

    def holds(now: Situation, line: Line) -> z3.BoolRef:
        return any_of([z3.And(batch(route) > 0, route.has_mail) for route in now.over(line)])

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        changed: dict[StateVariable, z3.ExprRef] = {}
        if event is Event.ANSWER:
            changed = {batch(route): route.waiting for route in own.values() if route.link == name}
        elif event in ENDS:
            changed = {batch(route): z3.IntVal(0) for route in own.values() if route.link == name}
        elif event is Event.RESTART:
            changed = {batch(route): z3.IntVal(0) for route in own.values()}
        elif event in (Event.DELIVER, Event.RETURN) and name in own:
            left = batch(own[name])
            changed = {left: z3.If(left > 0, left - 1, z3.IntVal(0))}
        return {**known, **changed}

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        return (*rules.state(lines), *(Remembered(batch(route), batch(route) == 0) for route in own.values()))

    return replace(rules, holds=holds, after=after, state=state)
