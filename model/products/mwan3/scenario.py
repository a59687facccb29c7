"""Scenario files of mwan3: the sections of `/etc/config/mwan3`, under their names, with the options that decide.

The keys are the names of the options, and the defaults those of mwan3 2.12 (`mwan3track`, `mwan3.sh`, `15-mwan3`).
Left out: which packets a rule is about, beside its address family and whether it takes all: each rule is a class of its own;
sticky connections and connections that outlive a change (flush_conntrack); weights, which say how many connections of a class
take which line, and never that none does; IPv6 that is switched off in the whole router.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import Field

from dialproof.core.messages import in_toml
from dialproof.project.toml_source import KeyPath, TomlSource, notation
from model.addresses import is_private
from model.parts.policies import Otherwise
from model.parts.probes import NO_HOST, Target, Tracker
from model.scenario import (
    AnyConnector,
    Named,
    ScenarioFile,
    Table,
    read_as,
)

LONGEST_NAME = 15
"""Policies and rules with a longer name are skipped, with a warning in the log (mwan3.sh)."""

MOST_METRIC = 256
"""A member with a larger metric is not taken into its policy (mwan3.sh: DEFAULT_LOWEST_METRIC)."""

NO_POLICY = {"default": Otherwise.MAIN_TABLE, "unreachable": Otherwise.REFUSED, "blackhole": Otherwise.REFUSED}
"""What `use_policy` can name that is no policy, whether or not there is a policy of this name."""

Family = Literal["ipv4", "ipv6"]


class Connector(AnyConnector):
    """The product, and what is assumed to be wrong with it."""

    product: Literal["mwan3"]
    """The product; mwan3 is the package of OpenWrt."""


class Interface(Table):
    """A line, and how it is watched."""

    enabled: bool = False
    """mwan3 uses the line. Without it: no."""

    family: Family = "ipv4"
    """The address family that it carries."""

    track_ip: tuple[str, ...] | None = Field(default=None, strict=False)
    """The hosts that are asked in each round. Without the key nobody watches the line, so that what it is taken for when its
    link comes up stays. An empty list asks nobody, and gets no answer."""

    near: tuple[str, ...] = Field(default=(), strict=False)
    """Those of `track_ip` that are on this side of the provider, beside private addresses."""

    reliability: Annotated[int, Field(ge=0)] = 1
    """A round is good if so many of the hosts answer; 0: every round is good, whatever they do."""

    down: Annotated[int, Field(ge=0)] = 5
    """After so many bad rounds in a row the line is taken for dead; 0: never."""

    up: Annotated[int, Field(ge=0)] = 5
    """After so many good rounds in a row it is taken for alive; 0: never again."""

    initial_state: Literal["online", "offline"] = "online"
    """What it is taken for when its link comes up."""

    check_quality: bool = False
    """Look at latency and loss too: an answer between the thresholds counts neither as one nor as none."""

    failure_latency: Annotated[int, Field(ge=0)] = 1000
    """Milliseconds from which on an answer counts as none."""

    recovery_latency: Annotated[int, Field(ge=0)] = 500
    """Milliseconds up to which an answer counts."""

    failure_loss: Annotated[int, Field(ge=0, le=100)] = 40
    """Percent of lost packets from which on an answer counts as none."""

    recovery_loss: Annotated[int, Field(ge=0, le=100)] = 10
    """Percent of lost packets up to which an answer counts."""

    def is_near(self, host: str) -> bool:
        """True if the host is on this side of the provider: it is named so, or its address is private, or the router's own."""
        return host in self.near or is_private(host)

    @property
    def has_grey_zone(self) -> bool:
        """True if a measurement can be worse than good and better than failed."""
        gaps = (self.recovery_latency + 1 < self.failure_latency, self.recovery_loss + 1 < self.failure_loss)
        return self.check_quality and any(gaps)

    @property
    def asked(self) -> tuple[str, ...]:
        """The hosts that are asked."""
        return self.track_ip or ()

    @property
    def tracker(self) -> Tracker | None:
        """How it is watched; None if it is not, and is taken for alive as long as its link is there.

        A line that begins offline needs a tracker to be found alive (`15-mwan3`).
        """
        if self.track_ip is None:
            stays_dead = Tracker((), needed=1, finds_dead=False, finds_alive=False, begins_alive=False)
            return None if self.initial_state == "online" else stays_dead
        return Tracker(
            targets=tuple(Target(plain(host), self.is_near(host)) for host in self.track_ip),
            needed=self.reliability,
            finds_dead=self.down > 0,
            finds_alive=self.up > 0,
            begins_alive=self.initial_state == "online",
            sees_slow=self.has_grey_zone,
        )


