"""Scenario files as test files: each check is one test, named after its claim.

A scenario file is a .toml file that begins with `format = ...` and asks for a check; one that is named on the command line is
always taken for one, so that a mistake in it is reported and not passed over. A pyproject.toml is none. A configuration file
whose kind is known by its content counts too, if it or a folder above it is named on the command line.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dialproof.core.errors import DialproofError, InputError
from dialproof.core.files import CERTIFICATE, CONFIGURATIONS
from dialproof.core.visible import in_one_line
from dialproof.testing.failure import UnexpectedVerdictError, from_here
from dialproof.testing.session import ProofSession
from dialproof.testing.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from dialproof.core.plan import PlannedCheck
    from dialproof.portfolio.check import CheckedVerdict

RUNNER = pytest.StashKey["ScenarioRunner"]()

_FORMAT = re.compile(r"[ \t]*format[ \t]*=")
_CHECK = re.compile(r"[ \t]*\[\[[ \t]*check[ \t]*\]\]")


def is_meant(file: Path, session: pytest.Session) -> bool:
    """True if a scenario file is to be collected, by where it lies below what is named on the command line.

    A certificate (a folder NAME.cert) holds a copy of the scenario that it is about, which is no other test; and a link that
    leads back to a folder above it leads to nothing new.
    """
    for place in (file, *file.parents):
        if session.isinitpath(place):
            return True
        if place != file and (place.suffix == CERTIFICATE or _leads_back(place)):
            return False
    return True


def _leads_back(folder: Path) -> bool:
    try:
        return folder.is_symlink() and folder.parent.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return True


def repeated(items: "Sequence[pytest.Item]", session: pytest.Session) -> "set[ScenarioItem]":
    """The checks of scenarios that several paths lead to, but for one each: the file itself before a link to it.

    Everything that is named on the command line is collected.
    """
    chosen: dict[tuple[Path, str], ScenarioItem] = {}
    found = [item for item in items if isinstance(item, ScenarioItem) and not session.isinitpath(item.path)]
    for item in found:
        itself = item.path.resolve()
        first = chosen.setdefault((itself, item.name), item)
        if item.path == itself != first.path:
            chosen[itself, item.name] = item
    return set(found) - set(chosen.values())


def is_asked_for(file: Path, session: pytest.Session) -> bool:
    """True if the command line names the file, or a folder above it: then configuration files count as tests too.

    A run that only takes the folders of `testpaths` looks into no file to see what it is.
    """
    by_hand = session.config.args_source is pytest.Config.ArgsSource.ARGS
    return by_hand and any(session.isinitpath(place) for place in (file, *file.parents))


def is_scenario(file: Path, patterns: "Sequence[str]", *, named: bool, asked: bool) -> bool:
    """True if `file` is to be collected.

    `named` is True if the command line names the file itself, `asked` if it names the file or a folder above it.
    """
    if file.suffix != ".toml":
        return asked and file.suffix in CONFIGURATIONS and _is_configuration(file)
    if file.name == "pyproject.toml":
        return False
    if named:
        return True
    if not any(file.match(pattern) for pattern in patterns):
        return False
    with suppress(OSError, UnicodeDecodeError):
        lines = file.read_text(encoding="utf-8-sig").splitlines()
        first_table = next((number for number, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
        return any(map(_FORMAT.match, lines[:first_table])) and any(map(_CHECK.match, lines[first_table:]))
    return False


def _is_configuration(file: Path) -> bool:
    """True if the project that the file belongs to checks it like a scenario."""
    from dialproof.review.session import is_configuration

    with suppress(InputError):  # no project, or a broken one: then this is no test
        return is_configuration(file)
    return False


class ScenarioFile(pytest.File):
    """A scenario; its tests are its checks."""

    def collect(self) -> "Iterator[ScenarioItem]":
        """Its checks, in order. Raises CollectError, which says what is wrong with the file, and where."""
        from dialproof.review.session import opened

        try:
            _, (scenario,) = opened([Path(from_here(str(self.path)))])
        except InputError as error:
            raise self.CollectError(str(error)) from error
        for planned, name in zip(scenario.checks, _names(scenario.checks), strict=True):
            yield ScenarioItem.from_parent(self, name=name, planned=planned)


class ScenarioItem(pytest.Item):
    """A check of a scenario: it passes if the verdict is the expected one ("holds" if none is stated)."""

    def __init__(self, *, planned: "PlannedCheck", **others: object) -> None:
        super().__init__(**others)  # type: ignore[arg-type]  # pytest passes its own
        self.planned = planned
        self.checked: CheckedVerdict | None = None

    def setup(self) -> None:
        """Find the verdict. What is raised here (by a model without meaning, by a bug of ours) is an error, not a failure."""
        self.checked = self.config.stash[RUNNER].answer(self)

    def runtest(self) -> None:
        """Compare the verdict with the expected one."""
        from dialproof.testing.theorems import shortfall

        assert self.checked is not None
        runner = self.config.stash[RUNNER]
        cited = runner.session.cite(self.checked)
        cited.expected = self.planned.expected or "holds"
        missing = shortfall(self.checked, cited.expected, runner.session.width)
        cited.standing = "as expected" if missing is None else missing.standing
        if missing is not None:
            raise UnexpectedVerdictError(missing.headline, missing.lines)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The file, the line of the check (counted from 0), and its name."""
        return self.path, self.planned.line - 1, self.name


