"""What the router itself sends every so often over its lines: hellos and updates of routing protocols, questions to time servers.

Periods: RIP sends its table every 30 s; OSPF a hello every 10 s, or 30 s where it sends no broadcast; EIGRP a hello every 5 s, on
BRI every 60 s; NTP asks every 64 s at first, and later down to every 1024 s: here it always asks every 64 s. A legacy interface
sends broadcasts and multicasts only to the maps that say `broadcast`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network

from model.parts.packets import UDP, Addresses, Packets
from model.parts.time_ranges import ALWAYS, When
from model.products.cisco_ios.access_lists import entry_of
from model.products.cisco_ios.interesting import when_interesting
from model.products.cisco_ios.interfaces import calls_of, interface_of, is_dialled, is_profile, maps_of
from model.products.cisco_ios.scenario import Scenario
from model.products.cisco_ios.tables import Interface, Routing, StaticRoute
from model.products.cisco_ios.uplinks import packets_of, paths_of

_NTP_PORT, _NTP_PERIOD, _RIP_PORT = 123, 64, 520
_GROUPS = {"rip": ("224.0.0.9", "255.255.255.255"), "ospf": ("224.0.0.5",), "eigrp": ("224.0.0.10",)}
_NUMBERS = {"rip": UDP, "ospf": 89, "eigrp": 88}
_SLOW_EIGRP, _FAST_EIGRP, _OSPF, _RIP = 60, 5, 10, 30


@dataclass(frozen=True)
class Periodic:
    """Packets over a `line` every so many seconds; `of_router` if the router sends them, which dials the line too."""

    name: str
    line: str
    every: int
    at: int
    of_router: bool
    when: When = ALWAYS
    """When they are interesting."""


def interesting_periods(scenario: Scenario) -> list[Periodic]:
    """Periodic packets that are interesting for their lines: each begins the idle time anew."""
    made: dict[tuple[str, str], Periodic] = {}
    for interface, packets, one in _all(scenario):
        when = when_interesting(scenario, interface, packets)
        if when.is_never:
            continue
        known = made.get((one.name, one.line))
        before = () if known is None else known.when.active
        made[one.name, one.line] = replace(known or one, when=When(when.ranges, tuple(dict.fromkeys([*before, *when.active]))))
    return list(made.values())


def _all(scenario: Scenario) -> Iterator[tuple[str, Packets, Periodic]]:
    for name, one in scenario.interface.items():
        if is_dialled(scenario, name) and not one.shutdown:
            for line in calls_of(scenario, name).values():
                for routing in scenario.router:
                    yield from _of_protocol(scenario, name, one, line, routing)
    for server in scenario.ntp_server:
        route = _best(scenario, IPv4Address(server))
        over = interface_of(scenario, route) if route is not None else None
        if over in scenario.interface and over is not None and is_dialled(scenario, over):
            calls = calls_of(scenario, over)
            packets = Packets(UDP, destination=Addresses(int(IPv4Address(server)), 0), ports=((_NTP_PORT, _NTP_PORT),))
            yield over, packets, Periodic(f"NTP to {server}", next(iter(calls.values())), _NTP_PERIOD, 0, of_router=True)
    yield from _of_probes(scenario)
    for traffic in scenario.traffic:
        calls = calls_of(scenario, traffic.interface)
        line = next(iter(calls.values()))
        periodic = Periodic(traffic.name, line, traffic.every, traffic.line, of_router=False)
        yield traffic.interface, entry_of(traffic.packets).packets, periodic


def _of_probes(scenario: Scenario) -> Iterator[tuple[str, Packets, Periodic]]:
    """Probes over a dialled line, which they take while everything works."""
    dialled = {
        line: name for name in scenario.interface if is_dialled(scenario, name) for line in calls_of(scenario, name).values()
    }
    for number, one in scenario.ip_sla.items():
        paths = paths_of(scenario, one) if dialled and one.asks and one.scheduled and not one.life else []
        if paths and paths[0] in dialled:
            packets = packets_of(scenario, one)
            yield dialled[paths[0]], packets, Periodic(f"ip sla {number}", paths[0], one.frequency, 0, of_router=True)


def _best(scenario: Scenario, address: IPv4Address) -> StaticRoute | None:
    """The route to an address while everything works."""
    known = [route for route in scenario.ip_route if address in route.network and not route.vrf]
    return max(known, key=lambda route: (route.network.prefixlen, -route.distance), default=None)


def _of_protocol(
    scenario: Scenario, name: str, one: Interface, line: str, routing: Routing
) -> Iterator[tuple[str, Packets, Periodic]]:
    if routing.protocol == "other" or not _speaks_over(routing, name, one):
        return
    if routing.protocol == "ospf" and one.ip_ospf_demand_circuit:
        return
    maps = maps_of(one)
    if maps and not is_profile(scenario, name) and not any(maps.values()):
        return
    every = {
        "rip": _RIP,
        "ospf": one.ip_hello_interval or _OSPF,
        "eigrp": one.ip_hello_interval or (_SLOW_EIGRP if name.startswith("BRI") else _FAST_EIGRP),
    }[routing.protocol]
    number, ports = _NUMBERS[routing.protocol], ((_RIP_PORT, _RIP_PORT),) if routing.protocol == "rip" else None
    own = Addresses(int(one.own), 0) if one.own is not None else Addresses()
    for group in _GROUPS[routing.protocol]:
        packets = Packets(number, own, Addresses(int(IPv4Address(group)), 0), ports=ports)
        yield name, packets, Periodic(f"{routing.protocol.upper()} hello", line, every, routing.line, of_router=True)


def _speaks_over(routing: Routing, name: str, one: Interface) -> bool:
    if name in routing.passive or ("default" in routing.passive and name not in routing.active):
        return False
    own = one.own
    return own is not None and any(own in IPv4Network(network, strict=False) for network in routing.networks)
