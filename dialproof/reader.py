"""The plain-Python reader: the second meaning of a model, with no solver in it.

The terms of a system are compiled to Python source, once, and run as ordinary functions over tuples of values. Simulation,
replay and the explicit-state search stand on this reader alone; that z3 reads the same terms the same way is tested.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from math import prod

import z3

from dialproof import terms
from dialproof.errors import ModelError
from dialproof.run import State, Taken
from dialproof.system import Action, System, enabled, taken
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


def compile_terms(
    roots: Sequence[z3.ExprRef], variables: Sequence[Variable], atoms: Sequence[str] = ()
) -> Callable[..., tuple[Value, ...]]:
    """`roots` as one Python function of the variables' values followed by the truth of `atoms`, in that order.

    Shared subterms are computed once. Division and remainder are SMT-LIB's (Euclidean). Raises ModelError for an operator
    without meaning in models.
    """
    names = {variable.name: f"v{place}" for place, variable in enumerate(variables)}
    names |= {atom: f"a{place}" for place, atom in enumerate(atoms)}
    lines = []
    code: dict[int, str] = {}
    depth: dict[int, int] = {}
    uses: dict[int, int] = {}
    ordered = list(terms.subterms(roots))
    for term in ordered:
        for child in term.children():
            uses[child.get_id()] = uses.get(child.get_id(), 0) + 1
    for number, term in enumerate(ordered):
        text = _expression(term, [code[child.get_id()] for child in term.children()], names)
        depth[term.get_id()] = 1 + max((depth[child.get_id()] for child in term.children()), default=0)
        if term.num_args() > 0 and (uses.get(term.get_id(), 0) > 1 or depth[term.get_id()] > _NESTING):
            depth[term.get_id()] = 0
            lines.append(f"    t{number} = {text}")
            text = f"t{number}"
        code[term.get_id()] = text
    results = "".join(f"{code[root.get_id()]}, " for root in roots)
    source = "\n".join([f"def read({', '.join(names.values())}):", *lines, f"    return ({results})"])
    space: dict[str, object] = {"_div": _div, "_mod": _mod}
    exec(source, space)  # noqa: S102  # the source is made here, from terms that were checked; nothing of the user's text is in it
    function = space["read"]
    assert callable(function)
    return function


def _expression(term: z3.ExprRef, parts: list[str], names: Mapping[str, str]) -> str:
    kind = term.decl().kind()
    if kind in _INFIX:
        return "(" + _INFIX[kind].join(parts) + ")" if parts else repr(kind == z3.Z3_OP_AND)
    if kind == z3.Z3_OP_UNINTERPRETED and not parts and term.decl().name() in names:
        return names[term.decl().name()]
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
    """A system as plain Python: initial states, enabled actions, successors."""

    def __init__(self, system: System) -> None:
        """Compile `system`; nothing of it is kept but plain functions and values."""
        self.system = system
        self.names = {variable.name: place for place, variable in enumerate(system.variables)}
        self._domains = [variable.domain for variable in system.variables]
        self._init = compile_terms([system.init], system.variables)
        self._actions = [_CompiledAction(action, system, self.names) for action in system.actions]

    def state(self, values: Values) -> State:
        """`values` as a state that knows its variables' names."""
        return State(self.names, values)

    def is_legal(self, values: Values) -> bool:
        """Whether every value lies in its variable's domain."""
        return all(domain.contains(value) for domain, value in zip(self._domains, values, strict=True))

    def is_initial(self, values: Values) -> bool:
        """Whether a run may start here."""
        return self._init(*values) == (True,)

    def _candidates(self) -> list[Sequence[Value]]:
        fixed = _given(self.system)
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

        Raises ModelError if an action leaves a variable's range: guard it, or model the refusal as an action.
        """
        found = []
        for action in self._actions:
            for taken_, after in action.events(values):
                if not self.is_legal(after):
                    raise ModelError(
                        f"action {taken_} leads out of range: {self.state(values)!r} to {self.state(after)!r}; "
                        "guard the action, or model the refusal as an action of its own"
                    )
                found.append((taken_, after))
        return found

    def is_enabled(self, name: str, values: Values) -> bool:
        """Whether the action called `name` could be taken. Raises ModelError for an unknown name."""
        for action in self._actions:
            if action.name == name:
                return next(action.events(values), None) is not None
        raise ModelError(f"no action {name!r}")

    def is_deadlocked(self, values: Values) -> bool:
        """Whether no action can be taken."""
        return all(next(action.events(values), None) is None for action in self._actions)

    def predicate(self, term: z3.BoolRef) -> Callable[[Values, Taken | None], bool]:
        """`term`, whose atoms may be `enabled(...)` and `taken(...)`, as a function of a state and the action taken in it."""
        wanted = {part.decl().name() for part in terms.subterms([term]) if part.num_args() == 0}
        may = [action for action in self._actions if enabled(action.name).decl().name() in wanted]
        does = [action for action in self._actions if taken(action.name).decl().name() in wanted]
        atoms = [enabled(action.name).decl().name() for action in may] + [taken(action.name).decl().name() for action in does]
        read = compile_terms([term], self.system.variables, atoms)

        def holds(values: Values, action: Taken | None) -> bool:
            truths = [next(candidate.events(values), None) is not None for candidate in may]
            truths += [action is not None and candidate.name == action.name for candidate in does]
            return read(*values, *truths) == (True,)

        return holds


class _CompiledAction:
    """One action as functions over values."""

    def __init__(self, action: Action, system: System, places: Mapping[str, int]) -> None:
        self.name = action.name
        parameters = [parameter.variable for parameter in action.parameters]
        self._parameters = [parameter.name for parameter in parameters]
        self._arguments = list(product(*(parameter.domain.members() for parameter in parameters)))
        scope = [*system.variables, *parameters]
        self._guard = compile_terms([action.guard], scope)
        self._targets = [places[name] for name, _ in action.effects]
        self._effect = compile_terms([term for _, term in action.effects], scope)

    def events(self, values: Values) -> Iterator[tuple[Taken, Values]]:
        for arguments in self._arguments:
            if self._guard(*values, *arguments) == (True,):
                after = list(values)
                for place, value in zip(self._targets, self._effect(*values, *arguments), strict=True):
                    after[place] = value
                yield Taken(self.name, tuple(zip(self._parameters, arguments, strict=True))), tuple(after)


def _given(system: System) -> dict[str, Value]:
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
