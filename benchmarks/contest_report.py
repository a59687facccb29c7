"""The comparison with the peers as a page of tables, and as plots on two logarithmic scales."""

import datetime
import math
import os
import platform
import re
import statistics
import subprocess
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import z3
from matplotlib.figure import Figure

import dialproof
from benchmarks.contest import CLAIM, Measured
from benchmarks.families import BUILDS, Family
from dialproof.exchange import berkeley, spin

NAMES = {"dial-slot-overwritten": "faulty", "none": "fixed"}
"""What the two builds are called on the page."""

OURS, PEER = "dialproof", "ABC pdr, l2s"
"""Whose times the last column compares."""

_FIRST_FIT = 8
"""Growth is fitted from so many entries on: below that, starting a process is most of the time."""

_FEWEST = 3
"""A line through fewer points says nothing."""

_STYLES = {
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

_BUSY = (
    " (others were at work on the machine too, so that the times are too long, and unevenly so; where one timed out, the"
    " processor time says how far it got)"
)

_LABELS = {
    "time": "seconds by the clock on the wall",
    "processor": "seconds of processor time",
    "memory": "megabytes (peak of the largest process)",
}
"""What is drawn, and what the axis says."""

_HEIGHTS: dict[str, Callable[[Measured], float]] = {
    "time": lambda found: found.seconds,
    "processor": lambda found: found.processor,
    "memory": lambda found: found.megabytes,
}

_PAGE = """\
# Beside the peers

The same questions to dialproof and to two model checkers that share no line with it: SPIN, on what `export --to promela`
writes, and `pdr` of Berkeley's ABC, on what `export --to aiger` writes. This page and its pictures are written by

```console
$ {command}
```

which fails where two of them come to different verdicts. In this run {agreement}.

Measured on {date}: {machine}; Python {python}, z3 {z3}, dialproof {dialproof}, {peers}; {runs} of each question, at most
{timeout:g} s for one; load average {before:.1f} at the start and {after:.1f} at the end{load}.

The question is `{claim}` about the family `{family}`: {says}. *Faulty* is the hypothesis `dial-slot-overwritten`, where the claim
is violated; *fixed* is the correct rule, where it holds. Queues hold two messages, unless something else is said.

How to read the numbers:

* A time is the median by the clock on the wall. Of dialproof it is that of `dialproof.check` as a whole: worker processes,
  range check, search and proof, replay or audit, and the check that the verdict is not vacuous. Of a peer it is that of its own
  processes on a file that is there already (SPIN: `spin`, `gcc` and the search). A peer's answer is believed as it is.
* Processor time is that of all processes of a tool together, here with starting Python and reading the scenario. It depends
  less on what else the machine does. Where there was no answer it says how much had been spent by the time-out.
* A memory is the peak of the largest process, not the sum of all.
* `> {timeout:g} s`: no answer by then. `-`: not asked, because a smaller N was too much already, or because
  the tool never says such a thing.
* `dialproof` is the portfolio as it is used, on two worker processes. `bmc`, `spacer`, `k-liveness`, `explicit` and `abc` are its
  engines alone, on one. `abc` is ABC's `pdr` asked by dialproof part by part, on local forms, and audited; `ABC pdr, l2s` and
  `ABC pdr, k-liveness` are ABC alone on the whole problem, as it is exported. So are SPIN's searches. What the last columns
  compare is therefore two ways to ask, not two solvers.
"""


@dataclass(frozen=True)
class Setting:
    """How it was measured."""

    family: Family
    command: str
    runs: int
    timeout: float
    load: tuple[float, float]


def line(found: Measured, timeout: float) -> str:
    """One measurement as a line of text."""
    question = found.question
    what = f"N={question.entries:<4} queue={question.capacity} {NAMES[question.fault]:<7} {found.tool:<20}"
    if not found.attempts:
        return f"{what} not asked: {found.reason}"
    return f"{what} {found.verdict:<9} {_time(found, timeout):>9} {found.megabytes:>7.0f} MB"


def page(growth: Sequence[Measured], queues: Sequence[Measured], setting: Setting) -> str:
    """The page; `growth` is about ever more entries, `queues` about ever longer queues."""
    wrong = [found for found in (*growth, *queues) if found.is_wrong]
    decided = sum(found.is_decided for found in (*growth, *queues))
    disagreement = f"**{len(wrong)} of them were wrong**; see the last section"
    lines = _PAGE.format(
        command=setting.command,
        agreement=disagreement if wrong else f"all {decided} verdicts agree with what they must be",
        date=datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        machine=_machine(),
        python=platform.python_version(),
        z3=z3.get_version_string(),
        dialproof=dialproof.__version__,
        peers=_peers(),
        runs=f"{setting.runs} {'run' if setting.runs == 1 else 'runs'}",
        timeout=setting.timeout,
        before=setting.load[0],
        after=setting.load[1],
        load=_BUSY if max(setting.load) > (os.cpu_count() or 1) + 1 else "",
        claim=CLAIM,
        family=setting.family.name,
        says=setting.family.says,
    ).splitlines()
    lines = [part for line in lines for part in (_wrapped(line) if len(line) > _WIDTH and line[0].isalnum() else [line])]
    for what, title in (("time", "Time"), ("processor", "Processor time"), ("memory", "Memory")):
        lines += ["", f"## {title}", "", f"![{title} against the number of entries](benchmarks/{what}.svg)"]
        for fault in BUILDS:
            lines += ["", f"The {NAMES[fault]} build, where the claim is {_WORDS[BUILDS[fault]]}:", ""]
            lines += _table([found for found in growth if found.question.fault == fault], what, setting.timeout)
    lines += ["", "## How each grows", "", *_growth(growth)]
    if queues:
        entries = queues[0].question.entries
        lines += ["", "## Longer queues", "", f"The time with N = {entries}, and queues that hold ever more messages.", ""]
        lines += _queues(queues, setting.timeout)
    remarks = [line(found, setting.timeout) for found in (*growth, *queues) if found.is_wrong or found.verdict == "undecided"]
    if remarks:
        lines += ["", "## What did not come out", "", *(f"* {remark}" for remark in remarks)]
    return "\n".join([*lines, ""])


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, _WIDTH, break_long_words=False, break_on_hyphens=False)


