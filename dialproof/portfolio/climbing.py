"""Climbing: a long run on which a measure is large, found by random runs of which the best go on.

A bounded search finds the shortest run, and gives up if that has hundreds of steps. Here random runs in plain Python start from
where the measure is largest so far, and from where it is so soonest; those on which it grows are the starting points of the next
ones (D. Aldous, U. Vazirani, "'Go with the winners' algorithms", 1994). What is found is the beginning of a run: a bounded search
completes it to a fair one, and the whole is replayed. Nothing follows from finding none.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import z3

from dialproof.core.claims import Claim
from dialproof.core.errors import ModelError, ReplayError
from dialproof.core.question import Question
from dialproof.core.run import FiniteRun, Lasso, Step, Taken
from dialproof.core.system import System
from dialproof.core.variables import Integer
from dialproof.core.verdict import Verdict, Violated
from dialproof.evidence.replay import REPLAYED, replay
from dialproof.semantics.interpreter import Reader, Values
from dialproof.semantics.random_run import RandomRun

STARTS, BEST, RUNS, STEPS = 8, 12, 240, 14
"""From how many initial states it starts, from how many states a round goes on, with how many runs, and of how many steps."""

OFTEN = 3.0
"""How much more often than another action one is drawn that lets time pass."""

PATIENCE, ROUNDS = 12, 3_000
"""After so many rounds in which no run climbed it ends, and after so many rounds anyway."""


@dataclass(frozen=True, eq=False)
class _Place:
    """A state that a run came to: by what is `taken` in the state of `before`, after `time`, with the measure at `height`."""

    state: Values
    height: int
    time: int = 0
    taken: Taken | None = None
    before: "_Place | None" = None

    def steps(self, reader: Reader) -> tuple[Step, ...]:
        """The steps that lead to it, without the state itself."""
        made = []
        place = self
        while place.before is not None:
            made.append(Step(place.taken, reader.state(place.before.state)))
            place = place.before
        return tuple(reversed(made))


def climb(
    system: System,
    measures: Sequence[Integer],
    most: int,
    claim: Callable[[int], Claim],
    ask: Callable[[System, Claim], Verdict],
) -> Violated | None:
    """A replayed run on which one of `measures` is as large as random runs make it, at most `most`; None if none is found.

    `claim` says that none of them exceeds a number, and `ask` has the verdict on a claim about a system.
    """
    reader = Reader(system)
    try:
        top = _Climb(reader, system, measures, most).top()
    except ModelError:  # a variable without bounds, or a step out of range: for others to say
        return None
    if top is None or top.height == 0:
        return None
    asked = claim(top.height - 1)
    here = reader.state(top.state)
    pinned = z3.And([one.term == one.domain.term(here[one.name]) for one in system.variables])
    rest = ask(System(system.name, system.variables, pinned, system.actions, system.assumptions), asked)
    if not isinstance(rest, Violated):
        return None
    stem = top.steps(reader)
    run = rest.lasso
    whole = Lasso(stem + run.stem, run.loop) if isinstance(run, Lasso) else FiniteRun(stem + run.steps)
    try:
        replay(Question(system, asked.formula), whole)
    except ReplayError:
        return None
    return Violated(whole, engine=rest.engine, checked_by=(REPLAYED,))


class _Climb:
    """Random runs of a system, always the same ones, of which the best go on."""

    def __init__(self, reader: Reader, system: System, measures: Sequence[Integer], most: int) -> None:
        names = {variable.name: place for place, variable in enumerate(system.variables)}
        self._reader, self._most = reader, most
        self._measured = [names[one.variable.name] for one in measures]
        self._passages = {one.name: one.passage for one in system.actions if one.passage is not None}
        self._chance = random.Random(0)  # noqa: S311  # the same runs each time; nothing is secret
        weights = {one.name: 1.0 if one.passage is None else OFTEN for one in system.actions}
        self._runs = RandomRun(reader, weights, self._chance)

    def top(self) -> _Place | None:
        """The place with the largest measure that was reached; None if there is no initial state."""
        best = [_Place(state, self._height(state)) for state in islice(self._reader.initial_states(), STARTS)]
        patience = PATIENCE
        for _ in range(ROUNDS):
            if not best or best[0].height >= self._most or not patience:
                break
            starts = [best[int(len(best) * self._chance.random() ** 3)] for _ in range(RUNS)]  # the better, the more often
            found = [higher for start in starts if (higher := self._higher(start)) is not None]
            patience = PATIENCE if found else patience - 1
            best = self._best(found) or best
        return best[0] if best else None

    def _higher(self, start: _Place) -> _Place | None:
        """The first place of a random run that is higher than `start`; None if there is none: it does not climb.

        It goes no further, so that those that climb soonest go on, and not those that climb twice.
        """
        return next((place for place in self._walk(start) if place.height > start.height), None)

    def _walk(self, place: _Place) -> Iterator[_Place]:
        for _ in range(STEPS):
            step = self._runs.step(place.state)
            if step is None:
                return
            taken, state = step
            passage = self._passages.get(taken.name)
            time = place.time + (passage.time(taken) if passage is not None else 0)
            place = _Place(state, self._height(state), time, taken, place)
            yield place

    def _best(self, found: Sequence[_Place]) -> list[_Place]:
        """The highest of those that were `found`, and of these the soonest; each state once."""
        by_state: dict[Values, _Place] = {}
        for place in sorted(found, key=lambda place: (-place.height, place.time)):
            by_state.setdefault(place.state, place)
        return list(by_state.values())[:BEST]

    def _height(self, state: Values) -> int:
        return max(int(state[place]) for place in self._measured)
