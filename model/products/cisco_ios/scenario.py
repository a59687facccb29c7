"""Scenario files of Cisco IOS: the commands that decide when a line is dialled and which route is used, under their names.

A command of several words is a key with `_` between them. The defaults are those of IOS.
Left out: callback, multilink and load thresholds, snapshot routing, priorities within a pool, IPv6, redistribution, and what a
routing protocol learns: only routes of the configuration are routes here.
"""

from collections.abc import Collection, Iterator, Mapping
from ipaddress import IPv4Address
from typing import Literal, Self

from pydantic import Field, field_validator

from dialproof.core.clock import Unit
from dialproof.core.messages import either, in_toml, suggestion
from dialproof.project.toml_source import KeyPath, TomlSource, notation
from model.parts.timing import unit_of
from model.products.cisco_ios.tables import (
    AccessList,
    Clause,
    DialerList,
    Interface,
    Operation,
    Routing,
    StaticRoute,
    Track,
    Traffic,
    WatchList,
)
from model.products.cisco_ios.time_ranges import TimeRange
from model.scenario import (
    Dialling,
    Environment,
    Named,
    ScenarioFile,
    Table,
    TimedConnector,
    read_as,
    rows_of,
)


class Connector(TimedConnector):
    """The product, and what is assumed to be wrong with it."""

    product: Literal["cisco-ios"]
    """The product; cisco-ios is IOS and IOS XE of Cisco."""

    timed: bool = False
    """Count every time of the lines, in seconds. Without it only what a claim turns on is counted."""


class IosEnvironment(Environment):
    """What the outside is assumed to do. Each assumption made stands beside the verdicts that rest on it."""

    time_ranges_recur: bool = False
    """The clock is right and goes on: each time range with `periodic` and no end becomes active again and again, for long enough
    that what is interesting meanwhile dials."""


class Scenario(ScenarioFile):
    """A scenario as its file states it."""

    connector: Connector
    interface: Named[Interface] = Field(default_factory=lambda: Named({}), strict=False)
    dialer_list: Named[DialerList] = Field(default_factory=lambda: Named({}), strict=False)
    access_list: Named[AccessList] = Field(default_factory=lambda: Named({}), strict=False)
    time_range: Named[TimeRange] = Field(default_factory=lambda: Named({}), strict=False)
    """The time ranges by their names, in small letters as in the entries of access lists."""

    ip_route: tuple[StaticRoute, ...] = Field(default=(), strict=False)
    track: Named[Track] = Field(default_factory=lambda: Named({}), strict=False)
    ip_sla: Named[Operation] = Field(default_factory=lambda: Named({}), strict=False)
    ip_local_policy: str = ""
    """The route-map that the router's own packets go by before the routing table."""

    route_map: tuple[Clause, ...] = Field(default=(), strict=False)
    watch_list: Named[WatchList] = Field(default_factory=lambda: Named({}), strict=False)
    router: tuple[Routing, ...] = Field(default=(), strict=False)
    ntp_server: tuple[str, ...] = Field(default=(), strict=False)
    """The time servers that the router asks."""

    traffic: tuple[Traffic, ...] = Field(default=(), strict=False)
    dialling: Dialling = Field(default_factory=Dialling)
    environment: IosEnvironment = Field(default_factory=IosEnvironment)

    @field_validator("ntp_server")
    @classmethod
    def _are_addresses(cls, servers: tuple[str, ...]) -> tuple[str, ...]:
        for one in servers:
            IPv4Address(one)
        return servers

    def located(self, source: TomlSource) -> Self:
        """The same scenario with the lines of its tables."""

        def line(*path: str | int) -> int:
            return source.key_place(path).line

        tables: dict[str, Mapping[str, Table]] = {
            "interface": self.interface, "dialer_list": self.dialer_list, "access_list": self.access_list, "track": self.track,
            "ip_sla": self.ip_sla, "watch_list": self.watch_list, "time_range": self.time_range,
        }  # fmt: skip
        rows: dict[str, tuple[Table, ...]] = {
            "ip_route": self.ip_route, "route_map": self.route_map, "router": self.router, "traffic": self.traffic,
        }  # fmt: skip
        update: dict[str, object] = {
            key: Named({name: one.at(line(key, name)) for name, one in found.items()}) for key, found in tables.items()
        }
        update |= {key: tuple(one.at(line(key, at)) for at, one in enumerate(found)) for key, found in rows.items()}
        return self.placed(source, update)

    def unit_for(self, times: Collection[int]) -> Unit:
        """The largest unit of which each of these times is a whole number."""
        return self.unit or unit_of(list(times), "second")


def read(source: TomlSource, claims: Collection[str], faults: Collection[str]) -> Scenario:
    """The scenario in `source`. Raises ScenarioError, which lists every problem."""
    return read_as(Scenario, source, claims, faults, _unknown_interfaces(source))


def _unknown_interfaces(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """Periodic traffic of a scenario over an interface that is not there. In a configuration such a name is taken as it is."""
    known = source.data.get("interface")
    names = list(known) if isinstance(known, Mapping) else []
    for path, row in rows_of(source, "traffic"):
        name = row.get("interface")
        if isinstance(name, str) and name not in names:
            where = notation((*path, "interface"))
            allowed = f"; allowed: {either(names)}{suggestion(name, names)}" if names else ""
            yield (*path, "interface"), f"`{where}` is {in_toml(name)}: there is no interface of this name{allowed}"
