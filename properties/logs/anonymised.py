"""A log without what says who wrote to whom: it is a run of the same model, or is not, for the same reason.

Kept are the lines that show something, with their times, the words of the format's own patterns, the names of messages and of
lines. An address becomes another one of the same class of mail, always the same within a log; any other word becomes `x`, any
other number `0`. Whatever stands in a line and is not known is gone.
"""

import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

from dialproof.core.errors import InputError
from model.logs.format import PIECE, LineForm, LogFormat, Recogniser
from model.logs.lines import LogLine, lines_of
from model.product import Installation
from model.scenario import ScenarioFile

_ESCAPES = re.compile(r"\\.|\(\?P<\w+>")
_WORD = re.compile(r"[A-Za-z0-9\x80-\U0010ffff]+")
_OWN = re.compile(r"(127\.0\.0\.1|localhost|\[?::1\]?)(\[(127\.0\.0\.1|::1)\])?(:\d+)?")
_KEPT = (PIECE, "line", "address")


def anonymised(
    installed: Installation[ScenarioFile], form: LogFormat, logs: Sequence[Path], year: int | None = None
) -> Iterator[str]:
    """The lines of `logs` that `form` knows, without what is private.

    Raises InputError for a line that cannot be told without it.
    """
    return _Anonymiser(installed, form).lines(lines_of(logs, year))


class _Anonymiser:
    def __init__(self, installed: Installation[ScenarioFile], form: LogFormat) -> None:
        self._installed = installed
        self._programs = frozenset(form.programs)
        self._recogniser = Recogniser(form, ())
        self._words = {word for line in form.lines for word in _WORD.findall(_ESCAPES.sub(" ", line.pattern)) if len(word) > 1}
        self._key = secrets.token_bytes(16)

    def lines(self, lines: Iterator[LogLine]) -> Iterator[str]:
        """The same lines without what is private."""
        for line in lines:
            kind = self._recogniser.kind(line)
            if line.program not in self._programs or kind is None:
                continue
            text = self._text(kind[1])
            if self._shows(replace(line, text=text)) != self._shows(line):
                raise InputError(f"{line}: what this line shows cannot be told without what is private in it")
            process = f"[{line.process}]" if line.process else ""
            yield f"{line.at.isoformat()} host {line.program}{process}: {text}"

    def _shows(self, line: LogLine) -> tuple[LineForm, str, tuple[str, ...]] | None:
        """What a line shows: its form, the message or the line, and the classes of mail that it may belong to."""
        kind = self._recogniser.kind(line)
        if kind is None:
            return None
        form, found = kind
        groups = found.groupdict()
        return form, f"{groups.get(PIECE)} {groups.get('line')}", self._installed.classes_of(groups.get("address") or "")

    def _text(self, found: re.Match[str]) -> str:
        """The text of a line that matches a pattern, without what is private."""
        kept = sorted((found.span(name), name) for name in _KEPT if name in found.re.groupindex and found[name] is not None)
        made, at = [], 0
        for (begin, end), name in kept:
            made.append(self._plain(found.string[at:begin]))
            made.append(self._address(found[name]) if name == "address" else found[name])
            at = end
        return "".join([*made, self._plain(found.string[at:])])

    def _plain(self, text: str) -> str:
        """The text with the words of the patterns alone; what this machine calls itself stays."""
        kept = [(found.span(), found[0]) for found in _OWN.finditer(text)]
        made, at = [], 0
        for (begin, end), own in kept:
            made += [self._worded(text[at:begin]), own]
            at = end
        return "".join([*made, self._worded(text[at:])])

    def _worded(self, text: str) -> str:
        return _WORD.sub(lambda word: word[0] if word[0] in self._words else "0" if word[0].isdigit() else "x", text)

    def _address(self, address: str) -> str:
        """Another address of the same classes: below a domain that the scenario names, or below none."""
        if not address:
            return address
        user, at, domain = address.rpartition("@")
        own = self._installed.classes_of(address)
        named = domain
        for other in self._instead_of(domain):
            if self._installed.classes_of(f"x@{other}") == own:
                named = other
                break
        return f"u{self._secret(user)}{at}{named}" if at else f"u{self._secret(address)}"

    def _instead_of(self, domain: str) -> Iterator[str]:
        """Names for a domain, those that say the least first."""
        yield f"d{self._secret(domain)}.invalid"
        above = domain
        while "." in above:
            above = above.partition(".")[2]
            yield f"d{self._secret(domain)}.{above}"

    def _secret(self, text: str) -> str:
        """A word that stands for `text` in this log."""
        return blake2b(text.lower().encode(), key=self._key, digest_size=5).hexdigest()
