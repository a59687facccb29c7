"""Arrays of an SMV file: each is so many variables, one for each index between its bounds.

Bounds are numbers that depend on no variable (NuSMV 2.6 user manual, section 2.2.3). Elements may be arrays themselves.
"""

from lark import Token, Tree

from dialproof.exchange.smv.expressions import Expressions
from dialproof.exchange.smv.modules import Array, Declared, Flat, Placed
from dialproof.exchange.smv.types import Symbols

MOST_ELEMENTS = 4096
"""How many elements the arrays of a file may have together."""


def spread_arrays(flat: Flat) -> None:
    """Add the elements of all arrays to the variables of `flat`. Raises ScenarioError."""
    constant = Expressions(flat, Symbols(flat), {}, frozenset(), [])
    for array in reversed(flat.arrays):  # so that the places of those before it stay right
        found = list[Declared]()
        _spread(array, flat, constant, found)
        flat.variables[array.place : array.place] = found
    if sum(len(array.elements) for array in flat.arrays) > MOST_ELEMENTS:
        flat.text.refuse(flat.arrays[-1].kind.tree, f"the arrays have more than {MOST_ELEMENTS} elements together")


def _spread(array: Array, flat: Flat, constant: Expressions, found: list[Declared]) -> None:
    tree = array.kind.tree
    assert isinstance(tree, Tree)
    first, last, kind = tree.children
    low, high = (constant.number(Placed(end, array.kind.scope)) for end in (first, last))
    if not 0 <= high - low < MOST_ELEMENTS:
        flat.text.refuse(tree, f"an array has from 1 to {MOST_ELEMENTS} elements; {low}..{high} are {max(0, high - low + 1)}")
    assert isinstance(kind, Tree | Token)
    placed = Placed(kind, array.kind.scope)
    for index in range(low, high + 1):
        name = f"{array.name}[{index}]"
        if isinstance(kind, Tree) and kind.data == "array":
            inner = Array(name, placed, array.is_input, array.is_frozen, array.place)
            _spread(inner, flat, constant, found)
            array.elements[index] = inner
        elif isinstance(kind, Tree) and kind.data == "instance":
            flat.text.refuse(kind, "an array of instances of a module is not read: declare each instance by itself")
        else:
            found.append(Declared(name, placed, array.is_input, array.is_frozen))
            array.elements[index] = name
