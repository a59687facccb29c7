"""Scenario files of Exim: what its configuration says of mail that leaves, who runs the queue, and which lines there are.

The keys are the names of the options, with the defaults of Exim 4 (its specification, "Main configuration"). Exim knows no lines:
the scenario says which mail goes over which. Domain lists name classes of mail, or "*" for all.
Left out: local delivery; `queue_only_load`, `smtp_accept_queue` and `control = queue`, which hold mail for reasons that no file
shows; `retry_data_expire`; frozen messages, which are bounces as a rule (`timeout_frozen_after`, `ignore_bounce_errors_after`);
named queues; that waiting messages go down a connection that is open (`connection_max_messages`): they leave earlier than here.
"""

from collections.abc import Collection, Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, PrivateAttr, field_validator

from dialproof.core.clock import Unit
from dialproof.core.messages import in_toml
from dialproof.project.toml_source import KeyPath, TomlSource, notation
from model.grammars.exim_runs import QueueRun, RetryRule, intervals, queue_run, retry_rules
from model.on_demand import Link, SitesEnvironment
from model.parts.requests import LASTS
from model.parts.timing import unit_of
from model.scenario import Dialling, Named, ScenarioFile, Table, TimedConnector, read_as, rows_of, unknown_names

DEFAULT = "default"
"""The class of mail that no other row is for."""

ALL = "*"
"""In a domain list: all mail."""


class Connector(TimedConnector):
    """The product, and what is assumed to be wrong with it."""

    product: Literal["exim"]
    """The product; exim is the mail system."""

    queue_capacity: Annotated[int, Field(ge=1, le=8)] = 2
    """The most messages of one class that wait; arrivals beyond that are refused, visibly."""


class Main(Table):
    """The options of the main section that decide when mail is tried."""

    queue_only: bool = False
    """Nothing is tried when it comes: all mail waits for a queue run."""

    queue_domains: tuple[str, ...] = Field(default=(), strict=False)
    """The classes of mail that are neither routed nor tried before a queue run, or "*"."""

    queue_smtp_domains: tuple[str, ...] = Field(default=(), strict=False)
    """The classes of mail that are routed when they come, and tried in a queue run, or "*"."""

    hold_domains: tuple[str, ...] = Field(default=(), strict=False)
    """The classes of mail that are tried only if somebody insists (`-qf`, `-M`, `-R`), or "*"."""

    retry_interval_max: Annotated[int, Field(ge=1, le=86_400)] = 86_400
    """Seconds that a retry time lies ahead at most."""

    smtp_etrn_serialize: bool = True
    """While a run that a site asked for goes on, other requests of this site are refused (458), by a record."""


class Retry(Table):
    """The retry rule."""

    rules: str = "F,2h,15m; G,16h,1h,1.5; F,4d,6h"
    """The parameters of the rule for all errors, as Exim writes them; "" if there is none: the first failure returns mail."""

    @field_validator("rules")
    @classmethod
    def _are_rules(cls, value: str) -> str:
        if retry_rules(value) is None:
            raise ValueError(f'{in_toml(value)} are no retry rules; allowed: such as "F,2h,15m; G,16h,1h,1.5; F,4d,6h", or ""')
        return value


class QueueRuns(Table):
    """Who runs the queue, with which flags. Without a key: nobody."""

    on_link_up: str | None = None
    """A script that runs when a dial link has come up runs the queue so: "-q", "-qf", "-qqf", "-qff", "-qi"."""

    every: Annotated[int, Field(ge=1)] | None = None
    """The daemon runs the queue every so many seconds (`-q30m`: 1800), whether a link is up or not."""

    flags: str = "-q"
    """How the daemon runs it."""

    @field_validator("on_link_up", "flags")
    @classmethod
    def _is_a_run(cls, value: str | None) -> str | None:
        if value is not None and queue_run(value) is None:
            raise ValueError(f'{in_toml(value)} is no queue run; allowed: "-q" with the flags q, i, f or ff, l in this order')
        return value


