"""Tightest bounds: the smallest number that a measure never exceeds, as a result of its own kind with evidence for both sides."""

from dataclasses import dataclass

from dialproof.core.display import Displayed, one_line
from dialproof.core.verdict import Holds, Violated


@dataclass(frozen=True, eq=False)
class TightestBound(Displayed):
    """What is known of the largest value of a measure.

    `at_most` is proved: the measure never exceeds it, as `proof` establishes; None if nothing is proved. `at_least` is attained:
    `run` violates the claim that the measure stays below it, and reaches it; None if no run is known on which it is above 0.
    `cap` is the largest value that was looked at: a measure that reaches it may exceed it.
    """

    at_most: int | None
    at_least: int | None
    cap: int
    proof: Holds | None = None
    run: Violated | None = None
    why_open: str = ""

    @property
    def is_exact(self) -> bool:
        """True if both sides are known and meet: the bound is the tightest."""
        return self.at_most is not None and self.at_most == (self.at_least or 0)

    @property
    def exceeds_cap(self) -> bool:
        """True if a run reaches the largest value that was looked at."""
        return self.at_least is not None and self.at_least >= self.cap

    @property
    def says(self) -> str:
        """The bound in a few words."""
        if self.is_exact:
            return str(self.at_most)
        low = str(self.at_least or 0)
        return f"{low} or more" if self.at_most is None else f"between {low} and {self.at_most}"

    def __repr__(self) -> str:
        return one_line("TightestBound", self.says, self.why_open)
