"""Graphs as files for other programs: GraphML (yEd, Gephi, networkx), DOT (Graphviz), Mermaid (pages on code hosts).

Every graph of dialproof can be written: a run, a state space, a state machine, a routing table. The text of a node or an edge in
the picture is its label in the file; a state's variables and everything else are attributes in GraphML. The same graph gives the
same bytes.

Sources: the GraphML 1.0 schema; "The DOT Language" (graphviz.org); Mermaid's "Flowcharts", entity codes (mermaid.js.org).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx

from dialproof.core.errors import InputError
from dialproof.core.run import State, Taken

Attributes = Mapping[str, Any]

_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LIST_IN_MERMAID = re.compile(r" *(\d+\.|-)\Z")
_PLAIN_IN_MERMAID = re.compile(r"[A-Za-z0-9 _=.,:()\-]|[^\x00-\x7f]")


def write_graph(graph: nx.Graph, path: Path | str) -> None:
    """Writes `graph` as GraphML, DOT or Mermaid, by the suffix of `path`: .graphml, .dot or .mmd.

    Raises InputError for another suffix or a file that cannot be written.
    """
    target = Path(path)
    writers: dict[str, Callable[[nx.Graph], str]] = {".graphml": graphml_text, ".dot": dot_text, ".mmd": mermaid_text}
    writer = writers.get(target.suffix.lower())
    if writer is None:
        allowed = ", ".join(writers)
        raise InputError(f"{target}: a graph is written as {allowed}, not as {target.suffix or 'a file without suffix'}")
    try:
        target.write_text(writer(graph), encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"{target}: cannot be written: {error.strerror or error}") from error


def graphml_text(graph: nx.Graph) -> str:
    """The graph as GraphML: nodes n0, n1, ... with a `label` and all their attributes, a variable x of a state as `state x`."""
    root = ElementTree.Element("graphml", {"xmlns": _GRAPHML})
    keys: dict[tuple[str, str, str], str] = {}
    body = ElementTree.Element("graph", {"edgedefault": "directed"})
    numbers = {node: f"n{number}" for number, node in enumerate(graph)}
    _add_data(body, "graph", _flat(graph.graph), keys)
    for node, about in graph.nodes(data=True):
        element = ElementTree.SubElement(body, "node", {"id": numbers[node]})
        _add_data(element, "node", {"label": _for_xml(node_label(node, about))} | _flat(about), keys)
    for number, (source, target, key, about) in enumerate(_edges(graph)):
        ends = {"id": f"e{number}", "source": numbers[source], "target": numbers[target]}
        element = ElementTree.SubElement(body, "edge", ends)
        _add_data(element, "edge", {"label": _for_xml(edge_label(key, about))} | _flat(about), keys)
    for (whose, name, kind), key in keys.items():
        ElementTree.SubElement(root, "key", {"id": key, "for": whose, "attr.name": name, "attr.type": kind})
    root.append(body)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _add_data(element: ElementTree.Element, whose: str, about: Attributes, keys: dict[tuple[str, str, str], str]) -> None:
    """Add the attributes of a node, an edge or the graph; `keys` collects which attribute has which type and id."""
    for name, value in about.items():
        kind = "boolean" if isinstance(value, bool) else "long" if isinstance(value, int) else "string"
        key = keys.setdefault((whose, name, kind), f"d{len(keys)}")
        data = ElementTree.SubElement(element, "data", {"key": key})
        data.text = str(value).lower() if isinstance(value, bool) else str(value)


def dot_text(graph: nx.Graph) -> str:
    """The graph as DOT: marked parts and loops are bold, an initial state has two borders."""
    lines = ["digraph {", "  node [shape=box, style=rounded];"]
    numbers = {node: f"n{number}" for number, node in enumerate(graph)}
    for node, about in graph.nodes(data=True):
        looks = [f"label={_quoted(node_label(node, about))}"]
        looks += ["peripheries=2"] if about.get("initial") is True else []
        looks += ["penwidth=3"] if _is_heavy(about) else []
        lines.append(f"  {numbers[node]} [{', '.join(looks)}];")
    for source, target, key, about in _edges(graph):
        heavy = ", penwidth=3" if _is_heavy(about) else ""
        lines.append(f"  {numbers[source]} -> {numbers[target]} [label={_quoted(edge_label(key, about))}{heavy}];")
    return "\n".join([*lines, "}", ""])


def mermaid_text(graph: nx.Graph) -> str:
    """The graph as a Mermaid flowchart: marked parts and loops have a thick line."""
    lines = ["flowchart TD"]
    numbers = {node: f"n{number}" for number, node in enumerate(graph)}
    for node, about in graph.nodes(data=True):
        lines.append(f'  {numbers[node]}["{_entities(node_label(node, about))}"]')
    for source, target, key, about in _edges(graph):
        arrow = "==>" if _is_heavy(about) else "-->"
        label = _entities(edge_label(key, about))
        said = f'|"{label}"|' if label else ""
        lines.append(f"  {numbers[source]} {arrow}{said} {numbers[target]}")
    heavy = [numbers[node] for node, about in graph.nodes(data=True) if _is_heavy(about)]
    lines += ["  classDef heavy stroke-width:3px", f"  class {','.join(heavy)} heavy"] if heavy else []
    return "\n".join([*lines, ""])


def node_label(node: object, about: Attributes) -> str:
    """The text of a node in the picture, in lines."""
    match about:
        case {"label": str(label)}:
            return label
        case {"title": str(title), "notes": notes}:
            return "\n".join([title, *notes])
        case {"changed": changed, "position": int(position)}:
            return "\n".join([str(position), *(changed or ("nothing changes",))])
        case {"state": State() as state}:
            return "\n".join(f"{name} = {_word(value)}" for name, value in state.items())
        case _:
            return _word(node)


def edge_label(key: object, about: Attributes) -> str:
    """The text of an edge in the picture."""
    match about:
        case {"label": str(label)}:
            return label
        case {"action": str(sentence)}:
            return sentence
        case {"taken": taken}:
            return "nothing can happen" if taken is None else str(taken)
        case _:
            return _word(key)


def _edges(graph: nx.Graph) -> Iterator[tuple[object, object, object, Attributes]]:
    if graph.is_multigraph():
        yield from graph.edges(keys=True, data=True)
    else:
        yield from ((source, target, "", about) for source, target, about in graph.edges(data=True))


def _is_heavy(about: Attributes) -> bool:
    return about.get("marked") is True or about.get("part") == "loop"


def _word(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case Enum():
            return str(value.value)
        case _:
            return str(value)


def _flat(about: Attributes) -> dict[str, bool | int | str]:
    """The attributes as what GraphML can hold: a state as an attribute for each variable, a list as lines."""
    flat: dict[str, bool | int | str] = {}
    for name, value in about.items():
        match value:
            case State():
                flat |= {f"state {_for_xml(variable)}": _simple(held) for variable, held in value.items()}
            case Taken() | None if name == "taken":
                flat["taken"] = _for_xml(str(value)) if value is not None else ""
            case tuple() | list():
                flat[name] = _for_xml("\n".join(map(str, value)))
            case _ if name != "label":
                flat[name] = _simple(value)
    return flat


def _simple(value: object) -> bool | int | str:
    if isinstance(value, bool | int):
        return value
    return "" if value is None else _for_xml(_word(value))


def _for_xml(text: str) -> str:
    """`text` with the letters that XML cannot hold as escapes."""
    return _NOT_IN_XML.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def _quoted(text: str) -> str:
    r"""`text` as a DOT string. In it `\` begins an escape (`\n` a new line, `\N` the node's name), so it is doubled."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    lines = [_NOT_IN_XML.sub(lambda found: f"\\\\x{ord(found[0]):02x}", line) for line in escaped.splitlines()]
    return '"' + "\\n".join(lines) + '"'


def _entities(text: str) -> str:
    """`text` as a Mermaid label: everything that could mean something there as a numbered entity, a new line as a break.

    At the start of a line "1." and "-" would begin a list.
    """
    return "<br>".join(
        "".join(
            letter if _PLAIN_IN_MERMAID.match(letter) and not _LIST_IN_MERMAID.match(line[: place + 1]) else f"#{ord(letter)};"
            for place, letter in enumerate(line)
        )
        for line in text.splitlines()
    )
