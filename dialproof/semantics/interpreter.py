"""The plain-Python reader: the second meaning of a model, with no solver in it.

The terms of a system are compiled to Python source, once, and run as ordinary functions over tuples of values. Simulation,
replay and the explicit-state search stand on this reader alone; that z3 reads the same terms the same way is tested. One answer
rests on a solver too: that an action whose parameters have too many values to be tried is *not* possible
(`dialproof.core.projection`).
"""

import random
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import product
from math import prod

import z3

from dialproof.core import terms
from dialproof.core.actions import MOST_CHOICES, Action
from dialproof.core.errors import ModelError, NotApplicable, OutOfRangeError
from dialproof.core.projection import projection
from dialproof.core.run import State, Taken
from dialproof.core.system import System
from dialproof.core.variables import Domain, Value, Variable
from dialproof.semantics.compiled import NESTING, compiled

Values = tuple[Value, ...]
"""The values of a state, in the order of the system's variables."""

_REMEMBERED = 256
"""For how many states it is remembered which actions are possible there."""


_NEAR = 8
"""How far from a bound, or from 0, a walk draws the values of a parameter that has infinitely many."""

_SAMPLED = 256
"""How many combinations a walk draws, where there are more, before it tries them one by one."""


class Reader:
    """A system as plain Python: initial states, enabled actions, successors. What is not asked for is not compiled."""

    def __init__(self, system: System) -> None:
        """Of `system` nothing is used but its terms, once each."""
        self.system = system
        self.names = {variable.name: place for place, variable in enumerate(system.variables)}
        self._domains = [variable.domain for variable in system.variables]
        domains = {variable.name: variable.domain for variable in system.variables}
        self._actions = {action.name: _CompiledAction(action, self.names, domains) for action in system.actions}
        self.possible = lru_cache(_REMEMBERED)(self._possible)

    @cached_property
    def _init(self) -> Callable[[Sequence[Value]], tuple[Value, ...]]:
        return compiled([self.system.init], self.names)

    @cached_property
    def _atoms(self) -> dict[str, tuple[str, str]]:
        """Of each atom about an action what it says of which action."""
        kinds = ("enabled", "taken")
        return {f"{kind}({name})": (kind, name) for kind in kinds for name in self._actions}

    @cached_property
    def _guards(self) -> Callable[[Sequence[Value]], tuple[Value, ...]]:
        """The guards of all actions without parameters, at once: thousands of small functions would take longer to make."""
        plain = [action.guard for action in self.system.actions if not action.parameters]
        return compiled(plain, self.names)

    def _possible(self, values: Values) -> dict[str, None]:
        """The names of the actions that could be taken, in the order of the system; `possible` remembers the last answers."""
        guards = iter(self._guards(values))
        return {
            action.name: None
            for action in self.system.actions
            if (self._actions[action.name].is_possible(values) if action.parameters else next(guards))
        }

    def state(self, values: Values) -> State:
        """`values` as a state that knows its variables' names."""
        return State(self.names, values)

    def is_legal(self, values: Values) -> bool:
        """Whether every value lies in its variable's domain."""
        return all(domain.contains(value) for domain, value in zip(self._domains, values, strict=True))

    def is_initial(self, values: Values) -> bool:
        """Whether a run may start here."""
        return self._init(values) == (True,)

    def _candidates(self) -> list[Sequence[Value]]:
        fixed = given_values(self.system)
        return [
            (fixed[variable.name],) if variable.name in fixed else variable.domain.members() for variable in self.system.variables
        ]

    def initial_candidates(self) -> int:
        """How many states have to be tried to find the initial ones."""
        return prod(len(values) for values in self._candidates())

    def initial_states(self) -> Iterator[Values]:
        """Every initial state, in order. Raises ModelError where a variable without a given value is unbounded."""
        choices = self._candidates()
        return (values for values in product(*choices) if self.is_legal(values) and self.is_initial(values))

    def events(self, values: Values) -> list[tuple[Taken, Values]]:
        """Each way to leave the state: what is taken, and the state that it leads to; empty in a deadlock.

        Raises OutOfRangeError if an action leaves a variable's range: guard it, or model the refusal as an action. Raises
        NotApplicable if an action that is possible here has parameters with too many combinations of values.
        """
        return [way for name in self.possible(values) for way in self.ways(name, values)]

    def ways(self, name: str, values: Values) -> list[tuple[Taken, Values]]:
        """Each way to take the action called `name`, which must be enabled; as for `events`."""
        return [self.lead(name, values, chosen) for chosen in self.choices(name, values)]

    def choices(self, name: str, values: Values) -> list[tuple[Value, ...]]:
        """The values of its parameters with which the action called `name` could be taken; as for `events`."""
        action = self._actions[name]
        if not action.is_listed:
            many = "infinitely many" if action.choices is None else f"{action.choices}"
            raise NotApplicable(
                f"action {name!r} can be taken in {many} ways, and at most {MOST_CHOICES} are tried one by one; "
                "give its parameters smaller ranges"
            )
        return action.allowed(values)

    def sample(self, name: str, values: Values, chance: random.Random) -> tuple[Value, ...] | None:
        """Values of the parameters of the action called `name`, chosen by chance; None if it cannot be taken with them."""
        chosen = self._actions[name].sample(chance)
        return chosen if self._actions[name].allows(values, chosen) else None

    def lead(self, name: str, values: Values, chosen: tuple[Value, ...]) -> tuple[Taken, Values]:
        """The action called `name` as it is taken in a legal state with `chosen`, which must be allowed, and where it leads to.

        Raises OutOfRangeError if it leaves a variable's range.
        """
        action = self._actions[name]
        after, in_range = action.lead(values, chosen)
        return (action.taken(chosen), after) if in_range else self._legal(action.taken(chosen), values, after)

    def combinations(self) -> int | None:
        """How many guards have to be evaluated to find each way to leave a state; None if infinitely many."""
        choices = [action.choices for action in self._actions.values()]
        return None if None in choices else sum(number for number in choices if number is not None)

    def reached(self, taken_: Taken, values: Values) -> Values | None:
        """The state to which `taken_` leads, in range or not, with the parameters that it names; None if it is not possible here.

        Nothing is enumerated: the parameters may have any of infinitely many values.
        """
        action = self._actions.get(taken_.name)
        chosen = None if action is None else action.named(taken_)
        if action is None or chosen is None or not action.allows(values, chosen):
            return None
        return action.lead(values, chosen)[0]

    def take(self, taken_: Taken, values: Values) -> Values | None:
        """The same. Raises OutOfRangeError if it leaves a variable's range."""
        after = self.reached(taken_, values)
        return None if after is None else self._legal(taken_, values, after)[1]

    def wander(self, name: str, values: Values, chance: random.Random) -> Values | None:
        """A state to which the action called `name` may lead, chosen by chance; None if none is found.

        If the parameters have many combinations of values, a few are tried first. Raises OutOfRangeError if the action leaves a
        range.
        """
        action = self._actions[name]
        is_small = action.choices is not None and action.choices <= _SAMPLED
        for _ in range(0 if is_small else _SAMPLED):
            chosen = action.sample(chance)
            if action.allows(values, chosen):
                return self.lead(name, values, chosen)[1]
        ways = self.ways(name, values) if action.is_listed else []
        return chance.choice(ways)[1] if ways else None

    def _legal(self, taken_: Taken, values: Values, after: Values) -> tuple[Taken, Values]:
        """The way from `values` to `after`, which must be in range."""
        if not self.is_legal(after):
            raise OutOfRangeError(
                f"action {taken_} leads out of range: {self.state(values)!r} to {self.state(after)!r}; "
                "guard the action, or model the refusal as an action of its own"
            )
        return taken_, after

    def is_enabled(self, name: str, values: Values) -> bool:
        """Whether the action called `name` could be taken. Raises ModelError for an unknown name."""
        if name not in self._actions:
            raise ModelError(f"no action {name!r}")
        return name in self.possible(values)

    def is_deadlocked(self, values: Values) -> bool:
        """Whether no action can be taken."""
        return not self.possible(values)

    def predicate(self, term: z3.BoolRef) -> Callable[[Values, Taken | None], bool]:
        """`term`, whose atoms may be `enabled(...)` and `taken(...)`, as a function of a state and the action taken in it."""
        atoms = self._atoms_in(term)
        may = [name for kind, name in (self._atoms[atom] for atom in atoms) if kind == "enabled"]
        does = [name for kind, name in (self._atoms[atom] for atom in atoms) if kind == "taken"]
        read = compiled([term], ChainMap({atom: place for place, atom in enumerate(atoms, start=len(self.names))}, self.names))

        def holds(values: Values, action: Taken | None) -> bool:
            truths = [name in self.possible(values) for name in may]
            truths += [action is not None and name == action.name for name in does]
            return read((*values, *truths)) == (True,)

        return holds

    def tells_actions(self, term: z3.BoolRef) -> bool:
        """True if the truth of `term` may depend on which action is taken."""
        return any(self._atoms[atom][0] == "taken" for atom in self._atoms_in(term))

    def _atoms_in(self, term: z3.BoolRef) -> list[str]:
        return sorted({part.decl().name() for part in terms.subterms([term]) if part.num_args() == 0} & self._atoms.keys())


