"""Scenario files of OpenWrt's network: the interfaces that netifd dials, and those that go over them.

The keys are the names of the options in `/etc/config/network`, and the defaults those of `ppp.uc` and `qmi.sh` (August 2026).
Left out: the hold-off of pppd between two calls of which the first was up; a SIM card or a PIN that is refused, and options that
pppd does not know, after which netifd blocks the line until somebody starts it.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from dialproof.core.clock import Unit
from dialproof.core.messages import either, in_toml, suggestion
from dialproof.project.toml_source import KeyPath, TomlSource, notation
from model.parts.timing import unit_of
from model.scenario import (
    Environment,
    Named,
    ScenarioFile,
    Table,
    TimedConnector,
    read_as,
)

Protocol = Literal[
    "ppp", "pppoe", "pppoa", "3g", "qmi", "mbim", "ncm", "modemmanager", "dhcp", "static", "pptp", "l2tp", "sstp", "wireguard",
    "openconnect",
]  # fmt: skip

BY_PPPD = ("ppp", "pppoe", "pppoa", "3g", "pptp", "l2tp", "sstp")
"""The protocols for which netifd runs pppd."""

NOT_BY_SCRIPT = ("l2tp", "sstp")
"""Those of them that do not go by `ppp.uc`, and know none of its options but `keepalive` (xl2tpd, sstp-client)."""

BY_MODEM = ("qmi", "mbim", "ncm", "modemmanager")
"""Those for which it asks a modem to make the call."""

NOT_DIALLED = ("dhcp", "static")
"""Those that are up by themselves, with their link."""

TUNNELS = ("pptp", "l2tp", "sstp", "wireguard", "openconnect")
"""Those that go over another line."""

KEEPALIVE, INTERVAL = "5 1", 5
"""What netifd asks for if nothing is said, and the seconds between two requests if one number is."""

KEEPALIVE_FORM = re.compile(r"[0-9]{1,6}([, ]+[0-9]{1,6})?")
KEEPALIVE_ALLOWED = '"FAILURES SECONDS", both in digits, or FAILURES alone'


class Connector(TimedConnector):
    """The product, and what is assumed to be wrong with it."""

    product: Literal["openwrt-network"]
    """The product; netifd of OpenWrt."""

    timed: bool = False
    """Count the time that it takes until a line that is dead is found dead, in seconds."""


class Interface(Table):
    """An interface: a line, and how netifd starts it."""

    proto: Protocol
    """How it is brought up."""

    auto: bool = True
    """netifd starts it by itself. Without it only its owner does, on purpose."""

    demand: Annotated[int, Field(ge=0)] = 0
    """Dial when a packet comes, and hang up after so many seconds without one; 0: always up. Only by pppd, not l2tp and sstp."""

    keepalive: str = KEEPALIVE
    """"FAILURES SECONDS", in this order: so many requests without an answer, so many seconds apart, end the line. 0: never."""

    keepalive_adaptive: bool = True
    """No request is sent after an interval in which something came from the other side: it takes an interval more at most."""

    authfail: bool = False
    """A refused login blocks the line until somebody starts it (statuses 11 and 19 of pppd). Without it: it is tried again."""

    persist: bool = False
    """pppd goes on by itself after a failed attempt, and does not end."""

    maxfail: Annotated[int, Field(ge=0)] | None = None
    """So many failed attempts end pppd, and netifd starts it again; 0: none do. Without it: 0 with `persist`, otherwise 1."""

    metric: Annotated[int, Field(ge=0)] = 0
    """The metric of its default route: tunnels go over the line with the lowest one that is there."""

    defaultroute: bool = True
    """It brings a default route."""

    nohostroute: bool = False
    """A tunnel without a route of its own to its host: it does not end with the line below it."""

    tunlink: str | None = None
    """The one line that the tunnel goes over, whatever the metrics are."""

    watchdog: bool = False
    """Something starts it whenever it is down, and does not ask whether it is to be up."""

    @property
    def is_by_pppd(self) -> bool:
        """True if pppd makes the call."""
        return self.proto in BY_PPPD

    @property
    def is_by_script(self) -> bool:
        """True if pppd makes the call as `ppp.uc` says: with `demand`, `authfail`, `persist` and `maxfail`."""
        return self.is_by_pppd and self.proto not in NOT_BY_SCRIPT

    @property
    def is_dialled(self) -> bool:
        """True if it is brought up by a call, or as a tunnel."""
        return self.proto not in NOT_DIALLED

    @property
    def is_over_others(self) -> bool:
        """True if it goes over another line, and ends with it."""
        return self.proto in TUNNELS and not self.nohostroute

    @property
    def is_on_demand(self) -> bool:
        """True if packets dial it."""
        return self.is_by_script and self.demand > 0

    @property
    def echoes(self) -> tuple[int, int] | None:
        """After how many unanswered requests, and how many seconds apart, the line is taken for dead; None: never."""
        if not self.is_by_pppd:
            return None
        failures, *rest = re.split(r"[, ]+", self.keepalive)
        interval = int(rest[-1]) if rest else INTERVAL
        return (int(failures), interval) if int(failures) and interval else None

    @property
    def noticed(self) -> tuple[int, int] | None:
        """How many seconds it takes at the least, and at most, until a line that is dead is found dead; None: for ever.

        A request goes out at each interval, unless something came in the last one; the interval after so many of them without an
        answer ends the line (LcpSendEchoRequest in pppd/lcp.c). The other side fell silent up to an interval before the first, or
        up to two.
        """
        if self.echoes is None:
            return None
        failures, interval = self.echoes
        return failures * interval, (failures + (2 if self.keepalive_adaptive else 1)) * interval

    @property
    def blocks(self) -> bool:
        """True if a refused login blocks it: pppd ends with the status that says so."""
        most = self.maxfail if self.maxfail is not None else 0 if self.persist else 1
        return self.is_by_script and self.authfail and most > 0


class NetworkEnvironment(Environment):
    """What the outside is assumed to do. Each assumption made stands beside the verdicts that rest on it."""

    senders_retry: bool = False
    """Whoever sends goes on sending: packets come again and again."""


class Scenario(ScenarioFile):
    """A scenario file of OpenWrt's network."""

    connector: Connector
    interface: Named[Interface]
    environment: NetworkEnvironment = Field(default_factory=NetworkEnvironment)

    def located(self, source: TomlSource) -> Self:
        """The same scenario, with the name of its file and the lines of its tables."""
        placed = {name: one.at(source.key_place(("interface", name)).line) for name, one in self.interface.items()}
        return self.placed(source, {"interface": Named(placed)})

    @property
    def own_unit(self) -> Unit | None:
        """The largest unit of which each of its times is a whole number; None if no time is counted."""
        times = [time for one in self.interface.values() for time in one.noticed or ()]
        return unit_of(times, "second") if self.connector.timed else None

    @property
    def dialled(self) -> Mapping[str, Interface]:
        """The interfaces that are dialled, or are tunnels."""
        return {name: one for name, one in self.interface.items() if one.is_dialled}

    def ways_of(self, name: str) -> list[str]:
        """The interfaces that the tunnel can go over, the one with the lowest metric first."""
        bound = self.interface[name].tunlink
        if bound is not None:
            return [bound]
        below = [
            (one.metric, other)
            for other, one in self.interface.items()
            if other != name and one.defaultroute and one.proto not in TUNNELS
        ]
        return [other for _, other in sorted(below, key=lambda each: each[0])]


