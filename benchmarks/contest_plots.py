"""The comparison with the peers as plots on two logarithmic scales: a line for each tool, one half for each build."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from benchmarks.contest import ENTRIES, Measured, Sweep
from benchmarks.families import BUILDS, NAMES

STYLES = {
    "dialproof": ("#000000", "o", "-"),
    "bmc": ("#E69F00", "s", "--"),
    "spacer": ("#56B4E9", "^", "-."),
    "k-liveness": ("#009E73", "v", ":"),
    "explicit": ("#999999", "x", (0, (1, 3))),
    "abc": ("#0072B2", "D", (0, (5, 1, 1, 1, 1, 1))),
    "ABC pdr, l2s": ("#D55E00", "P", (0, (6, 2))),
    "ABC pdr, k-liveness": ("#CC79A7", "*", (0, (3, 1, 1, 1))),
    "SPIN": ("#8C6D1F", "h", (0, (2, 1))),
}
"""Colours that colour-blind readers tell apart (Okabe and Ito, 2002), markers and dashes for those who read in grey."""

_LABELS = {
    "time": "seconds by the clock on the wall",
    "processor": "seconds of processor time",
    "memory": "megabytes (peak of the largest process)",
}
"""What is drawn, and what the axis says."""

HEIGHTS: dict[str, Callable[[Measured], float]] = {
    "time": lambda found: found.seconds,
    "processor": lambda found: found.processor,
    "memory": lambda found: found.megabytes,
}


def draw(sweeps: Sequence[tuple[Sweep, Sequence[Measured]]], timeout: float, folder: Path) -> None:
    """Write the pictures into `folder`.

    What grows with the entries has a picture each of time, processor time and memory; of every other sweep, one shows all three.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for sweep, found in sweeps:
        if sweep is ENTRIES:
            for what in _LABELS:
                _picture(sweep, found, [what], timeout, folder / f"{what}.svg")
        else:
            _picture(sweep, found, list(_LABELS), timeout, folder / f"{sweep.name}.svg")


def _picture(sweep: Sweep, found: Sequence[Measured], rows: Sequence[str], timeout: float, path: Path) -> None:
    with matplotlib.rc_context({"svg.hashsalt": path.stem, "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(9, 0.6 + 3.6 * len(rows)), layout="constrained")
        for line, what in zip(figure.subplots(len(rows), 2, sharey="row", squeeze=False), rows, strict=True):
            for axes, fault in zip(line, BUILDS, strict=True):
                _half(axes, sweep, [one for one in found if one.question.fault == fault], what, timeout)
                axes.set(xlabel=sweep.axis, title=f"{NAMES[fault]}: {BUILDS[fault]}")
            line[0].set_ylabel(_LABELS[what])
        unfinished = path.with_suffix(".svg.part")
        figure.savefig(unfinished, format="svg", metadata={"Date": None})
    os.replace(unfinished, path)  # noqa: PTH105  # either the old picture or the new one


def _half(axes: Axes, sweep: Sweep, found: Sequence[Measured], what: str, timeout: float) -> None:
    for tool, (colour, marker, dashes) in STYLES.items():
        mine = [one for one in found if one.tool == tool and one.is_decided]
        if mine:
            sizes, heights = [sweep.of(one.question) for one in mine], [HEIGHTS[what](one) for one in mine]
            axes.plot(sizes, heights, color=colour, marker=marker, linestyle=dashes, label=tool, markersize=5)
    if what == "time":
        axes.axhline(timeout, color="#666666", linewidth=0.8)
        across = axes.get_yaxis_transform()
        axes.text(0.99, timeout, "time-out", va="top", ha="right", color="#444444", transform=across)
    axes.set(xscale="log", yscale="log")
    ticks = sorted({sweep.of(one.question) for one in found})
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    axes.grid(visible=True, color="#DDDDDD", linewidth=0.6)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=7.5, frameon=False)
