"""Findings: signs of vacuity and of dead parts of a model, which a verdict alone does not show.

The premise of a claim that cannot happen on a fair run, fairness that no run meets, an action that is never enabled: each is a
sign that the model or the claim does not say what its author meant. No finding changes a verdict.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import Enum

from dialproof.core.verdict import Holds, Vacuous, Verdict


class Kind(Enum):
    """What was found."""

    NO_FAIR_RUN = "no-fair-run"
    PREMISE_NEVER_HAPPENS = "premise-never-happens"
    ACTION_NEVER_ENABLED = "action-never-enabled"


_SHOWN = 12  # actions that are named in one sentence

_SAID = {
    Kind.NO_FAIR_RUN: ("no run meets the fairness and the assumptions", "does any run meet the fairness and the assumptions?"),
    Kind.PREMISE_NEVER_HAPPENS: (
        "the premise of {0} never happens on a run that meets the fairness and the assumptions",
        "can the premise of {0} happen on a run that meets the fairness and the assumptions?",
    ),
    Kind.ACTION_NEVER_ENABLED: ("the action {0} is never enabled", "is the action {0} ever enabled?"),
}


@dataclass(frozen=True)
class Finding:
    """`subject` is the claim or action that it is about, under `cause`. If it is not `decided`, it may be true or false."""

    kind: Kind
    subject: str
    cause: str
    decided: bool = True

    @property
    def says(self) -> str:
        """The finding as a sentence without a full stop."""
        known, unknown = _SAID[self.kind]
        return known.format(self.subject) if self.decided else f"not decided: {unknown.format(self.subject)}"


def by_causes(findings: Iterable[Finding]) -> dict[Finding, tuple[str, ...]]:
    """Each finding once, with the causes under which it was made, in order of appearance."""
    merged: dict[Finding, list[str]] = {}
    for finding in findings:
        causes = merged.setdefault(replace(finding, cause=""), [])
        if finding.cause not in causes:
            causes.append(finding.cause)
    return {finding: tuple(causes) for finding, causes in merged.items()}


def sentences(findings: Iterable[Finding], causes: Collection[str]) -> list[str]:
    """The findings about actions as sentences, one for all actions with the same finding under the same subset of `causes`."""
    alike: dict[tuple[bool, tuple[str, ...]], list[str]] = {}
    for finding, found in by_causes(findings).items():
        if finding.kind is Kind.ACTION_NEVER_ENABLED:
            alike.setdefault((finding.decided, found), []).append(finding.subject)
    said = []
    for (decided, found), names in alike.items():
        under = "" if set(found) == set(causes) else f" (under {', '.join(found)})"
        shown = names if len(names) <= _SHOWN else [*names[: _SHOWN - 1], f"{len(names) - _SHOWN + 1} more actions"]
        is_not = "never enabled in any run" if decided else "not decided whether ever enabled"
        said.append(f"{is_not}{under}: {', '.join(shown)}")
    return said


def findings_of_verdict(claim: str, cause: str, verdict: Verdict) -> tuple[Finding, ...]:
    """The findings from the vacuity of a verdict; none for a violation, which shows a run."""
    if not isinstance(verdict, Holds | Vacuous):
        return ()
    found = []
    vacuity = verdict.vacuity
    if vacuity.fair_run is False:
        found.append(Finding(Kind.NO_FAIR_RUN, claim, cause))
    if vacuity.premise is False:
        found.append(Finding(Kind.PREMISE_NEVER_HAPPENS, claim, cause))
    if vacuity.is_vacuous is None:
        found.append(Finding(Kind.PREMISE_NEVER_HAPPENS, claim, cause, decided=False))
    return tuple(found)
