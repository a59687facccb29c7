"""Breadth-first search, written once: what can be reached, the nearest first, and a shortest way to it.

It knows neither systems nor products: a node is whatever can be a key. Whoever explores states breadth first does it by this.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)
Label = TypeVar("Label")


class BreadthFirst(Generic[Node, Label]):
    """The nodes that `starts` lead to.

    `leaving` gives the steps out of a node: the node that each leads to, and its label. It is asked once of each node, in the
    order in which they are met, and not before a node behind it is wanted. Nodes farther than `most` steps are not met.
    """

    def __init__(
        self, starts: Iterable[Node], leaving: Callable[[Node], Iterable[tuple[Node, Label]]], most: int | None = None
    ) -> None:
        self._came: dict[Node, tuple[Node, Label] | None] = dict.fromkeys(starts)
        self._leaving = leaving
        self._most = most

    def nodes(self) -> Iterator[tuple[Node, int]]:
        """Each node as soon as it is met, with its distance from the nearest start; the starts are first."""
        came, leaving = self._came, self._leaving
        level = list(came)
        yield from ((node, 0) for node in level)
        distance = 0
        while level and distance != self._most:
            distance += 1
            later = []
            for node in level:
                for target, label in leaving(node):
                    if target not in came:
                        came[target] = node, label
                        later.append(target)
                        yield target, distance
            level = later

    def way_to(self, node: Node) -> list[tuple[Node, Node, Label]]:
        """A shortest way from a start to a node that was met: each step with where it leaves, where it leads and its label."""
        way = []
        while (step := self._came[node]) is not None:
            before, label = step
            way.append((before, node, label))
            node = before
        return way[::-1]
