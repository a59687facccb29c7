"""`python -m benchmarks.phases`: where the processor's time goes, part by part, as the table of entries grows.

All is done in this one process, one part after the other. Processor time is not the clock on the wall, but it hardly changes
with what else the machine is doing, so that two sizes can be compared that were measured minutes apart.
"""

import time
from collections.abc import Callable
from typing import TypeVar

import click

from benchmarks.families import BUILDS, CLAIMS, families
from dialproof.audit import audit
from dialproof.checking import job_of
from dialproof.engines import bmc, spacer
from dialproof.engines.outcome import Found, Proved
from dialproof.engines.tasks import QUICK, possibility
from dialproof.problem import Packed, Problem, check_ranges
from dialproof.replay import replay

SIZES = (64, 256, 1024)
FAMILIES = {family.name: family for family in families()}

Result = TypeVar("Result")


class Times:
    """The processor time of each part, in seconds."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}

    def of(self, part: str, do: Callable[[], Result]) -> Result:
        """What `do` gives; its time is noted under `part`."""
        begun = time.process_time()
        result = do()
        self.parts[part] = time.process_time() - begun
        return result


def measure(name: str, entries: int, fault: str, claim: str) -> dict[str, float]:
    """The time of each part of one check. Raises ClickException where the verdict is not the right one."""
    times = Times()
    system, asked = times.of("build", lambda: FAMILIES[name].question(entries, fault, claim))
    job = times.of("state the question", lambda: job_of(system, asked))
    data = times.of("write it down", lambda: job.problem.packed)
    problem = times.of("read it again", data.problem)
    times.of("ranges", lambda: check_ranges(problem))
    found = times.of("bounded search", lambda: bmc.search(problem, last=QUICK))
    if isinstance(found, Found):
        if BUILDS[fault] != "violated":
            raise click.ClickException(f"{name}, N = {entries}, {fault}, {claim}: a violation of what holds")
        times.of("replay", lambda: replay(job.problem, found.run))
        return times.parts
    _prove(times, job.problem, problem, data)
    question = possibility(problem, asked.premise)
    seen = times.of("premise", lambda: bmc.search_any(question, last=QUICK))
    if isinstance(seen, Found):
        times.of("replay", lambda: replay(possibility(job.problem, asked.premise), seen.run))
    return times.parts


def _prove(times: Times, stated: Problem, problem: Problem, data: Packed) -> None:
    """Prove, and audit the proof on a problem that the prover has not touched."""
    outcome = times.of("proof", lambda: spacer.prove(problem))
    if not isinstance(outcome, Proved):
        raise click.ClickException(f"no proof for {stated.system.name}")
    fresh = data.problem()
    times.of("audit", lambda: audit(fresh, outcome.certificate))


@click.command(context_settings={"show_default": True})
@click.option("--size", "sizes", type=click.IntRange(min=1), multiple=True, default=SIZES, help="Entries; may be repeated.")
@click.option("--family", type=click.Choice(list(FAMILIES)), default="half-ras")
@click.option("--claim", type=click.Choice(CLAIMS), default=CLAIMS[-1])
def main(sizes: tuple[int, ...], family: str, claim: str) -> None:
    """Print where the processor's time of a check goes, faulty and fixed, for each number of entries."""
    for fault in BUILDS:
        columns = [measure(family, size, fault, claim) for size in sorted(set(sizes))]
        click.echo(f"\n{family}, {claim}, fault {fault}: {BUILDS[fault]}")
        click.echo(f"{'':<20}" + "".join(f"{f'N = {size}':>12}" for size in sorted(set(sizes))))
        for part in columns[0]:
            click.echo(f"{part:<20}" + "".join(f"{column.get(part, 0.0):>10.2f} s" for column in columns))
        click.echo(f"{'all':<20}" + "".join(f"{sum(column.values()):>10.2f} s" for column in columns))


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.phases")
