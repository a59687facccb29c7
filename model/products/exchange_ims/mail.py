"""Mail of the Internet Mail Service: how it comes to its queues, leaves over a line or the LAN, and is returned."""

import z3

from dialproof.core.actions import Action
from model.parts import queues
from model.parts.batches import batch
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
    actions = queues.arrivals(one) + queues.departures(one, can_send(scenario, one, line), delivery=delivery, sends=sends)
    if line is not None and not one.ages:  # else it is returned by its time-out
        hopeless = plain(rules.gives_up(now, one))
        if not z3.is_false(hopeless):
            actions.append(queues.returned(one, z3.And(hopeless, z3.Not(up))))
    return actions


def can_send(scenario: Scenario, one: Route, line: Line | None) -> z3.BoolRef:
    """Mail for a route can leave over its `line` (None: over the LAN)."""
    if line is None:
        return z3.BoolVal(True)
    return line.is_up if scenario.dialling.sends == "all" else z3.And(line.is_up, batch(one) > 0)


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
