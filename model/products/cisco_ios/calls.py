"""A dialled line of IOS: its states as one table, with the times of the commands `dialer ...`.

Source: Cisco, "Configuring DDR"; the command references of dialer idle-timeout, enable-timeout, wait-for-carrier-time, redial and
persistent. An attempt fails after wait-for-carrier-time; a line whose call has ended or failed stays down for enable-timeout.
With redial, attempts are `interval` apart, and after the last of them the line is disabled for a while: how many have failed
is not counted, so that any failure may be the last.
Left out: fast-idle, which only ends an idle call sooner; a hold-queue: traffic that dials a line is taken to go on until it
is up.
"""

from dataclasses import replace

from dialproof.core.clock import Unit
from model.events import Event
from model.parts.lines import DIALLING, DOWN, UP, LineKind, Promised, Step
from model.products.cisco_ios.tables import Interface

HELD, DISABLED = "held down", "disabled"
"""The states beside those of every line: after a call, and after the last attempt of a series."""

_IDLE = "Cisco: dialer idle-timeout"
_REDIAL = "Cisco: dialer redial"


def call(one: Interface, unit: Unit | None, *, every_time: bool, on_purpose: bool) -> LineKind:
    """The states of a line that dials like `one`; with a `unit` the idle time is counted, and with `every_time` all times."""
    failed = Step(
        Event.NO_CARRIER,
        DIALLING,
        HELD,
        "modem",
        "the call over {line} fails",
        Promised.ALWAYS,
        "Cisco: dialer wait-for-carrier-time",
    )
    steps = [
        Step(Event.DIAL, DOWN, DIALLING, "dialler", "the router dials {line}", Promised.DIALLER, "Cisco: Configuring DDR"),
        Step(Event.ANSWER, DIALLING, UP, "environment", "the call over {line} is answered", Promised.SUCCESS),
        failed,
        Step(Event.FAIL_LOGIN, DIALLING, HELD, "environment", "the other side refuses the call over {line}"),
        Step(Event.DROP_CALL, UP, HELD, "environment", "the call over {line} is cut off", Promised.END),
        Step(
            Event.END_HOLD_OFF,
            HELD,
            DOWN,
            "router",
            "{line} can be dialled again",
            Promised.ALWAYS,
            "Cisco: dialer enable-timeout",
        ),
    ]
    if one.dialer_idle_timeout and not on_purpose:
        idle = "no interesting traffic over {line} for its idle time: it is hung up"
        steps.append(Step(Event.HANG_UP, UP, HELD, "dialler", idle, Promised.ALWAYS, _IDLE))
    if one.dialer_redial is not None:
        steps += [
            Step(
                Event.HOLD_OFF,
                HELD,
                DISABLED,
                "router",
                "the last attempt over {line} has failed: it is disabled",
                documented=_REDIAL,
            ),
            Step(Event.AWAIT_DEMAND, DISABLED, DOWN, "router", "{line} is enabled again", Promised.ALWAYS, _REDIAL),
        ]
    if unit is not None:
        steps = [_timed(step, one, unit, every_time=every_time) for step in steps]
    states = (DOWN, DIALLING, UP, HELD, *((DISABLED,) if one.dialer_redial is not None else ()))
    return LineKind(
        states=states,
        steps=tuple(steps),
        waiting=(DIALLING, *states[3:]),
        ending=HELD,
        at_rest=(DOWN, *states[3:]),
        is_kept=on_purpose or not one.dialer_idle_timeout,
        sort=f"line {' '.join(states[3:])}",
        source="Cisco: Configuring DDR",
    )


def _timed(step: Step, one: Interface, unit: Unit, *, every_time: bool) -> Step:
    """The same step, taken when its time has come."""
    if step.event is Event.HANG_UP:
        return replace(step, earliest=unit.of(one.dialer_idle_timeout), latest=unit.of(one.dialer_idle_timeout))
    if not every_time:
        return step
    pause = one.dialer_redial[0] if one.dialer_redial is not None else one.dialer_enable_timeout
    match step.event:
        case Event.DIAL:
            return replace(step, latest=0)
        case Event.NO_CARRIER:
            return replace(step, latest=unit.of(one.dialer_wait_for_carrier_time))
        case Event.END_HOLD_OFF:
            return replace(step, earliest=unit.of(min(pause, one.dialer_enable_timeout)), latest=unit.of(pause))
        case Event.AWAIT_DEMAND:
            disabled = one.dialer_redial[2] if one.dialer_redial is not None else 0
            return replace(step, earliest=unit.of(disabled), latest=unit.of(disabled))
        case _:
            return step
