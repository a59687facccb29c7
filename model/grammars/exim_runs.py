"""Times, retry rules and queue runs as Exim writes them.

Source: Exim's specification, "Format of time values" (`2h30m`), "Retry configuration", and option `-q`; `readconf.c`
(`readconf_readtime`), `retry.c` (`retry_update`: the rule in force is the first whose cutoff has not passed; a geometric interval
is the last one times the factor, and no less than its first argument; `retry_interval_max` bounds all).
"""

import re
from dataclasses import dataclass

_SECONDS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}
_TIME = re.compile(r"(?:([0-9]{1,6})w)?(?:([0-9]{1,6})d)?(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,9})s)?")
_RULE = re.compile(r"([FGH])\s*,\s*([0-9a-z]+)\s*,\s*([0-9a-z]+)\s*(?:,\s*([0-9]{1,4}(?:\.[0-9]{0,3})?)\s*)?")
_RUN = re.compile(r"-q(q?)(i?)(f{0,2})(l?)")
_LONGEST = 500
_MOST_STEPS = 60


def seconds(text: str) -> int | None:
    """The time in seconds; None if it is no time."""
    match = _TIME.fullmatch(text) if text else None
    if match is None:
        return None
    return sum(int(number) * unit for number, unit in zip(match.groups(), _SECONDS.values(), strict=True) if number)


def in_words(time: int) -> str:
    """A time as Exim writes it."""
    said = ""
    for letter, unit in _SECONDS.items():
        number, time = divmod(time, unit)
        said += f"{number}{letter}" if number else ""
    return said or "0s"


@dataclass(frozen=True)
class RetryRule:
    """One set of retry parameters: until `cutoff` seconds after the first failure, each `interval`, times `factor` (F: 1)."""

    cutoff: int
    interval: int
    factor: float = 1.0


def retry_rules(text: str) -> tuple[RetryRule, ...] | None:
    """The parameter sets of a retry rule, such as `F,2h,15m; G,16h,1h,1.5`; None if they are none."""
    found: list[RetryRule] = []
    for part in text[:_LONGEST].split(";"):
        if not part.strip():
            continue
        match = _RULE.fullmatch(part.strip())
        cutoff, interval = (seconds(match[2]), seconds(match[3])) if match else (None, None)
        if match is None or not cutoff or not interval or (match[1] == "F") != (match[4] is None):
            return None
        factor = float(match[4]) if match[4] else 1.0
        if factor < 1 or (found and cutoff <= found[-1].cutoff):
            return None
        found.append(RetryRule(cutoff, interval, factor))
    return tuple(found) if len(text) <= _LONGEST else None


def intervals(rules: tuple[RetryRule, ...], longest: int) -> tuple[int, ...]:
    """The times from one failure to the next attempt, if each attempt is made at its time; the last one repeats.

    They end with the last rule's cutoff, or with `_MOST_STEPS`: a longer ladder has the last interval too early.
    """
    made: list[int] = []
    failing = 0
    while rules and len(made) < _MOST_STEPS:
        rule = next((one for one in rules if failing <= one.cutoff), None)
        if rule is None:
            break
        last = made[-1] if made else 0
        step = rule.interval if rule.factor == 1 or last < rule.interval else int(last * rule.factor)
        made.append(min(step, longest))
        failing += made[-1]
    while len(made) > 1 and made[-1] == made[-2]:
        made.pop()
    return tuple(made)


@dataclass(frozen=True)
class QueueRun:
    """A queue run: what its flags say. `is_in_two_stages` (`-qq`) changes only how messages share a connection."""

    is_in_two_stages: bool
    is_of_new_mail: bool
    is_forced: bool
    is_local: bool


def queue_run(text: str) -> QueueRun | None:
    """The queue run that `-q` with these flags starts; None if it is none, or one that comes again and again (`-q30m`)."""
    match = _RUN.fullmatch(text)
    return QueueRun(*(bool(flag) for flag in match.groups())) if match else None
