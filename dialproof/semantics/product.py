"""The product of a finite system's reachable states with what its run still owes to a formula, in plain Python.

Where the symbolic monitor lets a solver choose what is owed, this one enumerates (`dialproof.semantics.tableau`). A node is a
number for a pair of numbers: of a state, and of what is owed and remembered in it. Its steps are worked out when they are first
asked for, so that a search stops where it finds something. No solver takes part, and nothing is shared with the symbolic encoding
but the normal form: it is the oracle that the other engines are compared with. The tests compare it with a simple one.
"""

from collections.abc import Iterator
from dataclasses import replace

from dialproof.core.errors import NotApplicable
from dialproof.core.ltl import Normal
from dialproof.core.question import Question
from dialproof.core.run import Taken
from dialproof.semantics.interpreter import Reader, Values
from dialproof.semantics.state_graph import Marks, StateGraph
from dialproof.semantics.tableau import Tableau

LIMIT = 200_000
"""How many nodes a product may have before the search gives up."""

_STEPS = 25
"""How many steps a product may have for each node that it may have, on average."""

_TRIED = 200
"""How many actions, with each choice of their parameters, may be tried for each node that a product may have, on average."""

_SHIFT = 40
"""The number of a state has fewer bits than this."""


class Product:
    """The reachable product of a finite system with the negated claim, as far as it has been looked at.

    A run of the system violates the claim if and only if there is a path in the product with its states and actions that earns
    each justice mark again and again, and of each pair (asked, given) that it asks for again and again what is given.
    Raises NotApplicable if the system is unbounded; and as soon as more than `limit` nodes, or too many steps, are met.
    """

    def __init__(self, problem: Question, limit: int = LIMIT) -> None:
        self._tableau = Tableau(problem)
        marks = self._tableau.marks
        self._states = StateGraph(problem.system, self._tableau.terms, self._tableau.clocks, marks.bit_length())
        fairness = self._states.fairness
        self.fairness: Marks = replace(fairness, justice=fairness.justice | marks)
        self.n_marks = max([marks.bit_length(), *(bit.bit_length() for bit in fairness.bits)])
        self._limit = limit
        self._index: dict[int, int] = {}
        self._keys: list[int] = []
        self._leaving: list[list[int] | None] = []
        self._n_steps = 0
        self.initial = [self._number(state) for state in self._states.initial()]

    @property
    def reader(self) -> Reader:
        """The system in plain Python."""
        return self._states.reader

    @property
    def system_fairness(self) -> Marks:
        """The part of `fairness` that is about the system: what is owed to the claim has marks of its own."""
        return self._states.fairness

    @property
    def size(self) -> int:
        """How many nodes have been met."""
        return len(self._keys)

    @property
    def n_steps(self) -> int:
        """How many steps have been met."""
        return self._n_steps

    @property
    def n_states(self) -> int:
        """How many states of the system have been met."""
        return len(self._states.values)

    def values(self, node: int) -> Values:
        """The state of a node."""
        return self._states.values[self._keys[node] & (1 << _SHIFT) - 1]

    def owed(self, node: int) -> frozenset[Normal]:
        """What is owed in a node."""
        return self._tableau.owed[self._keys[node] >> _SHIFT]

    def _number(self, key: int) -> int:
        number = self._index.setdefault(key, len(self._keys))
        if number == len(self._keys):
            if number >= self._limit:
                del self._index[key]
                raise NotApplicable(
                    f"the search of all states was given up at its budget of {self._limit:,} (states with what a run owes to the "
                    f"claim in them; {self.n_states:,} states of the system were met)"
                )
            self._keys.append(key)
            self._leaving.append(None)
        return number

    def leaving(self, node: int) -> list[int]:
        """The steps out of a node: the node that each leads to, and behind it the marks that it earns, as bits."""
        found = self._leaving[node]
        return self._expanded(node) if found is None else found

    def steps(self, node: int) -> Iterator[tuple[int, int]]:
        """The same in pairs: the node that each step leads to, and its marks."""
        found = self.leaving(node)
        return zip(found[::2], found[1::2], strict=True)

    def _expanded(self, node: int) -> list[int]:
        key = self._keys[node]
        number, state = key >> _SHIFT, key & (1 << _SHIFT) - 1
        index, tableau, symbols = self._index, self._tableau, self._states.symbols
        found: list[int] = []
        for symbol, moves in self._states.moves(state):
            for later, paid in tableau.ways(number, symbol, symbols[symbol]):
                base = later << _SHIFT
                for earned, after in moves:
                    target = index.get(base | after)
                    found.append(self._number(base | after) if target is None else target)
                    found.append(earned | paid)
        self._leaving[node] = found
        self._n_steps += len(found) // 2
        if self._n_steps > _STEPS * self._limit or self._states.tried > _TRIED * self._limit:
            raise NotApplicable(
                f"the search of all states was given up after {self.n_states:,} of them: {self._n_steps:,} steps were found, of "
                f"at most {_STEPS * self._limit:,}, and {self._states.tried:,} actions tried, of at most {_TRIED * self._limit:,}"
            )
        return found

    def explored(self) -> "Product":
        """This product with every node and step in it."""
        node = 0
        while node < len(self._keys):
            self.leaving(node)
            node += 1
        return self

    def taken(self, source: int, target: int, earned: int) -> Iterator[Taken | None]:
        """What is taken in the steps from `source` to `target` that earn these marks; None: the system idles."""
        number = self._keys[source] >> _SHIFT
        later, after = self._keys[target] >> _SHIFT, self._keys[target] & (1 << _SHIFT) - 1
        for symbol, (marks, reached), taken in self._states.steps(self._keys[source] & (1 << _SHIFT) - 1):
            if reached == after:
                ways = self._tableau.ways(number, symbol, self._states.symbols[symbol])
                if any(way == later and marks | paid == earned for way, paid in ways):
                    yield taken
