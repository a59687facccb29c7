"""The picture of a routing table: each route, the link that it uses, and the modem that the link dials with.

Rows that use the same link stand together. That loses nothing: which row a message takes depends on its domain (exact
match, then the longest suffix, then the default route), never on the order of the rows.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import networkx as nx

from dialproof.core.errors import InputError
from dialproof.views.diagram import Look, add_arrow, add_box, draw_columns

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_ROWS, _SHOWN_OF_MANY = 40, 30
_KINDS = {"ras": "dial-up: RAS phonebook entry", "lan": "local network (LAN)"}


@dataclass(frozen=True)
class RouteRow:
    """A row of the routing table. `pattern` is None for the default route, `link` where the mail is held and sent nowhere."""

    pattern: str | None
    method: Literal["dns", "host", "etrn"]
    host: str | None = None
    link: str | None = None
    added_while_running: bool = False
    note: str = ""

    @property
    def how(self) -> str:
        """The way of delivery, in words."""
        if self.method == "host":
            return f"to host {self.host}" if self.host else "to a host"
        return "by DNS" if self.method == "dns" else "held for ETRN"


@dataclass(frozen=True)
class LinkRow:
    """A link: `kind` is "lan", or the kind of dial entry ("ras"). A dial entry without `modem` has one of its own."""

    name: str
    kind: str
    modem: str | None = None

    @property
    def dials(self) -> bool:
        """Whether this link has to be dialled."""
        return self.kind != "lan"


def routing_diagram(rows: Sequence[RouteRow], links: Sequence[LinkRow]) -> nx.DiGraph:
    """The routing table as a diagram: nodes ("route", number in the table), ("link", name), ("modem", name).

    Of more than 40 rows 30 are shown, the default route and those added while running first, and a node ("more", link)
    counts the others of each link. Raises InputError for a row that names a link which is not in `links`.
    """
    known = {link.name: link for link in links}
    for row in rows:
        if row.link is not None and row.link not in known:
            allowed = ", ".join(sorted(known)) or "none"
            raise InputError(f"the route for {row.pattern or 'all other domains'} uses link {row.link!r}; there is {allowed}")
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
            ways = {"to a host" if row.method == "host" else row.how for row in rest}
            arrows.append((("more", link), link, " or ".join(sorted(ways))))
    looks = _add_links(graph, links, any(row.link is None for row in rows))
    for source, link, label in arrows:
        add_arrow(graph, source, ("link", link), label, looks[link])
    return graph


def _add_route(graph: nx.DiGraph, number: int, row: RouteRow) -> None:
    notes = [] if row.pattern is not None else ["all other domains"]
    notes += ["+ added while running"] if row.added_while_running else []
    notes += [row.note] if row.note else []
    look: Look = "dashed" if row.added_while_running else "filled" if row.pattern is None else "plain"
    add_box(graph, ("route", number), 0, "default route" if row.pattern is None else row.pattern, notes, look)


def _add_links(graph: nx.DiGraph, links: Sequence[LinkRow], with_held: bool) -> dict[str | None, Look]:
    """Adds the links and their modems; returns how an arrow to each link looks. The link None holds mail."""
    looks: dict[str | None, Look] = {link.name: "heavy" if link.dials else "plain" for link in links}
    for link in links:
        add_box(graph, ("link", link.name), 1, link.name, (_KINDS.get(link.kind, link.kind),), looks[link.name])
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
    """The routing table in words: every row with what becomes of its mail, then every link with what it dials with."""
    said = ["Routing table."]
    for row in rows:
        who = f"Mail for {row.pattern}" if row.pattern is not None else "Mail for all other domains (the default route)"
        over = f", over {row.link}" if row.link is not None else ""
        later = "; the entry is added while the service runs" if row.added_while_running else ""
        said.append(f"{who}: {row.how}{over}{later}{f'; {row.note}' if row.note else ''}.")
    for link in links:
        dials = f", dialled with {f'modem {link.modem}' if link.modem else 'a modem of its own'}" if link.dials else ""
        said.append(f"Link {link.name}: {_KINDS.get(link.kind, link.kind)}{dials}.")
    return " ".join(said)


def _shown(rows: Sequence[RouteRow]) -> set[int]:
    numbers = range(len(rows))
    if len(rows) <= _MOST_ROWS:
        return set(numbers)
    telling = sorted(numbers, key=lambda number: (rows[number].pattern is not None, not rows[number].added_while_running))
    return set(telling[:_SHOWN_OF_MANY])


def _by_link(rows: Sequence[RouteRow], links: Sequence[LinkRow]) -> list[tuple[str | None, list[int]]]:
    """The rows of each link: the default route's link first, links that share a modem together, else as in the table."""
    groups: dict[str | None, list[int]] = {}
    for number in sorted(range(len(rows)), key=lambda number: rows[number].pattern is not None):
        groups.setdefault(rows[number].link, []).append(number)
    modems = {link.name: link.modem for link in links if link.dials and link.modem}
    first_use: dict[str | None, int] = {}
    for place, name in enumerate(groups):
        first_use.setdefault(modems.get(name or "", name), place)
    return sorted(groups.items(), key=lambda group: first_use[modems.get(group[0] or "", group[0])])
