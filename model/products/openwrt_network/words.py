"""The words of OpenWrt's network, and where the claims about it come from."""

from model.words import Words

_NETIFD, _PPP = "netifd (interface.c)", "netifd: ppp.uc"

WORDS = Words(
    noun="demand",
    waiting="traffic",
    one="a packet",
    many="packets",
    service="netifd",
    entry="interface",
    entry_key="[interface.NAME]",
    dial_link="under [interface]",
    returned="refused",
    clocks="say timed = true in [connector]",
    itself=("dialler", "netifd", "pppd", "modem"),
    sources={
        "queued-demand-is-dialled": f"{_PPP}: demand",
        "no-dial-without-demand": f"{_PPP}: demand",
        "idle-line-is-released": f"{_PPP}: demand; pppd(8): idle",
        "no-latch": f"{_NETIFD}; {_PPP}: authfail, keepalive",
        "silence-ends-within": f"{_PPP}: keepalive",
        "line-follows-its-states": _NETIFD,
        "stopped-line-stays-stopped": f"{_NETIFD}: autostart",
        "line-over-a-line-comes-back": f"{_NETIFD}: host dependency",
        "refused-login-is-not-tried-again": f"{_PPP}: authfail",
    },
)
