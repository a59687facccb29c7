"""Formulas in negation normal form: what engines, monitors and the exhaustive search start from.

Negation is pushed down to the literals. A part that speaks of now and of earlier positions only *is* a literal, however
complicated: what has happened is known at each position, so that nothing needs to be owed for it. Its negation is the negated
term, and no dual of a past operator is needed (Kesten, Pnueli, "A complete proof system for QPTL", 2002, on testers that
compute the past).
"""

from dataclasses import dataclass
from typing import Literal as OneOf

import z3

from dialproof.core.errors import ModelError
from dialproof.core.ltl.forms import Both, Either, Literal, Next, Normal, Release, Throughout, Until, Within
from dialproof.core.ltl.operators import Limit, is_operator, is_past, limit_of, operator
from dialproof.core.terms import subterms

DEEPEST = 200
"""How deep operators may be nested in each other; formulas that people write are not, and many readers of them are recursive.

What stands in a conjunction of conjunctions counts as if it stood in one conjunction, and the same of disjunctions.
"""


_Pair = tuple[Normal, Normal]
"""A formula and its negation."""

_Sense = tuple[int, bool]
"""The number of a part, and whether it stands there as it is; False: negated."""

_Joining = OneOf["and", "or"]


@dataclass(slots=True)
class _Part:
    """A part of a formula, and what z3 says of it: to ask again and again would take most of the time."""

    term: z3.ExprRef
    children: list[int]
    kind: int
    operator: str
    is_formula: bool
    looks_ahead: bool = False

    def joins(self, sense: bool) -> _Joining | None:
        """How its operands are joined, if it stands there in this sense."""
        if self.kind == z3.Z3_OP_AND:
            return "and" if sense else "or"
        if self.kind in (z3.Z3_OP_OR, z3.Z3_OP_IMPLIES):
            return "or" if sense else "and"
        return None

    def senses(self, sense: bool) -> list[_Sense]:
        """The operands of a connective that joins, each in the sense in which it stands there."""
        if self.kind == z3.Z3_OP_IMPLIES:
            cause, effect = self.children
            return [(cause, not sense), (effect, sense)]
        return [(child, sense) for child in self.children]


def _outline(formula: z3.ExprRef) -> dict[int, _Part]:
    """The parts of `formula` by their numbers, each once, operands before what they are operands of."""
    parts: dict[int, _Part] = {}
    for term in subterms([formula]):
        function = term.decl()
        children = [child.get_id() for child in term.children()]
        named = operator(term) if children and is_operator(term) else ""
        parts[term.get_id()] = _Part(term, children, function.kind(), named, isinstance(term, z3.BoolRef))
    return parts


def normal_form(formula: z3.BoolRef, negated: bool = False) -> Normal:
    """`formula` (or its negation) in negation normal form, in which no conjunction stands in a conjunction.

    Raises ModelError where an operator stands inside a term that is no formula, where a bound or a clock is none, and for a
    formula that is nested too deep. The dualities are the standard ones: not (p until q) = (not p) release (not q).
    """
    parts = _outline(formula)
    _check_shape(parts)
    for part in parts.values():
        inner = any(parts[child].looks_ahead for child in part.children)
        part.looks_ahead = not (part.operator and is_past(part.term)) and (inner or bool(part.operator))
    root = formula.get_id()
    needed, joined = _joined(root, parts)
    known: dict[int, _Pair] = {}
    for number, part in parts.items():
        if number not in needed or not isinstance(part.term, z3.BoolRef):
            continue
        if not part.looks_ahead:
            known[number] = Literal.of(part.term), Literal.of(z3.Not(part.term))
        elif number in joined:
            straight = [known[child][not sense] for child, sense in joined[number]]
            opposite = [known[child][sense] for child, sense in joined[number]]
            if part.joins(True) == "and":
                known[number] = _both(*straight), _either(*opposite)
            else:
                known[number] = _either(*straight), _both(*opposite)
        else:
            known[number] = _converted(part.term, [known[child] for child in part.children if parts[child].is_formula])
    return known[root][negated]


