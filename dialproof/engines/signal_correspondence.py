"""Safety proofs from equalities: which variables always have the same value, or always one and the same.

All variables of a type are taken to be equal at first. An initial state, or a step between states in which all assumed equalities
hold, that shows two of them different puts them into different classes, until nothing shows any difference. What is left is
inductive, and the most that can be said in equalities (C. van Eijk, "Sequential equivalence checking based on structural
similarities", 2000, where it tells which signals of two circuits correspond). It is how two copies of a system that are side by
side are seen to do the same. Values are in the classes too. Where a part of the claim is asked only under a condition on what
nothing changes, classes are made for the runs on which it is met, besides.
"""

from collections.abc import Iterator, Mapping, Sequence

import z3

from dialproof.core import ltl
from dialproof.core.certificates import InductiveInvariant
from dialproof.core.errors import NotApplicable
from dialproof.core.terms import subterms
from dialproof.core.variables import Kind, Variable
from dialproof.encode.problem import Problem
from dialproof.encode.transitions import Transitions, conjunction, disjunction
from dialproof.engines.candidates import Nothing, Outcome, Proved
from dialproof.engines.invariant_core import is_proof, smallest
from dialproof.engines.limits import INDUCTION
from dialproof.engines.solving import ask, fresh_solver

MOST = 4000
"""How many variables there may be, each counted once for each case."""

FEW = 8
"""An integer with at most so many values may always have one of them; of others only the bounds are looked at, and 0."""

Class = list[z3.ExprRef]
"""Terms that have the same value."""


def prove(problem: Problem) -> Outcome:
    """An invariant of equalities that excludes what is bad, or nothing."""
    try:
        form = problem.safety
    except NotApplicable as reason:
        return Nothing(str(reason))
    assert form.bad is not None
    cases = [z3.BoolVal(True), *_cases(problem, form)]
    if len(form.variables) * len(cases) > MOST:
        return Nothing("too many variables to compare all of them")
    invariant = _Classes(form, cases).inductive()
    if invariant is None:
        return Nothing("which variables are always equal was not decided, or is not enough")
    if not is_proof(form, [invariant]):  # states outside the ranges count too where an invariant is audited
        invariant = conjunction([invariant, form.ranges])
    needed, _ = smallest(problem, form, invariant)
    return Proved(InductiveInvariant(needed.sexpr()))


def _cases(problem: Problem, form: Transitions) -> list[z3.BoolRef]:
    """The conditions on what nothing changes under which parts of the claim say something: always (condition implies ...)."""
    constants = {one.name for one in form.variables if form.next[one.name].eq(one.term)}
    found: dict[str, z3.BoolRef] = {}
    for part in problem.conjuncts:
        inner = part.formula.children()
        if not ltl.is_operator(part.formula) or len(inner) != 1 or not z3.is_implies(inner[0]):
            continue
        premise = inner[0].arg(0)
        read = {term.decl().name() for term in subterms([premise]) if term.decl().kind() == z3.Z3_OP_UNINTERPRETED}
        if read and read <= constants and isinstance(premise, z3.BoolRef):
            found[premise.sexpr()] = premise
    return list(found.values())


