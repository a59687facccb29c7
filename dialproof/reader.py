"""The plain-Python reader: the second meaning of a model, with no solver in it.

The terms of a system are compiled to Python source, once, and run as ordinary functions over tuples of values. Simulation,
replay and the explicit-state search stand on this reader alone; that z3 reads the same terms the same way is tested. One answer
rests on a solver too: that an action whose parameters have too many values to be tried is *not* possible
(`dialproof.projection`).
"""

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import product
from math import prod

import z3

from dialproof import terms
from dialproof.errors import ModelError, OutOfRangeError
from dialproof.projection import projection
from dialproof.run import State, Taken
from dialproof.system import MOST_CHOICES, Action, System
from dialproof.variables import Value, Variable

Values = tuple[Value, ...]
"""The values of a state, in the order of the system's variables."""

_INFIX = {
    z3.Z3_OP_AND: " and ",
    z3.Z3_OP_OR: " or ",
    z3.Z3_OP_LE: " <= ",
    z3.Z3_OP_GE: " >= ",
    z3.Z3_OP_LT: " < ",
    z3.Z3_OP_GT: " > ",
    z3.Z3_OP_ADD: " + ",
    z3.Z3_OP_SUB: " - ",
    z3.Z3_OP_MUL: " * ",
    z3.Z3_OP_EQ: " == ",
    z3.Z3_OP_XOR: " != ",
}


_NESTING = 30
"""How deep an expression is nested before a part of it gets a line of its own; Python allows some hundred parentheses."""


_REMEMBERED = 256
"""For how many states it is remembered which actions are possible there."""


def compile_terms(
    roots: Sequence[z3.ExprRef], variables: Sequence[Variable], atoms: Sequence[str] = ()
) -> Callable[[Sequence[Value]], tuple[Value, ...]]:
    """`roots` as one Python function of a sequence: the variables' values followed by the truth of `atoms`, in that order.

    Shared subterms are computed once. Division and remainder are SMT-LIB's (Euclidean). Raises ModelError for an operator
    without meaning in models.
    """
    return _compiled(roots, {name: place for place, name in enumerate((*(variable.name for variable in variables), *atoms))})


def _compiled(roots: Sequence[z3.ExprRef], places: Mapping[str, int]) -> Callable[[Sequence[Value]], tuple[Value, ...]]:
    """As `compile_terms`, given the place of each name: where there are many functions, one table serves them all."""
    lines = []
    code: dict[int, str] = {}
    depth: dict[int, int] = {}
    uses: dict[int, int] = {}
    ordered = [(term.get_id(), term, [child.get_id() for child in term.children()]) for term in terms.subterms(roots)]
    for _, _, children in ordered:
        for child in children:
            uses[child] = uses.get(child, 0) + 1
    for number, (key, term, children) in enumerate(ordered):
        text = _expression(term, [code[child] for child in children], places)
        depth[key] = 1 + max((depth[child] for child in children), default=0)
        if children and (uses.get(key, 0) > 1 or depth[key] > _NESTING):
            depth[key] = 0
            lines.append(f"    t{number} = {text}")
            text = f"t{number}"
        code[key] = text
    results = "".join(f"{code[root.get_id()]}, " for root in roots)
    source = "\n".join(["def read(v):", *lines, f"    return ({results})"])
    space: dict[str, object] = {"_div": _div, "_mod": _mod}
    exec(source, space)  # noqa: S102  # the source is made here, from terms that were checked; nothing of the user's text is in it
    function = space["read"]
    assert callable(function)
    return function


