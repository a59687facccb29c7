"""Periodic traffic: a packet comes every so often, to the second; such as that of a keep-alive.

A class of traffic that goes on whether its line is up or not can be at any point of its period at the start. A keep-alive
of a connection begins when its line comes up, and ends with it: nothing waits for such a packet, and it dials nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.variables import Integer, StateVariable
from model.events import Event, happening
from model.parts.lines import Line
from model.parts.timing import Due, since
from model.rules import Remembered, Rules, Situation, Updates, any_of


@dataclass(frozen=True)
class Beat:
    """A packet of the class `name` comes for `line` every `period`, in units; or only `while_up`."""

    name: str
    line: str
    period: int
    while_up: bool

    @property
    def clock(self) -> Integer:
        """How long ago the last one was, or, for a keep-alive, how long its line has been up without one."""
        return since(f"since packet {self.name}", self.period, says=f"time since the last packet of {self.name}")


def beating(rules: Rules, beats: Sequence[Beat]) -> Rules:
    """The same rules, with the clocks of `beats`."""

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        begun = [beat.clock for beat in beats if beat.while_up and beat.line == name and event is Event.ANSWER]
        return {**known, **{clock: z3.IntVal(0) for clock in begun}}

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        return (*rules.state(lines), *(Remembered(beat.clock, _at_the_start(beat), is_clock=True) for beat in beats))

    return replace(rules, after=after, state=state)


def _at_the_start(beat: Beat) -> z3.BoolRef:
    return beat.clock == 0 if beat.while_up else z3.BoolVal(True)


def timed_by(beat: Beat, actions: Sequence[Action]) -> tuple[list[Action], Due]:
    """`actions`, which are what can become of a packet of `beat`: one of them happens every period, in which one is possible.

    They are taken when it is time, so that each is promised to be, like whatever else has a time.
    """
    timed = [
        replace(
            action,
            guard=z3.And(action.guard, beat.clock >= beat.period),
            updates={**action.updates, beat.clock: z3.IntVal(0)},
            fairness=Fairness.WEAK if action.fairness is Fairness.NONE else action.fairness,
            actor="sender",
        )
        for action in actions
    ]
    return timed, Due(any_of([action.guard for action in actions]), ((beat.clock, beat.period),))


def keep_alive(beat: Beat, line: Line, *, is_activity: bool, source: str) -> Action:
    """That a packet of a keep-alive goes over `line`, whose idle time it begins anew if it `is_activity`."""
    counts = is_activity and line.clock is not None
    updates: dict[StateVariable, z3.ExprRef | bool | int] = {line.clock: 0} if counts and line.clock is not None else {}
    return happening(
        Event.KEEP_ALIVE,
        beat.name,
        guard=line.is_connected,
        updates=updates,
        actor="sender",
        says=f"a keep-alive of {beat.name} goes over {line.name}" + ("" if is_activity else "; it is no activity"),
        source=source,
    )
