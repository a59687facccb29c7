"""The timeline of a run: what each variable's value is after each step, one small chart below the other, over one axis.

The form is Tufte's small multiples ("Envisioning Information", 1990): numbers are steps of a staircase, a choice has a lane
for each value, a Boolean a single lane. What happens stands below, a row for each action and a dot where it is taken. The
loop is shaded and shown twice, so that one sees how it joins itself.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dialproof.run import Lasso, Run, State
from dialproof.system import System
from dialproof.variables import Kind, Value, Variable
from dialproof.views.ink import (
    BLACK,
    BLUE,
    DEEP_BLUE,
    FAINT,
    GREY,
    LINE,
    PAGE_WIDTH,
    PALE_BLUE,
    PLAIN,
    THIN,
    TITLE,
    Face,
    Stroke,
)
from dialproof.views.wording import Wording

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from dialproof.views.figures import Sheet

_MARGIN, _LABELS, _VALUES = 20.0, 168.0, 62.0
_NARROWEST, _WIDEST = 9.0, 46.0  # how far apart two states stand, in points
_MOST_VARIABLES, _MOST_ACTIONS = 24, 24
_LANE, _STAIRS, _CHART_GAP = 14.0, 34.0, 9.0
_SMALL, _NUMBER = Face(8.5), Face(8.5, colour=GREY)
_CAPTION = Face(9, bold=True, colour=DEEP_BLUE)
_HEADING = Face(9, bold=True, colour=GREY)
_RULE, _STEP, _LOOP_EDGE = Stroke(THIN, 0.5), Stroke(BLACK, 1.8), Stroke(BLUE, 1.3, "dashed")
_AGAIN_EDGE = Stroke(BLUE, 1.0, "dotted")
_LOOP_CAPTION, _HEADING_ACTIONS = "Loop: for ever (shown twice)", "What happens"


def draw_timeline(run: Run, system: System, wording: Wording, title: str) -> "Figure":
    """The run as a timeline; `title` stands above it, and below it what is not drawn: variables that never change.

    It is as wide as a page at most: a longer run goes on in another band below. Of very many variables that change those
    that change least often are left out, and the remark counts them.
    """
    from dialproof.views.figures import Sheet  # only what draws needs matplotlib

    return _Timeline(run, system, wording, Sheet()).draw(title)


def describe_timeline(run: Run, system: System, wording: Wording) -> str:
    """The timeline in words: the values that each variable takes on, one after the other, and from where on they repeat."""
    course = _Course(run)
    said = [f"Timeline of {course.once} {'step' if course.once == 1 else 'steps'}."]
    for variable in system.variables:
        values = [state[variable.name] for state in course.states[: course.once + 1]]
        stretches = [f"{wording.value(value)} from step {first}" for first, _, value in _stretches(values) if first]
        start = f"{wording.variable(variable.name)}: {wording.value(values[0])} at the start"
        said.append(f"{start}, {', '.join(stretches)}." if stretches else f"{start} and always.")
    if course.loop is not None:
        said.append(f"Steps {course.loop + 1} to {course.once} repeat for ever.")
    return " ".join(said)


class _Course:
    """A run as the states that it passes through, a lasso's loop twice: `states[k]` is what step k leads to."""

    def __init__(self, run: Run) -> None:
        steps = list(run.steps)
        self.loop = len(run.stem) if isinstance(run, Lasso) else None
        self.states: list[State] = [step.state for step in steps]
        self.taken = [step.action for step in steps]
        self.once = len(steps)
        if isinstance(run, Lasso):
            self.states += [step.state for step in run.loop] + [run.loop[0].state]
            self.taken += [step.action for step in run.loop]
        elif steps[-1].action is None:
            self.once -= 1
            self.taken.pop()

    def number(self, step: int) -> int:
        """The number of the step at place `step`, from 1; in the second round of the loop the same as in the first."""
        if step < self.once or self.loop is None:
            return step + 1
        return step - self.once + self.loop + 1


def _stretches(values: Sequence[Value]) -> Iterator[tuple[int, int, Value]]:
    """Where a value stays the same: (first place, place behind the last, value)."""
    first = 0
    for place in range(1, len(values) + 1):
        if place == len(values) or values[place] != values[first]:
            yield first, place, values[first]
            first = place


@dataclass(frozen=True)
class _Band:
    """A part of the axis: the states from `first` up to, not including, `end`, and the x of the first."""

    first: int
    end: int
    left: float
    pitch: float

    def x(self, place: float) -> float:
        return self.left + (min(max(place, self.first), self.end) - self.first) * self.pitch

    @property
    def right(self) -> float:
        return self.x(self.end)


