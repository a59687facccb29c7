"""`dialproof route`: which route mail for an address takes in a scenario, and why; and odd entries of the routing table."""

import json
from collections.abc import Callable, Iterator
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


@click.command(cls=GuardedCommand, epilog=_EPILOG, short_help="Show which route mail for an address takes, and why.")
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
    from dialproof.project.project import project_of

    if not asked and not wants_findings:
        raise click.UsageError("There is nothing to answer: give an address or a domain, or --findings.")
    project = project_of([scenario])
    project.activate()
    answered = list(_answers(scenario, project.hook("route"), asked)) if asked else []
    found = list(_answers(scenario, project.hook("route_findings"))) if wants_findings else []
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


def _answers(path: Path, hook: Callable[..., object], *asked: object) -> Iterator[tuple[list[str], dict[str, object]]]:
    """The answers of the project's function, each as lines of text and as plain data. Raises InputError for any other value."""
    from dialproof.core.errors import InputError

    answers = hook(path, *asked)
    for answer in answers if isinstance(answers, list | tuple) else [answers]:
        match answer:
            case (list(told), dict(data)) if all(isinstance(line, str) for line in told):
                yield told, data
            case _:
                raise InputError(f"{path}: the project's function answered {answer!r}, not (lines of text, plain data)")
