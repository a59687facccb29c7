"""`check`: the whole way from a system and a claim to a verdict with its evidence."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain

import z3

from dialproof.checked import CheckedVerdict, word
from dialproof.claims import Claim, PlannedCheck, Variant
from dialproof.coverage import Coverage
from dialproof.errors import InputError
from dialproof.hints import Hints
from dialproof.portfolio import DEFAULT_ENGINES, Job, Portfolio, Progress
from dialproof.problem import Problem
from dialproof.system import System
from dialproof.verdict import Verdict

__all__ = ["CheckedVerdict", "check", "each_planned", "job_of", "run_planned", "word"]

BUDGET = 20.0
"""For how long it is asked whether the actions of a system are ever enabled, in seconds."""


def check(
    system: System,
    claim: Claim | z3.BoolRef,
    *,
    timeout: float | None = 300,
    processes: int = 2,
    engines: Sequence[str] = DEFAULT_ENGINES,
    second_opinion: bool = False,
    hints: Hints | None = None,
) -> Verdict:
    """Whether every fair run of `system` that meets its assumptions satisfies `claim`.

    `timeout` is in seconds; `second_opinion` has cvc5 audit a proof too; `hints` are candidates for the engine `response`. Raises
    ModelError for input without meaning, and InputError for hints that no engine would take; what no engine decides is Unknown,
    never an exception.
    """
    if hints is not None and "response" not in engines:
        raise InputError(f"hints are for the engine 'response', which is not asked; engines: {', '.join(engines)}")
    with Portfolio(processes, timeout=timeout, engines=engines, second_opinion=second_opinion) as portfolio:
        return portfolio.run([replace(job_of(system, claim), hints=hints.stated(system) if hints else None)])[0]


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
    plan = _Plan(planned)
    while plan.asked:
        asked = plan.asked

        def heard(event: Progress, asked: Sequence[_Question] = asked) -> None:
            variant = asked[event.job].variant
            if variant is not None:  # the questions about actions are asked on the side
                on_progress(planned[asked[event.job].check], variant.name, event)

        with closing(portfolio.answers([question.job for question in asked], on_progress=heard)) as answers:
            for number, verdict in answers:
                yield from plan.learn(asked[number], verdict)
        plan.ask_on()


@dataclass(frozen=True, eq=False)
class _Question:
    """A job, and what it is asked for: a check under one `variant`; or, without one, the actions that `key` stands for."""

    job: Job
    check: int = -1
    variant: Variant | None = None
    key: object = None


class _Plan:
    """Planned checks under way: what is asked, and what is known. A check is complete when its actions are known too."""

    def __init__(self, planned: Sequence[PlannedCheck]) -> None:
        self._waiting = dict(enumerate(planned))
        self._verdicts: list[dict[str, Verdict]] = [{} for _ in planned]
        self._coverage = Coverage()
        self.asked: list[_Question] = []
        for number, item in enumerate(planned):
            for variant in item.variants:
                self.asked.append(_Question(job_of(variant.system, variant.claim, item.expected), number, variant))
                # Right behind the first claim about these actions, so that both are answered in the same while.
                self.asked += [_about_actions(*found) for found in self._coverage.look_at(variant.system)]

    def ask_on(self) -> None:
        """What is asked next, once everything is answered: the actions of which the last answers said nothing."""
        self.asked = [_about_actions(*found) for found in self._coverage.questions()]

    def learn(self, question: _Question, verdict: Verdict) -> Generator[tuple[int, CheckedVerdict]]:
        """Take in an answer; the checks that are complete with it."""
        if question.variant is None:
            self._coverage.learn(question.key, verdict)
        else:
            self._verdicts[question.check][question.variant.name] = verdict
        for number in [number for number in self._waiting if self._is_complete(number)]:
            planned = self._waiting.pop(number)
            ordered = tuple((variant.name, self._verdicts[number][variant.name]) for variant in planned.variants)
            found = (self._coverage.findings(variant.system, variant.name) for variant in planned.variants)
            yield number, CheckedVerdict(planned, ordered, tuple(chain.from_iterable(found)))

    def _is_complete(self, number: int) -> bool:
        variants = self._waiting[number].variants
        return len(self._verdicts[number]) == len(variants) and all(self._coverage.is_known(one.system) for one in variants)


def _about_actions(key: object, problem: Problem) -> _Question:
    return _Question(Job(problem, likely="holds", budget=BUDGET), key=key)
