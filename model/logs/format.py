"""What a program writes into its log, as data: which line shows which action of the model.

A format is a TOML file. Each `[[line]]` has a `pattern`, a regular expression that matches the whole text of a line, and the
`shows` that it stands for: one action, or several of which one was taken. `{line}` in it is the line or the interface that the
pattern's group of this name matches; if it has none, the only one that there is. `maybe` says that the line may stand for
nothing, `restart` that the program begins anew. `is` and `is_not` say which values a variable has, or does not have, right
after it. `[hidden]` says what the log cannot show, and what to switch on to see it.
"""

import re
import tomllib
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, field_validator

from dialproof.core.actions import Action
from dialproof.core.errors import InputError
from model.logs.lines import LogLine
from model.scenario import Table

_NAME = "{line}"


Names = Annotated[tuple[str, ...], Field(strict=False)]
"""Names in a list."""


class LineForm(Table):
    """A kind of line, and what it shows."""

    pattern: str
    """A regular expression that matches the whole text of the line."""

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
        return [action for action in actions if any(text.replace(_NAME, action.concerns) == action.name for text in texts)]

    def not_shown(self) -> list[str]:
        """What the log does not show."""
        return [f"{what}: {says}" for what, says in self.hidden.items()]


class Seen(Table):
    """What a line of a log shows: the kind of line, and its actions as the model calls them."""

    form: LineForm
    actions: tuple[str, ...]

    name: str
    """The line or interface that it speaks of; empty if it names none."""

    is_named: bool
    """The line itself says which one it speaks of."""


class Recogniser:
    """Says of each line of a log what it shows, if `names` are the lines or interfaces of the model."""

    def __init__(self, form: LogFormat, names: Collection[str]) -> None:
        self._programs = frozenset(form.programs)
        self._names = tuple(names)
        self._forms = [(re.compile(line.pattern), line) for line in form.lines]

    def is_by_the_program(self, line: LogLine) -> bool:
        """Whether the program has written this line."""
        return line.program in self._programs

    def seen(self, line: LogLine) -> Seen | None:
        """What the line shows; None if it shows nothing.

        Raises InputError if it does not say which line it speaks of, and there are several.
        """
        for pattern, form in self._forms:
            if found := pattern.fullmatch(line.text):
                name = self._name_in(form, found, line)
                actions = tuple(shown.replace(_NAME, name) for shown in form.shows)
                return Seen(form=form, actions=actions, name=name, is_named="line" in found.groupdict())
        return None

    def _name_in(self, form: LineForm, found: re.Match[str], line: LogLine) -> str:
        if not any(_NAME in text for text in (*form.shows, *form.among, *form.not_among)):
            return ""
        name = found.groupdict().get("line")
        if name is None and len(self._names) == 1:
            (name,) = self._names
        if name is None:
            raise InputError(f"{line}: this line does not say which of {', '.join(self._names)} it speaks of")
        return name


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
