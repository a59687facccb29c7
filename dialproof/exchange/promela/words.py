"""A system's names and terms in Promela."""

from collections.abc import Iterator, Mapping
from itertools import product

import z3

from dialproof.core.actions import Action, enabled, taken
from dialproof.core.errors import NotApplicable
from dialproof.core.system import System
from dialproof.core.variables import Domain, Kind, Value
from dialproof.exchange.bounds import Range, require_words
from dialproof.exchange.infix import PROMELA, disjoined, infix
from dialproof.exchange.naming import Names
from dialproof.exchange.past import History

FARTHEST = 1_000_000
"""How far from zero an unbounded integer may get before SPIN gives up (by an assertion, so that nothing wraps round)."""

MOST_OPTIONS = 4096
"""How many ways to take one action are written out."""

_TYPES = ((0, 255, "byte"), (-(2**15), 2**15 - 1, "short"), (-(2**31), 2**31 - 1, "int"))

Arguments = Mapping[str, Value]
"""The values of an action's parameters by name."""


class PromelaWords:
    """The names of `system` in Promela, and its terms written with them.

    Variables begin with v_, values with c_, and "could be taken" with may_, so that no name is a word of Promela or C.
    `history` names the past operators. Raises NotApplicable for numbers that 32 bits cannot hold.
    """

    def __init__(self, system: System, history: History) -> None:
        self.system = system
        self._history = history
        variables, values, actions = Names(prefix="v_"), Names(prefix="c_"), Names(prefix="may_")
        self.variables = {v.name: variables.give("variable", v.name) for v in system.variables}
        self._actions = {action.name: actions.give("action", action.name) for action in system.actions}
        self._values: dict[str, tuple[str, int]] = {}
        parameters = [p.variable for action in system.actions for p in action.parameters]
        self._ranges = {v.name: _range(v.domain) for v in (*system.variables, *parameters)}
        for domain in [v.domain for v in (*system.variables, *parameters) if v.domain.kind is Kind.CHOICE]:
            for number, value in enumerate(domain.values):
                name = domain.term(value).decl().name()
                self._values.setdefault(name, (values.give("value", name), number))
        self.rows = [*variables.rows(), *values.rows(), *actions.rows()]
        self._may = {enabled(action).decl().name(): action for action in system.actions}
        self._does = {taken(action).decl().name(): action for action in system.actions}
        self._enabled = {
            action.name: disjoined([self.guard(action, a) for a in arguments(action)], PROMELA) for action in system.actions
        }

    def term(self, term: z3.ExprRef, inner: Arguments | None = None) -> str:
        """`term` where the parameters have the values `inner`. What is taken is known inside `inline position` only."""
        require_words([term], self._ranges)
        return infix(term, lambda leaf: self._leaf(leaf, inner or {}), PROMELA)

    def guard(self, action: Action, inner: Arguments) -> str:
        """The condition under which `action` may be taken with these arguments."""
        return self.term(action.guard, inner)

    def may(self, action: Action) -> str:
        """That `action` could be taken: literally true or false, or the name of its definition."""
        condition = self._enabled[action.name]
        return condition if condition in ("true", "false") else self._actions[action.name]

    def does(self, action: Action) -> str:
        """That `action` is the one taken."""
        return f"(taken == {self.number(action)})"

    def number(self, action: Action | None) -> int:
        """The number of `action` (None: idling) where what is taken is a number."""
        return len(self.system.actions) if action is None else self.system.actions.index(action)

    def literal(self, domain: Domain, value: Value) -> str:
        """A value."""
        return infix(domain.term(value), lambda leaf: self._leaf(leaf, {}), PROMELA)

    def definitions(self) -> Iterator[str]:
        """The numbers of values, and when each action could be taken, as definitions of the preprocessor."""
        for given, number in self._values.values():
            yield f"#define {given} {number}"
        for action in self.system.actions:
            if self.may(action) not in ("true", "false"):
                yield f"#define {self.may(action)} {self._enabled[action.name]}"

    def _leaf(self, term: z3.ExprRef, inner: Arguments) -> str | None:
        name, kind = term.decl().name(), term.decl().kind()
        if kind == z3.Z3_OP_DT_CONSTRUCTOR:
            return self._values[name][0]
        if kind != z3.Z3_OP_UNINTERPRETED or term.num_args() > 0:
            return self._history.name(term)
        if name in inner:
            domain = next(p.variable.domain for a in self.system.actions for p in a.parameters if p.variable.name == name)
            return self.literal(domain, inner[name])
        if name in self._may:
            return self.may(self._may[name])
        if name in self._does:
            return self.does(self._does[name])
        return self.variables[name]


def type_of(domain: Domain) -> str:
    """The smallest of Promela's types that holds every value of `domain`."""
    if domain.kind is Kind.BOOLEAN:
        return "bool"
    low, high = _range(domain)
    return next(name for least, most, name in _TYPES if least <= low and high <= most)


def arguments(action: Action) -> list[Arguments]:
    """All values that the parameters of `action` can have. Raises NotApplicable where they are too many to write out."""
    domains = [p.variable.domain for p in action.parameters]
    if action.choices is None or action.choices > MOST_OPTIONS:
        raise NotApplicable(
            f"action {action.name!r} can be taken in more than {MOST_OPTIONS} ways; each is written out in Promela"
        )
    names = [p.variable.name for p in action.parameters]
    return [dict(zip(names, values, strict=True)) for values in product(*(domain.members() for domain in domains))]


def _range(domain: Domain) -> Range:
    if domain.kind is Kind.CHOICE:
        return 0, len(domain.values) - 1
    if domain.kind is Kind.BOOLEAN:
        return 0, 1
    low = -FARTHEST if domain.low is None else domain.low
    high = FARTHEST if domain.high is None else domain.high
    if max(abs(low), abs(high)) > 2**31 - 1:
        raise NotApplicable(f"an integer in {domain} takes more than the 32 bits that Promela's numbers have")
    return low, high
