"""When each step of a run happens, for a system that counts time: from the start of the run, at which the clock shows 00:00."""

from dataclasses import dataclass
from itertools import accumulate

from dialproof.core.clock import amount, clock_time
from dialproof.core.run import Lasso, Run, Taken
from dialproof.core.wording import Wording


@dataclass(frozen=True)
class RunClock:
    """The times of a run, in what its system counts: `at[n]` is the time after step n, and `at[0]`, that of the start, is 0.

    `period` is how long one round of a lasso's loop takes; None for a finite run.
    """

    counts: str
    at: tuple[int, ...]
    period: int | None

    def says(self, step: int) -> str:
        """The time after a step; with the day, if the run is longer than one."""
        return self.shows(self.at[step])

    def shows(self, time: int) -> str:
        """A time of this run as its clock shows it."""
        return clock_time(time, self.counts, with_day=self._is_long)

    @property
    def _is_long(self) -> bool:
        return clock_time(self.at[-1], self.counts, with_day=False).startswith("day")

    @property
    def round(self) -> str:
        """How long one round of the loop takes: "15 minutes"; "" for a finite run, and if no time passes in it."""
        return amount(self.period, self.counts) if self.period else ""

    @property
    def repeats(self) -> str:
        """How often the loop repeats, in words; "" for a finite run."""
        if self.period is None:
            return ""
        return f"repeats every {self.round}" if self.period else "no time passes in it"


def clock_of(run: Run, wording: Wording) -> RunClock | None:
    """The times of `run`; None if its system counts no time."""
    if not wording.passages:
        return None
    units = {passage.unit.counts for passage in wording.passages.values()}
    took = [_passed(step.action, wording) for step in run.steps]
    at = tuple(accumulate(took, initial=0))
    return RunClock(min(units), at, at[-1] - at[len(run.stem)] if isinstance(run, Lasso) else None)


def _passed(taken: Taken | None, wording: Wording) -> int:
    """How much time passes in a step."""
    passage = None if taken is None else wording.passages.get(taken.name)
    return 0 if taken is None or passage is None else passage.time(taken)
