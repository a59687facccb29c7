"""Stops: an administrator stops the program that dials, and it is started again later, or never.

A stop ends every call. While the program is stopped it does nothing, and what comes to its queues waits there: it is not rerouted
(Q263714, Q271545). The start that follows does what any start does. Clocks of a schedule run on meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import z3

from dialproof.core.actions import Action
from dialproof.core.variables import Boolean, StateVariable, boolean
from model.events import Event, happening
from model.parts.lines import Line
from model.parts.promises import Promise
from model.rules import Remembered, Rules, Situation, Updates


def stopped() -> Boolean:
    """The program is stopped."""
    return boolean("service stopped", says="the service is stopped")


def with_stops(rules: Rules) -> Rules:
    """The same rules, by which nothing is dialled while the program is stopped. It has to come after all that a start changes."""

    def after(now: Situation, event: Event, name: str) -> Updates:
        return rules.after(now, Event.RESTART if event is Event.START_SERVICE else event, name)

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        return (*rules.state(lines), Remembered(stopped(), z3.Not(stopped())))

    return replace(rules, after=after, state=state).only_if(Event.DIAL, lambda _now, _line: z3.Not(stopped()))


def and_starts(action: Action) -> Action:
    """`action`, after which the program runs, even if it was stopped before."""
    return replace(action, updates={**action.updates, stopped(): z3.BoolVal(False)})


def stops(lines: Sequence[Line], restart: Action, starting: Promise) -> list[Action]:
    """The program is stopped, started again as promised, or restarted at once, which is what `restart` does."""
    down: Mapping[StateVariable, z3.ExprRef] = {line.state: line.state.down for line in lines}
    return [
        replace(restart, guard=z3.And(restart.guard, z3.Not(stopped()))),
        happening(
            Event.STOP_SERVICE,
            guard=z3.Not(stopped()),
            updates={**down, stopped(): z3.BoolVal(True)},
            actor="administrator",
            says="the service is stopped",
        ),
        happening(
            Event.START_SERVICE,
            guard=stopped(),
            updates={**restart.updates, stopped(): z3.BoolVal(False)},
            actor="administrator",
            fairness=starting.fairness,
            because=starting.name,
            says=restart.says.replace("restarted", "started"),
            source=restart.source,
        ),
    ]
