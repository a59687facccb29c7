"""Commands that a verification project contributes: listed from its pyproject.toml, imported when they are called."""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from dialproof.cli.guard import GuardedCommand
from dialproof.core.errors import InputError
from dialproof.project.roots import command_help, reference, root_of


def listed() -> dict[str, str]:
    """The short help of each command of the project that the current folder belongs to, by name; no code is imported."""
    try:
        return command_help(root_of(Path("here")))
    except InputError:
        return {}  # the help must be there even so; whatever opens the project says what is wrong with it


def contributed(name: str, arguments: Sequence[str]) -> GuardedCommand | None:
    """The command `name`, imported from the project that it is called for; None if that project declares none.

    That is the project of the first of the `arguments` that is a file, else of the current folder; it is active from then on.
    Raises InputError if the project is broken, or if only the reference project has such a command.
    """
    file = next((Path(text) for text in arguments if os.path.isfile(text)), Path("here"))  # noqa: PTH113  # Path.is_file refuses long names
    root = root_of(file)
    if name in command_help(root):
        from dialproof.project.project import project_of

        project = project_of([file])
        project.activate()
        return project.command(name, GuardedCommand)
    if name in command_help(reference()):
        raise InputError(
            f"`dialproof {name}` is a command of the verification project that dialproof carries; the project in {root} "
            f"declares none of this name: there is no [tool.dialproof.commands.{name}] in its pyproject.toml"
        )
    return None


def in_list(name: str, text: str) -> click.Command:
    """What stands for the command `name` in the list of commands: its short help, `text`."""
    return click.Command(name, short_help=text)
