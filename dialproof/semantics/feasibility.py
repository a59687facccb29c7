"""Whether a product has a fair path at all, as a fixpoint: a second way to find it out, which knows nothing of components.

Steps are taken out as long as they cannot lie on a fair loop: because some justice mark is not earned from there on, or because
they ask for what is not given from there on. What is left is the greatest set closed under the feasibility conditions (Kesten,
Pnueli, Raviv, "Algorithmic verification of linear temporal logic specifications", 1998); it is empty if and only if the product
has no fair path.
"""

from collections.abc import Iterable
from itertools import pairwise

from dialproof.semantics.product import Product


def has_fair_path(product: Product) -> bool:
    """True if some path of the product is fair. It is looked at as a whole; raises what `Product.leaving` raises."""
    graph = _Steps(product.explored())
    while True:
        before = graph.n_left
        for bit in _bits(product.fairness.justice):
            graph.keep_nodes(graph.reaching(bit))
        for asked, given in product.fairness.pairs:
            graph.drop_unanswered(asked, graph.reaching(given))
        if graph.n_left == before:
            return before > 0


class _Steps:
    """The steps of a product that are left, numbered node by node: those out of `node` begin at `first[node]`.

    `arriving` are the steps into a node, left or not; `offered` the marks that the steps that are left out of it earn.
    """

    def __init__(self, product: Product) -> None:
        self.sources: list[int] = []
        self.marks: list[int] = []
        self.first: list[int] = []
        self.arriving: list[list[int]] = [[] for _ in range(product.size)]
        for node in range(product.size):
            self.first.append(len(self.sources))
            steps = product.leaving(node)
            for target in steps[::2]:
                self.arriving[target].append(len(self.sources))
                self.sources.append(node)
            self.marks += steps[1::2]
        self.first.append(len(self.sources))
        self.left = bytearray(b"\1") * len(self.sources)
        self.n_left = len(self.sources)
        self.n_leaving = [after - first for first, after in pairwise(self.first)]
        self.offered = [0] * product.size
        for node in range(product.size):
            self._offer(node)
        ends = [node for node, n_leaving in enumerate(self.n_leaving) if not n_leaving]  # where nothing can be paid
        self._drop([step for node in ends for step in self.arriving[node]])

    def _offer(self, node: int) -> None:
        marks = 0
        for step in range(self.first[node], self.first[node + 1]):
            if self.left[step]:
                marks |= self.marks[step]
        self.offered[node] = marks

    def _drop(self, steps: Iterable[int]) -> None:
        """Take these steps out, and then, again and again, those into nodes that no step leaves."""
        changed = set()
        waiting = [step for step in steps if self.left[step]]
        while waiting:
            step = waiting.pop()
            if not self.left[step]:
                continue
            node = self.sources[step]
            self.left[step] = 0
            self.n_left -= 1
            self.n_leaving[node] -= 1
            changed.add(node)
            if not self.n_leaving[node]:
                waiting += self.arriving[node]
        for node in changed:
            self._offer(node)

    def reaching(self, mark: int) -> bytearray:
        """For each node, whether a step that earns `mark` leaves it or a node that is reached from it."""
        stack = [node for node, marks in enumerate(self.offered) if marks & mark]
        found = bytearray(len(self.offered))
        for node in stack:
            found[node] = 1
        sources, left = self.sources, self.left
        while stack:
            for step in self.arriving[stack.pop()]:
                source = sources[step]
                if not found[source] and left[step]:
                    found[source] = 1
                    stack.append(source)
        return found

    def keep_nodes(self, good: bytearray) -> None:
        """Take out the steps out of other nodes than these, and so those into them."""
        bad = [node for node, is_good in enumerate(good) if not is_good and self.n_leaving[node]]
        self._drop(step for node in bad for step in range(self.first[node], self.first[node + 1]))

    def drop_unanswered(self, asked: int, answered: bytearray) -> None:
        """Take out the steps that ask out of the nodes from which no step is reached that gives."""
        asking = [node for node, marks in enumerate(self.offered) if marks & asked and not answered[node]]
        steps = (step for node in asking for step in range(self.first[node], self.first[node + 1]))
        self._drop([step for step in steps if self.marks[step] & asked])


def _bits(marks: int) -> Iterable[int]:
    return (1 << place for place in range(marks.bit_length()) if marks >> place & 1)
