"""The place of each state of a state space: a cell in a grid over two variables, and a slot in the cell for the others.

A graph layout of a hundred states is a ball of wool. In a grid the place identifies a state: its row and its column are the
values of two variables, and the same values of the other variables have the same slot in every cell.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import networkx as nx

from dialproof.core.run import State
from dialproof.core.system import System
from dialproof.core.variables import Kind, Value, Variable

Cell = tuple[int, int]
"""A row and a column."""

_MOST_ROWS, _MOST_COLUMNS = 24, 14  # what a page has room for


@dataclass(frozen=True)
class Axis:
    """The rows or the columns: the variable, and those of its values that occur. `name` is "" if there is no variable.

    If no variable serves as rows, the distance from the start does: then `name` is "" and the values are numbers of steps.
    """

    name: str
    values: tuple[Value, ...]

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Grid:
    """The places of all states: `cells` has the states in each cell, each at its slot in `others`.

    `others` are the combinations of values of the `rest` of the variables that occur; variables that never change are left out.
    `moves` are the ways from a cell to another, each with the names of the actions that lead there and whether one is marked.
    """

    rows: Axis
    columns: Axis
    rest: tuple[Variable, ...]
    others: tuple[tuple[Value, ...], ...]
    cells: dict[Cell, dict[int, int]]
    moves: dict[tuple[Cell, Cell], tuple[tuple[str, ...], bool]]


def arrange(graph: nx.MultiDiGraph, system: System, axes: Sequence[str] = ()) -> Grid:
    """The grid of the state space `graph`. Variables for the axes that `axes` does not name are chosen. Raises ModelError.

    By default the rows are a choice and the columns a number, if there are such; variables with more values come first.
    """
    asked = [system.variable(name) for name in axes]
    states: list[State] = [state for _, state in graph.nodes(data="state")]
    moving = {variable.name: variable for variable in system.variables if len({state[variable.name] for state in states}) > 1}
    down = _rank(states, Kind.CHOICE, Kind.BOOLEAN, Kind.INTEGER)
    across = _rank(states, Kind.INTEGER, Kind.CHOICE, Kind.BOOLEAN)
    by_rows = _first(moving, asked[0] if asked else None, down, _MOST_ROWS)
    left = {name: variable for name, variable in moving.items() if by_rows is None or name != by_rows.name}
    by_columns = _first(left, asked[1] if len(asked) > 1 else None, across, _MOST_COLUMNS)
    rest = tuple(variable for name, variable in left.items() if by_columns is None or name != by_columns.name)
    return _arranged(graph, by_rows, by_columns, rest)


_Rank = Callable[[Variable], tuple[int, int]]
"""Which kind a variable is of, the most wanted kind as 0, and minus the number of its values."""


def _rank(states: Sequence[State], *kinds: Kind) -> _Rank:
    """Variables of the first of `kinds` first, and of those the ones with more values."""
    return lambda variable: (kinds.index(variable.domain.kind), -len({state[variable.name] for state in states}))


def _first(among: dict[str, Variable], asked: Variable | None, rank: _Rank, most: int) -> Variable | None:
    """The variable that was asked for, or the first by `rank` of those that do not have too many values."""
    if asked is not None:
        return asked
    return min((variable for variable in among.values() if -rank(variable)[1] <= most), key=rank, default=None)


def _arranged(graph: nx.MultiDiGraph, row: Variable | None, column: Variable | None, rest: tuple[Variable, ...]) -> Grid:
    nodes = dict(graph.nodes(data=True))
    states = [about["state"] for about in nodes.values()]
    steps = tuple(sorted({about["distance"] for about in nodes.values()}))
    rows, columns = _axis(row, states, steps), _axis(column, states, (0,))
    held = {number: tuple(about["state"][variable.name] for variable in rest) for number, about in nodes.items()}
    others = tuple(sorted(set(held.values()), key=lambda values: tuple(map(_place_in, rest, values))))
    places = {values: place for place, values in enumerate(others)}
    cells: dict[Cell, dict[int, int]] = {}
    homes: dict[int, Cell] = {}
    for number, about in nodes.items():
        state: State = about["state"]
        down = rows.values.index(state[row.name] if row else about["distance"])
        across = columns.values.index(state[column.name]) if column else 0
        homes[number] = down, across
        cells.setdefault((down, across), {})[places[held[number]]] = number
    return Grid(rows, columns, rest, others, cells, _moves(graph, homes))


def _axis(variable: Variable | None, states: Sequence[State], otherwise: tuple[Value, ...]) -> Axis:
    if variable is None:
        return Axis("", otherwise)
    found = {state[variable.name] for state in states}
    return Axis(variable.name, tuple(sorted(found, key=lambda value: _place_in(variable, value))))


def _place_in(variable: Variable, value: Value) -> int:
    """The position of a value among its variable's values."""
    return value if variable.domain.kind is Kind.INTEGER and isinstance(value, int) else variable.domain.members().index(value)


def _moves(graph: nx.MultiDiGraph, homes: dict[int, Cell]) -> dict[tuple[Cell, Cell], tuple[tuple[str, ...], bool]]:
    found: dict[tuple[Cell, Cell], tuple[dict[str, None], bool]] = {}
    for source, target, about in graph.edges(data=True):
        ends = homes[source], homes[target]
        if ends[0] != ends[1]:
            names, marked = found.setdefault(ends, ({}, False))
            names[about["taken"].name] = None
            found[ends] = names, marked or about.get("marked", False)
    return {ends: (tuple(names), marked) for ends, (names, marked) in sorted(found.items())}
