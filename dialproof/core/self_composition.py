"""Two systems side by side, which are given the same events: so a claim can compare what the two make of them.

What can be seen on no run alone, but only on two of them (that something makes no difference, for instance), is a property of
pairs of runs (M. Clarkson, F. Schneider, "Hyperproperties", 2010). Put side by side, the two are one system, and the property is
one of its runs: self-composition (G. Barthe, P. D'Argenio, T. Rezk, "Secure information flow by self-composition", 2004).
What the two have in common is what happens to them, as in J. Goguen and J. Meseguer, "Security policies and security models",
1982: who is affected by nothing that another one does sees the same with the other one's events and without them.

An *event* is the name of an action with the values of its parameters. In the pair an event is possible where one of the two
can take it. When it happens, each of them that can take it does, and one that cannot, or that has no such action, stays as it
is. So no event of one is lost because the other one is not ready for it, the pair is stuck only where both are, and the two stay
together for as long as they do the same.

Left out: fairness. The pair promises none, so that a claim about it is one about every two runs that are given the same events.
Of a claim that something never happens this is no loss, since each beginning of a run can be continued to a fair one; to a
claim that something must happen add what you need (`System.fair`), of the pair's events.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import z3

from dialproof.core import ltl
from dialproof.core.actions import Action, Assumption, Update, enabled, taken
from dialproof.core.errors import ModelError
from dialproof.core.names import check_name
from dialproof.core.system import System
from dialproof.core.terms import Term, rename, subterms
from dialproof.core.variables import StateVariable, Variable


@dataclass(frozen=True, eq=False)
class Copy:
    """A `system` as it stands in a pair: its variables have the `label` behind their names, but for those in `kept`.

    These are the constants, which are one variable for both copies (also one that the system itself does not have), and what this
    copy alone has.
    """

    system: System
    label: str
    kept: frozenset[str] = frozenset()

    @cached_property
    def variables(self) -> Mapping[str, StateVariable]:
        """The pair's variables, by the names that the system has for them."""
        return {one.name: self._called(one).constant() for one in self.system.variables}

    def of(self, term: Term) -> Term:
        """What `term`, over the system, comes to in the pair: about this copy.

        `enabled(a)` is that this copy could take `a`; `taken(a)` that `a` is what happens and this copy takes it. Raises
        ModelError where `a` has parameters: what values it is taken with no formula says; and for what is not of this system: it
        would be taken for the other copy's, and found alike in both.
        """
        atoms = {part.decl().name() for part in subterms([term]) if part.decl().kind() == z3.Z3_OP_UNINTERPRETED}
        atoms -= ltl.OPERATORS.keys()
        if foreign := sorted(atoms - self._known):
            raise ModelError(f"{foreign[0]} is nothing of {self.label!r}: that copy has no such variable or action")
        pairs: list[tuple[z3.ExprRef, z3.ExprRef]] = list(self._renaming)
        for action in self.system.actions:
            named = [atom for atom in (enabled(action), taken(action)) if atom.decl().name() in atoms]
            pairs += [(atom, self._atom(action, atom)) for atom in named]
        return rename([term], pairs)[0]

    def guard(self, action: Action) -> z3.BoolRef:
        """Where this copy can take `action`."""
        return rename([action.guard], self._renaming)[0]

    def effects(self, action: Action) -> dict[StateVariable, z3.ExprRef]:
        """What `action` does to this copy where it can take it."""
        return {self.variables[name]: rename([value], self._renaming)[0] for name, value in action.effects}

    @cached_property
    def _known(self) -> frozenset[str]:
        """The names of what a term about this copy may speak of."""
        atoms = (atom for action in self.system.actions for atom in (enabled(action), taken(action)))
        return self.kept | {one.name for one in self.system.variables} | {atom.decl().name() for atom in atoms}

    @cached_property
    def _renaming(self) -> list[tuple[z3.ExprRef, z3.ExprRef]]:
        return [(one.term, self.variables[one.name]) for one in self.system.variables if one.name not in self.kept]

    def _called(self, one: Variable) -> Variable:
        if one.name in self.kept:
            return one
        return Variable(f"{one.name} ({self.label})", one.domain, f"{one.label}, {self.label}")

    def _atom(self, action: Action, atom: z3.BoolRef) -> z3.BoolRef:
        if action.parameters:
            raise ModelError(f"{atom.decl().name()} says nothing of a copy: {action.name!r} has parameters")
        guard = self.guard(action)
        return guard if atom.eq(enabled(action)) else z3.And(atom, guard)


