"""The reachable states of a small system, with marks where a claim is violated.

The states come from the plain-Python reader, without a solver. The marks come from the product of states and obligations that
the exhaustive search uses. A state has one mark for several such positions, so a mark says
"some run that violates the claim ... here", never "every run that comes here violates it".
"""

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import networkx as nx
import z3

from dialproof.core.errors import NotApplicable
from dialproof.core.question import Question
from dialproof.core.run import Taken
from dialproof.core.system import System
from dialproof.core.wording import Wording
from dialproof.semantics.breadth_first import BreadthFirst
from dialproof.semantics.components import Step, fair_components
from dialproof.semantics.interpreter import Reader, Values
from dialproof.semantics.product import LIMIT, Product

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 500
"""The default for the largest number of states in a picture."""

_PRODUCT = 40  # positions of the product for each state: more than any claim of ours needs
_TOLD = 12

LOOP, LOST, NOWHERE = "loop", "lost", "nowhere"
SAYS_OF_MARKS = {
    LOOP: "On a loop in which some run that violates the claim stays for ever",
    LOST: "Some run has violated the claim here, whatever follows",
    NOWHERE: "No run violates the claim",
}
"""What a mark means, as a sentence without its full stop."""


def state_space(system: System, formula: z3.BoolRef | None = None, most: int = MOST) -> nx.MultiDiGraph:
    """The reachable states of `system` as a graph, numbered in the order in which they are reached.

    A node has `state`, `initial`, and `distance`: the fewest steps from an initial state. An edge has `taken` (None: no
    action is possible, the system idles). With a `formula` nodes and edges have `marked`, and the graph says in `marks` what
    a mark means: "loop", on a fair loop in which some run that violates the formula stays for ever; "lost", some run has
    violated the formula here, whatever follows (for a formula that a finite run can violate); "nowhere", no run violates it.

    Raises NotApplicable for an unbounded system and for one with more than `most` states, ModelError for a formula that
    is not about this system.
    """
    system.require_listed("a picture of the state space")
    reader = Reader(system)
    if reader.initial_candidates() > LIMIT:
        raise NotApplicable(f"more than {LIMIT} states would have to be tried to find the initial ones")
    graph = nx.MultiDiGraph()
    numbers: dict[Values, int] = {}
    steps: list[tuple[Values, Values, Taken | None]] = []

    def leaving(values: Values) -> list[tuple[Values, Taken | None]]:
        events: list[tuple[Taken | None, Values]] = [*reader.events(values)] or [(None, values)]
        steps.extend((values, after, taken) for taken, after in events)
        return [(after, taken) for taken, after in events]

    for values, distance in BreadthFirst(islice(reader.initial_states(), most + 1), leaving).nodes():
        if len(numbers) >= most:
            raise NotApplicable(f"more than {most} states can be reached; only a small state space can be drawn")
        graph.add_node(len(numbers), state=reader.state(values), initial=distance == 0, distance=distance)
        numbers[values] = len(numbers)
    for before, after, taken in steps:
        graph.add_edge(numbers[before], numbers[after], key=str(taken), taken=taken)
    if formula is not None:
        _mark(graph, numbers, Question(system, formula), most)
    return graph


def _mark(graph: nx.MultiDiGraph, numbers: dict[Values, int], problem: Question, most: int) -> None:
    """Mark the states and the steps in which, or round which, some run violates the formula."""
    product = Product(problem, most * _PRODUCT).explored()
    if problem.finite_run_suffices:
        kind = LOST
        found = [step for step in _all_steps(product) if product.owed(step[0]) and not product.owed(step[1])]
    else:
        kind = LOOP
        found = [step for component in fair_components(product) for step in component]
    nx.set_node_attributes(graph, False, "marked")
    nx.set_edge_attributes(graph, False, "marked")
    for step in found:
        source, target = (numbers[product.values(node)] for node in step[:2])
        graph.nodes[source]["marked"] = True
        for action in product.taken(*step):
            graph.edges[source, target, str(action)]["marked"] = True
    graph.graph["marks"] = kind if found else NOWHERE


def _all_steps(product: Product) -> Iterator[Step]:
    for node in range(product.size):
        yield from ((node, target, marks) for target, marks in product.steps(node))


def labelled(graph: nx.MultiDiGraph, wording: Wording) -> nx.MultiDiGraph:
    """The same state space with a `label` in the reader's words on each state and step."""
    named = graph.copy()
    for _, about in named.nodes(data=True):
        about["label"] = "\n".join(wording.changed(None, about["state"]))
    for *_, about in named.edges(data=True):
        about["label"] = wording.action(about["taken"])
    return named


def draw_state_space(
    graph: nx.MultiDiGraph, system: System, wording: Wording, title: str, axes: tuple[str, ...] = ()
) -> "Figure":
    """The state space `graph` of `system` as a figure: a grid over two variables, with the others in each cell.

    `axes` names the variables for the rows and for the columns; axes without a name are chosen. Raises ModelError for a name
    that is not a variable's.
    """
    from dialproof.views.state_space_picture import draw  # only what draws needs matplotlib

    return draw(graph, system, wording, title, axes)


def describe_state_space(graph: nx.MultiDiGraph, wording: Wording) -> str:
    """The state space `graph` in words: the number of states, the largest distance, and the marked states."""
    farthest = max((distance for _, distance in graph.nodes(data="distance")), default=0)
    said = [f"State space: {len(graph)} states, the farthest {farthest} steps from the start."]
    if "marks" in graph.graph:
        marked = [about["state"] for _, about in graph.nodes(data=True) if about["marked"]]
        said.append(f"{SAYS_OF_MARKS[graph.graph['marks']]}: {len(marked)} of the states.")
        told = [", ".join(wording.changed(None, state)) for state in marked[:_TOLD]]
        said += [f"({number}) {text}." for number, text in enumerate(told, 1)]
        said += [f"And {len(marked) - _TOLD} more."] if len(marked) > _TOLD else []
    return " ".join(said)
