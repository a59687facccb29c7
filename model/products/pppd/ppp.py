"""PPP: the states of a link that pppd keeps, as one table for each configuration.

Source: the phases in pppd/main.c. The link ends in DEAD; from there pppd exits (no persist, or maxfail failures in a row), holds
off, or waits for demand again. Hold-off is skipped for a link that ended because it was idle (pppd(8): holdoff).
"""

from dataclasses import replace

from dialproof.core.clock import Unit
from model.events import Event
from model.parts.lines import DIALLING, DOWN, UP, LineKind, Promised, Step
from model.products.pppd.scenario import Link

FAILED, ENDED, HELD_OFF, EXITED = "failed", "ended", "held off", "exited"
"""The states beside those of every line: dead after a failure, dead without one, held off, and no pppd any more."""


def ppp(link: Link, unit: Unit | None = None) -> LineKind:
    """The states of `link` that it can come to, and who takes it from which to which; with a `unit` also when."""
    failed = FAILED if link.holdoff else ENDED
    dropped = failed if link.holdoff_after_hang_up else ENDED
    steps = [*_calls(link, failed, dropped), *(_exit() if link.may_exit else ()), *(_again(link) if link.persists else ())]
    if unit is not None:
        steps = [_timed(step, link, unit) for step in steps]
    reached = {DOWN}
    while more := {step.target for step in steps if reached.intersection(step.sources)} - reached:
        reached |= more
    ended = tuple(state for state in (FAILED, ENDED, HELD_OFF, EXITED) if state in reached)
    return LineKind(
        states=(DOWN, DIALLING, UP, *ended),
        steps=tuple(_from(step, reached) for step in steps if reached.intersection(step.sources)),
        waiting=(DIALLING, *ended),
        ending=failed if ENDED not in reached else ENDED,
        at_rest=(DOWN, *ended),
        sort=f"line {' '.join(ended)}",
        source="pppd/main.c (phases)",
    )


def _timed(step: Step, link: Link, unit: Unit) -> Step:
    """The same step, which pppd takes when its time has come; what the world does has no time of its own."""
    match step.event:
        case Event.HANG_UP:
            return replace(step, earliest=unit.of(link.idle), latest=unit.of(link.idle))
        case Event.END_HOLD_OFF:
            return replace(step, earliest=unit.of(link.holdoff), latest=unit.of(link.holdoff))
        case Event.NO_CARRIER:
            return replace(step, latest=unit.of(link.attempt))
        case Event.DIAL | Event.EXIT | Event.AWAIT_DEMAND | Event.HOLD_OFF:
            return replace(step, latest=0)
        case _:
            return step


def _from(step: Step, states: set[str]) -> Step:
    """The same step, from those of its sources that are among `states`."""
    first, *others = [state for state in step.sources if state in states]
    return replace(step, source=first, also_from=tuple(others))


def _calls(link: Link, failed: str, dropped: str) -> list[Step]:
    """That the link is dialled, comes up or not, and ends."""
    why = "a packet waits: pppd dials {line}" if link.demand else "pppd dials {line}"
    fails = "the attempt to bring {line} up fails"
    time_out = "pppd/main.c: connect script failed, LCP or IPCP time-out"
    steps = [
        Step(Event.DIAL, DOWN, DIALLING, "dialler", why, Promised.DIALLER, "pppd(8): demand"),
        Step(Event.ANSWER, DIALLING, UP, "environment", "the link {line} comes up", Promised.SUCCESS),
        Step(Event.NO_CARRIER, DIALLING, failed, "modem", fails, Promised.ALWAYS, time_out),
        Step(Event.FAIL_LOGIN, DIALLING, failed, "environment", "the peer refuses the login over {line}"),
        Step(Event.DROP_CALL, UP, dropped, "environment", "the peer ends the link {line}", Promised.END),
    ]
    if link.idle:
        idle = "nothing waits for {line}: pppd hangs up for idleness"
        steps.append(Step(Event.HANG_UP, UP, ENDED, "dialler", idle, Promised.ALWAYS, "pppd(8): idle"))
    return steps


def _again(link: Link) -> list[Step]:
    """That pppd goes on after the link has ended: at once, or after a hold-off."""
    ready = "the pppd of {line} waits for packets again" if link.demand else "the pppd of {line} is ready to dial again"
    over = "the hold-off of {line} is over"
    return [
        Step(Event.AWAIT_DEMAND, ENDED, DOWN, "pppd", ready, Promised.ALWAYS, "pppd/main.c: PHASE_DORMANT"),
        Step(Event.HOLD_OFF, FAILED, HELD_OFF, "pppd", "the pppd of {line} holds off", Promised.ALWAYS, "pppd(8): holdoff"),
        Step(Event.END_HOLD_OFF, HELD_OFF, DOWN, "pppd", over, Promised.ALWAYS, "pppd/main.c: holdoff_end"),
    ]


def _exit() -> list[Step]:
    """That pppd exits once the link has ended, and that somebody starts it again."""
    source = "pppd(8): maxfail, persist"
    leave = "the pppd of {line} exits"
    again = "somebody starts the pppd of {line} again"
    return [
        Step(Event.EXIT, ENDED, EXITED, "pppd", leave, Promised.ALWAYS, source, also_from=(FAILED,)),
        Step(Event.START, EXITED, DOWN, "administrator", again, Promised.START),
    ]
