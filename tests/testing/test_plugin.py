"""The pytest plug-in, on a small project that has nothing to do with mail: what passes, what fails, and what is told of it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import hypothesis
import pytest
import z3

from dialproof import (
    Action,
    Claim,
    Fairness,
    Holds,
    Lasso,
    ModelError,
    State,
    Step,
    System,
    Taken,
    Unknown,
    Vacuity,
    Vacuous,
    Verdict,
    Violated,
    integer,
)
from dialproof.core.certificates import InductiveInvariant
from dialproof.core.claims import OneSystem
from dialproof.core.errors import InputError
from dialproof.core.plan import PlannedCheck
from dialproof.ltl import always, eventually
from dialproof.portfolio.check import CheckedVerdict, job_of
from dialproof.portfolio.jobs import ENGINES
from dialproof.portfolio.portfolio import Portfolio
from dialproof.review.expectation import standing_of
from dialproof.testing import UnexpectedVerdictError, assert_holds, assert_unknown, assert_violated, document, prover
from dialproof.testing.document import Document, check_target
from dialproof.testing.records import Record, merged
from dialproof.testing.session import CURRENT, processors
from dialproof.testing.settings import Options, Settings
from dialproof.testing.summary import total
from dialproof.testing.theorems import question, shortfall
from tests.processes import children, is_alive, start, until

pytest_plugins = ["pytester"]

LOADED = (z3, hypothesis, prover)
"""What a test run inside of this one loads, it forgets again: slow for some, impossible for a solver. So these come before."""

ROOT = Path(__file__).resolve().parents[2]

CONFIGURATION = """
[tool.dialproof]
checks = "gate:plan"

[tool.pytest]
strict = true
filterwarnings = ["error"]
"""

GATE = '''
"""A gate that opens when somebody waits; and the checks of it that a file asks for."""

from dataclasses import replace

import z3

from dialproof import Action, Claim, Fairness, System, choice, integer
from dialproof.core.messages import either
from dialproof.project import toml_source
from dialproof import PlannedCheck, OneSystem
from dialproof.ltl import always, eventually

gate = choice("gate", ["shut", "open"], says="the gate")
waiting = integer("waiting", 0, 1, says="people waiting")
number = integer("number", 0, 1000002)


def gatehouse(fairness=Fairness.WEAK, name="gatehouse"):
    return System(name, [gate, waiting], z3.And(gate == gate.shut, waiting == 0), [
        Action("arrive", waiting == 0, {waiting: 1}, says="Somebody arrives."),
        Action("ring", waiting == 1, {}, says="The bell rings."),
        Action("open", z3.And(waiting == 1, gate == gate.shut), {gate: gate.open}, fairness, says="The gate opens."),
        Action("leave", gate == gate.open, {gate: gate.shut, waiting: 0}, Fairness.WEAK, says="The visitor leaves."),
    ])


GOOD, BAD, BROKEN = gatehouse(), gatehouse(Fairness.NONE), gatehouse(Fairness.NONE, "broken")
OPENS = Claim("gate-opens", always(z3.Implies(waiting > 0, eventually(gate == gate.open))), "Whoever waits gets in.",
              premise=waiting > 0)
STAYS_SHUT = Claim("gate-stays-shut", always(gate == gate.shut), "The gate is never opened.")
EMPTY = Claim("queue-is-short", always(waiting < 2), "Nobody stands behind the second.", premise=waiting > 1)
HARD = System("hard", [number], number != 0, [
    Action("square", z3.BoolVal(True), {number: (number * number + 1) % 1000003}, Fairness.WEAK),
])
NEVER_ZERO = Claim("never-zero", always(number != 0), "The number is never zero.")
BEYOND = System("beyond", [number], number == 1000000, [Action("step", z3.BoolVal(True), {number: number + 1})])

KINDS = {
    "opens": (GOOD, OPENS), "fails-to-open": (BAD, OPENS), "stays-shut": (GOOD, STAYS_SHUT), "empty": (GOOD, EMPTY),
    "hard": (HARD, NEVER_ZERO), "beyond": (BEYOND, NEVER_ZERO), "broken": (BROKEN, OPENS),
}


def plan(path):
    source = toml_source.read(path)
    planned = []
    for at, check in enumerate(source.data.get("check", [])):
        if check.get("kind") not in KINDS:
            said = f"`check[{at}].kind` is wrong; allowed: {either(KINDS)}"
            raise source.error([(source.key_place(("check", at)), said)])
        system, claim = KINDS[check["kind"]]
        causes = check.get("causes", ["none"])
        variants = tuple(OneSystem(cause, BAD if cause == "jammed" else system, claim) for cause in causes)
        line = source.key_place(("check", at)).line
        planned.append(PlannedCheck(str(path), line, claim.name, check.get("expect"), variants))
    return planned
'''

IMPORTS = """
import hypothesis
import pytest
import z3
from dialproof import Holds, Unknown, Violated
from dialproof.ltl import always, eventually
from dialproof.testing import UnexpectedVerdictError, assert_holds, assert_unknown, assert_violated
from gate import BAD, BEYOND, BROKEN, EMPTY, GOOD, HARD, NEVER_ZERO, OPENS, STAYS_SHUT, gate, waiting
"""

TWO_THEOREMS = """
def test_the_gate_opens(prove):
    assert_holds(prove(GOOD, OPENS))

