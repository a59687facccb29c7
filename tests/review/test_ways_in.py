"""One answer, whoever asks: the command line, pytest alone and with workers, a review in Python, and a report say the same.

A few scenarios of the repository go through every way in (with `--every-scenario` all of them), and a project of small ones in
which each kind of answer occurs: one of them pytest's workers once answered from a sample of what it asks about.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from dialproof import Review
from dialproof.core.claims import ManySystems, OneSystem
from dialproof.core.verdict import Unknown
from dialproof.evidence.findings import by_causes, sentences
from dialproof.evidence.outcome import CheckedVerdict, word
from dialproof.report import write
from dialproof.review.expectation import basis_of, is_vacuous
from dialproof.testing.theorems import evidence
from properties.checks import plan
from tests.amounts import long
from tests.gatehouse import CHECKS, CONFIGURATION, OPENS, scenario
from tests.tables import EVERY_TABLE_UNDER_A_FAULT, TWO_BOUNDS

ROOT = Path(__file__).resolve().parents[2]


class Answer(NamedTuple):
    """What is said of one check, whoever is told. Which of several proofs is found first is for the machine to say."""

    verdict: str
    vacuous: bool | None
    evidence: str
    rests_on: tuple[str, ...]
    findings: tuple[str, ...]
    notes: tuple[str, ...]


PROOF = "a proof"

SOME = ("q230051/base-shipped.toml", "q230051/dns-added-fixed.toml", "shared-modem/weak-dialling.toml")
"""The scenarios that are taken unless `--every-scenario` says otherwise: all of them, in every way, take a quarter of an hour."""


TWO_FAULTS = """
format = 1
{table}
[connector]
product = "exchange-ims"
build = "5.5.2650.21"
fault = "permanent-mode + latch-after-failed-calls"
[links.isp]
kind = "ras"
[links.office]
kind = "lan"
[default]
deliver = "host"
host = "smtp.isp.example"
link = "isp"
[[check]]
claim = "queued-mail-is-dialled"
expect = "violated"
[[check]]
claim = "no-dial-without-demand"
"""
"""One that forbids and gives up, one that forbids and remembers, both at once."""

ASTRAY = """\
config interface 'wan'
\toption enabled '1'
\tlist track_ip '198.51.100.1'
\tlist track_ip '198.51.100.2'
config member 'wan_m'
\toption interface 'wan'
config policy 'all'
\tlist use_member 'wan_m'
config rule 'everything'
\toption dest_ip '0.0.0.0/0'
\toption use_policy 'al'
"""
"""A router's own file, of mwan3, whose rule names a policy that is not there."""


