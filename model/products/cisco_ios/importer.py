"""A configuration of IOS as a scenario: the commands that decide, under their names, each with its line.

Phone numbers, user names and passwords stay in the file: of a number the scenario says only that there is one. Access lists and
route-maps are read if they decide about a line or a probe; the others are listed.
"""

from collections.abc import Callable, Iterable, Iterator
from ipaddress import IPv4Interface
from pathlib import Path

from dialproof.core.display import counted
from dialproof.core.errors import InputError
from model.grammars.ios import commands, is_ios
from model.importing import Imported, Importer, Placing
from model.products.cisco_ios.access_lists import entry_of, time_range_of
from model.products.cisco_ios.commands import SEQUENCE, Reader
from model.products.cisco_ios.compose import modem_of
from model.products.cisco_ios.own_traffic import interesting_periods
from model.products.cisco_ios.reading import Said
from model.products.cisco_ios.scenario import Scenario
from model.products.cisco_ios.scenario import read as scenario_of
from model.products.cisco_ios.tables import DHCP
from model.products.cisco_ios.traffic import Destination, calls, changing, demands

_MOST_DESTINATIONS = 3
"""Claims are asked of each destination up to so many; of more, of all at once."""

DIALLED, DELIVERED, NO_DIAL = "queued-demand-is-dialled", "queued-demand-is-delivered", "no-dial-without-demand"
RELEASED, NO_LATCH = "idle-line-is-released", "no-latch"
CAN_LEAVE, LEFT, USED_AGAIN = "traffic-can-leave", "broken-line-is-left", "working-line-is-used-again"
SETTLES, FAILS_ONLY = "constant-measurement-settles", "line-fails-only-if-it-is-broken"


def recognises(_path: Path, text: str) -> bool:
    """True for a text with interfaces or routes of IOS."""
    return is_ios(text)


def read(path: Path, text: str) -> Imported:
    """The scenario that the file stands for. Raises ScenarioError with the line of what cannot be read."""
    found = commands(text, str(path))
    if not found:
        raise InputError(f"{path}: nothing active: the file has no command")
    reader = Reader(path)
    reader.read(found)
    made = reader.made
    made.head(_title(reader), "cisco-ios")
    made.data["environment"] = {"call_eventually_succeeds": True, "delivery_eventually_succeeds": True}
    _interfaces(reader)
    _routes(reader)
    for table in ("dialer_list", "track", "ip_sla", "watch_list", "time_range"):
        _put(made, table, reader.tables.get(table, {}))
    _policy(reader)
    _lists(reader)
    _rows(made, "router", reader.rows["router"])
    for key, (value, line) in reader.tops.items():
        if key != "ip_local_policy":
            made.put((key,), list(value) if isinstance(value, tuple) else value, line)
    _checks(reader)
    return made.imported()


def _title(reader: Reader) -> str:
    interfaces, routes = len(reader.tables.get("interface", {})), len(reader.rows["ip_route"])
    return f"IOS: {counted(interfaces, 'interface')}, {counted(routes, 'static route')}"


def _put(made: Placing, table: str, found: dict[str, Said]) -> None:
    for name, said in found.items():
        made.data.setdefault(table, {}).setdefault(name, {})
        made.place((table, name), said.line)
        said.put(made, (table, name))


def _rows(made: Placing, table: str, found: list[Said]) -> None:
    for at, said in enumerate(found):
        made.add(table, {}, said.line)
        said.put(made, (table, at))


