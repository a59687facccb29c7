"""The lines of a router as ways for its traffic, made as they are asked for: with what is tracked, and what stands by.

A route over an Ethernet interface is in the table as long as there is a link, whatever is broken behind it. On a serial line with
PPP or HDLC the line protocol goes down with the other end, and that is all that is asked of it. A dialled line is always up
for the routing table (spoofing), whether its calls succeed or not, unless `dialer down-with-vInterface` says otherwise.
"""

from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address

import z3

from dialproof.core.errors import InputError
from dialproof.core.variables import StateVariable, boolean
from model.parts.forwarding import Lookup, lookup
from model.parts.forwarding import Way as TableWay
from model.parts.packets import ANY, ICMP, TCP, UDP, Addresses, Packets, all_permitted
from model.parts.probes import Target, Tracker
from model.parts.uplinks import BROKEN, NO_LINK, Uplink, uplink, way_over
from model.products.cisco_ios.interesting import PERMIT, entries_of
from model.products.cisco_ios.interfaces import is_dialled, towards
from model.products.cisco_ios.scenario import Scenario
from model.products.cisco_ios.tables import Operation, Track
from model.products.cisco_ios.traffic import Way, calls, demands, ways_of

BEYOND = IPv4Address(0)
"""What stands for the address of a host of which only the name is known: no network but that of the default route has it."""

_PROTOCOLS = {"icmp": ICMP, "tcp": TCP, "udp": UDP}
_DEEPEST = 8
"""Lists of tracks in lists of tracks, at most."""


