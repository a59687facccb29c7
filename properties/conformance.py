"""Whether a log is a run of the model: what it shows, if some run explains it, and what all explanations agree on."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from dialproof.core.errors import InputError
from dialproof.core.names import nearest
from dialproof.core.run import FiniteRun
from dialproof.core.system import System
from dialproof.core.variables import Value
from model.fault import AND, NONE
from model.faults import named, of_product
from model.logs import format as log_format
from model.logs.format import LogFormat, Seen
from model.logs.lines import LogLine, lines_of
from properties.checks import open_installation
from properties.followed import OneProgram, Refusal, earlier
from properties.messages import Messages, Waiting, Waits

SET_BACK = timedelta(seconds=2)
"""By how much a line may be earlier than the one before it: programs do not write at once."""


class Follows(Protocol):
    """Who follows a log: a program as one, or each message by itself."""

    times: Counter[str]

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

    def explanation(self) -> FiniteRun | None:
        """A run that explains the log; None if nobody asked for it."""


@dataclass(frozen=True)
class Conformance:
    """The answer about a log.

    `systems` are those that were followed.
    `lines` were read, `of_program` were written by the program, `events` show an action. `times` says how often each action
    was seen. `states` is the number of states in which the program may be at the end, `agreed` the values that each variable may
    have there. Of the log of a mail system `waits` says how long messages waited, and `waiting` lists those that have not left.
    `hidden` lists what the log cannot show. `run`, of `system`, explains the log since the program was last started, or what was
    seen of a message, if that was asked for and is not too long.
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
    run: FiniteRun | None = None
    system: System | None = None

    @property
    def conforms(self) -> bool:
        """Whether some run of the model explains every line."""
        return self.refusal is None


def conform(
    path: str | Path,
    logs: Sequence[Path],
    *,
    kind: str | None = None,
    form: Path | None = None,
    year: int | None = None,
    fault: str | None = None,
    from_start: bool = False,
    explain: bool = False,
    message: str | None = None,
) -> Conformance:
    """Follow the `logs` through the model of the scenario or configuration file at `path`, without its clocks.

    `form` is a file that says what the log shows; without it that of the product is taken. `year` is that of the first line, if
    its form has none. `fault` is one of the product, instead of the one that the scenario names. `from_start`: the log begins
    when the program does, and not in the middle. `explain` asks for a run, `message` for that of the message called so.
    Raises InputError for a file that cannot be read, for a log in which the program has no line, and for lines of several links;
    NotApplicable if the program may be in too many states.
    """
    installed = open_installation(path, kind).without_clocks()
    product = installed.scenario.connector.product
    fault = fault or installed.scenario.connector.fault or NONE.name
    for one in fault.split(AND):
        if one not in of_product(product):
            raise InputError(f"no fault {one!r} of {product}; {nearest(one, sorted(of_product(product)))}")
    form = form or installed.log()
    if form is None:
        raise InputError(f"{path}: it is not known what the log of {product} shows here; describe it with --format")
    wanted = log_format.read(form)
    if wanted.speaks_of_pieces:
        follower: Follows = Messages(installed, named(fault), wanted, message)
    else:
        follower = OneProgram(installed.router(named(fault)), wanted, from_start=from_start, explain=explain)
    return _read_through(follower, logs, wanted, year)


def _read_through(follower: Follows, logs: Sequence[Path], form: LogFormat, year: int | None) -> Conformance:
    """The answer about the logs."""
    programs = frozenset(form.programs)
    lines = of_program = events = 0
    first: LogLine | None = None
    last: LogLine | None = None
    refusal: Refusal | None = None
    for line in lines_of(logs, year):
        lines += 1
        if line.program not in programs:
            continue
        of_program += 1
        refusal = _out_of_order(last, line)
        if refusal is None and (seen := follower.seen(line)) is not None:
            events += 1
            refusal = follower.take_in(line, seen)
        first, last = first or line, line
        if refusal is not None:
            break
    if not of_program:
        raise InputError(f"{', '.join(map(str, logs))}: no line by the program whose log this is to be")
    return Conformance(
        systems=follower.systems,
        lines=lines,
        of_program=of_program,
        events=events,
        first=first.at if first else None,
        last=last.at if last else None,
        times=dict(follower.times),
        refusal=refusal,
        states=follower.states,
        agreed=follower.agreed(),
        waits=follower.waits(),
        waiting=tuple(follower.waiting()),
        hidden=tuple(form.not_shown()),
        run=None if refusal else follower.explanation(),
        system=follower.system,
    )


def _out_of_order(before: LogLine | None, line: LogLine) -> Refusal | None:
    """The refusal of a line that is earlier than the one before it."""
    if before is None or not earlier(line.at, before.at, by=SET_BACK):
        return None
    why = f"it is earlier than {before}: the clock was set back, or lines are missing or in another order"
    return Refusal(line, (), (), why)
