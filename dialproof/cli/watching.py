"""`--watch`: check each scenario again as soon as its file, or a file that it names, has changed.

The files that a scenario names are every string in its text that could be the path of a file, relative to the scenario's folder.
The files are polled a few times a second (modification time, size, inode), which works on every file system and notices editors
that save by renaming. The project's own code is imported once: after editing a model, start the command again.
"""

import os
import stat
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from dialproof.cli.next_step import Asked
from dialproof.cli.output import tell
from dialproof.cli.progress import ProgressLine
from dialproof.cli.results import TextReport
from dialproof.cli.signals import ending_once
from dialproof.core.errors import InputError
from dialproof.core.plan import PlannedCheck, Scenario
from dialproof.evidence.outcome import CheckedVerdict, word
from dialproof.portfolio.check import run_planned
from dialproof.portfolio.portfolio import Portfolio
from dialproof.project.project import project_of
from dialproof.project.scenarios import load_one, scenario_files
from dialproof.review.expectation import is_vacuous
from dialproof.review.session import is_configuration

_EVERY = 0.2  # seconds between two looks
_SHARE = 0.1  # of the time goes into looking at most: a large folder is looked at less often
_SETTLED = 0.05  # seconds without a further change, after which a change is complete
_BACK = 1.0  # seconds within which a file that is saved by renaming is back
_LONGEST = 1024  # characters of a path

Mark = tuple[int, int, int] | None
"""What identifies a version of a file: modification time, size, inode; None if there is no file."""

Look = Mapping[Path, tuple[tuple[Path, Mark], ...]]
"""What was seen: for each scenario the marks of its file and of the files that it names."""


class _Edited(Exception):  # noqa: N818  # it is no error: the work is about something that is no longer so
    """A file was edited while it was being checked."""


@dataclass(eq=False)
class Watched:
    """The files that are watched: those that scenarios `given` on the command line stand for, and those that they name."""

    given: Sequence[Path]
    pause: float = field(default=_EVERY, init=False)
    _named: dict[Path, tuple[Mark, tuple[Path, ...]]] = field(default_factory=dict, init=False)

    def look(self) -> Look:
        """Look at all of them. Afterwards `pause` is the number of seconds until the next look."""
        begun = time.monotonic()
        try:
            files, _ = scenario_files(self.given, is_configuration)
        except (InputError, OSError):  # a folder without scenarios, or that is just being replaced
            files = ()
        seen = {file: tuple((path, mark_of(path)) for path in (file, *self._names(file))) for file in files}
        self.pause = max(_EVERY, (time.monotonic() - begun) / _SHARE)
        return seen

    def settled(self, before: Look) -> Look:
        """What is seen once nothing changes any more, after files that were there `before` had time to reappear."""
        latest = time.monotonic() + _BACK
        look = self.look()
        while True:
            time.sleep(_SETTLED)
            again = self.look()
            if again == look and (not _is_lacking(before, again) or time.monotonic() > latest):
                return again
            look = again

    def _names(self, file: Path) -> tuple[Path, ...]:
        """The files that a scenario may name; if it cannot be read now, those that it named before."""
        mark = mark_of(file)
        known, names = self._named.get(file, (None, ()))
        if mark is not None and mark != known:
            try:
                content = tomllib.loads(file.read_text(encoding="utf-8"))
                names = tuple(dict.fromkeys(file.parent / text for text in _strings(content) if _could_be_a_path(text)))
            except (OSError, ValueError, RecursionError):  # it will be said when it is checked
                return names
            self._named[file] = mark, names
        return names


def mark_of(path: Path) -> Mark:
    """The mark of a regular file; None if there is none."""
    try:
        known = os.stat(path)  # noqa: PTH116  # not Path.stat: it is asked for often
    except (OSError, ValueError):
        return None
    return (known.st_mtime_ns, known.st_size, known.st_ino) if stat.S_ISREG(known.st_mode) else None


