"""A stale acquire: the attempt that traffic asked for is over, and its record is still there."""

from collections.abc import Sequence
from dataclasses import replace

import z3

from dialproof.core.variables import Boolean, boolean
from model.events import Event
from model.fault import Certainty, fault
from model.parts.lines import Line
from model.rules import Remembered, Rules, Situation, Updates


def acquiring(line: str) -> Boolean:
    """An acquire for `line` is on record."""
    return boolean(f"acquiring {line}", says=f"an acquire for {line} is on record")


@fault("acquire-record-never-cleared", article="strongswan/strongswan #3062", certainty=Certainty.STATED, product="strongswan")
def acquire_record_never_cleared(rules: Rules) -> Rules:
    """An acquire leaves a record that only a tunnel clears which comes up; while it exists traffic asks in vain."""

    def dials(now: Situation, line: Line) -> z3.BoolRef:
        return z3.And(rules.dials(now, line), z3.Not(acquiring(line.name)))

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        return {**known, acquiring(name): z3.BoolVal(event is Event.DIAL)} if event in (Event.DIAL, Event.ANSWER) else known

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        own = tuple(Remembered(acquiring(line.name), z3.Not(acquiring(line.name))) for line in lines)
        return (*rules.state(lines), *own)

    return replace(rules, dials=dials, after=after, state=state)
