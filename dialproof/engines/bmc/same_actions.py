"""Runs by the same actions: what happened in one run, made to happen in another system, or at another value of a setting.

The actions of a run are kept in their order; the states, the parameters of the actions and a frozen variable are chosen anew. So
no step has a choice left but numbers, and the question is small whatever the numbers are. What comes out is a candidate: only a
replay makes a run of it.
"""

from collections.abc import Mapping

import z3

from dialproof.core import ltl
from dialproof.core.actions import Action, atoms_of
from dialproof.core.run import FiniteRun, Lasso, Run, State, Step, Taken
from dialproof.core.system import System
from dialproof.core.terms import rename, subterms
from dialproof.core.variables import Value, Variable
from dialproof.encode.transitions import conjunction, disjunction, some_parameters
from dialproof.engines.solving import ask, fresh_solver

RLIMIT = 20_000_000
"""How much of z3's work one candidate may take."""


class SameActions:
    """Runs of `system` in which the actions of `run` are taken in their order; in a lasso the loop begins at the same step.

    If `claim` is `always(p)`, for a `p` that speaks of one position, `p` must fail at some position. Of any other claim nothing
    is asked. Raises ModelError for a run with an action that the system does not have.
    """

    def __init__(self, system: System, run: Run, claim: z3.BoolRef) -> None:
        self._system, self._run = system, run
        self._steps = run.stem + run.loop if isinstance(run, Lasso) else run.steps
        self._solver = fresh_solver(RLIMIT)
        self._states: list[list[z3.ExprRef]] = []
        self._inputs: list[list[tuple[Variable, z3.ExprRef]]] = []
        self._lay_out(claim)

    def _lay_out(self, claim: z3.BoolRef) -> None:
        terms = [variable.term for variable in self._system.variables]
        state = [z3.Const(f"{variable.name}@0", variable.domain.sort()) for variable in self._system.variables]
        self._solver.add(rename([self._system.init], list(zip(terms, state, strict=True)))[0])
        failing: list[z3.BoolRef] = []
        inner = _inside_always(claim)
        for place, step in enumerate(self._steps):
            self._within(self._system.variables, state)
            self._states.append(state)
            action = None if step.action is None else self._system.action(step.action.name)
            chosen = [] if action is None else _parameters(action, place)
            self._inputs.append(chosen)
            pairs = list(zip(terms, state, strict=True))
            if inner is not None:
                failing.append(z3.Not(rename(rename([inner], self._atoms(inner, action)), pairs)[0]))
            if action is not None:
                state = self._after(action, state, [*pairs, *((variable.term, carrier) for variable, carrier in chosen)])
        if isinstance(self._run, Lasso):
            again = self._states[len(self._run.stem)]
            self._solver.add(*(one == other for one, other in zip(state, again, strict=True)))
        if inner is not None:
            self._solver.add(disjunction(failing))

    def _after(self, action: Action, state: list[z3.ExprRef], pairs: list[tuple[z3.ExprRef, z3.ExprRef]]) -> list[z3.ExprRef]:
        """The state to which `action` leads, which must be possible."""
        effects = rename([effect for _, effect in action.effects], pairs)
        self._solver.add(rename([action.guard], pairs)[0])
        for parameter in action.parameters:
            carrier = next(carrier for term, carrier in pairs if term.eq(parameter))
            self._solver.add(parameter.variable.domain.restriction(carrier))
        values = {name: z3.simplify(effect) for (name, _), effect in zip(action.effects, effects, strict=True)}
        return [values.get(variable.name, before) for variable, before in zip(self._system.variables, state, strict=True)]

    def _within(self, variables: tuple[Variable, ...], state: list[z3.ExprRef]) -> None:
        limits = [variable.domain.restriction(value) for variable, value in zip(variables, state, strict=True)]
        self._solver.add(conjunction(limits))

    def _atoms(self, formula: z3.BoolRef, action: Action | None) -> list[tuple[z3.ExprRef, z3.ExprRef]]:
        """What is taken and possible at a position at which `action` is taken, for the atoms that `formula` has."""
        used = {part.decl().name() for part in subterms([formula]) if part.num_args() == 0}
        pairs: list[tuple[z3.ExprRef, z3.ExprRef]] = []
        for one in self._system.actions:
            possible, happens = atoms_of(one)
            if happens in used:
                pairs.append((z3.Bool(happens), z3.BoolVal(action is not None and one.name == action.name)))
            if possible in used:
                pairs.append((z3.Bool(possible), some_parameters(one.guard, one.parameters)))
        return pairs

    def candidate(self, fixed: Mapping[str, Value]) -> Run | None:
        """Such a run in which these variables begin with these values; None if none is found."""
        begins = [
            value == variable.domain.term(fixed[variable.name])
            for variable, value in zip(self._system.variables, self._states[0], strict=True)
            if variable.name in fixed
        ]
        self._solver.push()
        try:
            self._solver.add(*begins)
            if ask(self._solver) != z3.sat:
                return None
            model = self._solver.model()
        finally:
            self._solver.pop()
        return self._read(model)

    def _read(self, model: z3.ModelRef) -> Run:
        names = {variable.name: place for place, variable in enumerate(self._system.variables)}
        steps = []
        for step, state, chosen in zip(self._steps, self._states, self._inputs, strict=True):
            values = tuple(
                variable.domain.value(model.eval(value, model_completion=True))
                for variable, value in zip(self._system.variables, state, strict=True)
            )
            taken = None
            if step.action is not None:
                parameters = tuple(
                    (one.name, one.domain.value(model.eval(carrier, model_completion=True))) for one, carrier in chosen
                )
                taken = Taken(step.action.name, parameters)
            steps.append(Step(taken, State(names, values)))
        if isinstance(self._run, FiniteRun):
            return FiniteRun(tuple(steps))
        return Lasso(tuple(steps[: len(self._run.stem)]), tuple(steps[len(self._run.stem) :]))


def _parameters(action: Action, place: int) -> list[tuple[Variable, z3.ExprRef]]:
    """The parameters of `action` with the constants that stand for them at the position `place`."""
    inner = [parameter.variable for parameter in action.parameters]
    return [(variable, z3.Const(f"{variable.name}@{place}", variable.domain.sort())) for variable in inner]


def _inside_always(claim: z3.BoolRef) -> z3.BoolRef | None:
    """The `p` of `always(p)` if it speaks of one position alone; None for any other claim."""
    if not (ltl.is_operator(claim) and claim.decl().name() == "always"):
        return None
    inner = claim.arg(0)
    assert isinstance(inner, z3.BoolRef)
    return None if ltl.is_temporal(inner) else inner
