"""Which variables and which fair actions are near a claim: the scopes in which engines look for a proof, smallest first.

A proof about a local form may free whatever is left out, so that its scopes grow with care and stop before the whole system. A
proof about the whole system leaves out of its scope only what it does not compare, and comes to all variables in the end.
"""

from collections.abc import Iterable, Iterator

import z3

from dialproof.core.actions import Fairness
from dialproof.encode.problem import Problem

FEW = 8
"""How many further variables the actions near the claim may bring along at once."""


def neighbourhoods(problem: Problem) -> Iterator[tuple[str, ...]]:
    """Sets of variables, each larger than the one before: what the claim reads, and what the actions that change it read.

    The set of all variables is not among them: that form would be no smaller than the system.
    """
    reads, system = problem.reads, problem.system
    near = _read_by(problem, [problem.formula]) & reads.writers.keys()
    seen: set[str] | None = None
    for _ in range(3):
        if near == seen or len(near) == len(system.variables):
            return
        seen = set(near)
        yield tuple(sorted(near, key=reads.places.__getitem__))
        for number in sorted({number for name in near for number in reads.writers[name]}):
            action = system.actions[number]
            for term in (action.guard, *(effect for _, effect in action.effects)):
                more = (reads.of(term) & reads.writers.keys()) - near
                if len(more) <= FEW:
                    near |= more


def widening(problem: Problem) -> Iterator[tuple[str, ...]]:
    """Ever larger sets of variables: what the claim and its assumptions read, what the actions that change it read, ..., all."""
    reads, system = problem.reads, problem.system
    near = _read_by(problem, [problem.formula, *(assumption.formula for assumption in system.assumptions)])
    names = [variable.name for variable in system.variables]
    for _ in range(2):
        chosen = tuple(name for name in names if name in near)
        if len(chosen) == len(names):
            break
        yield chosen
        for action in system.actions:
            if any(name in near for name, _ in action.effects):
                near |= reads.of(action.guard).union(*(reads.of(effect) for _, effect in action.effects))
    yield tuple(names)


def fair_writers(problem: Problem, near: Iterable[str]) -> list[str]:
    """The names of the fair actions that write one of the variables in `near`, in the order of the system."""
    actions = problem.system.actions
    numbers = sorted({number for name in near for number in problem.reads.writers[name]})
    return [actions[number].name for number in numbers if actions[number].fairness is not Fairness.NONE]


def fair_readers(problem: Problem, near: Iterable[str]) -> list[str]:
    """The names of the fair actions whose guard reads one of the variables in `near`, in the order of the system."""
    variables = frozenset(near)
    fair = (action for action in problem.system.actions if action.fairness is not Fairness.NONE)
    return [action.name for action in fair if problem.reads.of(action.guard) & variables]


def _read_by(problem: Problem, formulas: Iterable[z3.BoolRef]) -> set[str]:
    """What `formulas` read, in their own terms or in the guard of an action that they name."""
    reads = problem.reads
    near = set[str]().union(*map(reads.of, formulas))
    for name in near & reads.numbers.keys():
        near |= reads.of(problem.system.actions[reads.numbers[name]].guard)
    return near