class _CompiledAction:
    """One action as functions over values, made when it is first taken."""

    def __init__(self, action: Action, places: dict[str, int], domains: Mapping[str, Domain]) -> None:
        self._action = action
        self._places = places
        self._domains = domains
        self.taken = lru_cache(_REMEMBERED)(self._taken)

    @cached_property
    def _parameters(self) -> list[Variable]:
        return [parameter.variable for parameter in self._action.parameters]

    @cached_property
    def _scope(self) -> Mapping[str, int]:
        """The places of the variables, and of the parameters behind them."""
        return ChainMap({one.name: place for place, one in enumerate(self._parameters, start=len(self._places))}, self._places)

    @cached_property
    def _guard(self) -> Callable[[Sequence[Value]], tuple[Value, ...]]:
        return compiled([self._action.guard], self._scope)

    @cached_property
    def _effect(self) -> Callable[[Sequence[Value]], tuple[Value, ...]]:
        return compiled([term for _, term in self._action.effects], self._scope)

    @cached_property
    def choices(self) -> int | None:
        """How many combinations of values the parameters have: 1 without any, None if infinitely many."""
        return self._action.choices

    @property
    def is_listed(self) -> bool:
        """True if these are few enough to be tried one by one."""
        return self._action.is_listed

    @cached_property
    def is_possible(self) -> Callable[[Values], bool]:
        """Whether the action could be taken in a state, for some values of the parameters that its guard reads."""
        return _some(self._action.guard, {parameter.name: parameter for parameter in self._parameters}, self._places)

    def allows(self, values: Values, chosen: Sequence[Value]) -> bool:
        """Whether the action could be taken with these values of its parameters."""
        return self._guard((*values, *chosen)) == (True,)

    @cached_property
    def _targets(self) -> list[tuple[int, Callable[[Value], bool]]]:
        """The places of the variables that are updated, each with the test of a value for its range."""
        return [(self._places[name], self._domains[name].contains) for name, _ in self._action.effects]

    def lead(self, values: Values, chosen: tuple[Value, ...]) -> tuple[Values, bool]:
        """The state that the action leads to with these values of its parameters, and whether its new values are in range."""
        after, in_range = list(values), True
        for (place, contains), value in zip(self._targets, self._effect(values + chosen), strict=True):
            after[place] = value
            in_range = in_range and contains(value)
        return tuple(after), in_range

    def _taken(self, chosen: tuple[Value, ...]) -> Taken:
        """The action with these values of its parameters; `taken` remembers the last answers."""
        return Taken(self._action.name, tuple((one.name, value) for one, value in zip(self._parameters, chosen, strict=True)))

    def named(self, taken_: Taken) -> tuple[Value, ...] | None:
        """The values that `taken_` gives to the parameters; None if it names others, or gives one a value out of its range."""
        if [name for name, _ in taken_.parameters] != [parameter.name for parameter in self._parameters]:
            return None
        chosen = tuple(value for _, value in taken_.parameters)
        legal = all(one.domain.contains(value) for one, value in zip(self._parameters, chosen, strict=True))
        return chosen if legal else None

    def sample(self, chance: random.Random) -> tuple[Value, ...]:
        """Values of the parameters, chosen by chance."""
        return tuple(_drawn(parameter, chance) for parameter in self._parameters)

    def allowed(self, values: Values) -> list[tuple[Value, ...]]:
        """The values of its parameters with which the action could be taken."""
        combinations = product(*(parameter.domain.members() for parameter in self._parameters))
        return [chosen for chosen in combinations if self.allows(values, chosen)]


