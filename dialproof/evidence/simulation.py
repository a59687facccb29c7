"""The obligations that a family's summary stands for every system of it: each a small script that must be unsatisfiable.

Let a system of the family have finitely many members, and let one member of each component be followed (where there is none, a
dormant one is added, which changes nothing). A state of it is read as a state of the summary: the core and the followed members
as they are, and for each component the sum of the weights of its other members. The obligations say that a start is read as a
start and each step as a step of the summary in which the same action is taken, by the followed member or by "the others"; and
that an action that is fair in the summary is possible in the summary exactly where it is possible in the system. So each fair run
is read as a fair run; no run idles, for some action of the core is always possible. An assumption of the summary is one of each
system, and speaks of the core and its actions, which are read as they are; so a run that meets it is read as one that meets it.

Clocks of the core are variables like others. Time passes in the summary exactly where it passes in the system, by as much: that
is the step of the action that lets it pass, for each value of its parameter. What is due may depend on members only by a total.

In the scripts the members of a component are a sort of their own, without a bound, and their variables arrays over it. Of sums
two facts are used, and nothing else: a sum of numbers that are not negative is at least each of them, and where one
summand changes, the sum changes by as much.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import cast

import z3

from dialproof.core.actions import Action, Fairness, Update
from dialproof.core.errors import AuditError
from dialproof.core.family import Component, Family, new_values
from dialproof.core.obligation import Obligation
from dialproof.core.terms import Term, declarations, rename, symbol
from dialproof.core.variables import StateVariable, Variable
from dialproof.evidence.solvers import EVERYTHING


def obligations(family: Family) -> tuple[Obligation, ...]:
    """What has to be unsatisfiable for the summary of `family` to stand for every system of it.

    Raises AuditError where the summary promises fairness, or assumes something, that the systems do not; and where an action of
    it has other parameters.
    """
    _require_fairness(family)
    _require_assumptions(family)
    _require_parameters(family)
    scripts = _Scripts(family)
    return (
        *(made for component in family.components for made in scripts.of_weights(component)),
        *(made for component in family.components for made in scripts.of_dormancy(component)),
        scripts.start(),
        scripts.never_idle(),
        *(made for action in family.actions for made in scripts.core_step(action)),
        *(made for component in family.components for action in component.actions for made in scripts.step(component, action)),
    )


def _require_fairness(family: Family) -> None:
    """What is fair in the summary must be so in the systems: the actions of the core and of the followed members, no others."""
    members = [action for component in family.components for action in component.actions]
    promised = {action.name: action.fairness for action in (*family.actions, *members)}
    for action in family.summary.actions:
        if action.fairness is not Fairness.NONE and promised.get(action.name) is not action.fairness:
            raise AuditError(f"the summary promises {action.fairness.value} fairness of {action.name}, the systems do not")


def _require_assumptions(family: Family) -> None:
    """What the summary assumes must be assumed of the systems."""
    for one in family.summary.assumptions:
        if not any(one.name == other.name and one.formula.eq(other.formula) for other in family.assumptions):
            raise AuditError(f"the summary assumes {one.name}, the systems do not")


def _require_parameters(family: Family) -> None:
    """An action of the summary is taken with the same values as in the systems: a step with each of them is one of it."""
    taken = [(action.name, action) for action in family.actions]
    for component in family.components:
        for action in component.actions:
            taken += [(action.name, action), (action.name.replace(component.name, component.others), action)]
    for name, action in taken:
        if [one.variable for one in family.summary.action(name).parameters] != [one.variable for one in action.parameters]:
            raise AuditError(f"{name} of the summary is taken with other values than in the systems")


class _Scripts:
    """Makes the scripts. `followed` and `acting` are members; the variables of a component are arrays that they select from."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._actions = {action.name: action for action in family.summary.actions}
        self._sorts = {one.name: z3.DeclareSort(f"member, {one.name}") for one in family.components}
        self._variables = [one.constant() for one in family.summary.variables]
        self._own = {one.name: self._selected(one) for one in family.components}
        self._owned = {name: term for values in self._own.values() for name, term in values.items()}
        self._members = [(one, self._owned[one.variable.name]) for component in family.components for one in component.variables]
        self._totals = [(one.total, _at(one.weight, one, self._own[one.name]) + one.rest) for one in family.components]
        self._images: dict[int, tuple[z3.ExprRef, z3.ExprRef]] = {}
        self._constants_of: dict[int, tuple[z3.ExprRef, dict[int, z3.ExprRef]]] = {}

    # --- one member by itself --------------------------------------------------------------------------------------------

    def of_weights(self, component: Component) -> list[Obligation]:
        ranges = _ranges(component.variables)
        return [
            self._script(f"weight of {component.name}", "no weight is negative", [*ranges, component.weight < 0]),
            self._script(
                f"first weight of {component.name}",
                "every weight is 0 at first",
                [*ranges, component.init, component.weight != 0],
            ),
        ]

    def of_dormancy(self, component: Component) -> list[Obligation]:
        variables = {one.variable.name: one for one in component.variables}
        state = [(variables[name], variables[name].variable.domain.term(value)) for name, value in component.dormant.items()]

        def asleep(term: z3.BoolRef) -> z3.BoolRef:
            return rename([term], state)[0]

        made = [
            self._script(
                f"dormant {component.name}",
                "a dormant member is one from the start, and weighs nothing",
                [z3.Not(asleep(z3.And(component.init, component.weight == 0)))],
            )
        ]
        made += [
            self._script(
                f"dormant, {action.name}",
                f"a dormant member cannot take {action.name}, to which fairness would drive it",
                [asleep(action.guard)],
            )
            for action in component.actions
            if action.fairness is not Fairness.NONE
        ]
        for name, updates in component.moved.items():
            after = new_values(component.variables, updates)
            same = z3.And([one == value for one, value in zip(component.variables, after, strict=True)])
            made.append(
                self._script(f"dormant, {name}", f"a dormant member stays so when {name} is taken", [z3.Not(asleep(same))])
            )
        return made

    # --- the whole -------------------------------------------------------------------------------------------------------

    def start(self) -> Obligation:
        summed = [one.rest == 0 for one in self._family.components]
        starts = [self._at_followed(one, one.init) for one in self._family.components]
        return self._script(
            "start",
            "a start of the system is a start of the summary",
            [self._family.init, *starts, *summed, z3.Not(self._in_summary(self._family.summary.init))],
        )

    def never_idle(self) -> Obligation:
        """Some action of the core is possible in each state: one that plainly is, or one of them with its least parameters."""
        always = next((action for action in self._family.actions if z3.is_true(z3.simplify(action.guard))), None)
        if always is not None:
            return self._script("never idle", f"{always.name} is always possible", [z3.Not(always.guard)])
        least = [
            rename([action.guard], [(one, _least(one.variable)) for one in action.parameters])[0]
            for action in self._family.actions
        ]
        return self._script(
            "never idle",
            "some action of the core is possible in each state",
            [*self._facts, *(z3.Not(self._whole(guard)) for guard in least)],
        )

    def core_step(self, action: Action) -> list[Obligation]:
        """A step of the core: the same in both; what it does to members changes no weight."""
        followed = self._actions[action.name]
        concrete = self._whole(action.guard)
        expected = {one.variable.name: self._whole(value) for one, value in self._terms(action.updates)}
        for component in self._family.components:
            moved = component.moved.get(action.name, {})
            expected |= {one.variable.name: self._at_followed(component, value) for one, value in self._terms(moved)}
        made = [
            self._script(
                f"step {action.name}",
                f"{action.name} is possible in the summary where it is in the system, and does the same",
                [*self._facts, z3.Not(z3.And(concrete == self._in_summary(followed.guard), *self._same(followed, expected)))],
                action.parameters,
            )
        ]
        for component in self._family.components:
            moved = component.moved.get(action.name, {})
            if moved:
                after = list(zip(component.variables, new_values(component.variables, moved), strict=True))
                changed = rename([component.weight], after)[0] != component.weight
                made.append(
                    self._script(
                        f"weight, {action.name}, {component.name}",
                        f"{action.name} changes the weight of no member",
                        [*_ranges(component.variables), changed],
                        action.parameters,
                    )
                )
        return made

    def step(self, component: Component, action: Action) -> list[Obligation]:
        """A step of a member: of the followed one, and of another one."""
        acting = z3.Const("acting", self._sorts[component.name])
        followed = self._followed(component)
        arrays = {one.variable.name: self._array(component, one) for one in component.variables}
        here = {name: z3.Select(array, acting) for name, array in arrays.items()}
        guard = self._whole(_at(action.guard, component, here))
        effects = {one.variable.name: self._whole(_at(value, component, here)) for one, value in self._terms(action.updates)}
        after = {name: z3.Store(array, acting, effects[name]) if name in effects else array for name, array in arrays.items()}
        core = {name: value for name, value in effects.items() if name not in arrays}
        seen = {name: z3.Select(array, followed) for name, array in after.items()}
        before, now = (
            _at(component.weight, component, {name: z3.Select(array, acting) for name, array in state.items()})
            for state in (arrays, after)
        )
        facts = [*self._facts, *_ranges_at(component, here)]

        own = self._actions[action.name]
        of_followed = self._script(
            f"step {action.name}",
            f"{action.name} of the followed member is possible in the summary where it is in the system, and does the same",
            [
                *facts,
                acting == followed,
                z3.Not(z3.And(guard == self._in_summary(own.guard), z3.Implies(guard, z3.And(self._same(own, core | seen))))),
            ],
            action.parameters,
        )
        other = self._actions[action.name.replace(component.name, component.others)]
        rest = {component.rest.variable.name: component.rest + now - before}
        of_others = self._script(
            f"step {other.name}",
            f"{action.name} of another member is a step of the summary",
            [
                *facts,
                acting != followed,
                component.rest >= before,
                guard,
                z3.Not(z3.And(self._in_summary(other.guard), *self._same(other, core | rest | seen))),
            ],
            action.parameters,
        )
        return [of_followed, of_others]

    # --- terms -----------------------------------------------------------------------------------------------------------

    def _terms(self, updates: Mapping[StateVariable, Update]) -> list[tuple[StateVariable, z3.ExprRef]]:
        targets = list(updates)
        return list(zip(targets, new_values(targets, updates), strict=True))

    def _array(self, component: Component, one: StateVariable) -> z3.ArrayRef:
        return z3.Array(one.variable.name, self._sorts[component.name], one.variable.domain.sort())

    def _followed(self, component: Component) -> z3.ExprRef:
        return z3.Const(f"followed, {component.name}", self._sorts[component.name])

    def _selected(self, component: Component) -> dict[str, z3.ExprRef]:
        followed = self._followed(component)
        return {one.variable.name: z3.Select(self._array(component, one), followed) for one in component.variables}

    def _at_followed(self, component: Component, term: Term) -> Term:
        """`term` about a member, said of the followed one."""
        return self._whole(_at(term, component, self._own[component.name]))

    def _whole(self, term: Term) -> Term:
        """`term` with each total written as the followed member's weight and the sum of the others."""
        return rename([term], self._totals)[0]

    def _in_summary(self, term: Term) -> Term:
        """A term of the summary, with the followed members' variables selected from the arrays."""
        known = self._images.get(term.get_id())  # most are variables that a step leaves alone
        if known is None:
            known = self._images[term.get_id()] = term, rename([term], self._members)[0]
        return cast("Term", known[1])

    def _same(self, action: Action, expected: Mapping[str, z3.ExprRef]) -> list[z3.BoolRef]:
        """That `action` of the summary gives every variable what is `expected`, or leaves it as it is where nothing is."""
        after = new_values(self._variables, action.updates)
        return [
            self._in_summary(value) == expected.get(one.variable.name, self._owned.get(one.variable.name, one))
            for one, value in zip(self._variables, after, strict=True)
        ]

    @cached_property
    def _facts(self) -> list[z3.BoolRef]:
        """What is known of each state: every variable is in its range, and no sum of weights is negative."""
        facts = _ranges(self._family.variables)
        for component in self._family.components:
            facts += [component.rest >= 0, *_ranges_at(component, self._own[component.name])]
        return facts

    # --- text ------------------------------------------------------------------------------------------------------------

    def _script(
        self, name: str, establishes: str, parts: Sequence[z3.BoolRef], parameters: Sequence[StateVariable] = ()
    ) -> Obligation:
        """The script, which declares what stands in it."""
        members = [one.variable for component in self._family.components for one in component.variables]
        sums = [one.variable for component in self._family.components for one in (component.rest, component.total)]
        plain = [one.variable for one in (*self._family.variables, *parameters)] + sums + members
        constants = {constant.decl().name(): constant for constant in self._constants(parts)}
        known = {one.name: one for one in plain if one.name in constants and constants[one.name].sort().eq(one.domain.sort())}
        # The values of a choice may stand in a script without a variable of it: one is declared, whose sort brings them.
        values = [Variable(f"dialproof.value {one.name}", one.domain) for one in plain if one.domain.values]
        of_members = {name: constant.sort() for name, constant in constants.items() if name not in known}
        sorts = {sort.domain().name() if isinstance(sort, z3.ArraySortRef) else sort.name() for sort in of_members.values()}
        lines = [f"; summary, {name}: {establishes}. Must be unsat.", EVERYTHING, declarations([*known.values(), *values])]
        lines += [f"(declare-sort {symbol(sort)} 0)" for sort in sorted(sorts)]
        lines += [f"(declare-fun {symbol(one)} () {sort.sexpr()})" for one, sort in of_members.items()]
        lines += [f"(assert {part.sexpr()})" for part in parts]
        return Obligation(f"summary: {name}", establishes, "\n".join([*lines, "(check-sat)", ""]))

    def _constants(self, parts: Sequence[z3.BoolRef]) -> list[z3.ExprRef]:
        """The constants in `parts`, by name. Of what many scripts say it is found out once."""
        found: dict[int, z3.ExprRef] = {}
        stack: list[z3.ExprRef] = list(parts)
        while stack:
            term = stack.pop()
            if z3.is_not(term) or z3.is_and(term):
                stack += term.children()
                continue
            known = self._constants_of.get(term.get_id())
            if known is None:
                known = self._constants_of[term.get_id()] = term, _constants(term)
            found |= known[1]
        return sorted(found.values(), key=lambda one: one.decl().name())


