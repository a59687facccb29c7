"""Systems: variables, initial condition, guarded actions with fairness, assumptions.

A run starts in a state that satisfies `init` and takes, for ever, one enabled action after the other; what an action does not
update stays as it is (the frame is derived, never written). A state in which no action is enabled idles for ever. No other state
does: where a single action is enabled it is taken, whether it is fair or not. A system that may idle at any time, as every one
may in TLA+, has an action for it (`System.stuttering`).
What fairness means stands with the actions (`dialproof.core.actions`).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod

import z3

from dialproof.core import ltl, terms
from dialproof.core.actions import (
    KINDS_OF_FAIRNESS,
    MOST_CHOICES,
    Action,
    Assumption,
    Fairness,
    Observer,
    atoms_of,
)
from dialproof.core.clock import Passage
from dialproof.core.display import Displayed, counted, one_line
from dialproof.core.errors import ModelError, NotApplicable
from dialproof.core.names import check_name, nearest
from dialproof.core.variables import Boolean, Choice, Integer, Kind, StateVariable, Variable


@dataclass(frozen=True, eq=False)
class System(Displayed):
    """Variables, an initial condition, actions, and assumptions; refuses malformed parts with ModelError at once.

    A run never idles while an action is enabled, so that some progress needs no fairness; `stuttering` gives a system that may.
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
        parts = {"variables": variables, "actions": actions, "assumptions": assumptions}
        for what, given in parts.items():
            if isinstance(given, str | z3.ExprRef | Action | Assumption) or not isinstance(given, Iterable):
                raise ModelError(f"system {name!r}: the {what} must be a list; got {given!r}")
        described = tuple(item if isinstance(item, Variable) else _described(item) for item in variables)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "variables", described)
        object.__setattr__(self, "init", z3.BoolVal(init) if isinstance(init, bool) else init)
        object.__setattr__(self, "actions", tuple(actions))
        object.__setattr__(self, "assumptions", tuple(assumptions))
        self._validate()

    def _validate(self) -> None:
        self._check_kinds()
        _check_unique("variable", [variable.name for variable in self.variables])
        _check_unique("action", [action.name for action in self.actions])
        _check_unique("assumption", [assumption.name for assumption in self.assumptions])
        _check_sorts([*self.variables, *(p.variable for action in self.actions for p in action.parameters)])
        for variable in self.variables:
            check_name(variable.name, "a variable")
        _check_parameters(self.actions)
        _check_time(self.name, self.actions)
        known = self.constants
        checked: set[int] = set()
        terms.check_terms([self.init], f"system {self.name!r}, init", _member(known), seen=checked)
        for action in self.actions:
            where = f"system {self.name!r}, action {action.name!r}"
            roots = [action.guard, *(term for _, term in action.effects)]
            if action.parameters:
                inner = {parameter.variable.name: parameter.variable.term for parameter in action.parameters}
                _check_unique("variable or parameter", [*known, *(parameter.variable.name for parameter in action.parameters)])
                terms.check_terms(roots, where, _member({**known, **inner}))
            else:
                terms.check_terms(roots, where, _member(known), seen=checked)
            for target in action.updates:
                name = target.variable.name
                if name not in known or not known[name].eq(target):
                    raise ModelError(f"{where} updates {name!r}, which is no variable of the system")
        for assumption in self.assumptions:
            check_name(assumption.name, "an assumption")
            self.check_formula(assumption.formula, f"assumption {assumption.name!r}")

    def _check_kinds(self) -> None:
        """Raise ModelError where a part is of another kind than it must be."""
        where = f"system {self.name!r}"
        if not isinstance(self.name, str):
            raise ModelError(f"a system is called by a text; got {self.name!r}")
        if not isinstance(self.init, z3.BoolRef):
            raise ModelError(f"{where}: the initial condition must be a Boolean term; got {self.init!r}")
        for action in self.actions:
            if not isinstance(action, Action):
                raise ModelError(f"{where}: {action!r} is not an action; make it with Action(name, guard, updates)")
        for assumption in self.assumptions:
            if not isinstance(assumption, Assumption):
                raise ModelError(
                    f"{where}: {_shortened(assumption)} is not an assumption; give it a name and a reason: "
                    "Assumption(name, formula, reason)"
                )

    def check_formula(self, formula: z3.BoolRef, where: str = "formula") -> None:
        """Raise ModelError unless `formula` speaks of this system's variables and actions only."""
        if not isinstance(formula, z3.BoolRef):
            hint = "; dialproof.ltl.parse(text, system) makes a formula of text" if isinstance(formula, str) else ""
            raise ModelError(f"{where}: {_shortened(formula)} is not a Boolean term{hint}")
        number = id(formula.ctx), formula.get_id()
        if number in self._in_order:
            return
        known, atoms = self.constants, self._atoms

        def is_known(name: str, term: z3.ExprRef) -> bool:
            if name in atoms:
                return isinstance(term, z3.BoolRef)
            if (name not in known) and (found := _ATOM.fullmatch(name)):
                actions = nearest(found[1], [action.name for action in self.actions])
                raise ModelError(f"{where}: {name} speaks of an action that system {self.name!r} does not have; {actions}")
            return name in known and known[name].eq(term)

        terms.check_terms([formula], where, is_known, frozenset(ltl.OPERATORS))
        ltl.check_shape(formula)
        self._in_order[number] = formula

    @cached_property
    def constants(self) -> Mapping[str, z3.ExprRef]:
        """The z3 constants that stand for the variables, by name."""
        return {variable.name: variable.term for variable in self.variables}

    @cached_property
    def _atoms(self) -> frozenset[str]:
        return frozenset(atom for action in self.actions for atom in atoms_of(action))

    @cached_property
    def _in_order(self) -> dict[tuple[int, int], z3.BoolRef]:
        """The formulas that were found in order, by their context and number, which are theirs as long as they are kept."""
        return {}

    @property
    def is_finite(self) -> bool:
        """Whether the system has finitely many states."""
        return all(variable.domain.is_finite for variable in self.variables)

    def require_listed(self, what: str) -> None:
        """Raise NotApplicable if the states or the ways to take an action are too many for `what`, which lists them."""
        if not self.is_finite:
            raise NotApplicable(f"{what} needs a finite system; give the integers bounds")
        for action in self.actions:
            if action.choices is None:
                names = ", ".join(p.variable.name for p in action.parameters if not p.variable.domain.is_finite)
                raise NotApplicable(
                    f"{what} tries every value of an action's parameters, and {action.name!r} may be taken with any {names}; "
                    "give it bounds"
                )
            if not action.is_listed:
                raise NotApplicable(
                    f"{what} tries every value of an action's parameters; {action.name!r} has {action.choices} combinations, "
                    f"more than {MOST_CHOICES}"
                )

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
        names = [variable.name for variable in self.variables]
        raise ModelError(f"system {self.name!r} has no variable {name!r}; {nearest(name, names)}")

    def action(self, name: str) -> Action:
        """The action called `name`. Raises ModelError."""
        for action in self.actions:
            if action.name == name:
                return action
        names = [action.name for action in self.actions]
        raise ModelError(f"system {self.name!r} has no action {name!r}; {nearest(name, names)}")

    def changed(self, *actions: Action, without: Iterable[str] = ()) -> "System":
        """This system with each of `actions` in the place of the one of its name, and without the named ones."""
        if isinstance(without, str):
            raise ModelError(f"changed(...): `without` must be a list of names; got {without!r}")
        for action in actions:
            if not isinstance(action, Action):
                raise ModelError(f"changed(...) takes actions; got {action!r}")
        gone = set(without)
        new = {action.name: action for action in actions}
        for name in [*gone, *new]:
            self.action(name)
        kept = [new.get(action.name, action) for action in self.actions if action.name not in gone]
        return System(self.name, self.variables, self.init, kept, self.assumptions)

    def fair(self, fairness: Fairness, *names: str, because: str = "") -> "System":
        """This system with the named actions under `fairness`; `because` is what to call that promise in front of a reader."""
        if not isinstance(fairness, Fairness):
            raise ModelError(f"fair(...) takes one of {KINDS_OF_FAIRNESS} and names of actions; got {fairness!r}")
        return self.changed(*(replace(self.action(name), fairness=fairness, because=because) for name in names))

    def stuttering(self, name: str = "stutter") -> "System":
        """This system with an action called `name` that is always enabled and changes nothing, so that it may idle for ever.

        Then nothing happens unless fairness asks for it, as in TLA+. Raises ModelError where there is an action of this name.
        """
        idle = Action(name, z3.BoolVal(True), {}, says="nothing happens")
        return System(self.name, self.variables, self.init, (*self.actions, idle), self.assumptions)

    def assuming(self, *assumptions: Assumption) -> "System":
        """This system with further assumptions."""
        return System(self.name, self.variables, self.init, self.actions, (*self.assumptions, *assumptions))

    def observed(self, *observers: Observer) -> "System":
        """This system with variables added that watch it. They cannot change what it does: no guard knows them."""
        for observer in observers:
            if not isinstance(observer, Observer):
                raise ModelError(f"observed(...) takes observers; got {observer!r}")
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

    def __repr__(self) -> str:
        parts = ((self.variables, "variable"), (self.actions, "action"), (self.assumptions, "assumption"))
        return one_line("System", repr(self.name), *(counted(len(found), what) for found, what in parts))

    def __reduce__(self) -> tuple[object, ...]:
        return _from_text, (self.text,)

    @cached_property
    def text(self) -> "SystemText":
        """The system as plain data, with its terms as SMT-LIB text."""
        return _to_text(self)


