"""The sequence chart of a run: who changes what, downwards, with the loop in a frame.

The form is that of a message sequence chart (ITU-T Z.120) and of UML: a lifeline for each actor and for each variable that
changes, and a frame around the loop. The sentences stand in a column of their own, numbered as in the text of a run, so
that no word ever lies on a line; a variable's new value stands on its lifeline. If the system counts time, the clock stands in
a gutter at the left.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from dialproof.core.run import FiniteRun, Run
from dialproof.core.run_clock import clock_of
from dialproof.core.system import System
from dialproof.core.wording import Wording
from dialproof.views.ink import (
    BLUE,
    DEEP_BLUE,
    FAINT,
    GREY,
    LINE,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    PALE,
    PALE_BLUE,
    PLAIN,
    STRONG,
    TITLE,
    WHITE,
    Face,
    Stroke,
)
from dialproof.views.places import Place, places, start_again
from dialproof.views.text import ending_of, loop_begins

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from dialproof.views.figures import Sheet

NOBODY = "the system"
"""The lifeline of actions without an actor."""

OTHERS = "others"
"""The lifeline of all actors for which there is no room."""

_MARGIN, _SENTENCES, _NUMBER = 20.0, 198.0, 22.0
_TEXT_LIMIT = _SENTENCES - _NUMBER - 8
_GAP, _HEAD_LIMIT, _VALUE_LIMIT, _PAD, _HOOK = 15.0, 78.0, 60.0, 5.0, 13.0
_FEWEST_VARIABLES = 2  # where there is too little room for all, actors come first: changes can be told in words too
_TWO_TIERS, _HEAD_LINES, _VALUE_LINES = 2, 6, 3
_ROW_GAP, _HEADS_AGAIN = 11.0, 560.0
_FRAME_TOP, _FRAME_FOOT = 22.0, 8.0
_VALUE, _NUMBERS, _TIME, _GUTTER = Face(8.5), Face(9, bold=True, colour=GREY), Face(8.5, colour=DEEP_BLUE), 8.0
_CAPTION = Face(10, bold=True, colour=DEEP_BLUE)
_HEAD, _LIFE, _MESSAGE, _LOOP_MESSAGE = Stroke(LINE, 1.0), Stroke(GREY, 0.8, "dotted"), Stroke(LINE, 1.1), Stroke(BLUE, 1.7)
_FRAME = Stroke(BLUE, 1.6, "dashed")
_LOOP_CAPTION, _LOOP_GOES_ON = "Loop: for ever", "Loop: for ever (continued)"


def draw_sequence(run: Run, system: System, wording: Wording, title: str) -> "Figure":
    """The run as a sequence chart; `title` stands above it. Variables that never change have no lifeline.

    It is as wide as a page at most. If that leaves no room for a lifeline, the variable's changes are written below
    the sentence of their step, and the remark below the title says so.
    """
    from dialproof.views.figures import Sheet  # only what draws needs matplotlib

    (figure,) = _Chart(run, system, wording, Sheet, inf).draw(title)
    return figure


def sequence_pages(run: Run, system: System, wording: Wording, title: str) -> "tuple[Figure, ...]":
    """The same chart for paper, on as many pages as it takes."""
    from dialproof.views.figures import Sheet  # only what draws needs matplotlib

    return tuple(_Chart(run, system, wording, Sheet, PAGE_HEIGHT).draw(title))


def describe_sequence(run: Run, system: System, wording: Wording) -> str:
    """The chart in words, for readers who do not see it: who does what, what that changes, and what repeats."""
    actors = {action.name: action.actor or NOBODY for action in system.actions}
    start, *rest = places(run, wording)
    said = [f"Sequence chart. At the start: {_joined(start)}."]
    loop = start_again(run)
    for (taken, _), place in zip(run.steps, rest, strict=False):
        if place.number == loop:
            said.append(loop_begins(run, wording))
        who = f"{actors[taken.name]}: " if taken is not None and taken.name in actors else ""
        changes = "; ".join(change.says for change in place.changes)
        when = f" at {place.time}" if place.time else ""
        said.append(f"Step {place.number}{when}, {who}{place.says}{f' ({changes})' if changes else ''}.")
    said.append(ending_of(run, wording))
    return " ".join(said)


def _joined(start: Place) -> str:
    said = [change.says for change in start.changes]
    return "; ".join([*said, f"({start.more})"] if start.more else said)


@dataclass
class _Lifeline:
    """An actor or a variable: its head, and the stretches of its line that boxes interrupt, in points."""

    name: str
    head: tuple[str, ...]
    is_actor: bool
    width: float
    value_width: float
    x: float = 0.0
    tier: int = 0
    taken: list[tuple[float, float]] = field(default_factory=list)


class _Chart:
    """The layout and the drawing of one chart."""

    def __init__(self, run: Run, system: System, wording: Wording, new_sheet: "Callable[[], Sheet]", limit: float) -> None:
        self.run, self.wording, self.limit, self.new_sheet = run, wording, limit, new_sheet
        self.sheet = new_sheet()
        self.start, *self.steps = places(run, wording)
        self.loop, self.clock = start_again(run), clock_of(run, wording)
        times = [place.time for place in (self.start, *self.steps)]
        gutter = self.sheet.widest(times, _TIME) + _GUTTER if self.clock is not None else 0.0
        self.wider = max(self.sheet.width(f"{len(self.steps)}.", _NUMBERS) + 3 - _NUMBER, 0.0)  # than most numbers need
        self.left = _MARGIN + gutter + self.wider
        self.told = ""  # the time that was last written in the gutter
        named = {action.name: action.actor or NOBODY for action in system.actions}
        self.acting = [None if taken is None else named.get(taken.name, NOBODY) for taken, _ in run.steps]
        self.lines: list[_Lifeline] = []
        self.pages: list[Figure] = []
        self.frame: float | None = None  # where the loop's frame begins on this page, once it has
        self.heads = 0.0  # where the lifelines' heads last stood
        self.remark = self._choose()

    def _choose(self) -> str:
        """Choose the lifelines for which there is room; returns what to say of the others."""
        actors = list(dict.fromkeys(name for name in self.acting if name is not None))
        times = Counter(change.name for place in self.steps for change in place.changes)
        lines = [*map(self._actor, actors), *map(self._variable, times)]
        merged: list[str] = []
        dropped: list[str] = []
        while not self._fit(lines):
            variables = [line for line in lines if not line.is_actor]
            acting = [line for line in lines if line.is_actor and line.name != OTHERS]
            if len(variables) > _FEWEST_VARIABLES or not acting:
                # What changes least often is told in words.
                least = min(reversed(variables), key=lambda line: times[line.name])
                dropped.append(least.name)
                lines.remove(least)
            else:
                merged.insert(0, acting[-1].name)
                lines = [*acting[:-1], self._actor(OTHERS), *variables]
        self.lines = lines
        self.drawn = {line.name for line in lines if not line.is_actor}
        said = [f"“{OTHERS}”: {', '.join(merged)}."] if merged else []
        if dropped:
            change = "changes has" if len(dropped) == 1 else "change have"
            said.append(f"{len(dropped)} more that {change} no line; their changes are in words, with an arrow to the left.")
        still = len(self.run.steps[0].state) - len(times)
        if still:
            said.append(f"{still} more never {'changes' if still == 1 else 'change'}.")
        return " ".join(said)

    def _actor(self, name: str) -> _Lifeline:
        head = self.sheet.wrap_short(name, STRONG, _HEAD_LIMIT, _HEAD_LINES)
        return _Lifeline(name, head, True, self.sheet.widest(head, STRONG) + 2 * _PAD, 2 * _HOOK)

    def _variable(self, name: str) -> _Lifeline:
        head = self.sheet.wrap_short(self.wording.variable(name), PLAIN, _HEAD_LIMIT, _HEAD_LINES)
        values = {self.wording.value(step.state[name], name) for step in self.run.steps}
        widest = max(self.sheet.widest(self._value(value), _VALUE) for value in values)
        return _Lifeline(name, head, False, self.sheet.widest(head, PLAIN) + 2 * _PAD, widest + 2 * _PAD)

    def _value(self, value: str) -> tuple[str, ...]:
        return self.sheet.wrap_short(value, _VALUE, _VALUE_LIMIT, _VALUE_LINES)

    def _fit(self, lines: Sequence[_Lifeline]) -> bool:
        """Place the lifelines, with their heads in one tier or else in two; whether they fit on the page."""
        for tiers in (1, _TWO_TIERS):
            right = _placed(lines, self.left + _SENTENCES, tiers)
            if right <= PAGE_WIDTH - _MARGIN:
                self.right, self.tiers = right, min(tiers, len(lines))
                return True
        return not lines

    def draw(self, title: str) -> "list[Figure]":
        """Draws everything and returns the pages."""
        self.title = title
        y = self._begin(self.title, self.remark)
        y = self._row(self.start, None, y, _MESSAGE)
        for place, actor in zip(self.steps, self.acting, strict=False):
            begins = place.number == self.loop
            if y + self._height(place) + (_FRAME_TOP if begins else 0) + self._height_of_ending() > self.limit:
                y = self._turn_over(y)
            if begins:
                y = self._open_frame(y, _LOOP_CAPTION if self.clock is None else f"Loop: {self.clock.repeats}")
                self.told = ""
            elif y - self.heads > _HEADS_AGAIN:
                self.heads = y = self._heads(y + 4)
            y = self._row(place, actor, y, _MESSAGE if self.frame is None else _LOOP_MESSAGE)
        face = STRONG if self.frame is None else FAINT
        y = self.sheet.write((self.left + _NUMBER, y - 2), self._ending(face), face)
        self._finish(y + _FRAME_FOOT)
        return self.pages

    def _begin(self, title: str, remark: str) -> float:
        """The top of a page; returns the y below it."""
        self.width = max(self.right + _MARGIN, 360.0)
        y = self.sheet.write((_MARGIN, _MARGIN - 4), self.sheet.wrap(title, TITLE, self.width - 2 * _MARGIN), TITLE) + 2
        y = self.sheet.write((_MARGIN, y), self.sheet.wrap(remark, FAINT, self.width - 2 * _MARGIN), FAINT) + 8
        self.heads = self._heads(y)
        return self.heads + 4

    def _open_frame(self, y: float, caption: str) -> float:
        self.frame = y
        self.sheet.write((self.left + _NUMBER, y + 5), (caption,), _CAPTION)
        return y + _FRAME_TOP + 4

    def _turn_over(self, y: float) -> float:
        """Finish this page and begin the next one; returns the y below its top."""
        looping = self.frame is not None
        self._finish(y)
        self.sheet = self.new_sheet()
        for line in self.lines:
            line.taken.clear()
        y = self._begin(self.title, f"Page {len(self.pages) + 1}.")
        self.frame, self.told = None, ""
        return self._open_frame(y, _LOOP_GOES_ON) if looping else y

    def _finish(self, y: float) -> None:
        if self.frame is not None:
            size = (self.right - _MARGIN + 12, y - self.frame)
            self.sheet.box((_MARGIN - 8, self.frame), size, _FRAME, PALE_BLUE, 8, gid="loop", behind=True)
        for line in self.lines:
            self._life(line, y + 6)
        self.pages.append(self.sheet.figure(self.width, y + 6 + _MARGIN))

    def _ending(self, face: Face) -> tuple[str, ...]:
        return self.sheet.wrap(ending_of(self.run, self.wording), face, _TEXT_LIMIT)

    def _height_of_ending(self) -> float:
        return len(self._ending(STRONG)) * STRONG.pitch + _FRAME_FOOT + _MARGIN + 6

    def _heads(self, y: float) -> float:
        """The heads of the lifelines, side by side; returns the y below them."""
        top = y
        for tier in range(self.tiers):
            lines = [line for line in self.lines if line.tier == tier]
            height = max((len(line.head) for line in lines), default=0) * PLAIN.pitch + 8
            for line in lines:
                self._head(line, y, height)
                line.taken.append((top, y + height))  # no line of a lower head runs through the heads above it
            y += height + 5
        return y - 5 + _ROW_GAP

    def _head(self, line: _Lifeline, y: float, height: float) -> None:
        face, fill = (STRONG, PALE) if line.is_actor else (PLAIN, WHITE)
        place = (line.x - line.width / 2, y)
        self.sheet.box(place, (line.width, height), _HEAD, fill, 8.0 if line.is_actor else 2.0, gid=f"head-{line.name}")
        self.sheet.write((line.x, y + (height - len(line.head) * face.pitch) / 2 - 0.5), line.head, face, "center")

    def _words(self, place: Place) -> tuple[tuple[str, ...], list[str]]:
        """The sentence of a step, and below it what has no lifeline, in lines."""
        words = self.sheet.wrap(place.says, STRONG if place.number else PLAIN, _TEXT_LIMIT)
        notes = [change.says for change in place.changes if change.name not in self.drawn]
        notes += [place.more] if place.more else []
        return words, [line for note in notes for line in self.sheet.wrap(note, FAINT, _TEXT_LIMIT)]

    def _values(self, place: Place) -> dict[str, tuple[str, ...]]:
        """The new value of each variable that has a lifeline; at the start, every value."""
        if not place.number:
            return {name: self._value(self.wording.value(self.run.steps[0].state[name], name)) for name in sorted(self.drawn)}
        return {change.name: self._value(change.value) for change in place.changes if change.name in self.drawn}

    def _height(self, place: Place) -> float:
        words, under = self._words(place)
        tall = self._tall(place)
        text = len(words) * STRONG.pitch + len(under) * FAINT.pitch
        return max(max(tall - STRONG.pitch, 0) / 2 + text, tall) + _ROW_GAP

    def _tall(self, place: Place) -> float:
        """How high the boxes of a row are."""
        return max((len(lines) for lines in self._values(place).values()), default=1) * _VALUE.pitch + 4

    def _row(self, place: Place, actor: str | None, y: float, stroke: Stroke) -> float:
        """A step: its sentence, its message, and the new values; returns the y below it."""
        words, under = self._words(place)
        values, tall = self._values(place), self._tall(place)
        middle = y + max(STRONG.pitch, tall) / 2
        face, top = STRONG if place.number else PLAIN, middle - STRONG.pitch / 2 - 0.5
        if place.number:
            self.sheet.write((self.left - self.wider, top), (f"{place.number}.",), _NUMBERS)
            self._message(place, actor, values, (middle, tall), stroke)
        if place.time != self.told:
            self.sheet.write((_MARGIN, top), (place.time,), _TIME, gid=f"time-{place.number}")
            self.told = place.time
        foot = self.sheet.write((self.left + _NUMBER, top), words, face)
        self.sheet.write((self.left + _NUMBER, foot), under, FAINT)
        for line in self.lines:
            if not line.is_actor and line.name in values:
                self._box(line, values[line.name], (middle, tall), stroke)
        return y + self._height(place)

    def _message(self, place: Place, actor: str | None, values: Collection[str], at: tuple[float, float], stroke: Stroke) -> None:
        """The arrow from who acts through everything that changes; a hook if nothing does."""
        y, tall = at
        gid = f"step-{place.number - 1}"
        if actor is None:
            ends = [line.x for line in self.lines]
            if ends:
                route = [(min(ends) - 8, y), (max(ends) + 8, y)]
                self.sheet.line(route, Stroke(stroke.colour, 1.4, "dotted"), head=False, gid=gid)
            return
        acting = {line.name: line for line in self.lines if line.is_actor}
        source = acting.get(actor) or acting[OTHERS]
        goals = [line for line in self.lines if not line.is_actor and line.name in values]
        x, rise = source.x, 0.0
        for number, line in enumerate(goals):
            self.sheet.line([(x, y), (line.x - line.value_width / 2, y)], stroke, gid=None if number else gid)
            x = line.x + line.value_width / 2
        if not goals and place.changes:
            self.sheet.line([(x, y), (self.left + _SENTENCES - 4, y)], stroke, gid=gid)  # to the words that tell the changes
        elif not goals and isinstance(self.run, FiniteRun) and place is self.steps[-1]:
            # The run ends with this step, so nobody has seen what it leads to.
            self.sheet.line([(x, y), (x + _HOOK, y)], stroke, head=False, gid=gid)
            self.sheet.line([(x + _HOOK, y - 5), (x + _HOOK, y + 5)], Stroke(stroke.colour, 2.2), head=False)
        elif not goals:
            rise = tall / 2 - 2
            self.sheet.line([(x, y - rise), (x + _HOOK, y - rise), (x + _HOOK, y + rise), (x, y + rise)], stroke, gid=gid)
        self.sheet.disc((source.x, y - rise), 3.0, stroke, stroke.colour)

    def _box(self, line: _Lifeline, value: Sequence[str], at: tuple[float, float], stroke: Stroke) -> None:
        y, tall = at
        corner, thin = (line.x - line.value_width / 2, y - tall / 2), Stroke(stroke.colour, stroke.width * 0.8)
        self.sheet.box(corner, (line.value_width, tall), thin, WHITE, 3)
        self.sheet.write((line.x, y - len(value) * _VALUE.pitch / 2 - 0.5), value, _VALUE, "center")
        line.taken.append((y - tall / 2, y + tall / 2))

    def _life(self, line: _Lifeline, bottom: float) -> None:
        """The lifeline itself, interrupted where a box stands on it."""
        edges = sorted(line.taken)
        for (_, above), (below, _) in zip(edges, [*edges[1:], (bottom, bottom)], strict=True):
            if below - above > 1:
                self.sheet.line([(line.x, above), (line.x, below)], _LIFE, head=False)


def _placed(lines: Sequence[_Lifeline], left: float, tiers: int) -> float:
    """Place the lifelines from `left` on, their heads in so many tiers; returns where the last one ends on the right.

    In two tiers every other head stands lower, and the line of the one before passes at its left.
    """
    right = left
    for number, line in enumerate(lines):
        widest = max(line.width, line.value_width)
        line.x = left + widest / 2
        if number:
            before, lower = lines[number - 1], lines[number - 1 + number % 2]
            room = (before.value_width + line.value_width) / 2 + _GAP
            under = lower.width / 2 + _GAP / 3 if tiers == _TWO_TIERS else 0.0
            line.x = max(line.x, before.x + room, before.x + under)
        if number >= tiers:
            neighbour = lines[number - tiers]
            line.x = max(line.x, neighbour.x + (neighbour.width + line.width) / 2 + _GAP / 2)
        line.tier = number % tiers
        right = max(right, line.x + widest / 2)
    return right
