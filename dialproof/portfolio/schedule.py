"""Who is at which job, and for how long: the order in which the portfolio asks its engines, whatever they may answer."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from dialproof.core.certificates import Certificate
from dialproof.core.run import Run
from dialproof.core.verdict import Unknown, Vacuity, Verdict
from dialproof.encode.problem import Packed, Problem
from dialproof.portfolio.cache import Evidence
from dialproof.portfolio.jobs import ENGINES, PROVERS, SMALL, Job
from dialproof.portfolio.known_ranges import KnownRanges
from dialproof.portfolio.pool import Key, Pool
from dialproof.portfolio.tasks import QUICK, Task, possibility

CACHE = "cache"
"""The engine of a verdict whose evidence was found by an earlier run, and was audited or replayed anew by this one."""

CACHED_PREMISE = "cached premise"
"""The same, of the evidence that the premise can happen."""

AUDITS_OF_RECALLED = frozenset({f"audit of {CACHE}", f"audit of {CACHED_PREMISE}"})
"""The audits of what the cache proposes."""

GLIMPSE = "glimpse"
"""A short search for a run on which the premise happens, before anything is proved."""

BESIDE = frozenset({"ranges", GLIMPSE})
"""What goes on beside the engines, and does not decide a case."""

PATIENCE = 1.0
"""For how many seconds an engine may be at a job alone before the next one joins it, where a processor is idle."""

SOON = 0.5
"""The same if the next one is a bounded or a small explicit search: what a prover proves soon it has mostly proved by then."""

GRACE = 2.0
"""For how many seconds the answer of an explicit search waits for engines that have been under way for less: theirs says more."""

LONG = 4.0
"""For how many seconds a glimpse may go on, in which more is done than the search that has `SOON`."""

TURN = 20.0
"""For how many seconds the engine that joined last goes on while others wait for a worker; each later turn is twice as long."""

LOOKS = frozenset({"bmc", "explicit"})
"""The first searches, which take little time: a bounded one, and one of a few states."""

FIRST_LOOK = 2.0
"""The same, while one of these is among those that wait."""

RECALL = 150.0
"""For how many seconds the audit of a certificate from the cache may go on, and for half the time that there is at most."""


@dataclass
class Case:
    """A job under way.

    `recalled` is a run from the cache that is yet to be replayed, `source` what the cache says of who found its evidence, and
    `source_depth` up to how many steps there is no violation.
    `found` is what was found out anew, for the cache: of which problem, the evidence, by whom, and up to how many
    steps there is no violation (-1: that is not known). `distrusts_cache`: what it had
    to say of the premise was of no use. `searches` are the engines that have been begun, and `turns` how often each gave way.
    `asked_for` is the number of the case whose system's ranges this one is about; None: somebody has asked for the job itself.
    There is no violation of fewer than `free` steps, as far as was searched. `held_back` is a violation that a prover has found
    beside the first search, and the prover's name: it counts where that search, which finds a shortest one, finds none. `visited`
    is the certificate of an explicit search, and its name: it counts if nobody else finds one. Until `waits_until` the
    answer of an explicit search waits for the others.
    A case has `timed_out` if a limit has ended what might have led to an answer.
    """

    number: int
    job: Job
    pending: list[tuple[int, str, Task]]
    data: Packed
    begun: float | None = None
    depth: int = -1
    certificates: dict[str, Certificate] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    vacuity: Vacuity | None = None
    verdict: Verdict | None = None
    settled: Verdict | None = None
    recalled: Run | None = None
    source: str = ""
    source_depth: int = -1
    distrusts_cache: bool = False
    found: list[tuple[Problem, Evidence, str, int]] = field(default_factory=list)
    searches: dict[str, Task] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)
    free: int = 0
    glimpsed: bool = False
    held_back: tuple[str, Run] | None = None
    asked_for: int | None = None
    timed_out: bool = False
    visited: tuple[str, Certificate] | None = None
    waits_until: float = 0.0

    @property
    def is_asked_for_its_premise(self) -> bool:
        """Whether it is asked, when the claim is proved, if its premise can happen at all."""
        return self.job.budget is None and not self.job.simulation and self.job.ranges_of is None

    def gives_no_answer(self, engine: str, why: str) -> None:
        """Keep `why` an engine said nothing; of a glimpse nothing was expected."""
        if engine != GLIMPSE:
            self.reasons[plain_name(engine)] = why


class Schedule:
    """Hands the tasks of cases to a pool's free workers, each case for at most `timeout` seconds (None: no limit).

    The ranges of a system that `ranges` knows about are not looked into once more.
    """

    def __init__(self, pool: Pool, timeout: float | None, ranges: KnownRanges | None = None) -> None:
        self._pool = pool
        self._timeout = timeout
        self._ranges = ranges or KnownRanges()

    def next(self, cases: Sequence[Case]) -> Case | None:
        """Whose turn it is where a worker is free: a case that nobody is at, a second engine for one; deep searches last."""
        if not self._pool.free:
            return None
        alone = sum(case.settled is None for case in cases) == 1
        for case in cases:
            if alone and case.settled is None:
                self._count_first(case)
        waiting = [
            (
                bool(self.under_way(case)) and case.pending[0][0] > 0,
                case.pending[0][1] == "deep bmc",
                case.asked_for is None,  # others wait for what is said of the ranges
                case.number,
            )
            for case in cases
            if case.settled is None and case.pending and self._may_start(case, alone)
        ]
        return cases[min(waiting)[-1]] if waiting else None

    def _count_first(self, case: Case) -> None:
        """In a small system the explicit search, which ends soon, comes before the prover that joins the first search."""
        deciding = [key for key in self.under_way(case) if key[1] not in BESIDE]
        if len(case.job.problem.system.variables) <= SMALL and deciding == [(case.number, "bmc")]:
            case.pending.sort(key=lambda task: task[1] != "explicit")

    def begin(self, case: Case) -> None:
        """Start the first task that is pending for `case`."""
        _, engine, task = case.pending.pop(0)
        case.begun = case.begun or time.monotonic()
        if task.what in ENGINES:
            case.searches[engine] = task
        if task.what == "bmc":
            task = replace(task, first=case.free)
        if engine != "ranges" or not self._ranges.is_looked_into(case.data):
            self._pool.start((case.number, engine), task)

    def _may_start(self, case: Case, alone: bool) -> bool:
        """One engine at a time, unless it takes long: then the next one joins it.

        For the only case that is left no worker is spared. In a small system the first prover joins the first search at once (in
        a large one it is quicker where that has been); a bounded search goes on beside it once the premise has been looked into.
        """
        urgency, engine, _ = case.pending[0]
        keys = self.under_way(case)
        deciding = [key for key in keys if key[1] not in BESIDE]
        is_small = len(case.job.problem.system.variables) <= SMALL
        if alone and is_small and engine == "explicit" and deciding == [(case.number, "bmc")]:
            return True
        if alone and is_small and engine in PROVERS and case.job.likely != "violated" and deciding == [(case.number, "bmc")]:
            return True
        if alone and engine == "further bmc" and case.glimpsed and (case.number, GLIMPSE) not in keys:
            return True
        patience = SOON if engine in {"further bmc", "explicit"} else PATIENCE
        return urgency <= 0 or all(self._pool.age(key) > patience for key in deciding)

    def glimpse(self, cases: Sequence[Case]) -> None:
        """Where a worker is idle beside a prover of the last case, see whether the premise can happen: a proof will ask that."""
        left = [case for case in cases if case.settled is None]
        if len(left) != 1 or not self._pool.free:
            return
        (case,) = left
        engines = {engine for _, engine in self.under_way(case)}
        if case.glimpsed or not case.is_asked_for_its_premise or not engines & PROVERS:
            return
        case.glimpsed = True
        question = possibility(case.job.problem, case.job.premise)
        self._pool.start((case.number, GLIMPSE), Task(GLIMPSE, question.packed, last=QUICK, patience=SOON))

    def stop(self, case: Case) -> None:
        """Forget what was to be tried for `case`, and kill what is under way."""
        case.pending = [task for task in case.pending if task[1] == "ranges"]
        for key in self.under_way(case):
            if key[1] != "ranges":
                self._pool.kill(key)

    def abandon(self, case: Case) -> None:
        """End everything for `case`: nobody waits for its answer any more."""
        case.pending = []
        for key in self.under_way(case):
            self._pool.kill(key)
        case.settled = Unknown("it was taken back")

    def expire(self, cases: Iterable[Case]) -> list[tuple[Case, str]]:
        """End what takes longer than it may; the audits of what the cache proposed that were ended so."""
        ended = []
        for case in cases:
            limit = self._limit(case)
            if case.settled is not None or case.begun is None or self.is_done(case):
                continue
            for key in self.under_way(case):
                if key[1] == GLIMPSE and self._pool.age(key) > LONG:
                    self._pool.kill(key)  # nothing was promised of it, and others may wait for its worker
                if key[1] in AUDITS_OF_RECALLED and self._pool.age(key) > min(RECALL, (limit or 2 * RECALL) / 2):
                    self._pool.kill(key)  # whoever has put it there must not keep the engines from their work
                    ended.append((case, key[1]))
            if limit is not None and time.monotonic() - case.begun > limit:
                self._give_up(case, limit)
        return ended

    def _give_up(self, case: Case, limit: float) -> None:
        case.timed_out = True
        for _, engine, _ in case.pending:
            begun = "no answer" if engine in case.turns else "not begun"
            case.reasons.setdefault(plain_name(engine), f"{begun} within {limit:g} s")
        case.pending = []
        for key in self.under_way(case):
            case.gives_no_answer(key[1], f"no answer within {limit:g} s")
            self._pool.kill(key)

    def take_turns(self, cases: Iterable[Case]) -> None:
        """Where every worker is at something and more engines wait, the one that joined last gives way when its turn is over.

        It begins anew when the others have had theirs, a bounded search at the depth that it had come to. So none waits for ever
        for those that never end. The first searches wait for a short while only: that the claim was expected to hold must not
        decide how soon a violation is found.
        """
        for case in cases:
            mine = [key for key in self.under_way(case) if key[1] in case.searches]
            if not mine or not case.pending or self._pool.free:
                continue
            last = min(mine, key=self._pool.age)
            _, engine = last
            turns = case.turns.get(engine, 0)
            unsearched = [task for task in case.pending if task[1] in LOOKS and task[1] not in case.searches]
            if self._pool.age(last) > (FIRST_LOOK if unsearched else TURN * 2**turns):
                self._give_way(case, last)
                case.turns[engine] = turns if unsearched else turns + 1
                case.pending = [*unsearched, *(task for task in case.pending if task not in unsearched)]

    def make_room(self, case: Case) -> None:
        """Free a worker for the next task of `case`: the engine that joined last gives way, which loses the least."""
        mine = [key for key in self.under_way(case) if key[1] in case.searches]
        if mine and not self._pool.free:
            self._give_way(case, min(mine, key=self._pool.age))

    def _give_way(self, case: Case, key: Key) -> None:
        """End what is under way; it begins anew when all that is pending has had its turn."""
        self._pool.kill(key)
        case.pending.append((9, key[1], case.searches[key[1]]))

    def is_searched(self, case: Case) -> bool:
        """Whether the first bounded search for `case` is under way."""
        return (case.number, "bmc") in self._pool.running

    def is_to_be_searched(self, case: Case) -> bool:
        """Whether the first bounded search for `case` is under way or to come."""
        return self.is_searched(case) or any(engine == "bmc" for _, engine, _ in case.pending)

    def let_others_answer(self, case: Case) -> None:
        """The answer of an explicit search for `case` waits from now on: a lemma or a shortest run tells a reader more."""
        limit = self._limit(case)
        case.waits_until = time.monotonic() + (GRACE if limit is None else min(GRACE, limit / 10))

    def _limit(self, case: Case) -> float | None:
        """For how many seconds the case may go on."""
        return min((one for one in (self._timeout, case.job.budget) if one is not None), default=None)

    def waits_for_others(self, case: Case) -> bool:
        """True while the answer of an explicit search for `case` waits for the engines that are under way, or yet to begin.

        Which of them had begun by then is for the machine to say; which answer is shown should not be.
        """
        if time.monotonic() >= case.waits_until:
            return False
        deciding = [key for key in self.under_way(case) if key[1] not in BESIDE]
        to_begin = any(engine in PROVERS and engine not in case.searches for _, engine, _ in case.pending)
        return to_begin or any(self._pool.age(key) < GRACE for key in deciding)

    def is_audited(self, case: Case) -> bool:
        """True if the audit of a certificate for `case` is under way or pending."""
        engines = [engine for _, engine in self.under_way(case)] + [engine for _, engine, _ in case.pending]
        return any(engine.startswith("audit of ") for engine in engines)

    def under_way(self, case: Case) -> list[Key]:
        """The tasks under way for `case`."""
        return [key for key in self._pool.running if key[0] == case.number]

    def is_done(self, case: Case) -> bool:
        """Whether nothing is under way for `case` or pending."""
        return not case.pending and not self.under_way(case)


def forget(seconds: float, cases: Iterable[Case]) -> None:
    """Take back time in which nobody listened: an answer that waits to be heard must not be late."""
    for case in cases:
        if case.begun is not None:
            case.begun += seconds


def plain_name(engine: str) -> str:
    """The engine's name, whichever of its searches it is."""
    return engine.removeprefix("deep ").removeprefix("further ")
