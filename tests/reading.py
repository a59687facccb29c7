"""What is demanded of whoever reads a configuration file, however hostile: see `run_readers`."""

import os
import re
import signal
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from dialproof.core.errors import InputError, Place, ScenarioError
from dialproof.core.plan import PlannedCheck
from dialproof.project.toml_source import TomlSource
from model.importing import Imported, as_toml, kind_of, source_of
from model.products import importers
from properties.checks import plan
from tests.hostile_files import MARK, Hostile, hostile

LIMIT, PER_BYTE = 2.0, 1e-5
"""Seconds of a processor that one reading may take: so many, and so many more for each byte of a file. So may planning."""

LONGEST = 3000
"""Characters that one problem of a message may have."""

PLAN_EVERY = 10
"""Every so manieth case is planned too."""

_FORBIDDEN = (
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "pty.spawn",
    "socket.connect", "socket.bind", "socket.getaddrinfo", "os.remove", "os.rename", "os.rmdir", "os.link", "os.symlink",
    "os.truncate",
    "shutil.", "ctypes.dlopen", "urllib.Request", "code.__new__", "os.putenv", "os.chmod",
)  # fmt: skip
_MEMORY = "/dev/shm"  # noqa: S108
_OPENING = ("open", "os.listdir", "os.scandir")


class ReadingError(AssertionError):
    """A reader did what none may do."""


class _TooLong(BaseException):  # no reader may catch it
    """The time of one reading is over."""


class _Watch:
    """What is opened and done while a reader reads."""

    def __init__(self) -> None:
        self.folder: str | None = None
        self.seen: list[str] = []

    def hook(self, event: str, arguments: tuple[object, ...]) -> None:
        """Take note of what an audit event says, if somebody reads."""
        if self.folder is None:
            return
        if event.startswith(_FORBIDDEN):
            self.seen.append(f"{event} {arguments!r:.200}")
        elif event in _OPENING and arguments and isinstance(arguments[0], str | bytes | os.PathLike):
            folder, self.folder = self.folder, None
            try:
                real = os.path.realpath(os.fsdecode(arguments[0]))
                writes = event == "open" and re.search(r"[wax+]", str(arguments[1] or ""))
                inside = real == folder or real.startswith(f"{folder}/")
                if (writes or not inside) and not _is_of_python(real):
                    self.seen.append(f"{event} {real}")
            finally:
                self.folder = folder


def _is_of_python(real: str) -> bool:
    """True for what the import of a module opens: a module may be imported when it is first needed."""
    if "site-packages" in real or "__pycache__" in real:
        return True
    return any(real.startswith(os.path.realpath(folder)) for folder in sys.path if folder)


_WATCH: list[_Watch] = []


@contextmanager
def watched(folder: Path) -> Iterator[_Watch]:
    """Watch what happens; an audit hook stays for ever, so that there is one."""
    if not _WATCH:
        _WATCH.append(_Watch())
        sys.addaudithook(_WATCH[0].hook)
    watch = _WATCH[0]
    watch.seen, watch.folder = [], os.path.realpath(folder)
    try:
        yield watch
    finally:
        watch.folder = None


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """End what takes three times as long."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, 3 * seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def run_readers(number: int, first: int, *, plan_every: int = PLAN_EVERY) -> Counter[tuple[str, str]]:
    """How the readers answered so many hostile files from `first` on, by kind. Raises ReadingError with the case's number.

    Each file is recognised, read as what it is taken for, and read as the kind that it was made from; of every `plan_every`th the
    checks are planned. It is demanded that
    there is a result, or an InputError that names the file, and a line of it if it has a place; that a result can be written as a
    scenario file with the same data; that each takes no more than two seconds; that no file outside the folder is opened, nothing
    written, executed or connected to; and that no secret is in a message, a note, a scenario file or a planned check.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for case in range(first, first + number):
        one = hostile(case)
        try:
            counts += _answers(one, is_planned=case // 6 % plan_every == 0)
        except ReadingError as error:
            error.add_note(f"case {case}, {one.kind}: {'; '.join(one.how)}")
            raise
    return counts


def _answers(one: Hostile, *, is_planned: bool) -> Counter[tuple[str, str]]:
    with tempfile.TemporaryDirectory(dir=_MEMORY if Path(_MEMORY).is_dir() else None) as made:
        folder = Path(made) / "given"
        path = _written(one, folder)
        kind = kind_of(path, importers().values())
        counts = Counter([(one.kind, "asked"), (one.kind, _read(path, folder, None if kind is not None else one.kind))])
        counts[one.kind, "not recognised"] += kind is None
        if is_planned:
            counts[one.kind, "planned" if _planned(path, folder, one.kind) == "read" else "not planned"] += 1
    return counts


def _written(one: Hostile, folder: Path) -> Path:
    """The file, in its folder, with links that lead out of it to what nobody may read."""
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "secret").write_text(f"password {MARK}\n{MARK} smtp:{MARK}\nsecret = {MARK}\n", encoding="utf-8")
    for name, content in one.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    here = (folder / one.path).parent
    for name, to in (("link", outside / "secret"), ("linked", outside)):
        (here / name).symlink_to(to)
    os.mkfifo(here / "fifo")
    return folder / one.path


