"""The Exchange Server 5.5 Internet Mail Service as a dial-on-demand router: its routes, queues, lines, dialler and service.

Source: `docs/domain.md` lists the articles part by part. Entries of the E-Mail Domain list that are added while the service
runs take effect at its next start (Q201127, Q258203, Q259531, Q279324).
Left out: time (delays of any length are among the runs), the schedule, retrieval of mail (ETRN sent by the service itself),
inbound mail. Each of them can only make the line dial for further reasons, or later; the claims are about waiting outbound mail.
A start of the service ends every call: that the product closes its connections when it stops is an inference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import z3

from dialproof.core.system import Action, Fairness, System
from dialproof.core.variables import Integer, StateVariable
from model.faults import Fault, Table
from model.parts import queues
from model.parts import triggers as dialler
from model.parts.lines import Line, call_outcomes, line
from model.parts.promises import Promise
from model.parts.routes import Method, Route, route
from model.products.exchange_ims.scenario import EmailDomain, Scenario


@dataclass(frozen=True, eq=False)
class Others:
    """Routes that are not told apart: those over `link` (None: held for ETRN), for which `waiting` messages wait in all."""

    link: str | None
    waiting: Integer


@dataclass(frozen=True, eq=False)
class Connector:
    """The composed system with its parts, so that claims can speak of routes and lines.

    `others` are routes that it has besides and that no claim can speak of one by one (`model.products.exchange_ims.any_table`).
    `scenario` is what it was composed from; None where it stands for many connectors.
    """

    system: System
    routes: tuple[Route, ...]
    lines: tuple[Line, ...]
    fault: Fault
    others: tuple[Others, ...] = ()
    scenario: Scenario | None = None

    @property
    def default(self) -> Route:
        """The default route."""
        return self.routes[0]

    @property
    def entries(self) -> tuple[Route, ...]:
        """The other routes: the entries of the E-Mail Domain list."""
        return self.routes[1:]

    @property
    def default_line(self) -> Line | None:
        """The line of the default route; None where it goes over the LAN."""
        return next((line for line in self.lines if line.name == self.default.link), None)

    @property
    def table_is_complete(self) -> z3.BoolRef:
        """That every entry of the scenario is in force: "from the change on"."""
        flags = [route.in_force for route in self.routes if route.loaded is not None]
        return z3.And(flags) if flags else z3.BoolVal(True)

    def over(self, line: Line) -> list[Route]:
        """The routes that use `line`."""
        return [route for route in self.routes if route.link == line.name]

    def wanted(self, line: Line) -> z3.BoolRef:
        """That a message waits for a route over `line`."""
        more = [others.waiting > 0 for others in self.others if others.link == line.name]
        known = dialler.wanted(self.routes, line)
        return z3.Or(known, *more) if more else known

    @property
    def queued(self) -> z3.ArithRef:
        """How many messages wait, for whatever route."""
        return z3.Sum([*(route.waiting for route in self.routes), *(others.waiting for others in self.others)])


def build(scenario: Scenario, fault: Fault) -> Connector:
    """The connector that `scenario` describes, with `fault` in it."""
    return composed(scenario, routes_of(scenario, scenario.entries), fault)


def composed(scenario: Scenario, routes: Sequence[Route], fault: Fault, *, constants: Sequence[StateVariable] = ()) -> Connector:
    """The connector with the links of `scenario` and with `routes`, the default route first, with `fault` in it.

    `constants` are what the conditions speak of under which routes are there (`Route.there`).
    """
    routes = tuple(routes)
    lines = lines_of(scenario)
    table = Table(routes, lines)
    triggers, demands, hopeless = rules_of(table, fault)
    actions = [
        pass_time(),
        *(action for one in routes for action in traffic(scenario, one, lines, hopeless)),
        *calls(scenario, lines, triggers, demands),
        *service(table),
    ]
    variables: list[StateVariable] = [*constants, *(one.state for one in lines)]
    variables += [variable for one in routes for variable in one.variables]
    init = z3.And([one.is_down for one in lines] + [one.initially for one in routes])
    name = scenario.title or "Internet Mail Service"
    return Connector(System(name, variables, init, actions), routes, lines, fault, scenario=scenario)


def rules_of(table: Table, fault: Fault) -> tuple[dict[str, z3.BoolRef], dict[str, z3.BoolRef], z3.BoolRef]:
    """What makes each line of `table` dial, what keeps it from hanging up, and when mail for a dial route is given up."""
    triggers = {one.name: plain(fault.trigger(table, one)) for one in table.lines}
    demands = {one.name: dialler.wanted(table.routes, one) for one in table.lines}
    return triggers, demands, z3.BoolVal(False) if fault.gives_up is None else plain(fault.gives_up(table))


def lines_of(scenario: Scenario) -> tuple[Line, ...]:
    """The lines of the dial links, in the order of the file."""
    return tuple(
        line(name, f"modem {link.modem}" if link.modem else f"the modem of {name}")
        for name, link in scenario.links.items()
        if link.kind == "ras"
    )


def pass_time() -> Action:
    """What is always possible."""
    return Action("pass_time", guard=z3.BoolVal(True), updates={}, actor="environment", says="time passes, and nothing happens")


def plain(rule: z3.BoolRef) -> z3.BoolRef:
    """`rule` with what the table has already decided worked out, so that a fault that changes nothing is no difference."""
    # Sorted would mean: in the order in which this process first met the terms, and a certificate's text would depend on it.
    simplified = z3.simplify(rule, sort_disjunctions=False)
    assert isinstance(simplified, z3.BoolRef)
    return simplified


def default_route(scenario: Scenario) -> Route:
    """The default route, by the Connections tab."""
    default = scenario.default
    return route("default", None, Method(default.deliver), default.link, capacity=scenario.queue_capacity)


def routes_of(scenario: Scenario, entries: Sequence[EmailDomain]) -> tuple[Route, ...]:
    """The default route, and a route for each of `entries`."""
    capacity = scenario.queue_capacity
    made = [default_route(scenario)]
    taken = {"default"}
    for entry in entries:
        name = entry.domain if entry.host is None or entry.domain not in taken else f"{entry.domain} via {entry.host}"
        if entry.file:  # where it stands finds it among a million rows, and no two of them are called the same
            name = f"{entry.domain} (file line {entry.line})"
        if name in taken:
            name = f"{name} (line {entry.line})"
        taken.add(name)
        later = entry.added == "while-running"
        kind = Method(entry.deliver)
        made.append(
            route(name, entry.domain, kind, entry.link, capacity=capacity, added_while_running=later, gets_mail=entry.gets_mail)
        )
    return tuple(made)


def traffic(scenario: Scenario, one: Route, lines: Sequence[Line], hopeless: z3.BoolRef) -> list[Action]:
    """Mail for a route comes and goes; where it is `hopeless`, mail for a dial route is returned while the line is not up."""
    line = next((line for line in lines if line.name == one.link), None)
    up = z3.BoolVal(True) if line is None else line.is_up
    actions = queues.arrivals(one) + queues.departures(one, up, delivery=delivery(scenario))
    if line is not None and not z3.is_false(hopeless):
        actions.append(queues.returned(one, z3.And(hopeless, z3.Not(up))))
    return actions


def delivery(scenario: Scenario) -> Promise:
    """What is promised of deliveries over a link that is up."""
    if scenario.environment.delivery_eventually_succeeds:
        return Promise(Fairness.STRONG, "delivery_eventually_succeeds")
    return Promise(Fairness.WEAK)


def calls(
    scenario: Scenario, lines: Sequence[Line], triggers: Mapping[str, z3.BoolRef], demands: Mapping[str, z3.BoolRef]
) -> list[Action]:
    """The dialler and the outcome of its calls: what makes it dial each line, and what keeps it from hanging up, by line."""
    environment = scenario.environment
    strong = scenario.dialling.fairness == "strong"
    dialling = Promise(Fairness.STRONG, "dialling.fairness") if strong else Promise(Fairness.WEAK)
    nothing = Promise(Fairness.NONE)
    success = Promise(Fairness.STRONG, "call_eventually_succeeds") if environment.call_eventually_succeeds else nothing
    end = Promise(Fairness.WEAK, "calls_eventually_end") if environment.calls_eventually_end else nothing
    actions = []
    for one in lines:
        actions.append(dialler.dial(one, lines, triggers[one.name], dialling))
        actions += call_outcomes(one, success=success, end=end)
        actions += dialler.releases(one, demands[one.name])
    return actions


def service(table: Table) -> list[Action]:
    """The administrator restarts the service, which loads the table, and adds the entries that were not there from the start."""
    later = [one for one in table.routes if one.configured is not None and one.loaded is not None]
    loaded: dict[StateVariable, z3.ExprRef] = {}
    for one in later:
        assert one.configured is not None
        assert one.loaded is not None
        loaded[one.loaded] = one.configured
    return [restart(table.lines, loaded, loads_table=bool(later)), *(add(one) for one in later)]


def restart(lines: Sequence[Line], loaded: Mapping[StateVariable, z3.ExprRef], *, loads_table: bool) -> Action:
    """The service is restarted: every call ends, and what is configured is `loaded`."""
    updates: dict[StateVariable, z3.ExprRef] = {one.state: one.state.down for one in lines}
    return Action(
        "restart_service",
        guard=z3.BoolVal(True),
        updates={**updates, **loaded},
        actor="administrator",
        says="the service is restarted" + (" and loads the table" if loads_table else ""),
        source="Q201127, Q258203, Q259531, Q279324",
    )


def add(route: Route) -> Action:
    """The administrator adds the entry of `route`."""
    assert route.configured is not None
    return Action(
        f"add({route.name})",
        guard=z3.Not(route.configured) if route.there is None else z3.And(route.there, z3.Not(route.configured)),
        updates={route.configured: True},
        actor="administrator",
        says=f"the administrator adds the entry {route.name}",
        source="Q230051",
    )
