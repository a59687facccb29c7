"""Graphs as files: each format is read again, by a reader that is not ours or by its grammar, whatever the words are."""

import re
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialproof.core.actions import Fairness
from dialproof.core.errors import InputError
from dialproof.core.run import FiniteRun, Lasso, State, Step, Taken
from dialproof.core.wording import Wording, wording_of
from dialproof.views.graph_files import dot_text, edge_label, graphml_text, mermaid_text, node_label, write_graph
from dialproof.views.lasso_graph import lasso_graph
from dialproof.views.machine import machine
from dialproof.views.state_space import labelled, state_space
from model.products.exchange_ims.routing_rows import mail_link, mail_row
from model.routing_picture import routing_diagram
from tests.views.test_pictures import office

LETTERS = "ab1. -_\"'\\`$^{}[]()<>|&;#%äÅÇ→例\n\r\t\x00\x1b\u2028\ud7ff\ufffe"
words = st.text(LETTERS, min_size=1, max_size=30)


@st.composite
def graphs(draw: st.DrawFn) -> nx.MultiDiGraph:
    """A graph with any words in it, with arrows side by side and from a node to itself."""
    graph = nx.MultiDiGraph()
    for number in range(draw(st.integers(1, 6))):
        held: bool | int | str = draw(st.sampled_from([True, 3, "down"]))
        state = State.of({draw(words): held})
        graph.add_node(
            (number, draw(words)), label=draw(words), state=state, initial=draw(st.booleans()), marked=draw(st.booleans())
        )
    ends = st.sampled_from(list(graph))
    for number in range(draw(st.integers(0, 9))):
        graph.add_edge(draw(ends), draw(ends), key=number, label=draw(words), fairness=Fairness.WEAK, taken=Taken(draw(words)))
    return graph


# --- the words in a picture ------------------------------------------------------------------------------------------


def test_the_labels_are_those_of_the_picture() -> None:
    run = Lasso((Step(Taken("ring"), State.of({"waiting": 0})),), (Step(None, State.of({"waiting": 1})),))
    graph = lasso_graph(run, Wording({"ring": "The bell rings."}, {"waiting": "people waiting"}))
    assert [node_label(node, about) for node, about in graph.nodes(data=True)] == [
        "0\npeople waiting: 0",
        "1\npeople waiting: 0 → 1",
    ]
    assert [edge_label(key, about) for *_, key, about in graph.edges(keys=True, data=True)] == [
        "The bell rings.",
        "nothing can happen",
    ]
    system, claim = office()
    assert [node_label(node, about) for node, about in machine(system, "line").nodes(data=True)] == ["down", "dialling", "up"]
    space = state_space(system, claim)
    assert node_label(0, space.nodes[0]) == "line = down\nwaiting = 0"
    named = labelled(space, wording_of(system))
    assert node_label(0, named.nodes[0]) == "the line: down\nmessages that wait: 0"
    assert edge_label("arrive", named.edges[0, 1, "arrive"]) == "a message arrives"
    assert edge_label("arrive", space.edges[0, 1, "arrive"]) == "arrive"
    routing = routing_diagram([mail_row(None, "dns", None, "isp")], [mail_link("isp", "ras")])
    assert node_label(("link", "isp"), routing.nodes["link", "isp"]) == "isp\ndial-up: RAS phonebook entry"


# --- GraphML ---------------------------------------------------------------------------------------------------------


@given(graphs())
def test_graphml_is_read_again_by_networkx(graph: nx.MultiDiGraph) -> None:
    text = graphml_text(graph)
    assert text == graphml_text(graph)
    again = nx.parse_graphml(text, force_multigraph=True)
    assert len(again) == len(graph)
    for number, about in enumerate(graph.nodes.values()):
        found = again.nodes[f"n{number}"]
        assert found["label"] == as_xml_reads(about["label"])
        assert (found["initial"], found["marked"]) == (about["initial"], about["marked"])
        assert list(about["state"].values()) == [value for name, value in found.items() if name.startswith("state ")]
    numbers = {node: f"n{number}" for number, node in enumerate(graph)}
    written = sorted((numbers[one], numbers[other], as_xml_reads(about["label"])) for one, other, about in graph.edges(data=True))
    assert sorted((one, other, about["label"]) for one, other, about in again.edges(data=True)) == written
    assert all(about["fairness"] == "weak" for *_, about in again.edges(data=True))


def as_xml_reads(text: str) -> str:
    r"""XML reads every line end as "\n", and has no letter for some: they come as escapes."""
    text = "".join(
        letter if letter in "\t\n\r" or " " <= letter <= "\ufffd" else letter.encode("unicode_escape").decode() for letter in text
    )
    return text.replace("\r\n", "\n").replace("\r", "\n")


# --- DOT -------------------------------------------------------------------------------------------------------------

DOT = re.compile(
    r'"(?P<text>(?:[^"\\]|\\.)*)"|(?P<word>[A-Za-z_]\w*|\d+)|(?P<sign>->|[{}\[\]=,;])|(?P<space>\s+)|(?P<bad>.)', re.DOTALL
)


