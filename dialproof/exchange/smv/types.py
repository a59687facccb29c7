"""The types of SMV variables: truth values, numbers, and symbols, which are choices here.

Two enumerations that share a symbol can be compared with each other, so they are made of the same choice; a variable that may
have some of its values only is held to them by a condition.
"""

from dataclasses import dataclass

import z3
from lark import Token, Tree

from dialproof.core.variables import Domain, Kind
from dialproof.exchange.naming import usable_names
from dialproof.exchange.smv.grammar import Part
from dialproof.exchange.smv.modules import Declared, Flat

Symbol = int | str


@dataclass(frozen=True, eq=False)
class SmvType:
    """The values of a variable: those of `domain`, or of them only `members` where that is set."""

    domain: Domain
    members: tuple[Symbol, ...] | None = None

    def holds(self, term: z3.ExprRef) -> z3.BoolRef:
        """That `term` is one of the values."""
        if self.members is None:
            return self.domain.restriction(term)
        return z3.Or([term == self.domain.term(member) for member in self.members])


class Symbols:
    """The symbols of a file, and the choice that each of them is a value of."""

    def __init__(self, flat: Flat) -> None:
        self._text = flat.text
        groups: dict[str, dict[str, None]] = {}
        listed: list[list[Symbol]] = [self._listed(one) for one in flat.variables]
        listed += [[str(constant)] for constant in flat.constants]
        for members in listed:
            named = [member for member in members if isinstance(member, str)]
            merged: dict[str, None] = {}
            for member in named:
                merged |= groups.get(member, {member: None})
            groups |= dict.fromkeys(merged, merged)
        self._called = usable_names(groups, "a value of a choice")
        self._domains: dict[str, Domain] = {}
        for member, group in groups.items():
            values = tuple(self._called[value] for value in group)
            self._domains[member] = Domain(Kind.CHOICE, values=values, sort_name=f"symbols with {values[0]}")

    def term(self, symbol: str) -> z3.ExprRef | None:
        """The value called `symbol`; None for a name that is no symbol."""
        domain = self._domains.get(symbol)
        return None if domain is None else domain.term(self._called[symbol])

    def enumeration(self, declared: Declared) -> SmvType:
        """The type of a variable that is declared with a list of values. Raises ScenarioError."""
        members = self._listed(declared)
        numbers = sorted(member for member in members if isinstance(member, int))
        named = [member for member in members if isinstance(member, str)]
        if numbers and named:
            self._text.refuse(
                declared.kind.tree, "numbers and symbols in one enumeration are outside the part of SMV that is read"
            )
        if numbers:
            domain = Domain(Kind.INTEGER, low=numbers[0], high=numbers[-1])
            return SmvType(domain, None if len(numbers) == len(domain.members()) else tuple(numbers))
        domain = self._domains[named[0]]
        values = tuple(self._called[name] for name in named)
        return SmvType(domain, None if set(values) == set(domain.values) else values)

    def _listed(self, declared: Declared) -> list[Symbol]:
        """The values in a list; none for a type of another kind."""
        kind = declared.kind.tree
        if not isinstance(kind, Tree) or kind.data != "enumeration":
            return []
        (listed,) = kind.children
        assert isinstance(listed, Tree)
        found = [self._member(part) for part in listed.children]
        if len(set(found)) != len(found):
            self._text.refuse(kind, "a value is listed twice")
        return found

    def _member(self, part: Part) -> Symbol:
        match part:
            case Tree(data="path", children=[Token() as name]) if name.type == "IDENTIFIER":
                return str(name)
            case Tree(data="number", children=[Token() as number]):
                return int(number)
            case Tree(data="minus", children=[_, Tree(data="number", children=[Token() as number])]):
                return -int(number)
        raise self._text.error(part, "an enumeration lists symbols or numbers; for truth values write boolean")
