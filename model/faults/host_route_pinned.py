"""The route to the host of a tunnel is bound to the line with the lowest metric, even if that line is dead."""

from dataclasses import replace

from model.events import Event
from model.fault import Certainty, fault
from model.rules import Rules, Supervising


@fault(
    "host-route-pinned",
    article="openwrt/openwrt #514",
    certainty=Certainty.STATED,
    product="openwrt-network",
    changes=(Event.DIAL, Event.ANSWER, Event.LOSE_LOWER),
)
def host_route_pinned(rules: Rules) -> Rules:
    """The host of a tunnel is reached over the line with the lowest metric alone, whether that is there or not."""
    return replace(rules, supervising=Supervising(pins_to_the_cheapest=True))
