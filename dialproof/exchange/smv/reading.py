"""SMV files read: a finite-state machine with its specifications becomes a system with claims.

Every specification is a check of its own. An `LTLSPEC` is about the infinite runs that meet the fairness conditions; an
`INVARSPEC` is about every state that can be reached, fair or not, as in NuSMV. What is not
understood is refused by name and line.
"""

from pathlib import Path

import z3
from lark import Tree

from dialproof.core import ltl
from dialproof.core.actions import Assumption
from dialproof.core.claims import Claim, OneSystem
from dialproof.core.errors import ModelError
from dialproof.core.plan import PlannedCheck
from dialproof.core.system import System
from dialproof.core.terms import subterms
from dialproof.core.variables import Domain, Kind, Variable
from dialproof.encode.transitions import conjunction
from dialproof.exchange.foreign_text import read_text
from dialproof.exchange.naming import usable_names
from dialproof.exchange.relation import Relation, RelationSystem, as_system
from dialproof.exchange.smv.arrays import spread_arrays
from dialproof.exchange.smv.expressions import Expressions, Options, later
from dialproof.exchange.smv.grammar import Part, SmvText, line_of
from dialproof.exchange.smv.modules import Declared, Flat, Placed, flattened
from dialproof.exchange.smv.types import SmvType, Symbols

VARIANT = "none"
"""What the only cause is called: a file of this kind knows no faults."""


def smv_checks(path: Path) -> list[PlannedCheck]:
    """One check for each specification in the SMV file at `path`. Raises InputError that points at what cannot be read."""
    return checks_in(SmvText(str(path), read_text(path)))


def checks_in(text: SmvText) -> list[PlannedCheck]:
    """The same for a text. Raises ScenarioError."""
    return _Import(flattened(text)).checks()


