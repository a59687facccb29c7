"""Formulas in SPIN's notation, with nothing left that SPIN has no operator for: neither `next` nor the past.

SPIN's packages are built without `next`. But `next` can be pushed down to the atoms, since a run satisfies next (p until q) if
and only if it satisfies (next p) until (next q), and so with every other operator. An atom under so many `next` is then read so
many positions later, and the whole formula is evaluated that much behind the run: an atom that looks ahead less far than the
farthest waits in a shift register until its turn comes. What bounds a number of steps is written out with `next`.

The past needs no operator either: what has happened is known at each position, so that a part which speaks of the past
alone is an atom. And what a run does before the atoms mean something (`begun` is false then) must not count: where begun is
false first and true for ever after, it is enough that the outermost operators say so.
"""

from collections.abc import Callable

import z3

from dialproof.core import ltl
from dialproof.core.errors import NotApplicable
from dialproof.core.terms import subterms

Text = Callable[[], str]
"""A part of a formula, to be asked for when all formulas are known."""

MOST_STEPS = 32
"""How many steps a bound may count; each is written out."""


class DelayedFormulas:
    """Formulas over atoms of the forms p0, p1, ...; `atoms` are their terms, in that order.

    Use `written` on every formula first; then `delay` is how many positions the atoms are behind, and each text can be made.
    Raises NotApplicable for an operator that cannot be said.
    """

    def __init__(self) -> None:
        self.atoms: list[z3.BoolRef] = []
        self.delay = 0
        self._numbers: dict[int, int] = {}
        self._ahead: dict[int, int] = {}

    def register(self, atom: int) -> int:
        """How many earlier values of an atom have to be kept."""
        return self.delay - self._ahead[atom]

    def written(self, formula: z3.BoolRef) -> Text:
        """`formula` at the first position at which begun is true, in SPIN's notation."""
        return self._converted(ltl.flattened(formula), 0, outermost=True)

    def _converted(self, term: z3.ExprRef, ahead: int, *, outermost: bool = False) -> Text:
        assert isinstance(term, z3.BoolRef)
        if z3.is_true(term) or z3.is_false(term):
            return lambda: "true" if z3.is_true(term) else "false"
        if not looks_ahead(term):
            atom = self._atom(term, ahead)
            return (lambda: f"((!begun) U (begun && {atom()}))") if outermost else atom
        if ltl.is_past(term):
            raise NotApplicable(
                f"{ltl.operator(term)!r} is about a formula of the future here, which SPIN cannot say: {term.sexpr()}"
            )
        if not ltl.is_operator(term):
            return _connective(term, [self._converted(part, ahead, outermost=outermost) for part in ltl.operands(term)])
        name, parts = ltl.operator(term), ltl.operands(term)
        if name == "next":
            return self._converted(parts[0], ahead + 1, outermost=outermost)
        if name in ("eventually_within", "always_for"):
            return self._bounded(term, ahead, outermost)
        converted = [self._converted(part, ahead) for part in parts]
        if name == "weak_until":  # p weak_until q = q release (p or q)
            hold, goal = converted
            name, converted = "release", [goal, lambda: f"({hold()} || {goal()})"]
        return _operator(name, converted, outermost)

    def _bounded(self, term: z3.BoolRef, ahead: int, outermost: bool) -> Text:
        bound = steps_of(term)
        (inner,) = ltl.operands(term)
        parts = [self._converted(inner, ahead + step, outermost=outermost) for step in range(bound + 1)]
        sign = " || " if ltl.operator(term) == "eventually_within" else " && "
        return lambda: f"({sign.join(part() for part in parts)})"

    def _atom(self, term: z3.BoolRef, ahead: int) -> Text:
        number = self._numbers.setdefault(term.get_id(), len(self.atoms))
        if number == len(self.atoms):
            self.atoms.append(term)
        self._ahead[number] = min(ahead, self._ahead.get(number, ahead))
        self.delay = max(self.delay, ahead)
        return lambda: atom_name(number, self.delay - ahead)


def atom_name(number: int, age: int) -> str:
    """The variable that holds an atom's value `age` positions ago."""
    return f"p{number}" if age == 0 else f"p{number}_{age}"


def looks_ahead(term: z3.ExprRef) -> bool:
    """Whether an operator about later positions occurs in `term`."""
    return any(ltl.is_operator(part) and not ltl.is_past(part) for part in subterms([term]))


def steps_of(term: z3.ExprRef) -> int:
    """The number of steps that a bounded operator reaches. Raises NotApplicable for a clock, and for too many."""
    limit = ltl.limit_of(term)
    assert limit is not None
    if limit.clock is not None:
        raise NotApplicable(f"{ltl.operator(term)!r} on the clock {limit.clock!r} has no counterpart there: {term.sexpr()}")
    if limit.bound > MOST_STEPS:
        raise NotApplicable(
            f"{ltl.operator(term)!r} is written out step by step, at most {MOST_STEPS} of them; here: {limit.bound}"
        )
    return limit.bound


def _operator(name: str, parts: list[Text], outermost: bool) -> Text:
    """An operator; as the outermost one it leaves out the positions before `begun`."""
    if outermost:
        before = {
            "always": [_or_earlier],
            "eventually": [_and_begun],
            "until": [_or_earlier, _and_begun],
            "release": [_and_begun, _or_earlier],
        }[name]
        parts = [change(part) for change, part in zip(before, parts, strict=True)]
    sign = {"always": "[]", "eventually": "<>", "until": "U", "release": "V"}[name]
    if len(parts) == 1:
        return lambda: f"({sign} {parts[0]()})"
    return lambda: f"({parts[0]()} {sign} {parts[1]()})"


def _or_earlier(part: Text) -> Text:
    return lambda: f"(!begun || {part()})"


def _and_begun(part: Text) -> Text:
    return lambda: f"(begun && {part()})"


def _connective(term: z3.BoolRef, parts: list[Text]) -> Text:
    match term.decl().kind(), parts:
        case z3.Z3_OP_NOT, [part]:
            return lambda: f"(!{part()})"
        case z3.Z3_OP_AND, _:
            return lambda: f"({' && '.join(part() for part in parts)})"
        case z3.Z3_OP_OR, _:
            return lambda: f"({' || '.join(part() for part in parts)})"
        case z3.Z3_OP_IMPLIES, [first, second]:
            return lambda: f"({first()} -> {second()})"
        case z3.Z3_OP_EQ, [first, second]:
            return lambda: f"({first()} <-> {second()})"
        case (z3.Z3_OP_XOR | z3.Z3_OP_DISTINCT, [first, second]):
            return lambda: f"(!({first()} <-> {second()}))"
        case z3.Z3_OP_ITE, [test, then, other]:
            return lambda: f"(({test()} && {then()}) || (!{test()} && {other()}))"
    raise NotApplicable(f"temporal operators cannot stand under {term.decl().name()!r}: {term.sexpr()}")
