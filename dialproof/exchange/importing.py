"""Model files of other tools, by the suffix of their names: each is its own project, and its specifications are the checks."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dialproof.core.plan import PlannedCheck  # not for `is_foreign`, which each command asks first

SUFFIXES = (".smv", ".vmt")
"""What the names of such files end in."""


def is_foreign(path: Path) -> bool:
    """Whether the file at `path` is a model of another tool."""
    return path.suffix.lower() in SUFFIXES


def foreign_checks(path: Path) -> "Sequence[PlannedCheck]":
    """One check for each specification in the file at `path`. Raises InputError that points at what cannot be used."""
    if path.suffix.lower() == ".smv":
        from dialproof.exchange.smv.reading import smv_checks

        return smv_checks(path)
    from dialproof.exchange.vmt.reading import vmt_checks

    return vmt_checks(path)
