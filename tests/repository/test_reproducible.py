"""The comparison of evidence: it notices each difference, and is content if there is none."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from dialproof import FiniteRun, Holds, Unknown, Violated
from dialproof.core.certificates import KInduction
from dialproof.core.run import State, Step
from dialproof.core.verdict import Vacuity, Verdict
from tests.processes import is_alive
from tools import reproducible
from tools.reproducible import Condition, Evidence, busy_processes, differences, evidence_of

ROOT = Path(__file__).resolve().parents[2]

RUN = FiniteRun((Step(None, State.of({"lamp": True})),))
HOLDS = Holds(KInduction(1), engine="induction", seconds=1.0)
VIOLATED = Violated(RUN, engine="bmc", depth=3)


@pytest.mark.parametrize(
    ("before", "now", "parts"),
    [
        (HOLDS, replace(HOLDS, seconds=2.0), set()),
        (HOLDS, replace(HOLDS, engine="spacer"), {"engine"}),
        (HOLDS, replace(HOLDS, certificate=KInduction(2)), {"certificate"}),
        (HOLDS, replace(HOLDS, vacuity=Vacuity(True, True, RUN)), {"vacuity"}),
        (HOLDS, Unknown("no time", engine="induction"), {"verdict", "certificate"}),
        (VIOLATED, replace(VIOLATED, depth=4), {"depth"}),
        (VIOLATED, replace(VIOLATED, lasso=FiniteRun((*RUN.steps, *RUN.steps))), {"run"}),
    ],
)
def test_each_difference_is_noticed(before: Verdict, now: Verdict, parts: set[str]) -> None:
    found = list(differences({"row": evidence_of(before)}, {"row": evidence_of(now)}))
    assert {line.split(": ")[1] for line in found} == parts


def test_a_row_that_is_missing_is_a_difference() -> None:
    assert list(differences({"row": {"verdict": "holds"}}, {})) == ["row: verdict: holds first, none now"]


@pytest.mark.parametrize(("busy", "code"), [("holds", 0), ("violated", 1)])
def test_the_exit_code_says_if_anything_differs(busy: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def rows_under(condition: Condition, scenarios: object, timeout: float) -> dict[str, Evidence]:
        assert (scenarios, timeout) == ([reproducible.LEDGER], 900.0)
        return {"row": {"verdict": busy if condition.busy else "holds"}}

    monkeypatch.setattr(reproducible, "rows_under", rows_under)
    done = CliRunner().invoke(reproducible.main, [])
    assert done.exit_code == code
    assert done.output.count("1 rows") == 3
    assert ("with 2 workers beside 2 busy processes: row: verdict: holds first, violated now" in done.output) == bool(code)


def test_busy_processes_end_with_the_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []
    popen = subprocess.Popen

    def noted(command: list[str]) -> "subprocess.Popen[bytes]":
        process = popen(command)
        started.append(process.pid)
        return process

    monkeypatch.setattr(reproducible.subprocess, "Popen", noted)
    with busy_processes(2):
        assert all(is_alive(pid) for pid in started)
    assert len(started) == 2
    assert not any(is_alive(pid) for pid in started)


def test_the_rows_of_a_scenario_are_the_same_with_one_worker_and_with_two() -> None:
    """The smallest slice of what CI compares, in processes of their own."""
    scenario = str(ROOT / "model" / "scenarios" / "q230051" / "base-fixed.toml")
    told = [
        subprocess.run(
            [sys.executable, "-m", "tools.reproducible", "--rows", workers, scenario],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for workers in ("1", "2")
    ]
    one, two = map(json.loads, told)
    assert one
    assert list(differences(one, two)) == []
