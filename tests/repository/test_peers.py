"""The benchmark beside the peers counts a wrong verdict as one, hides no time-out, and measures what it says."""

import math
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import z3
from click.testing import CliRunner

from benchmarks import peers
from benchmarks.clocked import CLOCKED, WAIT
from benchmarks.contest import (
    CLOCKS,
    ENTRIES,
    QUEUES,
    TIMERS,
    Attempt,
    Measured,
    Prepared,
    Question,
    Tool,
    ToolError,
    measure,
    run_measured,
)
from benchmarks.contest_plots import draw
from benchmarks.contest_report import Setting, exponent, page
from benchmarks.families import BUILDS, CLAIMS, families
from benchmarks.tables import scenario
from dialproof.core.run import Lasso
from dialproof.encode.problem import Problem
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Proved
from dialproof.engines.limits import BmcLimits
from dialproof.engines.spacer import search as spacer
from dialproof.evidence.replay import replay
from dialproof.exchange.aiger.writing import to_aiger
from dialproof.exchange.promela.writing import to_promela

(FAMILY,) = [family for family in families() if family.name == "half-ras"]
SETTING = Setting(FAMILY, "python -m benchmarks.peers", 2, 5.0, (0.0, 0.0))


def questions(*sizes: int, fault: str = "none") -> list[Question]:
    return [Question(FAMILY, size, 2, fault) for size in sizes]


def tool(name: str, says: Callable[[int, float], Attempt]) -> Tool:
    """A tool that answers as it is told."""

    def prepare(question: Question, _folder: Path) -> Prepared:
        return lambda timeout: says(question.entries, timeout)

    return Tool(name, prepare)


def test_after_a_time_out_nobody_is_asked_more() -> None:
    late = tool("SPIN", lambda entries, timeout: Attempt("time-out" if entries > 2 else "holds", timeout if entries > 2 else 0.1))
    found = list(measure(late, questions(2, 4, 8), runs=3, timeout=5.0))
    assert [one.verdict for one in found] == ["holds", "time-out", "not asked"]
    assert [len(one.attempts) for one in found] == [3, 1, 0]
    assert found[2].reason == "N = 4 was too much already"


def test_one_wrong_attempt_is_not_outvoted() -> None:
    said = iter(["holds", "violated", "holds"])
    (found,) = measure(tool("SPIN", lambda _entries, _timeout: Attempt(next(said))), questions(2), runs=3, timeout=5.0)
    assert found.is_wrong
    assert found.verdict == "violated"
    assert "**1 of them were wrong**" in page([found], [], SETTING)


def test_what_is_not_installed_is_not_asked() -> None:
    def prepare(_question: Question, _folder: Path) -> Prepared:
        raise AssertionError("it is not there")

    (found,) = measure(Tool("SPIN", prepare, missing="spin not installed here"), questions(2), runs=1, timeout=1.0)
    assert (found.attempts, found.reason) == ((), "spin not installed here")


def test_the_page_shows_time_outs_medians_ratios_and_growth(tmp_path: Path) -> None:
    sizes = (2, 8, 16, 32)
    ours = tool("dialproof", lambda entries, _timeout: Attempt("holds", entries / 10, entries / 5, 80.0))
    peer = tool(
        "ABC pdr, l2s",
        lambda entries, timeout: Attempt("holds", entries**2 / 100, 1.0) if entries < 32 else Attempt("time-out", timeout, 2.0),
    )
    growth = [found for one in (ours, peer) for found in measure(one, questions(*sizes), runs=2, timeout=5.0)]
    text = page(growth, [], SETTING)
    assert "| 16 | 1.60 s | 2.56 s | 0.62 |" in text
    assert "| 32 | 3.20 s | > 5 s | < 0.64 |" in text
    assert "| 32 | 6.40 s | > 2.00 s | < 3.2 |" in text
    assert "| dialproof | - | - | - | 1.0 (32) | 1.0 (32) | 0.0 (32) |" in text
    draw([(ENTRIES, growth)], SETTING.timeout, tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"time.svg", "processor.svg", "memory.svg"}
    assert "time-out" in (tmp_path / "time.svg").read_text()


def test_the_exponent_is_the_slope_on_two_logarithmic_scales() -> None:
    slope = exponent([(size, 3 * size**1.5) for size in (8, 16, 64)])
    assert slope is not None
    assert math.isclose(slope, 1.5)
    assert exponent([(8, 1.0), (16, 2.0)]) is None


