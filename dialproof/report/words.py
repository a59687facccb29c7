"""The report's own sentences: the summary, the scope of a verdict, the figures of a proof, for readers new to model checking."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from dialproof.core.certificates import (
    Certificate,
    Conjunction,
    Exhaustive,
    InductiveInvariant,
    KInduction,
    KLiveness,
    LivenessToSafety,
    WellFoundedResponse,
)
from dialproof.core.system import System
from dialproof.core.verdict import Holds, Unknown, Vacuity, Vacuous, Verdict
from dialproof.evidence.outcome import word
from dialproof.report.document import Check, Fact, Tally

_FEW = 6


def said(number: int, thing: str, things: str = "") -> str:
    """A number and its noun: "1 check", "3 checks"."""
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"


def sentence(text: str) -> str:
    """`text` with a capital first letter; the others stay as they are."""
    return f"{text[:1].upper()}{text[1:]}"


def joined(words: Sequence[str], last: str = "and") -> str:
    """Words as a list in a sentence: "a, b and c"."""
    return ", ".join(words) if len(words) < 2 else f"{', '.join(words[:-1])} {last} {words[-1]}"  # noqa: PLR2004  # a and b


def summary_of(tally: Tally, checks: Sequence[Check], scenarios: int, claims: int) -> str:
    """One paragraph: the checks, their verdicts, which differ from the expectation, and which are undecided."""
    several = sum(1 for check in checks if len(check.causes) > 1)
    parts = [_asked(tally, scenarios, claims), *_came_out(tally), *_compared(tally, checks)]
    if several:
        parts.append(
            f"{said(several, 'check')} {_were(several)} run under each of several possible causes of a known fault; the "
            "verdict is the one that all causes agree on."
        )
    parts.append("All verdicts are about a model; the end of the report lists what it leaves out.")
    return " ".join(parts)


def _asked(tally: Tally, scenarios: int, claims: int) -> str:
    if scenarios == 1:
        described = "This report examines one scenario: a configuration of a system, and the claims that should hold for it."
    else:
        described = (
            f"This report examines {scenarios} scenarios: configurations of a system, and the claims that should hold for them."
        )
    return f"{described} {said(tally.checks, 'check')} of {said(claims, 'claim')} {_were(tally.checks)} run."


def _came_out(tally: Tally) -> Iterator[str]:
    if tally.holds:
        yield (
            f"In {said(tally.holds, 'check')} the claim holds: not only on some tested runs, but on every run of the model, "
            "of any length. Each has a proof, which a program other than the one that found it has checked."
        )
    if tally.violated:
        yield (f"In {said(tally.violated, 'check')} the claim is violated: a run that violates it is shown below, step by step.")
    if tally.unknown:
        yield f"{said(tally.unknown, 'check')} came out as unknown: neither a proof nor a violation was found."


def _compared(tally: Tally, checks: Sequence[Check]) -> Iterator[str]:
    if tally.as_expected == tally.checks:
        expected = sum(1 for check in checks if check.verdict == "violated")
        came = "The check came" if tally.checks == 1 else f"All {tally.checks} came"
        known = f", {said(expected, 'expected violation')} among them" if expected and tally.checks > 1 else ""
        yield f"{came} out as expected{known}, and nothing is undecided."
        return
    for standing, what in (("not as expected", "did not come out as expected"), ("undecided", "{} undecided")):
        found = [check for check in checks if check.standing == standing]
        if found:
            yield f"{said(len(found), 'check')} {what.format('is' if len(found) == 1 else 'are')}: {_some(found)}."
    if tally.as_expected:
        yield f"{'The other one' if tally.as_expected == 1 else f'The other {tally.as_expected}'} came out as expected."


def _some(checks: Sequence[Check]) -> str:
    shown = [f"{check.claim.text} in {check.scenario.text} ({check.verdict})" for check in checks[:_FEW]]
    rest = len(checks) - len(shown)
    return joined([*shown, f"{rest} more"] if rest else shown)


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def scope_of(verdicts: Sequence[Verdict], systems: Sequence[System]) -> str:
    """The scope of a verdict, in a few words."""
    if any(isinstance(verdict, Unknown) for verdict in verdicts) or len({word(verdict) for verdict in verdicts}) > 1:
        depths = [verdict.depth for verdict in verdicts if isinstance(verdict, Unknown)]
        searched = min(depths, default=-1)
        return f"runs of up to {said(searched, 'step')}" if searched >= 0 else "nothing"
    if isinstance(verdicts[0], Holds | Vacuous):
        return "every run" if all(system.is_finite for system in systems) else "every run, numbers of any size"
    return "one run, shown"


def substance_of(marks: Sequence[Vacuity]) -> str:
    """Whether a verdict is vacuous, in a few words: "yes" says that it is not."""
    if any(mark.fair_run is False for mark in marks):
        return "no: there is no fair run"
    if any(mark.premise is False for mark in marks):
        return "no: its premise never happens"
    if any(mark.is_vacuous is None for mark in marks):
        return "not decided"
    return "yes: its premise happens" if all(mark.premise for mark in marks) else "yes: there is a fair run"


def facts_of(certificate: Certificate) -> tuple[Fact, ...]:
    """The figures of a certificate: k, its states, the size of its invariant, the variables that it compares."""
    match certificate:
        case KInduction(depth):
            return (Fact("k", str(depth)),)
        case Exhaustive(states, single_steps=action):
            known = (Fact("states", f"{states:,}"),) if states else ()
            return (*known, Fact("in single steps of", action)) if action else known
        case InductiveInvariant(invariant, kept):
            return (_size(invariant), *_about(kept))
        case KLiveness(invariant, depth, kept=kept):
            return (Fact("k", str(depth)), _size(invariant), *_about(kept))
        case LivenessToSafety(invariant, compared=compared, kept=kept):
            loop = (Fact("compared in a loop", ", ".join(compared)),) if compared else ()
            return (_size(invariant), *loop, *_about(kept))
        case WellFoundedResponse(invariant):
            return (_size(invariant),)
        case Conjunction():
            return ()
    assert_never(certificate)


def _size(invariant: str) -> Fact:
    return Fact("invariant", f"{said(len(invariant), 'character')} of SMT-LIB")


def _about(kept: tuple[str, ...] | None) -> tuple[Fact, ...]:
    return () if kept is None else (Fact("about", ", ".join(kept) or "no variable"),)
