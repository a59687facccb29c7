"""A latch: after so many failed calls in a row the line is not dialled any more (as in Q150927, and pppd's maxfail)."""

from collections.abc import Sequence
from dataclasses import replace

import z3

from dialproof.core.variables import Integer, integer
from model.events import FAILURES, Event
from model.fault import Certainty, fault
from model.parts.lines import Line
from model.rules import Remembered, Rules, Situation, Updates

MOST = 3
"""The number of failed calls in a row after which the line is not dialled any more."""


def failures(line: str) -> Integer:
    """How many calls over `line` have failed since the last one that was answered."""
    return integer(f"failures {line}", 0, MOST, says=f"failed calls over {line} in a row")


@fault("latch-after-failed-calls", article="Q150927", certainty=Certainty.GUESS)
def latch_after_failed_calls(rules: Rules) -> Rules:
    """After three failed calls in a row the line is not dialled any more, until the service is restarted."""

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        if event in FAILURES:
            return {**known, failures(name): z3.If(failures(name) < MOST, failures(name) + 1, MOST)}
        if event is Event.ANSWER:
            return {**known, failures(name): z3.IntVal(0)}
        return {**known, **{failures(line.name): z3.IntVal(0) for line in now.lines}} if event is Event.RESTART else known

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        own = tuple(Remembered(failures(line.name), failures(line.name) == 0) for line in lines)
        return (*rules.state(lines), *own)

    return replace(rules, after=after, state=state).only_if(Event.DIAL, lambda _now, line: failures(line) < MOST)