def test_memory_and_processor_time_are_those_of_the_command_alone(tmp_path: Path) -> None:
    """This process is far larger than a shell: what is measured must not be what it was before it became the command."""
    code, _, small = run_measured(["sh", "-c", "exit 3"], tmp_path, 60)
    assert code == 3
    assert small.megabytes < 30
    _, said, large = run_measured([sys.executable, "-c", "x = b'x' * 200_000_000; print(len(x))"], tmp_path, 60)
    assert said.strip() == "200000000"
    assert large.megabytes > 190


def test_what_takes_too_long_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    code, _, found = run_measured(["sh", "-c", "sleep 600 & wait"], tmp_path, 0.2)
    assert code is None
    assert found.seconds >= 0.2


@pytest.mark.parametrize("fault", ["none", "dial-slot-overwritten"])
def test_longer_queues_are_another_system(fault: str) -> None:
    one, two = (Question(FAMILY, 2, capacity, fault).problem() for capacity in (1, 3))
    assert {variable.domain.high for variable in one.system.variables} - {None} == {1}
    assert {variable.domain.high for variable in two.system.variables} - {None} == {3}


def test_two_attempts_one_after_the_other_add_up() -> None:
    both = Attempt("time-out", 1.0, 2.0, 30.0).and_then(Attempt("holds", 3.0, 4.0, 20.0))
    assert both == Attempt("holds", 4.0, 6.0, 30.0)
    assert not Measured("SPIN", questions(2)[0]).is_wrong


def test_a_tool_that_fails_has_no_answer_and_does_not_end_the_measurement() -> None:
    def breaks(_entries: int, _timeout: float) -> Attempt:
        raise ToolError("ABC: out of memory")

    found = list(measure(tool("ABC pdr, l2s", breaks), questions(2, 4), runs=3, timeout=5.0))
    assert [one.verdict for one in found] == ["failed", "not asked"]
    assert not found[0].is_wrong
    text = page(found, [], SETTING)
    assert "## What did not come out" in text
    assert "out of memory" in text


def answers(name: str) -> Tool:
    """A tool that always says what is right."""

    def prepare(question: Question, _folder: Path) -> Prepared:
        seconds = 0.1 * question.entries * question.capacity * max(1, question.family.ticks)
        return lambda _timeout: Attempt(BUILDS[question.fault], seconds, seconds, 50.0)

    return Tool(name, prepare)


def run_peers(monkeypatch: pytest.MonkeyPatch, output: Path, *tools: Tool) -> int:
    """The command with these tools in the place of all; its exit code."""
    monkeypatch.setattr(peers, "tools", lambda: tools)
    sizes = "--size 2 --size 8 --many 7 --many 9 --clocked 1 --ticks 3 --ticks 5 --ticks 7 --runs 1"
    return CliRunner().invoke(peers.main, f"{sizes} --output '{output}'").exit_code


def test_what_grows_has_a_table_and_pictures_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert run_peers(monkeypatch, tmp_path, answers("dialproof"), answers("ABC pdr, l2s")) == 0
    text = (tmp_path / "benchmarks-peers.md").read_text()
    assert (
        "$ python -m benchmarks.peers --size 2 --size 8 --many 7 --many 9 --clocked 1 --ticks 3 --ticks 5 --ticks 7 --runs 1\n"
        in text
    )
    assert "| N | dialproof | ABC pdr, l2s | ours / ABC |" in text
    assert "| 9 | 1.80 s | 1.80 s | 1 |" in text
    assert "| C | dialproof | ABC pdr, l2s | ours / ABC |" in text
    assert "| T | dialproof | ABC pdr, l2s | ours / ABC |" in text
    assert "| 5 | 2.00 s | 2.00 s | 1 |" in text
    assert "| dialproof | 1.0 (7) | 1.0 (7) | 0.0 (7) | 1.0 (7) | 1.0 (7) | 0.0 (7) |" in text
    pictures = {file.name for file in (tmp_path / "benchmarks").iterdir()}
    assert pictures == {"time.svg", "processor.svg", "memory.svg", "queues.svg", "timers.svg", "many.svg", "clocks.svg"}
    for name in pictures:
        assert f"(benchmarks/{name})" in text


