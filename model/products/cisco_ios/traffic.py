"""From the commands to traffic: which destinations there are, by which lines each goes, and what each line is dialled for.

Destinations whose routes are alike go together. One is looked at only if something can change: a line of it is dialled, a
route is tracked, or it has several lines.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, collapse_addresses

from model.parts.time_ranges import ALWAYS, When
from model.products.cisco_ios.interesting import is_interesting, only_when, to, when_interesting, why_not
from model.products.cisco_ios.interfaces import (
    Lack,
    calls_of,
    hop_of,
    interface_of,
    is_dialled,
    is_on_purpose,
    lacks_of,
    lacks_of_route,
    lacks_of_watching,
)
from model.products.cisco_ios.scenario import Scenario
from model.products.cisco_ios.tables import StaticRoute

NEVER_USED = 255
"""The distance of a route that is never used."""


@dataclass(frozen=True)
class Way:
    """A route as it is used: over which `line` (the call, the interface or the next router), and if that `is_dialled`.

    `never` says why the route is never in the table, or never the best; "" if it can be.
    """

    route: StaticRoute
    line: str
    interface: str | None
    is_dialled: bool
    never: str = ""


@dataclass(frozen=True)
class Destination:
    """What traffic is told apart: `name` is its first network, `networks` all of those whose routes are alike."""

    name: str
    vrf: str
    networks: tuple[IPv4Network, ...]
    ways: tuple[Way, ...]

    @property
    def says(self) -> str:
        """The traffic, in a few words."""
        more = len(self.networks) - 1
        first = "traffic by the default route" if not self.networks[0].prefixlen else f"traffic to {self.networks[0]}"
        return f"{first} and {more} network{'s' * (more > 1)} more" if more else first


@dataclass(frozen=True)
class Demand:
    """What a line is dialled for: traffic to a destination, or the watched routes being gone (`watches`).

    It does not dial the line if something lacks. `network` is None for what is watched.
    """

    name: str
    line: str
    network: IPv4Network | None
    lacks: tuple[Lack, ...]
    watches: bool = False
    when: When = ALWAYS
    """When such traffic is interesting."""

    @property
    def dials(self) -> bool:
        """It makes the line be dialled."""
        return not self.lacks


@dataclass(frozen=True)
class Call:
    """A line that is dialled: the interface, and why it is dialled without traffic ("" if it is not)."""

    name: str
    interface: str
    on_purpose: str
    lacks: tuple[Lack, ...]


def ways_of(scenario: Scenario) -> Iterator[Way]:
    """Every route that leads somewhere, in the order of the file."""
    dropping = [route for route in scenario.ip_route if route.interface.startswith("Null") and route.track is None]
    for route in scenario.ip_route:
        if route.interface.startswith("Null"):
            continue
        interface = interface_of(scenario, route)
        known = scenario.interface.get(interface) if interface else None
        never = why_never(scenario, route, interface, dropping)
        if known is None or interface is None:
            yield Way(route, interface or f"the router {route.next_hop}", None, False, never)
        elif known.shutdown:
            continue
        elif is_dialled(scenario, interface):
            calls, hop = calls_of(scenario, interface), hop_of(route)
            name = calls.get(hop) or next(iter(calls.values()))
            yield Way(route, name, interface, True, never)
        else:
            yield Way(route, interface, interface, False, never)


def why_never(scenario: Scenario, route: StaticRoute, interface: str | None, dropping: Sequence[StaticRoute]) -> str:
    """Why a route over this interface is never in the table, or never the best one of its network; "" if it can be.

    The routes that are `dropping` are those to Null0 which are always there.
    """
    if route.distance == NEVER_USED:
        return f"its distance is {NEVER_USED}"
    known = scenario.interface.get(interface) if interface else None
    if known is not None and not known.ip_address:
        return f"{interface} has no ip address"
    if interface is None and is_nowhere(scenario, route):
        return f"its next hop {route.next_hop} is in no network of the file"
    within = [other for other in dropping if other.vrf == route.vrf and other.network.subnet_of(route.network)]
    for other in within:
        if other.network == route.network and other.distance < route.distance:
            return (
                f"the route to {other.interface} (line {other.line}), which drops everything, has the distance {other.distance}"
            )
    narrower = [other.network for other in within if other.network != route.network]
    if list(collapse_addresses(narrower)) == [route.network]:
        return "routes to Null0 for narrower networks take all of it"
    return ""


def is_nowhere(scenario: Scenario, route: StaticRoute) -> bool:
    """True if no route leads to the next hop, and none that is learned, or given by the other side, can."""
    given = [one for one in scenario.interface.values() if one.ip_address and one.network is None and not one.shutdown]
    named = {other.interface for other in scenario.ip_route} - set(scenario.interface) - {""}
    return not given and not scenario.router and not any(not name.startswith("Null") for name in named) and not route.vrf


def destinations(scenario: Scenario) -> tuple[Destination, ...]:
    """The destinations in which something can change, in the order of the file."""
    by_network: dict[tuple[str, IPv4Network], list[Way]] = {}
    for way in ways_of(scenario):
        by_network.setdefault((way.route.vrf, way.route.network), []).append(way)
    alike: dict[object, list[tuple[str, IPv4Network, list[Way]]]] = {}
    for (vrf, network), ways in by_network.items():
        if not (any(way.is_dialled or way.route.track for way in ways) or len({way.line for way in ways}) > 1):
            continue
        kinds = tuple(
            (way.line, way.route.track, way.route.distance, way.never, _lacking(scenario, way), when_of(scenario, way))
            for way in ways
        )
        alike.setdefault((vrf, kinds), []).append((vrf, network, ways))
    return tuple(
        Destination(_named(vrf, network), vrf, tuple(one for _, one, _ in found), tuple(ways))
        for found in alike.values()
        for vrf, network, ways in found[:1]
    )


def changing(scenario: Scenario) -> list[Destination]:
    """The destinations that can go another way, or none: those with several lines, a track, or a line that stands by."""
    standing_by = {one.backup_interface for one in scenario.interface.values() if one.backup_interface}
    return [
        one
        for one in destinations(scenario)
        if len(one.ways) > 1 or one.ways[0].route.track is not None or one.ways[0].interface in standing_by
    ]


def _named(vrf: str, network: IPv4Network) -> str:
    return f"{network} vrf {vrf}" if vrf else str(network)


def _lacking(scenario: Scenario, way: Way) -> bool:
    return way.is_dialled and bool(_lacks_of_way(scenario, way))


def _lacks_of_way(scenario: Scenario, way: Way) -> tuple[Lack, ...]:
    """Why the traffic of a route over a line does not dial it."""
    if way.interface is None:
        return ()
    lacks = [*never_used(way), *lacks_of(scenario, way.interface)]
    if is_on_purpose(scenario, way.interface):
        return tuple(lacks)
    lacks += lacks_of_route(scenario, way.interface, way.route)
    if not is_interesting(scenario, way.interface, to(way.route.network)):
        lacks += why_not(scenario, way.interface, way.route.network)
    return tuple(lacks)


def when_of(scenario: Scenario, way: Way) -> When:
    """When traffic of a route over a line is interesting; always, if that does not matter."""
    if way.interface is None or not way.is_dialled or is_on_purpose(scenario, way.interface):
        return ALWAYS
    return when_interesting(scenario, way.interface, to(way.route.network))


def never_used(way: Way) -> list[Lack]:
    """That a route is never used, if that is so."""
    never = f"the route to {way.route.destination} over {way.line} is never used: {way.never}"
    return [Lack(way.route.line, never)] if way.never else []


def demands(scenario: Scenario) -> tuple[Demand, ...]:
    """What each line is dialled for, in the order of the destinations and of the lines."""
    found: dict[str, Demand] = {}
    for destination in destinations(scenario):
        for way in destination.ways:
            if way.is_dialled:
                name = f"{destination.name} over {way.line}"
                lacks, when = _lacks_of_way(scenario, way), when_of(scenario, way)
                found.setdefault(name, Demand(name, way.line, way.route.network, lacks, when=when))
    for name, one in scenario.interface.items():
        if not is_dialled(scenario, name) or one.shutdown:
            continue
        lines = list(calls_of(scenario, name).values())
        if one.dialer_watch_group is not None and not is_on_purpose(scenario, name):
            lacks = (*lacks_of(scenario, name), *lacks_of_watching(scenario, name))
            label = f"watch-list {one.dialer_watch_group} over {lines[0]}"
            found[label] = Demand(label, lines[0], None, lacks, watches=True)
        for line in lines:
            used = any(demand.line == line for demand in found.values())
            if not used and one.network is not None and one.dialer_group is not None:
                label = f"{one.network} over {line}"
                lacks = () if is_on_purpose(scenario, name) else tuple(why_not(scenario, name, one.network))
                when = ALWAYS if is_on_purpose(scenario, name) else when_interesting(scenario, name, to(one.network))
                found[label] = Demand(label, line, one.network, (*lacks_of(scenario, name), *lacks), when=when)
    return tuple(found.values())


def at_times(scenario: Scenario, demand: Demand) -> Iterator[tuple[int, str]]:
    """What a time range means to traffic that is interesting only at some times, with the line of the access list."""
    group = next(scenario.interface[one.interface].dialer_group for one in calls(scenario) if one.name == demand.line)
    access_list = scenario.dialer_list[str(group)].access_list or ""
    says = f"access list {access_list}: traffic for {demand.name} dials {only_when(scenario, demand.when)}"
    yield scenario.access_list[access_list].line, says


def calls(scenario: Scenario) -> tuple[Call, ...]:
    """The lines that are dialled for something, or on purpose."""
    wanted = {demand.line for demand in demands(scenario)}
    made = []
    for name, one in scenario.interface.items():
        if not is_dialled(scenario, name) or one.shutdown:
            continue
        for line in calls_of(scenario, name).values():
            purpose = is_on_purpose(scenario, name)
            if line in wanted or (purpose and not tuple(lacks_of(scenario, name))):
                made.append(Call(line, name, purpose, tuple(lacks_of(scenario, name))))
    return tuple(made)


def shut_down(scenario: Scenario) -> list[str]:
    """The interfaces that are switched off and that dial, or that a route names."""
    named = {interface for route in scenario.ip_route if (interface := interface_of(scenario, route)) is not None}
    return [name for name, one in scenario.interface.items() if one.shutdown and (name in named or is_dialled(scenario, name))]
