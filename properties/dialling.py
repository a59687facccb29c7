"""Claims about when a line is dialled."""

import z3

from dialproof.core.claims import Claim
from dialproof.core.errors import InputError
from dialproof.core.system import taken
from dialproof.ltl import always, leads_to
from model.products.exchange_ims.compose import Connector
from properties.observed import Observed, every, require_dialled_routes, some


def queued_mail_is_dialled(connector: Connector) -> Observed:
    """Mail waiting for a route over a dial line, the line down, leads to dialling that line."""
    require_dialled_routes(connector, "queued-mail-is-dialled")
    used = [line for line in connector.lines if connector.over(line)]
    waits = {line.name: z3.And(connector.wanted(line), line.is_down) for line in used}
    claim = Claim(
        "queued-mail-is-dialled",
        every([leads_to(waits[line.name], line.is_dialling) for line in used]),
        says="Whenever mail waits for a route over a dial line and the line is down, that line is dialled sooner or later.",
        source="Q230051, Q156063 section 2.2.11",
        premise=some([waits[line.name] for line in used]),
        witnesses=tuple((f"{line.name} is dialled", line.is_dialling) for line in used),
    )
    return Observed(connector.system, claim)


def line_never_dials_again(connector: Connector) -> Observed:
    """From the change on, no run ever dials the default route's line: the article's own words about the faulty build."""
    line = connector.default_line
    if line is None:
        raise InputError("line-never-dials-again says nothing here: the default route does not use a link of kind 'ras'")
    dials = taken(f"dial({line.name})")
    changed = connector.table_is_complete
    claim = Claim(
        "line-never-dials-again",
        always(z3.Implies(changed, always(z3.Not(dials)))),
        says="Once every entry is in force, the line of the default route is never dialled again, on any run.",
        source="Q230051",
        premise=z3.And(changed, connector.default.has_mail),
        witnesses=(("mail waits for the default route after the change", z3.And(changed, connector.default.has_mail)),),
    )
    return Observed(connector.system, claim)


def no_dial_without_demand(connector: Connector) -> Observed:
    """A call is placed only over a line that waiting mail needs."""
    require_dialled_routes(connector, "no-dial-without-demand")
    dials = [(taken(f"dial({line.name})"), connector.wanted(line)) for line in connector.lines]
    claim = Claim(
        "no-dial-without-demand",
        every([always(z3.Implies(dialled, demand)) for dialled, demand in dials]),
        says="A line is dialled only while mail waits for a route over it.",
        source="Q156063 section 2.2.13 (the fault), Q158318",
        premise=some([dialled for dialled, _ in dials]),
        witnesses=tuple((f"{line.name} is dialled", line.is_dialling) for line in connector.lines),
    )
    return Observed(connector.system, claim)
