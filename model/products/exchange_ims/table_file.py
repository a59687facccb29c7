"""A routing table from a CSV file: read, validated, and reduced to the rows that the model can tell apart.

The rows follow the rules of an `[[email_domain]]` entry (`model.products.exchange_ims.scenario_rules`) and are all in force from
the start. A row that repeats an earlier one, or contradicts the first one for its domain, stands in the table and gets no mail:
lookup never comes to it (`model.products.exchange_ims.lookup`). Two rows with the same method and the same link, of which both
get mail or neither does, are one *class*: what else a row says decides which mail it gets, and no rule of the model looks at
that. Of each class the first and the last row stay, as *representatives*. The last ones, because some faults look at the last row
of the table, or at the last one that is not held for ETRN: both are the last of their class, and the last rows of the classes
keep their order.
Left out: the other rows. A run in which they get no mail is a run of the whole table, so that a violation among
the representatives is one of the whole table. What holds is proved of the whole, class by class
(`model.products.exchange_ims.whole_file`).
"""

import csv
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from dialproof.core.errors import Place, ScenarioError
from dialproof.core.messages import Problem, either, in_toml, suggestion
from model.products.exchange_ims import scenario_rules as rules

HEADER = ("domain", "deliver", "host", "link")
"""The first line of the file: the names of the columns, in this order."""

METHODS = ("host", "dns", "etrn")
"""What a row may say under `deliver`."""

MOST_LISTED = 20
"""How many problems of a file are listed; the others are counted."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Row(NamedTuple):
    """One row: `host` is None where `deliver` is not "host", `link` where it is "etrn"; `line` counts from 1.

    `gets_mail` is whether lookup ever comes to it.
    """

    domain: str
    deliver: str
    host: str | None
    link: str | None
    line: int
    gets_mail: bool


class RowClass(NamedTuple):
    """Rows that the model cannot tell apart: how many there are, and where in the table the first and the last one stand."""

    deliver: str
    link: str | None
    gets_mail: bool
    rows: int
    first: int
    last: int


@dataclass(frozen=True)
class TableFile:
    """A file of rows, in columns: a million rows are a handful of tuples. `kinds` gives each row's place in `classes`."""

    file: str
    domains: tuple[str, ...]
    hosts: tuple[str | None, ...]
    lines: tuple[int, ...]
    kinds: tuple[int, ...]
    classes: tuple[RowClass, ...]

    def __len__(self) -> int:
        return len(self.domains)

    def __getitem__(self, number: int) -> Row:
        """The row at this place in the table, from 0."""
        kind = self.classes[self.kinds[number]]
        return Row(self.domains[number], kind.deliver, self.hosts[number], kind.link, self.lines[number], kind.gets_mail)

    @property
    def representatives(self) -> tuple[Row, ...]:
        """The first and the last row of each class, in the order of the table."""
        return tuple(self[number] for number in sorted({end for kind in self.classes for end in (kind.first, kind.last)}))

    @property
    def is_reduced(self) -> bool:
        """Whether some row is not among the representatives."""
        return any(kind.rows > len({kind.first, kind.last}) for kind in self.classes)

    def rows_for(self, domains: Collection[str]) -> dict[str, list[Row]]:
        """The rows for each of `domains` (with `#`, where an entry has it), in the order of the table."""
        found: dict[str, list[Row]] = {domain: [] for domain in domains}
        for number, domain in enumerate(self.domains):
            if domain in found:
                found[domain].append(self[number])
        return found

    @property
    def says(self) -> str:
        """How many rows the representatives stand for, as a sentence without a full stop; "" where they are all rows."""
        if not self.is_reduced:
            return ""
        kinds = f"{len(self.classes)} class{'' if len(self.classes) == 1 else 'es'} of method and link"
        return f"{self.file}: its {len(self):,} rows are {kinds}; {len(self.representatives)} rows stand for them"


