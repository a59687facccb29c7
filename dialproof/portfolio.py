"""The portfolio: runs engines in processes of their own, takes the first answer that survives replay or audit, kills the rest.

Every job goes through a quick bounded search and the proof engines, in the order in which an answer is likelier, at last
through a deep bounded search; where a processor is idle and an engine takes long, the next one joins it: before a second
prover a bounded search that goes further than the quick one, for a while. A job whose claim holds is then asked whether its
premise can happen at all. What nobody answers in time is Unknown, with the reasons of everybody who tried. Where there is a
cache, what it proposes is audited or replayed first, and engines are asked where that fails.
"""

import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Self

import z3

from dialproof import ltl
from dialproof.basis import basis_of, used_by
from dialproof.cache import Cache, Evidence, Recalled
from dialproof.engines.outcome import Found, Nothing, Outcome, Proved
from dialproof.engines.pool import Key, Pool, Reply
from dialproof.engines.tasks import DEEP, FURTHER_PATIENCE, QUICK, QUICK_PATIENCE, Audited, Task, possibility
from dialproof.errors import ContradictionError, InputError, ModelError, ReplayError
from dialproof.evaluate import holds_on_lasso, is_lost_on
from dialproof.exchange import berkeley
from dialproof.jobs import DEFAULT_ENGINES, ENGINES, Job, Progress, identity, proof_tasks
from dialproof.problem import Packed, Problem
from dialproof.reader import Reader
from dialproof.replay import REPLAYED, replay
from dialproof.run import FiniteRun, Lasso, Run
from dialproof.verdict import Certificate, Holds, Unknown, Vacuity, Verdict, Violated

FORMER = "former proof"
"""The engine of a verdict that an earlier certificate establishes."""

CACHE = "cache"
"""The engine of a verdict whose evidence was found by an earlier run, and was audited or replayed anew by this one."""

_CACHED_PREMISE = "cached premise"
_AUDITS_OF_RECALLED = frozenset({f"audit of {CACHE}", f"audit of {_CACHED_PREMISE}"})

NO_LASSO = "the data is unbounded: there may be a violation that never repeats a state, which no lasso can show"
"""What has to be said where nothing is known of a liveness claim about unbounded data."""

VISITED = 200_000
"""Where a system has no more states, a reader is told that they can be visited one by one."""

ONLY_IN_SUMMARY = "the summary has a run that violates the claim, which may be the run of no system that it stands for"
"""What a violation in a summary comes to."""

PATIENCE = 1.0
"""For how many seconds an engine may be at a job alone before the next one joins it, where a processor is idle."""

SOON = 0.5
"""The same, where the next one is a bounded search: what a prover proves soon it has mostly proved by then."""

TURN = 20.0
"""For how many seconds the engine that joined last goes on while others wait for a worker; each later turn is twice as long."""

RECALL = 150.0
"""For how many seconds the audit of a certificate from the cache may go on, and for half the time that there is at most."""


