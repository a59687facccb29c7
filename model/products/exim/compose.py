"""Exim as a router: classes of mail that wait in its queue, and the links that they go over.

Nothing in Exim tries mail by itself. A message is tried when it comes, unless an option makes it wait, and whenever somebody runs
the queue. What fails waits for a queue run that comes after its retry time, or that insists.
Source: `queue.c` (`queue_run`: the lists of domains that wait are empty in it; a run with f forces), `deliver.c` (what is
held is tried only if it is forced; a run with -R, as ETRN begins it, forces the first message that it tries, so that it takes
one of what is held), `smtp.c` (mail that is routed and not sent), `retry.c` (`retry_check_address`: a host before
its retry time is not tried, not even for a message that has just come).
Left out: which of the two failed if a router looks names up. A look-up that failed delays queue runs alone, so that here each
message of such a router is tried when it comes.
"""

from collections.abc import Sequence

import z3

from dialproof.core.actions import Action
from dialproof.core.errors import InputError
from dialproof.core.variables import StateVariable
from model.fault import Fault
from model.grammars.exim_runs import QueueRun
from model.on_demand import active, delivery_due, lines_of, other_traffic
from model.parts import queues
from model.parts.batches import batch
from model.parts.deferral import RouteLadder
from model.parts.failures import at_most
from model.parts.flushes import Takes, by_schedule, flushed, is_taken, with_schedule
from model.parts.look_ups import with_look_ups
from model.parts.other_traffic import with_other_traffic
from model.parts.requests import LASTS, Requests, requesting, with_requests
from model.parts.retry_times import RetryTimes, time_comes, to_return, with_retry_times
from model.parts.routes import Route, route
from model.parts.timing import Due
from model.products.exim.scenario import DEFAULT, Mail, Scenario
from model.products.exim.words import CLIENT, ETRN, RETRY, WORDS
from model.router import Router, assembled, calls, passing
from model.rules import Rules, Situation, all_of, correct
from model.scenario import promises_of


def build(scenario: Scenario, fault: Fault) -> Router:
    """The machine that `scenario` describes, with `fault` in it. Raises InputError if no mail leaves it."""
    if not scenario.mail:
        raise InputError(f"{scenario.source}: no class of mail leaves this machine")
    return composed(scenario, routes_of(scenario), fault)


