"""Places of a queue: how long each piece has waited, counted by an observer for each place, the oldest piece first."""

from collections.abc import Sequence
from typing import NamedTuple

import z3

from dialproof.core.actions import Action, Observer
from dialproof.core.system import System
from dialproof.core.variables import Integer, integer
from model.events import Event

Clocks = tuple[System, dict[str, Integer]]
"""A system with observers that measure, by what each of them measures."""

LEAVES = (Event.DELIVER, Event.COLLECT, Event.LOSE, Event.RETURN)
"""How a piece can leave the queue of a route."""


class Queue(NamedTuple):
    """A queue of `capacity` places, in which `waiting` pieces are: its events concern what is called `name`."""

    name: str
    label: str
    waiting: Integer
    capacity: int
    arrives: Event
    leaves: tuple[Event, ...]


def waited(system: System, queues: Sequence[Queue], cap: int) -> Clocks:
    """`system` with clocks for each place of each queue, the oldest piece first; those of the first places are measured."""
    observers: list[Observer] = []
    oldest = {}
    for queue in queues:
        clocks = [
            integer(
                f"{_called(queue)} {place} {queue.name}",
                0,
                cap,
                says=f"how long place {place} of the queue for {queue.label} has waited",
            )
            for place in range(1, queue.capacity + 1)
        ]
        oldest[queue.label] = clocks[0]
        for place, clock in enumerate(clocks):
            behind = clocks[place + 1] if place + 1 < len(clocks) else z3.IntVal(0)
            updates = {action.name: _waits_on(action, queue, place, clock, behind) for action in system.actions}
            observers.append(Observer(clock, 0, updates))
    return system.observed(*observers), oldest


def _called(queue: Queue) -> str:
    """What the clocks of `queue` are called: a route and a line may have the same name."""
    return "waited" if queue.arrives is Event.ARRIVE else "waited there"


def _waits_on(action: Action, queue: Queue, place: int, clock: Integer, behind: z3.ArithRef) -> z3.ExprRef:
    """What the clock of `place` in `queue` shows after `action`; `behind` is that of the next place."""
    if action.event is Event.ELAPSE:
        return z3.If(queue.waiting > place, longer(action, clock), z3.IntVal(0))
    if action.concerns == queue.name and action.event is queue.arrives:
        return z3.If(queue.waiting == place, z3.IntVal(0), clock)
    return behind if action.event in queue.leaves and action.concerns == queue.name else clock


def longer(passing: Action, clock: Integer) -> z3.ArithRef:
    """What `clock` shows after time has passed, which stops at its cap."""
    (step,) = passing.parameters
    cap = clock.variable.domain.high
    assert isinstance(step, Integer)
    assert cap is not None
    result = z3.If(clock + step < cap, clock + step, z3.IntVal(cap))
    assert isinstance(result, z3.ArithRef)
    return result
