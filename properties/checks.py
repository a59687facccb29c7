"""From a scenario file to the checks that it asks for, and to its picture: the hooks that the command line calls."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dialproof.claims import PlannedCheck, Variant
from dialproof.errors import InputError, Place, ScenarioError
from model.exchange_ims import Connector, build
from model.faults import Fault, causes_of
from model.faults import catalogue as faults
from model.left_out import left_out as parts_left_out
from model.scenario import Check, Scenario, json_schema, load
from model.template import new_scenario
from properties.catalogue import catalogue as claims

if TYPE_CHECKING:
    import networkx as nx
    from matplotlib.figure import Figure

UNTIMED = "untimed: a delay of any length is among the runs that are checked"


def plan(path: str | Path) -> list[PlannedCheck]:
    """The checks of the scenario file at `path`. Raises ScenarioError."""
    scenario = load(path, claims=claims(), faults=faults())
    built: dict[str, Connector] = {}
    return [plan_check(scenario, check, built) for check in scenario.checks]


def plan_check(scenario: Scenario, check: Check, built: dict[str, Connector]) -> PlannedCheck:
    """One check under each cause that it has to be made under. Raises ScenarioError where the claim says nothing here.

    `built` has the connectors that are there already, by fault: each is built once for all checks.
    """
    try:
        for fault in causes(scenario, check):
            if fault.name not in built:
                built[fault.name] = build(scenario, fault)
        variants = tuple(variant(built[fault.name], check.claim, fault) for fault in causes(scenario, check))
    except InputError as refused:
        raise ScenarioError(((Place(scenario.source, check.line), str(refused)),)) from refused
    return PlannedCheck(scenario.source, check.line, check.claim, check.expect, variants, (UNTIMED,))


def causes(scenario: Scenario, check: Check) -> tuple[Fault, ...]:
    """The named fault, or every cause that the build may have."""
    named = scenario.fault_of(check)
    return causes_of(scenario.connector.version) if named is None else (faults()[named],)


def variant(connector: Connector, claim: str, fault: Fault) -> Variant:
    """`claim` about `connector`, which has `fault` in it."""
    observed = claims()[claim](connector)
    of_the_model = {variable.name for variable in connector.system.variables}
    watching = tuple(variable.name for variable in observed.system.variables if variable.name not in of_the_model)
    return Variant(fault.name, observed.system, observed.claim, watching)


def pictures(path: str | Path) -> "list[tuple[str, Figure, str, nx.Graph]]":
    """The routing table of the scenario file at `path`, and the state machines of its lines.

    Each is (name, figure, the same in words, the same as a graph). Raises ScenarioError.
    """
    from dialproof.views.machine import describe_machine, draw_machine
    from model.line_picture import line_machines
    from model.picture import LinkRow, RouteRow, describe_routing, draw_routing, routing_diagram

    scenario = load(path, claims=claims(), faults=faults())
    default = scenario.default
    rows = [RouteRow(None, default.deliver, default.host, default.link)]
    rows += [
        RouteRow(entry.domain, entry.deliver, entry.host, entry.link, added_while_running=entry.added == "while-running")
        for entry in scenario.email_domains
    ]
    links = [LinkRow(name, link.kind, link.modem) for name, link in scenario.links.items()]
    figure = draw_routing(rows, links, scenario.title or "Routing table")
    drawn = [("routing", figure, describe_routing(rows, links), routing_diagram(rows, links))]
    named = {fault.name: fault for check in scenario.checks for fault in causes(scenario, check)}
    machines = line_machines({name: build(scenario, fault) for name, fault in named.items()})
    for one in machines:
        title = one.title(len(machines))
        words = describe_machine(one.graph, one.wording, title)
        drawn.append((f"line-{one.lines[0]}", draw_machine(one.graph, one.wording, title), words, one.graph))
    return drawn


def left_out(path: str | Path) -> tuple[str, ...]:  # noqa: ARG001  # one model describes every scenario, whatever the file says
    """What the model of the scenario file at `path` leaves out, a line for each of its parts."""
    return parts_left_out()


def schema() -> dict[str, Any]:
    """The JSON Schema of scenario files, for editors."""
    return json_schema()


def template(path: Path) -> str:
    """The text of a new scenario file at `path`, to be changed into one's own."""
    return new_scenario(path.name)