def _expression(term: z3.ExprRef, parts: list[str], places: Mapping[str, int]) -> str:
    kind = term.decl().kind()
    if kind in _INFIX:
        return "(" + _INFIX[kind].join(parts) + ")" if parts else repr(kind == z3.Z3_OP_AND)
    if kind == z3.Z3_OP_UNINTERPRETED and not parts and term.decl().name() in places:
        return f"v[{places[term.decl().name()]}]"
    if kind == z3.Z3_OP_ANUM and isinstance(term, z3.IntNumRef):
        return f"({term.as_long()})"
    if kind == z3.Z3_OP_DT_CONSTRUCTOR:
        sort_name = term.sort().name().split("{", 1)[0]
        return repr(term.decl().name().removeprefix(f"{sort_name}:"))
    match kind, parts:
        case z3.Z3_OP_TRUE, _:
            return "True"
        case z3.Z3_OP_FALSE, _:
            return "False"
        case z3.Z3_OP_NOT, [part]:
            return f"(not {part})"
        case z3.Z3_OP_IMPLIES, [first, second]:
            return f"(not {first} or {second})"
        case z3.Z3_OP_ITE, [test, then, other]:
            return f"({then} if {test} else {other})"
        case z3.Z3_OP_DISTINCT, _:
            return f"(len({{{', '.join(parts)}}}) == {len(parts)})"
        case z3.Z3_OP_UMINUS, [part]:
            return f"(-{part})"
        case z3.Z3_OP_IDIV, [first, second]:
            return f"_div({first}, {second})"
        case z3.Z3_OP_MOD, [first, second]:
            return f"_mod({first}, {second})"
    raise ModelError(f"the plain-Python reader cannot read {term.decl().name()!r} in {term.sexpr()}")


def _mod(number: int, divisor: int) -> int:
    return number % abs(divisor)


def _div(number: int, divisor: int) -> int:
    quotient = (number - number % abs(divisor)) // abs(divisor)
    return quotient if divisor > 0 else -quotient


