"""The ledger: the expected verdict of every check of every scenario and configuration file here, under every cause.

`python -m proofs.ledger` prints the ledger as it comes out now; `--write` writes it to `proofs/ledger.csv`. A theorem compares
the two and fails on any difference: a verdict that changed, a check that is new, a check that is gone.
"""

import csv
import io
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from dialproof.core.plan import PlannedCheck
from dialproof.core.verdict import Verdict
from dialproof.portfolio.check import CheckedVerdict, run_planned, word
from dialproof.portfolio.portfolio import Portfolio
from dialproof.project.scenarios import scenario_files
from model.importing import kind_of
from model.products import importers
from properties.checks import plan

ROOT = Path(__file__).resolve().parents[1]
SCENARIOS = ROOT / "model" / "scenarios"
CONFIGURATIONS = ROOT / "model" / "configurations"
LEDGER = ROOT / "proofs" / "ledger.csv"


class Entry(NamedTuple):
    """A check under one cause: `scenario` is the path below `model/scenarios`, or below `model`, without .toml."""

    scenario: str
    claim: str
    cause: str


@cache
def planned() -> tuple[PlannedCheck, ...]:
    """Every check of every scenario and then of every configuration file, in the order of the files."""
    kinds = importers().values()
    files, _ = scenario_files([SCENARIOS, CONFIGURATIONS], lambda path: kind_of(path, kinds) is not None)
    return tuple(check for path in files for check in plan(path))


def has_second_solver() -> bool:
    """Whether cvc5 is installed. The lock has it, so that wherever `make test` runs each proof is audited twice."""
    return find_spec("cvc5") is not None


def all_checked(checks: Sequence[PlannedCheck], *, timeout: float = 300) -> dict[Entry, CheckedVerdict]:
    """Carry out `checks`; each entry is a check under one cause. All of them take minutes on two cores.

    `timeout` is in seconds, for each entry. Each proof is audited by z3 and, where it is installed, by cvc5.
    """
    with Portfolio(2, timeout=timeout, second_opinion=has_second_solver()) as portfolio:
        checked = run_planned(portfolio, checks)
    entries: dict[Entry, CheckedVerdict] = {}
    for item in checked:
        for variant, (cause, verdict) in zip(item.planned.variants, item.by_cause, strict=True):
            entry = Entry(called(Path(item.planned.scenario)), item.planned.claim, cause)
            if entry in entries:
                raise ValueError(f"{entry} stands for two checks: the ledger could not tell their verdicts apart")
            entries[entry] = CheckedVerdict(replace(item.planned, variants=(variant,)), ((cause, verdict),))
    return entries


def all_verdicts() -> dict[Entry, Verdict]:
    """The verdict of every entry."""
    return {entry: checked.verdict for entry, checked in all_checked(planned()).items()}


def called(scenario: Path) -> str:
    """What the ledger calls a scenario or a configuration file: its path below `model/scenarios`, or `model`, without .toml."""
    path = scenario.resolve()
    below = path.relative_to(SCENARIOS if path.is_relative_to(SCENARIOS) else ROOT / "model")
    return below.as_posix().removesuffix(".toml")


def render(verdicts: Mapping[Entry, Verdict]) -> str:
    """The ledger as CSV: scenario, claim, cause, verdict, and whether it is vacuous."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["scenario", "claim", "cause", "verdict", "vacuous"])
    for entry in sorted(verdicts):
        verdict = verdicts[entry]
        vacuous = {True: "yes", False: "no", None: "undecided"}[verdict.vacuity.is_vacuous]
        writer.writerow([*entry, word(verdict), vacuous])
    return text.getvalue()


def main() -> None:
    """Print the ledger, or write it."""
    text = render(all_verdicts())
    if "--write" in sys.argv[1:]:
        LEDGER.write_text(text)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
