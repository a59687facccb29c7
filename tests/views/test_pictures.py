"""Sequence charts, timelines, state machines, state spaces and plots: that each can be read, and says what it shows."""

import re
from itertools import permutations, product
from typing import Literal
from xml.etree import ElementTree

import networkx as nx
import numpy as np
import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, Patch, PathPatch

from dialproof.core.actions import Action, Fairness
from dialproof.core.errors import InputError, ModelError, NotApplicable
from dialproof.core.run import FiniteRun, Lasso, Run, State, Step, Taken
from dialproof.core.system import System
from dialproof.core.variables import Integer, StateVariable, boolean, choice, integer
from dialproof.core.wording import Wording, wording_of
from dialproof.encode.problem import Problem
from dialproof.engines.candidates import Found, Proved
from dialproof.engines.explicit import decide
from dialproof.ltl import always, eventually, leads_to
from dialproof.semantics.compiled import compile_terms
from dialproof.views.figures import svg_file, svg_text
from dialproof.views.ink import PAGE_HEIGHT
from dialproof.views.lasso_graph import draw_lasso
from dialproof.views.machine import describe_machine, draw_machine, machine
from dialproof.views.plots import WaitPoint, describe_wait, draw_wait, ticks
from dialproof.views.sequence import describe_sequence, draw_sequence, sequence_pages
from dialproof.views.state_grid import arrange
from dialproof.views.state_space import LOOP, LOST, NOWHERE, describe_state_space, draw_state_space, state_space
from dialproof.views.timeline import describe_timeline, draw_timeline, timeline_pages
from properties.project import PROJECT
from tests.amounts import long
from tests.readable import assert_legible, assert_readable, words_in
from tests.strategies import formulas, systems
from tools.docs.running import ROOT

