"""Time: how much of it passes when an action is taken, and how a time is written for a reader.

An action whose parameter counts units of time says so by a `Passage`. Time is no part of the meaning of a system; one
without such actions counts no time.
"""

from dataclasses import dataclass

from dialproof.core.errors import ModelError
from dialproof.core.run import Taken

_PER_MINUTE = {"second": 60, "minute": 1}
"""How many of what can be counted are a minute."""

_DAY = 24 * 60


@dataclass(frozen=True)
class Scale:
    """What a number of a model stands for: so many times `size` of what is counted, such as a call."""

    size: int
    counts: str

    def __str__(self) -> str:
        return amount(self.size, self.counts)

    def of(self, time: int) -> int:
        """A time in units. Raises ValueError if it is no whole number of them."""
        units, rest = divmod(time, self.size)
        if rest:
            raise ValueError(f"{time} {self.counts}s are no whole number of units of {self}")
        return units

    def lasting(self, units: int) -> str:
        """How much so many units are: "15 minutes", "3 calls"."""
        return amount(units * self.size, self.counts)


@dataclass(frozen=True)
class Unit(Scale):
    """A unit of time: `size` of what is counted, "minute" or "second". Raises ModelError for another word or no size."""

    def __post_init__(self) -> None:
        if self.counts not in _PER_MINUTE or self.size < 1:
            raise ModelError(
                f"a unit of time is so many minutes or seconds, such as Unit(5, 'minute'); got {self.size} {self.counts}"
            )


@dataclass(frozen=True)
class Passage:
    """That time passes when an action is taken: as many units as the action's parameter called `parameter` says."""

    parameter: str
    unit: Unit

    def time(self, taken: Taken) -> int:
        """How much time passes, in what the unit counts."""
        units = dict(taken.parameters)[self.parameter]
        assert isinstance(units, int)
        return units * self.unit.size


def amount(time: int, counts: str) -> str:
    """An amount in words: "1 minute", "15 minutes"."""
    return f"{time} {counts}{'' if time == 1 else 's'}"


def clock_time(time: int, counts: str, with_day: bool = True) -> str:
    """A time since the beginning as day, hours and minutes (and seconds, if they are counted): "day 2 03:15"."""
    per_minute = _PER_MINUTE[counts]
    minutes, seconds = divmod(time, per_minute)
    days, minutes = divmod(minutes, _DAY)
    text = f"{minutes // 60:02}:{minutes % 60:02}{f':{seconds:02}' if per_minute > 1 else ''}"
    return f"day {days + 1} {text}" if with_day or days else text


def a_day(counts: str) -> int:
    """How many of what is counted are a day."""
    return _DAY * _PER_MINUTE[counts]
