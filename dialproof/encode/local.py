"""Localisation: what a few variables do, whatever all others do; small, however large the system is.

Of a system are kept: some variables, and the actions that write one of them or are named by the formula. All other actions are
one step that changes nothing. A condition that reads no kept variable becomes a *free input*: it may have any value at
each step, the same wherever the same term occurs in that step. Every run of the system is a run of the local form (give each
free input the value that its term has), with the same truth of the formula and of the kept fairness conditions; so what
holds of the local form holds of the system (Clarke, Grumberg, Long, "Model checking and abstraction", 1994; Kurshan's
localization). The converse is false: a violation of the local form says nothing.

Variables, actions and inputs are named by their place ("kept 0", "fair 1"), not by their names in the system. Where the rest of
a system does the same for many routes, their local forms are then the very same z3 terms: one proof, and one audit, serve all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import z3

from dialproof.encode.transitions import ACTION, Encoded, Transitions, conjunction, disjunction, is_action, some_parameters
from dialproof.errors import InternalError
from dialproof.system import Fairness, System, enabled, taken
from dialproof.terms import flattened_and
from dialproof.variables import Domain, Kind, Variable

KEPT = "dialproof.kept"
FREE = "dialproof.free"
FAIR = "fair"


class Reads:
    """Which constants each term of a system reads, and which actions write which variable: worked out once."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._reads: dict[int, frozenset[str]] = {}
        self._children: dict[int, list[z3.ExprRef]] = {}
        self._connected: dict[int, _Connected] = {}
        self._alive: list[z3.ExprRef] = []
        self.writers: dict[str, list[int]] = {variable.name: [] for variable in system.variables}
        self.places = {variable.name: place for place, variable in enumerate(system.variables)}
        self.numbers: dict[str, int] = {}
        for number, action in enumerate(system.actions):
            for name, _ in action.effects:
                self.writers[name].append(number)
            for atom in (enabled(action), taken(action)):
                self.numbers[atom.decl().name()] = number

    def init_of(self, kept: Iterable[str]) -> list[z3.BoolRef]:
        """The conjuncts of the initial condition that read variables in `kept` only, in their order."""
        names = set(kept)
        about = {place for name in names for place in self._init_places.get(name, ())} | set(self._init_places.get("", ()))
        return [self._init[place] for place in sorted(about) if self.of(self._init[place]) <= names]

    @cached_property
    def _init(self) -> list[z3.BoolRef]:
        return flattened_and(self.system.init)

    @cached_property
    def _init_places(self) -> dict[str, list[int]]:
        """The places of the conjuncts of the initial condition that read each variable; "" for those that read none."""
        places: dict[str, list[int]] = {}
        for place, part in enumerate(self._init):
            for name in self.of(part) or {""}:
                places.setdefault(name, []).append(place)
        return places

    def variable(self, name: str) -> Variable:
        """The variable called `name`."""
        return self.system.variables[self.places[name]]

    def children(self, term: z3.ExprRef) -> list[z3.ExprRef]:
        """The operands of `term`."""
        key = term.get_id()
        if key not in self._children:
            self._children[key] = term.children()
            self._alive.append(term)  # z3 gives the number of a term that is gone to another one
        return self._children[key]

    def connected(self, term: z3.ExprRef) -> "_Connected":
        """The operands of a conjunction or disjunction by what they read."""
        key = term.get_id()
        if key not in self._connected:
            self._connected[key] = _Connected(self, self.children(term))
        return self._connected[key]

    def of(self, term: z3.ExprRef) -> frozenset[str]:
        """The names of the variables, parameters and atoms that occur in `term`."""
        known = self._reads
        if term.get_id() in known:
            return known[term.get_id()]
        stack = [term]
        while stack:
            current = stack[-1]
            if current.get_id() in known:
                stack.pop()
                continue
            operands = self.children(current)
            missing = [operand for operand in operands if operand.get_id() not in known]
            if missing:
                stack += missing
                continue
            stack.pop()
            if operands:
                known[current.get_id()] = frozenset().union(*(known[operand.get_id()] for operand in operands))
            else:
                constant = current.decl().kind() == z3.Z3_OP_UNINTERPRETED
                known[current.get_id()] = frozenset({current.decl().name()}) if constant else frozenset()
        return known[term.get_id()]


