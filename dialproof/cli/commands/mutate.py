"""`dialproof mutate`: mutation testing of a scenario's model: change it in one place at a time, and see which checks notice."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dialproof.cli.guard import GuardedCommand
from dialproof.cli.options import debug_option, processors
from dialproof.cli.output import say, tell
from dialproof.project.roots import OWN_COMMANDS

if TYPE_CHECKING:
    from dialproof.review.mutation.runner import Result

_EPILOG = """\b
Exit codes:
    0  every mutant was killed, or its survival is explained
    1  some mutants survived, and nothing explains why
    2  bad input
    3  undecided: for some mutants it is not known whether a check kills them
    4  internal error: please report it
  130  interrupted
"""


@click.command(cls=GuardedCommand, epilog=_EPILOG, short_help=OWN_COMMANDS["mutate"])
@click.argument("scenario", metavar="SCENARIO", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--first", is_flag=True, help="Stop at the first claim that kills a mutant; much faster.")
@click.option(
    "--explained", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="A CSV file that explains survivors, with the columns part, change and reason.",
)  # fmt: skip
@click.option(
    "--jobs", type=click.IntRange(min=1), metavar="N", help="The number of worker processes. [default: one per processor]"
)
@click.option("as_json", "--json", is_flag=True, help="Print one JSON object per mutant on one line.")
@debug_option
def mutate(
    scenario: Path,
    first: bool,
    explained: Path | None,
    jobs: int | None,
    as_json: bool,
    debug: bool,  # noqa: ARG001  # GuardedCommand reads it
) -> None:
    """Change the model of SCENARIO in one place at a time (a mutant), and show which checks notice (kill) each mutant.

    A mutant changes the guard, an update or the fairness of one action, or an initial value. A check kills a mutant if its
    verdict changes or becomes vacuous. A mutant in which an action is never enabled any more, or a variable leaves its range, is
    killed too. Surviving mutants are then checked for equivalence: does the mutant have the same fair runs as the model?
    """
    from dialproof.cli.signals import ending_once
    from dialproof.portfolio.portfolio import Portfolio
    from dialproof.project.opening import open_scenario
    from dialproof.review.mutation.runner import Mutation
    from dialproof.review.mutation.survivors import explanations

    known = explanations(explained) if explained else {}
    loaded = open_scenario(scenario)
    with ending_once(), Portfolio(jobs or processors(), timeout=300) as portfolio:
        mutation = Mutation(portfolio, loaded.checks)
        results = mutation.results(thorough=not first, on_round=_tell)
    if as_json:
        for result in results:
            say(_json(result, known))
    else:
        say("\n".join(_lines(results, known, mutation.undecided, mutation.not_asked)))
    click.get_current_context().exit(_exit_code(results, known, mutation.undecided))


Known = Mapping[tuple[str, str], str]
"""The explanation of each survivor, by the part that is mutated and the change in it."""


def _tell(what: str, mutants: int) -> None:
    """Say what is under way, on a terminal."""
    import sys

    if sys.stderr.isatty():
        tell(f"{what}: {mutants} mutants")


def _explanation(result: "Result", known: Known) -> str:
    """Why no check could notice, or why none is meant to; "" if nothing explains it."""
    from dialproof.review.mutation.runner import Harmless

    given = known.get((result.mutant.part, result.mutant.change), "")
    match result.harmless:
        case Harmless.EQUIVALENT:
            return f"equivalent: it has the same runs (proved by {result.proved_by}){f'; {given}' if given else ''}"
        case Harmless.RESTRICTION:
            return f"restriction: it only adds fairness, so it has no new run{f'; {given}' if given else ''}"
    return given


def _exit_code(results: Sequence["Result"], known: Known, undecided: Sequence[str]) -> int:
    from dialproof.review.expectation import Exit

    survivors = [result for result in results if not result.is_killed and not _explanation(result, known)]
    if any(not result.open for result in survivors):
        return Exit.DIFFERENT
    return Exit.UNDECIDED if survivors or undecided else Exit.AS_EXPECTED


def _lines(results: Sequence["Result"], known: Known, undecided: Sequence[str], not_asked: Sequence[str]) -> list[str]:
    """The table: for each cause and part, its mutants and the checks that noticed each."""
    from dialproof.views.text import wrapped

    lines = []
    causes = list(dict.fromkeys(result.cause for result in results))
    place = ("", "")
    for result in results:
        if place != (result.cause, result.mutant.part):
            under = f" (under {result.cause})" if len(causes) > 1 else ""
            lines += ["", f"{result.mutant.part}{under}"]
            place = (result.cause, result.mutant.part)
        why = _explanation(result, known)
        mark = " " if result.is_killed else "=" if why else "?" if result.open else "!"
        lines += [f"{mark} {line[2:]}" for line in wrapped(result.mutant.change, 78, 4, first=2)[:1]]
        lines += wrapped(result.mutant.change, 78, 4, first=2)[1:]
        lines += wrapped(_said(result, why), 78, 8, first=6)
    killed = sum(result.is_killed for result in results)
    explained = sum(not result.is_killed and bool(_explanation(result, known)) for result in results)
    lines += [""]
    lines += [f"undecided for the model itself, so not used on mutants: {', '.join(undecided)}"] if undecided else []
    lines += [f"not used, because it compares copies of the model: {', '.join(not_asked)}"] if not_asked else []
    left = len(results) - killed - explained
    lines.append(
        f"{len(results)} mutants: {killed} killed, {explained} survive with an explanation (=), "
        f"{left} without one{' (!)' if left else ''}"
    )
    return lines


def _said(result: "Result", why: str) -> str:
    if not result.is_killed:
        return "SURVIVED: " + (why or "; ".join(result.open) or "no check noticed")
    alike: dict[str, list[str]] = {}
    for notice in result.noticed:
        alike.setdefault(notice.how, []).append(notice.who)
    return "; ".join(f"{', '.join(dict.fromkeys(names))}: {how}" for how, names in alike.items())


def _json(result: "Result", known: Known) -> str:
    """The object for one mutant, without a line break."""
    return json.dumps(
        {
            "part": result.mutant.part,
            "change": result.mutant.change,
            "cause": result.cause,
            "killed": result.is_killed,
            "noticed": [notice._asdict() for notice in result.noticed],
            "undecided": result.open,
            "harmless": result.harmless.value if result.harmless else None,
            "explanation": _explanation(result, known) or None,
        }
    )
