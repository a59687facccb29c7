"""Localisation: what a few variables do, whatever all others do; small, however large the system is.

Of a system are kept: some variables, and the actions that write one of them or are named by the formula. All other actions are
one step that changes nothing. A condition that reads no kept variable becomes a *free input*: it may have any value at
each step, the same wherever the same term occurs in that step. Every run of the system is a run of the local form (give each
free input the value that its term has), with the same truth of the formula and of the kept fairness conditions; so what
holds of the local form holds of the system (Clarke, Grumberg, Long, "Model checking and abstraction", 1994; Kurshan's
localization). The converse is false: a violation of the local form says nothing.

Variables, actions and inputs are named by their place ("kept 0", "fair 1"), not by their names in the system. Where the rest of
a system does the same for many routes, their local forms are then made of the very same terms: one proof, and one audit, serve
all. What they are made of is compared before any term is made (`dialproof.encode.hash_consing`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import z3

from dialproof.core.actions import Fairness, enabled, taken
from dialproof.core.errors import InternalError
from dialproof.core.variables import Domain, Kind, Variable
from dialproof.encode.auxiliary import Role
from dialproof.encode.dependencies import Connected, Node, Reads, Slot
from dialproof.encode.transitions import Encoded, Transitions

FAIR = "fair"


@dataclass(frozen=True, eq=False)
class LocalEncoding(Encoded):
    """The local form as transitions."""

    image: "Image" = field(kw_only=True)

    def read(self, term: z3.BoolRef) -> z3.BoolRef:
        """`term`, a part of the formulas that the form was made for, over the kept variables and the inputs."""
        known = len(self.image.free)
        number = self.image.of(self.image.reads.node(term))
        if len(self.image.free) != known:  # it would be a constant that keeps its value for ever: unsound
            raise InternalError(f"the local form was not made for {term.sexpr()}")
        return self.image.reads.recipes.condition(number)

    def place_of(self, variable: str) -> str:
        """What a kept variable is called in the transitions."""
        return self.image.places[variable]


class _Others:
    """The operands of a conjunction or disjunction but for a few: equal where the connective and the remaining operands are.

    Most are compared by the term that they are left of, without a look at thousands of operands.
    """

    def __init__(self, connected: Connected, is_and: bool, without: tuple[int, ...]) -> None:
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


class Image:
    """Translates the terms of a system into those of its local form, by their numbers."""

    def __init__(self, reads: Reads, kept: Sequence[str]) -> None:
        slots = [reads.slot(Role.KEPT, f"{place}", reads.variable(name).domain) for place, name in enumerate(kept)]
        self.reads = reads
        self.slots = dict(zip(kept, slots, strict=True))
        self.places = {name: slot.variable.name for name, slot in self.slots.items()}
        self.constants = {name: slot.constant for name, slot in self.slots.items()}
        self._kept = dict(self.constants)
        self.free: list[Slot] = []
        self._free_terms: dict[object, int] = {}

    def of(self, root: Node, parameters: dict[str, int] | None = None) -> int:
        """A term with what is kept renamed and what is not freed; `parameters` are the constants of an action's own."""
        remembered = self._key(root)
        if remembered is not None and remembered in self.reads.images:
            return self.reads.images[remembered]
        constants = {**self.constants, **parameters} if parameters else self.constants
        recipes = self.reads.recipes
        images: dict[int, int] = {}
        stack = [root]
        while stack:
            node = stack[-1]
            if node.number in images:
                stack.pop()
                continue
            if not node.reads:
                images[node.number] = recipes.given(node.term)
            elif node.name:
                known = constants.get(node.name)
                images[node.number] = self._freed(node, self.reads.variable(node.name).domain) if known is None else known
            elif node.may_be_free and node.reads.isdisjoint(constants):
                images[node.number] = self._freed(node, Domain(Kind.BOOLEAN))
            else:
                needed: Sequence[Node] = node.operands
                if node.is_gathered:
                    needed = [node.operands[place] for place in node.connected.reading(constants)]
                missing = [operand for operand in needed if operand.number not in images]
                if missing:
                    stack += missing
                    continue
                parts = [images[operand.number] for operand in needed]
                images[node.number] = (
                    self._joined(node, parts, needed) if node.is_gathered else recipes.applied(node.function, parts)
                )
            stack.pop()
        if remembered is not None:
            self.reads.images[remembered] = images[root.number]
        return images[root.number]

    def claim(self, formula: z3.BoolRef) -> int:
        """A formula with the image of each of its state terms in that term's place; bounds and clocks stay as they are."""
        recipes = self.reads.recipes
        root = self.reads.node(formula)
        images: dict[int, int] = {}
        stack = [root]
        while stack:
            node = stack[-1]
            missing = [operand for operand in node.operands if operand.number not in images] if node.is_temporal else []
            if missing:
                stack += missing
                continue
            stack.pop()
            if node.is_temporal:
                images[node.number] = recipes.applied(node.function, [images[operand.number] for operand in node.operands])
            else:
                images[node.number] = self.of(node) if node.is_boolean else recipes.given(node.term)
        return images[root.number]

    def _key(self, node: Node) -> tuple[int, tuple[int, ...]] | None:
        """What the image of a term depends on that reads nothing but a few kept variables; None for any other."""
        if node.few is None or not all(name in self._kept for name in node.few):
            return None
        return node.number, tuple(self._kept[name] for name in node.few)

    def _joined(self, node: Node, images: list[int], rest: Sequence[Node]) -> int:
        """A conjunction or disjunction in which all operands but `rest` become one free input together."""
        if len(rest) < len(node.operands):
            others = _Others(node.connected, node.is_and, tuple(operand.number for operand in rest))
            images = [*images, self._freed(others, Domain(Kind.BOOLEAN))]
        return self.reads.recipes.conjunction(images) if node.is_and else self.reads.recipes.disjunction(images)

    def _freed(self, what: Node | _Others, domain: Domain) -> int:
        """The free input that stands for a term, or for a connective over several."""
        key: object = what if isinstance(what, _Others) else what.number
        if key not in self._free_terms:
            slot = self.reads.slot(Role.FREE, f"{len(self.free)}", domain)
            self._free_terms[key] = slot.constant
            self.free.append(slot)
        return self._free_terms[key]


