"""A shortest violating lasso of a system with few states, known to be one because no violation can have fewer steps.

A violation goes round for ever in a fair component of the product. So its stem leads to a state of one, and takes at least as
many steps as the product needs to get to that state; and its loop is a closed walk through that state, along steps of the
component, that the fairness of the system is content with. What the claim wants besides is left out, so that the least sum of the
two over all states is a lower bound: also where what is owed comes back later than the states do. Where a lasso that is put
together in this way violates the claim, it attains the bound.
"""

from collections.abc import Iterator

from dialproof.engines.short_lasso import Loops, Path
from dialproof.semantics.breadth_first import BreadthFirst
from dialproof.semantics.components import Step, fair_components
from dialproof.semantics.interpreter import Values
from dialproof.semantics.product import Product


def least_lassos(product: Product) -> Iterator[tuple[Path, Path]]:
    """Stems and loops that may be violations, than which none has fewer steps in all; nothing if that takes long to find out.

    The steps of a loop follow each other in their states; what is owed in them may not. There is at most one for each state in
    which a loop can begin. Raises what `Product.leaving` raises.
    """
    product.explored()
    search = BreadthFirst(product.initial, product.steps)
    reached: dict[Values, tuple[int, int]] = {}
    for node, distance in search.nodes():
        reached.setdefault(product.values(node), (distance, node))
    found: list[tuple[int, int, Path]] = []
    for component in fair_components(product):
        leaving, meant = _between_states(product, component)
        loops = Loops(product.system_fairness, leaving)
        for state in sorted(leaving, key=lambda one: reached[product.values(one)]):
            distance, node = reached[product.values(state)]
            most = min((length for length, _, _ in found), default=None)
            loop = loops.through(state, None if most is None else most - distance)
            if loops.are_given_up:
                return
            if loop is not None:
                found.append((distance + len(loop), node, [meant[step] for step in loop]))
    least = min((length for length, _, _ in found), default=0)
    yield from ((search.way_to(node), loop) for length, node, loop in found if length == least)


def _between_states(product: Product, component: list[Step]) -> tuple[dict[int, list[Step]], dict[Step, Step]]:
    """The steps of a component between states, with the marks of the system's fairness alone; and what each one stands for.

    A state is named by the first node that has it.
    """
    fairness = product.system_fairness
    told = fairness.justice | sum(asked | given for asked, given in fairness.pairs)
    names: dict[Values, int] = {}
    meant: dict[Step, Step] = {}
    leaving: dict[int, list[Step]] = {}
    for source, target, marks in component:
        before, after = (names.setdefault(product.values(node), node) for node in (source, target))
        step = before, after, marks & told
        if step not in meant:
            meant[step] = source, target, marks
            leaving.setdefault(before, []).append(step)
    return leaving, meant
