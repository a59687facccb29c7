"""The breadth-first search against networkx's distances, on random graphs."""

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from dialproof.semantics.breadth_first import BreadthFirst

NODES = st.integers(0, 7)
EDGES = st.lists(st.tuples(NODES, NODES), max_size=20)


def searched(edges: list[tuple[int, int]], starts: set[int], most: int | None = None) -> BreadthFirst[int, int]:
    """The search in the graph with these edges, each labelled by its place."""
    return BreadthFirst(sorted(starts), lambda node: [(b, place) for place, (a, b) in enumerate(edges) if a == node], most)


@given(EDGES, st.sets(NODES), st.none() | st.integers(0, 4))
def test_it_meets_what_can_be_reached_once_and_the_nearest_first(
    edges: list[tuple[int, int]], starts: set[int], most: int | None
) -> None:
    graph = nx.DiGraph(edges)
    graph.add_nodes_from(starts)
    lengths = nx.multi_source_dijkstra_path_length(graph, starts, cutoff=most) if starts else {}
    met = list(searched(edges, starts, most).nodes())
    assert dict(met) == lengths
    assert len(met) == len(lengths)
    assert [distance for _, distance in met] == sorted(lengths.values())


@given(EDGES, st.sets(NODES))
def test_the_way_to_a_node_is_a_shortest_one(edges: list[tuple[int, int]], starts: set[int]) -> None:
    search = searched(edges, starts)
    for node, distance in search.nodes():
        way = search.way_to(node)
        assert len(way) == distance
        assert all(edges[label] == (before, after) for before, after, label in way)
        ends = [before for before, _, _ in way] + [node]
        assert ends[0] in starts
        assert [after for _, after, _ in way] == ends[1:]


def test_it_asks_of_no_node_before_what_lies_behind_it_is_wanted() -> None:
    asked: list[int] = []

    def leaving(node: int) -> list[tuple[int, str]]:
        asked.append(node)
        return [(2 * node, "even"), (2 * node + 1, "odd")]

    search = BreadthFirst([1], leaving)
    assert next(node for node, _ in search.nodes() if node == 5) == 5
    assert asked == [1, 2]
    assert search.way_to(5) == [(1, 2, "even"), (2, 5, "odd")]
