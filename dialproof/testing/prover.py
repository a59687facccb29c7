"""The fixture `prove`: a verdict on a system and a claim, on a planned check, or on the checks of a scenario file."""

import time
from os import PathLike
from pathlib import Path
from typing import Unpack, overload

import z3

from dialproof.core.claims import Claim
from dialproof.core.plan import PlannedCheck
from dialproof.core.system import System
from dialproof.core.verdict import Verdict
from dialproof.portfolio.check import CheckedVerdict
from dialproof.review.session import Review, opened
from dialproof.testing.session import ProofSession
from dialproof.testing.settings import Options
from dialproof.testing.theorems import question


class Prover:
    """Finds verdicts, with the workers that all tests of a session share, and notes them for the test that asks.

    The same question is answered once in a session. What a verdict means is for the test to say: see the assertions.
    """

    def __init__(self, session: ProofSession) -> None:
        self._session = session

    @overload
    def __call__(self, system: System, claim: Claim | z3.BoolRef, /, **options: Unpack[Options]) -> Verdict: ...
    @overload
    def __call__(self, planned: PlannedCheck, /, **options: Unpack[Options]) -> CheckedVerdict: ...
    @overload
    def __call__(self, scenario: str | PathLike[str], /, **options: Unpack[Options]) -> Review: ...
    def __call__(
        self,
        what: System | PlannedCheck | str | PathLike[str],
        claim: Claim | z3.BoolRef | None = None,
        /,
        **options: Unpack[Options],
    ) -> Verdict | CheckedVerdict | Review:
        """The verdict; for a planned check, that under all of its causes; for a scenario file or a folder, all of its checks.

        `timeout` is in seconds, `engines` names engines, `second_opinion` has cvc5 audit proofs too. Raises InputError for what
        has no meaning or cannot be read; what no engine decides is Unknown, never an exception.
        """
        __tracebackhide__ = True
        match what, claim:
            case System(), Claim() | z3.BoolRef():
                return self._answered([question(what, claim)], options)[0].verdict
            case PlannedCheck(), None:
                return self._answered([what], options)[0]
            case ((str() | PathLike()), None):
                return self._reviewed(Path(what), options)
        raise TypeError(f"give a system and a claim, a planned check, or the path of a scenario; got {what!r} and {claim!r}")

    def _answered(self, questions: list[PlannedCheck], options: Options) -> list[CheckedVerdict]:
        __tracebackhide__ = True
        answers = self._session.answer(questions, options)
        for answer in answers:
            self._session.cite(answer)
        return answers

    def _reviewed(self, path: Path, options: Options) -> Review:
        __tracebackhide__ = True
        project, scenarios = opened([path])
        begun = time.monotonic()
        results = self._answered([item for scenario in scenarios for item in scenario.checks], options)
        return Review(project, scenarios, tuple(results), time.monotonic() - begun)
