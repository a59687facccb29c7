"""The rules of a scenario file that a type cannot say: how names are written, and what one table may say of another.

Sources: the domain sheet, sections 2.2 to 2.4 and 2.8, by the article named at each rule.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dialproof.core.messages import in_toml
from dialproof.project.toml_source import KeyPath, TomlSource, notation
from model.products.exchange_ims.option_rules import between_options
from model.scenario import rows_of, unknown_names

LONGEST_DOMAIN = 253  # characters; RFC 1035 §2.3.4 as text
LONGEST_PARENT = LONGEST_DOMAIN - 2  # characters of a domain that has sub-domains: a dot and a letter more
LONGEST_ENTRY_NAME = 20  # characters; Q188272

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
DOMAIN = re.compile(rf"#?{_LABEL}(?:\.{_LABEL})*")
"""The domain of an e-mail-domain entry in lower case, but for its length."""
HOST = re.compile(r"[a-z0-9_.:\[\]-]+")
"""The name or address of a host in lower case."""
_DOMAIN_FORM = (
    "allowed: labels of 1 to 63 letters, digits, - and _ with dots between them, like partner.example "
    "(international names in their xn-- form)"
)
_BUILD = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,5}){3}")


def domain(text: str) -> str:
    """Check the domain of an e-mail-domain entry, with or without `#`; return it in lower case.

    Raises:
        ValueError: no entry can have it; the message names the article or what is allowed.
    """
    return _domain(text, f"{_DOMAIN_FORM}; a # in front for that domain alone")


def domain_of_mail(text: str) -> str:
    """Check the domain of an address, without `#`; return it in lower case. Raises ValueError as `domain` does."""
    return _domain(text, _DOMAIN_FORM)


def _domain(text: str, form: str) -> str:
    """`text` in lower case. Raises ValueError if it is no domain; `form` says what is allowed."""
    if text != text.rstrip():
        raise ValueError("a space at the end defeats the route comparison: its mail would take the default route (Q228998)")
    lower = text.lower()
    name = lower.removeprefix("#")
    if name.endswith("."):
        raise ValueError("a dot at the end is not supported: mail comes back with host unreachable (Q156063 §3.2.15)")
    if "*" in name:
        raise ValueError("wildcards are not known to exist here; a domain covers its sub-domains without one (Q259531)")
    if len(name) > LONGEST_DOMAIN or not DOMAIN.fullmatch(lower):
        raise ValueError(form)
    return lower


def host(text: str) -> str:
    """Check the name or address of one host; return it in lower case.

    Raises:
        ValueError: it is neither.
    """
    lower = text.lower()
    if not HOST.fullmatch(lower):
        raise ValueError("allowed: the name or the address of one host, like smtp.isp.example")
    return lower


def hosts(text: str) -> str:
    """Check a comma list of hosts, as the Connections tab takes it (Q279323); return it without spaces.

    Raises:
        ValueError: one of them is neither a name nor an address.
    """
    return ",".join(host(part.strip()) for part in text.split(","))


def build(text: str) -> str:
    """Check the build number of the Internet Mail Service.

    Raises:
        ValueError: it is not four numbers, or not of Exchange 5.5.
    """
    if not _BUILD.fullmatch(text):
        raise ValueError("allowed: four numbers with dots between them, like 5.5.2448.0")
    if not text.startswith("5.5."):
        raise ValueError("format 1 describes the Internet Mail Service of Exchange 5.5 only; allowed: a build 5.5.x.y")
    return text


def between_tables(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """Find what one table says wrongly of another, as (key, message).

    Works on the data as read, so that it finds its problems beside those that pydantic finds; what has a wrong type is
    left to pydantic.
    """
    links = source.data.get("links")
    if isinstance(links, Mapping):
        yield from _links_that_never_dial(links)
        yield from unknown_names(source, "default", "link", links)
        yield from unknown_names(source, "email_domain", "link", links)
    yield from _repeated_entries(source)
    yield from between_options(source)
    if source.data.get("email_domains") == "any":
        yield from _beside_any_table(source)


def _links_that_never_dial(links: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    for name, link in links.items():
        if not name.strip():
            yield ("links", name), "a link needs a name"
        elif isinstance(link, Mapping) and link.get("kind") == "ras" and len(name) > LONGEST_ENTRY_NAME:
            message = (
                f"the product cannot dial the phonebook entry {in_toml(name)}: its name has {len(name)} characters, and with "
                f"more than {LONGEST_ENTRY_NAME} every dial attempt fails with RAS error 87 (Q188272)"
            )
            yield ("links", name), message


def _beside_any_table(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """Every table is checked: there is no list of entries to give, and no bound on queues."""
    for path, _ in rows_of(source, "email_domain"):
        yield path, f'`{notation(path)}`: with email_domains = "any" every table is checked; leave the entries out'
    connector = source.data.get("connector")
    if isinstance(connector, Mapping) and "queue_capacity" in connector:
        message = '`connector.queue_capacity`: with email_domains = "any" queues have no bound; leave the key out'
        yield ("connector", "queue_capacity"), message


def _repeated_entries(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """Several entries for one domain are several hosts for it (Q169781): whatever else differs, only the first ever counts."""
    by_host: dict[tuple[str, str | None], tuple[KeyPath, Mapping[str, Any]]] = {}
    by_domain: dict[str, tuple[KeyPath, Mapping[str, Any]]] = {}
    for path, row in rows_of(source, "email_domain"):
        name, target = row.get("domain"), row.get("host")
        if not isinstance(name, str) or not isinstance(target, str | None):
            continue
        first, before = by_host.setdefault((name.lower(), target and target.lower()), (path, row))
        reason = "and the same host"
        if first == path:
            first, before = by_domain.setdefault(name.lower(), (path, row))
            if _way(before) == _way(row):
                continue
            reason = f"by {_described(row)} here and by {_described(before)} there, and lookup goes by the first"
        here, there = source.key_place(path).line, source.key_place(first).line
        what = "repeats" if _way(row) == _way(before) else "contradicts"
        message = (
            f"`{notation(path)}` in line {here} {what} `{notation(first)}` in line {there}: the same domain {in_toml(name)} "
            f"{reason}; several entries for one domain must differ in host, and in nothing else (Q169781)"
        )
        yield (*path, "domain"), message


def _way(row: Mapping[str, Any]) -> tuple[object, object]:
    """How an entry has mail delivered, and over which link."""
    return row.get("deliver"), row.get("link")


def _described(row: Mapping[str, Any]) -> str:
    """The same, as the file says it."""
    return " and ".join(f"{key} = {in_toml(row[key])}" for key in ("deliver", "link") if key in row) or "no method"
