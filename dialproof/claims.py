"""Claims: what is asked of a system, in a sentence and as a formula, with where it comes from and what it presupposes."""

from dataclasses import dataclass

import z3

from dialproof.displayed import Displayed
from dialproof.system import System


@dataclass(frozen=True, eq=False)
class Claim(Displayed):
    """`formula`, said in one sentence of prose (`says`) with its `source`.

    `premise` is what the claim is about: where it can never happen, the claim says nothing. `witnesses` are named formulas
    that some fair run should satisfy: what must be *possible* for the claim to mean what it says.
    """

    name: str
    formula: z3.BoolRef
    says: str
    source: str = ""
    premise: z3.BoolRef | None = None
    witnesses: tuple[tuple[str, z3.BoolRef], ...] = ()


@dataclass(frozen=True, eq=False)
class Variant:
    """One reading of a check: `system` under the cause called `name`, and the claim about it.

    `observers` names the variables of the system that only watch it for the sake of the claim. `only_a_part` is set where the
    system is a part of what is asked about, and a proof about the part has not been shown to be one about the whole: it says
    what is missing, and what holds of the system is then undecided. A violation in the part must always be one in the whole.
    """

    name: str
    system: System
    claim: Claim
    observers: tuple[str, ...] = ()
    only_a_part: str = ""


@dataclass(frozen=True, eq=False)
class PlannedCheck:
    """A check as a scenario file asks for it.

    Where a fault's cause is not known there is one variant for each cause that has not been refuted: the verdict is what they
    agree on. `expected` is "holds", "violated" or None; `notes` says what was left out (that time is, for instance).
    """

    scenario: str
    line: int
    claim: str
    expected: str | None
    variants: tuple[Variant, ...]
    notes: tuple[str, ...] = ()
