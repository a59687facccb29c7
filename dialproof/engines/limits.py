"""Limits: how much an engine does before it gives up, for each engine one record per round.

What an engine finds depends on what it counts, never on a clock: steps, states, and z3's own units of work (`rlimit`), which are
the same on every machine, however busy it is. On an idle machine of 2026 a second is about a million units, for Spacer half a
million, for a search over truth values up to three. A round ends by its limits; the next one begins anew with larger ones. Only
ABC, which is another program, is ended by a clock; and what a user allows (`timeout`) ends everything.
"""

from dataclasses import dataclass

MOST_RLIMIT = 4_000_000_000
"""The largest number of units that z3 takes for a limit: more than an hour."""


@dataclass(frozen=True)
class BmcLimits:
    """Of a bounded search: to `max_steps`, with `rlimit` units for all depths together (None: no limit).

    After `whole_rlimit` units at the whole system it is asked, with `excluding_rlimit` units, what local forms exclude. With
    `simplifying_rlimit` units a violation that was found is made simpler.
    """

    max_steps: int
    rlimit: int | None = None
    whole_rlimit: int = 200_000
    excluding_rlimit: int = 1_500_000
    simplifying_rlimit: int = 4_000_000


@dataclass(frozen=True)
class SpacerLimits:
    """Of Spacer: units for one question, `local_rlimit` about a local form, `rlimit` about the whole system (None: no limit).

    `broken_max_steps`: how far a lasso that breaks some fairness is searched for. `found_again`: for a run that Spacer claims.
    """

    local_rlimit: int | None = 6_000_000
    rlimit: int | None = None
    broken_max_steps: int = 6
    found_again: BmcLimits = BmcLimits(60)


@dataclass(frozen=True)
class KLivenessLimits:
    """Of k-liveness: the numbers of rounds of fairness that are tried, and units for one question, as for Spacer."""

    numbers: tuple[int, ...] = (1, 2, 3, 4, 6, 8)
    local_rlimit: int | None = 6_000_000
    rlimit: int | None = None


@dataclass(frozen=True)
class InductionLimits:
    """Of k-induction: the largest k, and units for one question; the same for the search for variables that are equal."""

    max_k: int = 6
    rlimit: int = 10_000_000


@dataclass(frozen=True)
class OctagonLimits:
    """Of bounds on sums and differences: how many there may be, how often they are raised, and units for all questions."""

    most_bounds: int = 4_000
    most_rounds: int = 600
    rlimit: int = 20_000_000


@dataclass(frozen=True)
class ResponseLimits:
    """Of response proofs: `spacer` is for parts that are safety claims.

    With more than `max_predicates` states are not told apart. `max_refinements` times Spacer is asked of `max_states` kinds of
    states whether they can be reached, with `state_rlimit` units each.
    """

    spacer: SpacerLimits = SpacerLimits(rlimit=6_000_000)
    max_predicates: int = 48
    max_refinements: int = 3
    max_states: int = 8
    state_rlimit: int = 600_000


@dataclass(frozen=True)
class ExplicitLimits:
    """Of the explicit search: how many positions (states with what a run owes in them) it may meet."""

    max_positions: int


@dataclass(frozen=True)
class AbcLimits:
    """Of ABC: seconds for one question about a local form, and about the whole system (None: as long as it takes)."""

    local_timeout_s: float = 10.0
    timeout_s: float | None = None


@dataclass(frozen=True)
class PremiseLimits:
    """Of the search for a run on which a premise happens: a glance, the states one by one, a longer look, and a proof of none."""

    glance: BmcLimits = BmcLimits(8, rlimit=3_000_000)
    states: ExplicitLimits = ExplicitLimits(4_000)
    look: BmcLimits = BmcLimits(8, rlimit=40_000_000)
    spacer: SpacerLimits = SpacerLimits(rlimit=MOST_RLIMIT, found_again=BmcLimits(60, rlimit=MOST_RLIMIT))


QUESTION_RLIMIT = 4_000_000
"""Units for one of the small questions of an engine: about a premise of a proof, a step, or an initial state."""

ANY_SPACER, ANY_K_LIVENESS = SpacerLimits(), KLivenessLimits()
"""For whoever calls an engine and waits as long as it takes."""

BMC = (
    BmcLimits(8, rlimit=5_000_000),
    BmcLimits(120, rlimit=12_000_000),
    BmcLimits(120, rlimit=100_000_000),
    BmcLimits(120, rlimit=800_000_000),
    BmcLimits(120, rlimit=MOST_RLIMIT),
)
"""A quick search, one that goes further, and deep ones."""

SPACER = (
    SpacerLimits(local_rlimit=2_000_000, rlimit=2_000_000, found_again=BmcLimits(60, rlimit=5_000_000)),
    SpacerLimits(local_rlimit=6_000_000, rlimit=16_000_000, found_again=BmcLimits(60, rlimit=40_000_000)),
    SpacerLimits(rlimit=128_000_000, found_again=BmcLimits(60, rlimit=320_000_000)),
    SpacerLimits(rlimit=1_000_000_000, found_again=BmcLimits(60, rlimit=MOST_RLIMIT)),
    SpacerLimits(rlimit=MOST_RLIMIT, found_again=BmcLimits(60, rlimit=MOST_RLIMIT)),
)

K_LIVENESS = (
    KLivenessLimits(local_rlimit=2_000_000, rlimit=2_000_000),
    KLivenessLimits(rlimit=16_000_000),
    KLivenessLimits(rlimit=128_000_000),
    KLivenessLimits(rlimit=1_000_000_000),
    KLivenessLimits(rlimit=MOST_RLIMIT),
)

INDUCTION = (InductionLimits(),)

OCTAGONS = (OctagonLimits(),)

RESPONSE = (ResponseLimits(),)

EXPLICIT = (ExplicitLimits(4_000), ExplicitLimits(200_000))
"""The first ends within about a second."""

ABC = (AbcLimits(),)