class _Classes:
    """The classes of terms that are equal in each of `cases`: conditions that nothing makes true or false.

    Of a case that never happens there are none.
    """

    def __init__(self, form: Transitions, cases: Sequence[z3.BoolRef]) -> None:
        assert form.bad is not None
        self._bad = _solver([form.ranges, form.bad])
        self._form, self._cases = form, cases
        self._next = {variable.name: form.next[variable.name] for variable in form.variables}
        self._classes: list[list[Class] | None] = []

    def inductive(self) -> z3.BoolRef | None:
        """The equalities that hold at first and that each step keeps, where they exclude what is bad.

        None where they do not, or where the solver gives up. Fewer equalities exclude less: the first ones that do not end it.
        """
        for case in self._cases:
            starts = _solver([self._form.init, case])
            answer = ask(starts)
            if answer == z3.unsat:
                self._classes.append(None)
                continue
            if answer == z3.unknown:
                return None
            here = list(_grouped(_terms(self._form.variables), starts.model(), {}))
            while (answer := ask(starts, _some_differ(here, {}))) == z3.sat:
                here = _split(here, starts.model(), {})
            if answer == z3.unknown:
                return None
            self._classes.append(here)
        return self._kept() if self._excludes_bad() and self._refined_by_steps() else None

    def _excludes_bad(self) -> bool:
        return ask(self._bad, self._kept()) == z3.unsat

    def _refined_by_steps(self) -> bool:
        """Split the classes as steps show them to differ, until no step does; False where that is in vain, or not known."""
        steps = _solver([self._form.ranges, self._form.allowed])
        splits = 0
        for place, case in enumerate(self._cases):  # no step leads into a case, or out of it
            here = self._classes[place]
            answer = z3.unsat if here is None else z3.sat
            while here is not None and answer == z3.sat:
                steps.push()
                steps.add(case, *_equalities(here), _some_differ(here, self._next))
                answer = ask(steps)
                here = _split(here, steps.model(), self._next) if answer == z3.sat else here
                steps.pop()
                self._classes[place] = here
                splits += 1
                # In vain it mostly is from the first splits on; to look again after each one would cost more than all else.
                if answer == z3.unknown or (splits.bit_count() == 1 and not self._excludes_bad()):
                    return False
        return self._excludes_bad()

    def _kept(self) -> z3.BoolRef:
        """The equalities of all cases as one condition. The first case is that there is no condition."""
        always = {one.sexpr(): one for one in _equalities(self._classes[0] or [])}
        parts = [z3.Not(case) for case, classes in zip(self._cases, self._classes, strict=True) if classes is None]
        parts += always.values()
        for case, classes in zip(self._cases[1:], self._classes[1:], strict=True):
            parts += [z3.Implies(case, one) for one in _equalities(classes or []) if one.sexpr() not in always]
        return conjunction(parts)


def _terms(variables: Sequence[Variable]) -> Iterator[z3.ExprRef]:
    """The values that are looked at, then the variables; so that where a class has a value it comes first."""
    values: dict[str, z3.ExprRef] = {}
    for variable in variables:
        domain = variable.domain
        few = domain.size is not None and (domain.kind is not Kind.INTEGER or domain.size <= FEW)
        ends = [end for end in (domain.low, domain.high, 0) if end is not None and domain.contains(end)]
        named = domain.members() if few else ends
        values |= {f"{domain.sort()} {value}": domain.term(value) for value in named}
    yield from values.values()
    yield from (variable.term for variable in variables)


def _grouped(terms: Iterator[z3.ExprRef] | Class, model: z3.ModelRef, later: Mapping[str, z3.ExprRef]) -> Iterator[Class]:
    """`terms` by the values that they, or what comes `later` in their place, have in `model`; what is alone is left out."""
    groups: dict[str, Class] = {}
    for term in terms:
        value = model.eval(_after(term, later), model_completion=True)
        groups.setdefault(f"{term.sort()} {value}", []).append(term)
    return (group for group in groups.values() if len(group) > 1)


def _split(classes: list[Class], model: z3.ModelRef, later: Mapping[str, z3.ExprRef]) -> list[Class]:
    return [group for one in classes for group in _grouped(one, model, later)]


def _after(term: z3.ExprRef, later: Mapping[str, z3.ExprRef]) -> z3.ExprRef:
    return later.get(term.decl().name(), term) if term.num_args() == 0 else term


def _equalities(classes: list[Class]) -> Iterator[z3.BoolRef]:
    for first, *others in classes:
        yield from (first == other for other in others)


def _some_differ(classes: list[Class], later: Mapping[str, z3.ExprRef]) -> z3.BoolRef:
    return disjunction([_after(first, later) != _after(other, later) for first, *others in classes for other in others])


def _solver(parts: Sequence[z3.BoolRef]) -> z3.Solver:
    solver = fresh_solver(INDUCTION[-1].rlimit)
    solver.add(*parts)
    return solver
