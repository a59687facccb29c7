"""One claim about a configuration file, checked: its verdict, and the settings that it is blamed on."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from dialproof.core.plan import PlannedCheck
from dialproof.portfolio.check import CheckedVerdict, run_planned
from dialproof.portfolio.portfolio import Portfolio
from dialproof.testing import assert_holds, assert_violated
from model.importing import Imported, source_of
from model.products import importers
from model.scenario import Check
from properties.checks import open_installation, plan_check

CONFIGURATIONS = Path(__file__).resolve().parents[2] / "model" / "configurations"


def imported(path: Path) -> Imported:
    """The configuration file as data."""
    source = source_of(path, importers())
    assert isinstance(source, Imported)
    return source


def asked(path: Path) -> list[str]:
    """The claims that the file is asked for."""
    return [one["claim"] for one in imported(path).data["check"]]


def planned(path: Path, claim: str, fault: str | None = None, *, bound: int | None = None) -> PlannedCheck:
    """The check of one claim about the file at `path`."""
    return plan_check(open_installation(path), Check(claim=claim, fault=fault, bound=bound), {})


@cache
def checked(path: Path, claim: str, fault: str | None = None, bound: int | None = None) -> CheckedVerdict:
    """The verdict of one claim about the file at `path`."""
    with Portfolio(2, timeout=300) as portfolio:
        (verdict,) = run_planned(portfolio, [planned(path, claim, fault, bound=bound)])
    return verdict


def holds(path: Path, claim: str, fault: str | None = None, *, bound: int | None = None) -> None:
    """The claim about the file is proved, and not vacuous."""
    assert_holds(checked(path, claim, fault, bound))


def violated(path: Path, claim: str, fault: str | None = None, *, bound: int | None = None) -> Sequence[str]:
    """The claim is violated; the settings that it is blamed on, as `line: what is said`."""
    one = checked(path, claim, fault, bound)
    assert_violated(one)
    return [f"{suspect.line}: {suspect.says}" for suspect in one.planned.suspects]