def test_the_gate_is_opened_at_times():
    assert_violated(GOOD, STAYS_SHUT)
"""

BUG = """
from dialproof.portfolio import portfolio
from dialproof.core.errors import ReplayError

replay = portfolio.replay

def refuse(problem, run):
    if problem.system.name == "broken":
        raise ReplayError("the formula holds on the lasso")
    replay(problem, run)

def pytest_configure():
    portfolio.replay = refuse

def pytest_unconfigure():
    portfolio.replay = replay
"""


@pytest.fixture(autouse=True)
def apart() -> Iterator[None]:
    """These tests are no theorems: what they ask for is not noted in the session that runs them."""
    token = CURRENT.set(None)
    yield
    CURRENT.reset(token)


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A verification project of its own; the current folder is in it."""
    for name in ("COLUMNS", "CI", "PYTEST_XDIST_WORKER"):
        monkeypatch.delenv(name, raising=False)
    (pytester.path / "pyproject.toml").write_text(CONFIGURATION)
    (pytester.path / "gate.py").write_text(GATE)
    return pytester


def theorems_file(project: pytest.Pytester, *tests: str, name: str = "test_gate") -> None:
    """Write a file with these tests."""
    (project.path / f"{name}.py").write_text("\n".join([IMPORTS, *tests]))


def scenario(project: pytest.Pytester, name: str, *checks: str, head: str = "format = 1") -> Path:
    """Write a scenario with these checks (each the lines of a table)."""
    path = project.path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([head, *(f"[[check]]\n{check}" for check in checks)]) + "\n")
    return path


def out(result: pytest.RunResult) -> str:
    return result.stdout.str()


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


# --- what passes, what fails -----------------------------------------------------------------------------------------


def test_theorems_that_are_so_pass_and_their_verdicts_are_told(project: pytest.Pytester) -> None:
    theorems_file(project, TWO_THEOREMS)
    result = project.runpytest()
    result.assert_outcomes(passed=2)
    result.stdout.re_match_lines(
        [
            r"=+ proofs =+",
            r"   claim +verdict +evidence, checked by +time",
            r"gatehouse",
            r"   gate-opens +holds +liveness-to-safety, z3 \S+ +\d+\.\d\d s|   gate-opens +holds +k-liveness.*",
            r"   gate-stays-shut +violated +finite run of 3 steps, replayed +\d+\.\d\d s",
            r"2 verdicts \(1 holds, 1 is violated\): 2 as expected",
        ]
    )


