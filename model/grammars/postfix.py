"""The files of Postfix: `main.cf`, `master.cf`, and lookup tables as text.

Grammar: `readlline.c` (logical lines: one that begins with white space goes on with the one before; comments and empty lines
between them are skipped), `split_nameval.c` (`name = value`; the last one of a name counts), `mac_expand.c` (`$name`),
`conv_time.c` (a number and a unit), master(5) (eight fields), transport(5) (a pattern and a result).
Left out: `${{a} == {b} ? {c} : {d}}`, which only a value that nothing here reads may have.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dialproof.core.errors import Place, ScenarioError

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_FIELDS = 8
_LONGEST = 2_000_000
_MOST_PIECES = 20_000
_DEEPEST = 20
_LONGEST_REFERENCE = 500
_REFERENCE = re.compile(r"\$(?:\$|(?P<bare>\w+)|\{(?P<braced>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}|\((?P<round>[^()]*)\))")
_CONDITIONAL = re.compile(
    r"(?P<name>\w+)(?:\?(?:\{(?P<then>[^{}]*)\}|(?P<bare>[^{}]*?)))?(?::(?:\{(?P<other>[^{}]*)\}|(?P<rest>[^{}]*)))?"
)


@dataclass(frozen=True)
class Logical:
    """A logical line, and the line of the file where it begins."""

    text: str
    line: int


@dataclass(frozen=True)
class Service:
    """A service of `master.cf`: what it is called, its type (inet, unix ...), and the program that it runs.

    `overrides` are the parameters that the program sees otherwise than `main.cf` says (`-o NAME=VALUE`).
    """

    name: str
    kind: str
    command: str
    line: int
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """A row of a lookup table: what it is for, and what it says."""

    pattern: str
    result: str
    line: int


def logical_lines(text: str) -> list[Logical]:
    """The logical lines of a file; a line that would go on with nothing is skipped, as Postfix does with a warning."""
    found: list[tuple[list[str], int]] = []
    for number, line in enumerate(text.split("\n"), 1):
        inside = line.strip()
        if not inside or inside.startswith("#"):
            continue
        if not line[0].isspace():
            found.append(([line], number))
        elif found:
            found[-1][0].append(line)
    return [Logical("".join(parts), number) for parts, number in found]


def parameters(text: str, file: str) -> dict[str, Logical]:
    """The parameters of a `main.cf` by name, each with its value. Raises ScenarioError at the first line that is none."""
    found: dict[str, Logical] = {}
    for one in logical_lines(text):
        name, equals, value = one.text.partition("=")
        if not equals or not name.strip() or len(name.split()) > 1:
            raise ScenarioError(((Place(file, one.line), "this is no line of main.cf; allowed: name = value"),))
        found.pop(name.strip(), None)
        found[name.strip()] = Logical(value.strip(), one.line)
    return found


def services(text: str, file: str) -> list[Service]:
    """The services of a `master.cf`. Raises ScenarioError at the first line with too few fields."""
    found = []
    for one in logical_lines(text):
        words = one.text.split()
        if len(words) < _FIELDS:
            said = f"this line of master.cf has {len(words)} fields; allowed: at least {_FIELDS}, the last is the command"
            raise ScenarioError(((Place(file, one.line), said),))
        found.append(Service(words[0], words[1], words[7], one.line, _overrides(words[8:])))
    return found


def _overrides(arguments: list[str]) -> tuple[str, ...]:
    """The names behind `-o`, which stand apart from it or not, in braces or not."""
    found = []
    for before, word in zip(["", *arguments], arguments, strict=False):
        if before == "-o" or (word.startswith("-o") and word != "-o"):
            found.append(word.removeprefix("-o").lstrip("{").partition("=")[0])
    return tuple(name for name in found if name)


def rows(text: str) -> list[Row]:
    """The rows of a lookup table as text; the first one of a pattern counts, and a row without a result is skipped."""
    found: dict[str, Row] = {}
    for one in logical_lines(text):
        pattern, *result = one.text.split(None, 1)
        if result:
            found.setdefault(pattern.lower(), Row(pattern.lower(), result[0].strip(), one.line))
    return list(found.values())


def seconds(text: str, unit: str = "s") -> int | None:
    """The time in seconds; a number without a unit counts in `unit`. None if it is no time."""
    match = re.fullmatch(r"([0-9]{1,9})([smhdw]?)", text.lower())
    return int(match[1]) * _SECONDS[match[2] or unit] if match else None


def in_words(time: int) -> str:
    """A time as `main.cf` has it, in the largest unit of which it is a whole number."""
    unit = next(unit for unit in ("w", "d", "h", "m", "s") if time % _SECONDS[unit] == 0) if time else "s"
    return f"{time // _SECONDS[unit]}{unit}"


def words(value: str) -> list[str]:
    """The words of a list, which commas or white space separate."""
    return [word for word in re.split(r"[,\s]+", value) if word]


class UnresolvedError(ValueError):
    """A value refers to what cannot be worked out: itself, a form that is not read, or more than fits."""


def expanded(value: str, known: Mapping[str, str]) -> str:
    """`value` with what `$name` stands for; a name that is not `known` stands for nothing. Raises UnresolvedError."""
    result, length = list[str](), 0
    for piece in _pieces(value, known, 0):
        length += len(piece)
        if length > _LONGEST or len(result) > _MOST_PIECES:
            raise UnresolvedError
        result.append(piece)
    return "".join(result)


def _pieces(value: str, known: Mapping[str, str], depth: int) -> Iterator[str]:
    """The pieces of `value`, one after the other, so that whoever takes them can stop."""
    if depth > _DEEPEST:
        raise UnresolvedError
    at = 0
    for reference in _REFERENCE.finditer(value):
        yield value[at : reference.start()]
        at = reference.end()
        inside = next((part for part in reference.groups() if part is not None), None)
        if inside is None:
            yield "$"
            continue
        match = _CONDITIONAL.fullmatch(inside) if len(inside) <= _LONGEST_REFERENCE else None
        if match is None:
            raise UnresolvedError
        own = known.get(match["name"], "")
        then, other = (match["then"] or match["bare"]), (match["other"] or match["rest"])
        if then is None and other is None:
            yield from _pieces(own, known, depth + 1)
        else:
            yield from _pieces((then if own else other) or "", known, depth + 1)
    yield value[at:]
