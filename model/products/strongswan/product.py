"""strongSwan as a product: what a scenario file of it, or its configuration, stands for."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dialproof.core.plan import Suspect
from dialproof.project.toml_source import TomlSource
from model.fault import Fault
from model.parts import lines, queues
from model.product import Installation, Product
from model.products.strongswan import child, compose, importer, scenario, suspects
from model.products.strongswan.scenario import Scenario, Tunnel
from model.products.strongswan.words import WORDS
from model.router import Router
from model.routing_picture import LinkRow, RouteRow
from model.scenario import Check


@dataclass(frozen=True, eq=False)
class Tunnels(Installation[Scenario]):
    """The tunnels of charon as a file configures them."""

    def router(self, fault: Fault) -> Router:
        """The tunnels, with `fault` in charon. Raises InputError if this end starts none."""
        return compose.build(self.scenario, fault)

    def notes(self) -> Sequence[str]:
        """What is not asked about, and what a number means that means something else."""
        said = list(self.scenario.environment.notes)
        for name, connection in self.scenario.connections.items():
            passive = [inner for inner, one in connection.children.items() if not one.is_active]
            if passive:
                said.append(f"{name}: start_action none: only the other end starts {', '.join(passive)}; nothing is asked of it")
        for tunnel, others in self.scenario.kinds.items():
            if others:
                said.append(f"{tunnel.name} stands for {', '.join(others)} too, which are configured like it")
            said += _meaning(tunnel)
        said.append(f"a peer that does not answer is given up after {self.scenario.charon.ladder:g}s (retransmit_*)")
        if not self.scenario.peer.may_refuse:
            said.append(
                "may_refuse = false assumes that the peer refuses no attempt, which would end all attempts without a trap"
            )
        return said

    def log(self) -> Path | None:
        """What charon's log shows, unless a tunnel stands for several, whose lines would be taken for its own."""
        return None if any(self.scenario.kinds.values()) else Path(__file__).with_name("log.toml")

    def called_in_log(self) -> Mapping[str, str]:
        """Tunnels by the names of their children alone; not those of which several children have one name."""
        known = {one.name for one in self.scenario.kinds}
        named = [(inner, f"{name}/{inner}") for name, one in self.scenario.connections.items() for inner in one.children]
        often = Counter(inner for inner, _ in named)
        return {inner: full for inner, full in named if often[inner] == 1 and full in known}

    def suspects(self, check: Check) -> Sequence[Suspect]:
        """The settings that explain it if `check` comes out violated."""
        return suspects.suspects(self.scenario, check)

    def routing(self) -> tuple[Sequence[RouteRow], Sequence[LinkRow], str]:
        """The traffic that asks for tunnels, and the tunnels."""
        rows = [
            RouteRow(one.name, "|".join(one.child.start_action), one.name, f"Traffic for {one.name}")
            for one in self.scenario.kinds
        ]
        links = [LinkRow(one.name, "tunnel", dials=True) for one in self.scenario.kinds]
        return rows, links, self.scenario.title or "Traffic and tunnels"


def _meaning(tunnel: Tunnel) -> list[str]:
    """What a number of a tunnel comes to, if it says something else."""
    said = []
    if tunnel.connection.keyingtries == 0:
        said.append(f"{tunnel.name}: keyingtries = 0 means that attempts follow one another for ever")
    if tunnel.connection.dpd_delay == 0 and child.notices_silence(tunnel):
        said.append(f"{tunnel.name}: dpd_delay = 0 means that a dead peer is noticed only when the next rekeying is not answered")
    if tunnel.child.inactivity == 0:
        said.append(f"{tunnel.name}: inactivity = 0 means that it is never closed for want of traffic")
    return said


def read(source: TomlSource, claims: Collection[str], faults: Collection[str]) -> Tunnels:
    """The tunnels that `source` describes. Raises ScenarioError."""
    return Tunnels(WORDS, scenario.read(source, claims, faults))


PRODUCT = Product(
    "strongswan",
    WORDS,
    read,
    Scenario,
    template=Path(__file__).with_name("template.toml"),
    parts=(compose, queues, lines, child, scenario),
    importers=(importer.IMPORTER,),
)
