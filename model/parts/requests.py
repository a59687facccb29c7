"""Requests: a site asks for its mail (ETRN), and one run at a time serves it, by a record that its process makes and deletes.

Source: Exim's `smtp_in.c` (ETRN_CMD), `enq.c`: the record is made when a request is accepted, counts for six hours from then on,
and is deleted by the process that waits for the run; while it counts, another request is refused (458). If that process
dies, nobody deletes it (Exim's specification, "The ETRN command": "scope for hints records to get left lying around").
A run goes on until what it took has left or failed, or the call has ended. Without clocks what a process that died has left
counts for some time, and one run of each site dies at most.
Left out: a request that finds nothing to take, and whose process dies; what else ends if the whole machine goes down: only what
is tried of the same class waits again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.variables import Boolean, Integer, StateVariable, boolean, integer
from model.events import ENDS, Event, happening
from model.parts.batches import batch
from model.parts.flushes import asking
from model.parts.lines import Line
from model.parts.promises import Promise
from model.parts.routes import Route
from model.parts.timing import Due, since
from model.rules import Remembered, Rules, Situation, Updates, all_of

LASTS = 6 * 60 * 60
"""For how many seconds a record counts."""

SERIALISED = "Exim's specification, smtp_etrn_serialize; enq.c: enq_start"
"""Where it is documented that a request is refused."""


def asked(route: Route) -> Integer:
    """How many messages, the oldest ones, a run that a request began has still to try."""
    return integer(f"asked for {route.name}", 0, route.capacity, says=f"messages for {route.label} that a run by ETRN has to try")


def is_left(route: Route) -> Boolean:
    """The record of a run that died is there."""
    return boolean(f"record left {route.name}", says=f"the record of an ETRN run for {route.label} that died is there")


def has_died(route: Route) -> Boolean:
    """A run has died."""
    return boolean(f"run died {route.name}", says=f"an ETRN run for {route.label} has died")


@dataclass(frozen=True)
class Requests:
    """How requests for the mail of `routes` are served, and when they come.

    `takes` says how much of a queue is taken after a request. If they are `serialised`, a record refuses others for as many units
    as it `lasts` (None: without clocks). A run `may_die`. A site asks `every` so many units (None: at any time).
    """

    routes: tuple[Route, ...]
    takes: Callable[[Route], z3.ArithRef]
    is_serialised: bool
    may_die: bool
    lasts: int | None
    every: int | None

    def is_locked(self, route: Route) -> z3.BoolRef:
        """A record refuses a request."""
        if not self.is_serialised:
            return z3.BoolVal(False)
        there = z3.Or(asked(route) > 0, is_left(route)) if self.may_die else asked(route) > 0
        return there if self.lasts is None else z3.And(there, self.age(route) < self.lasts)

    def age(self, route: Route) -> Integer:
        """How old the record is, at most until it does not count any more."""
        return since(f"since request {route.name}", self.lasts or 0, f"time since an ETRN run for {route.label} began")

    def since_last(self, route: Route) -> Integer:
        """How long ago the site asked, at most until it asks again."""
        return since(f"since asking {route.name}", self.every or 0, f"time since the site of {route.label} asked for its mail")

    @property
    def follows_runs(self) -> bool:
        """True if it matters that a run goes on."""
        return self.is_serialised or self.may_die


def with_requests(rules: Rules, requests: Requests) -> Rules:
    """The same rules, which take mail that is asked for, and remember of each run that it goes on."""
    own = {route.name: route for route in requests.routes}

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        if event in ENDS and requests.follows_runs:
            return {**known, **{asked(route): z3.IntVal(0) for route in requests.routes if route.link == name}}
        return {**known, **_after(requests, event, own[name])} if name in own else known

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        return (*rules.state(lines), *(one for route in requests.routes for one in _state(requests, route)))

    return replace(rules, after=after, state=state)


def _after(requests: Requests, event: Event, route: Route) -> Updates:
    """What an event of the route does to its runs."""
    changed: dict[StateVariable, z3.ExprRef] = {}
    if event is Event.ASK_FOR_MAIL:
        changed = _begun(requests, route)
    elif event is Event.RUN_DIES:
        changed = {batch(route): z3.IntVal(0), asked(route): z3.IntVal(0), has_died(route): z3.BoolVal(True)}
        if requests.is_serialised:
            changed[is_left(route)] = z3.BoolVal(True)
    elif event is Event.RECORD_GOES:
        changed = {is_left(route): z3.BoolVal(False)}
    elif requests.follows_runs and event in (Event.DELIVER, Event.RETURN):
        changed = {asked(route): z3.If(asked(route) > 0, asked(route) - 1, z3.IntVal(0))}
    elif requests.follows_runs and event is Event.FAIL_DELIVERY:
        changed = {asked(route): z3.IntVal(0)}
    if requests.every is not None and event in (Event.ASK_FOR_MAIL, Event.REFUSE_REQUEST):
        changed[requests.since_last(route)] = z3.IntVal(0)
    return changed


def _begun(requests: Requests, route: Route) -> dict[StateVariable, z3.ExprRef]:
    """A run begins: it takes what nobody has taken, and is over at once if there is nothing."""
    anything, taken = route.waiting > batch(route), requests.takes(route)
    changed: dict[StateVariable, z3.ExprRef] = {batch(route): z3.If(anything, taken, batch(route))}
    if requests.follows_runs:
        changed[asked(route)] = z3.If(anything, taken, asked(route))
    if requests.is_serialised and requests.may_die:
        changed[is_left(route)] = z3.BoolVal(False)
    if requests.is_serialised and requests.lasts is not None:
        changed[requests.age(route)] = z3.IntVal(0)
    return changed


def _state(requests: Requests, route: Route) -> list[Remembered]:
    """What is remembered of the runs of a route, and of its requests."""
    made = []
    if requests.follows_runs:
        made.append(Remembered(asked(route), asked(route) == 0))
    if requests.may_die:
        made.append(Remembered(has_died(route), z3.Not(has_died(route))))
    if requests.is_serialised and requests.may_die:
        made.append(Remembered(is_left(route), z3.Not(is_left(route))))
    if requests.is_serialised and requests.lasts is not None:
        made.append(Remembered(requests.age(route), requests.age(route) == 0, is_clock=True))
    if requests.every is not None:
        made.append(Remembered(requests.since_last(route), z3.BoolVal(True), is_clock=True))
    return made


def requesting(requests: Requests, promise: Promise, *, source: str) -> tuple[list[Action], list[Due]]:
    """The sites ask as promised, or every so often; what becomes of their runs; and when what is due."""
    actions: list[Action] = []
    due: list[Due] = []
    for route in requests.routes:
        locked = requests.is_locked(route)
        request = asking(route, promise, source=source, only_if=[z3.Not(locked)] if requests.is_serialised else [])
        if requests.every is None:
            actions.append(request)
        else:
            clock = requests.since_last(route)
            reached = clock >= requests.every
            actions.append(replace(request, guard=z3.And(reached, z3.Not(locked))))
            due.append(Due(z3.BoolVal(True), ((clock, requests.every),)))
            if requests.is_serialised:
                actions.append(_refused(route, z3.And(reached, locked), promise))
        if requests.may_die:
            actions.append(_dying(route))
            if requests.is_serialised and requests.lasts is None:
                actions.append(_going(route))
    return actions, due


def _refused(route: Route, guard: z3.BoolRef, promise: Promise) -> Action:
    return happening(
        Event.REFUSE_REQUEST,
        route.name,
        guard=guard,
        updates={},
        actor="environment",
        says=f"the site of {route.label} asks for its {route.words.noun} (ETRN), and is refused: 458 Already processing",
        fairness=promise.fairness,
        because=promise.name,
        source=SERIALISED,
    )


def _dying(route: Route) -> Action:
    """A run dies: what it has not sent waits again."""
    return happening(
        Event.RUN_DIES,
        route.name,
        guard=all_of([asked(route) > 0, z3.Not(has_died(route))]),
        updates={},
        actor="service",
        says=f"the ETRN run for {route.label} dies, with the process that waits for it",
        source=SERIALISED,
    )


def _going(route: Route) -> Action:
    """Without clocks: the record of a run that died is too old at some time."""
    return happening(
        Event.RECORD_GOES,
        route.name,
        guard=is_left(route),
        updates={},
        actor="environment",
        says=f"the record of the ETRN run for {route.label} that died is six hours old",
        fairness=Fairness.WEAK,
        source=SERIALISED,
    )
