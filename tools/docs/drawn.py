"""The pictures of `docs/pictures.md`: drawn by this checkout, and compared with what the page shows.

The run is that of Q230051, taken step by step through the model by the plain-Python reader: no solver chooses it, so it is
the same everywhere.
"""

import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from dialproof.core.claims import OneSystem
from dialproof.core.run import Lasso, Step
from dialproof.core.wording import wording_of
from dialproof.semantics.interpreter import Reader
from dialproof.views.lasso_graph import draw_lasso
from dialproof.views.plots import WaitPoint, draw_wait
from dialproof.views.sequence import draw_sequence
from dialproof.views.state_space import draw_state_space, state_space
from dialproof.views.timeline import draw_timeline
from properties.checks import plan
from properties.project import PROJECT
from tools.docs.recording import IMAGES
from tools.docs.running import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

SCENARIO = ROOT / "model" / "scenarios" / "q230051" / "dns-added-shipped.toml"
SMALL = ROOT / "docs" / "examples" / "partner.toml"
CLAIM = "queued-mail-is-dialled"
STEM = (
    *("arrive(default)", "dial(isp)", "answer(isp)", "deliver(default)", "hang_up(isp)", "free_port(isp)"),  # it works
    *("add(partner.example)", "restart_service", "arrive(default)"),  # ... until then
)
LOOP = ("arrive(partner.example)", "deliver(partner.example)")

_DPI, _COLOURS = 110, 48
_TOLERANCE = 2.0  # of 255: what may differ where letters are fitted to the pixels a little differently


def drawn() -> Mapping[str, Callable[[], "Figure"]]:
    """How each picture is drawn, by its name."""
    planned = next(check for check in plan(SCENARIO) if check.claim == CLAIM)
    variant = planned.variants[0]
    run, system = run_of(variant), variant.system
    wording, title = wording_of(system), f"{CLAIM} is violated (under {variant.name})"
    small = next(check for check in plan(SMALL) if check.claim == CLAIM).variants[0]
    return {
        "run": lambda: draw_lasso(run, wording, title),
        "sequence": lambda: draw_sequence(run, system, wording, title),
        "timeline": lambda: draw_timeline(run, system, wording, title),
        "states": lambda: _states(small),
        "line": lambda: _of_project("line-isp"),
        "routing": lambda: _of_project("routing"),
        "wait": _wait,
    }


def run_of(variant: OneSystem) -> Lasso:
    """The run that takes the actions of `STEM`, then those of `LOOP` for ever."""
    reader = Reader(variant.system)
    (values,) = reader.initial_states()
    steps = []
    for name in (*STEM, *LOOP):
        taken, after = next(event for event in reader.events(values) if event[0].name == name)
        steps.append(Step(taken, reader.state(values)))
        values = after
    return Lasso(tuple(steps[: len(STEM)]), tuple(steps[len(STEM) :]))


def _states(variant: OneSystem) -> "Figure":
    space = state_space(variant.system, variant.claim.formula)
    return draw_state_space(space, variant.system, wording_of(variant.system), f"{SMALL.name}: {CLAIM} (under {variant.name})")


def _of_project(name: str) -> "Figure":
    return next(drawn.figure for drawn in PROJECT.pictures(SCENARIO) if drawn.name == name)


def _wait() -> "Figure":
    points = [
        *(WaitPoint(setting, setting + 7) for setting in (5, 10, 15, 30, 45)),
        WaitPoint(60, 60, "unknown"),
        WaitPoint(90, None, "unknown"),
        WaitPoint(120, None, "violated"),
    ]
    return draw_wait(points, "queued for, minutes", "min", "An example: made-up numbers")


def path_of(name: str) -> "Path":
    """Where the picture called `name` is kept."""
    return IMAGES / f"drawn-{name}.png"


def png(figure: "Figure") -> bytes:
    """The picture as a PNG of few colours."""
    raw, small = io.BytesIO(), io.BytesIO()
    figure.savefig(raw, format="png", dpi=_DPI, facecolor="white")
    with Image.open(raw) as picture:
        picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


def is_stale(name: str, new: bytes) -> bool:
    """Whether the picture that is kept looks different from `new`, or is missing."""
    path = path_of(name)
    if not path.exists():
        return True
    kept, made = _pixels(path.read_bytes()), _pixels(new)
    return kept.shape != made.shape or float(np.sqrt(np.mean((kept - made) ** 2))) > _TOLERANCE


def _pixels(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB")).astype(float)
