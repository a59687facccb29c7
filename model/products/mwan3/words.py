"""The words of mwan3, and where the claims about it come from."""

from model.words import Words

TRACKER, POLICIES = "mwan3track (mwan3 2.12)", "mwan3.sh (mwan3 2.12)"

WORDS = Words(
    noun="demand",
    waiting="traffic",
    one="a packet",
    many="packets",
    service="mwan3",
    entry="rule",
    entry_key="[rule.NAME]",
    dial_link="under [interface]",
    returned="refused",
    clocks="there are no clocks in the model of mwan3",
    itself=("tracker",),
    sources={
        "traffic-can-leave": POLICIES,
        "traffic-goes-by-its-policy": POLICIES,
        "broken-line-is-left": POLICIES,
        "working-line-is-used-again": POLICIES,
        "one-dead-host-cuts-nothing-off": TRACKER,
        "line-fails-only-if-it-is-broken": TRACKER,
        "constant-measurement-settles": TRACKER,
        "enabled-line-can-be-used": POLICIES,
        "nothing-else-decides-about-a-line": TRACKER,
    },
)
