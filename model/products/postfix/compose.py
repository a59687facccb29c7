"""Postfix as a router: classes of mail that wait in its queue, and the links that they go over.

Source: qmgr_message.c (mail for a transport of `defer_transports` is deferred unless a flush asked for the message),
qmgr_active.c (back-off and lifetime), STANDARD_CONFIGURATION_README (the dial-up machine). A hold belongs to the transport: mail
for the LAN that goes by a held transport is held too. A site asks for its own mail by ETRN (smtpd.c, flush.c): the queue manager
tries what the log of that domain lists, the hold notwithstanding. Who reads a log that is old (`fast_flush_refresh_time`) lifts
no hold: that is no flush.
Left out: new mail that is in the incoming queue by chance while somebody asks for other mail: the hold is lifted for it too;
`queue_run_delay`, the wait for the next scan of the queue, which delays a retry further; that the times of retries are kept
message by message: mail of a class is tried again together; `transport_retry_time`.
"""

from collections.abc import Sequence

import z3

from dialproof.core.actions import Action
from dialproof.core.errors import InputError
from dialproof.core.variables import StateVariable
from model.fault import Fault
from model.on_demand import active, delivery_due, lines_of, other_traffic
from model.parts import queues
from model.parts.deferral import RouteLadder, deferred
from model.parts.failures import at_most
from model.parts.flushes import asking, by_schedule, flushed, is_taken, unseen, with_schedule
from model.parts.other_traffic import with_other_traffic
from model.parts.routes import Route, route
from model.parts.timing import Due
from model.products.postfix.scenario import DEFAULT, Mail, Scenario
from model.products.postfix.words import DIAL_UP, WORDS
from model.router import Router, assembled, calls, passing
from model.rules import Rules, Situation, all_of, correct
from model.scenario import promises_of

LIFETIME = "postconf(5): maximal_queue_lifetime"
"""Where it is documented that mail is returned."""

DEFERRED = "qmgr_active.c: what is deferred loses the flag of the flush, and waits for its back-off"
"""Where it is documented what becomes of mail that the other side refuses for now (4xx)."""

ETRN = "ETRN_README; RFC 1985"
"""Where it is documented that a site asks for its mail."""


def build(scenario: Scenario, fault: Fault) -> Router:
    """The machine that `scenario` describes, with `fault` in it. Raises InputError if no mail leaves it."""
    if not scenario.mail:
        raise InputError(f"{scenario.source}: no class of mail leaves this machine")
    return composed(scenario, routes_of(scenario), fault)


def composed(scenario: Scenario, routes: Sequence[Route], fault: Fault, *, constants: Sequence[StateVariable] = ()) -> Router:
    """The machine with the links of `scenario` and with `routes`, with `fault` in it.

    `constants` are what the conditions speak of under which routes are there (`Route.there`).
    """
    now = Situation(tuple(routes), lines_of(scenario.links, scenario.environment, scenario.unit, source=DIAL_UP))
    rules = rules_with(scenario, fault, now)
    actions: list[Action] = []
    due: list[Due] = []
    for one in now.routes:
        more, times = mail_of(scenario, one, now)
        actions += more
        due += times
        if _is_asked_for(scenario, one):
            actions.append(asking(one, scenario.environment.asking, source=ETRN))
    if scenario.flush.every is not None and any(_is_sent_by_flushes(scenario, one) for one in now.routes):
        period = None if scenario.unit is None else scenario.unit.of(scenario.flush.every)
        flush, times = by_schedule(period, queues.SOON, says="the queue is flushed by the schedule", source="postqueue(1): -f")
        actions.append(flush)
        due += times
    actions += calls(now, rules, promises_of(scenario.dialling, scenario.environment))
    actions += other_traffic(scenario.environment, now)

    def with_routes(others: Sequence[Route], constants: Sequence[StateVariable] = ()) -> Router:
        return composed(scenario, others, fault, constants=constants)

    return assembled(
        scenario.title or "Postfix",
        WORDS,
        fault,
        now,
        rules,
        passing(now, rules, scenario.unit, due),
        actions,
        constants=constants,
        with_routes=with_routes,
    )


def routes_of(scenario: Scenario) -> tuple[Route, ...]:
    """A route for each class of mail, the default one first."""
    lifetime = scenario.unit.of(scenario.main.maximal_queue_lifetime) if scenario.unit is not None else 0
    ordered = sorted(scenario.mail, key=lambda mail: mail.name != DEFAULT)
    return tuple(
        route(
            mail.name,
            None if mail.name == DEFAULT else mail.name,
            None,
            mail.link,
            words=WORDS,
            capacity=scenario.connector.queue_capacity,
            expires_after=lifetime,
        )
        for mail in ordered
    )


