"""Clocks: how time passes, and what must happen by when.

Time is an integer, in units that a scenario chooses (`unit_of`). A clock says how long ago something was, and stops at the
largest number that it is compared with: beyond that nothing can tell two times apart. Time passes by `elapse(d)`, at most until
something that is possible is due; what is due at once lets no time pass. Integer time is exact for bounds that are closed
(T. Henzinger, Z. Manna, A. Pnueli, "What good are digital clocks?", 1992).

Runs in which time stops are no runs: the assumption `time-goes-on`. It excludes no run that can go on, because time can pass in
every state, or something that is due is possible there: when the clocks of a `Due` show the times that it names, its action has
its guard.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from math import gcd
from typing import NamedTuple

import z3

from dialproof.core.actions import Action, Assumption, taken
from dialproof.core.clock import Passage, Unit
from dialproof.core.variables import Integer, StateVariable, integer
from dialproof.ltl import always, eventually
from model.events import Event, happening

TIME_GOES_ON = "time-goes-on"


Reached = tuple[Integer, int | z3.ArithRef]
"""That a clock shows at least so much, which may depend on the state."""


@dataclass(frozen=True, eq=False)
class Due:
    """What `condition` is the guard of, but for clocks, is taken before time passes beyond the last of the times `at`."""

    condition: z3.BoolRef
    at: tuple[Reached, ...]

    def allows(self, step: Integer) -> z3.BoolRef:
        """So much time can pass without leaving behind what is due."""
        in_time = [clock + step <= time for clock, time in self.at if not isinstance(time, int) or time > 0]
        return z3.Implies(self.condition, z3.Or(in_time)) if in_time else z3.Not(self.condition)


def unit_of(times: Sequence[int], counts: str) -> Unit:
    """The largest unit of which each of `times` is a whole number; times that are 0 do not matter."""
    return Unit(reduce(gcd, times, 0) or 1, counts)


def since(name: str, cap: int, says: str) -> Integer:
    """A clock: how long ago something was, at most `cap`."""
    return integer(name, 0, max(cap, 1), says=says)


class Running(NamedTuple):
    """A clock that runs while a condition holds, and shows 0 otherwise; None: always."""

    clock: Integer
    only_while: z3.BoolRef | None = None


def elapse(clocks: Sequence[Running], due: Sequence[Due], longest: int, unit: Unit) -> Action:
    """Time passes, from one unit to `longest`, at most until something possible is due; each clock stops at its cap."""
    step = integer("d", 1, max(longest, 1), says="units of time")
    allowed = [one.allows(step) for one in due]
    updates: dict[StateVariable, z3.ExprRef] = {}
    for clock, only_while in clocks:
        cap = clock.variable.domain.high
        assert cap is not None
        later = z3.If(clock + step < cap, clock + step, z3.IntVal(cap))
        updates[clock] = later if only_while is None else z3.If(only_while, later, z3.IntVal(0))
    return happening(
        Event.ELAPSE,
        guard=z3.And(allowed) if allowed else z3.BoolVal(True),
        updates=updates,
        actor="environment",
        says="time passes: {d}",
        parameters=(step,),
        passage=Passage("d", unit),
    )


def time_goes_on(passing: Action) -> Assumption:
    """Time does not stop: it passes again and again."""
    return Assumption(TIME_GOES_ON, always(eventually(taken(passing))), "a run in which time stops is no run")
