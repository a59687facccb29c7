"""A review in Python: scenario files with their verdicts, for a report, a notebook or a test."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Self

from dialproof.core.display import Displayed, counted, one_line
from dialproof.core.errors import InputError
from dialproof.core.late import provided
from dialproof.core.plan import PlannedCheck, Scenario
from dialproof.engines.registry import DEFAULT_ENGINES
from dialproof.portfolio.check import CheckedVerdict, run_planned
from dialproof.portfolio.portfolio import Portfolio
from dialproof.project.project import Project, project_of
from dialproof.project.scenarios import TOML, load, scenario_files


def opened(paths: Sequence[Path], kind: str | None = None) -> tuple[Project, tuple[Scenario, ...]]:
    """The project of scenario files (or folders of them), which it activates, and every scenario with its checks.

    With `kind` each file is a configuration file of this kind, whatever is in it. Raises InputError, which reports each file
    that cannot be used.
    """
    project, scenarios, refused = opened_as_far_as_possible(paths, kind)
    if refused:
        raise InputError("\n".join(refused))
    return project, scenarios


def opened_as_far_as_possible(
    paths: Sequence[Path], kind: str | None = None
) -> tuple[Project, tuple[Scenario, ...], tuple[str, ...]]:
    """The same, and what is wrong with configuration files that were found in a folder: among hundreds, some are broken."""
    files, problems = scenario_files(paths, is_configuration)
    project = replace(project_of(files), kind=kind)
    project.activate()
    found = [path for path in files if path.suffix != TOML and path not in paths]
    return project, *load(files, project.checks, problems, project.as_scenario, found)


def is_configuration(path: Path) -> bool:
    """True if the project that the file belongs to checks it like a scenario, though it is none."""
    project = project_of([path])
    project.activate()
    return project.kind_of(path) is not None


@dataclass(frozen=True, eq=False)
class Review(Displayed):
    """Scenarios with their verdicts: `results` are in the order of the scenarios and of the checks in each.

    `seconds` is the wall-clock time of all checks together.
    """

    project: Project
    scenarios: tuple[Scenario, ...]
    results: tuple[CheckedVerdict, ...]
    seconds: float

    def __repr__(self) -> str:
        return one_line("Review", counted(len(self.scenarios), "scenario"), counted(len(self.results), "check"))

    @classmethod
    def of(
        cls,
        *paths: str | PathLike[str],
        timeout: float | None = 300,
        processes: int = 2,
        engines: Sequence[str] = DEFAULT_ENGINES,
        second_opinion: bool = False,
        on_verdict: Callable[[PlannedCheck, CheckedVerdict], None] = lambda _check, _verdict: None,
    ) -> Self:
        """Run every check of the scenario files (or of all below a folder). Raises InputError for a file that cannot be used."""
        project, scenarios = opened([Path(path) for path in paths])
        return cls.of_scenarios(
            project,
            scenarios,
            timeout=timeout,
            processes=processes,
            engines=engines,
            second_opinion=second_opinion,
            on_verdict=on_verdict,
        )

    @classmethod
    def of_scenarios(
        cls,
        project: Project,
        scenarios: tuple[Scenario, ...],
        *,
        timeout: float | None = 300,
        processes: int = 2,
        engines: Sequence[str] = DEFAULT_ENGINES,
        second_opinion: bool = False,
        on_verdict: Callable[[PlannedCheck, CheckedVerdict], None] = lambda _check, _verdict: None,
    ) -> Self:
        """Run every check of `scenarios`, which `project` has planned; the parameters are those of `of`."""
        import time

        begun = time.monotonic()
        with Portfolio(processes, timeout=timeout, engines=engines, second_opinion=second_opinion) as portfolio:
            planned = [item for scenario in scenarios for item in scenario.checks]
            results = run_planned(portfolio, planned, on_verdict=on_verdict)
        return cls(project, scenarios, tuple(results), time.monotonic() - begun)

    def of_scenario(self, scenario: Scenario) -> tuple[CheckedVerdict, ...]:
        """The results of one scenario, in the order of its checks."""
        # By the order: a result may say more of its check than was planned, and is about another one then.
        planned = [item for one in self.scenarios for item in one.checks]
        known = dict(zip(planned, self.results, strict=True))
        return tuple(known[planned] for planned in scenario.checks)

    def __getitem__(self, claim: str) -> CheckedVerdict:
        """The result for `claim`. Raises InputError unless it was checked exactly once."""
        found = [checked for checked in self.results if checked.planned.claim == claim]
        if len(found) != 1:
            there = ", ".join(sorted({checked.planned.claim for checked in self.results}))
            raise InputError(f"{claim!r} was checked {len(found)} times here; what was checked: {there}")
        return found[0]

    def report(self, path: str | PathLike[str]) -> Path:
        """Write the report to `path`, as HTML, PDF or Markdown by its suffix; returns the file. See `dialproof.report.write`."""
        written: Path = provided("report of a review")(self, path)
        return written
