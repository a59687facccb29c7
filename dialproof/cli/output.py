"""Output of the commands: answers on standard output, everything else on standard error.

If an answer cannot be written, that is an error of its own and never silent. A message that cannot be written to standard error
is dropped, since there is no other place for it. Control characters are escaped, so that a terminal shows them and does not
obey them.
"""

import os
import sys
from contextlib import suppress

import click

from dialproof.core.errors import InputError
from dialproof.core.visible import visible

CLOSED = "standard output is closed, so no answer could be written; if you do not need it, redirect it: > /dev/null"
"""The message for a command that was started without a standard output."""


def occupy_closed_streams() -> bool:
    """Put the null device in the place of each standard stream that is closed; True if standard output was.

    Otherwise the next file that is opened would take its number, and a library, a worker or Python itself would write to it.
    """
    is_answered = sys.stdout is not None
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # it gets the lowest number that is free: this one
    if sys.stdin is None:
        sys.stdin = open(0, closefd=False)  # noqa: SIM115  # it is open as long as the process is
    if sys.stdout is None:
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
    return not is_answered


def say(text: str) -> None:
    """Print `text` and a line break on standard output. Raises what `write` raises."""
    write(f"{visible(text)}\n")


def write(text: str | bytes) -> None:
    """Write `text` to standard output at once, as it is.

    Raises BrokenPipeError if the reader has closed the pipe, InputError if it cannot be written.
    """
    try:
        click.echo(text, nl=False, color=True)  # who made the text knows whether colours are wanted
        sys.stdout.flush()
    except OSError as error:
        _silence(sys.stdout)
        if isinstance(error, BrokenPipeError):
            raise
        raise InputError(f"standard output cannot be written: {error.strerror or error}") from error


def tell(text: str) -> None:
    """Print `text` and a line break on standard error, if that can be written."""
    try:
        click.echo(visible(text), err=True)
    except OSError:
        _silence(sys.stderr)


def _silence(stream: object) -> None:
    """From now on what is written to `stream` goes nowhere: what is still buffered must not fail again when Python ends."""
    with suppress(OSError, ValueError, AttributeError):  # a test's output has no descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # type: ignore[attr-defined]
