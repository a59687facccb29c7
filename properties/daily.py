"""What a day costs: the most calls, and the most line time, that a line can have in any 24 hours.

A day can begin at any moment: an action that changes nothing else begins the one that is counted, so that what is proved is
proved of every stretch of 24 hours. It may be forgotten at any moment, so that a run need not go round with it. What happens at
the moment at which they are over belongs to the next day. A line costs from the answer until the call ends; a call that is not
answered is a call, and costs no line time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import z3

from dialproof.core.actions import Action, Observer
from dialproof.core.clock import Unit, a_day
from dialproof.core.system import System
from dialproof.core.variables import Boolean, Integer, boolean, integer
from model.events import Event, happening
from model.parts.lines import Line
from model.router import Router

Counted = Callable[[Action, Line], z3.ArithRef | None]
"""By how much an action adds to what is counted of a line; None if by nothing."""


@dataclass(frozen=True, eq=False)
class Day:
    """The `length` of 24 hours, in units; in a step at most the time `longest` passes.

    How much of them is over runs on beyond their end, by one step, so that it never lags behind another clock; the next step
    forgets them, and others can begin.
    """

    length: int
    longest: int

    @property
    def begun(self) -> Boolean:
        """They have begun."""
        return boolean("day begun", says="the 24 hours that are counted have begun")

    @property
    def passed(self) -> Integer:
        """How much time has passed since they began."""
        return integer("day passed", 0, self.length + self.longest, says="time since the 24 hours that are counted began")

    @property
    def is_over(self) -> z3.BoolRef:
        """They have begun, and are over."""
        return self.passed >= self.length

    def left(self, step: Integer) -> z3.ArithRef:
        """How much of `step`, which passes now, belongs to them."""
        result = z3.If(self.passed + step < self.length, step, self.length - self.passed)
        assert isinstance(result, z3.ArithRef)
        return result

    def counting(self, system: System, counts: Mapping[Integer, Mapping[str, z3.ArithRef]]) -> System:
        """`system` with the day, and with each of `counts`: by action, how much it adds to the count, which stops at its cap."""
        names = [action.name for action in system.actions]
        passes = {action.name: self.passed + _step(action) for action in system.actions if action.event is Event.ELAPSE}
        on = z3.And(self.begun, z3.Not(self.is_over))
        observers = [
            Observer(self.begun, z3.BoolVal(False), dict.fromkeys(names, on)),
            Observer(self.passed, 0, {name: z3.If(on, passes.get(name, self.passed), z3.IntVal(0)) for name in names}),
        ]
        for count, more in counts.items():
            updates = {name: z3.If(on, _up_to(count, more.get(name)), z3.IntVal(0)) for name in names}
            observers.append(Observer(count, 0, updates))
        watched = system.observed(*observers)
        begins = happening(
            Event.BEGIN_DAY,
            guard=z3.Not(self.begun),
            updates={self.begun: True},
            actor="observer",
            says="the 24 hours that are counted begin",
        )
        forgotten = happening(
            Event.FORGET_DAY,
            guard=self.begun,
            updates={self.begun: False, self.passed: 0, **dict.fromkeys(counts, 0)},
            actor="observer",
            says="these 24 hours are counted no further",
        )
        actions = (*watched.actions, begins, forgotten)
        return System(watched.name, watched.variables, watched.init, actions, watched.assumptions)


def day_of(router: Router, unit: Unit) -> Day:
    """The 24 hours in units of `router`; if they are no whole number of them, a part of a unit is a whole one."""
    steps = [_step(action) for action in router.system.actions if action.event is Event.ELAPSE]
    return Day(-(-a_day(unit.counts) // unit.size), max(step.variable.domain.high or 1 for step in steps))


def calls_of_a_day(router: Router, day: Day, system: System, cap: int) -> tuple[System, dict[str, Integer]]:
    """`system` with the number of calls that are attempted over each line in a day, up to `cap`."""

    def dialled(action: Action, line: Line) -> z3.ArithRef | None:
        return z3.IntVal(1) if action.event is Event.DIAL and action.concerns == line.name else None

    return _counting(router, day, system, cap, "calls of a day", "calls over {line} in the 24 hours", dialled)


def line_time_of_a_day(router: Router, day: Day, system: System, cap: int) -> tuple[System, dict[str, Integer]]:
    """`system` with the time for which each line is up in a day, in units up to `cap`."""

    def lasts(action: Action, line: Line) -> z3.ArithRef | None:
        if action.event is not Event.ELAPSE:
            return None
        result = z3.If(line.is_connected, day.left(_step(action)), z3.IntVal(0))
        assert isinstance(result, z3.ArithRef)
        return result

    return _counting(router, day, system, cap, "line time of a day", "time for which {line} is up in the 24 hours", lasts)


def _counting(
    router: Router, day: Day, system: System, cap: int, name: str, says: str, counted: Counted
) -> tuple[System, dict[str, Integer]]:
    counts, measured = {}, {}
    for line in router.lines:
        count = integer(f"{name} {line.name}", 0, cap, says=says.format(line=line.name))
        by_action = {action.name: counted(action, line) for action in system.actions}
        counts[count] = {action: more for action, more in by_action.items() if more is not None}
        measured[line.name] = count
    return day.counting(system, counts), measured


def _up_to(count: Integer, more: z3.ArithRef | None) -> z3.ArithRef:
    """`count` and `more`, up to its cap."""
    cap = count.variable.domain.high
    assert cap is not None
    if more is None:
        return count
    result = z3.If(count + more < cap, count + more, z3.IntVal(cap))
    assert isinstance(result, z3.ArithRef)
    return result


def _step(passing: Action) -> Integer:
    """How much time passes."""
    (step,) = passing.parameters
    assert isinstance(step, Integer)
    return step
