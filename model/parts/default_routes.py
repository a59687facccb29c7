"""Default routes that lines bring: a line can be up, and its route absent.

A line that comes up has its default route put into the routing table, unless one that is there already keeps it out; with the
line the route goes. Default routes of others, such as by DHCP, come and go as they like. Whether a route keeps another one out is
for a product to say, by the metrics of both (`Rules.keeps_out`).
Left out: routes to single networks; a default route of others that goes because a line has brought its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import z3

from dialproof.core.actions import Action
from dialproof.core.variables import Boolean, boolean
from model.events import ENDS, Event, happening
from model.parts.lines import Line
from model.rules import Remembered, Rules, Situation, Updates


@dataclass(frozen=True, eq=False)
class DefaultRoutes:
    """The default routes of lines (`own`) and of others, by name, with their metrics."""

    own: Mapping[str, int]
    others: Mapping[str, int]

    def of_line(self, name: str) -> Boolean:
        """The default route over the line of this name is in the routing table."""
        return boolean(f"route over {name}", says=f"the default route over {name} is in the routing table")

    def of_other(self, name: str) -> Boolean:
        """The default route of somebody else is in the routing table."""
        return boolean(f"other route {name}", says=f"the default route by {name} is in the routing table")

    def keeping_out(self, rules: Rules, name: str) -> list[Boolean]:
        """The routes that keep the one over this line out while they are there."""
        metric = self.own[name]
        lines = [self.of_line(other) for other, its in self.own.items() if other != name and rules.keeps_out(metric, its)]
        return [*lines, *(self.of_other(other) for other, its in self.others.items() if rules.keeps_out(metric, its))]


def installing(rules: Rules, routes: DefaultRoutes) -> Rules:
    """The same rules, by which lines bring their default routes, and take them along."""

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        if name in routes.own and event is Event.ANSWER:
            keeping = routes.keeping_out(rules, name)
            return {**known, routes.of_line(name): z3.Not(z3.Or(keeping)) if keeping else z3.BoolVal(True)}
        if name in routes.own and event in ENDS:
            return {**known, routes.of_line(name): z3.BoolVal(False)}
        if name in routes.others and event in (Event.ROUTE_COMES, Event.ROUTE_GOES):
            return {**known, routes.of_other(name): z3.BoolVal(event is Event.ROUTE_COMES)}
        return known

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        own = [routes.of_line(name) for name in routes.own]
        others = [routes.of_other(name) for name in routes.others]
        return (
            *rules.state(lines),
            *(Remembered(one, z3.Not(one)) for one in own),
            *(Remembered(one, z3.BoolVal(True)) for one in others),
        )

    return replace(rules, after=after, state=state)


def coming_and_going(routes: DefaultRoutes) -> Iterator[Action]:
    """What others do with their default routes."""
    for name in routes.others:
        there = routes.of_other(name)
        for event, guard, says in (
            (Event.ROUTE_COMES, z3.Not(there), f"{name} brings its default route"),
            (Event.ROUTE_GOES, there, f"the default route by {name} goes"),
        ):
            yield happening(event, name, guard=guard, updates={}, actor="environment", says=says)
