"""Q156063 section 2.2.5: mail by DNS waits for the line that it needs to be resolved."""

from dataclasses import replace

import z3

from model.fault import Certainty, fault
from model.parts.lines import Line
from model.products.exchange_ims.methods import Method
from model.rules import Rules, Situation, any_of


@fault(
    "dns-default-counts-no-demand",
    article="Q156063 section 2.2.5",
    certainty=Certainty.STATED,
    product="exchange-ims",
)
def dns_default_counts_no_demand(rules: Rules) -> Rules:
    """Mail of a route by DNS counts as waiting for the line only once it is resolved, which needs the line."""

    def dials(now: Situation, line: Line) -> z3.BoolRef:
        return any_of([route.has_mail for route in now.over(line) if route.method is Method.HOST])

    return replace(rules, dials=dials)
