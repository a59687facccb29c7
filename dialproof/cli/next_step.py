"""The last line of the output: the most useful next command."""

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
"""The reasons of checks that were given up: by the user, or because of a bug in dialproof."""

_REPORT = "-o review.html"
_LONGEST = 160  # characters; beyond that nobody reads a command, let alone copies it
_MORE_TIME = 4  # times as much


@dataclass(frozen=True)
class Asked:
    """The request: files and folders, the time limit for one check in seconds, and the engines, if any were named.

    If evidence `may_be_cached`, an earlier invocation may have found some of it.
    """

    scenarios: tuple[Path, ...]
    timeout: float
    engines: tuple[str, ...] = ()
    may_be_cached: bool = False


def next_step(asked: Asked, scenarios: Sequence[Scenario], results: Sequence[CheckedVerdict]) -> str:
    """The next command, as a shell reads it; "" if a bug in dialproof ended everything.

    If checks were interrupted, the command runs them again. If a check came out unexpectedly, it reports on that scenario. If
    a check is undecided, it adds what may decide it: time or engines. In all other cases (also if nothing may decide a check,
    or its causes disagree) it reports on everything.
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
    """The options that bring the remedy. After a timeout with named engines, the first remedy is to use all engines."""
    longer = asked.timeout * _MORE_TIME
    if remedy is Remedy.ENGINES or asked.engines or not math.isfinite(longer):
        return ""
    return f"--timeout {max(1, longer):.0f}"  # rounded, a fraction of a second could become none


def _command(name: str, paths: Sequence[Path], options: str = "") -> str:
    files = shlex.join(f"./{path}" if str(path).startswith("-") else str(path) for path in paths)  # else it is an option
    said = f"dialproof {name} {files} {options}".rstrip()
    return said if len(said) <= _LONGEST else f"dialproof {name} SCENARIO... {options}".rstrip()
