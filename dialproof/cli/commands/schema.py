"""`dialproof schema`: the JSON Schema of the output of `check --json`, or of the project's scenario files."""

import json

import click

from dialproof.cli.guard import GuardedCommand
from dialproof.cli.options import debug_option
from dialproof.cli.output import write
from dialproof.project.roots import OWN_COMMANDS

_EPILOG = """\b
Example: an editor that knows the keys of a scenario file:
  dialproof schema scenario > scenario.schema.json
and, as the first line of the file (for Taplo, or Even Better TOML in VS Code):
  #:schema ./scenario.schema.json
"""


@click.command(cls=GuardedCommand, epilog=_EPILOG, short_help=OWN_COMMANDS["schema"])
@click.argument("what", metavar="check|scenario", type=click.Choice(["check", "scenario"]))
@debug_option
def schema(what: str, debug: bool) -> None:  # noqa: ARG001  # GuardedCommand reads it
    """Print a JSON Schema (draft 2020-12).

    "check" describes each line that `dialproof check --json` prints. "scenario" describes the scenario files of the project
    that the current folder belongs to; it may lack rules that relate several keys.
    """
    from dialproof.project.schema import CHECK, text_of

    write(text_of(CHECK) if what == "check" else _of_scenarios())


def _of_scenarios() -> str:
    from dialproof.project.project import project_here

    project = project_here()
    project.activate()
    return f"{json.dumps(project.schema(), indent=2)}\n"
