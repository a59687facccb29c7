"""A verdict that differs from the one a test states, and how pytest shows it: as the counterexample, in the reader's words.

A Python traceback shows which line of a library failed. Here no line failed; the failure is the sequence of events in the
counterexample. `--full-trace` shows the traceback all the same.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dialproof.core.errors import DialproofError, InternalError

if TYPE_CHECKING:
    import pytest
    from _pytest._code.code import TerminalRepr


class UnexpectedVerdictError(AssertionError):
    """A verdict differs from the one that a test states. `headline` is one sentence; str() is all `lines` of the evidence."""

    def __init__(self, headline: str, lines: Sequence[str]) -> None:
        self.headline = headline
        self.lines = tuple(lines)
        super().__init__("\n".join(lines))

    def __reduce__(self) -> tuple[object, ...]:
        return UnexpectedVerdictError, (self.headline, self.lines)


def readable(excinfo: "pytest.ExceptionInfo[BaseException]", error: UnexpectedVerdictError, style: str) -> "TerminalRepr":
    """The text that pytest shows: the failure, and the line of the test that states the verdict; `style` is that of --tb."""
    shown = excinfo.getrepr(style="value", chain=False)
    crash = shown.reprcrash
    if crash is not None:
        crash.message = error.headline  # what the short summary and JUnit say; else the name of the class comes first
        if not Path(crash.path).is_relative_to(Path(__file__).parent):
            entry = shown.reprtraceback.reprentries[-1]
            place = f"{from_here(crash.path)}:{crash.lineno}: stated here"
            entry.lines = [] if style == "line" else [*entry.lines, "", place]
    return shown


def said_of(error: DialproofError) -> str:
    """The message of an error in a scenario's model or in dialproof."""
    if not isinstance(error, InternalError):
        return str(error)
    report = "This is a fault of dialproof, not of the scenario. Please report it with the scenario file"
    return f"internal error: {error}\n{report}; --full-trace shows where it happened."


def from_here(path: str) -> str:
    """The path as a person in the current folder would write it."""
    try:
        near = os.path.relpath(path)
    except (ValueError, OSError):
        return path  # another drive, or the current folder is gone
    return path if near.startswith(os.pardir) else near
