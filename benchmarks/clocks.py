"""`python -m benchmarks.clocks`: connectors with clocks; writes `docs/benchmarks-clocks.md`, one section for each part measured.

In the part `growth` a table grows: the default route goes over one line, and the entries in turn over the LAN, that line and a
second one. In the part `bounds` the tightest bounds of such a connector are computed, and in the part `seed` the scenarios of
Q230051 are checked with clocks. The times are those of the product as far as they are documented, and usual ones else.
"""

import os
import resource
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click

import model
from benchmarks.families import head
from dialproof import check
from dialproof.core.plan import PlannedCheck
from dialproof.core.verdict import Verdict
from dialproof.portfolio.check import run_planned, word
from dialproof.portfolio.portfolio import Portfolio
from dialproof.project.toml_changes import Setting, changed
from dialproof.project.toml_source import parse, read
from model.fault import NONE
from model.products import installation
from model.router import Router
from properties import interference
from properties.bounds import bounds_of
from properties.catalogue import claim_about, names
from properties.checks import plan_check

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks-clocks.md"
SIZES = (1, 4, 10, 16, 64)
PARTS = ("growth", "bounds", "seed")
ENTRIES = 10
"""How many entries the connector has whose bounds are computed."""
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
fault = "none"
"""
ENTRY = """\
[[email_domain]]
domain = "d{number}.example"
deliver = "dns"
link = "{link}"