class Dot:
    r"""What a DOT file holds, read by the part of its grammar that statements of nodes and edges need.

    Source: "The DOT Language": graph, stmt_list, attr_list; in labels `\n` is a new line and `\\` a backslash.
    """

    def __init__(self, text: str) -> None:
        self.tokens = [
            (found.lastgroup or "", found[found.lastgroup or 0]) for found in DOT.finditer(text) if found.lastgroup != "space"
        ]
        assert not [token for kind, token in self.tokens if kind == "bad"]
        self.place = 0
        self.nodes: dict[str, dict[str, str]] = {}
        self.edges: list[tuple[str, str, dict[str, str]]] = []
        self.take("word", "digraph")
        self.take("sign", "{")
        while self.tokens[self.place] != ("sign", "}"):
            self.statement()
        self.take("sign", "}")
        assert self.place == len(self.tokens)

    def take(self, kind: str, wanted: str | None = None) -> str:
        found, token = self.tokens[self.place]
        assert found == kind, self.tokens[self.place]
        assert wanted in (None, token), token
        self.place += 1
        return token

    def statement(self) -> None:
        name = self.take("word")
        other = None
        if self.tokens[self.place] == ("sign", "->"):
            self.take("sign")
            other = self.take("word")
        about: dict[str, str] = {}
        self.take("sign", "[")
        while self.tokens[self.place] != ("sign", "]"):
            key = self.take("word")
            self.take("sign", "=")
            kind, value = self.tokens[self.place]
            assert kind in ("word", "text")
            self.place += 1
            about[key] = re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], value, flags=re.DOTALL)
            if self.tokens[self.place] == ("sign", ","):
                self.take("sign")
        self.take("sign", "]")
        self.take("sign", ";")
        if other is not None:
            self.edges.append((name, other, about))
        elif name != "node":
            self.nodes[name] = about


@given(graphs())
def test_dot_follows_its_grammar(graph: nx.MultiDiGraph) -> None:
    text = dot_text(graph)
    assert text == dot_text(graph)
    again = Dot(text)
    assert list(again.nodes) == [f"n{number}" for number in range(len(graph))]
    for number, about in enumerate(graph.nodes.values()):
        found = again.nodes[f"n{number}"]
        assert found["label"].split("\n") == [as_dot_reads(line) for line in about["label"].splitlines()] or not found["label"]
        assert (found.get("peripheries") == "2") is about["initial"]
        assert (found.get("penwidth") == "3") is about["marked"]
    numbers = {node: f"n{number}" for number, node in enumerate(graph)}
    assert [(one, other) for one, other, _ in again.edges] == [(numbers[one], numbers[other]) for one, other in graph.edges()]


def as_dot_reads(line: str) -> str:
    """Letters that no file can hold come as escapes."""
    return "".join(letter if letter == "\t" or " " <= letter <= "\ufffd" else f"\\x{ord(letter):02x}" for letter in line)


# --- Mermaid ---------------------------------------------------------------------------------------------------------

MERMAID_LABEL = r'"(?P<label>(?:[A-Za-z0-9 _=.,:()\-]|[^\x00-\x7f]|#\d+;|<br>)*)"'
MERMAID_NODE = re.compile(rf"  (?P<name>n\d+)\[{MERMAID_LABEL}\]")
MERMAID_EDGE = re.compile(rf"  (?P<source>n\d+) (?:-->|==>)(?:\|{MERMAID_LABEL}\|)? (?P<target>n\d+)")


@given(graphs())
def test_mermaid_has_a_line_for_each_node_and_edge_and_no_word_can_break_it(graph: nx.MultiDiGraph) -> None:
    text = mermaid_text(graph)
    assert text == mermaid_text(graph)
    head, *lines, end = text.split("\n")
    assert (head, end) == ("flowchart TD", "")
    nodes = [found for found in map(MERMAID_NODE.fullmatch, lines) if found]
    edges = [found for found in map(MERMAID_EDGE.fullmatch, lines) if found]
    classes = [line for line in lines if line.startswith(("  classDef ", "  class "))]
    assert len(nodes) + len(edges) + len(classes) == len(lines)
    for found, about in zip(nodes, graph.nodes.values(), strict=True):
        assert as_mermaid_reads(found["label"]) == about["label"].splitlines() or not about["label"].strip()
        assert not re.match(r"\s*(\d+\.|-)\s", found["label"])  # it would become a list
    numbers = {node: f"n{number}" for number, node in enumerate(graph)}
    written = [(numbers[one], numbers[other]) for one, other in graph.edges()]
    assert [(found["source"], found["target"]) for found in edges] == written
    marked = [numbers[node] for node, is_marked in graph.nodes(data="marked") if is_marked]
    assert classes == (["  classDef heavy stroke-width:3px", f"  class {','.join(marked)} heavy"] if marked else [])


def as_mermaid_reads(label: str) -> list[str]:
    return [re.sub(r"#(\d+);", lambda found: chr(int(found[1])), line) for line in label.split("<br>")]


# --- as files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".graphml", ".dot", ".mmd"])
def test_every_graph_of_ours_can_be_written(tmp_path: Path, suffix: str) -> None:
    system, claim = office()
    run = FiniteRun((Step(Taken("arrive"), State.of({"line": "down", "waiting": 0})),))
    space = state_space(system, claim)
    routing = routing_diagram([mail_row(None, "dns", None, "isp"), mail_row("b.example", "etrn")], [mail_link("isp", "ras")])
    for graph in (lasso_graph(run, Wording()), machine(system, "line"), space, labelled(space, Wording()), routing):
        target = tmp_path / f"graph{suffix}"
        write_graph(graph, target)
        first = target.read_bytes()
        write_graph(graph, target)
        assert target.read_bytes() == first
        if suffix == ".graphml":
            assert len(nx.read_graphml(target)) == len(graph)
        if suffix == ".dot":
            assert len(Dot(first.decode()).edges) == graph.number_of_edges()


def test_another_suffix_or_a_bad_place_is_refused(tmp_path: Path) -> None:
    graph = nx.DiGraph()
    with pytest.raises(InputError, match=r"written as .graphml, .dot, .mmd, not as .gml"):
        write_graph(graph, tmp_path / "graph.gml")
    with pytest.raises(InputError, match="cannot be written"):
        write_graph(graph, tmp_path / "missing" / "graph.dot")
