"""Every routing table: a connector with any number of entries that come and go, and queues without bound.

An entry goes over one of the links, or is held for ETRN; whether mail goes to a host or by DNS makes no difference to the
correct dialler, and which domain the entry is for makes none to anybody. An entry may be there from the start or be added, it may
be removed; each takes effect at the next start of the service (Q201127, Q258203, Q259531, Q279324). Mail that waits for an
entry that was removed goes on waiting for the same link. So each table of each scenario is one of the family (a test compares
them), and its entries stay for ever in those runs in which nobody removes them.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.family import Component, Family, total_of
from dialproof.core.variables import StateVariable
from model.events import Event, called, happening
from model.fault import Fault
from model.parts.lines import Line
from model.parts.routes import Route
from model.products.exchange_ims.compose import (
    add,
    default_route,
    entry_route,
    lines_of,
    restart,
)
from model.products.exchange_ims.mail import traffic
from model.products.exchange_ims.methods import Method
from model.products.exchange_ims.scenario import EmailDomain, Scenario
from model.products.exchange_ims.service_rules import configured, schedule_of
from model.products.exchange_ims.words import WORDS
from model.router import Others, Passing, Router, calls, passing, remembering
from model.rules import Rules, Situation, correct, wanted
from model.scenario import promises_of

LARGEST = 2
"""The most entries of the tables that are tried one by one."""

Added = Literal["at-start", "while-running"]
"""When an entry is there: `EmailDomain.added`."""

LOOSE = (Event.DIAL, Event.RETURN)
"""The events that a fault changes."""

MORE_OFTEN = (*LOOSE, Event.ELAPSE)
"""The events that are possible more often in the family of a fault: time passes although a faulty dialler ought to dial."""

_NAME = "example"

MANY = 150
"""A size of which there are more tables than this is not tried."""


def family(scenario: Scenario, fault: Fault, extra: Sequence[Route] = ()) -> Family:
    """The connectors with the links and the default route of `scenario`, with `fault`, and any entries; and with `extra` ones.

    The extra entries are told apart from all others. They come and go like those.

    What a fault makes of the dialler depends on the table in ways that no sum tells. So with one the family can do more than
    its connectors: the line may be dialled, or not, whenever the correct rule says so, time may pass although a call is due, and
    mail may be returned at any time. What never happens there happens in none of them. `fault` must be one of which that is so
    (`stands_for_all`).
    """
    assert stands_for_all(fault)
    return _composed(scenario, fault, extra).family


@dataclass(frozen=True, eq=False)
class _Composed:
    """A family with what it was made from: the rules see each entry in `now` with the mail that waits for all of its kind."""

    family: Family
    entries: Sequence[Route]
    now: Situation
    rules: Rules
    time: Passing


def _composed(scenario: Scenario, fault: Fault, extra: Sequence[Route] = ()) -> _Composed:
    """The family of `scenario` with `fault` and the `extra` entries."""
    lines = tuple(line if fault.is_none else _never_due(line) for line in lines_of(scenario))
    default = default_route(scenario)
    entries = _entries(scenario)
    now = Situation((default, *extra, *(replace(one, waiting=total_of(one.name)) for one in entries)), lines)
    rules = _rules(scenario, fault, now, [default, *extra])
    scheduled, due = schedule_of(scenario, now)
    time = passing(now, rules, scenario.unit, due)
    core = [
        time.action,
        *scheduled,
        *traffic(scenario, default, now, rules),
        *calls(now, rules, promises_of(scenario.dialling, scenario.environment)),
        *([restart(lines, _loaded(extra), loads_table=True)] if scenario.environment.restarts else []),
        *(action for one in extra for action in _life(scenario, one, now, rules)),
    ]
    members = [_life(scenario, entry, now, rules) for entry in entries]
    core, *members = ([_loosened(action, fault) for action in remembering(actions, now, rules)] for actions in (core, *members))
    components = [_component(scenario, entry, actions) for entry, actions in zip(entries, members, strict=True)]
    loose = [
        action.name for actions in (core, *members) for action in actions if not fault.is_none and action.event in MORE_OFTEN
    ]
    remembered, clocks = rules.state(lines), [clock for line in lines for clock in line.clocks]
    variables: list[StateVariable] = [*(line.state for line in lines), default.waiting]
    variables += [variable for one in extra for variable in one.variables]
    variables += [*(one.variable for one in remembered), *clocks]
    init = z3.And(
        [line.is_down for line in lines]
        + [one.initially for one in (default, *extra)]
        + [one.initially for one in remembered]
        + [clock == 0 for clock in clocks]
    )
    name = scenario.title or "Internet Mail Service"
    made = Family(name, tuple(variables), init, tuple(core), tuple(components), frozenset(loose), time.assumptions)
    return _Composed(made, entries, now, rules, time)


def _rules(scenario: Scenario, fault: Fault, now: Situation, told_apart: Sequence[Route]) -> Rules:
    """The correct rules, which see the mail of all entries over a link as one number; a fault may return mail at any time."""
    known = Situation(tuple(told_apart), now.lines)
    demands = {
        line.name: z3.Or([wanted(known, line)] + [one.has_mail for one in now.over(line) if one not in told_apart])
        for line in now.lines
    }
    hopeless = z3.BoolVal(Event.RETURN in fault.changes)

    def demanded(_now: Situation, line: Line) -> z3.BoolRef:
        return demands[line.name]

    rules = replace(correct(), dials=demanded, holds=demanded, gives_up=lambda _now, _route: hopeless)
    return configured(scenario, rules, told_apart)


def _never_due(line: Line) -> Line:
    """The same line, which a faulty dialler may dial late, or never, whatever the clocks show."""
    steps = (replace(step, latest=None) if step.event in LOOSE else step for step in line.kind.steps)
    return replace(line, kind=replace(line.kind, steps=tuple(steps)))


def stands_for_all(fault: Fault) -> bool:
    """True if the family can do what every connector with `fault` can do: it narrows the dial rule, and changes nothing else."""
    return fault.narrows and fault.changes <= set(LOOSE)


def extra_entries(scenario: Scenario) -> list[Route]:
    """An entry of each sort that uses no line, called apart from all others."""
    names = {name: f"that one over {name}" for name, link in scenario.links.items() if link.kind == "lan"}
    made = [_entry(name, Method.DNS, link) for link, name in names.items()]
    made.append(_entry("that one held for ETRN", Method.ETRN, None))
    return [replace(one, removable=True) for one in made]


def _loaded(entries: Sequence[Route]) -> dict[StateVariable, z3.ExprRef]:
    """What a start of the service does to `entries`."""
    loaded: dict[StateVariable, z3.ExprRef] = {}
    for one in entries:
        assert one.configured is not None
        assert one.loaded is not None
        loaded[one.loaded] = one.configured
    return loaded


def summary(scenario: Scenario, fault: Fault) -> tuple[Family, Router]:
    """The family of `scenario`, and what stands for all of it as a connector: one entry over each link, and all the others."""
    made = _composed(scenario, fault)
    others = [Others(one.link, component.rest) for one, component in zip(made.entries, made.family.components, strict=True)]
    rules = made.rules.worked_out()
    router = Router(
        WORDS,
        made.family.summary,
        (default_route(scenario), *made.entries),
        made.now.lines,
        fault,
        tuple(others),
        unit=made.time.unit,
        clocks=made.time.clocks,
        besides={line.name: rules.besides(made.now, line) for line in made.now.lines},
    )
    return made.family, router


def tables(scenario: Scenario, size: int) -> Iterator[tuple[EmailDomain, ...]]:
    """Every table with so many entries, but for the names in it; none where there are too many of them, or it is too large."""
    added: tuple[Added, ...] = ("at-start", "while-running") if scenario.environment.restarts else ("at-start",)
    entries = [
        entry
        for when in added
        for link in scenario.links
        for entry in (
            EmailDomain(domain=_NAME, deliver="dns", link=link, added=when),
            EmailDomain(domain=_NAME, deliver="host", host="host.example", link=link, added=when),
        )
    ]
    entries += [EmailDomain(domain=_NAME, deliver="etrn", added=when) for when in added]
    if size > LARGEST or len(entries) ** size > MANY:
        return
    for chosen in itertools.product(entries, repeat=size):
        yield tuple(_named(entry, number) for number, entry in enumerate(chosen, start=1))


def sample(scenario: Scenario) -> tuple[EmailDomain, ...]:
    """A table in which all can happen: an entry over each link, and one held for ETRN, all added while running if that can be."""
    later: Added = "while-running" if scenario.environment.restarts else "at-start"
    entries = [EmailDomain(domain=_NAME, deliver="dns", link=link, added=later) for link in scenario.links]
    entries.append(EmailDomain(domain=_NAME, deliver="etrn", added=later))
    return tuple(_named(entry, number) for number, entry in enumerate(entries, start=1))


def described(table: tuple[EmailDomain, ...]) -> str:
    """A table in a few words."""
    if not table:
        return "the empty table"

    def way(entry: EmailDomain) -> str:
        sent = {"dns": f"by DNS over {entry.link}", "host": f"to a host over {entry.link}", "etrn": "held for ETRN"}
        return f"{entry.domain} {sent[entry.deliver]}, " + (
            "there from the start" if entry.added == "at-start" else "added while running"
        )

    return "; ".join(way(entry) for entry in table)


def _named(entry: EmailDomain, number: int) -> EmailDomain:
    return entry.model_copy(update={"domain": f"d{number}.{entry.domain}"})


def _entries(scenario: Scenario) -> list[Route]:
    """An entry of each sort, as a route: one for each link, and one that is held for ETRN."""
    made = [_entry(f"an entry over {link}", Method.DNS, link) for link in scenario.links]
    made.append(_entry("an entry held for ETRN", Method.ETRN, None))
    return [replace(one, removable=True) for one in made]


def _entry(name: str, method: Method, link: str | None) -> Route:
    return entry_route(name, name, method, link, None, later=True)


def _life(scenario: Scenario, entry: Route, now: Situation, rules: Rules) -> list[Action]:
    """What happens to an entry: its mail, and that it is added and removed, which takes effect at a restart if there is one."""
    changes = [add(entry), _remove(entry)] if scenario.environment.restarts else []
    return [*traffic(scenario, entry, now, rules), *changes]


def _component(scenario: Scenario, entry: Route, actions: Sequence[Action]) -> Component:
    assert entry.configured is not None
    assert entry.loaded is not None
    return Component(
        name=entry.name,
        others=entry.name.replace("an entry", "other entries"),
        variables=entry.variables,
        init=entry.initially,
        actions=tuple(actions),
        weight=entry.waiting,
        dormant={entry.waiting.variable.name: 0, entry.configured.variable.name: False, entry.loaded.variable.name: False},
        moved={called(Event.RESTART): {entry.loaded: entry.configured}} if scenario.environment.restarts else {},
    )


def _loosened(action: Action, fault: Fault) -> Action:
    return action if fault.is_none or action.event not in LOOSE else replace(action, fairness=Fairness.NONE)


def _remove(entry: Route) -> Action:
    assert entry.configured is not None
    return happening(
        Event.REMOVE,
        entry.name,
        guard=entry.configured,
        updates={entry.configured: False},
        actor="administrator",
        says=f"the administrator removes the entry {entry.name}",
        source="Q230051",
    )
