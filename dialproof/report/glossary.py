"""The words of a report, and how each proof rule proves, for readers who meet them here for the first time."""

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
                "Were the claim to fail, some fair loop would have to close; an inductive invariant shows that no such loop can.",
            )
        case KLiveness():
            return (
                "k-liveness",
                "Were the claim to fail, all fairness would be met again and again; an invariant shows: fewer than k times.",
            )
        case WellFoundedResponse():
            return "helpful actions and ranks", (
                "Until what is claimed happens, no step makes a rank larger, and fair steps make it smaller: "
                "that cannot go on for ever."
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
    Fact("Model", "What is said to be able to happen in a scenario; under one cause, where there are several."),
    Fact("Run", "A course of events: states, and what happens in each, for ever."),
    Fact("Loop", "The part of a run that repeats for ever: so a run without an end can be written down in a few lines."),
    Fact("Claim", "A sentence about every run, with its source. A check asks whether it holds in one scenario."),
    Fact("Holds", "No run violates the claim: proved for all of them, of any length."),
    Fact("Violated", "Some run does, and it is shown. Of a faulty build that may well be what was expected."),
    Fact("Unknown", "Neither is known, with the reason."),
    Fact("Vacuous", "What the claim speaks of can never happen. It says nothing, and does not count as expected."),
    Fact("Weak fairness", "Of an action: it is not possible all the time, from some point on, and never done."),
    Fact("Strong fairness", "Of an action: if it is possible again and again, it is done again and again."),
    Fact("Assumption", "A named restriction on the outside world; only runs that meet it are considered."),
    Fact("Cause", "Where nobody published why a build is faulty: an explanation that nothing contradicts. Each is checked."),
    Fact("Certificate", "What establishes that a claim holds: a text that another program checks, without any search."),
    Fact("Invariant", "A condition that is true at the start, and that every step keeps."),
)
"""The words of a report, each with what it means there."""