def _interfaces(reader: Reader) -> None:
    """The interfaces, with what their commands say to other tables."""
    found = reader.tables.get("interface", {})
    for name, said in found.items():
        whole = found.get(name.split(".")[0])
        if "." in name and whole is not None and "encapsulation" in whole.values:
            said.values.setdefault("encapsulation", whole.values["encapsulation"])
            said.lines.setdefault("encapsulation", whole.lines["encapsulation"])
        over = [route for route in reader.rows["ip_route"] if route.values.get("interface") == name]
        if said.values.pop("ppp ipcp route default", False):
            _route_of_call(reader, name, said, alone=not over)
        if said.values.pop("ip ospf area", False) and "/" in str(said.values.get("ip_address", "")):
            own = str(IPv4Interface(str(said.values["ip_address"])).ip)
            for routing in reader.rows["router"]:
                if routing.values["protocol"] == "ospf":
                    routing.add("networks", f"{own}/32", said.lines["ip ospf area"])
    by_address = {str(said.values.get("ip_address", "")).split("/")[0]: name for name, said in found.items()}
    for operation in reader.tables.get("ip_sla", {}).values():
        address = operation.values.pop("source address", None)
        if address in by_address:
            operation.say("source_interface", by_address[str(address)], operation.lines["source address"])
    _put(reader.made, "interface", found)


def _route_of_call(reader: Reader, name: str, said: Said, *, alone: bool) -> None:
    """The default route that a call installs while it is up."""
    line = said.lines["ppp ipcp route default"]
    if not alone:
        reader.made.leave(line, "interface: ppp ipcp route default, beside a static route over it")
        return
    said.say("dialer_down_with_vinterface", True, line)
    route = Said(line)
    route.say("destination", "0.0.0.0/0", line)
    route.say("interface", name, line)
    if "vrf" in said.values:
        route.say("vrf", said.values["vrf"], said.lines["vrf"])
    reader.rows["ip_route"].append(route)


def _routes(reader: Reader) -> None:
    """The static routes; `dhcp` as a next hop is the interface whose address is given by DHCP."""
    given = [name for name, said in reader.tables.get("interface", {}).items() if said.values.get("ip_address") == DHCP]
    for route in reader.rows["ip_route"]:
        if route.values.get("interface") == DHCP:
            if len(given) != 1:
                raise reader.made.error(route.line, "`ip route ... dhcp`, and not one interface has `ip address dhcp` but "
                                        f"{len(given)}; allowed: one")  # fmt: skip
            route.say("interface", given[0], route.line)
        elif "interface" not in route.values and "next_hop" not in route.values:
            raise reader.made.error(route.line, "`ip route`: an interface or a next hop is missing")
    _rows(reader.made, "ip_route", reader.rows["ip_route"])


def _policy(reader: Reader) -> None:
    """The local policy with the clauses of its route-map, in their order."""
    name = reader.tops.get("ip_local_policy")
    if name is not None:
        reader.made.put(("ip_local_policy",), *name)
    used = [one for one in reader.rows["route_map"] if name is not None and one.values["route_map"] == name[0]]
    used.sort(key=lambda one: number if isinstance(number := one.values[SEQUENCE], int) else 0)
    for one in reader.rows["route_map"]:
        one.take_back(SEQUENCE)
        if one not in used:
            reader.made.leave(one.line, "route-map of something else than the local policy")
    _rows(reader.made, "route_map", used)


def _lists(reader: Reader) -> None:
    """The access lists that decide about a line or a probe."""
    made = reader.made
    listed = [str(said.values.get("ip", "")).removeprefix("list ") for said in reader.tables.get("dialer_list", {}).values()]
    clauses = [str(one.get("access_list", "")) for one in made.data.get("route_map", [])]
    for name, entries in reader.entries.items():
        if name not in (*listed, *clauses):
            for _, _, line in entries:
                made.leave(line, "access list of something else than lines and probes")
            continue
        ordered = [(text, line) for _, text, line in sorted(entries, key=lambda entry: entry[0])]
        for text, line in ordered:
            try:
                rule = entry_of(text)
            except ValueError as wrong:
                raise made.error(line, f"this entry of an access list is not modelled: {wrong}") from None
            if time_range_of(rule)[0].packets.besides or (rule.packets.besides and name not in listed):
                made.leave(line, "more in an entry than addresses and ports: it may hold or not")
        made.data.setdefault("access_list", {}).setdefault(name, {})
        made.place(("access_list", name), min(line for _, line in ordered) if ordered else 1)
        made.put(("access_list", name, "entries"), [text for text, _ in ordered], ordered[0][1] if ordered else 1)
        for at, (_, line) in enumerate(ordered):
            made.place(("access_list", name, "entries", at), line)


