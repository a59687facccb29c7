"""Verdicts. Each carries its evidence, and none has a truth value: `Unknown` must never pass for "safe".

Holds(certificate)    every fair run satisfies the claim; the certificate was audited
Violated(run)         a run that does not; it was replayed
Unknown(reason)       neither is known, and why
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NoReturn

from dialproof.displayed import Displayed
from dialproof.remedy import Remedy
from dialproof.run import Run

Spans = tuple[tuple[float, float], ...]
"""When something went on: (begin, end) by the clock `time.monotonic` of the process that asked, in seconds; sorted, and apart."""


@dataclass(frozen=True)
class Case:
    """One case of a response proof: in `region`, while the response is owed, the fairness of `helpful` makes `rank` smaller.

    `region` is an SMT-LIB term over the state, `rank` holds integer terms, compared from left to right. `helpful` names an action
    or an assumption whose fairness is used; "" says that every step makes the rank smaller. `inner` proves that what strong
    fairness asks for comes again and again: the cases of what stays in the region without it (`dialproof.encode.response`).
    """

    region: str
    rank: tuple[str, ...]
    helpful: str = ""
    inner: tuple["Case", ...] = ()

    @property
    def fairness(self) -> frozenset[str]:
        """The names of all fairness conditions that the case and its inner cases use."""
        own = {self.helpful} if self.helpful else set()
        return frozenset(own).union(*(one.fairness for one in self.inner))


@dataclass(frozen=True)
class Certificate(Displayed):
    """What establishes a claim, as text that another program can check.

    `method` names the proof rule: "invariant" (an inductive invariant of the safety form), "k-induction" (with its `depth`),
    "liveness-to-safety" (an inductive invariant of the form that saves a state), "k-liveness" (an inductive invariant of the
    form that counts rounds of fairness: none completes `depth`), "response" (an inductive invariant of the system, with
    helpful fairness and ranks in `cases`), "conjunction" (one certificate in `parts` for each conjunct of
    the claim, in order), or "exhaustive" (all `states` were visited).
    `invariant` is an SMT-LIB term over the variables of that form; `compared` names the variables on which a saved state is
    compared with a later one (all that matter to the proof; fewer make it say more). `fairness` names the actions whose
    fairness the proof uses; it does without that of all others. `kept` names the variables of the local form that the proof is
    about (`dialproof.encode.local`), in the order of their places there; None if it is about the whole system.
    """

    method: str
    invariant: str = ""
    depth: int = 0
    states: int = 0
    fairness: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    kept: tuple[str, ...] | None = None
    parts: tuple["Certificate", ...] = ()
    cases: tuple[Case, ...] = ()


@dataclass(frozen=True)
class Basis:
    """What a verdict rests on: the fairness of each action that has any, and the assumptions on the environment."""

    weak: tuple[str, ...] = ()
    strong: tuple[str, ...] = ()
    assumptions: tuple[tuple[str, str], ...] = ()

    def lines(self) -> tuple[str, ...]:
        """One line for each, for a table or a report."""
        return (
            *(f"weak fairness of {name}" for name in self.weak),
            *(f"strong fairness of {name}" for name in self.strong),
            *(f"{name}: {reason}" for name, reason in self.assumptions),
        )


@dataclass(frozen=True)
class Vacuity:
    """Whether the verdict speaks of anything: is there a `fair_run` at all, and can the `premise` happen on one.

    True and False are decided, by a replayed run and by an audited proof; None is undecided, or there is no premise.
    `witness` is a run on which the premise happens. `remedy` says what may decide what is undecided.
    """

    fair_run: bool | None = None
    premise: bool | None = None
    witness: Run | None = field(default=None, repr=False)
    remedy: Remedy = field(default=Remedy.NONE, compare=False, repr=False)

    @property
    def is_vacuous(self) -> bool | None:
        """True: nothing is said. False: a fair run exists, on which the premise (if any) happens. None: undecided."""
        if self.fair_run is False or self.premise is False:
            return True
        return False if self.fair_run else None


@dataclass(frozen=True)
class _Verdict(Displayed):
    """What all verdicts have: `spans` says when it was worked at, for `seconds` in all."""

    def __bool__(self) -> NoReturn:
        raise TypeError(f"a verdict has no truth value; match on Holds, Violated and Unknown (this one is {type(self).__name__})")


@dataclass(frozen=True)
class Holds(_Verdict):
    """Every fair run that meets the assumptions satisfies the claim. `checked_by` names who audited the certificate.

    Where that came from the cache (`dialproof.cache`), `cached` is the engine that had found it, as the cache says; else "".
    """

    certificate: Certificate
    engine: str = ""
    seconds: float = field(default=0.0, compare=False)
    checked_by: tuple[str, ...] = ()
    basis: Basis = Basis()
    vacuity: Vacuity = Vacuity()
    cached: str = ""
    spans: Spans = field(default=(), compare=False, repr=False)

    __match_args__ = ("certificate",)


@dataclass(frozen=True)
class Violated(_Verdict):
    """Some fair run does not satisfy the claim: `lasso`, a lasso or (for what must never happen) a finite beginning of a run.

    A bounded search has seen that there is no violation of at most `depth` steps (-1: none was made); the engine `bmc` finds a
    shortest one. Where it came from the cache (`dialproof.cache`), `cached` is the engine that had found it; else "". Such a run
    was replayed, but `depth` and `cached` are what the cache says.
    """

    lasso: Run
    engine: str = ""
    seconds: float = field(default=0.0, compare=False)
    checked_by: tuple[str, ...] = ()
    basis: Basis = Basis()
    vacuity: Vacuity = Vacuity()
    cached: str = ""
    depth: int = -1
    spans: Spans = field(default=(), compare=False, repr=False)

    __match_args__ = ("lasso",)


@dataclass(frozen=True)
class Unknown(_Verdict):
    """Neither is known. `reason` says why; no violation exists up to `depth` steps (-1: nothing was searched).

    `remedy` says what may decide it: whoever gives advice need not read the reason.
    """

    reason: str
    depth: int = -1
    engine: str = ""
    seconds: float = field(default=0.0, compare=False)
    checked_by: tuple[str, ...] = ()
    basis: Basis = Basis()
    vacuity: Vacuity = Vacuity()
    remedy: Remedy = Remedy.NONE
    spans: Spans = field(default=(), compare=False, repr=False)

    __match_args__ = ("reason",)


Verdict = Holds | Violated | Unknown
"""The outcome of a check."""


def united(spans: Iterable[tuple[float, float]]) -> Spans:
    """When at least one of `spans` went on: what overlaps counts once."""
    found: list[tuple[float, float]] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return tuple(found)


def spans_of(verdicts: Iterable[Verdict]) -> Spans:
    """When at least one of `verdicts` was worked at."""
    return united(span for verdict in verdicts for span in verdict.spans)


def seconds_of(verdicts: Iterable[Verdict]) -> float:
    """For how long at least one of `verdicts` was worked at, by the clock: what went on side by side counts once.

    Of a verdict that does not say when it was worked at, the seconds are added.
    """
    every = list(verdicts)
    waited = sum(end - begin for begin, end in spans_of(every))
    return waited + sum(verdict.seconds for verdict in every if not verdict.spans)
