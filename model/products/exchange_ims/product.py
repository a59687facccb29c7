"""The Internet Mail Service of Exchange Server 5.5 as a product: what a scenario file of it stands for."""

import shlex
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dialproof.project.toml_source import TomlSource
from model import rules
from model.fault import Fault
from model.faults import causes_of
from model.parts import lines, ports, queues, retrieval, routes
from model.product import Beside, EveryTable, Installation, Product, Told, WholeFile
from model.products.exchange_ims import any_table, compose, routing_answer, scenario, table_file, table_findings
from model.products.exchange_ims.routing_answer import answers
from model.products.exchange_ims.routing_rows import mail_link, mail_row
from model.products.exchange_ims.routing_table import RoutingTable
from model.products.exchange_ims.scenario import EmailDomain, Scenario
from model.products.exchange_ims.table_findings import findings
from model.products.exchange_ims.whole_file import whole_file
from model.products.exchange_ims.words import WORDS
from model.router import Router
from model.routing_picture import LinkRow, RouteRow

NAME = "exchange-ims"

ANY_TABLE = "every routing table over these links, of every size, {entries}queues without a bound"
ENTRIES_CHANGE = "with entries that are added and removed while running and take effect at the next start, and "
"""What happens to entries if the service is ever restarted; without that a table is what it was at the start."""


@dataclass(frozen=True, eq=False)
class Connector(Installation[Scenario]):
    """A connector as a scenario file configures it."""

    def router(self, fault: Fault) -> Router:
        """The connector with `fault` in it; with a table in which all can happen if the file is about every one."""
        if self.scenario.any_table:
            return compose.build(self.scenario.with_entries(any_table.sample(self.scenario)), fault)
        return compose.build(self.scenario, fault)

    def without_clocks(self) -> "Connector":
        """The connector without the times of the Dial-up Connections tab; a line is dialled when mail is queued."""
        return replace(self, scenario=self.scenario.without_times())

    def causes_of_the_build(self) -> tuple[Fault, ...]:
        """The hypotheses that nothing refutes, before the build of the hotfix; after it none."""
        return causes_of(NAME, self.scenario.connector.version)

    def many(self, fault: Fault) -> EveryTable | WholeFile | None:
        """Every table, or the whole of a table from a file; None for a table that is written out."""
        if self.scenario.any_table:
            return self._every_table(fault)
        table = self.scenario.table
        rests_on_lookup = not all(entry.gets_mail for entry in self.scenario.entries)
        if table is None or not (table.is_reduced or rests_on_lookup):
            return None
        return WholeFile(
            kind=f"reduction of {table.file}",
            scope=f"proved of all {len(table):,} rows of {table.file}, not only of those that stand for them",
            summary=lambda: whole_file(self.scenario, fault),
        )

    def _every_table(self, fault: Fault) -> EveryTable:
        def with_entries(entries: tuple[EmailDomain, ...]) -> Router:
            return compose.build(self.scenario.with_entries(entries), fault)

        def of_size(size: int) -> Iterable[tuple[Router, str]]:
            return ((with_entries(entries), any_table.described(entries)) for entries in any_table.tables(self.scenario, size))

        def beside() -> Beside | None:
            if not fault.is_none or len({line.modem for line in compose.lines_of(self.scenario)}) != 1:
                return None
            extra = any_table.extra_entries(self.scenario)
            less = {
                left.name: any_table.family(self.scenario, fault, [one for one in extra if one is not left]) for left in extra
            }
            return Beside(any_table.family(self.scenario, fault, extra), less)

        return EveryTable(
            kind="routing table",
            scope=ANY_TABLE.format(entries=ENTRIES_CHANGE if self.scenario.environment.restarts else "with "),
            sample=self.router(fault),
            sample_called=any_table.described(any_table.sample(self.scenario)),
            summary=lambda: any_table.summary(self.scenario, fault) if any_table.stands_for_all(fault) else None,
            of_size=of_size,
            beside=beside,
        )

    def notes(self) -> Sequence[str]:
        """What is assumed of every run; of a table from a file how far it was reduced, and what is odd about it."""
        if self.scenario.table is None:
            calendar = self.scenario.calendar(1)
            closed = (
                [part.clock_time for part in calendar.parts if part.has_slot and not part.is_open] if calendar is not None else []
            )
            outside = [f"slots outside `hours`, for which is dialled when they begin: {', '.join(closed)}"] if closed else []
            return (*self.scenario.environment.notes, *outside)
        table = RoutingTable(self.scenario)
        said = table_findings.summary(table, findings(table))
        command = f"dialproof route {shlex.quote(self.scenario.source)} --findings"
        odd = f"odd in {self.scenario.table.file}: {said}; to see all of it: {command}"
        return (*self.scenario.environment.notes, *filter(None, [self.scenario.table.says]), *([odd] if said else []))

    def reads(self) -> Sequence[str]:
        """The CSV file of the table, if there is one."""
        return () if self.scenario.email_domains_file is None else (self.scenario.email_domains_file,)

    def routing(self) -> tuple[Sequence[RouteRow], Sequence[LinkRow], str]:
        """The default route, the entries and the links; of a reduced table the rows that stand for all."""
        default = self.scenario.default
        rows = [mail_row(None, default.deliver, default.host, default.link)]
        rows += [
            mail_row(entry.domain, entry.deliver, entry.host, entry.link, added_while_running=entry.added == "while-running")
            for entry in self.scenario.entries
        ]
        links = [mail_link(name, link.kind, link.modem) for name, link in self.scenario.links.items()]
        title = self.scenario.title or "Routing table"
        if self.scenario.table and self.scenario.table.is_reduced:
            title = f"{title} ({len(self.scenario.table.representatives)} of {len(self.scenario.table):,} rows of the file)"
        return rows, links, title

    def routes_of(self, asked: Sequence[str]) -> list[Told]:
        """Which way mail for each address or domain goes, and why. Raises InputError for what is neither."""
        table = RoutingTable(self.scenario)
        return [(routing_answer.told(table, answer), routing_answer.as_data(table, answer)) for answer in answers(table, asked)]

    def table_findings(self) -> list[Told]:
        """Entries that repeat, contradict or hide others."""
        table = RoutingTable(self.scenario)
        return [
            ([f"{one.oddity.value}: {table_findings.told(table, one)}"], table_findings.as_data(table, one))
            for ones in findings(table).values()
            for one in ones
        ]


def read(source: TomlSource, claims: Collection[str], faults: Collection[str]) -> Connector:
    """The connector that `source` describes. Raises ScenarioError."""
    return Connector(WORDS, scenario.read(source, claims, faults))


PRODUCT = Product(
    NAME,
    WORDS,
    read,
    Scenario,
    template=Path(__file__).with_name("template.toml"),
    parts=(compose, routes, queues, retrieval, lines, ports, rules, scenario, table_file, routing_answer),
    file_keys=("email_domains_file",),
)
