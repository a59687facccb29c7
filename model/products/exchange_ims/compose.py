"""The Exchange Server 5.5 Internet Mail Service as a dial-on-demand router: its routes, queues, lines, dialler and service.

Source: `docs/domain.md` lists the articles part by part. Entries of the E-Mail Domain list that are added while the service
runs take effect at its next start (Q201127, Q258203, Q259531, Q279324).
Left out: times that a scenario does not give (delays of any length are among the runs), and retrieval of mail if it does not
say how: it comes with calls that are made anyway. The message time-out (48 h by default, Q184051), unless a scenario gives it:
an untimed model cannot tell 48 hours from a moment, and mail that expires at once would make every claim about waiting mail false
for no reason of the dialler's.
A start of the service ends every call: that the product closes its connections when it stops is an inference.
"""

from collections.abc import Mapping, Sequence

import z3

from dialproof.core.actions import Action
from dialproof.core.variables import StateVariable
from model.events import Event, happening
from model.fault import Fault
from model.parts import queues
from model.parts.lines import Line, line
from model.parts.ports import ports_of, taking
from model.parts.reloads import reload
from model.parts.routes import Route, route
from model.parts.stops import and_starts, stops
from model.products.exchange_ims.mail import deliveries_due, runs, traffic
from model.products.exchange_ims.methods import Method
from model.products.exchange_ims.other_end import remote_queues, retrieval_of
from model.products.exchange_ims.ras import CallTimes, ras
from model.products.exchange_ims.scenario import EmailDomain, Scenario
from model.products.exchange_ims.service_rules import calendar_of, rules_with, schedule_of
from model.products.exchange_ims.words import WORDS
from model.router import Router, assembled, calls, passing
from model.rules import Situation, all_of, plain
from model.scenario import promises_of


def build(scenario: Scenario, fault: Fault) -> Router:
    """The connector that `scenario` describes, with `fault` in it."""
    return composed(scenario, routes_of(scenario, scenario.entries), fault)


def composed(scenario: Scenario, routes: Sequence[Route], fault: Fault, *, constants: Sequence[StateVariable] = ()) -> Router:
    """The connector with the links of `scenario` and with `routes`, the default route first, with `fault` in it.

    `constants` are what the conditions speak of under which routes are there (`Route.there`).
    """
    now, rules = Situation(tuple(routes), lines_of(scenario)), rules_with(scenario, fault, routes)
    scheduled_actions, scheduled_due = schedule_of(scenario, now)
    remote = remote_queues(scenario)
    retrieves, retrieval_due = retrieval_of(scenario, remote, now)
    ends = [queues.expired(one, plain(all_of([rules.expires(now, one), *runs(scenario)]))) for one in now.routes if one.ages]
    actions = [
        *scheduled_actions,
        *retrieves,
        *(taking(now.lines, scenario.environment.giving_back) if scenario.environment.port != "free" else ()),
        *(action for action, _ in ends),
        *(action for one in now.routes for action in traffic(scenario, one, now, rules)),
        *calls(now, rules, promises_of(scenario.dialling, scenario.environment)),
        *administration(scenario, now),
    ]

    def with_routes(others: Sequence[Route], constants: Sequence[StateVariable] = ()) -> Router:
        return composed(scenario, others, fault, constants=constants)

    return assembled(
        scenario.title or "Internet Mail Service",
        WORDS,
        fault,
        now,
        rules,
        passing(
            now,
            rules,
            scenario.unit,
            [*scheduled_due, *retrieval_due, *deliveries_due(scenario, now), *(due for _, due in ends)],
        ),
        actions,
        constants=constants,
        with_routes=with_routes,
        remote=remote,
        ports=ports_of(now.lines) if scenario.environment.port != "free" else (),
    )


def call_times(scenario: Scenario) -> CallTimes | None:
    """The times of a call, in units; None if time is not counted."""
    dialling, unit = scenario.dialling, scenario.unit
    if unit is None:
        return None
    return CallTimes(
        unit.of(dialling.attempt),
        unit.of(dialling.idle_timeout) if dialling.idle_timeout else None,
        is_answered_in_time=scenario.environment.most_failed_calls is not None,
    )


def lines_of(scenario: Scenario) -> tuple[Line, ...]:
    """The lines of the dial links, in the order of the file."""
    return tuple(
        line(
            name,
            f"modem {link.modem}" if link.modem else f"the modem of {name}",
            ras(call_times(scenario), drops=scenario.environment.drops, port_is_free=scenario.environment.port == "free"),
        )
        for name, link in scenario.links.items()
        if link.kind == "ras"
    )


