"""The dialler: the rules by which a product dials its lines, holds them, and gives up. A fault replaces some of them.

A rule is a function of the situation, which is the routes and the lines. The correct rules are local: a line is dialled if
something waits for a route over *that* line (Q156063 section 2.2.11 and Q158318, the queued-mail trigger), and held as long as
that is so (Q159209: the idle time-out is what closes the line).
The schedule and the minimum distance between calls come with clocks (`model.parts.schedule`, `model.parts.spacing`).
Left out: both, in a scenario without times; they only delay a call that weak fairness allows to be late anyway. A release is
allowed as soon as nothing waits: an idle time-out of any length is a later release.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import z3

from dialproof.core.variables import StateVariable
from model.events import Event
from model.parts.routes import Route

if TYPE_CHECKING:
    from model.parts.lines import Line
    from model.parts.timing import Reached

Updates = Mapping[StateVariable, z3.ExprRef]
"""New values of what the rules remember."""


@dataclass(frozen=True, eq=False)
class Situation:
    """The routes in the order of the table (the default first, if there is one) and the lines, as a rule sees them."""

    routes: tuple[Route, ...]
    lines: "tuple[Line, ...]"

    @property
    def default(self) -> Route:
        """The default route."""
        return self.routes[0]

    def is_dial(self, route: Route) -> bool:
        """True if `route` goes over a dial link."""
        return any(line.name == route.link for line in self.lines)

    def over(self, line: "Line") -> list[Route]:
        """The routes that use `line`."""
        return [route for route in self.routes if route.link == line.name]

    def queues_of(self, route: Route) -> list[Route]:
        """The routes of the same row of the table as `route`: one for each priority."""
        return [one for one in self.routes if one.row == route.row]

    def last_in_force(self, value: Callable[[Route], z3.BoolRef], routes: Sequence[Route]) -> z3.BoolRef:
        """`value` of the last of `routes` that is in force; the default route always is."""
        result = value(self.default)
        for route in routes:
            result = value(route) if z3.is_true(route.in_force) else z3.If(route.in_force, value(route), result)
        return result


@dataclass(frozen=True, eq=False)
class Remembered:
    """A state variable that the rules need, and the condition on its value at the start. If it `is_clock`, it runs with time."""

    variable: StateVariable
    initially: z3.BoolRef
    is_clock: bool = False


class Reason(NamedTuple):
    """Why a line is dialled: if `condition` holds, and the clocks show what is `reached`.

    `says` completes "a line is dialled". If it holds `because_it_waits`, it is no reason beside what waits, and no claim
    takes it for one.
    """

    condition: z3.BoolRef
    reached: "Sequence[Reached]" = ()
    says: str = ""
    because_it_waits: bool = False


@dataclass(frozen=True, eq=False)
class Probing:
    """How trackers are kept, and how their probes leave.

    `ends_tracker`: if the link of the line called so goes down, the tracker of the other one ends. `obey_policies`: the router's
    own probes go by the policies that they decide about.
    """

    ends_tracker: Callable[[str, str], bool] = lambda _line, _other: False
    may_lose_trackers: bool = False
    obey_policies: bool = False


@dataclass(frozen=True, eq=False)
class Supervising:
    """How lines are started, and by which way a line over another one goes.

    `starts_uppers_again`: a line over another one is started again after that one was down. `pins_to_the_cheapest`: it goes over
    the line with the lowest metric, even if that is dead. `attempts_may_hang`: an attempt may never end.
    """

    starts_uppers_again: bool = True
    pins_to_the_cheapest: bool = False
    attempts_may_hang: bool = False


@dataclass(frozen=True, eq=False)
class Serving:
    """How the requests of sites for their mail are served. `runs_may_die`: a run that one began may die, once for each site."""

    runs_may_die: bool = False


@dataclass(frozen=True, eq=False)
class Rules:
    """What a product decides; a fault replaces some of it.

    `dials`: something makes the line be dialled. `holds`: something keeps it from being hung up. `gives_up`: what waits for the
    route is returned while its line is not up. `permits`: nothing forbids the event of the line called so (`only_if`).
    `after`: what an event, of the line or route called so, does to what the rules remember. `not_before`: what clocks must show
    before the event can happen. `besides`: the line is dialled for other reasons as well, whatever the clocks of `not_before`
    show; a fault leaves these alone, since claims take them for good reasons.
    `expires`: what waits for the route is returned when its time is over. `probing`: how lines are watched. `keeps_out`: a
    default route, by its metric, is not put into the routing table while one with the other metric is there. `supervising`: how
    lines are started. `serving`: how requests of sites are served. `state`: that which the rules remember, of these lines; what
    is a clock there runs.

    Two faults can forbid and remember at once, in either order. What makes a line be dialled, what keeps it, what is given up and
    what has a time-out are decisions, each of which only one of them can replace (`model.fault.together`).
    """

    dials: "Callable[[Situation, Line], z3.BoolRef]"
    holds: "Callable[[Situation, Line], z3.BoolRef]"
    gives_up: Callable[[Situation, Route], z3.BoolRef]
    expires: Callable[[Situation, Route], z3.BoolRef]
    permits: Callable[[Situation, Event, str], z3.BoolRef]
    after: Callable[[Situation, Event, str], Updates]
    not_before: "Callable[[Situation, Event, str], Sequence[Reached]]"
    besides: "Callable[[Situation, Line], Sequence[Reason]]"
    state: "Callable[[Sequence[Line]], Sequence[Remembered]]"
    probing: Probing = Probing()
    keeps_out: Callable[[int, int], bool] = operator.eq
    supervising: Supervising = Supervising()
    serving: Serving = Serving()

    def only_if(self, event: Event, condition: Callable[[Situation, str], z3.BoolRef]) -> "Rules":
        """The same rules, which forbid `event` of a line besides where `condition` of the line called so is false."""

        def permits(now: Situation, happening: Event, name: str) -> z3.BoolRef:
            before = self.permits(now, happening, name)
            return both(before, condition(now, name)) if happening is event else before

        return replace(self, permits=permits)

    def reasons(self, now: Situation, line: "Line") -> list[Reason]:
        """Why `line` may be dialled now: each reason, and what clocks must show before it counts."""
        permitted = self.permits(now, Event.DIAL, line.name)
        made = [Reason(self.dials(now, line), self.not_before(now, Event.DIAL, line.name)), *self.besides(now, line)]
        return [one._replace(condition=both(one.condition, permitted)) for one in made]

    def allow(self, now: Situation, event: Event, line: "Line") -> z3.BoolRef:
        """By these rules `event` may happen to `line` now, if the line is in a state for it."""
        decided = z3.BoolVal(True)
        if event is Event.DIAL:
            others = [reason.condition for reason in self.besides(now, line)]
            decided = any_of([self.dials(now, line), *others]) if others else self.dials(now, line)
        elif event is Event.HANG_UP:
            decided = z3.Not(self.holds(now, line))
        return both(decided, self.permits(now, event, line.name))

    def worked_out(self) -> "Rules":
        """The same rules, with what the table has already decided about a call worked out."""

        def dials(now: Situation, line: "Line") -> z3.BoolRef:
            return plain(both(self.dials(now, line), self.permits(now, Event.DIAL, line.name)))

        def besides(now: Situation, line: "Line") -> Sequence[Reason]:
            permitted = self.permits(now, Event.DIAL, line.name)
            return [one._replace(condition=plain(both(one.condition, permitted))) for one in self.besides(now, line)]

        def permits(now: Situation, event: Event, name: str) -> z3.BoolRef:
            return z3.BoolVal(True) if event is Event.DIAL else self.permits(now, event, name)

        return replace(self, dials=dials, permits=permits, besides=besides)


def correct() -> Rules:
    """The correct rules: a line is dialled, and held, if something waits for it; nothing is given up or remembered."""
    return Rules(
        dials=wanted,
        holds=wanted,
        gives_up=lambda _now, _route: z3.BoolVal(False),
        expires=lambda _now, _route: z3.BoolVal(True),
        permits=lambda _now, _event, _name: z3.BoolVal(True),
        after=lambda _now, _event, _name: {},
        not_before=lambda _now, _event, _name: (),
        besides=lambda _now, _line: (),
        state=lambda _lines: (),
    )


def never(_now: Situation, _line: "Line") -> z3.BoolRef:
    """Nothing ever makes the line be dialled."""
    return z3.BoolVal(False)


def wanted(now: Situation, line: "Line") -> z3.BoolRef:
    """Something waits for a route over `line`."""
    return any_of([route.has_mail for route in now.over(line)])


def any_of(parts: Sequence[z3.BoolRef]) -> z3.BoolRef:
    """One of `parts` holds; false if there is none."""
    # z3 prints a disjunction of nothing as a bare "or", which no other solver reads.
    return z3.Or(list(parts)) if parts else z3.BoolVal(False)


def all_of(parts: Sequence[z3.BoolRef]) -> z3.BoolRef:
    """All of `parts` hold."""
    return z3.And(list(parts)) if parts else z3.BoolVal(True)


def both(one: z3.BoolRef, other: z3.BoolRef) -> z3.BoolRef:
    """Both hold; what is plainly true is left out."""
    if z3.is_true(one):
        return other
    return one if z3.is_true(other) else z3.And(one, other)


def plain(rule: z3.BoolRef) -> z3.BoolRef:
    """`rule` with what the table has already decided worked out, so that a fault that changes nothing is no difference."""
    # Sorted would mean: in the order in which this process first met the terms, and a certificate's text would depend on it.
    simplified = z3.simplify(rule, sort_disjunctions=False)
    assert isinstance(simplified, z3.BoolRef)
    return simplified
