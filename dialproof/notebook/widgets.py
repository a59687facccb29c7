"""Widgets: interactive parts of a running notebook. Their scripts only enhance HTML that also works without them.

A widget has an HTML form too, for a code host and for readers who open the notebook without running it. Importing this module
takes anywidget, the extra `notebook`: `Walk.stepper` and `chooser` of `dialproof.notebook` import it when they are called.
"""

from importlib.resources import files
from typing import Any

import anywidget
import traitlets

from dialproof.notebook.blocks import Block, as_html, as_text, tag
from dialproof.notebook.display import blocks
from dialproof.notebook.walks import Walk
from dialproof.review.what_if import Comparison


def _script(*place: str) -> str:
    """The text of a file of the package."""
    return files("dialproof").joinpath(*place).read_text(encoding="utf-8")


class _Enhanced(anywidget.AnyWidget):
    """A widget whose script enhances `markup`; if nothing runs, `otherwise` is shown instead."""

    markup = traitlets.Unicode().tag(sync=True)

    def __init__(self, markup: str, otherwise: list[Block]) -> None:
        super().__init__(markup=markup)
        self._otherwise = otherwise

    def _repr_mimebundle_(self, **arguments: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**arguments) or ({}, {})
        return {**data, "text/html": str(as_html(self._otherwise)), "text/plain": as_text(self._otherwise)}, metadata


class Stepper(_Enhanced):
    """Steps through a run: a slider, buttons, arrow keys, a play button. `step` is the current step; setting it goes there."""

    step = traitlets.Int(0).tag(sync=True)
    _esm = _script("report", "templates", "stepper.js") + _script(
        "notebook", "stepper_widget.js"
    )  # the first is the report's, too
    _css = _script("notebook", "stepper_widget.css")

    def __init__(self, walk: Walk) -> None:
        """The stepper of `walk`, at its start."""
        described = blocks(walk)
        super().__init__(as_html(described), described)


class Chooser(_Enhanced):
    """A menu of the reviews of a comparison: one of them is shown at a time. `chosen` is its number, from 0."""

    chosen = traitlets.Int(0).tag(sync=True)
    _esm = _script("notebook", "chooser_widget.js")

    def __init__(self, comparison: Comparison) -> None:
        """The menu of `comparison`, at its first review."""
        reviews = zip(comparison.labels, comparison.reviews, strict=True)
        markup = tag("div", *(tag("section", as_html(blocks(review)), data_choice=label) for label, review in reviews))
        super().__init__(markup, blocks(comparison))
