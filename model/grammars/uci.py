"""UCI, the configuration files of OpenWrt: sections of a type, with options and lists.

Grammar: libuci's `file.c`. A word is bare, or in single or double quotes, or made of several such pieces; a backslash keeps the
next character, outside single quotes; a quoted word may go on over a line end; `#` begins a comment where a word could begin.
`package` names what the file is for, `config TYPE [NAME]` begins a section, `option KEY VALUE` and `list KEY VALUE` belong to it.
A section that is named again goes on; an option that is given again replaces the one before, and a list's values add up.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dialproof.core.errors import Place, ScenarioError

_MOST = 2000
"""Sections that a file may have; no router has so many, and what is compared with each other takes the square of it."""

_KEY = re.compile(r"[A-Za-z0-9_.-]+")

_WORDS_OF = {"package": (1, 1), "config": (1, 2), "option": (2, 2), "list": (2, 2)}


@dataclass(frozen=True)
class Word:
    """A word, and the line where it begins."""

    text: str
    line: int


@dataclass
class Section:
    """A section: its type and name ("" if it has none), and the values of its keys with their lines, in the order of the file."""

    kind: str
    name: str
    line: int
    options: dict[str, Word] = field(default_factory=dict)
    lists: dict[str, list[Word]] = field(default_factory=dict)

    @property
    def keys(self) -> dict[str, int]:
        """Each key with the line where it stands first."""
        return {
            **{key: words[0].line for key, words in self.lists.items()},
            **{key: word.line for key, word in self.options.items()},
        }


def sections(text: str, file: str) -> list[Section]:
    """The sections of a file, in order. Raises ScenarioError that points at the first line that is none of UCI."""
    found: dict[int, Section] = {}
    named: dict[str, int] = {}
    last = Section("", "", 0)
    for number, words in enumerate(_commands(text, file)):
        command, *rest = words
        place = Place(file, command.line)
        if command.text not in _WORDS_OF:
            raise ScenarioError(((place, f"this begins no line of UCI; allowed: {', '.join(_WORDS_OF)}"),))
        least, most = _WORDS_OF[command.text]
        if not least <= len(rest) <= most:
            allowed = f"{least}" if least == most else f"{least} or {most}"
            raise ScenarioError(((place, f"`{command.text}` with {len(rest)} words; allowed: {allowed}"),))
        match command.text:
            case "package":
                continue
            case "config":
                kind, name = rest[0].text, rest[1].text if len(rest) > 1 else ""
                begun = found.pop(named[name]) if name in named and found[named[name]].kind == kind else None
                if begun is None and len(found) >= _MOST:
                    raise ScenarioError(((place, f"more than {_MOST:,} sections"),))
                if any(not sign.isprintable() for sign in kind + name):
                    raise ScenarioError(((place, "a type or a name with a line end or a control character in it"),))
                last = begun or Section(kind, name, command.line)
                found[number] = last
                if name:
                    named[name] = number
            case _ if not found:
                raise ScenarioError(((place, f"`{command.text}` before the first `config`: it belongs to no section"),))
            case _ if not _KEY.fullmatch(rest[0].text):
                raise ScenarioError(
                    ((place, f"`{command.text}`: a name with other signs than letters, digits, `_`, `-` and `.`"),)
                )
            case "option":
                last.lists.pop(rest[0].text, None)
                last.options[rest[0].text] = rest[1]
            case "list":
                last.options.pop(rest[0].text, None)
                last.lists.setdefault(rest[0].text, []).append(rest[1])
    return list(found.values())


def is_uci(text: str, *kinds: str) -> bool:
    """True if a line of the text begins a section of one of these `kinds`."""
    begun = (line.split() for line in text.splitlines() if line.lstrip().startswith("config"))
    return any(len(words) > 1 and words[0] == "config" and words[1].strip("'\"") in kinds for words in begun)


def _commands(text: str, file: str) -> Iterator[list[Word]]:
    """The words of each line that has some."""
    words: list[Word] = []
    at, line = 0, 1
    while at < len(text):
        char = text[at]
        if char in "\n;":
            if words:
                yield words
            words, line, at = [], line + (char == "\n"), at + 1
        elif char in " \t\r":
            at += 1
        elif char == "#":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        else:
            begun = line
            word, at, line = _word(text, at, line, file)
            words.append(Word(word, begun))
    if words:
        yield words


def _word(text: str, at: int, line: int, file: str) -> tuple[str, int, int]:
    """The word at `at`, where it ends, and in which line."""
    parts: list[str] = []
    while at < len(text) and text[at] not in " \t\r\n;":
        char = text[at]
        if char in "'\"":
            begun, at = (at, line), at + 1
            while at < len(text) and text[at] != char:
                if text[at] == "\\" and char == '"' and at + 1 < len(text):
                    at += 1
                parts.append(text[at])
                line += text[at] == "\n"
                at += 1
            if at >= len(text):
                raise ScenarioError(((Place(file, begun[1]), f"a quotation that {char} begins here does not end"),))
            at += 1
        elif char == "\\" and at + 1 < len(text):
            if text[at + 1] == "\n":
                line += 1
            else:
                parts.append(text[at + 1])
            at += 2
        else:
            parts.append(char)
            at += 1
    return "".join(parts), at, line