class Mail(Table):
    """A class of mail: all mail for some domains that one router sends over one link."""

    name: Annotated[str, Field(min_length=1)]
    """What it is called: the domain that a domain list names; "default" is what no other row is for."""

    domains: tuple[str, ...] = Field(default=(), strict=False)
    """The domains of its recipients, to read logs; `.domain` stands for what is below it. Without it: its name."""

    link: str
    """The link that it goes over: a name under [links]."""

    looks_up: bool = False
    """Routing it looks a name up over the link: the router is dnslookup, or its host is given by a name."""

    etrn: bool = False
    """`acl_smtp_etrn` lets its site ask for this mail alone (ETRN). Otherwise that is refused."""

    _file: str = PrivateAttr(default="")

    @property
    def recipients(self) -> tuple[str, ...]:
        """The domains of its recipients; none if it is what no other row is for."""
        return self.domains or (() if self.name == DEFAULT else (self.name,))

    @property
    def file(self) -> str:
        """The file that `line` is a line of."""
        return self._file

    def within(self, file: str, line: int) -> Self:
        """The same, said to stand in `file` at `line`."""
        copy = self.at(line)
        copy._file = file  # noqa: SLF001  # of the copy just made
        return copy


class EximEnvironment(SitesEnvironment):
    """What the outside is assumed to do. Each assumption made stands beside the verdicts that rest on it."""

    etrn_every: Annotated[int, Field(ge=1)] | None = None
    """Seconds from one request of a site for its mail to the next one, granted or not. Only with `timed`, and with
    `etrn = "again-and-again"`."""

    @property
    def asks_every(self) -> int | None:
        """How many seconds there are from one request to the next; None if nobody promises that there is a next one."""
        return self.etrn_every if self.etrn == "again-and-again" else None


