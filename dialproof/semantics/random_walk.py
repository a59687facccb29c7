"""Wandering about in a system, in plain Python: a quick look at what can happen in it, which proves nothing of what cannot."""

import random
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from dialproof.core.errors import ModelError
from dialproof.core.system import System
from dialproof.semantics.interpreter import Reader, Values

STEPS, STEPS_FOR_EACH = 1000, 10
"""How far a walk goes: so many steps, and so many more for each action."""

_EPISODE = 40  # steps without anything new, after which the other way of walking is tried
_STARTS = 16  # initial states that it starts from
_CANDIDATES = 20_000  # states that are tried for being initial


def enabled_on_a_walk(system: System) -> frozenset[str]:
    """The actions that a walk finds enabled, until all are or it has gone far enough. The same ones each time.

    It walks in two ways by turns: from the start, following what has just become possible; and on and on, taking each action
    as often as any other.
    """
    reader = Reader(system)
    try:
        if reader.initial_candidates() > _CANDIDATES:
            return frozenset()
        starts = list(islice(reader.initial_states(), _STARTS))
    except ModelError:  # an initial value without bounds
        return frozenset()
    met: set[str] = set()
    chance = random.Random(0)  # noqa: S311  # the same walk each time; nothing is secret here
    walkers = [_Eager(reader, starts, chance), _Even(reader, starts, chance)] if starts else []
    left = STEPS + STEPS_FOR_EACH * len(system.actions)
    while walkers and left > 0 and len(met) < len(system.actions):
        walker = walkers[0]
        walkers.reverse()
        walker.begin()
        idle = 0
        while idle < _EPISODE and left > 0:
            left -= 1
            possible = walker.look()
            idle = idle + 1 if met.issuperset(possible) else 0
            met.update(possible)
            if not walker.step(possible):
                break
    return frozenset(met)


class _Walker(ABC):
    """Walks about in a system. How it chooses is for its kinds to say."""

    def __init__(self, reader: Reader, starts: Sequence[Values], chance: random.Random) -> None:
        self._reader = reader
        self._starts = starts
        self._chance = chance
        self._here = starts[0]
        self._times: dict[str, int] = {}

    @abstractmethod
    def begin(self) -> None:
        """Begin an episode."""

    def look(self) -> Mapping[str, None]:
        """The actions that are enabled here."""
        return self._reader.possible(self._here)

    def step(self, possible: Mapping[str, None]) -> bool:
        """Take one of the `possible` actions, or go back to the start; whether the episode goes on."""
        if possible:
            name = self._chance.choice(self._candidates(possible))
            self._took(name)
            try:
                after = self._reader.wander(name, self._here, self._chance)
            except ModelError:  # out of range: for the engines to refuse, with a message
                return False
            self._here = self._here if after is None else after
            return after is not None
        self._here = self._chance.choice(self._starts)
        return False

    @abstractmethod
    def _candidates(self, possible: Iterable[str]) -> list[str]:
        """Those of the `possible` actions between which chance decides."""

    def _took(self, name: str) -> None:
        self._times[name] = self._times.get(name, 0) + 1

    def _least(self, names: list[str], factor: int) -> list[str]:
        """Those of `names` that were taken at most `factor` times as often as the one that was taken least."""
        least = min(self._times.get(name, 0) for name in names)
        return [name for name in names if self._times.get(name, 0) <= factor * least]


class _Even(_Walker):
    """Goes on and on, and takes each action about as often as any other: so it meets what needs many things at once."""

    def begin(self) -> None:
        """Begin an episode in the state in which the last one ended."""

    def _candidates(self, possible: Iterable[str]) -> list[str]:
        return self._least(list(possible), 2)


class _Eager(_Walker):
    """Starts anew each time, and takes what has just become possible: so it meets what one thing leads to after the other."""

    def begin(self) -> None:
        """Begin an episode in an initial state."""
        self._here = self._chance.choice(self._starts)
        self._tried: set[str] = set()
        self._since: dict[str, int] = {}
        self._now = 0

    def _candidates(self, possible: Iterable[str]) -> list[str]:
        names = list(possible)
        self._now += 1
        for name in names:
            self._since.setdefault(name, self._now)
        fresh = [name for name in names if name not in self._tried] or names
        newest = max(self._since[name] for name in fresh)
        return self._least([name for name in fresh if self._since[name] == newest], 1)

    def _took(self, name: str) -> None:
        super()._took(name)
        self._tried.add(name)
