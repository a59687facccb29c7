"""The catalogue of claims against a broken model: whatever is broken in the connector, some claim notices, or nothing differs.

The survivors stand in `mutants.csv`, each with a reason in words. What the table calls equivalent is proved to have the same
runs; what it calls a restriction only promises more fairness, so that it has no run that the model does not have.
"""

import csv
from collections import Counter
from zlib import crc32

import pytest

from dialproof.portfolio.portfolio import Portfolio
from dialproof.review.mutation.equivalence import promises_more
from dialproof.review.mutation.runner import Harmless, Mutation, Result
from dialproof.review.mutation.survivors import explanations
from proofs.ledger import ROOT, SCENARIOS
from properties.catalogue import catalogue
from properties.checks import plan
from tests.amounts import THOROUGH, long

SCENARIO = SCENARIOS / "every-claim" / "entry-added.toml"
TABLE = ROOT / "proofs" / "mutants.csv"


def is_tried(part: str, change: str) -> bool:
    """One of three in the ordinary tests, whichever their names say; all in the long run."""
    return THOROUGH or crc32(f"{part}: {change}".encode()) % 3 == 0


@pytest.fixture(scope="module")
def results() -> list[Result]:
    """What came of each mutant of the connector that is tried."""
    with Portfolio(2, timeout=300) as portfolio:
        mutation = Mutation(portfolio, plan(SCENARIO))
        found = mutation.results(thorough=False, wanted=lambda mutant: is_tried(mutant.part, mutant.change))
    assert mutation.undecided == []
    return found


def test_the_scenario_checks_every_claim_of_the_catalogue() -> None:
    """Else a mutant could survive because nobody was asked."""
    assert {check.claim for check in plan(SCENARIO)} == catalogue().keys()


def test_every_mutant_is_decided(results: list[Result]) -> None:
    """Nobody gave up on one that no other claim noticed."""
    assert len(results) > (150 if THOROUGH else 30)
    assert [result.mutant.name for result in results if result.open and not result.is_killed] == []


def test_whatever_no_claim_notices_stands_in_the_table_and_nothing_else(results: list[Result]) -> None:
    """A survivor that is new is a claim that is missing; one that is gone is a better claim, and a row to delete."""
    survivors = {(result.mutant.part, result.mutant.change): result.harmless for result in results if not result.is_killed}
    with TABLE.open(newline="") as file:
        rows = {(row["part"], row["change"]): Harmless(row["standing"]) for row in csv.DictReader(file)}
    assert survivors == {row: standing for row, standing in rows.items() if is_tried(*row)}
    assert explanations(TABLE).keys() == rows.keys()


def test_what_is_called_equivalent_is_proved_and_what_is_called_a_restriction_only_promises_more(results: list[Result]) -> None:
    """Neither is a matter of opinion."""
    for result in results:
        if not result.is_killed:
            proved = result.harmless is Harmless.EQUIVALENT and "z3" in result.proved_by
            assert proved or promises_more(result.mutant), result.mutant.name


@long
def test_the_book_gives_the_right_numbers(results: list[Result]) -> None:
    """They are figures, and figures go stale."""
    survivors = [result for result in results if not result.is_killed]
    equivalent = sum(result.harmless is Harmless.EQUIVALENT for result in survivors)
    page = " ".join((ROOT / "docs" / "evidence.md").read_text(encoding="utf-8").split())
    assert f"The checks kill {len(results) - len(survivors)} of the {len(results)} mutants of its connector" in page
    assert f"the other {len(survivors)}, each with a reason: {equivalent} are proved to be equivalent" in page
    assert f"{len(survivors) - equivalent} are restrictions" in page


def test_each_kind_of_mutant_is_noticed_by_somebody(results: list[Result]) -> None:
    """Claims notice most; the rest shows as an action that never happens, or as a variable that leaves its range."""
    who = Counter(notice.who for result in results for notice in result.noticed)
    assert who["ranges"] > (5 if THOROUGH else 0)
    assert who["coverage"] > (20 if THOROUGH else 5)
    assert len(who.keys() - {"ranges", "coverage"}) > (8 if THOROUGH else 4)
