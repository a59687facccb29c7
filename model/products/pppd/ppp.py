"""PPP: the states of a link that pppd keeps, as one table for each configuration.

Source: the phases in pppd/main.c. The link ends in DEAD; from there pppd exits (no persist, or maxfail failures in a row), holds
off, or waits for demand again. Hold-off is skipped for a link that ended because it was idle, or its connect time over
(pppd(8): holdoff; pppd/auth.c clears need_holdoff there, and nothing does so for a link whose LCP echoes stay without a reply).
An echo is no data packet and begins no idle time anew (pppd(8): idle).
Left out: the seconds that LCP takes to close a link (two Terminate-Requests at most: the link counts as ended at once).
"""

from dataclasses import replace

from dialproof.core.clock import Unit
from model.events import Event
from model.parts.far_end import HEARD
from model.parts.lines import DIALLING, DOWN, UP, LineKind, Promised, Step, Stopwatch
from model.products.pppd.scenario import Link

FAILED, ENDED, HELD_OFF, EXITED = "failed", "ended", "held off", "exited"
"""The states beside those of every line: dead after a failure, dead without one, held off, and no pppd any more."""

SILENT = "silent"
"""The state of a link that is up for pppd, and whose other side is gone."""

CONNECTED = Stopwatch("the answer", (Event.ANSWER,))
"""How long the link has been up, traffic or not (np_up in pppd/auth.c starts it)."""

SILENCE = Stopwatch("the last answer of the other side", (Event.FALL_SILENT,))
"""How long the other side has been gone."""


def ppp(link: Link, unit: Unit | None = None, *, is_answered_in_time: bool = False) -> LineKind:
    """The states of `link` that it can come to, and who takes it from which to which; with a `unit` also when.

    If it `is_answered_in_time`, an attempt that cannot fail any more succeeds before its time-out.
    """
    failed = FAILED if link.holdoff else ENDED
    dropped = failed if link.holdoff_after_hang_up else ENDED
    steps = [*_calls(link, failed, dropped), *(_exit() if link.may_exit else ())]
    steps += _again(link) if link.persists else ()
    if unit is not None:
        steps = [_timed(step, link, unit, is_answered_in_time=is_answered_in_time) for step in steps]
    reached = {DOWN}
    while more := {step.target for step in steps if reached.intersection(step.sources)} - reached:
        reached |= more
    ended = tuple(state for state in (FAILED, ENDED, HELD_OFF, EXITED) if state in reached)
    return LineKind(
        states=(DOWN, DIALLING, UP, *(state for state in (SILENT,) if state in reached), *ended),
        steps=tuple(_from(step, reached) for step in steps if reached.intersection(step.sources)),
        waiting=(DIALLING, *ended),
        silent=tuple(state for state in (SILENT,) if state in reached),
        ending=failed if ENDED not in reached else ENDED,
        at_rest=(DOWN, *ended),
        sort=f"line {' '.join(([SILENT] if SILENT in reached else []) + list(ended))}",
        source="pppd/main.c (phases)",
    )


def _timed(step: Step, link: Link, unit: Unit, *, is_answered_in_time: bool) -> Step:
    """The same step, which pppd takes when its time has come; the world takes its own, unless the link says so."""
    match step.event:
        case Event.HANG_UP:
            return replace(step, earliest=unit.of(link.idle), latest=unit.of(link.idle))
        case Event.END_HOLD_OFF:
            return replace(step, earliest=unit.of(link.holdoff), latest=unit.of(link.holdoff))
        case Event.ANSWER if is_answered_in_time:
            return replace(step, latest=unit.of(link.attempt))
        case Event.NO_CARRIER:
            return replace(step, latest=unit.of(link.attempt))
        case Event.END_CONNECT_TIME:
            return replace(step, earliest=unit.of(link.maxconnect), latest=unit.of(link.maxconnect), by=CONNECTED)
        case Event.MISS_ECHOES if link.echoes:
            noticed, at_most = link.echoes
            return replace(step, earliest=unit.of(noticed), latest=unit.of(at_most), by=SILENCE)
        case Event.PEER_HANG_UP:
            return replace(step, earliest=unit.of(link.peer.idle), latest=unit.of(link.peer.idle), by=HEARD)
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
    ]
    if link.peer.drops_calls:
        steps.append(_from_up(Event.DROP_CALL, dropped, "environment", "the peer ends the link {line}", Promised.END))
    if link.idle:
        idle = "nothing waits for {line}: pppd hangs up for idleness"
        steps.append(_from_up(Event.HANG_UP, ENDED, "dialler", idle, documented="pppd(8): idle"))
    if link.maxconnect:
        over = "{line} has been up for its connect time: pppd hangs up"
        limit = "pppd(8): maxconnect; pppd/auth.c (connect_time_expired: no hold-off)"
        steps.append(_from_up(Event.END_CONNECT_TIME, ENDED, "pppd", over, documented=limit))
    return [*steps, *_far_end(link, failed, dropped)]


def _from_up(
    event: Event, target: str, actor: str, says: str, promised: Promised = Promised.ALWAYS, documented: str = ""
) -> Step:
    """A step that ends a link which is up, whether its other side is still there or not."""
    return Step(event, UP, target, actor, says, promised, documented, also_from=(SILENT,))


def _far_end(link: Link, failed: str, dropped: str) -> list[Step]:
    """What the other side does by itself, and that pppd notices."""
    steps = []
    if link.peer.idle:
        idle = "the peer hangs up {line} for idleness"
        steps.append(Step(Event.PEER_HANG_UP, UP, dropped, "peer", idle, Promised.ALWAYS))
    if link.peer.may_fall_silent:
        gone = "the peer of {line} is gone, and the link stays up"
        steps.append(Step(Event.FALL_SILENT, UP, SILENT, "environment", gone, goes_on=True))
    if link.echoes:
        missed = "LCP echoes over {line} stay without a reply: pppd hangs up"
        source = "pppd(8): lcp-echo-failure; pppd/lcp.c (LcpSendEchoRequest, LcpLinkFailure)"
        steps.append(Step(Event.MISS_ECHOES, SILENT, failed, "pppd", missed, Promised.ALWAYS, source))
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
