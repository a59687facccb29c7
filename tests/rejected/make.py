"""Makes the good certificates: `python -m tests.rejected.make`, after the form of obligations has changed on purpose.

They are the ones that the corrupted ones are made from (`forging.py`), one for each proof rule that a corruption needs.
"""

import shutil
from pathlib import Path

from dialproof.evidence.certificates import write
from dialproof.portfolio.check import run_planned
from dialproof.portfolio.portfolio import Portfolio
from dialproof.project.opening import open_scenario
from tests.rejected.forging import AGAIN, BOTH, HERE, JAMS, LAMP, LEAVES, OPENED

ENGINES = {OPENED: "spacer", BOTH: "spacer", AGAIN: "spacer", JAMS: "induction", LAMP: "explicit", LEAVES: "response"}
"""The engine that proves each claim."""


def main() -> None:
    """Prove the claims, and write their certificates."""
    accepted = (HERE / "accepted").relative_to(Path.cwd())
    shutil.rmtree(accepted, ignore_errors=True)
    scenario = open_scenario(accepted.parent / "gate.toml")
    for claim, engine in ENGINES.items():
        planned = [check for check in scenario.checks if check.claim == claim][:1]
        with Portfolio(1, engines=[engine], second_opinion=True) as portfolio:
            write(accepted, scenario, run_planned(portfolio, planned)[0])


if __name__ == "__main__":
    main()
