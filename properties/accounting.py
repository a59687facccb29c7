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
    words = router.words
    accepted = integer("accepted", 0, says=f"{words.many} accepted")
    delivered = integer("delivered", 0, says=f"{words.many} delivered or collected")
    returned = integer("returned", 0, says=f"{words.many} {words.returned}")
    system = router.system.observed(
        _count(router, accepted, Event.ARRIVE),
        _count(router, delivered, Event.DELIVER, Event.COLLECT),
        _count(router, returned, Event.RETURN),
    )
    arrivals = [taken(action) for action in these(system.actions, Event.ARRIVE)]
    claim = Claim(
        words.named("no-{noun}-is-lost"),
        always(accepted == router.queued + delivered + returned),
        says=f"Every one of the {words.many} accepted is queued, delivered (or collected), or {words.returned}.",
        source=words.source(words.named("no-{noun}-is-lost")),
        premise=some(arrivals),
        witnesses=((f"{words.one} is accepted", accepted > 0),),
    )
    return Observed(system, claim)


def mail_is_refused_only_when_full(router: Router) -> Observed:
    """A message is refused only if its route is in force and the queue of the route is full."""
    words, name = router.words, router.words.named("{noun}-is-refused-only-when-full")
    if any(route.capacity is None for route in router.routes):
        raise InputError(f"{name} says nothing here: no queue has a bound")
    refusals = {route.name: happens(Event.REFUSE, route.name) for route in router.routes}
    full = {route.name: z3.And(route.in_force, route.waiting == route.capacity) for route in router.routes}
    claim = Claim(
        name,
        every([always(z3.Implies(refusals[route], full[route])) for route in refusals]),
        says=f"{words.one.capitalize()} is refused only when the queue of its route is full.",
        source=words.source(name),
        premise=some(list(refusals.values())),
        witnesses=tuple((f"{words.one} for {route.label} is refused", refusals[route.name]) for route in router.routes),
    )
    return Observed(router.system, claim)


def _count(router: Router, counter: Integer, *events: Event) -> Observer:
    """`counter` counts the actions that are one of `events`."""
    return Observer(counter, 0, {action.name: counter + 1 for action in router.actions(*events)})
