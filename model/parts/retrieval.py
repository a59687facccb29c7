"""Retrieval: what waits at the other end of a line comes in over that line, after this side has asked for it in the same call.

Nobody dials because of it: this side does not know that it waits (Q175494, Q241157). The other end begins to send within some
time, if a scenario says so; if it takes as long as the idle time-out, the line may be hung up first.
Left out: what becomes of mail that has come in, and who else may deliver it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.variables import Boolean, Integer, StateVariable, boolean, integer
from model.events import ENDS, Event, happening
from model.parts.lines import Line
from model.parts.timing import Due, since
from model.rules import Remembered, Rules, Situation, Updates
from model.words import Words


@dataclass(frozen=True, eq=False)
class RemoteQueue:
    """What waits at the other end of the line called `line`, at most `capacity` pieces of what `words` speak of.

    `asked`: this side has asked for it in this call. A piece comes within `latest` units of that, or of the one before (None:
    after any time), which `clock` counts.
    """

    line: str
    waiting: Integer
    asked: Boolean
    capacity: int
    words: Words
    latest: int | None = None
    clock: Integer | None = None

    @property
    def label(self) -> str:
        """What to call it in front of a reader."""
        return f"the other end of {self.line}"

    @property
    def holds_some(self) -> z3.BoolRef:
        """Something waits there."""
        return self.waiting > 0

    @property
    def begins_anew(self) -> dict[StateVariable, z3.ExprRef]:
        """That the time in which a piece comes is counted from now."""
        return {} if self.clock is None else {self.clock: z3.IntVal(0)}


def remote_queue(line: str, capacity: int, latest: int | None, words: Words) -> RemoteQueue:
    """The queue at the other end of `line`."""
    return RemoteQueue(
        line,
        integer(f"waiting at {line}", 0, capacity, says=f"{words.waiting} waiting for us at the other end of {line}"),
        boolean(f"asked {line}", says=f"the other end of {line} was asked in this call for what waits there"),
        capacity,
        words,
        latest,
        since(f"since asked {line}", latest, says=f"time since {line} was asked for a message, or brought one")
        if latest
        else None,
    )


def retrieving(rules: Rules, queues: Sequence[RemoteQueue]) -> Rules:
    """The same rules, which remember what waits in `queues` and what was asked for in this call."""
    by_line = {one.line: one for one in queues}

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        if event is Event.RESTART:
            return {**known, **{one.asked: z3.BoolVal(False) for one in queues}}
        return {**known, by_line[name].asked: z3.BoolVal(False)} if event in ENDS and name in by_line else known

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        own = [
            part
            for one in queues
            for part in (Remembered(one.waiting, one.waiting == 0), Remembered(one.asked, z3.Not(one.asked)))
        ]
        clocks = [Remembered(one.clock, one.clock == 0, is_clock=True) for one in queues if one.clock is not None]
        return (*rules.state(lines), *own, *clocks)

    return replace(rules, after=after, state=state)


def retrieval(
    queue: RemoteQueue, line: Line, *, says: str, source: str, is_activity: bool, is_let_in: bool
) -> tuple[list[Action], list[Due]]:
    """What happens to `queue`, and what of it is due: it fills, this side asks as soon as `line` is up, and pieces come in.

    `says` is how this side asks, by `source`. A piece that comes in begins the idle time of the line anew if it `is_activity`.
    None comes in unless it `is_let_in`.
    """
    asks = z3.And(line.is_up, z3.Not(queue.asked))
    comes = z3.And(line.is_up, queue.asked, queue.holds_some, z3.BoolVal(is_let_in))
    asking = happening(
        Event.ASK,
        line.name,
        guard=asks,
        updates={queue.asked: True, **queue.begins_anew},
        actor="service",
        fairness=Fairness.WEAK,
        says=says,
        source=source,
    )
    activity: dict[StateVariable, z3.ExprRef] = {line.clock: z3.IntVal(0)} if is_activity and line.clock is not None else {}
    coming = happening(
        Event.RETRIEVE,
        line.name,
        guard=comes,
        updates={queue.waiting: queue.waiting - 1, **queue.begins_anew, **activity},
        actor="other side",
        fairness=Fairness.WEAK,
        says=f"{queue.words.one} that waits at {queue.label} comes in",
        source=source,
    )
    due = [Due(asks, ())]
    if queue.latest is not None:
        due.append(Due(comes, ((queue.clock, queue.latest),) if queue.clock is not None else ()))
    return [*_filling(queue), asking, coming], due


def _filling(queue: RemoteQueue) -> list[Action]:
    """Something comes to wait at the other end, or is refused there."""
    piece = f"{queue.words.one} for us"
    first: dict[StateVariable, z3.ExprRef] = (
        {} if queue.clock is None else {queue.clock: z3.If(queue.holds_some, queue.clock, z3.IntVal(0))}
    )
    return [
        happening(
            Event.ARRIVE_THERE,
            queue.line,
            guard=queue.waiting < queue.capacity,
            updates={queue.waiting: queue.waiting + 1, **first},
            actor="environment",
            says=f"{piece} comes to wait at {queue.label}",
        ),
        happening(
            Event.REFUSE_THERE,
            queue.line,
            guard=queue.waiting == queue.capacity,
            updates={},
            actor="environment",
            says=f"{piece} is refused at {queue.label}: the queue is full",
        ),
    ]