def flattened(formula: z3.BoolRef) -> z3.BoolRef:
    """`formula`, for readers that are recursive: if it is nested deep, no conjunction stands in a conjunction.

    Nothing else is changed, and nothing at all in a formula that is not.
    """
    parts = _outline(formula)
    deep: dict[int, int] = {}
    for number, part in parts.items():
        below = max((deep[child] for child in part.children), default=0)
        part.looks_ahead = bool(part.operator or below)
        deep[number] = below + 1 if part.looks_ahead else 0
    root = formula.get_id()
    if deep[root] <= DEEPEST:
        return formula
    needed, joined = _joined(root, parts)
    made: dict[int, z3.ExprRef] = {}
    for number, part in parts.items():
        if number not in needed:
            continue
        if not part.looks_ahead:
            made[number] = part.term
        elif number in joined:
            joins = z3.And if part.joins(True) == "and" else z3.Or
            made[number] = joins([_in_sense(made[child], sense) for child, sense in joined[number]])
        else:
            made[number] = part.term.decl()(*(made[child] for child in part.children))
    whole = made[root]
    assert isinstance(whole, z3.BoolRef)
    return whole


def _in_sense(term: z3.ExprRef, sense: bool) -> z3.BoolRef:
    assert isinstance(term, z3.BoolRef)
    return term if sense else z3.Not(term)


def _joined(root: int, parts: dict[int, _Part]) -> tuple[set[int], dict[int, list[_Sense]]]:
    """The parts that are needed if what is joined is flat, and what each conjunction or disjunction among them joins."""
    joined: dict[int, list[_Sense]] = {}
    needed = {root}
    for number, part in reversed(parts.items()):
        if number in needed and part.looks_ahead:
            if part.joins(True):
                joined[number] = _flattened(number, parts)
                needed.update(child for child, _ in joined[number])
            else:
                needed.update(part.children)
    return needed, joined


def _flattened(number: int, parts: dict[int, _Part]) -> list[_Sense]:
    """What a conjunction (or disjunction) joins, however deep it is nested in others of its kind: each once, in order."""
    wanted = parts[number].joins(True)
    found: dict[_Sense, None] = {}
    seen: set[_Sense] = set()
    stack: list[_Sense] = [(number, True)]
    while stack:
        here = stack.pop()
        if here in seen:
            continue
        seen.add(here)
        part, sense = parts[here[0]], here[1]
        if part.looks_ahead and part.kind == z3.Z3_OP_NOT:
            stack.append((part.children[0], not sense))
        elif part.looks_ahead and part.joins(sense) == wanted:
            stack += reversed(part.senses(sense))
        else:
            found[here] = None
    return list(found)


def _converted(term: z3.BoolRef, parts: list[_Pair]) -> _Pair:
    """The forms of `term` and of its negation, given those of its operands."""
    match operator(term) if is_operator(term) else term.decl().kind(), parts:
        case "next", [(part, opposite)]:
            return Next(part), Next(opposite)
        case "always", [(part, opposite)]:
            return Release(_constant(False), part), Until(_constant(True), opposite)
        case "eventually", [(part, opposite)]:
            return Until(_constant(True), part), Release(_constant(False), opposite)
        case "until", [(hold, not_hold), (goal, not_goal)]:
            return Until(hold, goal), Release(not_hold, not_goal)
        case "release", [(free, not_free), (keep, not_keep)]:
            return Release(free, keep), Until(not_free, not_keep)
        case "weak_until", [(hold, not_hold), (goal, not_goal)]:
            # p weak_until q = q release (p or q); its negation is (not q) until (not p and not q)
            return Release(goal, _either(hold, goal)), Until(not_goal, _both(not_hold, not_goal))
        case "eventually_within", [(part, opposite)]:
            return Within(part, _limit(term)), Throughout(opposite, _limit(term))
        case "always_for", [(part, opposite)]:
            return Throughout(part, _limit(term)), Within(opposite, _limit(term))
        case z3.Z3_OP_NOT, [(part, opposite)]:
            return opposite, part
        case z3.Z3_OP_EQ, [first, second]:
            return _alike(first, second), _alike(first, second[::-1])
        case ((z3.Z3_OP_XOR | z3.Z3_OP_DISTINCT), [first, second]):
            return _alike(first, second[::-1]), _alike(first, second)
        case z3.Z3_OP_ITE, [test, then, other]:
            return (
                _either(_both(test[0], then[0]), _both(test[1], other[0])),
                _either(_both(test[0], then[1]), _both(test[1], other[1])),
            )
    raise ModelError(f"temporal operators cannot stand under {term.decl().name()!r}: {_begun(term)}")


