"""A case: a job under way, with what was handed over for it, and which of that counts.

Engines run side by side, and who is faster depends on the machine. Which answer becomes the verdict does not: an answer counts
once every attempt that is preferred to it and could give an answer of the same kind has ended. Each ends by what it counts
(`dialproof.engines.limits`). Attempts that are not needed for that are ended at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from dialproof.core.certificates import Certificate
from dialproof.core.run import Run
from dialproof.core.verdict import Vacuity, Verdict
from dialproof.encode.problem import Packed, Problem
from dialproof.engines import registry
from dialproof.engines.candidates import Found, Proved
from dialproof.engines.registry import Answer
from dialproof.portfolio.attempt import Attempt, Role
from dialproof.portfolio.cache import Evidence
from dialproof.portfolio.jobs import Job
from dialproof.portfolio.tasks import Audited, Task

LONG = 24
"""Of a shortest run of at most so many steps a bounded search is awaited: it is soon there, and makes the run simpler."""


class Pending(NamedTuple):
    """A task that is to begin; the smallest `urgency` first."""

    urgency: int
    task: Task

    @property
    def attempt(self) -> Attempt:
        """What is tried."""
        return self.task.attempt


@dataclass(eq=False)
class Case:
    """A job under way.

    `urgency` is that of the first round of each engine, by its name; `begun_tasks` are what was begun. `candidates` are replayed
    runs, and certificates (in `audited` once they are), by who handed them over. `excluded` is up to how many steps a search that
    has ended has seen no violation. `recalled` is a run from the cache that is yet to be replayed, `source` who found its
    evidence, as the cache says, and `source_depth` up to how many steps there is no violation. `found` is what was found out
    anew, for the cache: of which problem, the evidence, by whom, and up to how many steps there is no violation (-1: that is not
    known).

    `is_premise_asked`: it is, or was, looked into if the premise can happen. `was_glimpsed`: that began beside a prover.
    `premise_proof` says that it never happens, if an audit agrees; `premise_reason` why that is not known. `distrusts_cache`:
    what the cache had to say of it was of no use. `asked_for` is the number of the case whose system's ranges this one is about;
    None: somebody has asked for the job itself. A case has `timed_out` if a limit of time has ended what might have led to an
    answer.
    """

    number: int
    job: Job
    pending: list[Pending]
    data: Packed
    urgency: dict[str, int] = field(default_factory=dict)
    begun: float | None = None
    depth: int = -1
    begun_tasks: dict[Attempt, Task] = field(default_factory=dict)
    candidates: dict[Attempt, Found | Proved] = field(default_factory=dict)
    audited: dict[Attempt, Audited] = field(default_factory=dict)
    excluded: dict[Attempt, int] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    vacuity: Vacuity | None = None
    verdict: Verdict | None = None
    settled: Verdict | None = None
    recalled: Run | None = None
    source: str = ""
    source_depth: int = -1
    distrusts_cache: bool = False
    found: list[tuple[Problem, Evidence, str, int]] = field(default_factory=list)
    premise_proof: Certificate | None = None
    premise_reason: str = ""
    is_premise_asked: bool = False
    was_glimpsed: bool = False
    asked_for: int | None = None
    timed_out: bool = False

    @property
    def needs_its_premise(self) -> bool:
        """True if a proved claim is also checked for vacuity (can its premise happen?)."""
        return self.job.budget is None and not self.job.simulation and self.job.ranges_of is None

    def gives_no_answer(self, attempt: Attempt, why: str) -> None:
        """Keep `why` an attempt came to nothing."""
        if attempt.is_aside or (attempt.of is not None and attempt.of.is_aside):
            self.premise_reason = why
        else:
            self.reasons[(attempt.of or attempt).name] = why

    @property
    def standing(self) -> list[Attempt]:
        """Who has handed over a candidate just now, or one that was audited."""
        return [one for one in self.candidates if one.role is Role.DECIDE or one in self.audited]

    def is_needed(self, attempt: Attempt) -> bool:
        """True if `attempt` is about something else, or may have an answer that is preferred to all that there are."""
        if attempt.role is not Role.DECIDE:
            return True
        return all(self._precedes(attempt, one) for one in self.standing)

    def choice(self, open_: Iterable[Attempt]) -> Attempt | None:
        """Whose candidate counts, if `open_` are the attempts that have not ended; None while that is not settled.

        When the time is over it is settled: what is there counts.
        """
        waiting = [] if self.timed_out else list(open_)
        for one in sorted(self.candidates, key=self._rank):
            is_checked = isinstance(self.candidates[one], Found) or one in self.audited
            if is_checked and not any(self._precedes(other, one) for other in waiting):
                return one
        return None

    def no_violation_before(self, attempt: Attempt) -> int:
        """Up to how many steps the searches that are preferred to `attempt` have seen no violation (-1: none was made)."""
        earlier = (depth for other, depth in self.excluded.items() if self._preference(other) < self._preference(attempt))
        return max(earlier, default=-1)

    def _precedes(self, attempt: Attempt, candidate: Attempt) -> bool:
        """True if `attempt`, or what it audits, may count instead of `candidate`: an answer of the same kind, and preferred."""
        found = self.candidates[candidate]
        kind = Answer.VIOLATION if isinstance(found, Found) else Answer.PROOF
        attempt = attempt.of or attempt
        match attempt.role:
            case Role.DECIDE:
                kinds = registry.engine_called(attempt.engine).answers
            case Role.FORMER | Role.CACHE:
                kinds = frozenset({Answer.PROOF})
            case _:
                return False
        best = self._preference(attempt)
        if isinstance(found, Found) and len(found.run) > LONG and attempt.role is Role.DECIDE:
            best = self._as_shortest(attempt)  # another one of so many steps, perhaps
        return kind in kinds and best < self._rank(candidate)

    def _rank(self, attempt: Attempt) -> tuple[int, int]:
        """The preference of what `attempt` has handed over."""
        found = self.candidates[attempt]
        is_long = isinstance(found, Found) and found.is_shortest and len(found.run) > LONG
        return self._as_shortest(attempt) if is_long else self._preference(attempt)

    def _as_shortest(self, attempt: Attempt) -> tuple[int, int]:
        """The preference of a run of many steps if it is known to be a shortest one: nobody waits for a bounded search then."""
        counted, place = self._preference(attempt)
        engine = registry.engine_called(attempt.engine)
        return counted - int(engine.may_know_shortest), place

    def _preference(self, attempt: Attempt) -> tuple[int, int]:
        """What is preferred comes first: what was known before, then earlier rounds, then the order of the registry."""
        if attempt.role is not Role.DECIDE:
            return -len(registry.REGISTRY), 0
        engine = registry.engine_called(attempt.engine)
        is_hinted = engine.takes_hints and self.job.hints is not None
        return attempt.round - engine.head_start, -1 if is_hinted else registry.REGISTRY.index(engine)
