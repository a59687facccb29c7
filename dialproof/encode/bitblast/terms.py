"""Terms as gates: truth values as literals, values of a choice as their number in binary, integers in two's complement.

Integers have no fixed width: each operation makes its result wide enough for every value that it can have, so that nothing wraps
round. A number is a tuple of literals, the lowest digit first; its last one is the sign, and stands for all that would follow.
Division and remainder are Euclidean, by a constant, as in SMT-LIB. Every operator that a model may use is here
(`dialproof.core.terms.ALLOWED`). Terms are read without recursion: they may be deep.
"""

from collections.abc import Callable, Mapping, Sequence

import z3

from dialproof.core.errors import InternalError
from dialproof.core.variables import Domain, Kind, Value
from dialproof.encode.bitblast.gates import FALSE, TRUE, Graph, negated

Bits = tuple[int, ...]
"""The literals of a value; a single one where it is a truth value."""

_Binary = Callable[[Bits, Bits], Bits]


def digits_of(domain: Domain) -> int:
    """How many literals tell the values of a finite domain apart."""
    if domain.kind is Kind.BOOLEAN:
        return 1
    if domain.kind is Kind.CHOICE:
        return (len(domain.values) - 1).bit_length()
    low, high = _bounds(domain)
    return max(_width(low), _width(high)) - (low >= 0 or high < 0)


def as_value(domain: Domain, digits: Sequence[int]) -> Bits:
    """The value of `domain` that `digits` spell (`digits_of` so many); an integer gets its sign, where all have the same."""
    if domain.kind is not Kind.INTEGER:
        return tuple(digits)
    low, high = _bounds(domain)
    if low >= 0:
        return (*digits, FALSE)
    return (*digits, TRUE) if high < 0 else tuple(digits)


def code_of(domain: Domain, value: Value) -> int:
    """The number whose binary digits stand for `value`; the remainder of an integer, where it is negative."""
    if isinstance(value, str):
        return domain.values.index(value)
    return int(value) & ((1 << digits_of(domain)) - 1)


def value_of_code(domain: Domain, code: int) -> Value | None:
    """The value whose digits spell `code`; None where none does."""
    if domain.kind is Kind.BOOLEAN:
        return bool(code)
    if domain.kind is Kind.CHOICE:
        return domain.values[code] if code < len(domain.values) else None
    low, high = _bounds(domain)
    span = 1 << digits_of(domain)
    number = low + (code - low) % span
    return number if number <= high else None


