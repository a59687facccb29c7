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
    from dialproof.checking import CheckedVerdict
    from dialproof.claims import PlannedCheck
    from dialproof.jobs import Job
    from dialproof.portfolio import Portfolio
    from dialproof.verdict import Verdict

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
        self._known: dict[object, Verdict] = {}
        self._origins: dict[int, CheckedVerdict] = {}  # by the id of the verdict, which `_known` keeps alive

    def fit(self, columns: int) -> None:
        """From now on, counterexamples are for a terminal of so many columns."""
        self.width = min(columns, _WIDEST)

    def begin(self, settings: Settings | None = None) -> None:
        """Another test begins (or, without settings, none is under way)."""
        self.settings = settings or self.defaults
        self.cited = []

    def answer(self, questions: "Sequence[PlannedCheck]", options: Mapping[str, object] | None = None) -> "list[CheckedVerdict]":
        """The verdict on each question; what has been asked before, with the same settings, is not asked again."""
        from dialproof.checking import CheckedVerdict, job_of
        from dialproof.jobs import identity

        settings = self.settings.changed(options or {})
        keys: list[list[object]] = []
        missing: dict[object, Job] = {}
        for question in questions:
            jobs = [job_of(variant.system, variant.claim, question.expected) for variant in question.variants]
            # What was thought likely orders the engines, and makes it no other question.
            keys.append([(identity(replace(job, likely=None)), settings) for job in jobs])
            missing |= {key: job for key, job in zip(keys[-1], jobs, strict=True) if key not in self._known}
        if missing:
            verdicts = self.portfolio(settings).run(missing.values())
            self._known |= zip(missing, verdicts, strict=True)
        answers = []
        for question, own in zip(questions, keys, strict=True):
            by_cause = ((variant.name, self._known[key]) for variant, key in zip(question.variants, own, strict=True))
            answers.append(CheckedVerdict(question, tuple(by_cause)))
            self._origins[id(answers[-1].verdict)] = answers[-1]
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
        """The workers, for these settings; started once, and anew only where the settings differ from the last ones."""
        from dialproof.jobs import DEFAULT_ENGINES
        from dialproof.portfolio import Portfolio

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


@contextmanager
def current() -> Iterator[ProofSession]:
    """The session of the tests that are running; one of its own where none is."""
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
