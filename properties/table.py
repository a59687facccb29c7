"""Claims about the routing table: which entries mail goes by, and when a change of the table takes effect."""

from collections.abc import Iterable

import z3

from dialproof.core.claims import Claim
from dialproof.core.errors import InputError
from dialproof.core.variables import Boolean
from dialproof.ltl import always
from model.events import STARTS, Event, called
from model.parts.routes import Route
from model.router import Router, happens
from properties.observed import START, Memory, Observed, every, remembering, some


def mail_goes_by_the_table_in_force(router: Router) -> Observed:
    """Mail is accepted or refused for a route only while the running service knows the route."""
    words, name = router.words, router.words.named("{noun}-goes-by-the-table-in-force")
    known = [
        (happens(event, route.name), route.in_force)
        for route in router.routes
        for event in (Event.ARRIVE, Event.REFUSE)
        if router.has(event, route.name)
    ]
    claim = Claim(
        name,
        every([always(z3.Implies(happens, in_force)) for happens, in_force in known]),
        says=f"{words.waiting.capitalize()} is queued for a route only while the running service knows the route.",
        source=words.source(name),
        premise=some([happens for happens, _ in known]),
        witnesses=tuple(
            (f"{words.waiting} for {route.label} arrives", happens(Event.ARRIVE, route.name)) for route in router.routes
        ),
    )
    return Observed(router.system, claim)


def changes_wait_for_a_start(router: Router) -> Observed:
    """An entry is made by the administrator, and in force from the next start of the service on; not before, and no other."""
    later = [route for route in router.routes if route.loaded is not None]
    if not later:
        raise InputError("changes-wait-for-a-start says nothing here: every entry is there from the start")
    watched = [flag for route in later for flag in (route.configured, route.loaded) if flag is not None]
    memory = remembering(router.system, watched)
    claim = Claim(
        "changes-wait-for-a-start",
        always(every([part for route in later for part in _steps_of(route, memory)])),
        says="An entry that is added while the service runs is in force from its next start on, and not before.",
        source=router.words.source("changes-wait-for-a-start"),
        premise=some([z3.And(_has_started(memory), route.in_force) for route in later]),
        witnesses=tuple((f"{route.label} comes into force", route.in_force) for route in later),
    )
    return Observed(memory.system, claim)


def _has_started(memory: Memory) -> z3.BoolRef:
    """The last event was a start of the service: a restart, the end of a stop, or a reload."""
    return some([memory.was(called(event)) for event in STARTS if memory.knows(called(event))])


def _steps_of(route: Route, memory: Memory) -> Iterable[z3.BoolRef]:
    """What the last step may have done to an entry that is added while the service runs."""
    configured, loaded = route.configured, route.loaded
    assert configured is not None
    assert loaded is not None
    was_configured, was_loaded = memory.before[configured.variable.name], memory.before[loaded.variable.name]
    assert isinstance(was_configured, Boolean)
    start, restart, add = memory.was(START), _has_started(memory), memory.was(called(Event.ADD, route.name))
    changes = [start, add]
    if route.removable:
        changes.append(memory.was(called(Event.REMOVE, route.name)))
        yield z3.Implies(changes[-1], z3.And(was_configured, z3.Not(configured)))
    yield z3.Implies(start, configured == loaded if route.removable else z3.And(z3.Not(configured), z3.Not(loaded)))
    yield z3.Implies(add, z3.And(z3.Not(was_configured), configured))
    yield z3.Implies(z3.Not(z3.Or(changes)), configured == was_configured)
    yield z3.Implies(restart, loaded == was_configured)
    yield z3.Implies(z3.Not(z3.Or(start, restart)), loaded == was_loaded)
