"""What the model leaves out, as its modules say it: each says so where it leaves it out, and here it is only collected.

A report shows these lines, so that nobody takes silence for coverage.
"""

import re
from collections.abc import Sequence
from types import ModuleType

_SAID = re.compile(r"^Left out: (?P<what>.*?)(?:\n\n|\Z)", re.MULTILINE | re.DOTALL)


def left_out(parts: Sequence[ModuleType]) -> tuple[str, ...]:
    """One line for each of `parts`, from the whole to its parts: what the part is called, and what it leaves out."""
    return tuple(f"{_name(part)}: {said}" for part in parts for said in _said(part))


def _name(part: ModuleType) -> str:
    """What the module's first sentence begins with: "The dialler", "Lines"."""
    return (part.__doc__ or "").partition(":")[0]


def _said(part: ModuleType) -> list[str]:
    return [" ".join(found["what"].split()) for found in _SAID.finditer(part.__doc__ or "")]
