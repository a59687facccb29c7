"""From a formula to text that is read as the same formula again.

Operators with more than two operands that are written between them (a sum of three) come back nested; they mean the same.
"""

import z3

from dialproof.core import ltl
from dialproof.core.actions import atom_called
from dialproof.core.errors import ModelError
from dialproof.core.terms import subterms
from dialproof.core.text.words import quoted
from dialproof.core.variables import choice_type, choice_value, choice_values

_LOOSEST, _LEADS_TO, _IFF, _IMPLIES, _OR, _XOR, _AND, _BINARY, _UNARY, _COMPARISON, _SUM, _PRODUCT, _MINUS, _ATOM = range(14)
"""How tightly the parts of a text hold together: the levels of the grammar."""

_BETWEEN = {
    z3.Z3_OP_IMPLIES: ("implies", _IMPLIES, _OR, _IMPLIES),
    z3.Z3_OP_XOR: ("xor", _XOR, _AND, _AND),
    z3.Z3_OP_LE: ("<=", _COMPARISON, _SUM, _SUM),
    z3.Z3_OP_GE: (">=", _COMPARISON, _SUM, _SUM),
    z3.Z3_OP_LT: ("<", _COMPARISON, _SUM, _SUM),
    z3.Z3_OP_GT: (">", _COMPARISON, _SUM, _SUM),
    z3.Z3_OP_ADD: ("+", _SUM, _SUM, _PRODUCT),
    z3.Z3_OP_SUB: ("-", _SUM, _SUM, _PRODUCT),
    z3.Z3_OP_MUL: ("*", _PRODUCT, _PRODUCT, _MINUS),
    z3.Z3_OP_IDIV: ("div", _PRODUCT, _PRODUCT, _MINUS),
    z3.Z3_OP_MOD: ("mod", _PRODUCT, _PRODUCT, _MINUS),
}
"""What is written between two operands: the sign, its level, and the levels that its left and its right operand need."""

_Text = tuple[str, int]
"""A text and its level."""


def shown(formula: z3.BoolRef) -> str:
    """`formula` as text. Raises ModelError for a term that no formula of a system can have in it."""
    texts: dict[int, _Text] = {}
    for term in subterms([formula]):
        texts[term.get_id()] = _shown(term, texts)
    return texts[formula.get_id()][0]


def _shown(term: z3.ExprRef, texts: dict[int, _Text]) -> _Text:
    parts = [texts[child.get_id()] for child in term.children()]
    if not parts:
        return _leaf(term)
    if ltl.is_operator(term):
        return _operator(term, texts)
    kind = term.decl().kind()
    if kind in _BETWEEN and len(parts) > 1:
        sign, level, left, right = _BETWEEN[kind]
        text = _within(parts[0], left)
        for part in parts[1:]:
            text = f"{text} {sign} {_within(part, right)}"
        return text, level
    match kind, parts:
        case ((z3.Z3_OP_AND | z3.Z3_OP_OR), [only]):
            return only
        case z3.Z3_OP_AND, _:
            return " and ".join(_within(part, _BINARY) for part in parts), _AND
        case z3.Z3_OP_OR, _:
            return " or ".join(_within(part, _XOR) for part in parts), _OR
        case z3.Z3_OP_NOT, [part]:
            return f"not {_within(part, _UNARY)}", _UNARY
        case z3.Z3_OP_UMINUS, [part]:
            text = f"({part[0]})" if isinstance(term.arg(0), z3.IntNumRef) else _within(part, _MINUS)
            return f"-{text}", _MINUS
        case z3.Z3_OP_EQ, [first, second] if isinstance(term.arg(0), z3.BoolRef):
            return f"{_within(first, _IMPLIES)} iff {_within(second, _IMPLIES)}", _IFF
        case z3.Z3_OP_EQ, [_, _]:
            return _compared(term, "=", texts)
        case z3.Z3_OP_DISTINCT, [_, _]:
            return _compared(term, "!=", texts)
        case z3.Z3_OP_DISTINCT, _:
            return f"distinct({', '.join(text for text, _ in parts)})", _ATOM
        case z3.Z3_OP_ITE, [test, then, other]:
            return f"if {test[0]} then {then[0]} else {other[0]}", _LOOSEST
    raise ModelError(f"no formula can say {term.decl().name()!r}: {term.sexpr()}")


