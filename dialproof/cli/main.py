"""`dialproof`: the commands. Each is imported when it is asked for, so that `dialproof --help` answers at once."""

from importlib import import_module

import click

import dialproof

COMMANDS = ("init", "check", "report", "audit", "schema", "export", "mutate", "route")
"""The commands in the order of the help: each is the function of that name in the module of that name."""


class _Commands(click.Group):
    """A group that finds its commands by name in `dialproof.cli.commands`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click passes it
        """The names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click passes it
        """The command called `cmd_name`, imported now; None if there is none."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"dialproof.cli.commands.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(dialproof.__version__, prog_name="dialproof")
def main() -> None:
    """Will the line be dialled when something waits for it: always, and for every run? Checks scenario files.

    Opening a scenario runs the Python code of the verification project that it belongs to: the nearest folder, upwards from the
    file, then from the current folder, whose pyproject.toml has a table [tool.dialproof].
    """


if __name__ == "__main__":
    main()
