"""`python -m benchmarks.phases`: where the processor's time goes, part by part, as the table of entries grows.

All is done in this one process, one part after the other. Processor time is not the clock on the wall, but it hardly changes
with what else the machine is doing, so that two sizes can be compared that were measured minutes apart.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import click

from benchmarks.contest_report import exponent
from benchmarks.families import BUILDS, CLAIMS, Family, families
from dialproof.encode.problem import Packed, Problem, range_doubt
from dialproof.engines import k_liveness as kliveness
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Outcome, Proved
from dialproof.engines.limits import BMC, PremiseLimits
from dialproof.engines.spacer import search as spacer
from dialproof.evidence.audit import audit
from dialproof.evidence.replay import replay
from dialproof.portfolio.check import job_of
from dialproof.portfolio.tasks import possibility

SIZES = (64, 256, 1024)
FAMILIES = {family.name: family for family in families()}
PROVERS: Mapping[str, Callable[[Problem], Outcome]] = {"spacer": spacer.prove, "k-liveness": kliveness.prove}
SHORTEST = 0.001
"""Less than this many seconds is not measured."""

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


def measure(family: Family, entries: int, fault: str, claim: str) -> dict[str, float]:
    """The time of each part of one check. Raises ClickException where the verdict is not the right one."""
    times = Times()
    system, asked = times.of("build", lambda: family.question(entries, fault, claim))
    job = times.of("state the question", lambda: job_of(system, asked))
    data = times.of("write it down", lambda: job.problem.packed)
    problem = times.of("read it again", data.problem)
    times.of("ranges", lambda: range_doubt(problem))
    limits = BMC[0 if BUILDS[fault] == "holds" else -1]
    found = times.of("bounded search", lambda: bmc.search(problem, limits))
    if isinstance(found, Found):
        if BUILDS[fault] != "violated":
            raise click.ClickException(f"{family.name}, N = {entries}, {fault}, {claim}: a violation of what holds")
        times.of("replay", lambda: replay(job.problem, found.run))
        return times.parts
    for engine, prove in PROVERS.items():
        _prove(times, engine, prove, data)
    question = possibility(problem, asked.premise)
    seen = times.of("premise", lambda: bmc.search_any(question, PremiseLimits().glance))
    if isinstance(seen, Found):
        times.of("replay", lambda: replay(possibility(job.problem, asked.premise), seen.run))
    return times.parts


def _prove(times: Times, engine: str, prove: Callable[[Problem], Outcome], data: Packed) -> None:
    """Prove, and audit the proof, each on a problem that nobody else has touched."""
    own, fresh = data.problem(), data.problem()
    outcome = times.of(f"proof, {engine}", lambda: prove(own))
    if not isinstance(outcome, Proved):
        raise click.ClickException(f"no proof by {engine} for {own.system.name}")
    times.of(f"audit, {engine}", lambda: audit(fresh, outcome.certificate))


@click.command(context_settings={"show_default": True})
@click.option("--size", "sizes", type=click.IntRange(min=1), multiple=True, default=SIZES, help="Entries; may be repeated.")
@click.option(
    "--ticks",
    "timers",
    type=click.IntRange(min=1),
    multiple=True,
    help="Ticks until an idle line is hung up; may be repeated, with a single size and the family that has a timer.",
)
@click.option("--family", type=click.Choice(list(FAMILIES)), default="half-ras")
@click.option("--claim", type=click.Choice(CLAIMS), default=CLAIMS[-1])
def main(sizes: tuple[int, ...], timers: tuple[int, ...], family: str, claim: str) -> None:
    """Print where the processor's time of a check goes, faulty and fixed, for each number of entries or ticks.

    The last column is the exponent: where a part is taken to grow like a power of the number, that power.
    """
    chosen = FAMILIES[family]
    if timers and (len(set(sizes)) > 1 or not chosen.ticks):
        raise click.UsageError("--ticks needs a single --size, and a family whose line has a timer")
    letter = "T" if timers else "N"
    numbers = sorted(set(timers or sizes))
    for fault in BUILDS:
        if timers:
            columns = [measure(replace(chosen, ticks=ticks), sizes[0], fault, claim) for ticks in numbers]
        else:
            columns = [measure(chosen, size, fault, claim) for size in numbers]
        click.echo(f"\n{family}, {claim}, fault {fault}: {BUILDS[fault]}" + (f"; N = {sizes[0]}" if timers else ""))
        click.echo("\n".join(table(letter, numbers, columns)))


def table(letter: str, numbers: Sequence[int], columns: Sequence[dict[str, float]]) -> Iterator[str]:
    """A line for each part: its time at each of `numbers`, and the exponent of its growth."""
    yield f"{'':<20}" + "".join(f"{f'{letter} = {number}':>12}" for number in numbers) + f"{'exponent':>12}"
    for part in [*columns[0], "all"]:
        times = [sum(column.values()) if part == "all" else column.get(part, 0.0) for column in columns]
        grown = exponent([(number, max(seconds, SHORTEST)) for number, seconds in zip(numbers, times, strict=True)])
        shown = "-" if grown is None else f"{grown:.1f}"
        yield f"{part:<20}" + "".join(f"{seconds:>10.2f} s" for seconds in times) + f"{shown:>12}"


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.phases")
