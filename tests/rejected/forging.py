"""A forger: makes certificates that must be rejected from good ones (`python -m tests.rejected.forging FOLDER`).

Each corruption is one thing that a careless or a dishonest hand could do to a good certificate of the gate (`gate.py`). The
forger has our tools: if hashes stand in the way he makes them anew, so that what is left to find is that nothing is proved.
He alters the proof as plain data, as a certificate on disk has it: that may say what no certificate in memory can.
"""

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dialproof.core.errors import AuditError, CertificateError
from dialproof.core.plan import Scenario
from dialproof.evidence.certificates import read
from dialproof.evidence.certificates.contents import contents, stated_claim
from dialproof.evidence.certificates.plain import canonical, from_plain, sha256
from dialproof.project.opening import open_scenario

HERE = Path(__file__).resolve().parent

OPENED, BOTH, AGAIN, JAMS, LAMP, LEAVES = (
    "gate-is-opened",
    "gate-is-opened-and-shut",
    "gate-is-opened-again",
    "lock-never-jams",
    "lamp-is-lit",
    "caller-leaves",
)
"""The claims of the good certificates."""


@dataclass
class Forgery:
    """A certificate under a forger's hands. `links` become symbolic links; `raw` is what is done to the manifest's text."""

    scenario: Scenario
    manifest: dict[str, Any]
    files: dict[str, bytes]
    links: dict[str, str] = field(default_factory=dict)
    raw: Callable[[bytes], bytes] = bytes

    def proof(self, changes: Mapping[str, object]) -> None:
        """Change fields of the proof, and its hash with it; nothing else. What becomes None or an empty tuple is left out."""
        proof = json.loads(json.dumps({**self.manifest["certificate"], **changes}))
        stated = {name: value for name, value in proof.items() if value is not None and value != []}
        self.manifest |= {"certificate": stated, "digest": sha256(canonical(stated).encode())}

    def reseal(self, *, claim: str | None = None, cause: str | None = None, **changes: object) -> None:
        """Change the proof or what it is about, and make everything else follow from that, as far as it can be made."""
        self.proof(changes)
        wanted = (claim or self.manifest["claim"]["name"], cause or self.manifest["cause"])
        variants = {(one.claim, variant.name): variant for one in self.scenario.checks for variant in one.variants}
        variant = variants[wanted]
        self.manifest["cause"] = variant.name
        self.manifest["claim"] = stated_claim(variant.claim)
        stated = self.manifest["scenario"]
        try:
            proof = from_plain(self.manifest["certificate"])
            made = contents(self.scenario, stated["file"], stated["sha256"], variant, proof)
        except (AuditError, CertificateError):  # there are no such obligations; those of the good proof stay
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

    @property
    def good(self) -> str:
        """The name of the folder of the certificate that is corrupted."""
        return f"gate-{self.of}-none.cert"


def forge(folder: Path) -> None:
    """Make every corrupted certificate in `folder`, which must not exist, beside the good ones and their project."""
    from tests.rejected.corruptions import CORRUPTIONS

    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    scenario = open_scenario(folder / "gate.toml")
    for one in CORRUPTIONS:
        files = read(HERE / "accepted" / one.good)
        forgery = Forgery(scenario, json.loads(json.dumps(files.manifest)), dict(files.files))
        one.act(forgery)
        forgery.write(folder / f"{one.name}.cert")


if __name__ == "__main__":
    forge(Path(sys.argv[1]))
