"""The time ranges of IOS: when entries of access lists count.

Source: the command reference of `time-range`, `periodic` and `absolute`.
Left out: the calendar. What is read off the times is whether they come again for ever, and whether they never come.
"""

import re
from datetime import datetime, timedelta

from pydantic import Field, field_validator

from model.scenario import Table

_DAYS = r"(?:(?:daily|weekdays|weekends?|(?:mon|tues|wednes|thurs|fri|satur|sun)day) )"
_CLOCK = r"[0-9]{1,2}:[0-9]{2}"
_WHEN = _CLOCK + r" [0-9]{1,2} [a-z]{3,9} [0-9]{4}"
PERIODIC = re.compile(rf"{_DAYS}{{1,7}}{_CLOCK} to {_DAYS}?{_CLOCK}", re.IGNORECASE)
"""What stands behind `periodic`."""
ABSOLUTE = re.compile(rf"(?:start {_WHEN})?(?: ?\bend {_WHEN})?", re.IGNORECASE)
"""What stands behind `absolute`."""


class TimeRange(Table):
    """A time range: entries of access lists that name it count only while it is active."""

    periodic: tuple[str, ...] = Field(default=(), strict=False)
    """Times that come again, each as it stands in the file: "weekdays 8:00 to 18:00"."""

    absolute: str = ""
    """From when on, and until when, as it stands in the file: "start 8:00 1 January 2026 end 18:00 31 March 2026"."""

    unread: bool = False
    """Some of its times are not read: it may be active or not, and nothing is promised of it."""

    @field_validator("periodic")
    @classmethod
    def _are_times(cls, periodic: tuple[str, ...]) -> tuple[str, ...]:
        if not all(PERIODIC.fullmatch(one) for one in periodic):
            raise ValueError('allowed: days and times, such as "weekdays 8:00 to 18:00"')
        return periodic

    @field_validator("absolute")
    @classmethod
    def _is_a_time(cls, absolute: str) -> str:
        if not ABSOLUTE.fullmatch(absolute):
            raise ValueError('allowed: "start TIME DATE end TIME DATE", or one of both')
        return absolute

    @property
    def never(self) -> bool:
        """True if it is never active: it ends before it begins."""
        begin, end = (_moment(self.absolute, word) for word in ("start", "end"))
        return begin is not None and end is not None and end <= begin

    @property
    def recurs(self) -> bool:
        """True if it becomes active again and again, for ever, by a clock that is right."""
        return bool(self.periodic) and not self.unread and "end" not in self.absolute.lower().split()

    @property
    def says(self) -> str:
        """Its times, as the file has them."""
        return ", ".join([*self.periodic, *([f"absolute {self.absolute}"] if self.absolute else [])]) or "no times"


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _moment(text: str, word: str) -> datetime | None:
    """The time and date behind a word of `absolute`; None if there is none that can be read."""
    words = text.lower().split()
    if word not in words:
        return None
    clock, day, month, year, *_ = [*words[words.index(word) + 1 :], "", "", "", ""]
    hours, _, minutes = clock.partition(":")
    try:
        date = datetime(int(year), _MONTHS.index(month[:3]) + 1, int(day))  # noqa: DTZ001  # local time of the router
        return date + timedelta(hours=int(hours), minutes=int(minutes))
    except (ValueError, OverflowError):
        return None
