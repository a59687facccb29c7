"""A line over another one is not started again after that one was down."""

from dataclasses import replace

from model.events import Event
from model.fault import Certainty, fault
from model.rules import Rules, Supervising


@fault(
    "upper-line-not-started-again",
    article="openwrt/packages #780, openwrt/openwrt #11086",
    certainty=Certainty.STATED,
    product="openwrt-network",
    changes=(Event.DIAL,),
)
def upper_line_not_started_again(rules: Rules) -> Rules:
    """A tunnel ends with the line below it, and nothing starts it when that is up again."""
    return replace(rules, supervising=Supervising(starts_uppers_again=False))
