"""A bound as a function of a setting: a plot in which a line is proved and a mark is attained.

A line is a bound that is proved for each value under it; a filled mark is a value at which a run attains it, an empty one a value
at which none is known to. Values without a bound have no mark.
"""

from itertools import pairwise
from typing import TYPE_CHECKING

from dialproof.core.bound_function import BoundFunction
from dialproof.core.errors import InputError
from dialproof.views.ink import BLACK, FAINT, GREY, LINE, PAGE_WIDTH, STRONG, THIN, TITLE, WHITE, Face, Stroke
from dialproof.views.plots import ticks

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MARGIN, _LEFT, _HEIGHT, _TICKS = 20.0, 96.0, 210.0, 6
_NUMBER = Face(8.5, colour=GREY)
_GRID, _PROVED, _MARK = Stroke(THIN, 0.5), Stroke(BLACK, 1.4), Stroke(LINE, 1.0)
_LARGE, _SMALL, _MANY = 3.4, 1.8, 40


def draw_bound(function: BoundFunction, counts: str, title: str, size: int = 1) -> "Figure":
    """The bound (in `counts`, of which a unit is `size`) over the setting, as a figure.

    Raises InputError if no bound is known at any value.
    """
    from dialproof.views.figures import Sheet  # only what draws needs matplotlib

    known = [(value, bound * size) for value in function.values if (bound := function.at(value)) is not None]
    if not known:
        raise InputError("there is nothing to draw: no bound is known at any value of the setting")
    sheet = Sheet()
    right, values = PAGE_WIDTH - _MARGIN - 14, function.values
    across = ticks(values[0], max(values[-1], values[0] + 1), _TICKS * 2)
    up = ticks(0, max(bound for _, bound in known) or 1, _TICKS)
    y = sheet.write((_MARGIN, _MARGIN - 4), sheet.wrap(title, TITLE, PAGE_WIDTH - 2 * _MARGIN), TITLE) + 2
    remark = "A line: proved for each value. Filled: a run attains it. Empty: no run is known that does."
    y = sheet.write((_MARGIN, y), sheet.wrap(remark, FAINT, PAGE_WIDTH - 2 * _MARGIN), FAINT) + 8
    y = sheet.write((_MARGIN, y), sheet.wrap(f"tightest bound ({counts})", STRONG, PAGE_WIDTH - 2 * _MARGIN), STRONG)
    top = y + 16
    foot = top + _HEIGHT

    def at(value: float, bound: float) -> tuple[float, float]:
        x = _LEFT + (right - _LEFT) * (value - across[0]) / max(across[-1] - across[0], 1e-9)
        return x, foot - _HEIGHT * bound / up[-1]

    for number in up:
        height = at(across[0], number)[1]
        text = f"{number:,.10g}"
        sheet.line([(_LEFT - 8, height), (right + 14, height)], _GRID, head=False)
        sheet.write((_LEFT - 14 - sheet.width(text, _NUMBER), height - _NUMBER.pitch / 2 - 0.5), (text,), _NUMBER)
    for number in across:
        x = at(number, 0)[0]
        sheet.line([(x, foot + 4), (x, foot + 8)], Stroke(THIN, 0.8), head=False)
        sheet.write((x, foot + 8), (f"{number:,.10g}",), _NUMBER, "center")
    for one in function.stretches:
        ends = [at(value, (one.first + one.slope * place) * size) for place, value in enumerate(one.values)]
        for start, end in pairwise([ends[0], ends[-1]] if len(ends) > 1 else []):
            sheet.line([start, end], _PROVED, head=False)
    radius = _SMALL if len(known) > _MANY else _LARGE
    for value, bound in known:
        sheet.disc(at(value, bound), radius, _MARK, BLACK if function.is_attained(value) else WHITE, gid=f"point-{value}")
    below = foot + 8 + _NUMBER.pitch + 3
    below = sheet.write((_LEFT, below), sheet.wrap(function.setting, STRONG, PAGE_WIDTH - _LEFT - _MARGIN), STRONG)
    return sheet.figure(PAGE_WIDTH, below + _MARGIN - 6)
