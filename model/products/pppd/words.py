"""The words of pppd, and where the claims about it come from."""

from model.words import Words

_MANUAL = "pppd(8)"

WORDS = Words(
    noun="demand",
    waiting="traffic",
    one="a packet",
    many="packets",
    service="pppd",
    entry="class of traffic",
    entry_key="[[traffic]]",
    dial_link="under [links]",
    returned="returned to its sender",
    clocks="say timed = true in [connector]",
    itself=("service", "dialler", "pppd", "modem"),
    sources={
        "queued-demand-is-dialled": f"{_MANUAL}: demand",
        "queued-demand-is-delivered": f"{_MANUAL}: demand; pppd/demand.c (demand_rexmit, demand_discard)",
        "queued-demand-is-resolved": f"{_MANUAL}: demand; pppd/demand.c (demand_rexmit, demand_discard)",
        "routes-do-not-interfere": "the model: one process of pppd for each link",
        "no-dial-without-demand": f"{_MANUAL}: demand, active-filter",
        "no-demand-is-lost": "pppd/demand.c (demand_discard)",
        "demand-is-refused-only-when-full": "pppd/demand.c (demand_discard)",
        "line-follows-its-states": "pppd/main.c (phases)",
        "needed-line-is-kept": f"{_MANUAL}: idle",
        "idle-line-is-released": f"{_MANUAL}: idle",
        "no-latch": f"{_MANUAL}: maxfail, persist",
        "dialled-within": f"{_MANUAL}: demand",
        "dials-are-spaced": f"{_MANUAL}: holdoff",
        "connected-within": f"{_MANUAL}: demand, holdoff",
        "resolved-within": f"{_MANUAL}: demand",
        "line-busy-within": f"{_MANUAL}: holdoff",
        "call-ends-within": f"{_MANUAL}: idle, maxconnect",
        "silence-ends-within": f"{_MANUAL}: lcp-echo-failure; pppd/lcp.c (LcpSendEchoRequest)",
        "needless-dials-end": f"{_MANUAL}: persist",
        "dialled-line-comes-up": f"{_MANUAL}: holdoff, persist",
        "line-that-is-up-has-its-route": f"{_MANUAL}: defaultroute",
        "router-is-never-stuck": "pppd/main.c (the main loop)",
    },
)
