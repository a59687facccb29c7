"""Interesting traffic: what dials a line and keeps it up, by the dialer-list that its dialer-group names.

An access list that is named and has no entry permits everything, as IOS takes one that does not exist; that is said as an
assumption. Whether some packet for a network is interesting is worked out exactly (`model.parts.packets`).
"""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

from model.parts.packets import Addresses, Packets, Rule, some_permitted
from model.products.cisco_ios.access_lists import entry_of
from model.products.cisco_ios.interfaces import Lack
from model.products.cisco_ios.scenario import Scenario

PERMIT = Rule(True, Packets())


def rules_of(scenario: Scenario, name: str) -> Sequence[Rule]:
    """Which packets of IP the dialer-list of the interface `name` permits."""
    group = scenario.interface[name].dialer_group
    listed = scenario.dialer_list.get(str(group)) if group is not None else None
    if listed is None or listed.ip in ("", "deny"):
        return ()
    return (PERMIT,) if listed.access_list is None else entries_of(scenario, listed.access_list)


def entries_of(scenario: Scenario, access_list: str) -> Sequence[Rule]:
    """The rules of an access list, in their order."""
    known = scenario.access_list.get(access_list)
    return (PERMIT,) if known is None or not known.entries else tuple(entry_of(entry) for entry in known.entries)


def to(network: IPv4Network) -> Packets:
    """Every packet for the network."""
    return Packets(destination=Addresses(int(network.network_address), int(network.hostmask)))


def is_interesting(scenario: Scenario, name: str, packets: Packets) -> bool:
    """True if some of these packets are interesting for the line."""
    return some_permitted(rules_of(scenario, name), packets)


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
        known = scenario.access_list[listed.access_list]
        where = "any address" if not network.prefixlen else str(network)
        yield Lack(
            known.line,
            f"access list {listed.access_list} of dialer-list {one.dialer_group} permits no packet for {where}: "
            f"such traffic never dials {name}",
        )
