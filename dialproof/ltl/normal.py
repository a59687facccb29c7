"""Formulas in negation normal form: what engines, monitors and the exhaustive search start from.

Negation is pushed down to the literals. A part that speaks of now and of earlier positions only *is* a literal, however
complicated: what has happened is known at each position, so that nothing needs to be owed for it. Its negation is the negated
term, and no dual of a past operator is needed (Kesten, Pnueli, "A complete proof system for QPTL", 2002, on testers that
compute the past).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import z3

from dialproof.errors import ModelError
from dialproof.ltl.operators import Limit, is_operator, is_past, limit_of, operands, operator
from dialproof.terms import subterms

DEEPEST = 200
"""How deep operators may be nested in each other; formulas that people write are not, and every reader of them is recursive."""


@dataclass(frozen=True)
class Literal:
    """A Boolean term without future operators, except below past ones. Two are equal if their terms are the same term."""

    term: z3.BoolRef = field(compare=False, repr=False)
    key: int

    @classmethod
    def of(cls, term: z3.BoolRef) -> "Literal":
        """The literal of `term`."""
        return cls(term, term.get_id())


@dataclass(frozen=True)
class Both:
    """All of `parts` hold."""

    parts: tuple["Normal", ...]


@dataclass(frozen=True)
class Either:
    """One of `parts` holds."""

    parts: tuple["Normal", ...]


@dataclass(frozen=True)
class Next:
    """`part` holds at the next position."""

    part: "Normal"


@dataclass(frozen=True)
class Until:
    """`goal` holds at some position, `hold` at each before it."""

    hold: "Normal"
    goal: "Normal"


@dataclass(frozen=True)
class Release:
    """`keep` holds up to and including the first position at which `free` holds; for ever if there is none."""

    free: "Normal"
    keep: "Normal"


@dataclass(frozen=True)
class Within:
    """`goal` holds at some position, before `limit` is passed."""

    goal: "Normal"
    limit: Limit


@dataclass(frozen=True)
class Throughout:
    """`keep` holds at every position, until `limit` is passed."""

    keep: "Normal"
    limit: Limit


Normal = Literal | Both | Either | Next | Until | Release | Within | Throughout
"""A formula in negation normal form: negation stands only inside literals."""

_Pair = tuple[Normal, Normal]
"""A formula and its negation."""


def normal_form(formula: z3.BoolRef, negated: bool = False) -> Normal:
    """`formula` (or its negation) in negation normal form.

    Raises ModelError where an operator stands inside a term that is no formula, where a bound or a clock is none, and for a
    formula that is nested too deep. The dualities are the standard ones: not (p until q) = (not p) release (not q).
    """
    ordered = [(part, part.children()) for part in subterms([formula])]  # children first
    looks_ahead: dict[int, bool] = {}
    for part, children in ordered:
        inner = any(looks_ahead[child.get_id()] for child in children)
        looks_ahead[part.get_id()] = not (children and is_past(part)) and (inner or bool(children and is_operator(part)))
    _check_shape(ordered)
    known: dict[int, _Pair] = {}

    def pair(term: z3.BoolRef) -> _Pair:
        """What is known of an operand; a literal is made where it is first asked for."""
        if term.get_id() not in known:
            assert not looks_ahead[term.get_id()]
            known[term.get_id()] = Literal.of(term), Literal.of(z3.Not(term))
        return known[term.get_id()]

    for part, _ in ordered:
        if isinstance(part, z3.BoolRef) and looks_ahead[part.get_id()]:
            known[part.get_id()] = _converted(part, [pair(operand) for operand in operands(part)])
    return pair(formula)[negated]


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
        case z3.Z3_OP_AND, _:
            return _both(*(part for part, _ in parts)), _either(*(opposite for _, opposite in parts))
        case z3.Z3_OP_OR, _:
            return _either(*(part for part, _ in parts)), _both(*(opposite for _, opposite in parts))
        case z3.Z3_OP_IMPLIES, [(cause, not_cause), (effect, not_effect)]:
            return _either(not_cause, effect), _both(cause, not_effect)
        case z3.Z3_OP_EQ, [first, second]:
            return _alike(first, second), _alike(first, second[::-1])
        case ((z3.Z3_OP_XOR | z3.Z3_OP_DISTINCT), [first, second]):
            return _alike(first, second[::-1]), _alike(first, second)
        case z3.Z3_OP_ITE, [test, then, other]:
            return (
                _either(_both(test[0], then[0]), _both(test[1], other[0])),
                _either(_both(test[0], then[1]), _both(test[1], other[1])),
            )
    raise ModelError(f"temporal operators cannot stand under {term.decl().name()!r}: {term.sexpr()}")


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


def _check_shape(ordered: list[tuple[z3.ExprRef, list[z3.ExprRef]]]) -> None:
    """Raise ModelError unless operators stand under operators and connectives only, and not too deep under them."""
    depth: dict[int, int] = {}
    for term, children in ordered:
        below = max((depth[child.get_id()] for child in children), default=0)
        own = bool(children) and is_operator(term)
        depth[term.get_id()] = below + 1 if own or below else 0
        if own:
            limit_of(term)
        elif below:
            kind, pair = term.decl().kind(), (z3.Z3_OP_EQ, z3.Z3_OP_XOR, z3.Z3_OP_DISTINCT)
            if not isinstance(term, z3.BoolRef) or not all(isinstance(child, z3.BoolRef) for child in children):
                raise ModelError(f"a temporal operator stands inside a term that is no formula: {term.sexpr()}")
            if kind not in _CONNECTIVES or (kind in pair and len(children) != 2):  # noqa: PLR2004  # of two, it is a connective
                raise ModelError(f"temporal operators cannot stand under {term.decl().name()!r}: {term.sexpr()}")
        if depth[term.get_id()] > DEEPEST:
            raise ModelError(f"the formula is nested more than {DEEPEST} operators deep; a bounded operator may say the same")


def parts_of(formula: Normal) -> tuple[Normal, ...]:
    """The immediate subformulas."""
    match formula:
        case Literal():
            return ()
        case Both(parts) | Either(parts):
            return parts
        case Next(part) | Within(part, _) | Throughout(part, _):
            return (part,)
        case Until(hold, goal):
            return (hold, goal)
        case Release(free, keep):
            return (free, keep)


def all_parts(formula: Normal) -> Iterator[Normal]:
    """`formula` and every part of it, each once."""
    found = {formula: None}
    stack = [formula]
    while stack:
        part = stack.pop()
        yield part
        for inner in parts_of(part):
            if inner not in found:
                found[inner] = None
                stack.append(inner)


def is_co_safe(formula: Normal) -> bool:
    """Whether every run that satisfies `formula` has a finite beginning that already decides so (syntactically).

    So it is where nothing has to hold for ever: no release, nothing throughout a time that need not pass, and no past that
    speaks of the future.
    """
    return all(_is_settled_in_time(part) for part in all_parts(formula))


def _is_settled_in_time(part: Normal) -> bool:
    match part:
        case Release() | Throughout(limit=Limit(clock=str())):
            return False
        case Literal(term):
            return not any(is_operator(inner) and not is_past(inner) for inner in subterms([term]))
    return True
