"""Ranks for a finite graph whose steps say what fairness they meet and which numbers they change: component by component.

Between components the order of the graph is a rank. A component from which every step that meets a fairness condition leads away
is a case with that fairness. A number that no step of a component makes larger is a rank: the steps that make it smaller
are taken away, and what is left falls into smaller components. Of strong fairness whose action is never taken in a component the
steps that could take it are taken away, and what is left must fall apart by itself: these are inner cases. It is the
emptiness test for strongly fair runs, with numbers beside fairness (Kesten, Pnueli, "Verification by augmented finitary
abstraction", 2000; Balaban, Pnueli, Zuck, "Ranking abstraction as companion to predicate abstraction", 2005). Taking steps
away never hurts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import networkx as nx

Node = tuple[bool, ...]
"""The truth of each predicate."""


@dataclass(frozen=True)
class Edge:
    """A step between two nodes. `met` says of each fairness condition whether it holds, and of strong ones whether it asks.

    `moves` says of each number whether it becomes smaller (-1), larger (1) or stays (0).
    """

    start: Node
    end: Node
    met: tuple[bool, ...]
    asks: tuple[bool, ...]
    moves: tuple[int, ...]


@dataclass(frozen=True)
class Condition:
    """A fairness condition by its name; of strong ones it matters what `asks`."""

    name: str
    is_strong: bool


@dataclass(frozen=True)
class Ranked:
    """A case: its nodes, its helpful fairness (None: every step leads on) and its rank: numbers by their place, and constants.

    An element of `rank` is ("level", n) for the constant n, or ("number", place, offset) for a number plus an offset.
    """

    nodes: frozenset[Node]
    helpful: int | None
    rank: tuple[tuple[str, int, int], ...]
    inner: tuple["Ranked", ...] = ()


@dataclass(frozen=True, eq=False)
class StuckError(Exception):
    """A component that no fairness and no number takes apart."""

    nodes: frozenset[Node]
    edges: tuple[Edge, ...]


Bounded = Callable[[frozenset[Node], int], int | None]
"""Of some nodes and a number, what has to be added so that it is not negative there; None where nothing is known to be enough."""


def ranked(
    nodes: frozenset[Node],
    edges: Sequence[Edge],
    conditions: Sequence[Condition],
    bounded: Bounded,
    prefix: tuple[tuple[str, int, int], ...] = (),
) -> tuple[Ranked, ...]:
    """Cases that cover `nodes`. Raises StuckError."""
    graph: nx.DiGraph = nx.DiGraph()
    graph.add_nodes_from(sorted(nodes))
    graph.add_edges_from((edge.start, edge.end) for edge in edges)
    whole = nx.condensation(graph)
    levels: dict[int, int] = {}
    found: list[Ranked] = []
    for component in reversed(list(nx.topological_sort(whole))):
        levels[component] = max((levels[after] + 1 for after in whole.successors(component)), default=0)
        members = frozenset(whole.nodes[component]["members"])
        inside = [edge for edge in edges if edge.start in members and edge.end in members]
        rank = (*prefix, ("level", levels[component], 0))
        found += _of_component(members, inside, conditions, bounded, rank)
    return tuple(found)


def _of_component(
    nodes: frozenset[Node],
    edges: Sequence[Edge],
    conditions: Sequence[Condition],
    bounded: Bounded,
    rank: tuple[tuple[str, int, int], ...],
) -> tuple[Ranked, ...]:
    if not edges:
        return (Ranked(nodes, None, rank),)
    unmet = [place for place in range(len(conditions)) if not any(edge.met[place] for edge in edges)]
    for place in unmet:
        if not conditions[place].is_strong or all(edge.asks[place] for edge in edges):
            return (Ranked(nodes, place, rank),)
    for place in range(len(edges[0].moves)):
        moves = {edge.moves[place] for edge in edges}
        if -1 in moves and 1 not in moves and (offset := bounded(nodes, place)) is not None:
            left = [edge for edge in edges if edge.moves[place] == 0]
            return ranked(nodes, left, conditions, bounded, (*rank, ("number", place, offset)))
    stuck = StuckError(nodes, tuple(edges))
    for place in unmet:
        left = [edge for edge in edges if not edge.asks[place]]
        if len(left) < len(edges):
            touched = frozenset(node for edge in left for node in (edge.start, edge.end))
            try:
                return (Ranked(nodes, place, rank, ranked(touched, left, conditions, bounded)),)
            except StuckError as smaller:
                stuck = smaller
    raise stuck
