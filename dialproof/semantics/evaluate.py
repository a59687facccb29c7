"""The meaning of a formula on a run, computed slowly and obviously, straight from the definition.

It shares nothing with the engines, nor with the negation normal form that they start from: it walks the z3 term itself, and
the run. Truth is three-valued, since of a finite beginning it is not known how it goes on: a formula counts as lost on it only if
every continuation loses it.

What lies before a position of a loop depends on how often the loop has been gone round. So the loop of a lasso is written out
as often as it takes for that to make no difference any more (F. Laroussinie, N. Markey, P. Schnoebelen, "Temporal logic with
forgettable past", 2002).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise

import z3

from dialproof.core import ltl
from dialproof.core.errors import ModelError
from dialproof.core.ltl import Limit
from dialproof.core.run import FiniteRun, Lasso, Step, Taken
from dialproof.core.terms import subterms
from dialproof.core.variables import Value
from dialproof.semantics.interpreter import Reader, Values

Truth = bool | None
"""True, False, or None for "it depends on what follows"."""

_Parts = list[tuple[z3.BoolRef, list[int]]]
"""The parts of a formula, operands before what they are operands of, each with the numbers of its operands."""


def holds_on_lasso(formula: z3.BoolRef, lasso: Lasso, reader: Reader) -> bool:
    """Whether the infinite run that `lasso` writes down satisfies `formula` at its first position."""
    parts = _taken_apart(formula)
    truth = _truths(parts, _Round(lasso, reader, _rounds(parts, lasso, reader)))[0]
    assert truth is not None, "nothing of a lasso is unknown"
    return truth


def truths_on_lasso(formula: z3.BoolRef, lasso: Lasso, reader: Reader, rounds: int = 0) -> list[Truth]:
    """The truth of `formula` along the stem, along `rounds` times the loop, and along the loop as it is for ever after."""
    return _truths(_taken_apart(formula), _Round(lasso, reader, rounds))


def is_lost_on(formula: z3.BoolRef, run: FiniteRun, reader: Reader) -> bool:
    """Whether every infinite continuation of `run` violates `formula`, as far as three-valued evaluation can tell."""
    return _truths(_taken_apart(formula), _Beginning(run, reader))[0] is False


class _Course(ABC):
    """Positions of a run in a row, how to walk from one to the others, and what is true at one."""

    def __init__(self, steps: Sequence[Step], reader: Reader) -> None:
        self.steps = steps
        self.reader = reader
        self._compiled: dict[int, Callable[[Values, Taken | None], bool]] = {}

    @abstractmethod
    def after(self, position: int) -> int | None:
        """The position after `position`; None if it is not known."""

    def atom(self, term: z3.BoolRef, position: int) -> Truth:
        """The truth of a term without temporal operators."""
        if term.get_id() not in self._compiled:
            self._compiled[term.get_id()] = self.reader.predicate(term)
        step = self.steps[position]
        return self._compiled[term.get_id()](step.state.values_tuple, step.action)

    def onward(self, position: int | None, limit: Limit | None = None) -> Iterator[int | None]:
        """`position` and those after it, as long as no more than `limit` has passed, until they repeat.

        None comes last where it is not known what follows.
        """
        spent = 0
        seen: set[tuple[int, int]] = set()
        while position is not None:
            if (position, spent) in seen:
                return
            seen.add((position, spent))
            yield position
            following = self.after(position)
            if limit is not None:
                spent += self._passed(position, following, limit)
                if spent > limit.bound:
                    return
            position = following
        yield None

    def back(self, position: int, limit: Limit | None = None) -> Iterator[int]:
        """`position` and those before it, as long as no more than `limit` has passed since."""
        spent = 0
        while position >= 0:
            yield position
            if limit is not None and position > 0:
                spent += self._passed(position - 1, position, limit)
                if spent > limit.bound:
                    return
            position -= 1

    def _passed(self, before: int, after: int | None, limit: Limit) -> int:
        """What passes from one position to the next; where that is not known, time may stand still."""
        if limit.clock is None:
            return 1
        return 0 if after is None else _time(self.steps[before].state, self.steps[after].state, limit.clock, self.reader)


class _Round(_Course):
    """A lasso: the stem, the loop so many times, and the loop once more, from whose last position it goes back to its first."""

    def __init__(self, lasso: Lasso, reader: Reader, rounds: int) -> None:
        super().__init__([*lasso.stem, *lasso.loop * (rounds + 1)], reader)
        self._loop_start = len(self.steps) - len(lasso.loop)

    def after(self, position: int) -> int | None:
        return position + 1 if position + 1 < len(self.steps) else self._loop_start


class _Beginning(_Course):
    """A finite run: what follows its last position is not known, nor what is done there unless it says so."""

    def __init__(self, run: FiniteRun, reader: Reader) -> None:
        super().__init__(run.steps, reader)

    def after(self, position: int) -> int | None:
        return position + 1 if position + 1 < len(self.steps) else None

    def atom(self, term: z3.BoolRef, position: int) -> Truth:
        step = self.steps[position]
        is_open = position == len(self.steps) - 1 and step.action is None and self.reader.tells_actions(term)
        if is_open and not self.reader.is_deadlocked(step.state.values_tuple):
            return None
        return super().atom(term, position)


def _truths(parts: _Parts, course: _Course) -> list[Truth]:
    """The truth of a formula at each position of `course`."""
    known: dict[int, list[Truth]] = {}
    for term, operands in parts:
        holds_at = _meaning(term, [known[operand] for operand in operands], course)
        known[term.get_id()] = [holds_at(position) for position in range(len(course.steps))]
    return known[parts[-1][0].get_id()]


def _meaning(term: z3.BoolRef, parts: list[list[Truth]], course: _Course) -> Callable[[int], Truth]:
    """The truth of `term` as a function of the position, given that of its operands everywhere."""
    if not parts:
        return partial(course.atom, term)
    if not ltl.is_operator(term):
        return lambda position: _connect_three(term, [part[position] for part in parts])
    limit = ltl.limit_of(term)
    match ltl.operator(term), parts:
        case "next", [part]:
            return lambda position: None if (after := course.after(position)) is None else part[after]
        case (("eventually" | "eventually_within"), [part]):
            return lambda position: _some(part, course.onward(position, limit))
        case (("always" | "always_for"), [part]):
            return lambda position: _every(part, course.onward(position, limit))
        case "until", [hold, goal]:
            return lambda position: _first(hold, goal, course.onward(position), end=False)
        case "weak_until", [hold, goal]:
            return lambda position: _first(hold, goal, course.onward(position), end=True)
        case "release", [free, keep]:
            both = [_and(*pair) for pair in zip(free, keep, strict=True)]
            return lambda position: _first(keep, both, course.onward(position), end=True)
        case "yesterday", [part]:
            return lambda position: position > 0 and part[position - 1]
        case (("once" | "once_within"), [part]):
            return lambda position: _some(part, course.back(position, limit))
        case (("historically" | "historically_for"), [part]):
            return lambda position: _every(part, course.back(position, limit))
        case "since", [hold, goal]:
            return lambda position: _first(hold, goal, course.back(position), end=False)
    raise ModelError(f"no meaning for {term.decl().name()!r}")


def _some(part: Sequence[Truth], walk: Iterable[int | None]) -> Truth:
    """Whether `part` is true somewhere on `walk`."""
    found: Truth = False
    for position in walk:
        found = _or(found, None if position is None else part[position])
        if found is True:
            return True
    return found


def _every(part: Sequence[Truth], walk: Iterable[int | None]) -> Truth:
    """Whether `part` is true everywhere on `walk`."""
    return _not(_some([_not(value) for value in part], walk))


def _first(hold: Sequence[Truth], goal: Sequence[Truth], walk: Iterable[int | None], *, end: bool) -> Truth:
    """Walk on while `hold`: True on reaching `goal`, False when `hold` fails before, `end` if neither ever happens."""
    found: Truth = False
    still: Truth = True
    for position in walk:
        found = _or(found, _and(still, None if position is None else goal[position]))
        still = _and(still, None if position is None else hold[position])
        if found is True or still is False:
            return found
    return _or(found, _and(still, end))


def _rounds(parts: _Parts, lasso: Lasso, reader: Reader) -> int:
    """How often the loop is gone round before every part of a formula has the same truth in each further round.

    A past operator may need one round more than its operands. One that looks back for a limited time needs as many more as that
    time takes; where no time passes in the loop, it sees the whole loop after one.
    """
    known: dict[int, int] = {}
    for term, operands in parts:
        needed = max((known[operand] for operand in operands), default=0)
        if ltl.is_past(term):
            needed += 1
            limit = ltl.limit_of(term)
            if limit is not None:
                each = len(lasso.loop) if limit.clock is None else _round_time(lasso, limit.clock, reader)
                needed += -(-limit.bound // each) if each else 0
        known[term.get_id()] = needed
    return known[parts[-1][0].get_id()]


def _round_time(lasso: Lasso, clock: str, reader: Reader) -> int:
    """How much time passes on `clock` in one round of the loop."""
    states = [step.state for step in (*lasso.loop, lasso.loop[0])]
    return sum(_time(before, after, clock, reader) for before, after in pairwise(states))


def _time(before: Mapping[str, Value], after: Mapping[str, Value], clock: str, reader: Reader) -> int:
    """How much time passes on `clock` in a step."""
    earlier, later = before[clock], after[clock]
    assert isinstance(earlier, int)
    assert isinstance(later, int)
    return ltl.time_passed(earlier, later, reader.system.variable(clock).domain)


def _taken_apart(formula: z3.BoolRef) -> _Parts:
    """The parts of `formula` down to its state terms, each once and with its operands; the formula itself comes last."""
    ordered = list(subterms([formula]))
    children = {term.get_id(): [child.get_id() for child in ltl.operands(term)] for term in ordered}
    temporal: dict[int, bool] = {}
    for term in ordered:
        temporal[term.get_id()] = ltl.is_operator(term) or any(temporal[child] for child in children[term.get_id()])
    wanted = {formula.get_id()}
    for term in reversed(ordered):  # what it is an operand of comes before it
        if term.get_id() in wanted and temporal[term.get_id()]:
            wanted.update(children[term.get_id()])
    return [
        (term, children[term.get_id()] if temporal[term.get_id()] else [])
        for term in ordered
        if term.get_id() in wanted and isinstance(term, z3.BoolRef)
    ]


def connect(term: z3.BoolRef, values: list[bool]) -> bool:
    """The Boolean connective of `term` applied to the truth of its operands. Raises ModelError if it is none."""
    match term.decl().kind(), values:
        case z3.Z3_OP_NOT, [value]:
            return not value
        case z3.Z3_OP_AND, _:
            return all(values)
        case z3.Z3_OP_OR, _:
            return any(values)
        case z3.Z3_OP_IMPLIES, [first, second]:
            return not first or second
        case (z3.Z3_OP_EQ, [first, second]):
            return first == second
        case (z3.Z3_OP_XOR | z3.Z3_OP_DISTINCT, [first, second]):
            return first != second
        case z3.Z3_OP_ITE, [test, then, other]:
            return then if test else other
    raise ModelError(f"temporal operators cannot stand under {term.decl().name()!r}")


def _connect_three(term: z3.BoolRef, values: list[Truth]) -> Truth:
    """The connective of `term` on truth values that may be unknown: known where every completion agrees."""
    kind = term.decl().kind()
    if kind in (z3.Z3_OP_AND, z3.Z3_OP_OR):  # as many as there are claims: not to be completed one by one
        decisive = kind == z3.Z3_OP_OR
        return decisive if decisive in values else None if None in values else not decisive
    unknown = [place for place, value in enumerate(values) if value is None]
    results = set()
    for bits in range(2 ** len(unknown)):
        completed = [bool(value) for value in values]
        for number, place in enumerate(unknown):
            completed[place] = bool(bits >> number & 1)
        results.add(connect(term, completed))
    return results.pop() if len(results) == 1 else None


def _not(value: Truth) -> Truth:
    return None if value is None else not value


def _and(first: Truth, second: Truth) -> Truth:
    if first is False or second is False:
        return False
    return None if first is None or second is None else True


def _or(first: Truth, second: Truth) -> Truth:
    return _not(_and(_not(first), _not(second)))
