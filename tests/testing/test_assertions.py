"""The assertions: which verdicts pass, which fail, and how a failure is shown."""

import re

import pytest
import z3

from dialproof import (
    Claim,
    Holds,
    Lasso,
    ModelError,
    State,
    Step,
    Taken,
    Unknown,
    Vacuity,
    Vacuous,
    Verdict,
    Violated,
)
from dialproof.core.certificates import InductiveInvariant
from dialproof.core.claims import OneSystem
from dialproof.core.errors import InputError
from dialproof.core.plan import PlannedCheck
from dialproof.ltl import always
from dialproof.portfolio.check import CheckedVerdict
from dialproof.review.expectation import standing_of
from dialproof.testing import UnexpectedVerdictError, assert_holds, assert_unknown, assert_violated
from dialproof.testing.theorems import shortfall
from tests.testing.gate import IMPORTS, TWO_THEOREMS, counter, out, theorems_file

pytest_plugins = ["pytester"]


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
        ["   gate-opens *", "   waiting-ends *", "2 verdicts (2 hold): 1 as expected, 1 without an assertion"]
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


def a_lasso() -> Lasso:
    return Lasso((), (Step(Taken("wait"), State.of({"n": 0})),))


def test_outside_of_pytest_the_assertions_check_by_themselves() -> None:
    assert assert_holds(*counter()).checked_by


def test_what_nobody_has_checked_is_not_believed() -> None:
    told = Vacuity(fair_run=True)
    with pytest.raises(UnexpectedVerdictError, match="its certificate was not audited"):
        assert_holds(Holds(InductiveInvariant("true"), vacuity=told))
    with pytest.raises(UnexpectedVerdictError, match="its run was not replayed"):
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
