"""One measurement: the same check made several times, each time from nothing, by the clock on the wall."""

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.families import BUILDS, CLAIMS, Family
from dialproof import check
from dialproof.core.verdict import Unknown
from dialproof.portfolio.check import word


@dataclass(frozen=True)
class Measurement:
    """What came of checking `claim` with `entries` entries under `fault`: `seconds` of each run, which all gave `verdict`."""

    family: str
    entries: int
    fault: str
    claim: str
    verdict: str
    engine: str
    reason: str
    variables: int
    actions: int
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median of the runs, in seconds."""
        return statistics.median(self.seconds)

    @property
    def as_expected(self) -> bool | None:
        """Whether the verdict is the right one; None if it is undecided."""
        return None if self.verdict == "unknown" else self.verdict == BUILDS[self.fault]


def measure(family: Family, entries: int, fault: str, claim: str, *, runs: int, timeout: float, jobs: int) -> Measurement:
    """Check `runs` times. What is not decided within `timeout` seconds is not tried again.

    The time is that of `dialproof.check` as a whole: starting the workers, the range check, search and proof, replay or audit,
    and the vacuity check. Parsing and building the scenario are not in it.
    """
    system, asked = family.question(entries, fault, claim)
    seconds: list[float] = []
    found: list[tuple[str, str, str]] = []
    for _ in range(runs):
        begun = time.monotonic()
        verdict = check(system, asked, timeout=timeout, processes=jobs)
        seconds.append(time.monotonic() - begun)
        reason = verdict.reason if isinstance(verdict, Unknown) else ""
        if not reason and verdict.vacuity.is_vacuous is not False:
            reason = "vacuous, or not known not to be"
        found.append((word(verdict), verdict.engine, reason))
        if isinstance(verdict, Unknown):
            break
    # An undecided run outweighs decided ones, and a wrong one outweighs a right one: neither may hide behind a median.
    worst = min(found, key=lambda run: (run[0] != "unknown", run[0] == BUILDS[fault], run[2] == ""))
    return Measurement(
        family.name, entries, fault, claim, *worst, len(system.variables), len(system.actions), tuple(seconds)
    )  # fmt: skip


def measure_all(chosen: Sequence[Family], sizes: Sequence[int], *, runs: int, timeout: float, jobs: int) -> Iterator[Measurement]:
    """Every combination, the small sizes first."""
    for family in chosen:
        for entries in sizes:
            for fault in BUILDS:
                for claim in CLAIMS:
                    yield measure(family, entries, fault, claim, runs=runs, timeout=timeout, jobs=jobs)
