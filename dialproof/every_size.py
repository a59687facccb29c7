"""A check of every size: one proof about the summary of a family, and a search for the smallest system that violates the claim.

The summary comes first, unless a violation is expected; then a bounded search in the systems of one size after the other. A
violation in the summary is no answer, since it may be the run of no system; only one in a system counts.
"""

from dataclasses import dataclass, field, replace

from dialproof.claims import Sizes, Variant
from dialproof.engines.tasks import possibility
from dialproof.jobs import Job
from dialproof.problem import Problem
from dialproof.verdict import Holds, Unknown, Vacuity, Verdict, Violated

BUDGET = 20.0
"""For how long it is asked whether the premise can happen in a system of the family, in seconds."""


@dataclass(eq=False)
class EverySize:
    """What is known of a variant that stands for systems of every size; `ask` and `learn` take turns until there is a `verdict`.

    `found` is the variant that the verdict is about: the given one where it holds, the smallest system where it is violated.
    `note` says of what size that is.
    """

    variant: Variant
    sizes: Sizes
    likely: str | None = None
    verdict: Verdict | None = None
    found: Variant | None = None
    note: str = ""
    _size: int = -1
    _exhausted: bool = False
    _asked: list[Variant | None] = field(default_factory=list)
    _heard: dict[int, Verdict] = field(default_factory=dict)
    _proof: Verdict | None = None
    _seconds: float = 0.0

    def __post_init__(self) -> None:
        self._size = self.sizes.smallest - 1

    def ask(self) -> list[Job]:
        """What has to be asked next; nothing once there is a verdict."""
        self._heard = {}
        if isinstance(self._proof, Holds):
            sample = self.sizes.sample
            problem = possibility(Problem(sample.system, sample.claim.formula), sample.claim.premise)
            self._asked = [None]
            return [Job(problem, likely="violated", budget=BUDGET)]
        if self._proof is None and self.sizes.simulation and (self.likely != "violated" or self._exhausted):
            self._asked = [None]
            problem = Problem(self.variant.system, self.variant.claim.formula)
            return [Job(problem, likely="holds", simulation=self.sizes.simulation)]
        if not self._exhausted:
            self._size += 1
            self._asked = list(self.sizes.of(self._size))
            self._exhausted = not self._asked
        if self._exhausted:
            if self._proof is None and self.sizes.simulation:
                return self.ask()
            self._give_up()
            return []
        return [
            Job(Problem(one.system, one.claim.formula), likely="violated", quick=not self.sizes.thorough)
            for one in self._asked
            if one
        ]

    def learn(self, place: int, verdict: Verdict) -> bool:
        """Take in the answer to the job at `place` of those that were asked; whether there is a verdict now."""
        self._heard[place] = verdict
        self._seconds += verdict.seconds
        if len(self._heard) < len(self._asked):
            return False
        if isinstance(self._proof, Holds):
            self._hold(self._proof, self._heard[0])
            return True
        if self._asked == [None]:
            self._proof = self._heard[0]
            return False
        for number, variant in enumerate(self._asked):
            said = self._heard[number]
            if variant is not None and isinstance(said, Violated):
                self._break(variant, said)
                return True
        return False

    def _hold(self, proof: Holds, possible: Verdict) -> None:
        happens = isinstance(possible, Violated)
        premise = self.sizes.sample.claim.premise
        witness = possible.lasso if isinstance(possible, Violated) else None
        vacuity = Vacuity(True if happens else None, True if happens and premise is not None else None, witness)
        self.verdict = replace(proof, vacuity=vacuity, seconds=self._seconds)
        self.found = self.variant
        self.note = self.sizes.scope

    def _break(self, variant: Variant, violated: Violated) -> None:
        self.verdict = replace(violated, seconds=self._seconds)
        self.found = variant
        name = self.sizes.name(variant)
        self.note = f"the smallest {self.sizes.kind} that was found to break the claim: {name}" if name else ""

    def _give_up(self) -> None:
        why = [f"no {self.sizes.kind} is known to break it"]
        if not self.sizes.thorough:
            why = [f"no {self.sizes.kind} of size {self._size - 1} or less breaks it within a few steps"]
        if isinstance(self._proof, Unknown):
            why.append(f"what stands for all of them is not proved: {self._proof.reason}")
        elif not self.sizes.simulation:
            why.append(self.sizes.lacking or f"under {self.variant.name} nothing is known that stands for all of them")
        self.verdict = Unknown("; ".join(why), seconds=self._seconds)
        self.found = self.variant
