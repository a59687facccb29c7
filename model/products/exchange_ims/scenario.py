"""Scenario files: a connector, its configuration and the checks to make, as somebody wrote them down.

Format 1 is described in `docs/scenario-format.md`; its keys are the controls of the Internet Mail Service (domain
sheet, section 2). Whatever the file says that the model does not have is refused with its place, never ignored.

Left out: a scenario without times leaves all times out; a delay of any length is among the runs that are checked.
"""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
)

from dialproof.core.clock import Unit
from dialproof.core.messages import in_toml
from dialproof.project import toml_source
from dialproof.project.toml_source import TomlSource
from model.parts.calendar import Calendar
from model.parts.timing import unit_of
from model.products.exchange_ims import scenario_rules as rules
from model.products.exchange_ims import table_file
from model.products.exchange_ims.connector import Connector
from model.products.exchange_ims.dial_up import DialUp, Surroundings
from model.products.exchange_ims.links import Links
from model.products.exchange_ims.table_file import TableFile
from model.scenario import ScenarioFile, Table, read_as


def _host_fits(host: str | None, info: ValidationInfo) -> str | None:
    deliver = info.data.get("deliver")
    if host is None and deliver == "host":
        raise ValueError('deliver = "host" needs a host to forward to')
    if host is not None and deliver not in {"host", None}:
        raise ValueError(f'only deliver = "host" has a host; leave the key out for {in_toml(deliver)}')
    return host


class DefaultRoute(Table):
    """The Connections tab: what happens to mail that no e-mail-domain entry covers."""

    deliver: Literal["host", "dns"]
    """host: forward all messages to a host; dns: look up each recipient's domain (Q146165)."""

    host: Annotated[str, AfterValidator(rules.hosts)] | None = Field(default=None, validate_default=True)
    """The host to forward to, by name or address; a comma list is allowed and is one destination to the model."""

    link: str
    """The link that the mail goes over: a name under [links]."""

    _fits = field_validator("host")(_host_fits)


class EmailDomain(Table):
    """One entry made with the E-Mail Domain button: what happens to mail for one domain and its sub-domains."""

    domain: Annotated[str, AfterValidator(rules.domain)]
    """The domain, in lower case; covers its sub-domains, the longest suffix wins; `#` in front: that domain alone (Q217217)."""

    deliver: Literal["host", "dns", "etrn"]
    """host: forward to a host; dns: look the domain up; etrn: hold until the other site asks for it."""

    host: Annotated[str, AfterValidator(rules.host)] | None = Field(default=None, validate_default=True)
    """The host to forward to, by name or address."""

    link: str | None = Field(default=None, validate_default=True)
    """The link that the mail goes over: a name under [links]; none for etrn."""

    _file: str = PrivateAttr(default="")
    _gets_mail: bool = PrivateAttr(default=True)

    added: Literal["at-start", "while-running"] = "at-start"
    """at-start: there from the beginning; while-running: an administrator adds it, a restart makes it effective (Q201127)."""

    _fits = field_validator("host")(_host_fits)

    @field_validator("link")
    @classmethod
    def _link_fits(cls, link: str | None, info: ValidationInfo) -> str | None:
        deliver = info.data.get("deliver")
        if link is None and deliver in {"host", "dns"}:
            raise ValueError(f"deliver = {in_toml(deliver)} needs the name of a link")
        if link is not None and deliver == "etrn":
            raise ValueError('mail with deliver = "etrn" is held, it uses no link; leave the key out')
        return link

    @classmethod
    def of_row(cls, row: table_file.Row, file: str) -> Self:
        """The entry that a row of the CSV file `file` stands for."""
        said = {"domain": row.domain, "deliver": row.deliver, "host": row.host, "link": row.link}
        entry = cls.model_validate({key: value for key, value in said.items() if value is not None}).at(row.line)
        entry._file, entry._gets_mail = file, row.gets_mail  # noqa: SLF001  # of the entry just made
        return entry

    def beside(self, rows: Sequence[table_file.Row]) -> Self:
        """The same entry behind `rows` of a file for the same domain: as a row there, it may get no mail."""
        alike = [row for row in rows if (row.deliver, row.link) == (self.deliver, self.link)]
        is_further_host = alike[:1] == list(rows[:1]) and self.host not in {row.host for row in alike}
        if not rows or is_further_host:
            return self
        copy = self.model_copy()
        copy._gets_mail = False  # noqa: SLF001  # of the copy just made
        return copy

    @property
    def gets_mail(self) -> bool:
        """Whether lookup ever comes to the entry: not where it only repeats or contradicts a row of a file."""
        return self._gets_mail

    @property
    def file(self) -> str:
        """The CSV file that `line` is a line of; "" for an entry of the scenario file itself."""
        return self._file

    @property
    def name(self) -> str:
        """The domain without the `#`."""
        return self.domain.removeprefix("#")

    @property
    def exact(self) -> bool:
        """Whether the entry matches its domain alone, not the sub-domains."""
        return self.domain.startswith("#")


