"""Deferral: a destination that refused a piece is tried again after longer and longer intervals, each piece for it together.

The intervals are those of a retry list, a ladder (Q146669): the first failure in a row waits for the first of them, the last one
repeats, 0 stands for never. It is kept for each destination, not for each piece; a route stands for one. A delivery begins it
anew, and so do a start of the service and a queue that has become empty: that the latter two do is a choice of ours.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import z3

from dialproof.core.variables import Integer, StateVariable, integer
from model.events import FAILURES, Event
from model.parts.backoff import Ladder
from model.parts.lines import Line
from model.parts.routes import Route
from model.parts.timing import since
from model.rules import Reason, Remembered, Rules, Situation, Updates


@dataclass(frozen=True)
class RouteLadder(Ladder):
    """Intervals between a delivery that failed and the next one by the same route, in units."""

    def rung(self, line: str) -> Integer:
        """How many failures in a row of the route called `line` count."""
        return integer(
            f"retry step to {line}", 0, len(self.intervals), says=f"failed deliveries to {line} that delay the next one"
        )

    def clock(self, line: str) -> Integer:
        """How long ago a delivery by the route called `line` failed."""
        return since(f"since failure to {line}", max(self.intervals), says=f"time since the last failed delivery to {line}")

    def is_first(self, route: Route) -> z3.BoolRef:
        """No delivery to it has failed."""
        return self.rung(route.name) == 0

    def may_try(self, route: Route) -> z3.BoolRef:
        """It may be tried now: nothing has failed, or the interval has passed."""
        return z3.Or(
            self.is_first(route), z3.And(self.tries_again(route.name), self.clock(route.name) >= self.interval(route.name))
        )


def deferred(rules: Rules, ladder: RouteLadder, routes: Sequence[Route], *, dials: bool, by_calls: bool = False) -> Rules:
    """The same rules, by which a route of `routes` that failed is tried again by `ladder`.

    Mail that waits for that makes its line be dialled, and keeps it up, like any other if it `dials`; else as soon as its
    interval has passed. If it fails `by_calls`, a call that fails is a failure of each route over its line that has mail.
    """
    own = {route.name: route for route in routes if not route.is_collected}

    def seen(now: Situation, counts: Callable[[Route], z3.BoolRef]) -> Situation:
        """The situation as the rules see it, in which mail of a route waits only if it `counts`."""
        return replace(now, routes=tuple(_hidden(one, counts(one)) if one.name in own else one for one in now.routes))

    def makes_dial(now: Situation, line: Line) -> z3.BoolRef:
        return rules.dials(seen(now, ladder.is_first), line)

    def besides(now: Situation, line: Line) -> Sequence[Reason]:
        again = []
        for one in own.values():

            def counts(other: Route, tried: Route = one) -> z3.BoolRef:
                return ladder.tries_again(other.name) if other.name == tried.name else z3.BoolVal(False)

            reached = (*rules.not_before(now, Event.DIAL, line.name), (ladder.clock(one.name), ladder.interval(one.name)))
            again.append(Reason(rules.dials(seen(now, counts), line), reached, because_it_waits=True))
        return (*rules.besides(now, line), *again)

    def holds(now: Situation, line: Line) -> z3.BoolRef:
        return rules.holds(seen(now, ladder.may_try), line)

    def one_more(name: str) -> dict[StateVariable, z3.ExprRef]:
        rung, last = ladder.rung(name), len(ladder.intervals)
        return {rung: z3.If(rung < last, rung + 1, z3.IntVal(last)), ladder.clock(name): z3.IntVal(0)}

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        anew: dict[StateVariable, z3.ExprRef] = {}
        if event is Event.RESTART:
            anew = {ladder.rung(one): z3.IntVal(0) for one in own}
        elif by_calls and event in FAILURES:
            over = [one for one in own.values() if one.link == name]
            anew = {part: z3.If(one.waiting > 0, value, part) for one in over for part, value in one_more(one.name).items()}
        elif name in own:
            rung = ladder.rung(name)
            if event is Event.FAIL_DELIVERY:
                anew = one_more(name)
            elif event is Event.DELIVER:
                anew = {rung: z3.IntVal(0)}
            elif event is Event.RETURN:
                anew = {rung: z3.If(own[name].waiting == 1, z3.IntVal(0), rung)}
        return {**known, **anew}

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        made = list(rules.state(lines))
        for name in own:
            rung, clock = ladder.rung(name), ladder.clock(name)
            made += [Remembered(rung, rung == 0), Remembered(clock, clock == 0, is_clock=True)]
        return tuple(made)

    made = replace(rules, after=after, state=state)
    return made if dials else replace(made, dials=makes_dial, besides=besides, holds=holds)


def _hidden(route: Route, counts: z3.BoolRef) -> Route:
    """The same route, whose mail is seen only while it `counts`."""
    return replace(route, seen_if=counts)
