"""Cases: what will be tried for a job, in which order, and what the cache proposes before."""

from collections.abc import Sequence

from dialproof.core.certificates import Certificate
from dialproof.encode.problem import Packed, Problem
from dialproof.portfolio.cache import Cache, Recalled
from dialproof.portfolio.jobs import Effort, Job, proof_tasks
from dialproof.portfolio.schedule import CACHE, Case
from dialproof.portfolio.tasks import DEEP, FURTHER_PATIENCE, QUICK, QUICK_PATIENCE, Task

FORMER = "former proof"
"""The engine of a verdict that an earlier certificate establishes."""

FOR_RANGES = ("bmc", "induction", "spacer")
"""The engines that are asked about ranges, whichever are asked about claims."""


class Cases:
    """Makes cases for the given engines; `cache` may propose evidence, `second_opinion` has cvc5 audit each certificate too."""

    def __init__(self, engines: Sequence[str], cache: Cache | None, *, second_opinion: bool) -> None:
        self._engines = tuple(engines)
        self._cache = cache
        self._second_opinion = second_opinion

    def case(self, number: int, job: Job) -> Case:
        """The case for `job`: what will be tried for it, in order, and what the cache proposes."""
        data = job.problem.packed
        search = 0 if job.likely != "holds" else 2
        tasks: list[tuple[int, str, Task]] = []
        engines = self._engines if job.ranges_of is None else (*self._engines, *FOR_RANGES)
        proofs = proof_tasks(job, data, engines) if job.effort is Effort.EVERYTHING else []
        if "bmc" in engines and not job.simulation:
            tasks.append((search, "bmc", Task("bmc", data, last=QUICK, patience=QUICK_PATIENCE)))
            if job.budget is None and job.effort is not Effort.SHORT_SEARCH:
                tasks.append((9, "deep bmc", Task("bmc", data, last=DEEP)))
                if len(proofs) > 1:  # provers seldom end where there is a violation: they would leave no worker to a deep search
                    tasks.append((2, "further bmc", Task("bmc", data, last=DEEP, patience=FURTHER_PATIENCE)))
        if job.ranges_of is None:  # behind the search, which is what the worker that is ready is for
            tasks.append((0, "ranges", Task("ranges", data)))
        tasks += proofs
        tasks.sort(key=lambda task: task[0])
        if job.former is not None:
            return self._audited_first(Case(number, job, tasks, data), FORMER, job.former)
        case = Case(number, job, tasks, data)
        recalled = self.recall(job.problem)
        if recalled is None:
            return case
        if isinstance(recalled.evidence, Certificate):
            case.source = recalled.engine
            return self._audited_first(case, CACHE, recalled.evidence)
        if not job.simulation:  # a run of a summary is no answer
            case.source, case.source_depth, case.recalled = recalled.engine, recalled.depth, recalled.evidence
        return case

    def _audited_first(self, case: Case, origin: str, certificate: Certificate) -> Case:
        """`case` with the audit of a certificate that was not found just now; most likely the engines are not needed then."""
        audit = self.audit(case, case.data, certificate)
        later = [(urgency + 1, engine, task) for urgency, engine, task in case.pending]
        case.pending = [(0, f"audit of {origin}", audit), *later]
        case.certificates[origin] = certificate
        return case

    def audit(self, case: Case, data: Packed, certificate: Certificate) -> Task:
        """The audit of a proof about `data`, and of what the system of `case` stands for."""
        simulation = case.job.simulation
        return Task("audit", data, certificate=certificate, second_opinion=self._second_opinion, simulation=simulation)

    def audit_of_premise(self, question: Problem, certificate: Certificate) -> Task:
        """The audit of a proof about whether a premise can happen."""
        return Task("audit", question.packed, certificate=certificate, second_opinion=self._second_opinion)

    def recall(self, problem: Problem) -> Recalled | None:
        """What the cache proposes for `problem`; None if nothing, or if there is no cache."""
        return None if self._cache is None else self._cache.recall(self._cache.key(problem), problem)

    def forget(self, problem: Problem) -> None:
        """What the cache said of `problem` was no evidence."""
        if self._cache is not None:
            self._cache.forget(self._cache.key(problem))
