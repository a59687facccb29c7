"""The comparison with the peers as a page of tables."""

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

import z3

import dialproof
from benchmarks.contest import CLAIM, CLOCKS, ENTRIES, MANY, QUEUES, TIMERS, Measured, Sweep
from benchmarks.contest_plots import HEIGHTS, STYLES
from benchmarks.families import BUILDS, NAMES, Family
from dialproof.exchange.aiger import abc as berkeley
from dialproof.exchange.promela import spin

OURS, PEER = "dialproof", "ABC pdr, l2s"
"""Whose times the column "ours / ABC" compares."""

_SHORTEST = 0.001
"""Less than this many seconds is not measured."""

_FEWEST = 3
"""A line through fewer points says nothing."""

_BUSY = (
    " (others were at work on the machine too, so that the times are too long, and unevenly so; where one timed out, the"
    " processor time says how far it got)"
)

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
* `> {timeout:g} s`: no answer by then. `-`: not asked, because something smaller was too much already, or because
  the tool never says such a thing.
* *ours / ABC* is the number of `dialproof` divided by that of `ABC pdr, l2s`: below 1 dialproof is quicker. `<`: ABC had no
  answer, and it is divided by what ABC had spent by then.
* `dialproof` is the portfolio as it is used, on two worker processes. `bmc`, `spacer`, `k-liveness`, `explicit` and `abc` are its
  engines alone, on one. `abc` is ABC's `pdr` asked by dialproof part by part, on local forms, and audited; `ABC pdr, l2s` and
  `ABC pdr, k-liveness` are ABC alone on the whole problem, as it is exported. So are SPIN's searches. What *ours / ABC*
  compares is therefore two ways to ask, not two solvers.
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
    size = f"N={question.entries:<4} queue={question.capacity} timer={question.family.ticks or 'none':<4}"
    what = f"{size} {NAMES[question.fault]:<7} {found.tool:<20}"
    if not found.attempts:
        return f"{what} not asked: {found.reason}"
    shown = f"{what} {found.verdict:<9} {_time(found, timeout):>9} {found.megabytes:>7.0f} MB"
    return f"{shown} {found.reason}" if found.reason else shown


def page(growth: Sequence[Measured], others: Sequence[tuple[Sweep, Sequence[Measured]]], setting: Setting) -> str:
    """The page; `growth` is about ever more entries, `others` about what else grows."""
    everything = [*growth, *(one for _, found in others for one in found)]
    wrong = [found for found in everything if found.is_wrong]
    decided = sum(found.is_decided for found in everything)
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
            lines += _table([found for found in growth if found.question.fault == fault], ENTRIES, what, setting.timeout)
    lines += ["", "## How each grows", "", *_growth(growth)]
    for sweep, found in others:
        lines += ["", *_also(sweep, found, setting.timeout)]
    remarks = [line(one, setting.timeout) for one in everything if one.is_wrong or one.verdict in ("undecided", "failed")]
    if remarks:
        lines += ["", "## What did not come out", "", *(f"* {remark}" for remark in remarks)]
    return "\n".join([*lines, ""])


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, _WIDTH, break_long_words=False, break_on_hyphens=False)


_WIDTH = 126
"""How long a line of prose on the page may be."""

_WORDS = {"violated": "violated", "holds": "true"}


def exponent(points: Sequence[tuple[float, float]]) -> float | None:
    """The slope of the least-squares line through the points on two logarithmic scales; None for too few points."""
    if len(points) < _FEWEST:
        return None
    return statistics.linear_regression([math.log(x) for x, _ in points], [math.log(y) for _, y in points]).slope


