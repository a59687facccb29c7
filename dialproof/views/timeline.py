"""The timeline of a run: what each variable's value is after each step, one small chart below the other, over one axis.

The form is Tufte's small multiples ("Envisioning Information", 1990): numbers are steps of a staircase, a choice has a lane
for each value, a Boolean a single lane. Below it is a row for each action, with a dot where it is taken. The
loop is shaded and shown twice, to show how its end joins its start. If the system counts time, the axis is the clock, to scale.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import inf
from typing import TYPE_CHECKING

from dialproof.core.run import Lasso, Run, State
from dialproof.core.run_clock import RunClock, clock_of
from dialproof.core.system import System
from dialproof.core.variables import Kind, Value, Variable
from dialproof.core.wording import Wording
from dialproof.views.axis import Band, EqualBand, TimeAxis, TimedBand, equal_bands
from dialproof.views.ink import (
    BLACK,
    BLUE,
    DEEP_BLUE,
    FAINT,
    GREY,
    LINE,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    PALE_BLUE,
    PLAIN,
    THIN,
    TITLE,
    Face,
    Stroke,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from dialproof.views.figures import Sheet

_MARGIN, _LABELS, _VALUES = 20.0, 164.0, 70.0
_AXIS = _MARGIN + _LABELS + _VALUES
_MOST_VARIABLES, _MOST_ACTIONS, _MOST_LINES = 20, 16, 3
_LANE, _STAIRS, _CHART_GAP = 14.0, 34.0, 9.0
_TIMES = 20.0  # the height of a row of times
_TO_SCALE = "Time is drawn to scale; what happens at one time stands side by side."
_SMALL, _NUMBER = Face(8.5), Face(8.5, colour=GREY)
_CAPTION = Face(9, bold=True, colour=DEEP_BLUE)
_HEADING = Face(9, bold=True, colour=GREY)
_RULE, _STEP, _LOOP_EDGE = Stroke(THIN, 0.5), Stroke(BLACK, 1.8), Stroke(BLUE, 1.3, "dashed")
_AGAIN_EDGE = Stroke(BLUE, 1.0, "dotted")
_OTHERS, _PASSING = "something else", "Time passes"
_LOOP_CAPTION, _HEADING_ACTIONS = "Loop: for ever (shown twice)", "What happens"


def draw_timeline(run: Run, system: System, wording: Wording, title: str) -> "Figure":
    """The run as a timeline; `title` stands above it, and the variables that never change are listed below it.

    It is as wide as a page at most: a longer run continues in another band below. If very many variables change, those that
    change least often are left out, and the remark counts them.
    """
    from dialproof.views.figures import Sheet  # only what draws needs matplotlib

    (figure,) = _Timeline(run, system, wording, Sheet, inf).draw(title)
    return figure


def timeline_pages(run: Run, system: System, wording: Wording, title: str) -> "tuple[Figure, ...]":
    """The same timeline for paper, on as many pages as it takes, with a band or more on each."""
    from dialproof.views.figures import Sheet  # only what draws needs matplotlib

    return tuple(_Timeline(run, system, wording, Sheet, PAGE_HEIGHT).draw(title))


def describe_timeline(run: Run, system: System, wording: Wording) -> str:
    """The timeline in words: the successive values of each variable, and the steps that repeat."""
    course, clock = _Course(run), clock_of(run, wording)
    when = [f" ({clock.says(step)})" for step in range(len(clock.at))] if clock is not None else [""] * len(course.states)
    said = [f"Timeline of {course.once} {'step' if course.once == 1 else 'steps'}."]
    for variable in system.variables:
        values = [state[variable.name] for state in course.states[: course.once + 1]]
        later = [(first, value) for first, _, value in _stretches(values) if first]
        stretches = [f"{wording.value(value, variable.name)} from step {first}{when[first]}" for first, value in later]
        start = f"{wording.variable(variable.name)}: {wording.value(values[0], variable.name)} at the start"
        said.append(f"{start}, {', '.join(stretches)}." if stretches else f"{start} and always.")
    if course.loop is not None:
        every = f" ({clock.repeats})" if clock is not None else ""
        said.append(f"Steps {course.loop + 1} to {course.once} repeat for ever{every}.")
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

    def times(self, clock: RunClock) -> list[int]:
        """When each of the states is reached."""
        if self.loop is None:
            return list(clock.at[: len(self.states)])
        again = [clock.at[self.once] + time - clock.at[self.loop] for time in clock.at[self.loop :]]
        return [*clock.at[: self.once], *again]


def _stretches(values: Sequence[Value]) -> Iterator[tuple[int, int, Value]]:
    """Where a value stays the same: (first place, place behind the last, value)."""
    first = 0
    for place in range(1, len(values) + 1):
        if place == len(values) or values[place] != values[first]:
            yield first, place, values[first]
            first = place


class _Timeline:
    """The layout and the drawing of one timeline."""

    def __init__(self, run: Run, system: System, wording: Wording, new_sheet: "Callable[[], Sheet]", limit: float) -> None:
        self.run, self.wording, self.course = run, wording, _Course(run)
        self.new_sheet, self.limit, self.sheet = new_sheet, limit, new_sheet()
        changes = Counter({variable.name: self._changes(variable) for variable in system.variables})
        moving = [variable for variable in system.variables if changes[variable.name]]
        kept = {name for name, _ in changes.most_common(_MOST_VARIABLES)}
        self.variables = [variable for variable in moving if variable.name in kept]
        self.fixed = [variable for variable in system.variables if not changes[variable.name]]
        self.missing = [variable for variable in moving if variable.name not in kept]
        clock = clock_of(run, wording)
        room = PAGE_WIDTH - _MARGIN - _AXIS
        self.time = None if clock is None else TimeAxis(clock, self.course.times(clock), _AXIS, room)
        self.bands = equal_bands(len(self.course.states), _AXIS, room) if self.time is None else self.time.bands
        self.right = max(*(band.right for band in self.bands), 400.0)
        self.repeats = _LOOP_CAPTION if clock is None else f"Loop: {clock.repeats} (shown twice)"
        sentences = [
            _PASSING if taken is not None and taken.name in wording.passages else wording.action(taken)
            for taken in self.course.taken
        ]
        often = Counter(sentences)
        chosen = {sentence for sentence, _ in often.most_common(_MOST_ACTIONS)}
        self.sentences = [sentence if sentence in chosen else _OTHERS for sentence in sentences]
        self.actions = sorted(dict.fromkeys(self.sentences), key=lambda sentence: sentence == _PASSING)  # next to the clock

    def _changes(self, variable: Variable) -> int:
        values = [state[variable.name] for state in self.course.states]
        return sum(1 for _ in _stretches(values)) - 1

    def draw(self, title: str) -> "list[Figure]":
        """Draws everything and returns the pages."""
        pages: list[Figure] = []
        y = top = self._begin(title)
        for band, variables in product(self.bands, self._groups(top)):
            if y > top and y + self._height(variables) > self.limit:
                pages.append(self._finish(y, f"Page {len(pages) + 1}."))
                y = self._begin(title)
            y = self._band(band, variables, y) + 14
        return [*pages, self._finish(y, self._remark())]

    def _groups(self, top: float) -> list[list[Variable]]:
        """The variables in as many groups as there must be for each to have room on a page."""
        groups: list[list[Variable]] = [[]]
        for variable in self.variables:
            if groups[-1] and top + self._height([*groups[-1], variable]) > self.limit:
                groups.append([])
            groups[-1].append(variable)
        return groups

    def _begin(self, title: str) -> float:
        self.sheet = self.new_sheet()
        return self.sheet.write((_MARGIN, _MARGIN - 4), self.sheet.wrap(title, TITLE, self.right - _MARGIN), TITLE) + 6

    def _finish(self, y: float, remark: str) -> "Figure":
        y = self.sheet.write((_MARGIN, y), self.sheet.wrap(remark, FAINT, self.right - _MARGIN), FAINT)
        return self.sheet.figure(self.right + _MARGIN, y + _MARGIN - 4)

    def _height(self, variables: Sequence[Variable]) -> float:
        """How high a band with these variables is."""
        charts = sum(max(self._room(variable), self._label_height(variable)) + _CHART_GAP for variable in variables)
        actions = sum(self._action_height(action) for action in self.actions)
        return charts + 18 + _HEADING.pitch + 4 + actions + (0 if self.time is None else _TIMES)

    def _label_height(self, variable: Variable) -> float:
        return len(self._label_lines(variable)) * PLAIN.pitch

    def _label_lines(self, variable: Variable) -> tuple[str, ...]:
        return self.sheet.wrap_short(self.wording.variable(variable.name), PLAIN, _LABELS - 10, _MOST_LINES)

    def _action_lines(self, sentence: str) -> tuple[str, ...]:
        return self.sheet.wrap_short(sentence, PLAIN, _LABELS + _VALUES - 12, _MOST_LINES)

    def _action_height(self, sentence: str) -> float:
        return max(len(self._action_lines(sentence)) * PLAIN.pitch, _LANE) + 2

    def _room(self, variable: Variable) -> float:
        """How high a variable's chart is without its label."""
        match variable.domain.kind:
            case Kind.INTEGER:
                return _STAIRS
            case Kind.BOOLEAN:
                return _LANE
            case Kind.CHOICE:
                return len({state[variable.name] for state in self.course.states}) * _LANE

    def _remark(self) -> str:
        said = [_TO_SCALE] if self.time is not None else []
        if self.missing:
            said.append(f"{len(self.missing)} more variables change less often and are not drawn.")
        if _OTHERS in self.actions:
            said.append(f"“{_OTHERS}” stands for the actions that happen least often.")
        if self.fixed:
            first = self.run.steps[0].state
            named = [
                f"{self.wording.variable(variable.name)}: {self.wording.value(first[variable.name], variable.name)}"
                for variable in self.fixed[:_MOST_VARIABLES]
            ]
            rest = len(self.fixed) - len(named)
            said.append(f"Never changes: {'; '.join(named)}{f'; and {rest} more' if rest else ''}.")
        return " ".join(said)

    def _band(self, band: Band, variables: Sequence[Variable], top: float) -> float:
        """The charts of some variables over one part of the axis; returns the y below them."""
        shaded = self.course.loop is not None and band.reaches(self.course.loop)
        y = top + 18 if shaded else top
        for variable in variables:
            y = self._chart(variable, band, y) + _CHART_GAP
        self.sheet.write((_MARGIN, y), (_HEADING_ACTIONS,), _HEADING)
        if isinstance(band, EqualBand):
            self._axis(band, y)
        y += _HEADING.pitch + 4
        for action in self.actions:
            y = self._action(action, band, y)
        if shaded:
            self._shade(band, top, y)
        if self.time is not None and isinstance(band, TimedBand):
            self._times(self.time, band, y)
            y += _TIMES
        return y

    def _shade(self, band: Band, top: float, bottom: float) -> None:
        """The loop's background, and where its second round begins.

        A round is cut in the middle of a state, so that its edges lie beside the dots of its steps and not on them.
        """
        loop, again = self.course.loop or 0, self.course.once
        rounds = [(loop, again, _LOOP_EDGE, "loop"), (again, len(self.course.states) - 1, _AGAIN_EDGE, "loop-again")]
        for first, end, stroke, gid in rounds:
            left, right = band.cut(first), band.cut(end)
            if right - left > 1:
                self.sheet.box((left, top + 15), (right - left, bottom - top - 15), stroke, PALE_BLUE, 3, gid=gid, behind=True)
        if band.first <= again:
            needed = self.sheet.width(self.repeats, _CAPTION)
            left = min(band.cut(loop), self.right - needed)
            self.sheet.write((left, top), (self.repeats,), _CAPTION)

    def _label(self, variable: Variable, y: float, height: float) -> float:
        """A chart's label, in the middle of its height if it fits; returns the y below it."""
        lines = self._label_lines(variable)
        above = max((height - len(lines) * PLAIN.pitch) / 2, 0.0)
        return self.sheet.write((_MARGIN, y + above - 0.5), lines, PLAIN)

    def _chart(self, variable: Variable, band: Band, y: float) -> float:
        values = {state[variable.name] for state in self.course.states}
        match variable.domain.kind:
            case Kind.INTEGER:
                return self._staircase(variable, band, y)
            case Kind.CHOICE:
                return self._lanes(variable, [value for value in variable.domain.values if value in values], band, y)
            case Kind.BOOLEAN:
                return self._lanes(variable, [True], band, y)

    def _lanes(self, variable: Variable, lanes: Sequence[Value], band: Band, y: float) -> float:
        """A lane for each value, with a bar while the variable has it."""
        values = [state[variable.name] for state in self.course.states]
        height = len(lanes) * _LANE
        foot = self._label(variable, y, height)
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

    def _staircase(self, variable: Variable, band: Band, y: float) -> float:
        numbers = [number for state in self.course.states if isinstance(number := state[variable.name], int)]
        low, high = min(numbers), max(numbers)
        foot = self._label(variable, y, _STAIRS)

        def level(number: int) -> float:
            return y + _STAIRS - 6 - (_STAIRS - 12) * (number - low) / (high - low)

        for number in (low, high):
            self._value(self.wording.value(number, variable.name), level(number))
            self.sheet.line([(band.left, level(number)), (band.right, level(number))], _RULE, head=False)
        corners = []
        for first, end, value in _stretches(numbers):
            if band.x(end) - band.x(first) > 0 and isinstance(value, int):
                corners += [(band.x(first), level(value)), (band.x(end), level(value))]
        self.sheet.line(corners, _STEP, head=False, radius=0, gid=f"values-{variable.name}-{band.first}")
        return max(foot, y + _STAIRS)

    def _value(self, text: str, middle: float) -> None:
        lines = self.sheet.wrap_short(text, _SMALL, _VALUES - 8, 1)
        self.sheet.write((_MARGIN + _LABELS, middle - _SMALL.pitch / 2 - 0.5), lines, _SMALL)

    def _times(self, axis: TimeAxis, band: TimedBand, y: float) -> None:
        """The clock below a band, with a tick at each time for which there is room."""
        taken: list[tuple[float, float]] = []
        for x, text in axis.labels(band):
            half = self.sheet.width(text, _NUMBER) / 2 + 3
            if all(x + half < left or x - half > right for left, right in taken) and x + half < self.right + _MARGIN:
                taken.append((x - half, x + half))
                self.sheet.line([(x, y + 1), (x, y + 4)], Stroke(GREY, 0.8), head=False)
                self.sheet.write((x, y + 4), (text,), _NUMBER, "center")

    def _axis(self, band: EqualBand, y: float) -> None:
        """The numbers of the steps, each where its state begins; only some of them if steps are narrow."""
        every = 1 if band.pitch >= self.sheet.width("00", _NUMBER) + 3 else 5
        cuts = [] if self.course.loop is None else [self.course.loop, self.course.once, len(self.course.states) - 1]
        last_right = 0.0
        for place in range(max(band.first, 1), band.end):
            number = self.course.number(place - 1)
            half = self.sheet.width(str(number), _NUMBER) / 2
            on_a_cut = any(abs(band.x(cut + 0.5) - band.x(place)) < half + 1 for cut in cuts)
            if not number % every and not on_a_cut and band.x(place) - half > last_right + 2:
                self.sheet.write((band.x(place), y), (str(number),), _NUMBER, "center")
                last_right = band.x(place) + half

    def _action(self, sentence: str, band: Band, y: float) -> float:
        """The row of an action, with a dot where it leads from one state to the next."""
        self.sheet.write((_MARGIN, y), self._action_lines(sentence), PLAIN)
        middle = y + PLAIN.pitch / 2
        self.sheet.line([(band.left, middle), (band.right, middle)], _RULE, head=False)
        for place, said in enumerate(self.sentences):
            in_loop = self.course.loop is not None and place >= self.course.loop
            stroke = Stroke(BLUE if in_loop else LINE, 1.0)
            again = place >= self.course.once
            gid = None if again else f"step-{place}"
            if said == sentence == _PASSING:
                left, right = band.x(place), band.x(place + 1)
                if right > left:
                    fill = "white" if again else stroke.colour
                    gid = gid if band.begins(place) else None
                    self.sheet.box((left, middle - 2.5), (right - left, 5.0), stroke, fill, 0.0, gid=gid)
            elif said == sentence and band.begins(place + 1):
                self.sheet.disc((band.x(place + 1), middle), 3.4, stroke, "white" if again else stroke.colour, gid=gid)
        return y + self._action_height(sentence)
