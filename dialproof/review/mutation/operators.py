"""Mutation operators: change one guard, one update, the fairness of one action, or one initial value.

They are the mistakes that a modeller makes: a condition forgotten or turned round, an update forgotten or off by one, a wrong
value, an assumption about the long run that is too strong or too weak.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.system import System
from dialproof.core.terms import flattened_and, subterms
from dialproof.core.variables import Kind, StateVariable, Value, Variable

INIT = "init"
"""The part of a model that is not an action."""


@dataclass(frozen=True, eq=False)
class Mutant:
    """`original` with one `change` in one `part`: in an `action`, or in the initial condition (`init`)."""

    part: str
    change: str
    original: System
    action: Action | None = None
    init: z3.BoolRef | None = None

    @cached_property
    def system(self) -> System:
        """The mutated system."""
        whole = self.original
        if self.action is not None:
            return whole.changed(self.action)
        assert self.init is not None
        return System(whole.name, whole.variables, self.init, whole.actions, whole.assumptions)

    @property
    def name(self) -> str:
        """Its name, unique among the mutants of one system."""
        return f"{self.part}: {self.change}"


def mutants(system: System, observers: Collection[str] = ()) -> list[Mutant]:
    """Every mutant of `system`, in a fixed order, except those that are obviously the same.

    `observers` are variables that only watch: they belong to a claim, and their updates are not mutated. Nor is an action that
    reads and updates nothing else, which belongs to the claim too.
    """
    found = []
    for action in system.actions:
        if _is_of_observers(action, observers):
            continue
        seen = {_identity(action)}
        for change, broken in _broken_actions(action, observers):
            if _identity(broken) not in seen:
                seen.add(_identity(broken))
                found.append(Mutant(action.name, change, system, action=broken))
    found += [Mutant(INIT, change, system, init=init) for change, init in _broken_init(system, observers)]
    return found


def _is_of_observers(action: Action, observers: Collection[str]) -> bool:
    """Whether the guard of `action` reads observers, and nothing else, and it updates nothing else."""
    read = {part.decl().name() for part in subterms([action.guard]) if part.decl().kind() == z3.Z3_OP_UNINTERPRETED}
    return bool(read) and read | {target.variable.name for target in action.updates} <= set(observers)


def _broken_actions(action: Action, observers: Collection[str]) -> Iterator[tuple[str, Action]]:
    for change, guard in _broken_guards(action.guard):
        yield change, replace(action, guard=guard)
    for target in action.updates:
        if target.variable.name in observers:
            continue
        others = {one: other for one, other in action.updates.items() if one is not target}
        yield f"{target.variable.name} stays as it is", replace(action, updates=others)
        for change, broken in _broken_values(target, dict(action.effects)[target.variable.name]):
            yield change, replace(action, updates={**action.updates, target: broken})
    for fairness in Fairness:
        if fairness is not action.fairness:
            yield f"fairness {fairness.value} instead of {action.fairness.value}", replace(action, fairness=fairness)


def _broken_guards(guard: z3.BoolRef) -> Iterator[tuple[str, z3.BoolRef]]:
    yield "possible always", z3.BoolVal(True)
    yield "possible never", z3.BoolVal(False)
    parts = _distinct(flattened_and(guard))
    for place, part in enumerate(parts):
        if len(parts) > 1:
            yield f"does not ask whether {text(part)}", z3.And(parts[:place] + parts[place + 1 :])
    for atom in subterms([guard]):
        if isinstance(atom, z3.BoolRef) and _is_atom(atom):
            turned = z3.substitute(guard, (atom, z3.Not(atom)))
            assert isinstance(turned, z3.BoolRef)
            yield f"asks for the opposite of {text(atom)}", turned


def _distinct(parts: list[z3.BoolRef]) -> list[z3.BoolRef]:
    """`parts` without repetitions: one that is left out while it stands there again would change nothing."""
    return [part for place, part in enumerate(parts) if not any(part.eq(other) for other in parts[:place])]


def _is_atom(term: z3.BoolRef) -> bool:
    """True if `term` is a comparison, or a variable."""
    if z3.is_true(term) or z3.is_false(term):
        return False
    return term.num_args() == 0 or not any(isinstance(part, z3.BoolRef) for part in term.children())


def _broken_values(target: StateVariable, value: z3.ExprRef) -> Iterator[tuple[str, z3.ExprRef]]:
    name, domain = target.variable.name, target.variable.domain
    match domain.kind:
        case Kind.INTEGER:
            assert isinstance(value, z3.ArithRef)
            yield f"{name} gets one more", value + 1
            yield f"{name} gets one less", value - 1
        case Kind.BOOLEAN:
            assert isinstance(value, z3.BoolRef)
            yield f"{name} gets the opposite", z3.Not(value)
        case Kind.CHOICE if value.decl().kind() == z3.Z3_OP_DT_CONSTRUCTOR:
            for other in domain.values:
                yield f"{name} gets {other} instead of {domain.value(value)}", domain.term(other)


def _broken_init(system: System, observers: Collection[str]) -> Iterator[tuple[str, z3.BoolRef]]:
    variables = {variable.name: variable for variable in system.variables if variable.name not in observers}
    parts = [(part, _stated(part, variables)) for part in flattened_and(system.init)]
    first: dict[str, tuple[Variable, Value]] = {}
    for _, stated in parts:
        if stated is not None:
            first.setdefault(stated[0].name, stated)
    # What is stated of a variable twice is broken once, and as a whole: half of it would change nothing.
    for variable, value in first.values():
        rest = [part for part, stated in parts if stated is None or stated[0] is not variable]
        if variable.domain.is_finite:  # an initial value without any bound could not even be enumerated
            yield f"{variable.name} may be anything at first", z3.And(rest) if rest else z3.BoolVal(True)
        for other in _other_values(variable, value):
            yield f"{variable.name} is {_shown(other)} at first", z3.And([*rest, variable.term == variable.domain.term(other)])


def _stated(part: z3.BoolRef, variables: dict[str, Variable]) -> tuple[Variable, Value] | None:
    """The variable and the value that a conjunct of the initial condition states outright; None if it states something else."""
    negative = z3.is_not(part)
    plain = part.arg(0) if negative else part
    if plain.num_args() == 0 and plain.decl().name() in variables:
        return variables[plain.decl().name()], not negative
    if z3.is_eq(part):
        for one, other in (part.children(), part.children()[::-1]):
            if one.num_args() == 0 and one.decl().name() in variables and _is_literal(other):
                variable = variables[one.decl().name()]
                return variable, variable.domain.value(other)
    return None


def _is_literal(term: z3.ExprRef) -> bool:
    return term.decl().kind() in (z3.Z3_OP_TRUE, z3.Z3_OP_FALSE, z3.Z3_OP_ANUM, z3.Z3_OP_DT_CONSTRUCTOR)


def _other_values(variable: Variable, value: Value) -> list[Value]:
    if variable.domain.kind is Kind.INTEGER:
        assert isinstance(value, int)
        return [other for other in (value - 1, value + 1) if variable.domain.contains(other)]
    return [other for other in variable.domain.members() if other != value]


def _shown(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def text(term: z3.ExprRef) -> str:
    """A term on one line."""
    return " ".join(str(term).split())


def _identity(action: Action) -> object:
    """What an action means, as text: a term that is gone loses its number to another one."""
    effects = {name: z3.simplify(term).sexpr() for name, term in action.effects if term.sexpr() != f"|{name}|"}
    return z3.simplify(action.guard).sexpr(), tuple(sorted(effects.items())), action.fairness
