"""The options files of pppd: one word after the other, whatever the lines are.

Grammar: `getword` in pppd/options.c. White space ends a word, outside quotes; so does `#`, which begins a comment there. A single
or double quote begins a quoted part, also inside a word, and its like ends it; it may go on over line ends. A backslash
before a line end is left out with it; before another character it makes that one a part of the word, or is an escape as in C.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dialproof.core.errors import Place, ScenarioError

LONGEST = 1024
"""The most characters of a word; pppd leaves the rest out (MAXWORDLEN), and no option that is meant has so many."""

_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "s": " ", "t": "\t"}
_SPACE = " \t\n\r\f\v"


@dataclass(frozen=True)
class Word:
    """A word, the file and the line where it begins, and whether it is the first of its line."""

    text: str
    file: str
    line: int
    is_first: bool


def words(text: str, file: str) -> Iterator[Word]:
    """The words of a file, in order. Raises ScenarioError for a quotation that does not end, and for a word that is too long."""
    at, line, last = 0, 1, 0
    while at < len(text):
        char = text[at]
        if char == "#":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        elif char in _SPACE:
            line, at = line + (char == "\n"), at + 1
        elif text.startswith("\\\n", at):
            line, at = line + 1, at + 2
        else:
            begun = line
            word, at, line = _word(text, at, line, file)
            yield Word(word, file, begun, begun != last)
            last = line


def _word(text: str, at: int, line: int, file: str) -> tuple[str, int, int]:
    """The word at `at`, where it ends, and in which line."""
    parts: list[str] = []
    begun, quote, quoted_from = line, "", line
    while at < len(text):
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            part, at, line = _escape(text, at + 1, line)
            parts.append(part)
            continue
        if quote:
            if char == quote:
                quote, char = "", ""
        elif char in "'\"":
            quote, quoted_from, char = char, line, ""
        elif char in _SPACE or char == "#":
            break
        parts.append(char)
        line, at = line + (char == "\n"), at + 1
    if quote:
        raise ScenarioError(((Place(file, quoted_from), f"a quotation that {quote} begins here does not end"),))
    word = "".join(parts)
    if len(word) > LONGEST:
        raise ScenarioError(((Place(file, begun), f"a word of {len(word):,} characters begins here; allowed: {LONGEST:,}"),))
    return word, at, line


def _escape(text: str, at: int, line: int) -> tuple[str, int, int]:
    """What a backslash and the character at `at` stand for, where it ends, and in which line."""
    char = text[at]
    if char == "\n":
        return "", at + 1, line + 1
    for digits, most, base in (("01234567", 3, 8), ("0123456789abcdefABCDEF", 2, 16)):
        begin = at + (base == 16)  # noqa: PLR2004  # after the x
        if base == 16 and char != "x":  # noqa: PLR2004
            continue
        end = begin
        while end < len(text) and end - begin < most and text[end] in digits:
            end += 1
        if end > begin:
            return chr(int(text[begin:end], base)), end, line
    return _ESCAPES.get(char, char), at + 1, line
