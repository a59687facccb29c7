"""`python -m benchmarks.peers`: ask dialproof and its peers the same questions, and write `docs/benchmarks-peers.md`."""

import os
import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click

from benchmarks.clocked import CLOCKED
from benchmarks.contest import CANNOT, CLOCKS, ENTRIES, MANY, QUEUES, TIMERS, Measured, Question, Sweep, Tool, measure, tools
from benchmarks.contest_plots import draw
from benchmarks.contest_report import Setting, line, page
from benchmarks.families import BUILDS, Family, families

SIZES = (2, 4, 8, 16, 64, 256)
VERY_MANY = (16, 64, 256, 1024)
FAMILIES = {family.name: family for family in families()}
UNTIMED = tuple(family.name for family in families() if not family.ticks)
LAN = FAMILIES["lan"]
(TIMED,) = (family for family in families() if family.ticks)
TOOLS = tuple(tool.name for tool in tools())
CAPACITIES = (1, 2, 4, 8)
TICKS = (3, 7, 15, 31)
CLOCKED_SIZES = (1, 2, 4, 8)
FEW = 2
"""With how many entries the queues and the timer are varied."""

PEERS = ("ABC pdr, l2s", "SPIN")
ASKED = {
    MANY: ("dialproof", *PEERS),
    QUEUES: ("dialproof", *PEERS),
    TIMERS: ("dialproof", "bmc", *PEERS),
    CLOCKS: ("dialproof", *PEERS),
}
"""Who is asked about what else grows; how each engine grows is seen where the entries of the family do."""

DOCS = Path(__file__).resolve().parents[1] / "docs"


def several(
    option: str, name: str, kind: click.ParamType, default: Sequence[int], words: str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """An option that may be repeated."""
    return click.option(option, name, type=kind, multiple=True, default=default, help=f"{words}; may be repeated.")


@click.command(context_settings={"show_default": True})
@several("--size", "sizes", click.IntRange(min=1), SIZES, "Entries")
@several("--many", "many", click.IntRange(min=1), VERY_MANY, "Entries over the LAN")
@several("--capacity", "capacities", click.IntRange(min=1), CAPACITIES, "Messages that a queue holds")
@several("--clocked", "clocked", click.IntRange(min=1), CLOCKED_SIZES, "Entries of a connector with clocks")
@several("--ticks", "timers", click.IntRange(min=1), TICKS, "Ticks until an idle line is hung up")
@click.option("--few", type=click.IntRange(min=1), default=FEW, help="Entries, where queues and timer are varied.")
@click.option("--family", "name", type=click.Choice(UNTIMED), default="half-ras", help="The family of scenarios.")
@click.option("--tool", "names", type=click.Choice(TOOLS), multiple=True, default=TOOLS, help="May be repeated.")
@click.option("--runs", type=click.IntRange(min=1), default=5, help="How often each question is asked; the median counts.")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=20.0, help="Seconds for one question.")
@click.option("--lan/--no-lan", default=True, help="Ask about very many entries over the LAN too.")
@click.option("--queues/--no-queues", default=True, help="Vary the length of the queues too.")
@click.option("--timers/--no-timers", "timed", default=True, help="Vary the hang-up timer too.")
@click.option("--clocks/--no-clocks", "clocks", default=True, help="Ask about a connector with clocks too.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=DOCS,
    show_default="docs",
    help="The folder for the page and its pictures.",
)
@click.pass_context
def main(
    context: click.Context,
    sizes: tuple[int, ...],
    many: tuple[int, ...],
    capacities: tuple[int, ...],
    clocked: tuple[int, ...],
    timers: tuple[int, ...],
    few: int,
    name: str,
    names: tuple[str, ...],
    runs: int,
    timeout: float,
    lan: bool,
    queues: bool,
    timed: bool,
    clocks: bool,
    output: Path,
) -> None:
    """Measure dialproof beside its peers: verdict, time and memory. On an idle machine it takes about twelve minutes.

    Nothing is written before everything is measured: an interrupted run leaves the page and its pictures as they were.
    """
    family, chosen = FAMILIES[name], [tool for tool in tools() if tool.name in names]
    before = os.getloadavg()[0]
    sweeps = [(ENTRIES, questions(ENTRIES, family, sizes, few))]
    if lan:
        sweeps.append((MANY, questions(MANY, LAN, many, few)))
    if queues:
        sweeps.append((QUEUES, questions(QUEUES, family, capacities, few)))
    if timed:
        sweeps.append((TIMERS, questions(TIMERS, TIMED, timers, few)))
    if clocks:
        sweeps.append((CLOCKS, questions(CLOCKS, CLOCKED, clocked, few)))
    measured = [(sweep, list(_asked(chosen, sweep, rows, runs, timeout))) for sweep, rows in sweeps]
    setting = Setting(family, _command(context), runs, timeout, (before, os.getloadavg()[0]))
    text = page(measured[0][1], measured[1:], setting)
    output.mkdir(parents=True, exist_ok=True)
    draw(measured, timeout, output / "benchmarks")
    unfinished = output / "benchmarks-peers.md.part"
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(output / "benchmarks-peers.md")
    everything = [one for _, found in measured for one in found]
    wrong = [one for one in everything if one.is_wrong]
    if wrong:
        raise click.ClickException("verdicts disagree:\n" + "\n".join(line(one, timeout) for one in wrong))
    failed = [one for one in everything if one.verdict == "failed"]
    if failed:
        raise click.ClickException("tools failed:\n" + "\n".join(line(one, timeout) for one in failed))


def questions(sweep: Sweep, family: Family, sizes: Sequence[int], few: int) -> list[list[Question]]:
    """For each build the questions in which what `sweep` is about takes these sizes, the smallest first."""

    def question(size: int, fault: str) -> Question:
        if sweep in (ENTRIES, MANY, CLOCKS):
            return Question(family, size, 2, fault)
        if sweep is QUEUES:
            return Question(family, few, size, fault)
        return Question(replace(family, ticks=size), few, 2, fault)

    return [[question(size, fault) for size in sorted(set(sizes))] for fault in BUILDS]


def _command(context: click.Context) -> str:
    """The command that does the same again: what differs from the defaults."""
    words = ["python -m benchmarks.peers"]
    for option in context.command.params:
        given = context.params.get(option.name or "")
        if not isinstance(option, click.Option) or option.name == "output" or given == option.default:
            continue
        if option.is_flag:
            words.append((option.opts if given else option.secondary_opts)[0])
        else:
            words += [f"{option.opts[0]} {_word(one)}" for one in (given if isinstance(given, tuple) else (given,))]
    return " ".join(words)


def _word(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else shlex.quote(str(value))


def _asked(
    chosen: Sequence[Tool], sweep: Sweep, rows: Sequence[Sequence[Question]], runs: int, timeout: float
) -> Iterator[Measured]:
    """Each tool on each row of questions that grow; a line is printed for each."""
    for tool in chosen:
        if tool.name not in ASKED.get(sweep, TOOLS):
            continue
        for row in rows:
            for found in measure(tool, row, runs=runs, timeout=timeout, sweep=sweep):
                if found.reason != CANNOT:
                    click.echo(line(found, timeout))
                yield found


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.peers")
