"""That no action leads a variable out of its range: one small question per action, the same for actions of the same shape.

An action whose guard does not itself prevent this would be cut off silently by a bounded encoding, and hide violations.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import z3

from dialproof.encode.local import KEPT, Reads
from dialproof.encode.transitions import conjunction
from dialproof.system import Action
from dialproof.terms import flattened_and, rename
from dialproof.variables import Variable

FEW = 8
"""A guard that reads at most so many variables is asked about as it is; of others only what reads no more than the updates do."""


@dataclass(frozen=True, eq=False)
class RangeQuestion:
    """Terms over `variables` that are satisfiable together only if `action` can lead out of range.

    `kept` names the system's variables that the question is about; the first of `variables` stand for them.
    """

    action: Action
    kept: tuple[str, ...]
    terms: tuple[z3.BoolRef, ...]
    variables: tuple[Variable, ...]


def range_questions(reads: Reads, whole: bool = False) -> Iterator[RangeQuestion]:
    """One question for each shape of action that could lead out of range; `whole` ones look at all that a guard reads."""
    asked: dict[tuple[int, ...], RangeQuestion] = {}
    for action in reads.system.actions:
        question = _question(reads, action, whole)
        if question is not None:
            key = tuple(term.get_id() for term in question.terms)
            if key not in asked:
                asked[key] = question
                yield question


def _question(reads: Reads, action: Action, whole: bool) -> RangeQuestion | None:
    limited = [(name, effect) for name, effect in action.effects if _is_limited(reads, name)]
    if not limited:
        return None
    near = {name for name, _ in limited}.union(*(reads.of(effect) for _, effect in limited))
    guard = reads.of(action.guard)
    if whole or len(guard) <= FEW:
        near |= guard
    kept = tuple(sorted(near & reads.places.keys(), key=reads.places.__getitem__))
    originals = [reads.variable(name) for name in kept] + [parameter.variable for parameter in action.parameters]
    variables = tuple(Variable(f"{KEPT} {place}", original.domain) for place, original in enumerate(originals))
    pairs = [(original.term, variable.term) for original, variable in zip(originals, variables, strict=True)]
    known = {original.name for original in originals}
    guards = [part for part in flattened_and(action.guard) if reads.of(part) <= known]
    stays = conjunction([reads.variable(name).domain.restriction(effect) for name, effect in limited])
    renamed = rename([*guards, z3.Not(stays)], pairs)
    limits = [variable.domain.restriction(variable.term) for variable in variables]
    return RangeQuestion(action, kept, (*limits, *renamed), variables)


def _is_limited(reads: Reads, name: str) -> bool:
    domain = reads.variable(name).domain
    return domain.low is not None or domain.high is not None