_WIDTH = 126
"""How long a line of prose on the page may be."""

_WORDS = {"violated": "violated", "holds": "true"}


def plots(growth: Sequence[Measured], setting: Setting, folder: Path) -> None:
    """Write `time.svg` and `memory.svg` into `folder`: a line for each tool, one half for each build."""
    folder.mkdir(parents=True, exist_ok=True)
    for what, label in _LABELS.items():
        with matplotlib.rc_context({"svg.hashsalt": what, "svg.fonttype": "none", "font.size": 9}):
            figure = Figure(figsize=(9, 4.2), layout="constrained")
            for axes, fault in zip(figure.subplots(1, 2, sharey=True), BUILDS, strict=True):
                for tool, (colour, marker, dashes) in _STYLES.items():
                    mine = [one for one in growth if one.tool == tool and one.question.fault == fault and one.is_decided]
                    if mine:
                        heights = [_HEIGHTS[what](one) for one in mine]
                        sizes = [one.question.entries for one in mine]
                        axes.plot(sizes, heights, color=colour, marker=marker, linestyle=dashes, label=tool, markersize=5)
                if what == "time":
                    axes.axhline(setting.timeout, color="#666666", linewidth=0.8)
                    axes.text(
                        0.99,
                        setting.timeout,
                        "time-out",
                        va="top",
                        ha="right",
                        color="#444444",
                        transform=axes.get_yaxis_transform(),
                    )
                axes.set(xscale="log", yscale="log", xlabel="entries N", title=f"{NAMES[fault]}: {BUILDS[fault]}")
                ticks = sorted({one.question.entries for one in growth})
                axes.set_xticks(ticks, [str(tick) for tick in ticks])
                axes.minorticks_off()
                axes.grid(visible=True, color="#DDDDDD", linewidth=0.6)
                if axes.get_legend_handles_labels()[0]:
                    axes.legend(fontsize=7.5, frameon=False)
            figure.axes[0].set_ylabel(label)
            figure.savefig(folder / f"{what}.svg", metadata={"Date": None})


def exponent(points: Sequence[tuple[float, float]]) -> float | None:
    """The slope of the least-squares line through the points on two logarithmic scales; None for too few points."""
    if len(points) < _FEWEST:
        return None
    return statistics.linear_regression([math.log(x) for x, _ in points], [math.log(y) for _, y in points]).slope


