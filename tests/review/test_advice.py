"""Advice fits the reason, and how long the reader waited is what is shown."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
import z3

from dialproof import Action, Fairness, System, integer
from dialproof.cli.details import advice
from dialproof.cli.next_step import BROKEN, INTERRUPTED, Asked, next_step
from dialproof.cli.results import TextReport
from dialproof.core.certificates import InductiveInvariant
from dialproof.core.claims import Claim, OneSystem, Variant
from dialproof.core.plan import PlannedCheck
from dialproof.core.remedy import Remedy
from dialproof.core.verdict import Holds, Unknown, Vacuity, Verdict, of_something, seconds_of, spans_of, united
from dialproof.evidence.outcome import CheckedVerdict
from dialproof.ltl import always
from dialproof.portfolio.check import check, run_planned
from dialproof.portfolio.portfolio import Portfolio
from dialproof.report.afresh import audit_command, commands
from dialproof.review.session import opened
from tests.gatehouse import HARD, OPENS, run, scenario

number = integer("number", 0, 1000002)


def hard(begin: int) -> System:
    """A system of which no engine finds out that it never comes to 0: no square is -1 modulo this prime."""
    square = Action("square", z3.BoolVal(True), {number: (number * number + 1) % 1000003}, Fairness.WEAK)
    return System("hard", [number], number > begin, [square])


NEVER = Claim("never-zero", always(number != 0), "The number is never zero.")


def planned(*variants: Variant) -> PlannedCheck:
    return PlannedCheck("one.toml", 3, "never-zero", None, variants)


# --- time ------------------------------------------------------------------------------------------------------------


def test_what_overlaps_counts_once() -> None:
    assert united([(3.0, 5.0), (0.0, 1.0), (4.0, 7.0), (0.5, 0.75), (7.0, 8.0)]) == ((0.0, 1.0), (3.0, 8.0))
    side_by_side = [Unknown("a", seconds=2.0, spans=((0.0, 2.0),)), Unknown("b", seconds=2.0, spans=((1.0, 3.0),))]
    assert spans_of(side_by_side) == ((0.0, 3.0),)
    assert seconds_of(side_by_side) == 3.0
    assert seconds_of([*side_by_side, Unknown("made by hand", seconds=4.0)]) == 7.0
    assert seconds_of([]) == 0.0


def test_causes_that_were_checked_side_by_side_took_the_time_that_the_reader_waited() -> None:
    variants = [OneSystem(f"cause-{begin}", hard(begin), NEVER) for begin in (2, 7, 11, 13)]
    begun = time.monotonic()
    with Portfolio(4, timeout=2) as portfolio:
        (result,) = run_planned(portfolio, [planned(*variants)])
    waited = time.monotonic() - begun
    assert all(isinstance(verdict, Unknown) and verdict.seconds > 1.9 for _, verdict in result.by_cause)
    assert 1.9 < result.seconds <= waited
    assert sum(verdict.seconds for _, verdict in result.by_cause) > result.seconds, "they went on side by side"


# --- what may decide it -------------------------------------------------------------------------------------------------


def test_an_unknown_verdict_says_what_may_decide_it() -> None:
    x = integer("x", 0, 3)
    turns = System("turns", [x], x == 0, [Action("turn", z3.BoolVal(True), {x: (x + 1) % 4})])
    late = check(hard(2), NEVER, timeout=1)
    bounded = check(turns, always(x < 4), engines=["bmc"])
    assert isinstance(late, Unknown)
    assert isinstance(bounded, Unknown)
    assert (late.remedy, bounded.remedy) == (Remedy.TIME, Remedy.ENGINES)
    match late:
        case Unknown(reason):
            assert "no answer within 1 s" in reason
    assert late == replace(late, spans=((1.0, 2.0),), seconds=1.0), "when it was worked at makes it no other verdict"


def test_of_causes_that_need_different_things_the_first_is_named() -> None:
    proof = Holds(InductiveInvariant("true"), checked_by=("z3",), vacuity=Vacuity(True))
    open_proof = of_something(proof, Vacuity(), remedy=Remedy.TIME)
    lost = Unknown("lost", remedy=Remedy.NONE)
    late = Unknown("late", remedy=Remedy.TIME)

    def remedy(*verdicts: Verdict) -> Remedy:
        variants = [OneSystem(str(place), hard(2), NEVER) for place, _ in enumerate(verdicts)]
        return CheckedVerdict(planned(*variants), tuple((str(place), one) for place, one in enumerate(verdicts))).remedy

    assert remedy(lost, late) is remedy(proof, late) is remedy(open_proof) is Remedy.TIME
    assert remedy(lost, proof) is remedy(proof) is Remedy.NONE
    assert remedy(late, Unknown(INTERRUPTED, remedy=Remedy.ANEW)) is Remedy.ANEW


# --- what is advised ----------------------------------------------------------------------------------------------------

SAID = {
    Remedy.TIME: ("Give it more time with --timeout SECONDS", "dialproof check one.toml --timeout 1200"),
    Remedy.ENGINES: ("More time does not help: every engine that was tried", "dialproof check one.toml"),
    Remedy.NONE: ("More time does not help.", "dialproof report one.toml -o review.html"),
    Remedy.ANEW: ("", "dialproof check one.toml"),
    Remedy.REPORTING: ("", ""),
}


@pytest.mark.parametrize("remedy", SAID)
@pytest.mark.usefixtures("project")
def test_advice_fits_the_reason_and_is_given_once(remedy: Remedy) -> None:
    path = Path(scenario("one.toml", OPENS, HARD, OPENS + '\nexpect = "holds"'))
    (loaded,) = opened([path])[1]
    given_up = [CheckedVerdict(item, (("none", Unknown("why", remedy=remedy)),)) for item in loaded.checks]
    said, command = SAID[remedy]
    told = " ".join(line.strip() for line in advice(loaded, given_up, 80))
    assert told.count("ime") == said.count("ime")
    if said:
        assert told.startswith(f"gate-opens, never-zero, gate-opens: {said}")
    else:
        assert not told
    assert next_step(Asked((path,), 300), [loaded], given_up) == command


@pytest.mark.parametrize(("seconds", "option"), [(0.05, "--timeout 1"), (0.3, "--timeout 1"), (1.5, "--timeout 6"), (1e308, "")])
@pytest.mark.usefixtures("project")
def test_more_time_is_a_time_that_the_command_takes(seconds: float, option: str) -> None:
    path = Path(scenario("one.toml", HARD))
    (loaded,) = opened([path])[1]
    late = [CheckedVerdict(loaded.checks[0], (("none", Unknown("late", remedy=Remedy.TIME)),))]
    assert next_step(Asked((path,), seconds), [loaded], late) == f"dialproof check one.toml {option}".strip()


def test_a_file_that_looks_like_an_option_is_named_so_that_it_is_none() -> None:
    assert next_step(Asked((Path("-x.toml"),), 300), [], []) == "dialproof report ./-x.toml -o review.html"


@pytest.mark.usefixtures("project")
def test_what_was_interrupted_is_not_advised_about_claim_by_claim(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(scenario("one.toml", HARD, OPENS))
    (loaded,) = opened([path])[1]
    report = TextReport([loaded], Asked((path,), 300))
    report.abandon(INTERRUPTED, Remedy.ANEW)
    report.finish()
    shown = capsys.readouterr().out
    assert "more time" not in shown
    assert shown.endswith("\nNext: dialproof check one.toml\n")
    assert BROKEN not in shown


# --- commands that work with what is installed --------------------------------------------------------------------------


@pytest.fixture
def _without_cvc5(monkeypatch: pytest.MonkeyPatch) -> None:
    from dialproof.report import afresh

    monkeypatch.setattr(afresh, "find_spec", lambda _name: None)
    monkeypatch.setitem(__import__("sys").modules, "cvc5", None)


@pytest.mark.usefixtures("project", "_without_cvc5")
def test_without_cvc5_no_command_that_is_printed_asks_for_it() -> None:
    name = scenario("one.toml", OPENS)
    said = run(name, "--certificates", "evi dence").stderr
    assert said.endswith("to check them: dialproof audit 'evi dence' --without-second-opinion\n")
    lines = [command.line for command in commands([Path(name)])]
    assert not any(" --second-opinion" in line for line in lines)
    assert "dialproof audit certificates --without-second-opinion" in lines


@pytest.mark.usefixtures("project", "_without_cvc5")
def test_an_audit_that_lacks_cvc5_says_how_to_do_without() -> None:
    from click.testing import CliRunner

    from dialproof.cli.main import main

    run(scenario("one.toml", OPENS), "--certificates", "evidence")
    refused = CliRunner().invoke(main, ["audit", "evidence"])
    assert refused.exit_code == 2
    assert "pip install cvc5" in refused.stderr
    assert "--without-second-opinion" in refused.stderr
    assert CliRunner().invoke(main, ["audit", "evidence", "--without-second-opinion"]).exit_code == 0


def test_with_cvc5_it_is_asked() -> None:
    pytest.importorskip("cvc5")
    assert audit_command(Path("evidence")) == "dialproof audit evidence"
