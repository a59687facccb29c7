"""Formulas taken apart: into the questions that a claim consists of, and into the terms about one position that it is made of."""

from collections.abc import Callable, Iterable

import z3

from dialproof.core.ltl.operators import always, is_operator, is_past, is_temporal, limit_of, operands
from dialproof.core.terms import subterms


def with_state_terms(formula: z3.BoolRef, image: Callable[[z3.BoolRef], z3.BoolRef]) -> z3.BoolRef:
    """`formula` with `image` of each of its state terms in that term's place; bounds and clocks stay as they are."""
    temporal = _temporal(formula)
    images: dict[int, z3.ExprRef] = {}
    for part in subterms([formula]):
        if temporal[part.get_id()]:
            images[part.get_id()] = part.decl()(
                *(
                    images[child.get_id()]
                    if temporal[child.get_id()]
                    else image(child)
                    if isinstance(child, z3.BoolRef)
                    else child
                    for child in part.children()
                )
            )
    made = images.get(formula.get_id())
    whole = image(formula) if made is None else made
    assert isinstance(whole, z3.BoolRef)
    return whole


def _temporal(formula: z3.BoolRef) -> dict[int, bool]:
    """Of each part of `formula`, by its number, whether a temporal operator occurs in it."""
    temporal: dict[int, bool] = {}
    for part in subterms([formula]):
        temporal[part.get_id()] = is_operator(part) or any(temporal[child.get_id()] for child in part.children())
    return temporal


def past_terms(formulas: Iterable[z3.BoolRef]) -> list[z3.BoolRef]:
    """Every part of `formulas` whose outermost function is a past operator, each once, inner ones before outer ones."""
    return [part for part in subterms(formulas) if isinstance(part, z3.BoolRef) and is_past(part)]


def clocks_of(formulas: Iterable[z3.BoolRef]) -> set[str]:
    """The names of the variables that bounded operators in `formulas` have for their clocks."""
    limits = [limit_of(part) for part in subterms(formulas) if is_operator(part)]
    return {limit.clock for limit in limits if limit is not None and limit.clock is not None}


def conjuncts(formula: z3.BoolRef) -> list[z3.BoolRef]:
    """Formulas that hold together exactly where `formula` holds: the smallest questions that it can be taken apart into.

    Always (p and q) is always p and always q; (p or q) implies r is (p implies r) and (q implies r), also where the cause is one
    of several conditions. In their order.
    """
    parts: list[z3.BoolRef] = []
    stack = [formula]
    while stack:
        current = stack.pop()
        inner = current.children()
        if z3.is_and(current):
            stack += [part for part in reversed(inner) if isinstance(part, z3.BoolRef)]
        elif is_operator(current) and current.decl().name() == "always":
            clauses = _clauses(inner[0])
            if len(clauses) == 1:
                parts.append(current)
            else:
                stack += [always(clause) for clause in reversed(clauses)]
        else:
            parts.append(current)
    return parts


def _clauses(term: z3.ExprRef) -> list[z3.BoolRef]:
    """Terms whose conjunction is `term`; `term` alone where it cannot be taken apart."""
    if z3.is_and(term):
        return operands(term)
    if z3.is_implies(term):
        cause, effect = operands(term)
        if z3.is_and(effect):
            return [z3.Implies(cause, part) for part in operands(effect)]
        conditions = operands(cause) if z3.is_and(cause) else [cause]
        for place, condition in enumerate(conditions):
            if z3.is_or(condition) and not is_temporal(condition):
                others = conditions[:place] + conditions[place + 1 :]
                return [z3.Implies(z3.And(part, *others) if others else part, effect) for part in operands(condition)]
    assert isinstance(term, z3.BoolRef)
    return [term]
