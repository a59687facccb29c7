"""Where each state of a state space stands: in a grid over two of its variables, in a cell at its place among the others.

A graph layout of a hundred states is a ball of wool. A grid says by its place what a state is: its row and its column are the
values of two variables, and what the other variables hold has the same place in every cell.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import networkx as nx

from dialproof.run import State
from dialproof.system import System
from dialproof.variables import Kind, Value, Variable

Cell = tuple[int, int]
"""A row and a column."""

_MOST_ROWS, _MOST_COLUMNS = 24, 24


@dataclass(frozen=True)
class Axis:
    """The rows or the columns: the variable, and those of its values that occur. `name` is "" where there is no variable.

    The distance from the start serves as rows where no variable does: then `name` is "" and the values are numbers of steps.
    """

    name: str
    values: tuple[Value, ...]

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Grid:
    """The places of all states: `cells` says of each cell which states stand in it, each at its place among `others`.

    `others` are the combinations of values of the `rest` of the variables that occur; variables that never change are no part.
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

    Rows are a choice where there is one and columns a number, as most people would draw it; those with more values first.
    """
    asked = [system.variable(name) for name in axes]
    states: list[State] = [state for _, state in graph.nodes(data="state")]
    moving = {variable.name: variable for variable in system.variables if len({state[variable.name] for state in states}) > 1}
    by_rows = _first(moving, asked[0] if asked else None, _row_rank(states), _MOST_ROWS, states)
    left = {name: variable for name, variable in moving.items() if by_rows is None or name != by_rows.name}
    by_columns = _first(left, asked[1] if len(asked) > 1 else None, _column_rank(states), _MOST_COLUMNS, states)
    rest = tuple(variable for name, variable in left.items() if by_columns is None or name != by_columns.name)
    return _arranged(graph, by_rows, by_columns, rest)


_Rank = Callable[[Variable], tuple[int, int]]


def _row_rank(states: Sequence[State]) -> _Rank:
    order = {Kind.CHOICE: 0, Kind.BOOLEAN: 1, Kind.INTEGER: 2}
    return lambda variable: (order[variable.domain.kind], -len({state[variable.name] for state in states}))


def _column_rank(states: Sequence[State]) -> _Rank:
    order = {Kind.INTEGER: 0, Kind.CHOICE: 1, Kind.BOOLEAN: 2}
    return lambda variable: (order[variable.domain.kind], -len({state[variable.name] for state in states}))


def _first(
    among: dict[str, Variable], asked: Variable | None, rank: _Rank, most: int, states: Sequence[State]
) -> Variable | None:
    """The variable that was asked for, or the first by `rank` of those that do not have too many values."""
    if asked is not None:
        return asked
    few = [variable for variable in among.values() if len({state[variable.name] for state in states}) <= most]
    return min(few, key=rank, default=None)


def _arranged(graph: nx.MultiDiGraph, row: Variable | None, column: Variable | None, rest: tuple[Variable, ...]) -> Grid:
    nodes = list(graph.nodes(data=True))
    rows = _axis(row, [about["state"] for _, about in nodes])
    if row is None and len(nodes) > 1:
        rows = Axis("", tuple(sorted({about["distance"] for _, about in nodes})))
    columns = _axis(column, [about["state"] for _, about in nodes])

    def cell(about: dict[str, State]) -> Cell:
        state = about["state"]
        across = columns.values.index(state[columns.name]) if columns.name else 0
        if rows.name:
            return rows.values.index(state[rows.name]), across
        return (rows.values.index(graph.nodes[numbers[id(state)]]["distance"]) if len(rows) > 1 else 0), across

    numbers = {id(about["state"]): number for number, about in nodes}
    held = {number: tuple(about["state"][variable.name] for variable in rest) for number, about in nodes}
    others = tuple(sorted(set(held.values()), key=lambda values: tuple(map(_place_in, rest, values))))
    places = {values: place for place, values in enumerate(others)}
    cells: dict[Cell, dict[int, int]] = {}
    homes: dict[int, Cell] = {}
    for number, about in nodes:
        homes[number] = cell(about)
        cells.setdefault(homes[number], {})[places[held[number]]] = number
    return Grid(rows, columns, rest, others, cells, _moves(graph, homes))


def _axis(variable: Variable | None, states: Sequence[State]) -> Axis:
    if variable is None:
        return Axis("", ("",))
    found = {state[variable.name] for state in states}
    return Axis(variable.name, tuple(sorted(found, key=lambda value: _place_in(variable, value))))


def _place_in(variable: Variable, value: Value) -> int:
    """Where a value stands among its variable's values."""
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