def read(source: TomlSource, claims: Collection[str], faults: Collection[str]) -> Scenario:
    """The scenario in `source`. Raises ScenarioError, which lists every problem."""
    return read_as(Scenario, source, claims, faults, (*_keepalives(source), *_bindings(source)))


def _bindings(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """A tunnel that is bound to what is no interface, or to itself."""
    found = source.data.get("interface")
    interfaces: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    for name, one in interfaces.items():
        bound, known = one.get("tunlink") if isinstance(one, Mapping) else None, [other for other in interfaces if other != name]
        if isinstance(bound, str) and bound not in known:
            path = ("interface", name, "tunlink")
            message = f"`{notation(path)}` is {in_toml(bound)}: there is no other interface of this name"
            yield path, f"{message}; allowed: {either(known)}{suggestion(bound, known)}" if known else message


def _keepalives(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """A keepalive that is no two numbers."""
    interfaces = source.data.get("interface")
    for name, one in interfaces.items() if isinstance(interfaces, Mapping) else ():
        found = one.get("keepalive") if isinstance(one, Mapping) else None
        if isinstance(found, str) and not KEEPALIVE_FORM.fullmatch(found):
            path = ("interface", name, "keepalive")
            yield path, f"`{notation(path)}` is {in_toml(found)}; allowed: {KEEPALIVE_ALLOWED}"
