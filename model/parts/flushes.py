"""Flushes: mail that is held goes only when somebody asks for it: what waits at this moment, and nothing that comes later.

Held mail asks for no line by itself, and keeps none. A flush takes what waits, whatever route it is for, and makes the lines be
dialled that this needs. If a call fails or ends, what was taken and has not left is held again, until the next flush. A flush
comes with each line that comes up, by a schedule, or both. A site may also ask for its own mail (ETRN, RFC 1985): that is a flush
of one route. Nobody promises that it ever does, unless a scenario says so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import z3

from dialproof.core.actions import Action
from dialproof.core.variables import Integer, StateVariable
from model.events import ENDS, Event, happening
from model.parts.batches import batch
from model.parts.lines import Line
from model.parts.promises import Promise
from model.parts.routes import Route
from model.parts.timing import Due, since
from model.rules import Reason, Remembered, Rules, Situation, Updates, all_of, any_of, plain

SENT = "to send what a flush asked for"
"""Why a line is dialled for held mail, to complete "a line is dialled"."""


def is_taken(route: Route) -> z3.BoolRef:
    """Mail for a route that is held was asked for by a flush, and has not left yet."""
    return z3.And(batch(route) > 0, route.waiting > 0)


def unseen(rules: Rules, routes: Sequence[Route]) -> Rules:
    """The same rules, to which mail for `routes` does not wait: it makes no line be dialled, and keeps none up."""
    return _shown(rules, {route.name: z3.BoolVal(False) for route in routes})


def shown_if_taken(rules: Rules, routes: Sequence[Route]) -> Rules:
    """The same rules, to which mail for `routes` waits while it is taken."""
    return _shown(rules, {route.name: is_taken(route) for route in routes})


def _shown(rules: Rules, conditions: Mapping[str, z3.BoolRef]) -> Rules:
    """The same rules, to which mail for the routes called so waits only under these conditions."""
    if not conditions:
        return rules

    def seen(now: Situation) -> Situation:
        routes = [replace(one, seen_if=conditions[one.name]) if one.name in conditions else one for one in now.routes]
        return replace(now, routes=tuple(routes))

    def dials(now: Situation, line: Line) -> z3.BoolRef:
        return rules.dials(seen(now), line)

    def holds(now: Situation, line: Line) -> z3.BoolRef:
        return rules.holds(seen(now), line)

    return replace(rules, dials=dials, holds=holds)


Takes = Callable[[Route], z3.BoolRef]
"""For which routes, and when, something takes the mail that waits."""


def everything(_route: Route) -> z3.BoolRef:
    """Whatever waits is taken."""
    return z3.BoolVal(True)


def flushed(
    rules: Rules,
    held: Sequence[Route],
    *,
    asked_for: Sequence[Route] = (),
    on_link_up: Takes | None,
    by_schedule: Takes = everything,
    at_arrival: Mapping[str, z3.BoolRef] = MappingProxyType({}),
) -> Rules:
    """The same rules, by which mail for the routes that are `held` goes only if it is taken.

    A link that comes up takes mail `on_link_up` (None: no), a flush `by_schedule`. Mail that is `asked_for` besides goes by
    itself, and may be taken too; a site asks for the mail of its own route. A route that `at_arrival` names, under a condition,
    is tried when a message for it comes: what is taken of it makes its line be dialled, like mail that is not held. A delivery
    that fails, or a call that ends, leaves what was taken to the next time.
    """
    taken = [*held, *asked_for]
    own = {route.name: route for route in taken}
    tried = [route for route in held if route.name in at_arrival]
    rules = unseen(shown_if_taken(rules, tried), [route for route in held if route.name not in at_arrival])

    def asked(line: Line) -> z3.BoolRef:
        return any_of([is_taken(route) for route in taken if route.link == line.name and route.name not in at_arrival])

    def besides(now: Situation, line: Line) -> Sequence[Reason]:
        of_line = any(route.link == line.name and route.name not in at_arrival for route in taken)
        return (*rules.besides(now, line), *([Reason(asked(line), (), SENT)] if of_line else []))

    def holds(now: Situation, line: Line) -> z3.BoolRef:
        return z3.Or(rules.holds(now, line), asked(line))

    def taking(takes: Takes) -> dict[StateVariable, z3.ExprRef]:
        """What is taken: all that waits for a route, or as much as before."""
        made: dict[StateVariable, z3.ExprRef] = {}
        for route in taken:
            condition = plain(takes(route))
            if not z3.is_false(condition):
                made[batch(route)] = route.waiting if z3.is_true(condition) else z3.If(condition, route.waiting, batch(route))
        return made

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        changed: dict[StateVariable, z3.ExprRef] = {}
        if event is Event.FLUSH:
            changed = taking(by_schedule)
        elif event is Event.ANSWER and on_link_up is not None:
            changed = taking(on_link_up)
        elif event is Event.ASK_FOR_MAIL and name in own:
            changed = {batch(own[name]): own[name].waiting}
        elif event in ENDS:
            changed = {batch(route): z3.IntVal(0) for route in taken if route.link == name}
        elif name in own:
            left = batch(own[name])
            if event in (Event.DELIVER, Event.RETURN):
                changed = {left: z3.If(left > 0, left - 1, z3.IntVal(0))}
            elif event is Event.FAIL_DELIVERY:
                changed = {left: z3.IntVal(0)}
            elif event is Event.ARRIVE and name in at_arrival:
                changed = {left: z3.If(at_arrival[name], left + 1, left)}
        return {**known, **changed}

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        return (*rules.state(lines), *(Remembered(batch(route), batch(route) == 0) for route in taken))

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


def asking(route: Route, promise: Promise, *, source: str, only_if: Sequence[z3.BoolRef] = ()) -> Action:
    """The site of `route` asks for the mail that waits for it and was not asked for, as promised, if all of `only_if` hold."""
    return happening(
        Event.ASK_FOR_MAIL,
        route.name,
        guard=all_of([route.waiting > batch(route), *only_if]) if only_if else route.waiting > batch(route),
        updates={},
        actor="environment",
        says=f"the site of {route.label} asks for its {route.words.noun} (ETRN)",
        fairness=promise.fairness,
        because=promise.name,
        source=source,
    )
