"""Claims about what becomes of waiting mail."""

from dialproof.core.claims import Claim
from dialproof.core.errors import InputError
from dialproof.ltl import leads_to
from model.events import Event
from model.router import Router, happens
from properties.observed import Observed, every, require_dialled_routes, some


def queued_mail_is_delivered(router: Router) -> Observed:
    """Mail waiting for a route over a dial line leads to a delivery on that route.

    Queues deliver in order, so a delivery whenever a message waits brings each message out after finitely many.
    """
    words, name = router.words, router.words.named("queued-{noun}-is-delivered")
    require_dialled_routes(router, name)
    routes = [route for line in router.lines for route in router.over(line)]
    claim = Claim(
        name,
        every([leads_to(route.has_mail, happens(Event.DELIVER, route.name)) for route in routes]),
        says=f"Whenever {words.waiting} waits for a route over a dial line, "
        f"{words.waiting} of that route is delivered sooner or later.",
        source=words.source(name),
        premise=some([route.has_mail for route in routes]),
        witnesses=tuple(
            (f"{words.waiting} for {route.label} is delivered", happens(Event.DELIVER, route.name)) for route in routes
        ),
    )
    return Observed(router.system, claim)


def queued_mail_is_resolved(router: Router) -> Observed:
    """Mail waiting for a route that the service itself sends leads to a delivery, or to a report that there is none.

    Unlike `queued-mail-is-delivered` it is about every route, whatever its link. Mail held for ETRN waits for somebody else.
    """
    words, name = router.words, router.words.named("queued-{noun}-is-resolved")
    routes = [route for route in router.routes if not route.is_collected]
    if not routes:
        raise InputError(f"{name} says nothing here: there is no {words.waiting}{words.held}")
    resolved = {
        route.name: some([happens(event, route.name) for event in (Event.DELIVER, Event.RETURN) if router.has(event, route.name)])
        for route in routes
    }
    claim = Claim(
        name,
        every([leads_to(route.has_mail, resolved[route.name]) for route in routes]),
        says=f"Whenever {words.waiting} waits for a route, "
        f"{words.waiting} of that route is delivered or returned sooner or later.",
        source=words.source(name),
        premise=some([route.has_mail for route in routes]),
        witnesses=tuple((f"{words.waiting} for {route.label} is resolved", resolved[route.name]) for route in routes),
    )
    return Observed(router.system, claim)
