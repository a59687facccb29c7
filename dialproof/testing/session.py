"""What the proofs of one test session share: the workers, the answers that are known, and the verdicts of the test under way.

The assertions are plain functions. They find the session in a context variable, which the plug-in sets while tests run; outside
of pytest they make a session of their own.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dialproof.testing.records import Standing
from dialproof.testing.settings import Settings

if TYPE_CHECKING:
    from dialproof.core.plan import PlannedCheck
    from dialproof.core.verdict import Verdict
    from dialproof.portfolio.check import CheckedVerdict
    from dialproof.portfolio.portfolio import Portfolio

CURRENT: ContextVar["ProofSession | None"] = ContextVar("dialproof.testing", default=None)
"""The session of the tests that are running."""

_WIDEST = 100  # columns; longer lines are hard to read, however wide the terminal is


@dataclass
class Cited:
    """A verdict that the test under way uses, and what it states of it; `expected` is "" until it states something."""

    checked: "CheckedVerdict"
    expected: str = ""
    standing: Standing = "not asserted"


class ProofSession:
    """Answers questions with as many workers as there are processors, and notes every answer for the test that asks.

    `settings` are those of the test under way. Use it as a context manager, or call `close`: then every worker is gone.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.width = 80
        self.cited: list[Cited] = []
        self.defaults = settings
        self._portfolio: tuple[Settings, Portfolio] | None = None
        self._known: dict[object, tuple[PlannedCheck, CheckedVerdict]] = {}
        self._origins: dict[int, CheckedVerdict] = {}  # by the id of the verdict, which `_known` keeps alive

    def fit(self, columns: int) -> None:
        """From now on, counterexamples are for a terminal of this width in columns."""
        self.width = min(columns, _WIDEST)

    def begin(self, settings: Settings | None = None) -> None:
        """Another test begins (or, without settings, none is under way)."""
        self.settings = settings or self.defaults
        self.cited = []

    def answer(self, questions: "Sequence[PlannedCheck]", options: Mapping[str, object] | None = None) -> "list[CheckedVerdict]":
        """The verdict on each question; what has been asked before, with the same settings, is not asked again."""
        from dialproof.portfolio.check import run_planned

        settings = self.settings.changed(options or {})
        keys = [(_identity(question), settings) for question in questions]
        missing = {key: question for key, question in zip(keys, questions, strict=True) if key not in self._known}
        if missing:
            found = run_planned(self.portfolio(settings), list(missing.values()))
            self._known |= zip(missing, zip(missing.values(), found, strict=True), strict=True)
        answers = [_of_question(question, *self._known[key]) for question, key in zip(questions, keys, strict=True)]
        self._origins |= {id(answer.verdict): answer for answer in answers}
        return answers

    def cite(self, checked: "CheckedVerdict") -> Cited:
        """Note that the test under way uses this verdict."""
        for cited in self.cited:
            if cited.checked is checked:
                return cited
        self.cited.append(Cited(checked))
        return self.cited[-1]

    def origin(self, verdict: "Verdict") -> "CheckedVerdict | None":
        """The question that was answered with this very verdict, with the answer; None if it was not asked here."""
        return self._origins.get(id(verdict))

    def portfolio(self, settings: Settings) -> "Portfolio":
        """The workers for these settings; they are started again only if the settings differ from the last ones."""
        from dialproof.engines.registry import DEFAULT_ENGINES
        from dialproof.portfolio.portfolio import Portfolio

        if self._portfolio is None or self._portfolio[0] != settings:
            self.close()
            engines = settings.engines or DEFAULT_ENGINES
            portfolio = Portfolio(processors(), timeout=settings.timeout, engines=engines, second_opinion=settings.second_opinion)
            self._portfolio = (settings, portfolio)
        return self._portfolio[1]

    def close(self) -> None:
        """End every worker."""
        if self._portfolio is not None:
            self._portfolio[1].__exit__(None, None, None)
            self._portfolio = None


def _identity(question: "PlannedCheck") -> object:
    """What makes two questions the same: what is asked, under which causes. What was expected makes it no other question.

    Of systems of every size nothing is compared but the object itself.
    """
    from dialproof.core.claims import OneSystem
    from dialproof.portfolio.check import job_of
    from dialproof.portfolio.jobs import identity

    asked = (
        (variant.name, identity(job_of(variant.system, variant.claim)) if isinstance(variant, OneSystem) else variant)
        for variant in question.variants
    )
    return tuple(asked), question.looks_at_actions


def _of_question(question: "PlannedCheck", asked: "PlannedCheck", known: "CheckedVerdict") -> "CheckedVerdict":
    """The answer to `question`, which is the one to `asked` too: about the systems that were found in answering it."""
    from dialproof.portfolio.check import CheckedVerdict

    if question is asked:
        return known
    pairs = zip(question.variants, asked.variants, known.planned.variants, strict=True)
    variants = tuple(mine if found is given else found for mine, given, found in pairs)
    notes = (*question.notes, *(note for note in known.planned.notes if note not in asked.notes))
    return CheckedVerdict(replace(question, variants=variants, notes=notes), known.by_cause, known.actions)


@contextmanager
def current() -> Iterator[ProofSession]:
    """The session of the running tests; a new one if no tests are running."""
    session = CURRENT.get()
    if session is not None:
        yield session
        return
    session = ProofSession(Settings())
    try:
        yield session
    finally:
        session.close()


def processors() -> int:
    """How many processors there are to use; one in a worker of pytest-xdist, which has others beside it."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return 1
    from dialproof.cli.options import processors as available

    return available()
