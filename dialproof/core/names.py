"""Names: what a variable, an action, a parameter, a value or an assumption may be called.

Names become symbols of SMT-LIB scripts and are joined into the names of the encoding's own parts. A name that is a word of the
language, or that holds a sign which the encodings use to join names, could stand for two things at once; it is refused here, so
that no encoding has to think of it. What a reader is shown (`says`) is free.
"""

import difflib
import re
from collections.abc import Iterable

from dialproof.core.errors import ModelError

_ALLOWED = re.compile(r"[A-Za-z0-9_#][A-Za-z0-9_#.,()/+=<>* -]*")

_WORDS = frozenset(
    {"true", "false", "and", "or", "not", "xor", "ite", "let", "forall", "exists", "match", "par", "as", "_", "distinct", "is"}
    | {
        "if",
        "iff",
        "implies",
        "div",
        "mod",
        "rem",
        "abs",
        "Bool",
        "Int",
        "Real",
        "Array",
        "String",
        "assert",
        "declare",
        "define",
    }
    | {"always", "eventually", "next", "until", "weak_until", "release", "once", "historically", "since", "yesterday"}
    | {f"{name}{on}" for name in ("eventually_within", "always_for", "once_within", "historically_for") for on in ("", "_on")}
    | {"check-sat", "set-logic", "BINARY", "DECIMAL", "HEXADECIMAL", "NUMERAL", "STRING"}
)

_BEGINNINGS = ("enabled(", "taken(", "dialproof")


_MOST_LISTED = 20


def nearest(name: object, known: Iterable[str]) -> str:
    """What to say behind "there is no such name": what there is, and which of these was meant, if one is near."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1) if isinstance(name, str) else []
    more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
    listed = f"there is {', '.join(names[:_MOST_LISTED])}{more}" if names else "there is none"
    return f"{listed}; did you mean {near[0]!r}?" if near else listed


def check_name(name: str, what: str) -> None:
    """Raise ModelError unless `name` can name `what`."""
    if not isinstance(name, str) or not _ALLOWED.fullmatch(name) or name in _WORDS or name.startswith(_BEGINNINGS):
        raise ModelError(
            f"{name!r} cannot name {what}: use ASCII letters, digits, spaces and . , ( ) / # + - * = < > _ only, begin with a "
            "letter, a digit, _ or #, and use no word of SMT-LIB or of the logic, nor a beginning of "
            f"{', '.join(_BEGINNINGS)}; what readers see can be anything: set `says`"
        )
