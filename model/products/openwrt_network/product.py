"""OpenWrt's network as a product: what a scenario file of it, or a configuration file, stands for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from dialproof.core.plan import Suspect
from dialproof.project.toml_source import TomlSource
from model.fault import Fault
from model.parts import over_lines, queues
from model.product import Installation, Product
from model.products.openwrt_network import compose, importer, scenario, suspects
from model.products.openwrt_network.scenario import TUNNELS, Interface, Scenario
from model.products.openwrt_network.words import WORDS
from model.router import Router
from model.routing_picture import LinkRow, RouteRow
from model.scenario import Check


@dataclass(frozen=True, eq=False)
class Network(Installation[Scenario]):
    """The interfaces as a scenario or configuration file, which was read from `file`, configures them."""

    file: TomlSource

    def router(self, fault: Fault) -> Router:
        """The lines, with `fault` in netifd. Raises InputError if none is dialled."""
        return compose.build(self.scenario, fault)

    def notes(self) -> Sequence[str]:
        """What the numbers mean that mean something else, and what becomes of a refused login."""
        return (
            *self.scenario.environment.notes,
            *(said for name, one in self.scenario.dialled.items() for said in _meaning(self.scenario, name, one)),
        )

    def suspects(self, check: Check) -> Sequence[Suspect]:
        """The options that explain it if `check` comes out violated."""
        return suspects.suspects(self.scenario, self.file, check)

    def routing(self) -> tuple[Sequence[RouteRow], Sequence[LinkRow], str]:
        """What each tunnel goes over, and the lines."""
        rows = [
            RouteRow(name, f"metric {self.scenario.interface[way].metric}", way, f"{name} goes over {way}")
            for name, one in self.scenario.dialled.items()
            if one.is_over_others
            for way in self.scenario.ways_of(name)
        ]
        rows += [
            RouteRow(f"packets for {name}", "on demand", name, f"Packets for {name}")
            for name, one in self.scenario.dialled.items()
            if one.is_on_demand
        ]
        links = [LinkRow(name, one.proto, dials=one.is_dialled) for name, one in self.scenario.interface.items()]
        return rows, links, self.scenario.title or "The lines"


def _meaning(scenario: Scenario, name: str, one: Interface) -> list[str]:
    """What the options of an interface come to, if its numbers say something else."""
    said = []
    if one.is_by_pppd and one.noticed is None:
        said.append(f"{name}: keepalive '{one.keepalive}' means that a dead line is never found dead")
    elif one.noticed is not None:
        least, most = one.noticed
        said.append(
            f"{name}: keepalive '{one.keepalive}' (failures, seconds): a dead line is found dead after {least} to {most} s"
        )
    if one.authfail and not one.is_by_script:
        said.append(f"{name}: authfail does nothing with proto {one.proto}")
    elif one.authfail and not one.blocks:
        said.append(f"{name}: authfail does nothing: pppd does not end when a login is refused (maxfail 0)")
    if one.is_by_pppd and not one.blocks:
        said.append(f"{name}: a refused login is tried again, for ever")
    if not one.auto:
        said.append(f"{name}: auto 0 means that only its owner starts it")
    if one.demand and not one.is_by_script:
        said.append(f"{name}: demand does nothing with proto {one.proto}")
    if one.proto in TUNNELS and not one.nohostroute and not scenario.ways_of(name):
        said.append(f"{name}: no line in the file brings a default route that it could go over; it is taken for one over none")
    return said


def read(source: TomlSource, claims: Collection[str], faults: Collection[str]) -> Network:
    """The network that `source` describes. Raises ScenarioError."""
    return Network(WORDS, scenario.read(source, claims, faults), source)


PRODUCT = Product(
    "openwrt-network",
    WORDS,
    read,
    Scenario,
    template=Path(__file__).with_name("template.toml"),
    parts=(compose, queues, over_lines, scenario),
    importers=(importer.IMPORTER,),
)
