"""Claims about the books: what came in is somewhere."""

import z3

from dialproof.core.actions import Observer, taken
from dialproof.core.claims import Claim
from dialproof.core.errors import InputError
from dialproof.core.variables import Integer, integer
from dialproof.ltl import always
from model.events import Event, these
from model.router import Router, happens
from properties.observed import Observed, every, some


def no_mail_is_lost(router: Router) -> Observed:
    """Accepted = queued + delivered + returned, in every state; counted by observers that never stop counting."""
    accepted = integer("accepted", 0, says="messages accepted")
    delivered = integer("delivered", 0, says="messages delivered or collected")
    returned = integer("returned", 0, says="messages returned to their senders")
    system = router.system.observed(
        _count(router, accepted, Event.ARRIVE),
        _count(router, delivered, Event.DELIVER, Event.COLLECT),
        _count(router, returned, Event.RETURN),
    )
    arrivals = [taken(action) for action in these(system.actions, Event.ARRIVE)]
    claim = Claim(
        "no-mail-is-lost",
        always(accepted == router.queued + delivered + returned),
        says="Every message accepted is queued, delivered (or collected), or returned to its sender.",
        source="Q263714, Q245740",
        premise=some(arrivals),
        witnesses=(("a message is accepted", accepted > 0),),
    )
    return Observed(system, claim)


def mail_is_refused_only_when_full(router: Router) -> Observed:
    """A message is refused only where the queue of its route, which is in force, holds as many as it can."""
    if any(route.capacity is None for route in router.routes):
        raise InputError("mail-is-refused-only-when-full says nothing here: no queue has a bound")
    refusals = {route.name: happens(Event.REFUSE, route.name) for route in router.routes}
    full = {route.name: z3.And(route.in_force, route.waiting == route.capacity) for route in router.routes}
    claim = Claim(
        "mail-is-refused-only-when-full",
        every([always(z3.Implies(refusals[name], full[name])) for name in refusals]),
        says="A message is refused only when the queue of its route is full.",
        source="the bound of the model's queues",
        premise=some(list(refusals.values())),
        witnesses=tuple((f"a message for {route.label} is refused", refusals[route.name]) for route in router.routes),
    )
    return Observed(router.system, claim)


def _count(router: Router, counter: Integer, *events: Event) -> Observer:
    """`counter` counts the actions that are one of `events`."""
    return Observer(counter, 0, {action.name: counter + 1 for action in router.actions(*events)})
