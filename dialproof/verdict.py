"""Verdicts. Each carries its evidence, and none has a truth value: `Unknown` must never pass for "safe".

Holds(certificate)    every fair run satisfies the claim; the certificate was audited
Violated(run)         a run that does not; it was replayed
Unknown(reason)       neither is known, and why
"""

from dataclasses import dataclass, field
from typing import NoReturn

from dialproof.displayed import Displayed
from dialproof.run import Run


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
    `ranges` establishes that no reachable state has a step out of range (`dialproof.range_claim`); None where no state within the
    ranges has one, which needs no proof of its own.
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
    ranges: "Certificate | None" = None


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
    `witness` is a run on which the premise happens.
    """

    fair_run: bool | None = None
    premise: bool | None = None
    witness: Run | None = field(default=None, repr=False)

    @property
    def is_vacuous(self) -> bool | None:
        """True: nothing is said. False: a fair run exists, on which the premise (if any) happens. None: undecided."""
        if self.fair_run is False or self.premise is False:
            return True
        return False if self.fair_run else None


@dataclass(frozen=True)
class _Verdict(Displayed):
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

    __match_args__ = ("certificate",)


@dataclass(frozen=True)
class Violated(_Verdict):
    """Some fair run does not satisfy the claim: `lasso`, a lasso or (for what must never happen) a finite beginning of a run.

    Where it came from the cache (`dialproof.cache`), `cached` is the engine that had found it, as the cache says; else "". Such
    a run was replayed, and need not be a shortest one, whoever found it.
    """

    lasso: Run
    engine: str = ""
    seconds: float = field(default=0.0, compare=False)
    checked_by: tuple[str, ...] = ()
    basis: Basis = Basis()
    vacuity: Vacuity = Vacuity()
    cached: str = ""

    __match_args__ = ("lasso",)


@dataclass(frozen=True)
class Unknown(_Verdict):
    """Neither is known. `reason` says why; no violation exists up to `depth` steps (-1: nothing was searched)."""

    reason: str
    depth: int = -1
    engine: str = ""
    seconds: float = field(default=0.0, compare=False)
    checked_by: tuple[str, ...] = ()
    basis: Basis = Basis()
    vacuity: Vacuity = Vacuity()

    __match_args__ = ("reason",)


Verdict = Holds | Violated | Unknown
"""The outcome of a check."""
