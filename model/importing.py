"""Configuration files that people have, as scenarios: what a file says becomes the data of a scenario, each key with its line.

An importer reads one kind of file. It decides nothing: it gives the same data that a scenario file of the product would, with the
place in the configuration of each key, so that every message, verdict and reason leads back to the line. What the product's
scenarios do not have is listed, with its place, and never silently dropped. Nothing in a file is executed or fetched; other files
are read only from the same folder.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dialproof.core.errors import InputError, Place, ScenarioError
from dialproof.core.messages import either, in_toml, suggestion
from dialproof.core.visible import in_one_line
from dialproof.project import toml_source
from dialproof.project.toml_source import KeyPath, TomlSource

LARGEST = 2_000_000
"""The size of the largest file that is read, in bytes."""


@dataclass(frozen=True, eq=False)
class Imported(TomlSource):
    """A configuration file as the data of a scenario.

    `left` are the lines that say nothing to the model, each with what stands there. `assumed` is what the file does not say and
    the scenario does. `also_read` are other files that were read, as paths from the folder of this one.
    """

    left: tuple[tuple[Place, str], ...] = ()
    assumed: tuple[str, ...] = ()
    also_read: tuple[str, ...] = ()

    def notes(self) -> list[str]:
        """What a reader must know of every check of this file."""
        return [*self.assumed, *([f"not modelled: {folded(self.left, self.file)}"] if self.left else [])]


@dataclass(frozen=True)
class Importer:
    """How files of one kind are read: `name` is what `--as` calls them, and `says` what they are.

    `recognises` says from the name and the text of a file if it is one; `read` reads it, and raises ScenarioError with the place.
    """

    name: str
    says: str
    recognises: Callable[[Path, str], bool]
    read: Callable[[Path, str], Imported]


def folded(left: Sequence[tuple[Place, str]], file: str) -> str:
    """What is said at which lines, each thing once: "sticky (lines 4, 9), proto (line 5)"; another file than `file` is named."""
    lines: dict[tuple[str, str], list[int]] = {}
    for place, what in left:
        lines.setdefault((place.file, what), []).append(place.line)
    return ", ".join(
        f"{what} (line{'s' * (len(at) > 1)} {', '.join(map(str, at))}{_of_file(other, file)})"
        for (other, what), at in lines.items()
    )


def _of_file(other: str, file: str) -> str:
    return "" if other == file else f" of {Path(other).name}"


def require_kind(kind: str, importers: Collection[str]) -> None:
    """Raise InputError unless files of this kind are read."""
    if kind not in importers:
        known = sorted(importers)
        raise InputError(f"there are no files of kind {in_toml(kind)}; allowed: {either(known)}{suggestion(kind, known)}")


def kind_of(path: Path, importers: Iterable[Importer]) -> Importer | None:
    """What kind of configuration file that is, by its content; None if it is no such file, or cannot be read."""
    if path.suffix == ".toml":
        return None
    try:
        if path.stat().st_size > LARGEST:
            return None
        text = _decoded(path.read_bytes())
    except OSError:
        return None
    return next((one for one in importers if one.recognises(path, text)), None)


def source_of(path: str | Path, importers: Mapping[str, Importer], kind: str | None = None) -> TomlSource:
    """The scenario file at `path`, or the configuration file there as a scenario; `kind` says what it is, whatever is in it.

    Raises ScenarioError with the place of what is wrong, InputError for a file of which nobody knows what it is.
    """
    path = Path(path)
    if kind is None and path.suffix == ".toml":
        return toml_source.read(path)
    if kind is not None:
        require_kind(kind, importers)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError:
        return toml_source.read(path)  # says what is wrong with it
    if len(content) > LARGEST:
        raise InputError(f"{path}: more than {LARGEST:,} bytes; a configuration file has at most {LARGEST:,}")
    text = _decoded(content)
    if kind is not None:
        return importers[kind].read(path, text)
    recognised = [one for one in importers.values() if one.recognises(path, text)]
    if not recognised:
        if not importers:
            return toml_source.read(path)
        kinds = ", ".join(f"{one.name} ({one.says})" for one in importers.values())
        raise InputError(
            f"{path}: no scenario (NAME.toml), and no configuration file of a kind that is recognised; say what it is with "
            f"--as KIND: {kinds}"
        )
    return recognised[0].read(path, text)


def _decoded(content: bytes) -> str:
    """The text of a file: UTF-8, or what every byte is some character of; comments on routers are written in anything."""
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return content.decode("latin-1").replace("\r\n", "\n")


def beside(path: Path, name: str) -> str | None:
    """The text of the file `name` below the folder of `path`; None if there is none that can be read. No link is followed.

    `name` is a path from that folder; one that leads out of it names no file.
    """
    parts = Path(name).parts
    if not parts or Path(name).is_absolute() or ".." in parts:
        return None
    other = path.parent
    try:
        for part in parts:
            other = other / part
            if other.is_symlink():
                return None
        if not other.is_file() or other.stat().st_size > LARGEST:
            return None
        return _decoded(other.read_bytes())
    except (OSError, ValueError):  # ValueError: a null character in the name
        return None


class Placing:
    """The data of a scenario while an importer fills it, each key with the line that it comes from."""

    def __init__(self, path: Path) -> None:
        self.file = str(path)
        self.data: dict[str, Any] = {}
        self._places: dict[KeyPath, Place] = {}
        self._left: list[tuple[Place, str]] = []
        self.assumed: list[str] = []
        self.also_read: list[str] = []

    def put(self, path: KeyPath, value: object, line: int, file: str | None = None) -> None:
        """Say that the key at `path` has this value, because of this line, of this `file` (None: the one that is imported)."""
        table: Any = self.data
        for part in path[:-1]:
            table = table[part] if isinstance(part, int) else table.setdefault(part, {})
        table[path[-1]] = value
        place = Place(file or self.file, line)
        self._places[path] = place
        if isinstance(value, list):
            self._places.update({(*path, at): place for at in range(len(value))})

    def head(self, title: str, product: str) -> None:
        """What a scenario begins with; no line of the file says it."""
        self.data |= {"format": 1, "title": title, "connector": {"product": product}}

    def add(self, key: str, value: dict[str, Any], line: int, file: str | None = None) -> None:
        """Add an element to the array of tables `key`, because of this line, of another `file` if it is given."""
        elements = self.data.setdefault(key, [])
        self._places[key, len(elements)] = Place(file or self.file, line)
        self._places.setdefault((key,), Place(file or self.file, line))
        elements.append(value)

    def place(self, path: KeyPath, line: int, file: str | None = None) -> None:
        """Say that what is at `path` comes from this line, of another `file` if it is given."""
        self._places[path] = Place(file or self.file, line)

    def place_of(self, path: KeyPath) -> Place:
        """Where what is at `path` comes from; the first line of the file if nobody knows."""
        return self._places.get(path, Place(self.file, 1))

    def line_of(self, path: KeyPath) -> int:
        """The line that what is at `path` comes from; 1 if none is known."""
        return self.place_of(path).line

    def leave(self, line: int, what: str, file: str | None = None) -> None:
        """Say that a line, of this `file` (None: the one that is imported), says nothing to the model."""
        self._left.append((Place(file or self.file, line), what))

    def error(self, line: int, message: str, file: str | None = None) -> ScenarioError:
        """An error at a line, of another `file` if it is given."""
        return ScenarioError(((Place(file or self.file, line), message),))  # without the line itself: it may hold a secret

    def imported(self) -> Imported:
        """All of it."""
        # Without the text of the file: a message shows the line that it is about, which may hold a secret.
        left = tuple(sorted(self._left, key=lambda one: (one[0].file != self.file, one[0].file, one[0].line)))
        return Imported(self.file, "", self.data, self._places, self._places, left, tuple(self.assumed), tuple(self.also_read))


def as_toml(source: Imported) -> str:
    """The scenario as the text of a file, with comments that lead back to the lines of the configuration."""
    lines = [f"# Made of {in_one_line(Path(source.file).name)} by `dialproof import`; `line N` is the line there.", ""]
    lines += [f"# {in_one_line(one)}" for one in source.notes()]
    lines += [""] if source.notes() else []
    tables: list[tuple[KeyPath, Mapping[str, Any], bool]] = [((), source.data, False)]
    while tables:
        path, table, is_element = tables.pop(0)
        inner: list[tuple[KeyPath, Mapping[str, Any], bool]] = []
        plain: list[str] = []
        for key, value in table.items():
            here = (*path, key)
            if isinstance(value, Mapping):
                inner.append((here, value, False))
            elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
                inner += [((*here, at), one, True) for at, one in enumerate(value)]
            else:
                plain.append(f"{_key(key)} = {_value(value)}{_origin(source, here)}")
        if path and (plain or not inner):
            name = ".".join(_key(part) for part in path if isinstance(part, str))
            lines += ["", f"{'[[' if is_element else '['}{name}{']]' if is_element else ']'}{_origin(source, path)}"]
        lines += plain
        tables = inner + tables
    return "\n".join(lines).replace("\n\n\n", "\n\n").strip() + "\n"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _origin(source: Imported, path: KeyPath) -> str:
    place = source.keys.get(path)
    return f"  # line {place.line}" if place is not None and place.file == source.file else ""


def _value(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return _text(value) if isinstance(value, str) else in_toml(value)


def _text(value: str) -> str:
    """A text as TOML has it, with escapes for what cannot be seen."""
    plain = value.replace("\\", "\\\\").replace('"', '\\"')
    shown = (one if one.isprintable() else "\\U" + f"{ord(one):08x}" for one in plain)
    return f'"{"".join(shown)}"'
