"""The meaning of a formula on a run, computed slowly and obviously, straight from the definition.

It shares nothing with the engines, nor with the negation normal form that they start from: it walks the z3 term itself.
For a lasso every position's truth is computed by going round the loop until nothing changes. For a finite beginning a
formula counts as lost only if every continuation loses it.
"""

from collections.abc import Callable, Sequence

import z3

from dialproof import ltl
from dialproof.errors import ModelError
from dialproof.reader import Reader
from dialproof.run import FiniteRun, Lasso
from dialproof.terms import subterms

Judge = Callable[[z3.BoolRef, int], bool]
"""The truth of a term without temporal operators at a position."""


def holds_on_lasso(formula: z3.BoolRef, lasso: Lasso, reader: Reader) -> bool:
    """Whether the infinite run that `lasso` writes down satisfies `formula` at its first position."""
    positions = [(step.state.values_tuple, step.action) for step in lasso.steps]
    predicates: dict[int, Callable[..., bool]] = {}

    def judge(term: z3.BoolRef, position: int) -> bool:
        if term.get_id() not in predicates:
            predicates[term.get_id()] = reader.predicate(term)
        return predicates[term.get_id()](*positions[position])

    return _truths(formula, len(positions), len(lasso.stem), judge)[0]


def _truths(formula: z3.BoolRef, length: int, loop_start: int, judge: Judge) -> list[bool]:
    """The truth of `formula` at each position of a lasso of `length` positions whose last leads back to `loop_start`."""

    def after(position: int) -> int:
        return position + 1 if position + 1 < length else loop_start

    def visited_from(position: int) -> list[int]:
        """The positions that the run visits from `position` on, in order, until they repeat."""
        seen: list[int] = []
        while position not in seen:
            seen.append(position)
            position = after(position)
        return seen

    def first_then(position: int, stop: Sequence[bool], hold: Sequence[bool]) -> bool | None:
        """Walk on while `hold`: True on reaching `stop`, False when `hold` fails before, None if neither ever happens."""
        for visited in visited_from(position):
            if stop[visited]:
                return True
            if not hold[visited]:
                return False
        return None

    def truth(term: z3.BoolRef) -> list[bool]:
        if not ltl.is_temporal(term):
            return [judge(term, position) for position in range(length)]
        parts = [truth(child) for child in term.children() if isinstance(child, z3.BoolRef)]
        everywhere = range(length)
        if not ltl.is_operator(term):
            return [_connect(term, [part[position] for part in parts]) for position in everywhere]
        match term.decl().name(), parts:
            case "next", [part]:
                return [part[after(position)] for position in everywhere]
            case "always", [part]:
                return [all(part[visited] for visited in visited_from(position)) for position in everywhere]
            case "eventually", [part]:
                return [any(part[visited] for visited in visited_from(position)) for position in everywhere]
            case "until", [hold, goal]:
                return [first_then(position, goal, hold) is True for position in everywhere]
            case "weak_until", [hold, goal]:
                return [first_then(position, goal, hold) is not False for position in everywhere]
            case "release", [free, keep]:
                both = [one and other for one, other in zip(free, keep, strict=True)]
                return [first_then(position, both, keep) is not False for position in everywhere]
        raise ModelError(f"no meaning for {term.decl().name()!r}")

    return truth(formula)


def _connect(term: z3.BoolRef, values: list[bool]) -> bool:
    """The Boolean connective of `term` applied to the truth of its operands."""
    match term.decl().kind(), values:
        case z3.Z3_OP_NOT, [value]:
            return not value
        case z3.Z3_OP_AND, _:
            return all(values)
        case z3.Z3_OP_OR, _:
            return any(values)
        case z3.Z3_OP_IMPLIES, [first, second]:
            return not first or second
        case (z3.Z3_OP_EQ, [first, second]):
            return first == second
        case (z3.Z3_OP_XOR | z3.Z3_OP_DISTINCT, [first, second]):
            return first != second
        case z3.Z3_OP_ITE, [test, then, other]:
            return then if test else other
    raise ModelError(f"temporal operators cannot stand under {term.decl().name()!r}")


def is_lost_on(formula: z3.BoolRef, run: FiniteRun, reader: Reader) -> bool:
    """Whether every infinite continuation of `run` violates `formula`, as far as three-valued evaluation can tell.

    Each position's truth is True, False, or None for "it depends on what follows"; `formula` is lost where it is False.
    """
    last = len(run.steps) - 1
    predicates: dict[int, Callable[..., bool]] = {}

    def judge(term: z3.BoolRef, position: int) -> bool | None:
        step = run.steps[position]
        values = step.state.values_tuple
        if position == last and step.action is None and _mentions_taken(term) and not reader.is_deadlocked(values):
            return None
        if term.get_id() not in predicates:
            predicates[term.get_id()] = reader.predicate(term)
        return predicates[term.get_id()](values, step.action)

    def truth(term: z3.BoolRef, position: int) -> bool | None:
        if position > last:
            return None
        if not ltl.is_temporal(term):
            return judge(term, position)
        children = [child for child in term.children() if isinstance(child, z3.BoolRef)]
        if not ltl.is_operator(term):
            return _connect_three(term, [truth(child, position) for child in children])
        match term.decl().name(), children:
            case "next", [part]:
                return truth(part, position + 1)
            case "always", [part]:
                return _and(truth(part, position), truth(term, position + 1))
            case "eventually", [part]:
                return _or(truth(part, position), truth(term, position + 1))
            case (("until" | "weak_until"), [hold, goal]):
                return _or(truth(goal, position), _and(truth(hold, position), truth(term, position + 1)))
            case "release", [free, keep]:
                return _and(truth(keep, position), _or(truth(free, position), truth(term, position + 1)))
        raise ModelError(f"no meaning for {term.decl().name()!r}")

    return truth(formula, 0) is False


def _mentions_taken(term: z3.ExprRef) -> bool:
    return any(part.num_args() == 0 and part.decl().name().startswith("taken(") for part in subterms([term]))


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _and(first: bool | None, second: bool | None) -> bool | None:
    if first is False or second is False:
        return False
    return None if first is None or second is None else True


def _or(first: bool | None, second: bool | None) -> bool | None:
    return _not(_and(_not(first), _not(second)))


def _connect_three(term: z3.BoolRef, values: list[bool | None]) -> bool | None:
    """The connective of `term` on truth values that may be unknown: known where every completion agrees."""
    kind = term.decl().kind()
    if kind in (z3.Z3_OP_AND, z3.Z3_OP_OR):  # as many as there are claims: not to be completed one by one
        decisive = kind == z3.Z3_OP_OR
        return decisive if decisive in values else None if None in values else not decisive
    unknown = [place for place, value in enumerate(values) if value is None]
    results = set()
    for bits in range(2 ** len(unknown)):
        completed = [bool(value) for value in values]
        for number, place in enumerate(unknown):
            completed[place] = bool(bits >> number & 1)
        results.add(_connect(term, completed))
    return results.pop() if len(results) == 1 else None
