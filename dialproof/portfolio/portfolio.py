"""The portfolio: runs engines in processes of their own, and takes an answer that survives replay or audit.

Every job goes through a quick bounded search and the proof engines, in the order in which an answer is likelier, round by round
with larger limits; where a processor is idle and an engine takes long, the next one joins it. Which answer counts does not
depend on who was faster: `dialproof.portfolio.case` says which one does. A job whose claim holds is then asked whether its
premise can happen at all; for the last job an idle worker looks into that before. Who has which worker when is for
`dialproof.portfolio.schedule` to say. What nobody answers in time is Unknown, with the reasons of everybody who tried. Where
there is a cache, what it proposes is audited or replayed first, and engines are asked where that fails.

That the variables stay in their ranges is known at once where no state within the ranges has a step out of range. Else it is one
more job (`dialproof.evidence.range_claim`), which every proof about the system waits for: a run out of range ends all, and where
neither that nor a proof is found, the proofs that rest on it come to nothing. A violation, which is replayed within the ranges,
waits for the first search of that job only.
"""

import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Self

import z3

from dialproof.core import ltl
from dialproof.core.certificates import Certificate, Exhaustive
from dialproof.core.errors import ContradictionError, ModelError, ReplayError
from dialproof.core.run import Lasso, Run
from dialproof.core.verdict import Holds, Unknown, Vacuity, Verdict, Violated, of_something
from dialproof.engines import registry
from dialproof.engines.candidates import Found, Nothing, Outcome, Proved
from dialproof.engines.registry import DEFAULT_ENGINES
from dialproof.evidence.assumptions_used import basis_of, used_by
from dialproof.evidence.replay import REPLAYED, replay
from dialproof.portfolio.attempt import CACHE, CACHED_PREMISE, PREMISE, RANGES, Attempt, Role
from dialproof.portfolio.cache import Cache
from dialproof.portfolio.case import Case, Pending
from dialproof.portfolio.cases import Cases
from dialproof.portfolio.docket import Docket
from dialproof.portfolio.jobs import Effort, Job, Progress, Questions, range_job, require_effort
from dialproof.portfolio.known_ranges import KnownRanges
from dialproof.portfolio.pool import Pool, Reply
from dialproof.portfolio.schedule import Schedule, forget
from dialproof.portfolio.tasks import Audited, Doubt, Task, possibility
from dialproof.portfolio.undecided import ONLY_IN_SUMMARY, remedy_for, why_undecided
from dialproof.semantics.evaluate import holds_on_lasso, is_lost_on
from dialproof.semantics.interpreter import Reader


