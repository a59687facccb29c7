"""The words of IOS, and where the claims about it come from."""

from model.words import Words

_DDR, _TRACK, _ROUTES = "Cisco: Configuring DDR", "Cisco: IP SLAs, enhanced object tracking", "Cisco: static routes"

WORDS = Words(
    noun="demand",
    waiting="traffic",
    one="a packet",
    many="packets",
    service="IOS",
    entry="route",
    entry_key="[[ip_route]]",
    dial_link="under [interface]",
    returned="refused",
    clocks="say timed = true in [connector]",
    itself=("dialler", "router", "modem", "tracker"),
    sources={
        "queued-demand-is-dialled": _DDR,
        "queued-demand-is-delivered": _DDR,
        "queued-demand-is-resolved": _DDR,
        "no-dial-without-demand": _DDR,
        "idle-line-is-released": "Cisco: dialer idle-timeout",
        "needed-line-is-kept": "Cisco: dialer idle-timeout",
        "no-latch": "Cisco: dialer enable-timeout, dialer redial",
        "line-follows-its-states": _DDR,
        "traffic-can-leave": _ROUTES,
        "broken-line-is-left": _ROUTES,
        "working-line-is-used-again": _ROUTES,
        "line-fails-only-if-it-is-broken": _TRACK,
        "constant-measurement-settles": _TRACK,
        "dialled-within": "Cisco 829, 1100: cellular back-off",
    },
)
