"""What the theorems share: every verdict of every scenario, reached once."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from dialproof.core.verdict import Holds, Verdict, Violated
from dialproof.portfolio.check import CheckedVerdict
from dialproof.testing import assert_holds, assert_violated
from proofs.ledger import Entry, all_checked, called, planned
from tests.amounts import LEFT, THOROUGH

CLOCKED = ("timed/", "any-table/timed")
"""What the names of scenarios with clocks begin with. There are many, and each takes seconds."""

BORDERS = frozenset(
    (
        "timed/pppd",
        "timed/pppd-keep-alive",
        "timed/pppd-keep-alive-slower",
        "timed/pppd-penalty",
        "timed/pppd-penalty-too-soon",
        "timed/queued-for-15",
        "timed/queued-for-15-too-soon",
        "timed/retrieval-by-mail-alone",
    )
)
"""Those of them that the ordinary tests check: borders worked out by hand, each with both sides.

Every table with clocks has tests of its own."""

ELSEWHERE = "configurations/"
"""What the names of configuration files begin with, which the tests of each product check for their reasons too."""

SLOW = frozenset({"pppd/maxfail"})
"""Those without clocks that take as long as all others together: a run of ten failed calls has to be found."""


def is_tried(scenario: str) -> bool:
    """Whether the ordinary tests check a scenario of this name: each without clocks that is not slow, some with clocks."""
    return THOROUGH or scenario in BORDERS or not (scenario.startswith((*CLOCKED, ELSEWHERE)) or scenario in SLOW)


class Verdicts:
    """The verdicts, and the two things that a theorem can state about one."""

    def __init__(self, checked: Mapping[Entry, CheckedVerdict]) -> None:
        self._checked = checked
        self.by_entry: Mapping[Entry, Verdict] = {entry: one.verdict for entry, one in checked.items()}

    def holds(self, scenario: str, claim: str, cause: str) -> Holds:
        """The claim is proved, the proof audited, and not vacuous."""
        __tracebackhide__ = True
        return assert_holds(self._of(scenario, claim, cause))

    def violated(self, scenario: str, claim: str, cause: str) -> Violated:
        """A replayed run shows that the claim is false."""
        __tracebackhide__ = True
        return assert_violated(self._of(scenario, claim, cause))

    def _of(self, scenario: str, claim: str, cause: str) -> CheckedVerdict:
        if not is_tried(scenario):
            pytest.skip(f"{scenario}: {LEFT}")
        return self._checked[Entry(scenario, claim, cause)]


@pytest.fixture(scope="session")
def verdicts(pytestconfig: pytest.Config) -> Verdicts:
    """Every check of every scenario that is tried, under every cause; made as the plug-in's options say."""
    tried = [check for check in planned() if is_tried(called(Path(check.scenario)))]
    return Verdicts(all_checked(tried, timeout=pytestconfig.getoption("proof_timeout", 300.0)))