class Scenario(ScenarioFile):
    """A scenario file. Build one with `load` or `parse`: they also check what one table says of another."""

    email_domains_file: Annotated[str, Field(min_length=1)] | None = None
    """A CSV file of e-mail-domain entries: domain,deliver,host,link. Relative to this file; its rows come before all others."""

    connector: Connector
    links: Links
    default: DefaultRoute
    any_table: Literal["any"] | None = Field(default=None, alias="email_domains")
    """"any": every table of entries over these links, of every size, in place of a list of entries; queues then have no bound."""

    email_domains: tuple[EmailDomain, ...] = Field(default=(), alias="email_domain", strict=False)
    """The entries of the E-Mail Domain button, as many as wanted."""

    dialling: DialUp = Field(default_factory=DialUp)
    environment: Surroundings = Field(default_factory=Surroundings)
    _table: TableFile | None = PrivateAttr(default=None)

    @property
    def own_unit(self) -> Unit | None:
        """The largest unit of which each of its times is a whole number; None if no time is counted."""
        retries = self.dialling.retry if self.environment.deliveries_may_fail else ()
        calendar = self.calendar(1)
        parts = calendar.parts if calendar is not None else ()
        said = [*self.dialling.times, *(part.length for part in parts), *self.connector.timeouts.values(), *retries]
        others = (self.dialling.attempt, self.environment.dequeue or 0, self.environment.delivery_time or 0)
        return unit_of([*said, *others], "minute") if said else None

    def calendar(self, size: int) -> Calendar | None:
        """The calendar of `slots` and `hours`, in units of `size` minutes; None if there are none."""
        return self.dialling.calendar(size, self.environment.reload_shows)

    @property
    def queue_capacity(self) -> int | None:
        """The most messages that one queue holds; None where every load is checked."""
        return None if self.any_table else self.connector.queue_capacity

    def without_times(self) -> Self:
        """The same scenario without a time in it."""
        connector = self.connector.model_copy(
            update={"message_timeout": None, "urgent_timeout": None, "non_urgent_timeout": None}
        )
        return self.model_copy(
            update={
                "connector": connector,
                "dialling": self.dialling.without_times(),
                "environment": self.environment.without_times(),
            }
        )

    def with_entries(self, entries: Sequence[EmailDomain]) -> Self:
        """The same scenario with these entries."""
        copy = self.model_copy(update={"email_domains": tuple(entries)})
        copy._source = self._source  # noqa: SLF001  # of the copy just made
        return copy

    @property
    def table(self) -> TableFile | None:
        """The rows of `email_domains_file`; None where there is no such key."""
        return self._table

    @property
    def singles(self) -> tuple[EmailDomain, ...]:
        """The entries of the table, but of each class of the file's rows the last one only."""
        if self._table is None:
            return self.email_domains
        last = sorted(kind.last for kind in self._table.classes)
        return (*(EmailDomain.of_row(self._table[at], self._table.file) for at in last), *self.email_domains)

    @property
    def entries(self) -> tuple[EmailDomain, ...]:
        """The entries of the table in its order, as far as the model needs them: of the file's rows, the representatives."""
        if self._table is None:
            return self.email_domains
        return (*(EmailDomain.of_row(row, self._table.file) for row in self._table.representatives), *self._behind(self._table))

    def _behind(self, table: TableFile) -> Iterator[EmailDomain]:
        """The entries of the scenario file itself, which stand behind those of `table`."""
        rows = table.rows_for({entry.domain for entry in self.email_domains}) if self.email_domains else {}
        return (entry.beside(rows[entry.domain]) for entry in self.email_domains)

    def with_every_row(self) -> Self:
        """The same scenario with each row of its file as an entry of its own: for a small table, and a model of that size."""
        if self._table is None:
            return self
        rows = tuple(EmailDomain.of_row(self._table[at], self._table.file) for at in range(len(self._table)))
        copy = self.model_copy(update={"email_domains": (*rows, *self._behind(self._table)), "email_domains_file": None})
        copy._table = None  # noqa: SLF001  # of the copy just made
        return copy

    def located(self, source: TomlSource) -> Self:
        """The same scenario, with the name of its file and the lines of its tables."""

        def line(*path: str | int) -> int:
            return source.key_place(path).line

        update = {
            "links": Links({name: link.at(line("links", name)) for name, link in self.links.items()}),
            "email_domains": tuple(entry.at(line("email_domain", at)) for at, entry in enumerate(self.email_domains)),
        }
        return self.placed(source, update)

    def with_table(self, table: TableFile | None) -> Self:
        """The same scenario with the rows of its CSV file."""
        copy = self.model_copy()
        copy._table = table  # noqa: SLF001  # of the copy just made
        return copy


def load(path: str | Path, *, claims: Collection[str], faults: Collection[str]) -> Scenario:
    """Read the scenario file at `path`; see `parse`.

    Raises:
        ScenarioError: the file cannot be read, or as in `parse`.
    """
    return read(toml_source.read(path), claims, faults)


def parse(text: str, file: str, *, claims: Collection[str], faults: Collection[str]) -> Scenario:
    """Read a scenario from `text`; `file` is its name in messages, `claims` and `faults` are the names that exist.

    Raises:
        ScenarioError: the text is no TOML or no scenario; lists every problem with file, line, key, what was found and
            what is allowed, in the order of the lines.
    """
    return read(toml_source.parse(text, file), claims, faults)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of format 1, for editors. Rules between keys (a host only where deliver = "host") are not in it."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Scenario.model_json_schema()}


def read(source: TomlSource, claims: Collection[str], faults: Collection[str]) -> Scenario:
    """The scenario in `source`; see `parse`. Raises ScenarioError."""
    scenario = read_as(Scenario, source, claims, faults, rules.between_tables(source))
    return scenario.with_table(_table(source, scenario))


def _table(source: TomlSource, scenario: Scenario) -> TableFile | None:
    """The table in the CSV file that `scenario` names, relative to its own file. Raises ScenarioError."""
    if scenario.email_domains_file is None:
        return None
    path = Path(source.file).parent / scenario.email_domains_file
    try:
        return table_file.read(path, scenario.links)
    except (OSError, ValueError) as problem:  # ValueError: a null character in the name
        message = (
            f"`email_domains_file` is {in_toml(scenario.email_domains_file)}: {path} cannot be read: "
            f"{getattr(problem, 'strerror', None) or problem}; allowed: the path of a CSV file, relative to this file"
        )
        raise source.error([(source.value_place(("email_domains_file",)), message)]) from problem
