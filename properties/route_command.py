"""`dialproof route`: which route mail for an address takes in a scenario, and why; and odd entries of the routing table."""

import json
from pathlib import Path

import click

from dialproof.cli.guard import GuardedCommand
from dialproof.cli.options import debug_option
from dialproof.cli.output import say

_EPILOG = """\b
Example: two addresses, then the findings about the table:
  dialproof route my.toml someone@partner.example other.example
  dialproof route my.toml --findings

\b
Exit codes:
    0  every question was answered
    2  bad input: no address, a scenario file, the project's configuration
    4  internal error: please report it
"""


@click.command(cls=GuardedCommand, epilog=_EPILOG)
@click.argument("scenario", metavar="SCENARIO", type=click.Path(path_type=Path))
@click.argument("asked", metavar="ADDRESS|DOMAIN...", nargs=-1)
@click.option("wants_findings", "--findings", is_flag=True, help="List odd entries of the table.")
@click.option("as_json", "--json", is_flag=True, help="Print one JSON object per answer, or per finding, on one line.")
@debug_option
def route(
    scenario: Path,
    asked: tuple[str, ...],
    wants_findings: bool,
    as_json: bool,
    debug: bool,  # noqa: ARG001  # GuardedCommand reads it
) -> None:
    """Show which entry of a scenario's routing table wins for an address, why, and which others matched and lost.

    This runs no check and no solver. With --findings it also lists odd entries of the table: those that repeat, contradict
    or hide others.
    """
    if not asked and not wants_findings:
        raise click.UsageError("There is nothing to answer: give an address or a domain, or --findings.")
    from properties.checks import open_installation

    installed = open_installation(scenario)
    answered = installed.routes_of(asked) if asked else []
    found = installed.table_findings() if wants_findings else []
    if as_json:
        lines = [json.dumps({"scenario": str(scenario), **data}) for _, data in (*answered, *found)]
    else:
        lines = [line for at, (told, _) in enumerate(answered) for line in ([""] if at else []) + told]
        lines += [""] if answered and wants_findings else []
        lines += [line for told, _ in found for line in told]
        if wants_findings:
            lines.append(f"{len(found)} finding{'' if len(found) == 1 else 's'}")
    for line in lines:
        say(line)
