"""Measures: how long something goes on without a break, counted by an observer, and claims that bound it.

An observer counts the time that passes while a condition holds, and begins anew after a state in which it does not. It stops at a
cap, above which the claim is violated anyway; so the claim is one about states.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import z3

from dialproof.core.actions import Action, Observer
from dialproof.core.claims import Claim
from dialproof.core.clock import Scale, Unit, a_day
from dialproof.core.errors import InputError
from dialproof.core.system import System
from dialproof.core.variables import Integer, integer
from dialproof.ltl import always
from model.events import STARTS, Event
from model.router import Router, happens
from properties.daily import calls_of_a_day, day_of, line_time_of_a_day
from properties.observed import Observed, every, require_dialled_routes, require_lines, some
from properties.places import LEAVES, Clocks, Queue, longer, waited
from properties.retrieval import require_retrieval

_MOST_CALLS = 1000
"""The most calls of a day that are followed, if nothing else is said."""


@dataclass(frozen=True, eq=False)
class Measure:
    """What is measured of a router: for how long each of `conditions` (by what it is called) holds without a break.

    `says` is the claim in a sentence, with {bound} for the bound, and `asks` what is measured, as "how long ...". `observe` takes
    a system and the cap and adds the observers, if something else is measured than an unbroken span of each condition.

    `likely` are bounds to try first, in the numbers of `scale_of`; None: `likely_bounds`. If nothing else is said it is followed
    up to `most` of them; None: as `properties.bounds.cap_of` says.
    """

    conditions: Mapping[str, z3.BoolRef]
    says: str
    asks: str
    observe: Callable[[System, int], Clocks] | None = None
    likely: tuple[int, ...] | None = None
    most: int | None = None

    def measuring(self, system: System, cap: int, name: str = "") -> Clocks:
        """`system` with what measures, up to `cap`; with a `name` of the measure for a system that others measure, too."""
        if self.observe is not None:
            return self.observe(system, cap)
        return measuring(system, {f"{name} {what}".strip(): one for what, one in self.conditions.items()}, cap)


def dialled_within(router: Router) -> Measure:
    """How long something waits for a line that is down and is not dialled: the wait from queued to dialled."""
    require_dialled_routes(router, "dialled-within")
    waits = {line.name: z3.And(router.wanted(line), line.is_down) for line in router.lines if router.over(line)}
    says = f"{router.words.waiting.capitalize()} never waits longer than {{bound}} for a line that is down."
    return Measure(waits, says, "how long something waits until its line is dialled")


def connected_within(router: Router) -> Measure:
    """How long something waits for a line that is not up: the wait from queued to connected."""
    require_dialled_routes(router, "connected-within")
    waits = {line.name: z3.And(router.wanted(line), z3.Not(line.is_up)) for line in router.lines if router.over(line)}
    says = f"{router.words.waiting.capitalize()} never waits longer than {{bound}} for a line that is not up."
    return Measure(waits, says, "how long something waits until its line is up")


def resolved_within(router: Router) -> Measure:
    """How long a piece waits until it is delivered or given up, whatever its route; held for somebody else, it waits too."""
    queues = [
        Queue(route.name, route.label, route.waiting, route.capacity, Event.ARRIVE, LEAVES)
        for route in router.routes
        if route.gets_mail and route.capacity is not None
    ]
    if not queues or any(route.capacity is None for route in router.routes if route.gets_mail):
        raise InputError(f"resolved-within says nothing here: there is no {router.words.waiting} in a queue with a bound")
    waits = {queue.label: queue.waiting > 0 for queue in queues}
    says = f"{router.words.one.capitalize()} is delivered or given up at the latest after {{bound}}."
    asks = f"how long {router.words.one} waits until it is delivered or given up"
    return Measure(waits, says, asks, lambda system, cap: waited(system, queues, cap))


def retrieved_within(router: Router) -> Measure:
    """How long a piece waits at the other end of a line until it comes in."""
    queues = [
        Queue(one.line, one.label, one.waiting, one.capacity, Event.ARRIVE_THERE, (Event.RETRIEVE,))
        for one in require_retrieval(router, "retrieved-within")
    ]
    waits = {queue.label: queue.waiting > 0 for queue in queues}
    says = f"{router.words.one.capitalize()} that waits at the other end of a line comes in at the latest after {{bound}}."
    asks = f"how long {router.words.one} waits at the other end until it comes in"
    return Measure(waits, says, asks, lambda system, cap: waited(system, queues, cap))


def line_busy_within(router: Router) -> Measure:
    """How long a line is busy with itself at a stretch: being dialled, hung up, held off.

    It says nothing of a line that is free and that the router does not dial, and a stretch ends when the line is free for a
    moment: an attempt that fails again and again is many stretches.
    """
    require_lines(router, "line-busy-within")
    busy = {line.name: z3.Or([line.is_in(state) for state in line.kind.waiting]) for line in router.lines}
    says = "No line is being dialled, hung up or held off for longer than {bound} at a stretch."
    return Measure(busy, says, "how long a line is being dialled, hung up or held off")


def line_up_within(router: Router) -> Measure:
    """How long a line is up in one call."""
    require_lines(router, "call-ends-within")
    up = {line.name: line.is_connected for line in router.lines}
    return Measure(up, "No call lasts longer than {bound}.", "how long a call lasts: its line minutes")


def outage_ends_within(router: Router) -> Measure:
    """How long a line is not up although there is a reason to dial it: something waits, or the product keeps it up."""
    require_lines(router, "outage-ends-within")
    out = {line.name: z3.And(router.has_reason(line), z3.Not(line.is_up)) for line in router.lines}
    says = "No line that there is a reason to dial is down for longer than {bound} at a stretch."
    return Measure(out, says, "how long a line is not up although there is a reason to dial it: its longest outage")


def calls_of_a_day_within(router: Router) -> Measure:
    """How many calls are attempted over a line in any 24 hours."""
    require_lines(router, "calls-of-a-day-within")
    day = day_of(router, require_clock(router, "calls-of-a-day-within"))
    dialled = {line.name: happens(Event.DIAL, line.name) for line in router.lines}
    times = {time for line in router.lines for step in line.kind.steps for time in (step.earliest, step.latest or 0)}
    times |= {clock.variable.domain.high or 0 for clock in router.clocks}
    likely = tuple(sorted({-(-day.length // time) for time in times if time > 0}))
    return Measure(
        dialled,
        "No line has more than {bound} in any 24 hours.",
        "how often a line is dialled in 24 hours",
        lambda system, cap: calls_of_a_day(router, day, system, cap),
        likely=likely,
        most=_MOST_CALLS,
    )


def line_cost_within(router: Router) -> Measure:
    """How long a line is up in any 24 hours, which is what the line costs by the minute."""
    name = "line-cost-within"
    require_lines(router, name)
    unit = require_clock(router, name)
    day = day_of(router, unit)
    if day.length * unit.size != a_day(unit.counts):
        raise InputError(f"{name} says nothing here: 24 hours are no whole number of units of {unit}")
    up = {line.name: line.is_connected for line in router.lines}
    return Measure(
        up,
        "No line is up for longer than {bound} in any 24 hours.",
        "how long a line is up in 24 hours: its cost by the minute",
        lambda system, cap: line_time_of_a_day(router, day, system, cap),
        likely=(day.length,),
        most=day.length,
    )


def silence_ends_within(router: Router) -> Measure:
    """How long a line is up in one call without anybody at its other end."""
    silent = {line.name: line.is_silent for line in router.lines if line.kind.silent}
    if not silent:
        raise InputError("silence-ends-within says nothing here: no line can be up without anybody at its other end")
    says = "No line is up for longer than {bound} without anybody at its other end."
    return Measure(silent, says, "how long a line is up without anybody at its other end")


MEASURES: Mapping[str, Callable[[Router], Measure]] = {
    "dialled-within": dialled_within,
    "connected-within": connected_within,
    "resolved-within": resolved_within,
    "retrieved-within": retrieved_within,
    "line-busy-within": line_busy_within,
    "call-ends-within": line_up_within,
    "outage-ends-within": outage_ends_within,
    "silence-ends-within": silence_ends_within,
    "calls-of-a-day-within": calls_of_a_day_within,
    "line-cost-within": line_cost_within,
}
"""Every measure, by the name of the claim that bounds it."""

NO_TIME: Mapping[str, str] = {"calls-of-a-day-within": "call"}
"""What is counted by those that count no time, in the singular."""

OF_A_DAY = ("calls-of-a-day-within", "line-cost-within")
"""Those of 24 hours. They take far longer than others, and are computed if they are asked for by name."""


def measures_of(router: Router) -> dict[str, Measure]:
    """The measures that say something of `router`, by name, but for those of a day."""
    found = {}
    for name, measure in MEASURES.items():
        if name in OF_A_DAY:
            continue
        with suppress(InputError):
            found[name] = measure(router)
    return found


def measured(router: Router, name: str, cap: int) -> tuple[System, list[Integer], z3.BoolRef]:
    """The system of `router` with what the measure called `name` counts, up to `cap` units; and that there is something to count.

    Raises InputError if the measure says nothing of the router.
    """
    measure = MEASURES[name](router)
    system, clocks = measure.measuring(router.system, cap)
    return system, list(clocks.values()), some(list(measure.conditions.values()))


def within(router: Router, bound: int, *, name: str) -> Observed:
    """The claim that the measure called `name` never exceeds `bound`, in what the product counts time in.

    Raises InputError for a router without clocks, and for a bound that is negative.
    """
    measured = MEASURES[name](router)
    scale = scale_of(name, require_clock(router, name))
    units = bound // scale.size  # what is more than the bound is at least a unit more than these
    system, spans = measured.measuring(router.system, units + 1)
    claim = Claim(
        called_with(name, bound, scale),
        always(every([span <= units for span in spans.values()])),
        says=measured.says.format(bound=f"{bound} {scale.counts}s"),
        source=router.words.source(name),
        premise=some(list(measured.conditions.values())),
        witnesses=tuple((f"{what} is measured", condition) for what, condition in measured.conditions.items()),
    )
    return Observed(system, claim)


def dials_are_spaced(router: Router, bound: int) -> Observed:
    """No line is dialled sooner than `bound` after it was dialled last; nothing is said of the first call since a start.

    Raises InputError for a router without clocks or lines.
    """
    return _spaced(router, bound, "dials-are-spaced", "it was dialled last", ())


def attempts_are_spaced(router: Router, bound: int) -> Observed:
    """No line is dialled sooner than `bound` after an attempt began that failed; a call that was answered is forgotten.

    Raises InputError for a router without clocks or lines.
    """
    return _spaced(router, bound, "attempts-are-spaced", "an attempt began that failed", (Event.ANSWER,))


def _spaced(router: Router, bound: int, name: str, after: str, forgotten_by: Sequence[Event]) -> Observed:
    """The claim called `name` that no line is dialled sooner than `bound` after it was dialled last, unless that is forgotten."""
    unit = require_clock(router, name)
    require_lines(router, name)
    units = -(-bound // unit.size)
    since = {
        line.name: integer(f"since dialled {line.name}", 0, max(units, 1), says=f"since {line.name} was dialled")
        for line in router.lines
    }
    observers = [
        Observer(
            clock,
            max(units, 1),
            {action.name: _since(action, line, clock, forgotten_by) for action in router.system.actions},
        )
        for line, clock in since.items()
    ]
    dials = {line: happens(Event.DIAL, line) for line in since}
    claim = Claim(
        called_with(name, bound, unit),
        always(every([z3.Implies(dials[line], since[line] >= units) for line in since])),
        says=f"No line is dialled sooner than {bound} {unit.counts}s after {after}, "
        f"unless {router.words.service} was started in between.",
        source=router.words.source(name),
        premise=some(list(dials.values())),
        witnesses=tuple((f"{line} is dialled", happening) for line, happening in dials.items()),
    )
    return Observed(router.system.observed(*observers), claim)


def _since(action: Action, line: str, clock: Integer, forgotten_by: Sequence[Event]) -> z3.ArithRef:
    """How long ago `line` was dialled after `action`; a start of the program that dials forgets it, and `forgotten_by` too."""
    if action.event is Event.DIAL and action.concerns == line:
        return z3.IntVal(0)
    if action.event in STARTS or (action.event in (Event.START, *forgotten_by) and action.concerns == line):
        return z3.IntVal(clock.variable.domain.high or 1)
    return longer(action, clock) if action.event is Event.ELAPSE else clock


BOUNDED: Mapping[str, Callable[[Router, int], Observed]] = {
    **{name: partial(within, name=name) for name in MEASURES},
    "dials-are-spaced": dials_are_spaced,
    "attempts-are-spaced": attempts_are_spaced,
}
"""Every claim that has a bound, by name: it takes the router and the bound, in what the product counts time in."""


def scale_of(name: str, unit: Unit) -> Scale:
    """What the bound of the claim called `name` counts in a router that counts time in `unit`."""
    return Scale(1, NO_TIME[name]) if name in NO_TIME else unit


def called_with(name: str, bound: int, scale: Scale) -> str:
    """The name of a claim with its bound, so that two checks of it with different bounds are told apart."""
    return f"{name}-{bound}-{scale.counts}s"


def require_clock(router: Router, name: str) -> Unit:
    """The unit of time of `router`. Raises InputError if it has no clock."""
    if router.unit is None:
        raise InputError(
            f"{name} is about time, and this scenario counts none: an untimed model cannot tell a moment from a day; "
            f"{router.words.clocks}"
        )
    return router.unit


def measuring(system: System, conditions: Mapping[str, z3.BoolRef], cap: int) -> tuple[System, dict[str, Integer]]:
    """`system` with an observer for each condition: for how long it has held without a break, up to `cap`."""
    spans = {what: integer(f"measured {what}", 0, cap, says=f"time measured of {what}") for what in conditions}
    observers = [
        Observer(span, 0, {action.name: _counted(action, conditions[what], span) for action in system.actions})
        for what, span in spans.items()
    ]
    return system.observed(*observers), spans


def _counted(action: Action, condition: z3.BoolRef, span: Integer) -> z3.ArithRef:
    """What the observer shows after `action`: nothing if the condition did not hold before it, and more if time has passed.

    It looks at the state before the action alone, and at no update: it observes a changed system, such as a mutant, as well.
    """
    result = z3.If(condition, longer(action, span) if action.event is Event.ELAPSE else span, z3.IntVal(0))
    assert isinstance(result, z3.ArithRef)
    return result


def likely_bounds(router: Router, name: str) -> tuple[int, ...]:
    """The bounds of the measure called `name` to try first, in units.

    Those of the measure, or else the times of the lines, what the clocks stop at, and sums of two of these.
    """
    own = MEASURES[name](router).likely
    if own is not None:
        return own
    times = {clock.variable.domain.high or 0 for clock in router.clocks}
    times |= {time for line in router.lines for step in line.kind.steps for time in (step.earliest, step.latest or 0)}
    return tuple(sorted({*times, *(first + second for first in times for second in times)}))
