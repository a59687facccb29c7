"""`dialproof bound`: the tightest bounds of what a scenario with clocks can be measured by, computed and not guessed."""

import json
from pathlib import Path

import click

from dialproof.cli.checking import checking_options
from dialproof.cli.guard import GuardedCommand
from dialproof.cli.options import debug_option, processors
from dialproof.cli.output import say
from properties.measures import MEASURES

_EPILOG = """\b
Example: how long mail can wait until its line is dialled, and how long a call can last:
  dialproof bound my.toml
  dialproof bound my.toml --measure dialled-within --runs

\b
Exit codes:
    0  every bound is known: it is proved, and a run attains it
    1  a bound is known from one side only, or there is none
    2  bad input: a scenario without clocks, the project's configuration
    4  internal error: please report it
"""


@click.command(cls=GuardedCommand, epilog=_EPILOG)
@click.argument("scenario", metavar="SCENARIO", type=click.Path(path_type=Path))
@click.option("measures", "--measure", type=click.Choice(list(MEASURES)), multiple=True, help="Only this one; may be repeated.")
@click.option(
    "--most",
    type=click.IntRange(min=1),
    metavar="N",
    help="Look no further than N, in minutes or seconds as the product counts. [default: ten times the longest time]",
)
@click.option("--runs", is_flag=True, help="Show the run that attains each bound.")
@click.option("as_json", "--json", is_flag=True, help="Print one JSON object per bound, on one line.")
@checking_options
@debug_option
@click.pass_context
def bound(
    context: click.Context,
    scenario: Path,
    measures: tuple[str, ...],
    most: int | None,
    runs: bool,
    as_json: bool,
    jobs: int | None,
    timeout: float,
    engines: tuple[str, ...],
    second_opinion: bool,
    debug: bool,  # noqa: ARG001  # GuardedCommand reads it
) -> None:
    """Compute the tightest bound of each measure of a scenario that counts time.

    A bound is the tightest if it is proved (the measure never exceeds it) and a run attains it. If only one side is known, the
    answer is an interval and says so.
    """
    from dialproof.core.wording import wording_of
    from dialproof.engines.registry import DEFAULT_ENGINES
    from dialproof.views.text import run_lines
    from properties.bounds import bounds_of

    exact = True
    for found in bounds_of(
        scenario,
        measures,
        most=most,
        timeout=timeout,
        processes=jobs or processors(),
        engines=engines or DEFAULT_ENGINES,
        second_opinion=second_opinion,
    ):
        exact = exact and found.bound.is_exact
        if as_json:
            say(json.dumps({"scenario": str(scenario), **found.as_data()}))
            continue
        say(f"{found.measure}{f' (under {found.cause})' if found.cause != 'none' else ''}: {found.said()}")
        if runs and found.bound.run is not None:
            for line in run_lines(found.bound.run.lasso, wording_of(found.system)):
                say(line)
    context.exit(0 if exact else 1)
