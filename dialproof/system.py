"""Systems: variables, initial condition, guarded actions with fairness, assumptions.

A run starts in a state that satisfies `init` and takes, for ever, one enabled action after the other; what an action does not
update stays as it is (the frame is derived, never written). A state in which no action is enabled idles for ever.
Weak fairness (justice) of an action forbids that it is enabled always from some point on and never taken; strong
fairness (compassion) forbids that it is enabled infinitely often and taken only finitely often (Manna and Pnueli, "The
Temporal Logic of Reactive and Concurrent Systems", 1992).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from math import prod

import z3

from dialproof import ltl, terms
from dialproof.displayed import Displayed
from dialproof.errors import ModelError
from dialproof.names import check_name
from dialproof.variables import Boolean, Choice, Integer, Kind, StateVariable, Variable


class Fairness(Enum):
    """What is assumed of an action in the long run."""

    NONE = "none"
    WEAK = "weak"
    STRONG = "strong"


Update = bool | int | z3.ExprRef
"""The new value of a variable: a term over the state in which the action is taken, or a Python constant."""


@dataclass(frozen=True, eq=False)
class Action:
    """A guard and updates: in a state where `guard` holds the action may be taken, and gives the updated variables new values.

    `parameters` are bounded variables of the action's own: it may be taken with any values for which the guard holds.
    `actor` is who does it; `says` is a sentence for the reader; `source` the rule that it follows.
    """

    name: str
    guard: z3.BoolRef
    updates: Mapping[StateVariable, Update]
    fairness: Fairness = Fairness.NONE
    actor: str = ""
    says: str = ""
    source: str = ""
    parameters: tuple[StateVariable, ...] = ()
    effects: tuple[tuple[str, z3.ExprRef], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        check_name(self.name, "an action")
        guard = z3.BoolVal(self.guard) if isinstance(self.guard, bool) else self.guard
        if not isinstance(guard, z3.BoolRef):
            raise ModelError(f"action {self.name!r}: the guard must be a Boolean term; got {guard!r}")
        object.__setattr__(self, "guard", guard)
        object.__setattr__(self, "effects", tuple(self._effect(*pair) for pair in self.updates.items()))
        object.__setattr__(self, "updates", dict(self.updates))
        names = [name for name, _ in self.effects]
        if len(set(names)) != len(names):
            raise ModelError(f"action {self.name!r} updates a variable twice: {', '.join(names)}")
        for parameter in self.parameters:
            if not isinstance(parameter, Boolean | Integer | Choice) or not parameter.variable.domain.is_finite:
                raise ModelError(
                    f"action {self.name!r}: parameter {parameter!r} must be a boolean, a choice or a bounded integer"
                )

    def _effect(self, variable: StateVariable, value: Update) -> tuple[str, z3.ExprRef]:
        if not isinstance(variable, Boolean | Integer | Choice):
            raise ModelError(f"action {self.name!r} updates {variable!r}, which was not made by boolean, choice or integer")
        kind = variable.variable.domain.kind
        if isinstance(value, bool) and kind is Kind.BOOLEAN:
            value = z3.BoolVal(value)
        elif isinstance(value, int) and not isinstance(value, bool) and kind is Kind.INTEGER:
            value = z3.IntVal(value)
        if not isinstance(value, z3.ExprRef) or not value.sort().eq(variable.sort()):
            raise ModelError(
                f"action {self.name!r} gives {variable.variable.name!r} the value {value!r}; allowed: {variable.variable.domain}"
            )
        return variable.variable.name, value

    @property
    def label(self) -> str:
        """What to call it in front of a reader."""
        return self.says or self.name


@dataclass(frozen=True, eq=False)
class Assumption:
    """A named restriction on the environment: only runs that satisfy `formula` are considered. `reason` says why."""

    name: str
    formula: z3.BoolRef
    reason: str


@dataclass(frozen=True, eq=False)
class Observer:
    """A variable that watches and never acts: `initially` its first value, `updates` its new value at each named action.

    It is how a claim counts or remembers what the system itself does not.
    """

    variable: StateVariable
    initially: Update
    updates: Mapping[str, Update]


def enabled(action: Action | str) -> z3.BoolRef:
    """The atom "`action` could be taken now"."""
    return z3.Bool(_atoms(action)[0])


def taken(action: Action | str) -> z3.BoolRef:
    """The atom "`action` is the one taken now"."""
    return z3.Bool(_atoms(action)[1])


def _atoms(action: Action | str) -> tuple[str, str]:
    """The names of the two atoms about an action."""
    name = action if isinstance(action, str) else action.name
    return f"enabled({name})", f"taken({name})"


@dataclass(frozen=True, eq=False)
class System(Displayed):
    """Variables, an initial condition, actions, and assumptions; refuses malformed parts with ModelError at once.

    A system crosses processes by pickling: its terms travel as SMT-LIB text.
    """

    name: str
    variables: tuple[Variable, ...]
    init: z3.BoolRef
    actions: tuple[Action, ...]
    assumptions: tuple[Assumption, ...]

    def __init__(
        self,
        name: str,
        variables: Iterable[StateVariable | Variable],
        init: z3.BoolRef,
        actions: Iterable[Action],
        assumptions: Iterable[Assumption] = (),
    ) -> None:
        """The variables may be z3 constants made by `boolean`, `choice`, `integer`, or their descriptions."""
        described = tuple(item if isinstance(item, Variable) else _described(item) for item in variables)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "variables", described)
        object.__setattr__(self, "init", z3.BoolVal(init) if isinstance(init, bool) else init)
        object.__setattr__(self, "actions", tuple(actions))
        object.__setattr__(self, "assumptions", tuple(assumptions))
        self._validate()

    def _validate(self) -> None:
        _check_unique("variable", [variable.name for variable in self.variables])
        _check_unique("action", [action.name for action in self.actions])
        _check_unique("assumption", [assumption.name for assumption in self.assumptions])
        if not self.variables:
            raise ModelError(f"system {self.name!r} has no variables; give it at least one")
        _check_sorts([*self.variables, *(p.variable for action in self.actions for p in action.parameters)])
        for variable in self.variables:
            check_name(variable.name, "a variable")
        _check_parameters(self.actions)
        known = {variable.name: variable.term for variable in self.variables}
        checked: set[int] = set()
        terms.check_terms([self.init], f"system {self.name!r}, init", _member(known), seen=checked)
        for action in self.actions:
            where = f"system {self.name!r}, action {action.name!r}"
            roots = [action.guard, *(term for _, term in action.effects)]
            if action.parameters:
                inner = {parameter.variable.name: parameter.variable.term for parameter in action.parameters}
                _check_unique("variable or parameter", [*known, *(parameter.variable.name for parameter in action.parameters)])
                terms.check_terms(roots, where, _member(known | inner))
            else:
                terms.check_terms(roots, where, _member(known), seen=checked)
            for target in action.updates:
                name = target.variable.name
                if name not in known or not known[name].eq(target):
                    raise ModelError(f"{where} updates {name!r}, which is no variable of the system")
        for assumption in self.assumptions:
            check_name(assumption.name, "an assumption")
            self.check_formula(assumption.formula, f"assumption {assumption.name!r}")

    def check_formula(self, formula: z3.BoolRef, where: str = "formula") -> None:
        """Raise ModelError unless `formula` speaks of this system's variables and actions only."""
        if not isinstance(formula, z3.BoolRef):
            raise ModelError(f"{where}: {formula!r} is no Boolean term")
        known = {variable.name: variable for variable in self.variables}
        atoms = {atom for action in self.actions for atom in _atoms(action)}

        def is_known(name: str, term: z3.ExprRef) -> bool:
            return isinstance(term, z3.BoolRef) if name in atoms else name in known and known[name].term.eq(term)

        terms.check_terms([formula], where, is_known, frozenset(ltl.OPERATORS))
        ltl.check_shape(formula)

    @property
    def is_finite(self) -> bool:
        """Whether the system has finitely many states."""
        return all(variable.domain.is_finite for variable in self.variables)

    @property
    def size(self) -> int | None:
        """How many states the system has, many of which may be out of its reach; None where they are infinitely many."""
        sizes = [variable.domain.size for variable in self.variables]
        return None if None in sizes else prod(size for size in sizes if size is not None)

    def variable(self, name: str) -> Variable:
        """The variable called `name`. Raises ModelError."""
        for variable in self.variables:
            if variable.name == name:
                return variable
        raise ModelError(f"system {self.name!r} has no variable {name!r}")

    def action(self, name: str) -> Action:
        """The action called `name`. Raises ModelError."""
        for action in self.actions:
            if action.name == name:
                return action
        raise ModelError(f"system {self.name!r} has no action {name!r}; it has {', '.join(a.name for a in self.actions)}")

    def changed(self, *actions: Action, without: Iterable[str] = ()) -> "System":
        """This system with each of `actions` in the place of the one of its name, and without the named ones."""
        gone = set(without)
        new = {action.name: action for action in actions}
        for name in [*gone, *new]:
            self.action(name)
        kept = [new.get(action.name, action) for action in self.actions if action.name not in gone]
        return System(self.name, self.variables, self.init, kept, self.assumptions)

    def fair(self, fairness: Fairness, *names: str) -> "System":
        """This system with the named actions under `fairness`."""
        return self.changed(*(replace(self.action(name), fairness=fairness) for name in names))

    def assuming(self, *assumptions: Assumption) -> "System":
        """This system with further assumptions."""
        return System(self.name, self.variables, self.init, self.actions, (*self.assumptions, *assumptions))

    def observed(self, *observers: Observer) -> "System":
        """This system with variables added that watch it. They cannot change what it does: no guard knows them."""
        variables = [*self.variables, *(observer.variable.variable for observer in observers)]
        init = z3.And(
            self.init,
            *(observer.variable == observer.initially for observer in observers),
        )
        actions = []
        for action in self.actions:
            more = {o.variable: o.updates[action.name] for o in observers if action.name in o.updates}
            actions.append(replace(action, updates=dict(action.updates) | more))
        for observer in observers:
            for name in observer.updates:
                self.action(name)
        return System(self.name, variables, init, actions, self.assumptions)

    def __reduce__(self) -> tuple[object, ...]:
        return _from_text, (self.text,)

    @cached_property
    def text(self) -> "SystemText":
        """The system as plain data, with its terms as SMT-LIB text."""
        return _to_text(self)