def plain(host: str) -> str:
    """The host as a name of the model: what stands in the file but for signs that no name can have."""
    text = "".join(char if char.isascii() and (char.isalnum() or char in ".-_") else "." for char in host).lstrip(".-")
    return f"host {text}" if text in ("", NO_HOST) or not text[0].isalnum() else text


class Member(Table):
    """A line as a member of policies."""

    interface: str = ""
    """The name of the line."""

    metric: Annotated[int, Field(ge=0)] = 1
    """Members of the lowest metric that has a line alive carry the traffic."""

    weight: Annotated[int, Field(ge=0)] = 1
    """The share among those of the same metric."""


class Policy(Table):
    """What traffic can take, in the order of the members' metrics."""

    use_member: tuple[str, ...] = Field(default=(), strict=False)
    """The names of its members."""

    last_resort: Literal["unreachable", "blackhole", "default"] = "unreachable"
    """What becomes of traffic if no member is alive; default: it goes by the main routing table."""


_ANYWHERE = ("", "0.0.0.0/0", "::/0")


class Rule(Table):
    """A class of traffic, and the policy that it goes by."""

    use_policy: str = ""
    """The name of a policy, or default (the main routing table), unreachable, blackhole. Without it, the rule does nothing."""

    family: Literal["any", "ipv4", "ipv6"] = "any"
    """The address family that it is about."""

    src_ip: str = ""
    """The address or network that the traffic comes from; an IPv4 address says that the rule is not about IPv6."""

    dest_ip: str = ""
    """The address or network that it goes to; an IPv4 address says that the rule is not about IPv6."""

    proto: str = "all"
    """The protocol that it is about."""

    ipset: str = ""
    """The set of addresses that it goes to."""

    src_iface: str = ""
    """The interface that it comes from."""

    @property
    def takes_all(self) -> bool:
        """True if it is about all traffic of its families, so that no later rule sees any."""
        is_anywhere = self.src_ip in _ANYWHERE and self.dest_ip in _ANYWHERE
        return is_anywhere and self.proto in ("", "all") and not self.ipset and not self.src_iface

    @property
    def families(self) -> tuple[Family, ...]:
        """The address families that the rule is about."""
        possible: list[Family] = ["ipv4", "ipv6"] if self.family == "any" else [self.family]
        for address in (self.src_ip, self.dest_ip):
            if address:
                possible = [one for one in possible if one == ("ipv6" if ":" in address else "ipv4")]
        return tuple(possible)


class Network(Table):
    """What the file `network` says of a line, if it is there."""

    gateway: str = ""
    """The next hop, which is on this side of the provider."""

    metric: Annotated[int, Field(ge=0)] = 0
    """The metric of its default route in the main routing table."""


class Scenario(ScenarioFile):
    """A scenario as its file states it."""

    connector: Connector
    interface: Named[Interface] = Field(default_factory=lambda: Named({}), strict=False)
    member: Named[Member] = Field(default_factory=lambda: Named({}), strict=False)
    policy: Named[Policy] = Field(default_factory=lambda: Named({}), strict=False)
    rule: Named[Rule] = Field(default_factory=lambda: Named({}), strict=False)
    network: Named[Network] = Field(default_factory=lambda: Named({}), strict=False)

    def located(self, source: TomlSource) -> Self:
        """The same scenario with the lines of its tables."""

        def at(table: str, sections: Mapping[str, Table]) -> dict[str, Table]:
            return {name: one.at(source.key_place((table, name)).line) for name, one in sections.items()}

        tables: dict[str, Mapping[str, Table]] = {
            "interface": self.interface, "member": self.member, "policy": self.policy, "rule": self.rule,
        }  # fmt: skip
        return self.placed(source, {key: Named(at(key, found)) for key, found in tables.items()})

    def watched(self, name: str) -> Interface:
        """The line of this name, with what `network` says of its gateway."""
        line = self.interface[name]
        gateway = self.network[name].gateway if name in self.network else ""
        return line.model_copy(update={"near": (*line.near, gateway)}) if gateway else line


def read(source: TomlSource, claims: Collection[str], faults: Collection[str]) -> Scenario:
    """The scenario in `source`. Raises ScenarioError, which lists every problem."""
    return read_as(Scenario, source, claims, faults, _between_tables(source))


def _between_tables(source: TomlSource) -> Iterator[tuple[KeyPath, str]]:
    """What one table says wrongly of another. That a name leads nowhere is no error: mwan3 takes it, and does what it does."""
    for table in ("interface", "rule"):
        found = source.data.get(table)
        for name in found if isinstance(found, Mapping) else ():
            if not name.strip():
                yield (table, name), f"`{notation((table, name))}`: it needs a name; found {in_toml(name)}"
