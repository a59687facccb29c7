"""A TOML file as plain data that still knows where each key and each value stands.

An error message is only as good as its line number, and no TOML parser in the standard library keeps positions.
So the text is read twice: `tomllib` (TOML 1.0) decides what it means and whether it is TOML at all, a syntax tree of
the same text gives the places. Where the two should ever differ, a place falls back to the nearest enclosing one.
"""

import ast
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from dialproof.core.errors import Place, ScenarioError
from dialproof.core.messages import Problem, in_toml, not_utf_8, suggestion

KeyPath = tuple[str | int, ...]
"""Where a value is in the data: `("email_domain", 2, "link")`; lists count from 0."""

_SYNTAX = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)
_LONGEST_KEY = 60  # characters of a key that are shown
_DEEPEST_SHOWN = 16  # keys of a path that are shown
_HINTS = {
    "Invalid statement": 'a line is key = value, [table], [[list of tables]] or # comment; keys like "ä b" need quotes',
    "Invalid value": 'a value is "text" in quotes, a number, true or false, a [list] or a {table}',
}


@dataclass(frozen=True, eq=False)
class TomlSource:
    """A TOML text, its data, and the place of each key and value in it.

    `data` is what `tomllib` returns. `keys` holds the place of each key; for an element of an array of tables, that of
    the key in its `[[header]]`. `values` holds the place of each value written out; the value of a table with a
    header of its own is placed at its key there. A value over several lines is as long as its first line.
    """

    file: str
    text: str
    data: Mapping[str, Any]
    keys: Mapping[KeyPath, Place]
    values: Mapping[KeyPath, Place]

    def key_place(self, path: KeyPath) -> Place:
        """The place of a key, or of the nearest table around it that is written out; the whole file is line 1."""
        return self._nearest(path, self.keys, self.values)

    def value_place(self, path: KeyPath) -> Place:
        """The place of a value, or (for one that is missing) of the nearest table around it."""
        return self._nearest(path, self.values, self.keys)

    def _nearest(self, path: KeyPath, *maps: Mapping[KeyPath, Place]) -> Place:
        for end in range(len(path), 0, -1):
            for places in maps:
                if path[:end] in places:
                    return places[path[:end]]
        return Place(self.file, 1)

    def error(self, problems: Iterable[Problem]) -> ScenarioError:
        """All findings about this file as one error, in the order of their lines."""
        return _error(problems, self.text)


def read(path: str | Path) -> TomlSource:
    """Read the TOML file at `path`; see `parse`.

    Raises:
        ScenarioError: there is no such file, it is a directory, cannot be read or is not UTF-8; or as in `parse`.
    """
    file = str(path)
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError:
        raise _error([(None, f"{file}: no such file{_near_files(Path(path))}")]) from None
    except IsADirectoryError:
        raise _error([(None, f"{file}: is a directory; name a file in it")]) from None
    except (OSError, ValueError) as problem:  # ValueError: a null character in the name
        raise _error([(None, f"{file}: cannot be read: {getattr(problem, 'strerror', None) or problem}")]) from None
    try:
        # Editors on Windows put a byte order mark in front; it says nothing.
        return parse(content.decode("utf-8-sig"), file)
    except UnicodeDecodeError as problem:
        raise _error([not_utf_8(problem, file)]) from None


def parse(text: str, file: str) -> TomlSource:
    """Read TOML from `text`; `file` is its name in messages.

    Raises:
        ScenarioError: `text` is empty or no TOML; says line and column, and for a key given twice both lines.
    """
    text = text.replace("\r\n", "\n")
    try:
        text.encode()
        data = tomllib.loads(text)
    except UnicodeEncodeError as problem:  # half a character: no file holds one, but a string in Python can
        place = _place_at(problem.start, text, file)
        raise _error([(place, "broken TOML: a lone surrogate, which is no character")], text) from None
    except tomllib.TOMLDecodeError as problem:
        raise _error([_syntax_problem(str(problem), text, file)], text) from None
    except RecursionError:
        raise _error([(Place(file, 1), "tables or lists are nested too deeply")], text) from None
    except ValueError:  # Python refuses to convert integers of more than some thousand digits
        found = re.search(r"\d(?:_?\d){4000,}", text)
        place = _place_at(found.start() if found else 0, text, file)
        raise _error([(place, "broken TOML: a number of thousands of digits")], text) from None
    if not data:
        raise _error([(Place(file, 1), "the file is empty: it holds no keys")], text)
    places = _Places(text, file)
    return TomlSource(file, text, data, places.keys, places.values)


def notation(path: KeyPath) -> str:
    """A key path as one would write it, shortened if it is long: `email_domain[2].link`, `links."my isp".kind`."""
    if len(path) > _DEEPEST_SHOWN:
        return f"{notation(path[:_DEEPEST_SHOWN])}…"
    parts = [f"[{part}]" if isinstance(part, int) else f".{bare_or_quoted(part)}" for part in path]
    return "".join(parts).removeprefix(".") or "the file"


def bare_or_quoted(name: str) -> str:
    """A single key as it is written in TOML, shortened if it is long: `modem`, `"my modem"`."""
    return name if re.fullmatch(rf"[A-Za-z0-9_-]{{1,{_LONGEST_KEY}}}", name) else in_toml(name)


# -- where it stands, out of the syntax tree ------------------------------------------------------------------------


