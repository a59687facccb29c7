"""How long things took, as histograms on one page, each beside the longest time that is possible.

What was met is bars; a bound is a line of its own with words beside it, because it is not something that was met.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dialproof.core.clock import amount
from dialproof.core.errors import InputError
from dialproof.views.ink import BLUE, DEEP_BLUE, FAINT, GREY, PAGE_WIDTH, PLAIN, STRONG, THIN, TITLE, Face, Stroke
from dialproof.views.plots import ticks

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from dialproof.views.figures import Sheet

_MARGIN, _LEFT, _HEIGHT = 20.0, 76.0, 84.0
_RIGHT = PAGE_WIDTH - _MARGIN - 14
_MOST_BARS, _SHORTEST, _ACROSS, _UP = 60, 10, 9, 3
_NUMBER, _BOUND_WORDS = Face(8.5, colour=GREY), Face(9, bold=True, colour=DEEP_BLUE)
_GRID, _BOUND = Stroke(THIN, 0.5), Stroke(BLUE, 1.8, "dashed")


@dataclass(frozen=True)
class Spread:
    """How long something took, time after time: `lengths` says how often it took so long, in `counts` ("minute").

    `title` says what it is. `bound` is the longest time that is possible, or allowed; None if there is none. `says` is that in
    words, or says why there is none.
    """

    title: str
    lengths: Mapping[int, int]
    counts: str
    bound: int | None = None
    says: str = ""
    notes: tuple[str, ...] = ()

    @property
    def figures(self) -> str:
        """How often it took time, how long on average, and how long at the longest, in a sentence."""
        times = sum(self.lengths.values())
        if not times:
            return "It never took any time."
        mean = sum(length * often for length, often in self.lengths.items()) / times
        return (
            f"{times:,} time{'' if times == 1 else 's'}, {mean:.1f} {self.counts}s on average, "
            f"{amount(max(self.lengths), self.counts)} at the longest."
        )


def draw_spreads(spreads: Sequence[Spread], title: str, remark: str = "") -> "Figure":
    """A histogram for each of `spreads`, one below the other. Raises InputError if there is none."""
    from dialproof.views.figures import Sheet  # only what draws needs matplotlib

    if not spreads:
        raise InputError("a plot needs at least one thing that was measured")
    sheet, width = Sheet(), PAGE_WIDTH - 2 * _MARGIN
    y = sheet.write((_MARGIN, _MARGIN - 4), sheet.wrap(title, TITLE, width), TITLE) + 2
    y = sheet.write((_MARGIN, y), sheet.wrap(remark, FAINT, width), FAINT) + 8
    for number, spread in enumerate(spreads):
        y = _Histogram(spread, sheet, number).draw(y) + 16
    return sheet.figure(PAGE_WIDTH, y - 16 + _MARGIN)


def describe_spreads(spreads: Sequence[Spread]) -> str:
    """The histograms in words: how often each thing took time, how long, and the bound."""
    return " ".join(
        " ".join([f"{spread.title}: {spread.figures}", *([f"{spread.says}."] if spread.says else []), *spread.notes])
        for spread in spreads
    )


class _Histogram:
    """The layout and the drawing of one histogram."""

    def __init__(self, spread: Spread, sheet: "Sheet", number: int) -> None:
        self.spread, self.sheet, self.number = spread, sheet, number
        longest = max((*spread.lengths, spread.bound or 0, _SHORTEST))
        self.wide = -(-(longest + 1) // _MOST_BARS)  # how many lengths share a bar
        self.bars: dict[int, int] = {}
        for length, often in spread.lengths.items():
            self.bars[length // self.wide] = self.bars.get(length // self.wide, 0) + often
        self.across = [tick for tick in ticks(0, longest, _ACROSS) if tick == int(tick)]
        self.end = max(self.across[-1], longest)
        self.up = [tick for tick in ticks(0, max(self.bars.values(), default=1), _UP + 1) if tick == int(tick)]

    def draw(self, y: float) -> float:
        """Draws it from `y` downwards and returns the y below it."""
        sheet, spread, width = self.sheet, self.spread, PAGE_WIDTH - 2 * _MARGIN
        y = sheet.write((_MARGIN, y), sheet.wrap(spread.title, STRONG, width), STRONG)
        for line in (spread.figures, *spread.notes):
            y = sheet.write((_MARGIN, y), sheet.wrap(line, PLAIN, width), PLAIN)
        y = sheet.write((_MARGIN, y), sheet.wrap(spread.says, _BOUND_WORDS, width), _BOUND_WORDS) + 7
        foot = y + _HEIGHT
        for tick in self.up:
            at, text = foot - _HEIGHT * tick / self.up[-1], f"{tick:,.0f}"
            sheet.line([(_LEFT - 6, at), (_RIGHT, at)], _GRID, head=False)
            sheet.write((_LEFT - 10 - sheet.width(text, _NUMBER), at - _NUMBER.pitch / 2 - 0.5), (text,), _NUMBER)
        for place, often in sorted(self.bars.items()):
            left, right = self._x(place * self.wide - 0.5), self._x((place + 1) * self.wide - 0.5)
            high = max(_HEIGHT * often / self.up[-1], 1.0)
            gid = f"spread-{self.number}-{place * self.wide}"
            sheet.box((left, foot - high), (max(right - left - 1.0, 0.8), high), Stroke(GREY, 0), GREY, 0.0, gid=gid)
        if spread.bound is not None:
            x = self._x((spread.bound // self.wide + 1) * self.wide - 0.5)  # at the right of the bar of what takes as long
            sheet.line([(x, y - 3), (x, foot)], _BOUND, head=False, gid=f"bound-{self.number}")
        reached = 0.0
        for tick in self.across:
            text, x = f"{tick:,.0f}", self._x(tick)
            half = sheet.width(text, _NUMBER) / 2
            if x - half > reached + 4:
                sheet.line([(x, foot), (x, foot + 3)], Stroke(THIN, 0.8), head=False)
                sheet.write((x, foot + 3), (text,), _NUMBER, "center")
                reached = x + half
        sheet.write((_MARGIN, foot + 3), (f"{spread.counts}s",), _NUMBER)
        return foot + 3 + _NUMBER.pitch

    def _x(self, length: float) -> float:
        """Where a length is on the scale, which begins half a unit below 0: a bar lies around its length."""
        return _LEFT + (_RIGHT - _LEFT) * (length + 0.5) / (self.end + 1)
