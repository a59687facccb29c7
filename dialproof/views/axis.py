"""The axis of a timeline, in bands of which each is as wide as a page: states at equal distances, or each at its time.

On an axis of time the distance between two events is that of their times, to scale. What happens at one time has some room too:
the events stand side by side there, in their order.
"""

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from dialproof.core.clock import a_day
from dialproof.core.run_clock import RunClock

NARROWEST, WIDEST = 9.0, 46.0
"""How far apart two states stand at equal distances, in points."""

_AT_ONCE = 11.0
"""How far apart two events at one time stand, in points."""

_FOR_EVENTS = 0.55
"""The most of a band that events at one time may take together; the rest is for time."""

_TICKS_APART = 46.0
_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)
_DAYS = (1, 2, 7, 14, 28, 140, 364, 3640, 36_400)


class Band(ABC):
    """A part of the axis: where states begin in it, in points from the left of the picture."""

    left: float
    first: int

    @abstractmethod
    def x(self, place: int) -> float:
        """Where the state at `place` begins, and the one before it ends; an end of the band if that is beyond it."""

    @abstractmethod
    def cut(self, place: int) -> float:
        """Where the picture is cut between the beginning of that state and what follows."""

    @abstractmethod
    def begins(self, place: int) -> bool:
        """True if that state begins in this band."""

    @abstractmethod
    def reaches(self, place: int) -> bool:
        """True if the band goes beyond the beginning of that state."""

    @property
    @abstractmethod
    def right(self) -> float:
        """Where the band ends."""


@dataclass(frozen=True)
class EqualBand(Band):
    """The states from `first` up to, not including, `end`, each as wide as any other; `left` is the x of the first."""

    first: int
    end: int
    left: float
    pitch: float

    def x(self, place: float) -> float:
        """See `Band`."""
        return self.left + (min(max(place, self.first), self.end) - self.first) * self.pitch

    def cut(self, place: int) -> float:
        """The middle of the state, so that no edge lies on the dots of its steps."""
        return self.x(place + 0.5)

    def begins(self, place: int) -> bool:
        """See `Band`."""
        return self.first <= place < self.end

    def reaches(self, place: int) -> bool:
        """See `Band`."""
        return self.end > place

    @property
    def right(self) -> float:
        """See `Band`."""
        return self.x(self.end)


@dataclass(frozen=True)
class TimedBand(Band):
    """What lies from `start` to `end` on a long axis of time, on which `at` has the beginning of each state and the end."""

    at: Sequence[float]
    start: float
    end: float
    left: float

    @property
    def first(self) -> int:  # type: ignore[override]
        """The state with which the band begins."""
        return max(bisect_right(self.at, self.start) - 1, 0)

    def on(self, far: float) -> float:
        """The x of what is so far on the long axis."""
        return self.left + min(max(far, self.start), self.end) - self.start

    def x(self, place: int) -> float:
        """See `Band`."""
        return self.on(self.at[place])

    def cut(self, place: int) -> float:
        """A little behind the beginning of the state, however long it lasts."""
        return self.on(self.at[place] + min(self.at[place + 1] - self.at[place], _AT_ONCE) / 2)

    def begins(self, place: int) -> bool:
        """See `Band`."""
        return self.start <= self.at[place] < self.end

    def reaches(self, place: int) -> bool:
        """See `Band`."""
        return self.end > self.at[place]

    @property
    def right(self) -> float:
        """See `Band`."""
        return self.on(self.end)


def equal_bands(count: int, left: float, room: float) -> list[Band]:
    """The bands for so many states at equal distances, each at most `room` wide."""
    length = -(-count // -(-count // int(room / NARROWEST)))
    pitch = min(WIDEST, room / length)
    return [EqualBand(first, min(first + length, count), left, pitch) for first in range(0, count, length)]


class TimeAxis:
    """The axis of a run with a clock: `times` has when each of its states is reached."""

    def __init__(self, clock: RunClock, times: Sequence[int], left: float, room: float) -> None:
        """Each band is `room` wide and begins at `left`."""
        self.clock, self.times = clock, times
        waits = [later - earlier for earlier, later in zip(times, [*times[1:], times[-1]], strict=True)]
        cells = waits.count(0) * _AT_ONCE
        bands = -int(-cells // (room * _FOR_EVENTS)) or 1
        self.scale = (bands * room - cells) / sum(waits) if any(waits) else 0.0
        self.at = tuple(accumulate((wait * self.scale or _AT_ONCE for wait in waits), initial=0.0))
        ends = [(number + 1) * room for number in range(bands - 1)] + [self.at[-1]]
        self.bands = [TimedBand(self.at, number * room, end, left) for number, end in enumerate(ends)]

    def far(self, time: int) -> float:
        """Where a time is on the long axis: where it is reached."""
        place = max(bisect_right(self.times, time - 1) - 1, 0)  # the last state that was reached before
        return self.at[place] + (time - self.times[place]) * self.scale if time else 0.0

    def labels(self, band: TimedBand) -> Iterator[tuple[float, str]]:
        """What may be written below a band, the most important first: times at which something happens, then round ones."""
        round_ones = range(0, self.times[-1] + 1, self._step()) if self.scale else ()
        for time in dict.fromkeys((*self.times, *round_ones)):
            far = self.far(time)
            if band.start <= far < band.end:
                yield band.on(far), self.clock.shows(time)

    def _step(self) -> int:
        """How far round times are apart, so that there is room for them."""
        day = a_day(self.clock.counts)
        minute = day // (24 * 60)
        steps = [*_MINUTES[:6], *(minutes * minute for minutes in _MINUTES), *(days * day for days in _DAYS)]
        return next((step for step in steps if step * self.scale >= _TICKS_APART), steps[-1])
