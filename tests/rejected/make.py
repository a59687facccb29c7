"""Makes the certificates that must be rejected: `python -m tests.rejected.make`, after the form of obligations has changed.

Each corruption is one thing that a careless or a dishonest hand could do to a good certificate of the gate (`gate.py`). The
forger has our tools: where hashes stand in the way he makes them anew, so that what is left to find is that nothing is proved.
`reasons.csv` says of each certificate what was done to it, and what the auditor must say.
"""

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dialproof.core.errors import AuditError
from dialproof.core.plan import Scenario
from dialproof.evidence.certificates import read, write
from dialproof.evidence.certificates.contents import contents, stated_claim
from dialproof.evidence.certificates.plain import digest, from_plain, sha256, to_plain
from dialproof.portfolio.check import run_planned
from dialproof.portfolio.portfolio import Portfolio
from dialproof.project.opening import open_scenario

ROOT = Path(__file__).resolve().parents[2]
HERE = Path("tests/rejected")
SCENARIO = HERE / "gate.toml"
REASONS = HERE / "reasons.csv"

OPENED, BOTH, AGAIN, JAMS, LAMP, LEAVES = (
    "gate-is-opened",
    "gate-is-opened-and-shut",
    "gate-is-opened-again",
    "lock-never-jams",
    "lamp-is-lit",
    "caller-leaves",
)
ENGINES = {OPENED: "spacer", BOTH: "spacer", AGAIN: "spacer", JAMS: "induction", LAMP: "explicit", LEAVES: "response"}
"""The engine that proves each claim: one certificate for each method that a corruption needs."""


@dataclass
class Forgery:
    """A certificate under a forger's hands. `links` become symbolic links; `raw` is what is done to the manifest's text."""

    scenario: Scenario
    manifest: dict[str, Any]
    files: dict[str, bytes]
    links: dict[str, str] = field(default_factory=dict)
    raw: Callable[[bytes], bytes] = bytes

    def proof(self, **changes: Any) -> None:
        """Change the proof, and its hash with it; nothing else."""
        changed = replace(from_plain(self.manifest["certificate"]), **changes)
        self.manifest |= {"certificate": to_plain(changed), "digest": digest(changed)}

    def reseal(self, *, claim: str | None = None, cause: str | None = None, **changes: Any) -> None:
        """Change the proof or what it is about, and make everything else follow from that, as far as it can be made."""
        self.proof(**changes)
        wanted = (claim or self.manifest["claim"]["name"], cause or self.manifest["cause"])
        variants = {(one.claim, variant.name): variant for one in self.scenario.checks for variant in one.variants}
        variant = variants[wanted]
        self.manifest["cause"] = variant.name
        self.manifest["claim"] = stated_claim(variant.claim)
        stated = self.manifest["scenario"]
        proof = from_plain(self.manifest["certificate"])
        try:
            made = contents(self.scenario, stated["file"], stated["sha256"], variant, proof)
        except AuditError:  # there are no such obligations; those of the good proof stay
            return
        self.files = {stated["file"]: self.files[stated["file"]]} | {name: text.encode() for name, text in made.scripts}
        self.manifest |= made.manifest

    def script(self, number: int) -> str:
        """The name of an obligation's file; negative numbers count from the last one."""
        return str(self.manifest["obligations"][number]["file"])

    def rewrite(self, number: int, script: bytes) -> None:
        """Put another script in the place of an obligation's, with its hash."""
        self.files[self.script(number)] = script
        self.manifest["obligations"][number]["sha256"] = sha256(script)

    def use_scenario(self, data: bytes) -> None:
        """Put another scenario in the place of the copy, with its hash."""
        self.files[self.manifest["scenario"]["file"]] = data
        self.manifest["scenario"]["sha256"] = sha256(data)

    def write(self, folder: Path) -> None:
        """Put the certificate into `folder`."""
        text = f"{json.dumps(self.manifest, indent=2)}\n".encode()
        for name, data in {"manifest.json": self.raw(text), **self.files}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        for name, target in self.links.items():
            (folder / name).unlink(missing_ok=True)
            (folder / name).symlink_to(target)


@dataclass(frozen=True)
class Corruption:
    """A kind of corruption: of which certificate, what is done to it, and what the auditor must say."""

    name: str
    of: str
    done: str
    reason: str
    act: Callable[[Forgery], object]


def good_ones(folder: Path) -> dict[str, Path]:
    """Prove the claims, and write their certificates into `folder`."""
    scenario = open_scenario(SCENARIO)
    found = {}
    for claim, engine in ENGINES.items():
        planned = [check for check in scenario.checks if check.claim == claim][:1]
        with Portfolio(1, engines=[engine], second_opinion=True) as portfolio:
            [found[claim]] = write(folder, scenario, run_planned(portfolio, planned)[0])
    return found


def main() -> None:
    """Make everything anew."""
    from tests.rejected.corruptions import CORRUPTIONS

    for old in [*HERE.glob("*.cert"), HERE / "accepted"]:
        shutil.rmtree(old, ignore_errors=True)
    good = good_ones(HERE / "accepted")
    scenario = open_scenario(SCENARIO)
    with REASONS.open("w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["certificate", "of", "what was done", "reason"])
        for one in CORRUPTIONS:
            files = read(good[one.of])
            forgery = Forgery(scenario, json.loads(json.dumps(files.manifest)), dict(files.files))
            one.act(forgery)
            forgery.write(HERE / f"{one.name}.cert")
            table.writerow([one.name, one.of, one.done, one.reason])


if __name__ == "__main__":
    main()
