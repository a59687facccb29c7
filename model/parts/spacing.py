"""Spacing: a line is not dialled again until some time after the last call."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import z3

from dialproof.core.variables import Integer
from model.events import Event
from model.parts.lines import Line
from model.parts.timing import Reached, since
from model.rules import Remembered, Rules, Situation, Updates


def since_last_call(line: str, distance: int) -> Integer:
    """How long ago the last call over `line` was, up to `distance`."""
    return since(f"since last call {line}", distance, says=f"time since the last call over {line}")


def spaced(rules: Rules, distance: Callable[[str], int], counts: Event = Event.DIAL) -> Rules:
    """The same rules, by which a line is not dialled before `distance` of it has passed since the last call.

    A call `counts` from the event of that kind on: from its attempt, or from its answer. At the start there was none so recently,
    and a start of the service forgets the last one.
    """

    def clock(name: str) -> Integer:
        return since_last_call(name, distance(name))

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        if event is Event.RESTART:  # as at the start
            return {**known, **{clock(line.name): z3.IntVal(distance(line.name)) for line in now.lines if distance(line.name)}}
        return {**known, clock(name): z3.IntVal(0)} if event is counts and distance(name) else known

    def not_before(now: Situation, event: Event, name: str) -> Sequence[Reached]:
        known = tuple(rules.not_before(now, event, name))
        return (*known, (clock(name), distance(name))) if event is Event.DIAL and distance(name) else known

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        own = [(clock(line.name), distance(line.name)) for line in lines if distance(line.name)]
        return (*rules.state(lines), *(Remembered(each, each == most, is_clock=True) for each, most in own))

    return replace(rules, after=after, not_before=not_before, state=state)