def _leaf(term: z3.ExprRef) -> _Text:
    """A term without operands."""
    if isinstance(term, z3.IntNumRef):
        return str(term.as_long()), _ATOM if term.as_long() >= 0 else _MINUS
    match term.decl().kind():
        case z3.Z3_OP_TRUE | z3.Z3_OP_AND:
            return "true", _ATOM
        case z3.Z3_OP_FALSE | z3.Z3_OP_OR:
            return "false", _ATOM
        case z3.Z3_OP_DT_CONSTRUCTOR:
            return f"{quoted(choice_type(term))}.{quoted(choice_value(term))}", _ATOM
        case z3.Z3_OP_UNINTERPRETED:
            return _constant(term.decl().name()), _ATOM
    raise ModelError(f"no formula can say {term.decl().name()!r}")


def _operator(term: z3.ExprRef, texts: dict[int, _Text]) -> _Text:
    """An operator of the logic with its operands."""
    name, limit = ltl.operator(term), ltl.limit_of(term)
    parts = [texts[part.get_id()] for part in ltl.operands(term)]
    if limit is not None:
        word, link = name.rsplit("_", 1)
        clock = "" if limit.clock is None else f" on {quoted(limit.clock)}"
        return f"{word} {link} {limit.bound}{clock} {_within(parts[0], _UNARY)}", _UNARY
    if len(parts) == 1:
        inner = term.arg(0)
        if name == "always" and z3.is_implies(inner) and _is_eventually(inner.arg(1)):
            cause, effect = texts[inner.arg(0).get_id()], texts[inner.arg(1).arg(0).get_id()]
            return f"{_within(cause, _IFF)} leads_to {_within(effect, _IFF)}", _LEADS_TO
        return f"{name} {_within(parts[0], _UNARY)}", _UNARY
    first, second = parts
    return f"{_within(first, _UNARY)} {name} {_within(second, _UNARY)}", _BINARY


def _is_eventually(term: z3.ExprRef) -> bool:
    return ltl.is_operator(term) and term.decl().name() == "eventually"


def _compared(term: z3.ExprRef, sign: str, texts: dict[int, _Text]) -> _Text:
    """A comparison. A value that is compared with a variable stands alone: it cannot be of another type."""
    first, second = term.children()
    left = _side(first, second, texts[first.get_id()])
    right = _side(second, first, texts[second.get_id()])
    return f"{left} {sign} {right}", _COMPARISON


def _side(term: z3.ExprRef, other: z3.ExprRef, text: _Text) -> str:
    if not isinstance(term, z3.DatatypeRef) or term.num_args() > 0:
        return _within(text, _SUM)
    if term.decl().kind() == z3.Z3_OP_DT_CONSTRUCTOR:
        return quoted(choice_value(term)) if _is_variable(other) else text[0]
    # a name alone would be read as the value of that name
    return f"({text[0]})" if term.decl().name() in choice_values(term) else text[0]


def _is_variable(term: z3.ExprRef) -> bool:
    return term.num_args() == 0 and term.decl().kind() == z3.Z3_OP_UNINTERPRETED


def _constant(name: str) -> str:
    atom = atom_called(name)
    return quoted(name) if atom is None else f"{atom[0]}({quoted(atom[1])})"


def _within(text: _Text, level: int) -> str:
    """`text`, in parentheses where it holds together less tightly than `level`."""
    return text[0] if text[1] >= level else f"({text[0]})"
