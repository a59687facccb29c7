"""Schedules: a line is dialled every so often, whether anything waits for it or not.

At each slot the line is to be dialled, and at the start too ("every" dials at the start of the service: Q158318). A slot that
comes while a call is being made or up is kept until the line is down, or lost: no source says which.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.variables import Boolean, Integer, StateVariable, boolean
from model.events import Event, happening
from model.parts.lines import Line
from model.parts.timing import Due, since
from model.rules import Reason, Remembered, Rules, Situation, Updates


def to_be_dialled(line: str) -> Boolean:
    """A slot of the schedule has come, and the line has not been dialled since."""
    return boolean(f"scheduled {line}", says=f"{line} is to be dialled by the schedule")


def since_slot(line: str, period: int) -> Integer:
    """How long ago the last slot of the schedule was."""
    return since(f"since slot {line}", period, says=f"time since the last slot of the schedule of {line}")


def scheduled(rules: Rules, period: int) -> Rules:
    """The same rules, by which each line is dialled every `period` besides."""

    def besides(now: Situation, line: Line) -> Sequence[Reason]:
        return (*rules.besides(now, line), Reason(to_be_dialled(line.name), says="after a slot of its schedule"))

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        if event is Event.DIAL:
            return {**known, to_be_dialled(name): z3.BoolVal(False)}
        if event is Event.RESTART:
            begun: dict[StateVariable, z3.ExprRef] = {to_be_dialled(line.name): z3.BoolVal(True) for line in now.lines}
            return {**known, **begun, **{since_slot(line.name, period): z3.IntVal(0) for line in now.lines}}
        return known

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        pending = [to_be_dialled(line.name) for line in lines]
        clocks = [since_slot(line.name, period) for line in lines]
        return (
            *rules.state(lines),
            *(Remembered(each, each) for each in pending),
            *(Remembered(each, each == 0, is_clock=True) for each in clocks),
        )

    return replace(rules, besides=besides, after=after, state=state)


def slots(lines: Sequence[Line], period: int, *, kept: bool) -> tuple[list[Action], list[Due]]:
    """The slots of the schedule of `lines`, and when they are due."""
    actions, due = [], []
    for line in lines:
        clock, pending = since_slot(line.name, period), to_be_dialled(line.name)
        updates: Mapping[StateVariable, z3.ExprRef] = {
            clock: z3.IntVal(0),
            pending: z3.BoolVal(True) if kept else z3.Or(pending, line.is_down),
        }
        actions.append(
            happening(
                Event.SLOT,
                line.name,
                guard=clock >= period,
                updates=updates,
                actor="service",
                fairness=Fairness.WEAK,
                says=f"the schedule has a slot for {line.name}",
                source="Q158318, Q157707",
            )
        )
        due.append(Due(z3.BoolVal(True), ((clock, period),)))
    return actions, due