def test_a_failed_theorem_shows_the_counterexample_and_no_traceback(project: pytest.Pytester) -> None:
    theorems_file(project, "def test_opens():\n    assert_holds(BAD, OPENS)")
    result = project.runpytest()
    result.assert_outcomes(failed=1)
    assert "Traceback" not in out(result)
    assert "UnexpectedVerdictError" not in out(result)
    assert "def test_opens" not in out(result), "no line of code"
    result.stdout.fnmatch_lines(
        [
            "gate-opens is violated; expected: holds",
            "  The system: gatehouse",
            "  The claim: Whoever waits gets in.",
            "  At the start: the gate: shut; people waiting: 0.",
            "  1. Somebody arrives.",
            "       people waiting: 0 → 1",
            "  From here on, for ever:",
            "  2. The bell rings.",
            "  ... and so on: again from step 2.",
            "  This rests on:",
            "    - weak fairness of leave",
            f"test_gate.py:{IMPORTS.count(chr(10)) + 3}: stated here",
            "!  gate-opens  violated  lasso of 1+1 steps, replayed*",
            "1 verdict (1 is violated): 1 not as expected (!)",
            "FAILED test_gate.py::test_opens - gate-opens is violated; expected: holds",
        ]
    )


def test_the_traceback_is_there_for_those_who_ask(project: pytest.Pytester) -> None:
    theorems_file(project, "def test_opens():\n    assert_holds(BAD, OPENS)")
    result = project.runpytest("--full-trace")
    result.stdout.fnmatch_lines(
        ["    def test_opens():", ">       assert_holds(BAD, OPENS)", "E*UnexpectedVerdictError: gate-opens*"]
    )


@pytest.mark.parametrize("style", ["native", "line", "no"])
def test_the_counterexample_is_shown_in_every_style_that_shows_failures(project: pytest.Pytester, style: str) -> None:
    theorems_file(project, "def test_opens():\n    assert_holds(BAD, OPENS)")
    shown = out(project.runpytest(f"--tb={style}"))
    assert "Traceback" not in shown
    assert ("The bell rings." in shown) == (style not in {"line", "no"})
    assert "gate-opens is violated; expected: holds" in shown


def test_a_claim_that_holds_is_no_expected_violation(project: pytest.Pytester) -> None:
    theorems_file(project, "def test_fails():\n    assert_violated(GOOD, OPENS)")
    result = project.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["gate-opens holds; expected: violated", "  It is proved by *, checked by *.", "  This rests on:"]
    )


def test_what_is_undecided_fails_whatever_was_expected(project: pytest.Pytester) -> None:
    """A time-out is neither a proof nor a violation."""
    tests = [f"def test_{name}():\n    {name}(HARD, NEVER_ZERO, timeout=0.5)" for name in ("assert_holds", "assert_violated")]
    theorems_file(project, *tests)
    result = project.runpytest()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["never-zero is undecided: *"])
    result.stdout.fnmatch_lines(["[?]  never-zero  unknown*", "     undecided: *", "1 verdict*1 undecided (?)"])
    assert out(result).count("--proof-timeout SECONDS") == 1, "once for all, where everything is added up"


def test_what_is_expected_to_be_undecided_passes_with_its_reason_only(project: pytest.Pytester) -> None:
    theorems_file(
        project,
        "def test_so():\n    assert_unknown(HARD, NEVER_ZERO, timeout=0.5, because='within 0.5 s')",
        "def test_other_reason():\n    assert_unknown(HARD, NEVER_ZERO, timeout=0.5, because='out of memory')",
        "def test_decided():\n    assert_unknown(GOOD, OPENS)",
    )
    result = project.runpytest()
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["never-zero is undecided, but not for the reason that was stated", "  Stated: out of memory"])
    result.stdout.fnmatch_lines(["gate-opens holds; expected: unknown"])