class Portfolio:
    """Runs jobs on up to `processes` workers, each job for at most `timeout` seconds (None: no limit).

    A context manager; leaving it kills the workers. `second_opinion` has cvc5 audit every certificate too. `cache` is asked
    before the engines, and keeps what they find; None: there is none. `on_wait` is called a few times a second while answers are
    awaited; what it raises ends the work.
    """

    def __init__(
        self,
        processes: int = 2,
        *,
        timeout: float | None = None,
        engines: Sequence[str] = DEFAULT_ENGINES,
        second_opinion: bool = False,
        cache: Cache | None = None,
        on_wait: Callable[[], None] = lambda: None,
    ) -> None:
        require_effort(processes, timeout, engines)
        self._pool = Pool(processes)
        self._ranges = KnownRanges()
        self._schedule = Schedule(self._pool, timeout, self._ranges)
        self._engines = tuple(engines)
        self._cases = Cases(self._engines, cache, second_opinion=second_opinion)
        self._cache = cache
        self._on_wait = on_wait

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def prepare(self) -> None:
        """Start the workers before there is anything to do, so that the first answers come sooner."""
        self._pool.prepare()

    def run(
        self,
        jobs: Iterable[Job],
        *,
        on_verdict: Callable[[int, Verdict], None] = lambda _number, _verdict: None,
        on_progress: Callable[[Progress], None] = lambda _progress: None,
    ) -> list[Verdict]:
        """The verdict of each job, in order; `on_verdict` hears each as it is reached. Raises what `answers` raises."""
        verdicts: dict[int, Verdict] = {}
        with closing(self.answers(jobs, on_progress=on_progress)) as answers:
            for number, verdict in answers:
                verdicts[number] = verdict
                on_verdict(number, verdict)
        return [verdicts[number] for number in sorted(verdicts)]

    def answers(
        self, jobs: Iterable[Job] | Questions, *, on_progress: Callable[[Progress], None] = lambda _progress: None
    ) -> Generator[tuple[int, Verdict]]:
        """Each verdict with the number of its job, in the order in which they are reached. Equal jobs are done once.

        `Questions` can grow and shrink meanwhile; a job that is dropped may still be answered if it was decided already. While
        nobody asks for the next answer, the workers go on with what they are at, and that time does not count towards the
        timeout. Closing the generator ends what is under way.
        Raises ModelError for a system that leaves its ranges, ReplayError for a counterexample that is none, ContradictionError
        where one engine proves what another shows to be violated.
        """
        self._pool.prepare(1)  # it starts while the jobs are put together
        self._ranges.begin_anew()
        questions = jobs if isinstance(jobs, Questions) else Questions(jobs)
        docket = Docket()
        try:
            while True:
                docket.take_in(questions, self._cases.case, self._pool.ahead)
                for case in docket.abandoned():
                    self._schedule.abandon(case)
                    if case.job.ranges_of is not None:
                        self._ranges.forget(case.job.ranges_of)
                answered = docket.answered()
                for number, verdict in answered:
                    paused = time.monotonic()
                    yield number, verdict
                    forget(time.monotonic() - paused, docket.open)
                if not answered:
                    if docket.is_done and questions.are_all_taken:
                        return
                    self._go_on(docket, on_progress)
        finally:
            for key in self._pool.running:
                self._pool.kill(key)
            if self._cache:
                self._cache.trim()

    def _go_on(self, docket: Docket, on_progress: Callable[[Progress], None]) -> None:
        """Give the workers something to do, and hear for a moment what they say."""
        cases = docket.open
        self._on_wait()
        self._start(cases)
        if (idle := self._schedule.idle_beside_a_prover(cases)) is not None:
            idle.was_glimpsed = True
            self._ask_premise(idle)
            self._start(cases)
        for reply in self._pool.wait(0.2):
            self._hear(docket, reply, lambda event: on_progress(replace(event, job=docket.asked_by(event.job))))
        for case, audit in self._schedule.expire(cases):
            self._audited(case, audit, Audited(rejected="its audit takes too long"))
        for case in docket.to_look_at():
            self._decide(case)
            if self._schedule.is_done(case) and not self._waits_for_ranges(docket, case):
                case.settled = self._finish(case)
                if case.asked_for is not None:
                    self._end_if_refused(docket, case)

    def _replay(self, case: Case, run: Run) -> None:
        """Replay a run from the cache: it decides the case, or it is nothing."""
        case.begun = case.begun or time.monotonic()
        case.recalled = None
        try:
            replay(case.job.problem, run)
        except ReplayError:
            case.source = ""
            self._cases.forget(case.job.problem)
        else:
            case.candidates[CACHE] = Found(run, case.source_depth + 1)
            self._decide(case)

    def _start(self, cases: list[Case]) -> None:
        while (chosen := self._schedule.next(cases)) is not None:
            case, pending = chosen
            if case.recalled is not None:
                self._replay(case, case.recalled)
            else:
                self._schedule.begin(case, pending)

    def _hear(self, docket: Docket, reply: Reply, on_progress: Callable[[Progress], None]) -> None:
        number, attempt = reply.key
        case = docket.cases[number]
        match reply.kind, reply.content:
            case "depth", int(depth):
                on_progress(Progress(number, attempt, depth))
            case "refused" | "died", str(why) if attempt.of is not None and attempt.of.is_recalled:
                self._audited(
                    case, attempt, Audited(rejected=why)
                )  # whatever is wrong with what came from a disk: it is no proof
            case "refused", str(why):
                raise ModelError(why)
            case "died", str(why):
                case.gives_no_answer(attempt, why)
                if attempt.of is not None:
                    case.candidates.pop(attempt.of, None)
            case "answer", Doubt(why):
                self._ask_for_ranges(docket, case, why)
            case "answer", Audited() as audited:
                self._audited(case, attempt, audited)
                if audited.within_ranges and not self._ranges.is_looked_into(case.data):
                    self._ask_for_ranges(docket, case, "")
            case "answer", (Found() | Proved() | Nothing()) as outcome:
                match attempt.role:
                    case Role.RANGES:
                        self._ranges.keeps(case.data)
                    case Role.PREMISE:
                        self._premise_answered(case, outcome)
                    case _:
                        self._answered(case, attempt, outcome)
        on_progress(Progress(number, attempt))

    def _answered(self, case: Case, attempt: Attempt, outcome: Outcome) -> None:
        """Take in what an engine hands over about the claim: a run is replayed here, a certificate is to be audited."""
        match outcome:
            case Nothing(reason, depth, by_limit):
                case.gives_no_answer(attempt, reason)
                case.depth = max(case.depth, depth)
                if not registry.engine_called(attempt.engine).proves:
                    case.excluded[attempt] = depth
                if by_limit:
                    self._cases.go_on(case, attempt)
            case Found() if case.job.simulation:
                case.reasons[attempt.name] = ONLY_IN_SUMMARY
            case Found(run):
                replay(case.job.problem, run)
                case.candidates[attempt] = outcome
            case Proved(certificate):
                case.candidates[attempt] = outcome
                case.pending.insert(0, Pending(-1, self._cases.audit(case, attempt, certificate)))
        self._schedule.end_needless(case)

    def _premise_answered(self, case: Case, outcome: Outcome) -> None:
        question = possibility(case.job.problem, case.job.premise)
        match outcome:
            case Nothing(reason):
                case.premise_reason = reason
            case Found(run):
                replay(question, run)
                case.found.append((question, run, PREMISE.name, -1))
                case.vacuity = Vacuity(True, _premise(case.job, True), run)
            case Proved(certificate):
                case.premise_proof = certificate
                case.pending.insert(0, Pending(-1, self._cases.audit_of_premise(PREMISE, question, certificate)))

    def _decide(self, case: Case) -> None:
        """The verdict, if it is settled whose candidate counts. Raises ContradictionError if two of them cannot both be right."""
        if case.verdict is not None:
            return
        runs = [attempt for attempt, candidate in case.candidates.items() if isinstance(candidate, Found)]
        if runs and case.audited:
            raise ContradictionError(f"{runs[0]} shows a violation of what {next(iter(case.audited))} has proved")
        attempt = case.choice(self._schedule.open_attempts(case))
        if attempt is None:
            return
        match case.candidates[attempt]:
            case Found() as found:
                self._decided_by_run(case, attempt, found)
            case Proved(certificate):
                self._decided_by_proof(case, attempt, certificate)

    def _decided_by_run(self, case: Case, attempt: Attempt, found: Found) -> None:
        run = found.run
        self._schedule.stop(case, keeping=[RANGES])
        happens = _happens(case.job, run)
        case.vacuity = Vacuity(True, happens, run if happens else None)
        is_first = attempt == CACHE or not registry.engine_called(attempt.engine).proves
        free = found.depth - 1 if is_first else max(found.free, case.no_violation_before(attempt))
        cached = case.source if attempt == CACHE else ""
        if not cached:
            case.found.append((case.job.problem, run, attempt.name, free))
        case.verdict = Violated(run, engine=attempt.name, checked_by=(REPLAYED,), cached=cached, depth=free)

    def _decided_by_proof(self, case: Case, attempt: Attempt, certificate: Certificate) -> None:
        self._schedule.stop(case, keeping=[RANGES, PREMISE, CACHED_PREMISE])
        audited = case.audited[attempt]
        if not isinstance(certificate, Exhaustive) and not audited.within_ranges:
            self._ranges.keeps(case.data, certificate.ranges)  # that no variable leaves its range is among the obligations
        cached = case.source if attempt == CACHE else ""
        if not cached:
            case.found.append((case.job.problem, certificate, attempt.name, -1))
        case.verdict = Holds(certificate, engine=attempt.name, checked_by=audited.checked_by, cached=cached)
        if case.needs_its_premise and not case.is_premise_asked:
            self._ask_premise(case)

    def _audited(self, case: Case, attempt: Attempt, audited: Audited) -> None:
        of = attempt.of
        assert of is not None
        reason = f"its certificate was rejected: {audited.rejected}" if audited.rejected else ""
        if audited.within_ranges and case.job.ranges_of is not None:
            reason = "its certificate was rejected: that the flag is watched within the ranges is not established"
        if not reason and of.is_aside:
            assert case.premise_proof is not None
            if of == PREMISE:
                question = possibility(case.job.problem, case.job.premise)
                case.found.append((question, case.premise_proof, PREMISE.name, -1))
            has_premise = case.job.premise is not None
            case.vacuity = Vacuity(None if has_premise else False, False if has_premise else None)
        elif not reason:
            case.audited[of] = audited
        elif of.is_recalled and audited.rejected:
            self._reject(case, of)
        else:
            case.candidates.pop(of, None)
            case.gives_no_answer(of, reason)

    def _ask_for_ranges(self, docket: Docket, case: Case, why: str) -> None:
        """Ask, once for each system, whether a run leads a variable out of its range: a case of its own; others wait for it."""
        self._ranges.doubts(case.data, why)
        if self._ranges.is_open(case.data) and docket.about_ranges_of(case) is None:
            budgets = [one.job.budget for one in docket.cases if one.data.system == case.data.system]
            known = [budget for budget in budgets if budget is not None]
            docket.add_for(
                case, self._cases.case, range_job(case.job.problem, max(known) if len(known) == len(budgets) else None)
            )

    def _end_if_refused(self, docket: Docket, about_ranges: Case) -> None:
        """Raise ModelError where a run out of range was found of a system about which somebody still asks."""
        for case in docket.open:
            if case.data.system == about_ranges.job.ranges_of:
                self._ranges.missing(case.job.problem, is_summary=bool(case.job.simulation))

    def _waits_for_ranges(self, docket: Docket, case: Case) -> bool:
        """True if `case` is done but for what is yet to be said of its system's ranges."""
        asked = docket.about_ranges_of(case)
        if asked is None or (case.job.effort is Effort.SHORT_SEARCH and case.verdict is None):
            return False
        return self._schedule.is_to_be_searched(asked) if isinstance(case.verdict, Violated) else True

    def _ask_premise(self, case: Case) -> None:
        """Ask whether the premise can happen: first the cache, unless it has shown that it does not know, then a search."""
        case.is_premise_asked = True
        question = possibility(case.job.problem, case.job.premise)
        recalled = None if case.distrusts_cache else self._cases.recall(question)
        evidence = None if recalled is None else recalled.evidence
        if isinstance(evidence, Certificate):
            case.premise_proof = evidence
            case.pending.append(Pending(0, self._cases.audit_of_premise(CACHED_PREMISE, question, evidence)))
            return
        if evidence is not None:
            try:
                replay(question, evidence)
            except ReplayError:
                self._cases.forget(question)
            else:
                case.vacuity = Vacuity(True, _premise(case.job, True), evidence)
                return
        case.pending.insert(0, Pending(0, Task(PREMISE, question.packed)))

    def _reject(self, case: Case, of: Attempt) -> None:
        """A certificate from the cache is no proof: from now on it is as if it had never been there."""
        if of == CACHE:
            case.source = ""
            case.candidates.pop(CACHE, None)
            self._cases.forget(case.job.problem)
        else:
            case.distrusts_cache = True
            self._cases.forget(possibility(case.job.problem, case.job.premise))
            self._ask_premise(case)

    def _finish(self, case: Case) -> Verdict:
        verdict = case.verdict
        is_about_ranges = case.job.ranges_of is not None
        missing = "" if is_about_ranges else self._ranges.missing(case.job.problem, is_summary=bool(case.job.simulation))
        if verdict is None or (missing and isinstance(verdict, Holds)):
            reason = why_undecided(case, self._engines, missing)
            verdict = Unknown(reason, depth=case.depth, remedy=remedy_for(case, self._engines))
        now = time.monotonic()
        begun = case.begun or now
        basis = basis_of(case.job.problem.system)
        if isinstance(verdict, Holds):
            verdict = replace(verdict, certificate=self._ranges.with_proof(case.data, verdict.certificate))
            basis = used_by(verdict.certificate, basis)
        if self._cache is not None and not isinstance(verdict, Unknown):
            for problem, evidence, engine, depth in case.found:
                kept = self._ranges.with_proof(case.data, evidence) if isinstance(evidence, Certificate) else evidence
                self._cache.store(self._cache.key(problem), problem, kept, engine, depth)
        verdict = replace(verdict, basis=basis, seconds=now - begun, spans=((begun, now),))
        vacuity = case.vacuity or Vacuity()
        match verdict:
            case Holds() if case.needs_its_premise:
                verdict = of_something(verdict, vacuity, case.premise_reason, remedy_for(case, self._engines))
            case Violated():
                verdict = replace(verdict, vacuity=vacuity)
        if case.job.ranges_of is not None:
            self._ranges.answered(case.job.ranges_of, verdict, in_short_time=case.job.budget is not None)
        return verdict


def _premise(job: Job, happens: bool) -> bool | None:
    return happens if job.premise is not None else None


def _happens(job: Job, run: Run) -> bool | None:
    """Whether the premise happens on `run`; None if there is none, or the run does not tell."""
    if job.premise is None:
        return None
    reader = Reader(job.problem.system)
    never = ltl.always(z3.Not(job.premise))
    if isinstance(run, Lasso):
        return not holds_on_lasso(never, run, reader) or None
    return is_lost_on(never, run, reader) or None
