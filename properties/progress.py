"""Claims about the router itself: that it is never at a loss."""

import z3

from dialproof.core.actions import enabled
from dialproof.core.claims import Claim
from dialproof.ltl import always
from model.router import Router
from model.rules import any_of
from properties.observed import Observed, some


def router_is_never_stuck(router: Router) -> Observed:
    """While something waits that the router itself sends, it can do something.

    That *some* action is possible would say nothing: mail can always arrive or be refused, and time can always pass.
    """
    words = router.words
    routes = [route for route in router.routes if not route.is_collected]
    own = [enabled(action) for action in router.system.actions if action.actor in words.itself]
    waits = any_of([route.has_mail for route in routes])
    claim = Claim(
        "router-is-never-stuck",
        always(z3.Implies(waits, some(own))),
        says=f"While {words.waiting} waits{words.held}, {words.service}, its dialler or a line can take a step of its own.",
        source=words.source("router-is-never-stuck"),
        premise=waits,
        witnesses=((f"{words.waiting} waits", waits),),
    )
    return Observed(router.system, claim)
