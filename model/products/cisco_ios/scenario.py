"""Scenario files of Cisco IOS: the commands that decide when a line is dialled and which route is used, under their names.

A command of several words is a key with `_` between them. The defaults are those of IOS.
Left out: callback, multilink and load thresholds, snapshot routing, priorities within a pool, IPv6, redistribution, and what a
routing protocol learns: only routes of the configuration are routes here.
"""

from collections.abc import Collection, Iterator, Mapping
from ipaddress import AddressValueError, IPv4Address, IPv4Interface, IPv4Network
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator

from dialproof.core.clock import Unit
from dialproof.core.messages import either, in_toml, suggestion
from dialproof.project.toml_source import KeyPath, TomlSource, notation
from model.parts.timing import unit_of
from model.products.cisco_ios.access_lists import entry_of
from model.scenario import (
    AnyConnector,
    Dialling,
    Environment,
    Named,
    ScenarioFile,
    Table,
    explained,
    require_format,
    rows_of,
    unknown_claims_and_faults,
    validated,
)

Number = Annotated[int, Field(ge=0, le=2_147_483_647)]
Positive = Annotated[int, Field(ge=1, le=2_147_483_647)]

NEGOTIATED, DHCP = "negotiated", "dhcp"
"""Addresses that the other side gives."""


class Connector(AnyConnector):
    """The product, and what is assumed to be wrong with it."""

    product: Literal["cisco-ios"]
    """The product; cisco-ios is IOS and IOS XE of Cisco."""

    timed: bool = False
    """Count every time of the lines, in seconds. Without it only what a claim turns on is counted."""


class Interface(Table):
    """An interface: one that is always up, or one that is dialled."""

    ip_address: str = ""
    """An address with its prefix length, such as 192.0.2.1/30, or "negotiated", or "dhcp". Without it: none."""

    shutdown: bool = False
    """It is switched off."""

    vrf: str = ""
    """The routing table that it belongs to; without it the global one."""

    encapsulation: str = ""
    """What goes over it, such as ppp, hdlc, frame-relay."""

    backup_interface: str = ""
    """The interface that stands by until the line protocol of this one goes down."""

    dialer_in_band: bool = False
    """It dials (legacy dialling)."""

    dialer_pool: Positive | None = None
    """A profile: it dials over a member of this pool."""

    dialer_pool_member: tuple[int, ...] = Field(default=(), strict=False)
    """The pools that it is a member of."""

    dialer_rotary_group: Number | None = None
    """It belongs to the rotary group of this number, which is the Dialer interface of that number."""

    dialer_string: bool = False
    """There is a number to dial. The number itself is not kept."""

    dialer_map: tuple[str, ...] = Field(default=(), strict=False)
    """For each map the next hop that it is for, and "broadcast" if broadcasts go there too."""

    dialer_group: Positive | None = None
    """The dialer-list that says which traffic is interesting."""

    dialer_idle_timeout: Number = 120
    """Seconds without interesting traffic after which it hangs up; 0: never."""

    dialer_enable_timeout: Number = 15
    """Seconds that it stays down after a call has ended or failed."""

    dialer_wait_for_carrier_time: Positive = 30
    """Seconds after which an attempt has failed."""

    dialer_redial: tuple[Positive, Positive, Number] | None = Field(default=None, strict=False)
    """Seconds between attempts, how many, and seconds that it is disabled after the last one. Without it: no redial."""

    dialer_persistent: bool = False
    """It is dialled without any traffic, and again whenever it has ended."""

    dialer_watch_group: Positive | None = None
    """The watch-list whose routes it stands in for."""

    dialer_down_with_vinterface: bool = False
    """The interface goes down when its call ends: its routes vanish."""

    pppoe_client_pool: Positive | None = None
    """It makes PPPoE calls for the Dialer interface with this pool."""

    pppoe_client_on_demand: bool = False
    """It makes them only if traffic asks for them."""

    ip_hello_interval: Positive | None = None
    """Seconds between two hellos of the routing protocol, if not the usual ones."""

    ip_ospf_demand_circuit: bool = False
    """OSPF sends no hellos over it once the neighbour is known."""

    @field_validator("ip_address")
    @classmethod
    def _is_address(cls, text: str) -> str:
        if text not in ("", NEGOTIATED, DHCP):
            IPv4Interface(text)
        return text

    @property
    def network(self) -> IPv4Network | None:
        """The network that it is connected to, if it is known."""
        return None if self.ip_address in ("", NEGOTIATED, DHCP) else IPv4Interface(self.ip_address).network

    @property
    def own(self) -> IPv4Address | None:
        """Its own address, if it is known."""
        return None if self.network is None else IPv4Interface(self.ip_address).ip

    @property
    def times(self) -> tuple[int, ...]:
        """The times of its calls, in seconds."""
        again = (self.dialer_redial[0], self.dialer_redial[2]) if self.dialer_redial else ()
        return (self.dialer_idle_timeout, self.dialer_enable_timeout, self.dialer_wait_for_carrier_time, *again)


class DialerList(Table):
    """Which traffic is interesting."""

    ip: str = ""
    """What is said of IP: "permit", "deny", or "list NAME" for an access list. Without it: nothing of IP is interesting."""

    @field_validator("ip")
    @classmethod
    def _is_known(cls, text: str) -> str:
        if text not in ("", "permit", "deny") and not (text.startswith("list ") and text[5:].strip()):
            raise ValueError('allowed: "permit", "deny" or "list NAME"')
        return text

    @property
    def access_list(self) -> str | None:
        """The access list that decides; None if there is none."""
        return self.ip[5:].strip() if self.ip.startswith("list ") else None


