"""Equivalent mutants: the question whose proof shows that a mutant has the same fair runs as the model.

A changed guard or update that has the same value in every reachable state changes no step, and so reaches no other state. Added
fairness that every fair run meets anyway removes no run.
"""

import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.ltl import always
from dialproof.core.system import System
from dialproof.encode.problem import Problem
from dialproof.evidence.replay import fairness_formula
from dialproof.review.mutation.operators import Mutant

_ORDER = (Fairness.NONE, Fairness.WEAK, Fairness.STRONG)


def same_runs(mutant: Mutant) -> Problem | None:
    """The problem that holds only if `mutant` has the same fair runs as the original; None if there is no such problem."""
    if mutant.action is None:
        assert mutant.init is not None
        either = z3.Xor(mutant.original.init, mutant.init)
        return Problem(System("differing starts", mutant.original.variables, either, []), z3.BoolVal(False))
    old, new = mutant.original.action(mutant.part), mutant.action
    if old.fairness is not new.fairness:
        stronger = fairness_formula(old if promises_less(mutant) else new)
        assert stronger is not None
        return Problem(mutant.system if promises_less(mutant) else mutant.original, stronger)
    if old.parameters:
        return None  # a guard with parameters is no formula about states
    whole = mutant.original
    # Without assumptions: a state that only runs against them reach could differ, and lead to others that they allow.
    return Problem(System(whole.name, whole.variables, whole.init, whole.actions), always(_same_step(old, new, whole)))


def promises_more(mutant: Mutant) -> bool:
    """True if the only change is more fairness of an action: then every run of the mutant is one of the original."""
    return _fairness_changes(mutant) > 0


def promises_less(mutant: Mutant) -> bool:
    """True if the only change is less fairness of an action: then every run of the original is one of the mutant."""
    return _fairness_changes(mutant) < 0


def _fairness_changes(mutant: Mutant) -> int:
    if mutant.action is None:
        return 0
    old = mutant.original.action(mutant.part)
    return _ORDER.index(mutant.action.fairness) - _ORDER.index(old.fairness)


def _same_step(old: Action, new: Action, system: System) -> z3.BoolRef:
    """That the action can be taken in both or in neither, and gives the variables the same values."""
    terms = {variable.name: variable.term for variable in system.variables}
    before, after = terms | dict(old.effects), terms | dict(new.effects)
    written = [name for name, _ in (*old.effects, *new.effects) if not before[name].eq(after[name])]
    same = [before[name] == after[name] for name in dict.fromkeys(written)]
    return z3.And(old.guard == new.guard, z3.Implies(old.guard, z3.And(same)))
