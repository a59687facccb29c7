"""The words of Postfix, and where the claims about it come from."""

from model.words import Words

_HELD = "postconf(5): defer_transports"
DIAL_UP = "STANDARD_CONFIGURATION_README, Postfix on a dialup machine"
"""Where it is documented how mail dials a line."""

WORDS = Words(
    noun="mail",
    waiting="mail",
    one="a message",
    many="messages",
    service="postfix",
    entry="row of the transport map",
    entry_key="[[mail]]",
    dial_link="under [links]",
    returned="returned to their senders",
    clocks="say timed = true in [connector]",
    itself=("service", "dialler", "schedule", "modem"),
    sources={
        "queued-mail-is-dialled": DIAL_UP,
        "queued-mail-is-delivered": f"{DIAL_UP}; {_HELD}",
        "queued-mail-is-resolved": "postconf(5): maximal_queue_lifetime",
        "mail-alone-dials-nothing": f"{DIAL_UP}; {_HELD}",
        "routes-do-not-interfere": "qmgr_message.c: a hold belongs to the transport of the recipient",
        "no-dial-without-demand": DIAL_UP,
        "idle-line-is-released": DIAL_UP,
        "dials-are-spaced": DIAL_UP,
        "resolved-within": "postconf(5): maximal_queue_lifetime",
    },
)
