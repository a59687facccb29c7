"""A diagram of boxes in columns, joined by labelled arrows from left to right. It knows nothing of what the boxes mean.

Arrows to one box share a trunk, as wires do in a circuit: forty rows that lead to one place stay forty short lines,
instead of a fan of curves. Each label stands in its own row, in its line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import networkx as nx

from dialproof.views.ink import BLUE, FAINT, GREY, PAGE_WIDTH, PALE, PALE_BLUE, PLAIN, STRONG, TITLE, WHITE, Face, Point, Stroke

if TYPE_CHECKING:
    from collections.abc import Hashable

    from matplotlib.figure import Figure

    from dialproof.views.figures import Sheet

Look = Literal["plain", "filled", "heavy", "dashed", "dotted"]
"""How a box or an arrow is drawn; each differs from the others in width, dashes or fill, not in colour alone."""

_STROKES: dict[Look, Stroke] = {
    "plain": Stroke("#3a3a3a", 1.0),
    "filled": Stroke("#3a3a3a", 1.0),
    "heavy": Stroke(BLUE, 2.0),
    "dashed": Stroke("#3a3a3a", 1.2, "dashed"),
    "dotted": Stroke(GREY, 1.0, "dotted"),
}
_FILLS: dict[Look, str] = {"plain": WHITE, "filled": PALE, "heavy": PALE_BLUE, "dashed": WHITE, "dotted": WHITE}
_HEADING = Face(9, bold=True, colour=GREY)
_MARGIN, _PAD = 20.0, 8.0
_LIMITS = ((195.0, 185.0), (165.0, 140.0), (140.0, 115.0), (120.0, 95.0), (100.0, 80.0), (80.0, 60.0))
"""How wide the words in a box and those on an arrow may be, in points: the first of these with which all fits on a page."""

_ROW_GAP, _GROUP_GAP, _TRACK = 7.0, 14.0, 13.0


def add_box(
    graph: nx.DiGraph, name: "Hashable", column: int, title: str, notes: Sequence[str] = (), look: Look = "plain"
) -> None:
    """Adds a box: `title` in bold, a line for each of `notes` below it. The boxes of a column keep their order."""
    graph.add_node(name, column=column, title=title, notes=tuple(notes), look=look)


def add_arrow(graph: nx.DiGraph, source: "Hashable", target: "Hashable", label: str = "", look: Look = "plain") -> None:
    """Adds an arrow to a box of the next column."""
    graph.add_edge(source, target, label=label, look=look)


def draw_columns(graph: nx.DiGraph, headings: Sequence[str], title: str, remark: str = "") -> "Figure":
    """The diagram as a figure, sized so that every word fits: `headings` over the columns, `remark` below the title.

    Text is wrapped until the columns fit beside each other on a page.
    """
    from dialproof.views.figures import Sheet  # only what draws needs matplotlib

    columns = _Columns(graph, Sheet(), *_LIMITS[0])
    for limits in _LIMITS[1:]:
        if columns.place(headings) <= PAGE_WIDTH:
            break
        columns = _Columns(graph, Sheet(), *limits)
    return columns.draw(headings, title, remark)


@dataclass
class _Box:
    """A box while it is laid out: its words in lines, and where it stands, in points."""

    title: tuple[str, ...]
    notes: tuple[str, ...]
    look: Look
    height: float
    x: float = 0.0
    y: float = 0.0

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


class _Columns:
    """The layout and the drawing of one diagram."""

    def __init__(self, graph: nx.DiGraph, sheet: "Sheet", text_limit: float, label_limit: float) -> None:
        self.graph, self.sheet = graph, sheet
        self.labels = {
            (source, target): sheet.wrap(label, PLAIN, label_limit) for source, target, label in graph.edges(data="label")
        }
        self.boxes: dict[Hashable, _Box] = {}
        for name, node in graph.nodes(data=True):
            words = sheet.wrap(node["title"], STRONG, text_limit)
            notes = tuple(line for note in node["notes"] for line in sheet.wrap(note, FAINT, text_limit))
            height = len(words) * STRONG.pitch + len(notes) * FAINT.pitch + 9
            tallest = max((len(self.labels[edge]) for edge in graph.out_edges(name)), default=0) * PLAIN.pitch + 2
            self.boxes[name] = _Box(words, notes, node["look"], max(height, tallest))
        count = 1 + max((column for _, column in graph.nodes(data="column")), default=0)
        self.columns: list[list[Hashable]] = [[] for _ in range(count)]
        for name, column in graph.nodes(data="column"):
            self.columns[column].append(name)
        self.widths = [self._width(column) for column in self.columns]

    def _width(self, column: Sequence["Hashable"]) -> float:
        boxes = [self.boxes[name] for name in column]
        texts = [max(self.sheet.widest(box.title, STRONG), self.sheet.widest(box.notes, FAINT)) for box in boxes]
        return max(texts, default=0.0) + 2 * _PAD

    def place(self, headings: Sequence[str]) -> float:
        """Makes room for the headings; returns the width of everything."""
        heads = [*(self.sheet.width(heading, _HEADING) for heading in headings), *([0.0] * len(self.widths))]
        self.widths = [max(width, head) for width, head in zip(self.widths, heads, strict=False)]
        return max(self._lefts()[-1] + self.widths[-1], 300.0) + _MARGIN

    def draw(self, headings: Sequence[str], title: str, remark: str) -> "Figure":
        """Draws everything and returns the figure."""
        width = self.place(headings)
        lefts = self._lefts()
        top = self.sheet.write((_MARGIN, _MARGIN - 4), self.sheet.wrap(title, TITLE, width - 2 * _MARGIN), TITLE) + 2
        top = self.sheet.write((_MARGIN, top), self.sheet.wrap(remark, FAINT, width - 2 * _MARGIN), FAINT) + 10
        for left, heading, column in zip(lefts, headings, self.columns, strict=False):
            if column:
                self.sheet.write((left, top), (heading,), _HEADING)
        top += 18
        bottom = top
        for number, (left, column) in enumerate(zip(lefts, self.columns, strict=True)):
            bottom = max(bottom, self._place(column, left, top, number))
        for number in range(1, len(self.columns)):
            self._arrows(number, lefts)
        for number, column in enumerate(self.columns):
            for name in column:
                self._draw_box(self.boxes[name], self.widths[number], name)
        return self.sheet.figure(width, bottom + _MARGIN)

    def _lefts(self) -> list[float]:
        """The left edge of each column: between two lie the labels and one track for each box that is led to."""
        lefts = [_MARGIN]
        for number in range(1, len(self.columns)):
            targets = self._targets(number)
            space = self._label_width(number) + _TRACK * max(len(targets), 1) + 26
            lefts.append(lefts[-1] + self.widths[number - 1] + space)
        return lefts

    def _targets(self, number: int) -> list["Hashable"]:
        return [name for name in self.columns[number] if self.graph.in_degree(name)]

    def _label_width(self, number: int) -> float:
        edges = [edge for name in self.columns[number] for edge in self.graph.in_edges(name)]
        width = max((self.sheet.widest(self.labels[edge], PLAIN) for edge in edges), default=0.0)
        return width + 26 if width else 6.0

    def _place(self, names: Sequence["Hashable"], left: float, top: float, number: int) -> float:
        """Stacks the boxes of a column, each as near as possible to the middle of what leads to it; returns its foot."""
        wanted: dict[Hashable, float] = {}
        for name in names:
            sources = [self.boxes[source].middle for source in self.graph.predecessors(name)]
            wanted[name] = (min(sources) + max(sources)) / 2 - self.boxes[name].height / 2 if sources else float("inf")
        y, before = top, None
        for name in sorted(names, key=lambda name: wanted[name]) if number else names:
            box, goals = self.boxes[name], set(self.graph.successors(name))
            if number == 0 and before is not None and goals != before:
                y += _GROUP_GAP - _ROW_GAP
            box.x, box.y = left, max(y, wanted[name]) if wanted[name] != float("inf") else y
            y, before = box.y + box.height + (_GROUP_GAP if number else _ROW_GAP), goals
        return max((self.boxes[name].y + self.boxes[name].height for name in names), default=top)

    def _arrows(self, number: int, lefts: Sequence[float]) -> None:
        """The arrows into column `number`."""
        first_track = lefts[number - 1] + self.widths[number - 1] + self._label_width(number) + _TRACK / 2
        # The lowest target has the track furthest left: its sources lie below the others', so no two trunks cross.
        targets = sorted(self._targets(number), key=lambda name: -self.boxes[name].y)
        for place, target in enumerate(targets):
            self._trunk(target, first_track + place * _TRACK, lefts[number - 1] + self.widths[number - 1])

    def _trunk(self, target: "Hashable", track: float, start: float) -> None:
        """All arrows into one box: a line from each source to the track, and one arrow from there."""
        goal = self.boxes[target]
        port = goal.middle
        sources = sorted(self.graph.predecessors(target), key=lambda name: self.boxes[name].middle)
        routes: list[tuple[list[Point], Stroke, bool, str | None]] = []
        for source in sources:
            stroke = _STROKES[self.graph.edges[source, target]["look"]]
            x, y = self._label((source, target), start, stroke)
            route: list[Point] = [(x, y), (track, y)]
            if source in {sources[0], sources[-1]} and abs(y - port) > 1:
                route.append((track, port))
            if len(sources) == 1:
                route.append((goal.x, port))
            routes.append((route, stroke, len(sources) == 1, f"arrow-{source}-{target}"))
        if len(sources) > 1:
            heaviest = max((stroke for _, stroke, _, _ in routes), key=lambda stroke: stroke.width)
            routes.append(([(track, port), (goal.x, port)], heaviest, True, None))
        # Where one trunk crosses another, the one below is interrupted: a crossing must not look like a junction.
        for route, stroke, _, _ in routes:
            self.sheet.line(route, Stroke(WHITE, stroke.width + 6), head=False)
        for route, stroke, head, gid in routes:
            self.sheet.line(route, stroke, head=head, gid=gid)

    def _label(self, edge: tuple["Hashable", "Hashable"], start: float, stroke: Stroke) -> Point:
        """Writes the label into its line and returns where the line goes on."""
        lines, y = self.labels[edge], self.boxes[edge[0]].middle
        if not lines:
            return (start, y)
        self.sheet.line([(start, y), (start + 9, y)], stroke, head=False)
        self.sheet.write((start + 13, y - len(lines) * PLAIN.pitch / 2 - 0.5), lines, PLAIN)
        return (start + 15 + self.sheet.widest(lines, PLAIN), y)

    def _draw_box(self, box: _Box, width: float, name: "Hashable") -> None:
        self.sheet.box((box.x, box.y), (width, box.height), _STROKES[box.look], _FILLS[box.look], gid=f"box-{name}")
        words = len(box.title) * STRONG.pitch + len(box.notes) * FAINT.pitch
        y = self.sheet.write((box.x + _PAD, box.middle - words / 2 - 0.5), box.title, STRONG)
        self.sheet.write((box.x + _PAD, y), box.notes, FAINT)