class Reader:
    """A system as plain Python: initial states, enabled actions, successors. What is not asked for is not compiled."""

    def __init__(self, system: System) -> None:
        """Of `system` nothing is used but its terms, once each."""
        self.system = system
        self.names = {variable.name: place for place, variable in enumerate(system.variables)}
        self._domains = [variable.domain for variable in system.variables]
        self._actions = {action.name: _CompiledAction(action, self.names) for action in system.actions}
        self.possible = lru_cache(_REMEMBERED)(self._possible)

    @cached_property
    def _init(self) -> Callable[[Sequence[Value]], tuple[Value, ...]]:
        return _compiled([self.system.init], self.names)

    @cached_property
    def _atoms(self) -> dict[str, tuple[str, str]]:
        """Of each atom about an action what it says of which action."""
        kinds = ("enabled", "taken")
        return {f"{kind}({name})": (kind, name) for kind in kinds for name in self._actions}

    @cached_property
    def _guards(self) -> Callable[[Sequence[Value]], tuple[Value, ...]]:
        """The guards of all actions without parameters, at once: thousands of small functions would take longer to make."""
        plain = [action.guard for action in self.system.actions if not action.parameters]
        return _compiled(plain, self.names)

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

        Raises OutOfRangeError if an action leaves a variable's range: guard it, or model the refusal as an action.
        """
        return [way for name in self.possible(values) for way in self.ways(name, values)]

    def ways(self, name: str, values: Values) -> list[tuple[Taken, Values]]:
        """Each way to take the action called `name`, which must be enabled; as for `events`."""
        found = []
        for taken_, after in self._actions[name].events(values):
            if not self.is_legal(after):
                raise OutOfRangeError(
                    f"action {taken_} leads out of range: {self.state(values)!r} to {self.state(after)!r}; "
                    "guard the action, or model the refusal as an action of its own"
                )
            found.append((taken_, after))
        return found

    def ways_out(self, name: str, values: Values) -> list[tuple[Taken, Values]]:
        """Each way to take the action called `name` that leads out of range; none where it is not enabled."""
        return [(event, after) for event, after in self._actions[name].events(values) if not self.is_legal(after)]

    def reached(self, event: Taken, values: Values) -> Values | None:
        """The state that `event` leads to from `values`; None if it is not possible there with the parameters that it names.

        Nothing is enumerated: the parameters may have any of infinitely many values. Raises ModelError as `events` does.
        """
        compiled = self._actions.get(event.name)
        after = None if compiled is None else compiled.reached(event, values)
        if after is not None and not self.is_legal(after):
            raise OutOfRangeError(f"action {event} leads out of range: {self.state(values)!r} to {self.state(after)!r}")
        return after

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
        wanted = {part.decl().name() for part in terms.subterms([term]) if part.num_args() == 0}
        atoms = sorted(wanted & self._atoms.keys())
        may = [name for kind, name in (self._atoms[atom] for atom in atoms) if kind == "enabled"]
        does = [name for kind, name in (self._atoms[atom] for atom in atoms) if kind == "taken"]
        read = _compiled([term], ChainMap({atom: place for place, atom in enumerate(atoms, start=len(self.names))}, self.names))

        def holds(values: Values, action: Taken | None) -> bool:
            truths = [name in self.possible(values) for name in may]
            truths += [action is not None and name == action.name for name in does]
            return read((*values, *truths)) == (True,)

        return holds


class _CompiledAction:
    """One action as functions over values, made when it is first taken."""

    def __init__(self, action: Action, places: dict[str, int]) -> None:
        self._action = action
        self._places = places

    @cached_property
    def _parameters(self) -> list[Variable]:
        return [parameter.variable for parameter in self._action.parameters]

    @cached_property
    def _scope(self) -> Mapping[str, int]:
        """The places of the variables, and of the parameters behind them."""
        return ChainMap({one.name: place for place, one in enumerate(self._parameters, start=len(self._places))}, self._places)

    @cached_property
    def _guard(self) -> Callable[[Sequence[Value]], tuple[Value, ...]]:
        return _compiled([self._action.guard], self._scope)

    @cached_property
    def _effect(self) -> Callable[[Sequence[Value]], tuple[Value, ...]]:
        return _compiled([term for _, term in self._action.effects], self._scope)

    @cached_property
    def _projection(self) -> Callable[[Sequence[Value]], tuple[Value, ...]]:
        """That it is possible, as a condition without parameters. A solver has shown that it leaves no value out."""
        return _compiled([projection(self._action.guard, tuple(self._parameters))], self._places)

    def is_possible(self, values: Values) -> bool:
        """True if the action could be taken with some values of its parameters."""
        if self._action.is_listed:
            return any(True for _ in self.arguments(values))
        return self._projection(values) == (True,)

    def reached(self, event: Taken, values: Values) -> Values | None:
        """The state that the action leads to with the parameters that `event` names; None if its guard denies them."""
        chosen = tuple(value for _, value in event.parameters)
        if tuple(name for name, _ in event.parameters) != tuple(one.name for one in self._parameters):
            return None
        if not all(one.domain.contains(value) for one, value in zip(self._parameters, chosen, strict=True)):
            return None
        return self._after(values, chosen) if self._guard((*values, *chosen)) == (True,) else None

    def _after(self, values: Values, chosen: tuple[Value, ...]) -> Values:
        after = list(values)
        for (name, _), value in zip(self._action.effects, self._effect((*values, *chosen)), strict=True):
            after[self._places[name]] = value
        return tuple(after)

    def arguments(self, values: Values) -> Iterator[tuple[Value, ...]]:
        """The values of the parameters with which the action could be taken. Raises ModelError where they are too many."""
        if not self._action.is_listed:
            raise ModelError(
                f"the ways to take action {self._action.name!r} are not listed: its parameters may have more than "
                f"{MOST_CHOICES} combinations of values"
            )
        for chosen in product(*(parameter.domain.members() for parameter in self._parameters)):
            if self._guard((*values, *chosen)) == (True,):
                yield chosen

    def events(self, values: Values) -> Iterator[tuple[Taken, Values]]:
        """Each way to take the action, and the state that it leads to."""
        names = [parameter.name for parameter in self._parameters]
        for chosen in self.arguments(values):
            yield Taken(self._action.name, tuple(zip(names, chosen, strict=True))), self._after(values, chosen)


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
