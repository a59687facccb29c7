"""`check`: the whole way from a system and a claim to a verdict with its evidence."""

from collections.abc import Callable, Sequence

import z3

from dialproof.claims import Claim, PlannedCheck
from dialproof.portfolio import DEFAULT_ENGINES, Job, Portfolio, Progress
from dialproof.problem import Problem
from dialproof.system import System
from dialproof.verdict import Holds, Unknown, Verdict, Violated


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
        return Job(Problem(system, claim.formula), claim.premise, likely)
    return Job(Problem(system, claim), None, likely)


def run_planned(
    portfolio: Portfolio,
    planned: Sequence[PlannedCheck],
    *,
    on_progress: Callable[[PlannedCheck, str, Progress], None] = lambda _check, _cause, _progress: None,
    on_verdict: Callable[[PlannedCheck, "CheckedVerdict"], None] = lambda _check, _verdict: None,
) -> list["CheckedVerdict"]:
    """Carry out `planned` checks, each under every one of its causes; the results are in the same order."""
    places = [(number, variant) for number, item in enumerate(planned) for variant in item.variants]
    results: dict[int, dict[str, Verdict]] = {number: {} for number in range(len(planned))}
    finished: dict[int, CheckedVerdict] = {}

    def heard(job: int, verdict: Verdict) -> None:
        number, variant = places[job]
        results[number][variant.name] = verdict
        if len(results[number]) == len(planned[number].variants):
            ordered = [(v.name, results[number][v.name]) for v in planned[number].variants]
            finished[number] = CheckedVerdict(planned[number], tuple(ordered))
            on_verdict(planned[number], finished[number])

    jobs = [job_of(variant.system, variant.claim, planned[number].expected) for number, variant in places]
    portfolio.run(
        jobs,
        on_verdict=heard,
        on_progress=lambda event: on_progress(planned[places[event.job][0]], places[event.job][1].name, event),
    )
    return [finished[number] for number in range(len(planned))]


class CheckedVerdict:
    """The outcome of a planned check: the verdict under each cause, and what they agree on."""

    def __init__(self, planned: PlannedCheck, by_cause: tuple[tuple[str, Verdict], ...]) -> None:
        self.planned = planned
        self.by_cause = by_cause

    @property
    def verdict(self) -> Verdict:
        """What all causes agree on; Unknown, with the split, where they do not."""
        kinds = {type(verdict) for _, verdict in self.by_cause}
        first = self.by_cause[0][1]
        if len(kinds) == 1:
            return first
        split = ", ".join(f"{word(verdict)} under {cause}" for cause, verdict in self.by_cause)
        decided = not any(isinstance(verdict, Unknown) for _, verdict in self.by_cause)
        reason = f"depends on the cause: {split}" if decided else f"not decided under every cause: {split}"
        return Unknown(reason, basis=first.basis)

    @property
    def seconds(self) -> float:
        """The time from the first start to the last answer, added up over the causes."""
        return sum(verdict.seconds for _, verdict in self.by_cause)

    @property
    def as_expected(self) -> bool | None:
        """Whether the verdict is the expected one ("holds" where none is stated); None if it is unknown."""
        found = word(self.verdict)
        return None if found == "unknown" else found == (self.planned.expected or "holds")


def word(verdict: Verdict) -> str:
    """The verdict as one word: "holds", "violated" or "unknown"."""
    match verdict:
        case Holds():
            return "holds"
        case Violated():
            return "violated"
        case Unknown():
            return "unknown"
