"""What a run has to do again and again to count: fairness and assumptions, as conditions on positions.

An assumption "infinitely often p" is a condition like weak fairness, and "if infinitely often p, then infinitely often q" one
like strong fairness; the rest are formulas.
"""

from dataclasses import dataclass

import z3

from dialproof.core import ltl
from dialproof.core.actions import Fairness, enabled, taken
from dialproof.core.system import System
from dialproof.exchange.delay import looks_ahead


@dataclass(frozen=True, eq=False)
class Recurring:
    """`given` is true infinitely often, if `asked` is; always, where `asked` is None. `says` is what it stands for."""

    says: str
    given: z3.BoolRef
    asked: z3.BoolRef | None = None


def recurring_of(system: System) -> tuple[tuple[Recurring, ...], tuple[z3.BoolRef, ...]]:
    """The recurring conditions of `system`, those that are asked for last; and the assumptions that are none."""
    found, formulas = [], []
    for action in system.actions:
        if action.fairness is Fairness.WEAK:
            found.append(Recurring(f"weak fairness of {action.name}", z3.Or(z3.Not(enabled(action)), taken(action))))
        elif action.fairness is Fairness.STRONG:
            found.append(Recurring(f"strong fairness of {action.name}", taken(action), enabled(action)))
    for assumption in system.assumptions:
        says = f"the assumption {assumption.name}"
        again = _again(assumption.formula)
        sides = ltl.operands(assumption.formula) if z3.is_implies(assumption.formula) else []
        asked, given = [_again(side) for side in sides] or (None, None)
        if again is not None:
            found.append(Recurring(says, again))
        elif asked is not None and given is not None:
            found.append(Recurring(says, given, asked))
        else:
            formulas.append(assumption.formula)
    return tuple(sorted(found, key=lambda one: one.asked is not None)), tuple(formulas)


def _again(formula: z3.BoolRef) -> z3.BoolRef | None:
    """p, where `formula` is always eventually p, and p speaks of no later position."""
    if ltl.is_operator(formula) and ltl.operator(formula) == "always":
        (inner,) = ltl.operands(formula)
        if ltl.is_operator(inner) and ltl.operator(inner) == "eventually":
            (core,) = ltl.operands(inner)
            return None if looks_ahead(core) else core
    return None
