"""Lines over lines: a tunnel goes over another line, ends with it, and has to be started again after it.

The ways of a tunnel are lines in the order of their metrics: it goes by the first that is there. If that carries nothing, neither
does the tunnel. Faults are what is known to go wrong: the tunnel is not started again (openwrt/packages #780, openwrt/openwrt
#11086), or is bound to the cheapest line whatever is with it (openwrt/openwrt #514).
Left out: the moment in which a tunnel outlives the line below it; names and clocks that need the line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import z3

from dialproof.core.variables import Boolean, boolean
from model.events import Event
from model.parts.lines import Line
from model.rules import Remembered, Rules, Situation, Updates, all_of, any_of


@dataclass(frozen=True, eq=False)
class Way:
    """A line that others can go over: its default route `is_there`, and what is sent over it arrives if it `works`."""

    name: str
    is_there: z3.BoolRef
    works: z3.BoolRef


def carries(ways: Sequence[Way]) -> z3.BoolRef:
    """The first of `ways` that is there works."""
    parts = [all_of([way.works, *(z3.Not(better.is_there) for better in ways[:at])]) for at, way in enumerate(ways)]
    return parts[0] if len(parts) == 1 else any_of(parts)


def forgotten(name: str) -> Boolean:
    """The line was ended with the one below it, and nothing starts it again."""
    return boolean(f"forgotten {name}", says=f"{name} was ended with the line below it, and is not started again")


def over_others(rules: Rules, uppers: Mapping[str, Sequence[Way]]) -> Rules:
    """The same rules, by which each of `uppers`, with its ways, is started and comes up only if its way carries it."""
    if not uppers:
        return rules
    supervising = rules.supervising

    def goes(name: str) -> z3.BoolRef:
        ways = uppers[name]
        return ways[0].works if supervising.pins_to_the_cheapest else carries(ways)

    def allowed(_now: Situation, name: str) -> z3.BoolRef:
        return goes(name) if name in uppers else z3.BoolVal(True)

    def ends(_now: Situation, name: str) -> z3.BoolRef:
        return z3.Not(goes(name)) if name in uppers else z3.BoolVal(False)

    made = rules.only_if(Event.ANSWER, allowed).only_if(Event.DIAL, allowed).only_if(Event.LOSE_LOWER, ends)
    if supervising.starts_uppers_again:
        return made

    def after(now: Situation, event: Event, name: str) -> Updates:
        known = made.after(now, event, name)
        return {**known, forgotten(name): z3.BoolVal(True)} if event is Event.LOSE_LOWER and name in uppers else known

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        flags = [forgotten(name) for name in uppers]
        return (*made.state(lines), *(Remembered(flag, z3.Not(flag)) for flag in flags))

    def remembered(_now: Situation, name: str) -> z3.BoolRef:
        return z3.Not(forgotten(name)) if name in uppers else z3.BoolVal(True)

    return replace(made, after=after, state=state).only_if(Event.DIAL, remembered)
