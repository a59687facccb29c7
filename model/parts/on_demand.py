"""A link that comes up on demand, as a mail system sees it: something is sent, and the system dials.

Source: STANDARD_CONFIGURATION_README ("on-demand dialup IP": a submission or a retry places a call).
Left out: who dials (pppd, diald, a router), with its own options; `dialproof init --product pppd` has those of pppd.
"""

from dataclasses import dataclass, replace

from model.events import Event
from model.parts.lines import DIALLING, DOWN, UP, LineKind, Promised, Step


@dataclass(frozen=True)
class CallTimes:
    """In units: an `attempt` takes at most so long, and after so long without traffic (`idle`) the link goes down.

    If it `is_answered_in_time`, an attempt that cannot fail any more is answered by then.
    """

    attempt: int
    idle: int
    is_answered_in_time: bool = False


def on_demand(times: CallTimes | None, *, may_be_kept_up: bool, drops_calls: bool = True, source: str) -> LineKind:
    """A link that is dialled for what is sent over it; if it `may_be_kept_up`, nobody promises that it is ever idle.

    The other side `drops_calls`, or never ends one. `source` says where it is documented that what is sent dials.
    """
    idle = Promised.NOTHING if may_be_kept_up else Promised.ALWAYS
    steps: tuple[Step, ...] = (
        Step(Event.DIAL, DOWN, DIALLING, "dialler", "something is sent over {line}: it is dialled", Promised.DIALLER, source),
        Step(Event.ANSWER, DIALLING, UP, "environment", "the link {line} comes up", Promised.SUCCESS),
        Step(Event.NO_CARRIER, DIALLING, DOWN, "modem", "the attempt to bring {line} up fails", Promised.ALWAYS),
        Step(Event.DROP_CALL, UP, DOWN, "environment", "the call over {line} ends", Promised.END),
        Step(Event.HANG_UP, UP, DOWN, "dialler", "nothing is sent over {line}: it goes down for idleness", idle),
    )
    steps = steps if drops_calls else tuple(step for step in steps if step.event is not Event.DROP_CALL)
    timed = steps if times is None else tuple(_timed(step, times, may_be_kept_up=may_be_kept_up) for step in steps)
    return LineKind((DOWN, DIALLING, UP), timed, waiting=(DIALLING,), ending=DOWN, source=source, sort="link")


def _timed(step: Step, times: CallTimes, *, may_be_kept_up: bool) -> Step:
    """The same step, which is taken when its time has come; the world has no time of its own."""
    match step.event:
        case Event.DIAL:
            return replace(step, latest=0)
        case Event.NO_CARRIER:
            return replace(step, latest=times.attempt)
        case Event.ANSWER if times.is_answered_in_time:
            return replace(step, latest=times.attempt)
        case Event.HANG_UP:
            return replace(step, earliest=times.idle, latest=None if may_be_kept_up else times.idle)
        case _:
            return step
