"""`--certificates`: write each certificate as soon as its claim is known to hold."""

from collections.abc import Sequence
from pathlib import Path

from dialproof.core.errors import InputError
from dialproof.core.plan import PlannedCheck, Scenario
from dialproof.evidence.certificates import write
from dialproof.evidence.outcome import CheckedVerdict


class Keeper:
    """Writes certificates into `folder`; `written` has those of each check, one for each cause under which its claim holds."""

    def __init__(self, folder: Path, scenarios: Sequence[Scenario]) -> None:
        """Make the folder. Raises InputError if that is impossible: better before the checks than after them."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder}: certificates cannot be put there: {error.strerror or error}") from error
        self.folder = folder
        self.written: dict[PlannedCheck, list[Path]] = {}
        self._homes = {planned: scenario for scenario in scenarios for planned in scenario.checks}

    def keep(self, planned: PlannedCheck, checked: CheckedVerdict) -> None:
        """Write the certificates of one result. Raises what `dialproof.evidence.certificates.write` raises."""
        self.written[planned] = write(self.folder, self._homes[planned], checked)

    @property
    def total(self) -> int:
        """The number of different certificates written."""
        return len({path for paths in self.written.values() for path in paths})
