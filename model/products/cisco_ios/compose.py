"""IOS as a router: lines that are dialled by interesting traffic, and routes that decide which traffic comes to them.

Source: Cisco, "Configuring DDR", "Dialer Watch", "Evaluating Backup Interfaces, Floating Static Routes, and Dialer Watch for DDR
Backup"; "IP SLAs" with "enhanced object tracking". Traffic asks for a line while its route is the best that is there. What
has asked goes on to until the line is up. A track that is found up or down is one step, however many probes it takes
(`model.parts.probes`).
Left out: times, unless the file asks for them (`timed`) or interesting packets come every so often: then only idle times are
counted. Hosts that are asked answer whoever reaches them: a track that is down because its host is down is no fault of the
file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.clock import Unit
from dialproof.core.errors import InputError
from dialproof.core.variables import StateVariable
from model.events import Event, happening
from model.fault import Fault
from model.parts import queues
from model.parts.backoff import Ladder, backed_off
from model.parts.lines import Line, Promised, line
from model.parts.periodic import Beat, beating, keep_alive, timed_by
from model.parts.policies import TrafficClass
from model.parts.promises import Promise
from model.parts.routes import Route, route
from model.parts.time_ranges import When, remembered, turning
from model.parts.timing import Due
from model.parts.uplinks import BROKEN, Uplink, findings, fortunes, uplink
from model.products.cisco_ios.calls import call
from model.products.cisco_ios.interfaces import is_cellular, members_of
from model.products.cisco_ios.own_traffic import Periodic, interesting_periods
from model.products.cisco_ios.scenario import Scenario
from model.products.cisco_ios.traffic import Call, Demand, calls, changing, demands, ways_of
from model.products.cisco_ios.uplinks import Uplinks
from model.products.cisco_ios.words import WORDS
from model.router import Router, activity, assembled, passing
from model.router import calls as happenings
from model.rules import Reason, Rules, Situation, Updates, any_of, correct
from model.scenario import promises_of

CELLULAR_BACK_OFF = (60, 60, 60, 60, 300, 600, 900, 1800, 3600)
"""Seconds until the next call after a mobile network has rejected one (Cisco 829, 1100: cellular back-off). No command
changes it."""

_TRACKING, _TIME_RANGE = "Cisco: enhanced object tracking", "Cisco: time-range, periodic, absolute"


@dataclass(frozen=True, eq=False)
class Parts:
    """The parts that a scenario describes: how each destination goes, and the guards of what asks for the lines."""

    uplinks: Uplinks
    classes: tuple[TrafficClass, ...]
    asks: dict[str, z3.BoolRef]
    """For each demand, when it can come."""


def build(scenario: Scenario, fault: Fault) -> Router:
    """The lines and routes that `scenario` describes, with `fault` in IOS. Raises InputError if nothing can change in it."""
    lines_to_dial, asked = calls(scenario), demands(scenario)
    periods = interesting_periods(scenario)
    unit = unit_of_clocks(scenario, periods)
    parts = parts_of(scenario, asked)
    if not lines_to_dial and not parts.classes:
        raise InputError(
            f"{scenario.source}: nothing active: no line is dialled, and no route depends on a track or another line"
        )
    lines = tuple(_line(scenario, one, lines_to_dial, periods, unit) for one in lines_to_dial)
    routes = tuple(route(one.name, one.name, None, one.line, words=WORDS, capacity=1) for one in asked)
    now = Situation(routes, lines)
    beats = [Beat(f"{one.name} over {one.line}", one.line, unit.of(one.every), True) for one in periods if unit is not None]
    used = [*(one.when for one in asked if one.dials), *(one.when for one in periods)]
    ranges = list(dict.fromkeys(name for when in used if not when.is_always for name in when.ranges))
    rules = remembered(beating(fault.rewrite(rules_of(asked, lines_to_dial, periods, parts)), beats), ranges)
    if unit is not None and scenario.connector.timed:
        rules = _backed_off(scenario, rules, lines_to_dial, unit)
    rules = rules.worked_out()
    interest = {f"{one.name} over {one.line}": one.when for one in periods}
    packets, due = traffic(now, asked, beats, parts, scenario.environment.delivery, interest)
    recur = scenario.environment.time_ranges_recur and any(scenario.time_range[name].recurs for name in ranges)
    promises = {**promises_of(scenario.dialling, scenario.environment)}
    if recur and promises[Promised.DIALLER].fairness is not Fairness.STRONG:
        promises[Promised.DIALLER] = Promise(Fairness.STRONG, "time_ranges_recur")
    dialling = happenings(now, rules, promises)
    turns = [action for name in ranges for action in turning(name, _recurring(scenario, name), source=_TIME_RANGE)]
    plain = list(parts.uplinks.plain.values())
    watched = list(parts.uplinks.watched.values())
    world = [action for one in plain for action in fortunes(one, ways=[way for way in watched if way.line == one.line])]
    found = [action for one in watched for action in _findings(one, parts.uplinks)]
    return assembled(
        scenario.title or "IOS",
        WORDS,
        fault,
        now,
        rules,
        passing(now, rules, unit, due),
        [*packets, *dialling, *turns, *world, *found],
        constants=list(dict.fromkeys(parts.uplinks.constants)),
        uplinks=[*plain, *watched],
        classes=parts.classes,
    )


def _recurring(scenario: Scenario, name: str) -> Promise:
    """What is promised of a time range: that it becomes active again and again, if the file says so and the clock is right."""
    promised = scenario.environment.time_ranges_recur and scenario.time_range[name].recurs
    return Promise(Fairness.WEAK, "time_ranges_recur") if promised else Promise(Fairness.NONE)


def _findings(one: Uplink, made: Uplinks) -> list[Action]:
    return list(findings(one, made.good[one.name], _TRACKING)) if one.name in made.good else []


def unit_of_clocks(scenario: Scenario, periods: Sequence[Periodic]) -> Unit | None:
    """The unit of the clocks that the model needs; None if it needs none."""
    times = [one.every for one in periods]
    interfaces = {one.interface for one in calls(scenario)}
    if scenario.connector.timed:
        times += [time for name in interfaces for time in scenario.interface[name].times]
        times += [time for name in interfaces if is_cellular(scenario, name) for time in CELLULAR_BACK_OFF]
    else:
        beaten = {one.line for one in periods}
        times += [scenario.interface[one.interface].dialer_idle_timeout for one in calls(scenario) if one.name in beaten]
    return scenario.unit_for(times) if times else None


def parts_of(scenario: Scenario, asked: Sequence[Demand]) -> Parts:
    """How each destination goes, over which lines."""
    made = Uplinks(scenario)
    classes: dict[str, TrafficClass] = {}
    asks = {one.name: z3.BoolVal(True) for one in asked}
    for destination in changing(scenario):
        members: dict[Uplink, int] = {}
        for way in destination.ways:
            one = made.way(way)
            members[one] = min(way.route.distance, members.get(one, way.route.distance))
        known = TrafficClass(destination.name, "ipv4", destination.says, tuple(members.items()))
        classes[destination.name] = known
        for way in destination.ways:
            if way.is_dialled and not way.never:
                over = [known.takes(one) for one in members if one.line == way.line]
                asks[f"{destination.name} over {way.line}"] = any_of(over)
    for demand in asked:
        if demand.watches:
            asks[demand.name] = _all_gone(scenario, made, demand)
    return Parts(made, tuple(classes.values()), asks)


def _all_gone(scenario: Scenario, made: Uplinks, one: Demand) -> z3.BoolRef:
    """No network that the line watches has a route: of the file, or learned, which may come and go."""
    (name,) = {call.interface for call in calls(scenario) if call.name == one.line}
    watched = scenario.watch_list.get(str(scenario.interface[name].dialer_watch_group))
    there: list[z3.BoolRef] = []
    for network in map(IPv4Network, watched.networks if watched is not None else ()):
        own = [way for way in ways_of(scenario) if way.route.network == network and way.line != one.line]
        near = [label for label, known in scenario.interface.items() if known.network == network and not known.shutdown]
        there += [made.way(way).is_alive for way in own] + [made.interface(label).has_link for label in near]
        if scenario.router and not own and not near:
            label = f"the learned route to {network}"
            there.append(made.plain.setdefault(label, uplink(label, None, never=(BROKEN,))).has_link)
    return z3.Not(any_of(there)) if there else z3.BoolVal(True)


def _line(scenario: Scenario, one: Call, others: Sequence[Call], periods: Sequence[Periodic], unit: Unit | None) -> Line:
    timed = scenario.connector.timed
    counted = unit if timed or any(period.line == one.name for period in periods) else None
    kind = call(scenario.interface[one.interface], counted, every_time=timed, on_purpose=bool(one.on_purpose))
    return line(one.name, modem_of(scenario, one, others), kind)


def modem_of(scenario: Scenario, one: Call, others: Sequence[Call]) -> str:
    """What the line dials with: calls that have a single member in common, which makes one call at a time, share it."""
    members = members_of(scenario, one.interface)
    if len(members) == 1 and not members[0].startswith("BRI") and scenario.interface[members[0]].pppoe_client_pool is None:
        sharing = [other for other in others if members_of(scenario, other.interface) == members]
        return members[0] if len(sharing) > 1 else f"the modem of {one.name}"
    return f"a channel for {one.name}"


def rules_of(asked: Sequence[Demand], lines: Sequence[Call], periods: Sequence[Periodic], parts: Parts) -> Rules:
    """When IOS dials a line and keeps it: by interesting traffic, by watched routes, on purpose, by its own packets."""
    by_name, on_purpose = {one.name: one for one in asked}, {one.name: one.on_purpose for one in lines}
    broken = {one.name for one in lines if one.lacks}

    def interesting(now: Situation, line: Line) -> list[z3.BoolRef]:
        return [_while(by_name[one.name].when, one.has_mail) for one in now.over(line) if by_name[one.name].dials]

    def dials(now: Situation, line: Line) -> z3.BoolRef:
        return any_of(interesting(now, line))

    def holds(now: Situation, line: Line) -> z3.BoolRef:
        watched = [parts.asks[one.name] for one in asked if one.watches and one.line == line.name and one.dials]
        return any_of([*interesting(now, line), *watched])

    def besides(_now: Situation, line: Line) -> Sequence[Reason]:
        if line.name in broken:
            return ()
        purpose = on_purpose[line.name]
        own = [one for one in periods if one.line == line.name and one.of_router]
        made = [Reason(z3.BoolVal(True), (), purpose)] if purpose else []
        if own:
            says = f"for packets of the router itself ({', '.join(one.name for one in own)})"
            made.append(Reason(any_of([one.when.holds for one in own]), (), says))
        return made

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = by_name.get(name)
        if known is None or not known.dials:
            return {}
        started = activity(now, event, name)
        return started if known.when.is_always else _only_while(known.when, started)

    return replace(correct(), dials=dials, holds=holds, besides=besides, after=after)


def _backed_off(scenario: Scenario, rules: Rules, lines: Sequence[Call], unit: Unit) -> Rules:
    """The same rules, by which a call of a mobile network that was rejected waits longer and longer."""
    cellular = [one for one in lines if is_cellular(scenario, one.interface)]
    if not cellular:
        return rules
    if len(cellular) < len(lines):
        raise InputError(
            f"{scenario.source}: `timed` with mobile and other lines in one file is not modelled; take one of them out"
        )
    return backed_off(rules, Ladder(tuple(unit.of(time) for time in CELLULAR_BACK_OFF)))


def _while(when: When, condition: z3.BoolRef) -> z3.BoolRef:
    """The condition, as far as it counts."""
    return condition if when.is_always else z3.And(condition, when.holds)


def _only_while(when: When, updates: Mapping[StateVariable, z3.ExprRef | bool | int]) -> Mapping[StateVariable, z3.ExprRef]:
    """The updates, which are made only when they count."""
    return {part: z3.If(when.holds, value, part) for part, value in updates.items()}


def traffic(
    now: Situation,
    asked: Sequence[Demand],
    beats: Sequence[Beat],
    parts: Parts,
    delivery: Promise,
    interest: Mapping[str, When],
) -> tuple[list[Action], list[Due]]:
    """What asks for the lines, and what becomes of it; `interest` says when the packets of a beat are interesting."""
    actions: list[Action] = []
    due: list[Due] = []
    for one, demand in zip(now.routes, asked, strict=True):
        (own,) = [known for known in now.lines if known.name == one.link]
        actions += [_watching(one, own, parts.asks[demand.name])] if demand.watches else _arriving(one, parts.asks[demand.name])
        actions += queues.departures(one, own.is_up, delivery=delivery)
    for beat in beats:
        (own,) = [known for known in now.lines if known.name == beat.line]
        sent = keep_alive(beat, own, is_activity=True, source="Cisco: dialer idle-timeout")
        if not interest[beat.name].is_always:
            sent = replace(sent, updates=_only_while(interest[beat.name], sent.updates))
        timed, when = timed_by(beat, [sent])
        actions += timed
        due.append(when)
    return actions, due


def _arriving(one: Route, asks: z3.BoolRef) -> list[Action]:
    """Traffic begins to ask for its line, if its route over it is the best."""
    return queues.arrivals(one, taken=asks)[:1]


def _watching(one: Route, own: Line, gone: z3.BoolRef) -> Action:
    """The line is asked for because no watched network has a route."""
    return happening(
        Event.ARRIVE,
        one.name,
        guard=z3.And(one.waiting == 0, gone),
        updates={one.waiting: one.waiting + 1},
        fairness=Fairness.STRONG,  # a route that comes and goes is seen to be gone
        actor="router",
        says=f"no watched network has a route: {own.name} is wanted",
        source="Cisco: Dialer Watch",
    )
