"""Unwinding: when a part of a family's systems makes no difference to the rest of them, shown event by event.

Let one family have a further part in its core, with variables and events of its own, and be otherwise the other one. Take a
system of each with the same members, in states that agree on what both have, and give both the same events. If no event of the
part changes anything that both have, if each other event does the same in both, and if it is possible in both or in neither, then
they agree again. So they agree for ever, and whatever is said of what both have, its value in the one is that in the other
(J. Goguen and J. Meseguer, "Unwinding and inference control", 1984). That the first two are so is looked up here; the third is a
claim about the larger family, whose systems' states are those of both. Of a member only its own events need be looked at, those
of a followed member: any member may be the one that is followed, so that the first event of any that differed would be seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import z3

from dialproof.core.actions import Action
from dialproof.core.errors import AuditError
from dialproof.core.family import Component, Family
from dialproof.core.obligation import Obligation
from dialproof.core.terms import flattened_and
from dialproof.encode.transitions import conjunction
from dialproof.evidence.simulation import obligations


def agreement(whole: Family, less: Family) -> z3.BoolRef:
    """That each event of `less` is possible in it exactly where it is in `whole`; over the summary of `whole`.

    Where it always holds, `whole` and `less` agree for ever on what both have. Raises AuditError where `whole` is not `less` with
    a part of its own: where that part changes something of the rest, or an event does something else in `whole`; and for families
    in which something is possible more often than in their systems.
    """
    if loose := sorted(whole.loose | less.loose):
        raise AuditError(f"{loose[0]!r} is possible more often than it should be: where it agrees, the systems may not")
    own = _own_variables(whole, less)
    _require_same_start(whole, less)
    _require_same_members(whole.components, less.components)
    events = {action.name: action for action in whole.actions}
    for action in less.actions:
        if action.name not in events:
            raise AuditError(f"{action.name!r} never happens in {whole.name!r} with the part in it")
        _require_same_effects(action, events.pop(action.name), own)
    for action in events.values():
        if changed := sorted({name for name, _ in action.effects} - own):
            raise AuditError(
                f"{action.name!r} is no event without the part, and changes {changed[0]!r}, which is there without it"
            )
    names = [action.name for action in less.actions]
    names += [action.name for component in less.components for action in component.actions]
    return conjunction([whole.summary.action(name).guard == less.summary.action(name).guard for name in names])


def both_obligations(whole: Family, without: Mapping[str, Family]) -> tuple[Obligation, ...]:
    """What has to be unsatisfiable for the summaries of `whole`, and of the families `without` a named part, to stand for all.

    What is possible in a system of any of them is then what is possible in its summary, which is what `agreement` compares.
    """
    of_others = (
        replace(one, name=f"{one.name}, without {name}") for name, family in without.items() for one in obligations(family)
    )
    return (*obligations(whole), *of_others)


def _own_variables(whole: Family, less: Family) -> set[str]:
    """The variables of the part."""
    of_both = {one.variable.name: one.variable.domain for one in less.variables}
    mine = {one.variable.name: one.variable.domain for one in whole.variables}
    for name, domain in of_both.items():
        if mine.get(name) != domain:
            raise AuditError(f"{name!r} is a variable of {less.name!r} without the part, and not the same with it")
    return mine.keys() - of_both.keys()


def _require_same_start(whole: Family, less: Family) -> None:
    stated = flattened_and(whole.init)
    for part in flattened_and(less.init):
        if not any(part.eq(other) for other in stated):
            raise AuditError(f"{whole.name!r} with the part need not start where it starts without it: {part.sexpr()}")


def _require_same_members(mine: Sequence[Component], others: Sequence[Component]) -> None:
    if [one.name for one in mine] != [one.name for one in others]:
        raise AuditError("the two families have different components")
    for one, other in zip(mine, others, strict=True):
        same = one.init.eq(other.init) and one.weight.eq(other.weight) and dict(one.dormant) == dict(other.dormant)
        same = same and [each.variable for each in one.variables] == [each.variable for each in other.variables]
        if not same or [each.name for each in one.actions] != [each.name for each in other.actions]:
            raise AuditError(f"the members of {one.name!r} are not the same in both families")
        for action, its in zip(one.actions, other.actions, strict=True):
            _require_same_effects(its, action, set())
        if one.moved.keys() != other.moved.keys():
            raise AuditError(f"the members of {one.name!r} are moved by other events in one family than in the other")
        for event, updates in one.moved.items():
            move, its = (Action(event, z3.BoolVal(True), each) for each in (updates, other.moved[event]))
            _require_same_effects(its, move, set())


def _require_same_effects(action: Action, other: Action, own: set[str]) -> None:
    """That `other` does what `action` does, and besides changes nothing but what is in `own`."""
    mine = dict(action.effects)
    its = {name: term for name, term in other.effects if name not in own}
    if mine.keys() != its.keys() or not all(mine[name].eq(its[name]) for name in mine) or action.parameters != other.parameters:
        raise AuditError(f"{action.name!r} does something else with the part than without it")
