"""Why a case is undecided, and what may decide it."""

from collections.abc import Sequence

from dialproof.core.remedy import Remedy
from dialproof.encode.problem import Problem
from dialproof.engines.registry import DEFAULT_ENGINES
from dialproof.portfolio.case import Case

NO_LASSO = "the data is unbounded: there may be a violation that never repeats a state, which no lasso can show"
"""What has to be said where nothing is known of a liveness claim about unbounded data."""

VISITED = 200_000
"""If a system has no more states, a reader is told that they can be visited one by one."""

ONLY_IN_SUMMARY = "the summary has a run that violates the claim, which may be the run of no system that it stands for"
"""What a violation in a summary comes to."""


def why_undecided(case: Case, engines: Sequence[str], missing: str) -> str:
    """The reasons of all who tried; `missing` says what is not known of the ranges, if anything."""
    tried = "; ".join(f"{engine}: {reason}" for engine, reason in case.reasons.items())
    more = "" if case.job.ranges_of is not None else _what_else(case.job.problem, engines)
    return "; ".join(filter(None, (missing, tried, more))) or "no engine was asked"


def remedy_for(case: Case, engines: Sequence[str]) -> Remedy:
    """What may decide a case that nobody has decided, if `engines` were asked."""
    if ONLY_IN_SUMMARY in case.reasons.values():
        return Remedy.NONE  # no proof of the summary will be found, however long it is looked for
    if case.timed_out:
        return Remedy.TIME
    return Remedy.ENGINES if set(DEFAULT_ENGINES) - set(engines) else Remedy.NONE


def _what_else(problem: Problem, engines: Sequence[str]) -> str:
    """What a reader should know besides what was tried."""
    states = problem.system.size
    if states is None:
        return "" if problem.is_safety else NO_LASSO
    if "explicit" in engines or states > VISITED:
        return ""
    return f"there are at most {states:,} states: the engine 'explicit', which was not asked, visits them one by one"
