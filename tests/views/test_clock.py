"""Runs of a system that counts time: what every view says of when each step happens. Without clocks nothing is said."""

import json
import re

import pytest
import z3
from matplotlib.patches import FancyBboxPatch

from dialproof.core.actions import Action
from dialproof.core.clock import Passage, Unit, clock_time
from dialproof.core.errors import InputError, ModelError
from dialproof.core.run import FiniteRun, Lasso, Run, State, Step, Taken
from dialproof.core.run_clock import clock_of
from dialproof.core.system import System
from dialproof.core.transfer import from_bytes, to_bytes
from dialproof.core.variables import choice, integer
from dialproof.core.wording import wording_of
from dialproof.exchange.itf import itf, run_of_itf
from dialproof.notebook.display import mimebundle
from dialproof.notebook.walks import walk
from dialproof.views.columns import run_columns
from dialproof.views.distribution import Spread, describe_spreads, draw_spreads
from dialproof.views.sequence import describe_sequence, draw_sequence, sequence_pages
from dialproof.views.text import run_lines
from dialproof.views.timeline import describe_timeline, draw_timeline, timeline_pages
from tests.readable import assert_legible, assert_readable, words_in
from tests.views.test_pictures import corners_of, parts_of

LINE, WAITED = choice("line", ["down", "up"], says="the line"), integer("waited", 0, 9)
FIVE = Unit(5, "minute")
STEP = integer("d", 1, 2000)


def kept(unit: Unit = FIVE, hostile: str = "") -> System:
    """A line that goes up and down, and a clock."""
    elapse = Action(
        "elapse", z3.BoolVal(True), {}, says=f"time passes: {{d}}{hostile}", parameters=(STEP,), passage=Passage("d", unit)
    )
    actions = [
        Action("rise", z3.BoolVal(True), {LINE: LINE.up}, actor="modem"),
        Action("fall", z3.BoolVal(True), {LINE: LINE.down}),
    ]
    return System("clocked", [LINE, WAITED], z3.And(LINE.down == LINE, WAITED == 0), [*actions, elapse])


def passing(units: int) -> Taken:
    return Taken("elapse", (("d", units),))


def state(line: str) -> State:
    return State.of({"line": line, "waited": 0})


def lasso(before: int = 3, within: int = 1) -> Lasso:
    """Up at once, then time passes; and in a loop down, up, and time passes if `within` is not 0."""
    stem = (Step(Taken("rise"), state("down")), Step(passing(before), state("up")))
    again = (Step(Taken("fall"), state("up")), Step(Taken("rise"), state("down")))
    return Lasso(stem, (*again, Step(passing(within), state("up"))) if within else again)


def text_of(run: Run, system: System) -> str:
    return "\n".join(run_lines(run, wording_of(system)))


def test_each_step_has_the_time_after_it_and_a_loop_says_how_often_it_repeats() -> None:
    system, run = kept(), lasso()
    clock = clock_of(run, wording_of(system))
    assert clock is not None
    assert (clock.at, clock.period, clock.repeats) == ((0, 0, 15, 15, 15, 20), 5, "repeats every 5 minutes")
    said = text_of(run, system)
    assert "  2. 00:15  time passes: 15 minutes" in said
    assert "From here on, for ever (repeats every 5 minutes):" in said
    assert said.endswith("again from step 3, every 5 minutes.")
    assert all(
        re.match(r" +\d+\. \d\d:\d\d  ", line) for line in run_columns(run, wording_of(system), 300) if re.match(r" +\d", line)
    )


def test_a_loop_in_which_no_time_passes_says_so() -> None:
    system, run = kept(), lasso(within=0)
    for said in (
        text_of(run, system),
        words_in(draw_sequence(run, system, wording_of(system), "")),
        words_in(draw_timeline(run, system, wording_of(system), "")),
        describe_timeline(run, system, wording_of(system)),
    ):
        assert "no time passes in it" in " ".join(said.split())


def test_a_run_longer_than_a_day_counts_days() -> None:
    assert "  2. day 2 01:00  time passes: 1500 minutes" in text_of(lasso(300), kept())
    assert "  1. day 1 00:00  the line" not in text_of(lasso(3), kept())
    assert clock_time(3661, "second", with_day=False) == "01:01:01"


def test_a_system_without_clocks_shows_none() -> None:
    system = System(
        "untimed", [LINE, WAITED], z3.BoolVal(True), [Action(name, z3.BoolVal(True), {}) for name in ("rise", "fall")]
    )
    run = Lasso((), (Step(Taken("rise"), state("down")), Step(Taken("fall"), state("up"))))
    assert clock_of(run, wording_of(system)) is None
    shown = mimebundle(walk(run, system))
    sheets = [words_in(draw(run, system, wording_of(system), "")) for draw in (draw_sequence, draw_timeline)]
    for said in (*shown.values(), *sheets, describe_sequence(run, system, wording_of(system)), json.dumps(itf(run, system))):
        assert not re.search(r"00:00|time passes|\"time\"|repeats every", said), said


def test_the_clock_crosses_processes_with_its_system() -> None:
    there = from_bytes(to_bytes(kept()))
    assert isinstance(there, System)
    assert there.action("elapse").passage == Passage("d", Unit(5, "minute"))


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(ModelError, match="which must be a parameter of it"):
        Action("elapse", z3.BoolVal(True), {}, passage=Passage("d", Unit(1, "minute")))
    with pytest.raises(ModelError, match="such as Unit"):
        Unit(1, "fortnight")
    other = Action("wait", z3.BoolVal(True), {}, parameters=(STEP,), passage=Passage("d", Unit(1, "second")))
    with pytest.raises(ModelError, match="counts time in minutes and in seconds"):
        System("both", kept().variables, kept().init, [*kept().actions, other])


