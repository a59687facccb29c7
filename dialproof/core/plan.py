"""Plans: the checks that a scenario file asks for."""

import re
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from dialproof.core.claims import Variant
from dialproof.core.display import Displayed, counted, one_line
from dialproof.core.visible import in_one_line


@dataclass(frozen=True)
class Suspect:
    """A setting that explains why a claim is violated: where it stands, and what it says to somebody who knows the file."""

    file: str
    line: int
    says: str

    def __str__(self) -> str:
        return f"{in_one_line(self.file)}:{self.line}: {self.says}"


@dataclass(frozen=True, eq=False)
class PlannedCheck:
    """A check as a scenario file asks for it.

    Where a fault's cause is not known there is one variant for each cause that has not been refuted: the verdict is what they
    agree on. `expected` is "holds", "violated" or None; `notes` says what was left out (that time is, for instance). `reads` are
    the other files that the check was planned from, as paths from the folder of the scenario file. `looks_at_actions` is True if
    the actions that are never enabled are findings of the check. `suspects` are the settings that explain a violation.
    """

    scenario: str
    line: int
    claim: str
    expected: str | None
    variants: tuple[Variant, ...]
    notes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    looks_at_actions: bool = True
    suspects: tuple[Suspect, ...] = ()

    def __repr__(self) -> str:
        causes = counted(len(self.variants), "cause") if len(self.variants) > 1 else ""
        expected = f"expected: {self.expected}" if self.expected else ""
        return one_line("PlannedCheck", repr(self.claim), f"{self.scenario}:{self.line}", expected, causes)

    @property
    def place(self) -> tuple[str, int, str]:
        """Which check of which scenario it is, also where more is known of it than was planned."""
        return self.scenario, self.line, self.claim


@dataclass(frozen=True, eq=False)
class Scenario(Displayed):
    """A scenario file that can be used: its path as it was given, its title (or nothing), and its checks.

    `called` is set where the file is a changed copy of another one: what to call it then, in front of a reader. `digest` is the
    SHA-256 of the file's content when it was read, in hexadecimal digits. `text` is set for a configuration file: the text of
    the scenario file that stands for it, which holds nothing of it but what the checks need.
    """

    path: Path
    title: str
    checks: tuple[PlannedCheck, ...]
    called: str = ""
    digest: str = ""
    text: str | None = None

    def __repr__(self) -> str:
        return one_line("Scenario", repr(self.label), self.title, counted(len(self.checks), "check"))

    @property
    def label(self) -> str:
        """What to call the file in front of a reader."""
        return self.called or str(self.path)

    @property
    def reads(self) -> tuple[str, ...]:
        """The other files that its checks were planned from, as paths from its folder; each once, sorted."""
        return tuple(sorted({name for planned in self.checks for name in planned.reads}))

    def file_names(self) -> dict[tuple[PlannedCheck, str], str]:
        """What files about a check under a cause are called: the same for no two of them, in letters, digits, `.`, `-` and `_`.

        The cause stands there if not all checks are made under the same one; so does the line of a check that is not the first of
        its claim.
        """
        names: dict[tuple[PlannedCheck, str], str] = {}
        for planned in self.checks:
            for variant in planned.variants:
                cause = f"-{variant.name}" if self.under(planned) else ""
                plain = re.sub(r"[^\w.-]+", "-", f"{self.path.stem}-{planned.claim}{cause}")
                apart = chain([plain, f"{plain}-line-{planned.line}"], (f"{plain}-line-{planned.line}-{n}" for n in count(2)))
                names[planned, variant.name] = next(name for name in apart if name not in names.values())
        return names

    def under(self, planned: PlannedCheck) -> str:
        """Which causes a check is made under, such as "under each of 3 causes: ..."; "" where all are made under the same one."""
        causes = [variant.name for variant in planned.variants]
        brief = self.briefly_under(planned)
        return f"{brief}: {', '.join(causes)}" if len(causes) > 1 else brief

    def briefly_under(self, planned: PlannedCheck) -> str:
        """The same, with the number of the causes if there are several."""
        causes = [variant.name for variant in planned.variants]
        if len(causes) > 1:
            return f"under each of {len(causes)} causes"
        return f"under {causes[0]}" if len({v.name for item in self.checks for v in item.variants}) > 1 else ""
