"""The settings that explain why a claim about IOS is violated, in the words of the file, each with its line.

They are read off the file, and shown only if the verdict is "violated".
"""

from collections.abc import Iterator

from dialproof.core.plan import Suspect
from model.products.cisco_ios.own_traffic import interesting_periods
from model.products.cisco_ios.scenario import Scenario
from model.products.cisco_ios.traffic import Destination, Way, at_times, calls, demands, destinations, never_used
from model.products.cisco_ios.uplinks import notices_its_other_end, paths_of
from model.scenario import Check


def suspects(scenario: Scenario, check: Check) -> list[Suspect]:
    """What explains it if `check` comes out violated, the nearest first."""
    about = [one for one in destinations(scenario) if check.of in (None, one.name)]
    found: list[Suspect] = []
    match check.claim:
        case "queued-demand-is-dialled" | "queued-demand-is-delivered" | "queued-demand-is-resolved":
            found += _of_demands(scenario)
        case "idle-line-is-released":
            found += _of_periods(scenario)
        case "traffic-can-leave" | "broken-line-is-left" | "working-line-is-used-again":
            found += [one for destination in about for one in _of_ways(scenario, destination)]
            found += [one for destination in about for one in _of_tracks(scenario, destination)]
        case "constant-measurement-settles" | "line-fails-only-if-it-is-broken":
            found += [one for destination in destinations(scenario) for one in _of_tracks(scenario, destination)]
        case _:
            pass
    return list(dict.fromkeys(found))


def _at(scenario: Scenario, line: int, says: str) -> Suspect:
    return Suspect(scenario.source, line, says)


def _of_demands(scenario: Scenario) -> Iterator[Suspect]:
    """Why traffic does not dial the line that its route goes over."""
    for demand in demands(scenario):
        for lack in demand.lacks:
            yield _at(scenario, lack.line, lack.says)
        if demand.dials and not demand.when.is_always:
            for line, says in at_times(scenario, demand):
                yield _at(scenario, line, says)


def _of_periods(scenario: Scenario) -> Iterator[Suspect]:
    """What keeps a line up although nobody uses it."""
    interfaces = {one.name: one.interface for one in calls(scenario)}
    for one in interesting_periods(scenario):
        interface = scenario.interface[interfaces[one.line]] if one.line in interfaces else None
        if interface is None or not interface.dialer_idle_timeout or one.every > interface.dialer_idle_timeout:
            continue
        listed = scenario.dialer_list[str(interface.dialer_group)]
        known = scenario.access_list.get(listed.access_list or "")
        line = listed.line if known is None else known.line
        by = f"dialer-list {interface.dialer_group}" if known is None else f"access list {listed.access_list}"
        yield _at(
            scenario,
            line,
            f"{by} makes {one.name} interesting: it comes every {one.every} s, and {one.line} hangs up only after "
            f"{interface.dialer_idle_timeout} s without (dialer idle-timeout)",
        )


def _of_ways(scenario: Scenario, destination: Destination) -> Iterator[Suspect]:
    """Ways that stay in the table although nothing comes through."""
    worst = max(way.route.distance for way in destination.ways)
    for way in destination.ways:
        yield from (_at(scenario, lack.line, lack.says) for lack in never_used(way))
        if way.never or way.route.track is not None or way.route.distance == worst:
            continue
        if way.is_dialled and way.interface is not None:
            if not scenario.interface[way.interface].dialer_down_with_vinterface:
                yield _at(
                    scenario,
                    way.route.line,
                    f"the route over {way.line} stays in the table whether its calls succeed or not: worse routes to "
                    f"{destination.name} are never used (dialer down-with-vInterface, or a track, takes it out)",
                )
        elif way.interface is None or not notices_its_other_end(scenario, way.interface):
            yield _at(
                scenario,
                way.route.line,
                f"the route to {destination.name} over {way.line} is not tracked: it stays in the table while there is a link, "
                "whatever is broken behind it",
            )
    yield from _of_standing_by(scenario, destination)


def _of_standing_by(scenario: Scenario, destination: Destination) -> Iterator[Suspect]:
    lines = {way.interface for way in destination.ways}
    for name, one in scenario.interface.items():
        if one.backup_delay_never and one.backup_interface in lines:
            yield _at(scenario, one.line, f"{one.backup_interface} stands by for {name} for ever: backup delay never")
        if one.backup_interface in lines and one.backup_interface and not notices_its_other_end(scenario, name):
            yield _at(
                scenario,
                one.line,
                f"{one.backup_interface} stands by until the line protocol of {name} goes down, which it does not if something "
                "is broken behind the link",
            )


def _of_tracks(scenario: Scenario, destination: Destination) -> Iterator[Suspect]:
    """Tracks that are not there, do not run, or whose probes do not go over the line that they decide about."""
    for way in destination.ways:
        if way.route.track is not None:
            yield from _of_track(scenario, way, way.route.track, {way.route.track})


def _of_track(scenario: Scenario, way: Way, number: int, above: set[int]) -> Iterator[Suspect]:
    track = scenario.track.get(str(number))
    if track is None:
        yield _at(
            scenario, way.route.line, f"the route over {way.line} needs track {number}, which is not there: it is never used"
        )
        return
    for other in track.objects:
        if other not in above:
            yield from _of_track(scenario, way, other, above | {other})
    if track.ip_sla is None:
        return
    operation = scenario.ip_sla.get(str(track.ip_sla))
    if operation is None:
        yield _at(scenario, track.line, f"track {number} follows ip sla {track.ip_sla}, which is not there: it is never up")
        return
    if not operation.scheduled:
        yield _at(scenario, operation.line, f"ip sla {track.ip_sla} is not scheduled: track {number} is never up")
    elif operation.life:
        yield _at(
            scenario,
            operation.line,
            f"ip sla {track.ip_sla} ends after {operation.life} s (its schedule has no life forever): from then on track "
            f"{number} stays as it is",
        )
    over = paths_of(scenario, operation)
    if over and over != [way.line]:
        yield _at(
            scenario,
            operation.line,
            f"the probe of ip sla {track.ip_sla} goes to {operation.asks} by the routing table, over {' or '.join(over)}, "
            f"and decides "
            f"about the route over {way.line}: bind it to that line with ip local policy or a host route",
        )
