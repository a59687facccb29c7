"""Which way mail for an address goes, and why: lookup in a scenario's table, told in words and as plain data.

Source: `model.products.exchange_ims.lookup` has the rule, and the articles that it is from. An entry that an administrator adds
while the service runs is in force from the next start on (Q201127, Q258203, Q259531, Q279324): until then the next best one
counts.
Left out: an address that is local, and so never leaves; several hosts for one domain (Q169781), of which the first is
named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from dialproof.core.errors import InputError
from dialproof.core.messages import in_toml
from model.products.exchange_ims import scenario_rules as rules
from model.products.exchange_ims.routing_table import DEFAULT, RoutingTable

MOST_SHOWN = 20
"""How many of the entries that lose are told in words; as data they are all there."""


class Rule(Enum):
    """Why an entry wins."""

    EXACT = "exact"
    SUFFIX = "suffix"
    DEFAULT = "default"


@dataclass(frozen=True)
class Answer:
    """Mail for `asked`, whose domain is `domain`, goes by the entry at `winner`; those at `losers` match as well, best first."""

    asked: str
    domain: str
    winner: int
    losers: tuple[int, ...]


def domain_of(asked: str) -> str:
    """The domain of an address or a domain, in lower case. Raises InputError that says what it may be."""
    local, at, domain = asked.rpartition("@")
    if at and not local:
        wrong = "there is nothing in front of the @"
    elif domain.startswith("#"):
        wrong = "the # belongs to an entry of the table; a domain to look up has none"
    else:
        try:
            return rules.domain_of_mail(domain)
        except ValueError as refused:
            wrong = str(refused)
    raise InputError(f"{in_toml(asked)} is no address and no domain: {wrong}; write user@partner.example or partner.example")


def answers(table: RoutingTable, asked: Sequence[str]) -> list[Answer]:
    """The answer for each of `asked`. Raises InputError that reports every one that is neither an address nor a domain."""
    domains, problems = [], []
    for one in asked:
        try:
            domains.append(domain_of(one))
        except InputError as problem:
            problems.append(str(problem))
    if problems:
        raise InputError("\n".join(problems))
    matching = [[table.patterns[place] for place in table.lookup.matches(domain)] for domain in domains]
    places = table.places_of({pattern for patterns in matching for pattern in patterns})
    found = []
    for one, domain, patterns in zip(asked, domains, matching, strict=True):
        winner, *losers = *(place for pattern in patterns for place in places[pattern]), DEFAULT
        found.append(Answer(one, domain, winner, tuple(losers)))
    return found


def told(table: RoutingTable, answer: Answer) -> list[str]:
    """The answer as lines of text: where the mail goes, whether something is dialled for it, why, and what else matched."""
    lines = [answer.asked, f"  goes {_way(table, answer.winner)}", f"  because {_reason(table, answer)}"]
    at_start = _at_start(table, answer)
    if at_start is not None:
        lines.append("  in force once an administrator has added that entry and started the service again")
        lines.append(f"  until then {_way(table, at_start)}, because of {_entry(table, at_start)}")
    lines += [f"  not by {_entry(table, loser)}: {_defeat(table, answer, loser)}" for loser in answer.losers[:MOST_SHOWN]]
    more = len(answer.losers) - MOST_SHOWN
    return [*lines, f"  nor by {more} other entries that match"] if more > 0 else lines


def as_data(table: RoutingTable, answer: Answer) -> dict[str, Any]:
    """The same as plain data; docs/machine-readable.md says what the keys are."""
    at_start = _at_start(table, answer)
    return {
        "asked": answer.asked,
        "domain": answer.domain,
        "rule": _rule(table, answer.winner).value,
        **_data_of(table, answer.winner),
        "at_start": None if at_start is None else _data_of(table, at_start),
        "lost": [{**_data_of(table, loser), "why": _defeat(table, answer, loser)} for loser in answer.losers],
    }


def _data_of(table: RoutingTable, place: int) -> dict[str, Any]:
    scenario = table.scenario
    default = place == DEFAULT
    entry = scenario.default if default else table[place]
    return {
        "entry": None if default else table.entry_data(place),
        "deliver": entry.deliver,
        "host": entry.host,
        "link": entry.link,
        "dialled": _is_dialled(table, entry.link),
    }


def _is_dialled(table: RoutingTable, link: str | None) -> bool:
    return link is not None and table.scenario.links[link].kind == "ras"


def _rule(table: RoutingTable, place: int) -> Rule:
    if place == DEFAULT:
        return Rule.DEFAULT
    return Rule.EXACT if table.patterns[place].startswith("#") else Rule.SUFFIX


def _entry(table: RoutingTable, place: int) -> str:
    return "the default route" if place == DEFAULT else f"{table.patterns[place]} ({table.where(place)})"


def _way(table: RoutingTable, place: int) -> str:
    entry = table.scenario.default if place == DEFAULT else table[place]
    if entry.link is None:
        return "nowhere by itself: it is held until the other site asks for it by ETRN, and nothing is dialled"
    how = f"to the host {entry.host}" if entry.host else "by DNS"
    link = table.scenario.links[entry.link]
    if link.kind == "lan":
        return f"{how} over {entry.link}, a permanent connection: nothing is dialled"
    sharing = [name for name, other in table.scenario.links.items() if link.modem and other.modem == link.modem]
    others = [name for name in sharing if name != entry.link]
    modem = f" (its modem {link.modem} is also that of {', '.join(others)})" if others else ""
    return f"{how} over {entry.link}, a line that has to be dialled{modem}"


def _reason(table: RoutingTable, answer: Answer) -> str:
    match _rule(table, answer.winner):
        case Rule.EXACT:
            return f"of {_entry(table, answer.winner)}: an exact entry (#) for this domain goes before all others"
        case Rule.SUFFIX:
            is_same = table.patterns[answer.winner] == answer.domain
            what = "the domain itself" if is_same else "the longest suffix on a label boundary"
            return f"of {_entry(table, answer.winner)}: {what}"
        case Rule.DEFAULT:
            return "no entry of the table matches: what is left takes the default route"


def _at_start(table: RoutingTable, answer: Answer) -> int | None:
    """The entry that counts as long as nothing has been added; None where the winner is there from the start."""
    if not table.is_added_later(answer.winner):
        return None
    return next(place for place in answer.losers if not table.is_added_later(place))


def _defeat(table: RoutingTable, answer: Answer, place: int) -> str:
    """Why the entry at `place`, which matches, does not win."""
    if place == DEFAULT:
        return "it takes what no entry matches"
    pattern, winning = table.patterns[place], table.patterns[answer.winner]
    if pattern == winning:
        if table.way(place) == table.way(answer.winner):
            return "the same entry again"
        is_host = table.method(place) == table.method(answer.winner)
        return "one more host, over the same link" if is_host else "a later entry for the same domain"
    if _rule(table, answer.winner) is Rule.EXACT:
        return "no exact entry"
    return "a shorter suffix"
