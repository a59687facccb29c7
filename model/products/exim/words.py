"""The words of Exim, and where the claims about it come from."""

from model.words import Words

CLIENT = "Exim's specification, Intermittently connected hosts"
"""Where it is documented what Exim does on a host that is connected now and then."""

RETRY = "Exim's specification, Retry configuration"
"""Where it is documented when mail is tried again, and when it is returned."""

ETRN = "Exim's specification, The ETRN command; RFC 1985"
"""Where it is documented that a site asks for its mail."""

_QUEUE = "Exim's specification, queue_domains, queue_smtp_domains, hold_domains"

WORDS = Words(
    noun="mail",
    waiting="mail",
    one="a message",
    many="messages",
    service="exim",
    entry="class of mail",
    entry_key="[[mail]]",
    dial_link="under [links]",
    returned="returned to their senders",
    clocks="say timed = true in [connector]",
    itself=("service", "dialler", "schedule", "modem"),
    sources={
        "queued-mail-is-dialled": CLIENT,
        "queued-mail-is-delivered": f"{CLIENT}; {RETRY}",
        "queued-mail-is-resolved": f"{RETRY}; retry.c: retry_update",
        "mail-alone-dials-nothing": _QUEUE,
        "routes-do-not-interfere": "deliver.c, retry.c: what is held, and a retry time, belong to a domain or a host",
        "no-dial-without-demand": CLIENT,
        "idle-line-is-released": CLIENT,
        "dials-are-spaced": RETRY,
        "resolved-within": RETRY,
    },
)
