"""Q230051, hypothesis H2: the dialler is armed by all routes instead of one."""

import z3

from model.events import Event
from model.fault import Certainty, fault
from model.products.exchange_ims.builds import Q230051_FIXED_IN
from model.rules import Rules, Situation, all_of


@fault(
    "dialler-wants-only-ras",
    article="Q230051",
    certainty=Certainty.GUESS,
    product="exchange-ims",
    hypothesis="H2",
    fixed_in=Q230051_FIXED_IN,
)
def dialler_wants_only_ras(rules: Rules) -> Rules:
    """The dialler is armed only if every route uses RAS, instead of one that has mail."""

    def is_all_ras(now: Situation, _line: str) -> z3.BoolRef:
        others = [route for route in now.routes if not route.is_collected and not now.is_dial(route)]
        return all_of([z3.Not(route.in_force) for route in others])

    return rules.only_if(Event.DIAL, is_all_ras)
