"""The pytest plug-in: its start, the fixture `prove`, settings, interrupts, and what a process shares."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import z3

from dialproof import Action, Holds, System, integer
from dialproof.core.errors import InputError
from dialproof.engines.registry import names
from dialproof.ltl import always, eventually
from dialproof.portfolio.check import job_of
from dialproof.portfolio.portfolio import Portfolio
from dialproof.testing.settings import Options, Settings
from dialproof.testing.theorems import question
from tests.processes import children, descendants, is_alive, start, until
from tests.testing.gate import TWO_THEOREMS, counter, out, scenario, theorems_file

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[2]


# --- start-up --------------------------------------------------------------------------------------------------------


def test_a_test_run_without_a_theorem_loads_no_solver(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_plain="def test_plain(pytestconfig):\n    assert pytestconfig.pluginmanager.has_plugin('dialproof')\n"
    )
    program = (
        "import sys, pytest\n"
        "code = pytest.main(['-q'])\n"
        "heavy = {'z3', 'matplotlib', 'networkx', 'jinja2', 'rich', 'click', 'pydantic'} & set(sys.modules)\n"
        "sys.exit(f'{code}, {heavy}' if code or heavy else 0)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=project.path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "proofs" not in ran.stdout, "nothing was proved, so nothing is said"


def test_the_assertions_are_found_where_they_are_documented() -> None:
    import dialproof.testing

    for name in dialproof.testing.__all__:
        assert getattr(dialproof.testing, name).__doc__, name
        assert name in dir(dialproof.testing)
    with pytest.raises(AttributeError, match="no attribute 'assert_true'"):
        dialproof.testing.assert_true  # noqa: B018  # asking is what is tested


# --- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"timeout": 0}, "timeout is 0; allowed: a number of seconds above 0"),
        ({"timeout": True}, "timeout is True"),
        ({"timeout": float("nan")}, "timeout is nan"),
        ({"engines": "bmc"}, "engines is 'bmc'; allowed: a list of engines"),
        ({"engines": ["bmc", "magic"]}, "engines has 'magic' in it; allowed: bmc,"),
        ({"engines": []}, "engines is empty"),
        ({"second_opinion": "yes"}, "second_opinion is 'yes'; allowed: True or False"),
        ({"patience": 1}, "there is no option 'patience'; allowed: timeout, engines, second_opinion"),
    ],
)
def test_settings_without_meaning_are_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        Settings().changed(options)


def test_what_is_nearer_to_the_check_wins() -> None:
    settings = Settings(timeout=300).changed({"timeout": 5, "engines": list(names())}).changed({"timeout": None})
    assert settings == Settings(None, names(), second_opinion=False)
    assert set(Options.__annotations__) == set(Settings.__dataclass_fields__)


def test_a_marker_says_how_checks_are_made_in_its_test(project: pytest.Pytester) -> None:
    """Nearer ones win: the call before the function, the function before the class, the class before the command line."""
    theorems_file(
        project,
        """
@pytest.mark.dialproof(timeout=0.5, engines=["spacer"])
class TestMarked:
    def test_class(self):
        assert_unknown(HARD, NEVER_ZERO, because="within 0.5 s")

    @pytest.mark.dialproof(timeout=0.6)
    def test_function(self):
        verdict = assert_unknown(HARD, NEVER_ZERO, because="within 0.6 s")
        assert "bmc" not in verdict.reason, "the class named one engine"

    def test_call(self, prove):
        assert_unknown(prove(HARD, NEVER_ZERO, timeout=0.7), because="within 0.7 s")

def test_command_line():
    assert_unknown(HARD, NEVER_ZERO, because="within 0.4 s")