_ATOM = re.compile(r"(?:enabled|taken)\((.*)\)", re.DOTALL)
_LONGEST = 100


def _shortened(found: object) -> str:
    """What was found instead of what is allowed, on one line."""
    text = " ".join(repr(found).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _described(item: StateVariable) -> Variable:
    if not isinstance(item, Boolean | Integer | Choice):
        raise ModelError(f"{_shortened(item)} is not a state variable: make it with boolean, choice or integer")
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


def _check_time(name: str, actions: tuple[Action, ...]) -> None:
    counted = {action.passage.unit.counts for action in actions if action.passage is not None}
    if len(counted) > 1:
        raise ModelError(f"system {name!r} counts time in {' and in '.join(f'{one}s' for one in sorted(counted))}; choose one")


def _member(known: Mapping[str, z3.ExprRef]) -> Callable[[str, z3.ExprRef], bool]:
    return lambda name, term: name in known and known[name].eq(term)


@dataclass(frozen=True)
class SystemText:
    """A system as plain data: equal texts are equal systems."""

    name: str
    variables: tuple[Variable, ...]
    actions: tuple[tuple[str, Fairness, str, str, str, tuple[Variable, ...], str, tuple[str, ...]], ...]
    assumptions: tuple[tuple[str, str], ...]
    text: str
    passages: tuple[tuple[str, Passage], ...] = ()


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
        actions.append((action.name, action.fairness, action.actor, action.says, action.source, inner, action.because, names))
        atoms |= {*atoms_of(action)}
    roots += [assumption.formula for assumption in system.assumptions]
    assumptions = tuple((assumption.name, assumption.reason) for assumption in system.assumptions)
    text = terms.pack(roots, [*system.variables, *parameters.values()], ltl.SIGNATURES, sorted(atoms))
    passages = tuple((action.name, action.passage) for action in system.actions if action.passage is not None)
    return SystemText(system.name, system.variables, tuple(actions), assumptions, text, passages)


def _from_text(plain: SystemText) -> System:
    roots = iter(terms.unpack(plain.text))
    constants = {variable.name: variable.constant() for variable in plain.variables}
    init = next(roots)
    passages = dict(plain.passages)
    actions = []
    for name, fairness, actor, says, source, inner, because, updated in plain.actions:
        guard = next(roots)
        updates = {constants[target]: next(roots) for target in updated}
        parameters = tuple(variable.constant() for variable in inner)
        told = (fairness, actor, says, source, parameters, because)
        actions.append(Action(name, guard, updates, *told, passage=passages.get(name)))  # type: ignore[arg-type]
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