def _table(found: Sequence[Measured], what: str, timeout: float) -> Iterator[str]:
    names = [tool for tool in _STYLES if any(one.tool == tool and one.attempts for one in found)]
    cells = {(one.question.entries, one.tool): one for one in found}
    last = f" {OURS} / {PEER} |" if what in ("time", "processor") and {OURS, PEER} <= set(names) else ""
    yield f"| N | {' | '.join(names)} |{last}"
    yield "|---|" + "---|" * (len(names) + bool(last))
    for entries in sorted({one.question.entries for one in found}):
        shown = [_CELLS[what](cells[entries, name], timeout) for name in names]
        ratio = f" {_ratio(cells[entries, OURS], cells[entries, PEER], _HEIGHTS[what])} |" if last else ""
        yield f"| {entries} | {' | '.join(shown)} |{ratio}"


def _ratio(ours: Measured, peer: Measured, height: Callable[[Measured], float]) -> str:
    if not ours.is_decided or not (peer.is_decided or peer.verdict == "time-out"):
        return "-"
    return f"{'' if peer.is_decided else '< '}{height(ours) / height(peer):.2g}"


def _time(found: Measured, timeout: float) -> str:
    if not found.attempts:
        return "-"
    if found.verdict == "time-out":
        return f"> {timeout:g} s"
    shown = _seconds(found.seconds)
    return shown if found.is_decided and not found.is_wrong else f"**{found.verdict}** ({shown})"


def _memory(found: Measured, _timeout: float) -> str:
    return f"{found.megabytes:.0f} MB" if found.attempts else "-"


def _processor(found: Measured, _timeout: float) -> str:
    if not found.attempts:
        return "-"
    return f"{'' if found.is_decided else '> '}{_seconds(found.processor)}"


_CELLS: dict[str, Callable[[Measured, float], str]] = {"time": _time, "processor": _processor, "memory": _memory}


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"


def _growth(growth: Sequence[Measured]) -> Iterator[str]:
    yield "The exponent *p*, where each is taken to grow like N to the power of *p*: the slope of the least-squares"
    yield f"line through the medians on two logarithmic scales, from N = {_FIRST_FIT} on. `-`: fewer than {_FEWEST} such points."
    yield "In brackets: the largest N that was decided."
    yield ""
    yield "| | " + " | ".join(f"{what}, {NAMES[fault]}" for fault in BUILDS for what in _HEIGHTS) + " |"
    yield "|---|" + "---|" * len(_HEIGHTS) * len(BUILDS)
    for tool in _STYLES:
        cells = []
        for fault in BUILDS:
            mine = [one for one in growth if one.tool == tool and one.question.fault == fault and one.is_decided]
            large = [one for one in mine if one.question.entries >= _FIRST_FIT]
            reach = f" ({max(one.question.entries for one in mine)})" if mine else ""
            for height in _HEIGHTS.values():
                slope = exponent([(one.question.entries, height(one)) for one in large])
                cells.append(("-" if slope is None else f"{slope:.1f}") + reach)
        if any(one.tool == tool and one.attempts for one in growth):
            yield f"| {tool} | {' | '.join(cells)} |"


def _queues(queues: Sequence[Measured], timeout: float) -> Iterator[str]:
    names = [tool for tool in _STYLES if any(one.tool == tool and one.attempts for one in queues)]
    yield f"| | a queue holds | {' | '.join(names)} |"
    yield "|---|---|" + "---|" * len(names)
    cells = {(one.question.fault, one.question.capacity, one.tool): one for one in queues}
    for fault in BUILDS:
        for capacity in sorted({one.question.capacity for one in queues}):
            times = [_time(cells[fault, capacity, name], timeout) for name in names]
            yield f"| {NAMES[fault]} | {capacity} | {' | '.join(times)} |"


def _machine() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    models = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*: (.+)$", models.read_text(), re.MULTILINE) if models.exists() else None
    processor = f" of {found[1]}" if found else ""
    return f"{cores} {'core' if cores == 1 else 'cores'}{processor}, {platform.system()} on {platform.machine()}"


def _peers() -> str:
    versions = []
    for missing, command, pattern in (
        (spin.missing_tools(), ["spin", "-V"], r"Spin Version \S+"),
        (berkeley.missing_tools(), ["berkeley-abc", "-h"], r"ABC [\d.]+ \(compiled [^)]*\)"),
    ):
        if missing:
            versions.append(missing)
            continue
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = re.search(pattern, done.stdout + done.stderr)
        versions.append(found[0] if found else f"{command[0]} of an unknown version")
    return ", ".join(versions)