class AccessList(Table):
    """An access list: the first entry that matches decides, and what none matches is denied."""

    entries: tuple[str, ...] = Field(default=(), strict=False)
    """The entries in their order, each as it stands behind the number or below the name: "permit tcp any any eq 25"."""

    @field_validator("entries")
    @classmethod
    def _are_entries(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        for entry in entries:
            entry_of(entry)
        return entries


class StaticRoute(Table):
    """A static route."""

    destination: str
    """The network, with its prefix length: 0.0.0.0/0 is the default route."""

    interface: str = ""
    """The interface that it goes over. Without it that of the next hop."""

    next_hop: str = ""
    """The address of the next router."""

    distance: Annotated[int, Field(ge=0, le=255)] = 1
    """The administrative distance: the least wins, and 255 is never used."""

    track: Positive | None = None
    """The route is in the table only while this track is up."""

    permanent: bool = False
    """It stays in the table although its line is down."""

    vrf: str = ""
    """The routing table that it belongs to; without it the global one."""

    @field_validator("destination")
    @classmethod
    def _is_network(cls, text: str) -> str:
        IPv4Network(text)
        return text

    @field_validator("next_hop")
    @classmethod
    def _is_hop(cls, text: str) -> str:
        if text:
            IPv4Address(text)
        return text

    @property
    def network(self) -> IPv4Network:
        """The addresses that it is for."""
        return IPv4Network(self.destination)


class Track(Table):
    """A tracked object: an IP SLA operation, the line protocol of an interface, or a list of other objects."""

    ip_sla: Positive | None = None
    """The operation whose success makes it up."""

    interface: str = ""
    """The interface whose line protocol makes it up."""

    objects: tuple[int, ...] = Field(default=(), strict=False)
    """The objects of a list."""

    boolean: Literal["and", "or"] = "and"
    """Whether all objects of a list must be up, or one."""


class Operation(Table):
    """An IP SLA operation that asks a host."""

    asks: str = ""
    """The host that it asks: an address, or a name, which is taken to lie beyond the default route. Without it: not modelled."""

    protocol: Literal["icmp", "tcp", "udp"] = "icmp"
    """How it asks: icmp-echo, tcp-connect, or one of those that send UDP."""

    port: Annotated[int, Field(ge=0, le=65535)] = 0
    """The port that it asks at, with tcp and udp."""

    source_interface: str = ""
    """The interface whose address its packets come from. It does not make them leave there."""

    scheduled: bool = False
    """It runs."""

    vrf: str = ""
    """The routing table that its packets go by."""

    @property
    def address(self) -> IPv4Address | None:
        """The address that it asks; None if only a name is known."""
        try:
            return IPv4Address(self.asks)
        except AddressValueError:
            return None


class Clause(Table):
    """A clause of a route-map, as far as `ip local policy` uses it."""

    route_map: str
    """The name of the route-map."""

    permits: bool = True
    """What it matches is sent by what it sets; otherwise by the routing table."""

    access_list: str = ""
    """What it matches; without it everything."""

    interface: str = ""
    """The interface that it sends packets over."""

    next_hop: str = ""
    """The next router that it sends packets to."""


class WatchList(Table):
    """Networks that are watched: a line of the group is dialled when none of them has a route."""

    networks: tuple[str, ...] = Field(default=(), strict=False)
    """The networks, each with its prefix length."""

    @field_validator("networks")
    @classmethod
    def _are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for one in networks:
            IPv4Network(one)
        return networks


class Routing(Table):
    """A routing protocol, as far as its packets go over lines."""

    protocol: Literal["rip", "ospf", "eigrp", "other"]
    """Which one it is."""

    networks: tuple[str, ...] = Field(default=(), strict=False)
    """The networks of the interfaces that it speaks over."""

    passive: tuple[str, ...] = Field(default=(), strict=False)
    """The interfaces over which it sends nothing; "default" is all but those of `active`."""

    active: tuple[str, ...] = Field(default=(), strict=False)
    """The interfaces over which it speaks although the default is passive."""

    @field_validator("networks")
    @classmethod
    def _are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for one in networks:
            IPv4Network(one, strict=False)
        return networks


class Traffic(Table):
    """Packets that come every so often while a line is up, such as keep-alives of a connection over it."""

    name: Annotated[str, Field(min_length=1)]
    """What it is called."""

    interface: str
    """The interface that is dialled, and that it goes over."""

    every: Positive
    """Seconds from one packet to the next."""

    packets: str = "permit ip any any"
    """The packets, written like an entry of an access list."""

    @field_validator("packets")
    @classmethod
    def _is_entry(cls, text: str) -> str:
        entry_of(text)
        return text


class Scenario(ScenarioFile):
    """A scenario as its file states it."""

    connector: Connector
    interface: Named[Interface] = Field(default_factory=lambda: Named({}), strict=False)
    dialer_list: Named[DialerList] = Field(default_factory=lambda: Named({}), strict=False)
    access_list: Named[AccessList] = Field(default_factory=lambda: Named({}), strict=False)
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
    environment: Environment = Field(default_factory=Environment)

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
            "ip_sla": self.ip_sla, "watch_list": self.watch_list,
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
    require_format(source)
    between = [*unknown_claims_and_faults(source, claims, faults), *_unknown_interfaces(source)]
    return validated(source, Scenario, Scenario.model_json_schema(), between, explained(source, claims)).located(source)


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
