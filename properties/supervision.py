"""Claims about lines that something else than demand keeps: the routes that they bring."""

from collections.abc import Callable, Mapping

import z3

from dialproof.core.claims import Claim
from dialproof.core.errors import InputError
from dialproof.ltl import leads_to
from model.router import Router
from properties.observed import Observed, every, some

Maker = Callable[[Router], Observed]


def line_that_is_up_has_its_route(router: Router) -> Observed:
    """A line that is up, and brings a default route, does not stay up without it. Raises InputError if no line brings one."""
    name = "line-that-is-up-has-its-route"
    lines = [line for line in router.lines if line.name in router.own_routes]
    if not lines:
        raise InputError(f"{name} says nothing here: no line brings a default route")
    lacking = [z3.And(line.is_connected, z3.Not(router.own_routes[line.name])) for line in lines]
    claim = Claim(
        name,
        every([leads_to(condition, z3.Not(condition)) for condition in lacking]),
        says="A line that is up has its default route in the routing table sooner or later, or goes down.",
        source=router.words.source(name),
        premise=some([line.is_connected for line in lines]),
        witnesses=tuple(
            (f"{line.name} is up, with its route", z3.And(line.is_up, router.own_routes[line.name])) for line in lines
        ),
    )
    return Observed(router.system, claim)


OF_SUPERVISION: Mapping[str, Maker] = {
    "line-that-is-up-has-its-route": line_that_is_up_has_its_route,
}
"""These claims by name."""
