"""Claims about what becomes of waiting mail."""

from dialproof.claims import Claim
from dialproof.ltl import leads_to
from dialproof.system import taken
from model.exchange_ims import Connector
from properties.observed import Observed, every, require_dialled_routes, some


def queued_mail_is_delivered(connector: Connector) -> Observed:
    """Mail waiting for a route over a dial line leads to a delivery on that route.

    Queues deliver in order, so a delivery whenever a message waits brings each message out after finitely many.
    """
    require_dialled_routes(connector, "queued-mail-is-delivered")
    routes = [route for line in connector.lines for route in connector.over(line)]
    claim = Claim(
        "queued-mail-is-delivered",
        every([leads_to(route.has_mail, taken(f"deliver({route.name})")) for route in routes]),
        says="Whenever mail waits for a route over a dial line, mail of that route is delivered sooner or later.",
        source="Q230051, Q234065",
        premise=some([route.has_mail for route in routes]),
        witnesses=tuple((f"mail for {route.label} is delivered", taken(f"deliver({route.name})")) for route in routes),
    )
    return Observed(connector.system, claim)