def default_route(scenario: Scenario, priority: str = "", expires_after: int = 0) -> Route:
    """The default route, by the Connections tab, for mail of a `priority`."""
    default = scenario.default
    return route(
        "default",
        None,
        Method(default.deliver),
        default.link,
        words=WORDS,
        capacity=scenario.queue_capacity,
        expires_after=expires_after,
        priority=priority,
    )


def timeouts(scenario: Scenario) -> Mapping[str, int]:
    """The message time-outs by priority, in units; 0 if there is none."""
    unit = scenario.unit
    return {"": 0} if unit is None else {one: unit.of(time) for one, time in scenario.connector.timeouts.items()} or {"": 0}


def routes_of(scenario: Scenario, entries: Sequence[EmailDomain]) -> tuple[Route, ...]:
    """The default route, and a route for each of `entries`; each for every priority that mail is told apart by."""
    by_priority = timeouts(scenario)
    made = [default_route(scenario, priority, time) for priority, time in by_priority.items()]
    taken = {"default"}
    for entry in entries:
        name = entry.domain if entry.host is None or entry.domain not in taken else f"{entry.domain} via {entry.host}"
        if entry.file:  # where it stands finds it among a million rows, and no two of them are called the same
            name = f"{entry.domain} (file line {entry.line})"
        if name in taken:
            name = f"{name} (line {entry.line})"
        taken.add(name)
        made += [
            entry_route(
                name,
                entry.domain,
                Method(entry.deliver),
                entry.link,
                scenario.queue_capacity,
                later=entry.added == "while-running",
                gets_mail=entry.gets_mail,
                expires_after=time,
                priority=priority,
            )
            for priority, time in by_priority.items()
        ]
    return tuple(made)


def entry_route(
    name: str,
    pattern: str,
    method: Method,
    link: str | None,
    capacity: int | None,
    *,
    later: bool,
    gets_mail: bool = True,
    expires_after: int = 0,
    priority: str = "",
) -> Route:
    """The route of an entry, which an administrator adds `later` or which is there from the start."""
    return route(
        name,
        pattern,
        method,
        link,
        words=WORDS,
        capacity=capacity,
        added_while_running=later,
        gets_mail=gets_mail,
        is_collected=method is Method.ETRN,
        expires_after=expires_after,
        priority=priority,
    )


def administration(scenario: Scenario, now: Situation) -> list[Action]:
    """What the administrator does to the service: as `service`, and stops it if the scenario says so; nothing if it says that."""
    if not scenario.environment.restarts:
        return []
    restarting, *adding = service(now)
    calendar = calendar_of(scenario)
    reloads = [] if calendar is None or calendar.after_reload is None else [reload(restarting, calendar)]
    if scenario.environment.stops == "never":
        return [restarting, *reloads, *adding]
    return [*stops(now.lines, restarting, scenario.environment.starting), *map(and_starts, reloads), *adding]


def service(now: Situation) -> list[Action]:
    """The administrator restarts the service, which loads the table, and adds the entries that were not there from the start."""
    later = [one for one in now.routes if one.configured is not None and one.loaded is not None]
    loaded: dict[StateVariable, z3.ExprRef] = {}
    for one in later:
        assert one.configured is not None
        assert one.loaded is not None
        loaded[one.loaded] = one.configured
    return [restart(now.lines, loaded, loads_table=bool(later)), *(add(one) for one in later)]


def restart(lines: Sequence[Line], loaded: Mapping[StateVariable, z3.ExprRef], *, loads_table: bool) -> Action:
    """The service is restarted: every call ends, and what is configured is `loaded`."""
    updates: dict[StateVariable, z3.ExprRef] = {one.state: one.state.down for one in lines}
    return happening(
        Event.RESTART,
        guard=z3.BoolVal(True),
        updates={**updates, **loaded},
        actor="administrator",
        says="the service is restarted" + (" and loads the table" if loads_table else ""),
        source="Q201127, Q258203, Q259531, Q279324",
    )


def add(route: Route) -> Action:
    """The administrator adds the entry of `route`."""
    assert route.configured is not None
    return happening(
        Event.ADD,
        route.name,
        guard=z3.Not(route.configured) if route.there is None else z3.And(route.there, z3.Not(route.configured)),
        updates={route.configured: True},
        actor="administrator",
        says=f"the administrator adds the entry {route.name}",
        source="Q230051",
    )
