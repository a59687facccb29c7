"""README: what it shows is what the commands print.

The whole of `make prove` is not run again here (the theorems make every check anyway): the stored output is compared with what
the scenarios expect, line by line as the command line prints it, and two scenarios of it are run.
"""

import re
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from dialproof.checking import CheckedVerdict
from dialproof.claims import PlannedCheck
from dialproof.cli.table import Layout, print_scenario
from dialproof.review.scenarios import load, scenario_files
from dialproof.run import FiniteRun, State, Step
from dialproof.verdict import Certificate, Holds, Vacuity, Verdict, Violated
from docs.generate import README, excerpt, regenerated
from docs.pages import blocks, comparable, without_engine, without_times
from docs.running import PROVE, ROOT, Shell
from properties.checks import plan

WIDTH = 80
STALE = "stale; run: python -m docs.generate"


@pytest.fixture(scope="module")
def stored() -> str:
    """What README says that `make prove` prints."""
    (block,) = [block for block in blocks(README.read_text(encoding="utf-8")) if block.marker == "generated: prove"]
    return block.text.removeprefix("$ make prove\n")


def test_everything_that_is_generated_is_fresh(stored: str) -> None:
    page = regenerated(README, lambda: stored)
    assert comparable(page) == comparable(README.read_text(encoding="utf-8")), STALE


def test_make_prove_runs_what_the_output_is_generated_with() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    scenarios = re.search(r"^SCENARIOS \?= (.*)$", makefile, re.MULTILINE)
    assert scenarios is not None
    assert f"dialproof check {scenarios[1]}" == PROVE
    assert re.search(r"^prove:.*\n\t@\$\(BIN\)/dialproof check \$\(SCENARIOS\)", makefile, re.MULTILINE)


def test_the_first_block_has_the_two_commands() -> None:
    first, *_ = blocks(README.read_text(encoding="utf-8"))
    assert [command.partition(" #")[0].strip() for command in first.commands] == ["make prove", "make test"]


def test_the_table_is_what_the_scenarios_expect(stored: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    files, _ = scenario_files([Path(PROVE.rpartition(" ")[2])])
    scenarios = load(files, plan)
    planned = [check for scenario in scenarios for check in scenario.checks]
    page = StringIO()
    console = Console(file=page, width=WIDTH, markup=False, emoji=False, highlight=False)
    for scenario in scenarios:
        print_scenario(console, Layout(planned, WIDTH), scenario, [as_expected(check) for check in scenario.checks])
    heading, *parts, notes = stored.split("\n\n")
    assert without_engines("\n\n".join(parts)) == without_engines(page.getvalue()), STALE
    assert heading.split() == ["claim", "verdict", "expected", "engine", "time"]
    assert f"{len(planned)} checks: {len(planned)} as expected; … s" in notes, STALE


@pytest.mark.parametrize("name", ["dns-added-fixed", "ras-added-shipped"])
def test_the_table_is_what_is_printed(stored: str, name: str, tmp_path: Path) -> None:
    printed = without_times(Shell(tmp_path).run(f"dialproof check model/scenarios/q230051/{name}.toml", ROOT))
    (part,) = [part for part in stored.split("\n\n") if Path(part.partition("\n")[0]).stem == name]
    assert without_engines(part) in [without_engines(other) for other in printed.split("\n\n")], STALE


def as_expected(check: PlannedCheck) -> CheckedVerdict:
    """`check` as if it had come out as its scenario expects, under each cause."""
    some_run = FiniteRun((Step(None, State.of({"waiting": 1})),))
    verdict: Verdict = Holds(Certificate("invariant"), vacuity=Vacuity(True))
    if check.expected == "violated":
        verdict = Violated(some_run, vacuity=Vacuity(True))
    return CheckedVerdict(check, tuple((variant.name, verdict) for variant in check.variants))


def without_engines(table: str) -> list[str]:
    """The lines of a table without the columns for engine and time."""
    return [without_engine(line) for line in without_times(table).strip().splitlines()]


def test_an_excerpt_names_scenarios_that_exist(stored: str) -> None:
    with pytest.raises(RuntimeError, match="not all of"):
        excerpt(stored, ["no-such-scenario"])
