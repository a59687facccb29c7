"""How messages show what was found and what is allowed: values in quotes, choices, the nearest name, a place in a file."""

import difflib
import json
from collections.abc import Iterable, Mapping

from dialproof.core.errors import Place

Problem = tuple[Place | None, str]
"""One finding: its place (None where there is no text to point at) and the message."""

_LONGEST_SHOWN = 64  # bits; TOML integers need have no more
_LONGEST_COMPARED = 200  # characters; no name is longer, and the comparison takes quadratic time


def in_toml(value: object, limit: int = 60) -> str:
    """A value as TOML, shortened to some `limit` characters; tables and lists are only named."""
    match value:
        case str():
            short = value if len(value) <= limit else value[: limit - 1] + "…"
            return json.dumps(short, ensure_ascii=not short.isprintable())
        case bool():
            return "true" if value else "false"
        case int():  # a hexadecimal literal can be too long for Python to print in decimal
            return str(value) if value.bit_length() <= _LONGEST_SHOWN else f"an integer of {value.bit_length()} bits"
        case float():
            return repr(value)
        case Mapping() | list():
            return "a list" if isinstance(value, list) else "a table"
        case _:
            return f"a {type(value).__name__}"


def either(choices: Iterable[str], most: int = 16) -> str:
    """Choices as text, in the given order and not too many: `"a", "b" or "c"`; "nothing" where there is no choice."""
    *others, last = [in_toml(choice) for choice in choices] or ["nothing"]
    if len(others) >= most:
        return f"{', '.join(others[:most])} or another of {len(others) + 1}"
    return f"{', '.join(others)} or {last}" if others else last


def suggestion(found: object, choices: Iterable[str]) -> str:
    """`; did you mean "x"?` for the choice nearest to what was found, or nothing where none is near."""
    if not isinstance(found, str) or len(found) > _LONGEST_COMPARED:
        return ""
    by_lower = {choice.lower(): choice for choice in choices}
    near = difflib.get_close_matches(found.lower(), by_lower, n=1)
    return f"; did you mean {in_toml(by_lower[near[0]])}?" if near else ""


def not_utf_8(error: UnicodeDecodeError, file: str) -> Problem:
    """The place and the message for the first byte of a file's content that is no UTF-8."""
    content = error.object  # without a byte order mark, if there was one
    before = content[: error.start]
    line = before[before.rfind(b"\n") + 1 :].decode()
    place = Place(file, before.count(b"\n") + 1, len(line) + 1)
    return place, f"not UTF-8 (byte 0x{content[error.start]:02x}); save the file with the encoding UTF-8"
