"""What the theorems share: every verdict of every scenario, reached once."""

from collections.abc import Mapping

import pytest

from dialproof.core.verdict import Holds, Verdict, Violated
from dialproof.portfolio.check import CheckedVerdict
from dialproof.testing import assert_holds, assert_violated
from proofs.ledger import Entry, all_checked


class Verdicts:
    """The verdicts, and the two things that a theorem can state about one."""

    def __init__(self, checked: Mapping[Entry, CheckedVerdict]) -> None:
        self._checked = checked
        self.by_entry: Mapping[Entry, Verdict] = {entry: one.verdict for entry, one in checked.items()}

    def holds(self, scenario: str, claim: str, cause: str) -> Holds:
        """The claim is proved, the proof audited, and not vacuous."""
        __tracebackhide__ = True
        return assert_holds(self._checked[Entry(scenario, claim, cause)])

    def violated(self, scenario: str, claim: str, cause: str) -> Violated:
        """A replayed run shows that the claim is false."""
        __tracebackhide__ = True
        return assert_violated(self._checked[Entry(scenario, claim, cause)])


@pytest.fixture(scope="session")
def verdicts(pytestconfig: pytest.Config) -> Verdicts:
    """Every check of every scenario, under every cause; made as the plug-in's options say."""
    return Verdicts(all_checked(timeout=pytestconfig.getoption("proof_timeout", 300.0)))
