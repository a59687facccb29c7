"""Safety proofs from bounds on sums and differences: invariants such as "the one clock shows no more than the other".

For each integer, and each sum and difference of two, the least bound is looked for that holds at first and that every step keeps
(A. Mine, "The octagon abstract domain", 2006). A bound that a step breaks is raised to the next number that the system's own
numbers add up to, so that the search ends: what is not bounded by such a number is dropped.
Timed systems need little more: a wait is a sum of times (time-outs, intervals), and one clock lags behind another. If those are
not enough, a count is weighed with a time: so many calls, each so long after the last one, take at least so long together.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, combinations_with_replacement, product

import z3

from dialproof.core.certificates import InductiveInvariant
from dialproof.core.errors import NotApplicable
from dialproof.core.terms import subterms
from dialproof.core.variables import Kind, Value, Variable
from dialproof.encode.problem import Problem
from dialproof.encode.transitions import Transitions, conjunction, disjunction
from dialproof.engines.candidates import Nothing, Outcome, Proved
from dialproof.engines.invariant_core import is_proof, smallest
from dialproof.engines.limits import OCTAGONS, OctagonLimits
from dialproof.engines.sampling import random_states
from dialproof.engines.solving import Meter, ask, fresh_solver

Parts = tuple[tuple[int, Variable], ...]
"""Integers, each with its sign or weight."""

Pair = tuple[z3.ExprRef, z3.ExprRef]

MOST_RAISES = 12
"""How often a step may raise a bound before it is dropped; one with a weight is dropped at once."""

STEPS = 120
"""How far the random runs go from which the bounds begin."""

FEW_NUMBERS = 12
"""Of more numbers in a system sums of two are looked at, and not of three."""


def prove(problem: Problem, limits: OctagonLimits = OCTAGONS[-1]) -> Outcome:
    """An invariant of such bounds that excludes what is bad, or nothing."""
    try:
        form = problem.safety
    except NotApplicable as reason:
        return Nothing(str(reason))
    clocks = [one for one in form.variables if one.domain.kind is Kind.INTEGER]
    if not clocks:
        return Nothing("there is no integer to bound")
    sums = list(_sums(clocks))
    if len(sums) > limits.most_bounds:
        return Nothing("there are too many sums and differences to bound")
    bounds = _Bounds(problem, form, sums, limits)
    if not bounds.are_kept():
        return Nothing("which bounds are kept was not decided within the limits", by_limit=True)
    found = _proof_by(problem, form, bounds.invariant)
    weighted = list(_weighted(form, clocks))
    if isinstance(found, Proved) or not weighted or len(weighted) > limits.most_bounds:
        return found
    bounds.weigh(weighted)
    if not bounds.are_kept():
        return Nothing("which bounds on weighted sums are kept was not decided within the limits", by_limit=True)
    return _proof_by(problem, form, bounds.invariant)


def _proof_by(problem: Problem, form: Transitions, invariant: z3.BoolRef) -> Outcome:
    """The proof that `invariant`, which all steps keep, excludes what is bad; nothing if it does not."""
    if not is_proof(form, [invariant]):  # states outside the ranges count too where an invariant is audited
        invariant = conjunction([invariant, form.ranges])
    if not is_proof(form, [invariant]):
        return Nothing("no bounds on sums and differences exclude what is bad")
    needed, _ = smallest(problem, form, invariant)
    return Proved(InductiveInvariant(needed.sexpr()))


class _Bound:
    """That the sum of `parts`, integers each with a sign or weight, is at most `most`.

    None: no state of which it says that is known. It is one of `numbers`, in their order. A bound that a step had to raise more
    than `most_raises` times is dropped.
    """

    def __init__(self, parts: Parts, later: Sequence[Pair], numbers: Sequence[int], most_raises: int = MOST_RAISES) -> None:
        self.parts = parts
        self._total = _sum([(sign, one.term) for sign, one in parts])
        self._total_later = z3.substitute(self._total, *later)
        self._numbers = numbers
        self.most: int | None = None
        self.is_dropped = False
        self._raises = 0
        self._most_raises = most_raises

    @property
    def now(self) -> z3.BoolRef:
        """The bound, in a state."""
        return self._within(self._total)

    @property
    def is_broken_now(self) -> z3.BoolRef:
        """The state breaks the bound."""
        return z3.Not(self.now)

    @property
    def is_broken_later(self) -> z3.BoolRef:
        """The step leads to a state that breaks it."""
        return z3.Not(self._within(self._total_later))

    def _within(self, total: z3.ArithRef) -> z3.BoolRef:
        return z3.BoolVal(False) if self.most is None else total <= self.most

    def seen(self, state: Mapping[str, Value]) -> None:
        """Raise it to what `state` shows, which can be reached."""
        self._raised_to(sum(sign * _whole(state[one.name]) for sign, one in self.parts))

    def broken(self, model: z3.ModelRef, *, later: bool) -> None:
        """Raise it to what `model` shows."""
        shown = model.eval(self._total_later if later else self._total, model_completion=True)
        assert isinstance(shown, z3.IntNumRef)
        if self._raised_to(shown.as_long()):
            self._raises += 1
            self.is_dropped |= self._raises > self._most_raises

    def _raised_to(self, shown: int) -> bool:
        """Raise it to a number as large as what was `shown`, or drop it if there is none; True if that is a change."""
        if self.most is not None and shown <= self.most:
            return False
        place = bisect_left(self._numbers, shown)
        self.is_dropped |= place == len(self._numbers)
        self.most = self.most if self.is_dropped else self._numbers[place]
        return True


class _Bounds:
    """The least bounds that the initial states and steps keep, from numbers that the system's own add up to."""

    def __init__(self, problem: Problem, form: Transitions, sums: Sequence[Parts], limits: OctagonLimits) -> None:
        self._later = [(variable.term, form.next[variable.name]) for variable in form.variables]
        self._form, self._limits = form, limits
        self._numbers = _thresholds(form)
        self._meter = Meter(limits.rlimit)
        names = [variable.name for variable in problem.system.variables]
        self._seen: list[Mapping[str, Value]] = []
        if {variable.name for variable in form.variables} <= set(names):
            met = sorted(set(random_states(problem.system, STEPS, many=0)))
            self._seen = [dict(zip(names, values, strict=True)) for values in met]
        self._bounds = [self._begun(_Bound(parts, self._later, self._numbers)) for parts in sums]

    def weigh(self, sums: Sequence[Parts]) -> None:
        """Add bounds on weighted `sums`, which are dropped as soon as a step breaks them, with units of their own.

        What was dropped of single integers is tried again, with the numbers of the claim: with the new bounds it may be kept.
        """
        assert self._form.bad is not None
        self._meter = Meter(self._limits.rlimit)
        asked = sorted({sign * number for number in _numbers_in([self._form.bad]) for sign in (1, -1)})
        again = [bound.parts for bound in self._bounds if bound.is_dropped and len(bound.parts) == 1]
        self._bounds = [*self._known, *(self._begun(_Bound(parts, self._later, asked)) for parts in again)]
        self._bounds += [self._begun(_Bound(parts, self._later, self._numbers, most_raises=0)) for parts in sums]

    def _begun(self, bound: _Bound) -> _Bound:
        """`bound`, as high as the states that were seen say."""
        for state in self._seen:
            bound.seen(state)
        return bound

    @property
    def _known(self) -> list[_Bound]:
        return [bound for bound in self._bounds if not bound.is_dropped]

    @property
    def invariant(self) -> z3.BoolRef:
        """What is known, as one condition."""
        return conjunction([bound.now for bound in self._known])

    def are_kept(self) -> bool:
        """Raise the bounds until the initial states and all steps keep them; False if a limit ends it."""
        starts = fresh_solver()
        starts.add(self._form.init, self._form.ranges)
        if not self._raised(starts, later=False):
            return False
        steps = fresh_solver()
        steps.add(self._form.ranges, self._form.allowed)
        return self._raised(steps, later=True)

    def _raised(self, solver: z3.Solver, *, later: bool) -> bool:
        """Raise bounds by the models of `solver` that break one of them, until none does."""
        for _ in range(self._limits.most_rounds):
            solver.push()
            if later:
                solver.add(*(bound.now for bound in self._known))
            solver.add(disjunction([bound.is_broken_later if later else bound.is_broken_now for bound in self._known]))
            self._meter.limit(solver)
            answer = ask(solver)
            if answer == z3.sat:
                model = solver.model()
                for bound in self._known:
                    bound.broken(model, later=later)
            solver.pop()
            if answer != z3.sat:
                return answer == z3.unsat
        return False


