"""The pictures: what their graphs hold, that every word can be read, and that a grey print says as much as the colours."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.typing import ColorType

from dialproof.core.errors import InputError
from dialproof.core.run import FiniteRun, Lasso, State, Step, Taken
from dialproof.core.wording import Wording
from dialproof.views.figures import save
from dialproof.views.lasso_graph import draw_lasso, first_state_lines, lasso_graph
from model.products.exchange_ims.routing_rows import mail_link, mail_row
from model.routing_picture import RouteRow, draw_routing, routing_diagram
from tests.readable import assert_legible, assert_readable

# --- material --------------------------------------------------------------------------------------------------------

LETTERS = "abc ABC .-_$^{}\\äÅÇ→例\n"
labels = st.one_of(
    st.text(LETTERS, min_size=1, max_size=60), st.integers(1, 160).map(lambda length: "wait " * (length // 5) + "x" * length)
)


def steps(length: int, variables: int = 3, idle: bool = False) -> tuple[Step, ...]:
    """A run of `length` positions in which variable i counts up at every (i + 1)-th step."""
    states = [State.of({f"v{i}": n // (i + 1) for i in range(variables)}) for n in range(length)]
    return tuple(
        Step(None if idle else Taken(f"a{n % 4}", (("route", n),) if n % 3 == 0 else ()), s) for n, s in enumerate(states)
    )


def lasso(stem: int, loop: int, variables: int = 3) -> Lasso:
    everything = steps(stem + loop, variables)
    return Lasso(everything[:stem], everything[stem:])


@st.composite
def runs(draw: st.DrawFn) -> tuple[Lasso | FiniteRun, Wording]:
    stem, loop = draw(st.integers(0, 40)), draw(st.integers(0, 20))
    variables = draw(st.sampled_from([1, 3, 12, 13, 65]))
    names = Wording({f"a{i}": draw(labels) for i in range(4)}, {f"v{i}": draw(labels) for i in range(min(variables, 4))})
    if loop:
        return lasso(stem, loop, variables), names
    return FiniteRun(
        (*steps(stem, variables), Step(draw(st.sampled_from([None, Taken("a0")])), steps(1, variables)[0].state))
    ), names


links = [
    mail_link("isp", "ras", "com1"),
    mail_link("backup", "ras", "com1"),
    mail_link("other", "ras"),
    mail_link("office", "lan"),
]


@st.composite
def tables(draw: st.DrawFn) -> list[RouteRow]:
    rows = [mail_row(None, "host", "smtp.isp.example", draw(st.sampled_from(["isp", "office", "other"])))]
    for number in range(draw(st.one_of(st.integers(0, 8), st.integers(36, 60)))):
        method: Literal["dns", "host", "etrn"] = draw(st.sampled_from(["dns", "host", "etrn"]))
        link = None if method == "etrn" else draw(st.sampled_from([link.name for link in links]))
        host = draw(labels) if method == "host" else None
        rows.append(
            mail_row(
                f"{number}.{draw(labels)}",
                method,
                host,
                link,
                added_while_running=draw(st.booleans()),
                note=draw(st.sampled_from(["", "a note"])),
            )
        )
    return rows


# --- what can be seen ------------------------------------------------------------------------------------------------


@settings(max_examples=12, deadline=None)
@given(runs(), labels, st.sampled_from([72, 96, 100, 150, 200]))
def test_every_word_of_a_run_can_be_read(run: tuple[Lasso | FiniteRun, Wording], title: str, dpi: int) -> None:
    figure = draw_lasso(*run, title)
    assert_readable(figure, dpi)
    assert_legible(figure)


@settings(max_examples=6, deadline=None)
@given(tables(), labels, st.sampled_from([72, 96, 100, 150, 200]))
def test_every_word_of_a_routing_table_can_be_read(rows: list[RouteRow], title: str, dpi: int) -> None:
    figure = draw_routing(rows, links, title)
    assert_readable(figure, dpi)
    assert_legible(figure)


@pytest.mark.parametrize(("stem", "loop"), [(0, 1), (1, 1), (3, 1), (9, 6), (0, 60), (59, 1), (30, 30)])
def test_every_length_can_be_read(stem: int, loop: int) -> None:
    sentences = Wording(
        {"a0": "a message for {route} arrives", "a1": "the service restarts and reads the whole routing table again"}
    )
    assert_readable(draw_lasso(lasso(stem, loop), sentences, f"{stem} steps, then {loop} for ever"))


@pytest.mark.parametrize("variables", [1, 3, 13])
@pytest.mark.parametrize(("stem", "loop"), [(15, 1), (1, 15), (1, 12), (40, 0), (12, 12)])
def test_what_is_left_out_can_be_read_where_all_other_words_are_short(stem: int, loop: int, variables: int) -> None:
    letters = Wording({f"a{i}": "A" for i in range(4)}, {f"v{i}": "A" for i in range(4)})
    run = lasso(stem, loop, variables) if loop else FiniteRun(steps(stem, variables))
    figure = draw_lasso(run, letters, "A")
    for dpi in (72, 150):
        assert_readable(figure, dpi)


def test_a_letter_that_the_font_lacks_is_written_as_an_escape() -> None:
    figure = draw_lasso(lasso(0, 1), Wording({"a0": "例"}), "$x$ stays $x$")
    words = [text.get_text() for text in figure.findobj(Text)]
    assert any("\\u4f8b" in word for word in words)
    assert "$x$ stays $x$" in words


# --- grey ------------------------------------------------------------------------------------------------------------


def brightness(colour: ColorType) -> float:
    return float(np.dot(to_rgb(colour), (0.299, 0.587, 0.114)))


def test_stem_and_loop_differ_without_colour() -> None:
    figure = draw_lasso(lasso(3, 3), Wording(), "grey")
    parts = {patch.get_gid(): patch for patch in figure.axes[0].patches if patch.get_gid()}
    assert parts["step-0"].get_linestyle() != parts["step-4"].get_linestyle()
    assert parts["step-0"].get_linewidth() < parts["step-4"].get_linewidth()
    assert parts["state-0"].get_linewidth() < parts["state-4"].get_linewidth()
    assert brightness(parts["number-0"].get_facecolor()[:3]) - brightness(parts["number-4"].get_facecolor()[:3]) > 0.5
    assert brightness(parts["loop"].get_facecolor()[:3]) < 0.93
    assert any(text.get_text() == "Loop: repeats for ever" for text in figure.findobj(Text))


def test_what_is_dialled_and_what_is_not_differ_without_colour() -> None:
    rows = [mail_row(None, "dns", None, "isp"), mail_row("a.example", "dns", None, "office", added_while_running=True)]
    figure = draw_routing(rows, links)
    parts = {patch.get_gid(): patch for patch in figure.axes[0].patches if patch.get_gid()}
    assert parts["box-('link', 'isp')"].get_linewidth() > parts["box-('link', 'office')"].get_linewidth()
    assert parts["box-('route', 0)"].get_linestyle() != parts["box-('route', 1)"].get_linestyle()


# --- what the graphs hold --------------------------------------------------------------------------------------------


def test_the_graph_of_a_lasso_has_a_node_for_each_position_and_closes_its_loop() -> None:
    run = lasso(2, 2)
    graph = lasso_graph(run, Wording({"a3": "the last step"}))
    assert list(graph) == [0, 1, 2, 3]
    assert [part for _, part in graph.nodes(data="part")] == ["stem", "stem", "loop", "loop"]
    assert graph.nodes[0]["changed"] == ("v0: 0", "v1: 0", "v2: 0")
    assert graph.nodes[2]["changed"] == ("v0: 1 → 2", "v1: 0 → 1")
    assert graph.nodes[2]["state"] == run.loop[0].state
    assert [(source, target) for source, target, closing in graph.edges(data="closing") if closing] == [(3, 2)]
    closing = graph.edges[3, 2, 0]
    assert (closing["action"], closing["part"], closing["changed"]) == (
        "the last step (route: 3)",
        "loop",
        ("v0: 3 → 2", "v2: 1 → 0"),
    )
    assert graph.edges[1, 2, 0]["part"] == "stem"


def test_a_loop_of_one_idle_step_leads_back_to_itself() -> None:
    graph = lasso_graph(Lasso((), steps(1, idle=True)), Wording())
    assert [(source, target, action) for source, target, action in graph.edges(data="action")] == [(0, 0, "nothing can happen")]


def test_a_finite_run_ends_and_keeps_its_last_action() -> None:
    graph = lasso_graph(FiniteRun(steps(3)), Wording({"a2": "the line is cut"}))
    assert [part for _, part in graph.nodes(data="part")] == ["stem", "stem", "end"]
    assert graph.out_degree(2) == 0
    assert graph.nodes[2]["taken"] == Taken("a2")
    words = {text.get_text() for text in draw_lasso(FiniteRun(steps(3)), Wording({"a2": "the line is cut"}), "").findobj(Text)}
    assert "the line is cut" in words


def test_of_many_variables_the_first_state_lists_what_matters_and_counts_the_rest() -> None:
    first = State.of({f"v{i}": 0 for i in range(60)} | {"on": True, "line": "down", "off": False})
    later = State.of(dict(first) | {"v7": 1})
    run = Lasso((Step(Taken("a"), first),), (Step(None, later),))
    assert first_state_lines(run, Wording()) == (
        "v7: 0",
        "on: yes",
        "line: down",
        "+ 60 more that never change: 59 are 0, 1 is no",
    )


@given(st.integers(1, 80), st.integers(1, 40))
@settings(max_examples=30, deadline=None)
def test_no_variable_of_the_first_state_is_left_uncounted(variables: int, length: int) -> None:
    lines = first_state_lines(lasso(0, length, variables), Wording())
    more = [int(line.split()[1]) for line in lines if line.startswith("+")]
    assert len(lines) - len(more) + sum(more) == variables
    assert len(lines) <= 13


def test_the_diagram_joins_routes_links_and_modems() -> None:
    rows = [
        mail_row(None, "host", "smtp.isp.example", "isp"),
        mail_row("a.example", "dns", None, "office"),
        mail_row("b.example", "etrn"),
    ]
    graph = routing_diagram(rows, links)
    assert graph.edges[("route", 0), ("link", "isp")]["label"] == "to host smtp.isp.example"
    assert graph.edges[("route", 1), ("link", "office")]["label"] == "by DNS"
    assert graph.edges[("route", 2), ("link", None)]["label"] == "held for ETRN"
    assert graph.nodes[("modem", "com1")]["notes"] == ("shared by 2 entries",)
    assert not graph.out_degree(("link", "office"))


def test_of_a_thousand_routes_thirty_are_shown_and_the_others_counted() -> None:
    rows = [mail_row(f"d{n}.example", "dns", None, "office", added_while_running=n == 998) for n in range(999)]
    rows.append(mail_row(None, "host", "smtp.isp.example", "isp"))
    graph = routing_diagram(rows, links)
    routes = [name for name in graph if name[0] == "route"]
    assert len(routes) == 30
    assert {("route", 999), ("route", 998)} <= set(routes)
    assert graph.nodes[("more", "office")]["title"] == "… and 970 more over office"


def test_a_route_over_an_unknown_link_is_refused() -> None:
    with pytest.raises(InputError, match=r"'ips'.*backup, isp, office, other"):
        routing_diagram([mail_row(None, "dns", None, "ips")], links)


# --- words -----------------------------------------------------------------------------------------------------------


def test_wording_names_changes_and_actions_and_falls_back_to_the_name() -> None:
    wording = Wording({"arrive": "mail for {route} arrives"}, {"waiting": "mail for the default route"})
    before, after = State.of({"waiting": 0, "up": True}), State.of({"waiting": 1, "up": False})
    assert wording.changed(before, after) == ("mail for the default route: 0 → 1", "up: yes → no")
    assert wording.changed(None, before) == ("mail for the default route: 0", "up: yes")
    assert (
        wording.action(Taken("arrive", (("route", "a.example"), ("urgent", True)))) == "mail for a.example arrives (urgent: yes)"
    )
    assert wording.action(Taken("dial")) == "dial"
    assert wording.action(None) == "nothing can happen"


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_the_same_picture_gives_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    def pictures() -> Iterator[Figure]:
        yield draw_lasso(lasso(3, 2), Wording(), "twice")
        yield draw_routing([mail_row(None, "dns", None, "isp")], links)

    for number, figure in enumerate([*pictures(), *pictures()]):
        save(figure, tmp_path / f"{number}{suffix}")
    for number in range(2):
        assert (tmp_path / f"{number}{suffix}").read_bytes() == (tmp_path / f"{number + 2}{suffix}").read_bytes()


def test_an_svg_needs_no_font_and_names_its_parts(tmp_path: Path) -> None:
    save(draw_lasso(lasso(1, 1), Wording(), "parts"), tmp_path / "run.svg")
    root = ElementTree.parse(tmp_path / "run.svg").getroot()  # noqa: S314  # we wrote it ourselves
    assert not list(root.iter("{http://www.w3.org/2000/svg}text"))
    ids = {element.get("id") for element in root.iter()}
    assert {"state-0", "state-1", "step-0", "step-1", "loop"} <= ids


@pytest.mark.parametrize("name", ["run.pdf", "run", "missing/run.svg"])
def test_a_file_that_cannot_be_written_is_an_input_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="run"):
        save(draw_lasso(lasso(0, 1), Wording(), ""), tmp_path / name)


def test_matplotlib_is_loaded_only_to_draw() -> None:
    code = "import sys, dialproof.views.lasso_graph, model.routing_picture; sys.exit('matplotlib' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