""",
    )
    project.runpytest("--proof-timeout=0.4").assert_outcomes(passed=4)


@pytest.mark.parametrize(
    ("marker", "said"),
    [("timeout=-1", "timeout is -1"), ("30", "takes options by name: dialproof(timeout=30)"), ("speed=1", "no option 'speed'")],
)
def test_a_marker_without_meaning_is_an_error_of_its_test(project: pytest.Pytester, marker: str, said: str) -> None:
    theorems_file(
        project,
        f"@pytest.mark.dialproof({marker})\ndef test_marked():\n    assert_holds(GOOD, OPENS)",
        "def test_unmarked():\n    pass",
    )
    result = project.runpytest()
    result.assert_outcomes(passed=1, errors=1)
    assert said in out(result)
    assert "Traceback" not in out(result)


def test_the_marker_and_the_options_are_in_the_help(project: pytest.Pytester) -> None:
    assert "@pytest.mark.dialproof(timeout=SECONDS" in out(project.runpytest("--markers"))
    shown = out(project.runpytest("--help"))
    for name in ("--proof-timeout=SECONDS", "--proof-second-opinion", "--proof-report=FILE", "dialproof_scenarios"):
        assert name in shown
    assert "prove [session scope]" in out(project.runpytest("--fixtures", "-q"))


@pytest.mark.parametrize("value", ["0", "-3", "nan", "inf", "soon"])
def test_a_timeout_that_is_none_is_refused(project: pytest.Pytester, value: str) -> None:
    result = project.runpytest(f"--proof-timeout={value}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "is not a number of seconds above 0" in result.stderr.str()


def test_a_second_opinion_is_asked_for_and_named(project: pytest.Pytester) -> None:
    pytest.importorskip("cvc5", reason="the second opinion is cvc5's, which is not installed")
    theorems_file(project, "def test_opens():\n    assert any('cvc5' in who for who in assert_holds(GOOD, OPENS).checked_by)")
    project.runpytest("--proof-second-opinion").assert_outcomes(passed=1)


def test_a_second_opinion_of_nobody_is_refused(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dialproof.testing.plugin.find_spec", lambda _name: None)
    result = project.runpytest("--proof-second-opinion")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "pip install 'dialproof[audit]'" in result.stderr.str()


# --- interrupts ------------------------------------------------------------------------------------------------------


def test_an_interrupt_leaves_no_worker_and_says_what_is_known(project: pytest.Pytester) -> None:
    scenario(project, "a.toml", 'kind = "stays-shut"\nexpect = "violated"')
    scenario(project, "b.toml", 'kind = "hard"')
    theorems_file(project, "def test_never_reached():\n    assert_holds(GOOD, OPENS)", name="test_later")
    command = [sys.executable, "-u", "-m", "pytest", "-v", "--proof-report=r.md"]
    process = start(command, cwd=project.path, stderr=subprocess.STDOUT)
    assert process.stdout is not None
    seen = ""
    while "a.toml::gate-stays-shut PASSED" not in seen:
        line = process.stdout.readline()
        assert line, seen
        seen += line
    workers = descendants(process.pid)
    assert workers
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == pytest.ExitCode.INTERRUPTED
    assert until(lambda: not any(map(is_alive, workers)))
    assert "proofs: reached before the interrupt" in rest
    assert "1 verdict (1 is violated): 1 as expected" in rest
    assert "The run was interrupted" in (project.path / "r.md").read_text(encoding="utf-8")


# --- a question, and this project itself -----------------------------------------------------------------------------


def test_a_formula_without_a_name_is_called_by_its_text() -> None:
    system, claim = counter()
    assert question(system, claim).claim == "always(n < 4)"
    long = z3.And(*(claim for _ in range(20)))
    assert len(question(system, long).claim) <= 60
    assert question(system, long).claim.endswith(" ...")


def test_prove_takes_scenarios_and_planned_checks(project: pytest.Pytester) -> None:
    path = scenario(project, "gate.toml", 'kind = "opens"\ncauses = ["rust", "jammed"]', 'kind = "stays-shut"')
    theorems_file(
        project,
        f"""
def test_scenario(prove):
    review = prove({str(path)!r})
    assert_violated(review["gate-stays-shut"], because="The gate opens.")
    assert_unknown(review["gate-opens"], because="depends on the cause")
    assert_violated(prove(review["gate-stays-shut"].planned))
    assert_violated(review["gate-stays-shut"].planned)

def test_nothing_else(prove):
    with pytest.raises(TypeError, match="give a system and a claim, a planned check, or the path"):
        prove(GOOD)
""",
    )
    result = project.runpytest("test_gate.py")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["gate.toml", " under each of 2 causes: rust, jammed:", "   gate-opens * unknown*"])


def test_the_workers_of_scenarios_and_of_tests_do_not_mix(project: pytest.Pytester) -> None:
    """A test between two checks of one scenario asks while the answers to the rest are on their way."""
    scenario(project, "a.toml", 'kind = "opens"', 'kind = "stays-shut"\nexpect = "violated"')
    theorems_file(project, TWO_THEOREMS)
    project.makeconftest(
        """
def pytest_runtest_teardown(item):
    if item.path.suffix == ".toml":
        from dialproof.testing import assert_violated
        from gate import BAD, OPENS
        assert_violated(BAD, OPENS)
"""
    )
    project.runpytest().assert_outcomes(passed=4)


def test_this_projects_own_scenarios_are_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "model/scenarios/q230051/base-fixed.toml"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "proofs: 6 verdicts" in ran.stdout


# --- answers one by one ----------------------------------------------------------------------------------------------


def test_while_nobody_asks_for_the_next_answer_the_time_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that takes an hour stands between two checks of a scenario: the second one is not late."""
    clock, skipped = time.monotonic, [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock() + skipped[0])
    system, claim = counter()
    jobs = [job_of(system, claim), job_of(system, always(eventually(claim)))]
    with Portfolio(2, timeout=300) as portfolio:
        answers = portfolio.answers(jobs)
        first = next(answers)
        skipped[0] = 3600.0
        verdicts = dict([first, *answers])
    assert all(isinstance(verdicts[number], Holds) for number in (0, 1))
    assert all(verdict.seconds < 300 for verdict in verdicts.values())


def test_closing_the_answers_ends_what_is_under_way() -> None:
    n = integer("n", 0, 1000002)
    hard = System("hard", [n], n != 0, [Action("square", z3.BoolVal(True), {n: (n * n + 1) % 1000003})])
    system, claim = counter()
    others = children(os.getpid())
    with Portfolio(2) as portfolio:
        answers = portfolio.answers([job_of(system, claim), job_of(hard, always(n != 0))])
        assert next(answers)[0] == 0
        answers.close()
        workers = [one for one in children(os.getpid()) if one not in others]
        assert portfolio.run([job_of(system, claim)])[0] is not None, "the portfolio serves on"
    assert until(lambda: not any(map(is_alive, workers)), 5)
