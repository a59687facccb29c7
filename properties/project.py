"""The verification project of dial-on-demand routers: what dialproof asks of it. pyproject.toml names its object."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dialproof.core.errors import InputError
from dialproof.core.messages import either, in_toml, suggestion
from dialproof.core.plan import PlannedCheck
from dialproof.project.contract import Drawn, VerificationProject
from model.importing import Imported, as_toml, kind_of, require_kind, source_of
from model.left_out import left_out
from model.products import DEFAULT, importers, json_schema, product_of, products
from properties.checks import open_installation, plan


@dataclass(frozen=True)
class DialOnDemand(VerificationProject):
    """Scenario and configuration files of every product, with their claims; `kind` is what every file is taken for, if given."""

    kind: str | None = None

    def checks(self, path: Path) -> Sequence[PlannedCheck]:
        """The checks of the scenario or configuration file at `path`. Raises ScenarioError."""
        return plan(path, self.kind)

    def kind_of(self, path: Path) -> str | None:
        """What kind of configuration file `path` is, by its content; None if it is none that is known."""
        found = kind_of(path, importers().values())
        return None if found is None else found.name

    def taking(self, kind: str) -> "DialOnDemand":
        """The same project, which takes every file for a configuration file of this `kind`. InputError if it is unknown."""
        require_kind(kind, importers())
        return DialOnDemand(kind)

    def as_scenario(self, path: Path) -> str | None:
        """The text of the scenario that stands for the configuration file; None if `path` is a scenario. Raises ScenarioError."""
        source = source_of(path, importers(), self.kind)
        return as_toml(source) if isinstance(source, Imported) else None

    def pictures(self, path: Path) -> Sequence[Drawn]:
        """The routing table of the scenario file at `path`, and the state machines of its lines. Raises ScenarioError.

        If it counts time, also how long things take in a simulated run.
        """
        from dialproof.views.machine import describe_machine, draw_machine
        from model.line_picture import line_machines
        from model.routing_picture import describe_routing, draw_routing, routing_diagram
        from properties.distribution import distribution_as_asked

        installed = open_installation(path, self.kind)
        rows, links, title = installed.routing()
        table = Drawn("routing", draw_routing(rows, links, title), describe_routing(rows, links), routing_diagram(rows, links))
        picked = installed.every_cause()
        machines = line_machines({name: installed.router(fault) for name, fault in picked.items()})
        drawn = [table]
        for one in machines:
            title = one.title(len(machines))
            words = describe_machine(one.graph, one.wording, title)
            drawn.append(Drawn(f"line-{one.lines[0]}", draw_machine(one.graph, one.wording, title), words, one.graph))
        router = installed.router(next(iter(picked.values())))
        return drawn if router.unit is None else [*drawn, distribution_as_asked(installed)]

    def left_out(self, path: Path) -> Sequence[str]:
        """What the model of the scenario file at `path` leaves out, a line for each of its parts. Raises ScenarioError."""
        return left_out(product_of(source_of(path, importers(), self.kind)).parts)

    def file_keys(self) -> Sequence[str]:
        """The keys of every product's scenario files that name other files."""
        return tuple(key for product in products().values() for key in product.file_keys)

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of scenario files of every product, for editors."""
        return json_schema()

    def template(self, path: Path, product: str | None) -> str:
        """The text of a new scenario file at `path`, to be changed into one's own. Raises InputError for an unknown product."""
        name = DEFAULT if product is None else product
        if name not in products():
            known = list(products())
            raise InputError(f"there is no product {in_toml(name)}; allowed: {either(known)}{suggestion(name, known)}")
        return products()[name].template.read_text(encoding="utf-8").replace("FILE_NAME", shlex.quote(path.name))


PROJECT = DialOnDemand()
