"""Figures: the only module that draws with matplotlib, and that writes a figure as a file.

A `Sheet` is measured in points from its top left corner, downwards, and grows with what is put on it. Text is measured
before boxes are sized, so that nothing overlaps or is cut off whatever the words are. pyplot is not used: it keeps every
figure in a registry of the process and may open a window.
"""

from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import Literal

import matplotlib
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.patches import Circle, FancyBboxPatch, Patch, PathPatch, Polygon
from matplotlib.path import Path as Curve

from dialproof.core.errors import InputError
from dialproof.views.ink import WHITE, Face, Point, Stroke
from dialproof.views.svg import inline

_FONT = "DejaVu Sans"  # matplotlib brings it along, so that every machine draws the same letters
_POINTS_PER_INCH = 72
_MEASURING_DPIS = (72, 100, 150)  # letters are fitted to the pixels: a line can be 8 % longer at one of them
_PNG_DPI = 150
_SPACE = 0.42  # a space, and what the letters at both its sides leave free, in units of the font size
_BASELINE = 1.06  # from the top of a line to its baseline
_BREAKS_AFTER = " .-_/@:,"

_DASHES: dict[str, tuple[float, Sequence[float]]] = {"dashed": (0, (3.5, 1.8)), "dotted": (0, (1, 1.6))}


