"""`python -m benchmarks.peers`: ask dialproof and its peers the same questions, and write `docs/benchmarks-peers.md`."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from benchmarks.contest import CANNOT, Measured, Question, Tool, measure, tools
from benchmarks.contest_report import Setting, line, page, plots
from benchmarks.families import BUILDS, families

SIZES = (2, 4, 8, 16, 32, 64, 128, 256)
FAMILIES = {family.name: family for family in families()}
TOOLS = tuple(tool.name for tool in tools())
CAPACITIES = (1, 2, 3, 4)
FEW = 4
"""With how many entries the length of the queues is varied."""

LONGER = ("dialproof", "abc", "ABC pdr, l2s", "ABC pdr, k-liveness", "SPIN")
"""Who is asked about longer queues."""

DOCS = Path(__file__).resolve().parents[1] / "docs"


@click.command(context_settings={"show_default": True})
@click.option("--size", "sizes", type=click.IntRange(min=1), multiple=True, default=SIZES, help="Entries; may be repeated.")
@click.option("--family", "name", type=click.Choice(tuple(FAMILIES)), default="half-ras", help="The family of scenarios.")
@click.option("--tool", "names", type=click.Choice(TOOLS), multiple=True, default=TOOLS, help="May be repeated.")
@click.option("--runs", type=click.IntRange(min=1), default=5, help="How often each question is asked; the median counts.")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=60.0, help="Seconds for one question.")
@click.option("--queues/--no-queues", default=True, help="Vary the length of the queues too.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=DOCS,
    show_default="docs",
    help="The folder for the page and its pictures.",
)
def main(
    sizes: tuple[int, ...], name: str, names: tuple[str, ...], runs: int, timeout: float, queues: bool, output: Path
) -> None:
    """Measure dialproof beside its peers: verdict, time and memory. On an idle machine it takes about a quarter of an hour."""
    family, chosen = FAMILIES[name], [tool for tool in tools() if tool.name in names]
    before = os.getloadavg()[0]
    wanted = sorted(set(sizes))
    growth = list(_asked(chosen, [[Question(family, size, 2, fault) for size in wanted] for fault in BUILDS], runs, timeout))
    longer: list[Measured] = []
    if queues:
        rows = [[Question(family, FEW, capacity, fault) for capacity in CAPACITIES] for fault in BUILDS]
        longer = list(_asked([tool for tool in chosen if tool.name in LONGER], rows, runs, timeout))
    words = [f"--size {size}" for size in wanted] if tuple(wanted) != SIZES else []
    words += [f"--tool {tool.name!r}" for tool in chosen] if len(chosen) < len(TOOLS) else []
    command = " ".join(
        ["python -m benchmarks.peers", *words, f"--family {name}", f"--runs {runs}", f"--timeout {timeout:g}"]
        + ([] if queues else ["--no-queues"])
    )
    setting = Setting(family, command, runs, timeout, (before, os.getloadavg()[0]))
    output.mkdir(parents=True, exist_ok=True)
    (output / "benchmarks-peers.md").write_text(page(growth, longer, setting), encoding="utf-8")
    plots(growth, setting, output / "benchmarks")
    wrong = [found for found in (*growth, *longer) if found.is_wrong]
    if wrong:
        raise click.ClickException("verdicts disagree:\n" + "\n".join(line(found, timeout) for found in wrong))


def _asked(chosen: Sequence[Tool], rows: Sequence[Sequence[Question]], runs: int, timeout: float) -> Iterator[Measured]:
    """Each tool on each row of questions that grow; a line is printed for each."""
    for tool in chosen:
        for row in rows:
            for found in measure(tool, row, runs=runs, timeout=timeout):
                if found.reason != CANNOT:
                    click.echo(line(found, timeout))
                yield found


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.peers")