def _checks(reader: Reader) -> None:
    """Ask what somebody with such a file wants to know, of the lines that are dialled and of the destinations."""
    made = reader.made
    made.data["check"] = [{"claim": NO_LATCH}]  # a scenario asks for something
    scenario = scenario_of(made.imported(), {NO_LATCH}, ())
    del made.data["check"]
    lines, asked, found = calls(scenario), demands(scenario), changing(scenario)
    for one in found:
        for way in one.ways:
            _require_known(reader, way.route.track)
    modems = [modem_of(scenario, one, lines) for one in lines]
    if len(set(modems)) < len(modems):
        made.data["environment"]["calls_eventually_end"] = True
        made.data["dialling"] = {"fairness": "strong"}
        made.assumed.append("lines that share a modem take turns: no call lasts for ever")
    checks: list[tuple[str, str | None]] = []
    checks += [(one, None) for one in (DIALLED, DELIVERED)] if asked else []
    wanted = {demand.line for demand in asked if demand.dials} | {one.line for one in interesting_periods(scenario)}
    dialled = [one for one in lines if not one.lacks and (one.name in wanted or one.on_purpose)]
    checks += [(NO_DIAL, None)] if dialled and asked else []
    checks += [(NO_LATCH, None)] if dialled else []
    released = [one for one in dialled if not one.on_purpose and scenario.interface[one.interface].dialer_idle_timeout]
    checks += [(RELEASED, None)] if released else []
    if len(found) > _MOST_DESTINATIONS:
        checks += [(CAN_LEAVE, None), *([(LEFT, None)] if any(map(_has_others, found)) else []), (USED_AGAIN, None)]
    else:
        for one in found:
            checks += [(claim, one.name) for claim in (CAN_LEAVE, *([LEFT] if _has_others(one) else []), USED_AGAIN)]
    if any(_is_watched(scenario, way.route.track) for one in found for way in one.ways):
        checks += [(SETTLES, None), (FAILS_ONLY, None)]
    if not checks:
        raise InputError(f"{made.file}: nothing active: no line is dialled, and no route depends on a track or on another line")
    at = {one.name: one.ways[0].route.line for one in found}
    for claim, of in checks:
        made.add("check", {"claim": claim} if of is None else {"claim": claim, "of": of}, at.get(of or "", 0) or 1)


def _has_others(one: Destination) -> bool:
    """True if traffic can leave one line of the destination for another one."""
    return len({(way.line, way.route.track, way.route.permanent) for way in one.ways}) > 1


def _tracks(first: int | None, objects_of: Callable[[str], Iterable[int]]) -> Iterator[str]:
    """The track of that number and all that are in its list, or in lists in it; each once."""
    waiting, seen = [] if first is None else [first], set[int]()
    while waiting:
        number = waiting.pop()
        if number not in seen:
            seen.add(number)
            yield str(number)
            waiting += reversed([*objects_of(str(number))])


def _is_watched(scenario: Scenario, number: int | None) -> bool:
    """True if a track, or one of its list, asks a host."""

    def objects(name: str) -> Iterable[int]:
        return scenario.track[name].objects if name in scenario.track else ()

    known = (scenario.track[name] for name in _tracks(number, objects) if name in scenario.track)
    operations = (scenario.ip_sla.get(str(one.ip_sla)) for one in known if one.ip_sla is not None)
    return any(operation is not None and not operation.life for operation in operations)


def _require_known(reader: Reader, number: int | None) -> None:
    """Raise ScenarioError for a track that a route needs and that is of a kind that is not modelled."""

    def objects(name: str) -> Iterable[int]:
        said = reader.tables.get("track", {}).get(name)
        found = said.values.get("objects", ()) if said is not None else ()
        assert isinstance(found, tuple)
        return found

    for name in _tracks(number, objects):
        if name in reader.odd_tracks:
            raise reader.made.error(
                reader.odd_tracks[name],
                f"track {name} decides about a route, and is not modelled; allowed: ip sla, interface, list boolean and, list "
                f"boolean or",
            )


IMPORTER = Importer("cisco-ios", "the running-config of Cisco IOS or IOS XE", recognises, read)
