"""Exim's configuration as its own reader sees it: macros, conditions and inclusions, sections, options, and lists.

Grammar: `readconf.c` (`get_config_line`, `macros_expand`: macros are replaced in each physical line, in the order of their
definitions; comments and conditions are physical lines, also within a logical one; a backslash at the end goes on) and Exim's
specification, "The Exim runtime configuration file" and "Domain, host, address, and local part lists".
Left out: what a value expands to (`$`); lookups in lists. A macro that Exim defines by itself (`_HAVE_TLS`) is taken to be none.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dialproof.core.errors import Place, ScenarioError

_LONGEST = 100_000
_MOST_MACROS = 500
_MOST_INCLUDED = 500
_MOST_CHARACTERS = 4_000_000
_DEEPEST = 20
_MACRO = re.compile(r"([A-Z]\w*)\s*==?\s*(.*)", re.DOTALL)
_CONDITION = re.compile(r"\.(ifdef|ifndef|elifdef|elifndef|else|endif)(?:\s|$)")
_INCLUDE = re.compile(r'\.include(_if_exists)?\s+"?([^"]*?)"?\s*', re.DOTALL)
_OPTION = re.compile(r"(?:hide\s+)?([a-z][a-z0-9_]*)\s*(?:=\s*(.*))?", re.DOTALL)
_LIST = re.compile(
    r"(?:hide\s+)?(domainlist|hostlist|addresslist|localpartlist)(?:_cache)?\s+([A-Za-z]\w*)\s*=\s*(.*)", re.DOTALL
)
_ACL = re.compile(r"(\w[\w.-]*)\s*:")
_BUILT_IN = re.compile(r"\b_[A-Z]\w*")


@dataclass(frozen=True)
class Line:
    """A logical line, and the file and the line where it begins."""

    text: str
    file: str
    line: int


@dataclass(frozen=True)
class Option:
    """An option that is set; a switch without a value has the value "true", and one that is switched off "false"."""

    name: str
    value: str
    file: str
    line: int


@dataclass(frozen=True)
class Driver:
    """A router or a transport: what it is called, and its options by name."""

    name: str
    file: str
    line: int
    options: dict[str, Option] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """What an option is set to; "" if it is not."""
        return self.options[name].value if name in self.options else ""


@dataclass
class Configuration:
    """What a configuration says: options of the main section, named lists of domains, routers, transports, retry rules.

    `acls` says of each access control list, by its name, if one of its statements accepts something.
    """

    main: dict[str, Option] = field(default_factory=dict)
    domain_lists: dict[str, str] = field(default_factory=dict)
    routers: list[Driver] = field(default_factory=list)
    transports: dict[str, Driver] = field(default_factory=dict)
    retry: list[Line] = field(default_factory=list)
    acls: dict[str, bool] = field(default_factory=dict)
    undecided: list[Line] = field(default_factory=list)
    not_read: list[Line] = field(default_factory=list)
    has_sections: bool = False


Include = Callable[[str], tuple[str, str] | None]
"""The file and the text of what is included by a name; None if it is not read."""


class Reader:
    """Reads files one after the other, as one configuration."""

    def __init__(self, include: Include, macros: Mapping[str, str]) -> None:
        self._include, self._macros = include, dict(macros)
        self._read = self._included = 0
        self.undecided: list[Line] = []
        self.not_read: list[Line] = []
        self._conditions: list[tuple[bool, bool]] = []  # whether this branch is read, and whether one of them was
        self._in_main = True

    def lines(self, sources: Sequence[tuple[str, str]]) -> Iterator[Line]:
        """The logical lines of the files. Raises ScenarioError at what Exim would refuse too."""
        parts: list[str] = []
        start, length = Place(sources[0][0], 1), 0
        for file, number, physical in self._physical(sources, 0):
            text = physical.strip()
            if not parts:
                if not text:
                    continue
                start, length = Place(file, number), 0
            goes_on = text.endswith("\\")
            parts.append(text[:-1] if goes_on else text)
            length += len(parts[-1]) + 1
            if goes_on and length <= _LONGEST:
                continue
            yield from self._logical("".join(parts).strip(), start)
            parts = []
        if parts:
            yield from self._logical("".join(parts).strip(), start)
        if self._conditions:
            raise ScenarioError(((start, "the file ends within a condition: `.endif` is missing"),))

    def _logical(self, text: str, start: Place) -> Iterator[Line]:
        if not text:
            return
        macro = _MACRO.fullmatch(text) if self._in_main else None
        if macro is not None:
            if len(self._macros) >= _MOST_MACROS and macro[1] not in self._macros:
                raise ScenarioError(((start, f"more than {_MOST_MACROS} macros"),))
            self._macros[macro[1]] = macro[2].strip()
            return
        if text.split(maxsplit=1)[0] == "begin":
            self._in_main = False
        yield Line(text, start.file, start.line)

    def _physical(self, sources: Sequence[tuple[str, str]], depth: int) -> Iterator[tuple[str, int, str]]:
        """The lines that conditions leave, with macros replaced and with what is included."""
        for file, whole in sources:
            for number, raw in enumerate(whole.split("\n"), 1):
                text, has_macro = self._replaced(raw, Place(file, number))
                stripped = text.lstrip()
                if stripped.startswith("#"):
                    continue
                condition = _CONDITION.match(stripped) if stripped.startswith(".") else None
                if condition is not None:
                    self._decide(condition[1], raw, has_macro=has_macro, at=Place(file, number))
                    continue
                if any(not is_read for is_read, _ in self._conditions):
                    continue
                included = _INCLUDE.fullmatch(stripped) if stripped.startswith(".include") else None
                if included is None:
                    yield file, number, text
                    continue
                found = self._include(included[2]) if depth < _DEEPEST else None
                if found is not None:
                    self._included += 1
                    self._read += len(found[1])
                    if self._included > _MOST_INCLUDED or self._read > _MOST_CHARACTERS:
                        raise ScenarioError(((Place(file, number), "with all that they include these files are too long"),))
                    yield from self._physical([found], depth + 1)
                elif included[1] is None or depth >= _DEEPEST:
                    self.not_read.append(Line(".include", file, number))

    def _replaced(self, raw: str, at: Place) -> tuple[str, bool]:
        """A physical line with its macros replaced, and whether there was one; a definition keeps its name."""
        definition = _MACRO.fullmatch(raw.strip())
        name, rest = (raw[: raw.index("=")], raw[raw.index("=") :]) if definition and self._in_main else ("", raw)
        has_macro = False
        for macro, value in self._macros.items():
            if macro not in rest:
                continue
            if len(rest) + rest.count(macro) * len(value) > _LONGEST:
                raise ScenarioError(((at, "with its macros replaced this line is too long"),))
            rest, has_macro = rest.replace(macro, value), True
            self._read += len(rest)
            if self._read > _MOST_CHARACTERS:
                raise ScenarioError(((at, "with their macros replaced these files are too long"),))
        return name + rest, has_macro

    def _decide(self, word: str, raw: str, *, has_macro: bool, at: Place) -> None:
        if word in ("ifdef", "ifndef"):
            if _BUILT_IN.search(raw) and not has_macro:
                self.undecided.append(Line(".ifdef", at.file, at.line))
            is_read = has_macro == (word == "ifdef")
            self._conditions.append((is_read, is_read))
            if len(self._conditions) > _DEEPEST:
                raise ScenarioError(((at, "conditions are nested too deeply"),))
            return
        if not self._conditions:
            raise ScenarioError(((at, f"`.{word}` without `.ifdef`"),))
        _, was_read = self._conditions.pop()
        if word != "endif":
            is_read = not was_read and (word == "else" or has_macro == (word == "elifdef"))
            self._conditions.append((is_read, was_read or is_read))


def configuration(sources: Sequence[tuple[str, str]], include: Include, macros: Mapping[str, str]) -> Configuration:
    """What the files say, read one after the other. Raises ScenarioError at what Exim would refuse too."""
    reader = Reader(include, macros)
    made = Configuration()
    section, driver, acl = "main", None, ""
    for line in reader.lines(sources):
        words = line.text.split()
        if words[0] == "begin":
            section, driver = (words[1] if len(words) > 1 else ""), None
            made.has_sections = True
        elif section == "main":
            _main_line(made, line)
        elif section == "retry":
            made.retry.append(line)
        elif section == "acl":
            if (named := _ACL.fullmatch(line.text)) is not None:
                acl = named[1]
            made.acls[acl] = made.acls.get(acl, False) or words[0] == "accept"
        elif section in ("routers", "transports"):
            if re.fullmatch(r"\w[\w.-]*\s*:", line.text):
                driver = Driver(line.text[:-1].strip(), line.file, line.line)
                if section == "routers":
                    made.routers.append(driver)
                else:
                    made.transports[driver.name] = driver
            elif driver is not None and (option := _option(line)) is not None:
                driver.options[option.name] = option
    made.undecided, made.not_read = reader.undecided, reader.not_read
    return made


def _main_line(made: Configuration, line: Line) -> None:
    named = _LIST.fullmatch(line.text)
    if named is not None:
        if named[1] == "domainlist":
            made.domain_lists[named[2]] = named[3]
    elif (option := _option(line)) is not None:
        made.main[option.name] = option
    else:
        made.not_read.append(Line("a line that sets no option", line.file, line.line))


def _option(line: Line) -> Option | None:
    match = _OPTION.fullmatch(line.text)
    if match is None:
        return None
    name, value = match[1], match[2]
    if value is None:
        switched_off = re.fullmatch(r"not?_(\w+)", name)
        return Option(switched_off[1] if switched_off else name, "false" if switched_off else "true", line.file, line.line)
    quoted = value.strip()
    plain = quoted[1:-1] if len(quoted) > 1 and quoted[0] == quoted[-1] == '"' else quoted
    return Option(name, plain, line.file, line.line)


def items(text: str) -> list[str]:
    """The items of a list; `<;` at its beginning changes the separator, which stands for itself if it is doubled."""
    separator, rest = ":", text.strip()
    if len(rest) > 1 and rest[0] == "<" and not rest[1].isalnum() and not rest[1].isspace():
        separator, rest = rest[1], rest[2:]
    held = rest.replace(separator * 2, "\0")
    return [item for one in held.split(separator) if (item := one.replace("\0", separator).strip())]
