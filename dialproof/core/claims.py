"""Claims: what is asked of a system, in a sentence and as a formula, with where it comes from and what it presupposes.

A check asks a claim of one system, or of systems of every size. These are two types, so that no driver of checks can take the one
for the other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import z3

from dialproof.core.display import Displayed, one_line
from dialproof.core.hints import Hints
from dialproof.core.ltl.premise import premise_of
from dialproof.core.obligation import Obligation
from dialproof.core.system import System


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
        """The premise: the one that is given, else the one that the formula names (`dialproof.core.ltl.premise`), else None."""
        return premise_of(self.formula) if self.premise is None else self.premise

    def __repr__(self) -> str:
        return one_line("Claim", repr(self.name), self.says)


@dataclass(frozen=True, eq=False)
class OneSystem:
    """One reading of a check: the claim about `system`, which is the model under the cause called `name`.

    `observers` names the variables of the system that only watch it for the sake of the claim. With `copies` the claim compares
    runs: `system` is several copies of the model side by side, and `copies` are their labels. `notes` are what a reader must know
    of this reading. `hints` are what the author of the claim thinks makes it true; nothing is believed because of them.
    """

    name: str
    system: System
    claim: Claim
    observers: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    hints: Hints | None = None

    @property
    def shown(self) -> System:
        """The system that words and pictures are taken from."""
        return self.system

    def __repr__(self) -> str:
        return one_line("OneSystem", repr(self.name), repr(self.system), repr(self.claim.name))


@dataclass(frozen=True, eq=False)
class Summary:
    """One system that stands for many, with the claim about it; `simulation` are the obligations that establish that it does."""

    system: System
    claim: Claim
    simulation: tuple[Obligation, ...]


@dataclass(frozen=True, eq=False)
class ManySystems:
    """One reading of a check whose claim is about systems of every size, under the cause called `name`.

    It has no `system`: an answer about one of the systems, or about the summary alone, is no answer about all of them.

    What holds of the `summary` holds of each system; None if nothing is known that stands for all of them, and then nothing is
    proved (`lacking` may say why). `of` gives the systems of one size, from size `smallest` on (the claim says nothing of smaller
    ones); an empty sequence if they are too many to try. `called` says in a few words which system it is, `kind` what they are.
    `sample` is one of them in which all can happen. `scope` says what is proved if the claim holds. If the search is `thorough`,
    the systems are searched deeply, and not only for a short violation. `notes` are as for one system.
    """

    name: str
    summary: Summary | None
    of: Callable[[int], Sequence[OneSystem]]
    called: Callable[[OneSystem], str]
    kind: str
    sample: OneSystem
    scope: str
    thorough: bool = False
    smallest: int = 0
    lacking: str = ""
    notes: tuple[str, ...] = ()

    @property
    def claim(self) -> Claim:
        """The claim, as it reads for the summary, or for the sample if there is no summary."""
        return self.summary.claim if self.summary else self.sample.claim

    @property
    def copies(self) -> tuple[str, ...]:
        """The labels of the copies of the model, if the claim compares runs."""
        return self.sample.copies

    @property
    def shown(self) -> System:
        """The system that words and pictures are taken from. A verdict about it says nothing of the others."""
        return self.summary.system if self.summary else self.sample.system

    def __repr__(self) -> str:
        return one_line("ManySystems", repr(self.name), self.kind, repr(self.claim.name))


Variant = OneSystem | ManySystems
"""One reading of a check, under one cause."""
