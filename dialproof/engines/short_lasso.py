"""A short fair lasso, given a fair component of a product.

One lasso is found greedily: a shortest path into the component, then round it, always to the nearest step that earns a mark which
is still missing. From each node of the component a shorter one is then searched breadth first, over nodes with the marks
earned so far, which is exact but for the work that it may take.
"""

from collections.abc import Callable, Iterator
from functools import partial

from dialproof.core.errors import NotApplicable
from dialproof.semantics.breadth_first import BreadthFirst
from dialproof.semantics.components import Step
from dialproof.semantics.product import Product
from dialproof.semantics.state_graph import Marks

WORK = 300_000
"""How many steps are looked at to make a lasso shorter."""

Path = list[Step]
"""Steps in a row."""


def short_lasso(product: Product, component: list[Step]) -> tuple[Path, Path]:
    """The stem and the loop of a lasso that goes round in `component`, whose steps are strongly connected and together fair."""
    leaving: dict[int, list[Step]] = {}
    for step in component:
        leaving.setdefault(step[0], []).append(step)
    search = BreadthFirst(product.initial, partial(_leaving, product))
    best: tuple[Path, Path] | None = None
    loops = Loops(product.fairness, leaving)
    for node, distance in search.nodes():
        if best is not None and distance + 1 >= len(best[0]) + len(best[1]):
            break
        if node not in leaving:
            continue
        if best is None:
            best = search.way_to(node), _round(node, leaving, product)
        shorter = loops.through(node, len(best[0]) + len(best[1]) - distance - 1)
        if shorter is not None:
            best = search.way_to(node), shorter
    assert best is not None, "a component is reachable"
    return best


def _leaving(product: Product, node: int) -> Iterator[tuple[int, int]]:
    """The steps out of a node as far as they are known, or can still be known."""
    try:
        return product.steps(node)
    except NotApplicable:  # that a lasso was found is not undone by a budget that is over
        return iter(())


def _round(start: int, leaving: dict[int, list[Step]], product: Product) -> Path:
    """A way round from `start`, through the steps `leaving` each node, that earns all that is to be earned."""
    asked = 0
    for steps in leaving.values():
        for _, _, marks in steps:
            asked |= marks
    missing = product.fairness.justice
    missing |= sum(given for ask, given in product.fairness.pairs if asked & ask)
    path: Path = []
    here = start
    while missing or here != start or not path:
        wanted = missing
        more = _nearest(here, leaving, lambda step: bool(step[2] & wanted) if wanted else step[1] == start)  # noqa: B023  # it is used at once
        path += more
        here = path[-1][1]
        for _, _, marks in more:
            missing &= ~marks
    return path


def _nearest(here: int, leaving: dict[int, list[Step]], is_goal: Callable[[Step], bool]) -> Path:
    """A shortest path of at least one step whose last step is a goal."""
    search = BreadthFirst([here], lambda node: [(target, marks) for _, target, marks in leaving[node]])
    for node, _ in search.nodes():
        for step in leaving[node]:
            if is_goal(step):
                return [*search.way_to(node), step]
    raise AssertionError("a component is connected, and earns what it has to earn")


class Loops:
    """Searches for short loops along the steps `leaving` each node, all of which together look at no more than `WORK` steps.

    They are to be fair by `fairness`. `are_given_up`: the work is at its end.

    They go breadth first by a loop of their own: a call for each of so many steps would take longer than the step.
    """

    def __init__(self, fairness: Marks, leaving: dict[int, list[Step]]) -> None:
        self._fairness = fairness
        self._leaving = leaving
        self._left = WORK

    @property
    def are_given_up(self) -> bool:
        """True if the work is at its end."""
        return self._left < 0

    def through(self, start: int, most: int | None) -> Path | None:
        """A shortest fair loop through `start`, of at most so many steps (None: of any number).

        None if there is none, or the work is at its end.
        """
        first = start, 0
        came: dict[tuple[int, int], tuple[tuple[int, int], Step] | None] = {first: None}
        level = [first]
        length = 0
        while level and (most is None or length < most):
            length += 1
            later = []
            for key in level:
                node, met = key
                self._left -= len(self._leaving[node])
                if self._left < 0:
                    return None
                for step in self._leaving[node]:
                    reached = step[1], met | step[2]
                    if step[1] == start and self._fairness.are_met(reached[1]):
                        return [*_back(key, came), step]
                    if reached not in came:
                        came[reached] = key, step
                        later.append(reached)
            level = later
        return None


def _back(key: tuple[int, int], came: dict[tuple[int, int], tuple[tuple[int, int], Step] | None]) -> Path:
    path: Path = []
    while (found := came[key]) is not None:
        key, step = found
        path.append(step)
    return path[::-1]
