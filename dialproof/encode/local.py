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

_FEW = 3
"""The image of a term that reads at most so many kept variables, and nothing else, is remembered for all local forms."""


class Reads:
    """Which constants each term of a system reads, and which actions write which variable: worked out once."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._nodes: dict[int, _Node] = {}
        self._slots: dict[tuple[str, Domain], tuple[Variable, z3.ExprRef]] = {}
        self._choices: dict[int, tuple[tuple[Variable, ...], list[z3.BoolRef]]] = {}
        self.images: dict[tuple[int, tuple[str, ...]], z3.ExprRef] = {}
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

    def of(self, term: z3.ExprRef) -> frozenset[str]:
        """The names of the variables, parameters and atoms that occur in `term`."""
        return self.node(term).reads

    def node(self, term: z3.ExprRef) -> "_Node":
        """What is known of `term`. It keeps the term alive: z3 gives the number of a term that is gone to another one."""
        known = self._nodes
        found = known.get(term.get_id())
        if found is not None:
            return found
        stack = [(term.get_id(), term, term.children())]
        while stack:
            number, current, operands = stack[-1]
            if number in known:
                stack.pop()
                continue
            numbers = [operand.get_id() for operand in operands]
            missing = [(key, part, part.children()) for key, part in zip(numbers, operands, strict=True) if key not in known]
            if missing:
                stack += missing
                continue
            stack.pop()
            known[number] = _Node(number, current, tuple(known[key] for key in numbers))
        return known[term.get_id()]

    def slot(self, name: str, domain: Domain) -> tuple[Variable, z3.ExprRef]:
        """The variable of a local form that is called `name`, with its constant."""
        key = name, domain
        if key not in self._slots:
            variable = Variable(name, domain)
            self._slots[key] = variable, variable.term
        return self._slots[key]

    def choices(self, number: int) -> tuple[tuple[Variable, ...], list[z3.BoolRef]]:
        """The inputs that say which of so many actions is taken, and that it is each of them; at last that it is another."""
        if number not in self._choices:
            digits = tuple(Variable(f"{ACTION} {digit}", Domain(Kind.BOOLEAN)) for digit in range(number.bit_length()))
            bits = [z3.Bool(variable.name) for variable in digits]
            self._choices[number] = digits, [is_action(place, bits) for place in range(number + 1)]
        return self._choices[number]


class _Node:
    """A term, what it reads, and its operands as nodes: to ask z3 for them again and again would take most of the time."""

    def __init__(self, number: int, term: z3.ExprRef, operands: "tuple[_Node, ...]") -> None:
        kind = term.decl().kind()
        self.number = number
        self.term = term
        self.operands = operands
        self.name = term.decl().name() if not operands and kind == z3.Z3_OP_UNINTERPRETED else ""
        read = (operand.reads for operand in operands)
        self.reads: frozenset[str] = frozenset({self.name}) if self.name else frozenset().union(*read)
        self.is_and = kind == z3.Z3_OP_AND
        self.is_gathered = kind in (z3.Z3_OP_AND, z3.Z3_OP_OR)
        self.may_be_free = isinstance(term, z3.BoolRef) and kind != z3.Z3_OP_NOT
        self.few = tuple(sorted(self.reads)) if len(self.reads) <= _FEW else None

    @cached_property
    def connected(self) -> "_Connected":
        """The operands of a conjunction or disjunction by what they read."""
        return _Connected(self.operands)


class _Connected:
    """The operands of a conjunction or disjunction, and where in it each name is read: most local forms read few of many."""

    def __init__(self, operands: tuple[_Node, ...]) -> None:
        self.operands = operands
        self.numbers = tuple(operand.number for operand in operands)
        self.sum = sum(map(hash, self.numbers))
        self._places: dict[str, list[int]] = {}
        self._constant: list[int] = []
        for place, operand in enumerate(operands):
            for name in operand.reads:
                self._places.setdefault(name, []).append(place)
            if not operand.reads:
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
        self._slots = {name: constant.decl().name() for name, constant in constants.items()}
        self.free: list[Variable] = []
        self._free_terms: dict[object, z3.ExprRef] = {}

    def of(self, term: z3.ExprRef, parameters: dict[str, z3.ExprRef] | None = None) -> z3.ExprRef:
        """`term` with what is kept renamed and what is not freed; `parameters` are the constants of an action's own."""
        root = self._reads.node(term)
        remembered = self._key(root)
        if remembered is not None and remembered in self._reads.images:
            return self._reads.images[remembered]
        constants = {**self.constants, **parameters} if parameters else self.constants
        images: dict[int, z3.ExprRef] = {}
        stack = [root]
        while stack:
            node = stack[-1]
            if node.number in images:
                stack.pop()
                continue
            if not node.reads:
                images[node.number] = node.term
            elif node.name:
                known = constants.get(node.name)
                images[node.number] = self._freed(node, self._reads.variable(node.name).domain) if known is None else known
            elif node.may_be_free and node.reads.isdisjoint(constants):
                images[node.number] = self._freed(node, Domain(Kind.BOOLEAN))
            else:
                needed: Sequence[_Node] = node.operands
                if node.is_gathered:
                    needed = [node.operands[place] for place in node.connected.reading(constants)]
                missing = [operand for operand in needed if operand.number not in images]
                if missing:
                    stack += missing
                    continue
                parts = [images[operand.number] for operand in needed]
                images[node.number] = self._joined(node, parts, needed) if node.is_gathered else node.term.decl()(*parts)
            stack.pop()
        if remembered is not None:
            self._reads.images[remembered] = images[root.number]
        return images[root.number]

    def _key(self, node: _Node) -> tuple[int, tuple[str, ...]] | None:
        """What the image of a term depends on that reads nothing but a few kept variables; None for any other."""
        if node.few is None or not all(name in self._slots for name in node.few):
            return None
        return node.number, tuple(self._slots[name] for name in node.few)

    def _joined(self, node: _Node, images: list[z3.ExprRef], rest: Sequence[_Node]) -> z3.ExprRef:
        """A conjunction or disjunction in which all operands but `rest` become one free input together."""
        parts = [part for part in images if isinstance(part, z3.BoolRef)]
        if len(rest) < len(node.operands):
            others = _Others(node.connected, node.is_and, tuple(operand.number for operand in rest))
            free = self._freed(others, Domain(Kind.BOOLEAN))
            assert isinstance(free, z3.BoolRef)
            parts.append(free)
        return conjunction(parts) if node.is_and else disjunction(parts)

    def _freed(self, what: _Node | _Others, domain: Domain) -> z3.ExprRef:
        """The free input that stands for a term, or for a connective over several."""
        key: object = what if isinstance(what, _Others) else what.number
        if key not in self._free_terms:
            variable, self._free_terms[key] = self._reads.slot(f"{FREE} {len(self.free)}", domain)
            self.free.append(variable)
        return self._free_terms[key]


