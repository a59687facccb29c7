"""The report as Markdown, for a repository or a message: the same words, with tables and without drawings.

Everything that is put into the template is escaped, so that a title is text and never a heading, a link or a tag; code alone
is put into fences, longer than any that it holds.
"""

import re

from jinja2 import Environment, PackageLoader, StrictUndefined

from dialproof.report import words
from dialproof.report.document import Document

_SIGNS = re.compile(r"([\\`*\[\]<|~&]|(?<![^\W_])_|_(?![^\W_])|^[#>+=-]|^\d+(?=[.)]))")
_TICKS = re.compile(r"`+")


class Ready(str):
    """Text that is Markdown already; every other string is text and is escaped."""

    __slots__ = ()


def render(document: Document) -> bytes:
    """The Markdown of the report."""
    return f"{_environment().get_template('report.md').render(document=document).strip()}\n".encode()


def escaped(text: str) -> Ready:
    """`text` with a backslash before each sign that Markdown could take for its own."""
    return Ready(_SIGNS.sub(_with_backslash, text))


def _with_backslash(found: re.Match[str]) -> str:
    sign = found[0]
    return f"{sign}\\" if sign.isdigit() else f"\\{sign}"  # the dot of "1." is the sign, not its number


def code(text: str) -> Ready:
    """`text` as code within a line, also in a cell of a table."""
    fence = "`" * (1 + max((len(ticks) for ticks in _TICKS.findall(text)), default=0))
    room = " " if text.startswith("`") or text.endswith("`") else ""
    return Ready(f"{fence}{room}{text}{room}{fence}".replace("|", r"\|"))


def fenced(text: str, language: str = "text") -> Ready:
    """`text` as a block of code."""
    fence = "`" * max(3, 1 + max((len(ticks) for ticks in _TICKS.findall(text)), default=0))
    return Ready(f"{fence}{language}\n{text}\n{fence}")


def _environment() -> Environment:
    made = Environment(  # noqa: S701  # there is no HTML to escape; `finalize` escapes what Markdown would take for its own
        loader=PackageLoader("dialproof.report"),
        finalize=_finalised,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"code": code, "fenced": fenced, "said": words.said, "sentence": words.sentence, "ready": Ready}
    return made


def _finalised(value: object) -> object:
    return escaped(value) if isinstance(value, str) and not isinstance(value, Ready) else value
