"""The reachable states of a finite system as a graph of numbers, made as it is walked.

States are numbered as they are met. Of each state it keeps the steps out of it, grouped by their *symbol*: the number of what a
formula can tell of a step (the truth of its state terms, and how much time passes). All guards are compiled to one function, the
effects of an action to one function each; no solver takes part.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import z3

from dialproof.core import ltl
from dialproof.core.actions import Action, Fairness, enabled, taken
from dialproof.core.errors import NotApplicable, OutOfRangeError
from dialproof.core.run import Taken
from dialproof.core.system import System
from dialproof.core.terms import subterms
from dialproof.core.variables import Domain, Kind, Value
from dialproof.semantics.compiled import compile_terms
from dialproof.semantics.interpreter import Reader, Values

MOST_STARTS = 200_000
"""How many states are tried at most to find the initial ones."""

MOST_CHOICES = 4096
"""How many values the parameters of one action may have together."""

Chosen = tuple[Value, ...]
"""The values of an action's parameters, in their order."""

_PLAIN: list[Chosen] = [()]

Move = tuple[int, int]
"""A step: the marks that the system's fairness earns in it, as bits, and the number of the state that it leads to."""


@dataclass(frozen=True)
class Symbol:
    """What a formula can tell of a step: the truth of each of its state terms, and what passes on each of its clocks."""

    truths: tuple[Value, ...]
    passed: tuple[int, ...]


