"""Linear temporal logic over z3 terms.

A formula *is* a z3 Boolean: the temporal operators are uninterpreted functions from Bool to Bool to which the checker gives
their meaning (Pnueli, "The temporal logic of programs", 1977), so z3's own And, Or, Not, Implies connect them and atoms
need no wrapping. Positions of a run carry a state and the action taken in it; `enabled(a)` and `taken(a)` speak of both.
"""

from dataclasses import dataclass, field

import z3

from dialproof.errors import ModelError
from dialproof.terms import subterms

OPERATORS: dict[str, int] = {"always": 1, "eventually": 1, "next": 1, "until": 2, "weak_until": 2, "release": 2}
"""The temporal operators and the number of their operands."""


def _apply(name: str, *operands: z3.BoolRef | bool) -> z3.BoolRef:
    terms = [z3.BoolVal(operand) if isinstance(operand, bool) else operand for operand in operands]
    for term in terms:
        if not isinstance(term, z3.BoolRef):
            raise ModelError(f"{name}(...) takes Boolean terms; got {term!r}")
    function = z3.Function(name, *([z3.BoolSort()] * (len(terms) + 1)))
    applied = function(*terms)
    assert isinstance(applied, z3.BoolRef)
    return applied


def always(formula: z3.BoolRef | bool) -> z3.BoolRef:
    """`formula` holds now and at each later position."""
    return _apply("always", formula)


def eventually(formula: z3.BoolRef | bool) -> z3.BoolRef:
    """`formula` holds now or at some later position."""
    return _apply("eventually", formula)


def next_(formula: z3.BoolRef | bool) -> z3.BoolRef:
    """`formula` holds at the next position; there always is one."""
    return _apply("next", formula)


def until(first: z3.BoolRef | bool, second: z3.BoolRef | bool) -> z3.BoolRef:
    """`second` holds at some position, now or later, and `first` at every position before it."""
    return _apply("until", first, second)


def weak_until(first: z3.BoolRef | bool, second: z3.BoolRef | bool) -> z3.BoolRef:
    """`until(first, second)`, or `first` for ever."""
    return _apply("weak_until", first, second)


def release(first: z3.BoolRef | bool, second: z3.BoolRef | bool) -> z3.BoolRef:
    """`second` holds up to and including the position at which `first` holds, for ever if there is none."""
    return _apply("release", first, second)


def leads_to(cause: z3.BoolRef | bool, effect: z3.BoolRef | bool) -> z3.BoolRef:
    """Whenever `cause` holds, `effect` holds then or later."""
    return always(z3.Implies(cause, eventually(effect)))


def is_temporal(term: z3.ExprRef) -> bool:
    """Whether a temporal operator occurs in `term`."""
    seen: set[int] = set()
    stack = [term]
    while stack:
        current = stack.pop()
        if current.get_id() in seen:
            continue
        seen.add(current.get_id())
        if z3.is_app(current) and current.num_args() > 0 and is_operator(current):
            return True
        stack.extend(current.children())
    return False


def is_operator(term: z3.ExprRef) -> bool:
    """Whether the outermost function of `term` is a temporal operator."""
    declaration = term.decl()
    return declaration.kind() == z3.Z3_OP_UNINTERPRETED and OPERATORS.get(declaration.name()) == term.num_args()


@dataclass(frozen=True)
class Literal:
    """A Boolean term without temporal operators. Two literals are equal if their terms are the same term."""

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


Normal = Literal | Both | Either | Next | Until | Release
"""A formula in negation normal form: negation stands only inside literals."""


def normal_form(formula: z3.BoolRef, negated: bool = False) -> Normal:
    """`formula` (or its negation) in negation normal form. Raises ModelError for a temporal operator inside a non-Boolean term.

    The dualities are the standard ones: not (p until q) = (not p) release (not q), not next p = next not p.
    """
    temporal: dict[int, bool] = {}
    for part in subterms([formula]):  # children first, so that a deep term needs no deep recursion
        temporal[part.get_id()] = is_operator(part) or any(temporal[child.get_id()] for child in part.children())

    def convert(term: z3.ExprRef, negative: bool) -> Normal:
        if not isinstance(term, z3.BoolRef):
            raise ModelError(f"a temporal operator stands inside a term that is no formula: {term.sexpr()}")
        if not temporal[term.get_id()]:
            return Literal.of(z3.Not(term) if negative else term)
        if is_operator(term):
            return convert_temporal(term, negative)
        return convert_connective(term, negative)

    def convert_temporal(term: z3.BoolRef, negative: bool) -> Normal:
        operands = [convert(child, negative) for child in term.children()]
        constant = Literal.of(z3.BoolVal(True)), Literal.of(z3.BoolVal(False))
        name = term.decl().name()
        if name == "next":
            return Next(operands[0])
        if name in ("always", "eventually"):
            is_eventually = (name == "eventually") != negative
            return Until(constant[0], operands[0]) if is_eventually else Release(constant[1], operands[0])
        if name == "until":
            return Release(*operands) if negative else Until(*operands)
        if name == "release":
            return Until(*operands) if negative else Release(*operands)
        # p weak_until q = q release (p or q); its negation is (not q) until (not p and not q)
        hold, goal = operands
        return Until(goal, _both(hold, goal)) if negative else Release(goal, _either(hold, goal))

    def convert_connective(term: z3.BoolRef, negative: bool) -> Normal:
        kind = term.decl().kind()
        children = term.children()
        if kind == z3.Z3_OP_NOT:
            return convert(children[0], not negative)
        if kind in (z3.Z3_OP_AND, z3.Z3_OP_OR):
            parts = [convert(child, negative) for child in children]
            return _both(*parts) if (kind == z3.Z3_OP_AND) != negative else _either(*parts)
        if kind == z3.Z3_OP_IMPLIES:
            parts = [convert(children[0], not negative), convert(children[1], negative)]
            return _both(*parts) if negative else _either(*parts)
        if kind in (z3.Z3_OP_EQ, z3.Z3_OP_XOR, z3.Z3_OP_DISTINCT) and len(children) == 2:  # noqa: PLR2004  # binary
            same = (kind == z3.Z3_OP_EQ) != negative
            first, second = children
            return _either(
                _both(convert(first, False), convert(second, not same)), _both(convert(first, True), convert(second, same))
            )
        if kind == z3.Z3_OP_ITE:
            test, then, other = children
            return _either(
                _both(convert(test, False), convert(then, negative)), _both(convert(test, True), convert(other, negative))
            )
        raise ModelError(f"temporal operators cannot stand under {term.decl().name()!r}: {term.sexpr()}")

    return convert(formula, negated)


def _both(*parts: Normal) -> Normal:
    return parts[0] if len(parts) == 1 else Both(parts)


def _either(*parts: Normal) -> Normal:
    return parts[0] if len(parts) == 1 else Either(parts)


def parts_of(formula: Normal) -> tuple[Normal, ...]:
    """The immediate subformulas."""
    match formula:
        case Literal():
            return ()
        case Both(parts) | Either(parts):
            return parts
        case Next(part):
            return (part,)
        case Until(hold, goal):
            return (hold, goal)
        case Release(free, keep):
            return (free, keep)


def is_co_safe(formula: Normal) -> bool:
    """Whether every run that satisfies `formula` has a finite beginning that already decides so (syntactically: no release)."""
    return not isinstance(formula, Release) and all(is_co_safe(part) for part in parts_of(formula))
