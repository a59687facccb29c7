"""pppd 2.4.9 to 2.5.0: any default route, however expensive, keeps the one over the link out."""

from dataclasses import replace

from model.events import Event
from model.fault import Certainty, fault
from model.rules import Rules


@fault(
    "any-default-route-keeps-out",
    article="ppp-project/ppp #357",
    certainty=Certainty.STATED,
    product="pppd",
    changes=(Event.ANSWER,),
)
def any_default_route_keeps_out(rules: Rules) -> Rules:
    """A link that comes up brings no default route while there is any other, because metrics are not compared."""
    return replace(rules, keeps_out=lambda _own, _other: True)
