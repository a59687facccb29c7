"""Interesting traffic: what dials a line and keeps it up, by the dialer-list that its dialer-group names.

An access list that is named and has no entry permits everything, as IOS takes one that does not exist; that is said as an
assumption. Whether some packet for a network is interesting is worked out exactly (`model.parts.packets`), for each set of time
ranges that are active. A time range that is not in the file is always active (Cisco 10000 Series software configuration guide,
"Time-Based ACLs": an entry that refers to one that does not exist is considered active).
"""

from collections.abc import Collection, Iterator, Sequence
from ipaddress import IPv4Network
from itertools import combinations

from dialproof.core.errors import InputError
from model.parts.packets import Addresses, Packets, Rule, some_permitted
from model.parts.time_ranges import When
from model.products.cisco_ios.access_lists import entry_of, time_range_of
from model.products.cisco_ios.interfaces import Lack
from model.products.cisco_ios.scenario import Scenario

PERMIT = Rule(True, Packets())


MOST_RANGES = 3
"""The most time ranges that may decide about one access list: each set of them is looked at."""


def rules_of(scenario: Scenario, name: str, active: Collection[str] = ()) -> Sequence[Rule]:
    """Which packets of IP the dialer-list of the interface `name` permits while the time ranges `active` are."""
    group = scenario.interface[name].dialer_group
    listed = scenario.dialer_list.get(str(group)) if group is not None else None
    if listed is None or listed.ip in ("", "deny"):
        return ()
    if listed.access_list is None:
        return (PERMIT,)
    apart = [time_range_of(rule) for rule in entries_of(scenario, listed.access_list)]
    return tuple(rule for rule, name in apart if name is None or name not in scenario.time_range or name in active)


def entries_of(scenario: Scenario, access_list: str) -> Sequence[Rule]:
    """The rules of an access list, in their order."""
    known = scenario.access_list.get(access_list)
    return (PERMIT,) if known is None or not known.entries else tuple(entry_of(entry) for entry in known.entries)


def named_ranges(scenario: Scenario, access_list: str | None) -> list[str]:
    """The time ranges that entries of an access list name, each once, whether they are in the file or not."""
    entries = entries_of(scenario, access_list) if access_list is not None else ()
    return list(dict.fromkeys(name for _, name in map(time_range_of, entries) if name is not None))


def ranges_of(scenario: Scenario, name: str) -> list[str]:
    """The time ranges that decide what is interesting for the interface `name`: those that can be active, and can be not."""
    listed = scenario.dialer_list.get(str(scenario.interface[name].dialer_group))
    named = named_ranges(scenario, listed.access_list if listed is not None else None)
    return [one for one in named if one in scenario.time_range and not scenario.time_range[one].never]


def to(network: IPv4Network) -> Packets:
    """Every packet for the network."""
    return Packets(destination=Addresses(int(network.network_address), int(network.hostmask)))


def is_interesting(scenario: Scenario, name: str, packets: Packets) -> bool:
    """True if some of these packets are interesting for the line, at some time."""
    return not when_interesting(scenario, name, packets).is_never


def when_interesting(scenario: Scenario, name: str, packets: Packets) -> When:
    """When some of these packets are interesting for the line."""
    ranges = ranges_of(scenario, name)
    if len(ranges) > MOST_RANGES:
        raise InputError(
            f"{scenario.source}: more than {MOST_RANGES} time ranges decide what is interesting for {name}: that is not modelled"
        )
    sets = [frozenset(one) for size in range(len(ranges) + 1) for one in combinations(ranges, size)]
    return When(tuple(ranges), tuple(one for one in sets if some_permitted(rules_of(scenario, name, one), packets)))


def only_when(scenario: Scenario, when: When) -> str:
    """When that is, in the words of the file: "only while time-range work (line 3: weekdays 8:00 to 18:00) is active"."""
    decide = [one for one in when.ranges if any((case ^ {one}) not in when.active for case in when.active)]
    places = [f"time-range {one} (line {scenario.time_range[one].line}: {scenario.time_range[one].says})" for one in decide]
    if len(decide) > 1:
        return f"only at some times of {' and '.join(places)}"
    return f"only while {places[0]} is {'' if decide[0] in when.active[0] else 'not '}active"


def why_not(scenario: Scenario, name: str, network: IPv4Network) -> Iterator[Lack]:
    """Why no packet for `network` is interesting for the line, if none is."""
    one = scenario.interface[name]
    if one.dialer_group is None:
        yield Lack(one.line, f"interface {name} has no dialer-group: no traffic is interesting, and nothing dials it")
        return
    listed = scenario.dialer_list.get(str(one.dialer_group))
    if listed is None:
        yield Lack(one.line, f"dialer-group {one.dialer_group} of {name} names a dialer-list that is not there: nothing dials it")
    elif listed.ip == "deny":
        yield Lack(listed.line, f"dialer-list {one.dialer_group} denies IP: nothing dials {name}")
    elif not listed.ip:
        yield Lack(listed.line, f"dialer-list {one.dialer_group} says nothing of IP: nothing dials {name}")
    elif listed.access_list is not None and not is_interesting(scenario, name, to(network)):
        for range_name in named_ranges(scenario, listed.access_list):
            never = scenario.time_range.get(range_name)
            if never is not None and never.never:
                says = f"time-range {range_name} ends before it begins ({never.says}): entries that name it never count"
                yield Lack(never.line, says)
        known = scenario.access_list[listed.access_list]
        where = "any address" if not network.prefixlen else str(network)
        yield Lack(
            known.line,
            f"access list {listed.access_list} of dialer-list {one.dialer_group} permits no packet for {where}: "
            f"such traffic never dials {name}",
        )