class _Connected:
    """The operands of a conjunction or disjunction, and where in it each name is read: most local forms read few of many."""

    def __init__(self, reads: Reads, operands: list[z3.ExprRef]) -> None:
        self.operands = operands
        self.numbers = tuple(operand.get_id() for operand in operands)
        self.sum = sum(map(hash, self.numbers))
        self._places: dict[str, list[int]] = {}
        self._constant: list[int] = []
        for place, operand in enumerate(operands):
            names = reads.of(operand)
            for name in names:
                self._places.setdefault(name, []).append(place)
            if not names:
                self._constant.append(place)

    def reading(self, names: Iterable[str]) -> list[int]:
        """The places of the operands that read one of `names`, or nothing at all, in their order."""
        found = set(self._constant)
        for name in names:
            found.update(self._places.get(name, ()))
        return sorted(found)


@dataclass(frozen=True, eq=False)
class LocalEncoding(Encoded):
    """The local form as transitions. `actions` are the numbers of the kept actions.

    `fair` pairs the name of each fairness condition with the action whose fairness it is.
    """

    image: "_Image" = field(kw_only=True)
    actions: tuple[int, ...] = field(kw_only=True)
    fair: tuple[tuple[str, str], ...] = field(kw_only=True)

    def read(self, term: z3.BoolRef) -> z3.BoolRef:
        """`term`, a part of the formulas that the form was made for, over the kept variables and the inputs."""
        known = len(self.image.free)
        read = _boolean(self.image.of(term))
        if len(self.image.free) != known:  # it would be a constant that keeps its value for ever: unsound
            raise InternalError(f"the local form was not made for {term.sexpr()}")
        return read

    def place_of(self, variable: str) -> str:
        """What a kept variable is called in the transitions."""
        return self.image.constants[variable].decl().name()


class _Others:
    """The operands of a conjunction or disjunction but for a few: equal where the connective and the remaining operands are.

    Most are compared by the term that they are left of, without a look at thousands of operands.
    """

    def __init__(self, connected: _Connected, is_and: bool, without: tuple[int, ...]) -> None:
        self._connected = connected
        self._is_and = is_and
        self._without = without
        self._hash = hash((is_and, len(connected.numbers) - len(without), connected.sum - sum(map(hash, without))))

    @cached_property
    def _numbers(self) -> tuple[int, ...]:
        gone = set(self._without)
        return tuple(number for number in self._connected.numbers if number not in gone)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Others) or self._is_and is not other._is_and:
            return False
        if self._connected is other._connected and self._without == other._without:
            return True
        return self._numbers == other._numbers


class _Image:
    """Translates the terms of a system into those of its local form."""

    def __init__(self, reads: Reads, constants: dict[str, z3.ExprRef]) -> None:
        self._reads = reads
        self.constants = constants
        self.free: list[Variable] = []
        self._free_terms: dict[object, z3.ExprRef] = {}

    def of(self, term: z3.ExprRef, parameters: dict[str, z3.ExprRef] | None = None) -> z3.ExprRef:
        """`term` with what is kept renamed and what is not freed; `parameters` are the constants of an action's own."""
        constants = {**self.constants, **parameters} if parameters else self.constants
        images: dict[int, z3.ExprRef] = {}
        stack = [term]
        while stack:
            current = stack[-1]
            key = current.get_id()
            if key in images:
                stack.pop()
                continue
            reads = self._reads.of(current)
            operands = self._reads.children(current)
            if not reads:
                images[key] = current
            elif not operands:
                name = current.decl().name()
                images[key] = constants[name] if name in constants else self._freed(current, self._reads.variable(name).domain)
            elif isinstance(current, z3.BoolRef) and not z3.is_not(current) and reads.isdisjoint(constants):
                images[key] = self._freed(current, Domain(Kind.BOOLEAN))
            else:
                gathered = z3.is_and(current) or z3.is_or(current)
                needed = (
                    [operands[place] for place in self._reads.connected(current).reading(constants)] if gathered else operands
                )
                missing = [operand for operand in needed if operand.get_id() not in images]
                if missing:
                    stack += missing
                    continue
                parts = [images[operand.get_id()] for operand in needed]
                images[key] = self._joined(current, parts, needed) if gathered else current.decl()(*parts)
            stack.pop()
        return images[term.get_id()]

    def _joined(self, term: z3.ExprRef, images: list[z3.ExprRef], rest: list[z3.ExprRef]) -> z3.ExprRef:
        """A conjunction or disjunction in which all operands but `rest` become one free input together."""
        parts = [part for part in images if isinstance(part, z3.BoolRef)]
        connected = self._reads.connected(term)
        if len(rest) < len(connected.operands):
            others = _Others(connected, z3.is_and(term), tuple(operand.get_id() for operand in rest))
            free = self._freed(others, Domain(Kind.BOOLEAN))
            assert isinstance(free, z3.BoolRef)
            parts.append(free)
        return conjunction(parts) if z3.is_and(term) else disjunction(parts)

    def _freed(self, what: z3.ExprRef | _Others, domain: Domain) -> z3.ExprRef:
        """The free input that stands for a term, or for a connective over several."""
        key: object = what if isinstance(what, _Others) else what.get_id()
        if key not in self._free_terms:
            variable = Variable(f"{FREE} {len(self.free)}", domain)
            self.free.append(variable)
            self._free_terms[key] = variable.term
        return self._free_terms[key]


