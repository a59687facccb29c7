"""Projection: the condition on a state under which some values of an action's parameters satisfy its guard.

A parameter with few values is written out. One with many, or with infinitely many, is replaced by *test points*: terms over the
other constants, read off the comparisons that it stands in (virtual substitution: Loos and Weispfenning, "Applying linear
quantifier elimination", 1993; for integers Cooper, "Theorem proving in arithmetic without multiplication", 1972). The guard at a
test point implies that some value satisfies it, whatever the point is. The converse, that the points are enough, is a question
without quantifiers, which a solver answers each time; the audit asks it again. Where it is not answered "yes", there is no
projection. Only conjuncts that read a parameter are looked at for its sake, so that the result grows with their number and not
with the number of combinations.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from math import lcm

import z3

from dialproof.core.errors import ModelError
from dialproof.core.terms import flattened_and, subterms
from dialproof.core.variables import Variable

FEW = 64
"""A parameter with at most so many values is written out value by value."""

MOST_POINTS = 128
"""How many test points are tried for one parameter."""

LARGEST = 10_000
"""How many different subterms a projection may have."""

_EFFORT = 5_000_000
"""For how much of z3's work (its `rlimit`) it is asked whether test points are enough."""

_THINNED = 24
"""Of at most so many test points those are left out that turn out to be needless."""

_ALTERNATIVES = 32
_MOST_COMPARED = 4000
_LARGEST_PERIOD = 12

_COMPARISONS = {z3.Z3_OP_LE, z3.Z3_OP_GE, z3.Z3_OP_LT, z3.Z3_OP_GT, z3.Z3_OP_EQ, z3.Z3_OP_DISTINCT}


@lru_cache(maxsize=128)
def projection(guard: z3.BoolRef, parameters: tuple[Variable, ...]) -> z3.BoolRef:
    """The condition under which some values of `parameters` satisfy `guard`: the same states, and no parameter in it.

    Raises ModelError where no such condition is found and shown to be the right one.
    """
    parts = _spread(guard)
    left = list(parameters)
    read: dict[int, frozenset[int]] = {}
    alive: list[z3.BoolRef] = []  # z3 gives the number of a term that is gone to another one
    while left:
        alive += parts
        read |= {part.get_id(): _constants(part) for part in parts if part.get_id() not in read}
        numbers_of = {one.name: one.term.get_id() for one in left}
        mentions = {one.name: [part for part in parts if numbers_of[one.name] in read[part.get_id()]] for one in left}
        costs = [(len(mentions[one.name]), place) for place, one in enumerate(left)]
        parameter = left.pop(min(costs)[1])
        mine = mentions[parameter.name]
        if not mine:
            continue
        numbers = {part.get_id() for part in mine}
        kept = [part for part in parts if part.get_id() not in numbers]
        parts = [*kept, *_spread(z3.Or([_put(mine, parameter, point) for point in _points(mine, parameter)]))]
        if sum(1 for _ in subterms(parts)) > LARGEST:
            raise ModelError(f"for which states {parameter.name} has a value that the guard allows is too large a condition")
    return z3.BoolVal(True) if not parts else parts[0] if len(parts) == 1 else z3.And(parts)


def _points(parts: Sequence[z3.BoolRef], parameter: Variable) -> Sequence[z3.ExprRef]:
    """Values of `parameter`, as terms, one of which satisfies `parts` wherever any value does."""
    domain = parameter.domain
    if domain.size is not None and domain.size <= FEW:
        return [domain.term(value) for value in domain.members()]
    for points in _candidates(parts, parameter):
        if _are_enough(parts, parameter, points):
            return _thinned(parts, parameter, points)
    raise ModelError(
        f"it is not found out for which states {parameter.name}, which may have any of many values, has one that the guard "
        "allows; compare it with sums of variables and numbers only, or give it at most "
        f"{FEW} values"
    )


def _candidates(parts: Sequence[z3.BoolRef], parameter: Variable) -> Iterator[list[z3.ExprRef]]:
    """Ever more test points: where comparisons change their truth, beside that, and with what remainders are told apart."""
    term, domain = parameter.term, parameter.domain
    if not isinstance(term, z3.ArithRef):
        yield [domain.term(value) for value in domain.members()]
        return
    bounds = [z3.IntVal(bound) for bound in (domain.low, domain.high) if bound is not None]
    found: dict[int, z3.ArithRef] = {}
    for edge in chain(bounds, _edges(parts, term)):
        found.setdefault(edge.get_id(), edge)
        if len(found) > MOST_POINTS:
            return
    edges = list(found.values()) or [z3.IntVal(0)]
    period = lcm(*_divisors(parts))
    for reach in dict.fromkeys((0, 1, period if period <= _LARGEST_PERIOD else 1)):
        points = _different([edge + step for edge in edges for step in sorted(range(-reach, reach + 1), key=abs)])
        if len(points) > MOST_POINTS:
            return
        yield points


