"""IOS as a product: what a scenario file of it, or a configuration, stands for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from dialproof.core.plan import Suspect
from dialproof.project.toml_source import TomlSource
from model.fault import Fault
from model.parts import lines, probes
from model.product import Installation, Product
from model.products.cisco_ios import calls, compose, importer, notes, scenario, suspects, time_ranges
from model.products.cisco_ios.interfaces import is_on_purpose
from model.products.cisco_ios.scenario import Scenario
from model.products.cisco_ios.traffic import calls as calls_of
from model.products.cisco_ios.traffic import destinations
from model.products.cisco_ios.words import WORDS
from model.router import Router
from model.routing_picture import LinkRow, RouteRow
from model.scenario import Check


@dataclass(frozen=True, eq=False)
class Configured(Installation[Scenario]):
    """A router with IOS as a file configures it."""

    def router(self, fault: Fault) -> Router:
        """The router, with `fault` in it. Raises InputError if nothing can change in it."""
        return compose.build(self.scenario, fault)

    def notes(self) -> Sequence[str]:
        """What numbers and commands mean that mean something else, and what is assumed."""
        return (*self.scenario.environment.notes, *notes.notes(self.scenario))

    def suspects(self, check: Check) -> Sequence[Suspect]:
        """The settings that explain it if `check` comes out violated."""
        return suspects.suspects(self.scenario, check)

    def routing(self) -> tuple[Sequence[RouteRow], Sequence[LinkRow], str]:
        """The destinations with their ways, and the lines."""
        found = destinations(self.scenario)
        rows = [
            RouteRow(
                one.name,
                f"distance {way.route.distance}" + (f", track {way.route.track}" if way.route.track else ""),
                way.line,
                f"{one.says[0].upper()}{one.says[1:]}",
                is_default=not one.networks[0].prefixlen,
            )
            for one in found
            for way in one.ways
        ]
        dialled = {one.name: one for one in calls_of(self.scenario)}
        links = [
            LinkRow(name, "up on purpose" if is_on_purpose(self.scenario, one.interface) else "on demand", dials=True)
            for name, one in dialled.items()
        ]
        others = dict.fromkeys(way.line for one in found for way in one.ways if way.line not in dialled)
        links += [LinkRow(name, "always up", dials=False) for name in others]
        return rows, links, self.scenario.title or "Destinations and lines"


def read(source: TomlSource, claims: Collection[str], faults: Collection[str]) -> Configured:
    """The router that `source` describes. Raises ScenarioError."""
    return Configured(WORDS, scenario.read(source, claims, faults))


PRODUCT = Product(
    "cisco-ios",
    WORDS,
    read,
    Scenario,
    template=Path(__file__).with_name("template.toml"),
    parts=(compose, scenario, calls, time_ranges, probes, lines),
    importers=(importer.IMPORTER,),
)
