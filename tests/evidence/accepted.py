"""The good certificates of `tests/rejected/accepted/`, and how one of them is forged."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

ACCEPTED = Path(__file__).resolve().parents[1] / "rejected" / "accepted"
OPENED, LAMP = "gate-gate-is-opened-none.cert", "gate-lamp-is-lit-none.cert"


def forged(tmp_path: Path, change: Callable[[dict[str, object]], object], name: str = LAMP) -> Path:
    """A certificate whose manifest was changed."""
    folder = tmp_path / "forged.cert"
    shutil.copytree(ACCEPTED / name, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder
