"""Lines: the state machine of a dial link, and the modem that several of them may share.

A kind of line is one table (`LineKind`): which event takes it from which state to which, by whom, and what is promised of that.
The actions of the model, the pictures and the claims are read from it.
Left out: the modem's own redialling: it delays a call that may fail anyway. A port held by somebody else (Q175410) is an
environment of its own (`model.parts.ports`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.errors import ModelError
from dialproof.core.variables import Choice, Integer, StateVariable, choice
from model.events import Event, happening
from model.parts.promises import Promise
from model.parts.timing import Due, Reached, since
from model.rules import Rules, Situation

DOWN, DIALLING, UP, HANGING_UP = "down", "dialling", "up", "hanging_up"


class Promised(Enum):
    """What a scenario promises of a step of a line."""

    DIALLER = "that the dialler acts on what stays"
    SUCCESS = "that a call is answered at some time"
    END = "that a call ends at some time"
    START = "that a program which has ended is started again"
    ALWAYS = "that it happens if it stays possible"
    NOTHING = "nothing"


Promises = Mapping[Promised, Promise]
"""What is promised, as a scenario says it."""

FIXED: Promises = {Promised.ALWAYS: Promise(Fairness.WEAK), Promised.NOTHING: Promise(Fairness.NONE)}
"""What is promised whatever a scenario says: a modem gives up by its own time-out, and nobody's number is free for ever."""


@dataclass(frozen=True)
class Stopwatch:
    """A clock of a line beside its own: how long ago one of the events `begun_by` was last, whatever has happened since."""

    name: str
    begun_by: tuple[Event, ...]


@dataclass(frozen=True)
class Step:
    """A row of a line's table: `event` takes the line from `source`, or a state of `also_from`, to `target`.

    `says` names the line by {line}. With a clock it can be taken at the `earliest` so long after the line came to the state, or
    was active there; if `latest` is given, it is taken by then if it can be. Both are in units of the scenario. They are times
    of the stopwatch `by`, if it is given. After a step that `goes_on` the line's own clock is not begun anew.
    """

    event: Event
    source: str
    target: str
    actor: str
    says: str
    promised: Promised = Promised.NOTHING
    documented: str = ""
    also_from: tuple[str, ...] = ()
    earliest: int = 0
    latest: int | None = None
    by: Stopwatch | None = None
    goes_on: bool = False

    def __post_init__(self) -> None:
        if self.latest is not None and self.latest < self.earliest:
            raise ModelError(f"{self.event.value}: the latest time, {self.latest}, is before the earliest, {self.earliest}")

    @property
    def sources(self) -> tuple[str, ...]:
        """The states from which it can be taken."""
        return (self.source, *self.also_from)


@dataclass(frozen=True)
class LineKind:
    """A kind of line: its states, the first of which it is in at the start, and its steps.

    In a state of `waiting` it is neither available nor up, so that it must not stay there. `ending` is the state that it comes to
    when it is hung up. In a state of `at_rest` it holds no modem. In a state of `silent` it is up for whoever dialled it, with
    nobody at its other end. One that `is_kept` is meant to stay up, whatever waits. `sort` is what kinds with these very
    states are called.
    """

    states: tuple[str, ...]
    steps: tuple[Step, ...]
    waiting: tuple[str, ...] = (DIALLING, HANGING_UP)
    ending: str = HANGING_UP
    at_rest: tuple[str, ...] = (DOWN,)
    silent: tuple[str, ...] = ()
    is_kept: bool = False
    source: str = ""
    sort: str = "line"

    @property
    def is_timed(self) -> bool:
        """True if one of its steps has a latest time."""
        return any(step.latest is not None for step in self.steps)

    @property
    def stopwatches(self) -> tuple[Stopwatch, ...]:
        """The clocks that its steps go by beside its own."""
        return tuple(dict.fromkeys(step.by for step in self.steps if step.by is not None))

    def longest(self, by: Stopwatch | None = None) -> int:
        """The largest time that this clock, or its own, is compared with."""
        return max((max(step.earliest, step.latest or 0) for step in self.steps if step.by == by), default=0)


