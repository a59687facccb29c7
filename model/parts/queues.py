"""Queues: mail or packets arrive, are refused if a queue takes nothing more, are delivered, are collected.

Source: Q234065, Q158633 (the path to the OUT queue), Q263714 (mail handed to the service is never rerouted elsewhere).
A queue is a number: messages of one route are alike, and are delivered in order, so that a delivery whenever one waits
brings every one of them out. If their ages are counted, the oldest one leaves first. The bound is modelled by refusing
arrivals, an event like any other; no state is cut off.
Left out: a refusal by the receiving side, unless a scenario delays the next attempt after it: it changes nothing else, and the
assumption on deliveries says how often it may happen.
"""

from collections.abc import Sequence

import z3

from dialproof.core.actions import Action, Fairness
from model.events import Event, happening
from model.parts.promises import Promise
from model.parts.routes import Route
from model.parts.timing import Due

UNPROMISED = Promise(Fairness.NONE)
"""Nobody promises that anything ever comes."""

SOON = Promise(Fairness.WEAK)
"""What stays possible is done."""

TIME_OUT = "Q184051 (48 h by default)"
"""Where the message time-out is documented."""


def arrivals(route: Route, *, taken: z3.BoolRef | None = None, promise: Promise = UNPROMISED) -> list[Action]:
    """A piece for `route` arrives, or is refused: because the queue is full, or nothing is `taken` now (None: it always is)."""
    accepting = route.in_force if route.gets_mail else z3.BoolVal(False)
    has_room = z3.BoolVal(True) if route.capacity is None else route.waiting < route.capacity
    piece = f"{route.words.one} for {route.label}"
    arrival = happening(
        Event.ARRIVE,
        route.name,
        guard=z3.And(accepting, has_room) if taken is None else z3.And(accepting, has_room, taken),
        updates={route.waiting: route.waiting + 1},
        actor="environment",
        says=f"{piece} arrives",
        fairness=promise.fairness,
        because=promise.name,
    )
    full = [] if route.capacity is None else [route.waiting == route.capacity]
    refusing = full if taken is None else [*full, z3.Not(taken)]
    if not refusing:
        return [arrival]
    return [
        arrival,
        happening(
            Event.REFUSE,
            route.name,
            guard=z3.And(accepting, refusing[0] if len(refusing) == 1 else z3.Or(refusing)),
            updates={},
            actor="environment",
            says=f"{piece} is refused: " + ("the queue is full" if taken is None else "the queue is full, or takes nothing now"),
        ),
    ]


def departures(route: Route, link_is_up: z3.BoolRef, *, delivery: Promise, only_if: Sequence[z3.BoolRef] = ()) -> list[Action]:
    """A piece for `route` leaves: delivered when its link is up, or collected by the site that sends ETRN (RFC 1985).

    Nothing leaves unless all of `only_if` hold.
    """
    if route.is_collected:
        says = f"{route.label} sends ETRN and collects {route.words.one}"
        return [_leaving(Event.COLLECT, route, says, UNPROMISED, *only_if, actor="environment", source="RFC 1985")]
    says = f"{route.words.one} for {route.label} is delivered"
    return [_leaving(Event.DELIVER, route, says, delivery, link_is_up, *only_if)]


def failing(route: Route, can_leave: z3.BoolRef, *, source: str = "Q146669") -> Action:
    """A delivery by `route`, which is possible where `can_leave`, fails for now; what it changes, the rules say."""
    return happening(
        Event.FAIL_DELIVERY,
        route.name,
        guard=z3.And(route.has_mail, can_leave),
        updates={},
        actor="environment",
        says=f"a delivery to {route.label} fails for now",
        source=source,
    )


def expired(route: Route, expires: z3.BoolRef, *, source: str = TIME_OUT) -> tuple[Action, Due]:
    """The oldest piece for `route` is returned to its sender after its time-out, if `expires` is so; and when that is due."""
    oldest = route.ages[0]
    says = f"{route.words.one} for {route.label} has waited too long and is returned: it could not be delivered in time"
    action = _leaving(Event.RETURN, route, says, SOON, expires, oldest >= route.expires_after, source=source)
    return action, Due(z3.And(route.has_mail, expires), ((oldest, route.expires_after),))


def losses(route: Route, is_silent: z3.BoolRef) -> Action:
    """A piece for `route` is sent over a link at whose other end nobody is, and is lost."""
    return _leaving(
        Event.LOSE, route, f"{route.words.one} for {route.label} is sent, and nobody is there to get it", SOON, is_silent
    )


def returned(route: Route, condition: z3.BoolRef, *, source: str = TIME_OUT) -> Action:
    """A piece for `route` is given back to its sender as undeliverable, where `condition` makes its attempts hopeless."""
    says = f"{route.words.one} for {route.label} times out and is returned: host unreachable"
    return _leaving(Event.RETURN, route, says, SOON, condition, source=source)


def _leaving(
    event: Event, route: Route, says: str, promise: Promise, *conditions: z3.BoolRef, actor: str = "service", source: str = ""
) -> Action:
    """A piece for `route` leaves its queue, if one is there and all `conditions` hold; those behind it move up."""
    return happening(
        event,
        route.name,
        guard=z3.And(route.has_mail, *conditions) if conditions else route.has_mail,
        updates={route.waiting: route.waiting - 1, **route.moves_up},
        fairness=promise.fairness,
        because=promise.name,
        actor=actor,
        says=says,
        source=source,
    )
