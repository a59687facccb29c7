"""A transition relation as a system: actions whose parameters are the next values that the relation leaves open.

A relation says which next states a state may have. A next value that it determines, as a term over the state, the inputs and
other next values, becomes an update; every other one becomes a parameter of the action. Where one without bounds is determined
under conditions only, the parameter stands for what is left.
The guard is the relation itself with the next values in it replaced: nothing of it is left out, so that the steps of the system
are exactly those of the relation, whatever is found to be determined.

Other tools speak of infinite runs only: a state without a successor is on none. Here such a state idles for ever. Unless it can
be shown that there is none, an assumption leaves runs out that end in one: a step is taken again and again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import z3

from dialproof.core import ltl
from dialproof.core.actions import Action, Assumption, Update, taken
from dialproof.core.system import System
from dialproof.core.terms import flattened_and, rename, subterms
from dialproof.core.variables import StateVariable, Variable
from dialproof.encode.transitions import conjunction, some_parameters

STEP = "step"
"""What the action is called."""

NEXT = "next "
"""What stands before a variable's name in that of the parameter that is its next value."""

_EFFORT = 20_000_000
"""For how much of z3's work (its `rlimit`) it is tried to show that every state has a successor."""


@dataclass(frozen=True, eq=False)
class Relation:
    """`variables` with the constants for their next values by name, `inputs`, and what is allowed.

    `init` and `everywhere` are over the state, the second one about every state; `steps` are over state, inputs and next values.
    A next value that one of `assigned` makes is never out of range, or the system has no meaning; out of range elsewhere,
    there is no such step.
    """

    variables: tuple[Variable, ...]
    following: Mapping[str, z3.ExprRef]
    inputs: tuple[Variable, ...]
    init: z3.BoolRef
    everywhere: z3.BoolRef
    steps: tuple[z3.BoolRef, ...]
    assigned: Mapping[str, z3.ExprRef]


@dataclass(frozen=True, eq=False)
class RelationSystem:
    """The system of a relation; `lasting` leaves runs out that end in a state without successor (None: there is none)."""

    system: System
    lasting: Assumption | None

    @property
    def infinite(self) -> System:
        """The system with the runs only that the relation has infinitely many steps for."""
        return self.system if self.lasting is None else self.system.assuming(self.lasting)


def as_system(name: str, relation: Relation) -> RelationSystem:
    """The relation as a system. Raises ModelError where it is not found out which states have a next one."""
    step = _step(relation)
    system = System(name, relation.variables, conjunction([relation.init, relation.everywhere]), [step])
    possible = some_parameters(step.guard, step.parameters)
    solver = z3.Solver()
    solver.set("rlimit", _EFFORT)
    solver.add(*(v.domain.restriction(v.term) for v in relation.variables), relation.everywhere, z3.Not(possible))
    if solver.check() == z3.unsat:
        return RelationSystem(system, None)
    again = ltl.always(ltl.eventually(taken(step)))
    reason = "a run that comes to a state without successor is no run of this model"
    return RelationSystem(system, Assumption("the run never ends", again, reason))


def _step(relation: Relation) -> Action:
    steps = [part for step in relation.steps for part in flattened_and(step)]
    determined, rest = _determined(relation, list(steps))
    inputs = [variable.constant() for variable in relation.inputs]
    chosen = {variable.name: _choice(variable) for variable in relation.variables if variable.name not in determined}
    openly = [(relation.following[name_], choice) for name_, choice in chosen.items()]
    after: dict[str, z3.ExprRef] = dict(zip(determined, rename(list(determined.values()), openly), strict=True))
    used = {part.decl().name() for part in subterms(after.values()) if part.num_args() == 0}
    partly = [_choice(variable) for variable in relation.variables if variable.name in determined]
    parameters = (*chosen.values(), *(one for one in partly if one.variable.name in used), *inputs)
    after |= chosen
    conditions = rename(rest, [(relation.following[name_], term) for name_, term in after.items()])
    for variable in relation.variables:
        if variable.name in determined and variable.name not in relation.assigned:
            conditions.append(variable.domain.restriction(after[variable.name]))
    conditions += rename([relation.everywhere], [(variable.term, after[variable.name]) for variable in relation.variables])
    constants = {variable.name: variable.constant() for variable in relation.variables}
    updates: dict[StateVariable, Update] = {constants[n]: term for n, term in after.items() if not term.eq(constants[n])}
    return Action(STEP, conjunction(conditions), updates, parameters=parameters)


def _choice(variable: Variable) -> StateVariable:
    """The parameter that is the next value of `variable` as far as the relation leaves it open."""
    return Variable(f"{NEXT}{variable.name}", variable.domain).constant()


