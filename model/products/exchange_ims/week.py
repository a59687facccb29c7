"""Times of the week as a scenario file writes them: "08:00" (each day), "Sat 12:00", "Mon-Fri 08:00", "Mon-Fri 08:00-18:00"."""

import re
from collections.abc import Iterable, Sequence

from model.parts.calendar import DAYS, MINUTES_OF_DAY

MINUTES_OF_WEEK = len(DAYS) * MINUTES_OF_DAY

_DAY = "|".join(DAYS)
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_SLOT = re.compile(rf"(?:(?P<first>{_DAY})(?:-(?P<last>{_DAY}))? )?(?P<at>{_TIME})")
_HOURS = re.compile(rf"(?:(?P<first>{_DAY})(?:-(?P<last>{_DAY}))? )?(?P<at>{_TIME})-(?P<until>{_TIME}|24:00)")

SLOT_FORM = '"HH:MM" for each day, or with days before it: "Sat 12:00", "Mon-Fri 08:00"'
HOURS_FORM = '"HH:MM-HH:MM" for each day, or with days before it: "Mon-Fri 08:00-18:00"'


def slot(text: str) -> str:
    """`text`, if it is a time of the week. Raises ValueError."""
    if not _SLOT.fullmatch(text):
        raise ValueError(f"a time is {SLOT_FORM}")
    return text


def moment(text: str) -> str:
    """`text`, if it is one time of a day or of a week. Raises ValueError."""
    match = _SLOT.fullmatch(text)
    if not match or match["last"] is not None:
        raise ValueError('a moment is "HH:MM", or one with its day: "Tue 00:00"')
    return text


def minute_of(moment: str) -> int:
    """Which minute of the week, or of the day, that is."""
    match = _SLOT.fullmatch(moment)
    assert match is not None
    day = 0 if match["first"] is None else DAYS.index(match["first"])
    return day * MINUTES_OF_DAY + _minute(match["at"])


def hours(text: str) -> str:
    """`text`, if it is a span of times of the week. Raises ValueError."""
    match = _HOURS.fullmatch(text)
    if not match:
        raise ValueError(f"hours are {HOURS_FORM}")
    if match["at"] == match["until"]:
        raise ValueError(
            'hours that end when they begin are a moment, and nothing is dialled in it; for a whole day write "00:00-24:00"'
        )
    return text


def cycle_of(texts: Iterable[str]) -> int:
    """How long it takes until they all come again: a day if none of them names a day, else a week; in minutes."""
    return MINUTES_OF_WEEK if any(text.startswith(DAYS) for text in texts) else MINUTES_OF_DAY


def minutes_of(texts: Sequence[str], cycle: int) -> list[int]:
    """The times of the cycle at which these are, each once, sorted."""
    found = set()
    for text in texts:
        match = _SLOT.fullmatch(text)
        assert match is not None
        found |= {day + _minute(match["at"]) for day in _days(match, cycle)}
    return sorted(found)


def spans_of(texts: Sequence[str], cycle: int) -> list[tuple[int, int]]:
    """When these hours begin, and how long they are; what runs over midnight ends on the next day."""
    found = []
    for text in texts:
        match = _HOURS.fullmatch(text)
        assert match is not None
        begin, end = _minute(match["at"]), _minute(match["until"])
        if end < begin:
            end += MINUTES_OF_DAY
        found += [(day + begin, end - begin) for day in _days(match, cycle)]
    return found


def _days(match: re.Match[str], cycle: int) -> list[int]:
    """The minutes at which the days of `match` begin; Fri-Mon are four days."""
    if match["first"] is None:
        return list(range(0, cycle, MINUTES_OF_DAY))
    first = DAYS.index(match["first"])
    last = DAYS.index(match["last"] or match["first"])
    count = (last - first) % len(DAYS) + 1
    return [(first + number) % len(DAYS) * MINUTES_OF_DAY for number in range(count)]


def _minute(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)
