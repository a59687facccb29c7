"""Intent: whether a line is to be up at all, which only its owner says; and somebody who starts it without asking.

A line that is stopped on purpose is down, and not broken. A watchdog that takes every line that is down for broken starts it
anyway (fildunsky/luci-app-5gmodem PR #18).
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

import z3

from dialproof.core.variables import Boolean, boolean
from model.events import Event
from model.parts.lines import Line
from model.rules import Remembered, Rules, Situation, Updates


def intended(name: str) -> Boolean:
    """The owner of the line wants it to be up."""
    return boolean(f"intended {name}", says=f"{name} is to be up")


def intending(rules: Rules, owned: Collection[str], *, unasked: Collection[str]) -> Rules:
    """The same rules, by which those of the lines that are `owned` are started only while they are to be up.

    At first they are not. Those that are `unasked` are started by somebody who asks nobody.
    """
    if not owned:
        return rules

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = rules.after(now, event, name)
        if name in owned and event in (Event.ORDER, Event.CANCEL):
            return {**known, intended(name): z3.BoolVal(event is Event.ORDER)}
        return known

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        return (*rules.state(lines), *(Remembered(intended(name), z3.Not(intended(name))) for name in owned))

    def permits(_now: Situation, name: str) -> z3.BoolRef:
        return intended(name) if name in owned and name not in unasked else z3.BoolVal(True)

    return replace(rules, after=after, state=state).only_if(Event.DIAL, permits)