def test_a_sequence_chart_has_a_gutter_with_each_time_once() -> None:
    figure = draw_sequence(lasso(), kept(), wording_of(kept()), "a title")
    assert words_in(figure).splitlines().count("00:15") == 2  # at step 2, and again where the loop begins
    assert "Loop: repeats every 5 minutes" in words_in(figure)
    assert_readable(figure, 100)
    assert "Step 2 at 00:15, the system: time passes: 15 minutes." in describe_sequence(lasso(), kept(), wording_of(kept()))


def test_a_timeline_is_drawn_to_scale() -> None:
    figure = draw_timeline(lasso(12, 3), kept(), wording_of(kept()), "a title")
    parts = parts_of(figure)
    widths = {name: width_of(parts[name]) for name in ("step-1", "step-4")}
    assert widths["step-1"] == pytest.approx(4 * widths["step-4"], rel=1e-6)
    assert parts["step-2"].center[0] < parts["step-3"].center[0]  # type: ignore[attr-defined]  # side by side, in order
    said = words_in(figure)
    assert all(time in said for time in ("00:00", "01:00", "01:15", "Loop: repeats every 15 minutes (shown twice)"))
    assert "from step 1 (00:00)" in describe_timeline(lasso(), kept(), wording_of(kept()))
    assert_readable(figure, 100)
    assert_legible(figure)


_BAR = 5.0


def width_of(patch: object) -> float:
    return float(patch.get_width())  # type: ignore[attr-defined]


@pytest.mark.parametrize("rounds", [1, 40])
@pytest.mark.parametrize("unit", [Unit(1, "second"), Unit(60, "minute")])
def test_a_long_run_with_clocks_can_be_read(rounds: int, unit: Unit) -> None:
    system = kept(unit)
    steps = [Step(taken, state("up")) for n in range(rounds) for taken in (Taken("rise"), passing(n % 7 + 1), Taken("fall"))]
    for run in (FiniteRun((*steps, Step(None, state("down")))), Lasso(tuple(steps), lasso().loop)):
        for figure in (
            draw_timeline(run, system, wording_of(system), "long"),
            *timeline_pages(run, system, wording_of(system), "long"),
            *sequence_pages(run, system, wording_of(system), "long"),
        ):
            assert_readable(figure, 100)


def test_a_bar_of_time_may_go_on_in_the_next_band() -> None:
    steps = (
        [Step(Taken("rise"), state("down"))] * 30 + [Step(passing(400), state("up"))] + [Step(Taken("fall"), state("up"))] * 30
    )
    figure = draw_timeline(FiniteRun((*steps, Step(None, state("down")))), kept(), wording_of(kept()), "")
    assert [name for name in parts_of(figure) if name == "step-30"] == ["step-30"]
    assert len([one for one in figure.findobj(FancyBboxPatch) if one.get_height() == _BAR]) > 1


def test_a_notebook_has_the_time_and_escapes_what_is_hostile() -> None:
    system = kept(hostile="<script>alert(1)</script>")
    html = mimebundle(walk(lasso(), system))["text/html"]
    assert "<script" not in html
    assert '<time>00:15</time> <span data-action="">' in html
    assert 'data-time="00:15"' in html
    assert 'data-round="5 minutes"' in html


def test_a_trace_says_when_each_state_is_reached_and_is_read_back() -> None:
    trace = itf(lasso(), kept())
    assert [one["#meta"]["time"] for one in trace["states"]] == ["00:00", "00:00", "00:15", "00:15", "00:15"]
    assert run_of_itf(json.loads(json.dumps(trace)), kept()) == lasso()


def test_a_distribution_has_a_bar_for_each_length_and_a_line_at_the_bound() -> None:
    spread = Spread("waits <b>", {1: 3, 15: 6}, "minute", 15, "At most 15 minutes, proved")
    figure = draw_spreads([spread, Spread("nothing", {}, "second")], "title", "a remark")
    parts = parts_of(figure)
    assert {"spread-0-1", "spread-0-15", "bound-0"} <= parts.keys()
    assert "bound-1" not in parts
    assert corners_of(parts["bound-0"])[:, 0].min() >= parts["spread-0-15"].get_x()  # type: ignore[attr-defined]
    assert_readable(figure, 100)
    said = describe_spreads([spread])
    assert said == "waits <b>: 9 times, 10.3 minutes on average, 15 minutes at the longest. At most 15 minutes, proved."
    with pytest.raises(InputError):
        draw_spreads([], "")


def test_a_variable_that_time_moves_on_is_shown_as_a_time() -> None:
    """In what its product counts, not in units; another number is shown as it is."""
    age, step, waiting = integer("age", 0, 9), integer("d", 1, 9), integer("waiting", 0, 9)
    passes = Action(
        "elapse", z3.BoolVal(True), {age: age + step, waiting: waiting + 1}, passage=Passage("d", FIVE), parameters=(step,)
    )
    wording = wording_of(System("clocks", [age, waiting], z3.BoolVal(True), [passes]))
    before, after = State.of({"age": 0, "waiting": 0}), State.of({"age": 3, "waiting": 1})
    assert wording.changed(before, after) == ("age: 0 minutes → 15 minutes", "waiting: 0 → 1")
    assert wording.changed(None, after) == ("age: 15 minutes", "waiting: 1")
