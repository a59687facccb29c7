"""The picture of a routing table of any product: each route, its link, and the device that the link dials with.

Rows that use the same link stand together. No information is lost: the row that a message takes depends on its domain (exact
match, then the longest suffix, then the default route), never on the order of the rows.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

from dialproof.core.errors import InputError
from dialproof.views.diagram import Look, add_arrow, add_box, draw_columns

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_ROWS, _SHOWN_OF_MANY = 40, 30


@dataclass(frozen=True)
class RouteRow:
    """A row of the routing table.

    `label` is the traffic that takes this route; `is_default` marks the route for all other traffic. `how` is the method of
    delivery in words, `sort` the same for several rows at once. `link` is None if the traffic is held and not sent. `says`
    begins the sentence about the row.
    """

    label: str
    how: str
    link: str | None
    says: str
    sort: str = ""
    is_default: bool = False
    added_while_running: bool = False
    note: str = ""


@dataclass(frozen=True)
class LinkRow:
    """A link, and its `kind` in words. If it `dials` and `modem` is None, it has its own modem."""

    name: str
    kind: str
    dials: bool
    modem: str | None = None


def routing_diagram(rows: Sequence[RouteRow], links: Sequence[LinkRow]) -> nx.DiGraph:
    """The routing table as a diagram: nodes ("route", number in the table), ("link", name), ("modem", name).

    If there are more than 40 rows, 30 are shown, the default route and those added while running first, and a node
    ("more", link) counts the others of each link. Raises InputError for a row that names a link which is not in `links`.
    """
    known = {link.name: link for link in links}
    for row in rows:
        if row.link is not None and row.link not in known:
            allowed = ", ".join(sorted(known)) or "none"
            raise InputError(f"the route for {row.label} uses link {row.link!r}; there is {allowed}")
    graph = nx.DiGraph()
    arrows: list[tuple[tuple[str, object], str | None, str]] = []
    shown = _shown(rows)
    for link, numbers in _by_link(rows, links):
        for number in numbers:
            if number in shown:
                _add_route(graph, number, rows[number])
                arrows.append((("route", number), link, rows[number].how))
        rest = [rows[number] for number in numbers if number not in shown]
        if rest:
            over = f" over {link}" if link else " that are held"
            add_box(graph, ("more", link), 0, f"… and {len(rest):,} more{over}", look="dotted")
            ways = {row.sort or row.how for row in rest}
            arrows.append((("more", link), link, " or ".join(sorted(ways))))
    looks = _add_links(graph, links, any(row.link is None for row in rows))
    for source, link, label in arrows:
        add_arrow(graph, source, ("link", link), label, looks[link])
    return graph


def _add_route(graph: nx.DiGraph, number: int, row: RouteRow) -> None:
    notes = [row.label] if row.is_default else []
    notes += ["+ added while running"] if row.added_while_running else []
    notes += [row.note] if row.note else []
    look: Look = "dashed" if row.added_while_running else "filled" if row.is_default else "plain"
    add_box(graph, ("route", number), 0, "default route" if row.is_default else row.label, notes, look)


def _add_links(graph: nx.DiGraph, links: Sequence[LinkRow], with_held: bool) -> dict[str | None, Look]:
    """Adds the links and their modems; returns the look of the arrows to each link. The link None holds mail."""
    looks: dict[str | None, Look] = {link.name: "heavy" if link.dials else "plain" for link in links}
    for link in links:
        add_box(graph, ("link", link.name), 1, link.name, (link.kind,), looks[link.name])
    if with_held:
        looks[None] = "dotted"
        add_box(graph, ("link", None), 1, "no link", ("waits until the other site sends ETRN",), "dotted")
    users = Counter(link.modem for link in links if link.dials)
    for link in links:
        if not link.dials:
            continue
        modem = ("modem", link.modem) if link.modem else ("modem of", link.name)
        shared = (f"shared by {users[link.modem]} entries",) if link.modem and users[link.modem] > 1 else ()
        add_box(graph, modem, 2, link.modem or "a modem of its own", shared, "filled" if shared else "plain")
        add_arrow(graph, ("link", link.name), modem, look="heavy")
    return looks


def draw_routing(rows: Sequence[RouteRow], links: Sequence[LinkRow], title: str = "Routing table") -> "Figure":
    """The routing table as a figure, sized so that every word fits. Raises InputError as `routing_diagram` does."""
    graph = routing_diagram(rows, links)
    remark = "Heavy lines are dialled." if any(link.dials for link in links) else ""
    if len(rows) > _MOST_ROWS:
        remark = f"{len(rows):,} routes, {_SHOWN_OF_MANY} of them shown. {remark}"
    return draw_columns(graph, ("Route", "Link", "Modem"), title, remark)


def describe_routing(rows: Sequence[RouteRow], links: Sequence[LinkRow]) -> str:
    """The routing table in words: every row with what becomes of what goes by it, then every link with what it dials with."""
    said = ["Routing table."]
    for row in rows:
        over = f", over {row.link}" if row.link is not None else ""
        later = "; the entry is added while the service runs" if row.added_while_running else ""
        said.append(f"{row.says}: {row.how}{over}{later}{f'; {row.note}' if row.note else ''}.")
    for link in links:
        dials = f", dialled with {f'modem {link.modem}' if link.modem else 'a modem of its own'}" if link.dials else ""
        said.append(f"Link {link.name}: {link.kind}{dials}.")
    return " ".join(said)


def _shown(rows: Sequence[RouteRow]) -> set[int]:
    numbers = range(len(rows))
    if len(rows) <= _MOST_ROWS:
        return set(numbers)
    telling = sorted(numbers, key=lambda number: (not rows[number].is_default, not rows[number].added_while_running))
    return set(telling[:_SHOWN_OF_MANY])


def _by_link(rows: Sequence[RouteRow], links: Sequence[LinkRow]) -> list[tuple[str | None, list[int]]]:
    """The rows of each link: the default route's link first, links that share a modem together, else as in the table."""
    groups: dict[str | None, list[int]] = {}
    for number in sorted(range(len(rows)), key=lambda number: not rows[number].is_default):
        groups.setdefault(rows[number].link, []).append(number)
    modems = {link.name: link.modem for link in links if link.dials and link.modem}
    first_use: dict[str | None, int] = {}
    for place, name in enumerate(groups):
        first_use.setdefault(modems.get(name or "", name), place)
    return sorted(groups.items(), key=lambda group: first_use[modems.get(group[0] or "", group[0])])
