"""The Exchange Server 5.5 Internet Mail Service as a dial-on-demand router: its routes, queues, lines, dialler and service.

Source: `docs/domain.md` lists the articles part by part. Entries of the E-Mail Domain list that are added while the service
runs take effect at its next start (Q201127, Q258203, Q259531, Q279324).
Left out: time (delays of any length are among the runs), the schedule, retrieval of mail (ETRN sent by the service itself),
inbound mail. Each of them can only make the line dial for further reasons, or later; the claims are about waiting outbound mail.
A start of the service ends every call: that the product closes its connections when it stops is an inference.
"""

from dataclasses import dataclass

import z3

from dialproof.system import Action, Fairness, System
from dialproof.variables import StateVariable
from model import dialler, queues
from model.faults import Fault, Table
from model.lines import Line, call_outcomes, line
from model.routes import Method, Route, route
from model.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Connector:
    """The composed system with its parts, so that claims can speak of routes and lines."""

    system: System
    routes: tuple[Route, ...]
    lines: tuple[Line, ...]
    fault: Fault

    @property
    def default(self) -> Route:
        """The default route."""
        return self.routes[0]

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


def build(scenario: Scenario, fault: Fault) -> Connector:
    """The connector that `scenario` describes, with `fault` in it."""
    routes = _routes(scenario)
    lines = tuple(
        line(name, f"modem {link.modem}" if link.modem else f"the modem of {name}")
        for name, link in scenario.links.items()
        if link.kind == "ras"
    )
    table = Table(routes, lines)
    actions = [
        Action("pass_time", guard=z3.BoolVal(True), updates={}, actor="environment", says="time passes, and nothing happens"),
        *_traffic(scenario, table, fault),
        *_calls(scenario, table, fault),
        *_service(table),
    ]
    variables: list[StateVariable] = [one.state for one in lines]
    variables += [variable for one in routes for variable in one.variables]
    init = z3.And([one.is_down for one in lines] + [one.initially for one in routes])
    name = scenario.title or "Internet Mail Service"
    return Connector(System(name, variables, init, actions), routes, lines, fault)


def plain(rule: z3.BoolRef) -> z3.BoolRef:
    """`rule` with what the table has already decided worked out, so that a fault that changes nothing is no difference."""
    # Sorted would mean: in the order in which this process first met the terms, and a certificate's text would depend on it.
    simplified = z3.simplify(rule, sort_disjunctions=False)
    assert isinstance(simplified, z3.BoolRef)
    return simplified


def _routes(scenario: Scenario) -> tuple[Route, ...]:
    capacity = scenario.connector.queue_capacity
    default = scenario.default
    made = [route("default", None, Method(default.deliver), default.link, capacity=capacity)]
    taken = {"default"}
    for entry in scenario.entries:
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


def _traffic(scenario: Scenario, table: Table, fault: Fault) -> list[Action]:
    """Mail comes and goes."""
    delivery = Fairness.STRONG if scenario.environment.delivery_eventually_succeeds else Fairness.WEAK
    lines = {one.name: one for one in table.lines}
    actions = []
    for one in table.routes:
        up = lines[one.link].is_up if one.link in lines else z3.BoolVal(True)
        actions += queues.arrivals(one) + queues.departures(one, up, delivery=delivery)
        hopeless = z3.BoolVal(False) if fault.gives_up is None else plain(fault.gives_up(table))
        if one.link in lines and not z3.is_false(hopeless):
            actions.append(queues.returned(one, z3.And(hopeless, z3.Not(up))))
    return actions


def _calls(scenario: Scenario, table: Table, fault: Fault) -> list[Action]:
    """The dialler and the outcome of its calls."""
    environment = scenario.environment
    dialling = Fairness.STRONG if scenario.dialling.fairness == "strong" else Fairness.WEAK
    success = Fairness.STRONG if environment.call_eventually_succeeds else Fairness.NONE
    end = Fairness.WEAK if environment.calls_eventually_end else Fairness.NONE
    actions = []
    for one in table.lines:
        actions.append(dialler.dial(one, table.lines, plain(fault.trigger(table, one)), dialling))
        actions += call_outcomes(one, success=success, end=end)
        actions += dialler.releases(one, table.routes)
    return actions


def _service(table: Table) -> list[Action]:
    """The administrator restarts the service, which loads the table, and adds the entries that were not there from the start."""
    later = [one for one in table.routes if one.configured is not None and one.loaded is not None]
    restart: dict[StateVariable, z3.ExprRef] = {one.state: one.state.down for one in table.lines}
    restart |= {one.loaded: one.configured for one in later if one.loaded is not None and one.configured is not None}
    actions = [
        Action(
            "restart_service",
            guard=z3.BoolVal(True),
            updates=restart,
            actor="administrator",
            says="the service is restarted" + (" and loads the table" if later else ""),
            source="Q201127, Q258203, Q259531, Q279324",
        )
    ]
    for one in later:
        assert one.configured is not None
        actions.append(
            Action(
                f"add({one.name})",
                guard=z3.Not(one.configured),
                updates={one.configured: True},
                actor="administrator",
                says=f"the administrator adds the entry {one.name}",
                source="Q230051",
            )
        )
    return actions
