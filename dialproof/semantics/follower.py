"""What was seen of a program, followed through a system: the states that the program may be in, event by event.

A log shows some of the actions that are taken, and says nothing of the others. After each event there are the states that some
run of the system can be in which has taken the actions seen, in their order, and any others between them; if there is none, no
run explains the event. The set of those states is all that is kept, so that a log may be of any length. This is the check of
traces by Cirstea, Kuppe, Loillier and Merz ("Validating traces of distributed programs against TLA+ specifications", SEFM 2024),
by the subset construction and not by search: it says how many states remain, and what all explanations agree on.

Fairness and assumptions play no part in it: what has happened so far violates neither.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TypeVar

from dialproof.core.errors import ModelError, NotApplicable
from dialproof.core.names import nearest
from dialproof.core.run import FiniteRun, Step, Taken
from dialproof.core.system import System
from dialproof.core.variables import Value
from dialproof.semantics.breadth_first import BreadthFirst, Label, Node
from dialproof.semantics.interpreter import Reader, Values

MOST_STATES = 100_000
"""In how many states the program may be at most; beyond that it is not followed."""

_REMEMBERED = 4096
"""For how many sets of states it is remembered where an event leads."""

States = frozenset[Values]

Ways = Callable[[Values], list[tuple[Taken, Values]]]
"""The steps out of a state."""

Counted = TypeVar("Counted", set[Values], frozenset[Values])


@dataclass(frozen=True)
class Happened:
    """One of `actions` was taken, or none of them if `or_none`."""

    actions: frozenset[str]
    or_none: bool = False


@dataclass(frozen=True)
class Stands:
    """Each of these variables has one of these values now, after whatever was not seen."""

    values: tuple[tuple[str, frozenset[Value]], ...]


Sight = Happened | Stands
"""What was seen."""


class Agreement(Enum):
    """In which of the explanations something happens that was not seen."""

    ALL = "all"
    SOME = "some"
    NONE = "none"


class Follower:
    """A system of which the actions in `shown` are seen whenever they are taken, and no others.

    Several that are alike can be followed by one: `after` leads from any states on, and keeps nothing.

    `states` are those in which the program may be right after the last event. At first these are the initial states, or all that
    are reachable if `from_anywhere`: then what was seen began in the middle. Raises ModelError for an action that the system does
    not have, and NotApplicable if there are too many states, or actions whose parameters have too many values.
    """

    def __init__(self, system: System, shown: Collection[str], *, from_anywhere: bool = False) -> None:
        self._reader = Reader(system)
        names = [action.name for action in system.actions]
        for name in sorted(shown):
            if name not in names:
                raise ModelError(f"no action {name!r} in system {system.name!r}; {nearest(name, names)}")
        self._shown = frozenset(shown)
        self._after = lru_cache(_REMEMBERED)(self._reached)
        self._ways = lru_cache(_REMEMBERED)(self._unseen)
        self._whatever = lru_cache(_REMEMBERED)(lambda states: self._all(states, self._ways))
        self.states: States
        self._begin: States
        if from_anywhere:
            self.begin_anywhere()
        else:
            self.begin_again()

    def see(self, sight: Sight) -> bool:
        """Take in what was seen. False if no run explains it; then nothing changes."""
        after = self.after(self.states, sight)
        if after:
            self.states = after
        return bool(after)

    def after(self, states: States, sight: Sight) -> States:
        """The states that the program may be in right after `sight` if it was in one of `states`; none if no run explains it."""
        if isinstance(sight, Happened):
            found = self._after(states, sight.actions)
            return self._few(found | states if sight.or_none else found)
        return frozenset(values for values in self._settled(states) if self._is_so(sight, values))

    def begin_again(self) -> None:
        """Take in that the program was started anew: it is in an initial state, and there explanations begin."""
        self.states = self._begin = frozenset(self._reader.initial_states())

    def begin_anywhere(self) -> None:
        """Take it that the program is in any state that it can reach, and there explanations begin."""
        starts = frozenset(self._reader.initial_states())
        self.states = self._begin = self._all(starts, self._reader.events)

    def possible(self, states: States | None = None) -> list[str]:
        """The shown actions that could be taken next, in the order of the system, now or if the program is in one of `states`."""
        may = {name for values in self._settled(states) for name in self._reader.possible(values)}
        return [action.name for action in self._reader.system.actions if action.name in may & self._shown]

    def agreed(self, states: States | None = None) -> Mapping[str, tuple[Value, ...]]:
        """The values that each variable may have, whatever was not seen, now or if the program is in one of `states`.

        It is one value if all explanations agree on it.
        """
        settled = self._settled(states)
        return {
            name: tuple(sorted({values[place] for values in settled}, key=repr)) for name, place in self._reader.names.items()
        }

    def explanation(self, seen: Sequence[Sight]) -> FiniteRun | None:
        """A run that shows all of `seen`, in order, and has as few steps as can be; None if there is none."""

        def leaving(node: tuple[Values, int]) -> Iterable[tuple[tuple[Values, int], Taken | None]]:
            values, place = node
            return (((after, further), taken) for after, further, taken in self._leading_on(values, place, seen))

        search = BreadthFirst([(values, 0) for values in sorted(self._begin, key=repr)], leaving)
        for node in _limited(search):
            if node[1] == len(seen):
                way = search.way_to(node)
                steps = [Step(taken, self._reader.state(before[0])) for before, _, taken in way if taken is not None]
                return FiniteRun((*steps, Step(None, self._reader.state(node[0]))))
        return None

    def unseen_in(self, seen: Sequence[Sight]) -> Mapping[str, Agreement]:
        """For each action that is not shown: whether all explanations of `seen` have it, or some, or none. Empty without any."""
        return {
            action.name: said
            for action in self._reader.system.actions
            if action.name not in self._shown and (said := self._agreement(action.name, seen)) is not None
        }

    def _agreement(self, action: str, seen: Sequence[Sight]) -> Agreement | None:
        def leaving(node: tuple[Values, int, bool]) -> Iterable[tuple[tuple[Values, int, bool], None]]:
            values, place, had = node
            for after, further, taken in self._leading_on(values, place, seen):
                yield (after, further, had or (taken is not None and taken.name == action)), None

        search = BreadthFirst([(values, 0, False) for values in sorted(self._begin, key=repr)], leaving)
        ends = {node[2] for node in _limited(search) if node[1] == len(seen)}
        match sorted(ends):
            case [False, True]:
                return Agreement.SOME
            case [had]:
                return Agreement.ALL if had else Agreement.NONE
            case _:
                return None

    def _leading_on(self, values: Values, place: int, seen: Sequence[Sight]) -> Iterator[tuple[Values, int, Taken | None]]:
        """Where one step leads, or one of `seen` without a step, if those before `place` are explained; nowhere from the end."""
        if place == len(seen):
            return
        ways = self._reader.events(values)
        match seen[place]:
            case Happened(actions, or_none):
                if or_none:
                    yield values, place + 1, None
                yield from ((after, place + 1, taken) for taken, after in ways if taken.name in actions)
            case Stands() as stands if self._is_so(stands, values):
                yield values, place + 1, None
        yield from ((after, place, taken) for taken, after in ways if taken.name not in self._shown)

    def _is_so(self, stands: Stands, values: Values) -> bool:
        return all(values[self._reader.names[name]] in may for name, may in stands.values)

    def _reached(self, states: States, actions: frozenset[str]) -> States:
        settled = self._whatever(states)
        return frozenset(after for values in settled for taken, after in self._reader.events(values) if taken.name in actions)

    def _settled(self, states: States | None = None) -> States:
        """The states that the program may be in, with whatever may have happened since the last event."""
        return self._whatever(self.states if states is None else states)

    def _unseen(self, values: Values) -> list[tuple[Taken, Values]]:
        return [(taken, after) for taken, after in self._reader.events(values) if taken.name not in self._shown]

    def _all(self, starts: States, leaving: Ways) -> States:
        """All that `starts` lead to."""
        search = BreadthFirst(starts, lambda values: ((after, taken) for taken, after in leaving(values)))
        found = set()
        for values, _ in search.nodes():
            found.add(values)
            self._few(found)
        return frozenset(found)

    def _few(self, states: Counted) -> Counted:
        if len(states) > MOST_STATES:
            raise NotApplicable(f"the program may be in more than {MOST_STATES:,} states: they are not followed")
        return states


def _limited(search: BreadthFirst[Node, Label]) -> Iterator[Node]:
    """The nodes of a search. Raises NotApplicable if they are too many."""
    for met, (node, _) in enumerate(search.nodes()):
        if met > MOST_STATES:
            raise NotApplicable(f"of what may have happened there are more than {MOST_STATES:,} cases to look at")
        yield node
