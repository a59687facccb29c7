"""Mail of the Internet Mail Service: how it comes to its queues, leaves over a line or the LAN, and is returned."""

import z3

from dialproof.core.actions import Action
from model.parts import queues
from model.parts.batches import batch
from model.parts.deferral import RouteLadder
from model.parts.lines import Line
from model.parts.routes import Route
from model.parts.timing import Due
from model.products.exchange_ims.scenario import Scenario
from model.rules import Rules, Situation, plain


def traffic(scenario: Scenario, one: Route, now: Situation, rules: Rules) -> list[Action]:
    """Mail for a route comes and goes; if it is given up, mail for a dial route is returned while the line is not up."""
    line = next((line for line in now.lines if line.name == one.link), None)
    up = z3.BoolVal(True) if line is None else line.is_up
    delivery, sends = scenario.environment.delivery, scenario.connector.sends
    leaves = can_send(scenario, one, line)
    actions = queues.arrivals(one) + queues.departures(one, leaves, delivery=delivery, sends=sends)
    if scenario.environment.deliveries_may_fail and sends and not one.is_collected:
        actions.append(queues.failing(one, leaves))
    if line is not None and not one.ages:  # else it is returned by its time-out
        hopeless = plain(rules.gives_up(now, one))
        if not z3.is_false(hopeless):
            actions.append(queues.returned(one, z3.And(hopeless, z3.Not(up))))
    return actions


def can_send(scenario: Scenario, one: Route, line: Line | None) -> z3.BoolRef:
    """Mail for a route can leave over its `line` (None: over the LAN): it is up, has it in its batch, and may try it."""
    conditions = [] if line is None else [line.is_up]
    if line is not None and scenario.dialling.sends == "queued-at-call":
        conditions.append(batch(one) > 0)
    ladder = destination_retries(scenario)
    if ladder is not None:
        conditions.append(ladder.may_try(one))
    return z3.And(conditions) if len(conditions) > 1 else conditions[0] if conditions else z3.BoolVal(True)


def deliveries_due(scenario: Scenario, now: Situation) -> list[Due]:
    """When mail that can leave over a line must have left; nothing without `delivery_time`."""
    time, unit = scenario.environment.delivery_time, scenario.unit
    if time is None or unit is None or not scenario.connector.sends:
        return []
    return [
        Due(z3.And(one.has_mail, can_send(scenario, one, line)), ((line.clock, unit.of(time)),) if line.clock is not None else ())
        for line in now.lines
        for one in now.over(line)
    ]


def destination_retries(scenario: Scenario) -> RouteLadder | None:
    """The retry list as one of destinations; None if no delivery fails."""
    unit = scenario.unit
    if unit is None or not scenario.environment.deliveries_may_fail:
        return None
    return RouteLadder(tuple(map(unit.of, scenario.dialling.retry)))
