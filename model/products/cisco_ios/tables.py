"""The tables of a scenario of Cisco IOS: interfaces, lists, routes, tracks, and what the router sends by itself."""

from ipaddress import AddressValueError, IPv4Address, IPv4Interface, IPv4Network
from typing import Annotated, Literal

from pydantic import Field, field_validator

from model.products.cisco_ios.access_lists import entry_of
from model.scenario import Table

Number = Annotated[int, Field(ge=0, le=2_147_483_647)]
Positive = Annotated[int, Field(ge=1, le=2_147_483_647)]

NEGOTIATED, DHCP, UNNUMBERED = "negotiated", "dhcp", "unnumbered"
"""Addresses that the other side gives, and the one of another interface."""

NO_NUMBER = "no-number"
"""What is said behind the next hop of a dialer map without a number: it takes calls, and dials nothing."""


class Interface(Table):
    """An interface: one that is always up, or one that is dialled."""

    ip_address: str = ""
    """An address with its prefix length, such as 192.0.2.1/30, or "negotiated", "dhcp" or "unnumbered". Without it: none, and
    no route goes over it."""

    ip_address_secondary: tuple[str, ...] = Field(default=(), strict=False)
    """Further addresses, each with its prefix length."""

    shutdown: bool = False
    """It is switched off."""

    vrf: str = ""
    """The routing table that it belongs to; without it the global one."""

    encapsulation: str = ""
    """What goes over it, such as ppp, hdlc, frame-relay."""

    backup_interface: str = ""
    """The interface that stands by until the line protocol of this one goes down."""

    backup_delay_never: bool = False
    """That interface never comes up (backup delay never)."""

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
    """For each map the next hop that it is for, "broadcast" if broadcasts go there too, "no-number" if it dials nothing."""

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
        if text not in ("", NEGOTIATED, DHCP, UNNUMBERED):
            IPv4Interface(text)
        return text

    @field_validator("ip_address_secondary")
    @classmethod
    def _are_addresses(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        for text in texts:
            IPv4Interface(text)
        return texts

    @property
    def network(self) -> IPv4Network | None:
        """The network that it is connected to, if it is known."""
        return None if self.ip_address in ("", NEGOTIATED, DHCP, UNNUMBERED) else IPv4Interface(self.ip_address).network

    @property
    def networks(self) -> tuple[IPv4Network, ...]:
        """All networks that it is connected to, as far as they are known."""
        first = () if self.network is None else (self.network,)
        return (*first, *(IPv4Interface(text).network for text in self.ip_address_secondary))

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

    life: Number = 0
    """Seconds after which it ends, and asks no more; 0: never (life forever). IOS ends it after 3600 s if nothing is said."""

    frequency: Positive = 60
    """Seconds from one question to the next."""

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
