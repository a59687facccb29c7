"""What the portfolio is asked: jobs, when two of them are the same, and which engines may prove one."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import z3

from dialproof.core.certificates import Certificate
from dialproof.core.errors import InputError
from dialproof.core.hints import StatedHints
from dialproof.core.names import nearest
from dialproof.core.obligation import Obligation
from dialproof.encode.problem import Problem
from dialproof.engines import registry
from dialproof.engines.registry import Engine, Facts
from dialproof.evidence.range_claim import range_problem
from dialproof.portfolio.attempt import Attempt


class Effort(Enum):
    """How much is tried for a job: one short bounded search, a bounded search to any depth, or every engine."""

    SHORT_SEARCH = "short search"
    SEARCH = "search"
    EVERYTHING = "everything"


@dataclass(frozen=True, eq=False)
class Job:
    """A problem with its premise; `likely` ("holds" or "violated") only orders the engines.

    A question asked on the side has a `budget` in seconds, where that is less than the portfolio's timeout: then nothing is
    searched deeply for it, and whether its answer speaks of any run is not asked. `former` is a certificate that established
    something like it; where it passes the audit for this problem too, no engine is needed. `simulation` establishes that the
    system stands for many others (`dialproof.evidence.simulation`): it is audited with each proof, and a violation is no answer
    then. `effort` says how much is tried. `hints` are candidates for the engine `response`. `ranges_of` is the system, as packed,
    whose ranges the problem is about (`range_job`); None: it is no such problem.
    """

    problem: Problem
    premise: z3.BoolRef | None = None
    likely: str | None = None
    budget: float | None = None
    former: Certificate | None = None
    simulation: tuple[Obligation, ...] = ()
    effort: Effort = Effort.EVERYTHING
    hints: StatedHints | None = None
    ranges_of: bytes | None = None


def range_job(problem: Problem, budget: float | None = None) -> Job:
    """The question whether no reachable state of the system of `problem` has a step out of range."""
    return Job(range_problem(problem.system), likely="holds", budget=budget, ranges_of=problem.packed.system)


class Questions:
    """Jobs to be answered. More can be asked, and some be dropped, while the answers of others are awaited.

    `more` asks further jobs each time that it is advanced, and is advanced when there is nobody left who could begin.
    """

    def __init__(self, jobs: Iterable[Job] = (), more: Iterable[None] = ()) -> None:
        self._more = iter(more)
        self._asked: dict[int, Job] = {}
        self._dropped: list[int] = []
        self._total = 0
        for job in jobs:
            self.ask(job)

    def ask(self, job: Job) -> int:
        """Have `job` answered; returns its number, counted from 0."""
        number = self._total
        self._total += 1
        self._asked[number] = job
        return number

    def drop(self, number: int) -> None:
        """Take back the job of that number: nobody waits for its answer any more."""
        if self._asked.pop(number, None) is None:
            self._dropped.append(number)

    def newly_asked(self, most: int) -> Iterator[tuple[int, Job]]:
        """The jobs that were asked since the last time, with their numbers, but at most so many."""
        for _ in range(most):
            while not self._asked:
                try:
                    next(self._more)
                except StopIteration:
                    return
            number = next(iter(self._asked))
            yield number, self._asked.pop(number)

    @property
    def are_all_taken(self) -> bool:
        """True if no job is left that was not handed out."""
        while not self._asked:
            try:
                next(self._more)
            except StopIteration:
                return True
        return False

    def newly_dropped(self) -> tuple[int, ...]:
        """The numbers of the jobs that were taken back since the last time."""
        dropped, self._dropped = tuple(self._dropped), []
        return dropped


@dataclass(frozen=True)
class Progress:
    """What is under way: `job` is the number of a job, `attempt` is at it, `depth` is how far a bounded search has come."""

    job: int
    attempt: Attempt
    depth: int | None = None


LATER = 2
"""By how much an engine that proves nothing is less urgent if the claim is likely to hold."""

SMALL = 24
"""A system of at most so many variables is small: to look at it anew takes no time."""


def identity(job: Job) -> object:
    """What makes two jobs the same question, asked in the same way: everything but the names of their systems."""
    premise = None if job.premise is None else job.premise.sexpr()
    problem = replace(job.problem.system.text, name=""), job.problem.packed.formula
    return problem, premise, job.likely, job.budget, job.former, job.simulation, job.effort, job.hints, job.ranges_of


def engines_for(job: Job, asked: Sequence[str]) -> dict[Engine, int]:
    """The engines that `job` is put to, of those that are `asked`, each with its urgency."""
    system = job.problem.system
    facts = Facts(job.problem.is_safety, system.is_finite, job.hints is not None, frozenset(asked), system.size)
    later = LATER if job.likely == "holds" else 0
    chosen = [engine for engine in registry.REGISTRY if engine.name in facts.asked and engine.applies(facts)]
    urgencies = {engine: engine.urgency(facts) + (0 if engine.proves else later) for engine in chosen}
    if facts.has_hints and any(engine.takes_hints for engine in chosen):  # who has hints, and they are right, needs nobody else
        return {engine: 0 if engine.takes_hints else max(1, urgency) for engine, urgency in urgencies.items()}
    return urgencies


def require_effort(processes: int, timeout: float | None, engines: Sequence[str]) -> None:
    """Raise InputError for an effort that nobody can make."""
    is_number = isinstance(timeout, int | float) and not isinstance(timeout, bool)
    if timeout is not None and not (is_number and 0 < timeout < math.inf):
        raise InputError(f"`timeout` is {timeout!r}; allowed: a number of seconds above 0, or None for no limit")
    if not isinstance(processes, int) or isinstance(processes, bool) or processes < 1:
        raise InputError(f"`processes` is {processes!r}; allowed: a whole number of at least 1")
    if isinstance(engines, str) or not isinstance(engines, Sequence):
        raise InputError(f"`engines` is {engines!r}; allowed: a list of names, like [{registry.names()[0]!r}]")
    for engine in engines:
        if engine not in registry.names():
            raise InputError(f"no engine {engine!r}; {nearest(engine, registry.names())}")
        if missing := registry.engine_called(engine).missing():
            raise InputError(missing)