class _Places:
    """The place of each key and value of a TOML text; filled once, when it is made.

    `repeated` lists keys that are given more than once (first place, second place): no TOML, but best explained here.
    """

    def __init__(self, text: str, file: str) -> None:
        self.keys: dict[KeyPath, Place] = {}
        self.values: dict[KeyPath, Place] = {}
        self.repeated: list[tuple[KeyPath, Place, Place]] = []
        self._file = file
        content = text.encode()
        self._lines = content.split(b"\n")
        self._elements: dict[KeyPath, int] = {}  # how many [[headers]] of each array of tables came so far
        for node in Parser(Language(tree_sitter_toml.language())).parse(content).root_node.named_children:
            if node.type == "pair":
                self._pairs((), [node])
            elif node.type in {"table", "table_array_element"} and (parts := _content(node)):
                table = self._header(parts[0], is_element=node.type == "table_array_element")
                self._pairs(table, [part for part in parts if part.type == "pair"])

    def _header(self, key: Node, *, is_element: bool) -> KeyPath:
        path: KeyPath = ()
        nodes = _key_parts(key)
        for number, node in enumerate(nodes, 1):
            path, place = (*path, _key_text(node)), self._place(node)
            self.keys.setdefault(path, place)
            if number == len(nodes):
                if is_element:
                    self.values.setdefault(path, place)
                    self._elements[path] = self._elements.get(path, 0) + 1
                    self.keys[(*path, self._elements[path] - 1)] = place
                elif path not in self._elements:
                    self._value(path, place)
            if path in self._elements:  # a header below an array of tables belongs to its last element
                path = (*path, self._elements[path] - 1)
        self.values.setdefault(path, self.keys[path])
        return path

    def _pairs(self, table: KeyPath, pairs: list[Node]) -> None:
        todo: list[tuple[KeyPath, Node]] = [(table, pair) for pair in reversed(pairs)]
        while todo:  # a stack of our own: the nesting of the text must not be limited by Python's
            path, node = todo.pop()
            parts = _content(node)
            if node.type == "pair":
                key, value = parts[0], parts[-1]  # the same node where the tree could not make sense of the text
                for part in _key_parts(key):
                    path = (*path, _key_text(part))
                    self.keys.setdefault(path, self._place(part))
                self._value(path, self._place(value), self._place(key))
                todo.append((path, value))
            elif node.type == "inline_table":
                todo.extend((path, part) for part in reversed(parts))
            elif node.type == "array":
                elements = [((*path, number), part) for number, part in enumerate(parts)]
                self.values.update((where, self._place(part)) for where, part in elements)
                todo.extend(reversed(elements))

    def _value(self, path: KeyPath, place: Place, key: Place | None = None) -> None:
        if path in self.values:
            self.repeated.append((path, self.keys[path], key or place))
        self.values.setdefault(path, place)

    def _place(self, node: Node) -> Place:
        (row, start), (last_row, end) = node.start_point, node.end_point
        line = self._lines[row]
        stop = end if last_row == row else len(line)
        if not line.isascii():  # the tree counts bytes, people count characters
            start, stop = (len(line[:at].decode("utf-8", "replace")) for at in (start, stop))
        return Place(self._file, row + 1, start + 1, max(1, stop - start))


def _content(node: Node) -> list[Node]:
    return [child for child in node.named_children if child.type != "comment" and not child.is_error]


def _key_parts(key: Node) -> list[Node]:
    parts: list[Node] = []
    while key.type == "dotted_key" and (inner := _content(key)):  # a.b.c is ((a.b).c)
        key = inner[0]
        parts.extend(inner[:0:-1])
    return [key, *reversed(parts)]


def _key_text(node: Node) -> str:
    text = (node.text or b"").decode("utf-8", "replace")
    if node.type != "quoted_key":
        return text
    try:
        return next(iter(tomllib.loads(f"{text} = 0")))
    except tomllib.TOMLDecodeError:
        return text


# -- small helps ----------------------------------------------------------------------------------------------------


def _error(problems: Iterable[Problem], text: str = "") -> ScenarioError:
    def position(problem: Problem) -> tuple[int, int]:
        return (problem[0].line, problem[0].column) if problem[0] else (0, 0)

    # What Python takes for line ends or a terminal for commands must not disturb the lines shown.
    shown = "".join(char if char.isprintable() or char in "\n\t" else " " for char in text)
    return ScenarioError(tuple(sorted(problems, key=position)), shown)


def _place_at(position: int, text: str, file: str) -> Place:
    """The place of the character at `position` of `text`, counted from 0."""
    return Place(file, text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position))


def _syntax_problem(message: str, text: str, file: str) -> Problem:
    """The place and the message for what tomllib could not read."""
    match = _SYNTAX.fullmatch(message)
    what = re.sub(r"\('.*',?\)", lambda names: f"`{notation(ast.literal_eval(names[0]))}`", match["what"] if match else message)
    if what.startswith(("Cannot", "Duplicate")) and (repeated := _Places(text, file).repeated):
        path, first, second = repeated[0]
        return second, f"broken TOML: `{notation(path)}` is given a second time; the first is in line {first.line}"
    if match and match["line"]:
        place = Place(file, int(match["line"]), int(match["column"]))
    else:
        lines = text.rstrip("\n").split("\n")
        place = Place(file, len(lines), len(lines[-1]) + 1)
    hint = f"; {_HINTS[what]}" if what in _HINTS else ""
    return place, f"broken TOML: {what[:1].lower()}{what[1:]}{hint}"


def _near_files(path: Path) -> str:
    try:
        names = sorted(entry.name for entry in path.parent.iterdir() if entry.is_file())
    except OSError:
        return ""
    return suggestion(path.name, names)
