"""strongSwan as a router: a tunnel for each child, and traffic that asks for it.

Source: swanctl.opt, ike_sa.c, child_delete.c, trap_manager.c. A packet stands for somebody who goes on sending, until
one gets through.
Left out: what becomes of packets while no tunnel is there: they are dropped, or leave unprotected if no policy stops them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.errors import InputError
from dialproof.core.variables import Boolean, Integer, StateVariable, boolean, integer
from model.events import Event
from model.fault import Fault
from model.parts import queues
from model.parts.lines import Line, Promised, line
from model.parts.promises import Promise
from model.parts.routes import Route, route
from model.products.strongswan.child import tunnel_kind
from model.products.strongswan.scenario import Scenario, Tunnel
from model.products.strongswan.words import WORDS
from model.router import Router, activity, assembled, calls, passing
from model.rules import Reason, Remembered, Rules, Situation, Updates, both, correct, plain, wanted
from model.scenario import promises_of

STARTED = "because it is to be started"
"""Why a tunnel is initiated without traffic, to complete "a line is dialled"."""


def build(scenario: Scenario, fault: Fault) -> Router:
    """The tunnels that `scenario` describes, with `fault` in charon. Raises InputError if this end starts none."""
    tunnels = {one.name: one.effective for one in scenario.kinds}
    if not tunnels:
        raise InputError(
            f"{scenario.source}: no child has a start_action: this end starts no tunnel, and waits for the other one"
        )
    if scenario.unit is not None and scenario.attempt < 1:
        raise InputError(f"{scenario.source}: retransmissions end within a second, and the model counts in whole seconds")
    return composed(scenario, tunnels, _routes(tunnels), fault)


def composed(
    scenario: Scenario,
    tunnels: Mapping[str, Tunnel],
    routes: Sequence[Route],
    fault: Fault,
    *,
    constants: Sequence[StateVariable] = (),
) -> Router:
    """The `tunnels` of `scenario` with `routes`, with `fault` in charon.

    `constants` are what the conditions speak of under which routes are there (`Route.there`).
    """
    lines = tuple(
        line(name, f"the tunnel {name}", tunnel_kind(one, scenario.peer, scenario.unit, scenario.attempt))
        for name, one in tunnels.items()
    )
    now = Situation(tuple(routes), lines)
    rules = fault.rewrite(rules_of(tunnels))
    rules = (rules if scenario.unit is None else _active(rules)).worked_out()
    started = Promise(Fairness.WEAK, "restarted_when_gone") if scenario.environment.restarted_when_gone else queues.UNPROMISED
    promises = {**promises_of(scenario.dialling, scenario.environment), Promised.START: started}
    actions: list[Action] = []
    for one in now.routes:
        (own,) = [other for other in now.lines if other.name == one.link]
        actions += queues.arrivals(one)
        actions += queues.departures(one, own.is_up, delivery=scenario.environment.delivery)

    def with_routes(others: Sequence[Route], constants: Sequence[StateVariable] = ()) -> Router:
        return composed(scenario, tunnels, others, fault, constants=constants)

    return assembled(
        scenario.title or "strongSwan",
        WORDS,
        fault,
        now,
        rules,
        passing(now, rules, scenario.unit),
        [*actions, *calls(now, rules, promises)],
        constants=constants,
        with_routes=with_routes,
    )


def _routes(tunnels: Mapping[str, Tunnel]) -> tuple[Route, ...]:
    """Traffic for each tunnel: one packet stands for all of them, since the next one is like it."""
    return tuple(route(name, name, None, name, words=WORDS, capacity=1) for name in tunnels)


def to_start(name: str) -> Boolean:
    """The tunnel is to be started, whether traffic asks for it or not."""
    return boolean(f"to start {name}", says=f"{name} is to be started")


def trapped(name: str) -> Boolean:
    """A trap for the tunnel is installed, which was not there from the start."""
    return boolean(f"trapped {name}", says=f"a trap for {name} is installed")


def sequences(name: str, most: int) -> Integer:
    """How many sequences of retransmissions of an attempt were not answered."""
    return integer(f"sequences {name}", 0, most, says=f"sequences of retransmissions of {name} without an answer")


def is_trapped(tunnel: Tunnel) -> z3.BoolRef:
    """Traffic brings the tunnel up."""
    if "trap" in tunnel.child.start_action:
        return z3.BoolVal(True)
    return trapped(tunnel.name) if _traps_later(tunnel) else z3.BoolVal(False)


def _traps_later(tunnel: Tunnel) -> bool:
    later = (*tunnel.child.close_action, *tunnel.child.dpd_action)
    return "trap" not in tunnel.child.start_action and "trap" in later


def rules_of(tunnels: Mapping[str, Tunnel]) -> Rules:
    """When charon initiates a tunnel, and what it does when an attempt has failed or the tunnel has ended."""

    def dials(now: Situation, line: Line) -> z3.BoolRef:
        return both(is_trapped(tunnels[line.name]), wanted(now, line))

    def besides(_now: Situation, line: Line) -> Sequence[Reason]:
        return (Reason(to_start(line.name), (), STARTED),)

    def goes_on(_now: Situation, name: str) -> z3.BoolRef:
        return plain(z3.Or(is_trapped(tunnels[name]), to_start(name)))

    def is_over(now: Situation, name: str) -> z3.BoolRef:
        return plain(z3.Not(goes_on(now, name)))

    def after(_now: Situation, event: Event, name: str) -> Updates:
        if name not in tunnels:
            return {}
        child = tunnels[name].child
        match event:
            case Event.DIAL:
                return {to_start(name): z3.BoolVal(False)}
            case Event.NO_CARRIER:
                return _given_up(tunnels[name])
            case Event.ANSWER | Event.FAIL_LOGIN:
                most = tunnels[name].connection.keyingtries
                return {sequences(name, most): z3.IntVal(0)} if most > 1 else {}
            case Event.DROP_CALL:
                return _acted(tunnels[name], child.close_action)
            case Event.MISS_ECHOES:
                return _acted(tunnels[name], child.dpd_action)
            case Event.START:
                return {to_start(name): z3.BoolVal(True)}
            case _:
                return {}

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        made = []
        for tunnel in (tunnels[one.name] for one in lines):
            start, most = to_start(tunnel.name), tunnel.connection.keyingtries
            made.append(Remembered(start, start if "start" in tunnel.child.start_action else z3.Not(start)))
            if _traps_later(tunnel):
                made.append(Remembered(trapped(tunnel.name), z3.Not(trapped(tunnel.name))))
            if most > 1:
                made.append(Remembered(sequences(tunnel.name, most), sequences(tunnel.name, most) == 0))
        return tuple(made)

    rules = replace(correct(), dials=dials, besides=besides, after=after, state=state)
    return rules.only_if(Event.AWAIT_DEMAND, goes_on).only_if(Event.EXIT, is_over)


def _given_up(tunnel: Tunnel) -> Updates:
    """What a sequence of retransmissions without an answer does: the next one of `keyingtries` follows, or none."""
    name, most = tunnel.name, tunnel.connection.keyingtries
    if most == 0:
        return {to_start(name): z3.BoolVal(True)}
    if most == 1:
        return {}
    made = sequences(name, most)
    more = made + 1 < most
    return {to_start(name): more, made: z3.If(more, made + 1, z3.IntVal(0))}


def _acted(tunnel: Tunnel, action: Sequence[str]) -> Updates:
    """What `close_action` or `dpd_action` does: it starts the tunnel, and installs a trap unless there is one anyway."""
    done: dict[StateVariable, z3.ExprRef] = {}
    if "start" in action:
        done[to_start(tunnel.name)] = z3.BoolVal(True)
    if "trap" in action and _traps_later(tunnel):
        done[trapped(tunnel.name)] = z3.BoolVal(True)
    return done


def _active(rules: Rules) -> Rules:
    """The same rules, in which traffic over a tunnel begins its idle time anew."""

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        return {**known, **activity(now, event, name)} if event is Event.DELIVER else known

    return replace(rules, after=after)
