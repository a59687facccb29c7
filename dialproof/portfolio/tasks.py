"""The tasks that a worker process does: plain functions from plain data to plain data."""

from collections.abc import Callable
from dataclasses import dataclass

import z3

from dialproof.core import ltl
from dialproof.core.certificates import Certificate
from dialproof.core.errors import AuditError, OutOfRangeError
from dialproof.core.hints import StatedHints
from dialproof.core.obligation import Obligation
from dialproof.encode.problem import Packed, Problem, range_doubt
from dialproof.encode.transitions import conjunction
from dialproof.engines.candidates import Found, Nothing, Outcome, Proved
from dialproof.evidence.audit import audit_within_ranges
from dialproof.evidence.solvers import discharge, solvers_for

QUICK = 8
"""The depth of the first bounded search, in steps."""

QUICK_PATIENCE = 3.0
"""For how long the first bounded search goes on, in seconds; then the provers have their turn."""

FURTHER_PATIENCE = 10.0
"""For how long a bounded search goes on beyond that, beside the first prover and before the next ones, in seconds."""

DEEP = 120
"""The depth at which the bounded search stops, in steps."""

INDUCTION = 6
"""The largest k that k-induction tries."""

GLANCE = 2.0
"""For how many seconds a run on which a premise happens is searched for before the states are visited."""

FEW = 4_000
"""How many positions (states with what a run owes in them) the first explicit search may meet: it ends within about a second."""

MANY = 200_000
"""The same for an explicit search that has time."""


@dataclass(frozen=True)
class Task:
    """What to do: an engine's name or "audit", with its arguments; `patience` is in seconds (None: no limit).

    A bounded search looks for violations of `first` to `last` steps; an explicit one meets at most `last` positions.
    """

    what: str
    problem: Packed
    first: int = 0
    last: int = 0
    patience: float | None = None
    certificate: Certificate | None = None
    second_opinion: bool = False
    simulation: tuple[Obligation, ...] = ()
    hints: StatedHints | None = None


@dataclass(frozen=True)
class Audited:
    """The answer to an audit: who checked the certificate, or why it was rejected.

    `within_ranges`: it establishes the claim if no reachable state has a step out of range, which it does not establish.
    """

    checked_by: tuple[str, ...] = ()
    rejected: str = ""
    within_ranges: bool = False


@dataclass(frozen=True)
class Doubt:
    """The answer that a state within the ranges has a step out of range, whether it is reachable or not; `reason` names one."""

    reason: str


Answer = Outcome | Audited | Doubt
"""What a worker answers."""


def perform(task: Task, problem: Problem, progress: Callable[[int], None]) -> Answer:
    """Do `task` for `problem`; `progress` is told each depth of a bounded search. ModelError for a system without meaning.

    Only the engine that is asked is loaded: an audit must not need the engines, and no search should wait for those it is not.
    """
    match task.what:
        case "audit":
            assert task.certificate is not None
            try:
                discharge(task.simulation, solvers_for(second_opinion=task.second_opinion), set())
                made = audit_within_ranges(problem, task.certificate, second_opinion=task.second_opinion)
            except AuditError as reason:
                return Audited(rejected=str(reason))
            return Audited(made.checked_by, within_ranges=made.within_ranges)
        case "ranges":
            doubt = range_doubt(problem)
            return Doubt(doubt) if doubt else Nothing("every action keeps the variables in range")
        case "bmc":
            from dialproof.engines.bmc import search as bmc

            return bmc.search(problem, first=task.first, last=task.last, progress=progress, patience=task.patience)
        case "spacer":
            from dialproof.engines.spacer import search as spacer

            return spacer.prove(problem)
        case "k-liveness":
            from dialproof.engines import k_liveness as kliveness

            return kliveness.prove(problem)
        case "response":
            from dialproof.engines.response import search as response

            return response.prove(problem, task.hints)
        case "induction":
            from dialproof.engines import k_induction as induction
            from dialproof.engines import signal_correspondence as correspondence

            outcome = induction.prove(problem, last=task.last)
            return correspondence.prove(problem) if isinstance(outcome, Nothing) and problem.is_safety else outcome
        case "explicit":
            return _visited(problem, task.last)
        case "abc":
            from dialproof.engines import abc as abc_pdr

            return abc_pdr.prove(problem)
        case "glimpse":
            from dialproof.engines.bmc import search as bmc

            return bmc.glimpse(problem, last=task.last, progress=progress, patience=task.patience)
        case "possible":
            from dialproof.engines.bmc import search as bmc
            from dialproof.engines.spacer import search as spacer

            found = bmc.search_any(problem, last=task.last, progress=progress, patience=GLANCE)
            if isinstance(found, Nothing):
                found = _visited(problem, FEW)
            if isinstance(found, Nothing):
                found = bmc.search_any(problem, last=task.last, progress=progress, patience=task.patience)
            return spacer.prove(problem) if isinstance(found, Nothing) else found
    raise AssertionError(f"no task {task.what!r}")


def _visited(problem: Problem, limit: int) -> Outcome:
    """What the explicit search says; nothing if it meets a step out of range: whoever asks about the ranges shows the run."""
    from dialproof.engines import explicit

    try:
        return explicit.decide(problem, limit)
    except OutOfRangeError as reason:
        return Nothing(str(reason))


def possibility(problem: Problem, wish: z3.BoolRef | None) -> Problem:
    """The problem whose *violation* is a fair run on which `wish` happens (None: any fair run).

    A wish for one of several things is asked for part by part: that none of them happens is a claim about each.
    """
    if wish is None:
        return problem.asking(z3.BoolVal(False))
    return problem.asking(ltl.always(conjunction([z3.Not(case) for case in _cases(wish)])))


def _cases(wish: z3.BoolRef) -> list[z3.BoolRef]:
    """Wishes of which one must come true where `wish` does: its own cases, or those of one of the conditions it consists of."""
    conditions = ltl.operands(wish) if z3.is_and(wish) else [wish]
    for place, condition in enumerate(conditions):
        if z3.is_or(condition):
            others = conditions[:place] + conditions[place + 1 :]
            return [conjunction([case, *others]) for case in ltl.operands(condition)]
    return [wish]


__all__ = [
    "DEEP",
    "FEW",
    "FURTHER_PATIENCE",
    "INDUCTION",
    "MANY",
    "QUICK",
    "QUICK_PATIENCE",
    "Answer",
    "Audited",
    "Doubt",
    "Found",
    "Nothing",
    "Proved",
    "Task",
    "perform",
    "possibility",
]