@dataclass(frozen=True, eq=False)
class LocalForm:
    """What a local form is made of: the numbers of its terms, by the names that they have in `Transitions`.

    `actions` are the numbers of the kept actions, `fair` pairs the name of each fairness condition with its action.
    """

    image: Image
    variables: tuple[Variable, ...]
    inputs: tuple[Variable, ...]
    init: int
    allowed: int
    next: dict[str, int]
    justice: tuple[tuple[str, int], ...]
    compassion: tuple[tuple[str, int, int], ...]
    actions: tuple[int, ...]
    fair: tuple[tuple[str, str], ...]

    @cached_property
    def encoding(self) -> LocalEncoding:
        """The form itself, its terms made."""
        recipes = self.image.reads.recipes
        transitions = Transitions(
            variables=self.variables,
            inputs=self.inputs,
            init=recipes.condition(self.init),
            allowed=recipes.condition(self.allowed),
            next={name: recipes.term(number) for name, number in self.next.items()},
            justice=tuple((name, recipes.condition(met)) for name, met in self.justice),
            compassion=tuple(
                (name, recipes.condition(asked), recipes.condition(given)) for name, asked, given in self.compassion
            ),
        )
        system = self.image.reads.system
        return LocalEncoding(system, transitions, (), image=self.image)

    def identity(self, formulas: Iterable[z3.BoolRef]) -> object:
        """What makes two forms with what is asked of them the same: the system, terms, names and ranges."""
        names = tuple(self.next), tuple(name for name, _ in self.justice), tuple(name for name, *_ in self.compassion)
        terms = (self.init, self.allowed, *self.next.values(), *(met for _, met in self.justice))
        pairs = tuple(pair for _, *pair in self.compassion)
        asked = tuple(map(self.image.claim, formulas))
        return self.image.reads, names, terms, tuple(map(tuple, pairs)), asked, self.variables, self.inputs


def localised(reads: Reads, formulas: Sequence[z3.BoolRef], kept: Sequence[str], fair: Iterable[str]) -> LocalForm:
    """The local form of a system around the variables named in `kept`, with the fairness of the actions named in `fair`.

    Actions that an atom of `formulas` names are kept too. An action's fairness counts only if the action is kept.
    """
    system, recipes = reads.system, reads.recipes
    asked = list({node.number: node for formula in formulas for node in reads.state_nodes(formula)}.values())
    named = {name for node in asked for name in node.reads} & reads.numbers.keys()
    touching = {number for name in kept for number in reads.writers[name]} | {reads.numbers[name] for name in named}
    numbers = sorted(touching)
    digits, chosen = reads.choices(len(numbers))
    image = Image(reads, kept)
    slots = image.slots
    following = {slot.variable.name: slot.constant for slot in slots.values()}
    inputs, steps = list(digits), []
    fairness = set(fair)
    justice: list[tuple[str, int]] = []
    compassion: list[tuple[str, int, int]] = []
    called: list[tuple[str, str]] = []
    for place, number in enumerate(numbers):
        action = system.actions[number]
        carriers = [
            reads.slot(Role.PARAMETER, f"{place} {at}", parameter.variable.domain)
            for at, parameter in enumerate(action.parameters)
        ]
        inputs += [carrier.variable for carrier in carriers]
        own = {parameter.variable.name: carrier.constant for parameter, carrier in zip(action.parameters, carriers, strict=True)}
        guard = image.of(reads.node(action.guard), own)
        steps.append(recipes.conjunction([chosen[place], guard, *(carrier.limits for carrier in carriers)]))
        possible = image.of(reads.possible(number))
        for name, effect in action.effects:
            if name in slots:
                slot = slots[name].variable.name
                following[slot] = recipes.choice(chosen[place], image.of(reads.node(effect), own), following[slot])
        label = f"{FAIR} {place}"
        if action.name in fairness and action.fairness is not Fairness.NONE:
            called.append((label, action.name))
            if action.fairness is Fairness.WEAK:
                justice.append((label, recipes.disjunction([recipes.negation(possible), chosen[place]])))
            else:
                compassion.append((label, possible, chosen[place]))
        image.constants[enabled(action).decl().name()] = possible
        image.constants[taken(action).decl().name()] = chosen[place]
    steps.append(chosen[-1])  # any other action, or idling: nothing that is kept changes
    for node in asked:
        image.of(node)  # what it reads besides becomes a free input now
    own_init = [image.of(part) for part in reads.init_of(kept)] + [slot.limits for slot in slots.values()]
    return LocalForm(
        image=image,
        variables=tuple(slot.variable for slot in slots.values()),
        inputs=(*inputs, *(slot.variable for slot in image.free)),
        init=recipes.conjunction(own_init),
        allowed=recipes.conjunction([recipes.disjunction(steps), *(slot.limits for slot in image.free)]),
        next=following,
        justice=tuple(justice),
        compassion=tuple(compassion),
        actions=tuple(numbers),
        fair=tuple(called),
    )