class Scenario(ScenarioFile):
    """A scenario as its file states it."""

    connector: Connector
    main: Main = Field(default_factory=Main)
    retry: Retry = Field(default_factory=Retry)
    queue_runs: QueueRuns = Field(default_factory=QueueRuns)
    mail: tuple[Mail, ...] = Field(strict=False, min_length=1)
    """The classes of mail, at least one."""

    links: Named[Link]
    dialling: Dialling = Field(default_factory=Dialling)
    environment: EximEnvironment = Field(default_factory=EximEnvironment)
    _lines: dict[str, tuple[str, int]] = PrivateAttr(default_factory=dict)

    @property
    def own_unit(self) -> Unit | None:
        """The largest unit of which each of its times is a whole number; None if no time is counted."""
        if not self.connector.timed:
            return None
        times = [time for link in self.links.values() if link.kind == "dial" for time in (link.attempt, link.idle)]
        times += [*self.intervals, self.gives_up_after, self.queue_runs.every or 0, self.environment.delivery_time or 0]
        if any(self.may_be_asked_for(mail) for mail in self.mail):
            times += [self.environment.asks_every or 0, LASTS if self.main.smtp_etrn_serialize else 0]
        return unit_of(times, "second")

    @property
    def retry_rules(self) -> tuple[RetryRule, ...]:
        """The parameter sets of the retry rule."""
        return retry_rules(self.retry.rules) or ()

    @property
    def intervals(self) -> tuple[int, ...]:
        """The seconds from a failure to the next attempt."""
        return intervals(self.retry_rules, self.main.retry_interval_max)

    @property
    def gives_up_after(self) -> int:
        """After how many seconds of failure mail is returned; 0: after the first failure."""
        return self.retry_rules[-1].cutoff if self.retry_rules else 0

    def is_held(self, mail: Mail) -> bool:
        """True if mail of this class is tried only if somebody insists."""
        return self._names(self.main.hold_domains, mail)

    def waits_for_a_run(self, mail: Mail) -> bool:
        """True if mail of this class is not tried when it comes."""
        main = self.main
        return (
            main.queue_only
            or self.is_held(mail)
            or self._names(main.queue_domains, mail)
            or self._names(main.queue_smtp_domains, mail)
        )

    def is_routed_at_once(self, mail: Mail) -> bool:
        """True if mail of this class waits for a queue run, and is routed before, which looks a name up over the line."""
        main = self.main
        unrouted = main.queue_only or self.is_held(mail) or self._names(main.queue_domains, mail)
        return mail.looks_up and not unrouted and self._names(main.queue_smtp_domains, mail)

    @staticmethod
    def _names(domains: tuple[str, ...], mail: Mail) -> bool:
        return ALL in domains or mail.name in domains

    @property
    def run_on_link_up(self) -> QueueRun | None:
        """The queue run that a script starts when a link has come up; None if there is none, or no such link."""
        run = self.queue_runs.on_link_up
        return queue_run(run) if run is not None and any(one.kind == "dial" for one in self.links.values()) else None

    @property
    def run_by_daemon(self) -> QueueRun | None:
        """The queue run that the daemon starts again and again; None if it starts none."""
        return queue_run(self.queue_runs.flags) if self.queue_runs.every is not None else None

    def takes(self, run: QueueRun | None, mail: Mail) -> bool:
        """True if such a run delivers mail of this class that waits, once its retry time has come.

        A run of new mail (`-qi`) tries no message twice, so that it counts for none.
        """
        return run is not None and not run.is_local and not run.is_of_new_mail and (run.is_forced or not self.is_held(mail))

    def may_be_asked_for(self, mail: Mail) -> bool:
        """True if the site of this mail can ask for it, and perhaps does."""
        return mail.etrn and self.environment.etrn != "never"

    def is_asked_for(self, mail: Mail) -> bool:
        """True if the site of this mail is promised to ask for it again and again."""
        return mail.etrn and self.environment.etrn == "again-and-again"

    def is_tried_again(self, mail: Mail) -> bool:
        """True if some queue run takes mail of this class, or its site asks for it."""
        return self.is_asked_for(mail) or any(self.takes(run, mail) for run in (self.run_on_link_up, self.run_by_daemon))

    def line_of(self, key: str) -> tuple[str, int]:
        """The file and the line at which the key called so, such as main.queue_domains, stands; the first line if nowhere."""
        return self._lines.get(key, (self.source, 1))

    def located(self, source: TomlSource) -> Self:
        """The same scenario with the lines of its tables."""
        mail = []
        for at, one in enumerate(self.mail):
            place = source.key_place(("mail", at))
            mail.append(one.within(place.file, place.line))
        copy = self.placed(source, {"mail": tuple(mail)})
        tables: dict[str, type[Table]] = {"main": Main, "retry": Retry, "queue_runs": QueueRuns}
        keys: dict[str, KeyPath] = {f"{name}.{key}": (name, key) for name, table in tables.items() for key in table.model_fields}
        places = {name: source.keys[path] for name, path in keys.items() if path in source.keys}
        copy._lines = {name: (place.file, place.line) for name, place in places.items()}  # noqa: SLF001  # of the copy just made
        return copy


def read(source: TomlSource, claims: Collection[str], faults: Collection[str]) -> Scenario:
    """The scenario in `source`. Raises ScenarioError, which lists every problem."""
    return read_as(Scenario, source, claims, faults, _between_tables(source))


_LISTS = ("queue_domains", "queue_smtp_domains", "hold_domains")


def _between_tables(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """What one table says wrongly of another."""
    links = source.data.get("links")
    yield from unknown_names(source, "mail", "link", list(links) if isinstance(links, dict) else [])
    seen: dict[str, KeyPath] = {}
    for path, row in rows_of(source, "mail"):
        name = row.get("name")
        if isinstance(name, str) and seen.setdefault(name, path) != path:
            line = source.key_place(seen[name]).line
            yield (*path, "name"), f"`{notation((*path, 'name'))}` is {in_toml(name)}: line {line} has a class of this name"
    for path, row in rows_of(source, "main"):
        for key in _LISTS:
            named = row.get(key)
            for at, domain in enumerate(named if isinstance(named, list) else []):
                if isinstance(domain, str) and domain != ALL and domain not in seen:
                    there = (*path, key, at)
                    yield (
                        there,
                        f"`{notation(there)}` is {in_toml(domain)}: no class of mail is called so; allowed: a name, or {ALL}",
                    )
