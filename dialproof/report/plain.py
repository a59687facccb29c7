"""Text from scenarios and models made harmless to the eye: what cannot be seen is written out as an escape.

Each format escapes its own signs (`<`, `|`); this is about letters that no format may pass on as they are: control
characters, and marks that change the direction of the text around them, so that a title could be read as something else.
"""

_JOINERS = "\u200c\u200d"  # spelling in several scripts needs them, and they hide nothing


def plain(text: str) -> str:
    r"""`text` in one line, in which every invisible character is an escape such as `\u202e`."""
    return "".join(_shown(letter) for letter in " ".join(text.split()))


def _shown(letter: str) -> str:
    if letter.isprintable() or letter in _JOINERS:
        return letter
    return letter.encode("unicode_escape").decode("ascii")
