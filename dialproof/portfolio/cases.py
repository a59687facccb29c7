"""Cases: what will be tried for a job, in which order, and what the cache proposes before."""

from collections.abc import Sequence

from dialproof.core.certificates import Certificate
from dialproof.encode.problem import Problem
from dialproof.engines import registry
from dialproof.engines.candidates import Proved
from dialproof.engines.registry import Engine
from dialproof.portfolio.attempt import CACHE, FORMER, RANGES, Attempt, audit_of, decide
from dialproof.portfolio.cache import Cache, Recalled
from dialproof.portfolio.case import Case, Pending
from dialproof.portfolio.jobs import Effort, Job, engines_for
from dialproof.portfolio.tasks import Task

LAST_FOR_BUDGET = 1
"""The last round of each engine, counted from 0, for a question that is asked on the side."""

PER_ROUND = 3
"""By how much each round of an engine is less urgent than the one before."""


class Cases:
    """Makes cases for the given engines; `cache` may propose evidence, `second_opinion` has cvc5 audit each certificate too."""

    def __init__(self, engines: Sequence[str], cache: Cache | None, *, second_opinion: bool) -> None:
        self._engines = tuple(engines)
        self._cache = cache
        self._second_opinion = second_opinion

    def case(self, number: int, job: Job) -> Case:
        """The case for `job`: what will be tried for it, in order, and what the cache proposes."""
        data = job.problem.packed
        for_ranges = [engine.name for engine in registry.REGISTRY if engine.is_asked_about_ranges]
        asked = self._engines if job.ranges_of is None else (*self._engines, *for_ranges)
        engines = engines_for(job, asked)
        searches = [engine for engine in engines if not engine.proves and not job.simulation]
        provers = [engine for engine in engines if engine.proves and job.effort is Effort.EVERYTHING]
        pending = [_first_round(job, engine, engines[engine]) for engine in searches]
        if job.ranges_of is None:  # behind the search, which is what the worker that is ready is for
            pending.append(Pending(0, Task(RANGES, data)))
        pending += [_first_round(job, engine, engines[engine]) for engine in provers]
        pending.sort(key=lambda one: one.urgency)
        case = Case(number, job, pending, data, urgency={engine.name: urgency for engine, urgency in engines.items()})
        if job.former is not None:
            return self._audited_first(case, FORMER, job.former)
        recalled = self.recall(job.problem)
        if recalled is None:
            return case
        if isinstance(recalled.evidence, Certificate):
            case.source = recalled.engine
            return self._audited_first(case, CACHE, recalled.evidence)
        if not job.simulation:  # a run of a summary is no answer
            case.source, case.source_depth, case.recalled = recalled.engine, recalled.depth, recalled.evidence
        return case

    def go_on(self, case: Case, attempt: Attempt) -> None:
        """Have the engine of `attempt`, which a limit has ended, begin its next round, if it has one for this job."""
        job, next_round = case.job, attempt.round + 1
        engine = registry.engine_called(attempt.engine)
        last = engine.n_rounds - 1 if job.budget is None else min(engine.n_rounds - 1, LAST_FOR_BUDGET)
        if next_round > last or job.effort is Effort.SHORT_SEARCH:
            return
        urgency = case.urgency[engine.name] + PER_ROUND * next_round
        case.pending.append(Pending(urgency, Task(decide(engine.name, next_round), case.data, hints=job.hints)))
        case.pending.sort(key=lambda one: one.urgency)

    def _audited_first(self, case: Case, origin: Attempt, certificate: Certificate) -> Case:
        """`case` with the audit of a certificate that was not found just now; most likely the engines are not needed then."""
        later = [Pending(urgency + 1, task) for urgency, task in case.pending]
        case.pending = [Pending(0, self.audit(case, origin, certificate)), *later]
        case.candidates[origin] = Proved(certificate)
        return case

    def audit(self, case: Case, of: Attempt, certificate: Certificate) -> Task:
        """The audit of a proof of the claim, and of what the system of `case` stands for."""
        simulation = case.job.simulation
        return Task(audit_of(of), case.data, certificate=certificate, second_opinion=self._second_opinion, simulation=simulation)

    def audit_of_premise(self, of: Attempt, question: Problem, certificate: Certificate) -> Task:
        """The audit of a proof that the premise never happens."""
        return Task(audit_of(of), question.packed, certificate=certificate, second_opinion=self._second_opinion)

    def recall(self, problem: Problem) -> Recalled | None:
        """What the cache proposes for `problem`; None if nothing, or if there is no cache."""
        return None if self._cache is None else self._cache.recall(self._cache.key(problem), problem)

    def forget(self, problem: Problem) -> None:
        """What the cache said of `problem` was no evidence."""
        if self._cache is not None:
            self._cache.forget(self._cache.key(problem))


def _first_round(job: Job, engine: Engine, urgency: int) -> Pending:
    return Pending(urgency, Task(decide(engine.name), job.problem.packed, hints=job.hints))
