"""A whole routing table from a file, as a family: of each class of rows the last one as it is, and any number of others.

What is proved of the family holds of the table, which is one system of it. A class is what the model can tell apart: method and
link (`model.products.exchange_ims.table_file`). Faults that look at the last row of the table, or at the last one that is not
held for ETRN, look at rows that are the last of their class; any other rule of the dialler asks of a class only whether mail
waits for it, or whether it is there at all. So in the place of a class's other rows the rules read one route whose queue holds
what waits for all of them, and say the same (a test compares them with the rules of the table written out, for every fault). Mail
may come for every row, also for those to which lookup never comes: a proof does not rest on what lookup does with repeated
entries.
"""

from dataclasses import replace

import z3

from dialproof.core.family import Component, Family, total_of
from dialproof.core.variables import StateVariable
from model.fault import Fault
from model.parts.routes import Route
from model.products.exchange_ims.compose import entry_route, lines_of, routes_of, service
from model.products.exchange_ims.mail import traffic
from model.products.exchange_ims.methods import Method
from model.products.exchange_ims.scenario import Scenario
from model.products.exchange_ims.service_rules import rules_with
from model.products.exchange_ims.table_file import RowClass
from model.products.exchange_ims.words import WORDS
from model.router import Others, Router, calls, pass_time, remembering
from model.rules import Rules, Situation
from model.scenario import promises_of


def whole_file(scenario: Scenario, fault: Fault) -> tuple[Family, Router]:
    """The family of `scenario`, which has a file, with `fault`; and its summary as a connector."""
    assert scenario.table is not None
    lines = lines_of(scenario)
    crowds = [_crowd(scenario, kind) for kind in scenario.table.classes if kind.rows > 1]
    singles = [replace(one, gets_mail=True) for one in routes_of(scenario, scenario.singles)]
    default, *others = singles
    in_all = [replace(one, waiting=total_of(one.name)) for one in crowds]
    now, rules = Situation((default, *in_all, *others), lines), rules_with(scenario, fault, singles)
    remembered = rules.state(lines)
    core = [
        pass_time(),
        *(action for one in singles for action in traffic(scenario, one, now, rules)),
        *calls(now, rules, promises_of(scenario.dialling, scenario.environment)),
        *service(Situation(tuple(singles), lines)),
    ]
    components = [_component(one, scenario, now, rules) for one in crowds]
    variables: list[StateVariable] = [one.state for one in lines]
    variables += [variable for one in singles for variable in one.variables]
    variables += [one.variable for one in remembered]
    init = z3.And([one.is_down for one in lines] + [one.initially for one in singles] + [one.initially for one in remembered])
    name = scenario.title or "Internet Mail Service"
    family = Family(name, tuple(variables), init, tuple(remembering(core, now, rules)), tuple(components))
    rest = tuple(Others(one.link, component.rest) for one, component in zip(crowds, components, strict=True))
    return family, Router(WORDS, family.summary, (*singles, *crowds), lines, fault, rest)


def _crowd(scenario: Scenario, kind: RowClass) -> Route:
    """Any row of a class but the last, as a route."""
    way = {"host": "to a host over", "dns": "by DNS over", "etrn": "held for ETRN"}[kind.deliver]
    what = "a row" if kind.gets_mail else "a further row"
    name = f"{what} {way} {kind.link}" if kind.link else f"{what} {way}"
    return entry_route(name, name, Method(kind.deliver), kind.link, scenario.queue_capacity, later=False)


def _component(entry: Route, scenario: Scenario, now: Situation, rules: Rules) -> Component:
    return Component(
        name=entry.name,
        others=entry.name.replace("a row", "other rows").replace("a further row", "other further rows"),
        variables=entry.variables,
        init=entry.initially,
        actions=tuple(remembering(traffic(scenario, entry, now, rules), now, rules)),
        weight=entry.waiting,
        dormant={entry.waiting.variable.name: 0},
        moved={},
    )