def localised(reads: Reads, formulas: Sequence[z3.ExprRef], kept: Sequence[str], fair: Iterable[str]) -> LocalEncoding:
    """The local form of a system around the variables named in `kept`, with the fairness of the actions named in `fair`.

    Actions that an atom of `formulas` names are kept too. An action's fairness counts only if the action is kept.
    """
    system = reads.system
    variables = [Variable(f"{KEPT} {at}", reads.variable(name).domain) for at, name in enumerate(kept)]
    constants: dict[str, z3.ExprRef] = {name: variable.term for name, variable in zip(kept, variables, strict=True)}
    named = {name for formula in formulas for name in reads.of(formula)} & reads.numbers.keys()
    touching = {number for name in kept for number in reads.writers[name]} | {reads.numbers[name] for name in named}
    numbers = sorted(touching)
    digits = [Variable(f"{ACTION} {digit}", Domain(Kind.BOOLEAN)) for digit in range(len(numbers).bit_length())]
    bits = [z3.Bool(variable.name) for variable in digits]
    chosen = [is_action(place, bits) for place in range(len(numbers) + 1)]
    image = _Image(reads, constants)
    following: dict[str, z3.ExprRef] = {variable.name: variable.term for variable in variables}
    targets = dict(zip(kept, variables, strict=True))
    inputs, steps, possible = list(digits), [], []
    fairness = set(fair)
    justice: list[tuple[str, z3.BoolRef]] = []
    compassion: list[tuple[str, z3.BoolRef, z3.BoolRef]] = []
    called: list[tuple[str, str]] = []
    for place, number in enumerate(numbers):
        action = system.actions[number]
        carriers = [Variable(f"dialproof.parameter {place} {at}", p.variable.domain) for at, p in enumerate(action.parameters)]
        inputs += carriers
        own = {parameter.variable.name: carrier.term for parameter, carrier in zip(action.parameters, carriers, strict=True)}
        guard = _boolean(image.of(action.guard, own))
        steps.append(conjunction([chosen[place], guard, *(carrier.domain.restriction(carrier.term) for carrier in carriers)]))
        possible.append(_boolean(image.of(some_parameters(action.guard, action.parameters))))
        for name, effect in action.effects:
            if name in targets:
                slot = targets[name].name
                following[slot] = z3.If(chosen[place], image.of(effect, own), following[slot])
        label = f"{FAIR} {place}"
        if action.name in fairness and action.fairness is not Fairness.NONE:
            called.append((label, action.name))
            if action.fairness is Fairness.WEAK:
                justice.append((label, disjunction([z3.Not(possible[place]), chosen[place]])))
            else:
                compassion.append((label, possible[place], chosen[place]))
        constants[enabled(action).decl().name()] = possible[place]
        constants[taken(action).decl().name()] = chosen[place]
    steps.append(chosen[-1])  # any other action, or idling: nothing that is kept changes
    for formula in formulas:
        image.of(formula)  # what it reads besides becomes a free input now
    own_init = [_boolean(image.of(part)) for part in reads.init_of(kept)] + [
        one.domain.restriction(one.term) for one in variables
    ]
    transitions = Transitions(
        variables=tuple(variables),
        inputs=(*inputs, *image.free),
        init=conjunction(own_init),
        allowed=conjunction([disjunction(steps), *(one.domain.restriction(one.term) for one in image.free)]),
        next=following,
        justice=tuple(justice),
        compassion=tuple(compassion),
    )
    return LocalEncoding(system, transitions, (), image=image, actions=tuple(numbers), fair=tuple(called))


def _boolean(term: z3.ExprRef) -> z3.BoolRef:
    assert isinstance(term, z3.BoolRef)
    return term
