"""Q230051, hypothesis H1: one note for the whole service."""

import z3

from model.events import Event
from model.fault import Certainty, fault
from model.products.exchange_ims.builds import Q230051_FIXED_IN
from model.rules import Rules, Situation


@fault(
    "dial-slot-overwritten",
    article="Q230051",
    certainty=Certainty.GUESS,
    product="exchange-ims",
    hypothesis="H1",
    fixed_in=Q230051_FIXED_IN,
)
def dial_slot_overwritten(rules: Rules) -> Rules:
    """One service-wide note 'uses RAS' is written by each route as it is loaded; the last one wins."""

    def uses_ras(now: Situation, _line: str) -> z3.BoolRef:
        # an entry that holds mail for ETRN has no link to note; no source says what it does to the slot
        noted = [route for route in now.routes if not route.is_collected]
        return now.last_in_force(lambda route: z3.BoolVal(now.is_dial(route)), noted)

    return rules.only_if(Event.DIAL, uses_ras)