def test_an_interrupted_run_leaves_everything_as_it_was(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupted(_entries: int, _timeout: float) -> Attempt:
        raise KeyboardInterrupt

    assert run_peers(monkeypatch, tmp_path, answers("dialproof"), tool("SPIN", interrupted)) != 0
    assert list(tmp_path.iterdir()) == []


def test_verdicts_that_disagree_are_shown_and_make_the_command_fail(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    always_true = tool("SPIN", lambda _entries, _timeout: Attempt("holds", 0.1, 0.1, 1.0))
    assert run_peers(monkeypatch, tmp_path, answers("dialproof"), always_true) == 1
    assert "**12 of them were wrong**" in (tmp_path / "benchmarks-peers.md").read_text()


@pytest.mark.parametrize(("sweep", "sizes"), [(ENTRIES, [2, 3]), (QUEUES, [1, 4]), (TIMERS, [3, 5])])
def test_only_what_a_sweep_is_about_grows(sweep: object, sizes: list[int]) -> None:
    (chosen,) = [one for one in (ENTRIES, QUEUES, TIMERS) if one is sweep]
    family = peers.TIMED if chosen is TIMERS else FAMILY
    for row in peers.questions(chosen, family, [*reversed(sizes), *sizes], 2):
        assert [chosen.of(question) for question in row] == sizes
        others = [one for one in (ENTRIES, QUEUES, TIMERS) if one is not chosen]
        assert len({tuple(other.of(question) for other in others) for question in row}) == 1


def test_a_connector_with_clocks_is_asked_about_both_sides_of_its_bound() -> None:
    """The peers get it too: nothing in a clock keeps the exporters from writing it down."""
    ((violated,), (holds,)) = peers.questions(CLOCKS, CLOCKED, [1], 2)
    assert (BUILDS[violated.fault], BUILDS[holds.fault]) == ("violated", "holds")
    assert holds.problem().formula.sexpr() == violated.problem().formula.sexpr().replace(str(WAIT - 1), str(WAIT))
    assert isinstance(spacer.prove(holds.problem()), Proved)
    found = bmc.search(violated.problem(), BmcLimits(20))
    assert isinstance(found, Found)
    replay(violated.problem(), found.run)
    assert to_aiger(violated.problem()).binary()
    assert to_promela(holds.problem())


(TIMED,) = [family for family in families() if family.ticks]


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("ticks", [1, 4])
def test_a_timer_makes_the_shortest_lasso_longer_by_a_step_a_tick(ticks: int, claim: str) -> None:
    """Works, is idle for the whole timer, is hung up, and is never dialled again."""
    system, asked = replace(TIMED, ticks=ticks).question(2, "dial-slot-overwritten", claim)
    problem = Problem(system, asked.formula)
    outcome = bmc.search(problem, BmcLimits(ticks + 8))
    assert isinstance(outcome, bmc.Found)
    assert isinstance(outcome.run, Lasso)
    replay(problem, outcome.run)
    names = [step.action.name if step.action else "" for step in outcome.run.stem]
    idle = ["tick(isp)"] * ticks
    before, after = ["arrive(default)", "dial(isp)", "answer(isp)", "deliver(default)"], ["hang_up(isp)", "free_port(isp)"]
    assert names == [*before, *idle, *after, "arrive(default)"]
    assert len(outcome.run.loop) == 1


def test_a_line_with_a_timer_is_hung_up_no_sooner_and_no_later() -> None:
    system, _ = replace(TIMED, ticks=2).question(1, "none", CLAIMS[0])
    line, idle = system.variable("line isp").term, system.variable("idle isp").term
    hang_up, tick = system.action("hang_up(isp)"), system.action("tick(isp)")
    waiting = system.variable("waiting default").term
    solver = z3.Solver()
    solver.add(line == system.variable("line isp").domain.term("up"), waiting == 0)
    for ticks, action, possible in ((0, hang_up, False), (0, tick, True), (2, hang_up, True), (2, tick, False)):
        assert (solver.check(idle == ticks, action.guard) == z3.sat) == possible
    assert solver.check(waiting == 1, z3.Or(hang_up.guard, tick.guard)) == z3.unsat


def test_the_scenarios_of_the_benchmarks_share_their_beginning() -> None:
    text, table = FAMILY.text(1), scenario(1000)
    assert text.splitlines()[2:5] == [line for line in table.splitlines() if line in text.splitlines()[2:5]]
    assert 'email_domains_file = "routes.csv"' in table
