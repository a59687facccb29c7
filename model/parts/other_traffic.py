"""Other traffic: whatever else goes over a line that is dialled on demand, and dials it too.

A packet makes the line be dialled, and is gone when the call is answered or has ended. While the line is up other traffic goes
over it unseen, and may keep it up for as long as it likes.
"""

from collections.abc import Sequence
from dataclasses import replace

import z3

from dialproof.core.actions import Action
from dialproof.core.variables import Boolean, StateVariable, boolean
from model.events import ENDS, Event, happening
from model.parts.lines import Line
from model.parts.promises import Promise
from model.rules import Reason, Remembered, Rules, Situation, Updates

COMES = "because other traffic comes for it"
"""Why a line is dialled for other traffic, to complete "a line is dialled"."""


def asks(line: str) -> Boolean:
    """Other traffic has come for `line`, and waits for it."""
    return boolean(f"other traffic {line}", says=f"other traffic waits for {line}")


def with_other_traffic(rules: Rules, links: Sequence[str]) -> Rules:
    """The same rules, by which each of the lines `links` is dialled for other traffic as well."""

    def besides(now: Situation, line: Line) -> Sequence[Reason]:
        own = [Reason(asks(line.name), (), COMES)] if line.name in links else []
        return (*rules.besides(now, line), *own)

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        return {**known, asks(name): z3.BoolVal(False)} if event in (Event.ANSWER, *ENDS) and name in links else known

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        return (*rules.state(lines), *(Remembered(asks(name), z3.Not(asks(name))) for name in links))

    return replace(rules, besides=besides, after=after, state=state)


def coming(line: Line, promise: Promise) -> Action:
    """Other traffic comes for `line`, which is down, as promised."""
    updates: dict[StateVariable, z3.ExprRef | bool | int] = {asks(line.name): True}
    return happening(
        Event.OTHER_TRAFFIC,
        line.name,
        guard=z3.And(line.is_down, z3.Not(asks(line.name))),
        updates=updates,
        actor="environment",
        says=f"other traffic comes for {line.name}",
        fairness=promise.fairness,
        because=promise.name,
    )