def _drawn(parameter: Variable, chance: random.Random) -> Value:
    """A value of `parameter`, chosen by chance; of infinitely many, one near its bound or near 0."""
    domain = parameter.domain
    if domain.is_finite:
        return chance.choice(domain.members())
    if domain.low is None:
        return (domain.high or 0) - chance.randrange(_NEAR) if domain.high is not None else chance.randint(-_NEAR, _NEAR)
    return domain.low + chance.randrange(_NEAR)


def _some(
    term: z3.ExprRef, parameters: Mapping[str, Variable], places: Mapping[str, int], levels: int = NESTING
) -> Callable[[Values], bool]:
    """Whether `term` holds for some values of `parameters`, as a function of a state.

    Parts of a conjunction that share no parameter are asked about by themselves, and so are the parts of a disjunction, `levels`
    deep at most: a parameter is tried only where it is read, and only together with those that it is tied to. If these have more
    than `MOST_CHOICES` combinations of values, they are projected away, of which a solver has shown that it leaves no value out.
    Raises ModelError if that does not succeed.
    """
    kind = term.decl().kind()
    if kind in (z3.Z3_OP_AND, z3.Z3_OP_OR) and levels > 0:
        groups = _untied(term.children(), parameters) if kind == z3.Z3_OP_AND else [[part] for part in term.children()]
        if len(groups) > 1:
            parts = [_some(_all(group), parameters, places, levels - 1) for group in groups]
            decisive = kind == z3.Z3_OP_OR
            return lambda values: any(part(values) is decisive for part in parts) is decisive
    read = _names(term)
    own = [parameter for name, parameter in parameters.items() if name in read]
    sizes = [one.domain.size for one in own]
    if None in sizes or prod(size for size in sizes if size is not None) > MOST_CHOICES:
        assert isinstance(term, z3.BoolRef)
        condition = compiled([projection(term, tuple(own))], dict(places))
        return lambda values: condition(values) == (True,)
    scope = ChainMap({one.name: place for place, one in enumerate(own, start=len(places))}, dict(places))
    holds = compiled([term], scope)
    members = [one.domain.members() for one in own]
    return lambda values: any(holds((*values, *chosen)) == (True,) for chosen in product(*members))


