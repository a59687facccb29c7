"""A stale record: the attempt that failed is still taken to be under way."""

from collections.abc import Sequence
from dataclasses import replace

import z3

from dialproof.core.variables import Boolean, boolean
from model.events import Event
from model.fault import Certainty, fault
from model.parts.lines import Line
from model.rules import Remembered, Rules, Situation, Updates


def pending(line: str) -> Boolean:
    """A call over `line` is on record as under way."""
    return boolean(f"pending {line}", says=f"a call over {line} is on record as under way")


@fault("pending-record-never-cleared", article="none: a fault of this kind, for the sake of the model", certainty=Certainty.GUESS)
def pending_record_never_cleared(rules: Rules) -> Rules:
    """A call leaves a record that only an answer clears; while it exists a second trigger is dropped."""

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        if event in (Event.DIAL, Event.ANSWER, Event.START):
            return {**known, pending(name): z3.BoolVal(event is Event.DIAL)}
        return {**known, **{pending(line.name): z3.BoolVal(False) for line in now.lines}} if event is Event.RESTART else known

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        own = tuple(Remembered(pending(line.name), z3.Not(pending(line.name))) for line in lines)
        return (*rules.state(lines), *own)

    return replace(rules, after=after, state=state).only_if(Event.DIAL, lambda _now, line: z3.Not(pending(line)))
