"""One system for many values of a setting: what the setting decides is a function of a variable that never changes.

The systems that were built at the values are compared term by term (anti-unification: G. Plotkin, "A note on inductive
generalization", 1970). Where they differ in integers alone, and these are an affine function of the value, the function takes the
place of the integers, and the value becomes a frozen variable: one without updates. Nothing rests on how it is found: whether
such a system has the runs of those that were built is checked against each of them (`dialproof.evidence.instances`).

A variable, or a parameter of an action, ranges over all that it can be at some value. At each value the initial condition keeps
the variables, and the guards keep the parameters, within the range that was built there. So the runs at a value are those that
were built, as long as these keep their ranges; a run of the built system is always among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

import z3

from dialproof.core.actions import Action, Assumption, Update
from dialproof.core.instances import Instance
from dialproof.core.system import System
from dialproof.core.variables import Domain, Integer, Kind, StateVariable, Variable, integer
from dialproof.encode.transitions import conjunction

_FIXED_OPERANDS = frozenset({z3.Z3_OP_MUL, z3.Z3_OP_IDIV, z3.Z3_OP_MOD})
"""Operators whose operands must be the same at every value: a product with a variable is hard for every solver."""


@dataclass(frozen=True, eq=False)
class Lifted:
    """`system` is that of each of `values`, one `step` apart, if its frozen variable `parameter` is `at` that value.

    `formulas` are those of the instances; `ranges` says that every variable lies in the range that it has at the value.
    """

    values: tuple[int, ...]
    step: int
    parameter: Integer
    system: System
    formulas: tuple[z3.BoolRef, ...]
    ranges: z3.BoolRef

    def at(self, value: int) -> int:
        """What the frozen variable is at `value`: the value itself if the step is 1, and else how many whole steps it has."""
        return value // self.step

    def affine(self, first: int, slope: int) -> z3.ArithRef:
        """The function that is `first` at the first value and grows by `slope` with each step."""
        return _affine(self.parameter, self.at(self.values[0]), first, slope)

    def upon(self, values: Sequence[int]) -> "Lifted":
        """The same for some of the values alone, which follow one another."""
        frozen = integer(self.parameter.variable.name, self.at(values[0]), self.at(values[-1]), self.parameter.variable.says)
        others = [variable for variable in self.system.variables if variable.name != frozen.variable.name]
        system = System(self.system.name, [frozen, *others], self.system.init, self.system.actions, self.system.assumptions)
        return replace(self, values=tuple(values), parameter=frozen, system=system)


class _ShorterError(Exception):
    """Only so many of the instances, from the first on, have this shape."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


def lifted(instances: Sequence[Instance], step: int, name: str) -> list[Lifted]:
    """The instances as few lifted systems: each for as many values that follow one another as have one shape.

    The values are `step` apart, in order. `name` is what the setting is called. Several have one shape if they differ in
    integers alone, each of which is an affine function of the value. A value that is like no other has a system of its own.
    """
    found: list[Lifted] = []
    rest = list(instances)
    while rest:
        found.append(_beginning(rest, step, name))
        rest = rest[len(found[-1].values) :]
    return found


def _beginning(instances: Sequence[Instance], step: int, name: str) -> Lifted:
    count = len(instances)
    while True:
        try:
            return _Lifting(instances[:count], step, name).result()
        except _ShorterError as shorter:
            count = shorter.count


