"""The portfolio: runs engines in processes of their own, takes the first answer that survives replay or audit, kills the rest.

Every job goes through a quick bounded search and the proof engines, in the order in which an answer is likelier, at last
through a deep bounded search; where a processor is idle and an engine takes long, the next one joins it. A job whose claim
holds is then asked whether its premise can happen at all. What nobody answers in time is Unknown, with the reasons of
everybody who tried.
"""

import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Self

import z3

from dialproof import ltl
from dialproof.basis import basis_of, used_by
from dialproof.engines.outcome import Found, Nothing, Outcome, Proved
from dialproof.engines.pool import Key, Pool, Reply
from dialproof.engines.tasks import DEEP, INDUCTION, QUICK, QUICK_PATIENCE, Audited, Task, possibility
from dialproof.errors import ContradictionError, InputError, ModelError
from dialproof.evaluate import holds_on_lasso, is_lost_on
from dialproof.hints import StatedHints
from dialproof.problem import Packed, Problem
from dialproof.reader import Reader
from dialproof.replay import REPLAYED, replay
from dialproof.run import Lasso, Run
from dialproof.verdict import Certificate, Holds, Unknown, Vacuity, Verdict, Violated

ENGINES = ("bmc", "induction", "spacer", "k-liveness", "response", "explicit")
"""The engines by name."""

DEFAULT_ENGINES = ("bmc", "induction", "spacer", "k-liveness", "response")
"""The engines that the portfolio uses unless told otherwise."""

FORMER = "former proof"
"""The engine of a verdict that an earlier certificate establishes."""

NO_LASSO = "the data is unbounded: there may be a violation that never repeats a state, which no lasso can show"
"""What has to be said where nothing is known of a liveness claim about unbounded data."""

PATIENCE = 1.0
"""For how many seconds an engine may be at a job alone before the next one joins it, where a processor is idle."""


@dataclass(frozen=True, eq=False)
class Job:
    """A problem with its premise; `likely` ("holds" or "violated") only orders the engines.

    A question asked on the side has a `budget` in seconds, where that is less than the portfolio's timeout: then nothing is
    searched deeply for it, and whether its answer speaks of any run is not asked. `former` is a certificate that established
    something like it; where it passes the audit for this problem too, no engine is needed. `hints` are candidates for the engine
    `response`.
    """

    problem: Problem
    premise: z3.BoolRef | None = None
    likely: str | None = None
    budget: float | None = None
    former: Certificate | None = None
    hints: StatedHints | None = None


@dataclass(frozen=True)
class Progress:
    """What is under way: `job` is the number of a job, `engine` is at it, `depth` is how far a bounded search has come."""

    job: int
    engine: str
    depth: int | None = None


@dataclass
class _Case:
    """A job under way."""

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


