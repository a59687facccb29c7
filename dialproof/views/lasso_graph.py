"""The picture of a run: a state graph that reads downwards, with the loop in a box of its own.

Each state is a box with its number; the first lists the variables, the others only the changes. Stem and loop differ
in line, fill and number disc, not in colour alone, so that a grey print tells them apart. Short runs are one strip; long
ones flow into columns like a newspaper, and a loop that does not fit below its stem begins a column of its own. If a run
does not fit on a page, its middle is left out; the sequence chart and the timeline show it whole.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

from dialproof.core.run import FiniteRun, Lasso
from dialproof.core.wording import Wording
from dialproof.views.ink import (
    BLACK,
    BLUE,
    DEEP_BLUE,
    FAINT,
    GREY,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    PALE_BLUE,
    PLAIN,
    STRONG,
    TITLE,
    WHITE,
    Face,
    Point,
    Stroke,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from dialproof.views.figures import Sheet

_MANY_VARIABLES = 12
_MANY_CHANGES = 16
_NARROW = 190.0  # points for the words, where two columns have to stand side by side
_FEWEST = 2  # states that are drawn of a part at least: where it begins and where it ends
_STEM_LINE, _LOOP_LINE = Stroke("#3a3a3a", 1.0), Stroke(BLUE, 2.0, "dashed")
_LOOP_TITLE = "Loop: repeats for ever"
_STEM_CAPTION, _LOOP_CAPTION = Face(9, bold=True, colour=GREY), Face(10, bold=True, colour=DEEP_BLUE)


def lasso_graph(run: Lasso | FiniteRun, wording: Wording) -> nx.MultiDiGraph:
    """The run as a graph with one node per position.

    A node has `position`, `part` ("stem", "loop", or "end" for the last of a finite run), `state`, `taken` (the action that
    is taken in it, or None), and `changed`: the lines that say what differs from the position before (at position 0: every
    variable). An edge has `action` (a sentence), `taken`, `part`, `closing` (True for the edge from the loop's end to its
    first state), and `changed`.
    """
    steps = run.steps
    loop_start = len(run.stem) if isinstance(run, Lasso) else len(steps)
    graph = nx.MultiDiGraph()
    for position, (taken, state) in enumerate(steps):
        before = steps[position - 1].state if position else None
        last_of_finite = isinstance(run, FiniteRun) and position == len(steps) - 1
        part = "loop" if position >= loop_start else "end" if last_of_finite else "stem"
        changed = wording.changed(before, state)
        graph.add_node(position, position=position, part=part, state=state, taken=taken, changed=changed)
    edges = [(position, position + 1, False) for position in range(len(steps) - 1)]
    if isinstance(run, Lasso):
        edges.append((len(steps) - 1, loop_start, True))
    for source, target, closing in edges:
        taken, state = steps[source]
        graph.add_edge(
            source,
            target,
            action=wording.action(taken),
            taken=taken,
            part="loop" if source >= loop_start else "stem",
            closing=closing,
            changed=wording.changed(state, steps[target].state),
        )
    return graph


def first_state_lines(run: Lasso | FiniteRun, wording: Wording, limit: int = _MANY_VARIABLES) -> tuple[str, ...]:
    """The lines of the first box: every variable; if there are more than `limit`, the most relevant ones and a count of the rest.

    The relevant variables are those that change in the run and those that are not 0 or no at the start.
    """
    first = run.steps[0].state
    if len(first) <= limit:
        return wording.changed(None, first)
    changing = {name for step in run.steps for name, _, _ in first.changes_to(step.state)}

    telling = [name for name in first if name in changing or first[name]]
    telling.sort(key=lambda name: (name not in changing, not first[name]))
    chosen = set(telling[:limit])
    shown = tuple(line for name, line in zip(first, wording.changed(None, first), strict=True) if name in chosen)
    rest = [name for name in first if name not in chosen]
    return (*shown, _summary([wording.value(first[name], name) for name in rest], changing.isdisjoint(rest)))


def _summary(values: Sequence[str], constant: bool) -> str:
    """One line for variables that are not listed: "+ 52 more that never change: 40 are 0, 12 are no"."""
    said = f"+ {len(values)} more" + (f" that never {'change' if len(values) > 1 else 'changes'}" if constant else "")
    common = Counter(values).most_common(3)
    if len(common) == 1:
        return f"{said}: {'all ' if len(values) > 1 else ''}{common[0][0]}"
    groups = [f"{count} {'are' if count > 1 else 'is'} {value}" for value, count in common]
    others = len(values) - sum(count for _, count in common)
    return f"{said}: {', '.join(groups)}" + (f", {others} something else" if others else "")


def draw_lasso(run: Lasso | FiniteRun, wording: Wording, title: str) -> "Figure":
    """The run as a figure, sized so that every word fits; `title` stands above it."""
    from dialproof.views.figures import Sheet  # only what draws needs matplotlib

    return _Picture(run, wording, Sheet()).draw(title)


@dataclass(frozen=True)
class _Block:
    """A state's box and the step that leaves it, with their wrapped lines; heights in points."""

    position: int
    part: str
    lines: tuple[str, ...]
    action: tuple[str, ...]
    back: tuple[str, ...]
    height: float
    gap: float
    left_out: bool = False  # whether it stands for states that are not drawn

    @property
    def extent(self) -> float:
        return self.height + self.gap


