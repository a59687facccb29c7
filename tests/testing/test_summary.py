"""The verdicts of a test run: in the terminal, in JUnit XML, and the same with pytest-xdist."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from dialproof.testing.summary import total
from tests.testing.gate import BUG, TWO_THEOREMS, out, record, scenario, theorems_file

pytest_plugins = ["pytester"]


# --- what is told ----------------------------------------------------------------------------------------------------


def test_one_line_with_q(project: pytest.Pytester) -> None:
    theorems_file(project, TWO_THEOREMS)
    lines = out(project.runpytest("-q")).splitlines()
    assert "proofs: 2 verdicts (1 holds, 1 is violated): 2 as expected" in lines
    assert not any("replayed" in line for line in lines)


@pytest.mark.parametrize("columns", [40, 100])
def test_the_section_fits_the_terminal(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    theorems_file(project, TWO_THEOREMS, "def test_empty():\n    assert_holds(GOOD, EMPTY)")
    shown = out(project.runpytest())
    section = shown[shown.index(" proofs =") : shown.index("short test summary")]
    assert all(len(line) <= columns for line in section.splitlines()), section
    assert "replayed" in section


def test_nothing_is_hidden_in_the_total() -> None:
    records = [record(verdict, standing) for verdict in ("holds", "violated") for standing in ("as expected", "not asserted")]
    records += [record("unknown", "undecided"), record("holds", "different")]
    assert total(records) == (
        "6 verdicts (3 hold, 2 are violated, 1 is undecided): 2 as expected, 1 not as expected (!), 1 undecided (?), "
        "2 without an assertion"
    )


def test_junit_gets_what_a_reader_of_it_needs(project: pytest.Pytester) -> None:
    theorems_file(
        project,
        TWO_THEOREMS,
        "def test_both():\n    assert_holds(GOOD, OPENS)\n    assert_holds(BAD, OPENS)",
    )
    scenario(project, "gate.toml", 'kind = "stays-shut"\nexpect = "violated"')
    project.runpytest("--junitxml=j.xml").assert_outcomes(passed=3, failed=1)
    cases = {case.get("name"): case for case in ET.parse(project.path / "j.xml").iter("testcase")}  # noqa: S314  # our own
    found = {name: {p.get("name"): p.get("value") for p in case.iter("property")} for name, case in cases.items()}
    opens = found["test_the_gate_opens"]
    assert opens | {"seconds": "", "method": "", "evidence": "", "checked_by": "", "engine": ""} == {
        "claim": "gate-opens", "system": "gatehouse", "verdict": "holds", "expected": "holds", "vacuous": "no",
        "method": "", "evidence": "", "checked_by": "", "engine": "", "seconds": "",
    }  # fmt: skip
    assert float(opens["seconds"] or "") > 0
    assert str(opens["checked_by"]).startswith("z3")
    assert found["gate-stays-shut"]["scenario"] == "gate.toml"
    assert found["gate-stays-shut"]["method"] == "finite run"
    assert found["test_both"]["verdict"] == "holds"
    assert found["test_both"]["verdict.2"] == "violated", "the second verdict of a test has a 2 behind its names"
    failure = cases["test_both"].find("failure")
    assert failure is not None
    assert failure.get("message") == "gate-opens is violated; expected: holds"
    assert "The bell rings." in str(failure.text)
    assert "Traceback" not in str(failure.text)


def test_everything_is_told_with_xdist_too(project: pytest.Pytester) -> None:
    pytest.importorskip("xdist", reason="pytest-xdist is not installed")
    theorems_file(project, TWO_THEOREMS, "def test_fails():\n    assert_holds(BAD, OPENS)")
    scenario(project, "gate.toml", 'kind = "opens"', 'kind = "stays-shut"\nexpect = "violated"', 'kind = "beyond"')
    project.makeconftest(BUG)
    arguments = ["--junitxml=j.xml", "--proof-report=r.json"]
    alone = project.runpytest_subprocess(*arguments)
    files = {name: told(project.path / name) for name in ("j.xml", "r.json")}
    shared = project.runpytest_subprocess("-n2", *arguments)
    for result in (alone, shared):
        result.assert_outcomes(passed=4, failed=1, errors=1)
        assert "Traceback" not in out(result)
    assert section(out(shared)) == section(out(alone))
    assert "The bell rings." in out(shared)
    assert "proof report: r.json" in out(shared)
    assert {name: told(project.path / name) for name in ("j.xml", "r.json")} == files


def section(shown: str) -> list[str]:
    """The section of the proofs, without times and without who was first."""
    found = shown[shown.index(" proofs =") : shown.index("short test summary")]
    return [re.sub(r"  [a-z0-9-]+, z3 \S+ |\d+\.\d\d s", "", line) for line in found.splitlines()]


def told(path: Path) -> list[object]:
    """What must not depend on the number of processes: the verdicts and what is expected of them."""
    if path.suffix == ".xml":
        properties = ET.parse(path).iter("property")  # noqa: S314  # our own
        return sorted((p.get("name"), p.get("value")) for p in properties if p.get("name") in {"claim", "verdict", "expected"})
    report = json.loads(path.read_text())
    keys = ("subject", "claim", "verdict", "standing", "run")
    return [[[*(one[key] for key in keys), sorted(one["tests"])] for one in report["theorems"]], report["errors"]]