def test_what_holds_vacuously_passes_only_where_that_is_said(project: pytest.Pytester) -> None:
    theorems_file(
        project,
        "def test_empty():\n    assert_holds(GOOD, EMPTY)",
        "def test_empty_and_known_to_be():\n    assert_holds(GOOD, EMPTY, vacuous=True)",
    )
    result = project.runpytest()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["queue-is-short holds vacuously, so it says nothing:*", "!  queue-is-short  holds vacuously*"])


REASONS = {
    "eventually(always(z3.And(waiting == 1, gate == gate.shut)))": True,
    "always(eventually(gate == gate.open))": False,
    "'The bell rings.'": True,
    "'people   waiting: 0 → 1'": True,
    "'The gate opens.'": False,
}


def test_a_violation_for_another_reason_is_not_the_expected_one(project: pytest.Pytester) -> None:
    tests = [f"def test_{n}():\n    assert_violated(BAD, OPENS, because={reason})" for n, reason in enumerate(REASONS)]
    theorems_file(project, *tests)
    result = project.runpytest("-v")
    for number, passes in enumerate(REASONS.values()):
        result.stdout.fnmatch_lines([f"*::test_{number} {'PASSED' if passes else 'FAILED'}*"])
    headline = "gate-opens is violated, but not for the reason that was stated"
    result.stdout.fnmatch_lines([headline, "  Stated: always(eventually(gate == gate:open))", "*The bell rings.*"])
    result.stdout.fnmatch_lines([headline, "  Stated: The gate opens."])


def test_a_finite_run_has_a_reason_only_if_every_continuation_has_it(project: pytest.Pytester) -> None:
    """That the gate was opened is certain; that it will be shut again is not, although it is possible."""
    theorems_file(
        project,
        "def test_certain():\n    assert_violated(GOOD, STAYS_SHUT, because=eventually(gate == gate.open))",
        "def test_uncertain():\n    assert_violated(GOOD, STAYS_SHUT, because=eventually(waiting == 1))",
        "def test_open():\n    assert_violated(GOOD, STAYS_SHUT, because=eventually(always(gate == gate.open)))",
    )
    project.runpytest().assert_outcomes(passed=2, failed=1)


def test_a_reason_without_meaning_is_refused(project: pytest.Pytester) -> None:
    theorems_file(
        project,
        "def test_foreign():\n    assert_violated(BAD, OPENS, because=z3.Int('nobody') == 1)",
        "def test_number():\n    assert_violated(BAD, OPENS, because=1)",
    )
    result = project.runpytest()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        ["E*ModelError: because: *nobody*", "E*TypeError: because takes a formula, or a text of the run; got 1"]
    )


def test_an_assertion_returns_the_verdict_for_whatever_else_there_is_to_say(project: pytest.Pytester) -> None:
    theorems_file(
        project,
        """
def test_returned(prove):
    assert assert_holds(GOOD, OPENS).basis.weak == ("open",)
    violated = assert_violated(BAD, OPENS)
    assert violated.lasso.loop[0].state["waiting"] == 1
    match prove(BAD, OPENS):
        case Violated(lasso):
            assert lasso == violated.lasso
        case verdict:
            pytest.fail(str(verdict))
    with pytest.raises(UnexpectedVerdictError, match="is violated"):
        assert_holds(BAD, OPENS)
""",
    )
    project.runpytest().assert_outcomes(passed=1)


def test_a_verdict_from_a_wider_fixture_keeps_its_words(project: pytest.Pytester) -> None:
    theorems_file(
        project,
        "@pytest.fixture(scope='module')\ndef verdict(prove):\n    return prove(BAD, OPENS)\n",
        "def test_first(verdict):\n    assert_violated(verdict, because='The bell rings.')",
        "def test_second(verdict):\n    assert_holds(verdict)",
    )
    result = project.runpytest()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["gate-opens is violated; expected: holds", "  2. The bell rings."])
    assert "1 verdict (1 is violated): 1 not as expected (!)" in out(result), "one verdict, however many tests use it"


