"""Claims about lines that somebody supervises: what starts them, what they go over, and the routes that they bring."""

from collections.abc import Callable, Mapping

import z3

from dialproof.core.actions import Observer
from dialproof.core.claims import Claim
from dialproof.core.errors import InputError
from dialproof.core.variables import boolean
from dialproof.ltl import always, leads_to
from model.events import Event
from model.parts.lines import Line
from model.router import Router, happens
from properties.observed import Observed, every, some

_REFUSALS = (Event.FAIL_LOGIN, Event.FAIL_OTHERWISE)
"""How a refused login can end an attempt."""

Maker = Callable[[Router], Observed]


def line_that_is_up_has_its_route(router: Router) -> Observed:
    """A line that is up, and brings a default route, does not stay up without it. Raises InputError if no line brings one."""
    name = "line-that-is-up-has-its-route"
    lines = [line for line in router.lines if line.name in router.own_routes]
    if not lines:
        raise InputError(f"{name} says nothing here: no line brings a default route")
    lacking = [z3.And(line.is_connected, z3.Not(router.own_routes[line.name])) for line in lines]
    claim = Claim(
        name,
        every([leads_to(condition, z3.Not(condition)) for condition in lacking]),
        says="A line that is up has its default route in the routing table sooner or later, or goes down.",
        source=router.words.source(name),
        premise=some([line.is_connected for line in lines]),
        witnesses=tuple(
            (f"{line.name} is up, with its route", z3.And(line.is_up, router.own_routes[line.name])) for line in lines
        ),
    )
    return Observed(router.system, claim)


def stopped_line_stays_stopped(router: Router) -> Observed:
    """A line that its owner has stopped, or never started, is not dialled. Raises InputError if every line starts by itself."""
    name = "stopped-line-stays-stopped"
    if not router.intents:
        raise InputError(f"{name} says nothing here: every line starts by itself")
    stopped = {line: z3.Not(intended) for line, intended in router.intents.items()}
    claim = Claim(
        name,
        every([always(z3.Implies(happens(Event.DIAL, line), intended)) for line, intended in router.intents.items()]),
        says="A line that its owner has stopped, or never started, is not dialled: that it is down is no fault.",
        source=router.words.source(name),
        premise=some(list(stopped.values())),
        witnesses=tuple((f"{line} is dialled", happens(Event.DIAL, line)) for line in router.intents),
    )
    return Observed(router.system, claim)


def line_over_a_line_comes_back(router: Router) -> Observed:
    """A line over another one is up again if what it goes over carries it for good. Raises InputError if there is none."""
    name = "line-over-a-line-comes-back"
    uppers = [line for line in router.lines if line.name in router.carried]
    if not uppers:
        raise InputError(f"{name} says nothing here: no line goes over another one")
    lacking = [z3.And(router.carried[line.name], z3.Not(line.is_connected), _is_intended(router, line)) for line in uppers]
    claim = Claim(
        name,
        every([leads_to(condition, z3.Not(condition)) for condition in lacking]),
        says="A line over another one is up sooner or later, if what it goes over carries it from some time on.",
        source=router.words.source(name),
        premise=some(lacking),
        witnesses=tuple((f"{line.name} is up", line.is_up) for line in uppers),
    )
    return Observed(router.system, claim)


def refused_login_is_not_tried_again(router: Router) -> Observed:
    """If a refused login blocks a line, every one does, whatever the program that made the call ends with.

    Raises InputError if no line is blocked by a refused login.
    """
    name = "refused-login-is-not-tried-again"
    lines = [line for line in router.lines if _is_blocked_by_a_refusal(line)]
    if not lines:
        raise InputError(f"{name} says nothing here: no line is blocked by a refused login")
    observers, parts, premises = [], [], []
    for line in lines:
        refused = boolean(f"refused {line.name}", says=f"the last login over {line.name} was refused")
        ways = [action.name for action in router.actions(*_REFUSALS) if action.concerns == line.name]
        started = [action.name for action in router.actions(Event.START) if action.concerns == line.name]
        values = dict.fromkeys(ways, z3.BoolVal(True)) | dict.fromkeys(started, z3.BoolVal(False))
        observers.append(Observer(refused, z3.BoolVal(False), values))
        parts.append(always(z3.Not(z3.And(refused, happens(Event.DIAL, line.name)))))
        premises += [happens(Event.FAIL_LOGIN, line.name)]
    claim = Claim(
        name,
        every(parts),
        says="After a refused login a line is not dialled before somebody starts it: every refusal blocks it, not only some.",
        source=router.words.source(name),
        premise=some(premises),
        witnesses=tuple((f"the login over {line.name} is refused", happens(Event.FAIL_LOGIN, line.name)) for line in lines),
    )
    return Observed(router.system.observed(*observers), claim)


def _is_blocked_by_a_refusal(line: Line) -> bool:
    """True if a refused login takes the line to a state in which it is not available."""
    return any(step.event is Event.FAIL_LOGIN and step.target in line.kind.waiting for step in line.kind.steps)


def _is_intended(router: Router, line: Line) -> z3.BoolRef:
    return router.intents.get(line.name, z3.BoolVal(True))


OF_SUPERVISION: Mapping[str, Maker] = {
    "line-that-is-up-has-its-route": line_that_is_up_has_its_route,
    "stopped-line-stays-stopped": stopped_line_stays_stopped,
    "line-over-a-line-comes-back": line_over_a_line_comes_back,
    "refused-login-is-not-tried-again": refused_login_is_not_tried_again,
}
"""These claims by name."""
