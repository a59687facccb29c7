"""A command whose errors are one message and an exit code, never a traceback."""

import sys
import traceback

import click

from dialproof.cli.output import tell
from dialproof.core.errors import DialproofError, InputError

_BROKEN_PIPE = 141  # what a shell reports of a program that SIGPIPE ended


class GuardedCommand(click.Command):
    """A command that turns each exception into a message and an exit code.

    A command that a verification project contributes is of this class too. `dialproof.cli.options.debug_option` gives it --debug.
    """

    def invoke(self, ctx: click.Context) -> None:
        """Run the command; an exception becomes an exit code, and a message on standard error."""
        from dialproof.cli.signals import Terminated

        for stream in (sys.stdout, sys.stderr):
            # A terminal that cannot show a letter gets a question mark, never an error.
            getattr(stream, "reconfigure", dict)(errors="replace")
        debug = ctx.params.get("debug")  # None: a project's command need not have the option
        try:
            super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except (Exception, KeyboardInterrupt, Terminated) as error:  # noqa: BLE001  # whatever it is, it must not look like an answer
            if debug:
                tell(traceback.format_exc())
            ctx.exit(_explain(error, debug))


def _explain(error: BaseException, debug: bool | None) -> int:
    """Say on standard error what ended the program; returns the exit code. `debug` is None if there is no option --debug."""
    from dialproof.cli.signals import Terminated
    from dialproof.review.expectation import Exit

    match error:
        case KeyboardInterrupt():
            tell("interrupted")
            return Exit.INTERRUPTED
        case Terminated():
            tell(str(error))
            return error.exit_code
        case BrokenPipeError():
            return _BROKEN_PIPE
        case InputError():
            tell(str(error))
            return Exit.BAD_INPUT
        case _:
            said = str(error) if isinstance(error, DialproofError) else f"{type(error).__name__}: {error}"
            tell(f"internal error: {said}")
            how = "; --debug shows where it happened" if debug is False else ""
            tell(f"This is a fault of dialproof, not of the scenario. Please report it with the scenario file{how}.")
            return Exit.INTERNAL_ERROR
