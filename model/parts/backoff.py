"""Back-off: a call that failed is made again, after longer and longer intervals.

The intervals are data, a *ladder*: the first failure in a row waits for the first of them, the next for the second, and the last
one repeats. An answer, and a start of the program that dials, begin it anew. An interval of 0 means that the call is not made
again: nothing but a schedule dials then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import z3

from dialproof.core.variables import Integer, integer
from model.events import FAILURES, Event
from model.parts.lines import Line
from model.parts.timing import Reached, since
from model.rules import Reason, Remembered, Rules, Situation, Updates, both


@dataclass(frozen=True)
class Ladder:
    """Intervals between a failed call and the next one, in units; the last one repeats, and 0 stands for never."""

    intervals: tuple[int, ...]

    def rung(self, line: str) -> Integer:
        """How many failures of `line` in a row count: 0 after none, at most as many as there are intervals."""
        return integer(f"retry step {line}", 0, len(self.intervals), says=f"failed calls over {line} that delay the next one")

    def clock(self, line: str) -> Integer:
        """How long ago the last call over `line` failed."""
        return since(f"since failure {line}", max(self.intervals), says=f"time since the last failed call over {line}")

    def interval(self, line: str) -> z3.ArithRef:
        """How long the next call waits after the last failure: the interval of the rung; 0 if none failed."""
        rung = self.rung(line)
        result: z3.ArithRef = z3.IntVal(0)
        for number, interval in enumerate(self.intervals, 1):
            chosen = z3.If(rung == number, z3.IntVal(interval), result)
            assert isinstance(chosen, z3.ArithRef)
            result = chosen
        return result

    def tries_again(self, line: str) -> z3.BoolRef:
        """The call that failed last is made again."""
        rung = self.rung(line)
        never = [rung == number for number, interval in enumerate(self.intervals, 1) if interval == 0]
        return both(rung > 0, z3.Not(z3.Or(never))) if never else rung > 0


def backed_off(rules: Rules, ladder: Ladder) -> Rules:
    """The same rules, by which a call that failed is made again after the intervals of `ladder`, and no sooner for what waits."""

    def dials(now: Situation, line: Line) -> z3.BoolRef:
        return both(rules.dials(now, line), z3.Or(ladder.rung(line.name) == 0, ladder.tries_again(line.name)))

    def not_before(now: Situation, event: Event, name: str) -> Sequence[Reached]:
        known = tuple(rules.not_before(now, event, name))
        return (*known, (ladder.clock(name), ladder.interval(name))) if event is Event.DIAL else known

    def besides(now: Situation, line: Line) -> Sequence[Reason]:
        again = Reason(
            ladder.tries_again(line.name),
            ((ladder.clock(line.name), ladder.interval(line.name)),),
            "to make a call again that failed",
        )
        return (*rules.besides(now, line), again)

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        if event is Event.RESTART:
            return {**known, **{ladder.rung(line.name): z3.IntVal(0) for line in now.lines}}
        if event in FAILURES:
            rung, last = ladder.rung(name), len(ladder.intervals)
            return {**known, rung: z3.If(rung < last, rung + 1, last), ladder.clock(name): z3.IntVal(0)}
        return {**known, ladder.rung(name): z3.IntVal(0)} if event is Event.ANSWER else known

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        made = list(rules.state(lines))
        for line in lines:
            rung, clock = ladder.rung(line.name), ladder.clock(line.name)
            made += [Remembered(rung, rung == 0), Remembered(clock, clock == 0, is_clock=True)]
        return tuple(made)

    return replace(rules, dials=dials, not_before=not_before, besides=besides, after=after, state=state)
