"""A problem as a model for NuSMV 2.6 or nuXmv (Cavada and others, "NuSMV 2.6 user manual", 2010).

A state of that model is a position of ours: the variables, and in `action` what is taken in it, chosen together with the values
of its parameters. Neither is an input variable, since NuSMV allows those neither in fairness conditions nor in invariants.
`INVAR` says that what is taken is possible, `TRANS` what it does (a `TRANS`, because an assignment would be refused where its
value is out of range in states that the guard excludes). A deadlock takes the action `idling`, for ever, so that no state is
without a successor. Fairness of actions is `JUSTICE` and `COMPASSION`; the formula keeps its operators, past ones too.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod

import z3

from dialproof.core import ltl
from dialproof.core.actions import Action, enabled, taken
from dialproof.core.errors import NotApplicable
from dialproof.core.terms import subterms
from dialproof.core.variables import Domain, Kind, Value, Variable
from dialproof.encode.problem import Problem
from dialproof.exchange.counters import without_counters
from dialproof.exchange.infix import SMV, conjoined, disjoined, infix, negated
from dialproof.exchange.naming import Names
from dialproof.exchange.recurrence import recurring_of
from dialproof.exchange.smv.words import RESERVED

CLAIM = "claim"
"""What the formula is called in the model."""

MOST_CASES = 4096
"""How many values of an action's parameters are written out to say that it is possible."""


def to_smv(problem: Problem, remarks: Sequence[str] = ()) -> str:
    """`problem` as an SMV model, with `remarks` in comments at its top.

    Its specification is true if and only if the formula holds. Unbounded integers need nuXmv. Raises NotApplicable, with the
    reason, for what cannot be said in SMV.
    """
    return _Model(without_counters(problem)).text(remarks)