class _Import:
    """A flattened file on its way to systems and claims."""

    def __init__(self, flat: Flat) -> None:
        self._flat = flat
        self._text = flat.text
        spread_arrays(flat)
        self._symbols = Symbols(flat)
        nothing = Expressions(flat, self._symbols, {}, frozenset(), [])
        self._types = {declared.name: self._type(declared, nothing) for declared in flat.variables}
        self._declared = {declared.name: declared for declared in flat.variables}
        spelled = {name: name.translate(_BRACKETS) for name in self._types}
        usable = usable_names(spelled.values(), "a variable")
        self._names = {name: usable[spelled[name]] for name in self._types}
        constants = {name: Variable(self._names[name], kind.domain).term for name, kind in self._types.items()}
        self._inputs = frozenset(declared.name for declared in flat.variables if declared.is_input)
        ranges = [kind.holds(term) for name, kind in self._types.items() for term in (constants[name], later(constants[name]))]
        self._constants = constants
        self._ranges = ranges
        self._read = Expressions(flat, self._symbols, constants, self._inputs, ranges)

    def checks(self) -> list[PlannedCheck]:
        """The checks, in the order of the specifications. Raises ScenarioError where there is none."""
        if not self._flat.specs:
            self._text.refuse(self._text.parsed(), "there is no LTLSPEC and no INVARSPEC in this file, and so nothing to check")
        formulas = [self._formula(spec.formula, spec.is_invariant) for spec in self._flat.specs]
        observed = {name for formula in formulas for name in self._inputs if self._mentions(formula, name)}
        made = self._system(observed)
        found = []
        for number, (spec, formula) in enumerate(zip(self._flat.specs, formulas, strict=True), start=1):
            kind, line = "INVARSPEC" if spec.is_invariant else "LTLSPEC", line_of(spec.formula.tree)
            system = made.system if spec.is_invariant else self._fair(made)
            name = spec.name or f"{kind.lower()}-{number}"
            claim = Claim(name, formula, says=f"{kind} {self._text.slice(spec.formula.tree)}", source=f"line {line}")
            with self._text.at(spec.formula.tree):
                system.check_formula(formula, kind)
            found.append(PlannedCheck(self._text.file, line, name, None, (OneSystem(VARIANT, system, claim),)))
        return found

    def _type(self, declared: Declared, constant: Expressions) -> SmvType:
        kind = declared.kind.tree
        assert isinstance(kind, Tree)
        match kind.data:
            case "boolean":
                return SmvType(Domain(Kind.BOOLEAN))
            case "integer":
                return SmvType(Domain(Kind.INTEGER))
            case "range":
                low, high = (constant.number(Placed(end, declared.kind.scope)) for end in kind.children)
                if low > high:
                    self._text.refuse(kind, f"{low}..{high} is empty")
                return SmvType(Domain(Kind.INTEGER, low=low, high=high))
        return self._symbols.enumeration(declared)

    # --- the machine -------------------------------------------------------------------------------------------------

    def _system(self, observed: set[str]) -> RelationSystem:
        """The machine without its fairness; inputs that a formula speaks of are variables that may change in any way."""
        state = [name for name in self._types if name not in self._inputs or name in observed]
        starts, steps, everywhere, assigned = self._assignments()
        starts += [self._stateful(placed) for placed in self._flat.init]
        everywhere += [self._stateful(placed) for placed in self._flat.invar]
        everywhere += [self._types[name].holds(self._constants[name]) for name in state if self._types[name].members is not None]
        steps += [self._read.condition(placed, may_step=True) for placed in self._flat.trans]
        assigned |= {name: self._constants[name] for name, declared in self._declared.items() if declared.is_frozen}
        limited = [name for name in self._inputs - observed if self._types[name].members is not None]
        steps += [self._types[name].holds(self._constants[name]) for name in limited]
        relation = Relation(
            variables=tuple(self._variable(name) for name in state),
            following={self._names[name]: later(self._constants[name]) for name in state},
            inputs=tuple(self._variable(name) for name in sorted(self._inputs - observed)),
            init=conjunction(starts),
            everywhere=conjunction(everywhere),
            steps=tuple(steps),
            assigned={self._names[name]: term for name, term in assigned.items()},
        )
        try:
            return as_system("main", relation)
        except ModelError as refused:
            self._text.refuse(self._text.parsed(), str(refused))

    def _variable(self, name: str) -> Variable:
        return Variable(self._names[name], self._types[name].domain)

    def _assignments(self) -> tuple[list[z3.BoolRef], list[z3.BoolRef], list[z3.BoolRef], dict[str, z3.ExprRef]]:
        """What assignments say of the start, of steps and of every state, and the next values that they determine."""
        starts, steps, everywhere = list[z3.BoolRef](), list[z3.BoolRef](), list[z3.BoolRef]()
        assigned: dict[str, z3.ExprRef] = {}
        seen: set[tuple[str, str]] = set()
        for kind, target, value in self._flat.assignments:
            name = self._assigned_to(target, kind, seen)
            options = self._read.options(value, may_step=kind == "becomes")
            term = self._constants[name]
            if not all(member.sort().eq(term.sort()) for _, member in options):
                self._text.refuse(value.tree, f"{name} cannot have such a value: its type is another one")
            self._check_values(name, options, value.tree)
            if kind == "becomes" and len(options) == 1 and self._types[name].members is None:
                assigned[name] = options[0][1]
            elif kind == "becomes":
                steps.append(_one_of(later(term), options))
            else:
                (starts if kind == "starts" else everywhere).append(_one_of(term, options))
        return starts, steps, everywhere, assigned

    def _assigned_to(self, target: Placed, kind: str, seen: set[tuple[str, str]]) -> str:
        """The variable on the left of an assignment, which is assigned to once only."""
        assert isinstance(target.tree, Tree)
        name = self._read.variable(target)
        if name is None:
            self._text.refuse(target.tree, "only a variable can be assigned to")
        if name in self._inputs or (self._declared[name].is_frozen and kind != "starts"):
            self._text.refuse(
                target.tree, f"{name} is {'an input' if name in self._inputs else 'frozen'}: this cannot be assigned"
            )
        clashes = {("always_is", name), (kind, name)} if kind != "always_is" else {(one, name) for one in _ASSIGNED}
        if clashes & seen:
            self._text.refuse(target.tree, f"{name} is assigned to twice")
        seen.add((kind, name))
        return name

    def _check_values(self, name: str, options: Options, tree: Part) -> None:
        """NuSMV refuses an assignment whose value may be none of the variable's; to leave such steps out would hide runs."""
        kind = self._types[name]
        solver = z3.Solver()
        solver.add(*self._ranges, z3.Or([z3.And(when, z3.Not(kind.holds(value))) for when, value in options]))
        if solver.check() != z3.unsat:
            allowed = str(kind.domain) if kind.members is None else "{" + ", ".join(map(str, kind.members)) + "}"
            self._text.refuse(tree, f"{name} may get a value here that is outside {allowed}")

    def _stateful(self, placed: Placed) -> z3.BoolRef:
        """A condition on states, in which no input can stand."""
        term = self._read.condition(placed)
        for name in self._inputs:
            if self._mentions(term, name):
                self._text.refuse(
                    placed.tree, f"{name} is an input, of which NuSMV lets only TRANS, assignments to next and LTLSPEC speak"
                )
        return term

    # --- what is asked -----------------------------------------------------------------------------------------------

    def _formula(self, formula: Placed, is_invariant: bool) -> z3.BoolRef:
        return ltl.always(self._stateful(formula)) if is_invariant else self._read.formula(formula)

    def _fair(self, made: RelationSystem) -> System:
        """The infinite runs that meet the fairness conditions."""
        assumptions = []
        for number, placed in enumerate(self._flat.justice, start=1):
            formula = _again(self._stateful(placed))
            assumptions.append(Assumption(f"fairness {number}", formula, f"FAIRNESS on line {line_of(placed.tree)}"))
        for number, (asked, given) in enumerate(self._flat.compassion, start=1):
            formula = z3.Implies(_again(self._stateful(asked)), _again(self._stateful(given)))
            assumptions.append(Assumption(f"compassion {number}", formula, f"COMPASSION on line {line_of(asked.tree)}"))
        return made.infinite.assuming(*assumptions)

    def _mentions(self, term: z3.ExprRef, name: str) -> bool:
        return any(part.eq(self._constants[name]) for part in subterms([term]))


_BRACKETS = str.maketrans("[]", "()")
"""What stands in our names for the brackets of an index; no other name of SMV has parentheses."""

_ASSIGNED = ("starts", "becomes", "always_is")


def _again(term: z3.BoolRef) -> z3.BoolRef:
    return ltl.always(ltl.eventually(term))


def _one_of(term: z3.ExprRef, options: Options) -> z3.BoolRef:
    return z3.Or([z3.And(when, term == value) for when, value in options])
