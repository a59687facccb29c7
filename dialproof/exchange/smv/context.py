"""Where an SMV expression is read, and what may stand there."""

from dataclasses import dataclass, replace

import z3

from dialproof.exchange.smv.modules import Scope


@dataclass(frozen=True)
class Context:
    """Where an expression is read: in which instance, of which position, and what may stand in it.

    `given` is known where the value of the expression makes a difference: what stands before it in the same condition.
    """

    scope: Scope
    is_next: bool = False
    may_step: bool = False
    is_formula: bool = False
    depth: int = 0
    given: tuple[z3.BoolRef, ...] = ()

    def knowing(self, *conditions: z3.BoolRef) -> "Context":
        """The same, where `conditions` are known besides."""
        return replace(self, given=(*self.given, *conditions))
