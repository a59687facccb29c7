"""What if: check a scenario again with some settings changed, and compare the verdicts side by side."""

import shutil
import tempfile
import weakref
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

from dialproof.core.display import Displayed, counted, one_line
from dialproof.core.errors import InputError, ScenarioError
from dialproof.core.plan import Scenario
from dialproof.engines.registry import DEFAULT_ENGINES
from dialproof.evidence.outcome import CheckedVerdict, word
from dialproof.project import toml_source
from dialproof.project.project import Project, project_of
from dialproof.project.scenarios import load_one
from dialproof.project.toml_changes import Setting, changed, literal
from dialproof.project.toml_source import TomlSource
from dialproof.review.expectation import is_vacuous
from dialproof.review.session import Review

_TEXT, _TEXT_FILE = "scenario text", "scenario.toml"


def with_settings(
    scenario: str | PathLike[str],
    settings: Mapping[str, Setting],
    *,
    timeout: float | None = 300,
    processes: int = 2,
    engines: Sequence[str] = DEFAULT_ENGINES,
    second_opinion: bool = False,
) -> Review:
    """The review of a scenario with other settings: `{"connector.build": "5.5.2591.0"}`; the file itself stays as it is.

    `scenario` is the path of a file, or (a string of several lines) its text. A key is written as in messages:
    `environment.call_eventually_succeeds`, `email_domain[0].link`; a new key is added, and the value None removes a key. The
    other parameters are those of `Review.of`. Raises InputError, with the place in the changed text, if that is invalid.
    """
    source, path = _source(scenario)
    after = changed(source, settings)
    project = project_of([path])
    project.activate()
    after = _with_absolute_paths(after, path, project)
    varied = _planned(project, after, path.name, _label(source.file, settings))
    return Review.of_scenarios(
        project, (varied,), timeout=timeout, processes=processes, engines=engines, second_opinion=second_opinion
    )


def _source(scenario: str | PathLike[str]) -> tuple[TomlSource, Path]:
    """The text with the places in it, and the path that says which project it belongs to."""
    if isinstance(scenario, str) and "\n" in scenario:
        return toml_source.parse(scenario, _TEXT), Path(_TEXT_FILE)
    return toml_source.read(Path(scenario)), Path(scenario)


def _with_absolute_paths(source: TomlSource, path: Path, project: Project) -> TomlSource:
    """The same, with each file that it names beside itself named from everywhere: the copy stands in another folder."""
    named = {key: source.data[key] for key in project.file_keys() if isinstance(source.data.get(key), str)}
    return changed(source, {key: str(path.absolute().parent / value) for key, value in named.items()})


def _label(file: str, settings: Mapping[str, Setting]) -> str:
    said = [f"{key} = {literal(value)}" if value is not None else f"no {key}" for key, value in settings.items()]
    return f"{file} with {', '.join(said)}" if said else file


def _planned(project: Project, source: TomlSource, name: str, label: str) -> Scenario:
    """The scenario from a temporary file, since a project plans files; the file is deleted with the scenario object.

    Messages name the label and not that file. Raises InputError.
    """
    folder = Path(tempfile.mkdtemp(prefix="dialproof-"))
    file = folder / name
    try:
        file.write_text(source.text, encoding="utf-8")
        planned = load_one(file, project.checks)
    except ScenarioError as error:
        shutil.rmtree(folder)
        problems = tuple(
            (place and replace(place, file=label), message.replace(str(file), label)) for place, message in error.problems
        )
        raise ScenarioError(problems, error.source) from None
    except InputError as error:
        shutil.rmtree(folder)
        raise InputError(str(error).replace(str(file), label)) from None
    except BaseException:
        shutil.rmtree(folder)
        raise
    checks = tuple(replace(check, scenario=label) for check in planned.checks)
    varied = replace(planned, checks=checks, called=label)
    weakref.finalize(varied, shutil.rmtree, folder, ignore_errors=True)
    return varied


@dataclass(frozen=True, eq=False)
class Row:
    """One check in each of the compared reviews; None if a review does not have it. `claim` is its label."""

    claim: str
    results: tuple[CheckedVerdict | None, ...]

    def __repr__(self) -> str:
        return one_line("Row", repr(self.claim), *("not asked" if one is None else word(one.verdict) for one in self.results))

    @property
    def differs(self) -> bool:
        """True if the reviews differ in the verdict, or in whether it is vacuous."""
        found = {None if one is None else (word(one.verdict), is_vacuous(one)) for one in self.results}
        return len(found) > 1


@dataclass(frozen=True, eq=False)
class Comparison(Displayed):
    """Reviews side by side: a column for each of `labels`, a row for each check."""

    labels: tuple[str, ...]
    reviews: tuple[Review, ...]
    rows: tuple[Row, ...]

    def __repr__(self) -> str:
        return one_line("Comparison", ", ".join(self.labels), counted(len(self.rows), "check"))

    @property
    def differences(self) -> tuple[Row, ...]:
        """The rows whose verdicts differ."""
        return tuple(row for row in self.rows if row.differs)


def compare(reviews: Mapping[str, Review]) -> Comparison:
    """The verdicts of `reviews` side by side, under their labels; each must be of one scenario.

    If a scenario checks a claim several times, these checks are compared in their order. Raises InputError.
    """
    if not reviews:
        raise InputError("there is nothing to compare: give reviews by label, such as {'before': review, 'after': other}")
    columns = {label: _by_claim(label, review) for label, review in reviews.items()}
    keys = list(dict.fromkeys(key for column in columns.values() for key in column))
    rows = []
    for claim, number in keys:
        results = tuple(column.get((claim, number)) for column in columns.values())
        repeated = sum(key[0] == claim for key in keys) > 1
        rows.append(Row(f"{claim}{_under_one_cause(results) if repeated else ''}", results))
    return Comparison(tuple(reviews), tuple(reviews.values()), tuple(rows))


def _under_one_cause(results: Sequence[CheckedVerdict | None]) -> str:
    """The cause of a check, in words, if it is the same in all reviews."""
    causes = {tuple(variant.name for variant in one.planned.variants) for one in results if one is not None}
    names = next(iter(causes))
    return f" (under {names[0]})" if len(causes) == len(names) == 1 else ""


def _by_claim(label: str, review: Review) -> dict[tuple[str, int], CheckedVerdict]:
    """The results of a review, by claim and by the number of its occurrence."""
    if len(review.scenarios) != 1:
        raise InputError(f"{label!r} is a review of {len(review.scenarios)} scenarios; compare reviews of one scenario each")
    times: Counter[str] = Counter()
    found = {}
    for result in review.of_scenario(review.scenarios[0]):
        claim = result.planned.claim
        found[claim, times[claim]] = result
        times[claim] += 1
    return found
