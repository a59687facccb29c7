"""The words of strongSwan, and where the claims about it come from."""

from model.words import Words

_OPTIONS = "swanctl.opt"

WORDS = Words(
    noun="demand",
    waiting="traffic",
    one="a packet",
    many="packets",
    service="charon",
    entry="child",
    entry_key="[connections.NAME.children.NAME]",
    dial_link="under [connections.NAME.children]",
    returned="refused",
    clocks="say timed = true in [connector]",
    itself=("service", "dialler", "charon"),
    sources={
        "queued-demand-is-dialled": f"{_OPTIONS}: start_action; trap_manager.c (acquire)",
        "queued-demand-is-delivered": f"{_OPTIONS}: start_action, close_action, dpd_action",
        "no-dial-without-demand": f"{_OPTIONS}: start_action",
        "no-latch": f"{_OPTIONS}: close_action (use trap policies to reliably re-create failed CHILD_SAs)",
        "idle-line-is-released": f"{_OPTIONS}: inactivity",
        "attempts-are-spaced": "charon.opt: retransmit_timeout, retransmit_base, retransmit_tries",
    },
)
