"""A scenario file to start from: a small office's connector, with a word on every line that one may want to change.

What it leaves out is in `docs/scenario-format.md`; what it says is checked, and comes out as it expects.
"""

import shlex
from pathlib import Path

FILE = Path(__file__).with_suffix(".toml")
"""The text; `FILE_NAME` in it stands for the name of the new file, as a shell reads it."""


def new_scenario(name: str) -> str:
    """The text of a new scenario file called `name`."""
    return FILE.read_text(encoding="utf-8").replace("FILE_NAME", shlex.quote(name))