def read(path: str | Path, links: Collection[str]) -> TableFile:
    """Read the CSV file at `path`; `links` are the names that a row may have under `link`.

    Raises:
        OSError: the file cannot be read.
        ScenarioError: it is no such table; the message lists problems with file, line, column, what was found and what is
            allowed: the first `MOST_LISTED`, and how many more there are.
    """
    with Path(path).open("rb") as opened:
        return _Reading(str(path), links).table(opened)


class _Reading:
    """A file on its way to a table: the columns so far, and the problems so far."""

    def __init__(self, file: str, links: Collection[str]) -> None:
        self._file, self._links = file, links
        self._problems: list[Problem] = []
        self._unlisted = 0
        self._domains: list[str] = []
        self._hosts: list[str | None] = []
        self._lines: list[int] = []
        self._kinds: list[int] = []
        # What (deliver, whether there is a host, link) comes to: a class. Any other combination is wrong.
        sent = [(deliver, has_host, link) for deliver, has_host in (("dns", False), ("host", True)) for link in links]
        self._known = {key: number for number, key in enumerate([*sent, ("etrn", False, "")])}

    def table(self, lines: Iterator[bytes]) -> TableFile:
        """The table in these lines of a file. Raises ScenarioError."""
        first = next(lines, b"").removeprefix(_BYTE_ORDER_MARK)
        if not first.strip():
            what = "the first line is empty" if first else "the file is empty"
            self._refuse(1, f"{what}; it must be the header {','.join(HEADER)}")
        elif (header := self._fields(1, first)) is not None and header != [*HEADER]:
            self._refuse(1, f"the header is {in_toml(','.join(header))}; allowed: {','.join(HEADER)}, in this order")
        if not self._problems:  # of a file with another header each line would be wrong in the same way
            self._rows(lines)
            if not self._domains and not self._problems:
                self._refuse(1, "the file has no rows below its header; leave the key `email_domains_file` out, or add rows")
        if self._problems:
            more = f"{self._file}: and {self._unlisted} more line{'' if self._unlisted == 1 else 's'} with problems"
            raise ScenarioError((*self._problems, *([(None, more)] if self._unlisted else [])))
        return self._finished()

    def _rows(self, lines: Iterator[bytes]) -> None:
        known, plain_domain, plain_host = self._known, rules.DOMAIN.fullmatch, rules.HOST.fullmatch
        for number, raw in enumerate(lines, 2):
            fields = self._fields(number, raw)
            if fields is None:
                continue
            if len(fields) != len(HEADER):
                if fields != [""]:  # an empty line says nothing
                    self._refuse(number, f"{len(fields)} fields; allowed: {len(HEADER)}, {','.join(HEADER)}")
                continue
            domain, deliver, host, link = fields
            domain, host = domain.lower(), host.lower()
            kind = known.get((deliver, host != "", link))
            if (
                kind is None
                or plain_domain(domain) is None
                or len(domain) > rules.LONGEST_DOMAIN  # perhaps only with the `#`: the rules say so
                or (host and plain_host(host) is None)
            ) and not self._explained(number, fields):
                continue
            assert kind is not None
            self._domains.append(domain)
            self._hosts.append(host or None)
            self._lines.append(number)
            self._kinds.append(kind)

    def _fields(self, number: int, raw: bytes) -> list[str] | None:
        """The fields of a line; None where it is no line of a CSV file, which is among the problems then."""
        try:
            line = raw.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError as problem:
            found = f"not UTF-8 (byte 0x{raw[problem.start]:02x}); save the file with the encoding UTF-8"
            self._refuse(number, found, len(raw[: problem.start].decode("utf-8")) + 1)
            return None
        if '"' not in line:
            return line.split(",")
        try:
            return next(csv.reader([line], strict=True))
        except csv.Error as problem:
            wrong = "a quote that is not closed in its line" if "unexpected end" in str(problem) else f"broken quotes ({problem})"
            self._refuse(number, f"{wrong}; a field in quotes ends in the same line, and a quote within it is doubled")
            return None

    def _explained(self, number: int, fields: list[str]) -> bool:
        """Whether the rules allow the row after all; what is wrong with it is among the problems then."""
        found = list(_problems(fields, self._links))
        if found:
            column, message = found[0]
            self._refuse(number, "; also: ".join([message, *(text for _, text in found[1:])]), column)
        return not found

    def _refuse(self, line: int, message: str, column: int = 1) -> None:
        if len(self._problems) < MOST_LISTED:
            self._problems.append((Place(self._file, line, column), message))
        else:
            self._unlisted += 1

    def _finished(self) -> TableFile:
        keys, without = list(self._known), _rows_without_mail(self._domains, self._kinds, self._hosts)
        places: dict[tuple[int, bool], int] = {}
        kinds = [places.setdefault((kind, number not in without), len(places)) for number, kind in enumerate(self._kinds)]
        rows, first, last = [0] * len(places), [0] * len(places), [0] * len(places)
        for number, place in enumerate(kinds):
            if not rows[place]:
                first[place] = number
            rows[place] += 1
            last[place] = number
        classes = tuple(
            RowClass(keys[kind][0], keys[kind][2] or None, gets_mail, rows[place], first[place], last[place])
            for (kind, gets_mail), place in places.items()
        )
        return TableFile(self._file, tuple(self._domains), tuple(self._hosts), tuple(self._lines), tuple(kinds), classes)


