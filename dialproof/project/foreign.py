"""The project of models that were written for other tools: each file brings its own specifications, and no Python."""

from collections.abc import Sequence
from pathlib import Path

from dialproof.core.plan import PlannedCheck
from dialproof.exchange.importing import foreign_checks
from dialproof.project.contract import VerificationProject


class ForeignModels(VerificationProject):
    """Plans the checks of files that other tools read: one for each of their specifications."""

    def checks(self, path: Path) -> Sequence[PlannedCheck]:
        """One check for each specification in the file at `path`. Raises InputError that points at what cannot be used."""
        return foreign_checks(path)
