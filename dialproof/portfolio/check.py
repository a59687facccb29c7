"""`check`: the whole way from a system and a claim to a verdict with its evidence."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain

import z3

from dialproof.core.claims import Claim, ManySystems, OneSystem, Variant
from dialproof.core.errors import InputError, ModelError
from dialproof.core.hints import Hints
from dialproof.core.ltl.premise import premise_of
from dialproof.core.plan import PlannedCheck
from dialproof.core.system import System
from dialproof.core.verdict import Verdict
from dialproof.encode.problem import Problem
from dialproof.engines.registry import DEFAULT_ENGINES
from dialproof.evidence.coverage import Coverage
from dialproof.evidence.findings import Finding
from dialproof.evidence.outcome import CheckedVerdict, word
from dialproof.portfolio.jobs import Job, Progress, Questions
from dialproof.portfolio.parametric import EverySize
from dialproof.portfolio.portfolio import Portfolio

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

    Whoever has planned checks to make calls this: it is the only place that makes jobs of them. While nobody asks for the next
    one the workers go on; see `Portfolio.answers`, which also says what is raised.
    """
    plan = _Plan(planned)

    def heard(event: Progress) -> None:
        for_whom = plan.asked_for(event.job)
        if for_whom is not None:  # the questions about actions are asked on the side
            number, variant = for_whom
            on_progress(planned[number], variant.name, event)

    with closing(portfolio.answers(plan.questions, on_progress=heard)) as answers:
        for number, verdict in answers:
            plan.learn(number, verdict)
            yield from plan.completed()
        yield from plan.completed()


class _Plan:
    """Planned checks under way: what is asked, and what is known. A check is complete when its actions are known too."""

    def __init__(self, planned: Sequence[PlannedCheck]) -> None:
        self.questions = Questions(more=self._ask(planned))
        self._waiting = dict(enumerate(planned))
        self._touched: set[int] = set()  # the numbers of the checks of which something was learned
        self._by_actions: dict[object, list[int]] = {}  # by the key of the actions, the checks that look at them
        self._verdicts: list[dict[str, Verdict]] = [{} for _ in planned]
        self._coverage = Coverage()
        self._searches: dict[tuple[int, str], EverySize] = {}
        self._asked: dict[int, tuple[int, Variant]] = {}  # by the number of the question, for which check and variant it is
        self._about_actions: dict[int, object] = {}  # by the number of the question, the key of the actions

    def _ask(self, planned: Sequence[PlannedCheck]) -> Iterator[None]:
        """Ask about one check after the other."""
        for number, item in enumerate(planned):
            self._touched.add(number)
            for variant in item.variants:
                self._ask_about(number, item, variant)
                # Right behind the first claim about these actions, so that both are answered in the same while.
                if item.looks_at_actions:
                    system = _acting(variant)
                    self._look_at(self._coverage.look_at(system))
                    self._by_actions.setdefault(self._coverage.key_of(system), []).append(number)
            yield

    def asked_for(self, question: int) -> tuple[int, Variant] | None:
        """The number of the check and the variant that the question is about; None if it is about actions."""
        return self._asked.get(question)

    def learn(self, question: int, verdict: Verdict) -> None:
        """Take in the answer to a question."""
        if question in self._about_actions:
            key = self._about_actions.pop(question)
            self._coverage.learn(key, verdict)
            self._look_at(self._coverage.question(key))
            self._touched.update(self._by_actions[key])
        elif question in self._asked:  # else it was dropped
            number, variant = self._asked.pop(question)
            self._touched.add(number)
            match variant:
                case OneSystem():
                    self._verdicts[number][variant.name] = verdict
                case ManySystems():
                    search = self._searches[number, variant.name]
                    search.learn(question, verdict)
                    self._note(number, search)

    def completed(self) -> Generator[tuple[int, CheckedVerdict]]:
        """The checks that are complete, each once."""
        touched, self._touched = sorted(self._touched & self._waiting.keys()), set()
        for number in [number for number in touched if self._is_complete(number)]:
            planned = self._waiting.pop(number)
            ordered = tuple((variant.name, self._verdicts[number][variant.name]) for variant in planned.variants)
            found = (self._findings(variant) for variant in planned.variants) if planned.looks_at_actions else ()
            planned = self._with_systems_found(number, planned)
            yield number, CheckedVerdict(planned, ordered, tuple(chain.from_iterable(found)))

    def _ask_about(self, number: int, item: PlannedCheck, variant: Variant) -> None:
        def ask(job: Job) -> int:
            question = self.questions.ask(job)
            self._asked[question] = number, variant
            return question

        def drop(question: int) -> None:
            del self._asked[question]
            self.questions.drop(question)

        match variant:
            case OneSystem():
                hints = None if variant.hints is None else variant.hints.stated(variant.system)
                ask(replace(job_of(variant.system, variant.claim, item.expected), hints=hints))
            case ManySystems():
                search = self._searches[number, variant.name] = EverySize(variant, ask, drop)
                search.begin()
                self._note(number, search)

    def _look_at(self, questions: Iterable[tuple[object, Problem]]) -> None:
        for key, problem in questions:
            self._about_actions[self.questions.ask(Job(problem, likely="holds", budget=BUDGET))] = key

    def _note(self, number: int, search: EverySize) -> None:
        if search.verdict is not None:
            self._verdicts[number][search.variant.name] = search.verdict

    def _is_complete(self, number: int) -> bool:
        item = self._waiting[number]
        if len(self._verdicts[number]) < len(item.variants):
            return False
        return not item.looks_at_actions or all(self._coverage.is_known(_acting(one)) for one in item.variants)

    def _findings(self, variant: Variant) -> list[Finding]:
        """The findings about actions; what never happens in one system may happen in one of another size."""
        found = self._coverage.findings(_acting(variant), variant.name)
        return [replace(one, decided=one.decided and isinstance(variant, OneSystem)) for one in found]

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
    """The system whose actions are looked at: of many systems, one in which all can happen."""
    match variant:
        case OneSystem():
            return variant.system
        case ManySystems():
            return variant.sample.system
