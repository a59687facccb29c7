"""Which claims notice a mutant: those whose verdict changes or becomes vacuous; dead actions and ranges are looked at too.

Most questions need no engine. If the original's certificate passes the audit for the mutant, the claim still holds; if the
original's counterexample replays on the mutant, the claim is still violated. Only the other questions go to the engines.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

import z3

from dialproof.core.claims import ManySystems, OneSystem
from dialproof.core.errors import InputError, ModelError, ReplayError
from dialproof.core.plan import PlannedCheck
from dialproof.core.verdict import Holds, Unknown, Vacuous, Verdict, Violated
from dialproof.encode.problem import Problem, range_doubt
from dialproof.evidence.coverage import Coverage
from dialproof.evidence.outcome import word
from dialproof.evidence.replay import replay
from dialproof.portfolio.check import run_planned
from dialproof.portfolio.jobs import Job, range_job
from dialproof.portfolio.portfolio import Portfolio
from dialproof.portfolio.tasks import possibility
from dialproof.review.mutation.equivalence import promises_more, same_runs
from dialproof.review.mutation.operators import Mutant, mutants

PATIENCE = 20.0
"""The time limit for one question about a mutant, in seconds."""


class Notice(NamedTuple):
    """What noticed a mutant (a claim, or a finding of every check), and how: "holds -> violated"."""

    who: str
    how: str


RANGES, ACTIONS = "ranges", "coverage"
"""Who notices besides claims: that a variable leaves its range, and that an action is never enabled any more."""


class Harmless(Enum):
    """Why no check could have noticed a mutant."""

    EQUIVALENT = "equivalent"
    RESTRICTION = "restriction"


@dataclass(eq=False)
class Result:
    """The result for a mutant under one cause. `noticed` lists which claims noticed and how; `open` what could not be decided.

    `harmless` says why no claim about all runs can notice a surviving mutant: it has the same runs (proved by the engine
    `proved_by`), or only some of them; None if that is not known.
    """

    mutant: Mutant
    cause: str
    noticed: list[Notice] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    harmless: Harmless | None = None
    proved_by: str = ""

    @property
    def is_killed(self) -> bool:
        """True if some check noticed."""
        return bool(self.noticed)


@dataclass(frozen=True, eq=False)
class _Asked:
    """A check under one cause, with what came out for the original."""

    planned: PlannedCheck
    variant: OneSystem
    verdict: Verdict


class Mutation:
    """The mutants of the models behind some checks of one scenario, and the checks that notice them."""

    def __init__(self, portfolio: Portfolio, planned: Sequence[PlannedCheck]) -> None:
        """Check the originals first. Raises what `run_planned` raises, and InputError for checks of systems of every size.

        A check that compares runs is `not_asked`: its system is several copies of the model, and one broken copy among them would
        be no broken model.
        """
        self.not_asked = tuple(one.claim for one in planned if any(variant.copies for variant in one.variants))
        planned = [one for one in planned if one.claim not in self.not_asked]
        if not planned:
            raise InputError("every check compares copies of the model, so there is no check of the model itself to mutate")
        if any(isinstance(variant, ManySystems) for one in planned for variant in one.variants):
            raise InputError(
                "a check about systems of every size has no single model to mutate; list the entries in the scenario"
            )
        self._portfolio = portfolio
        self._by_cause: dict[str, list[_Asked]] = {}
        self._never: dict[str, set[str]] = {}
        self.undecided: list[str] = []
        for checked in run_planned(portfolio, planned):
            for variant, verdict in checked.each:
                assert isinstance(variant, OneSystem)
                cause = variant.name
                if isinstance(verdict, Unknown):
                    self.undecided.append(f"{checked.planned.claim} under {cause}")
                else:
                    self._by_cause.setdefault(cause, []).append(_Asked(checked.planned, variant, verdict))
            for finding in checked.actions:
                self._never.setdefault(finding.cause, set()).add(finding.subject)

    def results(
        self,
        *,
        thorough: bool,
        wanted: Callable[[Mutant], bool] = lambda _mutant: True,
        on_round: Callable[[str, int], None] = lambda _what, _left: None,
    ) -> list[Result]:
        """The result for each mutant that is `wanted`, in the order of causes and mutants.

        It names the first claim that notices, or all if `thorough`. `on_round` is called with the next claim, and the number of
        mutants that it is checked on.
        """
        return [result for cause in self._by_cause for result in self._under(cause, thorough, wanted, on_round)]

    def _under(
        self, cause: str, thorough: bool, wanted: Callable[[Mutant], bool], on_round: Callable[[str, int], None]
    ) -> list[Result]:
        asked = self._by_cause[cause]
        broken = [list(filter(wanted, mutants(one.variant.system, one.variant.observers))) for one in asked]
        names = [[mutant.name for mutant in of_one] for of_one in broken]
        if any(others != names[0] for others in names):
            raise ModelError("the checks of the scenario are about different models: their systems differ in more than observers")
        results = [Result(mutant, cause) for mutant in broken[0]]
        on_round("ranges", len(results))
        self._look_at_ranges(results)
        self._look_at_actions([result for result in results if not result.is_killed], self._never.get(cause, set()), on_round)
        out_of_range = {result.mutant.name for result in results if any(notice.who == RANGES for notice in result.noticed)}
        for one, of_one in zip(asked, broken, strict=True):
            alive = [
                (result, mutant)
                for result, mutant in zip(results, of_one, strict=True)
                if (thorough or not result.is_killed) and result.mutant.name not in out_of_range
            ]
            on_round(one.planned.claim, len(alive))
            self._ask(one, alive)
        self._explain([result for result in results if not result.is_killed], on_round)
        return results

    def _look_at_ranges(self, results: list[Result]) -> None:
        """A run on which a variable leaves its range is noticed by every check."""
        problems = [(result, Problem(result.mutant.system, z3.BoolVal(True))) for result in results]
        doubtful = [(result, problem) for result, problem in problems if range_doubt(problem)]
        jobs = [range_job(problem, PATIENCE) for _, problem in doubtful]
        for (result, _), verdict in zip(doubtful, self._portfolio.run(jobs), strict=True):
            if isinstance(verdict, Violated):
                result.noticed.append(Notice(RANGES, "a variable leaves its range"))
            elif isinstance(verdict, Unknown):
                result.open.append(f"whether a variable leaves its range: {verdict.reason}")

    def _look_at_actions(self, results: list[Result], never: set[str], on_round: Callable[[str, int], None]) -> None:
        """An action that is never enabled any more is a finding of every check."""
        coverage = Coverage()
        on_round("actions", len(results))
        questions = [found for result in results for found in coverage.look_at(result.mutant.system)]
        while questions:
            jobs = [Job(problem, likely="holds", budget=PATIENCE) for _, problem in questions]
            for (key, _), verdict in zip(questions, self._portfolio.run(jobs), strict=True):
                coverage.learn(key, verdict)
            questions = coverage.questions()
        for result in results:
            for finding in coverage.findings(result.mutant.system, result.cause):
                if finding.subject in never:
                    continue
                if finding.decided:
                    result.noticed.append(Notice(ACTIONS, finding.says))
                else:
                    result.open.append(finding.says)

    def _ask(self, one: _Asked, alive: list[tuple[Result, Mutant]]) -> None:
        """Ask one claim of each mutant, and then of those for which it holds whether it still speaks of any run."""
        former = one.verdict.certificate if isinstance(one.verdict, Holds | Vacuous) else None
        claim, before = one.planned.claim, word(one.verdict)
        asked = [
            (result, mutant, Problem(mutant.system, one.variant.claim.formula))
            for result, mutant in alive
            if not (former and promises_more(mutant))  # what holds of more runs holds of fewer
        ]
        missing = [(result, problem) for result, _, problem in asked if not _is_violated_by(one.verdict, problem)]
        # Where the evidence for the original is none for the mutant, the opposite is likely.
        likely = "violated" if former else "holds"
        jobs = [Job(problem, likely=likely, budget=PATIENCE, former=former) for _, problem in missing]
        for (result, _), verdict in zip(missing, self._portfolio.run(jobs), strict=True):
            if isinstance(verdict, Unknown):
                result.open.append(f"{claim}: {verdict.reason}")
            elif word(verdict) != before:
                result.noticed.append(Notice(claim, f"{before} -> {word(verdict)}"))
        if former is None or one.verdict.vacuity.is_vacuous is not False:
            return
        silent = [
            (result, mutant)
            for result, mutant in alive
            if all(notice.who != claim for notice in result.noticed) and not self._still_speaks(mutant, one)
        ]
        jobs = [Job(_speaking(mutant, one), likely="violated", budget=PATIENCE) for _, mutant in silent]
        for (result, _), verdict in zip(silent, self._portfolio.run(jobs), strict=True):
            if isinstance(verdict, Holds):
                result.noticed.append(Notice(claim, "holds -> holds vacuously"))
            elif isinstance(verdict, Unknown):
                result.open.append(f"{claim}, whether it is vacuous: {verdict.reason}")

    def _still_speaks(self, mutant: Mutant, one: _Asked) -> bool:
        """True if the run that shows that the original's verdict is not vacuous shows it for the mutant too."""
        witness = one.verdict.vacuity.witness
        if witness is None:
            return False
        try:
            replay(_speaking(mutant, one), witness)
        except ReplayError:
            return False
        return True

    def _explain(self, survivors: list[Result], on_round: Callable[[str, int], None]) -> None:
        """Decide for each surviving mutant whether it is equivalent."""
        on_round("equivalence", len(survivors))
        questions = [(result, same_runs(result.mutant)) for result in survivors]
        asked = [(result, problem) for result, problem in questions if problem is not None]
        jobs = [Job(problem, likely="holds", budget=PATIENCE) for _, problem in asked]
        for (result, _), verdict in zip(asked, self._portfolio.run(jobs), strict=True):
            if isinstance(verdict, Holds):
                result.harmless = Harmless.EQUIVALENT
                result.proved_by = f"{verdict.engine}, checked by {' and '.join(verdict.checked_by)}"
        for result in survivors:
            if result.harmless is None and promises_more(result.mutant):
                result.harmless = Harmless.RESTRICTION


def _is_violated_by(verdict: Verdict, problem: Problem) -> bool:
    """True if the counterexample to the original is one to this problem too."""
    if not isinstance(verdict, Violated):
        return False
    try:
        replay(problem, verdict.lasso)
    except ReplayError:
        return False
    return True


def _speaking(mutant: Mutant, one: _Asked) -> Problem:
    """The problem whose violation is a run of the mutant that the claim speaks of."""
    return possibility(Problem(mutant.system, z3.BoolVal(True)), one.variant.claim.about)
