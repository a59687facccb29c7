"""Text that came from outside, made harmless to whoever reads it: what cannot be seen is written out as an escape.

A title, a name or a path may hold control characters, which a terminal obeys instead of showing, and marks that change the
direction of the text around them, so that it reads as something else (Boucher and Anderson, "Trojan Source", 2021). This is
the one place that says which characters those are.
"""

import unicodedata

_JOINERS = "\u200c\u200d"  # spelling in several scripts needs them, and they hide nothing
_LAYOUT = "\n\t"


def visible(text: str) -> str:
    r"""`text` in which every invisible character is an escape such as `\x1b` or `\u202e`; line breaks and tabs stay."""
    if text.isprintable():
        return text
    return "".join(letter if letter in _LAYOUT else _shown(letter) for letter in text)


def in_one_line(text: str) -> str:
    r"""The same, with line breaks and tabs as escapes too: for a name or a path, which must not look like several lines."""
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(letter: str) -> str:
    if letter.isprintable() or letter in _JOINERS or unicodedata.category(letter) == "Zs":
        return letter
    return letter.encode("unicode_escape").decode("ascii")
