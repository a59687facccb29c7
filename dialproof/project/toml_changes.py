"""Settings of a TOML text changed in place: the rest of the text stays as it was written, comments and lines included.

The text is edited at the places that `toml_source` knows, and read again: what came out must be exactly the old data with
the new value in it. So a spelling of TOML that the edit does not understand is refused, never changed wrongly.
"""

import copy
import json
import re
from collections.abc import Mapping
from typing import Any

from dialproof.core.errors import InputError, Place, ScenarioError
from dialproof.core.messages import in_toml
from dialproof.project import toml_source
from dialproof.project.toml_source import KeyPath, TomlSource, bare_or_quoted, notation

Setting = str | bool | float | None
"""A new value; None takes the key (or the table, or the entry of a list) away."""

_PART = re.compile(r"""(?P<bare>[A-Za-z0-9_-]+)|"(?P<quoted>(?:[^"\\]|\\.)*)"|'(?P<literal>[^']*)'|\[(?P<number>[0-9]{1,9})\]""")


def changed(source: TomlSource, settings: Mapping[str, Setting]) -> TomlSource:
    """`source` with each of `settings`: a key as messages write it (`connector.build`, `email_domain[0].link`), and its value.

    A key that is not there is added, with its table; `email_domain[1].domain` adds an entry where there was one (they count
    from 0). Later settings see what earlier ones did. Raises InputError for a key or a value that cannot be one, and
    ScenarioError, with its place, for a key whose value is written in a way that cannot be changed here.
    """
    for key, value in settings.items():
        path = key_path(key)
        if not isinstance(value, str | bool | int | float | None):
            raise InputError(f"`{key}` cannot be {value!r}: a setting is text, true or false, a number, or None to leave it out")
        if isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise InputError(f"`{key}` cannot be {value!r}: a lone surrogate is no character")
        source = _with_one(source, path, value)
    return source


def key_path(key: str) -> KeyPath:
    """The path that `key` stands for: `links."my isp".kind` is ("links", "my isp", "kind"). Raises InputError."""
    path: list[str | int] = []
    at = 0
    while at < len(key):
        if path and key[at] == ".":
            at += 1
        found = _PART.match(key, at)
        is_number = found is not None and found["number"] is not None
        if found is None or is_number != (key[at] == "[" and bool(path)) or (path and not is_number and key[at - 1] != "."):
            break
        path.append(int(found["number"]) if is_number else _name(found))
        at = found.end()
    if at < len(key) or not path or key.endswith("."):
        raise InputError(
            f'`{key}` is no key of a TOML file; keys are written like connector.build, email_domain[0].link, links."my isp".kind'
        )
    return tuple(path)


def literal(value: str | bool | float) -> str:
    """`value` as TOML writes it."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)  # also inf and nan, which TOML calls the same


def _name(found: re.Match[str]) -> str:
    if found["quoted"] is not None:
        try:
            return str(json.loads(f'"{found["quoted"]}"', strict=False))
        except ValueError:
            return found["quoted"]
    return found["bare"] if found["bare"] is not None else found["literal"]


def _with_one(source: TomlSource, path: KeyPath, value: Setting) -> TomlSource:
    expected = copy.deepcopy(dict(source.data))
    is_there = _put(source, expected, path, value)
    lines = source.text.split("\n")
    if value is None:
        _take_out(source, lines, path)
    elif is_there:
        _replace(lines, source.value_place(path), literal(value))
    else:
        _add(source, lines, path, literal(value))
    try:
        after = toml_source.parse("\n".join(lines), source.file)
    except ScenarioError:
        after = None
    if after is None or not _same(after.data, expected):
        how = "its value goes over several lines, or it stands in a table in braces"
        message = f"`{notation(path)}` cannot be changed from outside, as it is written here ({how}); change the file itself"
        raise source.error([(source.key_place(path), message)])
    return after


def _put(source: TomlSource, data: Any, path: KeyPath, value: Setting) -> bool:
    """Carry the change out on the data; returns whether there was such a key. Raises ScenarioError where there cannot be one."""
    *outer, last = path
    for number, part in enumerate(outer):
        here = path[: number + 1]
        if isinstance(part, str) and isinstance(data, dict):
            data = data.setdefault(part, [] if isinstance(path[number + 1], int) else {})
        else:
            data = _entry(source, data, here, adds=value is not None)
    if isinstance(last, str) and isinstance(data, dict):
        is_there = last in data
        if value is None:
            if not is_there:
                raise _refused(source, path, f"there is no `{notation(path)}` to leave out")
            del data[last]
        elif is_there and isinstance(data[last], dict | list):
            raise _refused(source, path, f"`{notation(path)}` is {in_toml(data[last])}; name a single value in it")
        else:
            data[last] = value
        return is_there
    _entry(source, data, path, adds=False)
    if value is not None:
        raise _refused(source, path, f"`{notation(path)}` is an entry of a list; name a key in it, or None to leave it out")
    del data[last]
    return True


def _entry(source: TomlSource, data: Any, path: KeyPath, *, adds: bool) -> Any:
    """The entry of a list at `path`; with `adds`, a new one where it is the next."""
    number = path[-1]
    if not isinstance(number, int) or not isinstance(data, list):
        hint = f"; its entries are `{notation((*path[:-1], 0))}` and so on" if isinstance(data, list) else ""
        message = f"`{notation(path[:-1])}` is {in_toml(data)}; there is no `{notation(path)}` in it{hint}"
        raise _refused(source, path[:-1], message)
    if adds and number == len(data):
        data.append({})
    if number >= len(data):
        raise _refused(source, path, f"there is no `{notation(path)}`: the list has {len(data)}, counted from 0")
    return data[number]


def _refused(source: TomlSource, path: KeyPath, message: str) -> ScenarioError:
    return source.error([(source.key_place(path), message)])


def _replace(lines: list[str], place: Place, text: str) -> None:
    line = lines[place.line - 1]
    start = place.column - 1
    lines[place.line - 1] = f"{line[:start]}{text}{line[start + place.length :]}"


def _add(source: TomlSource, lines: list[str], path: KeyPath, text: str) -> None:
    """Below the header of its table, or with a header of its own at the end; a key without a table comes first."""
    *table, key = path
    assert isinstance(key, str)
    line = f"{bare_or_quoted(key)} = {text}"
    header = tuple(table)
    if not header:
        lines.insert(0, line)
    elif header in source.keys:
        lines.insert(source.keys[header].line, line)
    else:
        is_entry = isinstance(header[-1], int)
        name = notation(tuple(part for part in header if isinstance(part, str)))
        lines += ["", f"[[{name}]]" if is_entry else f"[{name}]", line, ""]


def _take_out(source: TomlSource, lines: list[str], path: KeyPath) -> None:
    """Empty the lines of what is left out; they stay as empty lines, so that all others keep their numbers."""
    first = source.key_place(path).line - 1
    last = first
    if lines[first].lstrip().startswith("["):  # a table: up to the next header that is not one of its own
        within = {place.line - 1 for key, place in source.keys.items() if key[: len(path)] == path}
        last = next(
            (at - 1 for at in range(first + 1, len(lines)) if lines[at].lstrip().startswith("[") and at not in within),
            len(lines) - 1,
        )
    lines[first : last + 1] = [""] * (last + 1 - first)


def _same(one: Any, other: Any) -> bool:
    """Whether the data are equal, where true is no 1, and 1 is no 1.0; what is left empty counts as gone."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        one, other = _without_empty(one), _without_empty(other)
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and repr(one) == repr(other)  # what is no number is equal to nothing, not even to itself


def _without_empty(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if value not in ({}, [])}
