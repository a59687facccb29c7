"""`python -m benchmarks.clocks`: a connector with clocks, from one entry to many; writes `docs/benchmarks-clocks.md`.

The default route goes over one line, and the entries in turn over the LAN, that line and a second one. The times are those of the
product as far as they are documented, and usual ones else.
"""

import os
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks.families import head
from dialproof import check
from dialproof.core.verdict import Verdict
from dialproof.portfolio.check import word
from dialproof.project.toml_source import parse
from model.fault import NONE
from model.products import installation
from model.router import Router
from properties.catalogue import claim_about, names

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks-clocks.md"
SIZES = (1, 4, 10, 16, 64)
CLAIMS: Sequence[tuple[str, int | None]] = (
    ("dialled-within", 60),
    ("dialled-within", 59),
    ("dials-are-spaced", 60),
    ("line-busy-within", 1),
    ("no-dial-without-demand", None),
    ("idle-line-is-released", None),
    ("no-latch", None),
)
"""What is asked, with its bound in minutes."""

CLOCKS = """\
[dialling]
queued_for = 60
idle_timeout = 5
[[check]]
claim = "no-dial-without-demand"
"""
ENTRY = """\
[[email_domain]]
domain = "d{number}.example"
deliver = "dns"
link = "{link}"

"""


@dataclass(frozen=True)
class Measured:
    """How long a check took, in seconds, by the number of entries."""

    claim: str
    entries: int
    verdict: Verdict
    seconds: float


def connector(entries: int) -> Router:
    """The connector with so many entries."""
    links = ("office", "isp", "branch")
    rows = [ENTRY.format(number=number, link=links[number % 3]) for number in range(entries)]
    top = head(f"{entries} entries, two lines, clocks", connector="queue_capacity = 1\n", dialled=("isp", "branch"))
    text = "".join((top, CLOCKS, *rows))
    return installation(parse(text, "clocks.toml"), names).router(NONE)


def measure(sizes: Sequence[int], runs: int, timeout: float) -> Iterator[Measured]:
    """Each claim at each size, the median of so many runs."""
    for entries in sizes:
        router = connector(entries)
        for name, bound in CLAIMS:
            observed = claim_about(router, name, bound)
            taken, verdicts = [], []
            for _ in range(runs):
                begun = time.monotonic()
                verdicts.append(check(observed.system, observed.claim, timeout=timeout))
                taken.append(time.monotonic() - begun)
            yield Measured(observed.claim.name, entries, verdicts[0], statistics.median(taken))


def page(results: Sequence[Measured], command: str, load: float, runs: int, timeout: float) -> str:
    """The page: a row for each claim, a column for each size."""
    sizes = sorted({one.entries for one in results})
    cells = {(one.claim, one.entries): one for one in results}
    claims = list(dict.fromkeys(one.claim for one in results))
    head = " | ".join(f"N = {size}" for size in sizes)
    rows = [
        f"| `{claim}` | {word(cells[claim, sizes[0]].verdict)} | "
        + " | ".join(_cell(cells[claim, size], timeout) for size in sizes)
        + " |"
        for claim in claims
    ]
    how = (
        f"Written by `{command}`: seconds by the clock for a whole check, proof and audit included, the median of {runs} "
        f"run{'s' if runs > 1 else ''}; {os.cpu_count()} processors, load {load:.1f} at the start. The default route goes over "
        "one line, the entries in turn over the LAN, that line and a second one; `queued_for = 60`, `idle_timeout = 5`, one "
        "message in each queue."
    )
    table = [f"| claim | verdict | {head} |", "|---|---" + "|---:" * len(sizes) + "|", *rows]
    return "\n".join(["# Clocks: how checks grow with the table", "", how, "", *table, ""])


def _cell(one: Measured, timeout: float) -> str:
    return f"over {timeout:g}" if word(one.verdict) == "unknown" else f"{one.seconds:.1f}"


@click.command(context_settings={"show_default": True})
@click.option("--size", "sizes", type=click.IntRange(min=0), multiple=True, default=SIZES, help="Entries; may be repeated.")
@click.option("--runs", type=click.IntRange(min=1), default=1, help="How often each check is made; the median counts.")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=60.0, help="Seconds for one check.")
def main(sizes: tuple[int, ...], runs: int, timeout: float) -> None:
    """Measure how the checks of a connector with clocks grow with its table."""
    load, results = os.getloadavg()[0], []
    for one in measure(sorted(set(sizes)), runs, timeout):
        results.append(one)
        click.echo(f"{one.claim:30} N = {one.entries:<4} {word(one.verdict):10} {one.seconds:.1f} s")
    command = " ".join(["python -m benchmarks.clocks", *(f"--size {size}" for size in sorted(set(sizes)))])
    PAGE.write_text(page(results, f"{command} --runs {runs} --timeout {timeout:g}", load, runs, timeout), encoding="utf-8")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.clocks")