def _rows_without_mail(domains: Sequence[str], kinds: Sequence[int], hosts: Sequence[str | None]) -> set[int]:
    """The rows that lookup never comes to, by their place.

    For each domain it comes to the first row; by the same method and link, a further host takes mail of the domain too
    (Q169781). A domain with an exact entry of its own that is too long for a sub-domain is left to that one.
    """
    first: dict[str, int] = {}
    repeated = [number for number, domain in enumerate(domains) if first.setdefault(domain, number) != number]
    without, known = set(), {(domains[number], hosts[first[domains[number]]]) for number in repeated}
    for number in repeated:
        domain, host = domains[number], hosts[number]
        if kinds[number] != kinds[first[domain]] or (domain, host) in known:
            without.add(number)
        else:
            known.add((domain, host))
    without |= {number for number, domain in enumerate(domains) if len(domain) > rules.LONGEST_PARENT and f"#{domain}" in first}
    return without


def _problems(fields: list[str], links: Collection[str]) -> Iterator[tuple[int, str]]:
    """What is wrong with a row of four fields, by the rules of an entry in the scenario file: (column of the field, message)."""
    starts = [1 + sum(len(field) + 1 for field in fields[:at]) for at in range(len(fields))]
    domain, deliver, host, link = fields
    yield from _refused(starts[0], "domain", domain, rules.domain)
    if deliver not in METHODS:
        yield starts[1], f"`deliver` is {in_toml(deliver)}; allowed: {either(METHODS)}{suggestion(deliver, METHODS)}"
    elif host and deliver != "host":
        yield starts[2], f'`host` is {in_toml(host)}: only deliver = "host" has a host; leave the field empty for {deliver}'
    if host:
        yield from _refused(starts[2], "host", host, rules.host)
    elif deliver == "host":
        yield starts[2], '`host` is empty: deliver = "host" needs a host to forward to'
    if deliver == "etrn" and link:
        yield starts[3], f"`link` is {in_toml(link)}: mail with deliver = etrn is held, it uses no link; leave the field empty"
    elif link not in links and deliver != "etrn":
        what = f"is {in_toml(link)}: there is no link of this name" if link else "is empty"
        yield starts[3], f"`link` {what}; allowed: {either(links)}{suggestion(link, links)}"


def _refused(column: int, name: str, value: str, rule: Callable[[str], str]) -> Iterator[tuple[int, str]]:
    try:
        rule(value)
    except ValueError as problem:
        yield column, f"`{name}` is {in_toml(value)}: {problem}"
