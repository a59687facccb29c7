"""pppd as a product: what a scenario file of it stands for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dialproof.core.errors import InputError
from dialproof.core.plan import Suspect
from dialproof.project.toml_source import TomlSource
from model import rules
from model.fault import Fault
from model.parts import default_routes, far_end, lines, queues
from model.product import Installation, Product
from model.products.pppd import compose, importer, ppp, scenario, suspects
from model.products.pppd.scenario import Link, Scenario
from model.products.pppd.words import WORDS
from model.router import Router
from model.routing_picture import LinkRow, RouteRow
from model.scenario import Check


@dataclass(frozen=True, eq=False)
class Links(Installation[Scenario]):
    """The links of pppd as a scenario or configuration file, which was read from `file`, configures them."""

    file: TomlSource

    def router(self, fault: Fault) -> Router:
        """The links, with `fault` in each pppd. Raises InputError if there is no link."""
        return compose.build(self.scenario, fault)

    def without_clocks(self) -> "Links":
        """The links with their times compared with 0 only.

        Raises InputError for traffic that comes at times, of which nothing is left without them.
        """
        if any(one.every for one in self.scenario.traffic):
            raise InputError(f"{self.scenario.source}: traffic comes every so many seconds, and the untimed model has none such")
        return replace(self, scenario=self.scenario.untimed())

    def log(self) -> Path | None:
        """What pppd's log shows, if all links dial on demand or none does: only then a line says that one is dialled."""
        on_demand = {link.demand for link in self.scenario.links.values()}
        return Path(__file__).with_name("log.toml" if on_demand == {True} else "log-always.toml") if len(on_demand) == 1 else None

    def notes(self) -> Sequence[str]:
        """What the numbers mean that mean something else, and which traffic dials nothing."""
        passive = [one.name for one in self.scenario.traffic if not self.scenario.is_active(one)]
        filtered = [f"active-filter: packets for {', '.join(passive)} dial nothing, and keep no link up"] if passive else []
        return (
            *self.scenario.environment.notes,
            *(said for name, link in self.scenario.links.items() for said in _meaning(name, link)),
            *filtered,
        )

    def suspects(self, check: Check) -> Sequence[Suspect]:
        """The options that explain it if `check` comes out violated."""
        return suspects.suspects(self.scenario, self.file, check)

    def routing(self) -> tuple[Sequence[RouteRow], Sequence[LinkRow], str]:
        """The classes of traffic and the links."""
        rows = [
            RouteRow(
                one.name,
                "active" if self.scenario.is_active(one) else "passive",
                one.link,
                f"Packets for {one.name}",
                note="" if self.scenario.is_active(one) else "kept out by active-filter",
            )
            for one in self.scenario.traffic
        ]
        links = [
            LinkRow(name, "pppd, on demand" if link.demand else "pppd, always", dials=True, modem=link.device)
            for name, link in self.scenario.links.items()
        ]
        return rows, links, self.scenario.title or "Traffic and links"


def _meaning(name: str, link: Link) -> list[str]:
    """What an option of `link` comes to, if its number says something else."""
    said = []
    if not link.idle:
        said.append(f"{name}: idle = 0 means that pppd never hangs up because the link is idle")
    if not link.maxfail:
        said.append(f"{name}: maxfail = 0 means that pppd never exits because attempts fail")
    if link.lcp_echo_interval and not link.echoes:
        ineffective = "lcp_echo_failure = 0" if link.peer.may_fall_silent else "no peer that may_fall_silent"
        said.append(f"{name}: lcp_echo_interval changes nothing here: with {ineffective} no silence is noticed by echoes")
    if not link.peer.drops_calls:
        said.append(
            f"{name}: drops_calls = false assumes that neither the line nor the peer ends a call but by the peer's idle time"
        )
    if not link.persists:
        said.append(f"{name}: without persist pppd exits when the link has ended")
    if not link.demand:
        said.append(f"{name}: without demand no packet waits for the link, and pppd dials at once")
    return said


def read(source: TomlSource, claims: Collection[str], faults: Collection[str]) -> Links:
    """The links that `source` describes. Raises ScenarioError."""
    return Links(WORDS, scenario.read(source, claims, faults), source)


PRODUCT = Product(
    "pppd",
    WORDS,
    read,
    Scenario,
    template=Path(__file__).with_name("template.toml"),
    parts=(compose, queues, lines, far_end, default_routes, ppp, rules, scenario),
    importers=(importer.IMPORTER,),
)
