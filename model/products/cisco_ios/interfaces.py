"""What an interface of IOS is: dialled or always up, with what it dials, what it lacks for that, and whether it dials by itself.

A Dialer interface with a pool is a profile; one without is the head of a rotary group, as are in-band and ISDN interfaces alone
(legacy dialling). What is missing for a call is a `Lack`, with the line of the configuration that says so.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import NamedTuple

from model.products.cisco_ios.scenario import Scenario
from model.products.cisco_ios.tables import DHCP, NEGOTIATED, NO_NUMBER, Interface, StaticRoute


class Lack(NamedTuple):
    """Why a line is not dialled, or a route not used: what is said of it, and the line in the configuration."""

    line: int
    says: str


def is_dialled(scenario: Scenario, name: str) -> bool:
    """True if the interface dials in its own name; a member of a pool or of a rotary group dials for another one."""
    one = scenario.interface[name]
    if name.startswith("Dialer"):
        return True
    if one.dialer_pool_member or one.dialer_rotary_group is not None:
        return False
    return one.dialer_in_band or (name.startswith("BRI") and bool(one.dialer_map or one.dialer_string or one.dialer_group))


def is_profile(scenario: Scenario, name: str) -> bool:
    """True for a Dialer interface that dials over the members of a pool."""
    return scenario.interface[name].dialer_pool is not None


def is_cellular(scenario: Scenario, name: str) -> bool:
    """True if the call is one of a mobile network, which needs no number."""
    return name.startswith("Cellular") or any(one.startswith("Cellular") for one in members_of(scenario, name))


def members_of(scenario: Scenario, name: str) -> list[str]:
    """The interfaces that it dials over: those of its pool or rotary group, or itself."""
    one = scenario.interface[name]
    if one.dialer_pool is not None:
        return [
            other
            for other, member in scenario.interface.items()
            if one.dialer_pool in member.dialer_pool_member or member.pppoe_client_pool == one.dialer_pool
        ]
    if name.startswith("Dialer"):
        number = name.removeprefix("Dialer")
        return [other for other, member in scenario.interface.items() if str(member.dialer_rotary_group) == number]
    return [name]


def is_session(scenario: Scenario, name: str) -> bool:
    """True if its call is a PPPoE or ATM session, which needs no number."""
    members = members_of(scenario, name)
    return is_profile(scenario, name) and any(
        scenario.interface[one].pppoe_client_pool is not None or one.startswith("ATM") for one in members
    )


def is_on_purpose(scenario: Scenario, name: str) -> str:
    """Why it is dialled whether anything waits or not; "" if it is not."""
    one = scenario.interface[name]
    if one.dialer_persistent:
        return "because it is persistent"
    members = [scenario.interface[other] for other in members_of(scenario, name)]
    if is_session(scenario, name) and not any(member.pppoe_client_on_demand for member in members):
        return "because a PPPoE or ATM session is begun without traffic"
    if one.dialer_watch_group is not None and is_watching_nothing(scenario, one.dialer_watch_group):
        return f"because watch-list {one.dialer_watch_group} watches what never has a route"
    return ""


def is_watching_nothing(scenario: Scenario, number: int) -> bool:
    """True if no network of the watch-list ever has a route: the list is there to keep the line up."""
    watched = scenario.watch_list.get(str(number))
    if watched is None or not watched.networks or scenario.router:
        return False
    networks = {IPv4Network(one) for one in watched.networks}
    known = {route.network for route in scenario.ip_route}
    known |= {network for one in scenario.interface.values() if not one.shutdown for network in one.networks}
    return not networks & known


def hop_of(route: StaticRoute) -> IPv4Address | None:
    """The next router of a route; None if it names an interface alone."""
    return IPv4Address(route.next_hop) if route.next_hop else None


def maps_of(one: Interface) -> dict[IPv4Address, bool]:
    """The next hops that there are dialer maps for, and whether broadcasts go there."""
    return {IPv4Address(text.split()[0]): "broadcast" in text.split()[1:] for text in one.dialer_map}


def calling_maps(one: Interface) -> set[IPv4Address]:
    """The next hops whose maps have a number to dial; the others only say who may call."""
    return {IPv4Address(text.split()[0]) for text in one.dialer_map if NO_NUMBER not in text.split()[1:]}


def calls_of(scenario: Scenario, name: str) -> dict[IPv4Address | None, str]:
    """What the lines of a dialled interface are called: one for each next hop with a map, if there are several."""
    watched = scenario.watch_list.get(str(scenario.interface[name].dialer_watch_group))
    instead = {IPv4Network(one).network_address for one in watched.networks} if watched is not None else set()
    hops = [hop for hop in maps_of(scenario.interface[name]) if hop not in instead]
    if len(hops) < 2 or is_profile(scenario, name):  # noqa: PLR2004  # one call is the interface
        return {None: name}
    return {hop: f"{name} to {hop}" for hop in hops}


def lacks_of(scenario: Scenario, name: str) -> Iterator[Lack]:
    """What an interface that is not shut down lacks to dial at all."""
    one = scenario.interface[name]
    members = [scenario.interface[other] for other in members_of(scenario, name)]
    if is_profile(scenario, name):
        if not members:
            yield Lack(one.line, f"interface {name} dials over pool {one.dialer_pool}, of which no interface is a member")
    elif not members:
        yield Lack(one.line, f"interface {name} has no dialer pool, and no interface belongs to its rotary group")
    if members and all(member.shutdown for member in members):
        yield Lack(one.line, f"every interface that {name} dials over is shut down")
    needs_number = not is_session(scenario, name) and not is_cellular(scenario, name)
    if needs_number and not one.dialer_string and not (calling_maps(one) and not is_profile(scenario, name)):
        needed = "dialer string" if is_profile(scenario, name) else "dialer string and no dialer map"
        yield Lack(one.line, f"interface {name} has no {needed}: there is no number to dial")


def lacks_of_route(scenario: Scenario, name: str, route: StaticRoute) -> Iterator[Lack]:
    """What there is no map for, of a route over a legacy interface that dials by maps."""
    one = scenario.interface[name]
    if is_profile(scenario, name) or one.dialer_string or not one.dialer_map or is_cellular(scenario, name):
        return
    hop = hop_of(route)
    known = ", ".join(map(str, maps_of(one)))
    if hop is None:
        yield Lack(
            route.line,
            f"the route to {route.destination} names {name} and no next hop: the map is looked up for each destination, and "
            f"{name} has maps for {known} only",
        )
    elif hop in maps_of(one) and hop not in calling_maps(one):
        yield Lack(one.line, f"the dialer map for {hop} on {name} has no number: it takes calls, and dials nothing")
    elif hop not in maps_of(one):
        yield Lack(
            route.line, f"the next hop {hop} of the route to {route.destination} has no dialer map on {name}; maps: {known}"
        )


def lacks_of_watching(scenario: Scenario, name: str) -> Iterator[Lack]:
    """Why the line is not dialled when the watched routes are gone: legacy dialling needs a map for each network itself."""
    one = scenario.interface[name]
    number = str(one.dialer_watch_group)
    if number not in scenario.watch_list:
        yield Lack(one.line, f"interface {name} is in watch-group {number}, and there is no watch-list {number}")
        return
    if is_profile(scenario, name) or is_cellular(scenario, name) or (one.dialer_string and not one.dialer_map):
        return
    watched = scenario.watch_list[number]
    for text in watched.networks:
        network = IPv4Network(text)
        if network.network_address not in calling_maps(one):
            yield Lack(
                watched.line,
                f"watch-list {number} watches {text}, and {name} has no dialer map for {network.network_address} itself, with "
                "a number: "
                "nothing is dialled when its route is gone",
            )


def interface_of(scenario: Scenario, route: StaticRoute, depth: int = 8) -> str | None:
    """The interface that a route goes over; None if its next hop is in no network that is known."""
    if route.interface:
        return route.interface
    hop = hop_of(route)
    return None if hop is None else towards(scenario, hop, route.vrf, depth)


def towards(scenario: Scenario, hop: IPv4Address, vrf: str, depth: int = 8) -> str | None:
    """The interface that leads to the next router `hop`; None if it is in no network that is known."""
    near = [
        (network.prefixlen, name)
        for name, one in scenario.interface.items()
        for network in one.networks
        if one.vrf == vrf and hop in network and not one.shutdown
    ]
    if near:
        return max(near)[1]
    further = [other for other in scenario.ip_route if other.vrf == vrf and hop in other.network and other.network.prefixlen]
    if further and depth:
        best = max(further, key=lambda other: other.network.prefixlen)
        return interface_of(scenario, best, depth - 1)
    given = [
        name
        for name, one in scenario.interface.items()
        if one.vrf == vrf and one.ip_address in (NEGOTIATED, DHCP) and not one.shutdown
    ]
    return given[0] if len(given) == 1 else None
