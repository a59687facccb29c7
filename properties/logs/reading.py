"""A log on its way through a model: what was read, what was refused, and how long messages waited."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from dialproof.core.errors import InputError
from dialproof.core.run import FiniteRun
from dialproof.core.system import System
from dialproof.core.variables import Value
from dialproof.semantics.follower import Agreement
from model.logs.format import LogFormat, Seen
from model.logs.growing import now_like
from model.logs.lines import LogLine
from properties.logs.chronicle import Chronicle, Course
from properties.logs.followed import Refusal, earlier
from properties.logs.messages import Waiting, Waits

SET_BACK = timedelta(seconds=2)
"""By how much a line may be earlier than the one before it: programs do not write at once."""


class Follows(Protocol):
    """Who follows a log: a program as one, or each message by itself."""

    times: Counter[str]
    chronicle: Chronicle

    def seen(self, line: LogLine) -> Seen | None:
        """What the line shows; None if it shows nothing."""

    def take_in(self, line: LogLine, seen: Seen) -> Refusal | None:
        """Follow it over the line; the refusal if no run explains it."""

    @property
    def systems(self) -> tuple[System, ...]:
        """The systems whose actions are spoken of."""

    @property
    def system(self) -> System | None:
        """The system of the run that explains the log; None if there is none."""

    @property
    def states(self) -> int:
        """In how many states it may be, of all that is followed."""

    def agreed(self) -> Mapping[str, tuple[Value, ...]]:
        """The values that each variable may have now."""

    def waits(self) -> tuple[Waits, ...]:
        """How long messages waited that have left."""

    def waiting(self) -> Iterable[Waiting]:
        """The messages that have not left."""

    def go_on(self, seen: Seen | None) -> None:
        """After a line that was refused: take it as the beginning of what follows."""

    def explanation(self) -> FiniteRun | None:
        """A run that explains the log; None if nobody asked for it."""

    def unseen(self) -> Mapping[str, Agreement]:
        """For each action that is not shown, in which explanations it is; empty if nobody asked for one."""


@dataclass(frozen=True)
class Conformance:
    """The answer about a log.

    `systems` are those that were followed. `lines` were read, `of_program` were written by the program, `events` show an action.
    `times` says how often each action was seen, `course` when. `states` is the number of states in which the program may be at
    the end, `agreed` the values that each variable may have there. `hidden` lists what the log cannot show. `run`, of `system`,
    explains the log since the program was last started, or what was seen of a message, if that was asked for and is not too long;
    `unseen` says of each action that the log does not show whether all explanations of that message have it, or some, or none.

    Of the log of a mail system `waits` says how long messages waited, and `waiting` lists those that have not left: they wait
    `until` the last line, or until now if the log grows. `at_most` is how long any message waits by a proof, if that was asked
    for.
    """

    systems: tuple[System, ...]
    lines: int
    of_program: int
    events: int
    first: datetime | None
    last: datetime | None
    times: Mapping[str, int]
    refusal: Refusal | None
    states: int
    agreed: Mapping[str, tuple[Value, ...]]
    hidden: tuple[str, ...]
    waits: tuple[Waits, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    at_most: timedelta | None = None
    until: datetime | None = None
    course: Course | None = None
    run: FiniteRun | None = None
    system: System | None = None
    unseen: Mapping[str, Agreement] = field(default_factory=dict)

    @property
    def conforms(self) -> bool:
        """Whether some run of the model explains every line."""
        return self.refusal is None

    @property
    def too_long(self) -> tuple[Waits, ...]:
        """Where a message that has left had waited longer than is proved."""
        return tuple(one for one in self.waits if self.at_most is not None and one.longest > self.at_most)

    @property
    def overdue(self) -> tuple[Waiting, ...]:
        """The messages that had waited longer than is proved at the time `until`."""
        if self.at_most is None or self.until is None:
            return ()
        return tuple(one for one in self.waiting if one.is_overdue(self.until, self.at_most))

    def figures(self) -> list[dict[str, object]]:
        """How long messages waited, as rows of a table: `pandas.DataFrame(answer.figures())`. Times are in seconds."""
        return [
            {
                "class": one.route,
                "outcome": one.outcome.value,
                "number": one.number,
                "known": one.known,
                "mean_s": None if one.mean is None else one.mean.total_seconds(),
                "longest_s": one.longest.total_seconds() if one.known else None,
                "longest_of": one.longest_of,
            }
            for one in self.waits
        ]


class Reading:
    """A log that is read: `take` each line, then ask for the `answer`."""

    def __init__(self, follower: Follows, form: LogFormat, at_most: timedelta | None = None) -> None:
        self.follower, self.form, self.at_most = follower, form, at_most
        self._programs = frozenset(form.programs)
        self._lines = self._of_program = self._events = 0
        self._first: LogLine | None = None
        self._last: LogLine | None = None
        self._refusal: Refusal | None = None

    def take(self, line: LogLine) -> Refusal | None:
        """Follow the program over a line; the refusal if no run explains it."""
        self._lines += 1
        if line.program not in self._programs:
            return None
        self._of_program += 1
        self._refusal = _out_of_order(self._last, line)
        if self._refusal is None and (seen := self.follower.seen(line)) is not None:
            self._events += 1
            self._refusal = self.follower.take_in(line, seen)
        self._first, self._last = self._first or line, line
        return self._refusal

    def go_on(self, line: LogLine) -> None:
        """Read on after a line that was refused, as if the log began behind it."""
        self._refusal = None
        self.follower.go_on(self.follower.seen(line))

    def answer(self, logs: Sequence[Path], *, is_growing: bool = False) -> Conformance:
        """The answer about what was read of `logs`, which still grow if it `is_growing`.

        Raises InputError if no line of the program was in it.
        """
        if not self._of_program:
            raise InputError(f"{', '.join(map(str, logs))}: no line by the program whose log this is to be")
        follower = self.follower
        last = self._last.at if self._last else None
        return Conformance(
            systems=follower.systems,
            lines=self._lines,
            of_program=self._of_program,
            events=self._events,
            first=self._first.at if self._first else None,
            last=last,
            until=now_like(last) if is_growing else last,
            times=dict(follower.times),
            refusal=self._refusal,
            states=follower.states,
            agreed=follower.agreed(),
            waits=follower.waits(),
            waiting=tuple(follower.waiting()),
            at_most=self.at_most,
            course=follower.chronicle.course(),
            hidden=tuple(self.form.not_shown()),
            run=None if self._refusal else follower.explanation(),
            system=follower.system,
            unseen={} if self._refusal else follower.unseen(),
        )


def _out_of_order(before: LogLine | None, line: LogLine) -> Refusal | None:
    """The refusal of a line that is earlier than the one before it."""
    if before is None or not earlier(line.at, before.at, by=SET_BACK):
        return None
    why = f"it is earlier than {before}: the clock was set back, or lines are missing or in another order"
    return Refusal(line, (), (), why)