class Blaster:
    """Makes gates in `graph` for terms over constants, whose literals are in `names`."""

    def __init__(self, graph: Graph, names: Mapping[str, Bits]) -> None:
        self._graph = graph
        self._names = names
        self._done: dict[int, tuple[z3.ExprRef, Bits]] = {}
        self._codes: dict[int, tuple[z3.SortRef, dict[str, int]]] = {}

    def truth(self, term: z3.ExprRef) -> int:
        """The literal of a Boolean term."""
        (literal,) = self.bits(term)
        return literal

    def bits(self, term: z3.ExprRef) -> Bits:
        """The literals of `term`."""
        stack: list[tuple[z3.ExprRef, list[z3.ExprRef] | None]] = [(term, None)]
        while stack:  # what is known already is not looked into again: the terms of a system share most of their parts
            part, children = stack.pop()
            key = part.get_id()
            if key in self._done:
                continue
            if children is None:
                children = part.children()
                stack.append((part, children))
                stack += [(child, None) for child in children]
            else:  # the term is kept, since z3 gives the number of one that is gone to another
                self._done[key] = part, self._made(part, [self._done[child.get_id()][1] for child in children])
        return self._done[term.get_id()][1]

    def within(self, domain: Domain, digits: Sequence[int]) -> int:
        """That `digits` spell a value of `domain`."""
        if domain.kind is Kind.BOOLEAN:
            return TRUE
        bits = as_value(domain, digits)
        if domain.kind is Kind.CHOICE:
            return self._less((*bits, FALSE), constant(len(domain.values)))
        low, high = _bounds(domain)
        return self._graph.both(negated(self._less(bits, constant(low))), negated(self._less(constant(high), bits)))

    def _made(self, term: z3.ExprRef, parts: list[Bits]) -> Bits:
        kind = term.decl().kind()
        if kind == z3.Z3_OP_UNINTERPRETED and not parts:
            return self._names[term.decl().name()]
        if isinstance(term, z3.IntNumRef):
            return constant(term.as_long())
        if kind == z3.Z3_OP_DT_CONSTRUCTOR:
            return self._code(term)
        if isinstance(term, z3.BoolRef) and kind != z3.Z3_OP_ITE:
            return (self._boolean(term, kind, parts),)
        match kind:
            case z3.Z3_OP_ITE:
                (test,), then, other = parts
                then, other = self._same_width(term, then, other)
                return tuple(self._graph.choose(test, one, two) for one, two in zip(then, other, strict=True))
            case z3.Z3_OP_ADD:
                return self._fold(parts, self._sum)
            case z3.Z3_OP_SUB:
                return self._fold(parts, self._difference)
            case z3.Z3_OP_UMINUS:
                return self._difference(constant(0), parts[0])
            case z3.Z3_OP_MUL:
                return self._fold(parts, self._product)
            case z3.Z3_OP_IDIV:
                return self._divided(parts[0], _divisor(term))[0]
            case z3.Z3_OP_MOD:
                return self._divided(parts[0], _divisor(term))[1]
        raise InternalError(f"no gates are known for the operator {term.decl().name()!r}: {term.sexpr()[:200]}")

    def _boolean(self, term: z3.BoolRef, kind: int, parts: list[Bits]) -> int:
        graph = self._graph
        match kind:
            case z3.Z3_OP_TRUE:
                return TRUE
            case z3.Z3_OP_FALSE:
                return FALSE
            case z3.Z3_OP_NOT:
                return negated(parts[0][0])
            case z3.Z3_OP_AND:
                return graph.all_of(part[0] for part in parts)
            case z3.Z3_OP_OR:
                return graph.any_of(part[0] for part in parts)
            case z3.Z3_OP_XOR:
                return self._fold(parts, lambda one, two: (graph.differ(one[0], two[0]),))[0]
            case z3.Z3_OP_IMPLIES:
                return graph.either(negated(parts[0][0]), parts[1][0])
            case z3.Z3_OP_EQ:
                return self._equal(term.arg(0), parts[0], parts[1])
            case z3.Z3_OP_DISTINCT:
                pairs = [(one, two) for place, one in enumerate(parts) for two in parts[:place]]
                return graph.all_of(negated(self._equal(term.arg(0), one, two)) for one, two in pairs)
            case z3.Z3_OP_LT:
                return self._less(parts[0], parts[1])
            case z3.Z3_OP_GT:
                return self._less(parts[1], parts[0])
            case z3.Z3_OP_LE:
                return negated(self._less(parts[1], parts[0]))
            case z3.Z3_OP_GE:
                return negated(self._less(parts[0], parts[1]))
        raise InternalError(f"no gates are known for the operator {term.decl().name()!r}: {term.sexpr()[:200]}")

    def _code(self, term: z3.ExprRef) -> Bits:
        """The number of a choice's value."""
        sort = term.sort()
        assert isinstance(sort, z3.DatatypeSortRef)
        if sort.get_id() not in self._codes:
            names = {sort.constructor(place).name(): place for place in range(sort.num_constructors())}
            self._codes[sort.get_id()] = sort, names
        code = self._codes[sort.get_id()][1][term.decl().name()]
        return tuple(TRUE if code >> place & 1 else FALSE for place in range((sort.num_constructors() - 1).bit_length()))

    def _fold(self, parts: list[Bits], apply: _Binary) -> Bits:
        result = parts[0]
        for part in parts[1:]:
            result = apply(result, part)
        return result

    def _same_width(self, term: z3.ExprRef, one: Bits, other: Bits) -> tuple[Bits, Bits]:
        if not isinstance(term, z3.ArithRef):
            return one, other
        width = max(len(one), len(other))
        return extended(one, width), extended(other, width)

    def _equal(self, operand: z3.ExprRef, one: Bits, other: Bits) -> int:
        one, other = self._same_width(operand, one, other)
        return self._graph.all_of(negated(self._graph.differ(a, b)) for a, b in zip(one, other, strict=True))

    def _less(self, one: Bits, other: Bits) -> int:
        return self._difference(one, other)[-1]

    def _sum(self, one: Bits, other: Bits, carry: int = FALSE) -> Bits:
        graph, width = self._graph, max(len(one), len(other)) + 1
        total = []
        for a, b in zip(extended(one, width), extended(other, width), strict=True):
            unequal = graph.differ(a, b)
            total.append(graph.differ(unequal, carry))
            carry = graph.either(graph.both(a, b), graph.both(unequal, carry))
        return _trimmed(total)

    def _difference(self, one: Bits, other: Bits) -> Bits:
        return self._sum(one, tuple(negated(literal) for literal in other), TRUE)

    def _product(self, one: Bits, other: Bits) -> Bits:
        """Shift and add; the row of the sign counts negatively."""
        total = constant(0)
        for place, digit in enumerate(other):
            row = (*(FALSE,) * place, *(self._graph.both(digit, literal) for literal in one))
            total = self._difference(total, row) if place == len(other) - 1 else self._sum(total, row)
        return total

    def _divided(self, dividend: Bits, divisor: int) -> tuple[Bits, Bits]:
        """Quotient and remainder: digit by digit, of the dividend raised by a multiple of the divisor that makes it positive."""
        size = abs(divisor)
        raise_by = -(-(1 << len(dividend) - 1) // size)
        positive = self._sum(dividend, constant(raise_by * size))
        rest, quotient = constant(0), []
        for digit in reversed(extended(positive, len(positive) + 1)[:-1]):
            doubled = (digit, *rest)
            fits = negated(self._less(doubled, constant(size)))
            lowered = self._difference(doubled, constant(size))
            width = max(len(doubled), len(lowered))
            pairs = zip(extended(lowered, width), extended(doubled, width), strict=True)
            # What is left is less than the divisor, and has no more digits than that.
            rest = (*[self._graph.choose(fits, a, b) for a, b in pairs][: size.bit_length()], FALSE)
            quotient.append(fits)
        raised = (*reversed(quotient), FALSE)
        lowered = self._difference(raised, constant(raise_by))
        return (lowered if divisor > 0 else self._difference(constant(0), lowered)), _trimmed(rest)


def constant(number: int) -> Bits:
    """An integer's literals."""
    return tuple(TRUE if number >> place & 1 else FALSE for place in range(_width(number)))


def extended(bits: Bits, width: int) -> Bits:
    """The same integer with at least `width` literals."""
    return bits + bits[-1:] * (width - len(bits))


def _trimmed(bits: Sequence[int]) -> Bits:
    """The same integer without literals that only repeat its sign."""
    width = len(bits)
    while width > 1 and bits[width - 2] == bits[width - 1]:
        width -= 1
    return tuple(bits[:width])


def _width(number: int) -> int:
    """How many digits an integer has in two's complement, with its sign."""
    return (number if number >= 0 else ~number).bit_length() + 1


def _bounds(domain: Domain) -> tuple[int, int]:
    assert domain.low is not None
    assert domain.high is not None
    return domain.low, domain.high


def _divisor(term: z3.ExprRef) -> int:
    divisor = z3.simplify(term.arg(1))
    assert isinstance(divisor, z3.IntNumRef)
    return divisor.as_long()
