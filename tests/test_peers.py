"""The benchmark beside the peers counts a wrong verdict as one, hides no time-out, and measures what it says."""

import math
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.contest import Attempt, Measured, Prepared, Question, Tool, measure, run_measured
from benchmarks.contest_report import Setting, exponent, page, plots
from benchmarks.families import families

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
    plots(growth, SETTING, tmp_path)
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
