"""The words of a response proof: predicates and numbers that are likely to matter, read off a system and a claim.

Predicates are the values of choices and small ranges, and what guards, updates, fairness and the claim compare. Numbers are
how far an integer is from its bounds, and how far apart the sides of a comparison are.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import z3

from dialproof.core.terms import subterms
from dialproof.core.variables import Kind, Variable
from dialproof.encode.response import Response

SMALL = 6
"""An integer with at most so many values is told apart value by value, like a choice."""

_COMPARED = {z3.Z3_OP_LE, z3.Z3_OP_GE, z3.Z3_OP_LT, z3.Z3_OP_GT, z3.Z3_OP_EQ, z3.Z3_OP_DISTINCT}


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """`predicates` tell states apart, `numbers` may become ranks; all over the state."""

    predicates: tuple[z3.BoolRef, ...]
    numbers: tuple[z3.ArithRef, ...]


def vocabulary(
    response: Response, near: Collection[str], more: Iterable[z3.BoolRef] = (), ranks: Iterable[z3.ArithRef] = ()
) -> Vocabulary:
    """The words over the variables named in `near`, with `more` predicates and `ranks` from elsewhere before all others."""
    predicates: dict[str, z3.BoolRef] = {}
    numbers: dict[str, z3.ArithRef] = {}

    def tell(predicate: z3.BoolRef) -> None:
        simple, opposite = z3.simplify(predicate), z3.simplify(z3.Not(predicate))
        if not (z3.is_true(simple) or z3.is_false(simple) or simple.sexpr() in predicates or opposite.sexpr() in predicates):
            predicates[simple.sexpr()] = predicate

    def count(number: z3.ArithRef) -> None:
        simple = z3.simplify(number)
        if not isinstance(simple, z3.IntNumRef):
            numbers.setdefault(simple.sexpr(), number)

    for predicate in more:
        tell(predicate)
    for number in ranks:
        count(number)
    variables = [variable for variable in response.transitions.variables if variable.name in near]
    for variable in variables:
        for predicate in _values(variable):
            tell(predicate)
    compared = list(_comparisons(response, set(near)))
    for left, right in compared:
        tell(left <= right)
        tell(left >= right)
    for variable in variables:
        term, domain = variable.term, variable.domain
        if isinstance(term, z3.ArithRef):
            count(term - domain.low if domain.low else term)
            if domain.high is not None:
                count(domain.high - term)
    for left, right in compared:
        count(right - left)
        count(left - right)
    return Vocabulary(tuple(predicates.values()), tuple(numbers.values()))


def _values(variable: Variable) -> Iterator[z3.BoolRef]:
    domain, term = variable.domain, variable.term
    if isinstance(term, z3.BoolRef):
        yield term
    elif domain.kind is Kind.CHOICE or (domain.size is not None and domain.size <= SMALL):
        for value in domain.members():
            yield term == domain.term(value)


def _comparisons(response: Response, near: set[str]) -> Iterator[tuple[z3.ArithRef, z3.ArithRef]]:
    """The two sides of each comparison of integers over the variables in `near`."""
    form = response.transitions
    conditions = [condition for _, terms in form.fairness for condition in terms]
    roots = [response.cause, response.missing, *conditions, form.init, form.allowed, *form.next.values()]
    for term in subterms(roots):
        if term.decl().kind() in _COMPARED and term.num_args() == 2 and isinstance(term.arg(0), z3.ArithRef):  # noqa: PLR2004  # sides
            constants = {part.decl().name() for part in subterms([term]) if part.decl().kind() == z3.Z3_OP_UNINTERPRETED}
            left, right = term.arg(0), term.arg(1)
            if constants and constants <= near and isinstance(left, z3.ArithRef) and isinstance(right, z3.ArithRef):
                yield left, right
