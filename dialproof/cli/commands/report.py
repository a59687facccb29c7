"""`dialproof report`: the checks that scenario files ask for, as one file for a design review."""

import time
from pathlib import Path

import click

from dialproof.cli.caching import cache_for, cache_options
from dialproof.cli.guard import GuardedCommand
from dialproof.cli.options import checking_options, debug_option, processors, scenarios_argument
from dialproof.cli.output import say

_EPILOG = """\b
Example: a page for a browser, the same on paper, and as text for a repository:
  dialproof report model/scenarios/q230051 -o review.html
  dialproof report my.toml -o review.pdf
  dialproof report my.toml -o review.md

\b
Exit codes:
    0  every check came out as expected (or holds, where no expectation is stated)
    1  some did not, or hold only vacuously
    2  bad input: an option, a scenario file, a place that cannot be written
    3  undecided: nothing is wrong, but something is not known
    4  internal error: please report it
  130  interrupted; nothing is written
"""


@click.command(cls=GuardedCommand, epilog=_EPILOG, short_help="Make the checks, and write a report for a design review.")
@scenarios_argument
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE",
    help="The report: .html, .pdf (needs WeasyPrint) or .md, as the name ends.",
)  # fmt: skip
@checking_options
@cache_options
@debug_option
def report(
    scenarios: tuple[Path, ...],
    output: Path,
    jobs: int | None,
    timeout: float,
    engines: tuple[str, ...],
    second_opinion: bool,
    cache_folder: Path | None,
    no_cache: bool,
    debug: bool,  # noqa: ARG001  # GuardedCommand reads it
) -> None:
    """Make the checks that scenario files ask for, and write what came out as one file.

    A SCENARIO is a file, or a folder: that stands for every .toml file below it. Nothing is checked before all of them have
    been read and found in order, and the report has a place. The file is complete or not there at all; it needs no network.

    Evidence that an earlier check has kept is audited and replayed, not searched for again; the report says which that is.
    """
    from dialproof.cli.progress import ProgressLine
    from dialproof.cli.signals import ending_once
    from dialproof.cli.table import duration, standings
    from dialproof.portfolio.check import run_planned
    from dialproof.portfolio.jobs import DEFAULT_ENGINES
    from dialproof.portfolio.portfolio import Portfolio
    from dialproof.report.writing import prepare, write
    from dialproof.review.expectation import exit_code
    from dialproof.review.session import Review, opened

    cache = cache_for(cache_folder, no_cache=no_cache, engines=engines)
    prepare(output)
    project, loaded = opened(scenarios)
    planned = [item for scenario in loaded for item in scenario.checks]
    portfolio = Portfolio(
        jobs or processors(),
        timeout=timeout,
        engines=engines or DEFAULT_ENGINES,
        second_opinion=second_opinion,
        cache=cache,
    )
    begun = time.monotonic()
    with ending_once(), ProgressLine(len(planned)) as progress, portfolio:
        results = run_planned(
            portfolio, planned, on_progress=progress.event, on_verdict=lambda _planned, _checked: progress.advance()
        )
    review = Review(project, loaded, tuple(results), time.monotonic() - begun)
    write(review, output)
    say(f"{standings(results)}; {duration(time.monotonic() - begun)}")
    say(f"The report is in {output}. {_NEXT[output.suffix.lower()]}")
    click.get_current_context().exit(exit_code(results))


_NEXT = {
    ".html": "Next: open it in a browser; it needs no network.",
    ".pdf": "Next: read it, or print it.",
    ".md": "Next: put it into a repository, or into a message.",
}
