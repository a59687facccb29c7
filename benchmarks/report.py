"""The measurements as a table on a terminal, and as the page `docs/benchmarks.md`."""

import datetime
import os
import platform
from collections.abc import Iterator, Sequence

import z3

import dialproof
from benchmarks.families import BUILDS, CLAIMS, NAMES, Family
from benchmarks.measure import Measurement

_SETTING = """\
# Benchmarks

How long one check takes as the table of e-mail-domain entries grows. This page is written by

```console
$ {command}
```

Measured on {date}: {cores}, {system}, Python {python}, z3 {z3}, dialproof {dialproof}; {jobs}, {runs} of each check,
at most {timeout:g} s for one; load average {load:.1f} at the start (above 0, others were at work on the machine too).

A time is the median of the runs by the clock on the wall, for `dialproof.check` as a whole: the workers are started,
the ranges are checked, the answer is found, it is replayed (a violation) or audited (a proof), and it is checked that
it is not vacuous. In brackets: how many times longer than with the number of entries before. Every entry is in the model
as it is written; nothing is reduced by symmetry. Queues hold two messages.

*Faulty* is the hypothesis `dial-slot-overwritten`, where both claims are violated; *fixed* is the correct rule, where
both hold. [The same questions to other model checkers](benchmarks-peers.md) are on a page of their own.
"""


def line(found: Measurement, timeout: float) -> str:
    """One measurement as a line of text."""
    build = NAMES[found.fault]
    return f"{found.family:<9} N={found.entries:<4} {build:<7} {found.claim:<25} {found.verdict:<9} {_time(found, timeout)}"


def page(
    results: Sequence[Measurement], chosen: Sequence[Family], command: str, *, runs: int, timeout: float, jobs: int, load: float
) -> str:
    """The page with all `results`, and with how, when and on what they were measured."""
    sizes = sorted({found.entries for found in results})
    setting = _SETTING.format(
        date=datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        cores=_cores(),
        system=f"{platform.system()} on {platform.machine()}",
        python=platform.python_version(),
        z3=z3.get_version_string(),
        dialproof=dialproof.__version__,
        jobs=_count(jobs, "worker process", "worker processes"),
        runs=_count(runs, "run", "runs"),
        timeout=timeout,
        load=load,
        command=command,
    )
    lines = setting.splitlines()
    for family in chosen:
        mine = [found for found in results if found.family == family.name]
        sentence = family.says[0].upper() + family.says[1:]
        lines += ["", f"## Family `{family.name}`", "", f"{sentence}.", "", *_table(mine, sizes, timeout)]
    remarks = [f"* {text}" for text in _remarks(results)]
    if remarks:
        lines += ["", "## What did not come out", "", *remarks]
    return "\n".join([*lines, ""])


def _table(results: Sequence[Measurement], sizes: Sequence[int], timeout: float) -> Iterator[str]:
    found = {(one.entries, one.fault, one.claim): one for one in results}
    yield "| | " + " | ".join(f"N = {size}" for size in sizes) + " |"
    yield "|---|" + "---|" * len(sizes)
    shapes = [next(one for one in results if one.entries == size) for size in sizes]
    yield "| variables, actions | " + " | ".join(f"{one.variables}, {one.actions}" for one in shapes) + " |"
    for fault in BUILDS:
        for claim in CLAIMS:
            cells, before = [], None
            for size in sizes:
                one = found[size, fault, claim]
                ratio = (
                    ""
                    if before is None or one.as_expected is None
                    else f" (\N{MULTIPLICATION SIGN}{one.median / before.median:.1f})"
                )
                cells.append(_time(one, timeout) + ratio)
                before = None if one.as_expected is None else one
            yield f"| {NAMES[fault]}: `{claim}` {BUILDS[fault]} | " + " | ".join(cells) + " |"


def _time(found: Measurement, timeout: float) -> str:
    if found.verdict == "unknown":
        return f"time-out ({timeout:g} s)" if max(found.seconds) >= timeout else "undecided"
    shown = f"{found.median:.2f} s" if found.median < 10 else f"{found.median:.1f} s"
    return shown if found.as_expected else f"**{found.verdict}** after {shown}"


def _remarks(results: Sequence[Measurement]) -> Iterator[str]:
    for found in results:
        if not found.as_expected or found.reason:
            what = f"`{found.family}`, N = {found.entries}, {NAMES[found.fault]}, `{found.claim}`"
            yield f"{what}: {found.verdict}{f' ({found.reason})' if found.reason else ''}"


def _cores() -> str:
    available = getattr(os, "sched_getaffinity", None)
    return _count(len(available(0)) if available else os.cpu_count() or 1, "core", "cores")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
