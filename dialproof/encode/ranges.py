"""That no action leads a variable out of its range: one small question per action, the same for actions of the same shape.

An action whose guard does not itself prevent this would be cut off silently by a bounded encoding, and hide violations.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import z3

from dialproof.core.actions import Action
from dialproof.core.variables import Variable
from dialproof.encode.auxiliary import Role
from dialproof.encode.dependencies import Reads
from dialproof.encode.localization import Image
from dialproof.encode.transitions import conjunction

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
    asked: set[object] = set()
    recipes = reads.recipes
    for action in reads.system.actions:
        limited = [(name, effect) for name, effect in action.effects if _is_limited(reads, name)]
        if not limited:
            continue
        kept = _kept(reads, action, limited, whole)
        image = Image(reads, kept)
        inner = [parameter.variable for parameter in action.parameters]
        carriers = [reads.slot(Role.KEPT, f"{place}", one.domain) for place, one in enumerate(inner, start=len(kept))]
        own = {one.name: carrier.constant for one, carrier in zip(inner, carriers, strict=True)}
        known = {*kept, *own}
        guards = [image.of(part, own) for part in reads.conjuncts(action.guard) if part.reads <= known]
        effects = [(reads.variable(name).domain, image.of(reads.node(effect), own)) for name, effect in limited]
        slots = (*image.slots.values(), *carriers)
        key = tuple(guards), tuple(effects), slots
        if key not in asked:
            asked.add(key)
            stays = conjunction([domain.restriction(recipes.term(effect)) for domain, effect in effects])
            terms = [recipes.condition(number) for number in (*(slot.limits for slot in slots), *guards)]
            yield RangeQuestion(action, kept, (*terms, z3.Not(stays)), tuple(slot.variable for slot in slots))


def _kept(reads: Reads, action: Action, limited: list[tuple[str, z3.ExprRef]], whole: bool) -> tuple[str, ...]:
    """The variables that the question is about."""
    near = {name for name, _ in limited}.union(*(reads.of(effect) for _, effect in limited))
    guard = reads.of(action.guard)
    if whole or len(guard) <= FEW:
        near |= guard
    return tuple(sorted(near & reads.places.keys(), key=reads.places.__getitem__))


def _is_limited(reads: Reads, name: str) -> bool:
    domain = reads.variable(name).domain
    return domain.low is not None or domain.high is not None
