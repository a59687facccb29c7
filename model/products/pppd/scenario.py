"""Scenario files of pppd: its options, link by link, and the traffic that asks for the links.

Each link is one process of pppd with its own options (pppd(8), options.c). The keys are the names of the options, with `_` for
`-`.
Left out: the expression of an active-filter (the file says which classes of traffic pass it), lcp-echo-adaptive, callback,
multilink. Without `timed` a time is only compared with 0: a delay of any length is among the runs that are checked.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator

from dialproof.core.clock import Unit
from dialproof.core.messages import either, in_toml, suggestion
from dialproof.project import toml_source
from dialproof.project.toml_source import KeyPath, TomlSource, notation
from model.parts.timing import unit_of
from model.scenario import (
    Dialling,
    Environment,
    Named,
    ScenarioFile,
    Table,
    TimedConnector,
    read_as,
    rows_of,
    unknown_names,
)


class Connector(TimedConnector):
    """The product, and what is assumed to be wrong with it."""

    product: Literal["pppd"]
    """The product; pppd is the daemon of the ppp-project."""

    queue_capacity: Annotated[int, Field(ge=1, le=1000)] = 2
    """The most packets of one class that wait for the link; arrivals beyond that are refused, visibly."""


class Peer(Table):
    """The other side of a link, as far as it does something by itself."""

    drops_calls: bool = True
    """The other side, or the line itself, may end a call at any time. false: it never does but by its `idle`."""

    idle: Annotated[int, Field(ge=0)] = 0
    """Seconds without packets, of whatever class, after which the other side ends the call; 0: never. Only with `timed`."""

    penalty: Annotated[int, Field(ge=0)] = 0
    """Seconds after a refused login in which no attempt succeeds, and each begins them anew; 0: none. Only with `timed`."""

    may_fall_silent: bool = False
    """The other side may be gone at any time, for good, while the link stays up: what is sent to it is lost."""


class Link(Table):
    """One process of pppd, and the interface that it makes."""

    demand: bool = True
    """Dial only when a packet waits (pppd(8): demand). false: dial at once, and again whenever the link has ended."""

    persist: bool | None = Field(default=None, validate_default=True)
    """Go on after the link has ended (pppd(8): persist). Without it: as pppd decides, which is true exactly with demand."""

    idle: Annotated[int, Field(ge=0)] = 0
    """Seconds without active packets after which the link is hung up; 0 (the default of pppd): never."""

    holdoff: Annotated[int, Field(ge=0)] = 30
    """Seconds that pppd waits after a link has ended before it may dial again, packets being refused; 0: none."""

    holdoff_after_hang_up: bool = True
    """The hold-off also follows a link that was up and that the other side ended (later versions of pppd skip it)."""

    maxfail: Annotated[int, Field(ge=0, le=1000)] = 10
    """After so many failed attempts in a row pppd exits; 0: never."""

    active_filter: tuple[str, ...] | None = Field(default=None, strict=False)
    """The classes of traffic that pass the active-filter: only they dial and keep the link up. Without the key: all."""

    attempt: Annotated[int, Field(ge=1)] = 60
    """Seconds that an attempt takes at most before it has failed: connect script, LCP and IPCP. It matters only with `timed`."""

    maxconnect: Annotated[int, Field(ge=0)] = 0
    """Seconds after the link came up after which pppd ends it, traffic or not (pppd(8): maxconnect); 0: never."""

    lcp_echo_interval: Annotated[int, Field(ge=0)] = 0
    """Seconds from one LCP echo-request to the next (pppd(8): lcp-echo-interval); 0: none are sent."""

    lcp_echo_failure: Annotated[int, Field(ge=0)] = 0
    """After so many LCP echo-requests without a reply pppd ends the link (pppd(8): lcp-echo-failure); 0: never."""

    peer: Peer = Field(default_factory=Peer)
    """The other side of the link."""

    sync: bool = False
    """The device is a synchronous serial line (pppd(8): sync). With `demand` the packets that wait are then not recognised, and
    nothing is dialled (ppp-project/ppp #187)."""

    defaultroute: bool = False
    """The link brings a default route when it comes up, unless another one of the same metric is in the routing table
    (pppd(8): defaultroute). It matters only to the claim that is about it."""

    defaultroute_metric: Annotated[int, Field(ge=0)] = 0
    """The metric of this route (pppd(8): defaultroute-metric)."""

    device: Annotated[str, Field(min_length=1)] | None = None
    """The serial device or modem; links that name the same one share it. Without it, one of its own."""

    @field_validator("persist")
    @classmethod
    def _as_pppd_decides(cls, persist: bool | None, info: ValidationInfo) -> bool:
        return bool(info.data.get("demand", True)) if persist is None else persist

    @property
    def persists(self) -> bool:
        """True if pppd goes on after the link has ended."""
        return bool(self.persist)

    @property
    def times(self) -> tuple[int, ...]:
        """Its times, in seconds."""
        echoes = self.echoes or (0, 0)
        return (self.idle, self.holdoff, self.attempt, self.maxconnect, *echoes, self.peer.idle, self.peer.penalty)

    @property
    def echoes(self) -> tuple[int, int] | None:
        """How long it takes at the least, and at most, until unanswered LCP echoes end the link; None if they never do.

        A request goes out at each interval, and at the one after `lcp_echo_failure` of them the link is ended
        (LcpSendEchoRequest in pppd/lcp.c): the other side fell silent up to an interval before the first of them.
        """
        if not (self.peer.may_fall_silent and self.lcp_echo_interval and self.lcp_echo_failure):
            return None
        noticed = self.lcp_echo_interval * self.lcp_echo_failure
        return noticed, noticed + self.lcp_echo_interval

    @property
    def may_exit(self) -> bool:
        """True if pppd may exit by itself."""
        return not self.persists or self.maxfail > 0


class Traffic(Table):
    """A class of packets that are routed over one link."""

    name: Annotated[str, Field(min_length=1)]
    """What it is called."""

    link: str
    """The link that it goes over: a name under [links]."""

    every: Annotated[int, Field(ge=1)] | None = None
    """A packet of this class comes every so many seconds. Without it they come at any time. Only with `timed`."""

    only_while_up: bool = False
    """Keep-alives: they are sent while the link is up, first `every` seconds after it came up, and dial nothing."""


class OtherRoute(Table):
    """A default route of somebody else, which comes and goes at any time."""

    metric: Annotated[int, Field(ge=0)] = 0
    """Its metric."""


class PppEnvironment(Environment):
    """What the outside is assumed to do. Each assumption made stands beside the verdicts that rest on it."""

    senders_retry: bool = False
    """Whoever sends goes on sending: packets of each class come again and again."""

    restarted_when_exited: bool = False
    """Somebody, such as a supervisor, starts pppd again whenever it has exited."""


class Scenario(ScenarioFile):
    """A scenario file of pppd. Build one with `load` or `parse`: they also check what one table says of another."""

    connector: Connector
    links: Named[Link]
    traffic: tuple[Traffic, ...] = Field(default=(), strict=False)
    """The classes of traffic, as many as wanted."""

    default_routes: Named[OtherRoute] = Field(default_factory=lambda: Named[OtherRoute]({}))
    """The default routes that are not brought by these links, such as those by DHCP, by name."""

    dialling: Dialling = Field(default_factory=Dialling)
    environment: PppEnvironment = Field(default_factory=PppEnvironment)

    def located(self, source: TomlSource) -> Self:
        """The same scenario, with the name of its file and the lines of its tables."""

        def line(*path: str | int) -> int:
            return source.key_place(path).line

        return self.placed(
            source,
            {
                "links": Named({name: link.at(line("links", name)) for name, link in self.links.items()}),
                "traffic": tuple(one.at(line("traffic", at)) for at, one in enumerate(self.traffic)),
            },
        )

    @property
    def own_unit(self) -> Unit | None:
        """The largest unit of which each of its times is a whole number; None if no time is counted."""
        times = [time for link in self.links.values() for time in link.times]
        times += [one.every for one in self.traffic if one.every is not None]
        return unit_of(times, "second") if self.connector.timed else None

    def is_active(self, traffic: Traffic) -> bool:
        """True if packets of this class pass the active-filter of their link: they dial it and keep it up."""
        passing = self.links[traffic.link].active_filter
        return passing is None or traffic.name in passing

    def is_demand(self, traffic: Traffic) -> bool:
        """True if packets of this class wait for their link: they are active, and no keep-alives of a link that is up."""
        return self.is_active(traffic) and not traffic.only_while_up


def load(path: str | Path, *, claims: Collection[str], faults: Collection[str]) -> Scenario:
    """Read the scenario file at `path`; `claims` and `faults` are the names that exist. Raises ScenarioError."""
    return read(toml_source.read(path), claims, faults)


def parse(text: str, file: str, *, claims: Collection[str], faults: Collection[str]) -> Scenario:
    """Read a scenario from `text`, called `file` in messages. Raises ScenarioError, which lists every problem."""
    return read(toml_source.parse(text, file), claims, faults)


def read(source: TomlSource, claims: Collection[str], faults: Collection[str]) -> Scenario:
    """The scenario in `source`. Raises ScenarioError, which lists every problem."""
    return read_as(Scenario, source, claims, faults, _between_tables(source))


def _between_tables(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """What one table says wrongly of another, as (key, message)."""
    links = source.data.get("links")
    if isinstance(links, Mapping):
        yield from (((("links", name)), "a link needs a name") for name in links if not name.strip())
        yield from unknown_names(source, "traffic", "link", links)
        yield from _filters(source, links)
        yield from _echoes(links)
        yield from _kept_calls(source, links)
        yield from _penalties(source, links)
    yield from _untimed(source)
    yield from _repeated_traffic(source)


def _filters(source: TomlSource, links: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    """Classes that a filter names and that do not go over its link."""
    for name, link in links.items():
        passing = link.get("active_filter") if isinstance(link, Mapping) else None
        over = [row.get("name") for _, row in rows_of(source, "traffic") if row.get("link") == name]
        known = [one for one in over if isinstance(one, str)]
        for at, one in enumerate(passing if isinstance(passing, list) else ()):
            if isinstance(one, str) and one not in known:
                path = ("links", name, "active_filter", at)
                message = f"`{notation(path)}` is {in_toml(one)}: no traffic of this name goes over {name}"
                yield path, f"{message}; allowed: {either(known)}{suggestion(one, known)}" if known else message


def _untimed(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """Times of which nothing is left if no time is counted, and keep-alives without a time."""
    connector, links = source.data.get("connector"), source.data.get("links")
    peers = [
        ("links", name, "peer", key)
        for name, link in (links.items() if isinstance(links, Mapping) else ())
        for key in ("idle", "penalty")
        if isinstance(link, Mapping) and isinstance(link.get("peer"), Mapping) and link["peer"].get(key)
    ]
    periods: list[KeyPath] = [(*path, "every") for path, row in rows_of(source, "traffic") if "every" in row]
    if not (isinstance(connector, Mapping) and connector.get("timed")):
        for path in (*peers, *periods):
            yield path, f"`{notation(path)}` is a time, and none is counted here; allowed: with `timed = true` in [connector]"
    for path, row in rows_of(source, "traffic"):
        if row.get("only_while_up") is True and "every" not in row:
            where = notation((*path, "only_while_up"))
            yield (*path, "only_while_up"), f"`{where}` is true: say with `every` how many seconds it is from one to the next"


def _echoes(links: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    """One of the two options of LCP echoes that do nothing without each other."""
    for name, link in links.items():
        if isinstance(link, Mapping) and link.get("lcp_echo_failure") and not link.get("lcp_echo_interval"):
            path = ("links", name, "lcp_echo_failure")
            needed = "allowed: 0, or with an `lcp_echo_interval` of at least 1: no echo-request is sent without"
            yield path, f"`{notation(path)}` is {in_toml(link['lcp_echo_failure'])}; {needed}"


def _penalties(source: TomlSource, links: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    """A penalty that makes calls fail, beside the assumption that no more than so many of them fail."""
    environment = source.data.get("environment")
    if not isinstance(environment, Mapping) or "most_failed_calls" not in environment:
        return
    for name, link in links.items():
        peer = link.get("peer") if isinstance(link, Mapping) else None
        if isinstance(peer, Mapping) and peer.get("penalty"):
            path = ("links", name, "peer", "penalty")
            yield (
                path,
                f"`{notation(path)}`: calls fail in a penalty, whatever `environment.most_failed_calls` assumes; leave one out",
            )


def _kept_calls(source: TomlSource, links: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    """Links of which it is promised that they end, and whose other side never ends them."""
    environment = source.data.get("environment")
    if not (isinstance(environment, Mapping) and environment.get("calls_eventually_end") is True):
        return
    for name, link in links.items():
        peer = link.get("peer") if isinstance(link, Mapping) else None
        if isinstance(peer, Mapping) and peer.get("drops_calls") is False:
            path = ("links", name, "peer", "drops_calls")
            yield path, f"`{notation(path)}` is false, and `environment.calls_eventually_end` is true: allowed is one of them"


def _repeated_traffic(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """Two classes of one name could not be told apart."""
    seen: dict[str, KeyPath] = {}
    for path, row in rows_of(source, "traffic"):
        name = row.get("name")
        if isinstance(name, str) and seen.setdefault(name, path) != path:
            line = source.key_place(seen[name]).line
            yield (*path, "name"), f"`{notation((*path, 'name'))}` is {in_toml(name)}: line {line} has a class of this name"
