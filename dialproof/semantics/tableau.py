"""What a run still owes to the negated claim and to the assumptions, and what it remembers, numbered as it is met.

A step pays every debt in one of the ways that the normal form allows, and carries the rest (the tableau of Gerth, Peled, Vardi,
Wolper, "Simple on-the-fly automatic verification of linear temporal logic", 1995, with acceptance on edges). What is owed within
a limit is owed within what is left of it. What past operators say is remembered. All that a step is judged by is its symbol, so
that each way to go on is worked out once for each symbol. Nothing is shared with the symbolic encoding but the normal form.
"""

from collections.abc import Callable
from dataclasses import dataclass

import z3

from dialproof.core import ltl
from dialproof.core.errors import NotApplicable
from dialproof.core.ltl import Both, Either, Limit, Literal, Next, Normal, Release, Throughout, Until, Within, normal_form
from dialproof.core.question import Question
from dialproof.semantics.past_values import Memory, Past, Truths, holds
from dialproof.semantics.state_graph import Symbol

MOST_WAYS = 50_000
"""How many partial payments are tried at most to find the ways to go on from one number by one symbol."""

PRUNED = 200
"""Of at most so many ways it is looked which are no better than another one."""

Way = tuple[int, int]
"""A way to go on: the number of what is owed and remembered then, and the marks that it earns, as bits."""

_Payment = tuple[frozenset[Normal], int]
"""What is then owed, and the untils that were put off, as bits."""


@dataclass(frozen=True)
class _Position:
    """What is true at a position, `judge` for state terms and `truths` for the past; and what passes in the step out of it."""

    judge: Callable[[z3.BoolRef], bool]
    truths: Truths
    passed: Callable[[Limit], int]

    def is_true(self, literal: Literal) -> bool:
        return holds(literal.term, self.truths, self.judge) if self.truths else self.judge(literal.term)


