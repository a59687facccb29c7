"""Time ranges: times at which a rule counts, such as working hours, by the clock of the machine.

A range is active or not at the start, and begins or ends at any time: the model has no calendar, so that a clock that is wrong is
among the runs. Nobody promises that a range ever becomes active, unless a scenario says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.variables import Boolean, boolean
from model.events import Event, happening
from model.parts.lines import Line
from model.parts.promises import Promise
from model.rules import Remembered, Rules


@dataclass(frozen=True)
class When:
    """When something counts: in the cases `active`, each the set of those of `ranges` that are active; the others are not."""

    ranges: tuple[str, ...] = ()
    active: tuple[frozenset[str], ...] = (frozenset(),)

    @property
    def is_never(self) -> bool:
        """It never counts, whatever the clock says."""
        return not self.active

    @property
    def is_always(self) -> bool:
        """It counts at all times."""
        return len(self.active) == 1 << len(self.ranges)

    @property
    def holds(self) -> z3.BoolRef:
        """It counts now."""
        if self.is_always or self.is_never:
            return z3.BoolVal(self.is_always)
        cases = [[is_active(one) if one in case else z3.Not(is_active(one)) for one in self.ranges] for case in self.active]
        return z3.Or([z3.And(case) for case in cases])


ALWAYS = When()


def is_active(name: str) -> Boolean:
    """The time range is active: by the clock of the machine it is such a time."""
    return boolean(f"time-range {name}", says=f"time-range {name} is active")


def remembered(rules: Rules, names: Sequence[str]) -> Rules:
    """The same rules, with the time ranges `names`, each active or not at the start."""

    def state(lines: Sequence[Line]) -> tuple[Remembered, ...]:
        return (*rules.state(lines), *(Remembered(is_active(name), z3.BoolVal(True)) for name in names))

    return replace(rules, state=state)


def turning(name: str, promise: Promise, *, source: str) -> list[Action]:
    """That a time range becomes active, as promised, and that it stops, which nobody promises."""
    return [
        happening(
            Event.BEGIN_TIME_RANGE,
            name,
            guard=z3.Not(is_active(name)),
            updates={is_active(name): True},
            actor="environment",
            says=f"time-range {name} becomes active",
            fairness=promise.fairness,
            because=promise.name,
            source=source,
        ),
        happening(
            Event.END_TIME_RANGE,
            name,
            guard=is_active(name),
            updates={is_active(name): False},
            actor="environment",
            says=f"time-range {name} is active no more",
            fairness=Fairness.NONE,
            source=source,
        ),
    ]
