"""Scopes: the segments of a run over which a pattern has to hold.

A segment begins with the position that opens it and ends before the one that closes it. A scope asks for nothing where its
delimiters do not occur (M. Dwyer, G. Avrunin, J. Corbett, "Patterns in property specifications for finite-state verification",
1999).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import z3

from dialproof.core.display import one_line
from dialproof.core.ltl import always, eventually, weak_until

Segment = Callable[[z3.BoolRef | None], z3.BoolRef]
"""What a pattern asks of a segment that begins here: a formula, given what ends the segment (None: nothing does).

The segment ends before the first position at which that holds; where it never holds again, the segment goes on for ever.
"""


class Scope(ABC):
    """Where a pattern has to hold."""

    def __repr__(self) -> str:
        return one_line(type(self).__name__, *(str(condition) for condition in vars(self).values()))

    @abstractmethod
    def over(self, segment: Segment) -> z3.BoolRef:
        """That `segment` is met by every segment of the scope."""


@dataclass(frozen=True, eq=False, repr=False)
class Globally(Scope):
    """The whole run."""

    def over(self, segment: Segment) -> z3.BoolRef:
        """That the run as a whole meets `segment`."""
        return segment(None)


@dataclass(frozen=True, eq=False, repr=False)
class Before(Scope):
    """From the start to the first position at which `end` holds; nothing is asked of a run on which it never does."""

    end: z3.BoolRef

    def over(self, segment: Segment) -> z3.BoolRef:
        """That what comes before the first `end` meets `segment`."""
        return z3.Implies(eventually(self.end), segment(self.end))


@dataclass(frozen=True, eq=False, repr=False)
class After(Scope):
    """From the first position at which `start` holds; nothing is asked of a run on which it never does."""

    start: z3.BoolRef

    def over(self, segment: Segment) -> z3.BoolRef:
        """That what begins with the first `start` meets `segment`."""
        return weak_until(z3.Not(self.start), z3.And(self.start, segment(None)))


@dataclass(frozen=True, eq=False, repr=False)
class Between(Scope):
    """From each position at which `start` holds to the next one at which `end` does, if there is one."""

    start: z3.BoolRef
    end: z3.BoolRef

    def over(self, segment: Segment) -> z3.BoolRef:
        """That what lies between any `start` and the `end` after it meets `segment`."""
        return always(z3.Implies(z3.And(self.start, z3.Not(self.end), eventually(self.end)), segment(self.end)))


@dataclass(frozen=True, eq=False, repr=False)
class AfterUntil(Scope):
    """From each position at which `start` holds to the next one at which `end` does, or for ever if there is none."""

    start: z3.BoolRef
    end: z3.BoolRef

    def over(self, segment: Segment) -> z3.BoolRef:
        """That what lies between any `start` and the `end` after it, which need not come, meets `segment`."""
        return always(z3.Implies(z3.And(self.start, z3.Not(self.end)), segment(self.end)))
