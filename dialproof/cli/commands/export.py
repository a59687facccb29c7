"""`dialproof export`: write checks as input of other tools."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dialproof.cli.checking import checking_options
from dialproof.cli.guard import GuardedCommand
from dialproof.cli.options import debug_option, processors
from dialproof.cli.output import tell, write
from dialproof.project.roots import OWN_COMMANDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialproof.portfolio.portfolio import Portfolio
    from dialproof.review.exporting import Exportable

_EPILOG = """\b
Example: every check of a scenario for SPIN, and one for NuSMV on standard output:
  dialproof export my.toml --to promela -o for-spin
  dialproof export my.toml --to smv --claim queued-mail-is-dialled
  dialproof export my.toml --to aiger --claim queued-mail-is-dialled -o claim.aig

\b
Exit codes:
    0  everything was written
    1  some check cannot be written: the language cannot express it, or (itf) it is not violated
    2  bad input
    3  itf: some check is undecided, so it may or may not have a run to write
"""


@click.command(cls=GuardedCommand, epilog=_EPILOG, short_help=OWN_COMMANDS["export"])
@click.argument("scenario", metavar="SCENARIO", type=click.Path(path_type=Path))
@click.option(
    "--to", "language", required=True, type=click.Choice(("smv", "promela", "vmt", "aiger", "itf")), help="The language to write."
)
@click.option("--claim", metavar="NAME", help="Write only the check of this claim.")
@click.option("--cause", metavar="NAME", help="Write only the checks under this cause.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FOLDER|FILE",
    help="Where to write: a folder, or with --claim a file. [default: standard output, with --claim]",
)  # fmt: skip
@click.option(
    "--rounds", type=click.IntRange(min=1), metavar="K",
    help="aiger: write the k-liveness form: can K rounds of fairness be completed? [default: the fair-loop form]",
)  # fmt: skip
@checking_options
@debug_option
def export(
    scenario: Path,
    language: str,
    claim: str | None,
    cause: str | None,
    output: Path | None,
    rounds: int | None,
    jobs: int | None,
    timeout: float,
    engines: tuple[str, ...],
    second_opinion: bool,
    debug: bool,  # noqa: ARG001  # GuardedCommand reads it
) -> None:
    """Write checks for other tools: one file for each check and cause.

    smv is for NuSMV and nuXmv, promela for SPIN, vmt for tools that read VMT-LIB, and aiger for hardware model checkers. AIGER
    is written in its ASCII format on standard output and to a file whose name ends in .aag, and in its binary format
    otherwise. itf runs the checks and writes the counterexamples in the Informal Trace Format; only itf uses --jobs,
    --timeout, --engine and --second-opinion.
    """
    from dialproof.project.opening import open_scenario
    from dialproof.review.expectation import Exit
    from dialproof.review.exporting import exportables

    loaded = open_scenario(scenario)
    chosen = _chosen(exportables(scenario.stem, loaded.checks), claim, cause)
    is_single = claim is not None and len(chosen) == 1
    if not is_single and output is None:
        causes = f" and the cause (--cause, one of {', '.join(one.variant.name for one in chosen)})" if claim else ""
        raise click.UsageError(f"{len(chosen)} checks need a folder: name one with -o, or name the claim{causes}.")
    if rounds is not None and language != "aiger":
        raise click.UsageError(f"--rounds needs --to aiger; {language} has a form of its own for fairness.")
    if language == "itf":
        from dialproof.engines.registry import DEFAULT_ENGINES
        from dialproof.portfolio.portfolio import Portfolio

        portfolio = Portfolio(
            jobs or processors(), timeout=timeout, engines=engines or DEFAULT_ENGINES, second_opinion=second_opinion
        )
        texts, refused, is_undecided = _traces(chosen, portfolio)
    else:
        is_binary = language == "aiger" and output is not None and (output.suffix != ".aag" or output.is_dir())
        texts, refused = _models(chosen, language, rounds=rounds, is_binary=is_binary)
        is_undecided = False
    _write(texts, language, output, is_single=is_single)
    for stem, reason in refused:
        tell(f"not written: {stem}: {reason}")
    click.get_current_context().exit(Exit.UNDECIDED if is_undecided else Exit.DIFFERENT if refused else Exit.AS_EXPECTED)


def _chosen(found: "Sequence[Exportable]", claim: str | None, cause: str | None) -> "list[Exportable]":
    """The checks that the options select. Raises InputError if there is none."""
    from dialproof.core.errors import InputError
    from dialproof.core.messages import either

    chosen = [one for one in found if claim in (None, one.planned.claim) and cause in (None, one.variant.name)]
    if not chosen:
        claims = sorted({one.planned.claim for one in found})
        causes = sorted({one.variant.name for one in found})
        asked = " under ".join(repr(name) for name in (claim, cause) if name)
        raise InputError(f"there is no check of {asked} here; the claims: {either(claims)}; the causes: {either(causes)}")
    return chosen


_Written = tuple[list[tuple[str, str | bytes]], list[tuple[str, str]]]
"""(name, text) for each check that is written, and (name, reason) for each that cannot be."""


def _models(chosen: "Sequence[Exportable]", language: str, *, rounds: int | None, is_binary: bool) -> _Written:
    from dialproof.core.errors import NotApplicable

    texts: list[tuple[str, str | bytes]] = []
    refused = []
    for one in chosen:
        try:
            written = one.aiger(binary=is_binary, rounds=rounds) if language == "aiger" else one.text(language)
            texts.append((one.stem, written))
        except NotApplicable as reason:
            refused.append((one.stem, str(reason)))
    return texts, refused


def _traces(chosen: "Sequence[Exportable]", portfolio: "Portfolio") -> tuple[*_Written, bool]:
    """The runs of the violated checks, and True if some check is undecided."""
    import json

    from dialproof.core.verdict import Unknown, Violated
    from dialproof.exchange.itf import itf
    from dialproof.portfolio.check import run_planned

    with portfolio:
        results = run_planned(portfolio, [replace(one.planned, variants=(one.variant,)) for one in chosen])
    texts: list[tuple[str, str | bytes]] = []
    refused = []
    for one, result in zip(chosen, results, strict=True):
        match result.verdict:
            case Violated(run):
                variant, _ = next(result.violations)
                said = f"{one.planned.claim} is violated under {one.variant.name}"
                trace = itf(run, variant.system, source=one.planned.scenario, description=said)
                texts.append((one.stem, f"{json.dumps(trace, indent=1, ensure_ascii=False)}\n"))
            case Unknown(reason):
                refused.append((one.stem, f"undecided: {reason}"))
            case _:
                refused.append((one.stem, "it holds, so there is no run to write"))
    return texts, refused, any(isinstance(result.verdict, Unknown) for result in results)


def _write(texts: "Sequence[tuple[str, str | bytes]]", language: str, output: Path | None, *, is_single: bool) -> None:
    from dialproof.core.files import make_folder, write_whole
    from dialproof.review.exporting import SUFFIXES

    if output is None:
        for _, text in texts:
            write(text)
        return
    if is_single and not output.is_dir():
        for _, text in texts:
            write_whole(output, text)
        return
    make_folder(output, "what is exported")
    for stem, text in texts:
        write_whole(output / f"{stem}{SUFFIXES[language]}", text)
    tell(f"{len(texts)} files in {output}")
