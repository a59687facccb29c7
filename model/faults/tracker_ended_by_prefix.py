"""A tracker is ended by the beginning of a name: stopping the line `wan` ends the tracker of `wan2` too."""

from dataclasses import replace

from model.events import Event
from model.fault import Certainty, fault
from model.rules import Probing, Rules


@fault(
    "tracker-ended-by-prefix",
    article="openwrt/packages #4694",
    certainty=Certainty.STATED,
    product="mwan3",
    changes=(Event.LOSE_LINK,),
)
def tracker_ended_by_prefix(rules: Rules) -> Rules:
    """If a line stops, the trackers of all lines end whose names begin with its own, since the command line is matched so."""
    probing = Probing(ends_tracker=lambda line, other: other.startswith(line), may_lose_trackers=True)
    return replace(rules, probing=probing)
