"""Which classes of mail leave a machine, as far as its routers show it: by which domains they differ, and which way each goes.

Source: Exim's specification, "The manualroute router" (`route_list`, `route_data`), "The dnslookup router", and "Generic options
for routers" (`domains`): the routers are asked in their order, and the first that takes a domain routes it.
"""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from model.grammars.exim import Configuration, Driver, items
from model.importing import Placing
from model.next_hops import is_near
from model.products.exim.domains import DomainList, domain_list
from model.products.exim.scenario import DEFAULT

_CONDITIONS = ("condition", "senders", "local_parts", "check_local_user", "require_files", "local_part_prefix", "address_data")
"""The options by which a router is asked for other reasons than the domain."""
_REMOTE = ("manualroute", "dnslookup")
_MOST_DOMAINS = 300
_WORD = re.compile(r'"([^"]*)"|(\S+)')


@dataclass(frozen=True)
class Way:
    """A way for mail: the hosts are on the LAN (`is_near`), or a name `looks_up` over the line; by which line of which file."""

    is_near: bool
    looks_up: bool
    file: str
    line: int


@dataclass(frozen=True)
class Class:
    """A class of mail: what it is called, its way, which of the lists name it, and the domains of its recipients."""

    name: str
    way: Way
    lists: frozenset[str]
    domains: tuple[str, ...] = ()


@dataclass
class _Router:
    """A router that sends mail to other hosts: which domains it is asked for, and the way for each."""

    driver: Driver
    asked_for: DomainList | None
    rules: list[tuple[DomainList, Way]]

    def way(self, domain: str | None) -> Way | None:
        """The way of mail for a domain by this router; None if it declines."""
        if self.asked_for is not None and not self.asked_for.has(domain):
            return None
        return next((way for pattern, way in self.rules if pattern.has(domain)), None)

    @property
    def domains(self) -> Iterator[str]:
        """The domains that it speaks of by name."""
        yield from self.asked_for.domains if self.asked_for is not None else ()
        for pattern, _ in self.rules:
            yield from pattern.domains


def classes(made: Placing, found: Configuration, lists: Mapping[str, DomainList]) -> list[Class]:
    """The classes of mail that leave: the default one, and those that differ from it. What is not read, is said."""
    routers = [router for driver in found.routers if (router := _router(made, found, driver)) is not None]
    named_in = [*(domain for one in routers for domain in one.domains), *(name for one in lists.values() for name in one.domains)]
    domains = dict.fromkeys(named_in)
    if len(domains) > _MOST_DOMAINS:
        made.assumed.append(f"of the {len(domains)} domains that are named only the first {_MOST_DOMAINS} are told apart")
    alike: dict[tuple[bool, bool, frozenset[str]], list[Class]] = {}
    for domain in (None, *list(domains)[:_MOST_DOMAINS]):
        way = next((way for router in routers if (way := router.way(domain)) is not None), None)
        if way is None:
            continue
        named = frozenset(name for name, names in lists.items() if names.has(domain))
        one = Class(DEFAULT if domain is None else _plain(domain), way, named, () if domain is None else (domain,))
        alike.setdefault((way.is_near, way.looks_up, named), []).append(one)
    return [_together(group) for group in alike.values()]


def _together(group: list[Class]) -> Class:
    """Classes that go the same way and wait alike, as one."""
    first, *others = group
    domains = tuple(dict.fromkeys(domain for one in group for domain in one.domains))
    if first.name == DEFAULT or not others:
        return replace(first, domains=domains)
    return replace(first, name=f"{first.name} and {len(others)} more", domains=domains)


def _plain(domain: str) -> str:
    """A name of the model: what stands in the file but for signs that no name can have."""
    kept = "".join(char if char.isascii() and (char.isalnum() or char in ".-_") else "." for char in domain)[:80]
    return f"domain {kept}" if not kept[:1].isalnum() or kept == DEFAULT else kept


def _router(made: Placing, found: Configuration, driver: Driver) -> _Router | None:
    """A router that sends mail to other hosts; None for others."""
    kind = driver.value("driver")
    transport = found.transports.get(driver.value("transport"))
    if kind not in _REMOTE:
        return None
    if transport is not None and transport.value("driver") not in ("smtp", ""):
        return None
    unread = [name for name in _CONDITIONS if name in driver.options]
    if unread:
        made.leave(driver.options[unread[0]].line, f"a router with {unread[0]}", driver.options[unread[0]].file)
        return None
    asked_for = None
    if "domains" in driver.options:
        asked_for = domain_list(driver.value("domains"), found.domain_lists)
        if asked_for.has_more:
            made.leave(driver.options["domains"].line, "domains: an item that is not read", driver.options["domains"].file)
        if not asked_for.entries:
            return None
    if kind == "dnslookup":
        everything = domain_list("*", {})
        return _Router(driver, asked_for, [(everything, Way(False, True, driver.file, driver.line))])
    return _Router(driver, asked_for, list(_manual(made, found, driver)))


def _manual(made: Placing, found: Configuration, driver: Driver) -> Iterator[tuple[DomainList, Way]]:
    """The rules of a manualroute router."""
    for key in ("route_list", "route_data"):
        option = driver.options.get(key)
        if option is None:
            continue
        for rule in _rules(option.value) if key == "route_list" else [option.value]:
            pattern, hosts = _rule(rule) if key == "route_list" else ("*", rule.strip())
            of = domain_list(pattern, found.domain_lists)
            if of.has_more or not of.entries or "$" in hosts or not hosts:
                made.leave(option.line, f"{key}: a rule that is not read", option.file)
                continue
            yield of, _way(hosts, option.file, option.line)


def _rules(value: str) -> list[str]:
    """The rules of a route_list, which `;` separates."""
    separator, rest = ";", value.strip()
    if len(rest) > 1 and rest[0] == "<":
        separator, rest = rest[1], rest[2:]
    return [rule.strip() for rule in rest.split(separator) if rule.strip()]


def _rule(rule: str) -> tuple[str, str]:
    """The pattern and the hosts of a rule; what follows them does not matter."""
    words = [match[1] if match[1] is not None else match[2] for match in _WORD.finditer(rule)][:50]
    if not words:
        return "", ""
    hosts = words[1:2]
    for before, word in pairwise(words[1:]):  # an unquoted list with white space round its colons
        if not (before.endswith(":") or word.startswith(":")):
            break
        hosts.append(word)
    return words[0], "".join(hosts)


def _way(hosts: str, file: str, line: int) -> Way:
    """The way to a list of hosts, each with or without a port behind two colons."""
    names = [_host(one) for one in items(hosts)]
    near = all(is_near(f"[{name}]") for name in names)
    return Way(near, not near and any(not _is_address(name) for name in names), file, line)


def _host(item: str) -> str:
    """A host without its port: `host:port` (in the list `host::port`), `[address]:port`, and without `/mx` behind it."""
    plain = item.removesuffix("/mx").removesuffix("/MX").strip()
    if plain.startswith("["):
        return plain[1:].partition("]")[0]
    name, colon, port = plain.rpartition(":")
    return name if colon and port.isdigit() and ":" not in name else plain


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