class Sheet:
    """Paper to draw on: x to the right and y downwards, in points. `figure` hands it over."""

    def __init__(self) -> None:
        self._figure = Figure(facecolor="white")
        self._axes = self._figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self._axes.set_axis_off()
        self._axes.set_autoscale_on(False)
        self._renderers = tuple(RendererAgg(8, 8, dpi) for dpi in _MEASURING_DPIS)
        self._words: dict[tuple[str, Face], tuple[float, ...]] = {}

    def width(self, text: str, face: Face) -> float:
        """The largest width of one line of `text` in points, over all resolutions."""
        words = text.split(" ")
        sums: list[float] = [sum(widths) for widths in zip(*(self._word(word, face) for word in words), strict=True)]
        return max(sums) + (len(words) - 1) * face.size * _SPACE

    def _word(self, word: str, face: Face) -> tuple[float, ...]:
        """The width of a word at each measuring resolution. Words recur, lines seldom do, and measuring is slow."""
        key = (word, face)
        if key not in self._words:
            font = _font(face)
            self._words[key] = tuple(
                renderer.get_text_width_height_descent(word, font, ismath=False)[0] * _POINTS_PER_INCH / renderer.dpi
                for renderer in self._renderers
            )
        return self._words[key]

    def widest(self, lines: Iterable[str], face: Face) -> float:
        """The width of the widest of `lines`, in points; 0 without lines."""
        return max((self.width(line, face) for line in lines), default=0.0)

    def wrap(self, text: str, face: Face, limit: float) -> tuple[str, ...]:
        r"""`text` in lines of at most `limit` points, broken at spaces, and inside a word only if the word is too long.

        Letters that the font lacks are written as escapes, such as `\u4f8b`, instead of empty boxes.
        """
        lines: list[str] = []
        current = ""
        for given in _words(_drawable(text, face)):
            word = given
            joined = f"{current} {word}" if current else word
            if self.width(joined, face) <= limit:
                current = joined
                continue
            if current:
                lines.append(current)
            while self.width(word, face) > limit and len(word) > 1:
                cut = self._cut(word, face, limit)
                lines.append(word[:cut].rstrip())
                word = word[cut:]
            current = word
        return (*lines, current) if current else tuple(lines)

    def wrap_short(self, text: str, face: Face, limit: float, most: int) -> tuple[str, ...]:
        """`text` in at most `most` lines; an ellipsis replaces the middle of a longer text.

        The ends of a name say more than its middle: its subject, and its domain.
        """
        lines = self.wrap(text, face, limit)
        plain = " ".join(text.split())
        kept = len(plain)
        while len(lines) > most and kept > 1:
            kept = min(kept - 1, int(kept * (most + 0.6) / len(lines)))
            head = (kept + 1) // 2
            lines = self.wrap(f"{plain[:head].rstrip()}…{plain[len(plain) - (kept - head) :].lstrip()}", face, limit)
        return lines

    def _cut(self, word: str, face: Face, limit: float) -> int:
        fits = max(1, min(len(word) - 1, int(len(word) * limit / self.width(word, face))))
        while fits > 1 and self.width(word[:fits], face) > limit:
            fits -= 1
        while fits < len(word) and self.width(word[: fits + 1], face) <= limit:
            fits += 1
        # A break after punctuation reads better, unless it leaves the line half empty.
        readable = max((word.rfind(mark, 0, fits) + 1 for mark in _BREAKS_AFTER), default=0)
        return readable if readable > fits / 2 else fits

    def write(
        self, at: Point, lines: Sequence[str], face: Face, align: Literal["left", "center"] = "left", gid: str | None = None
    ) -> float:
        """Writes `lines` below the point `at` (the top of the first line) and returns the y below the last one."""
        x, y = at
        for number, line in enumerate(lines):
            self._axes.text(
                x,
                y + number * face.pitch + face.size * _BASELINE,
                line,
                color=face.colour,
                fontproperties=_font(face),
                horizontalalignment=align,
                verticalalignment="baseline",
                zorder=3,
                parse_math=False,  # a dollar sign in a label is a dollar sign
                usetex=False,
                gid=gid,
            )
        return y + len(lines) * face.pitch

    def box(
        self,
        at: Point,
        size: Point,
        stroke: Stroke,
        fill: str = WHITE,
        radius: float = 5.0,
        gid: str | None = None,
        behind: bool = False,
    ) -> None:
        """A box with round corners; `at` is its top left corner, `size` its width and height.

        With `behind` it lies under everything else, also under what was drawn before.
        """
        style = f"round,pad=0,rounding_size={radius}"
        patch = FancyBboxPatch(at, *size, boxstyle=style, facecolor=fill, edgecolor=stroke.colour, gid=gid)
        self._add(patch, stroke, order=0 if behind else 1)

    def disc(self, centre: Point, radius: float, stroke: Stroke, fill: str, gid: str | None = None) -> None:
        """A circle."""
        self._add(Circle(centre, radius, facecolor=fill, edgecolor=stroke.colour, gid=gid), stroke)

    def line(
        self, points: Sequence[Point], stroke: Stroke, head: bool = True, radius: float = 7.0, gid: str | None = None
    ) -> None:
        """A line through `points` with round corners and, with `head`, an arrow's head at its end."""
        ends = list(points)
        if head:
            (x0, y0), (x1, y1) = points[-2:]
            length = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 1e-9)
            ux, uy = (x1 - x0) / length, (y1 - y0) / length
            long, half = 5.0 + 2.0 * stroke.width, 2.4 + 1.1 * stroke.width
            bx, by = x1 - long * ux, y1 - long * uy
            corners = [(x1, y1), (bx - half * uy, by + half * ux), (bx + half * uy, by - half * ux)]
            ends[-1] = (x1 - long * ux * 0.9, y1 - long * uy * 0.9)
            self._add(Polygon(corners, closed=True, facecolor=stroke.colour, edgecolor="none"), Stroke(stroke.colour, 0))
        path = PathPatch(_rounded(ends, radius), facecolor="none", edgecolor=stroke.colour, capstyle="butt", gid=gid)
        self._add(path, stroke)

    def _add(self, patch: Patch, stroke: Stroke, order: int = 1) -> None:
        patch.set_linewidth(stroke.width)
        patch.set_linestyle("solid" if stroke.dash == "solid" else _DASHES[stroke.dash])
        patch.set_zorder(order)  # among those of one order, what is drawn later lies on top
        self._axes.add_artist(patch)
        patch.set_clip_on(False)  # nothing lies outside, and a file says it once for each line

    def figure(self, width: float, height: float) -> Figure:
        """What was drawn, as a figure of this size in points."""
        self._figure.set_size_inches(width / _POINTS_PER_INCH, height / _POINTS_PER_INCH)
        self._axes.set_xlim(0, width)
        self._axes.set_ylim(height, 0)
        return self._figure


