"""Families: a core with any number of components beside it, and the summary that stands for every one of them.

A family is a system for each choice of how many members its components have. What the core and the others see of the members of
a component is one number: the sum of their weights (how much mail waits, how many are in force). The *summary* follows one
member of each component, chosen freely, and keeps of all the others nothing but the sum of their weights. Each run of each
system of the family, whichever members are followed, is a run of the summary (`dialproof.evidence.simulation` has the obligations
that say so), so that what holds of the summary holds of all of them; what fails there may hold of all of them.

The idea is that of counter abstraction (Pnueli, Xu, Zuck, "Liveness with (0,1,infinity)-counter abstraction", 2002), with one
member kept as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import z3

from dialproof.core.actions import Action, Assumption, Fairness, Update, atoms_of, enabled
from dialproof.core.display import counted, one_line
from dialproof.core.errors import ModelError
from dialproof.core.names import check_name
from dialproof.core.system import System
from dialproof.core.terms import flattened_and, rename, subterms
from dialproof.core.variables import Integer, StateVariable, Value, Variable, integer

OTHERS = "others"
"""The actor of what the members do that are not followed."""

_LEAST = 4  # a guard that needs a weight of more than so much is taken to need this much


@dataclass(frozen=True, eq=False)
class Component:
    """What there may be any number of, described by one member, whose name each variable and each action has once in its own.

    `weight` is a number, never negative and at first 0, over the member's own variables. Guards and updates read variables of the
    core, of the member itself, and `total`; an update of the core reads nothing of the member. `moved` says what actions
    of the core, by name, do to every member. `dormant` is a state of a member that never does anything: with it a system without
    the member is one with it. `others` is what to call those members that are not followed.
    """

    name: str
    others: str
    variables: tuple[StateVariable, ...]
    init: z3.BoolRef
    actions: tuple[Action, ...]
    weight: z3.ArithRef
    dormant: Mapping[str, Value]
    moved: Mapping[str, Mapping[StateVariable, Update]]

    def __repr__(self) -> str:
        parts = ((self.variables, "variable"), (self.actions, "action"))
        return one_line("Component", repr(self.name), *(counted(len(found), what) for found, what in parts))

    def require_names(self) -> None:
        """Raise ModelError where the parts do not have the names that they must have."""
        check_name(self.name, "a component")
        check_name(self.others, "the others of a component")
        for name in [*(one.variable.name for one in self.variables), *(action.name for action in self.actions)]:
            if name.count(self.name) != 1:
                raise ModelError(f"{name!r} belongs to the component {self.name!r} and must have its name in it, once")
        if set(self.dormant) != {one.variable.name for one in self.variables}:
            raise ModelError(f"the dormant state of {self.name!r} must give each of its variables a value")

    @property
    def total(self) -> Integer:
        """The sum of the weights of all members, as guards read it."""
        return total_of(self.name)

    @property
    def rest(self) -> Integer:
        """The variable of the summary that holds the sum of the weights of the members that are not followed."""
        return integer(f"total of {self.others}", 0, says=f"in all, {self.others}")

    def called(self, name: str) -> "Component":
        """The same member under another name."""
        twins = {
            one.variable.name: replace(one.variable, name=one.variable.name.replace(self.name, name), says=self._said(one, name))
            for one in self.variables
        }
        pairs = [(one, twins[one.variable.name].term) for one in self.variables]
        targets = {old: new.constant() for old, new in twins.items()}

        def renamed(updates: Mapping[StateVariable, Update]) -> dict[StateVariable, Update]:
            return {targets.get(one.variable.name, one): _substituted(value, pairs) for one, value in updates.items()}

        return replace(
            self,
            name=name,
            others=f"others of {name}",
            variables=tuple(targets.values()),
            init=rename([self.init], pairs)[0],
            actions=tuple(
                replace(
                    action,
                    name=action.name.replace(self.name, name),
                    guard=rename([action.guard], pairs)[0],
                    updates=renamed(action.updates),
                    says=action.says.replace(self.name, name),
                    concerns=action.concerns.replace(self.name, name),
                )
                for action in self.actions
            ),
            weight=rename([self.weight], pairs)[0],
            dormant={twins[old].name: value for old, value in self.dormant.items()},
            moved={action: renamed(updates) for action, updates in self.moved.items()},
        )

    def _said(self, one: StateVariable, name: str) -> str:
        return one.variable.says.replace(self.name, name)

    def is_local(self, term: z3.ExprRef) -> bool:
        """Whether `term` reads a variable of the member."""
        own = {one.variable.name for one in self.variables}
        return any(part.num_args() == 0 and part.decl().name() in own for part in subterms([term]))

    def follows(self, action: Action) -> Action:
        """What a member that is not followed does when it takes `action`: the same to the core, and a number to the sum."""
        kept = [part for part in flattened_and(action.guard) if not self.is_local(part)]
        needed = self._needs(action)
        effects = {one: value for one, value in action.updates.items() if one.variable.name not in self.dormant}
        for target, value in effects.items():
            if isinstance(value, z3.ExprRef) and self.is_local(value):
                raise ModelError(f"{action.name!r} gives {target.variable.name!r} a value that depends on the member that acts")
        change = z3.simplify(rename([self.weight], _pairs(self, action.updates))[0] - self.weight)
        if not isinstance(change, z3.IntNumRef):
            raise ModelError(f"{action.name!r} must change the weight of {self.name!r} by a number; it changes by {change}")
        if change.as_long() != 0:
            effects[self.rest] = self.rest + change
        return replace(
            action,
            name=action.name.replace(self.name, self.others),
            guard=z3.And(*kept, self.rest >= needed) if needed else z3.And(*kept, z3.BoolVal(True)),
            updates=effects,
            fairness=Fairness.NONE,
            actor=OTHERS,
            says=action.says.replace(self.name, self.others),
            concerns=action.concerns.replace(self.name, self.others),
        )

    def _needs(self, action: Action) -> int:
        """The least weight with which a member can take `action`, or a little less."""
        solver = z3.Solver()
        solver.add(action.guard, *(one.variable.domain.restriction(one) for one in self.variables))
        least = 0
        while least < _LEAST and solver.check(self.weight == least) == z3.unsat:
            least += 1
        return least


@dataclass(frozen=True, eq=False)
class Family:
    """A core of variables and actions, and components. Raises ModelError for parts that do not fit together.

    Some action of the core can always be taken, so that no system of the family ever idles; that this is so is an obligation
    (`dialproof.evidence.simulation`). `assumptions` speak of the core alone, so that they say the same of each system and of the
    summary. What a family stands for may do less than its systems: `loose` names the actions, none of them fair, that are
    possible here more often than there.
    """

    name: str
    variables: tuple[StateVariable, ...]
    init: z3.BoolRef
    actions: tuple[Action, ...]
    components: tuple[Component, ...]
    loose: frozenset[str] = frozenset()
    assumptions: tuple[Assumption, ...] = ()

    def __repr__(self) -> str:
        parts = ((self.variables, "variable"), (self.actions, "action"), (self.components, "component"))
        return one_line("Family", repr(self.name), *(counted(len(found), what) for found, what in parts))

    def __post_init__(self) -> None:
        every = [*self.actions, *(action for component in self.components for action in component.actions)]
        if unknown := sorted(self.loose - {action.name for action in every}):
            raise ModelError(f"{unknown[0]!r} is no action of the family {self.name!r}")
        if fair := [action.name for action in every if action.name in self.loose and action.fairness is not Fairness.NONE]:
            raise ModelError(f"{fair[0]!r} is possible more often than it should be: it must not be fair")
        names = {action.name for action in self.actions}
        for component in self.components:
            component.require_names()
            if unknown := sorted(set(component.moved) - names):
                raise ModelError(f"{component.name!r} is moved by {unknown[0]!r}, which is no action of the core")
        for assumption in self.assumptions:
            self._require_core(assumption)

    def _require_core(self, assumption: Assumption) -> None:
        """Raise ModelError if `assumption` reads what is not the same in the summary and in each system."""
        known = {one.variable.name for one in self.variables} | {atoms_of(action)[1] for action in self.actions}
        known |= {atoms_of(action)[0] for action in self.actions if action.name not in self.loose}
        read = {part.decl().name() for part in subterms([assumption.formula]) if _is_named(part)}
        if other := sorted(read - known):
            raise ModelError(
                f"family {self.name!r}: the assumption {assumption.name!r} speaks of {other[0]!r}; allowed: variables and "
                "actions of the core, and whether such an action is possible if it is not loose"
            )

    def instance(self, members: Mapping[str, Sequence[str]]) -> System:
        """The system with these members: for each component by name, the names of its members."""
        if unknown := sorted(set(members) - {one.name for one in self.components}):
            raise ModelError(f"the family has no component {unknown[0]!r}")
        copies = {one.name: [one.called(name) for name in members.get(one.name, ())] for one in self.components}
        totals = [(one.total, z3.Sum([z3.IntVal(0), *(copy.weight for copy in copies[one.name])])) for one in self.components]
        parts = self._parts([copy for made in copies.values() for copy in made], totals)
        return System(self.name, *parts, self.assumptions)

    @cached_property
    def summary(self) -> System:
        """The system that follows one member of each component, and of the others knows the sum of their weights.

        Its variables are those of the core, of one member of each component, and their `rest`.
        """
        totals = [(one.total, one.weight + one.rest) for one in self.components]
        others = [rewritten(one.follows(action), totals) for one in self.components for action in one.actions]
        variables, init, actions = self._parts(self.components, totals)
        rest = [one.rest for one in self.components]
        starts = z3.And(init, *(total == 0 for total in rest))
        return System(self.name, [*variables, *rest], starts, [*actions, *others], self.assumptions)

    def unclear_in(self, formula: z3.BoolRef) -> tuple[str, ...]:
        """The atoms of `formula` that mean one thing in the summary and another in the systems that it stands for.

        Whether the others *can* do something is more than their sum tells, and what is loose is possible too often; what is done
        is clear. A proof about the summary is worth nothing for a formula with such an atom.
        """
        vague = {action.name for action in self.summary.actions if action.actor == OTHERS or action.name in self.loose}
        unclear = {enabled(name).decl().name() for name in vague}
        found = {part.decl().name() for part in subterms([formula]) if part.num_args() == 0}
        return tuple(sorted(found & unclear))

    def _parts(
        self, members: Sequence[Component], totals: list[tuple[Integer, z3.ArithRef]]
    ) -> tuple[list[StateVariable], z3.BoolRef, list[Action]]:
        """The variables, the initial condition and the actions of the system with these members."""
        actions = [replace(action, updates={**action.updates, **_moves(members, action.name)}) for action in self.actions]
        actions += [action for member in members for action in member.actions]
        variables = [*self.variables, *(one for member in members for one in member.variables)]
        init = z3.And(self.init, *(member.init for member in members))
        return variables, init, [rewritten(action, totals) for action in actions]


def total_of(component: str) -> Integer:
    """What guards read for the sum of the weights of all members of the component called `component`."""
    return integer(f"total of {component}", 0)


def rewritten(action: Action, pairs: Sequence[tuple[z3.ExprRef, z3.ExprRef]]) -> Action:
    """`action` with each first term of `pairs` replaced by the second in its guard and its updates."""
    updates = {one: _substituted(value, pairs) for one, value in action.updates.items()}
    return replace(action, guard=rename([action.guard], pairs)[0], updates=updates)


def new_values(variables: Sequence[StateVariable], updates: Mapping[StateVariable, Update]) -> list[z3.ExprRef]:
    """What each of `variables` is after `updates`."""
    after = {one.variable.name: _term(one.variable, value) for one, value in updates.items()}
    return [after.get(one.variable.name, one) for one in variables]


def _is_named(term: z3.ExprRef) -> bool:
    """True for a variable or an atom about an action, false for a value."""
    return term.num_args() == 0 and term.decl().kind() == z3.Z3_OP_UNINTERPRETED


def _moves(members: Sequence[Component], action: str) -> dict[StateVariable, Update]:
    return {one: value for member in members for one, value in member.moved.get(action, {}).items()}


def _pairs(component: Component, updates: Mapping[StateVariable, Update]) -> list[tuple[z3.ExprRef, z3.ExprRef]]:
    return list(zip(component.variables, new_values(component.variables, updates), strict=True))


def _term(variable: Variable, value: Update) -> z3.ExprRef:
    return value if isinstance(value, z3.ExprRef) else variable.domain.term(value)


def _substituted(value: Update, pairs: Sequence[tuple[z3.ExprRef, z3.ExprRef]]) -> Update:
    return rename([value], pairs)[0] if isinstance(value, z3.ExprRef) else value
