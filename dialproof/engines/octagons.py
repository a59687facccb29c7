"""Safety proofs from bounds on sums and differences: invariants such as "the one clock shows no more than the other".

For each integer, and each sum and difference of two, the least bound is looked for that holds at first and that every step keeps
(A. Mine, "The octagon abstract domain", 2006). A bound that a step breaks is raised to the next number that the system's own
numbers add up to, so that the search ends: what is not bounded by such a number is dropped.
Which sums there are, says `dialproof.engines.bound_shapes`: simple ones first, and others if those are not enough.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import combinations_with_replacement

import z3

from dialproof.core.certificates import InductiveInvariant
from dialproof.core.errors import NotApplicable
from dialproof.core.variables import Kind, Value
from dialproof.encode.problem import Problem
from dialproof.encode.transitions import Transitions, conjunction, disjunction
from dialproof.engines.bound_shapes import Parts, Where, amounts, in_states, numbers_in, sums, weighted
from dialproof.engines.candidates import Nothing, Outcome, Proved
from dialproof.engines.invariant_core import is_proof, smallest
from dialproof.engines.limits import OCTAGONS, OctagonLimits
from dialproof.engines.sampling import random_states
from dialproof.engines.solving import Meter, ask, fresh_solver

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
    simple = list(sums(clocks))
    if len(simple) > limits.most_bounds:
        return Nothing("there are too many sums and differences to bound")
    bounds = _Bounds(problem, form, simple, limits)
    if not bounds.are_kept():
        return Nothing("which bounds are kept was not decided within the limits", by_limit=True)
    found = _proof_by(problem, form, bounds.invariant)
    of_counts = list(weighted(form, clocks))
    if not isinstance(found, Proved) and of_counts and len(of_counts) <= limits.most_bounds:
        bounds.weigh(of_counts)
        if not bounds.are_kept():
            return Nothing("which bounds on weighted sums are kept was not decided within the limits", by_limit=True)
        found = _proof_by(problem, form, bounds.invariant)
    of_amounts = list(amounts(form, clocks))
    if isinstance(found, Proved) or not of_amounts:
        return found
    there = list(in_states(form, clocks))
    if len(of_amounts) + len(there) > limits.most_bounds:
        return found
    bounds.weigh(of_amounts, there)
    if not bounds.are_kept():
        return Nothing("which bounds on amounts are kept was not decided within the limits", by_limit=True)
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
    than `most_raises` times is dropped. With `where` it says something of these states only.
    """

    def __init__(
        self,
        parts: Parts,
        later: Sequence[Pair],
        numbers: Sequence[int],
        most_raises: int = MOST_RAISES,
        where: Where | None = None,
    ) -> None:
        self.parts, self.where = parts, where
        self._total = _sum([(sign, one.term) for sign, one in parts])
        self._total_later = z3.substitute(self._total, *later)
        self._there = z3.BoolVal(True) if where is None else where.term
        self._there_later = z3.substitute(self._there, *later)
        self._numbers = numbers
        self.most: int | None = None
        self.is_dropped = False
        self._raises = 0
        self._most_raises = most_raises

    @property
    def says_nothing(self) -> bool:
        """True if it is of one integer, and was dropped, or is where the integer ends."""
        (sign, one), *others = self.parts
        return not others and (self.is_dropped or (sign == 1 and self.most == one.domain.high))

    @property
    def now(self) -> z3.BoolRef:
        """The bound, in a state."""
        return self._within(self._total, self._there)

    @property
    def is_broken_now(self) -> z3.BoolRef:
        """The state breaks the bound."""
        return z3.Not(self.now)

    @property
    def is_broken_later(self) -> z3.BoolRef:
        """The step leads to a state that breaks it."""
        return z3.Not(self._within(self._total_later, self._there_later))

    def _within(self, total: z3.ArithRef, there: z3.BoolRef) -> z3.BoolRef:
        within = z3.BoolVal(False) if self.most is None else total <= self.most
        return within if self.where is None else z3.Implies(there, within)

    def seen(self, state: Mapping[str, Value]) -> None:
        """Raise it to what `state` shows, which can be reached."""
        if self.where is None or state[self.where.variable.name] == self.where.value:
            self._raised_to(sum(sign * _whole(state[one.name]) for sign, one in self.parts))

    def broken(self, model: z3.ModelRef, *, later: bool) -> None:
        """Raise it to what `model` shows, if it says something of that."""
        if not z3.is_true(model.eval(self._there_later if later else self._there, model_completion=True)):
            return
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

    def weigh(self, sums: Sequence[Parts], there: Sequence[tuple[Where, Parts]] = ()) -> None:
        """Add bounds on weighted `sums`, which are dropped as soon as a step breaks them, with units of their own.

        Beside bounds in some states, `there`, a step may raise them. Those of single integers that say nothing are tried again,
        with the numbers of the claim: with the new bounds they may be kept.
        """
        assert self._form.bad is not None
        self._meter = Meter(self._limits.rlimit)
        asked = sorted({sign * number for number in numbers_in([self._form.bad]) for sign in (1, -1)})
        again = [bound.parts for bound in self._bounds if bound.says_nothing]
        self._bounds = [*self._known, *(self._begun(_Bound(parts, self._later, asked)) for parts in again)]
        most_raises = MOST_RAISES if there else 0
        self._bounds += [self._begun(_Bound(parts, self._later, self._numbers, most_raises)) for parts in sums]
        self._bounds += [self._begun(_Bound(parts, self._later, self._numbers, where=where)) for where, parts in there]

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


def _thresholds(form: Transitions) -> list[int]:
    """The numbers that bounds are made of: those of the system, and what two or three of them add up to, or differ by."""
    assert form.bad is not None
    found = numbers_in([form.init, form.allowed, form.bad, *form.next.values()])
    found |= {end for variable in form.variables for end in (variable.domain.low, variable.domain.high) if end is not None}
    signed = sorted({sign * number for number in found for sign in (1, -1)})
    sums = {one + other for one, other in combinations_with_replacement(signed, 2)}
    if len(found) <= FEW_NUMBERS:
        sums |= {one + two for one in sums for two in signed}
    return sorted(sums | set(signed))
