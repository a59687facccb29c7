"""`check`: the whole way from a system and a claim to a verdict with its evidence."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain

import z3

from dialproof.checked import CheckedVerdict, word
from dialproof.claims import Claim, PlannedCheck, Variant
from dialproof.coverage import Coverage
from dialproof.errors import InputError, ModelError
from dialproof.every_size import EverySize
from dialproof.findings import Finding
from dialproof.hints import Hints
from dialproof.jobs import DEFAULT_ENGINES, Job, Progress
from dialproof.ltl.premise import premise_of
from dialproof.portfolio import Portfolio
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

    A run idles only where no action is enabled: what is not fair is taken too where nothing else can be (`System.stuttering`).
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
    if not isinstance(system, System):
        raise ModelError(f"a check is about a system and a claim, in this order; found {system!r} instead of the system")
    if isinstance(claim, Claim):
        if claim.premise is not None:
            system.check_formula(claim.premise, f"premise of {claim.name!r}")
        return Job(Problem(system, claim.formula), claim.about, likely)
    return Job(Problem(system, claim), premise_of(claim), likely)


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
        yield from plan.ask_on()


@dataclass(frozen=True, eq=False)
class _Question:
    """A job, and what it is asked for: a check under one `variant`; or, without one, the actions that `key` stands for.

    Where the check is about systems of every size, it is what comes at `place` of what that asks for.
    """

    job: Job
    check: int = -1
    variant: Variant | None = None
    key: object = None
    place: int = -1


class _Plan:
    """Planned checks under way: what is asked, and what is known. A check is complete when its actions are known too."""

    def __init__(self, planned: Sequence[PlannedCheck]) -> None:
        self._waiting = dict(enumerate(planned))
        self._verdicts: list[dict[str, Verdict]] = [{} for _ in planned]
        self._coverage = Coverage()
        self._searches: dict[tuple[int, str], EverySize] = {}
        self.asked: list[_Question] = []
        for number, item in enumerate(planned):
            for variant in item.variants:
                if variant.sizes is None:
                    self.asked.append(_Question(job_of(variant.system, variant.claim, item.expected), number, variant))
                else:
                    self._searches[number, variant.name] = EverySize(variant, variant.sizes, item.expected)
                    self.asked += self._about_sizes(number, variant)
                # Right behind the first claim about these actions, so that both are answered in the same while.
                self.asked += [_about_actions(*found) for found in self._coverage.look_at(_acting(variant))]

    def ask_on(self) -> Generator[tuple[int, CheckedVerdict]]:
        """What is asked next, once everything is answered; the checks that are complete because nothing is left to ask.

        These are the actions of which the last answers said nothing, and the systems of the next size.
        """
        self.asked = [_about_actions(*found) for found in self._coverage.questions()]
        for (number, _), search in self._searches.items():
            if search.verdict is None:
                self.asked += self._about_sizes(number, search.variant)
                yield from self._completed()

    def _about_sizes(self, number: int, variant: Variant) -> list[_Question]:
        search = self._searches[number, variant.name]
        asked = [_Question(job, number, variant, place=place) for place, job in enumerate(search.ask())]
        if search.verdict is not None:
            self._verdicts[number][variant.name] = search.verdict
        return asked

    def learn(self, question: _Question, verdict: Verdict) -> Generator[tuple[int, CheckedVerdict]]:
        """Take in an answer; the checks that are complete with it."""
        if question.variant is None:
            self._coverage.learn(question.key, verdict)
        elif question.place < 0:
            self._verdicts[question.check][question.variant.name] = verdict
        else:
            search = self._searches[question.check, question.variant.name]
            if search.learn(question.place, verdict) and search.verdict is not None:
                self._verdicts[question.check][question.variant.name] = search.verdict
        yield from self._completed()

    def _completed(self) -> Generator[tuple[int, CheckedVerdict]]:
        """The checks that are complete, each once."""
        for number in [number for number in self._waiting if self._is_complete(number)]:
            planned = self._waiting.pop(number)
            ordered = tuple((variant.name, self._verdicts[number][variant.name]) for variant in planned.variants)
            found = (self._findings(variant) for variant in planned.variants)
            planned = self._with_systems_found(number, planned)
            yield number, CheckedVerdict(planned, ordered, tuple(chain.from_iterable(found)))

    def _is_complete(self, number: int) -> bool:
        variants = self._waiting[number].variants
        return len(self._verdicts[number]) == len(variants) and all(self._coverage.is_known(_acting(one)) for one in variants)

    def _findings(self, variant: Variant) -> list[Finding]:
        """The findings about actions; what never happens in one system may happen in one of another size."""
        found = self._coverage.findings(_acting(variant), variant.name)
        return [replace(one, decided=one.decided and variant.sizes is None) for one in found]

    def _with_systems_found(self, number: int, planned: PlannedCheck) -> PlannedCheck:
        """`planned` about the systems that its verdicts are about, where it was about systems of every size."""
        searches = [self._searches.get((number, variant.name)) for variant in planned.variants]
        if not any(searches):
            return planned
        pairs = zip(searches, planned.variants, strict=True)
        variants = [search.found if search and search.found else one for search, one in pairs]
        said = {search.variant.name: search.note for search in searches if search and search.note}
        alike = len(set(said.values())) == 1
        notes = dict.fromkeys(note if alike else f"under {cause}, {note}" for cause, note in said.items())
        return replace(planned, variants=tuple(variants), notes=(*planned.notes, *notes))


def _acting(variant: Variant) -> System:
    """The system whose actions are looked at: where the check is about systems of every size, one in which all can happen."""
    return variant.system if variant.sizes is None else variant.sizes.sample.system


def _about_actions(key: object, problem: Problem) -> _Question:
    return _Question(Job(problem, likely="holds", budget=BUDGET), key=key)