@dataclass(eq=False)
class Watching:
    """The rounds of checks: `asked` says what was asked for on the command line."""

    asked: Asked
    _watched: Watched = field(init=False)
    _seen: Look | None = field(default=None, init=False)
    _known: dict[Path, dict[str, str]] = field(default_factory=dict, init=False)
    _looked_at: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._watched = Watched(self.asked.scenarios)

    def interrupt(self) -> None:
        """For the portfolio to call while it waits: ends the round if a file that is being checked was edited."""
        if time.monotonic() - self._looked_at > self._watched.pause:
            now = self._watched.look()
            self._looked_at = time.monotonic()
            if now != self._seen:
                raise _Edited

    def go_on(self, portfolio: Portfolio) -> NoReturn:
        """Check everything, then again whatever is edited, until a signal ends it.

        On a signal it raises KeyboardInterrupt or Terminated, after every worker has ended. Raises InputError if the scenarios
        belong to no project, or there are none at the start; InternalError for a bug in dialproof.
        """
        files, problems = scenario_files(self.asked.scenarios, is_configuration)
        if problems:
            raise InputError("\n".join(problems))
        project_of(files)
        with ending_once(), portfolio:
            portfolio.prepare()
            while True:
                self._round(portfolio)
                portfolio.prepare()

    def _round(self, portfolio: Portfolio) -> None:
        """Wait for something to be edited, and check it."""
        before, now = self._seen, self._watched.look()
        while now == before:
            time.sleep(self._watched.pause)
            now = self._watched.look()
        if before is not None:
            now = self._watched.settled(before)
        edited = [file for file in now if before is None or now[file] != before.get(file)]
        self._seen, self._looked_at = now, time.monotonic()
        for file in [file for file in self._known if file not in now]:
            tell(f"{file}: no longer there")
            del self._known[file]
        try:
            self._check(edited, portfolio, is_first=before is None)
        except _Edited:
            self._seen = {file: marks for file, marks in now.items() if file not in edited}
        else:
            tell(f"\nwatching {len(now)} scenario{'' if len(now) == 1 else 's'}; Ctrl-C ends")

    def _check(self, files: Sequence[Path], portfolio: Portfolio, *, is_first: bool) -> None:
        """Check the scenarios in `files`, and say first what has changed. What cannot be used is said on standard error."""
        scenarios = []
        for file in files:
            try:
                project = project_of([*self._known, file])
                project.activate()
                scenarios.append(load_one(file, project.checks, project.as_scenario))
            except InputError as error:
                tell(str(error))
        if not scenarios:
            return
        report = TextReport(scenarios, self.asked)
        try:
            results = _results(portfolio, [item for one in scenarios for item in one.checks], report if is_first else None)
        except InputError as error:
            tell(str(error))
            return
        if not is_first:
            lines = [line for one in scenarios for line in _changes(one, results, self._known.get(one.path))]
            report.preface(lines)
            for planned, checked in results.items():
                report.hear(planned, checked)
        report.finish()
        self._known |= {scenario.path: _verdicts(scenario, results) for scenario in scenarios}


Results = Mapping[PlannedCheck, CheckedVerdict]
"""What came out for each check that was planned."""


def _results(portfolio: Portfolio, planned: Sequence[PlannedCheck], report: TextReport | None) -> Results:
    """The results of `planned`; `report` hears of each at once, if there is one."""
    with ProgressLine(len(planned)) as progress:

        def heard(item: PlannedCheck, checked: CheckedVerdict) -> None:
            if report is not None:
                with progress.paused():
                    report.hear(item, checked)
            progress.advance()

        results = run_planned(portfolio, planned, on_progress=progress.event, on_verdict=heard)
    return dict(zip(planned, results, strict=True))


def _verdicts(scenario: Scenario, results: Results) -> dict[str, str]:
    """The outcome of each check of `scenario`, by its claim, which is numbered if it is checked several times."""
    times: Counter[str] = Counter()
    found = {}
    for planned in scenario.checks:
        times[planned.claim] += 1
        number = times[planned.claim]
        name = planned.claim if number == 1 else f"{planned.claim} ({number})"
        found[name] = "holds vacuously" if is_vacuous(results[planned]) else word(results[planned].verdict)
    return found


def _changes(scenario: Scenario, results: Results, before: Mapping[str, str] | None) -> Iterator[str]:
    """What is different from the last time, a line for each check, below a line that names the scenario."""
    now = _verdicts(scenario, results)
    yield f"{scenario.label} was edited" if before is not None else f"{scenario.label} is new"
    if before is None:
        return
    changed = [f"{name}: {before[name]} → {found}" for name, found in now.items() if name in before and before[name] != found]
    changed += [f"{name}: not checked before, now {found}" for name, found in now.items() if name not in before]
    changed += [f"{name}: no longer checked, before {found}" for name, found in before.items() if name not in now]
    for line in changed or ["no verdict has changed"]:
        yield f"  {line}"


def _is_lacking(before: Look, now: Look) -> bool:
    """True if a file that was there `before` is missing now."""
    there = {path for marks in now.values() for path, mark in marks if mark is not None}
    return any(mark is not None and path not in there for marks in before.values() for path, mark in marks)


def _strings(content: object) -> Iterator[str]:
    match content:
        case str():
            yield content
        case dict():
            for value in content.values():
                yield from _strings(value)
        case list():
            for value in content:
                yield from _strings(value)


def _could_be_a_path(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and text.isprintable()
