"""What makes a picture readable, measured on what is really drawn: nothing overlaps, nothing is cut off, letters are large."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, PathPatch
from matplotlib.text import Text

PAGE = 170 / 25.4 * 72
"""The width of a page's text in points: A4 with margins of 20 mm."""

SMALLEST = 6.5
"""The smallest letters that can be read in print, in points."""


def assert_readable(figure: Figure, dpi: int = 100) -> None:
    """No two texts overlap, no text crosses a box's border or an arrow, and nothing lies outside the figure."""
    figure.set_dpi(dpi)
    renderer = FigureCanvasAgg(figure).get_renderer()
    texts = [text for text in figure.findobj(Text) if text.get_text()]
    found = np.array([text.get_window_extent(renderer).extents for text in texts])
    left, low, right, high = (found[:, side] for side in range(4))

    width, height = figure.get_size_inches() * dpi
    assert min(left.min(), low.min()) >= 0
    assert right.max() <= width
    assert high.max() <= height

    across = np.minimum.outer(right, right) - np.maximum.outer(left, left)
    along = np.minimum.outer(high, high) - np.maximum.outer(low, low)
    clash = np.argwhere(np.triu((across > 0.5) & (along > 0.5), k=1))
    assert not clash.size, [(texts[a].get_text(), texts[b].get_text()) for a, b in clash]

    for box in figure.findobj(FancyBboxPatch):
        x0, y0, x1, y1 = box.get_window_extent(renderer).extents
        assert 0 <= x0 <= x1 <= width
        assert 0 <= y0 <= y1 <= height
        apart = (right <= x0) | (left >= x1) | (high <= y0) | (low >= y1)
        within = (left >= x0) & (right <= x1) & (low >= y0) & (high <= y1)
        crossed = np.flatnonzero(~(apart | within))
        assert not crossed.size, [texts[place].get_text() for place in crossed]

    for arrow in figure.findobj(PathPatch):
        corners = np.asarray(arrow.get_transform().transform_path(arrow.get_path()).interpolated(40).vertices)
        x, y = corners[:, 0, None], corners[:, 1, None]
        hit = np.flatnonzero(((x > left) & (x < right) & (y > low) & (y < high)).any(axis=0))
        assert not hit.size, [texts[place].get_text() for place in hit]


def assert_legible(figure: Figure) -> None:
    """Scaled to the width of a page, every letter is still large enough to be read."""
    scale = min(1.0, PAGE / (figure.get_size_inches()[0] * 72))
    smallest = min(float(text.get_fontsize()) for text in figure.findobj(Text) if text.get_text())
    assert smallest * scale >= SMALLEST, f"letters of {smallest} points, {smallest * scale:.1f} on a page"


def words_in(figure: Figure) -> str:
    """Everything that is written in a picture, a line below the other."""
    return "\n".join(text.get_text() for text in figure.findobj(Text))
