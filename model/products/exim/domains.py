"""Which domains a list of Exim names, as far as the file shows it.

Source: Exim's specification, "Domain, host, address, and local part lists": the first item that fits decides, `!` turns it round,
and after a last item that is turned round everything else is in the list.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from model.grammars.exim import items

OWN = "@"
"""The name of this host, in a list."""

_MOST = 2000
_DEEPEST = 10


@dataclass
class DomainList:
    """A list of domains with its named lists replaced. `has_more`: it has items that are not read, such as lookups."""

    entries: list[tuple[bool, str]] = field(default_factory=list)
    has_more: bool = False

    @property
    def domains(self) -> list[str]:
        """The domains that it speaks of by name."""
        return [pattern for _, pattern in self.entries if not pattern.startswith(("*", OWN))]

    def has(self, domain: str | None) -> bool:
        """True if the domain is in it; None is a domain of which nothing speaks by name."""
        for is_in, pattern in self.entries:
            if pattern in ("*", domain):
                return is_in
            if domain is not None and pattern.startswith("*") and domain.endswith(pattern[1:]):
                return is_in
        return bool(self.entries) and not self.entries[-1][0]


def domain_list(text: str, named: Mapping[str, str]) -> DomainList:
    """The list that `text` is, with the lists `named` in it."""
    made = DomainList()
    for is_in, item in _items(text, named, made, 0):
        is_plain = item == OWN or not any(sign in item for sign in "@$;^/\\{}\"' ")
        if len(made.entries) >= _MOST or not is_plain:
            made.has_more = True
            continue
        made.entries.append((is_in, item.lower()))
    return made


def _items(text: str, named: Mapping[str, str], made: DomainList, depth: int) -> Iterator[tuple[bool, str]]:
    if "$" in text:  # it is expanded before it is taken apart
        made.has_more = True
        return
    for item in items(text):
        is_in, plain = not item.startswith("!"), item.lstrip("! ")
        if not plain.startswith("+"):
            yield is_in, plain
        elif plain[1:] in named and depth < _DEEPEST:
            for inner, pattern in _items(named[plain[1:]], named, made, depth + 1):
                yield inner == is_in, pattern
        else:
            made.has_more = True