@pytest.fixture(scope="module", params=["the repository's", "gatehouses"])
def scenarios(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scenarios of a project that is a copy: what a run leaves behind is not left in the repository."""
    folder = tmp_path_factory.mktemp("project")
    if request.param == "gatehouses":
        return gatehouses(folder)
    for name in ("model", "properties"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    scenarios = folder / "model" / "scenarios"
    for example in (ROOT / "docs" / "examples").glob("*.toml"):
        shutil.copy(example, scenarios)
    if not request.config.getoption("--every-scenario"):
        for path in scenarios.rglob("*.toml"):
            if path.relative_to(scenarios).as_posix() not in SOME and path.parent != scenarios:
                path.unlink()
    (scenarios / "two-bounds.toml").write_text(TWO_BOUNDS)
    (scenarios / "mwan3").write_text(ASTRAY)
    for name, table in (("two-faults", ""), ("two-faults-in-every-table", 'email_domains = "any"')):
        (scenarios / f"{name}.toml").write_text(TWO_FAULTS.format(table=table))
    return scenarios


def gatehouses(folder: Path) -> Path:
    """Every kind of answer on one small model, those about systems of every size among them."""
    (folder / "pyproject.toml").write_text(CONFIGURATION)
    (folder / "properties").mkdir()
    (folder / "properties" / "__init__.py").touch()
    (folder / "properties" / "checks.py").write_text(CHECKS)
    kinds = ["opens", "stays-shut", "empty-premise", "many", "many-broken"]
    checks = [f'kind = "{kind}"' for kind in kinds] + [f'{OPENS}\ncauses = ["none", "stuck"]']
    (folder / "scenarios").mkdir()
    for name, asked in (("all", checks), ("many", ['kind = "many"\nexpect = "holds"'])):
        path = Path(scenario(str(folder / "scenarios" / f"{name}.toml"), *asked))
        path.write_text(f"format = 1\n{path.read_text()}")  # by this pytest knows a scenario
    return folder / "scenarios"


@pytest.fixture(scope="module")
def review(scenarios: Path) -> Review:
    """All of them, checked in this process."""
    return Review.of(scenarios)


def expected_answers(review: Review, scenarios: Path) -> dict[tuple[str, int, str], Answer]:
    found = {}
    for one in review.scenarios:
        for checked in review.of_scenario(one):
            planned = checked.planned
            found[one.path.relative_to(scenarios).as_posix(), planned.line, planned.claim] = answer_of(checked)
    return found


def answer_of(checked: CheckedVerdict) -> Answer:
    verdict = checked.verdict
    is_proof = word(verdict) == "holds"
    return Answer(
        word(verdict),
        None if isinstance(verdict, Unknown) else is_vacuous(checked),
        PROOF if is_proof else evidence(verdict),
        () if is_proof else basis_of(checked).lines(),
        tuple(sentences(checked.actions, {cause for cause, _ in checked.by_cause})),
        checked.planned.notes,
    )


def test_every_table_is_a_type_of_its_own(tmp_path: Path) -> None:
    """So that no driver of checks can ask a sample instead: once pytest's workers did, and said that this holds."""
    (tmp_path / "wrong-queue.toml").write_text(EVERY_TABLE_UNDER_A_FAULT)
    (planned,) = plan(tmp_path / "wrong-queue.toml")
    assert [type(variant) for variant in planned.variants] == [ManySystems]
    assert not hasattr(planned.variants[0], "system")
    for planned in plan(ROOT / "model" / "scenarios" / "q230051" / "base-fixed.toml"):
        assert {type(variant) for variant in planned.variants} == {OneSystem}


def test_what_is_violated_of_every_size_is_shown_in_one_system(review: Review) -> None:
    for checked in review.results:
        assert all(isinstance(variant, OneSystem) for variant, _ in checked.violations)


def test_what_is_said_of_many_gatehouses_is_not_what_is_said_of_one(review: Review) -> None:
    found = {
        checked.planned.claim: word(checked.verdict) for checked in review.results if "many.toml" in checked.planned.scenario
    }
    assert set(found.values()) <= {"unknown"}, "this was once said to hold, by two of the ways in"


def test_what_a_configuration_file_is_to_blame_for_is_found(review: Review) -> None:
    found = {one.planned.claim: one for one in review.results if Path(str(one.planned.scenario)).suffix == ""}
    assert not found or [
        (claim, [suspect.line for suspect in one.planned.suspects])
        for claim, one in found.items()
        if word(one.verdict) == "violated"
    ] == [("traffic-goes-by-its-policy", [9])]


def test_the_command_line_says_the_same(review: Review, scenarios: Path) -> None:
    # The lines are in the order of the scenarios and of the checks in each.
    command = [sys.executable, "-m", "dialproof.cli.main", "check", str(scenarios), "--json", "--no-cache"]
    said = [json.loads(line) for line in subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()]
    assert [(line["scenario"], line["claim"]) for line in said] == [
        (str(checked.planned.scenario), checked.planned.claim) for checked in review.results
    ]
    for line, checked in zip(said, review.results, strict=True):
        wanted = answer_of(checked)
        kind = None if line["evidence"] is None else line["evidence"]["kind"]
        assert (line["verdict"], line["vacuous"], line["notes"]) == (wanted.verdict, wanted.vacuous, list(wanted.notes)), line
        assert wanted.verdict == "holds" or line["assumptions"] == list(wanted.rests_on), line
        assert [found["says"] for found in line["findings"]] == [found.says for found in by_causes(checked.findings)], line
        assert kind == kind_of(wanted), line


def kind_of(answer: Answer) -> str | None:
    """The kind of evidence, as the command line calls it."""
    return {PROOF: "certificate"}.get(answer.evidence) or {"lasso": "lasso", "finite": "run"}.get(
        answer.evidence.partition(" ")[0]
    )


@pytest.mark.parametrize("workers", [pytest.param((), marks=long), ("-n", "2")], ids=["alone", "with two workers"])
def test_pytest_says_the_same(workers: tuple[str, ...], review: Review, scenarios: Path, tmp_path: Path) -> None:
    target = tmp_path / "proofs.json"
    pytest_ = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--proof-report={target}"]
    command = [*pytest_, *workers, f"--rootdir={scenarios}", "-c", "/dev/null", str(scenarios)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=scenarios)
    theorems = json.loads(target.read_text())["theorems"] if target.exists() else pytest.fail(done.stdout + done.stderr)
    said = {
        (one["subject"], one["line"], one["claim"]): Answer(
            one["verdict"], one["vacuous"], one["evidence"], *map(tuple, (one["rests_on"], one["findings"], one["notes"]))
        )
        for one in theorems
    }
    wanted = expected_answers(review, scenarios)
    said = {place: one._replace(evidence=PROOF, rests_on=()) if one.verdict == "holds" else one for place, one in said.items()}
    assert said.keys() == wanted.keys()
    assert {place: (one, wanted[place]) for place, one in said.items() if one != wanted[place]} == {}


def test_the_report_says_the_same(review: Review, scenarios: Path, tmp_path: Path) -> None:
    """The command's own page, and the one that the review writes."""
    command = [sys.executable, "-m", "dialproof.cli.main", "report", str(scenarios), "-o", str(tmp_path / "review.md")]
    subprocess.run(command, capture_output=True, text=True, check=False)
    write(review, tmp_path / "own.md")
    said = [table_of(tmp_path / name) for name in ("review.md", "own.md")]
    assert said[0] == said[1]
    shown = [row[3].partition(":")[0].partition(" (")[0] for row in said[0]]
    assert shown == [shown_in_report(checked) for checked in review.results]
    for note in {note for checked in review.results for note in checked.planned.notes}:
        assert note.split(";")[0].split("`")[0][:40] in re.sub(r"\\(.)", r"\1", (tmp_path / "review.md").read_text())


def shown_in_report(checked: CheckedVerdict) -> str:
    return "holds vacuously" if word(checked.verdict) == "holds" and is_vacuous(checked) else word(checked.verdict)


def table_of(page: Path) -> list[list[str]]:
    """The rows of the table of every check, without what depends on the proof that was found first.

    That is the engine, the time, the number of the proof and the basis that it rests on.
    """
    lines = page.read_text().partition("### Every check")[2].strip().partition("\n\n")[0].splitlines()
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-3]] for line in lines[2:]]
    return [[re.sub(r"^Proof \d+$", "Proof", row[5]), *row[:5], row[7]] for row in rows]
