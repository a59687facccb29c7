"""`dialproof bound` and `dialproof simulate`, as a user calls them."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from dialproof.core.bound import TightestBound
from dialproof.core.clock import Unit
from dialproof.exchange.itf import run_of_itf
from dialproof.semantics.interpreter import Reader
from properties.bound_command import bound
from properties.bounds import Bounded
from properties.checks import open_installation
from properties.distribution import distribution
from properties.simulate_command import simulate
from properties.simulation import simulation_of

SCENARIOS = Path(__file__).resolve().parents[2] / "model" / "scenarios"


def test_a_bound_is_computed_and_attained() -> None:
    result = CliRunner().invoke(bound, [str(SCENARIOS / "timed/pppd.toml"), "--measure", "line-busy-within", "--runs"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("line-busy-within: at most 90 seconds, proved, and a run attains it\n")
    assert "pppd dials isp" in result.output


def test_a_measure_without_a_bound_is_said_to_have_none() -> None:
    arguments = [str(SCENARIOS / "timed/pppd.toml"), "--measure", "call-ends-within", "--most", "600", "--json"]
    result = CliRunner().invoke(bound, arguments)
    found = json.loads(result.output)
    assert result.exit_code == 1
    assert (found["at_most"], found["at_least"], found["counts"], found["exact"]) == (None, 630, "second", False)


@pytest.mark.parametrize("command", [bound, simulate])
def test_a_scenario_without_clocks_is_refused(command: object) -> None:
    result = CliRunner().invoke(command, [str(SCENARIOS / "q230051/base-fixed.toml")])  # type: ignore[arg-type]
    assert result.exit_code == 2
    assert "an untimed model cannot tell a moment from a day" in result.output


def test_a_day_is_shown_as_a_timeline_and_twice_the_same() -> None:
    first, again = (CliRunner().invoke(simulate, [str(SCENARIOS / "timed/queued-for-15.toml"), "--seed", "7"]) for _ in range(2))
    assert first.exit_code == 0
    assert first.output == again.output
    assert first.output.startswith("day 1 00:")
    assert "the service dials isp  [line isp: dialling" in first.output


def test_the_figures_of_a_run_are_plain_data() -> None:
    arguments = [str(SCENARIOS / "timed/pppd.toml"), "--figures", "--json"]
    found = json.loads(CliRunner().invoke(simulate, arguments).output)
    assert found["measures"]["line-busy-within"]["longest"] <= 90
    assert found["events"]["dial(isp)"] > 10


def test_a_simulated_run_is_drawn_and_written_as_a_trace(tmp_path: Path) -> None:
    trace = tmp_path / "run.itf.json"
    system = simulation_of(open_installation(SCENARIOS / "timed/queued-for-15.toml")).router.system
    found = CliRunner().invoke(simulate, [str(SCENARIOS / "timed/queued-for-15.toml"), "--itf", str(trace)])
    assert (found.exit_code, found.stdout) == (0, "")
    run, reader = run_of_itf(json.loads(trace.read_text(encoding="utf-8")), system), Reader(system)
    for step, after in pairwise(run.steps):
        assert step.action is not None
        assert reader.take(step.action, step.state.values_tuple) == after.state.values_tuple
    bound = Bounded("dialled-within", "none", TightestBound(15, 15, 150), Unit(1, "minute"), system)
    drawn = distribution(SCENARIOS / "timed/queued-for-15.toml", [bound], days=3)
    assert "At most 15 minutes, proved, and a run attains it." in drawn.words


def test_a_picture_of_another_kind_is_refused_before_anything_is_proved(tmp_path: Path) -> None:
    found = CliRunner().invoke(simulate, [str(SCENARIOS / "timed/pppd.toml"), "--plot", str(tmp_path / "waits.gif")])
    assert found.exit_code == 2
    assert "a picture is written as .svg or .png" in found.output


def test_events_are_lines_of_json() -> None:
    lines = CliRunner().invoke(simulate, [str(SCENARIOS / "timed/pppd.toml"), "--json"]).output.splitlines()
    first = json.loads(lines[0])
    assert set(first) == {"time", "event", "says", "line isp", "waiting web"}


QUEUED_FOR = str(SCENARIOS / "timed/queued-for-15.toml")


def test_a_bound_over_a_setting_is_a_function_that_is_proved_and_attained(tmp_path: Path) -> None:
    picture = tmp_path / "bound.svg"
    arguments = [QUEUED_FOR, "--measure", "dialled-within", "--vary", "dialling.queued_for=10..14:2"]
    result = CliRunner().invoke(bound, [*arguments, "--plot", str(picture), "--runs", "--jobs", "1"])
    assert result.exit_code == 0, result.output
    first, *_ = result.output.splitlines()
    assert first == (
        "dialled-within: at most queued_for minutes for queued_for = 10..14 in steps of 2: proved, attained at each of them"
    )
    assert "queued_for = 14:\n" in result.output
    assert 'id="point-12"' in picture.read_text(encoding="utf-8")


def test_a_value_that_is_asked_about_alone_is_shown_in_its_own_unit() -> None:
    """30 seconds for the range of both values, and a minute for holdoff = 0 alone."""
    arguments = [str(SCENARIOS / "timed/pppd.toml"), "--measure", "line-busy-within", "--vary", "links.isp.holdoff=0..30:30"]
    result = CliRunner().invoke(bound, [*arguments, "--runs", "--jobs", "1"])
    assert result.exit_code == 0, result.output
    assert "at most holdoff + 60 seconds for holdoff = 0..30: proved, attained at each of them\n" in result.output
    assert "(2 values in units of 30 seconds; 2 values asked about alone)\n" in result.output
    assert "time passes: 60 seconds" in result.output


def test_where_a_check_holds_is_said_of_every_value() -> None:
    arguments = [QUEUED_FOR, "--claim", "dials-are-spaced-15-minutes", "--vary", "dialling.queued_for=13..16", "--jobs", "1"]
    result = CliRunner().invoke(bound, arguments)
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "dials-are-spaced-15-minutes: violated for queued_for = 13..14",
        "dials-are-spaced-15-minutes: holds for queued_for = 15..16",
        "dials-are-spaced-15-minutes: smallest value for which it holds: 15; largest: 16",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--vary", "dialling.queud_for=5..6"], "with dialling.queud_for = 5:21:1: unknown key `dialling.queud_for`"),
        (["--vary", "dialling.queued_for=6..5"], "is an empty range: 6 is more than 5"),
        (["--vary", "dialling.queued_for=5..60:0"], "a step of 0 leads nowhere"),
        (["--vary", "dialling.queued_for"], "is no range of a setting; write KEY=LOW..HIGH"),
        (["--vary", "dialling.queued_for=0..5"], "`dialling.queued_for` is 0 (an integer); allowed: an integer from 1 to"),
        (["--vary", "dialling.queued_for=1..5000"], "has 5,000 values; allowed: at most 1,000; take larger steps"),
        (["--vary", "dialling.queued_for=5..6", "--claim", "dials-are-spacd"], "there is no check 'dials-are-spacd'"),
        (["--vary", "dialling.queued_for=5..6", "--plot", "a.svg"], "--plot draws one measure: name it with --measure"),
        (["--vary", "dialling.queued_for=5..6", "--claim", "no-latch", "--runs"], "--claim asks about a check"),
        (["--claim", "no-latch"], "--claim and --plot go with --vary KEY=LOW..HIGH"),
    ],
)  # fmt: skip
def test_what_cannot_be_varied_is_one_message(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(bound, [QUEUED_FOR, *arguments])
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


def test_what_is_assumed_stands_beside_a_bound() -> None:
    """Found by an attack: the bound was printed without the assumption that makes it one."""
    arguments = [str(SCENARIOS / "timed/retry-list.toml"), "--measure", "line-busy-within"]
    note = "environment.most_failed_calls: no more than 3 calls over one line fail in a row"
    assert f"Note: {note}\n" in CliRunner().invoke(bound, arguments).output
    assert json.loads(CliRunner().invoke(bound, [*arguments, "--json"]).output)["notes"] == [note]
