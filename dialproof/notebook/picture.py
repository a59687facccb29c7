"""A figure as a notebook shows it: as SVG, or as a line of text if no picture can be shown."""

from typing import TYPE_CHECKING

from dialproof.core.claims import Claim
from dialproof.core.system import System
from dialproof.report.plain import plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FONTS = "'DejaVu Sans', Verdana, sans-serif"  # the second is as wide as the first, and is where that one is not


class Picture:
    """Shows `figure` as SVG; `says` describes it for a reader who does not see it."""

    def __init__(self, figure: "Figure", says: str) -> None:
        self.figure = figure
        self.says = says

    def __repr__(self) -> str:
        return f"Picture: {plain(self.says)}"

    def _repr_svg_(self) -> str:
        from dialproof.views.figures import svg_file

        # Letters as text: a notebook is kept under version control, and outlines would be six times as long.
        return svg_file(self.figure, letters="none").replace("'DejaVu Sans'", _FONTS)


def machine(system: System, variable: str) -> Picture:
    """The values of `variable` as states, with the actions that lead from one to another.

    Raises ModelError for a name that is not a variable's, NotApplicable for a variable with too many values.
    """
    from dialproof.core.wording import wording_of
    from dialproof.views import machine as views

    title = f"{system.name}: {system.variable(variable).label}"
    return Picture(views.draw_machine(views.machine(system, variable), wording_of(system), title), f"{title}, as a state machine")


def state_space(system: System, claim: Claim | None = None, axes: tuple[str, ...] = ()) -> Picture:
    """Every state that `system` can reach, over two variables (`axes`), marked where runs violate `claim`.

    Raises NotApplicable for a system with infinitely many states, or too many for a picture; ModelError for a name in `axes` that
    is not a variable's.
    """
    from dialproof.core.wording import wording_of
    from dialproof.views import state_space as views

    graph = views.state_space(system, None if claim is None else claim.formula)
    title = f"{system.name}: the state space"
    return Picture(views.draw_state_space(graph, system, wording_of(system), title, axes), title)
