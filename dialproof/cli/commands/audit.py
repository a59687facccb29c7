"""`dialproof audit`: check certificates that `dialproof check --certificates` wrote again, without any engine."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dialproof.cli.guard import GuardedCommand
from dialproof.cli.options import debug_option
from dialproof.cli.output import say
from dialproof.project.roots import OWN_COMMANDS

if TYPE_CHECKING:
    from dialproof.evidence.certificates.auditing import Accepted
    from dialproof.evidence.solvers import Solver

_EPILOG = """\b
Example: write the certificates of a scenario, then audit them:
  dialproof check my.toml --certificates evidence
  dialproof audit evidence

\b
Exit codes:
    0  every certificate was accepted
    1  some were rejected; each with the reason
    2  bad input: no certificate, no such scenario, no second solver
    4  internal error: please report it
  130  interrupted
"""


@click.command(cls=GuardedCommand, epilog=_EPILOG, short_help=OWN_COMMANDS["audit"])
@click.argument("certificates", metavar="CERT...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--scenario", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="The scenario file that the certificates must be about. [default: the copy inside each of them]",
)  # fmt: skip
@click.option("--without-second-opinion", is_flag=True, help="Discharge the obligations with z3 alone, without cvc5.")
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True, max=86_400), default=300.0, metavar="SECONDS",
    help="The time limit for a solver on one obligation. [default: 300]",
)  # fmt: skip
@click.option("as_json", "--json", is_flag=True, help="Print one JSON object per certificate on one line.")
@debug_option
def audit(
    certificates: tuple[Path, ...],
    scenario: Path | None,
    without_second_opinion: bool,
    timeout: float,
    as_json: bool,
    debug: bool,  # noqa: ARG001  # GuardedCommand reads it
) -> None:
    """Check certificates again: from the scenario, with a fresh z3 and with cvc5, and without the engines that found the proofs.

    A CERT is the folder of a certificate (NAME.cert), or a folder that contains certificates. For each certificate, the
    audit derives the model, the claim and the proof obligations from the scenario again, compares them with the files
    character by character, and has the solvers discharge the obligations.
    """
    from dialproof.core.errors import CertificateError
    from dialproof.evidence.certificates.auditing import Auditor
    from dialproof.evidence.certificates.finding import certificates_in
    from dialproof.project.opening import open_scenario

    folders = certificates_in(certificates)
    auditor = Auditor(open_scenario, _solvers(second_opinion=not without_second_opinion, seconds=timeout))
    rejected = 0
    for folder in folders:
        try:
            answer: Accepted | CertificateError = auditor.audit(folder, scenario)
        except CertificateError as reason:
            answer = reason
            rejected += 1
        say(_json(folder, answer) if as_json else "\n".join(_lines(folder, answer)))
    if not as_json:
        counted = f"{len(folders)} certificate{'' if len(folders) == 1 else 's'}"
        parts = [f"{len(folders) - rejected} accepted", *([f"{rejected} rejected (!)"] if rejected else [])]
        say(f"{counted}: {', '.join(parts)}")
    click.get_current_context().exit(1 if rejected else 0)


def _solvers(*, second_opinion: bool, seconds: float) -> "tuple[tuple[str, Solver], ...]":
    """The solvers that discharge the obligations. Raises InputError if one is missing; the message says how to do without it."""
    from dialproof.core.errors import InputError
    from dialproof.evidence.solvers import solvers_for

    try:
        return solvers_for(second_opinion=second_opinion, seconds=seconds)
    except InputError as missing:
        raise InputError(f"{missing}; to do without it: --without-second-opinion") from missing


def _lines(folder: Path, answer: "Accepted | Exception") -> list[str]:
    """The text for one certificate: accepted or rejected, then the claim, what it rests on and how it was proved."""
    from dialproof.views.text import wrapped

    width = min(100, max(80, _terminal_width()))
    if isinstance(answer, Exception):
        lines = str(answer).splitlines()
        # Several lines are a message about a scenario file, with a caret that points at a column.
        shown = wrapped(lines[0], width, 4) if len(lines) == 1 else [f"    {line}" for line in lines]
        return [f"! rejected  {folder}", *shown]
    said = answer.files.manifest
    under = f" under the cause {answer.files.cause}" if answer.files.cause != "none" else ""
    method = said["certificate"]["method"]
    number = f"{answer.scripts} obligation{'' if answer.scripts == 1 else 's'}, each unsatisfiable, " if answer.scripts else ""
    return [
        f"  accepted  {folder}",
        *wrapped(f"{answer.files.claim}: {said['claim']['says']}", width, 4),
        *wrapped(f"Scenario: {said['made']['from']}{under}: {said['scenario']['title']}", width, 6, first=4),
        *wrapped(f"Rests on {'; '.join(_rests_on(answer)) or 'no fairness and no assumption'}.", width, 6, first=4),
        *wrapped(f"Proved by {method}: {number}checked by {' and '.join(answer.checked_by)}.", width, 6, first=4),
    ]


def _terminal_width() -> int:
    """The width of the terminal that is written to; 0 in a pipe."""
    import os
    import sys

    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):
        return 0


def _rests_on(answer: "Accepted") -> list[str]:
    basis = answer.files.manifest["rests_on"]
    said = [f"{kind} fairness of {', '.join(basis[kind])}" for kind in ("weak", "strong") if basis[kind]]
    return said + [f"the assumption {one['name']}: {one['reason']}" for one in basis["assumptions"]]


def _json(folder: Path, answer: "Accepted | Exception") -> str:
    """The object for one certificate, without a line break."""
    if isinstance(answer, Exception):
        return json.dumps({"certificate": str(folder), "accepted": False, "reason": str(answer)})
    said = answer.files.manifest
    return json.dumps(
        {
            "certificate": str(folder),
            "accepted": True,
            "reason": None,
            "scenario": said["made"]["from"],
            "claim": answer.files.claim,
            "cause": answer.files.cause,
            "says": said["claim"]["says"],
            "rests_on": said["rests_on"],
            "method": said["certificate"]["method"],
            "digest": said["digest"],
            "obligations": answer.scripts,
            "checked_by": list(answer.checked_by),
        }
    )
