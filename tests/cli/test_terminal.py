"""What a person sees on a terminal: every width, colours where they are wanted, a run on one screen, what to do next."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialproof.cli.next_step import BROKEN, INTERRUPTED, Asked, next_step
from dialproof.core.remedy import Remedy
from dialproof.core.run import FiniteRun, Lasso, State, Step, Taken
from dialproof.core.verdict import Unknown
from dialproof.core.wording import Wording
from dialproof.evidence.outcome import CheckedVerdict
from dialproof.review.session import opened
from dialproof.views.columns import run_columns
from dialproof.views.text import run_lines
from tests.gatehouse import HARD, OPENS, ROOT, SHUT, environment, on_a_terminal, plain, real, run, scenario

# --- widths ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("width", [20, 40, 80, 120, 200])
def test_every_line_of_prose_fits(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    result = run(scenario("one.toml", SHUT, OPENS + '\ncauses = ["stuck", "none"]', 'kind = "empty-premise"'))
    assert result.exit_code == 1
    *lines, last = result.stdout.splitlines()
    assert max(map(len, lines)) <= max(width, 30)
    assert last == "Next: dialproof report one.toml -o review.html", "a command is never broken into two lines"


@pytest.mark.usefixtures("project")
def test_where_the_columns_do_not_fit_everything_stands_below_the_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    text = re.sub(r"\d+\.\d\d s", "0.10 s", run(scenario("one.toml", SHUT, OPENS)).stdout)
    assert text.startswith(
        "\none.toml\nThe gate\n"
        "!  gate-stays-shut\n     violated, expected (holds); bmc,\n     0.10 s\n"
        "   gate-opens\n     holds, expected (holds); "
    )


@pytest.mark.usefixtures("project")
def test_prose_stays_readable_on_a_wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert max(map(len, run(scenario("one.toml", SHUT, 'kind = "empty-premise"')).stdout.splitlines())) <= 100


@pytest.mark.usefixtures("project")
def test_what_was_said_once_is_not_said_again() -> None:
    text = run(scenario("one.toml", SHUT, SHUT, OPENS + '\ncauses = ["stuck"]')).stdout
    assert text.count("1. Somebody arrives.") == 2, "two runs, for three violations"
    assert text.count("The counterexample to gate-stays-shut (under none) violates this claim too.") == 1


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("checks", "options", "command"),
    [
        ([OPENS], [], "dialproof report 'my gate.toml' -o review.html"),
        ([SHUT + '\nexpect = "violated"'], [], "dialproof report 'my gate.toml' -o review.html"),
        ([SHUT], [], "dialproof report 'my gate.toml' -o review.html"),
        (['kind = "empty-premise"'], [], "dialproof report 'my gate.toml' -o review.html"),
        ([OPENS + '\ncauses = ["stuck", "none"]'], [], "dialproof report 'my gate.toml' -o review.html"),
        ([HARD], ["--timeout", "1"], "dialproof check 'my gate.toml' --timeout 4"),
        ([OPENS], ["--engine", "bmc", "--timeout", "1"], "dialproof check 'my gate.toml'"),
        ([HARD, SHUT], ["--timeout", "6"], "dialproof report 'my gate.toml' -o review.html"),
    ],
)
def test_the_last_line_says_what_to_do_next(checks: list[str], options: list[str], command: str) -> None:
    *_, last = run(scenario("my gate.toml", *checks), *options).stdout.splitlines()
    assert last == f"Next: {command}"


@pytest.mark.usefixtures("project")
def test_next_comes_the_report_of_all_that_was_given_or_of_the_first_that_surprises() -> None:
    names = [scenario(f"all/{'long' * 10}-{number}.toml", OPENS) for number in range(4)]
    assert run("all").stdout.endswith("\nNext: dialproof report all -o review.html\n")
    assert run(*names).stdout.endswith("\nNext: dialproof report SCENARIO... -o review.html\n")
    scenario(names[2], SHUT)
    assert run("all").stdout.endswith(f"\nNext: dialproof report {names[2]} -o review.html\n")


@pytest.mark.usefixtures("project")
def test_what_was_interrupted_is_checked_again_and_after_a_bug_of_ours_nothing_is_advised() -> None:
    path = Path(scenario("one.toml", OPENS))
    (loaded,) = opened([path])[1]
    asked = Asked((path,), 300)
    for reason, remedy, said in (
        (INTERRUPTED, Remedy.ANEW, "dialproof check one.toml"),
        (BROKEN, Remedy.REPORTING, ""),
    ):
        given_up = CheckedVerdict(loaded.checks[0], (("none", Unknown(reason, remedy=remedy)),))
        assert next_step(asked, [loaded], [given_up]) == said


# --- colours ---------------------------------------------------------------------------------------------------------


RED, GREEN, YELLOW, BOLD = "\x1b[1;31m", "\x1b[32m", "\x1b[33m", "\x1b[1m"


@pytest.mark.usefixtures("project")
def test_on_a_terminal_what_needs_a_look_is_red_and_what_is_as_expected_is_green() -> None:
    checks = [SHUT, OPENS, SHUT + '\nexpect = "violated"', OPENS + '\ncauses = ["stuck", "none"]']
    shown = on_a_terminal("check", scenario("one.toml", *checks))
    assert [f"{colour}{word}" in shown for colour, word in ((RED, "violated"), (GREEN, "holds"), (GREEN, "violated"))] == [
        True
    ] * 3
    assert f"{YELLOW}unknown" in shown
    assert max(map(len, plain(shown).splitlines())) <= 80


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("variable", "is_coloured", "is_styled"),
    [({"NO_COLOR": "1"}, False, True), ({"TERM": "dumb"}, False, False), ({}, True, True)],
)
def test_a_terminal_gets_no_colours_that_it_does_not_want(variable: dict[str, str], is_coloured: bool, is_styled: bool) -> None:
    shown = on_a_terminal("check", scenario("one.toml", SHUT), **variable)
    assert any(f";3{colour}m" in shown or f"[3{colour}m" in shown for colour in range(1, 8)) is is_coloured
    assert ("\x1b[" in shown) is is_styled


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("variables", "is_coloured"),
    [({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False), ({"FORCE_COLOR": ""}, False), ({}, False)],
)
def test_in_a_pipe_there_are_colours_only_where_they_are_asked_for(variables: dict[str, str], is_coloured: bool) -> None:
    process = real("check", scenario("one.toml", SHUT), env=environment() | {"TERM": "xterm"} | variables)
    out, _ = process.communicate(timeout=60)
    assert (RED in out) is is_coloured
    assert max(map(len, plain(out).splitlines())) <= 80


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("columns", [40, 80, 120])
def test_a_terminal_is_as_wide_as_it_is(columns: int) -> None:
    lines = plain(on_a_terminal("check", scenario("one.toml", SHUT, OPENS), columns=columns)).splitlines()
    assert max(len(line) for line in lines if not line.startswith("Next: ")) <= columns


# --- the text of a run -----------------------------------------------------------------------------------------------


def there_and_back(steps: int) -> Lasso:
    """A line that is dialled in vain, again and again: a loop of this many steps."""
    states = [State.of({"line": "down", "calls": number, "waiting": 1}) for number in range(steps)]
    return Lasso((), tuple(Step(Taken("the service places a call that is not answered"), state) for state in states))


def test_a_run_in_two_columns_takes_a_line_for_each_step() -> None:
    assert run_columns(there_and_back(3), Wording(variables={"calls": "calls placed in vain"}), 100) == [
        "  At the start: line: down; calls placed in vain: 0; waiting: 1.",
        "",
        "  From here on, for ever:",
        "  1. the service places a call that is not answered   calls placed in vain: 0 → 1",
        "  2. the service places a call that is not answered   calls placed in vain: 1 → 2",
        "  3. the service places a call that is not answered   calls placed in vain: 2 → 0",
        "  ... and so on: again from step 1.",
    ]


def test_a_narrow_screen_and_a_run_that_gains_nothing_have_one_column() -> None:
    for steps, width in ((8, 60), (1, 80)):
        assert run_columns(there_and_back(steps), Wording(), width) == run_lines(there_and_back(steps), Wording(), width)


def test_a_counterexample_of_the_reference_project_fits_on_one_screen() -> None:
    shown = plain(on_a_terminal("check", str(ROOT / "docs" / "examples" / "partner.toml")))
    counterexample = shown[shown.index("queued-mail-is-dialled is violated") : shown.index("\nNote: ")]
    assert "... and so on: again from step 2." in counterexample
    assert len(counterexample.splitlines()) <= 24


@given(st.integers(1, 30), st.integers(64, 140), st.text("abc äÅ.→", min_size=1, max_size=80))
def test_two_columns_say_what_one_column_says(steps: int, width: int, label: str) -> None:
    run, wording = there_and_back(steps), Wording(variables={"calls": f"x{label}y"})
    beside, below = run_columns(run, wording, width), run_lines(run, wording, width)
    assert max(map(len, beside)) <= width
    assert sorted("".join(beside).replace(" ", "")) == sorted("".join(below).replace(" ", ""))


def test_of_many_variables_those_are_named_that_matter() -> None:
    quiet = {f"queue {number}": 0 for number in range(20)} | {f"flag {number}": False for number in range(5)}
    start = State.of(quiet | {"waiting": 0, "limit": 3, "line": "down"})
    later = State.of(dict(start) | {"waiting": 1})
    run = Lasso((Step(Taken("arrive"), start),), (Step(None, later),))
    assert run_lines(run, Wording()) == [
        "  At the start: waiting: 0; limit: 3; (26 more that never change: 0, down, no).",
        "  1. arrive",
        "       waiting: 0 → 1",
        "",
        "  From here on, for ever:",
        "  2. nothing can happen",
        "",
        "  ... and so on: again from step 2.",
    ]


def test_a_loop_says_what_its_last_step_changes_back() -> None:
    down, up = State.of({"line": "down"}), State.of({"line": "up"})
    lines = run_lines(Lasso((), (Step(Taken("dial"), down), Step(Taken("drop"), up))), Wording())
    assert lines[-4:] == ["  2. drop", "       line: up → down", "", "  ... and so on: again from step 1."]


def test_a_run_that_is_lost_at_once() -> None:
    assert run_lines(FiniteRun((Step(None, State.of({"line": "down"})),)), Wording()) == [
        "  At the start: line: down.",
        "",
        "  Lost here: nothing that follows can mend it.",
    ]
