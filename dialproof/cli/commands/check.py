"""`dialproof check`: run the checks of scenario files, and print the verdicts as a table or as JSON Lines."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dialproof.cli.caching import cache_for, cache_options
from dialproof.cli.checking import checking_options
from dialproof.cli.guard import GuardedCommand
from dialproof.cli.options import debug_option, kind_option, processors, scenarios_argument
from dialproof.cli.output import tell
from dialproof.project.roots import OWN_COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from dialproof.core.plan import PlannedCheck
    from dialproof.evidence.outcome import CheckedVerdict

_EPILOG = """\b
Example: everything below a folder, then one scenario in detail, with pictures:
  dialproof check model/scenarios/q230051
  dialproof check my.toml --figures pictures

\b
A router's own configuration file is checked as it is:
  dialproof check /etc/config/mwan3

\b
A model in SMV or VMT-LIB is checked as it is, each LTLSPEC, INVARSPEC or property of it:
  dialproof check model.smv

\b
Exit codes:
    0  every check came out as expected (or holds, if no expectation is stated)
    1  some checks did not, or hold only vacuously
    2  bad input: an option, a scenario file, the project's configuration
    3  undecided: no check came out wrong, but some verdict is unknown
    4  internal error: please report it
  130  interrupted; the verdicts known by then are printed
"""


@click.command(cls=GuardedCommand, epilog=_EPILOG, short_help=OWN_COMMANDS["check"])
@scenarios_argument
@kind_option
@click.option("as_json", "--json", is_flag=True, help="Print one JSON object per check on one line.")
@checking_options
@click.option(
    "--figures", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
    help="Draw each violation as SVG and PNG; write its graphs as GraphML, DOT and Mermaid.",
)  # fmt: skip
@click.option(
    "--certificates", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
    help="Write the certificate of each claim that holds, for `dialproof audit`.",
)  # fmt: skip
@click.option(
    "--traces", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
    help="Write the counterexample of each violation in the Informal Trace Format (ITF).",
)  # fmt: skip
@click.option(
    "--junit", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Also write the results as JUnit XML, for a build server.",
)  # fmt: skip
@click.option("--watch", is_flag=True, help="Check each scenario again when it is edited, until Ctrl-C.")
@cache_options
@debug_option
def check(
    scenarios: tuple[Path, ...],
    kind: str | None,
    as_json: bool,
    jobs: int | None,
    timeout: float,
    engines: tuple[str, ...],
    second_opinion: bool,
    figures: Path | None,
    certificates: Path | None,
    traces: Path | None,
    junit: Path | None,
    watch: bool,
    cache_folder: Path | None,
    no_cache: bool,
    debug: bool,  # noqa: ARG001  # GuardedCommand reads it
) -> None:
    """Run the checks of scenario files, or check the configuration files of a router as they are.

    A SCENARIO is a file, or a folder, which stands for every .toml file below it, and every configuration file whose kind is
    known by its content. All files are read first; if one of them is invalid, nothing is checked. Only a configuration file
    that was found in a folder stops no other: it is reported at the end, with exit code 2.

    The table shows for each check the verdict, the expected verdict, the engine that decided, and the time. For one scenario
    every counterexample is shown step by step; for several, only the unexpected ones.

    Opening a scenario runs the Python code of its verification project: the nearest folder, upwards from the file, then from
    the current folder, whose pyproject.toml has a table [tool.dialproof]; without one, the project that dialproof carries.
    """
    from dialproof.cli import drawing
    from dialproof.cli.junit import junit_xml
    from dialproof.cli.keeping import Keeper
    from dialproof.cli.next_step import Asked
    from dialproof.cli.results import JsonReport, TextReport, carry_out
    from dialproof.cli.traces import Traces
    from dialproof.core import files
    from dialproof.engines.registry import DEFAULT_ENGINES
    from dialproof.portfolio.portfolio import Portfolio
    from dialproof.report.afresh import audit_command
    from dialproof.review.expectation import Exit, exit_code
    from dialproof.review.session import opened_as_far_as_possible

    def portfolio(on_wait: "Callable[[], None]") -> Portfolio:
        return Portfolio(
            jobs or processors(),
            timeout=timeout,
            engines=engines or DEFAULT_ENGINES,
            second_opinion=second_opinion,
            cache=cache,
            on_wait=on_wait,
        )

    cache = cache_for(cache_folder, no_cache=no_cache, engines=engines)
    asked = Asked(scenarios, timeout, engines, may_be_cached=cache is not None)
    if watch:
        from dialproof.cli.watching import Watching

        if as_json or figures or certificates or traces or junit:
            raise click.UsageError("--watch prints the table only; leave out --json and the options that write files.")
        if kind is not None:
            raise click.UsageError("--watch tells what a file is by its content; leave out --as.")
        watching = Watching(asked)
        watching.go_on(portfolio(watching.interrupt))
    project, loaded, refused = opened_as_far_as_possible(scenarios, kind)
    if figures:
        drawing.prepare(figures)
    if junit:
        files.require_writable(junit)
    certified = Keeper(certificates, loaded) if certificates else None
    traced = Traces(traces, loaded) if traces else None
    keepers = [keeper for keeper in (certified, traced) if keeper]

    def keep(planned: "PlannedCheck", checked: "CheckedVerdict") -> None:
        for keeper in keepers:
            keeper.keep(planned, checked)

    report = JsonReport(loaded, [keeper.written for keeper in keepers]) if as_json else TextReport(loaded, asked)
    try:
        carry_out(portfolio(lambda: None), loaded, report, keep)
    finally:  # what is known is worth keeping, however it ended
        if junit:
            files.write_whole(junit, junit_xml(loaded, report.results))
    # The last line on standard output says what to do next: what was written is said beside it.
    if figures:
        drawn = drawing.draw(figures, project, loaded, report.results)
        tell(f"{len(drawn)} files with pictures and graphs in {figures}")
    if certified:
        tell(f"{certified.total} certificates in {certified.folder}; to check them: {audit_command(certified.folder)}")
    if traced:
        tell(f"{traced.total} traces in {traced.folder}")
    for reason in refused:
        tell(f"Not checked: {reason}")
    click.get_current_context().exit(Exit.BAD_INPUT if refused else exit_code(report.results))