def _divisors(parts: Sequence[z3.BoolRef]) -> Iterator[int]:
    for part in subterms(parts):
        divisor = part.arg(1) if part.decl().kind() in (z3.Z3_OP_MOD, z3.Z3_OP_IDIV) else None
        if isinstance(divisor, z3.IntNumRef):
            yield divisor.as_long()


def _edges(parts: Sequence[z3.BoolRef], term: z3.ArithRef) -> Iterator[z3.ArithRef]:
    """The values of `term` at which a comparison in `parts` changes its truth, where that is linear in it; not too many."""
    left = _MOST_COMPARED
    for part in subterms(parts):
        if part.decl().kind() not in _COMPARISONS or not isinstance(part.arg(0), z3.ArithRef):
            continue
        first, second = part.arg(0), part.arg(1)
        pairs = [(one, other) for one in _alternatives(first) for other in _alternatives(second)]
        left -= len(pairs)
        if left < 0:
            return
        yield from (edge for one, other in pairs if (edge := _edge(one - other, term)) is not None)


def _alternatives(term: z3.ExprRef) -> list[z3.ArithRef]:
    """What `term` is equal to in one case or another: each `if` in it decided."""
    found = [term]
    while len(found) < _ALTERNATIVES:
        choice = next((part for one in found for part in subterms([one]) if part.decl().kind() == z3.Z3_OP_ITE), None)
        if choice is None:
            break
        found = _different(z3.substitute(one, (choice, choice.arg(side))) for side in (1, 2) for one in found)
    return [one for one in found if isinstance(one, z3.ArithRef)]


def _edge(difference: z3.ArithRef, term: z3.ArithRef) -> z3.ArithRef | None:
    """The value of `term` for which `difference` is 0, rounded down; None if `difference` is not linear in it."""

    def at(number: int) -> z3.ArithRef:
        return z3.substitute(difference, (term, z3.IntVal(number)))

    factor = z3.simplify(at(1) - at(0), som=True)
    if not isinstance(factor, z3.IntNumRef) or factor.as_long() == 0:
        return None
    size = factor.as_long()
    if not z3.is_true(z3.simplify(difference - size * term == at(0), som=True)):
        return None
    rest = at(0) if size < 0 else -at(0)
    edge = z3.simplify(rest if abs(size) == 1 else rest / abs(size), som=True)
    assert isinstance(edge, z3.ArithRef)
    return edge


def _are_enough(parts: Sequence[z3.BoolRef], parameter: Variable, points: Sequence[z3.ExprRef]) -> bool:
    """Whether it is shown that wherever some value satisfies `parts`, one of `points` does."""
    solver = z3.Solver()
    solver.set("rlimit", _EFFORT)
    solver.add(*parts, parameter.domain.restriction(parameter.term))
    solver.add(*(z3.Not(_put(parts, parameter, point)) for point in points))
    return solver.check() == z3.unsat


def _thinned(parts: Sequence[z3.BoolRef], parameter: Variable, points: Sequence[z3.ExprRef]) -> list[z3.ExprRef]:
    """Those of `points` that it takes. The same ones each time: nothing depends on what a solver happens to find."""
    kept = list(points)
    for point in reversed(points if len(points) <= _THINNED else []):
        fewer = [one for one in kept if not one.eq(point)]
        if fewer and _are_enough(parts, parameter, fewer):
            kept = fewer
    return kept


def _put(parts: Sequence[z3.BoolRef], parameter: Variable, point: z3.ExprRef) -> z3.BoolRef:
    """`parts` and the range of `parameter` where it has the value `point`."""
    whole = z3.And([*parts, parameter.domain.restriction(parameter.term)])
    placed = z3.simplify(z3.substitute(whole, (parameter.term, point)), sort_disjunctions=False)
    assert isinstance(placed, z3.BoolRef)
    return placed


def _spread(condition: z3.BoolRef) -> list[z3.BoolRef]:
    """The conjuncts of `condition`, those behind an implication each by themselves, so that each reads little."""
    parts: list[z3.BoolRef] = []
    for part in flattened_and(condition):
        if z3.is_true(part):
            continue
        operands = [operand for operand in part.children() if isinstance(operand, z3.BoolRef)]
        if z3.is_implies(part) and z3.is_and(operands[1]):
            parts += [z3.Implies(operands[0], one) for one in flattened_and(operands[1])]
        else:
            parts.append(part)
    return parts


def _constants(part: z3.ExprRef) -> frozenset[int]:
    """The numbers that z3 gives to the constants in `part`; they stay what they are while `part` is there."""
    return frozenset(one.get_id() for one in subterms([part]) if one.num_args() == 0)


def _different(terms: Iterable[z3.ExprRef]) -> list[z3.ExprRef]:
    """`terms` without repetitions."""
    found: dict[int, z3.ExprRef] = {}
    for term in terms:
        simple = z3.simplify(term)
        found.setdefault(simple.get_id(), simple)
    return list(found.values())
