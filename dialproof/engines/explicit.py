"""The explicit-state search: visit every position, and look for a fair component.

A set of positions that reach each other carries a fair run if every justice condition is met in it and every compassion pair
that is asked for is also given; where a pair is asked for and not given, the edges that ask are removed and what is left is
searched again (Streett acceptance; Emerson and Lei, "Modalities for model checking", 1987). It is exact on finite
systems, slow, and the oracle for everything else.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator

import networkx as nx

from dialproof.engines.outcome import Found, Nothing, Outcome, Proved
from dialproof.errors import NotApplicable
from dialproof.explore import LIMIT, Edge, ProductGraph
from dialproof.problem import Problem, fairness_of
from dialproof.run import Lasso, Step
from dialproof.verdict import Certificate


def decide(problem: Problem, limit: int = LIMIT) -> Outcome:
    """A certificate or a fair lasso (not a shortest one), or nothing where the system is unbounded or too large."""
    try:
        graph = ProductGraph(problem, limit)
    except NotApplicable as reason:
        return Nothing(str(reason))
    edges = next(fair_components(graph), None)
    if edges is None:
        return Proved(
            Certificate("exhaustive", states=graph.size, fairness=tuple(name for name, _ in fairness_of(problem.system)))
        )
    lasso = _lasso(graph, edges)
    return Found(lasso, len(lasso))


def fair_components(graph: ProductGraph) -> Iterator[list[int]]:
    """The edges of each fair component: what a fair run that violates the claim can go round in for ever."""
    pending = [list(range(len(graph.edges)))]
    while pending:
        arena = pending.pop()
        arrows = nx.DiGraph()
        arrows.add_edges_from((graph.edges[edge].source, graph.edges[edge].target) for edge in arena)
        component = {node: number for number, nodes in enumerate(nx.strongly_connected_components(arrows)) for node in nodes}
        inside: dict[int, list[int]] = {}
        for edge in arena:
            home = component[graph.edges[edge].source]
            if home == component[graph.edges[edge].target]:
                inside.setdefault(home, []).append(edge)
        for members in inside.values():
            met = frozenset().union(*(graph.edges[edge].marks for edge in members))
            if not met.issuperset(graph.justice):
                continue
            missing = {asked for asked, given in graph.compassion if asked in met and given not in met}
            if not missing:
                yield members
                continue
            rest = [edge for edge in members if not missing & graph.edges[edge].marks]
            if rest:
                pending.append(rest)


def _lasso(graph: ProductGraph, component: list[int]) -> Lasso:
    """A run into the component and round it, meeting every condition that it has to meet."""
    met = frozenset().union(*(graph.edges[edge].marks for edge in component))
    wanted = set(graph.justice) | {given for asked, given in graph.compassion if asked in met}
    inside = set(component)
    home = {graph.edges[edge].source for edge in component}
    stem = _path(graph, graph.initial, None, home.__contains__)
    start = graph.edges[stem[-1]].target if stem else next(node for node in graph.initial if node in home)
    loop: list[int] = []
    here = start
    for mark in sorted(wanted):
        if any(mark in graph.edges[edge].marks for edge in loop):
            continue
        goal = next(edge for edge in component if mark in graph.edges[edge].marks)
        loop += [*_path(graph, [here], inside, graph.edges[goal].source.__eq__), goal]
        here = graph.edges[goal].target
    if not loop:
        loop = [next(edge for edge in graph.leaving[start] if edge in inside)]
        here = graph.edges[loop[-1]].target
    loop += _path(graph, [here], inside, start.__eq__)
    return Lasso(_steps(graph, stem), _steps(graph, loop))


def _path(graph: ProductGraph, sources: Iterable[int], within: set[int] | None, is_goal: Callable[[int], bool]) -> list[int]:
    """A shortest path of edges from one of `sources` to a goal, through edges of `within` (None: all)."""
    came: dict[int, int | None] = dict.fromkeys(sources)
    queue = deque(came)
    while queue:
        node = queue.popleft()
        if is_goal(node):
            path: list[int] = []
            while (edge := came[node]) is not None:
                path.append(edge)
                node = graph.edges[edge].source
            return path[::-1]
        for edge in graph.leaving[node]:
            if (within is None or edge in within) and graph.edges[edge].target not in came:
                came[graph.edges[edge].target] = edge
                queue.append(graph.edges[edge].target)
    raise AssertionError("a component is connected and reachable")


def _steps(graph: ProductGraph, edges: list[int]) -> tuple[Step, ...]:
    def step(edge: Edge) -> Step:
        return Step(edge.action, graph.reader.state(graph.nodes[edge.source].values))

    return tuple(step(graph.edges[edge]) for edge in edges)
