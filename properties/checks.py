"""From a scenario file to the checks that it asks for."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from dialproof.core.claims import ManySystems, OneSystem, Summary, Variant
from dialproof.core.errors import InputError, Place, ScenarioError
from dialproof.core.family import Family
from dialproof.core.plan import PlannedCheck
from dialproof.encode.problem import Problem
from dialproof.evidence.simulation import obligations
from model.fault import Fault
from model.importing import Imported, source_of
from model.product import EveryTable, Installation, WholeFile
from model.products import importers, installation
from model.router import Router
from model.scenario import Check, ScenarioFile
from model.words import Words
from properties import interference
from properties.catalogue import claim_about, names
from properties.time_lock import time_lock

UNTIMED = "untimed: a delay of any length is among the runs that are checked"
LOCKED = (
    "time may stop: it cannot pass in {state}, and nothing that is due can happen there; a run that comes to such a state is "
    "left out, so that no verdict says anything of it"
)

TIMED = "timed: time is counted in units of {unit}; a delay of which the file says no time may have any length"


def open_installation(path: str | Path, kind: str | None = None) -> Installation[ScenarioFile]:
    """The scenario or configuration file at `path`, as its product reads it. Raises ScenarioError.

    `kind` says what kind of configuration file it is, whatever is in it.
    """
    return installation(source_of(path, importers(), kind), claim_names)


def claim_names(words: Words) -> Collection[str]:
    """The names of the claims about a product with these words."""
    return names(words)


def plan(path: str | Path, kind: str | None = None) -> list[PlannedCheck]:
    """The checks of the scenario or configuration file at `path`, which is of that `kind`. Raises ScenarioError."""
    source = source_of(path, importers(), kind)
    installed = installation(source, claim_names)
    built: dict[str, Router] = {}
    planned = [plan_check(installed, check, built) for check in installed.scenario.checks]
    units = {router.unit for router in built.values()}
    said = [UNTIMED if unit is None else TIMED.format(unit=unit) for unit in units]
    imported = source.notes() if isinstance(source, Imported) else []
    notes = (*said, *notes_of(installed, built.values()), *imported)
    return [replace(one, notes=(*notes, *one.notes), reads=tuple(installed.reads())) for one in planned]


def notes_of(installed: Installation[ScenarioFile], routers: Iterable[Router]) -> tuple[str, ...]:
    """What a reader must know of every answer about `routers`, which are installed: what is assumed, and if time may stop."""
    locked = [LOCKED.format(state=state) for router in routers if (state := time_lock(router)) is not None]
    return (*installed.notes(), *dict.fromkeys(locked))


def plan_check(installed: Installation[ScenarioFile], check: Check, built: dict[str, Router]) -> PlannedCheck:
    """One check under each cause that it has to be made under. Raises ScenarioError if the claim says nothing here.

    `built` has the routers that are there already, by fault: each is built once for all checks.
    """
    source = installed.scenario.source
    try:
        for fault in installed.causes(check):
            if fault.name not in built:
                built[fault.name] = installed.router(fault)
        variants = tuple(
            variant(installed, check.claim, fault, built[fault.name], bound=check.bound, of=check.of)
            for fault in installed.causes(check)
        )
    except InputError as refused:
        raise ScenarioError(((Place(source, check.line), str(refused)),)) from refused
    notes = dict.fromkeys(note for one in variants for note in one.notes)
    suspects = tuple(installed.suspects(check))
    return PlannedCheck(source, check.line, variants[0].claim.name, check.expect, variants, tuple(notes), suspects=suspects)


def variant(
    installed: Installation[ScenarioFile],
    claim: str,
    fault: Fault,
    router: Router | None = None,
    *,
    bound: int | None = None,
    of: str | None = None,
) -> Variant:
    """`claim` about the router that is installed, with `fault` in it; about many routers if the file stands for many.

    `router` is that router, if it has been built already; `bound` is that of a claim about time; `of` is the line or the class of
    traffic that the claim is about, None for all.
    """
    match installed.many(fault):
        case EveryTable() as every:
            return about_every_table(
                every, fault, partial(_about, claim=claim, bound=bound, of=of), comparing=claim == interference.NAME
            )
        case WholeFile() as whole:
            return _about_whole_file(whole, _about(router or installed.router(fault), claim, of=of), fault)
        case None:
            return _about(router or installed.router(fault), claim, bound, of)


def _about(router: Router, claim: str, bound: int | None = None, of: str | None = None) -> OneSystem:
    observed = claim_about(router, claim, bound, of)
    of_the_model = {variable.name for variable in router.system.variables}
    watching = tuple(variable.name for variable in observed.system.variables if variable.name not in of_the_model)
    return OneSystem(
        router.fault.name,
        observed.system,
        observed.claim,
        () if observed.copies else watching,
        copies=observed.copies,
        notes=observed.notes,
        hints=observed.hints,
    )


def about_every_table(
    every: EveryTable, fault: Fault, about: Callable[[Router], OneSystem], *, comparing: bool = False
) -> ManySystems:
    """What is asked `about` a router, asked of every table: of the summary of all, and of the tables, small ones first.

    The summary can do more than the tables if there is a fault. If it is `comparing` a table with the same one without an entry,
    there has to be one. With clocks the smallest table is searched deeply too: what takes long takes many steps.
    """
    tried: dict[OneSystem, str] = {}

    def of_size(size: int) -> list[OneSystem]:
        made = {
            about(router): table for router, table in every.of_size(size) if not comparing or interference.says_something(router)
        }
        tried.update(made)
        return list(made)

    sample = about(every.sample)
    return ManySystems(
        fault.name,
        summary=_summary_compared(every) if comparing else _summary_of_every_table(every, about),
        of=of_size,
        called=lambda one: tried.get(one, ""),
        kind=every.kind,
        sample=sample,
        thorough=every.sample.unit is not None,
        scope=f"{every.scope}{interference.EVERY_TABLE if comparing else ''}",
        smallest=1 if comparing else 0,
        lacking=interference.NOT_EVERY_TABLE if comparing and fault.is_none else "",
        notes=(interference.own_traffic(every.sample.words),) if comparing else sample.notes,
    )


def _summary_compared(every: EveryTable) -> Summary | None:
    """What stands for every table with an entry and without it; None if nothing does."""
    beside = every.beside()
    if beside is None:
        return None
    found = interference.of_every_table(beside)
    return Summary(found.system, found.claim, found.obligations)


def _summary_of_every_table(every: EveryTable, about: Callable[[Router], OneSystem]) -> Summary | None:
    """What stands for every table, with the claim about it; None if a proof says too little."""
    stands_for_all = every.summary()
    if stands_for_all is None:
        return None
    family, router = stands_for_all
    return _summary_of(family, about(router))


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
