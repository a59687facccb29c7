"""`dialproof init`: write a scenario file to start from, or a whole verification project."""

from pathlib import Path

import click

from dialproof.cli.guard import GuardedCommand
from dialproof.cli.options import debug_option
from dialproof.cli.output import say
from dialproof.project.roots import OWN_COMMANDS

_EPILOG = """\b
Example: from nothing to a report:
  dialproof init my.toml
  dialproof check my.toml
  dialproof report my.toml -o review.html

\b
Example: a scenario for another product than the first:
  dialproof init router.toml --product pppd

\b
Example: a system of your own, with claims, scenarios and tests:
  dialproof init gatehouse --project
  cd gatehouse
  dialproof check scenarios
"""


@click.command(cls=GuardedCommand, epilog=_EPILOG, short_help=OWN_COMMANDS["init"])
@click.argument("path", metavar="NAME.toml|FOLDER", type=click.Path(path_type=Path))
@click.option("--product", metavar="NAME", help="The product of the new scenario, if the project knows several.")
@click.option("--project", "is_project", is_flag=True, help="Create a verification project in a new FOLDER.")
@debug_option
def init(path: Path, product: str | None, is_project: bool, debug: bool) -> None:  # noqa: ARG001  # GuardedCommand reads it
    """Write a scenario file to start from, or create a project.

    NAME.toml becomes an annotated scenario of the project that it belongs to, ready to be checked and changed. With --project,
    FOLDER becomes a verification project of your own: a small system, claims about it, scenarios, proofs and tests, all of
    which work. No existing file is overwritten.
    """
    import shlex

    if is_project and product:
        raise click.UsageError("--product is about a scenario, and --project lays out a project of your own: say one of them.")
    if is_project:
        from dialproof.project.skeleton import lay_out

        files = lay_out(path)
        say(f"{path}: a verification project of {len(files)} files; its README.md says what is what")
        say(f"Next: cd {shlex.quote(str(path))} && dialproof check scenarios")
    else:
        _new_scenario(path, product)
        say(f"{path}: a scenario to start from; its comments say what to change")
        say(f"Next: dialproof check {shlex.quote(str(path))}")


def _new_scenario(path: Path, product: str | None) -> None:
    from dialproof.core.errors import InputError
    from dialproof.core.files import create_whole
    from dialproof.project.project import project_of

    if path.suffix != ".toml":
        raise InputError(
            f"{path}: the name of a scenario file ends in .toml, such as {path}.toml; "
            f"for a project of your own: dialproof init {path} --project"
        )
    if not path.name.isprintable():
        raise InputError(f"{str(path)!r}: the name contains control characters; choose another one")
    project = project_of([path])
    project.activate()
    create_whole(path, project.template(path, product))
