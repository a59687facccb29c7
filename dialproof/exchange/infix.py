"""z3 terms in the infix notation that Promela and SMV share, up to how each writes its operators.

Division and remainder are Euclidean in SMT-LIB and round towards zero in C, in Promela and in NuSMV 2.6 (its manual: "ANSI C
semantics"); they are written so that both give the same number.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import z3

from dialproof.core.errors import NotApplicable
from dialproof.core.terms import subterms

Leaf = Callable[[z3.ExprRef], str | None]
"""How a constant, a value of a choice or a temporal operator is written; None for a term that this module writes."""

LONGEST = 1_000_000
"""How many characters one expression may take; terms share parts, which text has to repeat."""


@dataclass(frozen=True)
class Notation:
    """How a language writes what terms are made of; `choose` takes test, then and else."""

    true: str
    false: str
    both: str
    either: str
    negation: str
    same_truth: str
    equal: str
    unequal: str
    remainder: str
    choose: str


PROMELA = Notation("true", "false", " && ", " || ", "!", " == ", " == ", " != ", "%", "({} -> {} : {})")
"""Promela; its truth values are the numbers 0 and 1."""

SMV = Notation("TRUE", "FALSE", " & ", " | ", "!", " <-> ", " = ", " != ", "mod", "({} ? {} : {})")
"""The language of NuSMV and nuXmv."""


def infix(term: z3.ExprRef, leaf: Leaf, notation: Notation) -> str:
    """`term` as text, fully parenthesised; what is literally true or false is worked out.

    Raises NotApplicable where the text would be longer than any tool reads.
    """
    code: dict[int, str] = {}
    for part in subterms([term]):
        text = leaf(part)
        code[part.get_id()] = text if text is not None else _written(part, [code[c.get_id()] for c in part.children()], notation)
        if len(code[part.get_id()]) > LONGEST:
            raise NotApplicable(f"a term of the model takes more than {LONGEST} characters when it is written out")
    return code[term.get_id()]


def conjoined(parts: Sequence[str], notation: Notation) -> str:
    """All of `parts`."""
    return _joined(parts, notation.both, notation.true, notation.false)


def disjoined(parts: Sequence[str], notation: Notation) -> str:
    """One of `parts`."""
    return _joined(parts, notation.either, notation.false, notation.true)


def negated(part: str, notation: Notation) -> str:
    """Not `part`."""
    opposite = {notation.true: notation.false, notation.false: notation.true}
    return opposite.get(part, f"{notation.negation}{part}" if part.startswith("(") else f"{notation.negation}({part})")


def _joined(parts: Sequence[str], sign: str, neutral: str, decisive: str) -> str:
    if decisive in parts:
        return decisive
    kept = [part for part in dict.fromkeys(parts) if part != neutral]
    if not kept:
        return neutral
    return kept[0] if len(kept) == 1 else f"({sign.join(kept)})"


def _written(term: z3.ExprRef, parts: list[str], notation: Notation) -> str:
    kind = term.decl().kind()
    if kind in _SIGNS:
        return f"({_SIGNS[kind].join(parts)})"
    match kind, parts:
        case ((z3.Z3_OP_TRUE | z3.Z3_OP_FALSE), _):
            return notation.true if kind == z3.Z3_OP_TRUE else notation.false
        case z3.Z3_OP_ANUM, _:
            assert isinstance(term, z3.IntNumRef)
            return str(term.as_long()) if term.as_long() >= 0 else f"({term.as_long()})"
        case z3.Z3_OP_AND, _:
            return conjoined(parts, notation)
        case z3.Z3_OP_OR, _:
            return disjoined(parts, notation)
        case z3.Z3_OP_NOT, [part]:
            return negated(part, notation)
        case z3.Z3_OP_IMPLIES, [first, second]:
            return disjoined([negated(first, notation), second], notation)
        case z3.Z3_OP_ITE, [test, then, other]:
            if test in (notation.true, notation.false) or then == other:
                return then if test != notation.false else other
            return notation.choose.format(test, then, other)
        case (z3.Z3_OP_EQ, [first, second]):
            return f"({first}{_same(term, notation)}{second})"
        case (z3.Z3_OP_XOR | z3.Z3_OP_DISTINCT, _):
            pairs = [f"({one}{_same(term, notation)}{other})" for place, one in enumerate(parts) for other in parts[place + 1 :]]
            return conjoined([negated(pair, notation) for pair in pairs], notation)
        case z3.Z3_OP_UMINUS, [part]:
            return f"(0 - {part})"
        case z3.Z3_OP_MOD, [first, _]:
            return _remainder(first, _divisor(term), notation)
        case z3.Z3_OP_IDIV, [first, _]:
            divisor = _divisor(term)
            whole = f"(({first} - {_remainder(first, divisor, notation)}) / {abs(divisor)})"
            return whole if divisor > 0 else f"(0 - {whole})"
    raise NotApplicable(f"{term.decl().name()!r} cannot be written in this language: {term.sexpr()}")


_SIGNS = {
    z3.Z3_OP_LE: " <= ",
    z3.Z3_OP_GE: " >= ",
    z3.Z3_OP_LT: " < ",
    z3.Z3_OP_GT: " > ",
    z3.Z3_OP_ADD: " + ",
    z3.Z3_OP_SUB: " - ",
    z3.Z3_OP_MUL: " * ",
}


def _same(term: z3.ExprRef, notation: Notation) -> str:
    """The sign that says that operands like those of `term` are equal."""
    return notation.same_truth if z3.is_bool(term.arg(0)) else notation.equal


def _divisor(term: z3.ExprRef) -> int:
    """The divisor, which is a constant (`dialproof.core.terms.check_terms` sees to it)."""
    divisor = z3.simplify(term.arg(1))
    assert isinstance(divisor, z3.IntNumRef)
    return divisor.as_long()


def _remainder(number: str, divisor: int, notation: Notation) -> str:
    size, sign = abs(divisor), notation.remainder
    return f"((({number} {sign} {size}) + {size}) {sign} {size})"
