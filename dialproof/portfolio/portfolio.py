"""The portfolio: runs engines in processes of their own, takes the first answer that survives replay or audit, kills the rest.

Every job goes through a quick bounded search and the proof engines, in the order in which an answer is likelier, at last
through a deep bounded search; where a processor is idle and an engine takes long, the next one joins it: before a second
prover a bounded search that goes further than the quick one, for a while. A job whose claim holds is then asked whether its
premise can happen at all; for the last job an idle worker has looked into that before. Who has which worker when is for
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
from dialproof.core.errors import ContradictionError, InputError, ModelError, ReplayError
from dialproof.core.run import Lasso, Run
from dialproof.core.verdict import Holds, Unknown, Vacuity, Verdict, Violated, of_something
from dialproof.engines.candidates import Found, Nothing, Outcome, Proved
from dialproof.evidence.assumptions_used import basis_of, used_by
from dialproof.evidence.replay import REPLAYED, replay
from dialproof.exchange.aiger import abc as berkeley
from dialproof.portfolio.cache import Cache
from dialproof.portfolio.cases import Cases
from dialproof.portfolio.docket import Docket
from dialproof.portfolio.jobs import (
    DEFAULT_ENGINES,
    PROVERS,
    Effort,
    Job,
    Progress,
    Questions,
    range_job,
    require_effort,
)
from dialproof.portfolio.known_ranges import KnownRanges
from dialproof.portfolio.pool import Pool, Reply
from dialproof.portfolio.schedule import AUDITS_OF_RECALLED, CACHE, CACHED_PREMISE, GLIMPSE, Case, Schedule, forget, plain_name
from dialproof.portfolio.tasks import QUICK, QUICK_PATIENCE, Audited, Doubt, Task, possibility
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
        if "abc" in engines and berkeley.missing_tools():
            raise InputError(
                f"the engine 'abc' is another program: {berkeley.missing_tools()}; on Debian: apt install berkeley-abc"
            )
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
                docket.take_in(questions, self._cases.case)
                for case in docket.abandoned():
                    self._schedule.abandon(case)
                    if case.job.ranges_of is not None:
                        self._ranges.forget(case.job.ranges_of)
                answered = docket.answered()
                for number, verdict in answered:
                    paused = time.monotonic()
                    yield number, verdict
                    forget(time.monotonic() - paused, docket.cases)
                if not answered:
                    if docket.is_done:
                        return
                    self._go_on(docket, on_progress)
        finally:
            for key in self._pool.running:
                self._pool.kill(key)
            if self._cache:
                self._cache.trim()

    def _go_on(self, docket: Docket, on_progress: Callable[[Progress], None]) -> None:
        """Give the workers something to do, and hear for a moment what they say."""
        cases = docket.cases
        self._on_wait()
        self._start(cases)
        self._schedule.glimpse(cases)
        for reply in self._pool.wait(0.2):
            self._hear(docket, reply, lambda event: on_progress(replace(event, job=docket.asked_by(event.job))))
        for case, audit in self._schedule.expire(cases):
            self._audited(case, audit, Audited(rejected="its audit takes too long"))
        self._schedule.take_turns(cases)
        for case in docket.ranges_first():
            self._decide_by_held_back(case)
            if case.settled is None and self._schedule.is_done(case) and not self._waits_for_ranges(docket, case):
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
            self._decided_by_run(case, CACHE, run)

    def _start(self, cases: list[Case]) -> None:
        while (case := self._schedule.next(cases)) is not None:
            if case.recalled is not None:
                self._replay(case, case.recalled)
            else:
                self._schedule.begin(case)

    def _hear(self, docket: Docket, reply: Reply, on_progress: Callable[[Progress], None]) -> None:
        number, engine = reply.key
        case = docket.cases[number]
        match reply.kind, reply.content:
            case "depth", int(depth):
                if engine in case.searches:
                    case.free = max(case.free, depth)
                on_progress(Progress(number, engine, depth))
            case "refused" | "died", str(why) if engine in AUDITS_OF_RECALLED:
                self._audited(case, engine, Audited(rejected=why))  # whatever is wrong with what came from a disk: it is no proof
            case "refused", str(why):
                raise ModelError(why)
            case "died", str(why):
                case.gives_no_answer(engine, why)
            case "answer", Doubt(why):
                self._ask_for_ranges(docket, case, why)
            case "answer", Audited() as audited:
                self._audited(case, engine, audited)
                if audited.within_ranges and not self._ranges.is_looked_into(case.data):
                    self._ask_for_ranges(docket, case, "")
            case "answer", (Found() | Proved() | Nothing()) as outcome:
                self._answered(case, engine, outcome)
        on_progress(Progress(number, engine))

    def _answered(self, case: Case, engine: str, outcome: Outcome) -> None:
        about = possibility(case.job.problem, case.job.premise) if engine in {"premise", GLIMPSE} else case.job.problem
        match outcome:
            case Nothing(reason, depth):
                if engine == "ranges":
                    self._ranges.keeps(case.data)
                    return
                case.gives_no_answer(engine, reason)
                if engine not in {"premise", GLIMPSE}:
                    case.depth = max(case.depth, depth)
                    if plain_name(engine) == "bmc":
                        case.free = max(case.free, depth + 1)
            case Found() if case.job.simulation:
                case.reasons[plain_name(engine)] = ONLY_IN_SUMMARY
            case Found(run, depth):
                replay(about, run)
                if plain_name(engine) == "bmc":
                    case.free = max(case.free, depth)  # what it finds is as short as can be
                is_aside = engine in {"premise", GLIMPSE}
                case.found.append((about, run, "premise" if is_aside else plain_name(engine), -1 if is_aside else case.free - 1))
                if plain_name(engine) in PROVERS:
                    case.held_back = engine, run
                    if plain_name(engine) == "explicit":
                        self._schedule.let_others_answer(case)
                else:
                    self._decided_by_run(case, engine, run)
            case Proved(certificate) if plain_name(engine) == "explicit":
                case.visited = engine, certificate
                self._schedule.let_others_answer(case)
            case Proved(certificate):
                case.certificates[engine] = certificate
                data = about.packed if engine == "premise" else case.data
                task = self._cases.audit(case, data, certificate)
                case.pending.insert(0, (-1, f"audit of {engine}", task))

    def _decide_by_held_back(self, case: Case) -> None:
        """The violation that a prover has found decides once the first search is over, which may have found a shorter one.

        What an explicit search has found out decides once the others have had their time.
        """
        if self._schedule.waits_for_others(case):
            return
        if case.held_back is not None and not self._schedule.is_searched(case):
            (engine, run), case.held_back = case.held_back, None
            self._decided_by_run(case, engine, run)
        if case.visited is not None and not self._schedule.is_audited(case):
            (engine, certificate), case.visited = case.visited, None
            if case.verdict is None:
                case.certificates[engine] = certificate
                case.pending.insert(0, (-1, f"audit of {engine}", self._cases.audit(case, case.data, certificate)))
                self._schedule.make_room(case)  # whoever has its worker now has had its time

    def _decided_by_run(self, case: Case, engine: str, run: Run) -> None:
        if engine in {"premise", GLIMPSE}:
            if engine == "premise" or case.verdict is None:  # a glimpse that comes in with the verdict is not waited for either
                case.vacuity = Vacuity(True, _premise(case.job, True), run)
            return
        if isinstance(case.verdict, Violated):
            return
        if isinstance(case.verdict, Holds):
            raise ContradictionError(f"{engine} shows a violation of what {case.verdict.engine} has proved")
        self._schedule.stop(case)
        happens = _happens(case.job, run)
        case.vacuity = Vacuity(True, happens, run if happens else None)
        cached, depth = (case.source, case.source_depth) if engine == CACHE else ("", case.free - 1)
        case.verdict = Violated(run, engine=plain_name(engine), checked_by=(REPLAYED,), cached=cached, depth=depth)

    def _audited(self, case: Case, key: str, audited: Audited) -> None:
        engine = key.removeprefix("audit of ")
        if audited.rejected and key in AUDITS_OF_RECALLED:
            self._reject(case, engine)
        elif audited.rejected:
            case.reasons[engine] = f"its certificate was rejected: {audited.rejected}"
        elif audited.within_ranges and case.job.ranges_of is not None:
            case.reasons[engine] = "its certificate was rejected: that the flag is watched within the ranges is not established"
        elif engine in {"premise", CACHED_PREMISE}:
            if engine == "premise":
                case.found.append((possibility(case.job.problem, case.job.premise), case.certificates[engine], engine, -1))
            has_premise = case.job.premise is not None
            fair_run = None if has_premise else False
            case.vacuity = Vacuity(fair_run, False if has_premise else None)
        elif isinstance(case.verdict, Violated):
            raise ContradictionError(f"{engine} proves what {case.verdict.engine} shows to be violated")
        elif case.verdict is None:
            self._schedule.stop(case)
            certificate = case.certificates[engine]
            if not isinstance(certificate, Exhaustive) and not audited.within_ranges:
                self._ranges.keeps(case.data, certificate.ranges)  # that no variable leaves its range is among the obligations
            cached = case.source if engine == CACHE else ""
            if not cached:
                case.found.append((case.job.problem, certificate, plain_name(engine), -1))
            case.verdict = Holds(certificate, engine=plain_name(engine), checked_by=audited.checked_by, cached=cached)
            if case.is_asked_for_its_premise and case.vacuity is None:
                self._ask_premise(case)

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
        for case in docket.cases:
            if case.settled is None and case.data.system == about_ranges.job.ranges_of:
                self._ranges.missing(case.job.problem, is_summary=bool(case.job.simulation))

    def _waits_for_ranges(self, docket: Docket, case: Case) -> bool:
        """True if `case` is done but for what is yet to be said of its system's ranges."""
        asked = docket.about_ranges_of(case)
        if asked is None or (case.job.effort is Effort.SHORT_SEARCH and case.verdict is None):
            return False
        return self._schedule.is_to_be_searched(asked) if isinstance(case.verdict, Violated) else True

    def _ask_premise(self, case: Case) -> None:
        """Ask whether the premise can happen: first the cache, unless it has shown that it does not know, then a search."""
        question = possibility(case.job.problem, case.job.premise)
        recalled = None if case.distrusts_cache else self._cases.recall(question)
        evidence = None if recalled is None else recalled.evidence
        if isinstance(evidence, Certificate):
            case.certificates[CACHED_PREMISE] = evidence
            case.pending.append((0, f"audit of {CACHED_PREMISE}", self._cases.audit_of_premise(question, evidence)))
            return
        if evidence is not None:
            try:
                replay(question, evidence)
            except ReplayError:
                self._cases.forget(question)
            else:
                self._decided_by_run(case, "premise", evidence)
                return
        case.pending.append((0, "premise", Task("possible", question.packed, last=QUICK, patience=10 * QUICK_PATIENCE)))

    def _reject(self, case: Case, origin: str) -> None:
        """A certificate from the cache is no proof: from now on it is as if it had never been there."""
        if origin == CACHE:
            case.source = ""
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
            case Holds() if case.is_asked_for_its_premise:
                verdict = of_something(verdict, vacuity, case.reasons.get("premise", ""), remedy_for(case, self._engines))
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
