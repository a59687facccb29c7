"""Certificates: what establishes a claim, as text that another program can check. There is one class for each proof rule.

InductiveInvariant(invariant)     an inductive invariant of the safety form (Floyd; Manna and Pnueli)
KInduction(depth)                 nothing bad within `depth` steps, nor after `depth` good states (Sheeran, Singh, Stålmarck)
LivenessToSafety(invariant)       an inductive invariant of the form that saves a state (Biere, Artho, Schuppan)
KLiveness(invariant, depth)       an inductive invariant of the form that counts rounds of fairness (Claessen, Sörensson)
WellFoundedResponse(invariant)    an inductive invariant, with helpful fairness and ranks in `cases` (Manna and Pnueli)
Conjunction(parts)                one certificate for each conjunct of the claim
Exhaustive(states)                all states of the product were visited

A class has the fields that its rule uses, and no others. Code that decides by the rule matches on the class and ends in
`assert_never`, so that the type checker names every place that a new rule concerns.
"""

from dataclasses import dataclass, field, fields
from typing import ClassVar

from dialproof.core.display import Displayed, counted, one_line


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

    def __repr__(self) -> str:
        inner = counted(len(self.inner), "inner case")
        return one_line("Case", self.helpful or "every step", f"rank ({', '.join(self.rank)})", inner)


@dataclass(frozen=True, repr=False)
class _OfOneRule(Displayed):
    """What the certificates of all rules have. `method` is the name of the rule in files and in reports.

    `ranges` establishes that no reachable state has a step out of range (`dialproof.evidence.range_claim`); None if no state
    within the ranges has one, which needs no proof of its own.
    """

    method: ClassVar[str]

    ranges: "Certificate | None" = field(default=None, kw_only=True)

    def __repr__(self) -> str:
        own = [one.name for one in fields(self) if not one.kw_only and getattr(self, one.name) != ""]
        return one_line(type(self).__name__, *(_shown(name, getattr(self, name)) for name in own))


@dataclass(frozen=True, repr=False)
class _AboutAllRuns(_OfOneRule):
    """The certificate of a rule that speaks of all runs, fair or not."""

    @property
    def fairness(self) -> tuple[str, ...]:
        """The actions whose fairness the proof uses: none."""
        return ()


@dataclass(frozen=True, repr=False)
class InductiveInvariant(_AboutAllRuns):
    """An inductive invariant of the safety form: an SMT-LIB term over the variables of that form.

    `kept` names the variables of the local form that the proof is about (`dialproof.encode.localization`), in the order of their
    places there; None if it is about the whole system.
    """

    method: ClassVar[str] = "invariant"

    invariant: str
    kept: tuple[str, ...] | None = None


@dataclass(frozen=True, repr=False)
class KInduction(_AboutAllRuns):
    """No bad state is within `depth` steps of an initial one, and none follows `depth` good states in a row."""

    method: ClassVar[str] = "k-induction"

    depth: int


@dataclass(frozen=True, repr=False)
class LivenessToSafety(_OfOneRule):
    """An inductive invariant of the form that saves a state and looks for it again: no fair loop that violates the claim closes.

    `fairness` names the actions whose fairness the proof uses; it does without that of all others. `compared` names the variables
    on which a saved state is compared with a later one (all that matter to the proof; fewer make it say more). `kept` is as in
    `InductiveInvariant`.
    """

    method: ClassVar[str] = "liveness-to-safety"

    invariant: str
    fairness: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    kept: tuple[str, ...] | None = None


@dataclass(frozen=True, repr=False)
class KLiveness(_OfOneRule):
    """An inductive invariant of the form that counts rounds of fairness: no run that violates the claim completes `depth`.

    `fairness` is as in `LivenessToSafety`, `kept` as in `InductiveInvariant`.
    """

    method: ClassVar[str] = "k-liveness"

    invariant: str
    depth: int
    fairness: tuple[str, ...] = ()
    kept: tuple[str, ...] | None = None


@dataclass(frozen=True, repr=False)
class WellFoundedResponse(_OfOneRule):
    """An inductive invariant of the system, and cases whose helpful fairness makes a rank smaller until the goal is reached.

    `fairness` names the actions whose fairness the cases use.
    """

    method: ClassVar[str] = "response"

    invariant: str
    fairness: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()


@dataclass(frozen=True, repr=False)
class Conjunction(_OfOneRule):
    """One certificate in `parts` for each conjunct of the claim, in order; `fairness` lists what they use, each action once."""

    method: ClassVar[str] = "conjunction"

    parts: tuple["Certificate", ...]
    fairness: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class Exhaustive(_OfOneRule):
    """All `states` of the product of system and negated claim were visited, and none is on a fair run; there may be none.

    `fairness` is as in `LivenessToSafety`. `single_steps` names an action that was tried with the parameter 1 alone, which meets
    the same states (`dialproof.evidence.single_steps`); "" if every way to take every action was tried.
    """

    method: ClassVar[str] = "exhaustive"

    states: int = 0
    fairness: tuple[str, ...] = ()
    single_steps: str = ""


Certificate = InductiveInvariant | KInduction | LivenessToSafety | KLiveness | WellFoundedResponse | Conjunction | Exhaustive
"""What establishes a claim, as text that another program can check: the certificate of one of the proof rules."""


def _shown(name: str, value: object) -> str:
    """A field of a certificate in a line: names and numbers as they are, of all else how much there is."""
    match value:
        case int():
            return f"{name}: {value:,}"
        case str():
            return f"{name}: {counted(len(value), 'character')}"
        case (str(), *_):
            return f"{name}: {', '.join(map(str, value))}"
        case (_, *_):
            return counted(len(value), name.removesuffix("s"))
    return ""
