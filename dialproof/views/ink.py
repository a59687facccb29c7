"""Ink: how text and lines look, as plain values, so that a picture can be laid out by code that loads no drawing library.

People who cannot tell red from green can tell the colours apart, and the colours differ in brightness for a grey print.
"""

from dataclasses import dataclass
from typing import Literal

BLACK, GREY, PALE, WHITE = "#1a1a1a", "#4d4d4d", "#f1f1f1", "white"
LINE, THIN = "#3a3a3a", "#a8a8a8"
BLUE, DEEP_BLUE, PALE_BLUE = "#005b8f", "#004c78", "#dfe9f1"

COLOUR_NAMES = {
    BLACK: "ink",
    GREY: "faint",
    LINE: "line",
    THIN: "thin",
    PALE: "pale",
    "#ffffff": "paper",
    BLUE: "loop",
    DEEP_BLUE: "loop-text",
    PALE_BLUE: "loop-paper",
}
"""What each colour is called as a CSS variable: a page in the dark gives them other values."""

PAGE_WIDTH = 620.0
"""The widest picture, in points: at this width letters of 8.5 points are still 6.6 points high on a page of 170 mm."""

PAGE_HEIGHT = 850.0
"""The highest picture, in points, that can be as wide as a page without being longer than one."""

Point = tuple[float, float]
Dash = Literal["solid", "dashed", "dotted"]

_LINE_PITCH = 1.4  # line distance in units of the font size: room for accents on capitals


@dataclass(frozen=True)
class Face:
    """How text looks: its size in points, weight, slant and colour."""

    size: float = 9.0
    bold: bool = False
    italic: bool = False
    colour: str = BLACK

    @property
    def pitch(self) -> float:
        """The distance between two lines, in points."""
        return self.size * _LINE_PITCH


@dataclass(frozen=True)
class Stroke:
    """How a line looks: its colour, its width in points, and its dashes."""

    colour: str = BLACK
    width: float = 1.0
    dash: Dash = "solid"


TITLE, PLAIN, STRONG = Face(12, bold=True), Face(9), Face(9, bold=True)
FAINT = Face(8.5, italic=True, colour=GREY)
