"""Whether a product has a fair path at all, as a fixpoint: a second way to find it out, which knows nothing of components.

Steps are taken out as long as they cannot lie on a fair loop: because some justice mark is not earned from there on, or because
they ask for what is not given from there on. What is left is the greatest set closed under the feasibility conditions (Kesten,
Pnueli, Raviv, "Algorithmic verification of linear temporal logic specifications", 1998); it is empty if and only if the product
has no fair path.
"""

from collections.abc import Iterable

from dialproof.explore import Product


def has_fair_path(product: Product) -> bool:
    """True if some path of the product is fair. It is looked at as a whole; raises what `Product.leaving` raises."""
    graph = _Steps(product.explored())
    while True:
        before = graph.n_left
        graph.drop_dead_ends()
        for bit in _bits(product.fairness.justice):
            graph.keep_nodes(graph.reaching(bit))
        for asked, given in product.fairness.pairs:
            graph.drop_unanswered(asked, graph.reaching(given))
        if graph.n_left == before:
            return before > 0


class _Steps:
    """The steps of a product that are left; `arriving` are those into a node, `earning` those that earn a mark, left or not."""

    def __init__(self, product: Product) -> None:
        self.sources: list[int] = []
        self.targets: list[int] = []
        self.marks: list[int] = []
        self.arriving: list[list[int]] = [[] for _ in range(product.size)]
        for node in range(product.size):
            flat = product.leaving(node)
            for target, marks in zip(flat[::2], flat[1::2], strict=True):
                self.arriving[target].append(len(self.sources))
                self.sources.append(node)
                self.targets.append(target)
                self.marks.append(marks)
        self.left = bytearray(b"\1") * len(self.sources)
        self.n_leaving = [len(product.leaving(node)) // 2 for node in range(product.size)]
        self.n_left = len(self.sources)

    def _drop(self, step: int) -> None:
        self.left[step] = 0
        self.n_left -= 1
        self.n_leaving[self.sources[step]] -= 1

    def drop_dead_ends(self) -> None:
        """Take out, again and again, the steps into nodes that no step leaves."""
        ends = [node for node, n_leaving in enumerate(self.n_leaving) if not n_leaving]
        while ends:
            for step in self.arriving[ends.pop()]:
                if self.left[step]:
                    self._drop(step)
                    if not self.n_leaving[self.sources[step]]:
                        ends.append(self.sources[step])

    def reaching(self, mark: int) -> bytearray:
        """For each node, whether a step that earns `mark` leaves it or a node that is reached from it."""
        found = bytearray(len(self.arriving))
        stack = []
        for step, marks in enumerate(self.marks):
            if marks & mark and self.left[step] and not found[self.sources[step]]:
                found[self.sources[step]] = 1
                stack.append(self.sources[step])
        while stack:
            for step in self.arriving[stack.pop()]:
                source = self.sources[step]
                if not found[source] and self.left[step]:
                    found[source] = 1
                    stack.append(source)
        return found

    def keep_nodes(self, good: bytearray) -> None:
        """Take out the steps that leave other nodes than these; then those into them lead nowhere."""
        if 0 in good:
            for step, source in enumerate(self.sources):
                if self.left[step] and not good[source]:
                    self._drop(step)
            self.drop_dead_ends()

    def drop_unanswered(self, asked: int, answered: bytearray) -> None:
        """Take out the steps that ask for what no step gives that is reached from where they lead (nor they themselves)."""
        for step, marks in enumerate(self.marks):
            if marks & asked and self.left[step] and not answered[self.sources[step]]:
                self._drop(step)
        self.drop_dead_ends()


def _bits(marks: int) -> Iterable[int]:
    return (1 << place for place in range(marks.bit_length()) if marks >> place & 1)
