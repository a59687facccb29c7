"""Routers: a composed system with its parts, so that claims can speak of routes, lines and events, whatever the product."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import z3

from dialproof.core.actions import Action, Assumption, taken
from dialproof.core.clock import Unit
from dialproof.core.system import System
from dialproof.core.variables import Boolean, Integer, StateVariable
from model.events import Event, called, happening, these
from model.fault import Fault
from model.parts.lines import Line, Promises
from model.parts.policies import TrafficClass
from model.parts.ports import Port
from model.parts.probes import Hosts
from model.parts.retrieval import RemoteQueue
from model.parts.routes import Route
from model.parts.timing import Due, Running, elapse, time_goes_on
from model.parts.uplinks import Uplink
from model.rules import Reason, Rules, Situation, Updates, wanted
from model.words import Words


@dataclass(frozen=True, eq=False)
class Others:
    """Routes that are not told apart: those over `link` (None: held for somebody else), for which `waiting` wait in all."""

    link: str | None
    waiting: Integer


Recomposed = Callable[[Sequence[Route], Sequence[StateVariable]], "Router"]
"""Makes the same router with other routes; the constants are what the conditions speak of under which routes are there."""


@dataclass(frozen=True, eq=False)
class Router:
    """The composed system with its parts, so that claims can speak of routes and lines.

    `words` are the product's own. `others` are routes that it has besides and that no claim can speak of one by one.
    `with_routes` makes it anew with other routes; None if it stands for many routers. `unit` is that of its time, which its
    `clocks` count; None without clocks. `besides` says of a line for what it is dialled beside what waits for it. `remote`
    are the queues at the other ends from which something is retrieved; `ports` are those that somebody else may take.
    `uplinks` are lines that are up without being dialled, `classes` the traffic that policies send over them, and `hosts` those
    that probes ask; `kept_out` are uplinks that are configured and named by no policy in use. `own_routes` are the
    default routes that lines bring when they come up, by the names of the lines: true while they are in the routing table.
    `intents` say of lines that they are to be up: nobody but their owner may start them otherwise. `carried` says of lines over
    others that what they go over carries them.
    """

    words: Words
    system: System
    routes: tuple[Route, ...]
    lines: tuple[Line, ...]
    fault: Fault
    others: tuple[Others, ...] = ()
    with_routes: Recomposed | None = None
    unit: Unit | None = None
    clocks: tuple[Integer, ...] = ()
    besides: Mapping[str, Sequence[Reason]] = field(default_factory=dict)
    remote: tuple[RemoteQueue, ...] = ()
    ports: tuple[Port, ...] = ()
    uplinks: tuple[Uplink, ...] = ()
    classes: tuple[TrafficClass, ...] = ()
    hosts: Hosts | None = None
    kept_out: frozenset[str] = frozenset()
    own_routes: Mapping[str, Boolean] = field(default_factory=dict)
    intents: Mapping[str, Boolean] = field(default_factory=dict)
    carried: Mapping[str, z3.BoolRef] = field(default_factory=dict)

    @property
    def default(self) -> Route | None:
        """The default route; None if there is none."""
        return next((route for route in self.routes if route.is_default), None)

    @property
    def entries(self) -> tuple[Route, ...]:
        """The other routes."""
        return tuple(route for route in self.routes if not route.is_default)

    @property
    def default_line(self) -> Line | None:
        """The line of the default route; None if there is no such route, or it uses no line."""
        default = self.default
        return None if default is None else next((line for line in self.lines if line.name == default.link), None)

    @property
    def table_is_complete(self) -> z3.BoolRef:
        """Every entry of the scenario is in force: "from the change on"."""
        flags = [route.in_force for route in self.routes if route.loaded is not None]
        return z3.And(flags) if flags else z3.BoolVal(True)

    def over(self, line: Line) -> list[Route]:
        """The routes that use `line`."""
        return [route for route in self.routes if route.link == line.name]

    def wanted(self, line: Line) -> z3.BoolRef:
        """Something waits for a route over `line`."""
        more = [others.waiting > 0 for others in self.others if others.link == line.name]
        known = wanted(Situation(self.routes, self.lines), line)
        return z3.Or(known, *more) if more else known

    def has_reason(self, line: Line) -> z3.BoolRef:
        """There is a reason to dial `line`: something waits, or another that the product has."""
        others = [reason.condition for reason in self.besides.get(line.name, ())]
        return z3.Or(self.wanted(line), *others) if others else self.wanted(line)

    @property
    def queued(self) -> z3.ArithRef:
        """How much waits, for whatever route."""
        return z3.Sum([*(route.waiting for route in self.routes), *(others.waiting for others in self.others)])

    def actions(self, *events: Event) -> list[Action]:
        """The actions that are one of `events`."""
        return these(self.system.actions, *events)

    def has(self, event: Event, concerns: str = "") -> bool:
        """True if that can happen at all."""
        return any(action.event is event and action.concerns == concerns for action in self.system.actions)


def happens(event: Event, concerns: str = "") -> z3.BoolRef:
    """That happens at this position: the action of this name is taken."""
    return taken(called(event, concerns))


def pass_time() -> Action:
    """What is always possible."""
    return happening(
        Event.PASS_TIME, guard=z3.BoolVal(True), updates={}, actor="environment", says="time passes, and nothing happens"
    )


MOST_AT_ONCE = 1000
"""The most units that pass in one step; more pass in several."""


@dataclass(frozen=True, eq=False)
class Passing:
    """How time passes in a router: the action, what is assumed of it, the clocks that run, and their unit."""

    action: Action
    assumptions: tuple[Assumption, ...] = ()
    clocks: tuple[Integer, ...] = ()
    unit: Unit | None = None


def passing(now: Situation, rules: Rules, unit: Unit | None, due: Sequence[Due] = ()) -> Passing:
    """How time passes: without a `unit` in any portion, at any time; else as far as nothing that is possible is due.

    The clocks of the lines and of the rules run; `due` is what is due besides the steps of lines.
    """
    if unit is None:
        return Passing(pass_time())
    running = [Running(clock) for line in now.lines for clock in line.clocks]
    running += [Running(age, route.waiting > place) for route in now.routes for place, age in enumerate(route.ages)]
    running += [Running(one.variable) for one in rules.state(now.lines) if one.is_clock and isinstance(one.variable, Integer)]
    all_due = [*(one for line in now.lines if line.clock is not None for one in line.due(now.lines, now, rules)), *due]
    longest = max((one.clock.variable.domain.high or 1 for one in running), default=1)
    action = elapse(running, all_due, min(longest, MOST_AT_ONCE), unit)
    return Passing(action, (time_goes_on(action),), tuple(one.clock for one in running), unit)


def assembled(
    name: str,
    words: Words,
    fault: Fault,
    now: Situation,
    rules: Rules,
    time: Passing,
    actions: Sequence[Action],
    *,
    constants: Sequence[StateVariable] = (),
    with_routes: Recomposed | None = None,
    remote: Sequence[RemoteQueue] = (),
    ports: Sequence[Port] = (),
    uplinks: Sequence[Uplink] = (),
    classes: Sequence[TrafficClass] = (),
) -> Router:
    """The router of the lines and routes of `now`, in which `time` passes and `actions` happen, each with what the rules do.

    It has `uplinks` besides, over which `classes` of traffic go. `constants` are what the conditions speak of under which routes
    are there (`Route.there`). The rules remember what waits in `remote` queues.
    """
    remembered = rules.state(now.lines)
    clocks = [clock for one in now.lines for clock in one.clocks]
    variables: list[StateVariable] = [*constants, *(one.state for one in now.lines)]
    variables += [variable for one in now.routes for variable in one.variables]
    variables += [one.variable for one in remembered]
    variables += dict.fromkeys(part for one in uplinks for part in one.variables)
    init = z3.And(
        [one.is_down for one in now.lines]
        + [one.initially for one in now.routes]
        + [one.initially for one in remembered]
        + [one.initially for one in uplinks]
        + [clock == 0 for clock in clocks]
    )
    happens_in_it = remembering([time.action, *actions], now, rules)
    return Router(
        words,
        System(name, [*variables, *clocks], init, happens_in_it, time.assumptions),
        now.routes,
        now.lines,
        fault,
        with_routes=with_routes,
        unit=time.unit,
        clocks=time.clocks,
        besides={line.name: [one for one in rules.besides(now, line) if not one.because_it_waits] for line in now.lines},
        remote=tuple(remote),
        ports=tuple(ports),
        uplinks=tuple(uplinks),
        classes=tuple(classes),
    )


def calls(now: Situation, rules: Rules, promises: Promises) -> list[Action]:
    """What happens to the lines: the dialler, the outcome of its calls, and their end."""
    return [action for line in now.lines for action in line.actions(now.lines, now, rules, promises)]


def remembering(actions: Sequence[Action], now: Situation, rules: Rules) -> list[Action]:
    """`actions` with what each of them does to what the rules remember."""
    made = []
    for action in actions:
        assert isinstance(action.event, Event)
        more = rules.after(now, action.event, action.concerns)
        made.append(replace(action, updates={**action.updates, **more}) if more else action)
    return made


def activity(now: Situation, event: Event, name: str) -> Updates:
    """What arrives for a line that is up, or leaves over it, begins its idle time anew."""
    if event not in (Event.ARRIVE, Event.DELIVER, Event.LOSE):
        return {}
    over = [line for line in now.lines for route in now.over(line) if route.name == name]
    return {line.clock: z3.If(line.is_connected, 0, line.clock) for line in over if line.clock is not None}
