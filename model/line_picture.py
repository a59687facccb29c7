"""The state machines of the lines: one picture for all lines that behave alike, under all causes under which they do.

Lines differ in their names and seldom in anything else, and most faults change when a line is dialled, not what it can do
then. So machines are compared with the name of their line left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import networkx as nx

from dialproof.core.wording import Wording, wording_of
from dialproof.views.machine import machine
from model.router import Router


@dataclass(frozen=True, eq=False)
class LineMachine:
    """A state machine, the lines that have it, and the causes under which they do. `wording` is that of the first line."""

    graph: nx.MultiDiGraph
    wording: Wording
    lines: tuple[str, ...]
    causes: tuple[str, ...]

    def title(self, total: int) -> str:
        """The picture's title, where there are `total` different machines."""
        first, *others = self.lines
        named = f"line {first}" if not others else f"line {first}, and likewise {', '.join(others)}"
        return f"States of {named}" + (f" (under {', '.join(self.causes)})" if total > 1 else "")


def line_machines(routers: Mapping[str, Router]) -> tuple[LineMachine, ...]:
    """The different state machines of the lines of `routers`, which has the connector under each cause."""
    found: dict[tuple[object, ...], tuple[nx.MultiDiGraph, Wording, list[str], list[str]]] = {}
    for cause, connector in routers.items():
        for line in connector.lines:
            graph = machine(connector.system, line.state.variable.name)
            _, _, lines, causes = found.setdefault(_likeness(graph, line.name), (graph, wording_of(connector.system), [], []))
            lines.append(line.name)
            causes.append(cause)
    return tuple(
        LineMachine(graph, wording, tuple(dict.fromkeys(lines)), tuple(dict.fromkeys(causes)))
        for graph, wording, lines, causes in found.values()
    )


def _likeness(graph: nx.MultiDiGraph, line: str) -> tuple[object, ...]:
    """What must be equal for two lines to have the same machine."""
    states = tuple(graph.nodes(data="initial"))
    edges = tuple(
        sorted(
            (str(source), str(target), about["action"].replace(line, "the line"), about["fairness"].value)
            for source, target, about in graph.edges(data=True)
        )
    )
    return states, edges