def test_the_same_question_is_asked_once(project: pytest.Pytester) -> None:
    """Under another name too, and whatever was thought likely; but not under other settings."""
    project.makeconftest(
        """
import pytest

@pytest.fixture(autouse=True, scope="session")
def counted():
    from dialproof.portfolio.jobs import Questions
    asked, ask = [], Questions.ask
    Questions.ask = lambda self, job: asked.append(job) or ask(self, job)
    yield asked
    Questions.ask = ask
"""
    )
    theorems_file(
        project,
        """
from dataclasses import replace

def test_once(prove, counted):
    first = prove(GOOD, OPENS)
    assert prove(GOOD, OPENS) is first
    assert prove(GOOD, replace(OPENS, name="waiting-ends")) is first
    assert assert_holds(GOOD, OPENS) is first
    assert len(counted) == 1
    prove(GOOD, OPENS, timeout=20)
    assert len(counted) == 2
""",
    )
    result = project.runpytest()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["   gate-opens *", "   waiting-ends *", "2 verdicts (2 hold): 1 as expected, 1 of which nothing is asserted"]
    )


def test_what_cannot_be_asked_is_refused_with_what_can() -> None:
    system, claim = counter()
    verdict = Unknown("nobody asked")
    for call, said in [
        (lambda: assert_holds(system), "a system needs a claim beside it"),  # type: ignore[arg-type]
        (lambda: assert_holds(verdict, claim), "a claim needs the system in front of it"),  # type: ignore[call-overload]
        (lambda: assert_holds("office.toml"), "give a system and a claim, or a verdict"),  # type: ignore[arg-type]
        (lambda: assert_unknown(verdict, timeout=3), "give them to `prove`"),  # type: ignore[call-overload]
        (lambda: assert_violated(Violated(a_lasso(), checked_by=("me",)), because="x"), "because needs the system"),
    ]:
        with pytest.raises(TypeError, match=re.escape(said)):
            call()
    with pytest.raises(InputError, match="there is no option 'patience'"):
        assert_holds(system, claim, patience=3)  # type: ignore[call-overload]
    with pytest.raises(ModelError, match="nobody"):
        assert_holds(system, always(z3.Int("nobody") == 1))


# --- verdicts that no session has found ------------------------------------------------------------------------------


def counter() -> tuple[System, z3.BoolRef]:
    n = integer("n", 0, 3)
    step = Action("step", z3.BoolVal(True), {n: z3.If(n < 3, n + 1, 0)}, Fairness.WEAK)  # the bound
    return System("counter", [n], n == 0, [step]), always(n < 4)


def a_lasso() -> Lasso:
    return Lasso((), (Step(Taken("wait"), State.of({"n": 0})),))


def test_outside_of_pytest_the_assertions_check_by_themselves() -> None:
    assert assert_holds(*counter()).checked_by


def test_what_nobody_has_checked_is_not_believed() -> None:
    told = Vacuity(fair_run=True)
    with pytest.raises(UnexpectedVerdictError, match="nobody audited its certificate"):
        assert_holds(Holds(InductiveInvariant("true"), vacuity=told))
    with pytest.raises(UnexpectedVerdictError, match="nobody replayed its run"):
        assert_violated(Violated(a_lasso(), vacuity=told))
    assert_holds(Holds(InductiveInvariant("true"), vacuity=told, checked_by=("z3",)))


def test_a_verdict_without_its_question_shows_its_run_all_the_same() -> None:
    verdict = Violated(a_lasso(), checked_by=("replay",))
    assert assert_violated(verdict) is verdict
    with pytest.raises(UnexpectedVerdictError, match=r"the claim is violated; expected: holds[\s\S]*n=0[\s\S]*wait"):
        assert_holds(verdict)


