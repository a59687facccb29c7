"""From a scenario file to the checks that it asks for, and to its picture: the hooks that the command line calls."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dialproof.core.claims import ManySystems, OneSystem, Summary, Variant
from dialproof.core.errors import InputError, Place, ScenarioError
from dialproof.core.family import Family
from dialproof.core.plan import PlannedCheck
from dialproof.encode.problem import Problem
from dialproof.evidence.simulation import obligations
from model.fault import Fault
from model.faults import catalogue as faults
from model.faults import causes_of, named
from model.left_out import left_out as parts_left_out
from model.products.exchange_ims import any_table, routing_answer, table_findings
from model.products.exchange_ims.compose import build
from model.products.exchange_ims.routing_answer import answers
from model.products.exchange_ims.routing_table import RoutingTable
from model.products.exchange_ims.scenario import Check, EmailDomain, Scenario, json_schema, load
from model.products.exchange_ims.table_file import TableFile
from model.products.exchange_ims.table_findings import findings, summary
from model.products.exchange_ims.template import new_scenario
from model.products.exchange_ims.whole_file import whole_file
from model.router import Router
from properties import interference
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
    notes = (UNTIMED, *_notes_on_the_table(scenario))
    built: dict[str, Router] = {}
    planned = [plan_check(scenario, check, built) for check in scenario.checks]
    reads = () if scenario.email_domains_file is None else (scenario.email_domains_file,)
    return [replace(one, notes=(*notes, *one.notes), reads=reads) for one in planned]


def _notes_on_the_table(scenario: Scenario) -> Iterator[str]:
    """What a reader must know of a table from a file: how far it was reduced, and what is odd about it."""
    if scenario.table is None:
        return
    if scenario.table.says:
        yield scenario.table.says
    table = RoutingTable(scenario)
    if said := summary(table, findings(table)):
        yield f"odd in {scenario.table.file}: {said}; to see all of it: dialproof route {shlex.quote(scenario.source)} --findings"


def plan_check(scenario: Scenario, check: Check, built: dict[str, Router]) -> PlannedCheck:
    """One check under each cause that it has to be made under. Raises ScenarioError where the claim says nothing here.

    `built` has the routers that are there already, by fault: each is built once for all checks.
    """
    try:
        for fault in causes(scenario, check):
            if fault.name not in built:
                built[fault.name] = build(scenario, fault)
        variants = tuple(variant(scenario, check.claim, fault, built[fault.name]) for fault in causes(scenario, check))
    except InputError as refused:
        raise ScenarioError(((Place(scenario.source, check.line), str(refused)),)) from refused
    notes = dict.fromkeys(note for one in variants for note in one.notes)
    return PlannedCheck(scenario.source, check.line, check.claim, check.expect, variants, tuple(notes))


def causes(scenario: Scenario, check: Check) -> tuple[Fault, ...]:
    """The named fault, or every cause that the build may have."""
    picked = scenario.fault_of(check)
    return causes_of(scenario.connector.product, scenario.connector.version) if picked is None else (named(picked),)


def variant(scenario: Scenario, claim: str, fault: Fault, router: Router | None = None) -> Variant:
    """`claim` about the router of `scenario` with `fault` in it; about those with every table where it asks for that.

    `router` is that router, where it has been built already.
    """
    if scenario.any_table:
        return _about_every_table(scenario, claim, fault)
    made = _about(router or build(scenario, fault), claim)
    rests_on_lookup = not all(entry.gets_mail for entry in scenario.entries)
    if scenario.table and (scenario.table.is_reduced or rests_on_lookup):
        return _about_whole_file(scenario, scenario.table, made, fault)
    return made


def _about(router: Router, claim: str) -> OneSystem:
    observed = claims()[claim](router)
    of_the_model = {variable.name for variable in router.system.variables}
    watching = tuple(variable.name for variable in observed.system.variables if variable.name not in of_the_model)
    return OneSystem(
        router.fault.name,
        observed.system,
        observed.claim,
        () if observed.copies else watching,
        copies=observed.copies,
        notes=observed.notes,
    )


def _about_every_table(scenario: Scenario, claim: str, fault: Fault) -> ManySystems:
    """The summary of all tables, which with a fault can do more than they can; and the tables, small ones first."""
    tried: dict[OneSystem, str] = {}
    comparing = claim == interference.NAME  # a table with the same one without an entry: a smaller one has nothing to compare

    def with_table(entries: tuple[EmailDomain, ...]) -> OneSystem | None:
        router = build(scenario.with_entries(entries), fault)
        if comparing and not interference.says_something(router):
            return None
        made = _about(router, claim)
        tried[made] = any_table.described(entries)
        return made

    def of_size(size: int) -> list[OneSystem]:
        return [made for made in map(with_table, any_table.tables(scenario, size)) if made is not None]

    sample = with_table(any_table.sample(scenario)) or _about(build(scenario, fault), claim)
    return ManySystems(
        fault.name,
        summary=_summary_of_every_table(scenario, claim, fault),
        of=of_size,
        called=lambda one: tried.get(one, ""),
        kind="routing table",
        sample=sample,
        scope=f"{ANY_TABLE}{interference.EVERY_TABLE if comparing else ''}",
        smallest=1 if comparing else 0,
        lacking=interference.NOT_EVERY_TABLE if comparing and fault.is_none else "",
        notes=(interference.OWN_MAIL,) if comparing else sample.notes,
    )


def _summary_of_every_table(scenario: Scenario, claim: str, fault: Fault) -> Summary | None:
    """What stands for every table, with the claim about it; None if a proof says too little."""
    if claim == interference.NAME:
        found = interference.of_every_table(scenario, fault)
        return None if found is None else Summary(found.system, found.claim, found.obligations)
    if not any_table.stands_for_all(fault):
        return None
    whole = any_table.family(scenario, fault)
    return _summary_of(whole, _about(any_table.connector(scenario, fault, whole), claim))


def _about_whole_file(scenario: Scenario, table: TableFile, reduced: OneSystem, fault: Fault) -> ManySystems:
    """A proof is about the whole file, one class of rows after the other; a violation is one of the rows that stand for it."""
    whole, router = whole_file(scenario, fault)
    about_all = _about(router, reduced.claim.name)
    return ManySystems(
        fault.name,
        summary=_summary_of(whole, about_all),
        of=lambda size: [reduced] if size == 0 else [],
        called=lambda _one: "",
        kind=f"reduction of {table.file}",
        sample=reduced,
        scope=f"proved of all {len(table):,} rows of {table.file}, not only of those that stand for them",
        thorough=True,
        notes=about_all.notes,
    )


def _summary_of(whole: Family, about_all: OneSystem) -> Summary | None:
    """The summary of `whole` with what establishes that it stands for all; None if a proof of it says too little."""
    if not _is_said_of_all(about_all, whole):
        return None
    return Summary(about_all.system, about_all.claim, obligations(whole))


def _is_said_of_all(summary: OneSystem, whole: Family) -> bool:
    """Whether a proof about the summary says something of every table, and has a chance: what is loose is promised nothing."""
    formula = summary.claim.formula
    return not whole.unclear_in(formula) and (not whole.loose or Problem(summary.system, formula).is_safety)


def pictures(path: str | Path) -> "list[tuple[str, Figure, str, nx.Graph]]":
    """The routing table of the scenario file at `path`, and the state machines of its lines.

    Each is (name, figure, the same in words, the same as a graph). Raises ScenarioError.
    """
    from dialproof.views.machine import describe_machine, draw_machine
    from model.line_picture import line_machines
    from model.products.exchange_ims.picture import LinkRow, RouteRow, describe_routing, draw_routing, routing_diagram

    scenario = load(path, claims=claims(), faults=faults())
    default = scenario.default
    rows = [RouteRow(None, default.deliver, default.host, default.link)]
    rows += [
        RouteRow(entry.domain, entry.deliver, entry.host, entry.link, added_while_running=entry.added == "while-running")
        for entry in scenario.entries
    ]
    links = [LinkRow(name, link.kind, link.modem) for name, link in scenario.links.items()]
    title = scenario.title or "Routing table"
    if scenario.table and scenario.table.is_reduced:
        title = f"{title} ({len(scenario.table.representatives)} of {len(scenario.table):,} rows of the file)"
    figure = draw_routing(rows, links, title)
    drawn = [("routing", figure, describe_routing(rows, links), routing_diagram(rows, links))]
    picked = {fault.name: fault for check in scenario.checks for fault in causes(scenario, check)}
    machines = line_machines({name: build(scenario, fault) for name, fault in picked.items()})
    for one in machines:
        title = one.title(len(machines))
        words = describe_machine(one.graph, one.wording, title)
        drawn.append((f"line-{one.lines[0]}", draw_machine(one.graph, one.wording, title), words, one.graph))
    return drawn


def route(path: str | Path, asked: Sequence[str]) -> list[tuple[list[str], dict[str, Any]]]:
    """Which way mail for each of `asked` (addresses or domains) goes, and why: as lines of text, and as plain data.

    Raises InputError for what is no address, ScenarioError for the scenario file.
    """
    table = RoutingTable(load(path, claims=claims(), faults=faults()))
    return [(routing_answer.told(table, answer), routing_answer.as_data(table, answer)) for answer in answers(table, asked)]


def route_findings(path: str | Path) -> list[tuple[list[str], dict[str, Any]]]:
    """Everything odd about the routing table of the scenario file at `path`, in the same form. Raises ScenarioError."""
    table = RoutingTable(load(path, claims=claims(), faults=faults()))
    return [
        ([f"{one.oddity.value}: {table_findings.told(table, one)}"], table_findings.as_data(table, one))
        for ones in findings(table).values()
        for one in ones
    ]


def file_keys() -> tuple[str, ...]:
    """The keys at the top of a scenario file whose values are paths of other files, relative to it."""
    return ("email_domains_file",)


def left_out(path: str | Path) -> tuple[str, ...]:  # noqa: ARG001  # one model describes every scenario, whatever the file says
    """What the model of the scenario file at `path` leaves out, a line for each of its parts."""
    return parts_left_out()


def schema() -> dict[str, Any]:
    """The JSON Schema of scenario files, for editors."""
    return json_schema()


def template(path: Path) -> str:
    """The text of a new scenario file at `path`, to be changed into one's own."""
    return new_scenario(path.name)
