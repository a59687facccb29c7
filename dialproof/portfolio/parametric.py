"""A claim about systems of every size: a proof about their summary and, beside it, the search for a system that violates it.

Both begin at once, whatever is expected: the smallest systems are searched for a short violation while the summary is being
proved, so that neither answer waits for the other to fail. A violation in the summary is not an answer, since it may be a run of
none of the systems; only one in a system counts. And no search of systems, however many, proves anything.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from dialproof.core.claims import ManySystems, OneSystem, Variant
from dialproof.core.errors import ContradictionError
from dialproof.core.remedy import Remedy
from dialproof.core.verdict import Holds, Unknown, Vacuity, Verdict, Violated, of_something, seconds_of, spans_of
from dialproof.encode.problem import Problem
from dialproof.portfolio.jobs import Effort, Job
from dialproof.portfolio.tasks import possibility

BUDGET = 20.0
"""For how long it is asked whether the premise can happen in a system of the family, in seconds."""


@dataclass(eq=False)
class EverySize:
    """What is known of a claim about systems of every size, until there is a `verdict`.

    `ask` has a job answered and returns its number, `drop` takes a job back. After `begin`, tell every answer to `learn`.
    `found` is the variant that the verdict is about: the given one, or the smallest system in which the claim is violated; `note`
    says which one that is.
    """

    variant: ManySystems
    ask: Callable[[Job], int]
    drop: Callable[[int], None]
    verdict: Verdict | None = None
    found: Variant | None = None
    note: str = ""
    _size: int = -1
    _searched: dict[int, OneSystem] = field(default_factory=dict)
    _heard: dict[int, Verdict] = field(default_factory=dict)
    _is_exhausted: bool = False
    _effort: Effort = Effort.SHORT_SEARCH
    _proof_number: int | None = None
    _proof: Verdict | None = None
    _premise_number: int | None = None
    _answers: list[Verdict] = field(default_factory=list)

    def begin(self) -> None:
        """Ask what is asked first: the smallest systems, and the summary."""
        self._size = self.variant.smallest
        self._search(self.variant.of(self._size))
        if (summary := self.variant.summary) is not None:
            problem = Problem(summary.system, summary.claim.formula)
            self._proof_number = self.ask(Job(problem, likely="holds", simulation=summary.simulation))
        if not self._searched:
            self._end_of_search()

    def learn(self, number: int, verdict: Verdict) -> None:
        """Take in the answer to the job of that number."""
        self._answers.append(verdict)
        if number == self._premise_number:
            self._hold(verdict)
        elif number == self._proof_number:
            self._proof, self._proof_number = verdict, None
            self._learn_of_summary(verdict)
        elif number in self._searched:
            self._heard[number] = verdict
            if len(self._heard) == len(self._searched):
                self._learn_of_systems()

    def _search(self, systems: Sequence[OneSystem], effort: Effort = Effort.SHORT_SEARCH) -> None:
        jobs = [(one, Job(Problem(one.system, one.claim.formula), likely="violated", effort=effort)) for one in systems]
        self._searched = {self.ask(job): one for one, job in jobs}
        self._heard = {}
        self._effort = effort

    def _learn_of_summary(self, verdict: Verdict) -> None:
        if isinstance(verdict, Holds):
            if any(isinstance(said, Violated) for said in self._heard.values()):
                raise ContradictionError(f"{verdict.engine} proves of every {self.variant.kind} what one of them violates")
            self._drop_searches()
            sample = self.variant.sample
            question = possibility(Problem(sample.system, sample.claim.formula), sample.claim.about)
            self._premise_number = self.ask(Job(question, likely="violated", budget=BUDGET))
        elif self._effort is Effort.SEARCH:
            self._drop_searches()
            self._end_of_search()
        elif not self._searched:
            self._end_of_search()

    def _learn_of_systems(self) -> None:
        """Every system of a size is searched: the first one that breaks the claim is the answer; else those of the next size."""
        for number, one in self._searched.items():
            said = self._heard[number]
            if isinstance(said, Violated):
                self._break(one, said)
                return
        self._searched = {}
        if self._effort is Effort.SHORT_SEARCH and not self._is_exhausted:
            self._size += 1
            self._search(self.variant.of(self._size))
        if not self._searched:
            self._end_of_search()

    def _end_of_search(self) -> None:
        """No system is left to be searched in the way that they were: try harder, wait for the proof, or give up."""
        self._is_exhausted = True
        is_waiting = self._proof_number is not None
        hardest = Effort.SEARCH if is_waiting else Effort.EVERYTHING
        if self.variant.thorough and self._effort not in {hardest, Effort.EVERYTHING}:
            self._search(self.variant.of(self.variant.smallest), hardest)
        if not self._searched and not is_waiting:
            self._give_up()

    def _drop_searches(self) -> None:
        for number in self._searched:
            if number not in self._heard:
                self.drop(number)
        self._searched, self._heard = {}, {}

    def _hold(self, possible: Verdict) -> None:
        """The summary is proved: it is a proof of something if the premise happens in a system that it stands for."""
        assert isinstance(self._proof, Holds)
        happens = isinstance(possible, Violated)
        premise = self.variant.sample.claim.about
        witness = possible.lasso if isinstance(possible, Violated) else None
        vacuity = Vacuity(True if happens else None, True if happens and premise is not None else None, witness)
        remedy = possible.remedy if isinstance(possible, Unknown) else Remedy.NONE
        self.verdict = self._timed(of_something(self._proof, vacuity, remedy=remedy))
        self.found = self.variant
        self.note = self.variant.scope

    def _break(self, one: OneSystem, violated: Violated) -> None:
        if self._proof_number is not None:
            self.drop(self._proof_number)
        self.verdict = self._timed(violated)
        self.found = one
        name = self.variant.called(one)
        self.note = f"the smallest {self.variant.kind} that was found to break the claim: {name}" if name else ""

    def _give_up(self) -> None:
        why = [f"no {self.variant.kind} is known to break it"]
        if not self.variant.thorough:
            why = [f"no {self.variant.kind} of size {self._size - 1} or less breaks it within a few steps"]
        if isinstance(self._proof, Unknown):
            why.append(f"what stands for all of them is not proved: {self._proof.reason}")
        elif self.variant.summary is None:
            why.append(self.variant.lacking or f"under {self.variant.name} nothing is known that stands for all of them")
        remedy = self._proof.remedy if isinstance(self._proof, Unknown) else Remedy.NONE
        self.verdict = self._timed(Unknown("; ".join(why), remedy=remedy))
        self.found = self.variant

    def _timed(self, verdict: Verdict) -> Verdict:
        """`verdict` with the time in which it was worked at."""
        return replace(verdict, seconds=seconds_of(self._answers), spans=spans_of(self._answers))
