"""The ledger of expected verdicts: nothing may change unnoticed."""

from dialproof.checking import word
from proofs.conftest import Verdicts
from proofs.ledger import LEDGER, SCENARIOS, render
from properties.checks import plan


def test_every_verdict_is_the_one_in_the_ledger(verdicts: Verdicts) -> None:
    """A verdict that changed, a new check and a check that is gone all fail; `python -m proofs.ledger --write` accepts them."""
    assert render(verdicts.by_entry).splitlines() == LEDGER.read_text().splitlines()


def test_every_scenario_states_what_it_expects_and_gets_it(verdicts: Verdicts) -> None:
    """The `expect` of each check in each file is what comes out, under every cause."""
    found = {(entry.scenario, entry.claim, entry.cause): word(verdict) for entry, verdict in verdicts.by_entry.items()}
    for path in sorted(SCENARIOS.rglob("*.toml")):
        name = path.relative_to(SCENARIOS).with_suffix("").as_posix()
        for check in plan(path):
            assert check.expected is not None, f"{path.name}:{check.line} expects nothing"
            for variant in check.variants:
                assert found[name, check.claim, variant.name] == check.expected, f"{path.name}:{check.line}, {variant.name}"
