"""Scenario files as tests: which files are collected, and what their checks come to."""

import json
import re
import xml.etree.ElementTree as ET

import pytest

from dialproof.testing.session import processors
from tests.testing.gate import BUG, CONFIGURATION, out, scenario, theorems_file

pytest_plugins = ["pytester"]


# --- scenario files --------------------------------------------------------------------------------------------------


def test_each_check_of_a_scenario_is_a_test(project: pytest.Pytester) -> None:
    scenario(project, "day/gate.toml", 'kind = "opens"', 'kind = "stays-shut"\nexpect = "violated"')
    result = project.runpytest("-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        [
            "day/gate.toml::gate-opens PASSED*",
            "day/gate.toml::gate-stays-shut PASSED*",
            "day/gate.toml",
            "   gate-opens * holds *",
            "   gate-stays-shut  violated *",
            "2 verdicts (1 holds, 1 is violated): 2 as expected",
        ]
    )
    project.runpytest("day/gate.toml::gate-opens").assert_outcomes(passed=1)
    project.runpytest("-k", "shut").assert_outcomes(passed=1, deselected=1)


def test_a_check_that_comes_out_differently_fails_with_its_counterexample(project: pytest.Pytester) -> None:
    scenario(project, "gate.toml", 'kind = "fails-to-open"', 'kind = "opens"\nexpect = "violated"', 'kind = "empty"')
    result = project.runpytest("gate.toml")
    result.assert_outcomes(failed=3)
    assert "Traceback" not in out(result)
    result.stdout.fnmatch_lines(
        [
            "gate-opens is violated; expected: holds",
            "  The check: gate.toml:2",
            "  2. The bell rings.",
            "gate-opens holds; expected: violated",
            "queue-is-short holds vacuously, so it says nothing: *",
            "*3 not as expected (!)",
        ]
    )


def test_a_check_that_is_not_decided_fails(project: pytest.Pytester) -> None:
    scenario(project, "hard.toml", 'kind = "hard"', 'kind = "hard"\nexpect = "violated"')
    result = project.runpytest("--proof-timeout=0.5")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["never-zero is undecided: *", "  The check: hard.toml:2", "*--proof-timeout SECONDS*"])
    assert out(result).count("--proof-timeout SECONDS") == 1


def test_names_stay_the_same_while_lines_move(project: pytest.Pytester) -> None:
    """A claim alone; where it is checked more than once, with what differs; lines only where nothing else does."""
    checks = ['kind = "stays-shut"', 'kind = "opens"\ncauses = ["rust", "dust"]', 'kind = "opens"\ncauses = ["rust"]']
    scenario(project, "gate.toml", *checks)
    listed = "gate.toml::gate-stays-shut\ngate.toml::gate-opens[[]2-causes[]]\ngate.toml::gate-opens[[]rust[]]"
    project.runpytest("--collect-only", "-q").stdout.fnmatch_lines(listed.splitlines())
    scenario(project, "gate.toml", *checks, head="format = 1\n\n# moved")
    project.runpytest("--collect-only", "-q").stdout.fnmatch_lines(listed.splitlines())
    project.runpytest("--collect-only", "-q", "gate.toml::gate-opens").stdout.fnmatch_lines(["*2 tests collected*"])
    scenario(project, "gate.toml", 'kind = "opens"', 'kind = "opens"')
    project.runpytest("--collect-only", "-q").stdout.fnmatch_lines(
        [
            "gate.toml::gate-opens[[]none-line-2[]]",
            "gate.toml::gate-opens[[]none-line-4[]]",
        ]
    )


def test_a_check_under_several_causes_is_one_test_that_needs_all_of_them(project: pytest.Pytester) -> None:
    scenario(project, "gate.toml", 'kind = "opens"\ncauses = ["rust", "dust"]', 'kind = "opens"\ncauses = ["rust", "jammed"]')
    result = project.runpytest()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["gate-opens is undecided: depends on the cause: holds under rust, violated under*"])
    result.stdout.fnmatch_lines([" under each of 2 causes: rust, dust:", " under each of 2 causes: rust, jammed:"])


def test_a_scenario_that_cannot_be_used_is_an_error_that_says_where(project: pytest.Pytester) -> None:
    scenario(project, "good.toml", 'kind = "opens"')
    scenario(project, "bad.toml", 'kind = "flies"')
    result = project.runpytest("--continue-on-collection-errors", "--proof-report=r.json")
    result.assert_outcomes(passed=1, errors=1)
    assert "Traceback" not in out(result)
    result.stdout.fnmatch_lines(
        ["*ERROR collecting bad.toml*", "bad.toml:2:*: `check[[]0[]].kind` is wrong; allowed: *", "    2 | *"]
    )
    errors = json.loads((project.path / "r.json").read_text())["errors"]
    assert [error["test"] for error in errors] == ["bad.toml"], "the report does not pass over it"


