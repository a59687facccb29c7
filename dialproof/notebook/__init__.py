"""For notebooks: runs in the reader's words, pictures, and widgets that step through a run or select a review.

Jupyter displays objects of the library without an import of this package (`dialproof.core.display`).
"""

from typing import TYPE_CHECKING

from dialproof.core.errors import InputError
from dialproof.notebook.picture import Picture, machine, state_space
from dialproof.notebook.walks import Walk, walk
from dialproof.review.what_if import Comparison

if TYPE_CHECKING:
    from dialproof.notebook.widgets import Chooser, Stepper

__all__ = ["Picture", "Walk", "chooser", "machine", "state_space", "stepper", "walk"]


def stepper(shown: Walk) -> "Stepper":
    """A widget that walks a run: a slider, buttons, arrow keys, a play button. Raises InputError without anywidget."""
    try:
        from dialproof.notebook.widgets import Stepper
    except ImportError as missing:
        raise _without(missing) from missing
    return Stepper(shown)


def chooser(comparison: Comparison) -> "Chooser":
    """A widget with a menu of the reviews that were compared. Raises InputError without anywidget."""
    try:
        from dialproof.notebook.widgets import Chooser
    except ImportError as missing:
        raise _without(missing) from missing
    return Chooser(comparison)


def _without(missing: ImportError) -> InputError:
    return InputError(
        f"a widget needs the package {missing.name!r}: pip install 'dialproof[notebook]'. "
        "Without it, show the object itself: it lists the same"
    )
