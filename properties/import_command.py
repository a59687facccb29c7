"""`dialproof import`: the scenario that a configuration file stands for, as a file with comments that lead back to its lines."""

from pathlib import Path

import click

from dialproof.cli.guard import GuardedCommand
from dialproof.cli.options import debug_option, kind_option
from dialproof.cli.output import say, tell

_EPILOG = """\b
Example: a scenario that can be changed, from the file on the router:
  dialproof import /etc/config/mwan3 -o router.toml
  dialproof check router.toml

\b
Exit codes:
    0  the scenario was written
    2  bad input: a file of no known kind, one that cannot be read, or a file that is there already
    4  internal error: please report it
"""


@click.command("import", cls=GuardedCommand, epilog=_EPILOG)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@kind_option
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="FILE",
    help="Where to write it; the file must not be there yet. [default: -, standard output]",
)  # fmt: skip
@debug_option
def import_file(
    file: Path,
    kind: str | None,
    output: Path | None,
    debug: bool,  # noqa: ARG001  # GuardedCommand reads it
) -> None:
    """Write the scenario that a router's configuration file stands for, with comments that lead back to its lines.

    `dialproof check FILE` makes the same checks without it. The scenario is for whoever wants to change something: an
    assumption, a check, a setting. What the model does not have is listed at its top. Nothing in the file is executed, and no
    password or key is copied.
    """
    from dialproof.core.errors import InputError
    from dialproof.core.files import create_whole
    from model.importing import Imported, as_toml, source_of
    from model.products import importers

    source = source_of(file, importers(), kind)
    if not isinstance(source, Imported):
        raise InputError(f"{file}: this is a scenario already; `dialproof check {file}` checks it")
    text = as_toml(source)
    if output is None or str(output) == "-":
        say(text.rstrip("\n"))
    else:
        create_whole(output, text)
        tell(f"The scenario is in {output}. Next: dialproof check {output}")
