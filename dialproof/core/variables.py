"""State variables: z3 constants that know their values.

z3's Python API is the modelling language, so a variable *is* a z3 constant and is used in terms as one. It also knows its
kind, its range and how to say what it stands for; a choice carries its values as attributes (`line.down`).

Values of a choice are constructors of an enumeration datatype whose name holds its values, so that the same choice made
twice is the same sort and two different choices can never share one.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TypeVar

import z3

from dialproof.core.errors import ModelError
from dialproof.core.names import check_name, nearest

Value = bool | int | str
"""What a variable holds in a state, as Python sees it: a Boolean, an integer, or the name of a choice's value."""


class Kind(Enum):
    """What a variable can hold."""

    BOOLEAN = "boolean"
    CHOICE = "choice"
    INTEGER = "integer"


@dataclass(frozen=True)
class Domain:
    """The values that a variable can take.

    `values` is set for a choice; `low` and `high` for an integer, where None leaves that side unbounded. `sort_name` is
    the reader's name for a choice's type: choices that share it and their values can be compared with each other.
    """

    kind: Kind
    values: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    sort_name: str = ""

    @property
    def is_finite(self) -> bool:
        """Whether there are finitely many values."""
        return self.kind is not Kind.INTEGER or (self.low is not None and self.high is not None)

    @property
    def size(self) -> int | None:
        """How many values there are; None where they are infinitely many."""
        if self.kind is not Kind.INTEGER:
            return len(self.values) or 2
        return None if self.low is None or self.high is None else self.high - self.low + 1

    def members(self) -> Sequence[Value]:
        """Every value, in order. Raises ModelError for an unbounded integer."""
        if self.kind is Kind.BOOLEAN:
            return (False, True)
        if self.kind is Kind.CHOICE:
            return self.values
        if self.low is None or self.high is None:
            raise ModelError("an unbounded integer has no list of values; give it both bounds")
        return range(self.low, self.high + 1)

    def contains(self, value: Value) -> bool:
        """Whether `value` belongs here; a bool is never an integer, nor an integer a bool."""
        if self.kind is Kind.BOOLEAN:
            return isinstance(value, bool)
        if self.kind is Kind.CHOICE:
            return isinstance(value, str) and value in self.values
        return (
            isinstance(value, int)
            and not isinstance(value, bool)
            and (self.low is None or value >= self.low)
            and (self.high is None or value <= self.high)
        )

    def sort(self) -> z3.SortRef:
        """The z3 sort of the variable."""
        if self.kind is Kind.BOOLEAN:
            return z3.BoolSort()
        if self.kind is Kind.INTEGER:
            return z3.IntSort()
        return _enumeration(self.sort_name, self.values)

    def term(self, value: Value) -> z3.ExprRef:
        """The z3 literal for `value`. Raises ModelError if it does not belong to the domain."""
        if not self.contains(value):
            raise ModelError(f"{value!r} is no value of {self}")
        if isinstance(value, bool):
            return z3.BoolVal(value)
        if isinstance(value, int):
            return z3.IntVal(value)
        sort = _enumeration(self.sort_name, self.values)
        return sort.constructor(self.values.index(value))()

    def value(self, literal: z3.ExprRef) -> Value:
        """The Python value of a z3 literal of this sort, as a model gives it."""
        if z3.is_true(literal):
            return True
        if z3.is_false(literal):
            return False
        if isinstance(literal, z3.IntNumRef):
            return literal.as_long()
        return _value_in(literal, self.sort_name)

    def restriction(self, term: z3.ExprRef) -> z3.BoolRef:
        """That `term` lies in the range (`true` where the sort already says so)."""
        if not isinstance(term, z3.ArithRef):
            return z3.BoolVal(True)
        sides = []
        if self.low is not None:
            sides.append(term >= self.low)
        if self.high is not None:
            sides.append(term <= self.high)
        return z3.And(sides) if sides else z3.BoolVal(True)

    def __str__(self) -> str:
        if self.kind is Kind.BOOLEAN:
            return "{false, true}"
        if self.kind is Kind.CHOICE:
            return "{" + ", ".join(self.values) + "}"
        low = "-∞" if self.low is None else self.low
        high = "∞" if self.high is None else self.high
        return f"{low}..{high}"


@lru_cache(maxsize=256)
def _enumeration(sort_name: str, values: tuple[str, ...]) -> z3.DatatypeSortRef:
    """The enumeration sort; it would be the same one if it was made anew, since its name holds its values, but that is slow."""
    datatype = z3.Datatype(f"{sort_name}{{{':'.join(values)}}}")
    for value in values:
        datatype.declare(f"{sort_name}:{value}")
    return datatype.create()


def choice_type(term: z3.ExprRef) -> str:
    """The reader's name for the type of `term`, a choice: no such name has a brace in it."""
    return term.sort().name().partition("{")[0]


def choice_values(term: z3.ExprRef) -> list[str]:
    """The values that `term`, a choice, can have."""
    sort = term.sort()
    assert isinstance(sort, z3.DatatypeSortRef)
    return [choice_value(sort.constructor(place)()) for place in range(sort.num_constructors())]


def choice_value(literal: z3.ExprRef) -> str:
    """Which value of a choice the constructor `literal` is."""
    return _value_in(literal, choice_type(literal))


def _value_in(literal: z3.ExprRef, sort_name: str) -> str:
    return literal.decl().name().removeprefix(f"{sort_name}:")


