"""Recipients: which class of mail an address belongs to, as far as a scenario names domains."""

from collections.abc import Collection, Iterator, Mapping

SOME_OF = "someone@"
"""In front of a domain: some of its addresses."""


def classes_of(address: str, domains: Mapping[str, Collection[str]], default: str) -> tuple[str, ...]:
    """The classes that `address` may belong to.

    `domains` are those of each class: `domain`, `.domain` for what is below it, `someone@domain` for some addresses of it. The
    nearest name counts; what no name is for belongs to the class called `default`, if there is one.
    """
    domain = address.rpartition("@")[2].lower()
    some = [name for name, its in domains.items() if f"{SOME_OF}{domain}" in its]
    for pattern in _nearest_first(domain):
        found = [name for name, its in domains.items() if pattern in its]
        if found:
            return tuple(dict.fromkeys([*some, *found]))
    return tuple(dict.fromkeys([*some, *([default] if default in domains else [])]))


def _nearest_first(domain: str) -> Iterator[str]:
    """The names that stand for a domain: itself, then what it is below."""
    yield domain
    while "." in domain:
        domain = domain.partition(".")[2]
        yield f".{domain}"
