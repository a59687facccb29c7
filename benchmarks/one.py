"""`python -m benchmarks.one`: one check by one engine in a process of its own; prints the verdict and the seconds as JSON."""

import json
import time
from dataclasses import replace

import click

from benchmarks.clocked import CLOCKED
from benchmarks.families import BUILDS, families
from dialproof import check
from dialproof.engines.registry import DEFAULT_ENGINES, names
from dialproof.portfolio.check import word

FAMILIES = {family.name: family for family in (*families(), CLOCKED)}
PORTFOLIO = "portfolio"
"""What stands for the engines that a check uses unless told otherwise."""


@click.command()
@click.option("--family", type=click.Choice(tuple(FAMILIES)), required=True)
@click.option("--entries", type=click.IntRange(min=1), required=True)
@click.option("--capacity", type=click.IntRange(min=1), required=True)
@click.option("--ticks", type=click.IntRange(min=0), required=True)
@click.option("--fault", type=click.Choice(tuple(BUILDS)), required=True)
@click.option("--claim", required=True)
@click.option("--engine", type=click.Choice((PORTFOLIO, *names())), required=True)
@click.option("--timeout", type=float, required=True)
def main(family: str, entries: int, capacity: int, ticks: int, fault: str, claim: str, engine: str, timeout: float) -> None:
    """Make one check. The time is that of `dialproof.check`, without reading and building the scenario."""
    system, asked = replace(FAMILIES[family], ticks=ticks).question(entries, fault, claim, capacity)
    begun = time.monotonic()
    engines = DEFAULT_ENGINES if engine == PORTFOLIO else (engine,)
    verdict = check(system, asked, timeout=timeout, processes=2 if engine == PORTFOLIO else 1, engines=engines)
    click.echo(json.dumps({"verdict": word(verdict), "seconds": time.monotonic() - begun}))


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.one")
