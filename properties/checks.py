"""From a scenario file to the checks that it asks for, and to its picture: the hooks that the command line calls."""

import shlex
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dialproof.core.claims import ManySystems, OneSystem, Summary, Variant
from dialproof.core.errors import InputError, Place, ScenarioError
from dialproof.core.family import Family
from dialproof.core.messages import either, in_toml, suggestion
from dialproof.core.plan import PlannedCheck
from dialproof.encode.problem import Problem
from dialproof.evidence.simulation import obligations
from dialproof.project.toml_source import read
from model.fault import Fault
from model.left_out import left_out as parts_left_out
from model.product import EveryTable, Installation, Told, WholeFile
from model.products import DEFAULT, installation, json_schema, product_of, products
from model.router import Router
from model.scenario import Check
from model.words import Words
from properties import interference
from properties.catalogue import catalogue

if TYPE_CHECKING:
    import networkx as nx
    from matplotlib.figure import Figure

UNTIMED = "untimed: a delay of any length is among the runs that are checked"


def open_installation(path: str | Path) -> Installation:
    """The scenario file at `path`, as its product reads it. Raises ScenarioError."""
    return installation(read(path), claim_names)


def claim_names(words: Words) -> Collection[str]:
    """The names of the claims about a product with these words."""
    return catalogue(words)


def plan(path: str | Path) -> list[PlannedCheck]:
    """The checks of the scenario file at `path`. Raises ScenarioError."""
    installed = open_installation(path)
    notes = (UNTIMED, *installed.notes())
    built: dict[str, Router] = {}
    planned = [plan_check(installed, check, built) for check in installed.scenario.checks]
    return [replace(one, notes=(*notes, *one.notes), reads=tuple(installed.reads())) for one in planned]


def plan_check(installed: Installation, check: Check, built: dict[str, Router]) -> PlannedCheck:
    """One check under each cause that it has to be made under. Raises ScenarioError if the claim says nothing here.

    `built` has the routers that are there already, by fault: each is built once for all checks.
    """
    source = installed.scenario.source
    try:
        for fault in installed.causes(check):
            if fault.name not in built:
                built[fault.name] = installed.router(fault)
        variants = tuple(variant(installed, check.claim, fault, built[fault.name]) for fault in installed.causes(check))
    except InputError as refused:
        raise ScenarioError(((Place(source, check.line), str(refused)),)) from refused
    notes = dict.fromkeys(note for one in variants for note in one.notes)
    return PlannedCheck(source, check.line, check.claim, check.expect, variants, tuple(notes))


def variant(installed: Installation, claim: str, fault: Fault, router: Router | None = None) -> Variant:
    """`claim` about the router that is installed, with `fault` in it; about many routers if the file stands for many.

    `router` is that router, if it has been built already.
    """
    match installed.many(fault):
        case EveryTable() as every:
            return _about_every_table(every, claim, fault)
        case WholeFile() as whole:
            return _about_whole_file(whole, _about(router or installed.router(fault), claim), fault)
        case None:
            return _about(router or installed.router(fault), claim)


def _about(router: Router, claim: str) -> OneSystem:
    observed = catalogue(router.words)[claim](router)
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


def _about_every_table(every: EveryTable, claim: str, fault: Fault) -> ManySystems:
    """The summary of all tables, which with a fault can do more than they can; and the tables, small ones first."""
    tried: dict[OneSystem, str] = {}
    comparing = claim == interference.NAME  # a table with the same one without an entry: a smaller one has nothing to compare

    def of_size(size: int) -> list[OneSystem]:
        made = {
            _about(router, claim): table
            for router, table in every.of_size(size)
            if not comparing or interference.says_something(router)
        }
        tried.update(made)
        return list(made)

    sample = _about(every.sample, claim)
    return ManySystems(
        fault.name,
        summary=_summary_of_every_table(every, claim),
        of=of_size,
        called=lambda one: tried.get(one, ""),
        kind=every.kind,
        sample=sample,
        scope=f"{every.scope}{interference.EVERY_TABLE if comparing else ''}",
        smallest=1 if comparing else 0,
        lacking=interference.NOT_EVERY_TABLE if comparing and fault.is_none else "",
        notes=(interference.own_traffic(every.sample.words),) if comparing else sample.notes,
    )


def _summary_of_every_table(every: EveryTable, claim: str) -> Summary | None:
    """What stands for every table, with the claim about it; None if a proof says too little."""
    if claim == interference.NAME:
        beside = every.beside()
        if beside is None:
            return None
        found = interference.of_every_table(beside)
        return Summary(found.system, found.claim, found.obligations)
    stands_for_all = every.summary()
    if stands_for_all is None:
        return None
    family, router = stands_for_all
    return _summary_of(family, _about(router, claim))


def _about_whole_file(whole: WholeFile, reduced: OneSystem, fault: Fault) -> ManySystems:
    """A proof is about the whole file, one class of rows after the other; a violation is one of the rows that stand for it."""
    family, router = whole.summary()
    about_all = _about(router, reduced.claim.name)
    return ManySystems(
        fault.name,
        summary=_summary_of(family, about_all),
        of=lambda size: [reduced] if size == 0 else [],
        called=lambda _one: "",
        kind=whole.kind,
        sample=reduced,
        scope=whole.scope,
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
    from model.routing_picture import describe_routing, draw_routing, routing_diagram

    installed = open_installation(path)
    rows, links, title = installed.routing()
    drawn = [("routing", draw_routing(rows, links, title), describe_routing(rows, links), routing_diagram(rows, links))]
    picked = {fault.name: fault for check in installed.scenario.checks for fault in installed.causes(check)}
    machines = line_machines({name: installed.router(fault) for name, fault in picked.items()})
    for one in machines:
        title = one.title(len(machines))
        words = describe_machine(one.graph, one.wording, title)
        drawn.append((f"line-{one.lines[0]}", draw_machine(one.graph, one.wording, title), words, one.graph))
    return drawn


def route(path: str | Path, asked: Sequence[str]) -> list[Told]:
    """Which way what is addressed to each of `asked` goes, and why: as lines of text, and as plain data.

    Raises InputError for what is no address and for a product without lookup, ScenarioError for the scenario file.
    """
    return open_installation(path).routes_of(asked)


def route_findings(path: str | Path) -> list[Told]:
    """Everything odd about the routing table of the scenario file at `path`, in the same form. Raises ScenarioError."""
    return open_installation(path).table_findings()


def file_keys() -> tuple[str, ...]:
    """The keys at the top of a scenario file whose values are paths of other files, relative to it."""
    return tuple(key for product in products().values() for key in product.file_keys)


def left_out(path: str | Path) -> tuple[str, ...]:
    """What the model of the scenario file at `path` leaves out, a line for each of its parts. Raises ScenarioError."""
    return parts_left_out(product_of(read(path)).parts)


def schema() -> dict[str, Any]:
    """The JSON Schema of scenario files of every product, for editors."""
    return json_schema()


def template(path: Path, product: str = DEFAULT) -> str:
    """The text of a new scenario file at `path` for `product`, to be changed into one's own. Raises InputError."""
    if product not in products():
        known = list(products())
        raise InputError(f"there is no product {in_toml(product)}; allowed: {either(known)}{suggestion(product, known)}")
    return products()[product].template.read_text(encoding="utf-8").replace("FILE_NAME", shlex.quote(path.name))