def _font(face: Face) -> FontProperties:
    style: Literal["italic", "normal"] = "italic" if face.italic else "normal"
    return FontProperties(family=_FONT, size=face.size, weight="bold" if face.bold else "normal", style=style)


def _drawable(text: str, face: Face) -> str:
    font = get_font(findfont(_font(face)))
    return "".join(
        letter if letter.isspace() or (letter.isprintable() and font.get_char_index(ord(letter))) else _escape(letter)
        for letter in text
    )


def _words(text: str) -> list[str]:
    """The words of `text`; an arrow stays between its two values."""
    words: list[str] = []
    for word in text.split():
        if words and (word == "→" or words[-1].endswith(" →")):
            words[-1] += f" {word}"
        else:
            words.append(word)
    return words


def _escape(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")


def _rounded(points: Sequence[Point], radius: float) -> Curve:
    """The path through `points`, each corner replaced by a curve that begins `radius` points before it."""
    if radius <= 0:
        return Curve(list(points))
    vertices, codes = [points[0]], [Curve.MOVETO]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        vertices += [_towards(corner, before, radius), corner, _towards(corner, after, radius)]
        codes += [Curve.LINETO, Curve.CURVE3, Curve.CURVE3]
    return Curve([*vertices, points[-1]], [*codes, Curve.LINETO])


def _towards(start: Point, goal: Point, distance: float) -> Point:
    """The point that lies `distance` from `start` towards `goal`, or half-way where that is nearer."""
    dx, dy = goal[0] - start[0], goal[1] - start[1]
    length = (dx * dx + dy * dy) ** 0.5
    part = min(distance / length, 0.5) if length else 0.0
    return (start[0] + dx * part, start[1] + dy * part)


def require_kind(target: Path) -> None:
    """Raise InputError for a suffix for which no picture can be written."""
    kind = target.suffix.lower()
    if kind not in (".svg", ".png"):
        raise InputError(f"{target}: a picture is written as .svg or .png, not as {kind or 'a file without suffix'}")


def save(figure: Figure, path: Path | str) -> None:
    """Writes `figure` as SVG or PNG, as the suffix of `path` says.

    The same figure gives the same bytes. Letters are drawn as outlines in SVG, so that they look the same if the font
    is not installed; PNG has 150 dots per inch. Raises InputError for another suffix or a file that cannot be written.
    """
    target = Path(path)
    require_kind(target)
    try:
        if target.suffix.lower() == ".svg":
            target.write_text(svg_file(figure), encoding="utf-8", newline="\n")
        else:
            figure.savefig(target, format="png", dpi=_PNG_DPI, facecolor="white")
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror or error}") from error


def svg_file(figure: Figure, *, letters: Literal["path", "none"] = "path") -> str:
    """`figure` as the text of an SVG file that stands by itself. The same figure gives the same text.

    Letters are outlines ("path"), or text ("none"): far smaller, but in another font if this one is not installed.
    """
    out = StringIO()
    # The salt makes the ids in the file the same every time.
    with matplotlib.rc_context({"svg.hashsalt": "dialproof", "svg.fonttype": letters}):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, facecolor="white")
    return out.getvalue()


def svg_text(figure: Figure, prefix: str, says: str = "") -> str:
    """`figure` as an `<svg>` element to be put into a page, where it takes the page's width and colours.

    Every id begins with `prefix`, so that several can stand on one page; `says` is the text for a screen reader (without it the
    drawing is hidden from screen readers). The same figure gives the same text.
    """
    return inline(svg_file(figure), prefix, says)
