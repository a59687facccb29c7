"""A child of strongSwan: the states of a tunnel, as one table for each configuration.

Source: swanctl.opt (start_action, close_action, dpd_action, inactivity), ike_sa.c (retransmit, reestablish), child_delete.c (a
close of the other end alone has an action), trap_manager.c (a trap stays when the tunnel ends). A sequence of retransmissions is
an attempt; the next one of `keyingtries` follows at once.
Left out: the delete that this end sends when a tunnel is inactive, and the answer to it.
"""

from dataclasses import replace

from dialproof.core.clock import Unit
from model.events import Event
from model.parts.lines import DIALLING, DOWN, UP, LineKind, Promised, Step, Stopwatch
from model.products.strongswan.scenario import Peer, Tunnel

SILENT, ENDED, GONE = "silent", "ended", "gone"
"""Established with a peer that is gone; ended; and neither trapped nor to be started, so that nothing brings it up."""

SILENCE = Stopwatch("the last answer of the peer", (Event.FALL_SILENT,))
"""How long the peer has been gone."""


def tunnel_kind(tunnel: Tunnel, peer: Peer, unit: Unit | None, attempt: int) -> LineKind:
    """The states of a tunnel, and who takes it from which to which; with a `unit` also when."""
    steps = [*_attempts(peer), *_ends(tunnel, peer), *_afterwards()]
    if unit is not None:
        steps = [_timed(step, tunnel, unit, attempt) for step in steps]
    silent = (SILENT,) if peer.may_fall_silent else ()
    return LineKind(
        states=(DOWN, DIALLING, UP, *silent, ENDED, GONE),
        steps=tuple(steps),
        waiting=(DIALLING, ENDED, GONE),
        ending=ENDED,
        at_rest=(DOWN, ENDED, GONE),
        silent=silent,
        source="swanctl.opt; ike_sa.c",
        sort=f"tunnel {' '.join(silent)}".strip(),
    )


def notices_silence(tunnel: Tunnel) -> bool:
    """True if a dead peer is noticed at some time: it is asked, or a rekeying is not answered."""
    return bool(tunnel.connection.dpd_delay or tunnel.connection.rekey_time or tunnel.child.rekey_time)


def _attempts(peer: Peer) -> list[Step]:
    unanswered = "the peer of {line} does not answer: the attempt is given up"
    steps = [
        Step(Event.DIAL, DOWN, DIALLING, "dialler", "charon initiates {line}", Promised.DIALLER, "swanctl.opt: start_action"),
        Step(Event.ANSWER, DIALLING, UP, "environment", "the tunnel {line} is established", Promised.SUCCESS),
        Step(Event.NO_CARRIER, DIALLING, ENDED, "charon", unanswered, Promised.ALWAYS, "ike_sa.c (retransmit)"),
    ]
    if peer.may_refuse:
        steps.append(Step(Event.FAIL_LOGIN, DIALLING, ENDED, "environment", "the peer refuses {line}"))
    return steps


def _ends(tunnel: Tunnel, peer: Peer) -> list[Step]:
    steps = []
    if peer.closes_tunnels:
        closes = "the other end closes {line}"
        steps.append(Step(Event.DROP_CALL, UP, ENDED, "environment", closes, Promised.END, "swanctl.opt: close_action"))
    if tunnel.child.inactivity:
        idle = "no traffic goes over {line}: it is closed for inactivity"
        steps.append(Step(Event.HANG_UP, UP, ENDED, "dialler", idle, Promised.ALWAYS, "swanctl.opt: inactivity"))
    if peer.may_fall_silent:
        gone = "the peer of {line} is gone, without a word"
        steps.append(Step(Event.FALL_SILENT, UP, SILENT, "environment", gone, goes_on=True))
        if notices_silence(tunnel):
            dead = "the peer of {line} does not answer: it is taken for dead"
            steps.append(Step(Event.MISS_ECHOES, SILENT, ENDED, "charon", dead, Promised.ALWAYS, "swanctl.opt: dpd_action"))
    return steps


def _afterwards() -> list[Step]:
    again = "{line} is trapped, or to be started"
    gone = "{line} is neither trapped nor to be started"
    return [
        Step(Event.AWAIT_DEMAND, ENDED, DOWN, "charon", again, Promised.ALWAYS),
        Step(Event.EXIT, ENDED, GONE, "charon", gone, Promised.ALWAYS),
        Step(Event.START, GONE, DOWN, "administrator", "somebody starts {line} again", Promised.START),
    ]


def _timed(step: Step, tunnel: Tunnel, unit: Unit, attempt: int) -> Step:
    """The same step, which charon takes when its time has come; the world takes its own."""
    match step.event:
        case Event.DIAL | Event.AWAIT_DEMAND | Event.EXIT:
            return replace(step, latest=0)
        case Event.NO_CARRIER:
            return replace(step, earliest=unit.of(attempt), latest=unit.of(attempt))
        case Event.HANG_UP:
            return replace(step, earliest=unit.of(tunnel.child.inactivity), latest=unit.of(tunnel.child.inactivity))
        case Event.MISS_ECHOES if tunnel.connection.dpd_delay:
            asked = unit.of(tunnel.connection.dpd_delay)
            return replace(step, earliest=unit.of(attempt), latest=asked + unit.of(attempt), by=SILENCE)
        case _:
            return step
