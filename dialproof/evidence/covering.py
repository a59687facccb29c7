"""The obligations that a simpler system covers another one, so that what holds of the one holds of the other.

The cover has some of the variables of the system, and each action of the system counts as one of the cover's. A run of the
system is read as a run of the cover, position by position: with the values of the variables that both have, and with the action
as which the one taken counts. `obligations` say, each by a script that must be unsatisfiable, that a start is read as a start
and a step as a step. The systems of a family and their summary are related in the same way (`dialproof.evidence.simulation`);
here there is one system, whose actions need not be possible wherever the cover's are.

So a fair run need not be read as a fair run: an action of the cover may be kept from being taken by what the cover does not
know, such as a clock. `promises` are what the cover takes for granted, said of the system: claims to be proved of it, like any
others. They use what the system takes for granted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import z3

from dialproof.core.actions import Action, Fairness, atoms_of, taken
from dialproof.core.errors import ModelError
from dialproof.core.family import new_values
from dialproof.core.ltl.parts import with_state_terms
from dialproof.core.obligation import Obligation
from dialproof.core.system import System
from dialproof.core.terms import rename, subterms
from dialproof.evidence.scripts import script
from dialproof.ltl import always, eventually


@dataclass(frozen=True, eq=False)
class Covering:
    """`cover` is to stand for `system`, whose actions count as the actions of the cover that `counts_as` names."""

    system: System
    cover: System
    counts_as: Mapping[str, str]

    def __post_init__(self) -> None:
        """Raise ModelError unless the cover's variables are variables of the system, and each action counts as one."""
        own = {one.name: one.domain for one in self.system.variables}
        for one in self.cover.variables:
            if own.get(one.name) != one.domain:
                raise ModelError(f"the cover has a variable {one.name!r} that the system does not have, or with other values")
        known = {action.name for action in self.cover.actions}
        for action in self.system.actions:
            if self.counts_as.get(action.name) not in known:
                raise ModelError(f"action {action.name!r} of the system counts as no action of the cover")

    def obligations(self) -> tuple[Obligation, ...]:
        """What has to be unsatisfiable for each run of the system to be a run of the cover. Fairness is no part of it."""
        return (self._start(), self._never_idle(), *(self._step(action) for action in self.system.actions))

    def promises(self) -> dict[str, z3.BoolRef]:
        """What has to hold of the system for its fair runs to be fair runs of the cover: by action or assumption of the cover."""
        made = {}
        for action in self.cover.actions:
            if action.fairness is Fairness.NONE:
                continue
            asked = self._guard(action)
            given = self.said_of_the_system(taken(action))
            if action.fairness is Fairness.WEAK:
                made[action.name] = always(eventually(z3.Or(z3.Not(asked), given)))
            else:
                made[action.name] = z3.Implies(always(eventually(asked)), always(eventually(given)))
        return made | {one.name: self.said_of_the_system(one.formula) for one in self.cover.assumptions}

    def said_of_the_system(self, formula: z3.BoolRef) -> z3.BoolRef:
        """`formula` about the cover, said of the system: what counts as an action is taken, and the cover could take it.

        If `obligations` are discharged and `promises` hold, it holds of the system if `formula` holds of the cover.
        """
        return with_state_terms(formula, self._read)

    def _read(self, term: z3.BoolRef) -> z3.BoolRef:
        """A state term of the cover, read in the system."""
        occurring = {part.decl().name() for part in subterms([term]) if part.num_args() == 0}
        pairs: list[tuple[z3.ExprRef, z3.ExprRef]] = []
        for action in self.cover.actions:
            may, does = atoms_of(action)
            if may in occurring:
                pairs.append((z3.Bool(may), self._guard(action)))
            if does in occurring:
                pairs.append((z3.Bool(does), self._some([taken(one) for one in self._counting_as(action)])))
        return rename([term], pairs)[0] if pairs else term

    def _counting_as(self, action: Action) -> Iterator[str]:
        return (one.name for one in self.system.actions if self.counts_as[one.name] == action.name)

    def _guard(self, action: Action) -> z3.BoolRef:
        """Where the cover could take `action`, which must have no parameters for this."""
        if action.parameters:
            raise ModelError(f"where {action.name!r} of the cover can be taken depends on its parameters, and is no term")
        return action.guard

    def _some(self, parts: list[z3.BoolRef]) -> z3.BoolRef:
        return parts[0] if len(parts) == 1 else z3.Or(parts) if parts else z3.BoolVal(False)

    # --- scripts ---------------------------------------------------------------------------------------------------------

    def _start(self) -> Obligation:
        return script(
            "cover: start",
            "a start of the system is a start of the cover",
            [*self._ranges(), self.system.init, z3.Not(self.cover.init)],
            self.system.variables,
        )

    def _never_idle(self) -> Obligation:
        """Some action can be taken, with the least values of its parameters, in each state."""
        guards = [
            rename([one.guard], [(p, p.variable.domain.term(p.variable.domain.members()[0])) for p in one.parameters])[0]
            for one in self.system.actions
        ]
        return script(
            "cover: never idle",
            "some action of the system is possible in each state",
            [*self._ranges(), *map(z3.Not, guards)],
            self.system.variables,
        )

    def _step(self, action: Action) -> Obligation:
        followed = self.cover.action(self.counts_as[action.name])
        inner = tuple(one.variable for one in action.parameters)
        if not {one.variable.name for one in followed.parameters} <= {one.name for one in inner}:
            raise ModelError(f"action {followed.name!r} of the cover has parameters that {action.name!r} does not have")
        own = [one.constant() for one in self.system.variables]
        shared = [one.constant() for one in self.cover.variables]
        after = {one.variable.name: value for one, value in zip(own, new_values(own, action.updates), strict=True)}
        same = [
            after[one.variable.name] == value for one, value in zip(shared, new_values(shared, followed.updates), strict=True)
        ]
        stays = [one.domain.restriction(after[one.name]) for one in self.system.variables]
        return script(
            f"cover: step {action.name}",
            f"{action.name} stays in range, and is a step {followed.name} of the cover",
            [
                *self._ranges(),
                *(one.domain.restriction(one.term) for one in inner),
                action.guard,
                z3.Not(z3.And(followed.guard, *same, *stays)),
            ],
            (*self.system.variables, *inner),
        )

    def _ranges(self) -> list[z3.BoolRef]:
        return [one.domain.restriction(one.term) for one in self.system.variables]


def same_actions(system: System, cover: System, others: Mapping[str, str]) -> Covering:
    """`cover` is to stand for `system`, whose actions count as those of their names, and `others` as said there."""
    return Covering(system, cover, {action.name: others.get(action.name, action.name) for action in system.actions})