def localised(reads: Reads, formulas: Sequence[z3.ExprRef], kept: Sequence[str], fair: Iterable[str]) -> LocalEncoding:
    """The local form of a system around the variables named in `kept`, with the fairness of the actions named in `fair`.

    Actions that an atom of `formulas` names are kept too. An action's fairness counts only if the action is kept.
    """
    system = reads.system
    slots = [reads.slot(f"{KEPT} {at}", reads.variable(name).domain) for at, name in enumerate(kept)]
    variables = [variable for variable, _ in slots]
    constants: dict[str, z3.ExprRef] = {name: constant for name, (_, constant) in zip(kept, slots, strict=True)}
    named = {name for formula in formulas for name in reads.of(formula)} & reads.numbers.keys()
    touching = {number for name in kept for number in reads.writers[name]} | {reads.numbers[name] for name in named}
    numbers = sorted(touching)
    digits, chosen = reads.choices(len(numbers))
    image = _Image(reads, constants)
    following: dict[str, z3.ExprRef] = {variable.name: constant for variable, constant in slots}
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
        one.domain.restriction(constant) for one, constant in slots
    ]
    transitions = Transitions(
        variables=tuple(variables),
        inputs=(*inputs, *image.free),
        init=conjunction(own_init),
        allowed=conjunction(
            [disjunction(steps), *(one.domain.restriction(reads.slot(one.name, one.domain)[1]) for one in image.free)]
        ),
        next=following,
        justice=tuple(justice),
        compassion=tuple(compassion),
    )
    return LocalEncoding(system, transitions, (), image=image, actions=tuple(numbers), fair=tuple(called))


def _boolean(term: z3.ExprRef) -> z3.BoolRef:
    assert isinstance(term, z3.BoolRef)
    return term
