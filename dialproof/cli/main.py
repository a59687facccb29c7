"""`dialproof`: the commands and their options.

What takes long to import is imported where it is needed, so that `dialproof --help` answers at once.
"""

import os
import sys
import traceback
from pathlib import Path

import click

import dialproof
from dialproof.errors import DialproofError, InputError

ENGINES = ("bmc", "induction", "spacer", "explicit")
"""What --engine takes: the names of `dialproof.portfolio.ENGINES`, written out because importing them takes a solver."""

_BROKEN_PIPE = 141  # what a shell reports of a program that SIGPIPE ended

_EPILOG = """\b
Example: everything below a folder, then one scenario in detail, with pictures:
  dialproof check model/scenarios/q230051
  dialproof check my.toml --figures pictures

\b
Exit codes:
    0  every check came out as expected (or holds, where no expectation is stated)
    1  some did not, or hold only vacuously
    2  bad input: an option, a scenario file, the project's configuration
    3  undecided: nothing is wrong, but something is not known
    4  internal error: please report it
  130  interrupted; what was known by then is printed
"""


class _Guarded(click.Command):
    """A command in which no exception ends as a traceback: each becomes a message and an exit code."""

    def invoke(self, ctx: click.Context) -> None:
        """Run the command; what it raises becomes an exit code, and a message on standard error."""
        from dialproof.cli.signals import Terminated

        for stream in (sys.stdout, sys.stderr):
            # A terminal that cannot show a letter gets a question mark, never an error.
            getattr(stream, "reconfigure", dict)(errors="replace")
        debug = ctx.params["debug"]
        try:
            super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except (Exception, KeyboardInterrupt, Terminated) as error:  # noqa: BLE001  # whatever it is, it must not look like an answer
            if debug:
                click.echo(traceback.format_exc(), err=True)
            ctx.exit(_explain(error, debug))


def _explain(error: BaseException, debug: bool) -> int:
    """Say on standard error what ended the program; returns the exit code."""
    from dialproof.cli.judgement import Exit
    from dialproof.cli.signals import Terminated

    match error:
        case KeyboardInterrupt():
            click.echo("interrupted", err=True)
            return Exit.INTERRUPTED
        case Terminated():
            click.echo(str(error), err=True)
            return error.exit_code
        case BrokenPipeError():
            return _BROKEN_PIPE
        case InputError():
            click.echo(str(error), err=True)
            return Exit.BAD_INPUT
        case _:
            said = str(error) if isinstance(error, DialproofError) else f"{type(error).__name__}: {error}"
            click.echo(f"internal error: {said}", err=True)
            how = "" if debug else "; --debug shows where it happened"
            click.echo(
                f"This is a fault of dialproof, not of the scenario. Please report it with the scenario file{how}.", err=True
            )
            return Exit.INTERNAL_ERROR


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(dialproof.__version__, prog_name="dialproof")
def main() -> None:
    """Will the line be dialled when something waits for it: always, and for every run? Checks scenario files."""


def _processors() -> int:
    """How many processors this process may use; the affinity mask counts where there is one."""
    available = getattr(os, "sched_getaffinity", None)
    return max(1, len(available(0)) if available else os.cpu_count() or 1)


def _finite(_ctx: click.Context, _option: click.Parameter, seconds: float) -> float:
    # No comparison with nan is true, and an infinite wait is no timeout.
    if not seconds < float("inf"):
        raise click.BadParameter(f"{seconds} is no number of seconds.")
    return seconds


@main.command(cls=_Guarded, epilog=_EPILOG)
@click.argument("scenarios", metavar="SCENARIO...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("as_json", "--json", is_flag=True, help="Print one JSON object per check on one line.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Worker processes. [default: the processors]")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), default=300.0, metavar="SECONDS",
    callback=_finite, help="For how long one check may take, under each of its causes. [default: 300]",
)  # fmt: skip
@click.option(
    "engines", "--engine", type=click.Choice(ENGINES), multiple=True,
    help="Use this engine only; may be repeated. [default: bmc, induction, spacer]",
)  # fmt: skip
@click.option("--second-opinion", is_flag=True, help="Have cvc5 check every proof too.")
@click.option(
    "--figures", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
    help="Draw the run of each violation, as SVG and PNG.",
)  # fmt: skip
@click.option("--debug", is_flag=True, help="Show Python's traceback with an error.")
def check(
    scenarios: tuple[Path, ...],
    as_json: bool,
    jobs: int | None,
    timeout: float,
    engines: tuple[str, ...],
    second_opinion: bool,
    figures: Path | None,
    debug: bool,  # noqa: ARG001  # _Guarded reads it
) -> None:
    """Make the checks that scenario files ask for.

    A SCENARIO is a file, or a folder: that stands for every .toml file below it. Nothing is checked before all of them
    have been read and found in order.

    The table says for each check what came out, what was expected, which engine decided, and how long it took. Of a single
    scenario every counterexample is shown, step by step; of several, those that were not expected.
    """
    from dialproof.cli import drawing
    from dialproof.cli.judgement import exit_code
    from dialproof.cli.project import project_of
    from dialproof.cli.report import JsonReport, TextReport, carry_out
    from dialproof.cli.scenarios import load, scenario_files
    from dialproof.portfolio import DEFAULT_ENGINES, Portfolio

    paths, problems = scenario_files(scenarios)
    project = project_of(paths)
    project.activate()
    loaded = load(paths, project.hook("checks"), problems)
    pictures = project.hook("pictures") if figures and "pictures" in project.hooks else None
    if figures:
        drawing.prepare(figures)
    report = JsonReport(loaded) if as_json else TextReport(loaded, is_drawn=bool(figures))
    portfolio = Portfolio(
        jobs or _processors(), timeout=timeout, engines=engines or DEFAULT_ENGINES, second_opinion=second_opinion
    )
    carry_out(portfolio, loaded, report)
    if figures:
        drawn = drawing.draw(figures, loaded, report.results, pictures)
        click.echo(f"{len(drawn)} files with pictures in {figures}", err=as_json)
    click.get_current_context().exit(exit_code(report.results))


if __name__ == "__main__":
    main()
