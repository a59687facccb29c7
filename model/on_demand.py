"""Mail systems on links that are dialled on demand: what their scenario files say of links and of the outside, and what follows.

A mail system knows no lines: something is sent, and the system dials. Which mail goes over which link, the scenario says.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

import z3
from pydantic import Field

from dialproof.core.actions import Action, Fairness
from dialproof.core.clock import Unit
from model.events import Event
from model.parts import queues
from model.parts.lines import Line, line
from model.parts.on_demand import CallTimes, on_demand
from model.parts.other_traffic import coming
from model.parts.promises import Promise
from model.parts.routes import Route
from model.parts.timing import Due, Reached
from model.router import activity
from model.rules import Rules, Situation, Updates
from model.scenario import Environment, Table


class Link(Table):
    """A way out of the machine."""

    kind: Literal["dial", "permanent"] = "dial"
    """dial: it comes up when something is sent over it; permanent: it is always up."""

    attempt: Annotated[int, Field(ge=1)] = 60
    """Seconds that an attempt to bring it up takes at most. It matters only with `timed`."""

    idle: Annotated[int, Field(ge=1)] = 300
    """Seconds without traffic after which it goes down. It matters only with `timed`."""

    drops_calls: bool = True
    """The other side, or the line itself, may end a call at any time. false: it goes down for idleness alone."""


class MailEnvironment(Environment):
    """What the outside is assumed to do. Each assumption made stands beside the verdicts that rest on it."""

    other_traffic: Literal["never", "sometimes", "again-and-again"] = "never"
    """Other traffic dials the links, and may keep them up: never, at any time, or again and again."""

    delivery_time: Annotated[int, Field(ge=0)] | None = None
    """Seconds in which mail that can leave has left; without it, some time. Only with `timed`."""

    @property
    def has_other_traffic(self) -> bool:
        """True if other traffic may dial the links."""
        return self.other_traffic != "never"


class SitesEnvironment(MailEnvironment):
    """What the outside is assumed to do. Each assumption made stands beside the verdicts that rest on it."""

    etrn: Literal["never", "sometimes", "again-and-again"] = "sometimes"
    """Sites ask for their mail by ETRN, where that is not refused: never, at any time, or again and again while it waits."""

    @property
    def asking(self) -> Promise:
        """What is promised of sites that can ask for their mail."""
        return Promise(Fairness.WEAK, "etrn") if self.etrn == "again-and-again" else Promise(Fairness.NONE)


def of_one_message(connector: Table, environment: MailEnvironment) -> dict[str, object]:
    """What changes in a scenario that is to be about one message: one place in the queue, and all else is other traffic."""
    return {
        "connector": connector.model_copy(update={"queue_capacity": 1}),
        "environment": environment.model_copy(update={"other_traffic": "sometimes"}),
    }


def lines_of(links: Mapping[str, Link], environment: MailEnvironment, unit: Unit | None, *, source: str) -> tuple[Line, ...]:
    """The dial links as lines, in the order of the file; `source` says where it is documented that mail dials."""
    in_time = environment.most_failed_calls is not None

    def times(link: Link) -> CallTimes | None:
        return None if unit is None else CallTimes(unit.of(link.attempt), unit.of(link.idle), is_answered_in_time=in_time)

    return tuple(
        line(
            name,
            f"the modem of {name}",
            on_demand(times(link), may_be_kept_up=environment.has_other_traffic, drops_calls=link.drops_calls, source=source),
        )
        for name, link in links.items()
        if link.kind == "dial"
    )


def other_traffic(environment: MailEnvironment, now: Situation) -> list[Action]:
    """That other traffic comes for each line, as the environment promises it."""
    if not environment.has_other_traffic:
        return []
    again = environment.other_traffic == "again-and-again"
    promise = Promise(Fairness.WEAK, "other_traffic") if again else queues.UNPROMISED
    return [coming(one, promise) for one in now.lines]


def delivery_due(
    environment: MailEnvironment, unit: Unit | None, one: Route, own: Line | None, possible: z3.BoolRef
) -> list[Due]:
    """When mail that can leave must have left; nothing without `delivery_time`, or over a permanent link."""
    time = environment.delivery_time
    if time is None or unit is None or own is None or own.clock is None:
        return []
    reached: tuple[Reached, ...] = ((own.clock, unit.of(time)),)
    return [Due(z3.And(one.has_mail, possible), reached)]


def active(rules: Rules) -> Rules:
    """The same rules, in which what leaves over a link begins its idle time anew."""

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        return {**known, **activity(now, event, name)} if event is Event.DELIVER else known

    return replace(rules, after=after)