def composed(scenario: Scenario, routes: Sequence[Route], fault: Fault, *, constants: Sequence[StateVariable] = ()) -> Router:
    """The machine with the links of `scenario` and with `routes`, with `fault` in it.

    `constants` are what the conditions speak of under which routes are there (`Route.there`).
    """
    now = Situation(tuple(routes), lines_of(scenario.links, scenario.environment, scenario.unit, source=CLIENT))
    rules = rules_with(scenario, fault, now)
    actions: list[Action] = []
    due: list[Due] = []
    for one in now.routes:
        more, times = mail_of(scenario, one, now)
        actions += more
        due += times
    if _is_run_by_daemon(scenario, now):
        every = scenario.queue_runs.every or 0
        period = None if scenario.unit is None else scenario.unit.of(every)
        flush, times = by_schedule(period, queues.SOON, says="the daemon runs the queue", source="Exim's specification: -q")
        actions.append(flush)
        due += times
    if (requests := requests_of(scenario, now, rules)).routes:
        more, times = requesting(requests, scenario.environment.asking, source=ETRN)
        actions += more
        due += times
    actions += calls(now, rules, promises_of(scenario.dialling, scenario.environment))
    actions += other_traffic(scenario.environment, now)

    def with_routes(others: Sequence[Route], constants: Sequence[StateVariable] = ()) -> Router:
        return composed(scenario, others, fault, constants=constants)

    return assembled(
        scenario.title or "Exim",
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
    ordered = sorted(scenario.mail, key=lambda mail: mail.name != DEFAULT)
    return tuple(
        route(
            mail.name,
            None if mail.name == DEFAULT else mail.name,
            None,
            mail.link,
            words=WORDS,
            capacity=scenario.connector.queue_capacity,
        )
        for mail in ordered
    )


def _mail(scenario: Scenario, one: Route) -> Mail:
    return next(mail for mail in scenario.mail if mail.name == one.row)


def _is_run_by_daemon(scenario: Scenario, now: Situation) -> bool:
    return any(scenario.takes(scenario.run_by_daemon, _mail(scenario, one)) for one in now.routes)


def requests_of(scenario: Scenario, now: Situation, rules: Rules) -> Requests:
    """Which sites may ask for their mail, and what a request does."""
    unit, every = scenario.unit, scenario.environment.asks_every
    is_serialised = scenario.main.smtp_etrn_serialize

    def takes(one: Route) -> z3.ArithRef:
        return batch(one) + 1 if scenario.is_held(_mail(scenario, one)) else one.waiting

    return Requests(
        tuple(one for one in now.routes if scenario.may_be_asked_for(_mail(scenario, one))),
        takes,
        is_serialised=is_serialised,
        may_die=rules.serving.runs_may_die,
        lasts=None if unit is None or not is_serialised else unit.of(LASTS),
        every=None if unit is None or every is None else unit.of(every),
    )


def retry_times(scenario: Scenario) -> RetryTimes:
    """When a destination that failed is tried again, and when it is given up."""
    unit = scenario.unit
    if unit is None or not scenario.intervals:
        return RetryTimes(None, None if scenario.gives_up_after else 0)
    return RetryTimes(RouteLadder(tuple(unit.of(time) for time in scenario.intervals)), unit.of(scenario.gives_up_after))


def rules_with(scenario: Scenario, fault: Fault, now: Situation) -> Rules:
    """When the links are dialled and kept: for what is tried when it comes, for what a queue run tries, and for other traffic."""
    unit, most, times = scenario.unit, scenario.environment.most_failed_calls, retry_times(scenario)
    at_arrival = {
        one.name: z3.BoolVal(True) if mail.looks_up else times.may_try(one)
        for one in now.routes
        if not scenario.waits_for_a_run(mail := _mail(scenario, one))
    }
    rules = flushed(
        fault.rewrite(correct()),
        now.routes,
        on_link_up=_taking(scenario, scenario.run_on_link_up, times),
        by_schedule=_taking(scenario, scenario.run_by_daemon, times),
        at_arrival=at_arrival,
    )
    rules = with_retry_times(rules, now.routes, times)
    if (requests := requests_of(scenario, now, rules)).routes:
        rules = with_requests(rules, requests)
    rules = with_look_ups(rules, [one for one in now.routes if scenario.is_routed_at_once(_mail(scenario, one))])
    if unit is not None and scenario.queue_runs.every is not None and _is_run_by_daemon(scenario, now):
        rules = with_schedule(rules, unit.of(scenario.queue_runs.every))
    if scenario.environment.has_other_traffic:
        rules = with_other_traffic(rules, [line.name for line in now.lines])
    if most is not None:
        rules = at_most(rules, most)
    return (rules if unit is None else active(rules)).worked_out()


def _taking(scenario: Scenario, run: QueueRun | None, times: RetryTimes) -> Takes:
    """What such a queue run takes."""

    def takes(one: Route) -> z3.BoolRef:
        if run is None or not scenario.takes(run, _mail(scenario, one)):
            return z3.BoolVal(False)
        return z3.BoolVal(True) if run.is_forced else times.may_try(one)

    return takes


def mail_of(scenario: Scenario, one: Route, now: Situation) -> tuple[list[Action], list[Due]]:
    """What becomes of mail for a route, and when what is due."""
    environment, times = scenario.environment, retry_times(scenario)
    own = next((line for line in now.lines if line.name == one.link), None)
    up = z3.BoolVal(True) if own is None else own.is_up
    given_up = [to_return(one) > 0] if times.returns else []
    goes = [is_taken(one), *(z3.Not(some) for some in given_up)]
    actions = [*queues.arrivals(one), *queues.departures(one, up, delivery=environment.delivery, only_if=goes)]
    due = delivery_due(environment, scenario.unit, one, own, all_of([up, *goes]))
    if environment.delivery_time is None:
        actions.append(queues.failing(one, all_of([up, *goes]), source=RETRY))
    for some in given_up:
        actions.append(queues.returned(one, some, source=RETRY))
        due.append(Due(z3.And(one.has_mail, some), ()))
    if times.ladder is None:
        actions.append(time_comes(one))
    return actions, due
