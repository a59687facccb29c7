"""What an engine hands over: a candidate, not yet a verdict. Plain data, so that it crosses processes."""

from dataclasses import dataclass

from dialproof.core.certificates import Certificate
from dialproof.core.run import Run


@dataclass(frozen=True)
class Found:
    """A run that the engine takes for a violation. A bounded search of `depth` steps finds one too.

    The run may have fewer: its states may come back sooner than what is owed in them. Whoever knows it, without a search depth by
    depth, to be a shortest violation says so by `free`: there is none of at most that many steps (-1: that is not known).
    """

    run: Run
    depth: int
    free: int = -1

    @property
    def is_shortest(self) -> bool:
        """True if the engine says that no violation has fewer steps; of a bounded search that goes without saying."""
        return self.free >= 0


@dataclass(frozen=True)
class Proved:
    """A certificate that the engine takes for a proof."""

    certificate: Certificate


@dataclass(frozen=True)
class Nothing:
    """Neither; `reason` says why. `depth`: there is no violation of at most that many steps (-1: none was searched for).

    `by_limit`: a limit has ended it, and with larger limits it may find more.
    """

    reason: str
    depth: int = -1
    by_limit: bool = False


Outcome = Found | Proved | Nothing
"""What an engine hands over."""
