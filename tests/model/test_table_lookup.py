"""Lookup in a routing table, and findings about its entries, against a slow search and by hand."""

import tempfile
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from model.products.exchange_ims.lookup import Lookup
from model.products.exchange_ims.routing_table import DEFAULT, RoutingTable
from model.products.exchange_ims.table_findings import Oddity, findings, summary
from properties.checks import plan
from tests.tables import scenario, write

# --- lookup ----------------------------------------------------------------------------------------------------------

DOMAINS = st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=4).map(".".join)
PATTERNS = st.builds(str.__add__, st.sampled_from(["", "#"]), DOMAINS)


def linear(patterns: Sequence[str], domain: str) -> int | None:
    """Lookup as it is defined: the first of the entries with the best rank, or no entry."""

    def rank(pattern: str) -> tuple[int, int]:
        name = pattern.removeprefix("#")
        labels = name.count(".") + 1
        if domain == name:
            return (2 if pattern.startswith("#") else 1), labels
        return (1, labels) if not pattern.startswith("#") and domain.endswith(f".{name}") else (0, 0)

    best = max(range(len(patterns)), key=lambda place: rank(patterns[place]), default=None)
    return best if best is not None and rank(patterns[best]) > (0, 0) else None


@given(st.lists(PATTERNS, max_size=12), DOMAINS)
@settings(max_examples=500)
def test_the_index_finds_what_the_definition_says(patterns: list[str], domain: str) -> None:
    assert Lookup(patterns).best(domain) == linear(patterns, domain)
    assert Lookup(patterns).best(domain.upper()) == linear(patterns, domain)


@given(st.lists(PATTERNS, max_size=12, unique=True), DOMAINS)
def test_what_matches_comes_in_the_order_in_which_it_would_win(patterns: list[str], domain: str) -> None:
    left = dict(enumerate(patterns))
    for place in Lookup(patterns).matches(domain):
        assert linear(list(left.values()), domain) == list(left).index(place)
        del left[place]
    assert linear(list(left.values()), domain) is None


# --- findings --------------------------------------------------------------------------------------------------------

ODD_ROWS = st.tuples(PATTERNS, st.sampled_from(["dns,,isp", "dns,,office", "host,h1,isp", "host,h2,isp", "etrn,,"])).map(",".join)
UNIVERSE = [".".join(labels) for depth in range(1, 6) for labels in product(("a", "b", "ab", "z"), repeat=depth)]
"""Every domain that a pattern names, and one more label in front of it: no pattern has a z, or five labels."""


def ways(table: RoutingTable, patterns: Sequence[str]) -> list[tuple[int, str | None]]:
    """Where mail for each domain of the universe goes, if only the entries whose pattern is not "" are there."""
    index = Lookup(patterns)
    return [table.way(DEFAULT if (place := index.best(domain)) is None else place) for domain in UNIVERSE]


def odd(lines: Sequence[str], more: str = "") -> RoutingTable:
    with tempfile.TemporaryDirectory() as folder:
        return RoutingTable(scenario(Path(folder), lines, more=more))


@given(st.lists(ODD_ROWS, min_size=1, max_size=9))
@settings(deadline=None, max_examples=60)
def test_findings_say_what_lookup_does(lines: list[str]) -> None:
    """By brute force over a universe of domains: what never wins is named, and what is called redundant can go, all at once."""
    table = odd(lines)
    found = findings(table)
    hidden = {one.place for kind in (Oddity.DUPLICATE, Oddity.SEVERAL_HOSTS, Oddity.CONFLICT) for one in found[kind]}
    index = Lookup(table.patterns)
    assert hidden == set(range(len(lines))) - {index.best(domain) for domain in UNIVERSE}
    idle = {place for place in range(len(lines)) if not table[place].gets_mail}
    assert idle == {one.place for kind in (Oddity.DUPLICATE, Oddity.CONFLICT) for one in found[kind]}
    assert found[Oddity.SHADOWED] == []
    without = {one.place for one in found[Oddity.REDUNDANT]}
    assert not without & hidden
    left = ["" if place in without else pattern for place, pattern in enumerate(table.patterns)]
    assert ways(table, left) == ways(table, table.patterns)
    for place, pattern in enumerate(table.patterns):  # and nothing else could go, but for domains with several entries
        alone = ["" if other == place else one for other, one in enumerate(table.patterns)]
        below = pattern[1:] if pattern.startswith("#") else f"z.{pattern}"
        instead = Lookup(alone).best(below)
        involved = [pattern] if instead is None else [pattern, table.patterns[instead]]
        if place not in without and all(table.patterns.count(one) == 1 for one in involved):
            assert ways(table, alone) != ways(table, table.patterns)


def named(table: RoutingTable, oddity: Oddity) -> list[tuple[int, int]]:
    """The findings of a kind, as lines; 0 for the default route."""
    return [(table[one.place].line, 0 if one.other == DEFAULT else table[one.other].line) for one in findings(table)[oddity]]


def test_each_kind_of_finding() -> None:
    table = odd(
        [
            "partner.example,dns,,office",
            "mail.partner.example,dns,,office",
            "x.org,host,mx1.x.org,isp",
            "x.org,host,mx2.x.org,isp",
            "x.org,host,mx1.x.org,isp",
            "x.org,host,mx2.x.org,isp",
            "#x.org,host,mx1.x.org,isp",
            "held.example,etrn,,",
            "held.example,dns,,isp",
            "a.example,host,smtp.isp.example,isp",
        ]
    )
    assert named(table, Oddity.REDUNDANT) == [(3, 2), (11, 0)]
    assert named(table, Oddity.SEVERAL_HOSTS) == [(5, 4)]
    assert named(table, Oddity.DUPLICATE) == [(6, 4), (7, 5)]
    assert named(table, Oddity.CONFLICT) == [(10, 9)]
    assert summary(table, findings(table)) == (
        "2 duplicate (line 6, line 7), 1 several-hosts (line 5), 1 conflict (line 10), 2 redundant (line 3, line 11)"
    )


def test_a_domain_too_long_for_sub_domains_is_shadowed_by_its_exact_entry() -> None:
    longest = ".".join(["a" * 62] * 3 + ["b" * 62])
    table = odd([f"{longest},dns,,isp", f"#{longest},dns,,office", f"{longest}c,dns,,isp", f"#{longest}c,dns,,office"])
    assert len(longest) == 251
    assert named(table, Oddity.SHADOWED) == [(4, 5)]
    assert [table[place].gets_mail for place in range(len(table))] == [True, True, False, True]


def test_an_entry_that_is_yet_to_be_added_makes_nothing_redundant() -> None:
    added = '[[email_domain]]\ndomain = "example"\ndeliver = "dns"\nlink = "office"\nadded = "{}"\n'
    for when, expected in (("at-start", 1), ("while-running", 0)):
        assert len(named(odd(["a.example,dns,,office"], added.format(when)), Oddity.REDUNDANT)) == expected


def test_findings_are_noted_with_each_check(tmp_path: Path) -> None:
    [planned] = plan(write(tmp_path, ["a.example,dns,,office", "a.example,dns,,office"]))
    assert [note for note in planned.notes if "odd in" in note] == [
        f"odd in {tmp_path}/routes.csv: 1 duplicate (line 3); to see all of it: dialproof route {tmp_path}/my.toml --findings"
    ]
