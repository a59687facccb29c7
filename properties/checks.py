"""From a scenario file to the checks that it asks for, and to its picture: the hooks that the command line calls."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dialproof.claims import PlannedCheck, Sizes, Variant
from dialproof.errors import InputError, Place, ScenarioError
from dialproof.family import Family
from dialproof.problem import Problem
from dialproof.simulation import obligations
from model import any_table
from model.exchange_ims import Connector, build
from model.faults import Fault, causes_of
from model.faults import catalogue as faults
from model.left_out import left_out as parts_left_out
from model.scenario import Check, EmailDomain, Scenario, json_schema, load
from model.template import new_scenario
from properties.catalogue import catalogue as claims

if TYPE_CHECKING:
    import networkx as nx
    from matplotlib.figure import Figure

ANY_TABLE = (
    "every routing table over these links, of every size, with entries that are added and removed while running and take "
    "effect at the next start, and queues without a bound"
)
UNTIMED = "untimed: a delay of any length is among the runs that are checked"


def plan(path: str | Path) -> list[PlannedCheck]:
    """The checks of the scenario file at `path`. Raises ScenarioError."""
    scenario = load(path, claims=claims(), faults=faults())
    return [plan_check(scenario, check) for check in scenario.checks]


def plan_check(scenario: Scenario, check: Check) -> PlannedCheck:
    """One check under each cause that it has to be made under. Raises ScenarioError where the claim says nothing here."""
    try:
        variants = tuple(variant(scenario, check.claim, fault) for fault in causes(scenario, check))
    except InputError as refused:
        raise ScenarioError(((Place(scenario.source, check.line), str(refused)),)) from refused
    return PlannedCheck(scenario.source, check.line, check.claim, check.expect, variants, (UNTIMED,))


def causes(scenario: Scenario, check: Check) -> tuple[Fault, ...]:
    """The named fault, or every cause that the build may have."""
    named = scenario.fault_of(check)
    return causes_of(scenario.connector.version) if named is None else (faults()[named],)


def variant(scenario: Scenario, claim: str, fault: Fault) -> Variant:
    """`claim` about the connector of `scenario` with `fault` in it; about those with every table where it asks for that."""
    return _about_every_table(scenario, claim, fault) if scenario.table == "any" else _about(build(scenario, fault), claim)


def _about(connector: Connector, claim: str) -> Variant:
    observed = claims()[claim](connector)
    of_the_model = {variable.name for variable in connector.system.variables}
    watching = tuple(variable.name for variable in observed.system.variables if variable.name not in of_the_model)
    return Variant(connector.fault.name, observed.system, observed.claim, watching)


def _about_every_table(scenario: Scenario, claim: str, fault: Fault) -> Variant:
    """The summary of all tables comes first, which with a fault can do more than they can; then tables, small ones first."""
    tried: dict[Variant, str] = {}

    def with_table(entries: tuple[EmailDomain, ...]) -> Variant:
        made = _about(build(scenario.with_entries(entries), fault), claim)
        tried[made] = any_table.described(entries)
        return made

    whole = any_table.family(scenario, fault) if fault.narrows else None
    summary = None if whole is None else _about(any_table.connector(scenario, fault, whole), claim)
    if summary is not None and whole is not None and not _is_said_of_all(summary, whole):
        summary = None
    sizes = Sizes(
        simulation=obligations(whole) if whole and summary else (),
        of=lambda size: [with_table(entries) for entries in any_table.tables(scenario, size)],
        name=lambda one: tried.get(one, "") if one else "",
        kind="routing table",
        sample=with_table(any_table.sample(scenario)),
        scope=ANY_TABLE,
    )
    return replace(summary or sizes.sample, sizes=sizes)


def _is_said_of_all(summary: Variant, whole: Family) -> bool:
    """Whether a proof about the summary says something of every table, and has a chance: what is loose is promised nothing."""
    formula = summary.claim.formula
    return not whole.unclear_in(formula) and (not whole.loose or Problem(summary.system, formula).is_safety)


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
