"""What a reader must know of every check of a file of IOS: effective values, what is meant on purpose, what is assumed."""

from collections.abc import Iterator

from model.products.cisco_ios.compose import CELLULAR_BACK_OFF
from model.products.cisco_ios.interesting import named_ranges, only_when
from model.products.cisco_ios.interfaces import is_cellular
from model.products.cisco_ios.own_traffic import interesting_periods
from model.products.cisco_ios.scenario import Scenario
from model.products.cisco_ios.tables import DHCP
from model.products.cisco_ios.traffic import at_times, calls, demands, never_used, shut_down, ways_of
from model.products.cisco_ios.uplinks import notices_its_other_end, paths_of


def notes(scenario: Scenario) -> list[str]:
    """All of it, each once."""
    parts = (_of_calls, _of_own_traffic, _of_lines, _of_lists, _of_time_ranges)
    return list(dict.fromkeys(said for part in parts for said in part(scenario)))


def _of_time_ranges(scenario: Scenario) -> Iterator[str]:
    """Which traffic dials at some times only, and by whose clock."""
    ranges: list[str] = []
    for demand in demands(scenario):
        if demand.dials and not demand.when.is_always:
            yield from (says for _, says in at_times(scenario, demand))
            ranges += demand.when.ranges
    for one in interesting_periods(scenario):
        if not one.when.is_always:
            yield f"{one.name} over {one.line} is interesting {only_when(scenario, one.when)}"
            ranges += one.when.ranges
    for listed in scenario.dialer_list.values():
        for name in named_ranges(scenario, listed.access_list):
            if name not in scenario.time_range:
                yield f"time-range {name} is named and not in the file: IOS takes it as always active"
    if ranges:
        by = f"ntp server {', '.join(scenario.ntp_server)}" if scenario.ntp_server else "nothing in the file (no ntp server)"
        yield (
            f"time ranges go by the clock of the router, which {by} sets: a clock that is wrong is among the runs, so that a "
            "range is active, or not, at any time; environment.time_ranges_recur promises that those with `periodic` come "
            "again and again"
        )


def _of_calls(scenario: Scenario) -> Iterator[str]:
    for one in calls(scenario):
        interface = scenario.interface[one.interface]
        if one.on_purpose:
            yield f"{one.name} is dialled on purpose, {one.on_purpose}: nothing is asked of when it is released"
        elif not interface.dialer_idle_timeout:
            yield f"{one.name}: dialer idle-timeout 0 means that it never hangs up"
        if is_cellular(scenario, one.interface):
            minutes = ", ".join(str(seconds // 60) for seconds in CELLULAR_BACK_OFF)
            yield (
                f"{one.name}: after calls that the mobile network rejects, IOS waits {minutes} minutes, and no command "
                f"changes that; "
                "it is counted only with timed = true in a scenario file"
            )
        if interface.dialer_redial is not None and not interface.dialer_redial[2]:
            yield f"{one.name}: dialer redial with re-enable 0 means that the line can be dialled again at once"


def _of_own_traffic(scenario: Scenario) -> Iterator[str]:
    for one in interesting_periods(scenario):
        whose = "the router sends it, and dials the line for it" if one.of_router else "it comes while the line is up"
        yield f"{one.name} over {one.line} is interesting, every {one.every} s: {whose}"

    dialled = {one.name for one in calls(scenario)}
    for number, operation in scenario.ip_sla.items():
        others = paths_of(scenario, operation)[1:] if dialled and operation.asks and operation.scheduled else []
        for line in others:
            if line in dialled:
                yield f"ip sla {number}: its probes go over {line} while no better route is there, and may keep it up so long"


def _of_lines(scenario: Scenario) -> Iterator[str]:
    for name in shut_down(scenario):
        yield f"interface {name} is shut down: nothing is asked of it"
    for name, one in scenario.interface.items():
        if one.backup_interface and one.backup_interface not in scenario.interface:
            yield f"{name}: its backup interface {one.backup_interface} is no interface of the file, and stands in for nothing"
    for number, operation in scenario.ip_sla.items():
        if operation.scheduled and operation.life:
            yield f"ip sla {number} ends after {operation.life} s: a track that follows it is taken to stay as it is then"
    over_dhcp = any(scenario.interface[way.interface].ip_address == DHCP for way in ways_of(scenario) if way.interface)
    for name, one in scenario.interface.items():
        if one.ip_address == DHCP and not one.shutdown and not over_dhcp:
            yield f"{name}: a default route that DHCP gives (its distance is 254) is no route here"
    for way in ways_of(scenario):
        near = [name for name, one in scenario.interface.items() if way.route.network in one.networks and not one.shutdown]
        if near and near[0] != way.interface and not way.route.vrf:
            yield (
                f"the route to {way.route.destination} over {way.line} is used only while {near[0]}, whose own network that is, "
                "has no link"
            )
        if way.never:
            yield from (lack.says for lack in never_used(way))
        elif way.line.startswith("the router "):
            yield f"{way.line} is in no network of the file: it is taken for one that is always there"
    used = {route.interface for route in scenario.ip_route}
    for name in sorted(used - set(scenario.interface) - {""}):
        if not name.startswith("Null"):
            yield f"{name} is named by a route and is no interface of the file: it is taken for a line that is always there"
    for name in scenario.interface:
        if name in used and notices_its_other_end(scenario, name):
            yield f"{name}: its line protocol goes down with the other end; what is broken further away is not considered"


def _of_lists(scenario: Scenario) -> Iterator[str]:
    named = {one.access_list for one in scenario.dialer_list.values() if one.access_list}
    named |= {one.access_list for one in scenario.route_map if one.access_list and one.route_map == scenario.ip_local_policy}
    for name in sorted(named):
        known = scenario.access_list.get(name)
        if known is None or not known.entries:
            yield f"access list {name} is named and not in the file: it is taken to permit everything, as IOS does"
    operations = [(number, one) for number, one in scenario.ip_sla.items() if one.source_interface]
    for number, one in operations:
        yield (
            f"ip sla {number}: source-interface {one.source_interface} does not make the probe leave there; if it leaves by "
            f"another "
            "line, an answer comes back only if both lines work"
        )
