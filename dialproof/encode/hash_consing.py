"""Terms that are numbered by what they are made of, and made only where somebody asks for them.

Equal numbers are equal terms, by construction. To make a term costs many calls of z3; to number it costs a look into a table. Of
a thousand local forms that are all the same, one is made.
"""

from collections.abc import Callable, Sequence
from typing import cast

import z3

Operands = tuple[int, ...]

Make = Callable[[list[z3.ExprRef]], z3.ExprRef]
"""Makes a term of its operands."""


class Recipes:
    """Numbered terms."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[object, Operands], int] = {}
        self._recipes: list[tuple[Make, Operands]] = []
        self._made: dict[int, z3.ExprRef] = {}
        self._given: dict[int, int] = {}
        self._true, self._false = self.given(z3.BoolVal(True)), self.given(z3.BoolVal(False))

    def given(self, term: z3.ExprRef) -> int:
        """The number of a term that exists. It is kept alive: z3 gives the number of a term that is gone to another one."""
        key = term.get_id()
        if key not in self._given:
            self._given[key] = self._number(("given", (key,)), lambda _: term, ())
            self._made[self._given[key]] = term
        return self._given[key]

    def applied(self, function: z3.FuncDeclRef, operands: Sequence[int]) -> int:
        """`function` of the terms with these numbers."""
        return self._number((function.get_id(), tuple(operands)), lambda parts: function(*parts), tuple(operands))

    def conjunction(self, parts: Sequence[int]) -> int:
        """All of `parts`, without those that are literally true."""
        kept = tuple(part for part in parts if part != self._true)
        if len(kept) > 1:
            return self._number(("and", kept), _and, kept)
        return kept[0] if kept else self._true

    def disjunction(self, parts: Sequence[int]) -> int:
        """One of `parts`; literally true as soon as one is."""
        if self._true in parts:
            return self._true
        if len(parts) > 1:
            return self._number(("or", tuple(parts)), _or, tuple(parts))
        return parts[0] if parts else self._false

    def negation(self, part: int) -> int:
        """Not `part`."""
        return self._number(("not", (part,)), _not, (part,))

    def choice(self, condition: int, then: int, otherwise: int) -> int:
        """`then` where `condition` holds, and `otherwise` where it does not."""
        return self._number(("if", (condition, then, otherwise)), _if_then_else, (condition, then, otherwise))

    def term(self, number: int) -> z3.ExprRef:
        """The term with this number."""
        stack = [number]
        while stack:
            current = stack[-1]
            if current in self._made:
                stack.pop()
                continue
            make, operands = self._recipes[current]
            missing = [operand for operand in operands if operand not in self._made]
            if missing:
                stack += missing
                continue
            self._made[current] = make([self._made[operand] for operand in operands])
        return self._made[number]

    def condition(self, number: int) -> z3.BoolRef:
        """The term with this number, a Boolean one."""
        term = self.term(number)
        assert isinstance(term, z3.BoolRef)
        return term

    def _number(self, key: tuple[object, Operands], make: Make, operands: Operands) -> int:
        known = self._numbers.get(key)
        if known is None:
            known = self._numbers[key] = len(self._recipes)
            self._recipes.append((make, operands))
        return known


def _and(parts: list[z3.ExprRef]) -> z3.ExprRef:
    return z3.And(cast("list[z3.BoolRef]", parts))


def _or(parts: list[z3.ExprRef]) -> z3.ExprRef:
    return z3.Or(cast("list[z3.BoolRef]", parts))


def _not(parts: list[z3.ExprRef]) -> z3.ExprRef:
    (part,) = parts
    assert isinstance(part, z3.BoolRef)
    return z3.Not(part)


def _if_then_else(parts: list[z3.ExprRef]) -> z3.ExprRef:
    condition, then, otherwise = parts
    assert isinstance(condition, z3.BoolRef)
    return z3.If(condition, then, otherwise)