def _sum(parts: Sequence[tuple[int, z3.ExprRef]]) -> z3.ArithRef:
    result: z3.ArithRef | None = None
    for sign, term in parts:
        assert isinstance(term, z3.ArithRef)
        signed = term if sign == 1 else -term if sign == -1 else sign * term
        result = signed if result is None else result + signed
    assert result is not None
    return result


def _whole(value: Value) -> int:
    assert isinstance(value, int)
    return value


def _sums(clocks: Sequence[Variable]) -> Iterator[Parts]:
    """The integers, their negatives, and the sums and differences of two."""
    for clock in clocks:
        yield from (((1, clock),), ((-1, clock),))
    for one, other in combinations(clocks, 2):
        yield from (((first, one), (second, other)) for first in (1, -1) for second in (1, -1))


def _weighted(form: Transitions, integers: Sequence[Variable]) -> Iterator[Parts]:
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


def _thresholds(form: Transitions) -> list[int]:
    """The numbers that bounds are made of: those of the system, and what two or three of them add up to, or differ by."""
    assert form.bad is not None
    found = _numbers_in([form.init, form.allowed, form.bad, *form.next.values()])
    found |= {end for variable in form.variables for end in (variable.domain.low, variable.domain.high) if end is not None}
    signed = sorted({sign * number for number in found for sign in (1, -1)})
    sums = {one + other for one, other in combinations_with_replacement(signed, 2)}
    if len(found) <= FEW_NUMBERS:
        sums |= {one + two for one in sums for two in signed}
    return sorted(sums | set(signed))


def _numbers_in(terms: Sequence[z3.ExprRef]) -> set[int]:
    """The numbers that `terms` are written with, and 0 and 1."""
    return {0, 1} | {term.as_long() for term in subterms(terms) if z3.is_int_value(term)}  # type: ignore[attr-defined]
