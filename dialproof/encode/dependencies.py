"""What the terms of a system read, worked out once: which constants each term reads, and which actions write which variable.

Local forms, range questions and findings are all made of it; to ask z3 for the parts of a term again and again would take most
of the time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import z3

from dialproof.core.actions import enabled, taken
from dialproof.core.ltl.operators import is_operator, limit_of
from dialproof.core.system import System
from dialproof.core.variables import Domain, Variable
from dialproof.encode.auxiliary import Role, auxiliary
from dialproof.encode.hash_consing import Recipes
from dialproof.encode.transitions import is_action, number_inputs, some_parameters

NO_NAMES: frozenset[str] = frozenset()

_FEW = 3
"""The image of a term that reads at most so many kept variables, and nothing else, is remembered for all local forms."""


class Reads:
    """Which constants each term of a system reads, and which actions write which variable: worked out once."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._nodes: dict[int, Node] = {}
        self._slots: dict[tuple[Role, str, Domain], Slot] = {}
        self._choices: dict[int, tuple[tuple[Variable, ...], list[int]]] = {}
        self._possible: dict[int, Node] = {}
        self.recipes = Recipes()
        self.images: dict[tuple[int, tuple[int, ...]], int] = {}
        self.writers: dict[str, list[int]] = {variable.name: [] for variable in system.variables}
        self.places = {variable.name: place for place, variable in enumerate(system.variables)}
        self.numbers: dict[str, int] = {}
        for number, action in enumerate(system.actions):
            for name, _ in action.effects:
                self.writers[name].append(number)
            for atom in (enabled(action), taken(action)):
                self.numbers[atom.decl().name()] = number

    def init_of(self, kept: Iterable[str]) -> list["Node"]:
        """The conjuncts of the initial condition that read variables in `kept` only, in their order."""
        names = set(kept)
        about = {place for name in names for place in self._init_places.get(name, ())} | set(self._init_places.get("", ()))
        return [self._init[place] for place in sorted(about) if self._init[place].reads <= names]

    @cached_property
    def _init(self) -> list["Node"]:
        return self.conjuncts(self.system.init)

    @cached_property
    def _init_places(self) -> dict[str, list[int]]:
        """The places of the conjuncts of the initial condition that read each variable; "" for those that read none."""
        places: dict[str, list[int]] = {}
        for place, part in enumerate(self._init):
            for name in part.reads or {""}:
                places.setdefault(name, []).append(place)
        return places

    def variable(self, name: str) -> Variable:
        """The variable called `name`."""
        return self.system.variables[self.places[name]]

    def of(self, term: z3.ExprRef) -> frozenset[str]:
        """The names of the variables, parameters and atoms that occur in `term`."""
        return self.node(term).reads

    def node(self, term: z3.ExprRef) -> "Node":
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
            known[number] = Node(number, current, tuple(known[key] for key in numbers))
        return known[term.get_id()]

    def conjuncts(self, term: z3.BoolRef) -> list["Node"]:
        """The conjuncts of `term`, however deep conjunctions are nested in it; in their order."""
        parts: list[Node] = []
        stack = [self.node(term)]
        while stack:
            node = stack.pop()
            if node.is_and:
                stack += reversed(node.operands)
            else:
                parts.append(node)
        return parts

    def state_nodes(self, formula: z3.BoolRef) -> list["Node"]:
        """The largest parts of `formula` in which no temporal operator occurs, each once."""
        found: dict[int, Node] = {}
        stack = [self.node(formula)]
        while stack:
            node = stack.pop()
            if node.is_temporal:
                stack += node.operands
            else:
                found[node.number] = node
        return list(found.values())

    def clocks(self, formulas: Iterable[z3.BoolRef]) -> frozenset[str]:
        """The names of the variables that bounded operators in `formulas` have for their clocks."""
        return frozenset().union(*(self.node(formula).clocks for formula in formulas))

    def slot(self, role: Role, place: str, domain: Domain) -> "Slot":
        """The variable of a local form that has this role, at this place."""
        key = role, place, domain
        if key not in self._slots:
            variable = auxiliary(role, place, domain)
            term = variable.term
            self._slots[key] = Slot(variable, self.recipes.given(term), self.recipes.given(domain.restriction(term)))
        return self._slots[key]

    def choices(self, number: int) -> tuple[tuple[Variable, ...], list[int]]:
        """The inputs that say which of so many actions is taken, and that it is each of them; at last that it is another."""
        if number not in self._choices:
            digits = number_inputs(number)
            bits = [z3.Bool(variable.name) for variable in digits]
            self._choices[number] = digits, [self.recipes.given(is_action(place, bits)) for place in range(number + 1)]
        return self._choices[number]

    def possible(self, number: int) -> "Node":
        """That the action with this number is possible, for some values of its parameters."""
        if number not in self._possible:
            action = self.system.actions[number]
            self._possible[number] = self.node(some_parameters(action.guard, action.parameters))
        return self._possible[number]


@dataclass(frozen=True)
class Slot:
    """A variable of a local form, with the numbers of its constant and of the condition that it is in its range."""

    variable: Variable
    constant: int
    limits: int


class Node:
    """A term, what it reads, and its operands as nodes: to ask z3 for them again and again would take most of the time."""

    def __init__(self, number: int, term: z3.ExprRef, operands: "tuple[Node, ...]") -> None:
        self.function = term.decl()
        kind = self.function.kind()
        self.number = number
        self.term = term
        self.operands = operands
        self.name = self.function.name() if not operands and kind == z3.Z3_OP_UNINTERPRETED else ""
        read = (operand.reads for operand in operands)
        self.reads: frozenset[str] = frozenset({self.name}) if self.name else frozenset().union(*read)
        self.is_and = kind == z3.Z3_OP_AND
        self.is_gathered = kind in (z3.Z3_OP_AND, z3.Z3_OP_OR)
        self.is_boolean = isinstance(term, z3.BoolRef)
        self.may_be_free = self.is_boolean and kind != z3.Z3_OP_NOT
        operator = bool(operands) and kind == z3.Z3_OP_UNINTERPRETED and is_operator(term)
        self.is_temporal: bool = operator or any(operand.is_temporal for operand in operands)
        self.clocks: frozenset[str] = (
            frozenset().union(*(operand.clocks for operand in operands)) if self.is_temporal else NO_NAMES
        )
        limit = limit_of(term) if operator else None
        if limit is not None and limit.clock is not None:
            self.clocks |= {limit.clock}
        self.few = tuple(sorted(self.reads)) if len(self.reads) <= _FEW else None

    @cached_property
    def connected(self) -> "Connected":
        """The operands of a conjunction or disjunction by what they read."""
        return Connected(self.operands)


class Connected:
    """The operands of a conjunction or disjunction, and where in it each name is read: most local forms read few of many."""

    def __init__(self, operands: tuple[Node, ...]) -> None:
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
