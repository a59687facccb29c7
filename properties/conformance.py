"""Whether a log is a run of the model: what it shows, if some run explains it, and what all explanations agree on."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from dialproof.core.errors import InputError
from dialproof.core.names import nearest
from dialproof.core.run import FiniteRun
from dialproof.core.system import System
from dialproof.core.variables import Value
from dialproof.semantics.follower import Follower, Happened, Sight, Stands
from model.fault import AND, NONE
from model.faults import named, of_product
from model.logs import format as log_format
from model.logs.format import LogFormat, Recogniser, Seen
from model.logs.lines import LogLine, lines_of
from model.router import Router
from properties.checks import open_installation

LONGEST_SHOWN = 2000
"""Of how many events at most a run is kept that explains them."""

NO_RUN = "no run of the model has this after what came before"

SET_BACK = timedelta(seconds=2)
"""By how much a line may be earlier than the one before it: programs do not write at once."""


@dataclass(frozen=True)
class Refusal:
    """The first line that no run explains: what it shows, what was possible instead, and why it is refused."""

    line: LogLine
    shows: tuple[str, ...]
    possible: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Conformance:
    """The answer about a log.

    `lines` were read, `of_program` were written by the program, `events` show an action. `times` says how often each action was
    seen. `states` is the number of states in which the program may be at the end, `agreed` the values that each variable may have
    there. `hidden` lists what the log cannot show. `run` explains the log since the program was last started, if that was asked
    for and there are at most `LONGEST_SHOWN` events.
    """

    system: System
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
    run: FiniteRun | None

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
) -> Conformance:
    """Follow the `logs` through the model of the scenario or configuration file at `path`, without its clocks.

    `form` is a file that says what the log shows; without it that of the product is taken. `year` is that of the first line, if
    its form has none. `fault` is one of the product, instead of the one that the scenario names. `from_start`: the log begins
    when the program does, and not in the middle. `explain` asks for a run. Raises InputError for a file that cannot be read, for
    a log in which the program has no line, and for lines of several links; NotApplicable if the program may be in too many
    states.
    """
    installed = open_installation(path, kind).without_clocks()
    product = installed.scenario.connector.product
    fault = fault or installed.scenario.connector.fault or NONE.name
    for one in fault.split(AND):
        if one not in of_product(product):
            raise InputError(f"no fault {one!r} of {product}; {nearest(one, sorted(of_product(product)))}")
    router = installed.router(named(fault))
    form = form or installed.log()
    if form is None:
        raise InputError(f"{path}: it is not known what the log of {product} shows here; describe it with --format")
    return _Following(router, log_format.read(form), from_start=from_start, explain=explain).followed(logs, year)


class _Following:
    """A log on its way through a model."""

    def __init__(self, router: Router, form: LogFormat, *, from_start: bool, explain: bool) -> None:
        self._explain = explain
        self._system = router.system
        self._actions = frozenset(action.name for action in self._system.actions)
        shown = form.shown(self._system.actions)
        self._recogniser = Recogniser(form, sorted({action.concerns for action in shown}))
        self._follower = Follower(self._system, [action.name for action in shown], from_anywhere=not from_start)
        self._hidden = tuple(form.not_shown())
        self._times: Counter[str] = Counter()
        self._processes: list[str] = []
        self._seen: list[Sight] | None = [] if explain else None

    def followed(self, logs: Sequence[Path], year: int | None) -> Conformance:
        """The answer about the logs."""
        lines = of_program = events = 0
        first: LogLine | None = None
        last: LogLine | None = None
        refusal: Refusal | None = None
        for line in lines_of(logs, year):
            lines += 1
            if not self._recogniser.is_by_the_program(line):
                continue
            of_program += 1
            refusal = self._out_of_order(last, line) or self._take_in(line)
            events += self._is_event
            first, last = first or line, line
            if refusal is not None:
                break
        if not of_program:
            raise InputError(f"{', '.join(map(str, logs))}: no line by the program whose log this is to be")
        return Conformance(
            system=self._system,
            lines=lines,
            of_program=of_program,
            events=events,
            first=first.at if first else None,
            last=last.at if last else None,
            times=dict(self._times),
            refusal=refusal,
            states=len(self._follower.states),
            agreed=self._follower.agreed(),
            hidden=self._hidden,
            run=None if refusal else self._run(),
        )

    _is_event = False

    def _take_in(self, line: LogLine) -> Refusal | None:
        seen = self._recogniser.seen(line)
        self._is_event = seen is not None
        if seen is None:
            return None
        if not seen.is_named:
            self._require_one_process(line)
        if seen.form.restart:
            self._follower.begin_again()
            self._seen = [] if self._explain else None
        actions = tuple(name for name in seen.actions if name in self._actions)
        if seen.actions and not actions and not seen.form.maybe:
            return Refusal(line, seen.actions, (), f"the model has no {' or '.join(seen.actions)}")
        for sight in self._sights(seen, actions):
            if not self._follower.see(sight):
                return Refusal(line, actions, tuple(self._follower.possible()), NO_RUN + self._if_by_another())
            if self._seen is not None:
                self._seen.append(sight)
                self._seen = self._seen if len(self._seen) <= LONGEST_SHOWN else None
        if len(actions) == 1 and not seen.form.maybe:
            self._times[actions[0]] += 1
        return None

    def _require_one_process(self, line: LogLine) -> None:
        """Raise InputError if two processes write by turns what does not say which link it speaks of: they are of two links."""
        if line.process in self._processes[:-1]:
            others = ", ".join(self._processes)
            raise InputError(
                f"{line}: processes {others} write by turns, of several links; give a log with the lines of one alone"
            )
        if line.process not in self._processes:
            self._processes.append(line.process)

    def _if_by_another(self) -> str:
        """A remark if the line is by another process than the first one."""
        return "; it is by another process, perhaps of another link" if len(self._processes) > 1 else ""

    def _sights(self, seen: Seen, actions: tuple[str, ...]) -> Iterator[Sight]:
        """What the line shows, one thing after the other: what happened, and how things stand then."""
        if actions:
            yield Happened(frozenset(actions), seen.form.maybe)
        known = {variable.name: variable.domain for variable in self._system.variables}
        values: dict[str, frozenset[Value]] = {}
        for stated, wanted in ((seen.form.among, True), (seen.form.not_among, False)):
            for text, named_values in stated.items():
                name = text.replace("{line}", seen.name)
                if name in known:
                    members = frozenset(known[name].members())
                    values[name] = frozenset(value for value in members if (value in named_values) is wanted)
        if values:
            yield Stands(tuple(sorted(values.items())))

    def _out_of_order(self, before: LogLine | None, line: LogLine) -> Refusal | None:
        """The refusal of a line that is earlier than the one before it."""
        if before is None or (before.at.tzinfo is None) != (line.at.tzinfo is None) or line.at >= before.at - SET_BACK:
            return None
        self._is_event = False
        why = f"it is earlier than {before}: the clock was set back, or lines are missing or in another order"
        return Refusal(line, (), (), why)

    def _run(self) -> FiniteRun | None:
        return None if self._seen is None else self._follower.explanation(self._seen)
