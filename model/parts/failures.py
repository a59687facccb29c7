"""Failed calls in a row: how many there have been since the last call that was answered, for rules that give up after some.

And an environment in which no more than so many fail in a row.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import z3

from dialproof.core.variables import Integer, integer
from model.events import FAILURES, Event
from model.parts.lines import Line
from model.rules import Remembered, Rules, Situation, Updates


def failures(line: str, most: int) -> Integer:
    """How many calls over `line` have failed since the last one that was answered, counted up to `most`."""
    return integer(f"failures {line}", 0, most, says=f"failed calls over {line} in a row")


def counting(rules: Rules, most: Callable[[str], int]) -> Rules:
    """The same rules, which remember besides how many calls over a line have failed in a row.

    They count up to `most` of the line; for a line of which that is 0 nothing is counted. The count begins anew at an answer,
    and when the program that dials starts.
    """

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        if event is Event.RESTART:
            return {**known, **{failures(line.name, most(line.name)): z3.IntVal(0) for line in now.lines if most(line.name)}}
        if not any(line.name == name and most(name) for line in now.lines):
            return known
        count = failures(name, most(name))
        if event in FAILURES:
            return {**known, count: z3.If(count < most(name), count + 1, most(name))}
        return {**known, count: z3.IntVal(0)} if event in (Event.ANSWER, Event.START) else known

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        counts = [failures(line.name, most(line.name)) for line in lines if most(line.name)]
        return (*rules.state(lines), *(Remembered(count, count == 0) for count in counts))

    return replace(rules, after=after, state=state)


def failed_of(line: str, most: int) -> Integer:
    """How many calls over `line` have failed in a row, in an environment in which no more than `most` do."""
    return integer(f"failed calls {line}", 0, most, says=f"calls over {line} that failed in a row")


def at_most(rules: Rules, most: int) -> Rules:
    """The same rules, in an environment in which a call succeeds after `most` have failed in a row over its line.

    The outside fails calls, so that the number runs on when the program that dials is started anew.
    """

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        if event in FAILURES:
            count = failed_of(name, most)
            return {**known, count: z3.If(count < most, count + 1, most)}
        return {**known, failed_of(name, most): z3.IntVal(0)} if event is Event.ANSWER else known

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        counts = [failed_of(line.name, most) for line in lines]
        return (*rules.state(lines), *(Remembered(count, count == 0) for count in counts))

    bounded = replace(rules, after=after, state=state)
    for event in FAILURES:
        bounded = bounded.only_if(event, lambda _now, name: failed_of(name, most) < most)
    return bounded