class Portfolio:
    """Runs jobs on up to `processes` workers, each job for at most `timeout` seconds (None: no limit).

    A context manager; leaving it kills the workers. `second_opinion` has cvc5 audit every certificate too.
    """

    def __init__(
        self,
        processes: int = 2,
        *,
        timeout: float | None = None,
        engines: Sequence[str] = DEFAULT_ENGINES,
        second_opinion: bool = False,
    ) -> None:
        for engine in engines:
            if engine not in ENGINES:
                raise InputError(f"no engine {engine!r}; there are {', '.join(ENGINES)}")
        self._pool = Pool(processes)
        self._timeout = timeout
        self._engines = tuple(engines)
        self._second_opinion = second_opinion

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

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
                self._start(cases)
                for reply in self._pool.wait(0.2):
                    self._hear(cases, reply, lambda event: on_progress(replace(event, job=asked_by[event.job][0])))
                self._expire(cases)
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

    def _case(self, number: int, job: Job) -> _Case:
        data = job.problem.packed
        search = 0 if job.likely != "holds" else 2
        tasks = [(0, "ranges", Task("ranges", data))]
        if "bmc" in self._engines:
            tasks.append((search, "bmc", Task("bmc", data, last=QUICK, patience=QUICK_PATIENCE)))
            tasks += [(9, "deep bmc", Task("bmc", data, last=DEEP))] if job.budget is None else []
        if "induction" in self._engines and job.problem.is_safety:
            tasks.append((1, "induction", Task("induction", data, last=INDUCTION)))
        if "spacer" in self._engines:
            tasks.append((1, "spacer", Task("spacer", data)))
        if "k-liveness" in self._engines and not job.problem.is_safety:
            tasks.append((2, "k-liveness", Task("k-liveness", data)))
        if self._asks_for_response(job):
            tasks.append((1 if job.hints is None else 0, "response", Task("response", data, hints=job.hints)))
        if "explicit" in self._engines:
            tasks.append((1, "explicit", Task("explicit", data)))
        tasks.sort(key=lambda task: task[0])
        if job.former is None:
            return _Case(number, job, tasks, data)
        audit = Task("audit", data, certificate=job.former, second_opinion=self._second_opinion)
        later = [(urgency + 1, engine, task) for urgency, engine, task in tasks]  # most likely there is no need for them
        return _Case(number, job, [(0, f"audit of {FORMER}", audit), *later], data, certificates={FORMER: job.former})

    def _asks_for_response(self, job: Job) -> bool:
        """Whether ranks are looked for: where they are hinted at, or liveness to safety proves nothing or is not asked."""
        if "response" not in self._engines or job.problem.is_safety:
            return False
        return job.hints is not None or not job.problem.system.is_finite or "spacer" not in self._engines

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
            _, engine, task = case.pending.pop(0)
            case.begun = case.begun or time.monotonic()
            self._pool.start((number, engine), task)

    def _may_start(self, case: _Case) -> bool:
        """One engine at a time, unless it takes long: then the next one joins it."""
        urgency = case.pending[0][0]
        return urgency <= 0 or all(self._pool.age(key) > PATIENCE for key in self._mine(case))

    def _hear(self, cases: list[_Case], reply: Reply, on_progress: Callable[[Progress], None]) -> None:
        number, engine = reply.key
        case = cases[number]
        match reply.kind, reply.content:
            case "depth", int(depth):
                on_progress(Progress(number, engine, depth))
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
                if engine != "ranges":
                    case.reasons[_name(engine)] = reason
                    case.depth = max(case.depth, depth) if engine != "premise" else case.depth
            case Found(run):
                replay(about, run)
                self._decided_by_run(case, engine, run)
            case Proved(certificate):
                case.certificates[engine] = certificate
                data = about.packed if engine == "premise" else case.data
                task = Task("audit", data, certificate=certificate, second_opinion=self._second_opinion)
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
            run, engine=_name(engine), checked_by=(REPLAYED,), vacuity=Vacuity(True, happens, run if happens else None)
        )

    def _audited(self, case: _Case, key: str, audited: Audited) -> None:
        engine = key.removeprefix("audit of ")
        if audited.rejected:
            case.reasons[engine] = f"its certificate was rejected: {audited.rejected}"
        elif engine == "premise":
            assert case.verdict is not None
            has_premise = case.job.premise is not None
            fair_run = None if has_premise else False
            case.verdict = replace(case.verdict, vacuity=Vacuity(fair_run, False if has_premise else None))
        elif isinstance(case.verdict, Violated):
            raise ContradictionError(f"{engine} proves what {case.verdict.engine} shows to be violated")
        elif case.verdict is None:
            self._stop(case)
            if engine == FORMER and case.certificates[engine].method != "exhaustive":
                case.pending = []  # that no variable leaves its range is among the obligations
            case.verdict = Holds(case.certificates[engine], engine=_name(engine), checked_by=audited.checked_by)
            if case.job.budget is None:
                question = possibility(case.job.problem, case.job.premise)
                case.pending.append((0, "premise", Task("possible", question.packed, last=QUICK, patience=10 * QUICK_PATIENCE)))

    def _stop(self, case: _Case) -> None:
        """Forget what was to be tried for `case`, and kill what is under way."""
        case.pending = [task for task in case.pending if task[1] == "ranges"]
        for key in self._mine(case):
            if key[1] != "ranges":
                self._pool.kill(key)

    def _expire(self, cases: list[_Case]) -> None:
        for case in cases:
            limit = min((one for one in (self._timeout, case.job.budget) if one is not None), default=None)
            if case.settled is not None or case.begun is None or limit is None or self._is_done(case):
                continue
            if time.monotonic() - case.begun > limit:
                for _, engine, _ in case.pending:
                    case.reasons.setdefault(_name(engine), f"not begun within {limit:g} s")
                case.pending = []
                for key in self._mine(case):
                    case.reasons[_name(key[1])] = f"no answer within {limit:g} s"
                    self._pool.kill(key)

    def _mine(self, case: _Case) -> list[Key]:
        """The tasks under way for `case`."""
        return [key for key in self._pool.running if key[0] == case.number]

    def _is_done(self, case: _Case) -> bool:
        return not case.pending and not self._mine(case)

    def _finish(self, case: _Case) -> Verdict:
        verdict = case.verdict
        if verdict is None or "ranges" in case.reasons:
            tried = "; ".join(f"{engine}: {reason}" for engine, reason in case.reasons.items())
            if not case.job.problem.system.is_finite and not case.job.problem.is_safety:
                tried = f"{tried}; {NO_LASSO}" if tried else NO_LASSO
            verdict = Unknown(tried or "no engine was asked", depth=case.depth)
        seconds = time.monotonic() - (case.begun or time.monotonic())
        basis = basis_of(case.job.problem.system)
        if isinstance(verdict, Holds):
            basis = used_by(verdict.certificate, basis)
        return replace(verdict, basis=basis, seconds=seconds)


def _forget(seconds: float, cases: Iterable[_Case]) -> None:
    """Take back time in which nobody listened: an answer that waits to be heard must not be late."""
    for case in cases:
        if case.begun is not None:
            case.begun += seconds


def identity(job: Job) -> object:
    """What makes two jobs the same question, asked in the same way: everything but the names of their systems."""
    premise = None if job.premise is None else job.premise.sexpr()
    asked_for = (job.likely, job.budget, job.former, job.hints)
    return replace(job.problem.system.text, name=""), job.problem.packed.formula, premise, *asked_for


def _name(engine: str) -> str:
    return engine.removeprefix("deep ")


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