@dataclass(frozen=True, eq=False)
class Pair:
    """`first` and `second` side by side, as one `system`."""

    first: Copy
    second: Copy
    system: System

    def alike(self, *terms: z3.ExprRef) -> z3.BoolRef:
        """That each of `terms`, over the two systems, has the same value in both copies."""
        same = [self.first.of(term) == self.second.of(term) for term in terms]
        return same[0] if len(same) == 1 else z3.And(same)


def side_by_side(
    first: System, second: System, *, labels: tuple[str, str] = ("first", "second"), constants: Collection[str] = ()
) -> Pair:
    """`first` and `second` as one system in which the same events happen to both; see the module.

    `labels` tell the copies apart, in the names of variables and in front of a reader; a variable that only one of the two has
    keeps its name. Each of `constants` is one variable in the pair, which nothing changes: what both runs are about. Raises
    ModelError for two equal labels or labels that make two names the same, for constants that are unknown, change or have two
    ranges, and where the two have an action of one name with other parameters.
    """
    for label in labels:
        check_name(label, "a copy")
    if labels[0] == labels[1]:
        raise ModelError(f"two copies of one name, {labels[0]!r}: give them different labels")
    known = {one.name: one for system in (first, second) for one in system.variables}
    if unknown := sorted(set(constants) - known.keys()):
        raise ModelError(f"{unknown[0]!r} is no variable of the two systems")
    for system in (first, second):
        _require_constant(system, constants)
    names = [{one.name: one.domain for one in system.variables} for system in (first, second)]
    both = names[0].keys() & names[1].keys()
    if unlike := sorted(name for name in both & set(constants) if names[0][name] != names[1][name]):
        raise ModelError(f"{unlike[0]!r} is to be the same in both copies, and has other values in one of them")
    one, other = copies = [
        Copy(system, label, frozenset(mine.keys() - both) | frozenset(constants))
        for system, label, mine in zip((first, second), labels, names, strict=True)
    ]
    events = dict.fromkeys(action.name for copy in copies for action in copy.system.actions)
    variables = [known[name].constant() for name in known if name in constants]
    variables += [term for copy in copies for name, term in copy.variables.items() if name not in constants]
    system = System(
        f"{first.name}, {labels[0]} and {labels[1]}",
        variables,
        z3.And(one.of(first.init), other.of(second.init)),
        [_event(name, copies) for name in events],
        [stated for copy in copies for stated in _assumptions(copy)],
    )
    return Pair(one, other, system)


def _require_constant(system: System, constants: Collection[str]) -> None:
    for action in system.actions:
        if changed := sorted(set(constants) & {name for name, _ in action.effects}):
            raise ModelError(f"{changed[0]!r} is to be the same in both copies for ever, but {action.name!r} changes it")


def _event(name: str, copies: Iterable[Copy]) -> Action:
    """What happens to both when the event `name` does."""
    having = [(copy, action) for copy in copies for action in copy.system.actions if action.name == name]
    (_, model), *rest = having
    for _, action in rest:
        if [one.variable for one in action.parameters] != [one.variable for one in model.parameters]:
            raise ModelError(f"{name!r} has other parameters in one of the two systems: it is not the same event")
    guards = [copy.guard(action) for copy, action in having]
    updates: dict[StateVariable, Update] = {}
    for (copy, action), guard in zip(having, guards, strict=True):
        updates |= dict(_where(guard, copy.effects(action), alone=len(having) == 1))
    return Action(
        name,
        _either(guards),
        updates,
        actor=model.actor,
        says=model.says,
        source=model.source,
        parameters=model.parameters,
        event=model.event,
        concerns=model.concerns,
    )


def _where(
    guard: z3.BoolRef, effects: Mapping[StateVariable, z3.ExprRef], *, alone: bool
) -> Iterator[tuple[StateVariable, z3.ExprRef]]:
    """The effects on a copy, which has them only where its guard holds; nothing to ask where it takes the event `alone`."""
    for variable, value in effects.items():
        certain = alone or z3.is_true(guard)
        yield variable, value if certain else z3.If(guard, value, variable)


def _either(guards: list[z3.BoolRef]) -> z3.BoolRef:
    if any(z3.is_true(guard) for guard in guards):
        return z3.BoolVal(True)
    return guards[0] if len(guards) == 1 else z3.Or(guards)


def _assumptions(copy: Copy) -> Iterator[Assumption]:
    for one in copy.system.assumptions:
        yield Assumption(f"{one.name} ({copy.label})", copy.of(one.formula), one.reason)