def test_other_toml_files_are_left_alone(project: pytest.Pytester) -> None:
    """A file for another program, a scenario that checks nothing, broken TOML, a pyproject.toml even where it says format."""
    (project.path / "book.toml").write_text("title = 'a book'\n")
    (project.path / "other.toml").write_text("[tool]\nformat = 1\n[[check]]\n")
    (project.path / "broken.toml").write_text("= = =\n")
    (project.path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    scenario(project, "nothing.toml")
    (project.path / "sub").mkdir()
    (project.path / "sub" / "pyproject.toml").write_text("format = 1\n[[check]]\nkind = 'opens'\n")
    result = project.runpytest()
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED, out(result)
    assert "error" not in out(result)


@pytest.mark.parametrize(("name", "text"), [("broken.toml", "= = =\n"), ("nothing.toml", "format = 1\n"), ("gone.toml", None)])
def test_a_file_that_is_named_is_not_passed_over(project: pytest.Pytester, name: str, text: str | None) -> None:
    if text is not None:
        (project.path / name).write_text(text)
    result = project.runpytest(name)
    assert result.ret not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
    assert name in out(result) + result.stderr.str()


def test_the_copies_in_certificates_are_no_tests_unless_they_are_named(project: pytest.Pytester) -> None:
    scenario(project, "gate.toml", 'kind = "opens"')
    copy = project.path / "evidence" / "gate-opens.cert"
    copy.mkdir(parents=True)
    (copy / "scenario.toml").write_text((project.path / "gate.toml").read_text())
    assert (
        collected(project) == collected(project, ".") == collected(project, "evidence", "gate.toml") == ["gate.toml::gate-opens"]
    )
    for named in ("evidence/gate-opens.cert", "evidence/gate-opens.cert/scenario.toml"):
        assert collected(project, named) == ["evidence/gate-opens.cert/scenario.toml::gate-opens"]


def test_a_scenario_that_several_paths_lead_to_is_a_test_once(project: pytest.Pytester) -> None:
    (project.path / "real").mkdir()
    scenario(project, "real/gate.toml", 'kind = "opens"')
    (project.path / "link").symlink_to("real")
    (project.path / "real" / "loop").symlink_to("../real")
    (project.path / "gate.toml").symlink_to("real/gate.toml")
    assert collected(project) == ["real/gate.toml::gate-opens"]
    assert collected(project, "link") == ["link/gate.toml::gate-opens"]
    assert collected(project, "real") == ["real/gate.toml::gate-opens"]
    assert collected(project, "link/gate.toml", "real/gate.toml") == ["link/gate.toml::gate-opens", "real/gate.toml::gate-opens"]


def collected(project: pytest.Pytester, *arguments: str) -> list[str]:
    """The ids of the tests that there are."""
    return [line for line in project.runpytest("--collect-only", "-q", *arguments).outlines if "::" in line]


def test_which_files_are_scenarios_can_be_said(project: pytest.Pytester) -> None:
    scenario(project, "a_scenario.toml", 'kind = "stays-shut"')
    scenario(project, "other.toml", 'kind = "opens"')
    ini = project.path / "pyproject.toml"
    ini.write_text(f'{CONFIGURATION}\ndialproof_scenarios = ["*_scenario.toml"]\n')
    assert "a_scenario.toml::gate-stays-shut" in out(project.runpytest("--collect-only", "-q"))
    assert "other.toml" not in out(project.runpytest("--collect-only", "-q"))
    ini.write_text(f"{CONFIGURATION}\ndialproof_scenarios = []\n")
    assert project.runpytest("--collect-only", "-q").ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "other.toml::gate-opens" in out(project.runpytest("--collect-only", "-q", "other.toml")), "it is named"


def test_settings_count_for_scenarios_too(project: pytest.Pytester) -> None:
    scenario(project, "hard.toml", 'kind = "hard"', 'kind = "opens"')
    project.makeconftest(
        """
import pytest

def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.name == "hard.toml" and "never" in item.name:
            item.add_marker(pytest.mark.dialproof(timeout=0.5))
"""
    )
    result = project.runpytest()
    result.assert_outcomes(passed=1, failed=1)
    assert "within 0.5 s" in out(result)


COUNTED = """
import pytest

STARTED = []

def pytest_configure():
    from dialproof.portfolio import process
    make = process.Worker.__init__
    process.Worker.__init__ = lambda self: (STARTED.append(1), make(self))[1]
    STARTED.append(process); STARTED.append(make)

def pytest_unconfigure():
    STARTED[0].Worker.__init__ = STARTED[1]
    print("WORKERS", len(STARTED) - 2)
"""


def test_many_checks_need_few_workers(project: pytest.Pytester) -> None:
    """To start one takes longer than most checks: as many as there are processors, not one for each check."""
    project.makeconftest(COUNTED)
    for number in range(3):
        scenario(project, f"s{number}.toml", 'kind = "opens"', 'kind = "stays-shut"\nexpect = "violated"')
    result = project.runpytest("-s")
    result.assert_outcomes(passed=6)
    found = re.search(r"WORKERS (\d+)", out(result))
    assert found
    # A worker whose task nobody needs any more is ended by its id, and the next task gets a new one.
    assert int(found[1]) <= processors() + 6


def test_one_model_without_meaning_does_not_disturb_the_others(project: pytest.Pytester) -> None:
    scenario(project, "a.toml", 'kind = "opens"', 'kind = "beyond"', 'kind = "stays-shut"\nexpect = "violated"')
    result = project.runpytest("-rA")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at setup of never-zero*", "*step*number*"])
    assert "Traceback" not in out(result)


def test_a_bug_of_ours_is_an_error_and_no_failure(project: pytest.Pytester) -> None:
    project.makeconftest(BUG)
    scenario(project, "a.toml", 'kind = "broken"', 'kind = "opens"')
    theorems_file(project, "def test_broken():\n    assert_violated(BROKEN, OPENS)")
    result = project.runpytest("--junitxml=j.xml", "--proof-report=r.md", "a.toml", "test_gate.py")
    result.assert_outcomes(passed=1, errors=2)
    result.stdout.fnmatch_lines(
        ["internal error: the formula holds on the lasso", "This is a fault of dialproof, not of the scenario.*"]
    )
    assert "1 verdict (1 holds): 1 as expected" in out(result), "nothing is said of what an error has cut short"
    suite = ET.parse(project.path / "j.xml").getroot()[0]  # noqa: S314  # our own
    assert len(suite.findall("testcase[@name='gate-opens[none-line-2]']/error")) == 1
    assert "the formula holds on the lasso" in (project.path / "r.md").read_text(encoding="utf-8")
