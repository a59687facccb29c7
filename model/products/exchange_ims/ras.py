"""RAS: a phonebook entry as a line.

Source: the effective states of the Internet Mail Service's dial-up connection (event 4106 for every failure; RAS errors in
Q175410, Q189586), assembled from articles: an inference. Busy, no carrier and a failed login all end in "down".
"""

from dataclasses import dataclass, replace

from model.events import Event
from model.parts.lines import DIALLING, DOWN, HANGING_UP, UP, LineKind, Promised, Step
from model.parts.ports import IN_USE

_RAS = LineKind(
    states=(DOWN, DIALLING, UP, HANGING_UP),
    steps=(
        Step(Event.DIAL, DOWN, DIALLING, "dialler", "the service dials {line}", Promised.DIALLER, "Q156063 section 2.2.11"),
        Step(Event.ANSWER, DIALLING, UP, "environment", "the call over {line} is answered", Promised.SUCCESS),
        Step(
            Event.NO_CARRIER,
            DIALLING,
            DOWN,
            "ras",
            "the call over {line} finds no carrier and is given up",
            Promised.ALWAYS,
            "event 4106",
        ),
        Step(Event.BUSY, DIALLING, DOWN, "environment", "the number of {line} is busy", documented="event 4106"),
        Step(Event.FAIL_LOGIN, DIALLING, DOWN, "environment", "the login over {line} fails", documented="event 4106"),
        Step(Event.DROP_CALL, UP, DOWN, "environment", "the other side ends the call over {line}", Promised.END),
        Step(
            Event.HANG_UP,
            UP,
            HANGING_UP,
            "dialler",
            "nothing waits for {line}: the service hangs up",
            Promised.ALWAYS,
            "Q159209",
        ),
        Step(Event.FREE_PORT, HANGING_UP, DOWN, "ras", "the port of {line} becomes free", Promised.ALWAYS),
    ),
    source="Q175410, Q189586 (event 4106); the states are inferred",
)


@dataclass(frozen=True)
class CallTimes:
    """In units: an `attempt` takes at most so long, and after so long without traffic the service hangs up (None: some time).

    If it `is_answered_in_time`, an attempt that cannot fail any more is answered by then.
    """

    attempt: int
    idle: int | None
    is_answered_in_time: bool = False


def ras(times: CallTimes | None, *, drops: bool = True, port_is_free: bool = True) -> LineKind:
    """A RAS phonebook entry: its states, and who takes it from which to which; with `times` also when.

    The other side `drops` calls, or never ends one. If not `port_is_free`, a call may find its port in use.
    """
    steps = [step for step in _RAS.steps if drops or step.event is not Event.DROP_CALL]
    steps += [] if port_is_free else [IN_USE]
    return replace(_RAS, steps=tuple(steps if times is None else (_timed(step, times) for step in steps)))


def _timed(step: Step, times: CallTimes) -> Step:
    """The same step, which the service or its modem takes when its time has come; the world has no time of its own."""
    match step.event:
        case Event.DIAL | Event.FREE_PORT:
            return replace(step, latest=0)
        case Event.NO_CARRIER | Event.PORT_IN_USE:
            return replace(step, latest=times.attempt)
        case Event.ANSWER if times.is_answered_in_time:
            return replace(step, latest=times.attempt)
        case Event.HANG_UP if times.idle is not None:
            return replace(step, earliest=times.idle, latest=times.idle)
        case _:
            return step
