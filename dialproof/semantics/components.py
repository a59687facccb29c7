"""Fair components of a product, found while it is made: what a fair run that violates the claim can go round in for ever.

A set of nodes that reach each other carries a fair run if every justice mark is earned in it and every compassion pair that is
asked for is also given. Components are kept on a stack with the marks earned in them, and merged as steps lead back into them
(Couvreur, "On-the-fly verification of linear temporal logic", 1999): the first set that is fair ends the search. If a whole
component is not fair because something is asked for and not given, the steps that ask are taken out and what is left is searched
again (Streett acceptance; Emerson and Lei, "Modalities for model checking", 1987).
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from dialproof.semantics.product import Product
from dialproof.semantics.state_graph import Marks

Step = tuple[int, int, int]
"""A step of a product: the nodes that it leaves and leads to, and the marks that it earns, as bits."""

_GONE = -1
"""The order of a node whose component is complete."""


def fair_component(product: Product, fairness: Marks | None = None) -> list[Step] | None:
    """Steps that are strongly connected and together fair; None if the whole product has none. The product grows on the way.

    `fairness` are the conditions, if not all of them. Raises what `Product.leaving` raises.
    """
    conditions = product.fairness if fairness is None else fairness
    return next(_fair(product, conditions, product.initial, stops_early=True), None)


def fair_components(product: Product) -> Iterator[list[Step]]:
    """The steps of each fair component of the whole product."""
    return _fair(product.explored(), product.fairness, product.initial)


def _fair(
    product: Product,
    fairness: Marks,
    roots: Iterable[int],
    within: set[int] | None = None,
    banned: int = 0,
    *,
    stops_early: bool = False,
) -> Iterator[list[Step]]:
    """Fair sets of steps: whole components among the nodes `within` (None: all), without the steps that earn a mark of `banned`.

    With `stops_early` the first one comes as soon as it is seen, when it may be a part of a component; it is the last one then.
    """
    search = _Search(product, fairness, within, banned, stops_early=stops_early)
    for nodes, met in search.components(roots):
        if fairness.are_met(met):
            yield search.steps_inside(nodes)
        elif met & fairness.justice == fairness.justice:
            # Something is asked for and not given: without the steps that ask, parts of the component may be fair.
            wider = banned | fairness.missing(met)
            yield from _fair(product, fairness, nodes, set(nodes), wider, stops_early=stops_early)


class _Search:
    """One search for components, depth first: `order` numbers the nodes as met, `place` says how far each was looked at."""

    def __init__(self, product: Product, fairness: Marks, within: set[int] | None, banned: int, *, stops_early: bool) -> None:
        self.product = product
        self.fairness = fairness
        self.within = within
        self.banned = banned
        self.stops_early = stops_early
        self.order: dict[int, int] = {}
        self.place: dict[int, int] = {}

    def components(self, roots: Iterable[int]) -> Iterator[tuple[list[int], int]]:
        """The nodes of each component that has a step, and the marks earned in it; with `stops_early`, of a fair part at last."""
        for root in roots:
            if root not in self.order:
                yield from self._from(root)

    def _from(self, root: int) -> Iterator[tuple[list[int], int]]:
        order, place, within, banned = self.order, self.place, self.within, self.banned
        leaving, are_met, stops_early = self.product.leaving, self.fairness.are_met, self.stops_early
        looped = 1 << self.product.n_marks  # one more mark, which says that there is a step inside
        path, live = [root], [root]
        # Of each component on the stack: the order of its first node, the marks of the step that led into it, those inside.
        firsts, entries, met = [len(order)], [0], [0]
        order[root], place[root] = len(order), 0
        while path:
            node = path[-1]
            steps, at = leaving(node), place[node]
            while at < len(steps):
                target, marks = steps[at], steps[at + 1]
                at += 2
                if marks & banned or (within is not None and target not in within):
                    continue
                number = order.get(target)
                if number is None:
                    firsts.append(len(order))
                    entries.append(marks)
                    met.append(0)
                    order[target], place[target] = len(order), 0
                    path.append(target)
                    live.append(target)
                    break
                if number == _GONE:
                    continue
                earned = marks | looped
                while firsts[-1] > number:  # all that lies between is one component now
                    firsts.pop()
                    earned |= met.pop() | entries.pop()
                if earned & ~met[-1]:
                    met[-1] |= earned
                    if stops_early and are_met(met[-1]):
                        place[node] = at
                        yield live[_place_of(firsts[-1], live, order) :], met[-1]
                        return
            place[node] = at
            if path[-1] == node:
                path.pop()
                if firsts[-1] == order[node]:
                    start = _place_of(firsts.pop(), live, order)
                    nodes = live[start:]
                    del live[start:]
                    entries.pop()
                    for one in nodes:
                        order[one] = _GONE
                    earned = met.pop()
                    if earned:
                        yield nodes, earned

    def steps_inside(self, nodes: list[int]) -> list[Step]:
        """The steps between these nodes, as far as they have been looked at."""
        inside = set(nodes)
        looked_at = ((node, self.product.leaving(node), at) for node in nodes for at in range(0, self.place[node], 2))
        return [
            (node, steps[at], steps[at + 1])
            for node, steps, at in looked_at
            if steps[at] in inside and not steps[at + 1] & self.banned
        ]


def _place_of(first: int, live: list[int], order: dict[int, int]) -> int:
    """Where on the stack of nodes the one with this order lies: they lie there in their order."""
    return bisect_left(live, first, key=order.__getitem__)
