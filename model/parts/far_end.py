"""The far end: what the other side of a line does by itself, whoever dialled it.

* A provider's penalty: for some time after it has refused a login it answers nobody, and an attempt in that time makes it begin
  anew (reported of a provider of PPPoE: RMerl/asuswrt-merlin, issue 1526). It counts from the end of the attempt, the later of
  the two times that could be meant: a hold-off counts from there too.
* An idle time of its own: what it has heard of the line begins that anew (`heard`), whatever this side's filter says of it.
* Silence: it is gone, and the line stays up (the state is the line's: `LineKind.silent`).
Left out: a far end that is silent for a while only, and then goes on with the same call.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import z3

from dialproof.core.variables import Boolean, Integer, boolean
from model.events import FAILURES, Event
from model.parts.lines import Line, Stopwatch
from model.parts.timing import since
from model.rules import Remembered, Rules, Situation, Updates

HEARD = Stopwatch("the other side heard", (Event.ANSWER,))
"""How long ago the other side had anything to do with the line."""


def since_refusal(line: str, penalty: int) -> Integer:
    """How long ago the provider of `line` refused somebody, or was tried in vain, up to `penalty`."""
    return since(f"since refusal {line}", penalty, says=f"time since the provider of {line} last refused, or was tried in vain")


def in_penalty(line: str) -> Boolean:
    """The last attempt over `line` was begun during the penalty."""
    return boolean(f"in penalty {line}", says=f"the last attempt over {line} was begun during the penalty")


def penalised(rules: Rules, penalty: Callable[[str], int]) -> Rules:
    """The same rules, by which no attempt succeeds that is begun within `penalty` of its line after a refusal.

    Such an attempt makes the penalty begin anew when it ends. At the start anything may have been before: a penalty too.
    """

    def clock(name: str) -> Integer:
        return since_refusal(name, penalty(name))

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        if not any(line.name == name and penalty(name) for line in now.lines):
            return known
        if event is Event.DIAL:
            return {**known, in_penalty(name): clock(name) < penalty(name)}
        if event is Event.FAIL_LOGIN:
            return {**known, clock(name): z3.IntVal(0)}
        return {**known, clock(name): z3.If(in_penalty(name), 0, clock(name))} if event in FAILURES else known

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        named = [line.name for line in lines if penalty(line.name)]
        flags = [in_penalty(name) for name in named]
        return (
            *rules.state(lines),
            *(Remembered(flag, z3.Not(flag)) for flag in flags),
            *(Remembered(clock(name), z3.BoolVal(True), is_clock=True) for name in named),
        )

    def outside(_now: Situation, name: str) -> z3.BoolRef:
        return z3.Not(in_penalty(name)) if penalty(name) else z3.BoolVal(True)

    return replace(rules, after=after, state=state).only_if(Event.ANSWER, outside)


def heard(line: Line) -> Updates:
    """What a packet over `line` does to the idle time of the other side."""
    return {line.stopwatches[HEARD]: z3.IntVal(0)} if HEARD in line.stopwatches else {}
