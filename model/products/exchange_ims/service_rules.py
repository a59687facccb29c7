"""The rules of the Internet Mail Service: when it dials and holds a line, by its options and its clocks."""

from collections.abc import Sequence
from dataclasses import replace

import z3

from dialproof.core.actions import Action
from model.events import Event
from model.fault import Fault
from model.parts.backoff import Ladder, backed_off
from model.parts.batches import batched
from model.parts.calendar import Calendar, by_calendar, turns
from model.parts.deferral import deferred
from model.parts.failures import at_most
from model.parts.ports import with_ports
from model.parts.reloads import with_reloads
from model.parts.retrieval import retrieving
from model.parts.routes import Route
from model.parts.schedule import scheduled, slots
from model.parts.spacing import spaced
from model.parts.stops import with_stops
from model.parts.timing import Due
from model.products.exchange_ims.mail import destination_retries
from model.products.exchange_ims.other_end import remote_queues
from model.products.exchange_ims.scenario import Scenario
from model.router import activity
from model.rules import Rules, Situation, Updates, correct, never


def rules_with(scenario: Scenario, fault: Fault, routes: Sequence[Route]) -> Rules:
    """The rules of the service as `scenario` says and with `fault` in it, in which what the table decides is worked out."""
    rules = correct()
    if scenario.dialling.sends == "queued-at-call":
        rules = batched(rules, routes, [name for name, link in scenario.links.items() if link.kind == "ras"])
    return configured(scenario, fault.rewrite(rules), routes).worked_out()


def configured(scenario: Scenario, rules: Rules, routes: Sequence[Route]) -> Rules:
    """The same rules with the options and times of `scenario`, in an environment in which calls fail as often as it says."""
    if not scenario.connector.sends and not scenario.dialling.on_stranded_mail:
        rules = replace(rules, dials=never, holds=never)
    rules = retrieving(timed(scenario, rules), remote_queues(scenario))
    ladder = destination_retries(scenario)
    if ladder is not None:
        rules = deferred(rules, ladder, routes, dials=scenario.dialling.deferred_mail == "dials")
    if scenario.environment.port != "free":
        rules = with_ports(rules)
    most = scenario.environment.most_failed_calls
    rules = rules if most is None else at_most(rules, most)
    rules = rules if scenario.environment.stops == "never" else with_stops(rules)
    return rules if scenario.environment.reload_shows is None else with_reloads(rules)


def timed(scenario: Scenario, rules: Rules) -> Rules:
    """The same rules with the times of the Dial-up Connections tab; the same without a time."""
    dialling, unit = scenario.dialling, scenario.unit
    if unit is None:
        return rules
    if not dialling.on_queued_mail:
        rules = replace(rules, dials=never)
    if dialling.every:
        rules = scheduled(rules, unit.of(dialling.every))
    if dialling.queued_for:
        distance = unit.of(dialling.queued_for)
        rules = spaced(rules, lambda _line: distance, Event.DIAL if dialling.spacing == "attempts" else Event.ANSWER)

    calendar = calendar_of(scenario)
    if calendar is not None:
        rules = by_calendar(rules, calendar)
    if dialling.redial == "by-retry-list":
        rules = backed_off(rules, Ladder(tuple(map(unit.of, dialling.retry))))

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        if event is Event.RESTART:
            begun = [line.clock for line in now.lines if line.clock is not None]
            return {**known, **{clock: z3.IntVal(0) for clock in begun}}
        if event is Event.ARRIVE and dialling.sends == "queued-at-call":
            return known  # it does not leave over this call
        return {**known, **activity(now, event, name)}

    return replace(rules, after=after)


def schedule_of(scenario: Scenario, now: Situation) -> tuple[list[Action], list[Due]]:
    """The slots of "every" and the turns of the calendar, and when they are due; none without these keys."""
    dialling, unit, calendar = scenario.dialling, scenario.unit, calendar_of(scenario)
    actions: list[Action] = []
    due: list[Due] = []
    if unit is not None and dialling.every:
        actions, due = slots(now.lines, unit.of(dialling.every), kept=dialling.slot_during_call == "kept")
    turning, turns_due = turns(calendar, now.lines) if calendar is not None else ([], [])
    return [*actions, *turning], [*due, *turns_due]


def calendar_of(scenario: Scenario) -> Calendar | None:
    """The calendar of `slots` and `hours`; None if there are none."""
    return None if scenario.unit is None else scenario.calendar(scenario.unit.size)
