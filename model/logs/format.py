"""What a program writes into its log, as data: which line shows which action of the model.

A format is a TOML file. Each `[[line]]` has a `pattern`, a regular expression that matches the whole text of a line, and the
`shows` that it stands for: one action, or several of which one was taken. `{line}` in it is the line or the interface that the
pattern's group of this name matches; if it has none, the only one that there is. `maybe` says that the line may stand for
nothing, `restart` that the program begins anew. `is` and `is_not` say which values a variable has, or does not have, right
after it, `was` which it had right before; a variable that the model does not have is passed over. `[hidden]` says what the log
cannot show, and what to switch on to see it.

The log of a mail system speaks of one message after the other. There the pattern's group `piece` is the name of the message in
the log, `address` the recipient; `{class}` is the class of mail that the recipient belongs to, `{line}` its line. `begins` says
that the message comes in, `leaves` that it leaves for this recipient, `stays` that the recipient is on this machine, `gone` that
the log says nothing of the message any more. What `leaves` comes at the earliest the time called `not_before` after it has come
in, one of those that the product's files set. `held` says that only mail that is held has such a line, `by` which programs alone
write it. A line that names no message happens to all of them.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, field_validator

from dialproof.core.actions import Action
from dialproof.core.errors import InputError
from model.logs.lines import LogLine
from model.scenario import Table

_NAME, _CLASS = "{line}", "{class}"
PIECE = "piece"
"""The group of a pattern that names a message."""

Names = Annotated[tuple[str | int, ...], Field(strict=False)]
"""Values in a list."""


class Outcome(Enum):
    """What becomes of a message for a recipient in the end."""

    DELIVERED = "delivered"
    RETURNED = "returned"
    REFUSED = "refused"


class LineForm(Table):
    """A kind of line, and what it shows."""

    pattern: str
    """A regular expression that matches the whole text of the line."""

    by: tuple[str, ...] = Field(default=(), strict=False)
    """The programs of which alone a line is of this kind; empty: all."""

    shows: tuple[str, ...] = Field(default=(), strict=False)
    """The actions of which one was taken, such as dial({line})."""

    maybe: bool = False
    """The line may also stand for nothing."""

    restart: bool = False
    """The program begins anew."""

    among: dict[str, Names] = Field(default_factory=dict, alias="is", strict=False)
    """The values of which a variable, such as "line {line}", has one after it."""

    not_among: dict[str, Names] = Field(default_factory=dict, alias="is_not", strict=False)
    """The values of which a variable has none after it."""

    was: dict[str, Names] = Field(default_factory=dict, strict=False)
    """The values of which a variable had one before it."""

    held: bool = False
    """Only of mail that is held can this be written."""

    begins: bool = False
    """The message comes in."""

    leaves: Annotated[Outcome, Field(strict=False)] | None = None
    """What becomes of the message for this recipient: it leaves."""

    stays: bool = False
    """The recipient is on this machine: the message to him is not followed."""

    gone: bool = False
    """Nothing more is said of the message."""

    not_before: str | None = None
    """The time after which the message leaves at the earliest, by its name in the product's files."""

    @field_validator("pattern")
    @classmethod
    def _is_pattern(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as problem:
            raise ValueError(f"no regular expression: {problem}") from problem
        return pattern


class LogFormat(Table):
    """The log of a program."""

    programs: Annotated[tuple[str, ...], Field(min_length=1)] = Field(strict=False)
    """What the program is called in front of its lines."""

    lines: tuple[LineForm, ...] = Field(alias="line", strict=False)
    hidden: dict[str, str] = Field(default_factory=dict)
    """What the log does not show, each with what to switch on to see it."""

    def shown(self, actions: Iterable[Action]) -> list[Action]:
        """Those of `actions` that the log shows whenever they are taken."""
        texts = {shown for line in self.lines for shown in line.shows}
        return [action for action in actions if any(_filled(text, action.concerns) == action.name for text in texts)]

    @property
    def speaks_of_pieces(self) -> bool:
        """Whether the log speaks of one message after the other."""
        return any(PIECE in re.compile(line.pattern).groupindex for line in self.lines)

    def not_shown(self) -> list[str]:
        """What the log does not show."""
        return [f"{what}: {says}" for what, says in self.hidden.items()]


def _filled(text: str, concerned: str) -> str:
    return text.replace(_NAME, concerned).replace(_CLASS, concerned)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a line of a log shows: the kind of line, and its actions as the model calls them."""

    form: LineForm
    actions: tuple[str, ...]

    name: str
    """The line or interface that it speaks of; empty if it names none."""

    is_named: bool
    """The line itself says which one it speaks of."""

    piece: str = ""
    """The message that it speaks of; empty if it names none."""

    address: str = ""
    """The recipient of the message; empty if it names none."""


class Recogniser:
    """Says of each line of a log what it shows, if `names` are the lines or interfaces of the model.

    `called` says what the log calls some of them.
    """

    def __init__(self, form: LogFormat, names: Collection[str], called: Mapping[str, str] | None = None) -> None:
        self._called = called or {}
        self._names = tuple(names)
        self._forms = [(re.compile(line.pattern), line) for line in form.lines]

    def seen(self, line: LogLine) -> Seen | None:
        """What the line shows; None if it shows nothing.

        Raises InputError if it does not say which line it speaks of, and there are several.
        """
        kind = self.kind(line)
        if kind is None:
            return None
        form, found = kind
        groups = found.groupdict()
        if piece := groups.get(PIECE):
            address = groups.get("address") or ""
            return Seen(form=form, actions=form.shows, name="", is_named=True, piece=piece, address=address)
        name = self._name_in(form, found, line)
        actions = tuple(shown.replace(_NAME, name) for shown in form.shows)
        return Seen(form=form, actions=actions, name=name, is_named="line" in groups)

    def kind(self, line: LogLine) -> tuple[LineForm, re.Match[str]] | None:
        """What kind of line it is, and what its pattern has found; None if it is of none."""
        for pattern, form in self._forms:
            if (not form.by or line.program in form.by) and (found := pattern.fullmatch(line.text)):
                return form, found
        return None

    def _name_in(self, form: LineForm, found: re.Match[str], line: LogLine) -> str:
        if not any(_NAME in text for text in (*form.shows, *form.among, *form.not_among)):
            return ""
        name = found.groupdict().get("line")
        if name is None and len(self._names) == 1:
            (name,) = self._names
        if name is None:
            raise InputError(f"{line}: this line does not say which of {', '.join(self._names)} it speaks of")
        return self._called.get(name, name)


def read(path: Path) -> LogFormat:
    """The format in the file at `path`. Raises InputError."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return LogFormat.model_validate(data)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise InputError(f"{path}: cannot be read as the format of a log: {problem}") from problem
    except ValidationError as problem:
        said = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in problem.errors())
        raise InputError(f"{path}: no format of a log: {said}") from problem