class _Model:
    """The parts of the model."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._system = system = problem.system
        self._names = names = Names({*RESERVED, CLAIM})
        self._variables = {v.name: names.give("variable", v.name) for v in system.variables}
        self._action = names.give("variable", "the action taken", like="action")
        self._idle = names.give("value", "no action is possible", like="idling")
        self._values: dict[str, str] = {}
        parameters = [p.variable for action in system.actions for p in action.parameters]
        for domain in [v.domain for v in (*system.variables, *parameters) if v.domain.kind is Kind.CHOICE]:
            for value in domain.values:
                constructor = domain.term(value).decl().name()
                self._values[constructor] = names.give("value", constructor, like=value)
        self._actions = {action.name: names.give("action", action.name) for action in system.actions}
        self._parameters = {
            (action.name, p.variable.name): names.give(
                f"parameter of {action.name!r}", p.variable.name, f"{p.variable.name} of {action.name}"
            )
            for action in system.actions
            for p in action.parameters
        }
        self._may = {action.name: names.give("enabled", action.name, like=f"can {action.name}") for action in system.actions}
        self._atoms: dict[int, tuple[str, z3.BoolRef]] = {}

    def text(self, remarks: Sequence[str]) -> str:
        """The whole model."""
        claim, fairness = self._claim(), list(self._fairness())
        definitions = [f"  {name} := {meaning};" for name, meaning in self._definitions()]
        parts = [
            *(f"-- {line}".rstrip() for remark in remarks for line in remark.splitlines()),
            "--",
            *(f"-- {given} stands for the {kind} {name!r}" for given, kind, name in self._names.rows()),
            "",
            "MODULE main",
            "VAR",
            *(f"  {name} : {kind};" for name, kind in self._declarations()),
            *(["DEFINE", *definitions] if definitions else []),
            f"INIT\n  {self._term(self._system.init)};",
            *(f"INVAR\n  {condition};" for condition in self._conditions()),
            *(f"TRANS\n  {step};" for step in self._steps()),
            *fairness,
            claim,
            "",
        ]
        return "\n".join(parts)

    # --- terms -------------------------------------------------------------------------------------------------------

    def _term(self, term: z3.ExprRef, inner: Mapping[str, str] | None = None) -> str:
        return infix(term, lambda leaf: self._leaf(leaf, inner or {}), SMV)

    def _leaf(self, term: z3.ExprRef, inner: Mapping[str, str]) -> str | None:
        name, kind = term.decl().name(), term.decl().kind()
        if kind == z3.Z3_OP_DT_CONSTRUCTOR:
            return self._values[name]
        if kind != z3.Z3_OP_UNINTERPRETED or term.num_args() > 0:
            return None
        for action in self._system.actions:
            if name == enabled(action).decl().name():
                return self._may[action.name]
            if name == taken(action).decl().name():
                return self._does(action)
        return inner.get(name) or self._variables[name]

    def _does(self, action: Action) -> str:
        return f"({self._action} = {self._actions[action.name]})"

    def _chosen(self, action: Action) -> dict[str, str]:
        """The variables that hold the parameters of `action`."""
        return {p.variable.name: self._parameters[action.name, p.variable.name] for p in action.parameters}

    def _literal(self, domain: Domain, value: Value) -> str:
        return self._term(domain.term(value))

    # --- the model ---------------------------------------------------------------------------------------------------

    def _declarations(self) -> Iterator[tuple[str, str]]:
        for variable in self._system.variables:
            yield self._variables[variable.name], self._type(variable)
        yield self._action, f"{{{', '.join([*self._actions.values(), self._idle])}}}"
        for action in self._system.actions:
            for parameter in action.parameters:
                yield self._parameters[action.name, parameter.variable.name], self._type(parameter.variable)

    def _type(self, variable: Variable) -> str:
        domain = variable.domain
        if domain.kind is Kind.BOOLEAN:
            return "boolean"
        if domain.kind is Kind.CHOICE:
            return f"{{{', '.join(self._literal(domain, value) for value in domain.values)}}}"
        return f"{domain.low}..{domain.high}" if domain.is_finite else "integer"

    def _definitions(self) -> Iterator[tuple[str, str]]:
        for action in self._system.actions:
            constants = {part.decl().name() for part in subterms([action.guard]) if part.num_args() == 0}
            read = [p.variable for p in action.parameters if p.variable.name in constants]
            sizes = [variable.domain.size for variable in read]
            if None in sizes or prod(size for size in sizes if size is not None) > MOST_CASES:
                raise NotApplicable(
                    f"action {action.name!r} can be taken in more than {MOST_CASES} ways that its guard tells apart; SMV would "
                    "have to list them"
                )
            cases = []
            for values in product(*(variable.domain.members() for variable in read)):
                given = [self._literal(variable.domain, value) for variable, value in zip(read, values, strict=True)]
                names = [variable.name for variable in read]
                cases.append(self._term(action.guard, dict(zip(names, given, strict=True))))
            yield self._may[action.name], disjoined(cases, SMV)
        for name, atom in self._atoms.values():
            yield name, self._term(atom)

    def _conditions(self) -> Iterator[str]:
        """That what is taken is possible; a parameter of an action that is not taken has its first value."""
        stuck = conjoined([negated(self._may[action.name], SMV) for action in self._system.actions], SMV)
        yield f"({self._action} = {self._idle}) -> {stuck}"
        for action in self._system.actions:
            yield f"{self._does(action)} -> {self._term(action.guard, self._chosen(action))}"
            for p in action.parameters:
                name, domain = self._parameters[action.name, p.variable.name], p.variable.domain
                sign = SMV.same_truth if domain.kind is Kind.BOOLEAN else SMV.equal
                yield f"!{self._does(action)} -> ({name}{sign}{self._literal(domain, domain.members()[0])})"
        for variable in self._system.variables:
            low, high, name = variable.domain.low, variable.domain.high, self._variables[variable.name]
            if variable.domain.kind is Kind.INTEGER and not variable.domain.is_finite:
                yield from [f"{name} >= {low}"] if low is not None else []
                yield from [f"{name} <= {high}"] if high is not None else []

    def _steps(self) -> Iterator[str]:
        for variable in self._system.variables:
            name = self._variables[variable.name]
            cases = [
                f"{self._does(action)} : {self._term(effect, self._chosen(action))};"
                for action in self._system.actions
                for target, effect in action.effects
                if target == variable.name
            ]
            value = f"case {' '.join([*cases, f'TRUE : {name};'])} esac" if cases else name
            sign = SMV.same_truth if variable.domain.kind is Kind.BOOLEAN else SMV.equal
            yield f"next({name}){sign}{value if not cases else f'({value})'}"

    # --- what is asked -----------------------------------------------------------------------------------------------

    def _fairness(self) -> Iterator[str]:
        recurring, _ = recurring_of(self._system)
        for one in recurring:
            if not ltl.is_temporal(one.given) and (one.asked is None or not ltl.is_temporal(one.asked)):
                given = self._term(one.given)
                kind = f"JUSTICE\n  {given};" if one.asked is None else f"COMPASSION\n  ({self._term(one.asked)}, {given});"
                yield f"-- {one.says}\n{kind}"

    def _claim(self) -> str:
        formula = ltl.flattened(self._problem.formula)
        if not self._system.assumptions and z3.is_app(formula) and ltl.is_operator(formula) and ltl.operator(formula) == "always":
            (inner,) = ltl.operands(formula)
            if not ltl.is_temporal(inner):
                return f"INVARSPEC NAME {CLAIM} := {self._formula(inner)};"
        recurring, formulas = recurring_of(self._system)
        assumed = [self._formula(ltl.flattened(one)) for one in formulas]
        for one in recurring:  # a fairness condition of NuSMV's is about states: what was is for formulas
            if ltl.is_temporal(one.given) or (one.asked is not None and ltl.is_temporal(one.asked)):
                again = f"(G F {self._formula(one.given)})"
                assumed.append(again if one.asked is None else f"((G F {self._formula(one.asked)}) -> {again})")
        claimed = self._formula(formula)
        return f"LTLSPEC NAME {CLAIM} :=\n  {f'({conjoined(assumed, SMV)}) -> ' if assumed else ''}{claimed};"

    def _formula(self, term: z3.ExprRef) -> str:
        assert isinstance(term, z3.BoolRef)
        if not ltl.is_temporal(term):
            return self._atom(term)
        parts = [self._formula(part) for part in ltl.operands(term)]
        if not ltl.is_operator(term):
            return _connective(term, parts)
        return _operator(term, parts)

    def _atom(self, term: z3.BoolRef) -> str:
        if z3.is_true(term) or z3.is_false(term):
            return self._term(term)
        if term.get_id() not in self._atoms:
            number = len(self._atoms)
            self._atoms[term.get_id()] = self._names.give("part of the formula", f"{number}", like=f"p{number}"), term
        return self._atoms[term.get_id()][0]


_SIGNS = {
    "always": "G", "eventually": "F", "next": "X", "until": "U", "release": "V",
    "once": "O", "historically": "H", "yesterday": "Y", "since": "S",
    "eventually_within": "F", "always_for": "G", "once_within": "O", "historically_for": "H",
}  # fmt: skip


def _operator(term: z3.BoolRef, parts: list[str]) -> str:
    name, limit = ltl.operator(term), ltl.limit_of(term)
    if limit is not None and limit.clock is not None:
        raise NotApplicable(f"{name!r} on the clock {limit.clock!r} has no counterpart in SMV: {term.sexpr()}")
    if name == "weak_until":  # p weak_until q = q release (p or q)
        hold, goal = parts
        return f"({goal} V ({hold} | {goal}))"
    if name not in _SIGNS:
        raise NotApplicable(f"SMV has no operator {name!r}: {term.sexpr()}")
    bound = "" if limit is None else f" [0, {limit.bound}]"
    if len(parts) == 1:
        return f"({_SIGNS[name]}{bound} {parts[0]})"
    return f"({parts[0]} {_SIGNS[name]} {parts[1]})"


def _connective(term: z3.BoolRef, parts: list[str]) -> str:
    match term.decl().kind(), parts:
        case z3.Z3_OP_NOT, [part]:
            return f"(!{part})"
        case z3.Z3_OP_AND, _:
            return f"({' & '.join(parts)})"
        case z3.Z3_OP_OR, _:
            return f"({' | '.join(parts)})"
        case z3.Z3_OP_IMPLIES, [first, second]:
            return f"({first} -> {second})"
        case z3.Z3_OP_EQ, [first, second]:
            return f"({first} <-> {second})"
        case (z3.Z3_OP_XOR | z3.Z3_OP_DISTINCT, [first, second]):
            return f"(!({first} <-> {second}))"
        case z3.Z3_OP_ITE, [test, then, other]:
            return f"(({test} & {then}) | (!{test} & {other}))"
    raise NotApplicable(f"temporal operators cannot stand under {term.decl().name()!r}: {term.sexpr()}")
