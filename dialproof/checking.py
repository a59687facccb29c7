"""`check`: the whole way from a system and a claim to a verdict with its evidence."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing

import z3

from dialproof.checked import CheckedVerdict, word
from dialproof.claims import Claim, PlannedCheck
from dialproof.portfolio import DEFAULT_ENGINES, Job, Portfolio, Progress
from dialproof.problem import Problem
from dialproof.system import System
from dialproof.verdict import Verdict

__all__ = ["CheckedVerdict", "check", "each_planned", "job_of", "run_planned", "word"]


def check(
    system: System,
    claim: Claim | z3.BoolRef,
    *,
    timeout: float | None = 300,
    processes: int = 2,
    engines: Sequence[str] = DEFAULT_ENGINES,
    second_opinion: bool = False,
) -> Verdict:
    """Whether every fair run of `system` that meets its assumptions satisfies `claim`.

    `timeout` is in seconds; `second_opinion` has cvc5 audit a proof too. Raises ModelError for input without meaning; what
    no engine decides is Unknown, never an exception.
    """
    with Portfolio(processes, timeout=timeout, engines=engines, second_opinion=second_opinion) as portfolio:
        return portfolio.run([job_of(system, claim)])[0]


def job_of(system: System, claim: Claim | z3.BoolRef, likely: str | None = None) -> Job:
    """The portfolio's job for a claim or a bare formula."""
    if isinstance(claim, Claim):
        if claim.premise is not None:
            system.check_formula(claim.premise, f"premise of {claim.name!r}")
        return Job(Problem(system, claim.formula), claim.premise, likely)
    return Job(Problem(system, claim), None, likely)


def run_planned(
    portfolio: Portfolio,
    planned: Sequence[PlannedCheck],
    *,
    on_progress: Callable[[PlannedCheck, str, Progress], None] = lambda _check, _cause, _progress: None,
    on_verdict: Callable[[PlannedCheck, CheckedVerdict], None] = lambda _check, _verdict: None,
) -> list[CheckedVerdict]:
    """Carry out `planned` checks, each under every one of its causes; the results are in the same order."""
    finished: dict[int, CheckedVerdict] = {}
    with closing(each_planned(portfolio, planned, on_progress=on_progress)) as answers:
        for number, checked in answers:
            finished[number] = checked
            on_verdict(planned[number], checked)
    return [finished[number] for number in range(len(planned))]


def each_planned(
    portfolio: Portfolio,
    planned: Sequence[PlannedCheck],
    *,
    on_progress: Callable[[PlannedCheck, str, Progress], None] = lambda _check, _cause, _progress: None,
) -> Generator[tuple[int, CheckedVerdict]]:
    """The same, one by one: each result with the number of its check, in the order in which they are reached.

    While nobody asks for the next one the workers go on; see `Portfolio.answers`, which also says what is raised.
    """
    places = [(number, variant) for number, item in enumerate(planned) for variant in item.variants]
    results: dict[int, dict[str, Verdict]] = {number: {} for number in range(len(planned))}
    jobs = [job_of(variant.system, variant.claim, planned[number].expected) for number, variant in places]

    def heard(event: Progress) -> None:
        number, variant = places[event.job]
        on_progress(planned[number], variant.name, event)

    with closing(portfolio.answers(jobs, on_progress=heard)) as answers:
        for job, verdict in answers:
            number, variant = places[job]
            results[number][variant.name] = verdict
            if len(results[number]) == len(planned[number].variants):
                ordered = tuple((v.name, results[number][v.name]) for v in planned[number].variants)
                yield number, CheckedVerdict(planned[number], ordered)