@dataclass(frozen=True)
class Marks:
    """The conditions that a fair loop meets, as bits: all of `justice`; and of each pair (asked, given) both or not `asked`.

    `weak` and `strong` say whose conditions they are: by the name of an action its bit, or its pair.
    """

    justice: int
    weak: dict[str, int]
    strong: dict[str, tuple[int, int]]

    @property
    def bits(self) -> list[int]:
        """Every bit that is used for an action."""
        return [*self.weak.values(), *(bit for pair in self.strong.values() for bit in pair)]

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The pairs (asked, given)."""
        return list(self.strong.values())

    def without(self, action: str) -> "Marks":
        """The conditions without those of one action."""
        weak = {name: bit for name, bit in self.weak.items() if name != action}
        strong = {name: pair for name, pair in self.strong.items() if name != action}
        return Marks(self.justice & ~self.weak.get(action, 0), weak, strong)

    def are_met(self, met: int) -> bool:
        """True if a loop that earns the marks `met` is fair."""
        return met & self.justice == self.justice and not self.missing(met)

    def missing(self, met: int) -> int:
        """The `asked` bits among `met` whose `given` bit is not."""
        return sum(asked for asked, given in self.strong.values() if met & asked and not met & given)


class StateGraph:
    """The states of `system` that can be reached, as far as anybody has asked.

    `terms` are the state terms and `clocks` the clocks that a symbol tells of. The marks of fairness begin at bit `first_mark`.
    Raises NotApplicable if the system is unbounded, or if there is too much to try.
    """

    def __init__(self, system: System, terms: Sequence[z3.BoolRef], clocks: Sequence[str], first_mark: int = 0) -> None:
        system.require_listed("an exhaustive search")
        self.reader = Reader(system)
        self.values: list[Values] = []
        self.symbols: list[Symbol] = []
        self.tried = 0
        self._system = system
        self._numbers: dict[Values, int] = {}
        self._symbol_numbers: dict[tuple[tuple[Value, ...], tuple[int, ...]], int] = {}
        self._moves: dict[int, tuple[tuple[int, tuple[Move, ...]], ...]] = {}
        self._actions = [_Steps(action, system) for action in system.actions]
        self._with_parameters = any(steps.parameters for steps in self._actions)
        self._to_try = sum(steps.choices for steps in self._actions)
        plain = [action.guard for action in system.actions if not action.parameters]
        self._guards = compile_terms(plain, system.variables)
        self._clocks = [(self.reader.names[clock], system.variable(clock).domain) for clock in clocks]
        self._weak: list[tuple[int, int]] = []
        self._strong: list[tuple[int, int, int]] = []
        self._marks(first_mark)
        self._read_atoms(terms)

    def _marks(self, bit: int) -> None:
        weak: dict[str, int] = {}
        strong: dict[str, tuple[int, int]] = {}
        for number, action in enumerate(self._system.actions):
            if action.fairness is Fairness.WEAK:
                weak[action.name] = 1 << bit
                self._weak.append((number, 1 << bit))
                bit += 1
            elif action.fairness is Fairness.STRONG:
                strong[action.name] = 1 << bit, 2 << bit
                self._strong.append((number, 1 << bit, 2 << bit))
                bit += 2
        self._given = dict(self._weak) | {number: given for number, _, given in self._strong}
        self.fairness = Marks(sum(weak.values()), weak, strong)

    def _read_atoms(self, terms: Sequence[z3.BoolRef]) -> None:
        names = {part.decl().name() for part in subterms(terms) if part.num_args() == 0}
        actions = self._system.actions
        self._may = [number for number, action in enumerate(actions) if enabled(action).decl().name() in names]
        self._does = [number for number, action in enumerate(actions) if taken(action).decl().name() in names]
        atoms = [enabled(actions[number]).decl().name() for number in self._may]
        atoms += [taken(actions[number]).decl().name() for number in self._does]
        self._truths = compile_terms(terms, self._system.variables, atoms)

    def initial(self) -> list[int]:
        """The numbers of the initial states."""
        if self.reader.initial_candidates() > MOST_STARTS:
            raise NotApplicable(f"more than {MOST_STARTS:,} states would have to be tried to find the initial ones")
        return [self._number(values) for values in self.reader.initial_states()]

    def _number(self, values: Values) -> int:
        number = self._numbers.get(values)
        if number is None:
            number = self._numbers[values] = len(self.values)
            self.values.append(values)
        return number

    def moves(self, state: int) -> tuple[tuple[int, tuple[Move, ...]], ...]:
        """The steps out of a state, by the number of their symbol; equal ones once.

        Raises OutOfRangeError if an action leaves a variable's range, as the reader does.
        """
        known = self._moves.get(state)
        if known is None:
            grouped: dict[int, dict[Move, None]] = {}
            for symbol, move, _, _ in self._steps(state):
                grouped.setdefault(symbol, {})[move] = None
            known = self._moves[state] = tuple((symbol, tuple(moves)) for symbol, moves in grouped.items())
        return known

    def steps(self, state: int) -> Iterator[tuple[int, Move, Taken | None]]:
        """Each step out of a state with its symbol and what is taken in it (None: nothing can be, the system idles)."""
        for symbol, move, number, chosen in self._steps(state):
            yield symbol, move, None if number is None else self._actions[number].taken(chosen)

    def _steps(self, state: int) -> Iterator[tuple[int, Move, int | None, Chosen]]:
        """Each step, with the number of its action and the values of its parameters."""
        values = self.values[state]
        possible = self._possible(values)
        marks = sum([bit for number, bit in self._weak if number not in possible])
        marks |= sum([asked for number, asked, _ in self._strong if number in possible])
        may = tuple([number in possible for number in self._may])
        if not possible:
            still = self._truths((*values, *may, *(False for _ in self._does)))
            yield self._symbol(still, values, values), (marks, state), None, ()
            return
        truths: dict[int, tuple[Value, ...]] = {}
        for number, arguments in possible.items():
            told = number if number in self._does else -1
            if told not in truths:
                truths[told] = self._truths((*values, *may, *(number == other for other in self._does)))
            action, earned = self._actions[number], marks | self._given.get(number, 0)
            for chosen in arguments:
                after = action.after(values + chosen)
                if action.bounds and not action.is_legal(after):
                    raise OutOfRangeError(
                        f"action {action.taken(chosen)} leads out of range: {self.reader.state(values)!r} to "
                        f"{self.reader.state(after)!r}; guard the action, or model the refusal as an action of its own"
                    )
                yield self._symbol(truths[told], values, after), (earned, self._number(after)), number, chosen

    def _possible(self, values: Values) -> dict[int, list[Chosen]]:
        """The actions that could be taken, by number, each with the values of its parameters with which it could be."""
        self.tried += self._to_try
        guards = self._guards(values)
        if not self._with_parameters:
            return {number: _PLAIN for number, may in enumerate(guards) if may}
        plain = iter(guards)
        possible = {}
        for number, steps in enumerate(self._actions):
            if not steps.parameters:
                if next(plain):
                    possible[number] = _PLAIN
            elif found := steps.chosen(values):
                possible[number] = found
        return possible

    def _symbol(self, truths: tuple[Value, ...], before: Values, after: Values) -> int:
        key = truths, tuple([_time_passed(before[place], after[place], domain) for place, domain in self._clocks])
        number = self._symbol_numbers.get(key)
        if number is None:
            number = self._symbol_numbers[key] = len(self.symbols)
            self.symbols.append(Symbol(*key))
        return number


def _time_passed(earlier: Value, later: Value, clock: Domain) -> int:
    assert isinstance(earlier, int)
    assert isinstance(later, int)
    return ltl.time_passed(earlier, later, clock)


class _Steps:
    """One action as functions over values, made when they are first needed."""

    def __init__(self, action: Action, system: System) -> None:
        self.name = action.name
        self.parameters = [parameter.variable for parameter in action.parameters]
        self.choices = prod(parameter.domain.size or 0 for parameter in self.parameters)  # each is bounded
        if self.choices > MOST_CHOICES:
            raise NotApplicable(
                f"the parameters of action {action.name!r} have {self.choices:,} values together; "
                f"an exhaustive search tries at most {MOST_CHOICES:,} in each state"
            )
        self._action = action
        self._system = system
        self._after: Callable[[Sequence[Value]], Values] | None = None
        self._guard: Callable[[Sequence[Value]], tuple[Value, ...]] | None = None
        updated = {name for name, _ in action.effects}
        self.bounds = [
            (place, variable.domain.low, variable.domain.high)
            for place, variable in enumerate(system.variables)
            if variable.name in updated and variable.domain.kind is Kind.INTEGER
        ]

    def chosen(self, values: Values) -> list[Chosen]:
        """The values of the parameters with which the action could be taken."""
        if self._guard is None:
            self._guard = compile_terms([self._action.guard], [*self._system.variables, *self.parameters])
        guard = self._guard
        choices = product(*(parameter.domain.members() for parameter in self.parameters))
        return [chosen for chosen in choices if guard(values + chosen)[0]]

    def after(self, given: tuple[Value, ...]) -> Values:
        """The state that the action leads to, given the values of the variables and of the parameters."""
        if self._after is None:
            effects = dict(self._action.effects)
            roots = [effects.get(variable.name, variable.term) for variable in self._system.variables]
            self._after = compile_terms(roots, [*self._system.variables, *self.parameters])
        return self._after(given)

    def is_legal(self, values: Values) -> bool:
        """True if what the action updates stays in its range."""
        for place, low, high in self.bounds:
            value = values[place]
            assert isinstance(value, int)
            if (low is not None and value < low) or (high is not None and value > high):
                return False
        return True

    def taken(self, chosen: Chosen) -> Taken:
        """The action as it was taken."""
        names = (parameter.name for parameter in self.parameters)
        return Taken(self.name, tuple(zip(names, chosen, strict=True)))
