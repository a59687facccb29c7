"""pppd on demand as a dial-on-demand router: one process for each link, classes of packets that wait for the links.

Source: pppd(8); pppd/main.c (phases, hold-off, maxfail), pppd/demand.c (what happens to packets while the link is not up).
Packets that come while pppd waits for demand, or dials, are kept, and are sent when the link is up. When a link or an attempt
has ended, those kept are thrown away (demand_discard), and further ones are refused until pppd waits for demand again.
What is sent to a peer that is gone counts as activity, and is lost: pppd takes the shorter of the times since it last sent and
since it last received (pppd/auth.c, check_idle).
Left out: times, unless `timed` asks for them; the kernel's own queue of passive packets while pppd dials; what pppd does on
signals; routes that appear and vanish with the interface, but for default routes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.errors import InputError
from dialproof.core.variables import StateVariable
from model.events import ENDS, Event, happening
from model.fault import Fault
from model.parts import queues
from model.parts.default_routes import DefaultRoutes, coming_and_going, installing
from model.parts.failures import at_most, counting, failures
from model.parts.far_end import heard, penalised
from model.parts.lines import DIALLING, DOWN, UP, Line, Promised, line
from model.parts.periodic import Beat, beating, keep_alive, timed_by
from model.parts.promises import Promise
from model.parts.routes import Route, route
from model.parts.timing import Due
from model.products.pppd.ppp import ppp
from model.products.pppd.scenario import Link, Scenario
from model.products.pppd.words import WORDS
from model.router import Router, activity, assembled, calls, passing
from model.rules import Rules, Situation, Updates, correct, plain, wanted
from model.scenario import promises_of

_HEARD = (Event.DELIVER, Event.PASS, Event.KEEP_ALIVE)
"""The packets that come to the other side, and begin its idle time anew."""


def build(scenario: Scenario, fault: Fault) -> Router:
    """The links that `scenario` describes, with `fault` in each pppd. Raises InputError for a scenario without links."""
    if not scenario.links:
        raise InputError("there is no link: nothing could be dialled; declare one under [links]")
    return composed(scenario, routes_of(scenario), fault)


def composed(scenario: Scenario, routes: Sequence[Route], fault: Fault, *, constants: Sequence[StateVariable] = ()) -> Router:
    """The links of `scenario` with `routes`, and with `fault` in each pppd.

    `constants` are what the conditions speak of under which routes are there (`Route.there`).
    """
    now, rules = Situation(tuple(routes), lines_of(scenario)), rules_with(scenario, fault)
    started = Promise(Fairness.WEAK, "restarted_when_exited") if scenario.environment.restarted_when_exited else queues.UNPROMISED
    promises = {**promises_of(scenario.dialling, scenario.environment), Promised.START: started}
    packets, due = traffic(scenario, now)
    actions = [*packets, *calls(now, rules, promises)]
    brought = default_routes_of(scenario)
    actions += coming_and_going(brought) if brought.own else ()

    def with_routes(others: Sequence[Route], constants: Sequence[StateVariable] = ()) -> Router:
        return composed(scenario, others, fault, constants=constants)

    router = assembled(
        scenario.title or "pppd",
        WORDS,
        fault,
        now,
        rules,
        passing(now, rules, scenario.unit, due),
        actions,
        constants=constants,
        with_routes=with_routes,
    )
    return replace(router, own_routes={name: brought.of_line(name) for name in brought.own})


def lines_of(scenario: Scenario) -> tuple[Line, ...]:
    """The links as lines, in the order of the file."""
    is_answered = scenario.environment.most_failed_calls is not None
    return tuple(
        line(
            name,
            f"device {link.device}" if link.device else f"the device of {name}",
            ppp(link, scenario.unit, is_answered_in_time=is_answered),
        )
        for name, link in scenario.links.items()
    )


def routes_of(scenario: Scenario) -> tuple[Route, ...]:
    """A route for each class of traffic that dials its link: packets of the others wait for nothing."""
    capacity = scenario.connector.queue_capacity
    return tuple(
        route(one.name, one.name, None, one.link, words=WORDS, capacity=capacity)
        for one in scenario.traffic
        if scenario.is_demand(one)
    )


def default_routes_of(scenario: Scenario) -> DefaultRoutes:
    """The default routes of links that bring one, and those of others."""
    return DefaultRoutes(
        {name: link.defaultroute_metric for name, link in scenario.links.items() if link.defaultroute},
        {name: other.metric for name, other in scenario.default_routes.items()},
    )


def beats_of(scenario: Scenario) -> tuple[Beat, ...]:
    """The classes of traffic that come every so often."""
    unit = scenario.unit
    return tuple(
        Beat(one.name, one.link, unit.of(one.every), one.only_while_up)
        for one in scenario.traffic
        if unit is not None and one.every is not None
    )


def rules_with(scenario: Scenario, fault: Fault) -> Rules:
    """The rules of pppd with the options of `scenario` and with `fault` in it, and what the world outside remembers."""
    unit, most, links = scenario.unit, scenario.environment.most_failed_calls, {one.name: one.link for one in scenario.traffic}
    rules = beating(fault.rewrite(rules_of(scenario.links)), beats_of(scenario))
    if unit is not None:
        rules = penalised(rules, lambda name: unit.of(scenario.links[name].peer.penalty) if name in scenario.links else 0)
    if most is not None:
        rules = at_most(rules, most)
    if (routes := default_routes_of(scenario)).own:
        rules = installing(rules, routes)

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        over = [line for line in now.lines if event in _HEARD and line.name == links.get(name)]
        return {**known, **{clock: value for line in over for clock, value in heard(line).items()}}

    return replace(rules, after=after).worked_out()


def rules_of(links: Mapping[str, Link]) -> Rules:
    """When the pppd of each link dials, exits and holds off, and what it throws away."""

    def dials(now: Situation, line: Line) -> z3.BoolRef:
        link = links[line.name]
        if link.demand and link.sync:
            return z3.BoolVal(False)
        return wanted(now, line) if link.demand else z3.BoolVal(True)

    def exits(_now: Situation, name: str) -> z3.BoolRef:
        link = links[name]
        if not link.persists:
            return z3.BoolVal(True)
        return failures(name, link.maxfail) >= link.maxfail if link.maxfail else z3.BoolVal(False)

    def goes_on(now: Situation, name: str) -> z3.BoolRef:
        return plain(z3.Not(exits(now, name)))

    counted = counting(replace(correct(), dials=dials), lambda name: links[name].maxfail if links[name].persists else 0)

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = counted.after(now, event, name)
        ended = [line for line in now.lines if line.name == name] if event in ENDS else []
        thrown_away: Updates = {route.waiting: z3.IntVal(0) for line in ended for route in now.over(line)}
        return {**known, **thrown_away, **activity(now, event, name)}

    rules = replace(counted, after=after).only_if(Event.EXIT, exits)
    for event in (Event.HOLD_OFF, Event.AWAIT_DEMAND):
        rules = rules.only_if(event, goes_on)
    return rules


def traffic(scenario: Scenario, now: Situation) -> tuple[list[Action], list[Due]]:
    """What becomes of packets, class by class, and which of them come at their own time."""
    beats = {beat.name: beat for beat in beats_of(scenario)}
    actions: list[Action] = []
    due: list[Due] = []

    def come(name: str, packets: list[Action]) -> None:
        if name not in beats:
            actions.extend(packets)
            return
        timed, one = timed_by(beats[name], packets)
        actions.extend(timed)
        due.append(one)

    for one in now.routes:
        (own,) = [line for line in now.lines if line.name == one.link]
        come(one.name, asking(scenario, one, own))
        actions.extend(queues.departures(one, own.is_up, delivery=scenario.environment.delivery))
        actions.extend([queues.losses(one, own.is_silent)] if own.kind.silent else [])
    for other in scenario.traffic:
        (own,) = [line for line in now.lines if line.name == other.link]
        if other.only_while_up:
            source = "" if scenario.is_active(other) else "pppd(8): active-filter"
            active = scenario.is_active(other)
            come(other.name, [keep_alive(beats[other.name], own, is_activity=active, source=source)])
        elif not scenario.is_active(other):
            come(other.name, passive(other.name, own))
    return actions, due


def asking(scenario: Scenario, one: Route, own: Line) -> list[Action]:
    """Packets of a class come for their link, or are refused."""
    states = (DOWN, DIALLING, UP, *own.kind.silent) if scenario.links[own.name].demand else (UP, *own.kind.silent)
    taken = z3.Or([own.is_in(state) for state in states]) if len(states) > 1 else own.is_up
    retry = Promise(Fairness.STRONG, "senders_retry") if scenario.environment.senders_retry else queues.UNPROMISED
    return queues.arrivals(one, taken=taken, promise=retry)


def passive(name: str, own: Line) -> list[Action]:
    """Packets that the active-filter keeps out: they pass a link that is up, and dial none."""
    return [
        happening(
            Event.PASS,
            name,
            guard=own.is_up,
            updates={},
            actor="environment",
            says=f"a packet for {name} passes {own.name}; it is no activity",
            source="pppd(8): active-filter",
        ),
        happening(
            Event.IGNORE,
            name,
            guard=z3.Not(own.is_up),
            updates={},
            actor="environment",
            says=f"a packet for {name} comes, which dials nothing, and is dropped",
            source="pppd/demand.c (active_packet)",
        ),
    ]
