"""The ledger of expected verdicts: nothing may change unnoticed."""

from pathlib import Path

import pytest

from dialproof.core.certificates import Exhaustive
from dialproof.core.verdict import Holds, Violated
from dialproof.evidence.audit import IN_PYTHON
from dialproof.evidence.outcome import word
from dialproof.evidence.replay import REPLAYED
from proofs.conftest import ELSEWHERE, Verdicts, is_tried
from proofs.ledger import LEDGER, Entry, called, has_second_solver, planned, render


def test_every_verdict_is_the_one_in_the_ledger(verdicts: Verdicts) -> None:
    """A verdict that changed, a new check and a check that is gone all fail; `python -m proofs.ledger --write` accepts them."""
    header, *rows = LEDGER.read_text().splitlines()
    assert render(verdicts.by_entry).splitlines() == [header, *(row for row in rows if is_tried(row.partition(",")[0]))]


def test_the_ledger_has_each_check_of_each_scenario() -> None:
    """Whatever is tried, in the same order: under every cause."""
    known = sorted(Entry(called(Path(one.scenario)), one.claim, variant.name) for one in planned() for variant in one.variants)
    assert [tuple(row.split(",")[:3]) for row in LEDGER.read_text().splitlines()[1:]] == known


def test_every_scenario_states_what_it_expects_and_gets_it(verdicts: Verdicts) -> None:
    """The `expect` of each check in each scenario is what comes out, under every cause. A configuration file states none."""
    found = {(entry.scenario, entry.claim, entry.cause): word(verdict) for entry, verdict in verdicts.by_entry.items()}
    for check in planned():
        name = called(Path(check.scenario))
        assert name.startswith(ELSEWHERE) or check.expected is not None, f"{name}:{check.line} expects nothing"
        for variant in check.variants if is_tried(name) else ():
            if not name.startswith(ELSEWHERE):
                assert found[name, check.claim, variant.name] == check.expected, f"{name}:{check.line}, {variant.name}"


@pytest.mark.skipif(not has_second_solver(), reason="cvc5 is not installed: pip install dialproof[audit]")
def test_every_proof_is_audited_by_two_solvers(verdicts: Verdicts) -> None:
    """Every obligation of a proof was found unsatisfiable by a fresh z3 and by cvc5; a search of all states was repeated."""
    proofs = {entry: verdict for entry, verdict in verdicts.by_entry.items() if isinstance(verdict, Holds)}
    assert len(proofs) > 100
    for entry, verdict in proofs.items():
        if isinstance(verdict.certificate, Exhaustive):
            assert verdict.checked_by == (IN_PYTHON,), f"{entry}: {verdict.checked_by}"
        else:
            assert [who.split()[0] for who in verdict.checked_by] == ["z3", "cvc5"], f"{entry}: {verdict.checked_by}"


def test_every_counterexample_is_replayed(verdicts: Verdicts) -> None:
    """Of what is violated, plain Python has walked the run and evaluated the formula on it."""
    runs = {entry: verdict for entry, verdict in verdicts.by_entry.items() if isinstance(verdict, Violated)}
    assert len(runs) > 50
    for entry, verdict in runs.items():
        assert verdict.checked_by == (REPLAYED,), f"{entry}: {verdict.checked_by}"


def test_every_verdict_is_decided(verdicts: Verdicts) -> None:
    """None is left open, so that every row of the ledger is a proof or a counterexample."""
    assert all(isinstance(verdict, Holds | Violated) for verdict in verdicts.by_entry.values())
