"""Symbolic transition systems with functional next values: the one form that engines and the auditor read.

A step goes from a state (values of `variables`) under `inputs` that are chosen afresh at each step, provided `allowed`, to
the state in which each variable has the value of its `next` term. Next values are if-then-else terms over the inputs, so
a step needs no equation per action and variable; Horn solvers are far faster on this form than on one rule per action.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

import z3

from dialproof.core.actions import Fairness, enabled, taken
from dialproof.core.ltl import operands
from dialproof.core.projection import projection
from dialproof.core.system import System
from dialproof.core.terms import rename, subterms
from dialproof.core.variables import Boolean, Choice, Integer, Variable
from dialproof.encode.auxiliary import Role, auxiliary


def action_inputs(system: System) -> tuple[Variable, ...]:
    """The inputs that say which action of `system` a step takes; the number after the last means idling."""
    return number_inputs(len(system.actions))


def number_inputs(highest: int) -> tuple[Variable, ...]:
    """The digits of a number up to `highest` that says which action a step takes, the lowest first.

    Truth values cost a solver less than one integer that is compared with hundreds of constants.
    """
    return tuple(auxiliary(Role.ACTION, f"{digit}") for digit in range(highest.bit_length()))


def is_action(number: int, digits: Sequence[z3.BoolRef]) -> z3.BoolRef:
    """That `digits` spell `number`."""
    return conjunction([digit if number >> place & 1 else z3.Not(digit) for place, digit in enumerate(digits)])


def is_below(number: int, digits: Sequence[z3.BoolRef]) -> z3.BoolRef:
    """That `digits` spell less than `number`, which they have room for."""
    below = z3.BoolVal(False)
    for place, digit in enumerate(digits):  # the last digit in which they differ decides
        below = disjunction([z3.Not(digit), below]) if number >> place & 1 else conjunction([z3.Not(digit), below])
    return below


@dataclass(frozen=True, eq=False)
class Transitions:
    """`variables`, `inputs`, initial condition, step condition and next values; `bad` is what a safety search looks for.

    `allowed` and `bad` are over state and inputs, `init` over the state. `justice` terms must hold infinitely often;
    of a `compassion` pair the second must, if the first does. Each is named, so that it keeps its name when others are left out.
    """

    variables: tuple[Variable, ...]
    inputs: tuple[Variable, ...]
    init: z3.BoolRef
    allowed: z3.BoolRef
    next: Mapping[str, z3.ExprRef]
    justice: tuple[tuple[str, z3.BoolRef], ...] = ()
    compassion: tuple[tuple[str, z3.BoolRef, z3.BoolRef], ...] = ()
    bad: z3.BoolRef | None = None

    @property
    def ranges(self) -> z3.BoolRef:
        """That every state variable lies in its range."""
        return conjunction([variable.domain.restriction(variable.term) for variable in self.variables])

    @property
    def fairness(self) -> tuple[tuple[str, tuple[z3.BoolRef, ...]], ...]:
        """Every fairness condition by its name, whatever kind it is, with the terms that it consists of."""
        weak = tuple((name, (condition,)) for name, condition in self.justice)
        return (*weak, *((name, (asked, given)) for name, asked, given in self.compassion))

    @property
    def is_finite(self) -> bool:
        """Whether there are finitely many states and inputs."""
        return all(variable.domain.is_finite for variable in (*self.variables, *self.inputs))


@dataclass(frozen=True, eq=False)
class Encoded:
    """A system as transitions, with the translation of formula atoms into terms over state and inputs.

    `promises` are inputs that stand for formulas about the future: they mean something on runs on which, at each position, the
    input is true if and only if the formula holds there.
    """

    system: System
    transitions: Transitions
    atoms: tuple[tuple[z3.ExprRef, z3.ExprRef], ...]
    promises: tuple[tuple[z3.BoolRef, z3.BoolRef], ...] = ()

    def read(self, term: z3.BoolRef) -> z3.BoolRef:
        """`term` with `enabled(...)` and `taken(...)` replaced by what they mean."""
        meanings = self._meanings
        used = {part.decl().name() for part in subterms([term]) if part.num_args() == 0}
        renamed = rename([term], [meanings[name] for name in sorted(used & meanings.keys())])[0]
        assert isinstance(renamed, z3.BoolRef)
        return renamed

    @cached_property
    def _meanings(self) -> dict[str, tuple[z3.ExprRef, z3.ExprRef]]:
        """The atoms by name: a formula names a few of them, and to replace all would cost as much as the system is large."""
        return {pair[0].decl().name(): pair for pair in self.atoms}

    def place_of(self, variable: str) -> str:
        """What a variable of the system is called in the transitions."""
        return variable


def conjunction(parts: list[z3.BoolRef]) -> z3.BoolRef:
    """All of `parts`, without those that are literally true."""
    kept = [part for part in parts if not z3.is_true(part)]
    if not kept:
        return z3.BoolVal(True)
    return kept[0] if len(kept) == 1 else z3.And(kept)


def disjunction(parts: list[z3.BoolRef]) -> z3.BoolRef:
    """One of `parts`; literally true as soon as one is."""
    if any(z3.is_true(part) for part in parts):
        return z3.BoolVal(True)
    if not parts:
        return z3.BoolVal(False)
    return parts[0] if len(parts) == 1 else z3.Or(parts)


def parameter_input(action: str, parameter: Variable) -> Variable:
    """The input that carries `parameter` of the action called `action`."""
    return auxiliary(Role.PARAMETER, f"'{action}' '{parameter.name}'", parameter.domain, about=action)


def encode_system(system: System) -> Encoded:
    """`system` as transitions, its fairness as justice and compassion, its deadlocks as idling for ever."""
    idle = len(system.actions)
    inputs = [*action_inputs(system)]
    digits = [z3.Bool(variable.name) for variable in inputs]
    guards: list[z3.BoolRef] = []
    possible: list[z3.BoolRef] = []
    chosen = [is_action(number, digits) for number in range(idle + 1)]
    values: dict[str, z3.ExprRef] = {variable.name: variable.term for variable in system.variables}
    for number, action in enumerate(system.actions):
        pairs = []
        for parameter in action.parameters:
            carrier = parameter_input(action.name, parameter.variable)
            inputs.append(carrier)
            pairs.append((parameter, carrier.term))
        ranges = [parameter.variable.domain.restriction(carrier) for parameter, carrier in pairs]
        guard, *effects = rename([action.guard, *(term for _, term in action.effects)], pairs)
        assert isinstance(guard, z3.BoolRef)
        guards.append(conjunction([guard, *ranges]))
        possible.append(some_parameters(action.guard, action.parameters))
        for (name, _), effect in zip(action.effects, effects, strict=True):
            values[name] = z3.If(chosen[number], effect, values[name])
    steps = [z3.And(chosen[number], guard) for number, guard in enumerate(guards)]
    stuck = z3.Not(disjunction(possible))
    if not z3.is_false(z3.simplify(stuck)):
        steps.append(z3.And(chosen[idle], stuck))
    atoms: list[tuple[z3.ExprRef, z3.ExprRef]] = []
    justice: list[tuple[str, z3.BoolRef]] = []
    compassion: list[tuple[str, z3.BoolRef, z3.BoolRef]] = []
    for number, action in enumerate(system.actions):
        atoms += [(enabled(action), possible[number]), (taken(action), chosen[number])]
        if action.fairness is Fairness.WEAK:
            justice.append((action.name, z3.Or(z3.Not(possible[number]), chosen[number])))
        elif action.fairness is Fairness.STRONG:
            compassion.append((action.name, possible[number], chosen[number]))
    transitions = Transitions(
        variables=system.variables,
        inputs=tuple(inputs),
        init=conjunction([system.init, *(variable.domain.restriction(variable.term) for variable in system.variables)]),
        allowed=disjunction(steps),
        next=values,
        justice=tuple(justice),
        compassion=tuple(compassion),
    )
    return Encoded(system, transitions, tuple(atoms))


MOST_CASES = 1 << 16
"""How many cases are written out at most to say that some values of a few parameters will do."""

_LEVELS = 30
"""How many connectives deep a quantifier over parameters is pushed inwards."""

_Parameters = Mapping[str, Boolean | Integer | Choice]


def is_projected(guard: z3.BoolRef, parameters: tuple[Boolean | Integer | Choice, ...]) -> bool:
    """True if `some_parameters` projects some of `parameters` away: their values are too many to be written out."""
    found: list[bool] = []

    def looked_at(term: z3.BoolRef, read: _Parameters) -> z3.BoolRef:
        found.append(_are_too_many(read))
        return term

    _some(guard, {parameter.decl().name(): parameter for parameter in parameters}, looked_at)
    return any(found)


def some_parameters(guard: z3.BoolRef, parameters: tuple[Boolean | Integer | Choice, ...]) -> z3.BoolRef:
    """That `guard` holds for some values of `parameters`.

    A parameter is written out only if it is read: the quantifier is pushed inwards, past the parts of a conjunction that do not
    read it, and to each part of a disjunction (miniscoping). If one part needs more than `MOST_CASES` cases, or infinitely many,
    its parameters are projected away. Raises ModelError if that does not succeed.
    """
    by_name = {parameter.decl().name(): parameter for parameter in parameters}
    return _some(guard, by_name, _without) if parameters else guard


def _some(
    term: z3.BoolRef,
    parameters: _Parameters,
    without: Callable[[z3.BoolRef, _Parameters], z3.BoolRef],
    levels: int = _LEVELS,
) -> z3.BoolRef:
    """`term` with the quantifier over `parameters` pushed inwards, and taken away `without` what is tied together there."""
    constants = {part.decl().name() for part in subterms([term]) if part.num_args() == 0}
    read = {name: parameter for name, parameter in parameters.items() if name in constants}
    if not read:
        return term
    parts = operands(term)
    if z3.is_or(term) and levels > 0:
        return disjunction([_some(part, read, without, levels - 1) for part in parts])
    if z3.is_and(term) and levels > 0 and len(groups := _by_parameter(parts, read)) > 1:
        return conjunction([_some(conjunction(group), read, without, levels - 1) for group in groups])
    return without(term, read)


def _are_too_many(parameters: _Parameters) -> bool:
    sizes = [parameter.variable.domain.size for parameter in parameters.values()]
    return None in sizes or prod(size for size in sizes if size is not None) > MOST_CASES


def _without(term: z3.BoolRef, parameters: _Parameters) -> z3.BoolRef:
    """That `term` holds for some values of `parameters`, all of which it reads: written out, or projected."""
    if _are_too_many(parameters):
        return projection(term, tuple(parameter.variable for parameter in parameters.values()))
    cases = [term]
    for parameter in parameters.values():
        domain = parameter.variable.domain
        cases = [z3.substitute(case, (parameter, domain.term(value))) for case in cases for value in domain.members()]
    return disjunction(cases)


def _by_parameter(parts: list[z3.BoolRef], parameters: Mapping[str, object]) -> list[list[z3.BoolRef]]:
    """`parts` in groups, in the order of their first parts, so that no two of them read the same parameter."""
    group_of: dict[str, int] = {}
    merged: dict[int, list[int]] = {}
    for place, part in enumerate(parts):
        read = {one.decl().name() for one in subterms([part]) if one.num_args() == 0} & parameters.keys()
        joined = sorted({group_of[name] for name in read if name in group_of})
        home = joined[0] if joined else place
        members = [member for group in joined for member in merged.pop(group)]
        merged[home] = [*members, place]
        for name, group in list(group_of.items()):
            if group in joined:
                group_of[name] = home
        group_of |= dict.fromkeys(read, home)
    return [[parts[place] for place in sorted(merged[home])] for home in sorted(merged)]
