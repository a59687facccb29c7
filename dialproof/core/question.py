"""A question: whether every fair run of a system satisfies a formula.

A violation is a run that satisfies the assumptions, is fair, and satisfies the negated formula. The forms in which a question is
searched and proved are made by `dialproof.encode.problem`; a replay and the product graph need the question only.
"""

from dataclasses import dataclass
from functools import cached_property

import z3

from dialproof.core import ltl
from dialproof.core.actions import Assumption, Fairness
from dialproof.core.ltl import Normal
from dialproof.core.system import System


@dataclass(frozen=True, eq=False)
class Question:
    """Whether every fair run of `system` that meets its assumptions satisfies `formula`; ModelError if it has no meaning."""

    system: System
    formula: z3.BoolRef

    def __post_init__(self) -> None:
        self.system.check_formula(self.formula)

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """The assumptions that count."""
        return self.system.assumptions

    @cached_property
    def negation(self) -> Normal:
        """The negated formula, in normal form."""
        return ltl.normal_form(self.formula, negated=True)

    @cached_property
    def is_safety(self) -> bool:
        """True if each violation shows itself in a finite beginning of a run (syntactically)."""
        return ltl.is_co_safe(self.negation)

    @property
    def finite_run_suffices(self) -> bool:
        """True if a finite beginning that loses the formula is a violation by itself.

        It is, if it can always be continued to a fair run: so with fairness of actions alone (machine closure: Abadi and
        Lamport, "The existence of refinement mappings", 1991), but not under assumptions.
        """
        return self.is_safety and not self.system.assumptions


def fairness_of(system: System) -> tuple[tuple[str, Fairness], ...]:
    """The fairness in force: (action, weak or strong)."""
    return tuple((action.name, action.fairness) for action in system.actions if action.fairness is not Fairness.NONE)
