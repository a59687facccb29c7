"""Scenario files of Postfix: what `main.cf` and `master.cf` say of mail that leaves, and which lines there are.

The keys are the names of the parameters, times in seconds, with the defaults of Postfix 3 (postconf(5)). Postfix knows no lines:
the scenario says which mail goes over which.
Left out: hosts (which of several takes a message changes no line), local delivery, `sender_dependent_default_transport_maps`,
bounces as messages of their own (`bounce_queue_lifetime`). Without `timed` a lifetime is only
compared with 0, and mail is returned only if nothing can ever send it: an untimed model cannot tell five days from a moment.
"""

from collections.abc import Collection, Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, PrivateAttr

from dialproof.core.clock import Unit
from dialproof.core.errors import Place
from dialproof.core.messages import either, in_toml
from dialproof.project.toml_source import KeyPath, TomlSource, notation
from model.on_demand import Link, SitesEnvironment
from model.parts.timing import unit_of
from model.scenario import (
    Dialling,
    Named,
    ScenarioFile,
    Table,
    TimedConnector,
    read_as,
    rows_of,
    unknown_names,
)

DEFAULT = "default"
"""The class of mail that no row of the transport map is for."""


class Connector(TimedConnector):
    """The product, and what is assumed to be wrong with it."""

    product: Literal["postfix"]
    """The product; postfix is the mail system."""

    queue_capacity: Annotated[int, Field(ge=1, le=8)] = 2
    """The most messages of one class that wait; arrivals beyond that are refused, visibly."""


class Main(Table):
    """The parameters of `main.cf` that decide when mail is tried."""

    defer_transports: tuple[str, ...] = Field(default=(), strict=False)
    """The transports whose mail waits until somebody flushes the queue (`sendmail -q`, `postqueue -f`)."""

    minimal_backoff_time: Annotated[int, Field(ge=1)] = 300
    """Seconds from a failed attempt to the next one, at least."""

    maximal_backoff_time: Annotated[int, Field(ge=1)] = 4000
    """Seconds from a failed attempt to the next one, at most."""

    maximal_queue_lifetime: Annotated[int, Field(ge=0)] = 432_000
    """Seconds after which mail that still waits is returned; 0: it is tried once, and returned if that fails."""


class Mail(Table):
    """A class of mail: all mail that goes by one transport over one link."""

    name: Annotated[str, Field(min_length=1)]
    """What it is called: the domain, or what the row of the transport map is for; "default" is what no other row is for."""

    domains: tuple[str, ...] = Field(default=(), strict=False)
    """The domains of its recipients, to read logs; `.domain` stands for what is below it, `someone@domain` for some of a domain.
    Without it: its name."""

    transport: Annotated[str, Field(min_length=1)] = "smtp"
    """The transport: a service of `master.cf`."""

    link: str
    """The link that it goes over: a name under [links]."""

    fast_flush: bool = False
    """`fast_flush_domains` names its domain: its site can ask for this mail alone (ETRN, `postqueue -s`). Otherwise that is
    refused (459)."""

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


class Flush(Table):
    """Who flushes the queue."""

    on_link_up: bool = False
    """A script that runs when a dial link has come up flushes the queue."""

    sites_on_link_up: tuple[str, ...] = Field(default=(), strict=False)
    """The classes of mail that such a script asks for by the name of their site (`postqueue -s`, `sendmail -qR`)."""

    every: Annotated[int, Field(ge=1)] | None = None
    """A schedule flushes the queue every so many seconds, whether a link is up or not."""


class Master(Table):
    """What `master.cf` says."""

    services: tuple[str, ...] | None = Field(default=None, strict=False)
    """The transports that there are. Without the key: all that are named."""


