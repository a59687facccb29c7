"""Q230051, hypothesis H1: one note for the whole service."""

from dataclasses import replace

import z3

from model.fault import Certainty, fault
from model.parts.lines import Line
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

    def dials(now: Situation, line: Line) -> z3.BoolRef:
        # an entry that holds mail for ETRN has no link to note; no source says what it does to the slot
        noted = [route for route in now.routes if not route.is_collected]
        uses_ras = now.last_in_force(lambda route: z3.BoolVal(now.is_dial(route)), noted)
        return z3.And(rules.dials(now, line), uses_ras)

    return replace(rules, dials=dials)
