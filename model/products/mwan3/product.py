"""mwan3 as a product: what a scenario file of it, or a configuration file, stands for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from dialproof.core.plan import Suspect
from dialproof.project.toml_source import TomlSource
from model.fault import Fault
from model.parts import probes
from model.product import Installation, Product
from model.products.mwan3 import compose, importer, scenario, suspects
from model.products.mwan3.policies import Way, kept_out, ways_of
from model.products.mwan3.scenario import NO_POLICY, Rule, Scenario
from model.products.mwan3.words import WORDS
from model.router import Router
from model.routing_picture import LinkRow, RouteRow
from model.scenario import Check


@dataclass(frozen=True, eq=False)
class Lines(Installation[Scenario]):
    """The lines and policies of mwan3 as a file configures them."""

    def router(self, fault: Fault) -> Router:
        """The lines, with `fault` in mwan3. Raises InputError if no line is enabled."""
        return compose.build(self.scenario, fault)

    def log(self) -> Path:
        """What the log of mwan3 shows."""
        return Path(__file__).with_name("log.toml")

    def notes(self) -> Sequence[str]:
        """What is switched off or kept out on purpose, and what a name means that means something else."""
        said = [
            f"interface {name} is not enabled: nothing is asked of it"
            for name, one in self.scenario.interface.items()
            if not one.enabled
        ]
        said += [
            f"{way.says}: every line of policy {way.policy} is switched off ({', '.join(way.disabled)}); nothing is asked"
            for way in ways_of(self.scenario)
            if not way.is_decided
        ]
        said += [f"interface {name} belongs to no policy that a rule uses" for name in sorted(kept_out(self.scenario))]
        for name, rule in self.scenario.rule.items():
            said += self._of_rule(name, rule)
        return said

    def _of_rule(self, name: str, rule: Rule) -> list[str]:
        """What becomes of the traffic of a rule that goes by no policy on purpose, or is about none."""
        policy = rule.use_policy
        if policy == "default":
            also = (
                f", not the policy of this name (line {self.scenario.policy[policy].line})"
                if policy in self.scenario.policy
                else ""
            )
            return [f"rule {name}: `use_policy default` means the main routing table{also}; mwan3 decides nothing there"]
        if policy in NO_POLICY:
            return [f"rule {name}: its traffic is refused on purpose ({policy})"]
        if not policy:
            return [f"rule {name}: it names no policy, and does nothing"]
        if not rule.families:
            return [f"rule {name}: its addresses and its family contradict each other, so that it is about no packet"]
        return []

    def suspects(self, check: Check) -> Sequence[Suspect]:
        """The settings that explain it if `check` comes out violated."""
        return suspects.suspects(self.scenario, check)

    def routing(self) -> tuple[Sequence[RouteRow], Sequence[LinkRow], str]:
        """The classes of traffic with the lines that they can take, and the lines."""
        rows = [row for way in ways_of(self.scenario) for row in _rows(way)]
        links = [LinkRow(name, f"{one.family} line", dials=False) for name, one in self.scenario.interface.items() if one.enabled]
        return rows, links, self.scenario.title or "Traffic and lines"


def _rows(way: Way) -> list[RouteRow]:
    """A row for each line that this traffic can take; one without a line if there is none."""
    label, says = f"{', '.join(way.rules)} ({way.family})", f"{way.says[0].upper()}{way.says[1:]}"
    rows = [RouteRow(label, f"metric {one.metric}", one.line, says, sort=way.named) for one in way.members]
    return rows or [RouteRow(label, "no member", None, says, sort=way.named)]


def read(source: TomlSource, claims: Collection[str], faults: Collection[str]) -> Lines:
    """The lines that `source` describes. Raises ScenarioError."""
    return Lines(WORDS, scenario.read(source, claims, faults))


PRODUCT = Product(
    "mwan3",
    WORDS,
    read,
    Scenario,
    template=Path(__file__).with_name("template.toml"),
    parts=(compose, probes, scenario),
    importers=(importer.IMPORTER,),
)
