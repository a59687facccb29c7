"""`dialproof bound`: the tightest bounds of what a scenario with clocks can be measured by, computed and not guessed."""

import json
from pathlib import Path

import click

from dialproof.cli.checking import checking_options
from dialproof.cli.guard import GuardedCommand
from dialproof.cli.options import debug_option, processors
from dialproof.cli.output import say
from properties.limits import Limits
from properties.measures import MEASURES

_EPILOG = """\b
Example: how long mail can wait until its line is dialled, and how long a call can last:
  dialproof bound my.toml
  dialproof bound my.toml --measure dialled-within --runs

\b
How a bound depends on a setting, and for which values a check of the scenario holds:
  dialproof bound my.toml --measure dialled-within --vary dialling.queued_for=5..60
  dialproof bound my.toml --claim dials-are-spaced --vary dialling.queued_for=1..60

\b
Exit codes:
    0  every bound is known: it is proved, and a run attains it; with --claim: every value is decided
    1  a bound is known from one side only, or there is none; with --claim: a value is not decided
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
@click.option(
    "vary",
    "--vary",
    metavar="KEY=LOW..HIGH[:STEP]",
    help="Give the setting KEY each of these values, and compute how the bounds depend on it.",
)
@click.option("called", "--claim", metavar="CHECK", help="With --vary: for which values does this check of the scenario hold?")
@click.option(
    "plot",
    "--plot",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="With --vary: draw the bound of one measure over the setting, as .svg or .png.",
)
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
    vary: str | None,
    called: str | None,
    plot: Path | None,
    as_json: bool,
    jobs: int | None,
    timeout: float,
    engines: tuple[str, ...],
    second_opinion: bool,
    debug: bool,  # noqa: ARG001  # GuardedCommand reads it
) -> None:
    """Compute the tightest bound of each measure of a scenario that counts time.

    A bound is the tightest if it is proved (the measure never exceeds it) and a run attains it. If only one side is known, the
    answer is an interval and says so. With --vary a bound is a function of a setting, proved for every value of the range.
    """
    from dialproof.engines.registry import DEFAULT_ENGINES

    limits = Limits(timeout, jobs or processors(), engines or DEFAULT_ENGINES, second_opinion)
    if vary is not None:
        if called is not None:
            if measures or plot or runs or most:
                raise click.UsageError("--claim asks about a check: it goes with --vary, and with no measure, bound or plot.")
            known = _claims(scenario, vary, called, limits, as_json=as_json)
        else:
            known = _functions(scenario, vary, measures, most, plot, limits, runs=runs, as_json=as_json)
    elif called is not None or plot is not None:
        raise click.UsageError("--claim and --plot go with --vary KEY=LOW..HIGH.")
    else:
        known = _bounds(scenario, measures, most, limits, runs=runs, as_json=as_json)
    for note in () if as_json else _notes(scenario):
        say(f"Note: {note}")
    context.exit(0 if known else 1)


def _bounds(scenario: Path, measures: tuple[str, ...], most: int | None, limits: Limits, *, runs: bool, as_json: bool) -> bool:
    """Print each bound; whether all are known."""
    from dialproof.core.wording import wording_of
    from dialproof.views.text import run_lines
    from properties.bounds import bounds_of

    exact = True
    for found in bounds_of(
        scenario,
        measures,
        most=most,
        **limits.named,
    ):
        exact = exact and found.bound.is_exact
        if as_json:
            say(json.dumps({"scenario": str(scenario), **found.as_data(), "notes": _notes(scenario)}))
            continue
        say(f"{found.measure}{_under(found.cause)}: {found.said()}")
        if runs and found.bound.run is not None:
            for line in run_lines(found.bound.run.lasso, wording_of(found.system)):
                say(line)
    return exact


def _functions(
    scenario: Path,
    vary: str,
    measures: tuple[str, ...],
    most: int | None,
    plot: Path | None,
    limits: Limits,
    *,
    runs: bool,
    as_json: bool,
) -> bool:
    """Print how each bound depends on the setting; whether all are known at every value."""
    from dialproof.core.wording import wording_of
    from dialproof.project.setting_range import setting_range
    from dialproof.views.text import run_lines
    from properties.varied import bound_functions

    if plot is not None and len(measures) != 1:
        raise click.UsageError("--plot draws one measure: name it with --measure.")
    exact = True
    for found in bound_functions(scenario, setting_range(vary), measures, most=most, limits=limits):
        exact = exact and found.function.is_exact
        if plot is not None:
            found.draw(plot)
        if as_json:
            say(json.dumps({"scenario": str(scenario), **found.as_data(), "notes": _notes(scenario)}))
            continue
        for line in found.lines():
            say(f"{found.measure}{_under(found.cause)}: {line}")
        for value in (
            dict.fromkeys(v for one in found.function.stretches for v in (one.values[0], one.values[-1])) if runs else ()
        ):
            run = found.function.run(value)
            if run is not None:
                say(f"{found.function.setting} = {value}:")
                for line in run_lines(run.lasso, wording_of(found.systems[value])):
                    say(line)
    return exact


def _claims(scenario: Path, vary: str, called: str, limits: Limits, *, as_json: bool) -> bool:
    """Print for which values the check holds; whether every value is decided."""
    from dialproof.project.setting_range import setting_range
    from properties.varied import claim_ranges

    decided = True
    for found in claim_ranges(scenario, setting_range(vary), called, limits=limits):
        decided = decided and found.found.is_decided
        if as_json:
            say(json.dumps({"scenario": str(scenario), **found.as_data(), "notes": _notes(scenario)}))
            continue
        for line in found.lines():
            say(f"{called}{_under(found.cause)}: {line}")
    return decided


def _notes(scenario: Path) -> list[str]:
    """What is assumed of every run of the scenario, and what else a reader must know of it."""
    from properties.checks import notes_of, open_installation

    installed = open_installation(scenario)
    return list(notes_of(installed, map(installed.router, installed.every_cause().values())))


def _under(cause: str) -> str:
    return f" (under {cause})" if cause != "none" else ""
