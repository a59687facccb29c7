"""`dialproof`: its own commands, and those of a verification project.

Each is imported when it is called, so that `dialproof --help` answers at once.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from dialproof._version import __version__
from dialproof.cli.contributed import contributed, in_list, listed
from dialproof.cli.output import CLOSED, occupy_closed_streams, tell
from dialproof.core.errors import InputError
from dialproof.core.visible import visible
from dialproof.project.roots import OWN_COMMANDS

_BAD_INPUT = 2  # `dialproof.review.expectation.Exit`, which the help does not wait for


class _Commands(click.Group):
    """A group whose own commands are each the function of their name in the module of that name in `dialproof.cli.commands`.

    Behind them stand those that the project of the current folder contributes.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click passes it
        """The names of all commands, dialproof's own first."""
        return list(_short_help())

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click passes it
        """Write the list of commands, each with its short help; none of them is imported."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, in_list(name, text).get_short_help_str()) for name, text in _short_help().items()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click passes it
        """The command called `cmd_name`; None if there is none. A command of a project is its short help only."""
        if cmd_name not in OWN_COMMANDS:
            text = listed().get(cmd_name)
            return None if text is None else in_list(cmd_name, text)
        command = getattr(import_module(f"dialproof.cli.commands.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that `args` begin with, imported now.

        Raises UsageError if there is none, with the names that are near; InputError if the project that has it is broken.
        """
        name, *rest = args
        if name not in OWN_COMMANDS and not ctx.resilient_parsing:  # completion in a shell runs no code of a project
            command = contributed(name, rest)
            if command is not None:
                return name, command, rest
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            raise click.NoSuchCommand(error.command_name, possibilities=self.list_commands(ctx), ctx=ctx) from None

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command that `args` name and end the process with its exit code; 2 if an answer cannot be written."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        if occupy_closed_streams():
            tell(CLOSED)
            sys.exit(_BAD_INPUT)
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            sys.exit(code if isinstance(code, int) else 0)
        except click.ClickException as error:
            _show(error)
            sys.exit(error.exit_code)
        except InputError as error:  # of a project that was to have the command
            tell(str(error))
            sys.exit(_BAD_INPUT)
        except OSError as error:  # of what click prints itself, such as the help; the commands say more
            tell(f"standard output cannot be written: {error.strerror or error}")
            sys.exit(_BAD_INPUT)


def _short_help() -> dict[str, str]:
    """The short help of each command, by name."""
    return OWN_COMMANDS | {name: text for name, text in listed().items() if name not in OWN_COMMANDS}


def _show(error: click.ClickException) -> None:
    """Print an error of usage as click does, if standard error can be written; what cannot be seen in it as escapes."""
    said = error.format_message()
    shown = error if said == visible(said) else click.ClickException(visible(said))
    try:
        shown.show()
    except OSError:
        tell("")  # it can be written no more, which is noted there


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dialproof")
def main() -> None:
    """Model-check dial-on-demand routing: on every run, a line is dialled whenever something waits for it.

    Opening a scenario runs the Python code of the verification project that it belongs to: the nearest folder, upwards from the
    file, then from the current folder, whose pyproject.toml has a table [tool.dialproof].
    """


if __name__ == "__main__":
    main()
