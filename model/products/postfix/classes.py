"""The classes of mail that leave a machine, by `main.cf` and its transport map: what goes another way, or is flushed apart.

A domain is a class of its own if its mail can be asked for, or if a script asks for it. Classes that go the same way, and are
flushed alike, are one. Mail that each site asks for by itself is two: one stands for each site, the other for all others beside
it.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from model.grammars.postfix import Logical, Row, UnresolvedError, expanded, rows, words
from model.importing import Placing, beside
from model.next_hops import is_near
from model.products.postfix.flushing import Domains, Scripts, is_table, listed, parents
from model.products.postfix.scenario import DEFAULT
from model.recipients import SOME_OF

FAST, RESTRICTIONS, PARENTS = "fast_flush_domains", "smtpd_etrn_restrictions", "parent_domain_matches_subdomains"


_DEFAULTS = {
    "default_transport": "smtp",
    "relay_transport": "relay",
    "config_directory": "/etc/postfix",
    FAST: "$relay_domains",
    PARENTS: FAST,
}


_TABLES = ("hash", "lmdb", "btree", "dbm", "cdb", "texthash", "sdbm", "proxy")


_MOST_TABLES = 20


_TRANSPORT = re.compile(r"[^\s=\x00-\x1f\x7f]+")


_DOMAIN = re.compile(r"\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


_RELAYED, _OTHERS = "relay_domains", "relay_domains-others"


_OF_RELAY = (_RELAYED, _OTHERS)
"""What classes are called that stand for what `relay_domains` names: for one of it, and for the others if they can ask apart."""


_Found = tuple[str, str, str, int, str | None]
"""What a class of mail is for, its transport and its next hop, and where that stands."""


@dataclass(frozen=True)
class MailClass:
    """A class of mail before it has a link: its name, its transport, whether it stays on the LAN, and where that stands.

    If it `is_fast` its sites can ask for it; if it `is_asked_for` a script does.
    """

    name: str
    transport: str
    is_near: bool
    line: int
    file: str | None = None
    is_fast: bool = False
    is_asked_for: bool = False
    domains: tuple[str, ...] = ()
    """The domains of its recipients, as far as they are named."""

    @property
    def way(self) -> tuple[str, bool, bool, bool]:
        """What classes that go the same way, and are flushed alike, have in common."""
        return self.transport, self.is_near, self.is_fast, self.is_asked_for


class Values:
    """The values of parameters, with `$name` worked out."""

    def __init__(self, made: Placing, found: dict[str, Logical]) -> None:
        self._made, self.found = made, found
        self._known = {**_DEFAULTS, **{name: one.text for name, one in found.items()}}

    def __call__(self, name: str) -> str:
        """The value of a parameter. Raises ScenarioError if it cannot be worked out."""
        try:
            return expanded(self._known.get(name, ""), self._known)
        except UnresolvedError:
            said = f"`{name}`: what it refers to cannot be worked out; allowed: $name of another parameter, and no circle"
            raise self._made.error(self.line(name), said) from None

    def is_unresolved(self, name: str) -> bool:
        """True if what its value refers to cannot be worked out."""
        try:
            expanded(self._known.get(name, ""), self._known)
        except UnresolvedError:
            return True
        return False

    def settled(self, name: str) -> str:
        """The value of a parameter that may be missing: nothing if it cannot be worked out."""
        return "" if self.is_unresolved(name) else self(name)

    def line(self, name: str) -> int:
        """The line at which it has its value; 1 if it has none."""
        return self.found[name].line if name in self.found else 1


def classes_of(
    made: Placing, known: Values, path: Path, stays: Callable[[str, str], bool], run: Scripts, *, has_service: bool
) -> list[MailClass]:
    """The classes of mail that leave this machine: one for each transport and side, called by the first that belongs to it."""
    relayhost = known("relayhost")
    found: list[_Found] = []
    transport, _, hop = known("default_transport").partition(":")
    default: _Found = (
        DEFAULT, transport, hop or relayhost, known.line("default_transport"), None,
    )  # fmt: skip
    table = _table(made, known, path)
    for row, file_of_row in table:
        own, colon, hop = row.result.partition(":")
        name = own.strip() or (transport if colon else "")
        if not name:
            continue
        if not _TRANSPORT.fullmatch(name):
            raise made.error(row.line, "this row names no transport; allowed: transport:next hop", file_of_row)
        if row.pattern == "*":
            default = (DEFAULT, name, hop, row.line, file_of_row)
        else:
            found.append((row.pattern, name, hop or (relayhost if not own else ""), row.line, file_of_row))
    found += _relayed(known, run)
    held = words(known("defer_transports"))
    fast = _fast(known) if has_service else Domains(())
    relay_is_fast = has_service and _relay_is_fast(known)
    found += _sites(known, default, found, fast, run)
    classes: dict[tuple[str, bool, bool, bool], list[MailClass]] = {}
    staying = 0
    for number, (name, agent, hop, line, file) in enumerate([default, *found]):
        if not agent or stays(agent, hop):
            staying += 1
            continue
        domains = _domains(name, words(known("relay_domains"))) if number else ()
        one = MailClass(_plain(name) if number else DEFAULT, agent, is_near(hop), line, file, domains=domains)
        if number and agent in held:
            is_fast = relay_is_fast if name in _OF_RELAY else name.rpartition("@")[2].lstrip(".") in fast
            one = replace(one, is_fast=is_fast, is_asked_for=name in run.sites)
        classes.setdefault(one.way, []).append(one)
    if staying:
        made.assumed.append(f"{staying} of {len(found) + 1} classes of mail stay on this machine, and are not modelled")
    return _apart([one for alike in classes.values() for one in _together(alike)])


def _relayed(known: Values, run: Scripts) -> list[_Found]:
    """The classes of mail for `relay_domains`: one for each if a script asks for one of them."""
    names = words(known("relay_domains"))
    relay, _, hop = known("relay_transport").partition(":")
    one = (relay, hop or known("relayhost"), known.line("relay_domains"), None)
    if any(name.lower() in run.sites for name in names) and not any(map(is_table, names)):
        return [(name.lower(), *one) for name in names]
    is_alone = len(names) == 1 and not is_table(names[0])
    apart = not is_alone and relay in words(known("defer_transports")) and _relay_is_fast(known)
    return [(name, *one) for name in (_OF_RELAY if apart else (_RELAYED,))] if names else []


def _fast(known: Values) -> Domains:
    """The domains whose mail can be asked for alone, as far as they are named in the file."""
    return Domains(tuple(one for one in words(known.settled(FAST)) if not is_table(one)), FAST in words(known.settled(PARENTS)))


def _relay_is_fast(known: Values) -> bool:
    """True if mail for each of `relay_domains` can be asked for."""
    if known.settled(FAST) == known("relay_domains"):
        return True
    fast = _fast(known)
    return all(not is_table(one) and one.lower() in fast for one in words(known("relay_domains")))


def _sites(known: Values, default: _Found, found: list[_Found], fast: Domains, run: Scripts) -> list[_Found]:
    """Classes for the domains that can be asked for, or that a script asks for, and that are part of another class."""
    relayed, relay_is_fast = Domains(tuple(listed(known("relay_domains")))), _relay_is_fast(known)
    held = words(known("defer_transports"))
    rows: dict[str, _Found] = {}
    for one in found:
        rows.setdefault(one[0], one)
    made: list[_Found] = []
    for site in dict.fromkeys([*run.sites, *(name.lower().lstrip(".") for name in fast.names if not name.startswith("!"))]):
        if site in rows:
            continue
        above = [rows[f".{name}"] for name in parents(site) if f".{name}" in rows]
        is_relayed = site in relayed
        if is_relayed and relay_is_fast and site not in run.sites and not above:
            continue
        of_relay = [rows[_RELAYED]] if is_relayed and _RELAYED in rows else []
        _, agent, hop, line, file = [*above, *of_relay, default][0]
        if agent in held:
            made.append((site, agent, hop, line, file))
    return made


def _apart(classes: list[MailClass]) -> list[MailClass]:
    """The same classes, of which no two are called the same."""
    names: Counter[str] = Counter()
    made = []
    for one in classes:
        names[one.name] += 1
        number = names[one.name]
        made.append(one if number == 1 else replace(one, name=f"{one.name} by {_plain(one.transport)} {number}"))
    return made


def _together(alike: list[MailClass]) -> list[MailClass]:
    """Classes that go the same way, as one; if each site asks for its own mail, the first stands for each, beside all others."""
    domains = tuple(dict.fromkeys(domain for one in alike for domain in one.domains))
    first, *others = (replace(one, domains=domains) for one in alike)
    if first.name == DEFAULT or not others:
        return [first]
    if first.is_fast:
        return [first, replace(others[0], name=f"{others[0].name} and {len(others) - 1} more" if others[1:] else others[0].name)]
    return [replace(first, name=f"{first.name} and {len(others)} more")]


def _domains(pattern: str, relayed: Sequence[str]) -> tuple[str, ...]:
    """The domains that a row of the transport map is for; of an address its domain alone, and that some of it are meant."""
    if pattern in _OF_RELAY:
        return tuple(name for one in relayed if _DOMAIN.fullmatch(one) for name in (one.lower(), f".{one.lower()}"))
    user, at, domain = pattern.rpartition("@")
    if not _DOMAIN.fullmatch(domain):
        return ()
    return (f"{SOME_OF}{domain.lower()}" if at and user else domain.lower(),)


def _plain(name: str) -> str:
    """A name of the model: what stands in the file but for signs that no name can have; of an address its domain alone."""
    domain = name.rpartition("@")[2]
    kept = "".join(char if char.isascii() and (char.isalnum() or char in ".-_") else "." for char in domain)
    return f"domain {kept}" if not kept[:1].isalnum() or kept == DEFAULT else kept


def _table(made: Placing, known: Values, path: Path) -> list[tuple[Row, str]]:
    """The rows of the transport maps that lie below the folder, each with its file."""
    found: list[tuple[Row, str]] = []
    seen: set[str] = set()
    folder = known("config_directory").rstrip("/")
    for number, one in enumerate(dict.fromkeys(words(known("transport_maps"))), 1):
        kind, _, name = one.removeprefix("proxy:").partition(":")
        inside = next((name.removeprefix(f"{one}/") for one in (folder, path.parent) if name.startswith(f"{one}/")), name)
        text = beside(path, inside) if kind in _TABLES and number <= _MOST_TABLES else None
        if text is None:
            made.assumed.append(
                f"transport_maps (line {known.line('transport_maps')}): table {number} is no text file below this folder, and is "
                "not read: the mail that it sends another way is taken to go by the default transport"
            )
            continue
        made.also_read.append(inside)
        file = str(path.parent / inside)
        found += [(row, file) for row in rows(text) if row.pattern not in seen]
        seen |= {row.pattern for row, _ in found}
    return found
