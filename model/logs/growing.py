"""A log that grows: its lines as they are written, also after it was rotated or cut short."""

import os
from collections.abc import Callable, Generator, Iterator
from datetime import datetime
from pathlib import Path

from dialproof.core.errors import InputError
from model.logs.lines import LONGEST, LineReader, LogLine

_AT_ONCE = 1 << 16
"""How many bytes are read at once."""


def now_like(then: datetime | None) -> datetime:
    """Now, with a time zone if `then` has one."""
    return datetime.now(None if then is None else then.tzinfo)


def growing(path: Path, still: Callable[[], bool]) -> Generator[LogLine | None]:
    """The lines of the file at `path` from its beginning, and None whenever there is no further one; `still` says to go on then.

    If another file takes its place, as at a rotation, the rest of the old one comes first; if it is cut short, it is read from
    its beginning again. A compressed file does not grow. Raises InputError for a file that cannot be read at first; one that is
    missing later may come again.
    """
    tail = _Tail(path)
    try:
        while True:
            yield from tail.lines()
            yield None
            if not still():
                return
            if tail.is_replaced():
                yield from tail.lines()
                tail.close()
                tail = _Tail(path)
    finally:
        tail.close()


class _Tail:
    """A file that is read as far as it is written."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = path.open("rb")
        except OSError as problem:
            raise InputError(f"{path}: cannot be read: {problem.strerror or problem}") from problem
        self._path = path
        self._reader = LineReader(path, datetime.now().year)  # noqa: DTZ005  # logs have local times
        self._begun = b""

    def lines(self) -> Iterator[LogLine]:
        """The lines that were written since; one that has no end yet waits for it."""
        while new := self._file.read(_AT_ONCE):
            *whole, self._begun = (self._begun + new).split(b"\n")
            self._begun = self._begun[:LONGEST]
            for text in whole:
                line = self._reader.line_of(text.decode("utf-8", errors="replace").rstrip("\r"))
                if line is not None:
                    yield line

    def is_replaced(self) -> bool:
        """Whether another file has taken its place, or it was cut short."""
        try:
            now = self._path.stat()
        except OSError:
            return False
        return now.st_ino != os.fstat(self._file.fileno()).st_ino or now.st_size < self._file.tell()

    def close(self) -> None:
        """Read no further."""
        self._file.close()
