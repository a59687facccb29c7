"""The picture of a state machine: the states below one another, arrows onwards at the right, arrows back at the left.

An arrow to the next state is straight; every other one has a lane, longer ones further out, and its label stands in its
lane between two states, where no other line passes. So nothing overlaps, whatever the words are. If the labels do not
fit on a page, letters replace them, and a list below explains each letter.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import networkx as nx

from dialproof.core.actions import Fairness
from dialproof.core.variables import Value
from dialproof.core.wording import Wording
from dialproof.views.figures import Sheet
from dialproof.views.ink import BLUE, FAINT, LINE, PAGE_WIDTH, PALE_BLUE, PLAIN, STRONG, TITLE, WHITE, Face, Stroke
from dialproof.views.letters import lettered
from dialproof.views.machine import FAIRNESS_WORDS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MARGIN, _PAD, _LABEL, _NARROW = 20.0, 9.0, 118.0, 40.0
_PORT, _LANE, _LEAD = 11.0, 12.0, 12.0
_STATE_LIMIT = 110.0
_FAIR, _UNFAIR = Stroke(LINE, 1.5), Stroke(LINE, 1.0, "dashed")
_LETTER = Face(9, bold=True)
_REMARK = "Dashed: no fairness, so it may never happen. Shaded: the initial state."


@dataclass
class _Lane:
    """All actions from one state to another: between which places they lead, their label, and where the lane stands."""

    source: int
    target: int
    names: list[str]
    fair: bool
    lines: tuple[tuple[str, Face], ...] = ()
    width: float = 0.0
    gap: int = 0
    x: float = 0.0
    ports: dict[int, float] = field(default_factory=dict)

    @property
    def first(self) -> int:
        return min(self.source, self.target)

    @property
    def last(self) -> int:
        return max(self.source, self.target)

    @property
    def is_straight(self) -> bool:
        return self.target == self.source + 1

    @property
    def height(self) -> float:
        return sum(face.pitch for _, face in self.lines) + 8

    @property
    def gid(self) -> str:
        return f"edge-{self.source}-{self.target}"


def draw(graph: nx.MultiDiGraph, wording: Wording, title: str) -> "Figure":
    """The machine `graph` (see `dialproof.views.machine.machine`) as a figure, as wide as a page at most if it can be."""
    return _Picture(graph, wording, Sheet()).draw(title)


class _Picture:
    """The layout and the drawing of one machine."""

    def __init__(self, graph: nx.MultiDiGraph, wording: Wording, sheet: Sheet) -> None:
        self.graph, self.wording, self.sheet = graph, wording, sheet
        self.values = _ordered(graph)
        self.names = [sheet.wrap(wording.value(value), STRONG, _STATE_LIMIT) for value in self.values]
        self.box = max((sheet.widest(name, STRONG) for name in self.names), default=0.0) + 2 * _PAD
        self.said: dict[str, tuple[str, str]] = {}
        lanes: dict[tuple[int, int], _Lane] = {}
        place = {value: number for number, value in enumerate(self.values)}
        for source, target, name, about in graph.edges(data=True, keys=True):
            self.said[name] = (wording.actions.get(name) or about["action"], FAIRNESS_WORDS[about["fairness"]])
            ends = place[source], place[target]
            lane = lanes.setdefault(ends, _Lane(*ends, [], fair=False))
            lane.names.append(name)
            lane.fair |= about["fairness"] is not Fairness.NONE
        self.lanes = list(lanes.values())
        self.letters = lettered(name for lane in self.lanes for name in lane.names)

    def draw(self, title: str) -> "Figure":
        """Draws everything and returns the figure."""
        self._label(self._sentences)
        lettered = self._across() > PAGE_WIDTH
        if lettered:
            self._label(self._letters)
        width = max(self._across(), 360.0)
        y = self.sheet.write((_MARGIN, _MARGIN - 4), self.sheet.wrap(title, TITLE, width - 2 * _MARGIN), TITLE) + 2
        y = self.sheet.write((_MARGIN, y), self.sheet.wrap(_REMARK, FAINT, width - 2 * _MARGIN), FAINT) + 12
        y = self._down(y)
        for lane in self.lanes:
            self._arrow(lane)
        for number, value in enumerate(self.values):
            self._state(number, value)
        if lettered:
            y = self._key(y + 10, width)
        return self.sheet.figure(width, y + _MARGIN)

    def _label(self, words: Callable[[_Lane], tuple[tuple[str, Face], ...]]) -> None:
        """Give each lane its label."""
        for lane in self.lanes:
            lane.lines = words(lane)
            lane.width = max(self.sheet.width(text, face) for text, face in lane.lines) + 10

    def _sentences(self, lane: _Lane) -> tuple[tuple[str, Face], ...]:
        lines: list[tuple[str, Face]] = []
        for name in lane.names:
            sentence, fair = self.said[name]
            one_of_many = f"• {sentence}" if len(lane.names) > 1 else sentence
            lines += [(line, PLAIN) for line in self.sheet.wrap(one_of_many, PLAIN, _LABEL)]
            lines += [(line, FAINT) for line in self.sheet.wrap(fair, FAINT, _LABEL)]
        return tuple(lines)

    def _letters(self, lane: _Lane) -> tuple[tuple[str, Face], ...]:
        text = ", ".join(self.letters[name] for name in lane.names)
        return tuple((line, _LETTER) for line in self.sheet.wrap(text, _LETTER, _NARROW))

    def _across(self) -> float:
        """Places everything from left to right; returns the width that it takes."""
        straight = max((lane.width for lane in self.lanes if lane.is_straight), default=0.0)
        back = _sides([lane for lane in self.lanes if lane.target < lane.source])
        onwards = _sides([lane for lane in self.lanes if lane.target > lane.source and not lane.is_straight])
        reach = 0.0
        for column in back:
            reach += _LANE
            for lane in column:
                lane.x = -reach
            reach += max(lane.width for lane in column)
        self.left = _MARGIN + reach
        for lane in (lane for column in back for lane in column):
            lane.x += self.left
        x = max(self.left + self.box, self.left + self.box / 2 + straight + 4) if straight else self.left + self.box
        for column in onwards:
            x += _LANE
            for lane in column:
                lane.x = x
            x += max(lane.width for lane in column)
        return x + _MARGIN

    def _down(self, top: float) -> float:
        """Places everything from top to bottom; returns the y below it."""
        gaps = [2 * _LEAD] * max(len(self.values) - 1, 0)
        for lane in sorted(self.lanes, key=lambda lane: lane.last - lane.first):
            # A label stands where it makes the picture least longer.
            lane.gap = max(range(lane.first, lane.last), key=lambda gap: gaps[gap])
            gaps[lane.gap] = max(gaps[lane.gap], lane.height + _LEAD)
        self.tops: list[float] = []
        self.heights: list[float] = []
        y = top
        for number in range(len(self.values)):
            ports = self._ports(number)
            height = max(len(self.names[number]) * STRONG.pitch + 12, (max(map(len, ports)) + 1) * _PORT)
            for side in ports:
                free = height - (len(side) - 1) * _PORT
                for place, lane in enumerate(side):
                    lane.ports[number] = y + free / 2 + place * _PORT
            self.tops.append(y)
            self.heights.append(height)
            y += height + (gaps[number] if number < len(gaps) else 0.0)
        return y

    def _ports(self, number: int) -> tuple[list[_Lane], list[_Lane]]:
        """The lanes at the left and at the right side of a state, from top to bottom, so that none crosses another there."""
        lanes = [lane for lane in self.lanes if not lane.is_straight]
        far = {id(lane): abs(lane.x - self.left) for lane in lanes}
        back = [lane for lane in lanes if lane.target < lane.source]
        onwards = [lane for lane in lanes if lane.target > lane.source]
        sides = []
        for side in (back, onwards):
            upwards = sorted((lane for lane in side if lane.last == number), key=lambda lane: far[id(lane)])
            downwards = sorted((lane for lane in side if lane.first == number), key=lambda lane: -far[id(lane)])
            sides.append([*upwards, *downwards])
        return sides[0], sides[1]

    def _arrow(self, lane: _Lane) -> None:
        stroke = _FAIR if lane.fair else _UNFAIR
        above, below = self.tops[lane.gap] + self.heights[lane.gap], self.tops[lane.gap + 1]
        y = (above + below - lane.height) / 2 + 3.5
        if lane.is_straight:
            x = self.left + self.box / 2
            self.sheet.line([(x, above), (x, below)], stroke, gid=lane.gid)
            self._write(x + 7, y, lane)
            return
        back = lane.target < lane.source
        side = self.left if back else self.left + self.box
        start, goal = lane.ports[lane.source], lane.ports[lane.target]
        self.sheet.line([(side, start), (lane.x, start), (lane.x, goal), (side, goal)], stroke, gid=lane.gid)
        self._write(lane.x - lane.width + 4 if back else lane.x + 6, y, lane)

    def _write(self, x: float, y: float, lane: _Lane) -> None:
        for text, face in lane.lines:
            y = self.sheet.write((x, y), (text,), face)

    def _state(self, number: int, value: Value) -> None:
        initial = self.graph.nodes[value]["initial"]
        stroke, fill = (Stroke(BLUE, 2.0), PALE_BLUE) if initial else (Stroke(LINE, 1.2), WHITE)
        y, height = self.tops[number], self.heights[number]
        self.sheet.box((self.left, y), (self.box, height), stroke, fill, 9, gid=f"state-{number}")
        above = (height - len(self.names[number]) * STRONG.pitch) / 2 - 0.5
        self.sheet.write((self.left + self.box / 2, y + above), self.names[number], STRONG, "center")

    def _key(self, y: float, width: float) -> float:
        """What each letter stands for."""
        for name, letter in self.letters.items():
            sentence, fair = self.said[name]
            self.sheet.write((_MARGIN, y), (letter,), _LETTER)
            text = f"{sentence} ({fair})" if fair else sentence
            y = self.sheet.write((_MARGIN + 24, y), self.sheet.wrap(text, PLAIN, width - 2 * _MARGIN - 24), PLAIN) + 2
        return y


def _ordered(graph: nx.MultiDiGraph) -> list[Value]:
    """The values in the order in which they are reached from the initial ones, then the others."""
    order: list[Value] = [value for value, initial in graph.nodes(data="initial") if initial]
    for value in order:
        order += [target for target in graph.successors(value) if target not in order]
    return order + [value for value in graph if value not in order]


def _sides(lanes: Sequence[_Lane]) -> list[list[_Lane]]:
    """The lanes of one side in columns from the inside out: short ones first; those that do not meet share a column."""
    columns: list[list[_Lane]] = []
    for lane in sorted(lanes, key=lambda lane: (lane.last - lane.first, lane.first)):
        # A lane must lie outside those that it spans, or their arrows would cross it twice.
        inside = max((n for n, column in enumerate(columns) if any(_meet(lane, other) for other in column)), default=-1)
        if inside + 1 == len(columns):
            columns.append([])
        columns[inside + 1].append(lane)
    return columns


def _meet(one: _Lane, other: _Lane) -> bool:
    return one.first < other.last and other.first < one.last
