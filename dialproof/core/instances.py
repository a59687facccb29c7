"""Instances: the same question at each value of a setting, as it was really built there."""

from dataclasses import dataclass

import z3

from dialproof.core.system import System


@dataclass(frozen=True, eq=False)
class Instance:
    """What was built at `value` of a setting: a system, and `formulas` about it, in an order that is the same at each value."""

    value: int
    system: System
    formulas: tuple[z3.BoolRef, ...] = ()
