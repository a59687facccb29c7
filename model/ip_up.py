"""What runs when pppd has brought a link up: the script `ip-up`, and those of `ip-up.d`, beside a configuration file.

Source: pppd(8), run-parts(8): a file of `ip-up.d` whose name has another sign than letters, digits, `_` and `-` is not run.
None of the scripts is run here.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from model.importing import beside

_RUN_PARTS = re.compile(r"[A-Za-z0-9_-]+")
"""The names of the files that run-parts runs."""
_LONGEST_COMMAND = 500


@dataclass(frozen=True)
class Command:
    """A line of a script: the path of the script from the folder, the number of the line, and what the pattern found in it."""

    script: str
    line: int
    match: re.Match[str]


@dataclass(frozen=True)
class Scripts:
    """The scripts that are run when a link has come up, each with its text; `notes` says which others are there."""

    texts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()

    def commands(self, pattern: re.Pattern[str]) -> Iterator[Command]:
        """The lines that `pattern` finds at their beginning, in the order in which they run."""
        for name, text in self.texts:
            for number, command in enumerate(text.split("\n"), 1):
                if len(command) <= _LONGEST_COMMAND and (match := pattern.match(command)):
                    yield Command(name, number, match)


def scripts(path: Path) -> Scripts:
    """The scripts beside the file at `path` that are run when a link has come up."""
    notes: list[str] = []
    names = ["ip-up", "ip-up.local"]
    with suppress(OSError):
        found = sorted(one.name for one in (path.parent / "ip-up.d").iterdir())
        names += [f"ip-up.d/{name}" for name in found if _RUN_PARTS.fullmatch(name)]
        if any(not _RUN_PARTS.fullmatch(name) for name in found):
            notes.append("ip-up.d has files whose names run-parts leaves out (one with a dot, such as flush.sh): none is run")
    there = [(name, text) for name in names if (text := beside(path, name)) is not None]
    first = dict(there).get("ip-up")
    uncalled = [name for name, _ in there if first is not None and name != "ip-up" and name.partition("/")[0] not in first]
    if uncalled:
        notes.append(
            "ip-up beside it runs neither ip-up.local nor ip-up.d unless it names them: what it does not name is not run"
        )
        there = [(name, text) for name, text in there if name not in uncalled]
    return Scripts(tuple(there), tuple(notes))