class _Lifting:
    """The comparison of instances; raises _ShorterError if fewer of them have one shape."""

    def __init__(self, instances: Sequence[Instance], step: int, name: str) -> None:
        self._instances, self._step = instances, step
        self._first = instances[0].system
        low, high = (instances[at].value // step for at in (0, -1))
        self._parameter = integer(_unused(name, self._first), low, high, says=name)
        self._low = low
        self._known: dict[tuple[int, ...], z3.ExprRef] = {}
        self._constants: dict[str, StateVariable] = {}

    def result(self) -> Lifted:
        """The lifted system."""
        self._same([_shape(instance) for instance in self._instances])
        systems = [instance.system for instance in self._instances]
        described = [self._domain([system.variables[at] for system in systems]) for at in range(len(self._first.variables))]
        ranges = [within for _, within in described]
        self._constants = {variable.name: variable.constant() for variable, _ in described}  # an update must know the whole range
        init = conjunction([self._condition([system.init for system in systems]), *ranges])
        actions = [self._action([system.actions[at] for system in systems]) for at in range(len(self._first.actions))]
        assumptions = [
            Assumption(one.name, self._condition([system.assumptions[at].formula for system in systems]), one.reason)
            for at, one in enumerate(self._first.assumptions)
        ]
        formulas = tuple(
            self._condition([instance.formulas[at] for instance in self._instances])
            for at in range(len(self._instances[0].formulas))
        )
        variables = [self._parameter, *self._constants.values()]
        system = System(self._first.name, variables, init, actions, assumptions)
        values = tuple(instance.value for instance in self._instances)
        return Lifted(values, self._step, self._parameter, system, formulas, conjunction(ranges))

    def _same(self, found: Sequence[object]) -> None:
        """Raise _ShorterError unless all that was found is the same."""
        other = next((at for at, one in enumerate(found) if one != found[0]), None)
        if other is not None:
            raise _ShorterError(other)

    def _action(self, actions: Sequence[Action]) -> Action:
        first = actions[0]
        guard = self._condition([action.guard for action in actions])
        parameters: list[StateVariable] = []
        bounds: list[z3.BoolRef] = []
        for at in range(len(first.parameters)):
            variable, within = self._domain([action.parameters[at].variable for action in actions])
            parameters.append(variable.constant())
            bounds.append(within)
        updates: dict[StateVariable, Update] = {
            self._constants[name]: self._term([action.effects[at][1] for action in actions])
            for at, (name, _) in enumerate(first.effects)
        }
        return replace(first, guard=conjunction([guard, *bounds]), updates=updates, parameters=tuple(parameters))

    def _domain(self, variables: Sequence[Variable]) -> tuple[Variable, z3.BoolRef]:
        """The variable with all that it can be at some value, and that it is one of those that it can be at the value."""
        first, domains = variables[0], [variable.domain for variable in variables]
        if first.domain.kind is not Kind.INTEGER:
            return first, z3.BoolVal(True)
        lows = [domain.low for domain in domains if domain.low is not None]
        highs = [domain.high for domain in domains if domain.high is not None]
        whole = Domain(Kind.INTEGER, low=min(lows, default=None), high=max(highs, default=None))
        within = []
        if len(set(lows)) > 1:
            within.append(first.term >= self._number(lows))  # type: ignore[operator]  # it is an integer
        if len(set(highs)) > 1:
            within.append(first.term <= self._number(highs))  # type: ignore[operator]  # it is an integer
        return replace(first, domain=whole), conjunction(within)

    def _number(self, numbers: Sequence[int]) -> z3.ArithRef:
        """The affine function that is each of `numbers` at its value."""
        slope = numbers[1] - numbers[0] if len(numbers) > 1 else 0
        for at, number in enumerate(numbers):
            if number != numbers[0] + slope * at:
                raise _ShorterError(at)
        return _affine(self._parameter, self._low, numbers[0], slope)

    def _condition(self, roots: Sequence[z3.BoolRef]) -> z3.BoolRef:
        found = self._term(roots)
        assert isinstance(found, z3.BoolRef)
        return found

    def _term(self, roots: Sequence[z3.ExprRef]) -> z3.ExprRef:
        """The one term of which each of `roots` is what it is at its value."""
        stack = [tuple(roots)]
        while stack:
            row = stack[-1]
            key = tuple(term.get_id() for term in row)
            if key in self._known:
                stack.pop()
                continue
            first = row[0]
            if len(set(key)) == 1:
                self._known[key] = first
            elif all(isinstance(term, z3.IntNumRef) for term in row):
                self._known[key] = self._number([term.as_long() for term in row if isinstance(term, z3.IntNumRef)])
            else:
                self._same([(term.decl().get_id(), term.num_args()) for term in row])
                if first.num_args() == 0 or first.decl().kind() in _FIXED_OPERANDS:
                    self._differ(row)
                columns = list(zip(*(term.children() for term in row), strict=True))
                keys = [tuple(term.get_id() for term in column) for column in columns]
                missing = [column for column, known in zip(columns, keys, strict=True) if known not in self._known]
                if missing:
                    stack += missing
                    continue
                self._known[key] = first.update(*(self._known[known] for known in keys))
            stack.pop()
        return self._known[tuple(term.get_id() for term in roots)]

    def _differ(self, row: Sequence[z3.ExprRef]) -> NoReturn:
        """Raise _ShorterError for terms that must be the same, and are not."""
        raise _ShorterError(next(at for at, term in enumerate(row) if not term.eq(row[0])))


def _shape(instance: Instance) -> tuple[object, ...]:
    """All of an instance but its terms, and the bounds of what is an integer."""
    system = instance.system
    actions = [
        (
            action.name,
            action.fairness,
            tuple(_kind(parameter.variable) for parameter in action.parameters),
            tuple(name for name, _ in action.effects),
        )
        for action in system.actions
    ]
    assumptions = tuple(assumption.name for assumption in system.assumptions)
    return tuple(_kind(variable) for variable in system.variables), tuple(actions), assumptions, len(instance.formulas)


def _kind(variable: Variable) -> tuple[object, ...]:
    domain = variable.domain
    return variable.name, domain.kind, domain.values, domain.sort_name, domain.low is None, domain.high is None


def _affine(parameter: Integer, start: int, first: int, slope: int) -> z3.ArithRef:
    """The function of `parameter` that is `first` at `start` and grows by `slope`."""
    constant = first - slope * start
    growing = parameter if slope == 1 else slope * parameter
    if slope == 0:
        return z3.IntVal(constant)
    return growing if constant == 0 else growing + constant


def _unused(name: str, system: System) -> str:
    """`name`, or something like it, that no variable of the system has."""
    taken = {variable.name for variable in system.variables}
    taken |= {parameter.variable.name for action in system.actions for parameter in action.parameters}
    while name in taken:
        name = f"{name}'"
    return name
