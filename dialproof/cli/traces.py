"""`--traces`: write each counterexample in the Informal Trace Format as soon as it is known."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from dialproof.core.files import make_folder, write_whole
from dialproof.core.plan import PlannedCheck, Scenario
from dialproof.evidence.outcome import CheckedVerdict
from dialproof.exchange.itf import SUFFIX, itf


class Traces:
    """Writes traces into `folder`; `written` has the files of each check, one for each cause under which its claim is violated.

    The name of a file does not depend on which verdict comes first. An existing file of that name is replaced.
    """

    def __init__(self, folder: Path, scenarios: Sequence[Scenario]) -> None:
        """Make the folder. Raises InputError if that is impossible: better before the checks than after them."""
        make_folder(folder, "traces")
        self.folder = folder
        self.written: dict[PlannedCheck, list[Path]] = {}
        self._homes = {planned: scenario for scenario in scenarios for planned in scenario.checks}
        used: Counter[str] = Counter()
        self._names: dict[tuple[PlannedCheck, str], str] = {}
        for scenario in scenarios:
            for what, name in scenario.file_names().items():
                used[name] += 1  # another scenario file may have the same name in another folder
                self._names[what] = f"{name}-{used[name]}" if used[name] > 1 else name

    def keep(self, planned: PlannedCheck, checked: CheckedVerdict) -> None:
        """Write the traces of one result. Raises InputError if a file cannot be written."""
        source = self._homes[planned].label
        files = []
        for variant, verdict in checked.violations:
            under = f" under {variant.name}" if self._homes[planned].under(planned) else ""
            said = f"{planned.claim} is violated{under}"
            trace = itf(verdict.lasso, variant.system, source=source, description=said)
            files.append(self.folder / f"{self._names[planned, variant.name]}{SUFFIX}")
            write_whole(files[-1], f"{json.dumps(trace, indent=1, ensure_ascii=False)}\n")
        self.written[planned] = files

    @property
    def total(self) -> int:
        """The number of traces written."""
        return sum(map(len, self.written.values()))
