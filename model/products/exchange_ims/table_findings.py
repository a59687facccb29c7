"""Findings about a routing table: entries that repeat, contradict or hide others, or that change nothing.

A finding names places in the table and makes no judgement. It is about lookup with every entry in force, and implies nothing
about a verdict: some faults depend on the order of the table, so an entry that changes nothing for any mail may still decide
whether a line is dialled.
Source: Q169781 (an administrator makes one entry for each host of a domain), Q169683 and Q217217 (lookup).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from model.products.exchange_ims.routing_table import DEFAULT, RoutingTable
from model.products.exchange_ims.scenario_rules import LONGEST_PARENT


class Oddity(Enum):
    """A kind of finding about an entry, compared with another entry of the table."""

    DUPLICATE = "duplicate"
    SEVERAL_HOSTS = "several-hosts"
    CONFLICT = "conflict"
    SHADOWED = "shadowed"
    REDUNDANT = "redundant"

    @property
    def says(self) -> str:
        """The words between the entry and the place of the other one."""
        return _SAYS[self]


_SAYS = {
    Oddity.DUPLICATE: "says the same as",
    Oddity.SEVERAL_HOSTS: "names a different host than",
    Oddity.CONFLICT: "is never used because of",
    Oddity.SHADOWED: "gets no mail because of",
    Oddity.REDUNDANT: "makes no difference because of",
}


@dataclass(frozen=True)
class TableFinding:
    """The entry at `place` of the table, compared with the one at `other` (`DEFAULT` for the default route)."""

    oddity: Oddity
    place: int
    other: int


def findings(table: RoutingTable) -> Mapping[Oddity, list[TableFinding]]:
    """All findings about `table`, by kind, each in the order of the table. An entry has at most one finding."""
    found: dict[Oddity, list[TableFinding]] = {oddity: [] for oddity in Oddity}
    repeated: set[str] = set()
    for one in _repetitions(table) if len(table.lookup) < len(table) else ():
        found[one.oddity].append(one)
        if one.oddity is not Oddity.DUPLICATE:
            repeated.add(table.patterns[one.place])
    for one in _without_effect(table, repeated):
        found[one.oddity].append(one)
    return found


def _repetitions(table: RoutingTable) -> Iterator[TableFinding]:
    """Entries that are not the first one for their domain."""
    first_of, ways = table.lookup.first_of, dict[str, dict[tuple[int, str | None], int]]()
    for place, pattern in enumerate(table.patterns):
        first = first_of(pattern)
        assert first is not None
        if first == place:
            continue
        known = ways.setdefault(pattern, {table.way(first): first})
        before = known.setdefault(table.way(place), place)
        if before != place:
            yield TableFinding(Oddity.DUPLICATE, place, before)
        elif table.method(place) == table.method(first):
            yield TableFinding(Oddity.SEVERAL_HOSTS, place, first)
        else:
            yield TableFinding(Oddity.CONFLICT, place, first)


def _without_effect(table: RoutingTable, repeated: set[str]) -> Iterator[TableFinding]:
    """Entries, the first for their domain, that no mail uses, or whose mail would go the same way without them.

    An entry is never called redundant if it, or the next best entry, has a domain with several entries (`repeated`), because
    it is not known which of the hosts takes a message; nor if one of the two is yet to be added: until then the table differs.
    """
    first_of, way, patterns = table.lookup.first_of, table.way, table.patterns

    def may_change(place: int) -> bool:
        return place != DEFAULT and (patterns[place] in repeated or table.is_added_later(place))

    for place, pattern in enumerate(patterns):
        exact = first_of(f"#{pattern}") if len(pattern) > LONGEST_PARENT else None
        if first_of(pattern) != place:
            continue
        if exact is not None:
            yield TableFinding(Oddity.SHADOWED, place, exact)
        elif way(other := _next_best(first_of, pattern)) == way(place) and not may_change(place) and not may_change(other):
            yield TableFinding(Oddity.REDUNDANT, place, other)


def _next_best(first_of: Callable[[str], int | None], pattern: str) -> int:
    """The place of the entry that the mail of the entries with `pattern` would use without them."""
    above = pattern[1:] if pattern.startswith("#") else pattern.partition(".")[2]
    while above:
        place = first_of(above)
        if place is not None:
            return place
        above = above.partition(".")[2]
    return DEFAULT


MOST_NAMED = 3
"""The number of entries of a kind that a summary names."""


def summary(table: RoutingTable, found: Mapping[Oddity, list[TableFinding]]) -> str:
    """All findings as one phrase: the number of each kind, and the lines of the first few; "" if there are none."""
    said = []
    for oddity, ones in found.items():
        if ones:
            named = [table.where(one.place, short=True) for one in ones[:MOST_NAMED]]
            named += [f"{len(ones) - MOST_NAMED:,} more"] if len(ones) > MOST_NAMED else []
            said.append(f"{len(ones):,} {oddity.value} ({', '.join(named)})")
    return ", ".join(said)


def told(table: RoutingTable, one: TableFinding) -> str:
    """A finding as a line: "routes.csv line 9: a.example says the same as routes.csv line 4"."""
    beside = (
        "the default route" if one.other == DEFAULT else f"{table.patterns[one.other]} in {table.where(one.other, short=True)}"
    )
    return f"{table.where(one.place)}: {table.patterns[one.place]} {one.oddity.says} {beside}"


def as_data(table: RoutingTable, one: TableFinding) -> dict[str, Any]:
    """A finding as plain data; docs/machine-readable.md explains the keys."""
    return {
        "finding": one.oddity.value,
        "entry": table.entry_data(one.place),
        "beside": None if one.other == DEFAULT else table.entry_data(one.other),
        "says": told(table, one),
    }