def _determined(relation: Relation, steps: list[z3.BoolRef]) -> tuple[dict[str, z3.ExprRef], list[z3.BoolRef]]:
    """Next values as terms over the state, the inputs and open next values; and the steps without the equations that say so.

    An equation makes a next value out of others, none of which it is made of itself; where they go round in a circle, one of
    them stays open and its equation a condition. What has no bounds may be determined under conditions; there every step stays
    a condition.
    """
    names = {following.decl().name(): name for name, following in relation.following.items()}
    pending: dict[str, tuple[z3.ExprRef, z3.BoolRef | None]] = {name: (term, None) for name, term in relation.assigned.items()}
    for one in steps:
        equation = _equation(one, names)
        if equation is not None and equation[0] not in pending:
            pending[equation[0]] = equation[1], one
    partly = {name: term for name, term in _partly_determined(relation, steps, names) if name not in pending}
    pending |= {name: (term, None) for name, term in partly.items()}
    values: dict[str, z3.ExprRef] = {}
    rest = list(steps)
    while pending:
        ready = [name for name, (term, _) in pending.items() if not _next_values(term, names) & set(pending)]
        if not ready:
            name = min(pending, key=lambda one: (one not in partly, one in relation.assigned, not _is_finite(relation, one)))
            term, step = pending.pop(name)
            rest += [relation.following[name] == term] if name in relation.assigned else []
            continue
        for name in ready:
            term, step = pending.pop(name)
            values[name] = rename([term], [(relation.following[other], value) for other, value in values.items()])[0]
            rest = [one for one in rest if step is None or not one.eq(step)]
    return values, rest


def _partly_determined(
    relation: Relation, steps: Sequence[z3.BoolRef], names: Mapping[str, str]
) -> Iterator[tuple[str, z3.ExprRef]]:
    """Variables without bounds whose next values `steps` determine under conditions, with these values.

    Under none of the conditions the value is the variable's parameter, unless one of them is met in every step.
    """
    found: dict[str, list[tuple[z3.BoolRef, z3.ExprRef]]] = {}
    for condition, effect in _conditional(steps):
        equation = _equation(effect, names)
        if equation is not None and not _is_finite(relation, equation[0]) and equation[0] not in _next_values(condition, names):
            found.setdefault(equation[0], []).append((condition, equation[1]))
    variables = {variable.name: variable for variable in relation.variables}
    for name, pairs in found.items():
        solver = z3.Solver()
        solver.set("rlimit", _EFFORT)
        solver.add(*steps, *(z3.Not(condition) for condition, _ in pairs))
        *others, (_, last) = pairs
        value = last if solver.check() == z3.unsat else _choice(variables[name])
        for condition, term in reversed(others if value.eq(last) else pairs):
            value = z3.If(condition, term, value)
        yield name, value


def _conditional(steps: Sequence[z3.BoolRef]) -> Iterator[tuple[z3.BoolRef, z3.BoolRef]]:
    """What `steps` demand under a condition: pairs of a condition and what it implies."""
    waiting = [(z3.BoolVal(True), step) for step in reversed(steps)]
    while waiting:
        condition, effect = waiting.pop()
        operands = [operand for operand in effect.children() if isinstance(operand, z3.BoolRef)]
        match effect.decl().kind(), operands:
            case z3.Z3_OP_AND, _:
                waiting += [(condition, operand) for operand in reversed(operands)]
            case z3.Z3_OP_IMPLIES, [cause, then]:
                waiting.append((conjunction([condition, cause]), then))
            case z3.Z3_OP_ITE, [test, then, other]:
                waiting += [(conjunction([condition, z3.Not(test)]), other), (conjunction([condition, test]), then)]
            case z3.Z3_OP_OR, [first, second]:
                waiting += [(conjunction([condition, z3.Not(first)]), second), (conjunction([condition, z3.Not(second)]), first)]
            case _:
                yield condition, effect


def _is_finite(relation: Relation, name: str) -> bool:
    return next(variable.domain.is_finite for variable in relation.variables if variable.name == name)


def _equation(step: z3.BoolRef, names: Mapping[str, str]) -> tuple[str, z3.ExprRef] | None:
    """The variable and the term, where `step` says that a next value is equal to a term without it."""
    if step.decl().name() in names and step.num_args() == 0:
        return names[step.decl().name()], z3.BoolVal(True)
    if z3.is_not(step) and step.arg(0).decl().name() in names and step.arg(0).num_args() == 0:
        return names[step.arg(0).decl().name()], z3.BoolVal(False)
    if z3.is_eq(step):
        for one, other in (step.children(), step.children()[::-1]):
            name = names.get(one.decl().name()) if one.num_args() == 0 else None
            if name is not None and name not in _next_values(other, names):
                return name, other
    return None


def _next_values(term: z3.ExprRef, names: Mapping[str, str]) -> set[str]:
    """The variables whose next values occur in `term`."""
    return {names[part.decl().name()] for part in subterms([term]) if part.num_args() == 0 and part.decl().name() in names}
