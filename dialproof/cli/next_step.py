"""The last line: the one command that is the most useful now."""

import math
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dialproof.core.plan import Scenario
from dialproof.core.remedy import Remedy
from dialproof.evidence.outcome import CheckedVerdict
from dialproof.review.expectation import Standing, standing_of

INTERRUPTED, BROKEN = "interrupted", "ended by an internal error"
"""The reasons of checks that were given up: by whoever asked for them, or because of a bug of ours."""

_REPORT = "-o review.html"
_LONGEST = 160  # characters; beyond that nobody reads a command, let alone copies it
_MORE_TIME = 4  # times as much


@dataclass(frozen=True)
class Asked:
    """What was asked for: files and folders, the time for one check in seconds, and the engines, if any were named.

    If evidence `may_be_cached`, some of it may have been found by an earlier run.
    """

    scenarios: tuple[Path, ...]
    timeout: float
    engines: tuple[str, ...] = ()
    may_be_cached: bool = False


def next_step(asked: Asked, scenarios: Sequence[Scenario], results: Sequence[CheckedVerdict]) -> str:
    """The command to go on with, as a shell reads it; "" where a bug of ours ended everything.

    What was interrupted is checked again. What is not as expected is looked at in a report of its scenario. What was not decided
    gets what may decide it: more time, or every engine; if nothing may, or causes disagree, there is
    nothing to wait for. Then, as if all were decided, everything is ready for a report.
    """
    undecided = [checked for checked in results if standing_of(checked) is Standing.UNDECIDED]
    remedies = {checked.remedy for checked in undecided}
    if Remedy.REPORTING in remedies:
        return ""
    if Remedy.ANEW in remedies:
        return _command("check", asked.scenarios)
    different = {checked.planned.place for checked in results if standing_of(checked) is Standing.DIFFERENT}
    for scenario in scenarios:
        if not different.isdisjoint(check.place for check in scenario.checks):
            return _command("report", [scenario.path], _REPORT)
    for remedy in (Remedy.TIME, Remedy.ENGINES):
        if remedy in remedies:
            return _command("check", asked.scenarios, _options(remedy, asked))
    return _command("report", asked.scenarios, _REPORT)


def _options(remedy: Remedy, asked: Asked) -> str:
    """The options that bring the remedy. Whoever named engines and ran out of time gets all of them first."""
    longer = asked.timeout * _MORE_TIME
    if remedy is Remedy.ENGINES or asked.engines or not math.isfinite(longer):
        return ""
    return f"--timeout {max(1, longer):.0f}"  # rounded, a fraction of a second could become none


def _command(name: str, paths: Sequence[Path], options: str = "") -> str:
    files = shlex.join(f"./{path}" if str(path).startswith("-") else str(path) for path in paths)  # else it is an option
    said = f"dialproof {name} {files} {options}".rstrip()
    return said if len(said) <= _LONGEST else f"dialproof {name} SCENARIO... {options}".rstrip()