def _table(found: Sequence[Measured], sweep: Sweep, what: str, timeout: float) -> Iterator[str]:
    names = [tool for tool in STYLES if any(one.tool == tool and one.attempts for one in found)]
    cells = {(sweep.of(one.question), one.tool): one for one in found}
    last = " ours / ABC |" if what in ("time", "processor") and {OURS, PEER} <= set(names) else ""
    yield f"| {sweep.letter} | {' | '.join(names)} |{last}"
    yield "|---|" + "---|" * (len(names) + bool(last))
    for size in sorted({size for size, _ in cells}):
        shown = [_CELLS[what](cells[size, name], timeout) for name in names]
        ratio = f" {_ratio(cells[size, OURS], cells[size, PEER], HEIGHTS[what])} |" if last else ""
        yield f"| {size} | {' | '.join(shown)} |{ratio}"


def _ratio(ours: Measured, peer: Measured, height: Callable[[Measured], float]) -> str:
    if not ours.is_decided or not (peer.is_decided or peer.verdict == "time-out"):
        return "-"
    return f"{'' if peer.is_decided else '< '}{height(ours) / max(height(peer), _SHORTEST):.2g}"


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
    yield f"line through the medians on two logarithmic scales, from N = {ENTRIES.first_fit} on. `-`: fewer than {_FEWEST} such"
    yield "points. In brackets: the largest N that was decided."
    yield ""
    yield from _exponents(growth, ENTRIES)


def _exponents(found: Sequence[Measured], sweep: Sweep) -> Iterator[str]:
    yield "| | " + " | ".join(f"{what}, {NAMES[fault]}" for fault in BUILDS for what in HEIGHTS) + " |"
    yield "|---|" + "---|" * len(HEIGHTS) * len(BUILDS)
    for tool in STYLES:
        cells = []
        for fault in BUILDS:
            mine = [one for one in found if one.tool == tool and one.question.fault == fault and one.is_decided]
            large = [one for one in mine if sweep.of(one.question) >= sweep.first_fit]
            reach = f" ({max(sweep.of(one.question) for one in mine)})" if mine else ""
            for height in HEIGHTS.values():
                slope = exponent([(sweep.of(one.question), height(one)) for one in large])
                cells.append(("-" if slope is None else f"{slope:.1f}") + reach)
        if any(one.tool == tool and one.attempts for one in found):
            yield f"| {tool} | {' | '.join(cells)} |"


_MANY = (
    "Family `{family}`: every entry uses DNS over the LAN, and the mail of the default route alone waits for the line. *Faulty*"
    " and *fixed* are as above."
)
_QUEUES = "Family `{family}` with N = {entries}; each queue holds C messages."
_TIMERS = (
    "Family `{family}` with N = {entries}: the line is hung up after T ticks without mail for it. *Faulty* is a build that works"
    " until then and never dials the line again; its shortest violation takes T + 7 steps, and one more for its loop."
)
_CLOCKS = (
    "A connector with clocks (`queued_for = 60`, `idle_timeout = 5`), whose entries go in turn over the LAN and over two lines;"
    " each queue holds one message. The question is `dialled-within`: after how many minutes has a line been dialled for mail"
    " that waits, at most? *Fixed* asks about 60 minutes, where the claim is true, *faulty* about 59, where it is violated."
)
_ALSO = {
    MANY: ("Very many entries, one line for none of them", _MANY),
    QUEUES: ("Longer queues", _QUEUES),
    TIMERS: ("Longer timers", _TIMERS),
    CLOCKS: ("A connector with clocks", _CLOCKS),
}
"""The title of each further sweep, and what it is."""


def _also(sweep: Sweep, found: Sequence[Measured], timeout: float) -> Iterator[str]:
    """The section about something else that grows."""
    title, says = _ALSO[sweep]
    question = found[0].question
    yield from (f"## {title}", "", *_wrapped(says.format(family=question.family.name, entries=question.entries)), "")
    yield f"![{title}: time, processor time and memory](benchmarks/{sweep.name}.svg)"
    for what, name in (("time", "Time"), ("processor", "Processor time"), ("memory", "Memory")):
        for fault in BUILDS:
            yield from ("", f"{name}, {NAMES[fault]}:", "")
            yield from _table([one for one in found if one.question.fault == fault], sweep, what, timeout)
    yield from ("", f"The exponent *p* of each, as above, but where {sweep.letter} grows:", "", *_exponents(found, sweep))


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
