"""Mail of the Internet Mail Service: how it comes to its queues, leaves over a line or the LAN, and is returned."""

import z3

from dialproof.core.actions import Action
from model.parts import queues
from model.parts.batches import batch
from model.parts.deferral import RouteLadder
from model.parts.lines import Line
from model.parts.routes import Route
from model.parts.stops import stopped
from model.parts.timing import Due, Reached
from model.products.exchange_ims.scenario import Scenario
from model.rules import Rules, Situation, all_of, both, plain


def traffic(scenario: Scenario, one: Route, now: Situation, rules: Rules) -> list[Action]:
    """Mail for a route comes and goes; if it is given up, mail for a dial route is returned while the line is not up."""
    line = next((line for line in now.lines if line.name == one.link), None)
    up = z3.BoolVal(True) if line is None else line.is_up
    leaves, sends = can_send(scenario, one, line), scenario.connector.sends
    only_if = [*([] if sends else [z3.BoolVal(False)]), *runs(scenario)]
    actions = queues.arrivals(one) + queues.departures(one, leaves, delivery=scenario.environment.delivery, only_if=only_if)
    if scenario.environment.deliveries_may_fail and sends and not one.is_collected:
        actions.append(queues.failing(one, all_of([leaves, *runs(scenario)])))
    if line is not None and not one.ages:  # else it is returned by its time-out
        hopeless = plain(rules.gives_up(now, one))
        if not z3.is_false(hopeless):
            actions.append(queues.returned(one, z3.And(hopeless, z3.Not(up), *runs(scenario))))
    return actions


def runs(scenario: Scenario) -> list[z3.BoolRef]:
    """The conditions under which the service does anything: none if nobody stops it."""
    return [] if scenario.environment.stops == "never" else [z3.Not(stopped())]


def can_send(scenario: Scenario, one: Route, line: Line | None) -> z3.BoolRef:
    """Mail for a route can leave over its `line` (None: over the LAN): the line can take it, and its destination may be tried."""
    ladder = destination_retries(scenario)
    return both(_line_takes(scenario, one, line), z3.BoolVal(True) if ladder is None else ladder.may_try(one))


def _line_takes(scenario: Scenario, one: Route, line: Line | None) -> z3.BoolRef:
    """The line is up, and mail of the route is in its batch, if it has one."""
    if line is None:
        return z3.BoolVal(True)
    return line.is_up if scenario.dialling.sends == "all" else z3.And(line.is_up, batch(one) > 0)


def deliveries_due(scenario: Scenario, now: Situation) -> list[Due]:
    """When mail that can leave over a line must have left; nothing without `delivery_time`."""
    time, unit, ladder = scenario.environment.delivery_time, scenario.unit, destination_retries(scenario)
    due: list[Due] = []
    if time is None or unit is None or not scenario.connector.sends:
        return due
    for line in now.lines:
        idle: tuple[Reached, ...] = ((line.clock, unit.of(time)),) if line.clock is not None else ()
        for one in now.over(line):
            possible = z3.And(one.has_mail, _line_takes(scenario, one, line))
            if ladder is None:
                due.append(Due(possible, idle))
                continue
            again = (ladder.clock(one.name), ladder.interval(one.name))
            due.append(Due(z3.And(possible, ladder.is_first(one)), idle))
            due.append(Due(z3.And(possible, ladder.tries_again(one.name)), (*idle, again)))
    return due


def destination_retries(scenario: Scenario) -> RouteLadder | None:
    """The retry list as one of destinations; None if no delivery fails."""
    unit = scenario.unit
    if unit is None or not scenario.environment.deliveries_may_fail:
        return None
    return RouteLadder(tuple(map(unit.of, scenario.dialling.retry)))
