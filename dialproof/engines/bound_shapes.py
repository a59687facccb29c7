"""Sums whose bounds are looked for: of two integers, of a count or an amount with a weight, and of those in one state of a line.

Timed systems need little more than sums and differences of two: a wait is a sum of times, and one clock lags behind another. If
those are not enough, a count is weighed with a time: so many calls, each so long after the last one, take at least so long
together. An amount grows with time while something lasts, as line time does: it is weighed with how much longer the time from
one beginning to the next is than what lasts. For how long that lasts is a matter of the state of a line: a bound there is one on
a sum of up to three integers, and says nothing of other states.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import z3

from dialproof.core.terms import subterms
from dialproof.core.variables import Kind, Variable
from dialproof.encode.transitions import Transitions

Parts = tuple[tuple[int, Variable], ...]
"""Integers, each with its sign or weight."""


@dataclass(frozen=True)
class Where:
    """The states in which `variable`, a choice, has `value`."""

    variable: Variable
    value: str

    @property
    def term(self) -> z3.BoolRef:
        """The variable has the value."""
        return self.variable.term == self.variable.domain.term(self.value)


def sums(clocks: Sequence[Variable]) -> Iterator[Parts]:
    """The integers, their negatives, and the sums and differences of two."""
    for clock in clocks:
        yield from (((1, clock),), ((-1, clock),))
    for one, other in combinations(clocks, 2):
        yield from (((first, one), (second, other)) for first in (1, -1) for second in (1, -1))


def weighted(form: Transitions, integers: Sequence[Variable]) -> Iterator[Parts]:
    """A count so many times, without another integer, with a third one added or taken away, or not.

    A count is an integer that some step makes larger by one. The weights are what the other integers end at, as clocks do, as far
    as they fit twice into the largest of these.
    """
    for count in integers:
        if not _is_counted(form.next[count.name], count):
            continue
        others = [one for one in integers if one is not count]
        ends = {one.domain.high for one in others if one.domain.high is not None}
        weights = sorted(end for end in ends if 1 < end <= max(ends) // 2)
        for weight, less in product(weights, others):
            yield ((weight, count), (-1, less))
            thirds = [third for third in others if third is not less]
            yield from (((weight, count), (-1, less), (sign, third)) for third in thirds for sign in (1, -1))


def _is_counted(later: z3.ExprRef, one: Variable) -> bool:
    """Whether one more than `one` occurs in its next value."""
    assert isinstance(one.term, z3.ArithRef)
    more = (one.term + 1, 1 + one.term)
    return any(term.eq(each) for term in subterms([later]) for each in more)


def in_states(form: Transitions, integers: Sequence[Variable]) -> Iterator[tuple[Where, Parts]]:
    """Sums of one, two or three integers with signs, in the states in which a choice has one of its values.

    Amounts and the longest time are left out: what bounds them is no matter of one state.
    """
    longest = max((one.domain.high for one in integers if one.domain.high is not None), default=0)
    small = [one for one in integers if one.domain.high != longest and not _is_amount(form.next[one.name], one)]
    for where in _states(form):
        for number in (1, 2, 3):
            for some in combinations(small, number):
                for signs in product((1, -1), repeat=number):
                    yield where, tuple(zip(signs, some, strict=True))


def amounts(form: Transitions, integers: Sequence[Variable]) -> Iterator[Parts]:
    """An amount so many times, without a time that passes, and with a third integer or without as many of it but one.

    The weights are how often what lasts fits into what the third integer ends at: a number of the system, or two together.
    """
    if not any(True for _ in _states(form)):
        return
    numbers = numbers_in([form.init, form.allowed, *form.next.values()])
    lasting = {one + other for one in numbers for other in numbers if one >= 0 and one + other > 0}
    for amount in integers:
        if not _is_amount(form.next[amount.name], amount):
            continue
        others = [one for one in integers if one is not amount]
        for passed, third in product(others, others):
            end = third.domain.high
            if third is passed or end is None or passed.domain.high is None or end >= passed.domain.high:
                continue
            for weight in sorted({end // one for one in lasting if one * 2 <= end}):
                yield ((weight, amount), (-1, passed), (1, third))
                yield ((weight, amount), (-1, passed), (1 - weight, third))


def _states(form: Transitions) -> Iterator[Where]:
    for one in form.variables:
        if one.domain.kind is Kind.CHOICE:
            yield from (Where(one, value) for value in one.domain.values)


def _is_amount(later: z3.ExprRef, one: Variable) -> bool:
    """Whether something else than a number is added to `one` in its next value, if something is the case, and else nothing."""
    return any(
        z3.is_app_of(term, z3.Z3_OP_ADD)
        and any(part.eq(one.term) for part in term.children())
        and any(z3.is_app_of(part, z3.Z3_OP_ITE) for part in term.children())
        for term in subterms([later])
    )


def numbers_in(terms: Sequence[z3.ExprRef]) -> set[int]:
    """The numbers that `terms` are written with, and 0 and 1."""
    return {0, 1} | {term.as_long() for term in subterms(terms) if z3.is_int_value(term)}  # type: ignore[attr-defined]
