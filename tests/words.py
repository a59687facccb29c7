"""Runs over the letters of the patterns, and what the patterns mean on them: straight from the paper, without any logic.

A word says of each position which letters hold there: "q p . (r s,t)" is a stem of three positions, the third of them without any
letter, and a loop of two, at the second of which s and t hold.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

import z3

from dialproof.core.run import Lasso, State, Step, Taken
from dialproof.core.system import System
from dialproof.core.variables import boolean
from dialproof.patterns import LETTERS
from dialproof.semantics.evaluate import holds_on_lasso
from dialproof.semantics.interpreter import Reader, Values

Position = frozenset[str]
"""The letters that hold at a position."""


@dataclass(frozen=True)
class Word:
    """A stem, and a loop that is gone round for ever."""

    stem: tuple[Position, ...]
    loop: tuple[Position, ...]

    @classmethod
    def of(cls, text: str) -> "Word":
        """The word that `text` writes down."""
        stem, _, loop = text.removesuffix(")").partition("(")
        return cls(_positions(stem), _positions(loop))

    def __str__(self) -> str:
        def row(positions: tuple[Position, ...]) -> str:
            return " ".join(",".join(sorted(position)) or "." for position in positions)

        return f"{row(self.stem)} ({row(self.loop)})".strip()


def _positions(text: str) -> tuple[Position, ...]:
    return tuple(frozenset() if item == "." else frozenset(item.split(",")) for item in text.split())


def random_word(source: random.Random, longest: int = 8) -> Word:
    """A word whose stem and loop have at most `longest` positions each, with letters some of which are frequent and some rare."""
    often = {letter: source.choice((0.05, 0.15, 0.3, 0.5)) for letter in LETTERS}

    def row(least: int) -> tuple[Position, ...]:
        length = source.randint(least, source.randint(least, longest))
        return tuple(frozenset(letter for letter in LETTERS if source.random() < often[letter]) for _ in range(length))

    return Word(row(0), row(1))


class Letters:
    """Evaluates formulas over the letters on words, by the evaluator of the replay."""

    def __init__(self) -> None:
        variables = [boolean(letter) for letter in LETTERS]
        self._reader = _CachedReader(System("letters", variables, z3.BoolVal(True), []))

    def satisfies(self, word: Word, formula: z3.BoolRef) -> bool:
        """Whether `formula` holds of the run that `word` writes down."""

        def row(positions: tuple[Position, ...]) -> tuple[Step, ...]:
            return tuple(Step(None, State.of({letter: letter in here for letter in LETTERS})) for here in positions)

        return holds_on_lasso(formula, Lasso(row(word.stem), row(word.loop)), self._reader)


class _CachedReader(Reader):
    """A reader that compiles each term once."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self._known: dict[int, tuple[z3.BoolRef, Callable[[Values, Taken | None], bool]]] = {}

    def predicate(self, term: z3.BoolRef) -> Callable[[Values, Taken | None], bool]:
        if term.get_id() not in self._known:
            self._known[term.get_id()] = term, super().predicate(term)
        return self._known[term.get_id()][1]


# --- what the patterns mean ----------------------------------------------------------------------------------------------------

ROUNDS = 8
"""How often the loop is written out: more often than any pattern has to look ahead."""


@dataclass(frozen=True)
class Segment:
    """Positions of a run in a row.

    Of a segment that goes on for ever only the beginning is here: what is asked of every position is asked of the first `asked`
    of them, after which all repeats, and the rest is there to be looked ahead to.
    """

    positions: tuple[Position, ...]
    asked: int

    def where(self, letter: str, start: int = 0) -> list[int]:
        """The places from `start` on at which `letter` holds."""
        return [place for place in range(start, len(self.positions)) if letter in self.positions[place]]

    def asked_where(self, letter: str) -> list[int]:
        """The places at which `letter` holds, of those that something is asked of."""
        return [place for place in self.where(letter) if place < self.asked]


def segments(scope: str, word: Word) -> list[Segment]:
    """The segments of `word` that a scope picks out."""
    run = (*word.stem, *word.loop * ROUNDS)
    beginnings = len(word.stem) + 2 * len(word.loop)

    def endless(start: int) -> Segment:
        return Segment(run[start:], len(word.stem) + 2 * len(word.loop))

    def upto(start: int, end: int) -> Segment:
        return Segment(run[start:end], end - start)

    def first(letter: str, start: int = 0) -> int | None:
        return next((place for place in range(start, len(run)) if letter in run[place]), None)

    if scope == "globally":
        return [endless(0)]
    if scope == "before r":
        end = first("r")
        return [] if end is None else [upto(0, end)]
    if scope == "after q":
        start = first("q")
        return [] if start is None else [endless(start)]
    found = []
    for start in range(beginnings):
        if "q" in run[start] and "r" not in run[start]:
            end = first("r", start)
            if end is not None:
                found.append(upto(start, end))
            elif scope == "after q until r":
                found.append(endless(start))
    return found


def _begins(segment: Segment, letter: str) -> list[int]:
    """The places at which `letter` begins to hold in the segment."""
    return [place for place in segment.where(letter) if place == 0 or letter not in segment.positions[place - 1]]


def _constrained(segment: Segment, stimulus: int) -> bool:
    for place in segment.where("s", stimulus):
        clear = place
        while clear < len(segment.positions) and "z" not in segment.positions[clear]:
            clear += 1  # so far nothing has come between
        if clear > place and any("t" in position for position in segment.positions[place + 1 : clear + 1]):
            return True
    return False


MEANINGS: dict[str, Callable[[Segment], bool]] = {
    "absence": lambda segment: not segment.where("p"),
    "universality": lambda segment: len(segment.where("p")) == len(segment.positions),
    "existence": lambda segment: bool(segment.where("p")),
    "bounded existence": lambda segment: len(_begins(segment, "p")) <= 2,
    "precedence": lambda segment: all(any(s <= p for s in segment.where("s")) for p in segment.where("p")),
    "response": lambda segment: all(segment.where("s", p) for p in segment.asked_where("p")),
    "precedence chain 2-1": lambda segment: all(
        any(s < t <= p for s in segment.where("s") for t in segment.where("t")) for p in segment.asked_where("p")
    ),
    "precedence chain 1-2": lambda segment: all(
        any(p <= s for p in segment.where("p")) for s in segment.asked_where("s") if segment.where("t", s + 1)
    ),
    "response chain 2-1": lambda segment: all(
        segment.where("p", segment.where("t", s + 1)[0]) for s in segment.asked_where("s") if segment.where("t", s + 1)
    ),
    "response chain 1-2": lambda segment: all(
        any(segment.where("t", s + 1) for s in segment.where("s", p)) for p in segment.asked_where("p")
    ),
    "constrained response chain 1-2": lambda segment: all(_constrained(segment, p) for p in segment.asked_where("p")),
}
"""What each pattern asks of a segment, in the words of the paper."""


def means(pattern: str, scope: str, word: Word) -> bool:
    """Whether `word` is as the pattern in the scope asks."""
    return all(MEANINGS[pattern](segment) for segment in segments(scope, word))
