"""Q230051, hypothesis H3: the service believes that it is always connected."""

from dataclasses import replace

import z3

from model.events import Event
from model.fault import Certainty, fault
from model.parts.routes import Route
from model.products.exchange_ims.builds import Q230051_FIXED_IN
from model.rules import Rules, Situation


@fault(
    "permanent-mode",
    article="Q230051",
    certainty=Certainty.GUESS,
    product="exchange-ims",
    changes=(Event.DIAL, Event.RETURN),
    hypothesis="H3",
    fixed_in=Q230051_FIXED_IN,
)
def permanent_mode(rules: Rules) -> Rules:
    """Any route over the LAN puts the whole service into permanently-connected mode: mail is tried without a call."""

    def is_permanent(now: Situation) -> z3.BoolRef:
        lan = [route for route in now.routes if not route.is_collected and not now.is_dial(route)]
        return z3.Or([route.in_force for route in lan])

    def gives_up(now: Situation, route: Route) -> z3.BoolRef:
        return z3.Or(rules.gives_up(now, route), is_permanent(now))

    return replace(rules, gives_up=gives_up).only_if(Event.DIAL, lambda now, _line: z3.Not(is_permanent(now)))
