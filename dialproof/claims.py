"""Claims: what is asked of a system, in a sentence and as a formula, with where it comes from and what it presupposes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import z3

from dialproof.displayed import Displayed, counted, one_line
from dialproof.ltl.premise import premise_of
from dialproof.system import System

if TYPE_CHECKING:
    from dialproof.audit import Obligation


@dataclass(frozen=True, eq=False)
class Claim(Displayed):
    """`formula`, said in one sentence of prose (`says`) with its `source`.

    `premise` is what the claim is about, where that is not what the formula says of itself (`about`): if it can never happen, the
    claim says nothing. `witnesses` are named formulas that some fair run should satisfy: what must be *possible* for the claim
    to mean what it says.
    """

    name: str
    formula: z3.BoolRef
    says: str
    source: str = ""
    premise: z3.BoolRef | None = None
    witnesses: tuple[tuple[str, z3.BoolRef], ...] = ()

    @property
    def about(self) -> z3.BoolRef | None:
        """The premise: the one that is given, or else the one that the formula names (`dialproof.ltl.premise`); None: neither."""
        return premise_of(self.formula) if self.premise is None else self.premise

    def __repr__(self) -> str:
        return one_line("Claim", repr(self.name), self.says)


@dataclass(frozen=True, eq=False)
class Variant:
    """One reading of a check: `system` under the cause called `name`, and the claim about it.

    `observers` names the variables of the system that only watch it for the sake of the claim. With `sizes` the check is
    about systems of every size, and `system` is the summary that stands for all of them, where there is one. With `copies` the
    claim compares runs: `system` is several copies of the model side by side, and `copies` are their labels. `notes` are what a
    reader must know of this reading.
    """

    name: str
    system: System
    claim: Claim
    observers: tuple[str, ...] = ()
    sizes: "Sizes | None" = None
    copies: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return one_line("Variant", repr(self.name), repr(self.system), repr(self.claim.name))


@dataclass(frozen=True, eq=False)
class Sizes:
    """Systems of every size that a variant is about.

    `simulation` establishes that its system stands for all of them (empty: it does not, and nothing is proved). `of` gives
    those of one size, the smallest being 0; none where they are too many to try. `name` says in a few words which one it is,
    `kind` what they are. `sample` is one of them in which all can happen. `scope` says what holds where the claim holds.
    Where the search is `thorough`, the systems are asked about with every engine, and not only for a short violation. It begins
    with those of size `smallest`; of smaller ones the claim says nothing. Where nothing stands for all of them, `lacking` may say
    why.
    """

    simulation: "tuple[Obligation, ...]"
    of: Callable[[int], Sequence[Variant]]
    name: Callable[[Variant | None], str]
    kind: str
    sample: Variant
    scope: str
    thorough: bool = False
    smallest: int = 0
    lacking: str = ""

    def __repr__(self) -> str:
        return one_line("Sizes", self.kind, self.scope)


@dataclass(frozen=True, eq=False)
class PlannedCheck:
    """A check as a scenario file asks for it.

    Where a fault's cause is not known there is one variant for each cause that has not been refuted: the verdict is what they
    agree on. `expected` is "holds", "violated" or None; `notes` says what was left out (that time is, for instance). `reads` are
    the other files that the check was planned from, as paths from the folder of the scenario file.
    """

    scenario: str
    line: int
    claim: str
    expected: str | None
    variants: tuple[Variant, ...]
    notes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()

    def __repr__(self) -> str:
        causes = counted(len(self.variants), "cause") if len(self.variants) > 1 else ""
        expected = f"expected: {self.expected}" if self.expected else ""
        return one_line("PlannedCheck", repr(self.claim), f"{self.scenario}:{self.line}", expected, causes)

    @property
    def place(self) -> tuple[str, int, str]:
        """Which check of which scenario it is, also where more is known of it than was planned."""
        return self.scenario, self.line, self.claim
