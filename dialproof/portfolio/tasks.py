"""The tasks that a worker process does: plain functions from plain data to plain data."""

from collections.abc import Callable
from dataclasses import dataclass

import z3

from dialproof.core import ltl
from dialproof.core.certificates import Certificate
from dialproof.core.errors import AuditError
from dialproof.core.hints import StatedHints
from dialproof.core.obligation import Obligation
from dialproof.encode.problem import Packed, Problem, range_doubt
from dialproof.encode.transitions import conjunction
from dialproof.engines.candidates import Nothing, Outcome
from dialproof.engines.limits import PremiseLimits
from dialproof.engines.registry import Request, engine_called
from dialproof.evidence.audit import audit_within_ranges
from dialproof.evidence.solvers import discharge, solvers_for
from dialproof.portfolio.attempt import Attempt, Role


@dataclass(frozen=True)
class Task:
    """What to do about `problem`: `attempt` says what is tried, and by which engine.

    A bounded search finds no violation of fewer than `first_steps` steps. `certificate` and `simulation` are for an audit, which
    cvc5 makes too for a `second_opinion`; `hints` are for a response proof.
    """

    attempt: Attempt
    problem: Packed
    first_steps: int = 0
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


Do = Callable[[Problem, Callable[[int], None]], Answer]
"""A task that can be done: for its problem, with somebody who is told each depth of a bounded search."""


def loaded(task: Task) -> Do:
    """What does `task`, with what it needs loaded; nothing was asked of a solver yet. ModelError for a system without meaning.

    Only the engine that is asked is loaded: an audit must not need the engines, and no search should wait for those it is not.
    """
    match task.attempt:
        case Attempt(Role.AUDIT):
            return lambda problem, _: _audited(task, problem)
        case Attempt(Role.RANGES):
            return lambda problem, _: _ranges(problem)
        case Attempt(Role.PREMISE):
            return _premise()
        case Attempt(Role.DECIDE, engine, round_):
            run = engine_called(engine).load()
            return lambda problem, progress: run(problem, Request(round_, task.first_steps, task.hints, progress))
    raise AssertionError(f"no task {task.attempt}")


def perform(task: Task, problem: Problem, progress: Callable[[int], None]) -> Answer:
    """Do `task` for `problem`; `progress` is told each depth of a bounded search. ModelError for a system without meaning."""
    return loaded(task)(problem, progress)


def _audited(task: Task, problem: Problem) -> Audited:
    assert task.certificate is not None
    try:
        discharge(task.simulation, solvers_for(second_opinion=task.second_opinion), set())
        made = audit_within_ranges(problem, task.certificate, second_opinion=task.second_opinion)
    except AuditError as reason:
        return Audited(rejected=str(reason))
    return Audited(made.checked_by, within_ranges=made.within_ranges)


def _ranges(problem: Problem) -> Doubt | Nothing:
    doubt = range_doubt(problem)
    return Doubt(doubt) if doubt else Nothing("every action keeps the variables in range")


def _premise() -> Do:
    """Look for a run on which the premise happens, in one way after the other; at last for a proof that there is none."""
    from dialproof.engines.bmc import search as bmc

    def do(problem: Problem, progress: Callable[[int], None]) -> Outcome:
        limits = PremiseLimits()
        found = bmc.search_any(problem, limits.glance, progress=progress)
        if isinstance(found, Nothing):
            from dialproof.engines import explicit

            found = explicit.decide_within_ranges(problem, limits.states.max_positions)
        if isinstance(found, Nothing):
            found = bmc.search_any(problem, limits.look, progress=progress)
        if isinstance(found, Nothing):
            from dialproof.engines.spacer import search as spacer

            found = spacer.prove(problem, limits.spacer)
        return found

    return do


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
