"""An attempt to bring a mobile line up may never end, because the program that makes it waits for an answer for ever."""

from dataclasses import replace

from model.events import Event
from model.fault import Certainty, fault
from model.rules import Rules, Supervising


@fault(
    "attempt-never-ends",
    article="openwrt/openwrt #10472, openwrt/packages #17939; as in Q237425",
    certainty=Certainty.STATED,
    product="openwrt-network",
    changes=(Event.HANG,),
)
def attempt_never_ends(rules: Rules) -> Rules:
    """The program that makes a call over a modem waits for its answer without a time-out, and nothing ends it."""
    return replace(rules, supervising=Supervising(attempts_may_hang=True))
