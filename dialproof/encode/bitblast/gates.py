"""And-inverter graphs with structural hashing: circuits of inputs, latches and two-input and-gates (Kuehlmann and others, 2002).

A literal is twice the number of a node, plus 1 where it is negated; node 0 is the constant false. These are AIGER's own numbers
(Biere, Heljanko, Wieringa, "AIGER 1.9 and beyond", 2011), so that nothing has to be renumbered when the graph is written. Every
latch starts at false.
"""

from collections.abc import Iterable, Iterator, Sequence

FALSE = 0
"""The literal that is always false."""

TRUE = 1
"""The literal that is always true."""


def negated(literal: int) -> int:
    """The literal that is true where `literal` is false."""
    return literal ^ 1


class Graph:
    """A graph with so many `inputs` and `latches`, to which gates are added; a gate that is there already is not made again."""

    def __init__(self, inputs: int, latches: int) -> None:
        self.inputs = tuple(2 * number for number in range(1, inputs + 1))
        self.latches = tuple(2 * number for number in range(inputs + 1, inputs + latches + 1))
        self.gates: list[tuple[int, int]] = []
        self.following: list[int] = list(self.latches)
        """The literal that each latch takes over in a step; itself until something else is said."""
        self._first = inputs + latches + 1
        self._known: dict[tuple[int, int], int] = {}

    @property
    def last(self) -> int:
        """The number of the last node."""
        return self._first + len(self.gates) - 1

    def both(self, one: int, other: int) -> int:
        """That both literals are true."""
        larger, smaller = (one, other) if one >= other else (other, one)
        if smaller == FALSE or larger == negated(smaller):
            return FALSE
        if smaller in (TRUE, larger):
            return larger
        key = larger, smaller
        if key not in self._known:
            self._known[key] = 2 * (self._first + len(self.gates))
            self.gates.append(key)
        return self._known[key]

    def either(self, one: int, other: int) -> int:
        """That one of the literals is true."""
        return negated(self.both(negated(one), negated(other)))

    def differ(self, one: int, other: int) -> int:
        """That exactly one of the literals is true."""
        return self.both(self.either(one, other), negated(self.both(one, other)))

    def choose(self, test: int, then: int, other: int) -> int:
        """`then` where `test` is true, else `other`."""
        if then == other:
            return then
        return negated(self.both(negated(self.both(test, then)), negated(self.both(negated(test), other))))

    def all_of(self, literals: Iterable[int]) -> int:
        """That all literals are true, as a tree that is as flat as can be."""
        row = list(literals)
        while len(row) > 1:
            rest = row[-1:] if len(row) % 2 else []
            row = [self.both(row[place], row[place + 1]) for place in range(0, len(row) - 1, 2)] + rest
        return row[0] if row else TRUE

    def any_of(self, literals: Iterable[int]) -> int:
        """That one of the literals is true."""
        return negated(self.all_of(negated(literal) for literal in literals))

    def values(self, latches: Sequence[bool], inputs: Sequence[bool]) -> list[bool]:
        """The value of each node, by number, where latches and inputs have these values."""
        found = [False, *inputs, *latches]
        for larger, smaller in self.gates:
            found.append((found[larger >> 1] ^ bool(larger & 1)) and (found[smaller >> 1] ^ bool(smaller & 1)))
        return found

    def run(self, stimuli: Iterable[Sequence[bool]]) -> Iterator[list[bool]]:
        """The values of all nodes at each moment, where the inputs are `stimuli` and all latches start at false."""
        state = [False] * len(self.latches)
        for inputs in stimuli:
            found = self.values(state, inputs)
            yield found
            state = [value_of(literal, found) for literal in self.following]


def value_of(literal: int, values: Sequence[bool]) -> bool:
    """Whether `literal` is true, where the nodes have these `values`."""
    return values[literal >> 1] ^ bool(literal & 1)
