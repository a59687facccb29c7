"""What the theorems share: every verdict of every scenario, reached once."""

from collections.abc import Mapping

import pytest

from dialproof.verdict import Holds, Verdict, Violated
from proofs.ledger import Entry, all_verdicts


class Verdicts:
    """The verdicts, and the two things that a theorem can state about one."""

    def __init__(self, by_entry: Mapping[Entry, Verdict]) -> None:
        self.by_entry = by_entry

    def holds(self, scenario: str, claim: str, cause: str) -> Holds:
        """The claim is proved, the proof audited, and not vacuous."""
        verdict = self.by_entry[Entry(scenario, claim, cause)]
        assert isinstance(verdict, Holds), f"{scenario}, {claim}, {cause}: {verdict}"
        assert verdict.checked_by, "a proof that nobody audited"
        assert verdict.vacuity.is_vacuous is False, f"{scenario}, {claim}, {cause}: the proof speaks of nothing"
        return verdict

    def violated(self, scenario: str, claim: str, cause: str) -> Violated:
        """A replayed run shows that the claim is false."""
        verdict = self.by_entry[Entry(scenario, claim, cause)]
        assert isinstance(verdict, Violated), f"{scenario}, {claim}, {cause}: {verdict}"
        assert verdict.checked_by, "a counterexample that nobody replayed"
        return verdict


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the theorems in one process, where several share the work: they share their verdicts (pytest-xdist)."""
    for item in items:
        if item.path.parent.name == "proofs":
            item.add_marker(pytest.mark.xdist_group("proofs"))


@pytest.fixture(scope="session")
def verdicts() -> Verdicts:
    """Every check of every scenario, under every cause."""
    return Verdicts(all_verdicts())