def _described(item: StateVariable) -> Variable:
    if not isinstance(item, Boolean | Integer | Choice):
        raise ModelError(f"{item!r} is no state variable: make it with boolean, choice or integer")
    return item.variable


def _check_unique(what: str, names: list[str]) -> None:
    if len(set(names)) != len(names):
        repeated = sorted(name for name, times in Counter(names).items() if times > 1)
        raise ModelError(f"each {what} needs a name of its own; repeated: {', '.join(map(repr, repeated))}")


def _check_sorts(variables: list[Variable]) -> None:
    seen: dict[str, tuple[str, ...]] = {}
    for variable in variables:
        domain = variable.domain
        if domain.kind is Kind.CHOICE and seen.setdefault(domain.sort_name, domain.values) != domain.values:
            raise ModelError(f"two choices called {domain.sort_name!r} have different values; give them different sort names")


def _check_parameters(actions: tuple[Action, ...]) -> None:
    seen: dict[str, z3.SortRef] = {}
    for action in actions:
        for parameter in action.parameters:
            name = parameter.variable.name
            check_name(name, f"a parameter of {action.name!r}")
            if not seen.setdefault(name, parameter.sort()).eq(parameter.sort()):
                raise ModelError(f"two actions have a parameter {name!r} of different types; give them different names")


