"""A problem in VMT-LIB, for nuXmv, ic3ia and others (Cimatti, Griggio, Tonetta, "The VMT-LIB language and tools", 2022).

VMT-LIB has a transition system in the terms of SMT-LIB, invariants, and "from some time on always" as its one form of liveness.
So the formula goes along as a monitor in the system itself, the same that our own proofs are about, and what a violation has to
do again and again is counted: `turn` waits for one condition after the other, and a run is a violation if and only if it comes
round for ever. What must never happen becomes an invariant instead. Strong fairness takes a guess, as in the export for SPIN.
Choices become numbers, since not every tool has data types.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

import z3

from dialproof.core.terms import subterms
from dialproof.core.variables import Domain, Kind, Variable
from dialproof.encode.problem import Problem
from dialproof.encode.transitions import Transitions, conjunction, disjunction
from dialproof.exchange.counters import without_counters
from dialproof.exchange.naming import Names

_WORDS = frozenset(
    {"and", "or", "not", "xor", "ite", "let", "forall", "exists", "match", "par", "as", "distinct", "is", "true", "false", "div"}
    | {"mod", "abs", "Bool", "Int", "Real", "Array", "assert", "declare", "define", "initially", "steps", "claim"}
)
"""What no variable may be called: words of SMT-LIB, and what the file defines."""


Term = TypeVar("Term", bound=z3.ExprRef)


_OURS = "dialproof."
"""How the names of our own variables begin; no variable of a system has such a name."""


def to_vmt(problem: Problem, remarks: Sequence[str] = ()) -> str:
    """`problem` as a VMT-LIB file, with `remarks` in comments at its top; property holds if and only if the formula does."""
    return _Model(without_counters(problem)).text(remarks)


@dataclass(frozen=True, eq=False)
class _Counted:
    """Transitions whose one property says it all: `good` is an invariant or, where `is_live`, true from some time on."""

    transitions: Transitions
    good: z3.BoolRef
    is_live: bool


def _invariant(form: Transitions) -> _Counted:
    """What must never happen is noted, since a property is about the state alone."""
    assert form.bad is not None
    failed = Variable(f"{_OURS}failed", Domain(Kind.BOOLEAN))
    noted = z3.Bool(failed.name)
    transitions = Transitions(
        variables=(*form.variables, failed),
        inputs=form.inputs,
        init=conjunction([form.init, z3.Not(noted)]),
        allowed=form.allowed,
        next=dict(form.next) | {failed.name: z3.Or(noted, form.bad)},
    )
    return _Counted(transitions, z3.Not(noted), is_live=False)


def _coming_round(form: Transitions) -> _Counted:
    """Whether all conditions of `form` are met again and again, as one condition on the state."""
    turn, settled, settles = z3.Int(f"{_OURS}turn"), z3.Bool(f"{_OURS}settled"), z3.Bool(f"{_OURS}settles")
    spared = [z3.Bool(f"{_OURS}spared {number}") for number in range(len(form.compassion))]
    promised = [z3.Bool(f"{_OURS}promises {number}") for number in range(len(form.compassion))]
    broken = [z3.And(settled, never, asked) for never, (_, asked, _) in zip(spared, form.compassion, strict=True)]
    conditions = [condition for _, condition in form.justice]
    conditions += [z3.Or(never, given) for never, (_, _, given) in zip(spared, form.compassion, strict=True)]
    met = disjunction([z3.And(turn == number, condition) for number, condition in enumerate(conditions)])
    counts = [settled] if form.compassion else []
    following: dict[str, z3.ExprRef] = dict(form.next)
    following[turn.decl().name()] = z3.If(
        turn == len(conditions), z3.IntVal(0), z3.If(conjunction([met, *counts]), turn + 1, turn)
    )
    flags, inputs = [], []
    if form.compassion:
        flags = [settled, *spared]
        inputs = [settles, *promised]
        following[settled.decl().name()] = z3.Or(settled, settles)
        for never, now in zip(spared, promised, strict=True):
            following[never.decl().name()] = z3.If(settled, never, z3.And(settles, now))
    boolean = Domain(Kind.BOOLEAN)
    transitions = Transitions(
        variables=(
            *form.variables,
            Variable(turn.decl().name(), Domain(Kind.INTEGER, low=0, high=len(conditions))),
            *(Variable(flag.decl().name(), boolean) for flag in flags),
        ),
        inputs=(*form.inputs, *(Variable(one.decl().name(), boolean) for one in inputs)),
        init=conjunction([form.init, turn == 0, *(z3.Not(flag) for flag in flags)]),
        allowed=conjunction([form.allowed, *(z3.Not(one) for one in broken)]),
        next=following,
    )
    return _Counted(transitions, turn != len(conditions), is_live=True)


class _Model:
    """The text."""

    def __init__(self, problem: Problem) -> None:
        self._counted = _invariant(problem.safety) if problem.finite_run_suffices else _coming_round(problem.product)
        self._form = form = self._counted.transitions
        names = Names(_WORDS)
        self._variables = {v.name: v for v in (*form.variables, *form.inputs)}
        self._names = {name: names.give("variable", name, name.removeprefix(_OURS)) for name in self._variables}
        self._numbers = {
            v.domain.term(value).decl().name(): number
            for v in self._variables.values()
            if v.domain.kind is Kind.CHOICE
            for number, value in enumerate(v.domain.values)
        }

    def text(self, remarks: Sequence[str]) -> str:
        """The whole file."""
        current = {v.name: self._constant(v.name) for v in self._form.variables}
        kind = "live" if self._counted.is_live else "invar"
        init = conjunction([self._low(self._form.init), *self._in_range(current)])
        lines = [f"; {line}".rstrip() for remark in remarks for line in remark.splitlines()]
        lines += [";", *(f"; {given} stands for {name!r}" for name, given in self._names.items())]
        lines += [";", *(f"; {line}" for line in self._values())]
        lines += ["(set-logic ALL)", *self._declarations()]
        lines += [
            f"(define-fun initially () Bool (! {init.sexpr()} :init true))",
            f"(define-fun steps () Bool (! {self._steps().sexpr()} :trans true))",
            f"(define-fun claim () Bool (! {self._low(self._counted.good).sexpr()} :{kind}-property 0))",
            "(assert true)",
        ]
        return "\n".join(lines) + "\n"

    def _values(self) -> Iterator[str]:
        for variable in self._variables.values():
            if variable.domain.kind is Kind.CHOICE:
                values = ", ".join(f"{number} is {value}" for number, value in enumerate(variable.domain.values))
                yield f"in {self._names[variable.name]}, {values}"

    def _declarations(self) -> Iterator[str]:
        for variable in self._variables.values():
            name, sort = self._names[variable.name], "Bool" if variable.domain.kind is Kind.BOOLEAN else "Int"
            yield f"(declare-fun {name} () {sort})"
            if variable in self._form.variables:
                yield f"(declare-fun {name}.next () {sort})"
                yield f"(define-fun {name}.sv () {sort} (! {name} :next {name}.next))"

    def _constant(self, name: str, suffix: str = "") -> z3.ExprRef:
        called = self._names[name] + suffix
        return z3.Bool(called) if self._variables[name].domain.kind is Kind.BOOLEAN else z3.Int(called)

    def _in_range(self, constants: Mapping[str, z3.ExprRef]) -> list[z3.BoolRef]:
        """That each of `constants`, by the name of its variable, is a value of it."""
        found = []
        for name, constant in constants.items():
            domain = self._variables[name].domain
            if domain.kind is Kind.CHOICE:
                domain = Domain(Kind.INTEGER, low=0, high=len(domain.values) - 1)
            found.append(domain.restriction(constant))
        return found

    def _steps(self) -> z3.BoolRef:
        following = {v.name: self._constant(v.name, ".next") for v in self._form.variables}
        inputs = {v.name: self._constant(v.name) for v in self._form.inputs}
        equations = [following[v.name] == self._low(self._form.next[v.name]) for v in self._form.variables]
        return conjunction([self._low(self._form.allowed), *self._in_range(inputs), *self._in_range(following), *equations])

    def _low(self, root: Term) -> Term:
        """`root` over the names of the file, with numbers for the values of choices."""
        low: dict[int, z3.ExprRef] = {}
        for term in subterms([root]):
            name, kind = term.decl().name(), term.decl().kind()
            parts = [low[child.get_id()] for child in term.children()]
            match kind:
                case z3.Z3_OP_DT_CONSTRUCTOR:
                    made: z3.ExprRef = z3.IntVal(self._numbers[name])
                case z3.Z3_OP_UNINTERPRETED if not parts:
                    made = self._constant(name)
                case z3.Z3_OP_EQ:
                    made = parts[0] == parts[1]
                case z3.Z3_OP_DISTINCT:
                    made = z3.Distinct(parts)
                case z3.Z3_OP_ITE:
                    test, then, other = parts
                    made = z3.If(cast("z3.BoolRef", test), then, other)
                case z3.Z3_OP_AND | z3.Z3_OP_OR if len(parts) == 1:
                    made = parts[0]  # SMT-LIB has no connective of one
                case _:
                    made = term.decl()(*parts) if parts else term
            low[term.get_id()] = made
        return cast("Term", low[root.get_id()])