@dataclass(frozen=True, eq=False)
class Line:
    """A dial link as a line; lines that name the same `modem` share it.

    `clock` is how long ago it came to its state, or was active there; None without clocks. `stopwatches` are its other clocks.
    """

    name: str
    modem: str
    state: Choice
    kind: LineKind
    clock: Integer | None = None
    stopwatches: Mapping[Stopwatch, Integer] = field(default_factory=dict)

    @property
    def clocks(self) -> tuple[Integer, ...]:
        """All its clocks, its own first."""
        return () if self.clock is None else (self.clock, *self.stopwatches.values())

    def is_in(self, state: str) -> z3.BoolRef:
        """The line is in the state of this name."""
        return self.state == self.state[state]

    @property
    def is_down(self) -> z3.BoolRef:
        """No call, and none being made."""
        return self.is_in(DOWN)

    @property
    def is_at_rest(self) -> z3.BoolRef:
        """The line holds no modem."""
        states = [self.is_in(state) for state in self.kind.at_rest]
        return states[0] if len(states) == 1 else z3.Or(states)

    @property
    def is_dialling(self) -> z3.BoolRef:
        """A call is being made."""
        return self.is_in(DIALLING)

    @property
    def is_up(self) -> z3.BoolRef:
        """A call is in progress, and what waits can be sent."""
        return self.is_in(UP)

    @property
    def is_silent(self) -> z3.BoolRef:
        """A call is in progress, and nobody is at the other end; false for a line that cannot be so."""
        return _any([self.is_in(state) for state in self.kind.silent])

    @property
    def is_connected(self) -> z3.BoolRef:
        """A call is in progress, whether somebody is at the other end or not."""
        return z3.Or(self.is_up, self.is_silent) if self.kind.silent else self.is_up

    def begun_by(self, event: Event) -> dict[StateVariable, z3.ExprRef]:
        """The stopwatches that begin anew with `event`."""
        return {clock: z3.IntVal(0) for watch, clock in self.stopwatches.items() if event in watch.begun_by}

    def actions(self, lines: Sequence["Line"], situation: Situation, rules: Rules, promises: Promises) -> Iterator[Action]:
        """What happens to the line among `lines`, a row of its table after the other."""
        promises = {**FIXED, **promises}
        for step in self.kind.steps:
            promise = promises[step.promised]
            begun: dict[StateVariable, z3.ExprRef | bool | int] = {}
            if self.clock is not None and not step.goes_on:
                begun[self.clock] = 0
            yield happening(
                step.event,
                self.name,
                guard=self._guard(step, lines, situation, rules),
                updates={self.state: self.state[step.target], **begun, **self.begun_by(step.event)},
                fairness=promise.fairness,
                because=promise.name,
                actor=step.actor,
                says=step.says.format(line=self.name),
                source=step.documented,
            )

    def due(self, lines: Sequence["Line"], situation: Situation, rules: Rules) -> Iterator[Due]:
        """The steps that must be taken by some time, if they can be taken: for each reason, by when."""
        for step in self.kind.steps:
            if step.latest is not None:
                for reason, reached in self._reasons(step, situation, rules):
                    possible = _all([*self._before(step, lines), *reason])
                    yield Due(possible, ((self._clock(step), step.latest), *self._own(step), *reached))

    def _guard(self, step: Step, lines: Sequence["Line"], situation: Situation, rules: Rules) -> z3.BoolRef:
        """The line is in a state for it, its clock shows that it is time, and there is a reason."""
        clocks = [clock >= time for clock, time in self._own(step)]
        reasons = [
            [*reason, *(clock >= time for clock, time in reached)] for reason, reached in self._reasons(step, situation, rules)
        ]
        why = reasons[0] if len(reasons) == 1 else [z3.Or([_all(each) for each in reasons])]
        return _all([*self._before(step, lines), *why, *clocks])

    def _before(self, step: Step, lines: Sequence["Line"]) -> list[z3.BoolRef]:
        """What must be so whatever the rules are: the line is in a state for it, and its modem is free."""
        states = [self.is_in(state) for state in step.sources]
        where = states[0] if len(states) == 1 else z3.Or(states)
        return [where, modem_is_free(lines, self)] if step.event is Event.DIAL else [where]

    def _own(self, step: Step) -> tuple[Reached, ...]:
        """What the line's own clock, or the stopwatch that the step goes by, must show."""
        return ((self._clock(step), step.earliest),) if self.clock is not None and step.earliest else ()

    def _clock(self, step: Step) -> Integer:
        """The clock that the times of `step` are times of."""
        assert self.clock is not None
        return self.clock if step.by is None else self.stopwatches[step.by]

    def _reasons(self, step: Step, situation: Situation, rules: Rules) -> list[tuple[list[z3.BoolRef], Sequence[Reached]]]:
        """Why the rules let the step be taken: a line is dialled for several reasons, for anything else there is one."""
        if step.event is Event.DIAL:
            return [([one.condition], one.reached) for one in rules.reasons(situation, self)]
        allowed = rules.allow(situation, step.event, self)
        return [([] if z3.is_true(allowed) else [allowed], rules.not_before(situation, step.event, self.name))]


def _all(conditions: Sequence[z3.BoolRef]) -> z3.BoolRef:
    return z3.And(list(conditions)) if len(conditions) > 1 else conditions[0]


def _any(conditions: Sequence[z3.BoolRef]) -> z3.BoolRef:
    return conditions[0] if len(conditions) == 1 else z3.Or(list(conditions)) if conditions else z3.BoolVal(False)


def line(name: str, modem: str, kind: LineKind) -> Line:
    """The line `name` of this kind."""
    state = choice(f"line {name}", kind.states, says=f"line {name}", sort=kind.sort)
    if not kind.is_timed:
        return Line(name, modem, state, kind)
    clock = since(f"clock {name}", kind.longest(), says=f"time since {name} last changed or was active")
    others = {
        watch: since(f"since {watch.name} {name}", kind.longest(watch), says=f"time since {watch.name} of {name}")
        for watch in kind.stopwatches
    }
    return Line(name, modem, state, kind, clock, others)


def modem_is_free(lines: Sequence[Line], wanted: Line) -> z3.BoolRef:
    """No other line holds the modem of `wanted`."""
    others = [other.is_at_rest for other in lines if other is not wanted and other.modem == wanted.modem]
    return z3.And(others) if others else z3.BoolVal(True)