def checked(*verdicts: Verdict, expected: str | None = None) -> CheckedVerdict:
    system, claim = counter()
    variants = tuple(OneSystem(f"cause-{n}", system, Claim("c", claim, "It is small.")) for n in range(len(verdicts)))
    planned = PlannedCheck("a.toml", 4, "c", expected, variants)
    return CheckedVerdict(planned, tuple((v.name, verdict) for v, verdict in zip(variants, verdicts, strict=True)))


PROVED = Holds(InductiveInvariant("true"), checked_by=("z3",), vacuity=Vacuity(True))
EMPTY = Vacuous(InductiveInvariant("true"), checked_by=("z3",), vacuity=Vacuity(None, False))
PERHAPS_EMPTY = Holds(InductiveInvariant("true"), checked_by=("z3",))
SHOWN = Violated(a_lasso(), checked_by=("replay",), vacuity=Vacuity(True))


@pytest.mark.parametrize("expected", [None, "holds", "violated"])
@pytest.mark.parametrize(
    "verdicts",
    [(PROVED,), (EMPTY,), (PERHAPS_EMPTY,), (SHOWN,), (Unknown("late"),), (PROVED, SHOWN), (SHOWN, SHOWN), (PROVED, EMPTY)],
)
def test_tests_and_command_line_judge_alike(verdicts: tuple[Verdict, ...], expected: str | None) -> None:
    one = checked(*verdicts, expected=expected)
    missing = shortfall(one, expected or "holds", 80)
    assert (missing.standing if missing else "as expected") == standing_of(one).value
    if missing:
        assert missing.headline
        assert all(len(line) <= 80 for line in missing.lines)


def test_where_causes_differ_the_split_is_the_reason() -> None:
    with pytest.raises(UnexpectedVerdictError) as raised:
        assert_holds(checked(PROVED, SHOWN))
    assert "depends on the cause: holds under cause-0, violated under cause-1" in " ".join(str(raised.value).split())
    assert "more time" not in str(raised.value), "time is not what is missing"
    assert_unknown(checked(PROVED, SHOWN), because="depends on the cause")


def test_a_reason_must_be_that_of_the_run_under_each_cause() -> None:
    other = Violated(Lasso((), (Step(Taken("jump"), State.of({"n": 0})),)), checked_by=("replay",), vacuity=Vacuity(True))
    assert_violated(checked(SHOWN, SHOWN), because="wait")
    with pytest.raises(UnexpectedVerdictError, match="not for the reason"):
        assert_violated(checked(SHOWN, other), because="wait")


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
    settings = Settings(timeout=300).changed({"timeout": 5, "engines": list(ENGINES)}).changed({"timeout": None})
    assert settings == Settings(None, ENGINES, second_opinion=False)
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
    assert "is no number of seconds above 0" in result.stderr.str()


def test_a_second_opinion_is_asked_for_and_named(project: pytest.Pytester) -> None:
    pytest.importorskip("cvc5", reason="the second opinion is cvc5's, which is not installed")
    theorems_file(project, "def test_opens():\n    assert any('cvc5' in who for who in assert_holds(GOOD, OPENS).checked_by)")
    project.runpytest("--proof-second-opinion").assert_outcomes(passed=1)


