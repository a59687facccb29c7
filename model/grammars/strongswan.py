"""`swanctl.conf` and `strongswan.conf`: sections in braces, and `key = value`.

Grammar: strongSwan's `settings_lexer.l` and `settings_parser.y`. A value ends with its line, a `#` or a `}`; a part of it in
double quotes may go on over line ends. A section that is named again goes on, a key that is given again counts for the last time.
`NAME : OTHER {` takes from OTHER what the section does not say itself. `include PATTERN` reads other files.
Sections that hold secrets are read past: nothing in them is kept.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dialproof.core.errors import Place, ScenarioError

_NAME = re.compile(r'[^#{}:.,="\r\n\t ]+')
_REFERENCE = re.compile(r'[^#{}:,="\r\n\t ]+')
_BARE = re.compile(r'[^#}"\r\n\t ]+')
_INCLUDE = re.compile(r"include[\t ]+(?=[^=\t ])")
_PATTERN = re.compile(r'"([^"\n]*)"|((?:\\.|[^\\"#}\r\n\t ])+)')
_DEEPEST = 20

_MOST_FILES, _MOST_SIGNS = 500, 2_000_000
_MOST_SECTIONS = 2000
_MOST_TAKEN = 100_000
"""Keys and sections that are taken from others by reference, in all: a section can double with each reference."""

Include = Callable[[str, str], Sequence[tuple[str, str]] | None]
"""Gives the files that a pattern in a file stands for, each with its text; None if they are not read."""


@dataclass(frozen=True)
class Setting:
    """The value of a key, and where it stands."""

    value: str
    place: Place


@dataclass
class Section:
    """A section: its keys and sections by name, and the sections that it takes the rest from."""

    name: str
    place: Place
    settings: dict[str, Setting] = field(default_factory=dict)
    sections: "dict[str, Section]" = field(default_factory=dict)
    references: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Settings:
    """All that a file says, with the files that it includes; `skipped` are includes that were not read."""

    root: Section
    skipped: tuple[Place, ...]
    _left: list[int] = field(default_factory=lambda: [_MOST_TAKEN])

    def section(self, *path: str) -> Section | None:
        """The section at a path, with what it takes from others; None if there is none."""
        found: Section | None = self.root
        for name in path:
            found = None if found is None else self._whole(found, 0).sections.get(name)
        return None if found is None else self._whole(found, 0)

    def _whole(self, section: Section, depth: int) -> Section:
        """The section with what its references add; a reference that leads nowhere, or in a circle, adds nothing."""
        if not section.references or depth > _DEEPEST:
            return section
        whole = Section(section.name, section.place)
        for reference in (*section.references, ""):
            other = section if not reference else self._at(reference)
            if other is not None:
                self._left[0] -= 1 + len(other.settings) + len(other.sections)
                if self._left[0] < 0:
                    raise ScenarioError(((section.place, "sections take too much from one another"),))
                taken = other if other is section else self._whole(other, depth + 1)
                whole.settings |= taken.settings
                for name, inner in taken.sections.items():
                    whole.sections[name] = _merged(whole.sections.get(name), inner)
        return whole

    def _at(self, path: str) -> Section | None:
        found: Section | None = self.root
        for name in path.split("."):
            found = None if found is None else found.sections.get(name)
        return found


def _merged(before: Section | None, after: Section) -> Section:
    """One section of what two of the same name say, the later one first."""
    if before is None:
        return after
    both = Section(after.name, after.place, before.settings | after.settings, dict(before.sections), list(before.references))
    both.references += after.references
    for name, inner in after.sections.items():
        both.sections[name] = _merged(both.sections.get(name), inner)
    return both


def settings(text: str, file: str, include: Include, secret: Sequence[str] = ()) -> Settings:
    """What a file says; of sections at its top called as in `secret` nothing is kept. Raises ScenarioError with the place."""
    root, shared = Section("", Place(file, 1)), _Shared(include, frozenset(secret))
    _Reader(text, file, shared).into([root], 0)
    return Settings(root, tuple(shared.skipped))


@dataclass
class _Shared:
    """What the readers of a file and of all that it includes share; no more than so many files are read."""

    include: Include
    secret: frozenset[str]
    skipped: list[Place] = field(default_factory=list)
    files: int = 1
    signs: int = 0
    sections: int = 0


class _Reader:
    """Reads one file into sections that are open."""

    def __init__(self, text: str, file: str, shared: _Shared) -> None:
        self._text, self._file, self._shared = text, file, shared
        self._at, self._line = 0, 1

    def into(self, open_sections: list[Section], depth: int) -> None:
        """Read the file into the innermost of `open_sections`; whatever it opens it must close."""
        outer = len(open_sections)
        hidden = 0
        while self._skip():
            place = Place(self._file, self._line)
            if self._text[self._at] == "}":
                if len(open_sections) == outer:
                    raise ScenarioError(((place, "this `}` closes no section"),))
                self._at += 1
                open_sections.pop()
                hidden = max(0, hidden - 1)
                continue
            if (match := _INCLUDE.match(self._text, self._at)) is not None:
                self._at = match.end()
                self._files(place, open_sections, depth, is_hidden=hidden > 0)
                continue
            name = self._token(_NAME)
            if name is None:
                raise self._unknown(place)
            self._skip()
            if self._take("="):
                value = self._value()
                if not hidden:
                    open_sections[-1].settings[name] = Setting(value, place)
                continue
            references = self._references() if self._take(":") else []
            if not self._take("{"):
                raise self._unknown(place)
            if len(open_sections) > _DEEPEST:
                raise ScenarioError(((place, f"sections lie in one another, more than {_DEEPEST} deep"),))
            if hidden or (len(open_sections) == 1 and name in self._shared.secret):
                hidden += 1
                open_sections.append(Section(name, place))
                continue
            self._shared.sections += name not in open_sections[-1].sections
            if self._shared.sections > _MOST_SECTIONS:
                raise ScenarioError(((place, f"more than {_MOST_SECTIONS:,} sections"),))
            inner = open_sections[-1].sections.setdefault(name, Section(name, place))
            inner.references += references
            open_sections.append(inner)
        if len(open_sections) > outer:
            raise ScenarioError(((open_sections[-1].place, f"the section `{_shown(open_sections[-1].name)}` is not closed"),))

    def _skip(self) -> bool:
        """Go to the next sign that is neither white space nor in a comment; False at the end."""
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif char in " \t\r\n":
                self._line += char == "\n"
                self._at += 1
            else:
                return True
        return False

    def _take(self, sign: str) -> bool:
        found = self._text.startswith(sign, self._at)
        self._at += found
        return found

    def _token(self, pattern: re.Pattern[str]) -> str | None:
        match = pattern.match(self._text, self._at)
        if match is None:
            return None
        self._at = match.end()
        return match[0]

    def _references(self) -> list[str]:
        found: list[str] = []
        while self._skip() and (name := self._token(_REFERENCE)) is not None:
            found.append(name)
            self._skip()
            if not self._take(","):
                break
        return found

    def _value(self) -> str:
        """The parts of a value up to the end of its line, each from the next by one space."""
        parts: list[str] = []
        while self._at < len(self._text):
            char = self._text[self._at]
            if char in "#}\n":
                break
            if char in " \t\r":
                self._at += 1
            elif char == '"':
                parts.append(self._string())
            else:
                parts.append(self._token(_BARE) or "")
        return " ".join(parts)

    def _string(self) -> str:
        begun = Place(self._file, self._line)
        self._at += 1
        kept: list[str] = []
        while self._at < len(self._text):
            char = self._text[self._at]
            self._at += 1
            if char == '"':
                return "".join(kept)
            if char == "\\" and self._at < len(self._text):
                char = self._text[self._at]
                self._at += 1
                self._line += char == "\n"
                kept.append({"n": "\n", "r": "\r", "t": "\t", "\n": ""}.get(char, char))
                continue
            self._line += char == "\n"
            kept.append(char)
        raise ScenarioError(((begun, 'a text that " begins here does not end'),))

    def _files(self, place: Place, open_sections: list[Section], depth: int, *, is_hidden: bool) -> None:
        """Read the files that an include names into the section that is open."""
        match = _PATTERN.match(self._text, self._at)
        if match is None:
            raise self._unknown(place)
        self._at = match.end()
        pattern = match[1] if match[1] is not None else re.sub(r"\\(.)", r"\1", match[2])
        shared = self._shared
        is_read = not is_hidden and depth < _DEEPEST and shared.files < _MOST_FILES and shared.signs < _MOST_SIGNS
        found = shared.include(self._file, pattern) if is_read else None
        if found is None or shared.files + len(found) > _MOST_FILES:
            shared.skipped.append(place)
            return
        shared.files += len(found)
        shared.signs += sum(len(text) for _, text in found)
        for file, text in found:
            _Reader(text, file, self._shared).into(open_sections, depth + 1)

    @staticmethod
    def _unknown(place: Place) -> ScenarioError:
        return ScenarioError(
            ((place, "this is no setting; allowed: NAME { ... }, NAME = VALUE, include FILE, or # and a comment"),)
        )


def _shown(name: str) -> str:
    """A section's name if it is a plain one: what is quoted wrongly could be anything."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", name) else "..."


def seconds(text: str) -> int | None:
    """A time as `vici_config.c` reads it, in seconds; None if it is none."""
    match = re.fullmatch(r"([0-9]{1,9}) *([smhd]?)", text.strip().lower())
    return int(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}[match[2]] if match else None
