"""Scenario files of strongSwan: the connections of `swanctl.conf` with their children, and charon's retransmissions.

The keys are the names of the options, times in seconds, with the defaults of strongSwan 6 (swanctl.opt, charon.opt).
Left out: the other end, but for what it can do to this one; IKEv1 (`dpd_timeout`); rekeying as such, which only notices a dead
peer; virtual addresses, with which a responder starts nothing again (ike_sa.c, reestablish); one IKE_SA for several children.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, PrivateAttr

from dialproof.core.clock import Unit
from dialproof.core.messages import in_toml
from dialproof.project.toml_source import KeyPath, TomlSource, notation
from model.parts.timing import unit_of
from model.scenario import (
    Dialling,
    Environment,
    Named,
    ScenarioFile,
    Table,
    TimedConnector,
    read_as,
)

Action = Literal["trap", "start"]


class Connector(TimedConnector):
    """The product, and what is assumed to be wrong with it."""

    product: Literal["strongswan"]
    """The product; strongswan is charon with swanctl."""


class Charon(Table):
    """The retransmissions of charon, of `strongswan.conf`."""

    retransmit_timeout: Annotated[float, Field(gt=0, le=100_000)] = 4.0
    """Seconds until a message is sent again for the first time."""

    retransmit_base: Annotated[float, Field(ge=1, le=100)] = 1.8
    """By what the wait grows from one retransmission to the next."""

    retransmit_tries: Annotated[int, Field(ge=0, le=50)] = 5
    """So often a message is sent again before the peer is taken for dead."""

    retransmit_jitter: Annotated[int, Field(ge=0, le=20)] = 0
    """By how many percent a wait may be shorter."""

    retransmit_limit: Annotated[int, Field(ge=0)] = 0
    """The longest wait, in seconds; 0: there is none."""

    @property
    def ladder(self) -> float:
        """The seconds that it takes at least until a peer that does not answer is given up."""
        waits = [self.retransmit_timeout * self.retransmit_base**number for number in range(self.retransmit_tries + 1)]
        limited = [min(wait, self.retransmit_limit) if self.retransmit_limit else wait for wait in waits]
        return sum(limited) * (100 - self.retransmit_jitter) / 100


class Child(Table):
    """A tunnel: a CHILD_SA as it is configured."""

    start_action: tuple[Action, ...] = Field(default=(), strict=False)
    """What happens when the configuration is loaded: traffic brings it up (trap), it is started, both, or nothing."""

    close_action: tuple[Action, ...] = Field(default=(), strict=False)
    """What happens when the other end closes it. It acts on a close alone, not on attempts that fail."""

    dpd_action: tuple[Action, ...] = Field(default=(), strict=False)
    """What happens when the other end is found dead."""

    inactivity: Annotated[int, Field(ge=0)] = 0
    """Seconds without traffic after which it is closed; 0: never."""

    rekey_time: Annotated[int, Field(ge=0)] = 3600
    """Seconds after which it is rekeyed, which notices a dead peer too; 0: never."""

    policies: bool = True
    """Its policies are installed. Without them no traffic finds a trap."""

    transport: bool = False
    """It is of mode transport: a trap for it needs no address of the peer."""

    @property
    def is_active(self) -> bool:
        """True if this end is to start it."""
        return bool(self.start_action)


class Connection(Table):
    """A connection: an IKE_SA as it is configured."""

    keyingtries: Annotated[int, Field(ge=0, le=1000)] = 1
    """So many sequences of retransmissions are made before an attempt has failed; 0: one after the other, for ever."""

    remote_known: bool = True
    """`remote_addrs` has an address or a name. Without one (`%any`, the default) this end can call nobody."""

    dpd_delay: Annotated[int, Field(ge=0)] = 0
    """Seconds without a packet after which the peer is asked if it is there; 0: never."""

    rekey_time: Annotated[int, Field(ge=0)] = 14_400
    """Seconds after which it is rekeyed, which notices a dead peer too; 0: never."""

    children: Named[Child] = Field(default_factory=lambda: Named({}), strict=False)
    """Its tunnels."""


class Peer(Table):
    """The other end, as far as it does something by itself."""

    may_fall_silent: bool = True
    """It may be gone at any time, for good, without a word."""

    closes_tunnels: bool = True
    """It may close a tunnel at any time."""

    may_refuse: bool = False
    """It may refuse an attempt, as with a wrong key: then nothing is tried again without a trap, whatever `keyingtries` says."""


class Tunnel(NamedTuple):
    """A child with its connection, called by both."""

    name: str
    connection: Connection
    child: Child
    path: KeyPath

    @property
    def can_start(self) -> bool:
        """True if this end can initiate it without traffic: it knows whom to call."""
        return self.connection.remote_known

    @property
    def can_trap(self) -> bool:
        """True if traffic can find a trap for it (trap_manager.c, child_sa.c)."""
        return self.child.policies and (self.connection.remote_known or self.child.transport)

    @property
    def effective(self) -> "Tunnel":
        """The tunnel with the actions that do something."""
        works = {"start": self.can_start, "trap": self.can_trap}
        kept = {
            key: tuple(action for action in getattr(self.child, key) if works[action])
            for key in ("start_action", "close_action", "dpd_action")
        }
        return self._replace(child=self.child.model_copy(update=kept))


class SwanEnvironment(Environment):
    """What the outside is assumed to do. Each assumption made stands beside the verdicts that rest on it."""

    restarted_when_gone: bool = False
    """Somebody starts a tunnel again (`swanctl --initiate`) whenever nothing else would."""


class Scenario(ScenarioFile):
    """A scenario as its file states it."""

    connector: Connector
    charon: Charon = Field(default_factory=Charon)
    connections: Named[Connection]
    peer: Peer = Field(default_factory=Peer)
    dialling: Dialling = Field(default_factory=Dialling)
    environment: SwanEnvironment = Field(default_factory=SwanEnvironment)
    _lines: dict[KeyPath, tuple[str, int]] = PrivateAttr(default_factory=dict)

    @property
    def tunnels(self) -> tuple[Tunnel, ...]:
        """The children that this end starts, in the order of the file."""
        return tuple(
            Tunnel(f"{name}/{inner}", connection, child, ("connections", name, "children", inner))
            for name, connection in self.connections.items()
            for inner, child in connection.children.items()
            if child.is_active
        )

    @property
    def kinds(self) -> Mapping[Tunnel, tuple[str, ...]]:
        """The first tunnel of those that are configured alike, with the names of the others: no tunnel changes another."""
        found: dict[tuple[object, ...], tuple[Tunnel, list[str]]] = {}
        for tunnel in self.tunnels:
            connection, child = tunnel.connection, tunnel.child
            noticed = bool(child.rekey_time or connection.rekey_time)
            key = (
                *(frozenset(action) for action in (child.start_action, child.close_action, child.dpd_action)),
                child.inactivity, connection.keyingtries, connection.dpd_delay, noticed, tunnel.can_start, tunnel.can_trap,
            )  # fmt: skip
            found.setdefault(key, (tunnel, []))[1].append(tunnel.name)
        return {first: tuple(names[1:]) for first, names in found.values()}

    @property
    def attempt(self) -> int:
        """Whole seconds after which a sequence of retransmissions is given up."""
        return int(self.charon.ladder)

    @property
    def own_unit(self) -> Unit | None:
        """The largest unit of which each of its times is a whole number; None if no time is counted."""
        if not self.connector.timed:
            return None
        times = [self.attempt]
        times += [time for tunnel in self.kinds for time in (tunnel.child.inactivity, tunnel.connection.dpd_delay)]
        return unit_of(times, "second")

    def place_of(self, *path: str) -> tuple[str, int]:
        """The file and the line at which a key, or else the table around it, stands."""
        for end in range(len(path), 0, -1):
            if path[:end] in self._lines:
                return self._lines[path[:end]]
        return self.source, 1

    def located(self, source: TomlSource) -> Self:
        """The same scenario with the lines of its tables."""
        copy = self.placed(source, {})
        lines = {path: (place.file, place.line) for path, place in source.keys.items()}
        copy._lines = lines  # noqa: SLF001  # of the copy just made
        return copy


def read(source: TomlSource, claims: Collection[str], faults: Collection[str]) -> Scenario:
    """The scenario in `source`. Raises ScenarioError, which lists every problem."""
    return read_as(Scenario, source, claims, faults, _between_tables(source))


def _between_tables(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """What one table says wrongly of another."""
    connections = source.data.get("connections")
    for name in connections if isinstance(connections, Mapping) else ():
        if not name.strip():
            yield ("connections", name), f"`{notation(('connections', name))}`: it needs a name; found {in_toml(name)}"