class Scenario(ScenarioFile):
    """A scenario as its file states it."""

    connector: Connector
    main: Main = Field(default_factory=Main)
    master: Master = Field(default_factory=Master)
    mail: tuple[Mail, ...] = Field(strict=False, min_length=1)
    """The classes of mail, at least one."""

    links: Named[Link]
    flush: Flush = Field(default_factory=Flush)
    dialling: Dialling = Field(default_factory=Dialling)
    environment: SitesEnvironment = Field(default_factory=SitesEnvironment)
    _places: dict[str, Place] = PrivateAttr(default_factory=dict)

    @property
    def own_unit(self) -> Unit | None:
        """The largest unit of which each of its times is a whole number; None if no time is counted."""
        if not self.connector.timed:
            return None
        times = [time for link in self.links.values() if link.kind == "dial" for time in (link.attempt, link.idle)]
        if self.dials_by_itself:
            times += self.backoff
        times += [self.main.maximal_queue_lifetime, self.flush.every or 0, self.environment.delivery_time or 0]
        return unit_of(times, "second")

    @property
    def backoff(self) -> tuple[int, ...]:
        """The intervals from an attempt that failed to the next one: as old as the message is, within the two bounds."""
        least, most = self.main.minimal_backoff_time, max(self.main.minimal_backoff_time, self.main.maximal_backoff_time)
        ladder, age = [least], least
        while ladder[-1] < most:
            ladder.append(min(max(age, least), most))
            age += ladder[-1]
        return tuple(ladder)

    def is_held(self, mail: Mail) -> bool:
        """True if mail of this class waits for a flush."""
        return mail.transport in self.main.defer_transports

    def is_available(self, mail: Mail) -> bool:
        """True if the transport of this class is a service of `master.cf`."""
        return self.master.services is None or mail.transport in self.master.services

    @property
    def dials_by_itself(self) -> bool:
        """True if mail of some class makes a link be dialled by itself."""
        return any(self.links[mail.link].kind == "dial" and not self.is_held(mail) for mail in self.mail)

    def is_flushed(self, mail: Mail) -> bool:
        """True if a schedule or a script flushes the queue, or this class of mail."""
        return self.flush.every is not None or self.is_flushed_on_link_up(mail)

    def is_flushed_on_link_up(self, mail: Mail) -> bool:
        """True if each dial link that comes up flushes this class of mail."""
        asked_for = mail.name in self.flush.sites_on_link_up and mail.fast_flush
        return (self.flush.on_link_up or asked_for) and any(one.kind == "dial" for one in self.links.values())

    def may_be_asked_for(self, mail: Mail) -> bool:
        """True if the site of this mail can ask for it, and perhaps does."""
        return mail.fast_flush and self.environment.etrn != "never"

    def is_asked_for(self, mail: Mail) -> bool:
        """True if the site of this mail is promised to ask for it again and again."""
        return mail.fast_flush and self.environment.etrn == "again-and-again"

    def place_of(self, key: str) -> Place:
        """Where the key called so, such as main.defer_transports, stands; line 1 if it stands nowhere."""
        return self._places.get(key, Place(self.source, 1))

    def located(self, source: TomlSource) -> Self:
        """The same scenario with the lines of its tables."""
        mail = []
        for at, one in enumerate(self.mail):
            place = source.key_place(("mail", at))
            mail.append(one.within(place.file, place.line))
        copy = self.placed(source, {"mail": tuple(mail)})
        keys: dict[str, KeyPath] = {f"main.{key}": ("main", key) for key in Main.model_fields}
        keys |= {f"flush.{key}": ("flush", key) for key in Flush.model_fields}
        places = {name: source.keys[path] for name, path in keys.items() if path in source.keys}
        copy._places = places  # noqa: SLF001  # of the copy just made
        return copy


def read(source: TomlSource, claims: Collection[str], faults: Collection[str]) -> Scenario:
    """The scenario in `source`. Raises ScenarioError, which lists every problem."""
    return read_as(Scenario, source, claims, faults, _between_tables(source))


def _between_tables(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """What one table says wrongly of another. That a transport is no service is no error: Postfix takes it, and waits."""
    links = source.data.get("links")
    yield from unknown_names(source, "mail", "link", list(links) if isinstance(links, dict) else [])
    yield from _unknown_sites(source)
    seen: dict[str, KeyPath] = {}
    for path, row in rows_of(source, "mail"):
        name = row.get("name")
        if isinstance(name, str) and seen.setdefault(name, path) != path:
            line = source.key_place(seen[name]).line
            yield (*path, "name"), f"`{notation((*path, 'name'))}` is {in_toml(name)}: line {line} has a class of this name"


def _unknown_sites(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """Names of `flush.sites_on_link_up` that no class of mail has."""
    names = [row.get("name") for _, row in rows_of(source, "mail")]
    known = [name for name in names if isinstance(name, str)]
    flush = source.data.get("flush")
    asked = flush.get("sites_on_link_up") if isinstance(flush, dict) else None
    for at, name in enumerate(asked if isinstance(asked, list) else []):
        if isinstance(name, str) and name not in known:
            path: KeyPath = ("flush", "sites_on_link_up", at)
            yield path, f"`{notation(path)}` is {in_toml(name)}: no class of mail has this name; allowed: {either(known)}"
