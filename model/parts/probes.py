"""Probes: what a router asks hosts beyond a line, round by round, to find out whether the line works.

A round is good if enough of the targets answer. After so many bad rounds in a row the line is taken for dead, and after so many
good ones for alive. Without times such a series of rounds is one step, which is possible while the round would come out so: as
many rounds as are needed fit between any two events, and one that ends a series has this outcome. So nothing is added and
nothing lost. A target that lies on this side of the provider (the modem, the gateway) answers whether the provider works or not.
Left out: rounds that come out otherwise than the line and the hosts are; what `constant-measurement-settles` says of a tracker
with several thresholds is said of the round as a whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import z3

from dialproof.core.variables import Choice, choice

NO_HOST = "none"
"""The value of the choice of the dead host if every host answers."""


@dataclass(frozen=True)
class Target:
    """A host that is asked; `is_near` if it is on this side of the provider, and so says nothing of what is behind."""

    name: str
    is_near: bool = False


@dataclass(frozen=True)
class Tracker:
    """How a line is watched: a round is good if at least `needed` of the `targets` answer.

    `finds_dead` and `finds_alive` are False if its counters never come to that. `begins_alive`: it takes the line for alive as
    soon as its link is there; None: it may take it for either at the start, and takes it for dead after its link was gone.
    `sees_slow`: an answer that is late counts neither as one nor as none, so that the round is not good.
    """

    targets: tuple[Target, ...]
    needed: int
    finds_dead: bool = True
    finds_alive: bool = True
    begins_alive: bool | None = True
    sees_slow: bool = False


@dataclass(frozen=True, eq=False)
class Hosts:
    """The hosts that are asked by whatever tracker; no more than one of them is dead at a time (`dead`)."""

    names: tuple[str, ...]
    dead: Choice | None

    @property
    def all_answer(self) -> z3.BoolRef:
        """Every host answers whoever reaches it."""
        return z3.BoolVal(True) if self.dead is None else self.dead == self.dead[NO_HOST]

    def is_dead(self, name: str) -> z3.BoolRef:
        """The host of this name answers nobody."""
        return z3.BoolVal(False) if self.dead is None else self.dead == self.dead[name]


def hosts_of(trackers: Sequence[Tracker]) -> Hosts:
    """The hosts that decide, each once, in their order: those without which some tracker has not enough answers.

    If all trackers have answers to spare, one of the hosts stands for all: no tracker notices that one is dead.
    """
    asked = list(dict.fromkeys(target.name for tracker in trackers for target in tracker.targets))
    deciding = {name for tracker in trackers for near in (False, True) for name in _deciding(tracker, near_only=near)}
    names = tuple(name for name in asked if name in deciding) or tuple(asked[:1])
    return Hosts(names, choice("dead host", (NO_HOST, *names), says="the host that answers nobody") if names else None)


def _asked(tracker: Tracker, *, near_only: bool) -> list[str]:
    """The hosts that the tracker asks, as often as it does."""
    return [target.name for target in tracker.targets if target.is_near or not near_only]


def _deciding(tracker: Tracker, *, near_only: bool) -> list[str]:
    """The hosts without which too few of these answer, if all others do."""
    asked = _asked(tracker, near_only=near_only)
    if len(asked) < tracker.needed:
        return []
    return [name for name in dict.fromkeys(asked) if len(asked) - asked.count(name) < tracker.needed]


def enough(tracker: Tracker, hosts: Hosts, *, near_only: bool) -> z3.BoolRef:
    """A round is good now, if all targets (or only those that are near) can be reached."""
    if len(_asked(tracker, near_only=near_only)) < tracker.needed:
        return z3.BoolVal(False)
    dead = [hosts.is_dead(name) for name in _deciding(tracker, near_only=near_only)]
    return z3.Not(z3.Or(dead) if len(dead) > 1 else dead[0]) if dead else z3.BoolVal(True)