class _Picture:
    """The layout and the drawing of one run."""

    margin, axis, text_at, gutter = 20.0, 19.0, 38.0, 46.0
    text_limit = 215.0
    lane, panel_pad, strip_limit, column_limit = 20.0, 14.0, 640.0, PAGE_HEIGHT - 130
    caption_height, lead = 18.0, 26.0  # the caption of a part, and the arrow between it and the first box

    def __init__(self, run: Lasso | FiniteRun, wording: Wording, sheet: "Sheet") -> None:
        self.sheet = sheet
        self.graph, self.wording = lasso_graph(run, wording), wording
        self.first = first_state_lines(run, wording)
        self._measure(self.text_limit)
        if self._needs_columns():
            self._measure(_NARROW)

    def _measure(self, text_limit: float) -> None:
        """Break the words of every state into lines of this many points, and find out how large the boxes are."""
        self.text_limit = text_limit
        blocks = [self._block(position, self.first) for position in self.graph]
        self.stem = [block for block in blocks if block.part != "loop"]
        self.loop = [block for block in blocks if block.part == "loop"]
        texts = [self.sheet.widest(block.lines, PLAIN) for block in blocks]
        labels = [max(self.sheet.widest(block.action, STRONG), self.sheet.widest(block.back, FAINT)) for block in blocks]
        self.note = () if self.loop else self._wrapped("Lost here: nothing that follows can mend the claim.", STRONG)
        under = max(*labels, self.sheet.widest(self.note, STRONG), self.sheet.width(_LOOP_TITLE, _LOOP_CAPTION))
        self.box_width = self.text_at + max(max(texts) + 12, under, self._room_for_what_is_left_out())

    def _room_for_what_is_left_out(self) -> float:
        """How wide the line is that stands for states that are not drawn, in points; 0 for a run that is drawn whole."""
        if sum(block.extent for block in self.stem + self.loop) <= self.strip_limit:
            return 0.0
        last = len(self.graph) - 1
        return min(self.sheet.width(_left_out(last, last + 1), FAINT), self.text_limit)

    def _needs_columns(self) -> bool:
        """Whether the run is too long for one strip, and its words too wide for two of them side by side."""
        return self._most() == 1 and sum(block.extent for block in self.stem + self.loop) > self.column_limit

    def _most(self) -> int:
        """How many columns there is room for on a page."""
        beside = self.margin * 2 - self.gutter + (2 * self.panel_pad + self.lane if self.loop else 0.0)
        return max(1, int((PAGE_WIDTH - beside) / (self.box_width + self.gutter)))

    def _block(self, position: int, first: tuple[str, ...]) -> _Block:
        node = self.graph.nodes[position]
        said = first if position == 0 else _some(node["changed"])
        lines = [line for text in said or ("nothing changes",) for line in self._wrapped(text, PLAIN)]
        leaves = node["part"] != "end" or node["taken"] is not None
        action = self._wrapped(self.wording.action(node["taken"]), STRONG) if leaves else ()
        back: tuple[str, ...] = ()
        for _, target, edge in self.graph.out_edges(position, data=True):
            if edge["closing"]:
                told = (f"back to {target}", *_some(edge["changed"]))
                back = tuple(line for text in told for line in self._wrapped(text, FAINT))
        height = max(26.0, 12 + len(lines) * PLAIN.pitch)
        gap = max(34.0, 24 + len(action) * STRONG.pitch + len(back) * FAINT.pitch) if leaves else 8.0
        return _Block(position, node["part"], tuple(lines), action, back, height, gap)

    def _wrapped(self, text: str, face: Face) -> tuple[str, ...]:
        return self.sheet.wrap(text, face, self.text_limit)

    def draw(self, title: str) -> "Figure":
        """Draws everything and returns the figure."""
        one_strip, stem, loop = self._laid_out()
        pitch = self.box_width + self.gutter
        lefts = [self.margin + number * pitch for number in range(len(stem))]
        loop_left = self.margin + self.panel_pad + self.lane + (0.0 if one_strip else len(stem) * pitch)
        if one_strip:
            lefts = [loop_left] * len(stem) if loop else lefts
        loop_lefts = [loop_left + number * pitch for number in range(len(loop))]
        right = max(lefts + loop_lefts) + self.box_width + (self.panel_pad if loop else 0.0)
        width = max(right + self.margin, 330.0)
        heading = self.sheet.wrap(title, TITLE, width - 2 * self.margin)
        top = self.sheet.write((self.margin, self.margin - 4), heading, TITLE) + 10
        bottom = self._stem(stem, lefts, top)
        if loop:
            under = bottom if one_strip and stem else None
            bottom = max(bottom, self._loop(loop, loop_lefts, top if under is None else under, stem, lefts))
        return self.sheet.figure(width, bottom + self.margin)

    def _laid_out(self) -> tuple[bool, list[list[_Block]], list[list[_Block]]]:
        """Whether all is one strip, and the columns of stem and loop: as they fit on a page, without the middle if they must."""
        most = self._most()
        kept = [len(self.stem), len(self.loop)]
        while True:
            stem, loop = self._without_middle(self.stem, kept[0]), self._without_middle(self.loop, kept[1])
            heights = [sum(block.extent for block in part) for part in (stem, loop)]
            if sum(heights) <= (self.strip_limit if most > 1 else self.column_limit):
                return True, [stem] if stem else [], [loop] if loop else []
            columns = _columns(stem, self.column_limit), _columns(loop, self.column_limit)
            if most > 1 and len(columns[0]) + len(columns[1]) <= most:
                return False, *columns
            longer = heights.index(max(heights))
            if kept[longer] <= _FEWEST:
                return most == 1, [stem] if stem else [], [loop] if loop else []
            kept[longer] = max(_FEWEST, min(kept[longer] - 1, round(kept[longer] * 0.95)))

    def _without_middle(self, blocks: list[_Block], kept: int) -> list[_Block]:
        """`blocks` with `kept` of them only, from both ends, and between these one that says which are missing."""
        if kept >= len(blocks):
            return blocks
        head, tail = blocks[: kept - kept // 2], blocks[len(blocks) - kept // 2 :]
        first, last = len(head) + blocks[0].position, tail[0].position - 1
        lines = self._wrapped(_left_out(first, last), FAINT)
        height = max(26.0, 12 + len(lines) * FAINT.pitch)
        return [*head, _Block(first, blocks[0].part, lines, (), (), height, 34.0, left_out=True), *tail]

    def _stem(self, columns: list[list[_Block]], lefts: list[float], top: float) -> float:
        if not columns:
            return top
        said = "Stem: happens once" if self.loop else "From the start"
        self.sheet.write((lefts[0] + self.text_at, top), (said,), _STEM_CAPTION)
        self._start((lefts[0] + self.axis, top))
        bottom = self._strips(columns, lefts, self._first_of(top))
        last = columns[-1][-1]
        if last.part == "end":
            x, y = lefts[-1] + self.axis, self._bottom_of(columns[-1], self._first_of(top))
            if last.action:
                self.sheet.line([(x, y - last.gap), (x, y)], _STEM_LINE, gid=f"step-{last.position}")
                self.sheet.line([(x - 8, y + 1), (x + 8, y + 1)], Stroke(_STEM_LINE.colour, 2.4), head=False)
            bottom = max(bottom, self.sheet.write((lefts[-1] + self.text_at, y + (6 if last.action else -2)), self.note, STRONG))
        return bottom

    def _start(self, at: Point) -> None:
        """The dot from which the first arrow comes."""
        x, top = at
        self.sheet.disc((x, top + 7), 3.2, _STEM_LINE, _STEM_LINE.colour)
        self.sheet.line([(x, top + 10), (x, top + self.caption_height + self.lead)], _STEM_LINE, gid="start")

    def _loop(
        self, columns: list[list[_Block]], lefts: list[float], top: float, stem: list[list[_Block]], stem_lefts: list[float]
    ) -> float:
        """The loop in its box, entered from the stem and closed by an arrow that runs beside it."""
        under_stem = bool(stem) and stem_lefts[-1] == lefts[0]
        top = top + 2 if under_stem else top
        first = top + 6 + self.caption_height + self.lead
        lane = lefts[0] - self.lane
        bottom = max(self._bottom_of(column, first) for column in columns) + (8 if len(columns) > 1 else 0)
        right = lefts[-1] + self.box_width
        corner = (lane - self.panel_pad, top)
        size = (right + self.panel_pad - corner[0], bottom + 12 - top)
        self.sheet.box(corner, size, _LOOP_LINE, PALE_BLUE, 8, gid="loop")
        self.sheet.write((lefts[0] + self.text_at, top + 7), (_LOOP_TITLE,), _LOOP_CAPTION)
        entry = (lefts[0] + self.axis, first)
        if not stem:
            self._start((entry[0], top + 6))
        elif under_stem:
            above = stem[-1][-1]
            self.sheet.line([(entry[0], top - 2 - above.gap), entry], _STEM_LINE, gid=f"step-{above.position}")
        else:
            y = self._bottom_of(stem[-1], self._first_of(top))
            x = lane - self.panel_pad - self.gutter / 2 + 8
            self._turn(stem[-1][-1], stem_lefts[-1], y, x, entry)
        self._strips(columns, lefts, first)
        closing, x = columns[-1][-1], lefts[-1] + self.axis
        start = (x, self._bottom_of(columns[-1], first) - closing.gap)
        middle = first + min(columns[0][0].height / 2, 13.0)
        route = [start, (x, bottom), (lane, bottom), (lane, middle), (lefts[0], middle)]
        self.sheet.line(route, _LOOP_LINE, gid=f"step-{closing.position}")
        return bottom + 12

    def _first_of(self, top: float) -> float:
        return top + self.caption_height + self.lead

    def _bottom_of(self, column: Sequence[_Block], first: float) -> float:
        return first + sum(block.extent for block in column)

    def _strips(self, columns: list[list[_Block]], lefts: list[float], first: float) -> float:
        """The boxes of some columns and the arrows between them; the last box's own arrow is left to the caller."""
        for number, (column, left) in enumerate(zip(columns, lefts, strict=True)):
            y = first
            for place, block in enumerate(column):
                self._state(block, (left, y))
                y += block.extent
                if place + 1 < len(column):
                    x = left + self.axis
                    self.sheet.line([(x, y - block.gap), (x, y)], _stroke(block.part), gid=f"step-{block.position}")
                elif number + 1 < len(columns):
                    goal = (lefts[number + 1] + self.axis, first)
                    self._turn(block, left, y, left + self.box_width + self.gutter / 2, goal)
        return max(self._bottom_of(column, first) for column in columns)

    def _turn(self, block: _Block, left: float, bottom: float, gutter: float, goal: Point) -> None:
        """The arrow from the foot of a column to the head of the next."""
        x, lane = left + self.axis, goal[1] - 18
        route = [(x, bottom - block.gap), (x, bottom), (gutter, bottom), (gutter, lane), (goal[0], lane), goal]
        self.sheet.line(route, _stroke(block.part), gid=f"step-{block.position}")

    def _state(self, block: _Block, at: Point) -> None:
        """A box with its number, and the words of the step that leaves it; a row of dots for what is left out."""
        left, top = at
        if block.left_out:
            for down in (-7, 0, 7):
                self.sheet.disc((left + self.axis, top + block.height / 2 + down), 1.6, _STEM_LINE, _STEM_LINE.colour)
            self.sheet.write((left + self.text_at, top + 6.5), block.lines, FAINT)
            return
        in_loop = block.part == "loop"
        stroke = Stroke(_stroke(block.part).colour, 1.8 if block.part != "stem" else 1.0)
        self.sheet.box(at, (self.box_width, block.height), stroke, WHITE, gid=f"state-{block.position}")
        centre = top + 13
        disc = stroke.colour if in_loop else WHITE
        self.sheet.disc((left + self.axis, centre), 8.5, Stroke(stroke.colour), disc, gid=f"number-{block.position}")
        number = Face(8.5, bold=True, colour=WHITE if in_loop else BLACK)
        self.sheet.write((left + self.axis, centre - 5.95), (str(block.position),), number, "center")
        nothing = block.lines == ("nothing changes",)
        self.sheet.write((left + self.text_at, top + 6.5), block.lines, FAINT if nothing else PLAIN)
        label = len(block.action) * STRONG.pitch + len(block.back) * FAINT.pitch
        y = top + block.height + (block.gap - label) / 2 - 1
        y = self.sheet.write((left + self.text_at, y), block.action, STRONG)
        self.sheet.write((left + self.text_at, y), block.back, FAINT)


def _stroke(part: str) -> Stroke:
    return _LOOP_LINE if part == "loop" else _STEM_LINE


def _left_out(first: int, last: int) -> str:
    """What stands in the place of the states from `first` to `last`."""
    return f"States {first} to {last} are not drawn here." if last > first else f"State {first} is not drawn here."


def _some(lines: Sequence[str]) -> tuple[str, ...]:
    """`lines`, or of very many the first ones and a count of the others."""
    if len(lines) <= _MANY_CHANGES + 1:
        return tuple(lines)
    return (*lines[:_MANY_CHANGES], f"+ {len(lines) - _MANY_CHANGES} more that change")


def _columns(blocks: list[_Block], limit: float) -> list[list[_Block]]:
    """`blocks` in as few columns as keep to `limit` points, filled evenly."""
    if not blocks:
        return []
    needed = len(_filled(blocks, limit))
    low, high = max(block.extent for block in blocks), sum(block.extent for block in blocks)
    while high - low > 1:
        middle = (low + high) / 2
        low, high = (low, middle) if len(_filled(blocks, middle)) <= needed else (middle, high)
    return _filled(blocks, high)


def _filled(blocks: list[_Block], capacity: float) -> list[list[_Block]]:
    columns: list[list[_Block]] = [[]]
    used = 0.0
    for block in blocks:
        if columns[-1] and used + block.extent > capacity:
            columns.append([])
            used = 0.0
        columns[-1].append(block)
        used += block.extent
    return columns
