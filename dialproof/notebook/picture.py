"""A figure as a notebook shows it: as SVG, and as a line of text that stands for it where no picture can be shown."""

from typing import TYPE_CHECKING

from dialproof.system import System

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FONTS = "'DejaVu Sans', Verdana, sans-serif"  # the second is as wide as the first, and is where that one is not


class Picture:
    """Shows `figure` as SVG; `says` is what it shows, for a reader who does not see it."""

    def __init__(self, figure: "Figure", says: str) -> None:
        self.figure = figure
        self.says = says

    def __repr__(self) -> str:
        return f"Picture: {self.says}"

    def _repr_svg_(self) -> str:
        from dialproof.views.figures import svg_file

        # Letters as text: a notebook is kept under version control, and outlines would be six times as long.
        return svg_file(self.figure, letters="none").replace("'DejaVu Sans'", _FONTS)


def machine(system: System, variable: str) -> Picture:
    """The values of `variable` as states, with the actions that lead from one to another. Raises ModelError."""
    from dialproof.views.machine import draw_machine
    from dialproof.views.text import wording_of

    title = f"{system.name}: {system.variable(variable).label}"
    return Picture(draw_machine(system, variable, wording_of(system), title), f"{title}, as a state machine")
