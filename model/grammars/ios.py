"""The configuration of Cisco IOS and IOS XE, as `show running-config` prints it: commands, and the blocks that belong to them.

A line whose first sign is `!` is a comment, and an empty line says nothing. A line that is indented further than the one above
belongs to it. `no` before a command takes it back. Two kinds of text are no commands, and are skipped: banners, which end with
the delimiter that they begin with, and the hexadecimal text of certificates, which ends with `quit`.
ciscoconfparse2 reads such files too; it was not taken: a line, its number and its block is all that is needed here, and a reader
of a few lines can be fuzzed whole.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dialproof.core.errors import InputError, Place, ScenarioError

_INSIDE = {"dialer", "dialer-group", "shutdown", "pppoe-client", "encapsulation", "icmp-echo", "backup", "match", "set"}
"""Commands that stand only inside a block; at the left margin they say that the indentation is lost."""

_TEMPLATES = (r"\$\{", r"\{\{", r"\{%", r"<#", r"<%", r"<\?php")
_LONGEST = 5000
_DEEPEST = 20
_MOST = 20_000


@dataclass
class Command:
    """A command: its words without `no`, whether it is `negated`, its line, and the commands of its block."""

    words: tuple[str, ...]
    line: int
    negated: bool = False
    block: list["Command"] = field(default_factory=list)

    def begins(self, *words: str) -> bool:
        """True if the command begins with these words; keywords have no case."""
        return [word.lower() for word in self.words[: len(words)]] == list(words)

    def after(self, *words: str) -> str | None:
        """The word that follows these words, which stand next to each other somewhere in the command; None if there is none."""
        lowered = [word.lower() for word in self.words]
        for at in range(len(lowered) - len(words)):
            if lowered[at : at + len(words)] == list(words):
                return self.words[at + len(words)]
        return None

    def has(self, word: str) -> bool:
        """True if one of its words is this one."""
        return any(one.lower() == word for one in self.words)


def commands(text: str, file: str) -> list[Command]:
    """The commands at the left margin, with their blocks, in order.

    Raises InputError for a template or a page of prose, and ScenarioError that points at a line whose indentation is lost.
    """
    _require_no_template(text, file)
    found: list[Command] = []
    open_blocks: list[tuple[int, Command]] = []
    for count, (line, raw) in enumerate(_lines(text), 1):
        indent = len(raw) - len(raw.lstrip(" \t"))
        words = tuple(raw.split())
        negated = words[0].lower() == "no" and len(words) > 1
        command = Command(words[1:] if negated else words, line, negated)
        while open_blocks and open_blocks[-1][0] >= indent:
            open_blocks.pop()
        if not open_blocks and _stands_inside(command):
            place = Place(file, line)
            why = "this command belongs to a block, and is not indented below one; allowed: as `show running-config` prints it"
            raise ScenarioError(((place, why),))
        if len(open_blocks) > _DEEPEST or count > _MOST:
            why = f"blocks lie in one another, more than {_DEEPEST} deep" if count <= _MOST else f"more than {_MOST:,} commands"
            raise ScenarioError(((Place(file, line), f"{why}; allowed: as `show running-config` prints it"),))
        (open_blocks[-1][1].block if open_blocks else found).append(command)
        open_blocks.append((indent, command))
    return found


def _stands_inside(one: Command) -> bool:
    """True for a command that stands only inside a block."""
    return (one.words[0].lower() in _INSIDE and not one.begins("dialer", "watch-list")) or one.begins("ip", "address")


def is_ios(text: str) -> bool:
    """True if the text looks like a configuration of IOS that dials, tracks or routes: it has an interface or a route of IOS."""
    # A digit that comes first in a name is found in one way only: a long line takes no longer than many short ones.
    interface = re.search(r"^interface [A-Za-z][\w-](?:(?:[^\W\d]|-)*\d\S*|[\w-]* \d\S*)[ \t\r]*$", text, re.MULTILINE)
    inside = re.search(
        r"^ +(ip address|no ip address|dialer|shutdown|encapsulation|description|switchport)\b", text, re.MULTILINE
    )
    route = re.search(r"^(ip route (vrf \S+ )?\d+\.\d+\.\d+\.\d+ \d+\.\d+\.\d+\.\d+ |dialer-list \d+ )", text, re.MULTILINE)
    return bool(interface and inside) or bool(route)


def _require_no_template(text: str, file: str) -> None:
    if any(re.search(sign, text) for sign in _TEMPLATES):
        raise InputError(f"{file}: a template: fill it in first, and give the configuration that it makes")
    if re.search(r"^(```|~~~)", text, re.MULTILINE):
        raise InputError(f"{file}: a page with configurations in it; save the configuration alone as a file")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are commands, with their numbers."""
    until: str | None = None
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.rstrip()
        stripped = line.lstrip()
        if until is not None:
            if (until == "quit" and stripped == "quit") or (until != "quit" and until in line):
                until = None
            continue
        if not stripped or stripped.startswith("!") or len(line) > _LONGEST:
            continue
        until = _begins_text(stripped)
        yield number, line


def _begins_text(line: str) -> str | None:
    """What ends the text that a line begins; None if it begins none, or ends it itself."""
    banner = re.match(r"banner\s+(?:[a-z-]+\s+)?(\^.|\S)(.*)$", line)
    if banner:
        delimiter, rest = banner.groups()
        return None if delimiter in rest else delimiter
    if re.match(r"certificate\s", line):
        return "quit"
    return None
