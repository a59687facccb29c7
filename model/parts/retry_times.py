"""Retry times: a destination that failed is not tried again before its time, unless somebody insists.

Nobody tries it when its time has come: the time only forbids (Exim's specification, "Retry configuration": retry times are hints,
and a delivery starts when a message arrives or the queue is run). It is kept for each destination, so that a message that comes
meanwhile waits too. With clocks the time is that of a ladder of intervals; without, it comes at some time.
A destination that has failed for as long as `gives_up_after` says is tried once more at each time; what fails then is returned.
Left out: that an attempt later than its time shortens the ladder, and that mail for a destination that was given up is returned
without being tried until the next time has come.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.variables import Boolean, Integer, StateVariable, boolean, integer
from model.events import ENDS, Event, happening
from model.parts.batches import batch
from model.parts.deferral import RouteLadder
from model.parts.flushes import is_taken
from model.parts.lines import Line
from model.parts.routes import Route
from model.parts.timing import since
from model.rules import Remembered, Rules, Situation, Updates


def is_deferred(route: Route) -> Boolean:
    """The last attempt failed, and the time of the next one has not come."""
    return boolean(f"deferred {route.name}", says=f"{route.label} failed, and its retry time has not come")


def to_return(route: Route) -> Integer:
    """How many messages failed when their destination was given up, and are not returned yet."""
    return integer(f"to return {route.name}", 0, route.capacity, says=f"messages for {route.label} that are given up")


@dataclass(frozen=True)
class RetryTimes:
    """The intervals of a `ladder`, in units (None: without clocks), and after how many units a destination is given up.

    `gives_up_after` is 0 if the first failure is the last, and None if time is not counted and there is another one.
    """

    ladder: RouteLadder | None
    gives_up_after: int | None

    def may_try(self, route: Route) -> z3.BoolRef:
        """The retry time of the route has come, or nothing has failed."""
        return z3.Not(is_deferred(route)) if self.ladder is None else self.ladder.may_try(route)

    def failing_for(self, route: Route) -> Integer:
        """How long ago the first failure in a row was, at most until it is given up."""
        return since(f"since first failure to {route.name}", self.gives_up_after or 0, f"time since {route.label} began to fail")

    def has_failed(self, route: Route) -> z3.BoolRef:
        """A delivery has failed since the last one that succeeded."""
        return is_deferred(route) if self.ladder is None else z3.Not(self.ladder.is_first(route))

    @property
    def returns(self) -> bool:
        """True if what fails is returned at some time that the model knows."""
        return self.gives_up_after is not None


def with_retry_times(rules: Rules, routes: Sequence[Route], times: RetryTimes) -> Rules:
    """The same rules, which remember of each of `routes` that an attempt failed; a delivery makes them forget it."""
    own = {route.name: route for route in routes}

    def one_more(route: Route) -> dict[StateVariable, z3.ExprRef]:
        changed: dict[StateVariable, z3.ExprRef] = {}
        if times.ladder is None:
            changed[is_deferred(route)] = z3.BoolVal(True)
        else:
            rung, last = times.ladder.rung(route.name), len(times.ladder.intervals)
            changed[rung] = z3.If(rung < last, rung + 1, z3.IntVal(last))
            changed[times.ladder.clock(route.name)] = z3.IntVal(0)
        if times.gives_up_after:
            clock = times.failing_for(route)
            given_up = z3.And(times.has_failed(route), clock >= times.gives_up_after)
            changed[to_return(route)] = z3.If(given_up, _given_up(route), to_return(route))
            changed[clock] = z3.If(times.has_failed(route), clock, z3.IntVal(0))
        elif times.gives_up_after == 0:
            changed[to_return(route)] = _given_up(route)
        return changed

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        changed: dict[StateVariable, z3.ExprRef] = {}
        if event in ENDS:
            for route in own.values():
                if route.link == name:
                    more = one_more(route)
                    changed |= {part: z3.If(is_taken(route), value, part) for part, value in more.items()}
        elif name in own:
            route = own[name]
            if event is Event.FAIL_DELIVERY:
                changed = one_more(route)
            elif event is Event.DELIVER:
                changed = _forgotten(route, times)
            elif event is Event.RETRY_TIME:
                changed = {is_deferred(route): z3.BoolVal(False)}
            elif event is Event.RETURN:
                changed = {to_return(route): to_return(route) - 1}
        return {**known, **changed}

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        made = list(rules.state(lines))
        for route in own.values():
            if times.ladder is None:
                made.append(Remembered(is_deferred(route), z3.Not(is_deferred(route))))
            else:
                rung, clock = times.ladder.rung(route.name), times.ladder.clock(route.name)
                made += [Remembered(rung, rung == 0), Remembered(clock, clock == 0, is_clock=True)]
            if times.gives_up_after:
                made.append(Remembered(times.failing_for(route), times.failing_for(route) == 0, is_clock=True))
            if times.returns:
                made.append(Remembered(to_return(route), to_return(route) == 0))
        return tuple(made)

    return replace(rules, after=after, state=state)


def _forgotten(route: Route, times: RetryTimes) -> dict[StateVariable, z3.ExprRef]:
    if times.ladder is None:
        return {is_deferred(route): z3.BoolVal(False)}
    return {times.ladder.rung(route.name): z3.IntVal(0)}


def _given_up(route: Route) -> z3.ExprRef:
    """What is to be returned after a failure: what was tried, and what was to be returned already."""
    return z3.If(batch(route) > to_return(route), batch(route), to_return(route))


def time_comes(route: Route) -> Action:
    """Without clocks: the retry time of the route comes at some time."""
    return happening(
        Event.RETRY_TIME,
        route.name,
        guard=is_deferred(route),
        updates={},
        actor="environment",
        says=f"the retry time of {route.label} comes",
        fairness=Fairness.WEAK,
        source="Exim's specification, Retry configuration",
    )
