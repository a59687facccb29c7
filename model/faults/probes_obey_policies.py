"""The router's own probes go by the policies that they decide about, so that a last resort refuses them too."""

from dataclasses import replace

from model.events import Event
from model.fault import Certainty, fault
from model.rules import Probing, Rules


@fault(
    "probes-obey-policies",
    article="openwrt/packages #3885",
    certainty=Certainty.STATED,
    product="mwan3",
    changes=(Event.FIND_DEAD, Event.FIND_ALIVE),
)
def probes_obey_policies(rules: Rules) -> Rules:
    """If no line is taken for alive, the last resort of the policy refuses the probes that would find one alive."""
    return replace(rules, probing=Probing(obey_policies=True))
