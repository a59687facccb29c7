"""Uplinks: lines that are up without being dialled, and what the router believes of them.

Whether an uplink works is for the world: it carries traffic, is slow, is broken somewhere behind the link, or its link is down.
Whether it is used is for the router, which knows the link and what its probes say (`model.parts.probes`). Supervision is a thing
of its own: a tracker can be gone, and then nothing is found out any more.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.variables import Boolean, Choice, StateVariable, boolean, choice
from model.events import Event, happening
from model.parts.probes import NO_HOST, Hosts, Tracker, enough

WORKS, SLOW, BROKEN, NO_LINK = "works", "slow", "broken", "no link"
"""What an uplink can be: slow is slower than good and better than failed, which only matters to a tracker that sees it."""


@dataclass(frozen=True, eq=False)
class Uplink:
    """An uplink: its `condition`, and whether the router takes it for alive (`belief`; None: as long as its link is there).

    `is_lost` is set if its tracker can be gone. It is used only while `allowed` holds besides (None: always). If it is one of
    several ways over the same line, which are watched apart, `of` is the name of the line, whose fortunes they share. One that
    `stays` is used whether its link is there or not.
    """

    name: str
    condition: Choice
    tracker: Tracker | None = None
    belief: Boolean | None = None
    is_lost: Boolean | None = None
    allowed: z3.BoolRef | None = None
    of: str = ""
    stays: bool = False

    @property
    def line(self) -> str:
        """The name of the line whose fortunes it has."""
        return self.of or self.name

    def is_now(self, value: str) -> z3.BoolRef:
        """Its condition is `value`; false if it never comes to that."""
        known = value in self.condition.variable.domain.values
        return self.condition == self.condition[value] if known else z3.BoolVal(False)

    @property
    def works(self) -> z3.BoolRef:
        """It carries traffic, be it slowly."""
        is_slow = [self.condition == self.condition[SLOW]] if SLOW in self.condition.variable.domain.values else []
        return z3.Or(self.works_well, *is_slow) if is_slow else self.works_well

    @property
    def works_well(self) -> z3.BoolRef:
        """It carries traffic, and is not slow."""
        return self.condition == self.condition[WORKS]

    @property
    def has_link(self) -> z3.BoolRef:
        """Its link is there."""
        has_none = NO_LINK in self.condition.variable.domain.values
        return self.condition != self.condition[NO_LINK] if has_none else z3.BoolVal(True)

    @property
    def is_broken(self) -> z3.BoolRef:
        """Its link is there, and nothing comes through."""
        return self.is_now(BROKEN)

    @property
    def is_alive(self) -> z3.BoolRef:
        """The router takes it for alive, and uses it."""
        known = self.belief if self.belief is not None else z3.BoolVal(True) if self.stays else self.has_link
        return known if self.allowed is None else z3.And(known, self.allowed)

    @property
    def variables(self) -> list[StateVariable]:
        """What it consists of."""
        return [self.condition, *(one for one in (self.belief, self.is_lost) if one is not None)]

    @property
    def initially(self) -> z3.BoolRef:
        """It works, and is watched if it has a tracker."""
        parts = [self.condition == self.condition[WORKS]]
        if self.belief is not None and self.tracker is not None and self.tracker.begins_alive is not None:
            parts.append(self.belief == z3.BoolVal(self.tracker.begins_alive))
        if self.is_lost is not None:
            parts.append(z3.Not(self.is_lost))
        return z3.And(parts)

    def is_good(self, hosts: Hosts) -> z3.BoolRef:
        """A round of its probes is good now, if they leave."""
        assert self.tracker is not None
        seen = self.works_well if self.tracker.sees_slow else self.works
        near = enough(self.tracker, hosts, near_only=True)
        return z3.Or(z3.And(seen, enough(self.tracker, hosts, near_only=False)), z3.And(self.has_link, near))


def uplink(
    name: str,
    tracker: Tracker | None,
    *,
    may_be_lost: bool = False,
    never: Sequence[str] = (),
    allowed: z3.BoolRef | None = None,
    variable: str = "",
) -> Uplink:
    """The uplink `name`, watched by `tracker`; what it is `never` is no value of its condition, whose variable can be named."""
    sees_slow = tracker is not None and tracker.sees_slow
    of_all = (WORKS, SLOW, BROKEN, NO_LINK) if sees_slow else (WORKS, BROKEN, NO_LINK)
    values = tuple(value for value in of_all if value not in never)
    condition = choice(variable or f"line {name}", values, says=variable or f"line {name}", sort=" ".join(values))
    if tracker is None:
        return Uplink(name, condition, allowed=allowed)
    belief = boolean(f"{name} taken for alive", says=f"{name} is taken for alive")
    lost = boolean(f"tracker of {name} gone", says=f"the tracker of {name} is gone") if may_be_lost else None
    return Uplink(name, condition, tracker, belief, lost, allowed)


def way_over(plain: Uplink, name: str, tracker: Tracker, allowed: z3.BoolRef | None = None) -> Uplink:
    """A way over the line of `plain`, called `name`, which is watched apart by `tracker`."""
    belief = boolean(f"{name} taken for alive", says=f"{name} is taken for alive")
    return Uplink(name, plain.condition, tracker, belief, allowed=allowed, of=plain.line)


def fortunes(one: Uplink, ends_tracker_of: Sequence[Uplink] = (), ways: Sequence[Uplink] = ()) -> Iterator[Action]:
    """What the world does to an uplink: it breaks, gets slow, works again, loses its link and gets it back.

    If its link goes down, so do the trackers of `ends_tracker_of`; the `ways` over it share its link.
    """
    values = one.condition.variable.domain.values
    says = {WORKS: "{line} works again", SLOW: "{line} gets slow", BROKEN: "{line} breaks behind its link"}
    for event, target in ((Event.MEND, WORKS), (Event.SLOW_DOWN, SLOW), (Event.BREAK, BROKEN)):
        if target in values:
            sources = [
                one.condition == one.condition[value] for value in (WORKS, SLOW, BROKEN) if value in values and value != target
            ]
            if not sources:
                continue
            yield happening(
                event,
                one.name,
                guard=z3.Or(sources) if len(sources) > 1 else sources[0],
                updates={one.condition: one.condition[target]},
                actor="environment",
                says=says[target].format(line=one.name),
            )
    if NO_LINK not in values:
        return
    gone: dict[StateVariable, z3.ExprRef] = {
        other.is_lost: z3.BoolVal(True) for other in ends_tracker_of if other.is_lost is not None
    }
    down: dict[StateVariable, z3.ExprRef] = {}
    up: dict[StateVariable, z3.ExprRef] = {}
    for own in (one, *ways):
        if own.belief is not None and own.tracker is not None:
            down[own.belief] = z3.BoolVal(False)
            up[own.belief] = z3.BoolVal(bool(own.tracker.begins_alive))
    back: dict[StateVariable, z3.ExprRef] = {one.is_lost: z3.BoolVal(False)} if one.is_lost is not None else {}
    yield happening(
        Event.LOSE_LINK,
        one.name,
        guard=one.has_link,
        updates={one.condition: one.condition[NO_LINK], **down, **gone},
        actor="environment",
        says=f"the link of {one.name} goes down",
    )
    yield happening(
        Event.REGAIN_LINK,
        one.name,
        guard=z3.Not(one.has_link),
        updates={one.condition: one.condition[WORKS], **up, **back},
        actor="environment",
        says=f"the link of {one.name} comes up, and the line works",
    )


def watching(one: Uplink, hosts: Hosts, probes_leave: z3.BoolRef, source: str = "") -> Iterator[Action]:
    """What the tracker of an uplink finds out, round by round; its probes go out only if `probes_leave`."""
    if one.tracker is not None:
        yield from findings(one, z3.And(probes_leave, one.is_good(hosts)), source)


def findings(one: Uplink, is_good: z3.BoolRef, source: str = "") -> Iterator[Action]:
    """That an uplink is found dead or alive, if a round of its probes `is_good` or not."""
    if one.tracker is None or one.belief is None:
        return
    is_there = z3.And(one.has_link, z3.Not(one.is_lost)) if one.is_lost is not None else one.has_link
    if one.tracker.finds_dead:
        yield happening(
            Event.FIND_DEAD,
            one.name,
            guard=z3.simplify(z3.And(is_there, one.belief, z3.Not(is_good))),
            updates={one.belief: z3.BoolVal(False)},
            fairness=Fairness.WEAK,
            actor="tracker",
            says=f"the probes over {one.name} fail round after round: it is taken for dead",
            source=source,
        )
    if one.tracker.finds_alive:
        yield happening(
            Event.FIND_ALIVE,
            one.name,
            guard=z3.simplify(z3.And(is_there, z3.Not(one.belief), is_good)),
            updates={one.belief: z3.BoolVal(True)},
            fairness=Fairness.WEAK,
            actor="tracker",
            says=f"the probes over {one.name} are answered round after round: it is taken for alive",
            source=source,
        )


def dying(hosts: Hosts) -> Iterator[Action]:
    """That a host which is asked goes down, no more than one at a time, and comes back."""
    if hosts.dead is None:
        return
    for name in hosts.names:
        yield happening(
            Event.HOST_DIES,
            name,
            guard=hosts.all_answer,
            updates={hosts.dead: hosts.dead[name]},
            actor="environment",
            says=f"the host {name} goes down",
        )
    yield happening(
        Event.HOST_RETURNS,
        guard=z3.Not(hosts.all_answer),
        updates={hosts.dead: hosts.dead[NO_HOST]},
        actor="environment",
        says="the host that was down answers again",
    )


ProbesLeave = Callable[[Uplink], z3.BoolRef]
"""Whether the probes over an uplink leave at all."""