def _mail(scenario: Scenario, one: Route) -> Mail:
    return next(mail for mail in scenario.mail if mail.name == one.row)


def _is_sent_by_flushes(scenario: Scenario, one: Route) -> bool:
    mail = _mail(scenario, one)
    return scenario.is_held(mail) and not is_hopeless(scenario, mail)


def _is_asked_for(scenario: Scenario, one: Route) -> bool:
    """True if a site may ask for this mail, and that can change something: it is held, or its next attempt has a time."""
    mail = _mail(scenario, one)
    if is_hopeless(scenario, mail) or not scenario.may_be_asked_for(mail):
        return False
    return scenario.is_held(mail) or scenario.unit is not None


def is_hopeless(scenario: Scenario, mail: Mail) -> bool:
    """True if nothing ever sends mail of this class, or if it is returned after the first attempt, which is the hold."""
    if not scenario.is_available(mail):
        return True
    nobody = not (scenario.is_flushed(mail) or scenario.may_be_asked_for(mail))
    return scenario.is_held(mail) and (nobody or scenario.main.maximal_queue_lifetime == 0)


def may_be_returned(scenario: Scenario, mail: Mail) -> bool:
    """True if mail of this class is returned after its lifetime, however long that is: nobody has to send it."""
    return is_hopeless(scenario, mail) or (
        scenario.is_held(mail) and not scenario.is_flushed(mail) and not scenario.is_asked_for(mail)
    )


def rules_with(scenario: Scenario, fault: Fault, now: Situation) -> Rules:
    """When the links are dialled and kept: for mail that is not held, for what a flush asked for, and for other traffic."""
    unit, most = scenario.unit, scenario.environment.most_failed_calls
    stuck = [one for one in now.routes if is_hopeless(scenario, _mail(scenario, one))]
    held = [one for one in now.routes if _is_sent_by_flushes(scenario, one)]
    rules = unseen(fault.rewrite(correct()), stuck)
    if (ladder := ladder_of(scenario)) is not None:
        free = [one for one in now.routes if one not in stuck and one not in held]
        rules = deferred(rules, ladder, free, dials=False, by_calls=True)
    asked_for = [one for one in now.routes if one not in held and _is_asked_for(scenario, one)]

    def on_link_up(one: Route) -> z3.BoolRef:
        return z3.BoolVal(one in held and scenario.is_flushed_on_link_up(_mail(scenario, one)))

    rules = flushed(rules, held, asked_for=asked_for, on_link_up=on_link_up)
    if unit is not None and scenario.flush.every is not None and held:
        rules = with_schedule(rules, unit.of(scenario.flush.every))
    if scenario.environment.has_other_traffic:
        rules = with_other_traffic(rules, [line.name for line in now.lines])
    if most is not None:
        rules = at_most(rules, most)
    return (rules if unit is None else active(rules)).worked_out()


def ladder_of(scenario: Scenario) -> RouteLadder | None:
    """The intervals from an attempt that failed to the next one; None without clocks, and if no mail dials by itself."""
    unit = scenario.unit
    if unit is None or not scenario.dials_by_itself:
        return None
    return RouteLadder(tuple(unit.of(time) for time in scenario.backoff))


def mail_of(scenario: Scenario, one: Route, now: Situation) -> tuple[list[Action], list[Due]]:
    """What becomes of mail for a route, and when what is due."""
    mail = _mail(scenario, one)
    own = next((line for line in now.lines if line.name == one.link), None)
    hopeless, held = is_hopeless(scenario, mail), scenario.is_held(mail)
    up = z3.BoolVal(True) if own is None else own.is_up
    taken = [z3.BoolVal(False)] if hopeless else [is_taken(one)] if held else []
    actions = [*queues.arrivals(one), *queues.departures(one, up, delivery=scenario.environment.delivery, only_if=taken)]
    due = [] if hopeless else delivery_due(scenario.environment, scenario.unit, one, own, all_of([up, *taken]))
    changes_something = held or scenario.unit is not None  # free mail is tried again at any time if none is counted
    if changes_something and not hopeless and scenario.environment.delivery_time is None:
        actions.append(queues.failing(one, all_of([up, *taken]), source=DEFERRED))
    if one.ages:
        returning, when = queues.expired(one, z3.BoolVal(True), source=LIFETIME)
        return [*actions, returning], [*due, when]
    if may_be_returned(scenario, mail):
        actions.append(queues.returned(one, z3.BoolVal(True), source=LIFETIME))
    elif scenario.main.maximal_queue_lifetime == 0 and own is not None:  # an attempt that fails is the last
        actions.append(queues.returned(one, z3.Not(own.is_up), source=LIFETIME))
    return actions, due