def _constant(value: bool) -> Literal:
    return Literal.of(z3.BoolVal(value))


def _limit(term: z3.BoolRef) -> Limit:
    limit = limit_of(term)
    assert limit is not None
    return limit


def _alike(first: _Pair, second: _Pair) -> Normal:
    return _either(_both(first[0], second[0]), _both(first[1], second[1]))


def _both(*parts: Normal) -> Normal:
    return parts[0] if len(parts) == 1 else Both(parts)


def _either(*parts: Normal) -> Normal:
    return parts[0] if len(parts) == 1 else Either(parts)


_CONNECTIVES = frozenset(
    {z3.Z3_OP_NOT, z3.Z3_OP_AND, z3.Z3_OP_OR, z3.Z3_OP_IMPLIES, z3.Z3_OP_EQ, z3.Z3_OP_XOR, z3.Z3_OP_DISTINCT, z3.Z3_OP_ITE}
)


def check_shape(formula: z3.BoolRef) -> None:
    """Raise ModelError unless `formula` has a normal form; the message is that of `normal_form`."""
    _check_shape(_outline(formula))


def _check_shape(parts: dict[int, _Part]) -> None:
    """Raise ModelError unless operators stand under operators and connectives only, and not too deep under them."""
    depth: dict[_Sense, int] = {}
    joins: dict[_Sense, _Joining | None] = {}
    for number, part in parts.items():
        term, kind = part.term, part.kind
        below = any(depth[child, True] for child in part.children)
        if part.operator:
            limit_of(term)
        elif below:
            pair = (z3.Z3_OP_EQ, z3.Z3_OP_XOR, z3.Z3_OP_DISTINCT)
            if not part.is_formula or not all(parts[child].is_formula for child in part.children):
                raise ModelError(f"a temporal operator stands inside a term that is no formula: {_begun(term)}")
            if kind not in _CONNECTIVES or (kind in pair and len(part.children) != 2):  # noqa: PLR2004  # of two, it is a connective
                raise ModelError(f"temporal operators cannot stand under {term.decl().name()!r}: {_begun(term)}")
        for sense in (True, False):
            own: _Joining | None = None
            level = 0
            if part.operator or below:
                own = part.joins(sense)
                inner = [(child, sense) for child in part.children] if own is None else part.senses(sense)
                level = 1 + max(depth[one] - (own is not None and joins[one] == own) for one in inner)
                if kind == z3.Z3_OP_NOT and parts[part.children[0]].kind != z3.Z3_OP_NOT:
                    opposite = part.children[0], not sense
                    own = joins[opposite]
                    level = depth[opposite] + (own is None)
            depth[number, sense], joins[number, sense] = max(level, int(bool(part.operator or below))), own
        if depth[number, True] > DEEPEST:
            raise ModelError(f"the formula is nested more than {DEEPEST} operators deep; a bounded operator may say the same")


def _begun(term: z3.ExprRef) -> str:
    """The beginning of a term, for a message: it may be long."""
    text = " ".join(term.sexpr().split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ..."


_SHOWN = 200
