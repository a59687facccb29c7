"""The messages that a log speaks of, each followed by itself through the model of its class of mail.

What a mail system does with one message is, as far as this message and the lines are concerned, a run of the model with that
message alone and all else as other traffic (`Installation.for_one_message`). So a hundred messages under way at once are a
hundred sets of few states, and one that has left is forgotten. That two messages tell the same story of a line is not compared.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dialproof.core.errors import InputError, NotApplicable
from dialproof.core.run import FiniteRun
from dialproof.core.system import System
from dialproof.core.variables import Value
from dialproof.semantics.follower import Agreement, Follower, Sight, Stands, States
from model.fault import Fault
from model.logs.format import LogFormat, Outcome, Recogniser, Seen
from model.logs.lines import LogLine
from model.product import Installation
from model.scenario import ScenarioFile
from properties.logs.chronicle import Chronicle
from properties.logs.followed import NO_RUN, Refusal, earlier, filled, sights

MOST_UNDER_WAY = 100_000
"""How many messages may be under way at once."""

STILL_THERE = "the message is removed, and was neither sent nor returned"
"""Why a line is refused that ends what is said of a message."""

GONE = "the message has left for this recipient before"
"""Why a line is refused that speaks of a message that is away."""


@dataclass(frozen=True)
class Waits:
    """How long the messages of a class waited until they left in one way.

    `number` have left so, of which the arrival of `known` was seen: these waited `total` together, and the longest of them
    `longest`, which is the message `longest_of`.
    """

    route: str
    outcome: Outcome
    number: int = 0
    known: int = 0
    total: timedelta = timedelta()
    longest: timedelta = timedelta()
    longest_of: str = ""

    @property
    def mean(self) -> timedelta | None:
        """How long they waited on average; None if no arrival was seen."""
        return self.total / self.known if self.known else None


@dataclass(frozen=True)
class Waiting:
    """A message that has not left: its class, the name of the message in the log, and since when it is there if that was seen."""

    route: str
    message: str
    since: datetime | None

    def is_overdue(self, now: datetime, at_most: timedelta) -> bool:
        """Whether it has waited longer than `at_most`; never if it is not known since when."""
        return self.since is not None and earlier(self.since, now, by=at_most)


class _Class:
    """A class of mail: its system, and what stands for {class} and {line}."""

    def __init__(self, installed: Installation[ScenarioFile], route: str, fault: Fault, form: LogFormat) -> None:
        router = installed.for_one_message(route).router(fault)
        (one,) = router.routes
        self.name = route
        self.system = router.system
        self.actions = frozenset(action.name for action in self.system.actions)
        self._variables = frozenset(variable.name for variable in self.system.variables)
        self.link = one.link or ""
        self.names = {"{class}": route, "{line}": self.link}
        shown = [action.name for action in form.shown(self.system.actions)]
        self.follower = Follower(self.system, shown, from_anywhere=True)
        self.waits: Sight = Stands(((str(one.waiting), frozenset({1})),))
        self._is_held = installed.is_held(route)

    def shows(self, seen: Seen) -> tuple[str, ...]:
        """The actions that a line shows, as they are called here."""
        return tuple(filled(text, self.names) for text in seen.actions)

    def known(self, seen: Seen) -> tuple[str, ...]:
        """Those of them that the system has."""
        return tuple(name for name in self.shows(seen) if name in self.actions)

    def sights(self, seen: Seen) -> list[Sight]:
        """What a line shows of a message of this class."""
        return list(sights(self.system, seen.form, self.known(seen), self.names))

    def begun(self, seen: Seen | None) -> States:
        """The states that are possible when a message comes in, as `seen` says; None: it was there before."""
        states = self.follower.states
        for sight in [self.waits] if seen is None else self.sights(seen):
            states = self.follower.after(states, sight)
        return states

    def against(self, seen: Seen) -> str | None:
        """Why no message of this class ever has such a line; None if some has."""
        if seen.form.held and not self._is_held:
            return f"mail for {self.name} is not held"
        if self._is_held and any(filled(text, self.names) not in self._variables for text in seen.form.was):
            return f"mail for {self.name} is held, and nobody asks for it"
        shows = self.shows(seen)
        if shows and not seen.form.maybe and not self.actions.intersection(shows):
            return f"the model has no {' or '.join(shows)}"
        return None


@dataclass(eq=False)
class _Copy:
    """A message on its way to one recipient: for each class that the recipient may be of, the states that are possible.

    If it `stays` on this machine it is of no class.
    """

    states: dict[str, States]
    seen: list[Sight] | None = None
    counted_as: str = ""
    stays: bool = False
    is_away: bool = False


@dataclass(eq=False)
class _Message:
    """A message under way."""

    arrived: LogLine | None
    begun: Seen | None = None
    copies: dict[str, _Copy] = field(default_factory=dict)
    rest: dict[str, States] | None = None
    """Of a recipient of whom nothing was said yet: the states that are possible for each class; None if nothing happened yet."""

    shared: list[Seen] = field(default_factory=list)
    """What happened to all messages since, if a run of this one is wanted."""


class Messages:
    """A mail system of whose log each line speaks of a message.

    `times` says how often each action was seen. A run is kept for the message called `explained` only.
    """

    def __init__(
        self, installed: Installation[ScenarioFile], fault: Fault, form: LogFormat, explained: str | None = None
    ) -> None:
        self._installed, self._fault, self._form, self._explained = installed, fault, form, explained
        self._router = installed.router(fault)
        self._recogniser = Recogniser(form, [line.name for line in self._router.lines])
        self._classes: dict[str, _Class] = {}
        self._under_way: dict[str, _Message] = {}
        self._waits: dict[tuple[str, Outcome], Waits] = {}
        self._kept: tuple[_Class, list[Sight]] | None = None
        self.times: Counter[str] = Counter()
        self.chronicle = Chronicle()

    def seen(self, line: LogLine) -> Seen | None:
        """What the line shows; None if it shows nothing."""
        return self._recogniser.seen(line)

    def take_in(self, line: LogLine, seen: Seen) -> Refusal | None:
        """Follow the message, or all of them, over the line; the refusal if no run explains it."""
        if not seen.piece:
            return self._take_in_for_all(line, seen)
        message = self._under_way.get(seen.piece)
        if seen.form.begins:
            self._under_way[seen.piece] = _Message(line, seen)
            if len(self._under_way) > MOST_UNDER_WAY:
                raise NotApplicable(f"more than {MOST_UNDER_WAY:,} messages are under way at once: they are not followed")
            return None
        if message is None:
            if not seen.address:
                return None
            message = self._under_way[seen.piece] = _Message(None)
        if seen.form.gone:
            del self._under_way[seen.piece]
            waiting = [copy for copy in message.copies.values() if not copy.is_away and not copy.stays]
            if waiting and seen.form.leaves is None:
                return Refusal(line, (), (), STILL_THERE)
            return next((refusal for copy in waiting if (refusal := self._leaves(line, seen, message, copy))), None)
        for address in [seen.address] if seen.address else list(message.copies):
            if refusal := self._take_in(line, seen, message, address):
                return refusal
        return None

    def _take_in(self, line: LogLine, seen: Seen, message: _Message, address: str) -> Refusal | None:
        """Follow a message to one recipient over the line."""
        copy = message.copies.get(address)
        if copy is None:
            copy = message.copies[address] = self._begun(address, message, kept=seen.piece == self._explained)
        if copy.stays or (copy.is_away and not seen.address):  # it stays on this machine, or the line is about the others
            return None
        if copy.is_away:
            return Refusal(line, (), (), GONE)
        if seen.form.stays:
            self._forget(copy, line)
            return None
        known, left = copy.states, self._further(copy.states, seen, copy.seen)
        if not left:
            whys = [self._classes[name].against(seen) or NO_RUN for name in known]
            return Refusal(line, *self._instead(known, seen), "; ".join(dict.fromkeys(whys)))
        copy.states = left
        if len(left) == 1 and not seen.form.maybe:
            (one,) = (self._classes[name] for name in left)
            self._count(one.known(seen), line)
        return self._leaves(line, seen, message, copy)

    def _forget(self, copy: _Copy, line: LogLine) -> None:
        """The recipient is on this machine: the message to him needs no line."""
        copy.stays = True
        if copy.counted_as:
            self.chronicle.left(copy.counted_as, line.at)

    def _take_in_for_all(self, line: LogLine, seen: Seen) -> Refusal | None:
        """Follow every message over a line that speaks of none, such as that the queue is run."""
        every = [self._class(route.name) for route in self._router.routes]
        concerned = [one for one in every if one.known(seen) and seen.name in ("", one.link)]
        if not concerned:
            shows = tuple(dict.fromkeys(action for one in every for action in one.shows(seen)))
            return None if seen.form.maybe else Refusal(line, shows, (), f"the model has no {' or '.join(shows)}")
        for name, message in self._under_way.items():
            if message.rest is None:
                message.rest = {one.name: one.begun(message.begun) for one in every}
            message.rest = self._further(message.rest, seen, None)
            if name == self._explained:
                message.shared.append(seen)
            for copy in message.copies.values():
                if not copy.stays and not copy.is_away:
                    known, left = copy.states, self._further(copy.states, seen, copy.seen)
                    if not left:
                        return Refusal(line, *self._instead(known, seen), f"{NO_RUN} of message {name}")
                    copy.states = left
        self._count({action for one in concerned for action in one.known(seen)}, line)
        return None

    def _further(self, known: Mapping[str, States], seen: Seen, kept: list[Sight] | None) -> dict[str, States]:
        """Where a line leads from the states of each class; a class from which it leads nowhere is left out."""
        left: dict[str, States] = {}
        for name, states in known.items():
            one = self._classes[name]
            if seen.name not in ("", one.link) or (not seen.piece and not one.known(seen)):
                left[name] = states
                continue
            after: States = states if one.against(seen) is None else frozenset()
            for sight in one.sights(seen):
                after = one.follower.after(after, sight)
                if kept is not None:
                    kept.append(sight)
            if after:
                left[name] = after
        return left

    def _instead(self, known: Mapping[str, States], seen: Seen) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What a line shows that is refused, and what was possible instead."""
        shows = [action for name in known for action in self._classes[name].shows(seen)]
        possible = [action for name, states in known.items() for action in self._classes[name].follower.possible(states)]
        return tuple(dict.fromkeys(shows)), tuple(dict.fromkeys(possible))

    def _begun(self, address: str, message: _Message, *, kept: bool) -> _Copy:
        """A message for a recipient of whom nothing was said before."""
        classes = [self._class(name) for name in self._installed.classes_of(address)]
        copy = _Copy({}, stays=not classes)
        for one in classes:
            states = one.begun(message.begun) if message.rest is None else message.rest.get(one.name, frozenset())
            if states:
                copy.states[one.name] = states
        if kept and len(classes) == 1:  # else it is not known of which class it is
            (one,) = classes
            copy.seen = [sight for seen in message.shared for sight in one.sights(seen)]
            copy.seen[:0] = [one.waits] if message.begun is None else one.sights(message.begun)
            self._kept = one, copy.seen
        if copy.states and message.arrived is not None:
            copy.counted_as = " or ".join(copy.states)
            self.chronicle.came(copy.counted_as, message.arrived.at)
        return copy

    def _count(self, actions: Iterable[str], line: LogLine) -> None:
        for action in actions:
            self.times[action] += 1
            self.chronicle.happened(action, line.at)

    def _class(self, name: str) -> _Class:
        if name not in self._classes:
            self._classes[name] = _Class(self._installed, name, self._fault, self._form)
        return self._classes[name]

    def _leaves(self, line: LogLine, seen: Seen, message: _Message, copy: _Copy) -> Refusal | None:
        """Take in what became of the message for this recipient, if the line says it."""
        if seen.form.leaves is None:
            return None
        copy.is_away = True
        if copy.counted_as:
            self.chronicle.left(copy.counted_as, line.at)
        waited = None if message.arrived is None else line.at - message.arrived.at
        least = self._installed.times().get(seen.form.not_before or "")
        if waited is not None and least is not None and waited < timedelta(seconds=least) - timedelta(seconds=2):
            why = f"it comes {waited} after the message did, and {seen.form.not_before} is {timedelta(seconds=least)}"
            return Refusal(line, (), (), why)
        key = (" or ".join(copy.states), seen.form.leaves)
        was = self._waits.get(key, Waits(*key))
        known = waited is not None
        longest = known and (waited or timedelta()) >= was.longest
        self._waits[key] = Waits(
            *key,
            number=was.number + 1,
            known=was.known + known,
            total=was.total + (waited or timedelta()),
            longest=waited if longest and waited is not None else was.longest,
            longest_of=seen.piece if longest else was.longest_of,
        )
        return None

    @property
    def systems(self) -> tuple[System, ...]:
        """The systems whose actions are spoken of."""
        return tuple(one.system for one in self._classes.values())

    @property
    def states(self) -> int:
        """How many sets of states there are: one for each message and recipient."""
        return sum(len(message.copies) for message in self._under_way.values())

    def agreed(self) -> Mapping[str, tuple[Value, ...]]:
        """Nothing: each message has its own states."""
        return {}

    def waits(self) -> tuple[Waits, ...]:
        """How long messages waited that have left, by class and by how they left."""
        return tuple(self._waits[key] for key in sorted(self._waits, key=lambda key: (key[0], key[1].value)))

    def waiting(self) -> Iterator[Waiting]:
        """The messages that have not left, in the order in which they were met."""
        for name, message in self._under_way.items():
            since = None if message.arrived is None else message.arrived.at
            for copy in message.copies.values():
                if not copy.stays and not copy.is_away:
                    yield Waiting(" or ".join(copy.states), name, since)

    def go_on(self, seen: Seen | None) -> None:
        """Forget the message of a line that was refused: what comes of it is followed as if the log began there."""
        if seen is not None:
            self._under_way.pop(seen.piece, None)

    def explanation(self) -> FiniteRun | None:
        """A run that explains what was seen of the message that was asked for; None if none was.

        Raises InputError if the log says nothing of that message, or of a recipient whose class of mail is not known.
        """
        if self._explained is not None and self._kept is None:
            raise InputError(
                f"no run of message {self._explained!r} can be shown: the log names no recipient of it, or one of whom it is not "
                "known which class of mail he belongs to"
            )
        return self._kept[0].follower.explanation(self._kept[1]) if self._kept else None

    def unseen(self) -> Mapping[str, Agreement]:
        """For each action that the log does not show, in which explanations of that message it is."""
        return self._kept[0].follower.unseen_in(self._kept[1]) if self._kept else {}

    @property
    def system(self) -> System | None:
        """The system of that run."""
        return self._kept[0].system if self._kept else None
