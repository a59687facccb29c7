"""Counters that only count are replaced by the differences that the formula reads: often an unbounded system becomes finite.

Where a claim compares sums of counters (accepted = queued + delivered + returned), each counter grows for ever, but their
difference does not. A variable counts if it starts at a number, no guard and no other variable's update reads it, its own updates
only add something to it, and formulas read it in comparisons of sums alone. Each such sum gets a variable of its own, to
which every action adds what it adds to the sum. States of the two systems that agree on all other variables and on the sums have
the same steps and the same truth of every atom, so that the verdict is the same; what is lost is each counter's own value.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import z3

from dialproof.core import ltl
from dialproof.core.actions import Action, Assumption, Update
from dialproof.core.system import System
from dialproof.core.terms import flattened_and, subterms
from dialproof.core.variables import Domain, Kind, StateVariable, Variable
from dialproof.encode.problem import Problem

Weights = tuple[tuple[str, int], ...]
"""A sum of counters: (name, factor) in the order of the names. Its first factor is positive."""

_COMPARISONS = (z3.Z3_OP_LE, z3.Z3_OP_GE, z3.Z3_OP_LT, z3.Z3_OP_GT, z3.Z3_OP_EQ, z3.Z3_OP_DISTINCT)


def without_counters(problem: Problem) -> Problem:
    """The same question with sums in the place of counters; `problem` itself where nothing only counts."""
    system = problem.system
    formulas = [problem.formula, *(assumption.formula for assumption in system.assumptions)]
    counters = _counters(system, formulas)
    sums = {weights: Variable(_called(weights), Domain(Kind.INTEGER)) for weights in _sums_in(formulas, counters)}
    names = {variable.name for variable in sums.values()}
    kept = {variable.name for variable in system.variables if variable.name not in counters}
    if not counters or not (kept or sums) or names & {variable.name for variable in system.variables}:
        return problem
    terms = {weights: z3.Int(variable.name) for weights, variable in sums.items()}
    images = [(atom, _image(atom, counters, terms)) for atom in _comparisons(formulas)]

    def image(term: z3.BoolRef) -> z3.BoolRef:
        replaced = z3.substitute(term, *images) if images else term
        assert isinstance(replaced, z3.BoolRef)
        return replaced

    rewritten = _with_sums(system, counters, sums)
    assumptions = [Assumption(one.name, ltl.with_state_terms(one.formula, image), one.reason) for one in system.assumptions]
    return Problem(rewritten.assuming(*assumptions), ltl.with_state_terms(problem.formula, image))


@dataclass(frozen=True, eq=False)
class _Counter:
    """A variable that only counts: where it starts, and what each action that changes it adds to it."""

    start: int
    added: Mapping[str, z3.ArithRef]


def _counters(system: System, formulas: list[z3.BoolRef]) -> dict[str, _Counter]:
    """The variables that only count."""
    found = {v.name: counter for v in system.variables if (counter := _as_counter(system, v)) is not None}
    read = {name for action in system.actions for name in _names([action.guard])}
    for action in system.actions:
        read |= _names([effect for name, effect in action.effects if name not in found])
    for counter in found.values():
        read |= _names(counter.added.values())
    read |= ltl.clocks_of(formulas)
    sums = [_Sum.of(atom) for atom in _comparisons(formulas)]
    read |= _names([part for one in sums for _, part in one.others])
    compared = {name for one in sums for name in one.factors}
    read |= _names(formulas) - compared
    return {name: counter for name, counter in found.items() if name not in read}


def _as_counter(system: System, variable: Variable) -> _Counter | None:
    """`variable` as a counter, as far as its own start and updates go."""
    starts = [part for part in flattened_and(system.init) if variable.name in _names([part])]
    if variable.domain.is_finite or len(starts) != 1 or not z3.is_eq(starts[0]):
        return None
    sides = starts[0].children()
    numbers = [side.as_long() for side in sides if isinstance(side, z3.IntNumRef)]
    if len(numbers) != 1 or not any(side.eq(variable.term) for side in sides):
        return None
    added: dict[str, z3.ArithRef] = {}
    for action in system.actions:
        for name, effect in action.effects:
            if name == variable.name:
                difference = z3.simplify(effect - variable.term)  # type: ignore[operator]  # it is an integer
                if name in _names([difference]):
                    return None
                assert isinstance(difference, z3.ArithRef)
                added[action.name] = difference
    return _Counter(numbers[0], added)


@dataclass(frozen=True, eq=False)
class _Sum:
    """A difference of two sides as a sum: factors of variables by name, and (factor, term) for what is no variable."""

    factors: Mapping[str, int] = field(default_factory=dict)
    others: tuple[tuple[int, z3.ExprRef], ...] = ()

    @classmethod
    def of(cls, comparison: z3.BoolRef) -> "_Sum":
        """The first side of `comparison` minus the second."""
        factors: dict[str, int] = {}
        others: list[tuple[int, z3.ExprRef]] = []
        first, second = comparison.children()
        pending = [(1, first), (-1, second)]
        while pending:
            factor, term = pending.pop()
            inner, kind = term.children(), term.decl().kind()
            if kind == z3.Z3_OP_ADD:
                pending += [(factor, part) for part in inner]
            elif kind == z3.Z3_OP_SUB:
                pending += [(factor, inner[0]), *((-factor, part) for part in inner[1:])]
            elif kind == z3.Z3_OP_UMINUS:
                pending.append((-factor, inner[0]))
            elif kind == z3.Z3_OP_MUL and sum(not isinstance(part, z3.IntNumRef) for part in inner) == 1:
                for part in inner:
                    factor *= part.as_long() if isinstance(part, z3.IntNumRef) else 1
                pending += [(factor, part) for part in inner if not isinstance(part, z3.IntNumRef)]
            elif kind == z3.Z3_OP_UNINTERPRETED and not inner:
                factors[term.decl().name()] = factors.get(term.decl().name(), 0) + factor
            else:
                others.append((factor, term))
        return cls({name: factor for name, factor in factors.items() if factor}, tuple(others))

    def weights(self, counters: Iterable[str]) -> tuple[int, Weights]:
        """The part of the sum that is about `counters`: a sign, and the weights that it is to be multiplied with."""
        found = tuple(sorted((name, self.factors[name]) for name in counters if name in self.factors))
        sign = -1 if found and found[0][1] < 0 else 1
        return sign, tuple((name, sign * factor) for name, factor in found)


def _comparisons(formulas: Iterable[z3.BoolRef]) -> list[z3.BoolRef]:
    """Every comparison of two integers in `formulas`."""
    return [
        part
        for part in subterms(formulas)
        if isinstance(part, z3.BoolRef)
        and part.decl().kind() in _COMPARISONS
        and part.num_args() == 2  # noqa: PLR2004  # a comparison of more counts as reading them
        and isinstance(part.arg(0), z3.ArithRef)
    ]


def _sums_in(formulas: list[z3.BoolRef], counters: Mapping[str, _Counter]) -> Iterator[Weights]:
    seen: set[Weights] = {()}
    for atom in _comparisons(formulas):
        _, weights = _Sum.of(atom).weights(counters)
        if weights not in seen:
            seen.add(weights)
            yield weights


def _image(atom: z3.BoolRef, counters: Mapping[str, _Counter], sums: Mapping[Weights, z3.ArithRef]) -> z3.BoolRef:
    """A comparison with its sum of counters replaced; as it is where it has none."""
    whole = _Sum.of(atom)
    sign, weights = whole.weights(counters)
    if not weights:
        return atom
    left: list[z3.ArithRef] = [sign * sums[weights]]
    left += [factor * z3.Int(name) for name, factor in whole.factors.items() if name not in counters]
    left += [factor * part for factor, part in whole.others if isinstance(part, z3.ArithRef)]
    compared = atom.decl()(z3.Sum(left), z3.IntVal(0)) if not z3.is_distinct(atom) else z3.Sum(left) != 0
    assert isinstance(compared, z3.BoolRef)
    return compared


def _with_sums(system: System, counters: Mapping[str, _Counter], sums: Mapping[Weights, Variable]) -> System:
    """`system` without its assumptions, with `sums` in the place of `counters`."""
    constants = {variable.name: variable.constant() for variable in (*system.variables, *sums.values())}
    init = [part for part in flattened_and(system.init) if not _names([part]) & set(counters)]
    for weights, variable in sums.items():
        init.append(constants[variable.name] == sum(factor * counters[name].start for name, factor in weights))
    actions = []
    for action in system.actions:
        updates: dict[StateVariable, Update] = {
            target: effect for target, effect in action.updates.items() if target.variable.name not in counters
        }
        for weights, variable in sums.items():
            added = _added(weights, counters, action)
            if added:
                updates[constants[variable.name]] = z3.Sum([z3.Int(variable.name), *added])
        actions.append(replace(action, updates=updates))
    kept = [variable for variable in system.variables if variable.name not in counters]
    return System(system.name, [*kept, *sums.values()], z3.And(init), actions)


def _added(weights: Weights, counters: Mapping[str, _Counter], action: Action) -> list[z3.ArithRef]:
    """What `action` adds to a sum."""
    parts = [(factor, counters[name].added.get(action.name)) for name, factor in weights]
    return [factor * part for factor, part in parts if part is not None]


def _called(weights: Weights) -> str:
    """A name that says what is summed up, such as "accepted -delivered"."""
    return " ".join(
        f"{'-' if factor < 0 else '+' if place else ''}{abs(factor) if abs(factor) > 1 else ''}{name}"
        for place, (name, factor) in enumerate(weights)
    )


def _names(terms: Iterable[z3.ExprRef]) -> set[str]:
    """The constants in `terms`."""
    return {
        part.decl().name() for part in subterms(terms) if part.num_args() == 0 and part.decl().kind() == z3.Z3_OP_UNINTERPRETED
    }
