"""The connector with clocks that `benchmarks.clocks` measures, as a family that the peers are asked about too."""

from dataclasses import dataclass

from benchmarks.clocks import connector
from benchmarks.families import BUILDS, Family
from dialproof.core.claims import Claim
from dialproof.core.system import System
from properties.catalogue import claim_about

WAIT = 60
"""How many minutes mail waits for its line at most: `queued_for` of the connector."""


@dataclass(frozen=True)
class Clocked(Family):
    """A connector with clocks, which is asked how long mail waits at most before its line is dialled.

    The build that holds is asked about `WAIT` minutes, the one that does not about one minute less.
    """

    def question(self, entries: int, fault: str, claim: str, capacity: int = 2) -> tuple[System, Claim]:  # noqa: ARG002
        """The system with so many entries, and `dialled-within` about it, whatever is asked of other families."""
        observed = claim_about(connector(entries), "dialled-within", WAIT if BUILDS[fault] == "holds" else WAIT - 1)
        return observed.system, observed.claim


CLOCKED = Clocked("clocks", "entries that go in turn over the LAN and over two lines, with clocks", lambda _from_end: "")
"""The family."""