class _Timeline:
    """The layout and the drawing of one timeline."""

    def __init__(self, run: Run, system: System, wording: Wording, sheet: "Sheet") -> None:
        self.run, self.sheet, self.wording, self.course = run, sheet, wording, _Course(run)
        changes = Counter({variable.name: self._changes(variable) for variable in system.variables})
        moving = [variable for variable in system.variables if changes[variable.name]]
        kept = {name for name, _ in changes.most_common(_MOST_VARIABLES)}
        self.variables = [variable for variable in moving if variable.name in kept]
        self.fixed = [variable for variable in system.variables if not changes[variable.name]]
        self.missing = [variable for variable in moving if variable.name not in kept]
        sentences = [wording.action(taken) for taken in self.course.taken]
        often = Counter(sentences)
        chosen = {sentence for sentence, _ in often.most_common(_MOST_ACTIONS)}
        self.sentences = [sentence if sentence in chosen else _OTHERS for sentence in sentences]
        self.actions = list(dict.fromkeys(self.sentences))

    def _changes(self, variable: Variable) -> int:
        values = [state[variable.name] for state in self.course.states]
        return sum(1 for _ in _stretches(values)) - 1

    def draw(self, title: str) -> "Figure":
        """Draws everything and returns the figure."""
        axis = _MARGIN + _LABELS + _VALUES
        count = len(self.course.states)
        fitting = int((PAGE_WIDTH - _MARGIN - axis) / _NARROWEST)
        bands = -(-count // fitting)
        length = -(-count // bands)
        pitch = min(_WIDEST, (PAGE_WIDTH - _MARGIN - axis) / length)
        width = max(axis + length * pitch + _MARGIN, 420.0)
        self.right = width - _MARGIN
        y = self.sheet.write((_MARGIN, _MARGIN - 4), self.sheet.wrap(title, TITLE, width - 2 * _MARGIN), TITLE) + 6
        for first in range(0, count, length):
            y = self._band(_Band(first, min(first + length, count), axis, pitch), y) + 14
        y = self.sheet.write((_MARGIN, y), self.sheet.wrap(self._remark(), FAINT, width - 2 * _MARGIN), FAINT)
        return self.sheet.figure(width, y + _MARGIN - 4)

    def _remark(self) -> str:
        said = []
        if self.missing:
            said.append(f"{len(self.missing)} variables that change more seldom are not drawn.")
        if self.fixed:
            first = self.run.steps[0].state
            named = [
                f"{self.wording.variable(variable.name)}: {self.wording.value(first[variable.name])}"
                for variable in self.fixed[:_MOST_VARIABLES]
            ]
            rest = len(self.fixed) - len(named)
            said.append(f"Never changes: {'; '.join(named)}{f'; and {rest} more' if rest else ''}.")
        return " ".join(said)

    def _band(self, band: _Band, top: float) -> float:
        """All charts over one part of the axis; returns the y below them."""
        shaded = self.course.loop is not None and band.end > self.course.loop
        y = top + 18 if shaded else top
        for variable in self.variables:
            y = self._chart(variable, band, y) + _CHART_GAP
        self.sheet.write((_MARGIN, y), (_HEADING_ACTIONS,), _HEADING)
        self._axis(band, y)
        y += _HEADING.pitch + 4
        for action in self.actions:
            y = self._action(action, band, y)
        if shaded:
            self._shade(band, top, y)
        return y

    def _shade(self, band: _Band, top: float, bottom: float) -> None:
        """The loop's background, and where its second round begins.

        A round is cut in the middle of a state, so that its edges lie beside the dots of its steps and not on them.
        """
        loop, again = self.course.loop or 0, self.course.once
        rounds = [(loop, again, _LOOP_EDGE, "loop"), (again, len(self.course.states) - 1, _AGAIN_EDGE, "loop-again")]
        for first, end, stroke, gid in rounds:
            left, right = band.x(first + 0.5), band.x(end + 0.5)
            if right - left > 1:
                self.sheet.box((left, top + 15), (right - left, bottom - top - 15), stroke, PALE_BLUE, 3, gid=gid, behind=True)
        if band.first <= again:
            needed = self.sheet.width(_LOOP_CAPTION, _CAPTION)
            left = min(band.x(loop + 0.5), self.right - needed)
            self.sheet.write((left, top), (_LOOP_CAPTION,), _CAPTION)

    def _label(self, text: str, y: float, height: float, face: Face = PLAIN) -> float:
        """A chart's label, in the middle of its height where it fits; returns the y below it."""
        lines = self.sheet.wrap(text, face, _LABELS - 10)
        above = max((height - len(lines) * face.pitch) / 2, 0.0)
        return self.sheet.write((_MARGIN, y + above - 0.5), lines, face)

    def _chart(self, variable: Variable, band: _Band, y: float) -> float:
        values = {state[variable.name] for state in self.course.states}
        match variable.domain.kind:
            case Kind.INTEGER:
                return self._staircase(variable, band, y)
            case Kind.CHOICE:
                return self._lanes(variable, [value for value in variable.domain.values if value in values], band, y)
            case Kind.BOOLEAN:
                return self._lanes(variable, [True], band, y)

    def _lanes(self, variable: Variable, lanes: Sequence[Value], band: _Band, y: float) -> float:
        """A lane for each value, and a bar where the variable has it."""
        values = [state[variable.name] for state in self.course.states]
        height = len(lanes) * _LANE
        foot = self._label(self.wording.variable(variable.name), y, height)
        for number, lane in enumerate(lanes):
            middle = y + (number + 0.5) * _LANE
            self._value(self.wording.value(lane), middle)
            self.sheet.line([(band.left, middle), (band.right, middle)], _RULE, head=False)
            for first, end, value in _stretches(values):
                left, right = band.x(first), band.x(end)
                if value == lane and right - left > 1:
                    corner, size = (left, middle - _LANE / 2 + 2.5), (right - left, _LANE - 5)
                    self.sheet.box(corner, size, Stroke(LINE, 0.8), GREY, 1.5, gid=f"value-{variable.name}-{first}")
        return max(foot, y + height)

    def _staircase(self, variable: Variable, band: _Band, y: float) -> float:
        numbers = [number for state in self.course.states if isinstance(number := state[variable.name], int)]
        low, high = min(numbers), max(numbers)
        foot = self._label(self.wording.variable(variable.name), y, _STAIRS)

        def level(number: int) -> float:
            return y + _STAIRS - 6 - (_STAIRS - 12) * (number - low) / (high - low)

        for number in (low, high):
            self._value(str(number), level(number))
            self.sheet.line([(band.left, level(number)), (band.right, level(number))], _RULE, head=False)
        corners = []
        for first, end, value in _stretches(numbers):
            if band.x(end) - band.x(first) > 0 and isinstance(value, int):
                corners += [(band.x(first), level(value)), (band.x(end), level(value))]
        self.sheet.line(corners, _STEP, head=False, radius=0, gid=f"values-{variable.name}-{band.first}")
        return max(foot, y + _STAIRS)

    def _value(self, text: str, middle: float) -> None:
        lines = self.sheet.wrap(text, _SMALL, _VALUES - 8)
        if len(lines) > 1:  # a lane has room for one line
            lines = (_shortened(self.sheet, text, _VALUES - 8),)
        self.sheet.write((_MARGIN + _LABELS, middle - _SMALL.pitch / 2 - 0.5), lines, _SMALL)

    def _axis(self, band: _Band, y: float) -> None:
        """The numbers of the steps, each where its state begins; of narrow steps some of them."""
        every = 1 if band.pitch >= self.sheet.width("00", _NUMBER) + 3 else 5
        last_right = 0.0
        for place in range(max(band.first, 1), band.end):
            number = self.course.number(place - 1)
            if every > 1 and number % every and place - 1 != self.course.loop:
                continue
            half = self.sheet.width(str(number), _NUMBER) / 2
            if band.x(place) - half > last_right + 2:
                self.sheet.write((band.x(place), y), (str(number),), _NUMBER, "center")
                last_right = band.x(place) + half

    def _action(self, sentence: str, band: _Band, y: float) -> float:
        """The row of an action, with a dot where it leads from one state to the next."""
        lines = self.sheet.wrap(sentence, PLAIN, _LABELS + _VALUES - 12)
        height = max(len(lines) * PLAIN.pitch, _LANE) + 2
        self.sheet.write((_MARGIN, y), lines, PLAIN)
        middle = y + PLAIN.pitch / 2
        self.sheet.line([(band.left, middle), (band.right, middle)], _RULE, head=False)
        for place, said in enumerate(self.sentences):
            if said == sentence and band.first <= place + 1 < band.end:
                in_loop = self.course.loop is not None and place >= self.course.loop
                stroke = Stroke(BLUE if in_loop else LINE, 1.0)
                again = place >= self.course.once
                gid = None if again else f"step-{place}"
                self.sheet.disc((band.x(place + 1), middle), 3.4, stroke, "white" if again else stroke.colour, gid=gid)
        return y + height


_OTHERS = "something else"


def _shortened(sheet: "Sheet", text: str, limit: float) -> str:
    """The beginning of `text`, with an ellipsis, as long as it fits."""
    end = len(text)
    while end > 1 and sheet.width(f"{text[:end]}…", _SMALL) > limit:
        end -= 1
    return f"{text[:end]}…"
