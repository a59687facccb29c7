"""Long steps of time as single ones: the obligations that a search may try the shortest step of an action alone.

Some action passes time: it has one parameter, a number from 1 on, and a step of d does what d single steps do. A search that
tries every d looks at each of them in each state; one that tries 1 alone meets the same states. The obligations say that this
is so, and that it makes no difference to the claim:

- steps: a step of d can be taken as one of k and then one of d - k, for each k between, and leads to the same state.
- strong fairness: an action that is possible between is so before or after. (What weak fairness asks of a run, the same run in
  single steps gives: whatever was taken, or was not possible, still is.)
- the claim, and each assumption: its state terms have between the values that they have before. If no term asks what is taken,
  those after will do as well, for all terms together. Then the run in single steps says the same of it but for repetitions, which
  a formula without `next`, `yesterday` and bounds cannot see (L. Lamport, "What good is temporal logic?", 1983).

So each fair run that violates the claim has one in single steps. The other way nothing is needed: a run in single steps is a
run.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import z3

from dialproof.core.actions import Action, Fairness, atoms_of
from dialproof.core.errors import AuditError, NotApplicable
from dialproof.core.family import new_values
from dialproof.core.ltl import operator
from dialproof.core.ltl.operators import is_operator, limit_of
from dialproof.core.ltl.parts import with_state_terms
from dialproof.core.obligation import Obligation
from dialproof.core.terms import rename, subterms
from dialproof.core.variables import Integer, StateVariable, Variable, integer
from dialproof.encode.problem import Problem
from dialproof.evidence.scripts import script


def long_action(problem: Problem) -> Action | None:
    """The action that has one parameter, a number from 1 on; None if there is none, or more than one."""
    found = [
        action
        for action in problem.system.actions
        if [(type(one), one.variable.domain.low) for one in action.parameters] == [(Integer, 1)] and (action.choices or 0) > 1
    ]
    return found[0] if len(found) == 1 else None


def in_single_steps(problem: Problem, action: Action) -> Problem:
    """The same question about the runs in which `action` is taken with 1 alone."""
    (step,) = action.parameters
    shortest = replace(action, parameters=(integer(step.variable.name, 1, 1, says=step.variable.says),))
    return Problem(problem.system.changed(shortest), problem.formula)


def obligations(problem: Problem, action: Action) -> tuple[Obligation, ...]:
    """What has to be unsatisfiable for a proof in single steps of `action` to be one of `problem`.

    Raises NotApplicable if the claim or an assumption can count steps, or asks whether an action with parameters is possible.
    """
    scripts = _Scripts(problem, action)
    strong = [one for one in problem.system.actions if one.fairness is Fairness.STRONG and one is not action]
    formulas = [("the claim", problem.formula), *((one.name, one.formula) for one in problem.system.assumptions)]
    return (
        scripts.steps(),
        *(scripts.fairness(one) for one in strong),
        *(scripts.blind(name, formula) for name, formula in formulas),
    )


def named(problem: Problem, name: str) -> Action:
    """The action `name`, if it is the one that can be taken in single steps. Raises AuditError."""
    action = long_action(problem)
    if action is None or action.name != name:
        raise AuditError(f"{name!r} is not the one action whose parameter is a number of single steps")
    return action


@dataclass(frozen=True, eq=False)
class _State:
    """What the variables are at a moment of a step of the action."""

    pairs: Sequence[tuple[StateVariable, z3.ExprRef]]

    def of(self, term: z3.BoolRef) -> z3.BoolRef:
        return rename([term], self.pairs)[0]


class _Scripts:
    """Makes the scripts: about a state, a step of so many from it, and a part of that step."""

    def __init__(self, problem: Problem, action: Action) -> None:
        (step,) = action.parameters
        assert isinstance(step, Integer)
        within_step = Variable("dialproof.part", step.variable.domain)
        part = within_step.term
        assert isinstance(part, z3.ArithRef)
        self._problem = problem
        self._action = action
        self._variables = [one.constant() for one in problem.system.variables]
        self._step, self._part = step, part
        self._before = self._after(None)
        self._between = self._after(part)
        self._end = self._after(step)
        self._declared: tuple[Variable, ...] = (*problem.system.variables, step.variable, within_step)
        within = [one.variable.domain.restriction(one) for one in self._variables]
        self._facts = [*within, part >= 1, part < step, step.variable.domain.restriction(step), action.guard]

    def _after(self, length: z3.ArithRef | None) -> _State:
        """The state after a step of `length`; the one before it without."""
        if length is None:
            return _State([])
        values = rename(new_values(self._variables, self._action.updates), [(self._step, length)])
        return _State(list(zip(self._variables, values, strict=True)))

    def steps(self) -> Obligation:
        """A step is a part of it and the rest."""
        step, part, guard = self._step, self._part, self._action.guard
        rest = [(step, step - part)]
        later = rename(rename(new_values(self._variables, self._action.updates), rest), self._between.pairs)
        same = [value == expected for value, (_, expected) in zip(later, self._end.pairs, strict=True)]
        whole = z3.And(rename([guard], [(step, part)])[0], self._between.of(rename([guard], rest)[0]), *same)
        return self._script("steps", f"a step of {self._action.name} is a part of it and then the rest", z3.Not(whole))

    def fairness(self, action: Action) -> Obligation:
        """What is possible between is possible before or after."""
        guard = self._possible(action)
        only_between = z3.And(self._between.of(guard), z3.Not(guard), z3.Not(self._end.of(guard)))
        return self._script(action.name, f"{action.name} is not possible only in the middle of a step", only_between)

    def blind(self, name: str, formula: z3.BoolRef) -> Obligation:
        """A formula cannot tell the step from its parts."""
        for term in subterms([formula]):
            if is_operator(term) and (operator(term) in ("next", "yesterday") or limit_of(term) is not None):
                raise NotApplicable(f"{name} counts steps: it has {operator(term)}")
        terms: list[z3.BoolRef] = []

        def noted(term: z3.BoolRef) -> z3.BoolRef:
            terms.append(term)
            return term

        with_state_terms(formula, noted)
        asks_what_is_taken = any(self._taken(term) for term in terms)
        read = [self._read(term) for term in terms]
        between = [self._between.of(term) for term in read]
        ways = [z3.And([now == then for now, then in zip(between, read, strict=True)])]
        if not asks_what_is_taken:
            ways.append(z3.And([now == self._end.of(then) for now, then in zip(between, read, strict=True)]))
        return self._script(name, f"{name} cannot tell a step of {self._action.name} from its parts", z3.Not(z3.Or(ways)))

    def _taken(self, term: z3.BoolRef) -> bool:
        names = {atoms_of(action)[1] for action in self._problem.system.actions}
        return any(part.num_args() == 0 and part.decl().name() in names for part in subterms([term]))

    def _read(self, term: z3.BoolRef) -> z3.BoolRef:
        """A state term where the action is taken, with what is possible written out."""
        occurring = {part.decl().name() for part in subterms([term]) if part.num_args() == 0}
        pairs: list[tuple[z3.ExprRef, z3.ExprRef]] = []
        for action in self._problem.system.actions:
            may, does = atoms_of(action)
            if may in occurring:
                pairs.append((z3.Bool(may), self._possible(action)))
            if does in occurring:
                pairs.append((z3.Bool(does), z3.BoolVal(action is self._action)))
        return rename([term], pairs)[0]

    def _possible(self, action: Action) -> z3.BoolRef:
        if action.parameters:
            raise NotApplicable(f"where {action.name} is possible depends on its parameters")
        return action.guard

    def _script(self, name: str, establishes: str, part: z3.BoolRef) -> Obligation:
        return script(f"single steps: {name}", establishes, [*self._facts, part], self._declared)
