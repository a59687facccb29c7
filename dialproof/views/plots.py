"""The longest wait for each value of a setting: a plot that shows a verdict by place and shape, not by colour.

A proved bound is a filled mark at its height. An infinite wait has a band of its own above the scale, an unknown wait one below
it: neither is a number, so neither may look like one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from dialproof.core.errors import InputError
from dialproof.views.ink import BLACK, FAINT, GREY, LINE, PAGE_WIDTH, PALE, PLAIN, STRONG, THIN, TITLE, WHITE, Face, Point, Stroke

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from dialproof.views.figures import Sheet

_MARGIN, _LEFT, _HEIGHT, _BAND = 20.0, 96.0, 210.0, 26.0
_RADIUS, _TICKS = 4.6, 6
_NUMBER = Face(8.5, colour=GREY)
_GRID, _MARK, _GUIDE = Stroke(THIN, 0.5), Stroke(LINE, 1.2), Stroke(LINE, 1.0, "dotted")
_FOR_EVER, _NOT_KNOWN = "for ever", "not known"


@dataclass(frozen=True)
class WaitPoint:
    """The longest wait at one value of a setting.

    "holds": it is proved that the wait is never longer than `wait`. "violated": some run waits for ever, and `wait` is None.
    "unknown": undecided; `wait` is the longest wait that was seen, if any; the longest possible one may be longer.
    """

    setting: float
    wait: float | None
    verdict: Literal["holds", "violated", "unknown"] = "holds"

    def __post_init__(self) -> None:
        if (self.verdict == "holds") is (self.wait is None) and self.verdict != "unknown":
            raise InputError(f"a wait of {self.wait} at setting {self.setting} is not what {self.verdict!r} means")


def draw_wait(points: Sequence[WaitPoint], setting: str, unit: str, title: str) -> "Figure":
    """The longest wait (in `unit`) over the value of `setting`, as a figure. Raises InputError if there is no point."""
    from dialproof.views.figures import Sheet  # only what draws needs matplotlib

    if not points:
        raise InputError("a plot needs at least one point")
    return _Plot(points, Sheet()).draw(setting, unit, title)


def describe_wait(points: Sequence[WaitPoint], setting: str, unit: str) -> str:
    """The plot in words: the wait at each value of the setting."""
    said = [f"{setting} {_plain(point.setting)}: {_said(point, unit)}" for point in sorted(points, key=lambda p: p.setting)]
    return f"The longest wait by {setting}. {'; '.join(said)}."


def _said(point: WaitPoint, unit: str) -> str:
    match point:
        case WaitPoint(wait=None, verdict="violated"):
            return f"it may be {_FOR_EVER}"
        case WaitPoint(wait=None):
            return _NOT_KNOWN
        case WaitPoint(wait=wait, verdict="unknown"):
            return f"{_NOT_KNOWN}; {_plain(wait)} {unit} or longer"
        case _:
            return f"{_plain(point.wait)} {unit}"


def _plain(number: float | None) -> str:
    return "" if number is None else f"{number:,.10g}"


def ticks(low: float, high: float, most: int = _TICKS) -> list[float]:
    """Round numbers, at most `most` of them, 1, 2 or 5 times a power of ten apart, that cover `low` to `high`."""
    span = max(high - low, 1e-9)
    step = 1e-12
    for power in range(-9, 13):
        for factor in (1, 2, 5):
            step = factor * 10.0**power
            first, last = _floor(low / step), -_floor(-high / step)
            if span / step < most and last - first < most:
                return [number * step for number in range(first, last + 1)]
    return [low, high]


def _floor(number: float) -> int:
    return int(number // 1)


class _Plot:
    """The layout and the drawing of one plot."""

    def __init__(self, points: Sequence[WaitPoint], sheet: "Sheet") -> None:
        self.points, self.sheet = sorted(points, key=lambda point: point.setting), sheet
        waits = [point.wait for point in self.points if point.wait is not None]
        settings = [point.setting for point in self.points]
        self.across = ticks(settings[0], max(settings[-1], settings[0] + 1), _TICKS * 2)
        self.up = ticks(0, max(waits, default=0) or 1)
        self.right = PAGE_WIDTH - _MARGIN - 14

    def draw(self, setting: str, unit: str, title: str) -> "Figure":
        """Draws everything and returns the figure."""
        y = self.sheet.write((_MARGIN, _MARGIN - 4), self.sheet.wrap(title, TITLE, PAGE_WIDTH - 2 * _MARGIN), TITLE) + 2
        remark = "Filled: a proved bound. An arrow: longer, or for ever. Computed at the marks, not between them."
        y = self.sheet.write((_MARGIN, y), self.sheet.wrap(remark, FAINT, PAGE_WIDTH - 2 * _MARGIN), FAINT) + 8
        label = self.sheet.wrap(f"longest wait ({unit})", STRONG, PAGE_WIDTH - 2 * _MARGIN)
        y = self.sheet.write((_MARGIN, y), label, STRONG) + 6
        self.above = self._band(y, _FOR_EVER, any(point.verdict == "violated" for point in self.points))
        self.top = self.above + _BAND / 2 + 22
        self.foot = self.top + _HEIGHT
        self._scale()
        self.below = self._band(self.foot + 10, _NOT_KNOWN, any(self._is_lost(point) for point in self.points))
        y = self._settings(self.below + _BAND / 2 + 5)
        y = self.sheet.write((_LEFT, y + 3), self.sheet.wrap(setting, STRONG, PAGE_WIDTH - _LEFT - _MARGIN), STRONG)
        for start, end in self._guides():
            self.sheet.line([start, end], _GUIDE, head=False)
        for point in self.points:
            self._mark(point)
        self._values()
        return self.sheet.figure(PAGE_WIDTH, y + _MARGIN - 6)

    def _is_lost(self, point: WaitPoint) -> bool:
        return point.verdict == "unknown" and point.wait is None

    def _band(self, y: float, text: str, used: bool) -> float:
        """A band beside the scale, for values that are not numbers; returns its middle. Without points it takes no room."""
        if not used:
            return y - _BAND / 2
        self.sheet.box((_LEFT - 8, y), (self.right - _LEFT + 22, _BAND), Stroke(PALE, 0), PALE, 4, behind=True)
        self.sheet.write((_MARGIN, y + _BAND / 2 - PLAIN.pitch / 2 - 0.5), (text,), PLAIN)
        return y + _BAND / 2

    def _scale(self) -> None:
        for number in self.up:
            y = self._y(number)
            text = _plain(number)
            self.sheet.line([(_LEFT - 8, y), (self.right + 14, y)], _GRID, head=False)
            self.sheet.write((_LEFT - 14 - self.sheet.width(text, _NUMBER), y - _NUMBER.pitch / 2 - 0.5), (text,), _NUMBER)

    def _settings(self, y: float) -> float:
        reached = 0.0
        for number in self.across:
            text, x = _plain(number), self._x(number)
            half = self.sheet.width(text, _NUMBER) / 2
            if x - half > reached + 4:
                self.sheet.line([(x, y - 4), (x, y)], Stroke(THIN, 0.8), head=False)
                self.sheet.write((x, y), (text,), _NUMBER, "center")
                reached = x + half
        return y + _NUMBER.pitch

    def _x(self, setting: float) -> float:
        first, last = self.across[0], self.across[-1]
        return _LEFT + (self.right - _LEFT) * (setting - first) / max(last - first, 1e-9)

    def _y(self, wait: float) -> float:
        return self.foot - (self.foot - self.top) * wait / self.up[-1]

    def _places(self) -> list[tuple[WaitPoint, Point]]:
        """Every point on the scale, with its position."""
        return [(point, (self._x(point.setting), self._y(point.wait))) for point in self.points if point.wait is not None]

    def _guides(self) -> list[tuple[Point, Point]]:
        """The lines between neighbouring proved bounds, for the eye."""
        proved = {point.setting: place for point, place in self._places() if point.verdict == "holds"}
        return [
            (proved[one.setting], proved[other.setting])
            for one, other in pairwise(self.points)
            if one.setting in proved and other.setting in proved
        ]

    def _mark(self, point: WaitPoint) -> None:
        x, gid = self._x(point.setting), f"point-{_plain(point.setting)}"
        match point:
            case WaitPoint(wait=None, verdict="violated"):
                self.sheet.line([(x, self.above + 9), (x, self.above - 10)], Stroke(BLACK, 2.4), gid=gid)
            case WaitPoint(wait=None):
                self.sheet.disc((x, self.below), _RADIUS, _MARK, WHITE, gid=gid)
            case WaitPoint(wait=float() | int() as wait, verdict="unknown"):
                self.sheet.line([(x, self._y(wait)), (x, self._y(wait) - 18)], _MARK)
                self.sheet.disc((x, self._y(wait)), _RADIUS, _MARK, WHITE, gid=gid)
            case WaitPoint(wait=float() | int() as wait):
                self.sheet.disc((x, self._y(wait)), _RADIUS, _MARK, BLACK, gid=gid)

    def _values(self) -> None:
        """The wait itself at each proved mark: above it, or else below it, as far as other words and lines leave room."""
        lines = [*self._guides(), *(((_LEFT, self._y(number)), (self.right, self._y(number))) for number in self.up)]
        taken = [
            (x - _RADIUS, y - 4 * _RADIUS if point.verdict == "unknown" else y - _RADIUS, x + _RADIUS, y + _RADIUS)
            for point, (x, y) in self._places()
        ]
        for point, (x, y) in self._places():
            text = _plain(point.wait)
            half = self.sheet.width(text, PLAIN) / 2
            for top in (y - _RADIUS - PLAIN.pitch - 1, y + _RADIUS + 1):
                area = (x - half - 1, top, x + half + 1, top + PLAIN.pitch)
                free = (
                    area[0] > _LEFT - 10
                    and not any(_meet(area, other) for other in taken)
                    and not any(_crosses(area, *line) for line in lines)
                )
                if free and point.verdict == "holds" and top + PLAIN.pitch < self.foot:
                    self.sheet.write((x, top), (text,), PLAIN, "center")
                    taken.append(area)
                    break


_Area = tuple[float, float, float, float]


def _meet(one: _Area, other: _Area) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _crosses(area: _Area, start: Point, end: Point) -> bool:
    """True if a line runs through an area, tested at every second point of the line."""
    count = int(max(abs(end[0] - start[0]), abs(end[1] - start[1])) / 2) + 1
    points = [(start[0] + (end[0] - start[0]) * n / count, start[1] + (end[1] - start[1]) * n / count) for n in range(count + 1)]
    return any(area[0] < x < area[2] and area[1] < y < area[3] for x, y in points)
