"""Flushes: mail that is held goes only when somebody asks for it: what waits at this moment, and nothing that comes later.

Held mail asks for no line by itself, and keeps none. A flush takes what waits, whatever route it is for, and makes the lines be
dialled that this needs. If a call fails or ends, what was taken and has not left is held again, until the next flush. A flush
comes with each line that comes up, by a schedule, or both. A site may also ask for its own mail (ETRN, RFC 1985): that is a flush
of one route. Nobody promises that it ever does, unless a scenario says so.
"""

from collections.abc import Sequence
from dataclasses import replace

import z3

from dialproof.core.actions import Action
from dialproof.core.variables import Integer, StateVariable
from model.events import ENDS, Event, happening
from model.parts.batches import batch
from model.parts.lines import Line
from model.parts.promises import Promise
from model.parts.routes import Route
from model.parts.timing import Due, since
from model.rules import Reason, Remembered, Rules, Situation, Updates, any_of

SENT = "to send what a flush asked for"
"""Why a line is dialled for held mail, to complete "a line is dialled"."""


def is_taken(route: Route) -> z3.BoolRef:
    """Mail for a route that is held was asked for by a flush, and has not left yet."""
    return z3.And(batch(route) > 0, route.waiting > 0)


def unseen(rules: Rules, routes: Sequence[Route]) -> Rules:
    """The same rules, to which mail for `routes` does not wait: it makes no line be dialled, and keeps none up."""
    names = {route.name for route in routes}

    def seen(now: Situation) -> Situation:
        hidden = [replace(one, seen_if=z3.BoolVal(False)) if one.name in names else one for one in now.routes]
        return replace(now, routes=tuple(hidden))

    def dials(now: Situation, line: Line) -> z3.BoolRef:
        return rules.dials(seen(now), line)

    def holds(now: Situation, line: Line) -> z3.BoolRef:
        return rules.holds(seen(now), line)

    return replace(rules, dials=dials, holds=holds)


def flushed(rules: Rules, held: Sequence[Route], *, on_link_up: Sequence[Route]) -> Rules:
    """The same rules, by which a flush takes mail for the routes that are `held`: all of them, or the one that is asked for.

    Each answered call is a flush of the routes that are flushed `on_link_up`. That held mail asks for nothing by itself, `unseen`
    says; mail that does may be asked for besides.
    """

    def asked(line: Line) -> z3.BoolRef:
        return any_of([is_taken(route) for route in held if route.link == line.name])

    def besides(now: Situation, line: Line) -> Sequence[Reason]:
        own = [Reason(asked(line), (), SENT)] if any(route.link == line.name for route in held) else []
        return (*rules.besides(now, line), *own)

    def holds(now: Situation, line: Line) -> z3.BoolRef:
        return z3.Or(rules.holds(now, line), asked(line))

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        changed: dict[StateVariable, z3.ExprRef] = {}
        if event is Event.FLUSH:
            changed = {batch(route): route.waiting for route in held}
        elif event is Event.ANSWER:
            changed = {batch(route): route.waiting for route in on_link_up}
        elif event is Event.ASK_FOR_MAIL:
            changed = {batch(route): route.waiting for route in held if route.name == name}
        elif event in ENDS:
            changed = {batch(route): z3.IntVal(0) for route in held if route.link == name}
        elif event in (Event.DELIVER, Event.RETURN):
            changed = {batch(one): z3.If(batch(one) > 0, batch(one) - 1, z3.IntVal(0)) for one in held if one.name == name}
        return {**known, **changed}

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        return (*rules.state(lines), *(Remembered(batch(route), batch(route) == 0) for route in held))

    return replace(rules, besides=besides, holds=holds, after=after, state=state)


def since_flush(period: int) -> Integer:
    """How long ago the last flush by the schedule was, at most `period`."""
    return since("since flush", period, says="time since the last flush by the schedule")


def with_schedule(rules: Rules, period: int) -> Rules:
    """The same rules, with the clock of a schedule that flushes every `period` units, at any point of it at the start."""

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        return (*rules.state(lines), Remembered(since_flush(period), z3.BoolVal(True), is_clock=True))

    return replace(rules, state=state)


def by_schedule(period: int | None, promise: Promise, *, says: str, source: str) -> tuple[Action, list[Due]]:
    """A flush by the schedule, again and again as promised, or every `period` units; and when it is due."""
    at: list[z3.BoolRef] = []
    updates: dict[StateVariable, z3.ExprRef | bool | int] = {}
    due: list[Due] = []
    if period is not None:
        clock = since_flush(period)
        at, updates, due = [clock >= period], {clock: 0}, [Due(z3.BoolVal(True), ((clock, period),))]
    action = happening(
        Event.FLUSH,
        guard=at[0] if at else z3.BoolVal(True),
        updates=updates,
        actor="schedule",
        says=says,
        fairness=promise.fairness,
        because=promise.name,
        source=source,
    )
    return action, due


def asking(route: Route, promise: Promise, *, source: str) -> Action:
    """The site of `route` asks for the mail that waits for it and was not asked for, as promised."""
    return happening(
        Event.ASK_FOR_MAIL,
        route.name,
        guard=route.waiting > batch(route),
        updates={},
        actor="environment",
        says=f"the site of {route.label} asks for its {route.words.noun} (ETRN)",
        fairness=promise.fairness,
        because=promise.name,
        source=source,
    )
