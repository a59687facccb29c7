"""`dialproof report`: run the checks of scenario files, and write one file for a design review."""

import time
from pathlib import Path

import click

from dialproof.cli.caching import cache_for, cache_options
from dialproof.cli.checking import checking_options
from dialproof.cli.guard import GuardedCommand
from dialproof.cli.options import debug_option, kind_option, processors, scenarios_argument
from dialproof.cli.output import say
from dialproof.project.roots import OWN_COMMANDS

_EPILOG = """\b
Example: a page for a browser, a document for printing, and text for a repository:
  dialproof report model/scenarios/q230051 -o review.html
  dialproof report my.toml -o review.pdf
  dialproof report my.toml -o review.md

\b
Exit codes:
    0  every check came out as expected (or holds, if no expectation is stated)
    1  some checks did not, or hold only vacuously
    2  bad input: an option, a scenario file, an output file that cannot be written
    3  undecided: no check came out wrong, but some verdict is unknown
    4  internal error: please report it
  130  interrupted; nothing is written
"""


@click.command(cls=GuardedCommand, epilog=_EPILOG, short_help=OWN_COMMANDS["report"])
@scenarios_argument
@kind_option
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE",
    help="The report; the suffix selects the format: .html, .pdf (needs WeasyPrint) or .md.",
)  # fmt: skip
@checking_options
@cache_options
@debug_option
def report(
    scenarios: tuple[Path, ...],
    kind: str | None,
    output: Path,
    jobs: int | None,
    timeout: float,
    engines: tuple[str, ...],
    second_opinion: bool,
    cache_folder: Path | None,
    no_cache: bool,
    debug: bool,  # noqa: ARG001  # GuardedCommand reads it
) -> None:
    """Run the checks of scenario files, or of a router's configuration files, and write the results as one file.

    A SCENARIO is a file, or a folder, which stands for every .toml file below it, and every configuration file whose kind is
    known by its content. All files are read first; if one of them
    is invalid, or the report cannot be written, nothing is checked. The report is written whole or not at all. It needs no
    network.

    Evidence in the cache is audited or replayed instead of being searched for again; the report marks it.
    """
    from dialproof.cli.progress import ProgressLine
    from dialproof.cli.signals import ending_once
    from dialproof.cli.table import duration, standings
    from dialproof.engines.registry import DEFAULT_ENGINES
    from dialproof.portfolio.check import run_planned
    from dialproof.portfolio.portfolio import Portfolio
    from dialproof.report.writing import prepare, write
    from dialproof.review.expectation import exit_code
    from dialproof.review.session import Review, opened

    cache = cache_for(cache_folder, no_cache=no_cache, engines=engines)
    prepare(output)
    project, loaded = opened(scenarios, kind)
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
