"""Routers: a composed system with its parts, so that claims can speak of routes, lines and events, whatever the product."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import z3

from dialproof.core.actions import Action, taken
from dialproof.core.system import System
from dialproof.core.variables import Integer, StateVariable
from model.events import Event, called, happening, these
from model.fault import Fault
from model.parts.lines import Line, Promises
from model.parts.routes import Route
from model.rules import Rules, Situation, wanted
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
    `with_routes` makes it anew with other routes; None if it stands for many routers.
    """

    words: Words
    system: System
    routes: tuple[Route, ...]
    lines: tuple[Line, ...]
    fault: Fault
    others: tuple[Others, ...] = ()
    with_routes: Recomposed | None = None

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
