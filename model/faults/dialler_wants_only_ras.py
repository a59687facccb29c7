"""Q230051, hypothesis H2: the dialler is armed by all routes instead of one."""

from dataclasses import replace

import z3

from model.fault import Certainty, fault
from model.parts.lines import Line
from model.products.exchange_ims.builds import Q230051_FIXED_IN
from model.rules import Rules, Situation


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

    def dials(now: Situation, line: Line) -> z3.BoolRef:
        others = [route for route in now.routes if not route.is_collected and not now.is_dial(route)]
        return z3.And(rules.dials(now, line), *(z3.Not(route.in_force) for route in others))

    return replace(rules, dials=dials)