def _read(path: Path, folder: Path, kind: str | None) -> str:
    """How a reading ends: "read" or "refused"."""

    def reading() -> TomlSource:
        kind_of(path, importers().values())
        return source_of(path, importers(), kind)

    found = _under_watch(reading, path, folder)
    if not isinstance(found, TomlSource):
        return "refused"
    if isinstance(found, Imported):
        _require_round_trip(found)
        _require_places(folder, [*found.keys.values(), *found.values.values(), *(place for place, _ in found.left)])
        _require_no_secret("a note", *found.notes())
        _require_no_secret("the data", repr(found.data))
        _require_no_secret("the files that were read", *found.also_read)
    return "read"


def _planned(path: Path, folder: Path, kind: str) -> str:
    def planning() -> list[PlannedCheck]:
        return plan(path, kind)

    found = _under_watch(planning, path, folder)
    if not isinstance(found, list):
        return "refused"
    for one in found:
        _require_no_secret("a planned check", repr(one), *one.notes, *one.reads, *map(str, one.suspects))
        for variant in one.variants:
            _require_no_secret("a variant", repr(variant), *variant.notes)
    return "read"


def _under_watch(reading: Callable[[], object], path: Path, folder: Path) -> object:
    """What a reading gives, or the InputError that it ends with. Raises ReadingError for whatever else happens."""
    limit = LIMIT + PER_BYTE * path.stat().st_size
    begun = time.process_time()
    with watched(folder) as watch:
        try:
            with limited(limit):
                found = reading()
        except InputError as refused:
            found = refused
        except _TooLong as error:
            raise ReadingError(f"takes more than {3 * limit:.0f} s") from error
        except Exception as error:
            raise ReadingError(f"{type(error).__name__}: {error!s:.500}") from error
    took = time.process_time() - begun
    if watch.seen:
        raise ReadingError(f"does what no reader may: {watch.seen[:3]}")
    if took > limit:
        raise ReadingError(f"takes {took:.1f} s")
    if isinstance(found, InputError):
        _require_message(found, path, folder)
    return found


def _require_message(refused: InputError, path: Path, folder: Path) -> None:
    said = str(refused)
    _require_no_secret("a message", said)
    if isinstance(refused, ScenarioError):
        problems = refused.problems
        _require_places(folder, [place for place, _ in problems if place is not None])
        if not problems or any(place is None for place, _ in problems):
            raise ReadingError(f"a problem without a place: {said:.300}")
        if any(len(message) > LONGEST for _, message in problems):
            raise ReadingError(f"a message of {max(len(message) for _, message in problems)} characters: {said:.300}")
    elif str(path) not in said or len(said) > LONGEST:
        raise ReadingError(f"a message that names no file, or is too long: {said:.300}")
    if any(not char.isprintable() and char != "\n" for char in said):
        raise ReadingError(f"a message with what cannot be seen: {said!r:.300}")


def _require_places(folder: Path, places: Iterable[Place]) -> None:
    """Each place is a line that is there, of a file in the folder."""
    lines: dict[str, int] = {}
    for place in places:
        if place.file not in lines:
            if not os.path.realpath(place.file).startswith(f"{os.path.realpath(folder)}/"):
                raise ReadingError(f"a place in a file that is not in the folder: {place.file}")
            lines[place.file] = Path(place.file).read_bytes().count(b"\n") + 1
        if not 1 <= place.line <= lines[place.file]:
            raise ReadingError(f"a place behind the end: {place}, of {lines[place.file]} lines")


def _require_round_trip(found: Imported) -> None:
    """The scenario file that stands for it says the same, and no secret."""
    text = as_toml(found)
    _require_no_secret("the scenario file", text)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReadingError(f"the scenario file is no TOML: {error}") from error
    if data != found.data:
        raise ReadingError("the scenario file says something else than the configuration file")


def _require_no_secret(where: str, *texts: str) -> None:
    for text in texts:
        if MARK in text:
            at = text.index(MARK)
            raise ReadingError(f"a secret in {where}: {text[max(0, at - 80) : at + 80]!r}")
