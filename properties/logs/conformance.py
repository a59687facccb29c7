"""Whether a log is a run of the model: what it shows, if some run explains it, and what all explanations agree on."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from dialproof.core.errors import InputError
from dialproof.core.names import nearest
from model.fault import AND, NONE
from model.faults import named, of_product
from model.logs import format as log_format
from model.logs.format import LogFormat
from model.logs.growing import growing, now_like
from model.logs.lines import lines_of
from model.product import Installation
from model.scenario import ScenarioFile
from properties.bounds import bounds_of
from properties.checks import open_installation
from properties.limits import Limits
from properties.logs.followed import OneProgram, Refusal
from properties.logs.messages import Messages, Waiting
from properties.logs.reading import Conformance, Follows, Reading

RESOLVED = "resolved-within"
"""The measure that says how long a message waits."""


@dataclass(frozen=True)
class Overdue:
    """A message that has waited longer than `at_most`, which is how long any message waits by a proof."""

    waiting: Waiting
    at_most: timedelta


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
    limits: Limits | None = None,
) -> Conformance:
    """Follow the `logs` through the model of the scenario or configuration file at `path`, without its clocks.

    `form` is a file that says what the log shows; without it that of the product is taken. `year` is that of the first line, if
    its form has none. `fault` is one of the product, instead of the one that the scenario names. `from_start`: the log begins
    when the program does, and not in the middle. `explain` asks for a run, `message` for that of the message called so.
    With `limits` it is computed how long any message waits, and compared.
    Raises InputError for a file that cannot be read, for a log in which the program has no line, and for lines of several links;
    NotApplicable if the program may be in too many states.
    """
    reading = _reading(path, kind, form, fault, from_start=from_start, explain=explain, message=message, limits=limits)
    for line in lines_of(logs, year):
        if reading.take(line):
            break
    return reading.answer(logs)


def watch(
    path: str | Path,
    log: Path,
    *,
    kind: str | None = None,
    form: Path | None = None,
    fault: str | None = None,
    limits: Limits | None = None,
    still: Callable[[], bool],
) -> Generator[Refusal | Overdue, None, Conformance]:
    """Follow a `log` that grows, and say what is refused and what is overdue as soon as that is seen; then the answer.

    It ends when `still` says so, which waits a moment, and is asked whenever the log has no further line. After a line that is
    refused it goes on as if the log began behind it. `limits` are those for computing how long any message may wait; without
    them nothing is overdue.
    Raises as `conform` does.
    """
    reading = _reading(path, kind, form, fault, from_start=False, explain=False, message=None, limits=limits)
    told: set[Waiting] = set()
    for line in growing(log, still):
        if line is not None:
            if (refusal := reading.take(line)) is not None:
                yield refusal
                reading.go_on(line)
        elif (at_most := reading.at_most) is not None:
            late = {one for one in reading.follower.waiting() if one.is_overdue(now_like(one.since), at_most)}
            yield from (Overdue(one, at_most) for one in sorted(late - told, key=str))
            told = late
    return reading.answer([log], is_growing=True)


def assert_conforms(path: str | Path, *logs: Path, **options: Any) -> Conformance:
    """The answer of `conform`. Raises AssertionError, with the line that no run explains, if there is one."""
    answer = conform(path, logs, **options)
    if answer.refusal is not None:
        raise AssertionError(f"{answer.refusal.line}: {answer.refusal.why}")
    return answer


def _reading(
    path: str | Path,
    kind: str | None,
    form: Path | None,
    fault: str | None,
    *,
    from_start: bool,
    explain: bool,
    message: str | None,
    limits: Limits | None,
) -> Reading:
    """A reading of the log of the program that `path` describes."""
    installed = open_installation(path, kind).without_clocks()
    wanted = format_for(installed, form)
    product = installed.scenario.connector.product
    fault = fault or installed.scenario.connector.fault or NONE.name
    for one in fault.split(AND):
        if one not in of_product(product):
            raise InputError(f"no fault {one!r} of {product}; {nearest(one, sorted(of_product(product)))}")
    if wanted.speaks_of_pieces:
        if from_start or explain:
            raise InputError("a log that speaks of messages is explained message by message: --message ID, without --run")
        follower: Follows = Messages(installed, named(fault), wanted, message)
    else:
        follower = OneProgram(
            installed.router(named(fault)), wanted, installed.called_in_log(), from_start=from_start, explain=explain
        )
    return Reading(follower, wanted, None if limits is None else _longest_wait(path, limits))


def format_for(installed: Installation[ScenarioFile], form: Path | None) -> LogFormat:
    """What the log of the program shows: what the file `form` says, or what is known of the product. Raises InputError."""
    form = form or installed.log()
    if form is None:
        file, product = installed.scenario.source, installed.scenario.connector.product
        raise InputError(f"{file}: it is not known what the log of {product} shows here; describe it with --format")
    return log_format.read(form)


def _longest_wait(path: str | Path, limits: Limits) -> timedelta | None:
    """How long any message waits, by a proof, under every cause; None if there is no bound. Raises InputError without clocks."""
    found = bounds_of(path, [RESOLVED], **limits.named)
    known = [None if one.at_most is None else timedelta(**{f"{one.unit.counts}s": one.at_most}) for one in found]
    return None if None in known else max((one for one in known if one is not None), default=None)