"""


TITLE = "# Clocks: how checks grow with the table"
BOUNDS_TITLE, SEED_TITLE = "## Tightest bounds", "## The scenarios of Q230051 with clocks"
SEED = Path(model.__file__).parent / "scenarios" / "q230051"
SETTINGS: Mapping[str, Mapping[str, Setting]] = {
    "Dial-up Connections tab": {"dialling.queued_for": 60, "dialling.idle_timeout": 5},
    "and the retry list": {"dialling.redial": "by-retry-list"},
    "and the message time-out": {"connector.message_timeout": 2880},
}
"""What is added to each scenario, one after the other: the retry list (15, 30, 60, 240 minutes) and the time-out are defaults."""


@dataclass(frozen=True)
class Measured:
    """How long a check took, in seconds, by the number of entries."""

    claim: str
    entries: int
    verdict: Verdict
    seconds: float


def connector(entries: int) -> Router:
    """The connector with so many entries."""
    return installation(parse(text_of(entries), "clocks.toml"), names).router(NONE)


def text_of(entries: int) -> str:
    """The scenario file of the connector with so many entries."""
    links = ("office", "isp", "branch")
    rows = [ENTRY.format(number=number, link=links[number % 3]) for number in range(entries)]
    top = head(f"{entries} entries, two lines, clocks", connector="queue_capacity = 1\n", dialled=("isp", "branch"))
    return "".join((top, CLOCKS, *rows))


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
    return "\n".join([TITLE, "", how, "", *table, ""])


def tightest(entries: int, timeout: float, command: str, load: float) -> str:
    """The section about the tightest bounds of the connector with so many entries, with how long each takes."""
    rows, total, spent = [], time.monotonic(), _processor()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "clocks.toml"
        file.write_text(text_of(entries), encoding="utf-8")
        begun = total
        for bounded in bounds_of(file, timeout=timeout):
            rows.append(f"| `{bounded.measure}` | {bounded.said()} | {time.monotonic() - begun:.1f} |")
            click.echo(rows[-1])
            begun = time.monotonic()
    spent, total = _processor() - spent, time.monotonic() - total
    how = (
        f"Written by `{command}`: {entries} entries and two lines, as above, every measure but those of a day; "
        f"at load {load:.1f} altogether {total:.0f} seconds by the clock, {spent:.0f} of a processor."
    )
    return "\n".join([BOUNDS_TITLE, "", how, "", "| measure | bound | seconds |", "|---|---|---:|", *rows, ""])


def seed(timeout: float, command: str, load: float) -> str:
    """The section about the scenarios of Q230051 with clocks: all their checks, as one `dialproof check` makes them."""
    rows, settings = [], dict[str, Setting]()
    for said, more in SETTINGS.items():
        settings |= more
        begun, spent = time.monotonic(), _processor()
        planned = [one for path in sorted(SEED.glob("*.toml")) for one in _with_clocks(path, settings)]
        with Portfolio(2, timeout=timeout) as portfolio:
            verdicts = [verdict for one in run_planned(portfolio, planned) for _, verdict in one.by_cause]
        words = Counter(map(word, verdicts))
        counted = " | ".join(str(words[one]) for one in ("holds", "violated", "unknown"))
        rows.append(f"| {said} | {len(verdicts)} | {counted} | {time.monotonic() - begun:.1f} | {_processor() - spent:.0f} |")
        click.echo(rows[-1])
    how = (
        f"Written by `{command}`: all checks of `model/scenarios/q230051`, under every cause, with times added, "
        f"at load {load:.1f}: `queued_for = 60`, `idle_timeout = 5`, then the retry list, then message time-outs of 48 hours. "
        "`routes-do-not-interfere` is asked without clocks, and left out."
    )
    heads = ("with", "checks", "holds", "violated", "undecided", "seconds", "of a processor")
    table = [f"| {' | '.join(heads)} |", "|---" + "|---:" * (len(heads) - 1) + "|", *rows]
    return "\n".join([SEED_TITLE, "", how, "", *table, ""])


def _processor() -> float:
    """Seconds of a processor that this process and those that it has ended have taken: not more on a busy machine."""
    times = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in times)


def _with_clocks(path: Path, settings: Mapping[str, Setting]) -> Iterator[PlannedCheck]:
    """The checks of the scenario at `path` with `settings`, but for the claim that compares two runs."""
    installed = installation(changed(read(path), settings), names)
    built: dict[str, Router] = {}
    for asked in installed.scenario.checks:
        if asked.claim != interference.NAME:
            yield plan_check(installed, asked, built)


def with_section(text: str, section: str) -> str:
    """`text` of the page with `section` in place of the one with its heading, or at its end."""
    parts = [part if part.startswith("#") else f"## {part}" for part in text.split("\n## ")] if text else []
    heading = section.partition("\n")[0]
    kept = {part.partition("\n")[0]: part.strip() for part in parts}
    return "\n\n".join({**kept, heading: section.strip()}.values()) + "\n"


def _cell(one: Measured, timeout: float) -> str:
    return f"over {timeout:g}" if word(one.verdict) == "unknown" else f"{one.seconds:.1f}"


@click.command(context_settings={"show_default": True})
@click.option("--part", "parts", type=click.Choice(PARTS), multiple=True, default=PARTS, help="What to measure; may be repeated.")
@click.option("--size", "sizes", type=click.IntRange(min=0), multiple=True, default=SIZES, help="Entries; may be repeated.")
@click.option(
    "--runs", type=click.IntRange(min=1), default=1, help="How often each check of `growth` is made; the median counts."
)
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=60.0, help="Seconds for one check.")
def main(parts: tuple[str, ...], sizes: tuple[int, ...], runs: int, timeout: float) -> None:
    """Measure connectors with clocks: how checks grow with the table, tightest bounds, and the scenarios of Q230051."""
    load, results, text = os.getloadavg()[0], [], PAGE.read_text(encoding="utf-8")
    command = "python -m benchmarks.clocks --part {} " + f"--timeout {timeout:g}"
    if "growth" in parts:
        for one in measure(sorted(set(sizes)), runs, timeout):
            results.append(one)
            click.echo(f"{one.claim:30} N = {one.entries:<4} {word(one.verdict):10} {one.seconds:.1f} s")
        asked = " ".join([command.format("growth"), *(f"--size {size}" for size in sorted(set(sizes))), f"--runs {runs}"])
        text = with_section(text, page(results, asked, load, runs, timeout))
    if "bounds" in parts:
        text = with_section(text, tightest(ENTRIES, timeout, command.format("bounds"), load))
    if "seed" in parts:
        text = with_section(text, seed(timeout, command.format("seed"), load))
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.clocks")
