"""The commands at the left margin, and in blocks other than those of interfaces: what each of them says."""

from ipaddress import AddressValueError, IPv4Address
from pathlib import Path

from model.grammars.ios import Command
from model.importing import Placing
from model.products.cisco_ios.interface_commands import interface_command
from model.products.cisco_ios.reading import Said, interface_name, is_address, named, network, number
from model.products.cisco_ios.tables import DHCP
from model.products.cisco_ios.time_ranges import ABSOLUTE, PERIODIC
from model.products.cisco_ios.vocabulary import name_of

_STANDARD = (*range(1, 100), *range(1300, 2000))
SEQUENCE, _FIRST_CLAUSE = "sequence number", 10
"""By what the clauses of a route-map are in order, and which one the first has if nothing is said."""
_LIFE = 3600
"""Seconds that an operation of IP SLA lives if its schedule says nothing of that."""
_EXTENDED = (*range(100, 200), *range(2000, 2700))
_MOST_INTERFACES = 1000
_NUMBERED = frozenset(map(str, (*_STANDARD, *_EXTENDED)))


class Reader:
    """Collects what the commands say."""

    def __init__(self, path: Path) -> None:
        self.made = Placing(path)
        self.tables: dict[str, dict[str, Said]] = {}
        self.rows: dict[str, list[Said]] = {"ip_route": [], "route_map": [], "router": []}
        self.entries: dict[str, list[tuple[int, str, int]]] = {}
        self.tops: dict[str, tuple[object, int]] = {}
        self.odd_tracks: dict[str, int] = {}
        self.classes: dict[str, Command] = {}
        self._routes: dict[tuple[object, ...], Said] = {}

    def read(self, found: list[Command]) -> None:
        """What all commands say. Classes come first: whoever names one may stand before it."""
        self.classes = {one.words[2]: one for one in found if one.begins("map-class", "dialer") and len(one.words) > 2}  # noqa: PLR2004
        for one in found:
            self.command(one)
        self.rows["ip_route"] = list(self._routes.values())

    def table(self, table: str, name: str, line: int) -> Said:
        """The table of this name, which begins at `line` if nothing is said of it yet."""
        return self.tables.setdefault(table, {}).setdefault(name, Said(line))

    def command(self, one: Command) -> None:
        """What a command at the left margin says."""
        words = one.words
        if one.negated and self._is_taken_back(one):
            return
        match [word.lower() for word in words]:
            case ["interface", _, *_]:
                self._interface(one)
            case ["ip", "route", _, *_]:
                self._route(one)
            case ["dialer-list", _, *_]:
                self._dialer_list(one)
            case ["dialer", "watch-list", _, "ip", _, _, *_] if not one.negated:
                watched = network(self.made, one, words[4], _mask(words[5]))
                self.table("watch_list", str(number(self.made, one, words[2], 1)), one.line).add("networks", watched, one.line)
            case ["access-list", name, *_] if name in _NUMBERED:
                self._entry(name, Command(words[2:], one.line, one.negated))
            case ["ip", "access-list", "standard" | "extended", _, *_]:
                for entry in one.block:
                    self._entry(words[3], entry)
            case ["track", name, *_] if name not in ("timer", "resolution") and not one.negated:
                self._track(one)
            case ["ip", "sla", "group", "schedule", _, *_] if not one.negated:
                self._group(one)
            case ["ip", "sla", "schedule", _, *_] | ["ip", "sla", "monitor", "schedule", _, *_] | ["rtr", "schedule", _, *_]:
                self._schedule(one)
            case ["ip", "sla", "monitor", _] | ["ip", "sla", _] | ["rtr", _] if one.words[-1].isdigit() and not one.negated:
                self._operation(one)
            case ["ip", "local", "policy", "route-map", _, *_]:
                self.tops["ip_local_policy"] = (words[4], one.line)
            case ["route-map", _, *_] if not one.negated:
                self._route_map(one)
            case ["time-range", name] if not one.negated:
                self._time_range(name, one)
            case ["router", _, *_] if not one.negated:
                self._routing(one)
            case ["ntp", "server", server, *_] if is_address(server) and not one.negated:
                known = self.tops.get("ntp_server", ((), one.line))
                assert isinstance(known[0], tuple)
                self.tops["ntp_server"] = (tuple(dict.fromkeys([*known[0], server])), known[1])
            case ["map-class", "dialer", _, *_]:
                pass
            case ["end" | "version" | "exit", *_]:
                pass
            case _:
                self.made.leave(one.line, name_of(one))

    def _is_taken_back(self, one: Command) -> bool:
        """Take back the whole table that a command with `no` names; False if it names none."""
        last = one.words[-1]
        match [word.lower() for word in one.words]:
            case ["interface", _, *_]:
                self.tables.get("interface", {}).pop(interface_name(one.words[1:])[0], None)
            case ["access-list", _] | ["ip", "access-list", "standard" | "extended", _]:
                self.entries.pop(last, None)
            case ["track", name, *_] if name.isdigit():
                self.tables.get("track", {}).pop(name, None)
                self.odd_tracks.pop(name, None)
            case ["ip", "sla", "monitor", _] | ["ip", "sla", _] | ["rtr", _] if last.isdigit():
                self.tables.get("ip_sla", {}).pop(last, None)
            case ["ip", "local", "policy", "route-map", *_]:
                self.tops.pop("ip_local_policy", None)
            case ["time-range", name]:
                self.tables.get("time_range", {}).pop(named(name), None)
            case _:
                return False
        return True

    def _interface(self, one: Command) -> None:
        name, _ = interface_name(one.words[1:])
        said = self.table("interface", name, one.line)
        if len(self.tables["interface"]) > _MOST_INTERFACES:
            raise self.made.error(one.line, f"more than {_MOST_INTERFACES:,} interfaces")
        for inside in _flat(one.block):
            if not interface_command(self.made, said, inside, self.classes):
                self.made.leave(inside.line, name_of(inside, "interface"))

    def _route(self, one: Command) -> None:
        words = list(one.words[2:])
        said = Said(one.line)
        if words[0].lower() == "vrf" and len(words) > 1:
            said.say("vrf", named(words[1]), one.line)
            words = words[2:]
        if len(words) < 3 or not is_address(words[0]):  # noqa: PLR2004  # network, mask, where to
            self.made.leave(one.line, name_of(one))
            return
        said.say("destination", network(self.made, one, words[0], words[1]), one.line)
        words = words[2:]
        if not is_address(words[0]) and words[0].lower() != DHCP:
            name, taken = interface_name(tuple(words))
            said.say("interface", name, one.line)
            words = words[taken:]
        elif words[0].lower() == DHCP:
            said.say("interface", DHCP, one.line)
            said.say("distance", 254, one.line)
            words = words[1:]
        if words and is_address(words[0]):
            said.say("next_hop", words[0], one.line)
            words = words[1:]
        self._of_route(one, said, words)
        self._routes.pop(_target(said), None)
        if not one.negated:
            self._routes[_target(said)] = said

    def _of_route(self, one: Command, said: Said, words: list[str]) -> None:
        """What is said behind the target of a route."""
        while words:
            word = words.pop(0).lower()
            if word.isascii() and word.isdigit():
                said.say("distance", number(self.made, one, word, 0, 255), one.line)
            elif word == "track":
                said.say("track", number(self.made, one, words.pop(0) if words else None, 1), one.line)
            elif word in ("name", "tag"):
                del words[:1]
            elif word == "permanent":
                said.say("permanent", True, one.line)
            elif word != "global":
                self.made.leave(one.line, "ip route: more behind it")
                return

    def _dialer_list(self, one: Command) -> None:
        lowered = [word.lower() for word in one.words]
        said = self.table("dialer_list", str(number(self.made, one, one.words[1], 1)), one.line)
        match lowered[2:]:
            case ["protocol", "ip", "permit" | "deny" as what]:
                said.say("ip", "" if one.negated else what, one.line)
            case ["protocol", "ip", "list", _] | ["list", _]:
                said.say("ip", "" if one.negated else f"list {one.words[-1]}", one.line)
            case _:
                self.made.leave(one.line, "dialer-list of another protocol than IP")

    def _entry(self, name: str, one: Command) -> None:
        """A line of an access list; kept as text, and read only if the list decides something."""
        words = list(one.words)
        if not words or words[0].lower() == "remark":
            return
        known = self.entries.setdefault(name, [])
        rank, is_numbered = max((entry[0] for entry in known), default=0) + 10, False
        if words[0].isascii() and words[0].isdigit() and len(words[0]) < 10:  # noqa: PLR2004  # a sequence number
            rank, is_numbered = int(words.pop(0)), True
        text = " ".join(words).lower()
        if one.negated:
            gone = [entry for entry in known if (entry[0] == rank if is_numbered else entry[1] == text)]
            self.entries[name] = [entry for entry in known if entry not in gone]
        elif text:
            known.append((rank, text, one.line))

    def _track(self, one: Command) -> None:
        name = str(number(self.made, one, one.words[1], 1))
        said = self.table("track", name, one.line)
        match [word.lower() for word in one.words[2:]]:
            case ["ip", "sla", other, *_] | ["rtr", other, *_]:
                said.say("ip_sla", number(self.made, one, other, 1), one.line)
            case ["interface", _, *_]:
                said.say("interface", interface_name(one.words[3:])[0], one.line)
            case ["list", "boolean", "and" | "or" as how]:
                said.say("boolean", how, one.line)
                for inside in one.block:
                    if inside.begins("object"):
                        if inside.has("not"):
                            self.odd_tracks[name] = inside.line
                        said.add("objects", number(self.made, inside, inside.after("object"), 1), inside.line)
            case _:
                self.odd_tracks[name] = one.line
        for inside in one.block:
            if not inside.begins("object"):
                self.made.leave(inside.line, name_of(inside, "track"))

    def _operation(self, one: Command) -> None:
        said = self.table("ip_sla", str(number(self.made, one, one.words[-1], 1)), one.line)
        for inside in _flat(one.block):
            host, protocol, rest = _asked(inside)
            if host:
                said.say("asks", host.lower(), inside.line)
                said.say("protocol", protocol, inside.line)
                if protocol != "icmp" and rest and rest[0].isascii() and rest[0].isdigit():
                    said.say("port", number(self.made, inside, rest[0], 0, 65535), inside.line)
                source = inside.after("source-interface")
                if source is not None:
                    behind = inside.words[[word.lower() for word in inside.words].index("source-interface") + 1 :]
                    said.say("source_interface", interface_name(behind)[0], inside.line)
                elif (address := inside.after("source-ip") or inside.after("source-ipaddr")) is not None:
                    said.say("source address", address, inside.line)
            elif inside.begins("vrf") and len(inside.words) > 1:
                said.say("vrf", named(inside.words[1]), inside.line)
            elif inside.begins("frequency"):
                said.say("frequency", number(self.made, inside, inside.after("frequency"), 1), inside.line)
            else:
                self.made.leave(inside.line, name_of(inside, "ip sla"))

    def _schedule(self, one: Command) -> None:
        at = [word.lower() for word in one.words].index("schedule")
        said = self.table(
            "ip_sla", str(number(self.made, one, one.words[at + 1] if len(one.words) > at + 1 else None, 1)), one.line
        )
        self._scheduled(one, said)

    def _scheduled(self, one: Command, said: Said) -> None:
        """When an operation begins, and when it ends: after an hour if nothing is said."""
        start, life = one.after("start-time"), one.after("life")
        said.say("scheduled", not one.negated and start is not None and start.lower() != "pending", one.line)
        if one.has("recurring"):
            self.made.leave(one.line, "ip sla schedule: recurring, each day anew")
            said.take_back("life")
        elif life is None:
            said.say("life", _LIFE, one.line)
        elif life.lower() == "forever":
            said.take_back("life")
        else:
            said.say("life", number(self.made, one, life), one.line)

    def _group(self, one: Command) -> None:
        """The operations of a group are scheduled together: "ip sla group schedule 1 2-4,7 schedule-period 60 ..."."""
        for part in (one.words[5] if len(one.words) > 5 else "").split(","):  # noqa: PLR2004  # behind the group's number
            first, _, last = part.partition("-")
            low, high = number(self.made, one, first, 1), number(self.made, one, last or first, 1)
            for name, said in self.tables.get("ip_sla", {}).items():
                if low <= int(name) <= high:
                    self._scheduled(one, said)

    def _time_range(self, name: str, one: Command) -> None:
        """When a range is active; entries of access lists are kept in small letters, and so is its name."""
        said = self.table("time_range", named(name), one.line)
        for inside in one.block:
            words = [word.lower() for word in inside.words]
            match words:
                case ["periodic", *times] if PERIODIC.fullmatch(" ".join(times)) and not inside.negated:
                    said.add("periodic", " ".join(times), inside.line)
                case ["periodic", *times] if inside.negated:
                    said.remove("periodic", [" ".join(times)])
                case ["absolute", *times] if times and ABSOLUTE.fullmatch(" ".join(times)) and not inside.negated:
                    said.say("absolute", " ".join(times), inside.line)
                case ["absolute", *_] if inside.negated:
                    said.take_back("absolute")
                case ["periodic" | "absolute" as what, *_]:
                    said.say("unread", True, inside.line)
                    self.made.leave(inside.line, f"time-range: {what}")
                case _:
                    self.made.leave(inside.line, name_of(inside, "time-range"))

    def _route_map(self, one: Command) -> None:
        said = Said(one.line)
        said.say("route_map", one.words[1], one.line)
        said.say("permits", not one.has("deny"), one.line)
        sequence, lists = one.words[-1], list[tuple[str, int]]()
        said.say(SEQUENCE, int(sequence) if sequence.isascii() and sequence.isdigit() else _FIRST_CLAUSE, one.line)
        for inside in one.block:
            match [word.lower() for word in inside.words]:
                case ["match", "ip", "address", _, *_]:
                    lists += [(name, inside.line) for name in inside.words[3:]]
                case ["set", "interface", *_]:
                    said.say("interface", interface_name(inside.words[2:])[0], inside.line)
                case ["set", "ip", "next-hop", *rest]:
                    hops = [word for word in rest if is_address(word)]
                    if hops:
                        said.say("next_hop", hops[0], inside.line)
                case _:
                    self.made.leave(inside.line, name_of(inside, "route-map"))
        for name, line in lists:  # it matches what one of them permits
            clause = Said(said.line, dict(said.values), dict(said.lines))
            clause.say("access_list", name, line)
            self.rows["route_map"].append(clause)
        self.rows["route_map"] += [] if lists else [said]

    def _routing(self, one: Command) -> None:
        said = Said(one.line)
        protocol = one.words[1].lower()
        said.say("protocol", protocol if protocol in ("rip", "ospf", "eigrp") else "other", one.line)
        for inside in _flat(one.block):
            match [word.lower() for word in inside.words]:
                case ["network", base, *rest] if is_address(base):
                    covered = _covered(protocol, base, rest)
                    if covered is not None and not inside.negated:
                        said.add("networks", covered, inside.line)
                case ["passive-interface", "default"]:
                    said.add("passive", "default", inside.line)
                case ["passive-interface", _, *_]:
                    said.add("active" if inside.negated else "passive", interface_name(inside.words[1:])[0], inside.line)
                case _:
                    self.made.leave(inside.line, name_of(inside, "router"))
        self.rows["router"].append(said)


