"""How large the numbers in a term can become: languages whose numbers have 32 bits compute something else beyond that."""

from collections.abc import Mapping
from itertools import product

import z3

from dialproof.core.errors import NotApplicable
from dialproof.core.terms import subterms

WORD = 2**31 - 1
"""The largest number of a 32-bit word."""

Range = tuple[int, int]


def require_words(terms: list[z3.ExprRef], ranges: Mapping[str, Range]) -> None:
    """Raise NotApplicable if a number in `terms` can leave 32 bits, where each variable is in its range."""
    found: dict[int, Range] = {}
    for part in subterms(terms):
        if isinstance(part, z3.ArithRef):
            found[part.get_id()] = low, high = _range(part, [found.get(c.get_id(), (0, 0)) for c in part.children()], ranges)
            if low < -WORD or high > WORD:
                raise NotApplicable(f"{part.sexpr()} can become larger than 32 bits hold; bound the variables in it more tightly")


def _range(term: z3.ArithRef, parts: list[Range], ranges: Mapping[str, Range]) -> Range:
    match term.decl().kind():
        case z3.Z3_OP_ANUM:
            assert isinstance(term, z3.IntNumRef)
            return term.as_long(), term.as_long()
        case z3.Z3_OP_UNINTERPRETED:
            return ranges[term.decl().name()]
        case z3.Z3_OP_ITE:
            return min(parts[1][0], parts[2][0]), max(parts[1][1], parts[2][1])
        case z3.Z3_OP_ADD:
            return sum(low for low, _ in parts), sum(high for _, high in parts)
        case z3.Z3_OP_SUB:
            first, *others = parts
            return first[0] - sum(high for _, high in others), first[1] - sum(low for low, _ in others)
        case z3.Z3_OP_UMINUS:
            return -parts[0][1], -parts[0][0]
        case z3.Z3_OP_MUL:
            corners = [1]
            for low, high in parts:
                corners = [one * other for one, other in product(corners, (low, high))]
            return min(corners), max(corners)
    # a quotient is no larger than what is divided, a remainder than the divisor; writing them out adds the divisor once
    size = max(abs(end) for part in parts for end in part) * 2 + 1
    return -size, size
