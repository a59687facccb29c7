"""`python -m benchmarks`: measure, print a line for each measurement, and write `docs/benchmarks.md`."""

import os
from pathlib import Path

import click

from benchmarks.families import families
from benchmarks.measure import measure_all
from benchmarks.report import line, page

SIZES = (1, 4, 16, 64)
PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
FAMILIES = tuple(family.name for family in families())


@click.command(context_settings={"show_default": True})
@click.option("--size", "sizes", type=click.IntRange(min=1), multiple=True, default=SIZES, help="Entries; may be repeated.")
@click.option("--family", "names", type=click.Choice(FAMILIES), multiple=True, default=FAMILIES, help="May be repeated.")
@click.option("--runs", type=click.IntRange(min=1), default=3, help="How often each check is made; the median counts.")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=120.0, help="Seconds for one check.")
@click.option("--jobs", type=click.IntRange(min=1), default=2, help="Worker processes.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Where the page goes.  [default: docs/benchmarks.md]"
)
def main(sizes: tuple[int, ...], names: tuple[str, ...], runs: int, timeout: float, jobs: int, output: Path | None) -> None:
    """Measure how the time of a check grows with the number of e-mail-domain entries."""
    chosen = [family for family in families() if family.name in names]
    load = os.getloadavg()[0]
    results = []
    for found in measure_all(chosen, sorted(set(sizes)), runs=runs, timeout=timeout, jobs=jobs):
        results.append(found)
        click.echo(line(found, timeout))
    words = ["python -m benchmarks"]
    words += [f"--size {size}" for size in sorted(set(sizes))]
    words += [f"--family {family.name}" for family in chosen]
    words += [f"--runs {runs}", f"--timeout {timeout:g}", f"--jobs {jobs}"]
    written = page(results, chosen, " ".join(words), runs=runs, timeout=timeout, jobs=jobs, load=load)
    (output or PAGE).write_text(written, encoding="utf-8")
    if any(found.as_expected is False for found in results):
        raise click.ClickException("a check came out differently from what it must; see the lines above")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