def _all(parts: Sequence[z3.ExprRef]) -> z3.ExprRef:
    """The conjunction of `parts`, which are Boolean."""
    return parts[0] if len(parts) == 1 else z3.And([part for part in parts if isinstance(part, z3.BoolRef)])


def _untied(parts: Sequence[z3.ExprRef], parameters: Mapping[str, Variable]) -> list[list[z3.ExprRef]]:
    """`parts` in groups, so that no parameter is read in two of them."""
    groups: list[tuple[set[str], list[z3.ExprRef]]] = []
    for part in parts:
        read, together = _names(part) & parameters.keys(), [part]
        apart = []
        for names, group in groups:
            if names & read:
                read, together = read | names, group + together
            else:
                apart.append((names, group))
        groups = [*apart, (read, together)]
    return [group for _, group in groups]


def _names(term: z3.ExprRef) -> set[str]:
    """The names of the constants that occur in `term`."""
    return {part.decl().name() for part in terms.subterms([term]) if part.num_args() == 0}


def given_values(system: System) -> dict[str, Value]:
    """The values that `init` states outright as equations in its conjunction."""
    given: dict[str, Value] = {}
    by_name = {variable.name: variable for variable in system.variables}
    stack: list[z3.ExprRef] = [system.init]
    while stack:
        term = stack.pop()
        kind = term.decl().kind()
        if kind == z3.Z3_OP_AND:
            stack += term.children()
        elif kind == z3.Z3_OP_EQ:
            for name, literal in (term.children(), reversed(term.children())):
                if name.decl().name() in by_name and name.num_args() == 0 and _is_literal(literal):
                    given[name.decl().name()] = by_name[name.decl().name()].domain.value(literal)
        elif kind == z3.Z3_OP_UNINTERPRETED and term.decl().name() in by_name:
            given[term.decl().name()] = True
        elif kind == z3.Z3_OP_NOT and term.arg(0).decl().name() in by_name:
            given[term.arg(0).decl().name()] = False
    return given


def _is_literal(term: z3.ExprRef) -> bool:
    return term.decl().kind() in (z3.Z3_OP_TRUE, z3.Z3_OP_FALSE, z3.Z3_OP_ANUM, z3.Z3_OP_DT_CONSTRUCTOR)
