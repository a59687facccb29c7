"""netifd: the states of a line that it starts, as one table for each configuration.

Source: netifd (interface.c: a line whose program has ended is started again at once if it is `autostart`; proto-shell.c), and the
scripts of the protocols (`ppp.uc`, `qmi.sh`). pppd is run with `maxfail 1`: each failed attempt ends it. A status that says
"login refused" (11, 19) blocks the line if `authfail` says so; but the same refusal can end pppd with another one, by the order
in which two packets come (openwrt/openwrt PR #23792).
"""

from dataclasses import replace

from dialproof.core.clock import Unit
from model.events import Event
from model.parts.lines import DIALLING, DOWN, UP, LineKind, Promised, Step, Stopwatch
from model.products.openwrt_network.scenario import BY_MODEM, Interface

BLOCKED, HUNG, SILENT = "blocked", "hung", "silent"
"""The states beside those of every line: netifd starts it no more, its attempt never ends, nobody is at its other end."""

SILENCE = Stopwatch("the last answer of the other side", (Event.FALL_SILENT,))
"""How long the other side has been gone."""


def netifd(one: Interface, unit: Unit | None = None, *, is_upper: bool = False, may_hang: bool = False) -> LineKind:
    """The states of an interface that it can come to, and who takes it from which to which; with a `unit` also when.

    If it `is_upper`, it goes over another line. If attempts `may_hang`, one over a modem may never end.
    """
    hangs = may_hang and one.proto in BY_MODEM
    silent = (SILENT,) if one.is_by_pppd else ()
    ended = (*((BLOCKED,) if one.blocks else ()), *((HUNG,) if hangs else ()))
    steps = [
        *_attempt(one, unit, is_upper=is_upper, hangs=hangs),
        *_call(one, silent, unit),
        *_owner(one, (DIALLING, UP, *silent, *ended)),
    ]
    return LineKind(
        states=(DOWN, DIALLING, UP, *silent, *ended),
        steps=tuple(steps),
        waiting=(DIALLING, *ended),
        ending=DOWN,
        at_rest=(DOWN, *((BLOCKED,) if one.blocks else ())),
        silent=silent,
        sort=f"line {' '.join((*silent, *ended))}".strip(),
        source="netifd (interface.c)",
    )


def _attempt(one: Interface, unit: Unit | None, *, is_upper: bool, hangs: bool) -> list[Step]:
    """What becomes of an attempt to bring the line up."""
    why = "a packet comes: pppd dials {line}" if one.is_on_demand else "{line} is down: netifd starts it"
    source = "ppp.uc" if one.is_by_pppd else "netifd (interface.c)"
    at_once = 0 if unit is not None and one.noticed is not None else None
    made = [
        Step(Event.DIAL, DOWN, DIALLING, "dialler", why, Promised.DIALLER, source, latest=at_once),
        Step(Event.ANSWER, DIALLING, UP, "environment", "{line} comes up", Promised.SUCCESS),
        Step(Event.NO_CARRIER, DIALLING, DOWN, "modem", "the attempt to bring {line} up fails", Promised.ALWAYS),
    ]
    if one.is_by_pppd:
        refused = "the login over {line} is refused, and pppd ends with the status that says so (11 or 19)"
        target, blocked = (BLOCKED, ": netifd blocks {line}") if one.blocks else (DOWN, "")
        made.append(Step(Event.FAIL_LOGIN, DIALLING, target, "environment", refused + blocked, documented="ppp.uc"))
    if one.blocks:
        other = "the login over {line} is refused, and pppd ends with another status, by the order of two packets"
        reported = "openwrt/openwrt PR #23792"
        made.append(Step(Event.FAIL_OTHERWISE, DIALLING, DOWN, "environment", other, documented=reported))
        made.append(Step(Event.START, BLOCKED, DOWN, "administrator", "somebody starts {line} again", Promised.START))
    if hangs:
        waits = "the program that brings {line} up waits for an answer of the modem, without a time-out"
        made.append(Step(Event.HANG, DIALLING, HUNG, "modem", waits, documented="openwrt/openwrt #10472"))
    if is_upper:
        gone = "what {line} goes over carries nothing: the attempt ends, or the line"
        made.append(Step(Event.LOSE_LOWER, UP, DOWN, "netifd", gone, Promised.ALWAYS, also_from=(DIALLING,)))
    return made


def _call(one: Interface, silent: tuple[str, ...], unit: Unit | None) -> list[Step]:
    """How a line that is up ends."""
    made = [Step(Event.DROP_CALL, UP, DOWN, "environment", "the other side ends {line}", Promised.END, also_from=silent)]
    if one.is_on_demand:
        idle = "nothing is sent over {line}: pppd hangs up for idleness"
        made.append(Step(Event.HANG_UP, UP, DOWN, "dialler", idle, Promised.ALWAYS, "pppd(8): idle", also_from=silent))
    if not silent:
        return made
    gone = "the other side of {line} is gone, and the line stays up"
    made.append(Step(Event.FALL_SILENT, UP, SILENT, "environment", gone, goes_on=True))
    if one.noticed is not None:
        missed = "requests over {line} stay without an answer: pppd hangs up"
        step = Step(Event.MISS_ECHOES, SILENT, DOWN, "pppd", missed, Promised.ALWAYS, "ppp.uc: keepalive")
        least, most = one.noticed
        made.append(step if unit is None else replace(step, earliest=unit.of(least), latest=unit.of(most), by=SILENCE))
    return made


def _owner(one: Interface, others: tuple[str, ...]) -> list[Step]:
    """What the owner of a line does that is not started by itself."""
    if one.auto:
        return []
    return [
        Step(Event.ORDER, DOWN, DOWN, "administrator", "the owner of {line} wants it up"),
        Step(Event.CANCEL, DOWN, DOWN, "administrator", "the owner of {line} stops it", also_from=others),
    ]