def _member(known: Mapping[str, z3.ExprRef]) -> Callable[[str, z3.ExprRef], bool]:
    return lambda name, term: name in known and known[name].eq(term)


@dataclass(frozen=True)
class SystemText:
    """A system as plain data: equal texts are equal systems."""

    name: str
    variables: tuple[Variable, ...]
    actions: tuple[tuple[str, Fairness, str, str, str, tuple[Variable, ...], tuple[str, ...]], ...]
    assumptions: tuple[tuple[str, str], ...]
    text: str


def _to_text(system: System) -> SystemText:
    roots: list[z3.ExprRef] = [system.init]
    actions = []
    parameters: dict[str, Variable] = {}
    atoms: set[str] = set()
    for action in system.actions:
        roots += [action.guard, *(term for _, term in action.effects)]
        inner = tuple(parameter.variable for parameter in action.parameters)
        parameters |= {variable.name: variable for variable in inner}
        names = tuple(name for name, _ in action.effects)
        actions.append((action.name, action.fairness, action.actor, action.says, action.source, inner, names))
        atoms |= {*_atoms(action)}
    roots += [assumption.formula for assumption in system.assumptions]
    assumptions = tuple((assumption.name, assumption.reason) for assumption in system.assumptions)
    text = terms.pack(roots, [*system.variables, *parameters.values()], ltl.SIGNATURES, sorted(atoms))
    return SystemText(system.name, system.variables, tuple(actions), assumptions, text)


def _from_text(plain: SystemText) -> System:
    roots = iter(terms.unpack(plain.text))
    constants = {variable.name: variable.constant() for variable in plain.variables}
    init = next(roots)
    actions = []
    for name, fairness, actor, says, source, inner, updated in plain.actions:
        guard = next(roots)
        updates = {constants[target]: next(roots) for target in updated}
        parameters = tuple(variable.constant() for variable in inner)
        actions.append(Action(name, guard, updates, fairness, actor, says, source, parameters))  # type: ignore[arg-type]
    assumptions = [Assumption(name, next(roots), reason) for name, reason in plain.assumptions]  # type: ignore[arg-type]
    system = object.__new__(System)  # it was found in order when it was made, before it became this text
    for field_name, value in (
        ("name", plain.name),
        ("variables", plain.variables),
        ("init", init),
        ("actions", tuple(actions)),
        ("assumptions", tuple(assumptions)),
    ):
        object.__setattr__(system, field_name, value)
    return system