def _flat(block: list[Command]) -> list[Command]:
    """The commands of a block and of the blocks in it."""
    return [one for outer in block for one in (outer, *_flat(outer.block))]


def _target(said: Said) -> tuple[object, ...]:
    return tuple(said.values.get(key) for key in ("vrf", "destination", "interface", "next_hop"))


def _mask(word: str) -> str:
    """The mask of a watched network: a watch-list has masks, and 0.0.0.0 for a host."""
    return "255.255.255.255" if word == "0.0.0.0" else word  # noqa: S104  # no address to listen at


def _asked(one: Command) -> tuple[str, str, tuple[str, ...]]:
    """Whom an operation asks, and how; ("", "", ()) if the command says nothing of that."""
    words = one.words
    match [word.lower() for word in words]:
        case ["icmp-echo", _, *_]:
            return words[1], "icmp", words[2:]
        case ["tcp-connect", _, *_]:
            return words[1], "tcp", words[2:]
        case ["udp-echo" | "udp-jitter", _, *_]:
            return words[1], "udp", words[2:]
        case ["type", "echo", "protocol", "ipicmpecho", _, *_]:
            return words[4], "icmp", words[5:]
        case _:
            return "", "", ()


def _covered(protocol: str, base: str, rest: list[str]) -> str | None:
    """The network of a `network` command: with a wildcard, or of its class."""
    bits = int(IPv4Address(base))
    try:
        wildcard = int(IPv4Address(rest[0])) if rest and protocol != "rip" else None
    except AddressValueError:
        wildcard = None
    if wildcard is not None:
        length = 32 - wildcard.bit_length()
        return f"{base}/{length}" if wildcard == (1 << (32 - length)) - 1 else None
    first = bits >> 24
    length = 0 if not bits else 8 if first < 128 else 16 if first < 192 else 24  # noqa: PLR2004  # classes A, B, C
    return f"{base}/{length}"
