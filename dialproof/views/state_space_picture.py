"""The picture of a state space: a grid of cells, a mark for each state in them, and the ways from cell to cell.

A way leaves a cell at its side, runs in a track of its own between two columns, and enters the other cell at its side; each
has a height of its own where it leaves or enters, and its letters stand in its line. So two ways may cross, and never lie on
each other. If the ways do not fit on a page, only the states are drawn, and the picture says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING

import networkx as nx

from dialproof.core.system import System
from dialproof.core.wording import Wording
from dialproof.views.figures import Sheet
from dialproof.views.ink import BLACK, BLUE, FAINT, GREY, LINE, PAGE_WIDTH, PLAIN, STRONG, THIN, TITLE, WHITE, Face, Stroke
from dialproof.views.letters import lettered
from dialproof.views.state_grid import Cell, Grid, arrange
from dialproof.views.state_space import SAYS_OF_MARKS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MARGIN, _PAD, _GAP, _NARROW_GAP, _CORNER = 20.0, 6.0, 14.0, 5.0, 100.0
_TILE, _SMALL_TILE = 21.0, 9.0
_MOST_NUMBERED, _MOST_IN_KEY, _MOST_BELOW = 30, 5, 6
_SLOT, _TRACK, _LANE = 12.6, 8.0, 8.0
_LETTERS = Face(8.5, bold=True)
_WAY, _MARKED_WAY = Stroke(LINE, 0.9), Stroke(BLUE, 2.0)
_CELL = Stroke(THIN, 0.9)
_NO_STATE = "There is no initial state, so the system has no run."


def draw(graph: nx.MultiDiGraph, system: System, wording: Wording, title: str, axes: Sequence[str]) -> "Figure":
    """The state space `graph` as a figure, as wide as a page at most. Raises ModelError for an unknown name in `axes`."""
    if not graph:
        sheet = Sheet()
        y = sheet.write((_MARGIN, _MARGIN - 4), sheet.wrap(title, TITLE, 400 - 2 * _MARGIN), TITLE) + 2
        return sheet.figure(400, sheet.write((_MARGIN, y), (_NO_STATE,), PLAIN) + _MARGIN)
    return _Picture(graph, arrange(graph, system, axes), system, wording).draw(title)


@dataclass
class _Way:
    """A way from cell to cell: where it leaves and enters (side, height), and the tracks and the lane that it runs in."""

    source: Cell
    target: Cell
    letters: str
    marked: bool
    gutters: tuple[int, int]
    slots: list[int] = field(default_factory=list)
    tracks: list[int] = field(default_factory=list)
    lane: int = 0

    @property
    def has_lane(self) -> bool:
        """True if it passes other columns, in the space above a row."""
        return self.gutters[0] != self.gutters[1]

    @property
    def row(self) -> int:
        """Above which row its lane runs."""
        return max(self.source[0], self.target[0])


class _Picture:
    """The layout and the drawing of one state space."""

    def __init__(self, graph: nx.MultiDiGraph, grid: Grid, system: System, wording: Wording) -> None:
        self.graph, self.grid, self.wording, self.sheet = graph, grid, wording, Sheet()
        self.letters = lettered(name for actions, _ in grid.moves.values() for name in actions)
        self.sentences = {action.name: wording.actions.get(action.name) or action.label for action in system.actions}
        self.ways = [
            _Way(source, target, ", ".join(self.letters[name] for name in actions), marked, _gutters(source, target))
            for (source, target), (actions, marked) in grid.moves.items()
        ]
        self.numbered = 1 < len(grid.others) <= _MOST_NUMBERED and len(grid.rest) <= _MOST_IN_KEY
        self.tile = _TILE if self.numbered or len(grid.others) == 1 else _SMALL_TILE
        self.remarks: list[str] = []

    def draw(self, title: str) -> "Figure":
        """Draws everything and returns the figure."""
        self._measure()
        width = max(self.right + _MARGIN, 400.0)
        y = self.sheet.write((_MARGIN, _MARGIN - 4), self.sheet.wrap(title, TITLE, width - 2 * _MARGIN), TITLE) + 2
        y = self.sheet.write((_MARGIN, y), self.sheet.wrap(self._remark(), FAINT, width - 2 * _MARGIN), FAINT) + 10
        y = self._headings(y)
        y = self._down(y)
        for way in self.ways:
            self._way(way)
        for cell, states in self.grid.cells.items():
            self._cell(cell, states)
        y = self._legend(y + 6, width)
        y = self._key(y, width)
        return self.sheet.figure(width, y + _MARGIN - 4)

    # --- from left to right ------------------------------------------------------------------------------------------

    def _measure(self) -> None:
        """Choose what fits on the page: with ways and numbers, without ways, with small marks, or in one column."""
        self.per_line = max(1, round(sqrt(len(self.grid.others))))
        self._slots()
        while self._across() > PAGE_WIDTH and self.per_line > 1 and self.ways:
            self.per_line -= 1
        if self._across() > PAGE_WIDTH and self.ways:
            self.per_line = max(1, round(sqrt(len(self.grid.others))))
            self.ways = []
            self.remarks.append("The steps between cells are too many to be drawn.")
        if self._across() > PAGE_WIDTH:
            self.tile, self.numbered = _SMALL_TILE, False
        while self._across() > PAGE_WIDTH and self.per_line > 1:
            self.per_line -= 1

    def _across(self) -> float:
        """Place the columns; returns the width of everything."""
        lines = [self.sheet.wrap(self.wording.value(value), PLAIN, _CORNER - 12) for value in self.grid.rows.values]
        wide = max((self.sheet.widest(said, PLAIN) for said in lines), default=0.0)
        label = min(_CORNER, max(wide, *(self.sheet.widest(line, STRONG) for line in self._axis_names())) + 12)
        x = _MARGIN + label
        self.lefts: list[float] = []
        self.tracks_from: list[float] = []
        self.cell_width = max(self.per_line * self.tile, 26.0) + 2 * _PAD
        for gutter in range(len(self.grid.columns) + 1):
            leaving = [way for way in self.ways if way.gutters[0] == gutter]
            to_right = [way for way in leaving if way.source[1] < gutter]
            to_left = [way for way in leaving if way.source[1] >= gutter]
            used = [track for way in self.ways for g, track in zip(way.gutters, way.tracks, strict=True) if g == gutter]
            x += self._letters_width(to_right)
            self.tracks_from.append(x + _TRACK / 2)
            x += (max(used) + 1) * _TRACK if used else 0.0
            x += self._letters_width(to_left)
            x += _GAP if used else _NARROW_GAP if 0 < gutter < len(self.grid.columns) else 0.0
            if gutter < len(self.grid.columns):
                self.lefts.append(x)
                x += self.cell_width
        self.right = x
        return x + _MARGIN

    def _axis_names(self) -> list[tuple[str, ...]]:
        names = [self.wording.variable(axis.name) if axis.name else "" for axis in (self.grid.rows, self.grid.columns)]
        return [self.sheet.wrap(name, STRONG, _CORNER - 12) for name in names]

    def _letters_width(self, ways: Sequence[_Way]) -> float:
        return max((self.sheet.width(way.letters, _LETTERS) + 20 for way in ways), default=0.0)

    # --- from top to bottom ------------------------------------------------------------------------------------------

    def _slots(self) -> None:
        """Give each end of a way a height of its own, among all that end between the same columns in the same row."""
        self.slot_counts: dict[tuple[int, int], int] = {}
        lanes: dict[int, int] = {}
        for way in self.ways:
            straight = way.source[0] == way.target[0] and not way.has_lane
            ends = [(way.source[0], way.gutters[0]), (way.target[0], way.gutters[1])]
            for place in ends[:1] if straight else ends:
                way.slots.append(self.slot_counts.get(place, 0))
                self.slot_counts[place] = way.slots[-1] + 1
            if straight:
                way.slots.append(way.slots[0])
            if way.has_lane:
                way.lane = lanes.get(way.row, 0)
                lanes[way.row] = way.lane + 1
        self.lane_counts = lanes
        self._tracks()

    def _tracks(self) -> None:
        """Give each upright part of a way a track in which it meets no other; short ones first."""
        taken: dict[tuple[int, int], list[tuple[float, float]]] = {}
        for way in sorted(self.ways, key=lambda way: abs(way.source[0] - way.target[0])):
            start, goal = self._order(way.source[0], way.slots[0]), self._order(way.target[0], way.slots[1])
            lane = way.row - 0.5
            spans = [(start, lane), (goal, lane)] if way.has_lane else [(start, goal), (start, goal)]
            for gutter, (one, other) in zip(way.gutters, spans, strict=True):
                low, high = min(one, other), max(one, other)
                track = 0
                while any(low <= end and first <= high for first, end in taken.get((gutter, track), [])):
                    track += 1
                if way.tracks and not way.has_lane:
                    way.tracks.append(way.tracks[0])
                    continue
                if low < high:
                    taken.setdefault((gutter, track), []).append((low, high))
                way.tracks.append(track if low < high else 0)

    def _order(self, row: int, slot: int) -> float:
        """Where a slot stands from top to bottom, in rows: between its own row and the next half."""
        return row + slot * 1e-3

    def _down(self, top: float) -> float:
        """Place the rows; returns the y below them."""
        self.tops: list[float] = []
        self.heights: list[float] = []
        y = top
        for row in range(len(self.grid.rows)):
            slots = max((count for (r, _), count in self.slot_counts.items() if r == row), default=0) if self.ways else 0
            y += self.lane_counts.get(row, 0) * _LANE if self.ways else 0.0
            self.tops.append(y)
            label = len(self.sheet.wrap(self.wording.value(self.grid.rows.values[row]), PLAIN, _CORNER - 12)) * PLAIN.pitch
            self.heights.append(max(self._lines(row) * self.tile + 2 * _PAD, (slots + 1) * _SLOT, label))
            self._row_label(row)
            y += self.heights[-1] + _GAP
        return y

    def _lines(self, row: int) -> int:
        """How many lines of marks the cells of a row have."""
        places = [place for (r, _), states in self.grid.cells.items() if r == row for place in states]
        return max(places, default=0) // self.per_line + 1

    def _row_label(self, row: int) -> None:
        value = self.grid.rows.values[row]
        said = self.wording.value(value) if self.grid.rows.name else f"after {value} steps" if len(self.grid.rows) > 1 else ""
        lines = self.sheet.wrap(said, PLAIN, _CORNER - 12)
        middle = self.tops[row] + self.heights[row] / 2
        self.sheet.write((_MARGIN, middle - len(lines) * PLAIN.pitch / 2 - 0.5), lines, PLAIN)

    def _headings(self, y: float) -> float:
        """The names of the axes and the values over the columns; returns the y below them."""
        by_row, _ = self._axis_names()
        if self.grid.columns.name:
            name = self.sheet.wrap(self.wording.variable(self.grid.columns.name), STRONG, self.right - self.lefts[0])
            y = self.sheet.write((self.lefts[0], y), name, STRONG) + 2
        foot = self.sheet.write((_MARGIN, y), by_row, STRONG)
        if self.grid.columns.name:
            for left, value in zip(self.lefts, self.grid.columns.values, strict=True):
                lines = self.sheet.wrap(self.wording.value(value), PLAIN, self.cell_width)
                foot = max(foot, self.sheet.write((left + self.cell_width / 2, y), lines, PLAIN, "center"))
        return foot + 6

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _way(self, way: _Way) -> None:
        stroke = _MARKED_WAY if way.marked else _WAY
        start, goal = self._height(way.source[0], way.slots[0]), self._height(way.target[0], way.slots[1])
        from_right, to_right = way.source[1] < way.gutters[0], way.target[1] < way.gutters[1]
        x = self.lefts[way.source[1]] + (self.cell_width if from_right else 0.0)
        ahead = 1 if from_right else -1
        letters = self.sheet.width(way.letters, _LETTERS)
        self.sheet.line([(x, start), (x + 5 * ahead, start)], stroke, head=False)
        text = x + 8 if from_right else x - 8 - letters
        self.sheet.write((text, start - _LETTERS.pitch / 2 - 0.5), (way.letters,), _LETTERS)
        route = [(x + (11 + letters) * ahead, start)]
        end = self.lefts[way.target[1]] + (self.cell_width if to_right else 0.0)
        if abs(start - goal) > 1 or way.has_lane:
            first, last = (self.tracks_from[g] + t * _TRACK for g, t in zip(way.gutters, way.tracks, strict=True))
            lane = self.tops[way.row] - _GAP / 2 - way.lane * _LANE
            route += [(first, start), (first, lane), (last, lane)] if way.has_lane else [(first, start)]
            route += [(last, goal)]
        self.sheet.line([*route, (end, goal)], stroke, radius=4, gid=f"way-{way.source}-{way.target}")

    def _height(self, row: int, slot: int) -> float:
        return self.tops[row] + (slot + 1) * _SLOT

    def _cell(self, cell: Cell, states: dict[int, int]) -> None:
        left, top = self.lefts[cell[1]], self.tops[cell[0]]
        height = self.heights[cell[0]]
        self.sheet.box((left, top), (self.cell_width, height), _CELL, WHITE, 4, gid=f"cell-{cell[0]}-{cell[1]}")
        lines = self._lines(cell[0])
        first = (left + (self.cell_width - (self.per_line - 1) * self.tile) / 2, top + (height - (lines - 1) * self.tile) / 2)
        for place, number in states.items():
            at = (first[0] + place % self.per_line * self.tile, first[1] + place // self.per_line * self.tile)
            self._mark(at, place, self.graph.nodes[number], f"state-{number}")

    def _mark(self, at: tuple[float, float], place: int | None, about: dict[str, object], gid: str | None = None) -> None:
        """A state: filled if it is marked, with a ring if it is initial; with its number among the others."""
        marked, radius = bool(about.get("marked")), 8.3 if self.tile == _TILE else 3.2
        if about["initial"]:
            self.sheet.disc(at, radius + 2.2, Stroke(LINE, 1.0), WHITE)
        self.sheet.disc(at, radius, Stroke(BLACK if marked else GREY, 0.9), BLACK if marked else WHITE, gid=gid)
        if self.numbered and place is not None:
            face = Face(8.5, bold=True, colour=WHITE if marked else BLACK)
            self.sheet.write((at[0], at[1] - 5.9), (str(place + 1),), face, "center")

    # --- in words ----------------------------------------------------------------------------------------------------

    def _remark(self) -> str:
        said = [f"{len(self.graph)} states can be reached."]
        if self.ways:
            said.append("Arrow: some state of the cell has a step to the other cell. Steps within a cell are not drawn.")
        if any(way.marked for way in self.ways):
            said.append("Heavy: the same for the filled states.")
        if len(self.grid.others) > 1 and not self.numbered:
            others = len(self.grid.rest)
            said.append(f"The marks of a cell differ in {others} further variable{'s' if others > 1 else ''}.")
        return " ".join([*said, *self.remarks])

    def _legend(self, y: float, width: float) -> float:
        """What the marks mean, with how many there are."""
        nodes = [about for _, about in self.graph.nodes(data=True)]
        marked = sum(1 for about in nodes if about.get("marked"))
        rows: list[tuple[dict[str, object], str]] = [({"initial": True}, "a run may start here")]
        if "marks" in self.graph.graph:
            said = SAYS_OF_MARKS[self.graph.graph["marks"]]
            if marked:
                rows.append(({"initial": False, "marked": True}, f"{said}: {marked} states"))
            else:
                y = self.sheet.write((_MARGIN, y), self.sheet.wrap(f"{said}.", STRONG, width - 2 * _MARGIN), STRONG) + 4
        for about, text in rows:
            lines = self.sheet.wrap(text, PLAIN, width - 2 * _MARGIN - 32)
            above = (_TILE - PLAIN.pitch) / 2
            self._mark((_MARGIN + 12, y + _TILE / 2), None, about)
            y = self.sheet.write((_MARGIN + 32, y + above - 0.5), lines, PLAIN) + above + 3
        return y + 4

    def _key(self, y: float, width: float) -> float:
        """What each number and each letter stands for."""
        if self.numbered:
            y = self._numbers(y, width) + 8
        return self._sentences(y, width) if self.ways else y

    def _sentences(self, y: float, width: float) -> float:
        """What each letter stands for; many in two columns."""
        columns = 1 if len(self.letters) <= _MOST_BELOW else 2
        across = (width - 2 * _MARGIN) / columns
        lines = [(letter, self.sheet.wrap(self.sentences[name], PLAIN, across - 36)) for name, letter in self.letters.items()]
        half = -(-len(lines) // columns)
        foot = y
        for column, part in enumerate((lines[:half], lines[half:])):
            x, at = _MARGIN + column * across, y
            for letter, said in part:
                self.sheet.write((x + 6, at), (letter,), _LETTERS)
                at = self.sheet.write((x + 32, at), said, PLAIN) + 1
            foot = max(foot, at)
        return foot

    def _numbers(self, y: float, width: float) -> float:
        """A table: for each number in a mark what the other variables hold."""
        room = (width - 2 * _MARGIN - 32) / len(self.grid.rest)
        heads = [self.sheet.wrap(self.wording.variable(variable.name), STRONG, room - 10) for variable in self.grid.rest]
        tall = max(map(len, heads))
        for place, head in enumerate(heads):
            self.sheet.write((_MARGIN + 32 + place * room, y + (tall - len(head)) * STRONG.pitch), head, STRONG)
        y += tall * STRONG.pitch
        for number, values in enumerate(self.grid.others, 1):
            self.sheet.write((_MARGIN + 6, y), (str(number),), _LETTERS)
            said = [self.sheet.wrap(self.wording.value(value), PLAIN, room - 10) for value in values]
            for place, lines in enumerate(said):
                self.sheet.write((_MARGIN + 32 + place * room, y), lines, PLAIN)
            y += max(map(len, said)) * PLAIN.pitch
        return y


def _gutters(source: Cell, target: Cell) -> tuple[int, int]:
    """In which spaces between columns a way leaves its cell and enters the other one; space n is left of column n."""
    if target[1] > source[1]:
        return source[1] + 1, target[1]
    if target[1] < source[1]:
        return source[1], target[1] + 1
    return source[1] + 1, source[1] + 1
