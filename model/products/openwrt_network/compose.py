"""OpenWrt's network as a router: its lines, as netifd starts them, and packets that wait for those on demand.

Left out: times, but that until a dead line is found dead (`timed`); what netifd does when its configuration changes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.errors import InputError
from dialproof.core.variables import StateVariable
from model.events import ENDS, Event
from model.fault import Fault
from model.parts import queues
from model.parts.intents import intended, intending
from model.parts.lines import DIALLING, DOWN, UP, Line, Promised, line
from model.parts.over_lines import Way, carries, over_others
from model.parts.promises import Promise
from model.parts.routes import Route, route
from model.parts.uplinks import Uplink, fortunes, uplink
from model.products.openwrt_network.netifd import netifd
from model.products.openwrt_network.scenario import NOT_DIALLED, Scenario
from model.products.openwrt_network.words import WORDS
from model.router import Router, activity, assembled, calls, passing
from model.rules import Remembered, Rules, Situation, Updates, correct, wanted
from model.scenario import Dialling, promises_of

CAPACITY = 1
"""The most packets that wait for a line on demand: one more changes nothing."""


def build(scenario: Scenario, fault: Fault) -> Router:
    """The lines that `scenario` describes, with `fault` in netifd. Raises InputError if none is dialled."""
    if not scenario.dialled:
        raise InputError("no interface is dialled, and none is a tunnel; declare one under [interface]")
    return _composed(scenario, fault, _routes(scenario))


def _composed(scenario: Scenario, fault: Fault, routes: Sequence[Route], constants: Sequence[StateVariable] = ()) -> Router:
    supervising = fault.rewrite(correct()).supervising
    uppers = [name for name, one in scenario.dialled.items() if one.is_over_others and scenario.ways_of(name)]
    lines = tuple(
        line(
            name,
            f"device of {name}",
            netifd(one, scenario.unit, is_upper=name in uppers, may_hang=supervising.attempts_may_hang),
        )
        for name, one in scenario.dialled.items()
    )
    below = {name: uplink(name, None) for name, one in scenario.interface.items() if uppers and one.proto in NOT_DIALLED}
    ways = {name: [_way(other, lines, below) for other in scenario.ways_of(name)] for name in uppers}
    now, owned = Situation(tuple(routes), lines), [name for name, one in scenario.dialled.items() if not one.auto]
    rules = _rules(scenario, fault, ways, owned, below)
    promises = {**promises_of(Dialling(), scenario.environment), Promised.START: queues.UNPROMISED}
    actions = [*_packets(scenario, now), *calls(now, rules, promises)]
    actions += [action for one in below.values() for action in fortunes(one)]
    router = assembled(
        scenario.title or "OpenWrt's network",
        WORDS,
        fault,
        now,
        rules,
        passing(now, rules, scenario.unit),
        actions,
        constants=constants,
        with_routes=lambda others, more: _composed(scenario, fault, others, more),
    )
    return replace(
        router,
        intents={name: intended(name) for name in owned},
        carried={name: carries(each) for name, each in ways.items()},
    )


def _way(name: str, lines: Sequence[Line], below: Mapping[str, Uplink]) -> Way:
    """The line of this name as something that tunnels go over."""
    if name in below:
        return Way(name, below[name].has_link, below[name].works)
    (own,) = [one for one in lines if one.name == name]
    return Way(name, own.is_connected, own.is_up)


def _routes(scenario: Scenario) -> tuple[Route, ...]:
    """Packets for each line that is dialled on demand."""
    on_demand = [name for name, one in scenario.dialled.items() if one.is_on_demand]
    return tuple(route(f"hosts by {name}", f"hosts by {name}", None, name, words=WORDS, capacity=CAPACITY) for name in on_demand)


def _rules(
    scenario: Scenario, fault: Fault, ways: Mapping[str, Sequence[Way]], owned: Sequence[str], below: Mapping[str, Uplink]
) -> Rules:
    """When each line is started, and what is thrown away when it ends."""

    def dials(now: Situation, one: Line) -> z3.BoolRef:
        return wanted(now, one) if scenario.interface[one.name].is_on_demand else z3.BoolVal(True)

    def after(now: Situation, event: Event, name: str) -> Updates:
        ended = [one for one in now.lines if one.name == name] if event in ENDS else []
        thrown_away: Updates = {waiting.waiting: z3.IntVal(0) for one in ended for waiting in now.over(one)}
        return {**thrown_away, **activity(now, event, name)}

    def state(_lines: Sequence[Line]) -> tuple[Remembered, ...]:
        return tuple(Remembered(one.condition, one.initially) for one in below.values())

    own = replace(fault.rewrite(correct()), dials=dials, after=after, state=state)
    unasked = [name for name in owned if scenario.interface[name].watchdog]
    return intending(over_others(own, ways), owned, unasked=unasked).worked_out()


def _packets(scenario: Scenario, now: Situation) -> list[Action]:
    """What becomes of packets for lines on demand."""
    retry = Promise(Fairness.STRONG, "senders_retry") if scenario.environment.senders_retry else queues.UNPROMISED
    actions: list[Action] = []
    for one in now.routes:
        (own,) = [line for line in now.lines if line.name == one.link]
        taken = z3.Or([own.is_in(state) for state in (DOWN, DIALLING, UP, *own.kind.silent)])
        actions += queues.arrivals(one, taken=taken, promise=retry)
        actions += queues.departures(one, own.is_up, delivery=scenario.environment.delivery)
        actions += [queues.losses(one, own.is_silent)] if own.kind.silent else []
    return actions