@dataclass(frozen=True)
class Variable:
    """The description of a state variable: its name, its domain, and what it stands for in the reader's words."""

    name: str
    domain: Domain
    says: str = ""

    @property
    def term(self) -> z3.ExprRef:
        """The z3 constant that stands for this variable in terms."""
        return z3.Const(self.name, self.domain.sort())

    @property
    def label(self) -> str:
        """What to call it in front of a reader."""
        return self.says or self.name

    def constant(self) -> "StateVariable":
        """The z3 constant that carries this description, as `boolean`, `choice` and `integer` make it."""
        kinds: dict[Kind, type[StateVariable]] = {Kind.BOOLEAN: Boolean, Kind.INTEGER: Integer, Kind.CHOICE: Choice}
        constant = self.term
        dressed = kinds[self.domain.kind](constant.as_ast(), constant.ctx)
        dressed.variable = self
        return dressed


class Boolean(z3.BoolRef):
    """A Boolean state variable: a z3 constant that knows its description (`variable`)."""

    variable: Variable


class Integer(z3.ArithRef):
    """An integer state variable: a z3 constant that knows its description (`variable`)."""

    variable: Variable


class Choice(z3.DatatypeRef):
    """A state variable with a finite list of named values, which are its attributes: `line.down`."""

    variable: Variable

    def __getattr__(self, name: str) -> z3.DatatypeRef:
        """The value called `name`, as a z3 term. Raises AttributeError if the choice has no such value."""
        variable = self.__dict__.get("variable")
        if variable is None:
            raise AttributeError(f"choice has no value {name!r}")
        if name not in variable.domain.values:
            raise AttributeError(f"{variable.name} has no value {name!r}; {nearest(name, variable.domain.values)}")
        return self[name]

    def __eq__(self, other: object) -> z3.BoolRef:  # type: ignore[override]  # as of every z3 term
        """The term "has the same value"; `other` is a value of the choice, or a choice of the same type. Raises ModelError."""
        self._compare("==", other)
        return super().__eq__(other)

    def __ne__(self, other: object) -> z3.BoolRef:  # type: ignore[override]  # as of every z3 term
        """The term "has another value"; `other` is a value of the choice, or a choice of the same type. Raises ModelError."""
        self._compare("!=", other)
        return super().__ne__(other)

    __hash__ = z3.DatatypeRef.__hash__

    def _compare(self, sign: str, other: object) -> None:
        """Raise ModelError unless `other` can be compared with this choice."""
        variable = self.__dict__.get("variable")
        if variable is None or other is None or (isinstance(other, z3.ExprRef) and other.sort().eq(self.sort())):
            return
        values = variable.domain.values
        found = f"{variable.name} {sign} {other!r}"
        if isinstance(other, str):
            meant = other if other in values else next(iter(difflib.get_close_matches(other, values, n=1)), values[0])
            written = f"{variable.name}.{meant}" if meant.isidentifier() else f"{variable.name}[{meant!r}]"
            raise ModelError(
                f"{found}: a choice is compared with its values, not with text: {variable.name} {sign} {written}; "
                f"{nearest(other, values)}"
            )
        raise ModelError(
            f"{found}: {variable.name!r} is a choice of {variable.domain}; compare it with one of these, or with a choice that "
            "has the same values and the same `sort`"
        )

    def __getitem__(self, value: str) -> z3.DatatypeRef:
        """The value called `value`, as a z3 term, for values that are no Python names. Raises ModelError."""
        term = self.variable.domain.term(value)
        assert isinstance(term, z3.DatatypeRef)
        return term


StateVariable = Boolean | Integer | Choice
"""A z3 constant made by `boolean`, `choice` or `integer`."""

Made = TypeVar("Made", Boolean, Integer, Choice)


def _made(variable: Variable, kind: type[Made]) -> Made:
    constant = variable.constant()
    assert isinstance(constant, kind)
    return constant


def boolean(name: str, says: str = "") -> Boolean:
    """A Boolean state variable. `says` is what it stands for, in the reader's words. Raises ModelError."""
    check_name(name, "a variable")
    return _made(Variable(name, Domain(Kind.BOOLEAN), says), Boolean)


def integer(name: str, low: int | None = None, high: int | None = None, says: str = "") -> Integer:
    """An integer state variable in `low`..`high`, both included; leave a bound out for unbounded. Raises ModelError."""
    check_name(name, "a variable")
    for bound in (low, high):
        if bound is not None and (isinstance(bound, bool) or not isinstance(bound, int)):
            raise ModelError(f"integer {name!r}: a bound must be a whole number, or None; got {bound!r}")
    if low is not None and high is not None and low > high:
        raise ModelError(f"integer {name!r}: {low}..{high} is empty; give low <= high")
    return _made(Variable(name, Domain(Kind.INTEGER, low=low, high=high), says), Integer)


def choice(name: str, values: list[str] | tuple[str, ...], says: str = "", sort: str = "") -> Choice:
    """A state variable with the named `values`.

    Two choices with the same values and the same `sort` (the name of the type; the variable's own name where left out)
    can be compared with each other. Raises ModelError for an empty list, a repeated value or a bad name.
    """
    check_name(name, "a variable")
    if not isinstance(values, list | tuple):
        raise ModelError(f'choice {name!r} needs a list of values, like ["down", "up"]; got {values!r}')
    if not values or len(set(values)) != len(values) or not all(values):
        raise ModelError(f"choice {name!r} needs a list of different, non-empty values; got {list(values)!r}")
    for value in values:
        check_name(value, "a value of a choice")
    check_name(sort or name, "the type of a choice")
    domain = Domain(Kind.CHOICE, values=tuple(values), sort_name=sort or name)
    return _made(Variable(name, domain, says), Choice)
