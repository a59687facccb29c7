"""The terms of a report and the proof methods, explained for readers who are new to them."""

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
from dialproof.report.document import Fact


def method_of(certificate: Certificate) -> tuple[str, str]:
    """What the report calls the proof rule of a certificate, and how it proves."""
    match certificate:
        case InductiveInvariant():
            return (
                "inductive invariant",
                "A condition that is true at the start, that every step keeps, and that excludes what must not happen.",
            )
        case KInduction():
            return (
                "k-induction",
                "Nothing bad is within k steps of the start, and nothing bad follows k good states in a row.",
            )
        case LivenessToSafety():
            return (
                "liveness to safety",
                "If the claim failed, some fair loop would close; an inductive invariant shows that none can.",
            )
        case KLiveness():
            return (
                "k-liveness",
                (
                    "If the claim failed, all fairness would be met infinitely often; an invariant shows that it is met "
                    "fewer than k times."
                ),
            )
        case WellFoundedResponse():
            return "helpful actions and ranks", (
                "Until the response happens, no step increases a rank, and fair steps decrease it, which cannot go on for ever."
            )
        case Conjunction():
            return "part by part", "The claim has several parts; each has a certificate of its own."
        case Exhaustive():
            return (
                "all states visited",
                "Every state that can be reached was visited, and none of them lies on a fair run that violates the claim.",
            )
    assert_never(certificate)


WORDS = (
    Fact("Scenario", "A file that describes one configuration of the system, and says which checks to make."),
    Fact("Model", "The states and events that are possible in a scenario, under one cause if it has several."),
    Fact("Run", "An infinite sequence of states, with the event that happens in each."),
    Fact("Loop", "The part of a run that repeats for ever. With it an infinite run can be written in a few lines."),
    Fact("Claim", "A sentence about every run, with its source. A check asks whether it holds in one scenario."),
    Fact("Holds", "No run violates the claim: proved for all of them, of any length."),
    Fact("Violated", "Some run violates the claim, and it is shown. For a faulty build that may be the expected verdict."),
    Fact("Unknown", "Neither a proof nor a violation was found; the reason is given."),
    Fact("Vacuous", "The premise of the claim can never happen. It holds but says nothing, and does not count as expected."),
    Fact("Weak fairness", "An action that is possible all the time from some point on is done again and again."),
    Fact("Strong fairness", "An action that is possible again and again is done again and again."),
    Fact("Assumption", "A named restriction on the outside world; only runs that meet it are considered."),
    Fact("Cause", "A possible explanation of a fault whose real cause was not published. Each cause is checked."),
    Fact("Certificate", "A text that establishes that a claim holds. Another program checks it, without any search."),
    Fact("Invariant", "A condition that is true at the start, and that every step keeps."),
)
"""The terms of a report, each with its meaning."""