class ScenarioRunner:
    """Finds the verdicts of scenario files' checks, for many checks at once, while the tests are reported one by one.

    Starting workers takes longer than most checks. So the checks that follow each other are one piece of work for one set of
    workers, which go on while pytest reports what is known. In a worker of pytest-xdist, where nobody knows which checks will
    follow, each check is a piece of work of its own, for workers that stay; what has been answered is not asked again.
    """

    def __init__(self, session: ProofSession) -> None:
        self.session = session
        self._own = ProofSession(session.settings)  # the workers of `session` may be asked in between
        self._known: dict[PlannedCheck, CheckedVerdict] = {}
        self._under_way: tuple[ScenarioItem, ...] = ()
        self._answers: Generator[tuple[int, CheckedVerdict]] | None = None
        self._alone: set[PlannedCheck] = set()

    def answer(self, item: ScenarioItem) -> "CheckedVerdict":
        """The verdict for `item`. Raises ModelError and InternalError."""
        while item.planned not in self._known:
            if item.planned in self._alone or hasattr(item.config, "workerinput"):
                self._stop()
                self._own.begin(settings_of(item, self.session))
                self._known[item.planned] = self._own.answer([item.planned])[0]
            else:
                self._hear(item)
        return self._known[item.planned]

    def close(self) -> None:
        """End every worker."""
        self._stop()
        self._own.close()

    def _hear(self, item: ScenarioItem) -> None:
        """Wait for the next verdict of the piece of work that `item` belongs to; begin it first, if need be."""
        from dialproof.portfolio.check import each_planned

        if self._answers is None or item not in self._under_way:
            self._stop()
            settings = settings_of(item, self.session)
            self._under_way = (item, *self._following(item, settings))
            self._answers = each_planned(self._own.portfolio(settings), [other.planned for other in self._under_way])
        try:
            number, checked = next(self._answers)
        except DialproofError:
            # Whose error it was is not said; each of them finds out for itself, so that none suffers for another.
            self._alone |= {other.planned for other in self._under_way}
            self._stop()
        else:
            self._known[self._under_way[number].planned] = checked

    def _following(self, item: ScenarioItem, settings: Settings) -> Iterator[ScenarioItem]:
        """The checks of scenarios that come right behind `item` and are made in the same way."""
        items = item.session.items
        for other in items[items.index(item) + 1 :]:
            if not isinstance(other, ScenarioItem):
                return
            try:
                if settings_of(other, self.session) != settings:
                    return
            except InputError:  # its marker says what cannot be, which is for its own setup to tell
                return
            yield other

    def _stop(self) -> None:
        if self._answers is not None:
            self._answers.close()
        self._answers, self._under_way = None, ()


def settings_of(item: pytest.Item, session: ProofSession) -> Settings:
    """How checks are made in a test: as its markers say, the nearest last, else as the command line does. Raises InputError."""
    settings = session.defaults
    for mark in reversed(list(item.iter_markers("dialproof"))):
        if mark.args:
            raise InputError(f"the marker dialproof takes options by name: dialproof(timeout={mark.args[0]!r})")
        settings = settings.changed(mark.kwargs)
    return settings


def _names(checks: "Sequence[PlannedCheck]") -> list[str]:
    """A name for each check: its claim; if a claim is checked more than once, with its cause, and if need be its line.

    What cannot be seen in it is an escape: pytest prints it as it is.
    """
    claims = Counter(check.claim for check in checks)
    names = [check.claim if claims[check.claim] == 1 else f"{check.claim}[{_causes(check)}]" for check in checks]
    times = Counter(names)
    return [
        in_one_line(name if times[name] == 1 else f"{check.claim}[{_causes(check)}-line-{check.line}]")
        for name, check in zip(names, checks, strict=True)
    ]


def _causes(check: "PlannedCheck") -> str:
    return check.variants[0].name if len(check.variants) == 1 else f"{len(check.variants)}-causes"