@dataclass(eq=False)
class Uplinks:
    """The ways of a router. `plain` are its lines, `watched` the ways that are tracked, each with what makes a probe good."""

    scenario: Scenario
    plain: dict[str, Uplink] = field(default_factory=dict)
    watched: dict[tuple[str, int], Uplink] = field(default_factory=dict)
    pinned: dict[str, Uplink] = field(default_factory=dict)
    good: dict[str, z3.BoolRef] = field(default_factory=dict)
    dialled: set[str] = field(default_factory=set)
    being_made: set[str] = field(default_factory=set)
    constants: list[StateVariable] = field(default_factory=list)

    def line(self, name: str, interface: str | None) -> Uplink:
        """The line of this name, over this interface if it is known."""
        if name not in self.plain:
            self.plain[name] = self._made(name, interface)
        return self.plain[name]

    def interface(self, name: str) -> Uplink:
        """The line of an interface."""
        return self.line(name, name if name in self.scenario.interface else None)

    def way(self, way: Way) -> Uplink:
        """The line of a route, or the way over it that is tracked."""
        plain = self.line(way.line, way.interface)
        number = way.route.track
        if way.never:
            label = f"{way.line}, never used"
            unused = replace(plain, name=label, of=plain.line, allowed=z3.BoolVal(False))
            return self.pinned.setdefault(label, unused)
        if number is None and way.route.permanent:
            label = f"{way.line} permanent"
            return self.pinned.setdefault(label, replace(plain, name=label, of=plain.line, stays=True))
        if number is None:
            return plain
        key = (way.line, number)
        if key not in self.watched:
            self._watch(key, plain)
        return self.watched[key]

    def _made(self, name: str, interface: str | None) -> Uplink:
        one = self.scenario.interface.get(interface) if interface is not None else None
        if one is None or interface is None:
            return uplink(name, None)
        if name in self.being_made:
            raise InputError(
                f"{self.scenario.source}: line {one.line}: {name} is a backup of itself, by way of other interfaces or not"
            )
        self.being_made.add(name)
        standing_by = [other for other, known in self.scenario.interface.items() if known.backup_interface == interface]
        first = [z3.BoolVal(self.scenario.interface[other].backup_delay_never) for other in standing_by]
        links = [self.interface(other).has_link for other in standing_by]
        allowed = z3.Not(z3.Or([*first, *links])) if standing_by else None
        if is_dialled(self.scenario, interface):
            self.dialled.add(name)
            what = BROKEN if one.dialer_down_with_vinterface else NO_LINK
            return uplink(name, None, never=(what,), allowed=allowed, variable=f"calls over {name}")
        never = (BROKEN,) if notices_its_other_end(self.scenario, interface) else ()
        return uplink(name, None, never=never, allowed=allowed)

    def _watch(self, key: tuple[str, int], plain: Uplink) -> None:
        """Make the way over a line that is in the table only while a track is up."""
        line, number = key
        name = f"{line} track {number}"
        hosts = self._hosts(number, _DEEPEST)
        if not hosts:
            state = self._state(number, plain, _DEEPEST)
            allowed = state if plain.allowed is None else z3.And(state, plain.allowed)
            self.watched[key] = Uplink(name, plain.condition, allowed=allowed, of=plain.line)
            return
        tracker = Tracker(tuple(Target(host) for host in hosts), 1, begins_alive=None)
        self.watched[key] = way_over(plain, name, tracker, plain.allowed)
        self.good[name] = z3.BoolVal(False)  # while its own probes are looked up, which may come back to this way
        self.good[name] = self._state(number, plain, _DEEPEST)

    def _hosts(self, number: int, depth: int) -> list[str]:
        """The hosts that a track, or those of its list, ask."""
        track = self.scenario.track.get(str(number))
        if track is None:
            return []
        if track.ip_sla is not None:
            operation = self.scenario.ip_sla.get(str(track.ip_sla))
            if operation is not None and not operation.asks:
                raise InputError(
                    f"{self.scenario.source}: line {operation.line}: ip sla {track.ip_sla} asks in a way that is not "
                    f"modelled, and a "
                    "route depends on it"
                )
            return [operation.asks] if operation is not None and not operation.life else []
        self._require_depth(depth)
        return [host for other in track.objects for host in self._hosts(other, depth - 1)]

    def _require_depth(self, depth: int) -> None:
        if not depth:
            raise InputError(f"{self.scenario.source}: a track list names itself, or its lists are too deep")

    def _state(self, number: int, plain: Uplink, depth: int) -> z3.BoolRef:
        """The track is up, if whoever is asked answers as things are now; false for one that is not there."""
        track = self.scenario.track.get(str(number))
        if track is None:
            return z3.BoolVal(False)
        if track.ip_sla is not None:
            operation = self.scenario.ip_sla.get(str(track.ip_sla))
            if operation is None or not operation.scheduled:
                return z3.BoolVal(False)
            if operation.life:  # what its last answer said is all that is known for ever
                last = boolean(f"track {number} at its end", says=f"track {number} was up when its probes ended")
                self.constants.append(last)
                return last
            return self._answers(operation, f"probes of track {number}")
        if track.interface:
            return self.interface(track.interface).has_link
        return self._of_list(track, plain, depth)

    def _of_list(self, track: Track, plain: Uplink, depth: int) -> z3.BoolRef:
        self._require_depth(depth)
        parts = [self._state(other, plain, depth - 1) for other in track.objects]
        if not parts:
            return z3.BoolVal(False)
        return z3.And(parts) if track.boolean == "and" else z3.Or(parts)

    def _answers(self, operation: Operation, name: str) -> z3.BoolRef:
        """The host of an operation answers: its packets arrive, by the local policy or the table, and the answers come back."""
        bound = self.bound(operation)
        if bound is not None:
            return bound.works
        found = self.table_lookup(operation.address or BEYOND, operation.vrf, name)
        self.constants += found.firsts
        lines = {way.line for way in ways_of(self.scenario)}
        back = self.interface(operation.source_interface) if operation.source_interface in lines else None
        reachable = {demand.line for demand in demands(self.scenario) if demand.dials}
        reachable |= {call.name for call in calls(self.scenario) if call.on_purpose and not call.lacks}

        def carries(one: Uplink) -> z3.BoolRef:
            if one.line in self.dialled and one.line not in reachable:
                return z3.BoolVal(False)
            return one.works if back is None or back.line == one.line else z3.And(one.works, back.works)

        return found.arrives(carries)

    def table_lookup(self, address: IPv4Address, vrf: str, name: str) -> Lookup:
        """Where packets of the router to an address go, by its table."""
        near = [
            TableWay(one.network, self.interface(label), 0)
            for label, one in self.scenario.interface.items()
            if one.network is not None and one.vrf == vrf and not one.shutdown and address in one.network
        ]
        far = [
            TableWay(way.route.network, self.way(way), way.route.distance)
            for way in ways_of(self.scenario)
            if way.route.vrf == vrf and address in way.route.network
        ]
        return lookup([*near, *far], address, name)

    def bound(self, operation: Operation) -> Uplink | None:
        """The line that the local policy sends the packets of an operation over; None if the table decides."""
        packets = packets_of(self.scenario, operation)
        for clause in self.scenario.route_map:
            if clause.route_map != self.scenario.ip_local_policy or not self.scenario.ip_local_policy:
                continue
            rules = entries_of(self.scenario, clause.access_list) if clause.access_list else (PERMIT,)
            if all_permitted(rules, packets):
                over = clause.interface or (
                    towards(self.scenario, IPv4Address(clause.next_hop), operation.vrf) if clause.next_hop else None
                )
                return self.interface(over) if clause.permits and over else None
        return None


def packets_of(scenario: Scenario, operation: Operation) -> Packets:
    """The packets of an operation."""
    source = scenario.interface.get(operation.source_interface)
    own = source.own if source is not None else None
    address, port = operation.address, operation.port
    return Packets(
        _PROTOCOLS[operation.protocol],
        Addresses(int(own), 0) if own is not None else ANY,
        Addresses(int(address), 0) if address is not None else ANY,
        ports=((port, port),) if port else None,
    )


def notices_its_other_end(scenario: Scenario, name: str) -> bool:
    """True for a serial line with PPP or HDLC: its line protocol goes down with the other end."""
    known = scenario.interface.get(name)
    return known is not None and name.startswith("Serial") and known.encapsulation in ("", "hdlc", "ppp")


def paths_of(scenario: Scenario, operation: Operation) -> list[str]:
    """The lines that the packets of an operation may take, the best first; no more than one if the first of them is not watched.

    A line that is not watched takes them as long as it has a link.
    """
    made = Uplinks(scenario)
    bound = made.bound(operation)
    if bound is not None:
        return [bound.line]
    taken = [one for one, _ in made.table_lookup(operation.address or BEYOND, operation.vrf, "probes").taken]
    if taken and taken[0].belief is None and taken[0].allowed is None:
        return [taken[0].line]
    return list(dict.fromkeys(one.line for one in taken))