def test_a_second_opinion_of_nobody_is_refused(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dialproof.testing.plugin.find_spec", lambda _name: None)
    result = project.runpytest("--proof-second-opinion")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "pip install 'dialproof[audit]'" in result.stderr.str()


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
        "2 of which nothing is asserted"
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
    workers = children(process.pid)
    assert workers
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == pytest.ExitCode.INTERRUPTED
    assert until(lambda: not any(map(is_alive, workers)))
    assert "proofs: reached before the interrupt" in rest
    assert "1 verdict (1 is violated): 1 as expected" in rest
    assert "The run was interrupted" in (project.path / "r.md").read_text(encoding="utf-8")


# --- the report ------------------------------------------------------------------------------------------------------


def record(
    verdict: str = "violated",
    standing: str = "different",
    *,
    claim: str = "c",
    test: str = "t",
    causes: tuple[str, ...] = (),
) -> Record:
    return Record(
        tests=(test,), subject="<b>office</b>", line=0, question="",
        claim=claim, says="Says <script>alert(1)</script> | `x`", source="",
        causes=causes, verdict=verdict, expected="holds", standing=standing, vacuous=False, engine="bmc",  # type: ignore[arg-type]
        method="lasso", evidence="lasso of 1+1 steps", checked_by=("replay in plain Python",), seconds=1.25,
        rests_on=("weak fairness of <i>dial</i>",), remark="", run=("  1. <img src=x>", "```", "  2. \u202eback"),
    )  # fmt: skip


def test_a_record_survives_the_way_from_process_to_process() -> None:
    assert Record.of_data(json.loads(json.dumps(record().as_data()))) == record()


def test_verdicts_that_several_tests_use_are_told_once() -> None:
    together = merged([record("holds", "as expected", test="a"), record("holds", "not asserted", test="b"), record(claim="d")])
    assert [(one.claim, one.tests, one.standing) for one in together] == [
        ("c", ("a", "b"), "as expected"),
        ("d", ("t",), "different"),
    ]


def test_systems_of_one_name_are_told_apart(project: pytest.Pytester) -> None:
    """Two rooms are called gatehouse: the verdicts about them are two, although they look alike."""
    theorems_file(
        project,
        "from gate import gatehouse\nfrom dialproof import Fairness\nfrom dataclasses import replace",
        "def test_one():\n    assert_violated(GOOD, STAYS_SHUT)",
        "def test_same():\n    assert_violated(gatehouse(), replace(STAYS_SHUT, says='The same.'))",
        "def test_other():\n    assert_violated(gatehouse(Fairness.STRONG), STAYS_SHUT)",
    )
    assert "2 verdicts (2 are violated): 2 as expected" in out(project.runpytest())


class Page(HTMLParser):
    """What of a page loads something or runs, and the ids and links in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [tag] if tag in {"script", "img", "link", "iframe", "b", "i"} else []
        for name, value in attrs:
            self.loads += [f"{name}={value}"] if name == "src" or name.startswith("on") else []
            self.ids += [str(value)] if name == "id" else []
            self.links += [str(value)] if name == "href" else []


def written(tmp_path: Path, suffix: str, *records: Record, **others: object) -> str:
    path = tmp_path / f"report{suffix}"
    values = {"errors": (), "interrupted": False, "made": datetime(2026, 1, 2, tzinfo=UTC), **others}
    document.write(Document(theorems=records, **values), path)  # type: ignore[arg-type]
    assert [file.name for file in tmp_path.iterdir()] == [path.name], "nothing half-written is left"
    return path.read_text(encoding="utf-8")


def test_the_page_loads_nothing_and_shows_text_as_text(tmp_path: Path) -> None:
    text = written(tmp_path, ".html", record(), record("holds", "as expected", claim="<script>x</script>"))
    page = Page(text)
    assert page.loads == []
    assert "&lt;script&gt;alert(1)" in text
    assert "\u202e" not in text, "no letter turns the text around it"
    assert "default-src 'none'" in text
    assert len(set(page.ids)) == len(page.ids)
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    for shown in ("lasso of 1+1 steps", "weak fairness of", "1.25 s", "2 verdicts", "not as expected"):
        assert shown in text


def test_markdown_shows_text_as_text(tmp_path: Path) -> None:
    text = written(tmp_path, ".md", record())
    assert "<script>" not in re.sub(r"^````text.*?^````$", "", text, flags=re.DOTALL | re.MULTILINE).replace("\\<", "")
    assert "````text\n  1. <img src=x>\n```\n" in text, "the fence is longer than any in the run"
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {8}, rows


def test_an_empty_report_says_that_it_is_empty(tmp_path: Path) -> None:
    for suffix in (".html", ".md"):
        folder = tmp_path / suffix[1:]
        folder.mkdir()
        text = written(folder, suffix, errors=(("a.toml::x", "internal error: <odd>"),), interrupted=True)
        assert "No test has asked for a verdict" in text
        assert "interrupted" in text
        assert "internal error" in text
        assert not re.search(r"(?<!\\)<odd", text)


def test_causes_are_told_where_they_tell_checks_apart(tmp_path: Path) -> None:
    alone = written(tmp_path, ".html", record(causes=("rust",)))
    assert "rust" not in alone
    (tmp_path / "report.html").unlink()
    both = written(tmp_path, ".html", record(causes=("rust",)), record(causes=("dust", "<i>mud</i>")))
    assert "under rust" in both
    assert "under each of 2 causes: dust, &lt;i&gt;mud" in both


def test_json_is_what_was_found(tmp_path: Path) -> None:
    content = json.loads(written(tmp_path, ".json", record(), interrupted=True))
    assert content["theorems"] == [record().as_data()]
    assert content["interrupted"] is True
    assert "dialproof" in content["tools"]
    (tmp_path / "report.json").unlink()
    assert [json.loads(line) for line in written(tmp_path, ".jsonl", record()).splitlines()] == [record().as_data()]


def test_a_pdf_is_made_where_that_is_possible(tmp_path: Path) -> None:
    pytest.importorskip("weasyprint", reason="WeasyPrint, or the system library Pango, is not installed", exc_type=ImportError)
    document.write(Document((record(),), (), False, datetime.now(UTC)), tmp_path / "r.pdf")
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")


def test_the_report_of_a_run_names_every_theorem_and_its_tests(project: pytest.Pytester) -> None:
    theorems_file(project, TWO_THEOREMS, "def test_fails():\n    assert_holds(BAD, OPENS)")
    result = project.runpytest("--proof-report=r.html")
    assert "proof report: r.html" in out(result)
    text = (project.path / "r.html").read_text(encoding="utf-8")
    for shown in ("gate-opens", "gate-stays-shut", "Whoever waits gets in.", "The bell rings.", "test_gate.py::test_fails"):
        assert shown in text


@pytest.mark.parametrize(
    ("target", "said"),
    [("r.doc", "must end in one of .html"), ("none", "must end in"), ("folder.html", "is a folder"), ("no/r.html", "mkdir -p")],
)
def test_a_report_that_cannot_be_written_is_refused_before_the_tests_run(
    project: pytest.Pytester, target: str, said: str
) -> None:
    (project.path / "folder.html").mkdir()
    theorems_file(project, TWO_THEOREMS)
    result = project.runpytest(f"--proof-report={target}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert said in result.stderr.str()
    assert "passed" not in out(result)


def test_a_report_that_cannot_be_written_after_all_is_no_success(project: pytest.Pytester) -> None:
    theorems_file(project, "def test_spoils(prove):\n    assert_holds(prove(GOOD, OPENS))\n    import os\n    os.mkdir('r.md')")
    result = project.runpytest("--proof-report=r.md")
    assert result.ret == pytest.ExitCode.INTERNAL_ERROR
    assert "--proof-report=r.md: cannot be written" in out(result)


def test_without_weasyprint_a_pdf_is_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(InputError, match=r"pip install 'dialproof\[pdf\]'"):
        check_target(tmp_path / "r.pdf")


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
    with Portfolio(2) as portfolio:
        answers = portfolio.answers([job_of(system, claim), job_of(hard, always(n != 0))])
        assert next(answers)[0] == 0
        answers.close()
        workers = children(os.getpid())
        assert portfolio.run([job_of(system, claim)])[0] is not None, "the portfolio serves on"
    assert not any(map(is_alive, workers))
