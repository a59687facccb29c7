"""The last line: the one command that is the most useful now."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dialproof.checked import CheckedVerdict
from dialproof.review.judgement import Standing, standing_of
from dialproof.review.scenarios import Scenario
from dialproof.verdict import Unknown

INTERRUPTED, BROKEN = "interrupted", "ended by an internal error"
"""The reasons of checks that were given up: by whoever asked for them, or because of a bug of ours."""

_REPORT = "-o review.html"
_LONGEST = 160  # characters; beyond that nobody reads a command, let alone copies it
_MORE_TIME = 4  # times as much


@dataclass(frozen=True)
class Asked:
    """What was asked for: files and folders, the time for one check in seconds, and the engines, if any were named."""

    scenarios: tuple[Path, ...]
    timeout: float
    engines: tuple[str, ...] = ()


def next_step(asked: Asked, scenarios: Sequence[Scenario], results: Sequence[CheckedVerdict]) -> str:
    """The command to go on with, as a shell reads it; "" where a bug of ours ended everything.

    What was interrupted is checked again. What is not as expected is looked at in a report of its scenario. What was not
    decided gets every engine, or more time; where causes disagree more time is of no use. Else everything is ready for a report.
    """
    undecided = [checked for checked in results if standing_of(checked) is Standing.UNDECIDED]
    reasons = {one.reason for checked in undecided for _, one in checked.by_cause if isinstance(one, Unknown)}
    if BROKEN in reasons:
        return ""
    if INTERRUPTED in reasons:
        return _command("check", asked.scenarios)
    different = {checked.planned.place for checked in results if standing_of(checked) is Standing.DIFFERENT}
    for scenario in scenarios:
        if not different.isdisjoint(check.place for check in scenario.checks):
            return _command("report", [scenario.path], _REPORT)
    if any(_may_yet_be_decided(checked) for checked in undecided):
        more = "" if asked.engines else f"--timeout {asked.timeout * _MORE_TIME:.0f}"
        return _command("check", asked.scenarios, more)
    return _command("report", asked.scenarios, _REPORT)


def _may_yet_be_decided(checked: CheckedVerdict) -> bool:
    """Whether something is open under a single cause; that two causes disagree is a result."""
    unclear = (one.vacuity.is_vacuous is None for _, one in checked.by_cause if not isinstance(one, Unknown))
    return checked.needs_more_time or any(unclear)


def _command(name: str, paths: Sequence[Path], options: str = "") -> str:
    said = f"dialproof {name} {shlex.join(str(path) for path in paths)} {options}".rstrip()
    return said if len(said) <= _LONGEST else f"dialproof {name} SCENARIO... {options}".rstrip()
