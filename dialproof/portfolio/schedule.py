"""Who is at which job, and when: the order in which the portfolio asks its engines, whatever they may answer.

Nothing here decides which answer counts (`dialproof.portfolio.case`), so that the clock may decide who begins beside whom.
"""

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from dialproof.core.verdict import Unknown
from dialproof.engines import registry
from dialproof.portfolio.attempt import PREMISE, RANGES, Attempt, Role
from dialproof.portfolio.case import Case, Pending
from dialproof.portfolio.jobs import SMALL
from dialproof.portfolio.known_ranges import KnownRanges
from dialproof.portfolio.pool import Key, Pool

JOIN_S = 1.0
"""For how many seconds an engine may be at a job alone before the next one joins it, if a processor is idle."""

JOIN_LOOK_S = 0.5
"""The same if the next engine is a look: what a prover proves soon it has mostly proved by then."""

GLIMPSE_S = 4.0
"""For how many seconds the premise may be looked into beside a prover, before anything is proved."""

RECALL_S = 150.0
"""For how many seconds the audit of a certificate from the cache may go on, and for half the time that there is at most."""


class Schedule:
    """Hands the tasks of cases to a pool's free workers, each case for at most `timeout` seconds (None: no limit).

    The ranges of a system that `ranges` knows about are not looked into once more.
    """

    def __init__(self, pool: Pool, timeout: float | None, ranges: KnownRanges | None = None) -> None:
        self._pool = pool
        self._timeout = timeout
        self._ranges = ranges or KnownRanges()

    def next(self, cases: Sequence[Case]) -> tuple[Case, Pending] | None:
        """What begins if a worker is free: for a case that nobody is at, a second engine for one; later rounds last."""
        if not self._pool.free:
            return None
        alone = len(cases) == 1
        waiting = []
        is_one_new = False
        for place, case in enumerate(cases):
            is_new = case.begun is None and case.asked_for is None
            if is_new and is_one_new:
                continue  # the new one before it comes first
            first = self._first_pending(case, alone)
            if first is not None and self._may_start(case, first, alone):
                joins = bool(self.under_way(case)) and first.urgency > 0
                # others wait for what is said of the ranges
                waiting.append(((joins, first.attempt.round, case.asked_for is None, place), case, first))
                is_one_new = is_one_new or is_new
        if not waiting:
            return None
        _, case, first = min(waiting, key=lambda one: one[0])
        return case, first

    def _first_pending(self, case: Case, alone: bool) -> Pending | None:
        """What begins next for `case`. In a small system a search that ends soon comes before a prover that joins another one."""
        needed = [one for one in case.pending if case.is_needed(one.attempt)]
        if alone and _is_small(case) and self._has_only_looks(case):
            return next((one for one in needed if _is_look(one.attempt)), needed[0] if needed else None)
        return needed[0] if needed else None

    def begin(self, case: Case, pending: Pending) -> None:
        """Start `pending`, one of the tasks of `case`."""
        case.pending.remove(pending)
        case.begun = case.begun or time.monotonic()
        task = replace(pending.task, first_steps=case.no_violation_before(pending.attempt) + 1)
        case.begun_tasks[task.attempt] = task
        if task.attempt != RANGES or not self._ranges.is_looked_into(case.data):
            self._pool.start((case.number, task.attempt), task)

    def _may_start(self, case: Case, first: Pending, alone: bool) -> bool:
        """One engine at a time, unless it takes long: then the next one joins it.

        What an answer waits for begins at once. For the only case that is left no worker is spared. In a small system the first
        prover joins the first searches at once (in a large one it is quicker once they have ended); a search goes on beside it
        once the premise has been looked into.
        """
        attempt = first.attempt
        if first.urgency <= 0 or attempt.role is not Role.DECIDE or case.standing:
            return True
        engine = registry.engine_called(attempt.engine)
        if alone and _is_small(case) and self._has_only_looks(case):
            return _is_look(attempt) or (engine.proves and case.job.likely != "violated")
        if alone and attempt.round == 1 and engine.head_start and case.was_glimpsed and not self._is_at(case, PREMISE):
            return True
        patience = JOIN_LOOK_S if engine.is_look else JOIN_S
        return all(self._pool.age(key) > patience for key in self._deciding(case))

    def _has_only_looks(self, case: Case) -> bool:
        """True if nothing but first searches is at the claim."""
        deciding = self._deciding(case)
        return bool(deciding) and all(_is_look(attempt) for _, attempt in deciding)

    def idle_beside_a_prover(self, cases: Sequence[Case]) -> Case | None:
        """The last case, if a worker is idle beside its prover: it may see if the premise can happen, which a proof will ask."""
        if len(cases) != 1 or not self._pool.free:
            return None
        (case,) = cases
        if case.verdict is not None or case.was_glimpsed or case.is_premise_asked or not case.needs_its_premise:
            return None
        proving = any(registry.engine_called(attempt.engine).proves for _, attempt in self._deciding(case) if attempt.engine)
        return case if proving else None

    def stop(self, case: Case, keeping: Collection[Attempt]) -> None:
        """Forget what was to be tried for `case`, and kill what is under way, but for what is in `keeping` and its audits."""
        case.pending = [one for one in case.pending if one.attempt in keeping or one.attempt.of in keeping]
        for key in self.under_way(case):
            if key[1] not in keeping and key[1].of not in keeping:
                self._pool.kill(key)

    def end_needless(self, case: Case) -> None:
        """End what cannot hand over anything that is preferred to what there is; it begins anew if that is rejected."""
        for key in self._deciding(case):
            if not case.is_needed(key[1]):
                self._pool.kill(key)
                case.pending.append(Pending(case.urgency[key[1].engine], case.begun_tasks[key[1]]))

    def abandon(self, case: Case) -> None:
        """End everything for `case`: nobody waits for its answer any more."""
        case.pending = []
        for key in self.under_way(case):
            self._pool.kill(key)
        case.settled = Unknown("it was taken back")

    def expire(self, cases: Iterable[Case]) -> list[tuple[Case, Attempt]]:
        """End what takes longer than it may; the audits of what the cache proposed that were ended so."""
        ended = []
        for case in cases:
            if case.begun is None or self.is_done(case):
                continue
            limit = self._limit(case)
            for key in self.under_way(case):
                attempt = key[1]
                if attempt == PREMISE and case.verdict is None and self._pool.age(key) > GLIMPSE_S:
                    self._pool.kill(key)  # nothing was promised of it, and others may wait for its worker
                    case.is_premise_asked = False
                longest = min(RECALL_S, (limit or 2 * RECALL_S) / 2)
                if attempt.of is not None and attempt.of.is_recalled and self._pool.age(key) > longest:
                    self._pool.kill(key)  # whoever has put it there must not keep the engines from their work
                    ended.append((case, attempt))
            if limit is not None and time.monotonic() - case.begun > limit:
                self._give_up(case, limit)
        return ended

    def _give_up(self, case: Case, limit: float) -> None:
        case.timed_out = True
        for one in case.pending:
            begun = "no answer" if one.attempt.round else "not begun"
            if one.attempt.role is Role.DECIDE:
                case.reasons[one.attempt.name] = f"{begun} within {limit:g} s"
        case.pending = []
        for key in self.under_way(case):
            case.gives_no_answer(key[1], f"no answer within {limit:g} s")
            self._pool.kill(key)

    def open_attempts(self, case: Case) -> list[Attempt]:
        """What is under way for `case` or to come."""
        return [attempt for _, attempt in self.under_way(case)] + [one.attempt for one in case.pending]

    def is_to_be_searched(self, case: Case) -> bool:
        """True if the first search for a violation is under way or to come."""
        return any(
            attempt.role is Role.DECIDE and not attempt.round and not registry.engine_called(attempt.engine).proves
            for attempt in self.open_attempts(case)
        )

    def _limit(self, case: Case) -> float | None:
        """For how many seconds the case may go on."""
        return min((one for one in (self._timeout, case.job.budget) if one is not None), default=None)

    def _is_at(self, case: Case, attempt: Attempt) -> bool:
        return (case.number, attempt) in self._pool.running

    def _deciding(self, case: Case) -> list[Key]:
        return [key for key in self.under_way(case) if key[1].role is Role.DECIDE or key[1].role is Role.AUDIT]

    def under_way(self, case: Case) -> list[Key]:
        """The tasks under way for `case`."""
        return [key for key in self._pool.running if key[0] == case.number]

    def is_done(self, case: Case) -> bool:
        """True if nothing is under way for `case` or pending."""
        return not case.pending and not self.under_way(case)


def _is_small(case: Case) -> bool:
    return len(case.job.problem.system.variables) <= SMALL


def _is_look(attempt: Attempt) -> bool:
    return attempt.role is Role.DECIDE and not attempt.round and registry.engine_called(attempt.engine).is_look


def forget(seconds: float, cases: Iterable[Case]) -> None:
    """Take back time in which nobody listened: an answer that waits to be heard must not be late."""
    for case in cases:
        if case.begun is not None:
            case.begun += seconds
