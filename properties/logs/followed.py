"""A program that is followed through its log as one: which states it may be in after each line."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dialproof.core.errors import InputError
from dialproof.core.run import FiniteRun
from dialproof.core.system import System
from dialproof.core.variables import Value
from dialproof.semantics.follower import Agreement, Follower, Happened, Sight, Stands
from model.logs.format import LineForm, LogFormat, Recogniser, Seen
from model.logs.lines import LogLine
from model.router import Router
from properties.logs.chronicle import Chronicle

LONGEST_SHOWN = 2000
"""Of how many events at most a run is kept that explains them."""

NO_RUN = "no run of the model has this after what came before"


@dataclass(frozen=True)
class Refusal:
    """The first line that no run explains: what it shows, what was possible instead, and why it is refused."""

    line: LogLine
    shows: tuple[str, ...]
    possible: tuple[str, ...]
    why: str


class OneProgram:
    """A program of whose log each line speaks of the whole: pppd, mwan3.

    `times` says how often each action was seen.
    """

    def __init__(self, router: Router, form: LogFormat, called: Mapping[str, str], *, from_start: bool, explain: bool) -> None:
        self._explain = explain
        self.system = router.system
        self._actions = frozenset(action.name for action in self.system.actions)
        shown = form.shown(self.system.actions)
        self._recogniser = Recogniser(form, sorted({action.concerns for action in shown}), called)
        self._follower = Follower(self.system, [action.name for action in shown], from_anywhere=not from_start)
        self._processes: list[str] = []
        self._seen: list[Sight] | None = [] if explain else None
        self.times: Counter[str] = Counter()
        self.chronicle = Chronicle()

    def seen(self, line: LogLine) -> Seen | None:
        """What the line shows; None if it shows nothing. Raises InputError if it does not say of what it speaks."""
        return self._recogniser.seen(line)

    def take_in(self, line: LogLine, seen: Seen) -> Refusal | None:
        """Follow the program over the line; the refusal if no run explains it."""
        if not seen.is_named:
            self._require_one_process(line)
        if seen.form.restart:
            self._follower.begin_again()
            self._seen = [] if self._explain else None
        actions = tuple(name for name in seen.actions if name in self._actions)
        if seen.actions and not actions and not seen.form.maybe:
            return Refusal(line, seen.actions, (), f"the model has no {' or '.join(seen.actions)}")
        for sight in sights(self.system, seen.form, actions, {"{line}": seen.name}):
            if not self._follower.see(sight):
                return Refusal(line, actions, tuple(self._follower.possible()), NO_RUN + self._if_by_another())
            if self._seen is not None:
                self._seen.append(sight)
                self._seen = self._seen if len(self._seen) <= LONGEST_SHOWN else None
        if len(actions) == 1 and not seen.form.maybe:
            self.times[actions[0]] += 1
            self.chronicle.happened(actions[0], line.at)
        return None

    @property
    def systems(self) -> tuple[System, ...]:
        """The systems whose actions are spoken of."""
        return (self.system,)

    @property
    def states(self) -> int:
        """In how many states the program may be now."""
        return len(self._follower.states)

    def agreed(self) -> Mapping[str, tuple[Value, ...]]:
        """The values that each variable may have now."""
        return self._follower.agreed()

    def waits(self) -> tuple[()]:
        """Nothing: no message is spoken of."""
        return ()

    def waiting(self) -> tuple[()]:
        """Nothing: no message is spoken of."""
        return ()

    def go_on(self, seen: Seen | None) -> None:  # noqa: ARG002  # whatever it was, the program may be in any state
        """After a line that was refused: the program may be in any state."""
        self._follower.begin_anywhere()

    def explanation(self) -> FiniteRun | None:
        """A run that explains what was seen since the program began; None if it was too much, or nobody wants it."""
        return None if self._seen is None else self._follower.explanation(self._seen)

    def unseen(self) -> Mapping[str, Agreement]:
        """Nothing: what a whole log leaves open is too much to ask action by action."""
        return {}

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


def sights(system: System, form: LineForm, actions: tuple[str, ...], names: Mapping[str, str]) -> Iterator[Sight]:
    """What a line shows, one thing after the other: how things stood, what happened, and how they stand then.

    `names` are what stands for {line} and the like. Variables that the system does not have are passed over.
    """
    if before := _values(system, form.was, {}, names):
        yield Stands(before)
    if actions:
        yield Happened(frozenset(actions), form.maybe)
    if after := _values(system, form.among, form.not_among, names):
        yield Stands(after)


def _values(
    system: System,
    among: Mapping[str, tuple[str | int, ...]],
    not_among: Mapping[str, tuple[str | int, ...]],
    names: Mapping[str, str],
) -> tuple[tuple[str, frozenset[Value]], ...]:
    known = {variable.name: variable.domain for variable in system.variables}
    values: dict[str, frozenset[Value]] = {}
    for stated, wanted in ((among, True), (not_among, False)):
        for text, given in stated.items():
            name = filled(text, names)
            if name in known:
                members = known[name].members()
                values[name] = frozenset(
                    one for one in members if any(type(one) is type(it) and one == it for it in given) is wanted
                )
    return tuple(sorted(values.items()))


def filled(text: str, names: Mapping[str, str]) -> str:
    """`text` with what stands for {line} and the like."""
    for place, name in names.items():
        text = text.replace(place, name)
    return text


def earlier(now: datetime, before: datetime, *, by: timedelta) -> bool:
    """Whether `now` is known to be earlier than `before` `by` more than that; never if one of them alone has a time zone."""
    return (before.tzinfo is None) == (now.tzinfo is None) and now < before - by