@dataclass
class _Case:
    """A job under way.

    `recalled` is a run from the cache that is yet to be replayed, `source` what the cache says of who found its evidence.
    `found` is what was found out anew, for the cache: of which problem, the evidence, and by whom. `distrusts_cache`: what it had
    to say of the premise was of no use. `searches` are the engines that have been begun, and `turns` how often each gave way.
    """

    number: int
    job: Job
    pending: list[tuple[int, str, Task]]
    data: Packed
    begun: float | None = None
    depth: int = -1
    certificates: dict[str, Certificate] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    verdict: Verdict | None = None
    settled: Verdict | None = None
    recalled: Run | None = None
    source: str = ""
    distrusts_cache: bool = False
    found: list[tuple[Problem, Evidence, str]] = field(default_factory=list)
    searches: dict[str, Task] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)


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
        for engine in engines:
            if engine not in ENGINES:
                raise InputError(f"no engine {engine!r}; there are {', '.join(ENGINES)}")
        if "abc" in engines and berkeley.missing_tools():
            raise InputError(
                f"the engine 'abc' is another program: {berkeley.missing_tools()}; on Debian: apt install berkeley-abc"
            )
        self._pool = Pool(processes)
        self._timeout = timeout
        self._engines = tuple(engines)
        self._second_opinion = second_opinion
        self._cache = cache
        self._on_wait = on_wait
        self._in_range: set[bytes] = set()  # the systems, as packed, of which it is known that they keep their ranges

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
        self, jobs: Iterable[Job], *, on_progress: Callable[[Progress], None] = lambda _progress: None
    ) -> Generator[tuple[int, Verdict]]:
        """Each verdict with the number of its job, in the order in which they are reached. Equal jobs are done once.

        While nobody asks for the next one, the workers go on with what they are at, and that time does not count towards the
        timeout. Closing the generator ends what is under way.
        Raises ModelError for a system that leaves its ranges, ReplayError for a counterexample that is none, ContradictionError
        where one engine proves what another shows to be violated.
        """
        numbers: dict[object, list[int]] = {}
        cases: list[_Case] = []
        for number, job in enumerate(jobs):
            same = numbers.setdefault(identity(job), [])
            same.append(number)
            if len(same) == 1:
                cases.append(self._case(len(cases), job))
        asked_by = list(numbers.values())
        try:
            while any(case.settled is None for case in cases):
                self._on_wait()
                self._start(cases)
                for reply in self._pool.wait(0.2):
                    self._hear(cases, reply, lambda event: on_progress(replace(event, job=asked_by[event.job][0])))
                self._expire(cases)
                self._take_turns(cases)
                for case in cases:
                    if case.settled is None and self._is_done(case):
                        case.settled = self._finish(case)
                        paused = time.monotonic()
                        for number in asked_by[case.number]:
                            yield number, case.settled
                        _forget(time.monotonic() - paused, cases)
        finally:
            for key in self._pool.running:
                self._pool.kill(key)
            if self._cache:
                self._cache.trim()

    def _case(self, number: int, job: Job) -> _Case:
        data = job.problem.packed
        search = 0 if job.likely != "holds" else 2
        tasks = [(0, "ranges", Task("ranges", data))]
        proofs = [] if job.quick else proof_tasks(job, data, self._engines)
        if "bmc" in self._engines and not job.simulation:
            tasks.append((search, "bmc", Task("bmc", data, last=QUICK, patience=QUICK_PATIENCE)))
            if job.budget is None and not job.quick:
                tasks.append((9, "deep bmc", Task("bmc", data, last=DEEP)))
                if len(proofs) > 1:  # provers seldom end where there is a violation: they would leave no worker to a deep search
                    tasks.append((2, "further bmc", Task("bmc", data, last=DEEP, patience=FURTHER_PATIENCE)))
        tasks += proofs
        tasks.sort(key=lambda task: task[0])
        if job.former is not None:
            return self._audited_first(_Case(number, job, tasks, data), FORMER, job.former)
        case = _Case(number, job, tasks, data)
        recalled = self._recall(job.problem)
        match recalled:
            case Recalled(Certificate() as certificate, engine):
                case.source = engine
                return self._audited_first(case, CACHE, certificate)
            case Recalled((Lasso() | FiniteRun()) as run, engine) if not job.simulation:  # no answer where it is one of a summary
                case.source, case.recalled = engine, run
        return case

    def _audited_first(self, case: _Case, origin: str, certificate: Certificate) -> _Case:
        """`case` with the audit of a certificate that was not found just now; most likely the engines are not needed then."""
        audit = self._audit(case, case.data, certificate)
        later = [(urgency + 1, engine, task) for urgency, engine, task in case.pending]
        case.pending = [(0, f"audit of {origin}", audit), *later]
        case.certificates[origin] = certificate
        return case

    def _audit(self, case: _Case, data: Packed, certificate: Certificate) -> Task:
        """The audit of a proof about `data`, and of what the system of `case` stands for."""
        simulation = case.job.simulation
        return Task("audit", data, certificate=certificate, second_opinion=self._second_opinion, simulation=simulation)

    def _recall(self, problem: Problem) -> Recalled | None:
        return None if self._cache is None else self._cache.recall(self._cache.key(problem), problem)

    def _drop(self, problem: Problem) -> None:
        """What the cache said of `problem` was no evidence."""
        if self._cache is not None:
            self._cache.forget(self._cache.key(problem))

    def _replay(self, case: _Case, run: Run) -> None:
        """Replay a run from the cache: it decides the case, or it is nothing."""
        case.begun = case.begun or time.monotonic()
        case.recalled = None
        try:
            replay(case.job.problem, run)
        except ReplayError:
            case.source = ""
            self._drop(case.job.problem)
        else:
            self._decided_by_run(case, CACHE, run)

    def _start(self, cases: list[_Case]) -> None:
        """Give each free worker a task: a case that nobody is at first, a second engine for one case and deep searches last."""
        while self._pool.free:
            waiting = [
                (bool(self._mine(case)) and case.pending[0][0] > 0, case.pending[0][1] == "deep bmc", case.number)
                for case in cases
                if case.settled is None and case.pending and self._may_start(case)
            ]
            if not waiting:
                return
            *_, number = min(waiting)
            case = cases[number]
            if case.recalled is not None:
                self._replay(case, case.recalled)
                continue
            _, engine, task = case.pending.pop(0)
            case.begun = case.begun or time.monotonic()
            if task.what in ENGINES:
                case.searches[engine] = task
            if engine != "ranges" or case.data.system not in self._in_range:  # what one task has found out, no other need ask
                self._pool.start((number, engine), task)

    def _may_start(self, case: _Case) -> bool:
        """One engine at a time, unless it takes long: then the next one joins it."""
        urgency, engine, _ = case.pending[0]
        patience = SOON if engine == "further bmc" else PATIENCE
        return urgency <= 0 or all(self._pool.age(key) > patience for key in self._mine(case))

    def _hear(self, cases: list[_Case], reply: Reply, on_progress: Callable[[Progress], None]) -> None:
        number, engine = reply.key
        case = cases[number]
        match reply.kind, reply.content:
            case "depth", int(depth):
                on_progress(Progress(number, engine, depth))
            case "refused" | "died", str(why) if engine in _AUDITS_OF_RECALLED:
                self._audited(case, engine, Audited(rejected=why))  # whatever is wrong with what came from a disk: it is no proof
            case "refused", str(why):
                raise ModelError(why)
            case "died", str(why):
                case.reasons[_name(engine)] = why
            case "answer", Audited() as audited:
                self._audited(case, engine, audited)
            case "answer", (Found() | Proved() | Nothing()) as outcome:
                self._answered(case, engine, outcome)
        on_progress(Progress(number, engine))

    def _answered(self, case: _Case, engine: str, outcome: Outcome) -> None:
        about = possibility(case.job.problem, case.job.premise) if engine == "premise" else case.job.problem
        match outcome:
            case Nothing(reason, depth):
                if engine == "ranges":
                    self._in_range.add(case.data.system)
                else:
                    case.reasons[_name(engine)] = reason
                    case.depth = max(case.depth, depth) if engine != "premise" else case.depth
            case Found() if case.job.simulation:
                case.reasons[_name(engine)] = ONLY_IN_SUMMARY
            case Found(run):
                replay(about, run)
                case.found.append((about, run, _name(engine)))
                self._decided_by_run(case, engine, run)
            case Proved(certificate):
                case.certificates[engine] = certificate
                data = about.packed if engine == "premise" else case.data
                task = self._audit(case, data, certificate)
                case.pending.insert(0, (-1, f"audit of {engine}", task))

    def _decided_by_run(self, case: _Case, engine: str, run: Run) -> None:
        if engine == "premise":
            assert case.verdict is not None
            case.verdict = replace(case.verdict, vacuity=Vacuity(True, _premise(case.job, True), run))
            return
        if isinstance(case.verdict, Holds):
            raise ContradictionError(f"{engine} shows a violation of what {case.verdict.engine} has proved")
        self._stop(case)
        happens = _happens(case.job, run)
        case.verdict = Violated(
            run,
            engine=_name(engine),
            checked_by=(REPLAYED,),
            vacuity=Vacuity(True, happens, run if happens else None),
            cached=case.source if engine == CACHE else "",
        )

    def _audited(self, case: _Case, key: str, audited: Audited) -> None:
        engine = key.removeprefix("audit of ")
        if audited.rejected and key in _AUDITS_OF_RECALLED:
            self._reject(case, engine)
        elif audited.rejected:
            case.reasons[engine] = f"its certificate was rejected: {audited.rejected}"
        elif engine in {"premise", _CACHED_PREMISE}:
            assert case.verdict is not None
            if engine == "premise":
                case.found.append((possibility(case.job.problem, case.job.premise), case.certificates[engine], engine))
            has_premise = case.job.premise is not None
            fair_run = None if has_premise else False
            case.verdict = replace(case.verdict, vacuity=Vacuity(fair_run, False if has_premise else None))
        elif isinstance(case.verdict, Violated):
            raise ContradictionError(f"{engine} proves what {case.verdict.engine} shows to be violated")
        elif case.verdict is None:
            self._stop(case)
            certificate = case.certificates[engine]
            if certificate.method != "exhaustive":
                self._in_range.add(case.data.system)  # that no variable leaves its range is among the obligations
            cached = case.source if engine == CACHE else ""
            if not cached:
                case.found.append((case.job.problem, certificate, _name(engine)))
            case.verdict = Holds(certificate, engine=_name(engine), checked_by=audited.checked_by, cached=cached)
            if case.job.budget is None and not case.job.simulation:
                self._ask_premise(case)

    def _ask_premise(self, case: _Case) -> None:
        """Ask whether the premise can happen: first the cache, unless it has shown that it does not know, then a search."""
        question = possibility(case.job.problem, case.job.premise)
        recalled = None if case.distrusts_cache else self._recall(question)
        match recalled:
            case Recalled(Certificate() as certificate):
                case.certificates[_CACHED_PREMISE] = certificate
                audit = Task("audit", question.packed, certificate=certificate, second_opinion=self._second_opinion)
                case.pending.append((0, f"audit of {_CACHED_PREMISE}", audit))
                return
            case Recalled((Lasso() | FiniteRun()) as run):
                try:
                    replay(question, run)
                except ReplayError:
                    self._drop(question)
                else:
                    self._decided_by_run(case, "premise", run)
                    return
        case.pending.append((0, "premise", Task("possible", question.packed, last=QUICK, patience=10 * QUICK_PATIENCE)))

    def _reject(self, case: _Case, origin: str) -> None:
        """A certificate from the cache is no proof: from now on it is as if it had never been there."""
        if origin == CACHE:
            case.source = ""
            self._drop(case.job.problem)
        else:
            case.distrusts_cache = True
            self._drop(possibility(case.job.problem, case.job.premise))
            self._ask_premise(case)

    def _stop(self, case: _Case) -> None:
        """Forget what was to be tried for `case`, and kill what is under way."""
        case.pending = [task for task in case.pending if task[1] == "ranges"]
        for key in self._mine(case):
            if key[1] != "ranges":
                self._pool.kill(key)

    def _expire(self, cases: list[_Case]) -> None:
        for case in cases:
            limit = min((one for one in (self._timeout, case.job.budget) if one is not None), default=None)
            if case.settled is not None or case.begun is None or self._is_done(case):
                continue
            for key in self._mine(case):
                if key[1] in _AUDITS_OF_RECALLED and self._pool.age(key) > min(RECALL, (limit or 2 * RECALL) / 2):
                    self._pool.kill(key)  # whoever has put it there must not keep the engines from their work
                    self._audited(case, key[1], Audited(rejected="its audit takes too long"))
            if limit is None:
                continue
            if time.monotonic() - case.begun > limit:
                for _, engine, _ in case.pending:
                    begun = "no answer" if engine in case.turns else "not begun"
                    case.reasons.setdefault(_name(engine), f"{begun} within {limit:g} s")
                case.pending = []
                for key in self._mine(case):
                    case.reasons[_name(key[1])] = f"no answer within {limit:g} s"
                    self._pool.kill(key)

    def _take_turns(self, cases: list[_Case]) -> None:
        """Where every worker is at something and more engines wait, the one that joined last gives way when its turn is over.

        It begins anew when the others have had theirs. So none waits for ever for those that never end.
        """
        for case in cases:
            mine = [key for key in self._mine(case) if key[1] in case.searches]
            if not mine or not case.pending or self._pool.free:
                continue
            last = min(mine, key=self._pool.age)
            _, engine = last
            turns = case.turns.get(engine, 0)
            if self._pool.age(last) > TURN * 2**turns:
                self._pool.kill(last)
                case.turns[engine] = turns + 1
                case.pending.append((9, engine, case.searches[engine]))

    def _mine(self, case: _Case) -> list[Key]:
        """The tasks under way for `case`."""
        return [key for key in self._pool.running if key[0] == case.number]

    def _is_done(self, case: _Case) -> bool:
        return not case.pending and not self._mine(case)

    def _what_else(self, problem: Problem) -> str:
        """What a reader of "unknown" should know besides what was tried."""
        states = problem.system.size
        if states is None:
            return "" if problem.is_safety else NO_LASSO
        if "explicit" in self._engines or states > VISITED:
            return ""
        return f"there are at most {states:,} states: the engine 'explicit', which was not asked, visits them one by one"

    def _finish(self, case: _Case) -> Verdict:
        verdict = case.verdict
        if verdict is None or "ranges" in case.reasons:
            tried = "; ".join(f"{engine}: {reason}" for engine, reason in case.reasons.items())
            more = self._what_else(case.job.problem)
            verdict = Unknown("; ".join(filter(None, (tried, more))) or "no engine was asked", depth=case.depth)
        seconds = time.monotonic() - (case.begun or time.monotonic())
        basis = basis_of(case.job.problem.system)
        if isinstance(verdict, Holds):
            basis = used_by(verdict.certificate, basis)
        if self._cache is not None and not isinstance(verdict, Unknown):
            for problem, evidence, engine in case.found:
                self._cache.store(self._cache.key(problem), problem, evidence, engine)
        return replace(verdict, basis=basis, seconds=seconds)


def _forget(seconds: float, cases: Iterable[_Case]) -> None:
    """Take back time in which nobody listened: an answer that waits to be heard must not be late."""
    for case in cases:
        if case.begun is not None:
            case.begun += seconds


def _name(engine: str) -> str:
    return engine.removeprefix("deep ").removeprefix("further ")


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
