"""Formulas of a shape that has an encoding of its own: what is seen in one look, justice, compassion."""

import z3

from dialproof.core.ltl import Both, Either, Literal, Normal, Release, Until
from dialproof.encode.transitions import conjunction, disjunction


def seen_at_once(negation: Normal) -> z3.BoolRef | None:
    """What holds of the state that loses the formula, where one look at that state is enough."""
    match negation:
        case Until(Literal(hold), goal) if z3.is_true(hold) and is_now(goal):
            return now(goal)
    return None


def is_now(formula: Normal) -> bool:
    """Whether `formula` speaks of one position only."""
    return isinstance(formula, Literal) or (isinstance(formula, Both | Either) and all(map(is_now, formula.parts)))


def now(formula: Normal) -> z3.BoolRef:
    """A formula about one position, as one term."""
    match formula:
        case Literal(term):
            return term
        case Both(parts):
            return conjunction([now(part) for part in parts])
        case Either(parts):
            return disjunction([now(part) for part in parts])
    raise AssertionError("only formulas about one position are terms")


def as_justice(formula: Normal) -> z3.BoolRef | None:
    """p, where `formula` is "infinitely often p"."""
    match formula:
        case Release(Literal(free), Until(Literal(hold), goal)) if z3.is_false(free) and z3.is_true(hold) and is_now(goal):
            return now(goal)
    return None


def as_compassion(formula: Normal) -> tuple[z3.BoolRef, z3.BoolRef] | None:
    """(p, q), where `formula` is "infinitely often p implies infinitely often q"."""
    if not isinstance(formula, Either) or len(formula.parts) != 2:  # noqa: PLR2004  # an implication has two sides
        return None
    for finally_never, recurring in (formula.parts, formula.parts[::-1]):
        given = as_justice(recurring)
        match finally_never:
            case Until(Literal(hold), Release(Literal(free), keep)) if z3.is_true(hold) and z3.is_false(free) and is_now(keep):
                if given is not None:
                    return z3.Not(now(keep)), given
    return None