def _at(term: Term, component: Component, values: Mapping[str, z3.ExprRef]) -> Term:
    """`term` about a member whose variables have these values."""
    return rename([term], [(one, values[one.variable.name]) for one in component.variables])[0]


def _least(variable: Variable) -> z3.ExprRef:
    """A value of `variable`: the least one, if there is one."""
    domain = variable.domain
    if domain.is_finite:
        return domain.term(domain.members()[0])
    return domain.term(next((bound for bound in (domain.low, domain.high) if bound is not None), 0))


def _ranges(variables: Sequence[StateVariable]) -> list[z3.BoolRef]:
    return [one.variable.domain.restriction(one) for one in variables]


def _ranges_at(component: Component, values: Mapping[str, z3.ExprRef]) -> list[z3.BoolRef]:
    return [one.variable.domain.restriction(values[one.variable.name]) for one in component.variables]


def _constants(root: z3.ExprRef) -> dict[int, z3.ExprRef]:
    found: dict[int, z3.ExprRef] = {}
    stack = [root]
    seen: set[int] = set()
    while stack:
        term = stack.pop()
        if term.get_id() in seen:
            continue
        seen.add(term.get_id())
        if term.num_args() == 0 and term.decl().kind() == z3.Z3_OP_UNINTERPRETED:
            found[term.get_id()] = term
        stack += term.children()
    return found