LETTERS = "abc ABC .-_$^{}\\äÅÇ→例\n"
labels = st.one_of(
    st.text(LETTERS, min_size=1, max_size=60), st.integers(1, 250).map(lambda length: "wait " * (length // 9) + "x" * length)
)
dpis = st.sampled_from([72, 96, 100, 150, 200])

# --- material --------------------------------------------------------------------------------------------------------


def made_up(numbers: int, choices: int = 1, flags: int = 1, actions: int = 4, actors: int = 3) -> System:
    """A system to describe made-up runs with: what its actions do does not matter to a picture of a run."""
    variables: list[StateVariable] = [integer(f"n{i}", 0, 100) for i in range(numbers)]
    variables += [choice(f"c{i}", ["down", "dialling", "up", "hanging_up"], sort="line") for i in range(choices)]
    variables += [boolean(f"b{i}") for i in range(flags)]
    doing = [Action(f"a{i}", z3.BoolVal(True), {}, actor=f"actor {i % actors}" if actors else "") for i in range(actions)]
    return System("made up", variables, z3.BoolVal(True), doing)


def state_of(system: System, place: int) -> State:
    """The state at a place of a made-up run: the variable number i changes at every (i + 1)-th step."""
    values = {}
    for i, variable in enumerate(system.variables):
        members = variable.domain.members()
        values[variable.name] = members[place // (i + 1) % len(members)]
    return State.of(values)


def run_of(system: System, stem: int, loop: int, last: bool = True) -> Run:
    """A made-up run; without a loop a finite one, of which `last` says whether an action is taken in its last state."""
    names = [action.name for action in system.actions]
    steps = [
        Step(Taken(names[n % len(names)], (("route", n),) if n % 5 == 0 else ()), state_of(system, n)) for n in range(stem + loop)
    ]
    if loop:
        return Lasso(tuple(steps[:stem]), tuple(steps[stem:]))
    return FiniteRun((*steps, Step(Taken(names[0]) if last else None, state_of(system, stem))))


@st.composite
def pictured(draw: st.DrawFn) -> tuple[Run, System, Wording]:
    """A run, long or short, with few variables or many, and with any words."""
    numbers, choices, flags = draw(st.sampled_from([(1, 1, 1), (0, 0, 1), (2, 1, 0), (9, 7, 5), (0, 12, 0), (30, 0, 0)]))
    system = made_up(numbers, choices, flags, draw(st.integers(1, 9)), draw(st.sampled_from([0, 1, 3, 12])))
    stem, loop = draw(st.integers(0, 40)), draw(st.integers(0, 20))
    names = [variable.name for variable in system.variables][:4]
    wording = Wording({f"a{i}": draw(labels) for i in range(4)}, {name: draw(labels) for name in names})
    return run_of(system, stem, loop, draw(st.booleans())), system, wording


def office(answers: Fairness = Fairness.NONE) -> tuple[System, z3.BoolRef]:
    """The office of README, and the claim that whoever waits gets a line."""
    line = choice("line", ["down", "dialling", "up"], says="the line")
    waiting = integer("waiting", 0, 2, says="messages that wait")
    actions = [
        Action("arrive", waiting < 2, {waiting: waiting + 1}, actor="users", says="a message arrives"),
        Action("refuse", waiting == 2, {}, actor="users"),
        Action("dial", z3.And(waiting > 0, line == line.down), {line: line.dialling}, Fairness.WEAK, actor="dialler"),
        Action("answer", line == line.dialling, {line: line.up}, answers, actor="provider"),
        Action("busy", line == line.dialling, {line: line.down}, actor="provider"),
        Action("send", z3.And(waiting > 0, line == line.up), {waiting: waiting - 1}, Fairness.WEAK, actor="dialler"),
        Action("hang_up", z3.And(waiting == 0, line == line.up), {line: line.down}, Fairness.WEAK, actor="dialler"),
    ]
    system = System("office", [line, waiting], z3.And(line == line.down, waiting == 0), actions)
    return system, leads_to(waiting > 0, line == line.up)


def parts_of(figure: Figure) -> dict[str, Patch]:
    """The named parts of a picture."""
    return {str(patch.get_gid()): patch for patch in figure.axes[0].patches if patch.get_gid()}


def corners_of(patch: Patch) -> np.ndarray:
    """The corners of a line, in points from the top left."""
    return np.asarray(patch.get_path().vertices)


# --- that every word can be read -------------------------------------------------------------------------------------


@settings(max_examples=14, deadline=None)
@given(pictured(), labels, dpis)
def test_every_word_of_a_sequence_chart_can_be_read(run: tuple[Run, System, Wording], title: str, dpi: int) -> None:
    figure = draw_sequence(*run, title)
    assert_readable(figure, dpi)
    assert_legible(figure)


@settings(max_examples=14, deadline=None)
@given(pictured(), labels, dpis)
def test_every_word_of_a_timeline_can_be_read(run: tuple[Run, System, Wording], title: str, dpi: int) -> None:
    figure = draw_timeline(*run, title)
    assert_readable(figure, dpi)
    assert_legible(figure)


@settings(max_examples=10, deadline=None)
@given(st.lists(labels, min_size=1, max_size=9, unique=True), labels, st.data(), dpis)
def test_every_word_of_a_state_machine_can_be_read(names: list[str], said: str, data: st.DataObject, dpi: int) -> None:
    graph = nx.MultiDiGraph()
    for number, name in enumerate(names):
        graph.add_node(name, initial=number == 0)
    ends = st.sampled_from(names)
    for number, (source, target) in enumerate(data.draw(st.lists(st.tuples(ends, ends), max_size=24))):
        fairness = data.draw(st.sampled_from(list(Fairness)))
        if source != target:
            graph.add_edge(source, target, key=f"a{number}", action=said[: 5 + 7 * number], fairness=fairness, actor="")
    figure = draw_machine(graph, Wording(), said)
    assert_readable(figure, dpi)
    assert_legible(figure)


@settings(max_examples=14, deadline=None)
@given(systems(), st.data(), labels, dpis)
def test_every_word_of_a_state_space_can_be_read(system: System, data: st.DataObject, said: str, dpi: int) -> None:
    graph = state_space(system, data.draw(st.one_of(st.none(), formulas(system))))
    names = st.sampled_from([variable.name for variable in system.variables])
    axes = data.draw(st.lists(names, max_size=2, unique=True))
    wording = Wording({action.name: said for action in system.actions}, {"colour": said})
    figure = draw_state_space(graph, system, wording, said, tuple(axes))
    assert_readable(figure, dpi)
    assert_legible(figure)


points = st.builds(
    lambda setting, wait, kind: WaitPoint(setting, None if kind in ("violated", "lost") else wait, _VERDICTS[kind]),
    st.integers(0, 200).map(float),
    st.one_of(st.integers(0, 5000), st.floats(0, 3)),
    st.sampled_from(["holds", "violated", "unknown", "lost"]),
)
_VERDICTS: dict[str, Literal["holds", "violated", "unknown"]] = {
    "holds": "holds", "violated": "violated", "unknown": "unknown", "lost": "unknown"
}  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(st.lists(points, min_size=1, max_size=30, unique_by=lambda point: point.setting), labels, labels, dpis)
def test_every_word_of_a_plot_can_be_read(found: list[WaitPoint], setting: str, unit: str, dpi: int) -> None:
    figure = draw_wait(found, setting, unit[:20], "waits")
    assert_readable(figure, dpi)
    assert_legible(figure)


@pytest.mark.parametrize(
    ("stem", "loop"),
    [(60, 0), *(pytest.param(*ends, marks=long) for ends in [(60, 1), (0, 60), (30, 30)]), (9, 6), (0, 1), (0, 0)],
)
def test_long_runs_of_many_variables_go_on_pages(stem: int, loop: int) -> None:
    system = made_up(12, 5, 3, actions=9)
    run = run_of(system, stem, loop)
    wording = Wording({f"a{n}": f"a message for the domain {n}.of.a.very.long.name.example arrives" for n in range(9)})
    for pages in (sequence_pages(run, system, wording, "many"), timeline_pages(run, system, wording, "many")):
        for page in pages:
            assert_readable(page)
            assert_legible(page)
            assert page.get_size_inches()[1] * 72 <= PAGE_HEIGHT + 60
    numbers = re.findall(r"^(\d+)\.$", "\n".join(map(words_in, sequence_pages(run, system, wording, "many"))), re.MULTILINE)
    assert numbers == [str(number + 1) for number in range(len(run))]


# --- what a sequence chart says --------------------------------------------------------------------------------------


def test_a_message_goes_from_who_acts_to_what_changes() -> None:
    system, _ = office()
    up, calling = (State.of({"line": value, "waiting": 1}) for value in ("up", "dialling"))
    run = Lasso((Step(Taken("answer"), calling),), (Step(Taken("refuse"), up),))
    parts = parts_of(draw_sequence(run, system, wording_of(system), "calls"))
    message, provider, line = corners_of(parts["step-0"]), parts["head-provider"].get_extents(), parts["head-line"].get_extents()
    assert {"head-provider", "head-users", "head-line", "step-0", "step-1", "loop"} <= set(parts)
    assert "head-waiting" not in parts  # it never changes
    middle = parts["head-provider"]
    assert isinstance(middle, FancyBboxPatch)
    assert message[0, 0] == pytest.approx(middle.get_x() + middle.get_width() / 2)
    assert message[-1, 0] < line.x1
    assert message[-1, 0] > provider.x1 - 40 * 72


def test_what_has_no_lifeline_is_written_below_its_step() -> None:
    system = made_up(30, 0, 0, actors=12, actions=12)
    run = run_of(system, 30, 0)
    figure = draw_sequence(run, system, Wording(), "many")
    heads = {gid.removeprefix("head-") for gid in parts_of(figure) if gid.startswith("head-n")}
    written = words_in(figure)
    for name, old, new in run.steps[0].state.changes_to(run.steps[1].state):
        assert (name in heads) is not (f"{name}: {old} → {new}" in written)
    assert f"{30 - len(heads)} more that change have no line" in " ".join(written.split())
    assert "“others”:" in written
    merged = re.search("“others”: ([^.]*)\\.", " ".join(written.split()))
    assert merged
    acting = {f"actor {n}" for n in range(12)}
    assert {gid.removeprefix("head-") for gid in parts_of(figure) if "actor" in gid} | set(merged[1].split(", ")) == acting


def test_a_chart_says_where_a_finite_run_is_lost_and_where_nothing_can_happen() -> None:
    system = made_up(1)
    lost = draw_sequence(FiniteRun((Step(Taken("a0"), state_of(system, 0)),)), system, Wording(), "")
    assert "Lost here" in words_in(lost)
    idle = Lasso((), (Step(None, state_of(system, 0)),))
    assert "nothing can happen" in words_in(draw_sequence(idle, system, Wording(), ""))


def test_charts_in_words_tell_every_step_and_every_variable() -> None:
    system = made_up(2, 1, 1)
    run = run_of(system, 3, 2)
    told = describe_sequence(run, system, Wording({"a1": "the line is dialled"}))
    assert [f"Step {number}, actor" in told for number in range(1, 6)] == [True] * 5
    assert "the line is dialled" in told
    assert told.index("From here on, for ever") < told.index("Step 4")
    values = describe_timeline(run, system, Wording({}, {"c0": "the line"}))
    assert "n0: 0 at the start, 1 from step 1, 2 from step 2" in values
    assert "the line: down at the start, dialling from step 3" in values
    assert "Steps 4 to 5 repeat for ever." in values


# --- what a timeline says --------------------------------------------------------------------------------------------


def test_a_staircase_is_as_high_as_its_values() -> None:
    system = made_up(1, 0, 0)
    run = run_of(system, 3, 2)
    stairs = corners_of(parts_of(draw_timeline(run, system, Wording(), ""))["values-n0-0"])
    heights = [round(-y, 3) for _, y in stairs[::2]]  # each level begins at one corner and ends at the next
    levels = sorted(set(heights))
    # 0 1 2, then 3 4 for ever, shown twice, and 3 again.
    assert [levels.index(height) for height in heights] == [0, 1, 2, 3, 4, 3, 4, 3]
    steps = np.diff(levels)
    assert steps == pytest.approx(steps[0])


def test_a_bar_stands_where_the_variable_has_its_value() -> None:
    system = made_up(0, 1, 1)
    parts = parts_of(draw_timeline(run_of(system, 5, 1), system, Wording(), ""))
    assert {gid for gid in parts if gid.startswith("value-c0")} >= {
        "value-c0-0",
        "value-c0-1",
        "value-c0-2",
        "value-c0-3",
        "value-c0-4",
    }
    flags = [int(gid.rsplit("-", 1)[1]) for gid in parts if gid.startswith("value-b0")]
    assert flags == [2]  # the second variable changes at every second step: no no yes yes no no
    bars = [parts[f"value-c0-{place}"] for place in range(4)]
    assert all(isinstance(bar, FancyBboxPatch) for bar in bars)
    tops = [bar.get_y() for bar in bars if isinstance(bar, FancyBboxPatch)]
    assert tops == sorted(tops)
    assert len(set(tops)) == 4


def test_the_loop_is_shaded_and_shown_twice() -> None:
    system = made_up(1)
    figure = draw_timeline(run_of(system, 2, 3), system, Wording(), "")
    parts = parts_of(figure)
    first, again = parts["loop"], parts["loop-again"]
    assert isinstance(first, FancyBboxPatch)
    assert isinstance(again, FancyBboxPatch)
    assert first.get_width() == pytest.approx(again.get_width())
    assert again.get_x() == pytest.approx(first.get_x() + first.get_width())
    dots = [patch for patch in figure.axes[0].patches if isinstance(patch, Circle)]
    assert len(dots) == 2 + 3 + 3
    assert {f"step-{place}" for place in range(5)} <= set(parts)


def test_every_variable_is_drawn_or_named_or_counted() -> None:
    moving, still = made_up(30, 0, 0), integer("still", 0, 9, says="what stays")
    system = System("more", [*moving.variables, still.variable], z3.BoolVal(True), moving.actions)
    states = [State.of({**state_of(moving, n), "still": 4}) for n in range(30)]
    run = Lasso((), tuple(Step(Taken("a0"), state) for state in states))
    figure = draw_timeline(run, system, wording_of(system), "")
    drawn = {gid.split("-")[1] for gid in parts_of(figure) if gid.startswith("values-")}
    written = " ".join(words_in(figure).split())
    changing = sum(len({state[f"n{n}"] for state in states}) > 1 for n in range(30))
    assert f"{changing - len(drawn)} more variables change" in written
    assert "what stays: 4" in written.partition("Never changes: ")[2]


# --- what a state machine says ---------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(systems())
def test_a_state_machine_has_the_arrows_that_trying_every_state_finds(system: System) -> None:
    for name in ("flag", "colour"):
        graph = machine(system, name)
        place = [variable.name for variable in system.variables].index(name)
        every = list(product(*(variable.domain.members() for variable in system.variables)))
        initial = {values[place] for values in every if compile_terms([system.init], system.variables)(values) == (True,)}
        assert {value for value, starts in graph.nodes(data="initial") if starts} == initial
        found = set()
        for action in system.actions:
            effects = dict(action.effects)
            if name not in effects:
                continue
            parameters = [parameter.variable for parameter in action.parameters]
            does = compile_terms([action.guard, effects[name]], [*system.variables, *parameters])
            for values in every:
                for arguments in product(*(parameter.domain.members() for parameter in parameters)):
                    may, after = does((*values, *arguments))
                    if may and after != values[place]:
                        found.add((values[place], after, action.name))
        assert set(graph.edges(keys=True)) == found


def test_a_state_machine_marks_what_is_fair_and_where_it_starts() -> None:
    system, _ = office(Fairness.STRONG)
    graph = machine(system, "line")
    assert [value for value, starts in graph.nodes(data="initial") if starts] == ["down"]
    assert {key: about["fairness"] for *_, key, about in graph.edges(keys=True, data=True)} == {
        "dial": Fairness.WEAK, "answer": Fairness.STRONG, "busy": Fairness.NONE, "hang_up": Fairness.WEAK
    }  # fmt: skip
    figure = draw_machine(graph, wording_of(system), "the line")
    parts = parts_of(figure)
    assert "strongly fair" in words_in(figure)
    assert parts["edge-0-1"].get_linestyle() == "solid"  # down to dialling: fair
    assert parts["edge-1-0"].get_linestyle() != "solid"  # dialling to down: busy, of which nothing is promised
    told = describe_machine(graph, wording_of(system), "the line")
    assert "It starts as down." in told
    assert "From dialling to up: answer (strongly fair)." in told


def test_a_machine_with_many_long_labels_has_letters_and_a_key() -> None:
    names = [f"state-{number}" for number in range(6)]
    graph = nx.MultiDiGraph()
    for name in names:
        graph.add_node(name, initial=name == "state-0")
    for number, (source, target) in enumerate(permutations(names, 2)):
        graph.add_edge(source, target, key=f"a{number}", action=f"the long sentence {number}", fairness=Fairness.NONE, actor="")
    written = words_in(draw_machine(graph, Wording(), "many")).splitlines()
    assert {"a", "z", "ad"} <= set(written)
    assert [line for line in written if line.startswith("the long sentence")] == [f"the long sentence {n}" for n in range(30)]


def test_where_z3_gives_up_no_machine_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    system, _ = office()
    monkeypatch.setattr("dialproof.views.machine._EFFORT", 1)
    with pytest.raises(NotApplicable, match="z3 cannot tell"):
        machine(system, "line")


def test_a_machine_of_a_number_is_refused_and_says_what_to_do() -> None:
    system, _ = office()
    with pytest.raises(InputError, match="'waiting' is an integer: draw a timeline"):
        machine(system, "waiting")
    with pytest.raises(ModelError, match="no variable 'wating'"):
        machine(system, "wating")


# --- what a state space says -----------------------------------------------------------------------------------------


def test_the_state_space_of_the_office() -> None:
    system, claim = office()
    graph = state_space(system, claim)
    assert len(graph) == 8  # nobody dials without mail, so dialling with none waiting is not reached
    assert [number for number, initial in graph.nodes(data="initial") if initial] == [0]
    assert graph.graph["marks"] == LOOP
    marked = {tuple(about["state"].values()) for _, about in graph.nodes(data=True) if about["marked"]}
    # For ever busy; a further message may have arrived before.
    assert marked == {("down", 1), ("dialling", 1), ("down", 2), ("dialling", 2)}
    steps = {about["taken"].name for *_, about in graph.edges(data=True) if about["marked"]}
    assert steps == {"dial", "busy", "refuse"}
    told = describe_state_space(graph, wording_of(system))
    assert "4 of the states" in told
    assert "the line: dialling, messages that wait: 2" in told


def test_where_the_claim_holds_nothing_is_marked() -> None:
    system, claim = office(Fairness.STRONG)
    graph = state_space(system, claim)
    assert graph.graph["marks"] == NOWHERE
    assert not any(marked for _, marked in graph.nodes(data="marked"))
    assert "No run violates the claim." in words_in(draw_state_space(graph, system, wording_of(system), "fair"))


def test_of_an_invariant_the_states_that_break_it_are_marked() -> None:
    system, _ = office()
    waiting = system.variable("waiting").constant()
    assert isinstance(waiting, Integer)
    graph = state_space(system, always(waiting < 2))
    assert graph.graph["marks"] == LOST
    assert {about["state"]["waiting"] for _, about in graph.nodes(data=True) if about["marked"]} == {2}
    assert all(about["marked"] for _, about in graph.nodes(data=True) if about["state"]["waiting"] == 2)


@settings(max_examples=40, deadline=None)
@given(systems(), st.data())
def test_a_state_is_marked_if_a_run_that_violates_the_formula_comes_there_for_ever(system: System, data: st.DataObject) -> None:
    formula = data.draw(formulas(system, depth=3))
    graph = state_space(system, formula)
    assert (graph.graph["marks"] == NOWHERE) is isinstance(decide(Problem(system, formula)), Proved)
    if graph.graph["marks"] == LOST:
        return
    for _, about in graph.nodes(data=True):
        here = z3.And([variable.term == variable.domain.term(about["state"][variable.name]) for variable in system.variables])
        again = z3.Implies(always(eventually(here)), formula)
        assert about["marked"] is isinstance(decide(Problem(system, again)), Found)


def test_a_state_space_that_is_too_large_or_unbounded_is_refused() -> None:
    system, _ = office()
    with pytest.raises(NotApplicable, match="more than 7 states"):
        state_space(system, most=7)
    count = integer("count", 0)
    endless = System("endless", [count], count == 0, [Action("up", z3.BoolVal(True), {count: count + 1})])
    with pytest.raises(NotApplicable, match="give the integers bounds"):
        state_space(endless)


def test_each_state_stands_once_in_the_grid_and_ways_join_their_cells() -> None:
    system, claim = office()
    graph = state_space(system, claim)
    figure = draw_state_space(graph, system, wording_of(system), "office", ("line", "waiting"))
    parts = parts_of(figure)
    assert {gid for gid in parts if gid.startswith("state-")} == {f"state-{number}" for number in graph}
    grid = arrange(graph, system, ("line", "waiting"))
    assert grid.rows.values == ("down", "dialling", "up")
    assert grid.columns.values == (0, 1, 2)
    assert sum(len(states) for states in grid.cells.values()) == len(graph)
    assert grid.moves[(0, 0), (0, 1)] == (("arrive",), False)
    assert grid.moves[(1, 1), (0, 1)] == (("busy",), True)
    assert {f"way-{source}-{target}" for source, target in grid.moves} == {gid for gid in parts if gid.startswith("way-")}
    heavy, light = parts["way-(1, 1)-(0, 1)"], parts["way-(0, 0)-(0, 1)"]
    assert heavy.get_linewidth() > light.get_linewidth()


# --- what a plot says ------------------------------------------------------------------------------------------------


def test_a_plot_shows_each_verdict_in_its_own_way() -> None:
    found = [
        WaitPoint(5, 12),
        WaitPoint(30, 40.0),
        WaitPoint(45, 60, "unknown"),
        WaitPoint(60, None, "violated"),
        WaitPoint(90, None, "unknown"),
    ]
    figure = draw_wait(found, "retry interval", "min", "the wait")
    parts, written = parts_of(figure), words_in(figure)
    assert isinstance(parts["point-5"], Circle)
    assert isinstance(parts["point-60"], PathPatch)
    assert brightness(parts["point-45"]) - brightness(parts["point-5"]) > 0.5
    assert {"for ever", "not known", "12", "40"} <= set(written.splitlines())
    assert describe_wait(found, "retry interval", "min").endswith(
        "retry interval 5: 12 min; retry interval 30: 40 min; retry interval 45: not known; 60 min or longer; "
        "retry interval 60: it may be for ever; retry interval 90: not known."
    )


def test_a_band_for_what_is_no_number_stands_only_where_it_is_needed() -> None:
    written = words_in(draw_wait([WaitPoint(5, 12)], "retry interval", "min", "")).splitlines()
    assert not {"for ever", "not known"} & set(written)


def test_a_point_without_its_number_is_refused() -> None:
    with pytest.raises(InputError, match="is not what 'holds' means"):
        WaitPoint(5, None)
    with pytest.raises(InputError, match="is not what 'violated' means"):
        WaitPoint(5, 3, "violated")
    with pytest.raises(InputError, match="at least one point"):
        draw_wait([], "", "", "")


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_ticks_are_few_and_cover_the_scale(low: float, span: float) -> None:
    found = ticks(low, low + span)
    assert 1 <= len(found) <= 7
    assert found[0] <= low + 1e-6
    assert found[-1] >= low + span - 1e-6


# --- on paper without colour -----------------------------------------------------------------------------------------


def brightness(patch: Patch) -> float:
    return float(np.dot(to_rgb(patch.get_facecolor()[:3]), (0.299, 0.587, 0.114)))


def test_stem_and_loop_and_what_is_marked_differ_without_colour() -> None:
    system, claim = office()
    run = run_of(made_up(1), 2, 2)
    chart = parts_of(draw_sequence(run, made_up(1), Wording(), ""))
    assert chart["step-0"].get_linewidth() < chart["step-2"].get_linewidth()
    assert brightness(chart["loop"]) < 0.93
    line = parts_of(draw_timeline(run, made_up(1), Wording(), ""))
    assert line["loop"].get_linestyle() != line["loop-again"].get_linestyle()
    graph = state_space(system, claim)
    states = parts_of(draw_state_space(graph, system, Wording(), ""))
    marked = [brightness(states[f"state-{number}"]) for number, is_marked in graph.nodes(data="marked") if is_marked]
    others = [brightness(states[f"state-{number}"]) for number, is_marked in graph.nodes(data="marked") if not is_marked]
    assert max(marked) + 0.5 < min(others)


# --- on a page -------------------------------------------------------------------------------------------------------


def test_several_drawings_on_one_page_share_no_id_and_take_the_colours_of_the_page() -> None:
    system, claim = office()
    figures = [
        draw_lasso(run_of(made_up(1), 2, 2), Wording(), '<b>"title"</b> & $x$'),
        draw_sequence(run_of(made_up(1), 2, 2), made_up(1), Wording(), "-->"),
        draw_state_space(state_space(system, claim), system, wording_of(system), "states"),
    ]
    ids: list[str] = []
    for number, figure in enumerate(figures):
        text = svg_text(figure, f"figure-{number}", says="what it <shows>")
        assert text == svg_text(figure, f"figure-{number}", says="what it <shows>")
        root = ElementTree.fromstring(text)  # noqa: S314  # it was drawn here
        own = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
        assert len(own) == len(set(own))
        assert all(re.fullmatch(rf"figure-{number}-[\w.-]+", name) for name in own)
        referred = {value.removeprefix("#") for element in root.iter() for key, value in element.attrib.items() if key == "href"}
        assert referred <= set(own)
        assert {"width", "height"}.isdisjoint(root.attrib)
        assert "viewBox" in root.attrib
        assert root.find("{http://www.w3.org/2000/svg}title").text == "what it <shows>"  # type: ignore[union-attr]
        assert "--dialproof-ink, #1a1a1a" in text
        assert not re.findall(r"(?<!, )#[0-9a-f]{6}", text)
        ids += own
    assert len(ids) == len(set(ids))


def test_a_drawing_without_words_is_hidden_from_a_screen_reader() -> None:
    text = svg_text(draw_lasso(run_of(made_up(1), 0, 1), Wording(), ""), "p")
    assert 'aria-hidden="true"' in text
    assert "<title" not in text
    assert "<metadata" not in text
    assert not text.startswith("<?xml")


def test_the_same_figure_gives_the_same_file() -> None:
    system = made_up(2)
    first, second = (svg_file(draw_timeline(run_of(system, 3, 2), system, Wording(), "twice")) for _ in range(2))
    assert first == second


# --- what the project draws ------------------------------------------------------------------------------------------


def drawn_of(scenario: str) -> dict[str, nx.Graph]:
    """The graphs of a scenario's lines, by the titles of their pictures."""
    found = PROJECT.pictures(ROOT / "model" / "scenarios" / scenario)
    return {
        one.words.partition(": ")[2].partition(".")[0]: one.graph for one in found if one.name.startswith("line-") and one.graph
    }


def test_lines_that_behave_alike_are_drawn_once() -> None:
    (title,) = drawn_of("shared-modem/weak-dialling.toml")
    assert title == "States of line isp, and likewise partner"


def test_a_cause_under_which_a_line_is_never_dialled_shows_in_its_machine() -> None:
    machines = drawn_of("q230051/dns-from-start-shipped.toml")
    silent, dialled = machines.values()
    assert next(iter(machines)).startswith("States of line isp (under dial-slot-overwritten")
    assert not silent.has_edge("down", "dialling")
    assert dialled.has_edge("down", "dialling")
