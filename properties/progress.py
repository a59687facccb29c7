"""Claims about the router itself: that it is never at a loss."""

import z3

from dialproof.core.actions import enabled
from dialproof.core.claims import Claim
from dialproof.core.system import System
from dialproof.ltl import always, eventually
from model.events import Event
from model.router import Router
from model.rules import any_of
from properties.measures import require_clock
from properties.observed import Observed, some


def time_never_stops(router: Router) -> Observed:
    """Time can pass again and again: no run comes to states in which something is always due.

    It is asked without the assumption that time goes on, under which every other claim is: so it says that this assumption
    excludes no run but those in which the world does infinitely much in no time. Raises InputError for a router without clocks.
    """
    name = "time-never-stops"
    require_clock(router, name)
    system = router.system
    (passing,) = router.actions(Event.ELAPSE)
    unassuming = System(system.name, system.variables, system.init, system.actions)
    claim = Claim(
        name,
        always(eventually(enabled(passing))),
        says="In every run time can pass again and again: what is due at once does not follow upon itself for ever.",
        source=router.words.source(name),
        witnesses=(("time can pass", enabled(passing)),),
    )
    return Observed(unassuming, claim)


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