class Tableau:
    """The debts of a run that violates the claim of `problem`.

    `terms` are the state terms and `clocks` the clocks that a symbol has to tell of; `marks` has the bit of each until, earned in
    a step that does not put it off. Number 0 stands for what is owed at the start.
    """

    def __init__(self, problem: Question) -> None:
        formulas = [problem.formula, *(assumption.formula for assumption in problem.system.assumptions)]
        parts = [*(normal_form(assumption.formula) for assumption in problem.system.assumptions), problem.negation]
        self._past = Past(formulas)
        everything = dict.fromkeys(inner for part in (*parts, *self._past.debts) for inner in ltl.all_parts(part))
        self.terms = _state_terms(everything, formulas)
        self._places = {term.get_id(): place for place, term in enumerate(self.terms)}
        self.clocks = sorted(ltl.clocks_of(formulas))
        untils = dict.fromkeys(until for until in map(_put_off, everything) if until is not None)
        self._untils = {until: 1 << bit for bit, until in enumerate(untils)}
        self.marks = (1 << len(untils)) - 1
        self.owed: list[frozenset[Normal]] = []
        self._memories: list[Memory] = []
        self._numbers: dict[tuple[frozenset[Normal], Memory], int] = {}
        self._ways: list[dict[int, tuple[Way, ...]]] = []
        self._number(frozenset(parts), self._past.start)

    @property
    def size(self) -> int:
        """How many numbers have been given."""
        return len(self.owed)

    def _number(self, owed: frozenset[Normal], memory: Memory) -> int:
        number = self._numbers.setdefault((owed, memory), len(self.owed))
        if number == len(self.owed):
            self.owed.append(owed)
            self._memories.append(memory)
            self._ways.append({})
        return number

    def ways(self, number: int, key: int, symbol: Symbol) -> tuple[Way, ...]:
        """Each way to go on from `number` by a step with `symbol`, whose number is `key`.

        Raises NotApplicable if there are too many to try.
        """
        known = self._ways[number]
        if key not in known:
            known[key] = tuple(self._worked_out(number, symbol))
        return known[key]

    def _worked_out(self, number: int, symbol: Symbol) -> dict[Way, None]:
        owed, memory = self.owed[number], self._memories[number]

        def judge(term: z3.BoolRef) -> bool:
            return symbol.truths[self._places[term.get_id()]] is True

        def passed(limit: Limit) -> int:
            return 1 if limit.clock is None else symbol.passed[self.clocks.index(limit.clock)]

        payments: dict[Memory, dict[_Payment, None]] = {}
        for guess, guessed in self._past.guesses:
            truths = self._past.truths(memory, guess, judge)
            later = self._past.after(memory, truths, judge, passed)
            payments.setdefault(later, {}).update(self._payments(owed | guessed, _Position(judge, truths, passed)))
        return {
            (self._number(carried, later), self.marks & ~postponed): None
            for later, ways in payments.items()
            for carried, postponed in _best(ways)
        }

    def _payments(self, owed: frozenset[Normal], position: _Position) -> dict[_Payment, None]:
        """Each way to pay `owed` at this position: what is then owed from the next one on, and which `until` is put off.

        An `until` may be owed from the next position on without being put off: because a `next` asks for it there.
        """
        ways: dict[_Payment, None] = {}
        stack: list[tuple[tuple[Normal, ...], frozenset[Normal], int]] = [(tuple(owed), frozenset(), 0)]
        tried = 0
        while stack:
            tried += 1
            if tried > MOST_WAYS:
                raise NotApplicable(f"a step can pay what is owed to the claim in more than {MOST_WAYS:,} ways; too many to try")
            debts, carried, postponed = stack.pop()
            if not debts:
                ways[carried, postponed] = None
                continue
            debt, rest = debts[0], debts[1:]
            match debt:
                case Literal():
                    if position.is_true(debt):
                        stack.append((rest, carried, postponed))
                case Both(parts):
                    stack.append(((*parts, *rest), carried, postponed))
                case Either(parts):
                    stack += [((part, *rest), carried, postponed) for part in parts]
                case Next(part):
                    stack.append((rest, carried | {part}, postponed))
                case Until(hold, goal):
                    stack.append(((goal, *rest), carried, postponed))
                    stack.append(((hold, *rest), carried | {debt}, postponed | self._untils[debt]))
                case Release(free, keep):
                    stack.append(((keep, free, *rest), carried, postponed))
                    stack.append(((keep, *rest), carried | {debt}, postponed))
                case Within(goal, limit):
                    stack.append(((goal, *rest), carried, postponed))
                    left = limit.bound - position.passed(limit)
                    if left >= 0:
                        put_off = _put_off(debt)
                        later = postponed if put_off is None else postponed | self._untils[put_off]
                        stack.append((rest, carried | {Within(goal, Limit(left, limit.clock))}, later))
                case Throughout(keep, limit):
                    left = limit.bound - position.passed(limit)
                    longer = {Throughout(keep, Limit(left, limit.clock))} if left >= 0 else set()
                    stack.append(((keep, *rest), carried | longer, postponed))
        return ways


def _best(ways: dict[_Payment, None]) -> list[_Payment]:
    """The ways than which no other one is at least as good: none owes and puts off only what another one does too.

    Whoever owes less can do whatever one who owes more can do, and earns every mark that that one earns.
    """
    if not 1 < len(ways) <= PRUNED:
        return list(ways)
    kept: list[_Payment] = []
    for owed, postponed in sorted(ways, key=lambda way: (len(way[0]), way[1].bit_count())):
        if not any(less <= owed and not fewer & ~postponed for less, fewer in kept):
            kept.append((owed, postponed))
    return kept


def _put_off(formula: Normal) -> Normal | None:
    """The name under which `formula` could be put off for ever: an `until`, or owed within a time, which may stand still.

    What is owed within a time has one name, however much of its limit is left.
    """
    match formula:
        case Until():
            return formula
        case Within(goal, Limit(clock=str() as clock)):
            return Within(goal, Limit(0, clock))
    return None


def _state_terms(parts: dict[Normal, None], formulas: list[z3.BoolRef]) -> list[z3.BoolRef]:
    """The terms without temporal operators that judging `parts` and remembering the past of `formulas` may ask for."""
    found: dict[int, z3.BoolRef] = {}
    stack = [part.term for part in parts if isinstance(part, Literal)]
    stack += [operand for term in ltl.past_terms(formulas) for operand in ltl.operands(term)]
    seen: set[int] = set()
    while stack:
        term = stack.pop()
        if term.get_id() in seen:
            continue
        seen.add(term.get_id())
        if ltl.is_temporal(term):
            stack += ltl.operands(term)
        else:
            found[term.get_id()] = term
    return list(found.values())
