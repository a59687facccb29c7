"""Claims about the router itself: that it is never at a loss."""

import z3

from dialproof.core.actions import enabled
from dialproof.core.claims import Claim
from dialproof.ltl import always
from model.router import Router
from model.rules import any_of
from properties.observed import Observed, some

ROUTER = ("service", "dialler", "ras")
"""The actors that are the router; the environment and the administrator are not."""


def router_is_never_stuck(router: Router) -> Observed:
    """While mail waits that is not held for ETRN, the router itself can do something.

    That *some* action is possible would say nothing: mail can always arrive or be refused, and time can always pass.
    """
    routes = [route for route in router.routes if not route.is_collected]
    own = [enabled(action) for action in router.system.actions if action.actor in ROUTER]
    waits = any_of([route.has_mail for route in routes])
    claim = Claim(
        "router-is-never-stuck",
        always(z3.Implies(waits, some(own))),
        says="While mail waits that is not held for ETRN, the service, its dialler or a line can take a step of its own.",
        source="Q230051, Q161939",
        premise=waits,
        witnesses=(("mail waits", waits),),
    )
    return Observed(router.system, claim)
