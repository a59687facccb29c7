"""Lookup: which entries of a routing table match a domain, from the one that wins to the one that loses last.

An exact entry (`#domain`) first, then the entries with the longest suffix on label boundaries, then the default route, which is
no entry. Of several entries for one domain (Q169781 has administrators make one for each host) the first stands for all.
Source: Q169683 and Q217217 (the rule, documented for the Routing tab), Q259531 (sub-domains are covered); that the E-Mail
Domain list follows the same rule is an inference.
"""

from collections.abc import Iterable, Iterator


class Lookup:
    """An index of the patterns of a table: a lookup takes a step for each label of the domain, however long the table is.

    A pattern is a domain in lower case, with `#` in front where it matches that domain alone.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        first: dict[str, int] = {}
        for number, pattern in enumerate(patterns):
            first.setdefault(pattern, number)
        self._first = first

    def matches(self, domain: str) -> Iterator[int]:
        """The places (from 0) of the entries that match `domain`, the best first; of equal patterns only the first one."""
        return (self._first[pattern] for pattern in patterns_for(domain.lower()) if pattern in self._first)

    def best(self, domain: str) -> int | None:
        """The place of the entry that mail for `domain` goes by; None where that is the default route."""
        return next(self.matches(domain), None)

    def __len__(self) -> int:
        """How many different patterns there are."""
        return len(self._first)

    def first_of(self, pattern: str) -> int | None:
        """The place of the first entry with exactly this pattern; None where there is none."""
        return self._first.get(pattern)


def patterns_for(domain: str) -> Iterator[str]:
    """Every pattern that matches `domain` (in lower case), the best first."""
    yield f"#{domain}"
    yield domain
    yield from shorter(domain)


def shorter(domain: str) -> Iterator[str]:
    """The domains above `domain`, the longest first: b.c and c for a.b.c."""
    at = domain.find(".")
    while at >= 0:
        yield domain[at + 1 :]
        at = domain.find(".", at + 1)
