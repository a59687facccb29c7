"""The whole routing table of a scenario, as lookup sees it: each row of its file, then each entry of the scenario itself.

Nothing is reduced here. Which entry mail goes by, and what is odd about the table, are questions about every row; they are
answered for the table with every entry in force, and an entry that an administrator has yet to add is named as such.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from model.products.exchange_ims.lookup import Lookup
from model.products.exchange_ims.scenario import EmailDomain, Scenario

DEFAULT = -1
"""The place of the default route, which is no entry of the table."""


class RoutingTable:
    """The entries of `scenario` by their place in the table, from 0; `DEFAULT` is the place of the default route.

    `patterns` are their domains; `ways` says where mail for each goes: a number that stands for a method and a link, and the
    host. Two entries do the same with mail if these are equal.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        file, own = scenario.table, scenario.email_domains
        self._file = file
        self._in_file = len(file) if file else 0
        self.patterns: Sequence[str] = (*(file.domains if file else ()), *(entry.domain for entry in own))
        methods: dict[tuple[str, str | None], int] = {}
        of_classes = [methods.setdefault((kind.deliver, kind.link), len(methods)) for kind in (file.classes if file else ())]
        self._hosts = (*(file.hosts if file else ()), *(entry.host for entry in own))
        numbers = [methods.setdefault((entry.deliver, entry.link), len(methods)) for entry in own]
        self._methods = (*map(of_classes.__getitem__, file.kinds if file else ()), *numbers)
        default = scenario.default
        self._default = methods.setdefault((default.deliver, default.link), len(methods)), default.host

    def __len__(self) -> int:
        return len(self.patterns)

    def __getitem__(self, place: int) -> EmailDomain:
        """The entry at this place."""
        if self._file and place < self._in_file:
            return EmailDomain.of_row(self._file[place], self._file.file)
        return self.scenario.email_domains[place - self._in_file]

    @cached_property
    def lookup(self) -> Lookup:
        """The index of the patterns."""
        return Lookup(self.patterns)

    def method(self, place: int) -> int:
        """A number for the method and the link of the entry at this place; equal numbers mean equal ones."""
        return self._default[0] if place == DEFAULT else self._methods[place]

    def way(self, place: int) -> tuple[int, str | None]:
        """Where the entry at this place sends mail: `method`, and the host."""
        return self._default if place == DEFAULT else (self._methods[place], self._hosts[place])

    def is_added_later(self, place: int) -> bool:
        """Whether an administrator has yet to add the entry at this place; rows of a file are there from the start."""
        own = place - self._in_file
        return place != DEFAULT and own >= 0 and self.scenario.email_domains[own].added == "while-running"

    def where(self, place: int, *, short: bool = False) -> str:
        """Where the entry at this place is written: "routes.csv line 17"; `short`, "line 17" where that is the table's file."""
        entry = self[place]
        own = bool(self._file) and not entry.file
        return f"{entry.file or self.scenario.source} line {entry.line}" if own or not short else f"line {entry.line}"

    def entry_data(self, place: int) -> dict[str, str | int]:
        """The entry at this place as plain data: its domain, the file that it is written in, and the line there."""
        entry = self[place]
        return {"domain": entry.domain, "file": entry.file or self.scenario.source, "line": entry.line}

    def places_of(self, patterns: Collection[str]) -> Mapping[str, list[int]]:
        """The places of all entries with each of `patterns`, in the order of the table."""
        found: dict[str, list[int]] = {pattern: [] for pattern in patterns}
        for place, pattern in enumerate(self.patterns):
            if pattern in found:
                found[pattern].append(place)
        return found
