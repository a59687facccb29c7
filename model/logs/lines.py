"""Lines of a system log, from plain or compressed files, one after the other: nothing is kept of those that were read.

Read are the formats that syslog daemons, journald and OpenWrt's logd write: RFC 3164 (without a year), RFC 3339 times in front of
the same, the form of `logread`, and that of Exim's main log, which names no program.
"""

import gzip
import re
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path

from dialproof.core.errors import InputError

LONGEST = 100_000
"""How many characters of a line are read."""

EXIM = "exim"
"""Who has written a line that has the form of Exim's main log."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PROGRAM = r"(?P<program>[\w./-]+?)(?:\[(?P<process>\d+)\])?: (?P<text>.*)"
_FORMS = (
    re.compile(r"(?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) (?P<clock>\d\d:\d\d:\d\d) \S+ " + _PROGRAM),
    re.compile(r"(?P<iso>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?) \S+ " + _PROGRAM),
    re.compile(
        r"(?P<iso>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?(?: [+-]\d{4})?) (?:\[(?P<process>\d+)\] )?"
        r"(?P<text>(?:\w{6}-\w{6,11}-\w{2,4} |(?:Start|End) queue run|exim ).*)"
    ),
    re.compile(
        r"[A-Z][a-z]{2} (?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) (?P<clock>\d\d:\d\d:\d\d) (?P<year>\d{4}) \w+\.\w+ " + _PROGRAM
    ),
)


@dataclass(frozen=True)
class LogLine:
    """A line of a log: where it stands, when it was written, by which program, and what it says."""

    file: str
    number: int
    at: datetime
    program: str
    text: str
    process: str = ""
    """The number of its process; empty if the line has none."""

    def __str__(self) -> str:
        return f"{self.file}:{self.number}"


def lines_of(paths: Sequence[Path], year: int | None = None) -> Generator[LogLine]:
    """The lines of all files in the order of their times, as far as they have a form that is read; other lines are left out.

    The files are taken in the order of their first lines. `year` is that of the first line, if its form has none; without it the
    year in which the file was last changed, or the one before if that lies ahead. Raises InputError for a file that cannot be
    read.
    """
    begun = []
    for path in paths:
        with closing(_lines_in(path, year)) as lines:
            first = next(lines, None)
        if first is not None:
            begun.append((first.at.replace(tzinfo=None), str(path), path))
    for _, _, path in sorted(begun):
        yield from _lines_in(path, year)


def _lines_in(path: Path, year: int | None) -> Generator[LogLine]:
    reader = LineReader(path, year or _year_of(path))
    for text in _text_of(path):
        line = reader.line_of(text)
        if line is not None:
            yield line


class LineReader:
    """Reads the lines of the file at `path`, one after the other, the first one being of `year` if its form has none."""

    def __init__(self, path: Path, year: int) -> None:
        self._path, self._year = str(path), year
        self._month = self._number = 0

    def line_of(self, text: str) -> LogLine | None:
        """What the next line says; None if it has no form that is read."""
        self._number += 1
        found = next((match for form in _FORMS if (match := form.match(text[:LONGEST]))), None)
        if found is None:
            return None
        parts = found.groupdict()
        if parts.get("iso") is None and parts.get("year") is None and parts["month"] in _MONTHS:
            now = _MONTHS.index(parts["month"])
            self._year += now < self._month - len(_MONTHS) // 2  # from December to January
            self._month = now
        at = _time_of(parts, self._year)
        if at is None:
            return None
        program = parts.get("program", EXIM).rpartition("/")[2]
        return LogLine(self._path, self._number, at, program, parts["text"].rstrip(), parts["process"] or "")


def _time_of(parts: dict[str, str], year: int) -> datetime | None:
    """When the line was written; None if there is no such time."""
    try:
        if parts.get("iso"):
            return datetime.fromisoformat(parts["iso"].replace(",", ".").replace(" +", "+").replace(" -", "-"))
        month = _MONTHS.index(parts["month"]) + 1
        clock = f"{int(parts.get('year') or year)}-{month:02}-{int(parts['day']):02}T{parts['clock']}"
        return datetime.fromisoformat(clock)
    except ValueError:
        return None


def _year_of(path: Path) -> int:
    """The year of the first line of a file whose form has none, as far as the file itself tells."""
    try:
        changed = datetime.fromtimestamp(path.stat().st_mtime)  # noqa: DTZ006  # logs have local times
    except OSError as problem:
        raise InputError(f"{path}: cannot be read: {problem.strerror or problem}") from problem
    first = next((match for line in _text_of(path) if (match := _FORMS[0].match(line[:LONGEST]))), None)
    ahead = first is not None and _time_of(first.groupdict(), changed.year)
    return changed.year - 1 if ahead and ahead > changed else changed.year


def _text_of(path: Path) -> Iterable[str]:
    """The lines of the file, unpacked if it is compressed. Raises InputError if it cannot be read."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            whole = gzip.GzipFile(fileobj=file) if packed else file
            reader = TextIOWrapper(whole, encoding="utf-8", errors="replace", newline=None)
            while line := reader.readline(LONGEST):
                yield line.rstrip("\r\n")
    except (OSError, EOFError) as problem:
        raise InputError(f"{path}: cannot be read: {getattr(problem, 'strerror', None) or problem}") from problem
