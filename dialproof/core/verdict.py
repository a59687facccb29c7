"""Verdicts. Each carries its evidence, and none has a truth value: `Unknown` must never pass for "safe".

Holds(certificate)    every fair run satisfies the claim, and there is one that it speaks of; the certificate was audited
Violated(run)         a run that does not; it was replayed
Unknown(reason)       neither is known, and why
Vacuous(certificate)  no run violates the claim, because it speaks of none: it is no proof of anything
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import NoReturn

from dialproof.core.certificates import Certificate
from dialproof.core.display import Displayed, counted, one_line
from dialproof.core.errors import InputError
from dialproof.core.remedy import Remedy
from dialproof.core.run import Run

Spans = tuple[tuple[float, float], ...]
"""When something went on: (begin, end) by the clock `time.monotonic` of the process that asked, in seconds; sorted, and apart."""


@dataclass(frozen=True)
class Promise:
    """Fairness of `kind` ("weak" or "strong") of `actions`; `name` is what its author calls it, "" if nothing."""

    kind: str
    actions: tuple[str, ...]
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind} fairness of {', '.join(self.actions)}{f' ({self.name})' if self.name else ''}"


@dataclass(frozen=True)
class Basis:
    """What a verdict rests on: the fairness of each action that has any, and the assumptions on the environment.

    `promised` has (action, name) for each action whose fairness its author gave a name ("call_eventually_succeeds").
    """

    weak: tuple[str, ...] = ()
    strong: tuple[str, ...] = ()
    assumptions: tuple[tuple[str, str], ...] = ()
    promised: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return one_line("Basis", *(str(promise) for promise in self.fairness()), *(name for name, _ in self.assumptions))

    def lines(self) -> tuple[str, ...]:
        """One line for each, for a table or a report."""
        return (
            *(f"weak fairness of {name}" for name in self.weak),
            *(f"strong fairness of {name}" for name in self.strong),
            *(f"{name}: {reason}" for name, reason in self.assumptions),
        )

    def fairness(self) -> tuple["Promise", ...]:
        """The same fairness as promises: actions of one kind whose fairness has one name, or none, are one promise."""
        names = dict(self.promised)
        together: dict[tuple[str, str], list[str]] = {}
        for kind, actions in (("weak", self.weak), ("strong", self.strong)):
            for action in actions:
                together.setdefault((kind, names.get(action, "")), []).append(action)
        return tuple(Promise(kind, tuple(actions), name) for (kind, name), actions in together.items())


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
    """What all verdicts have: `spans` says when it was worked at, for `seconds` in all."""

    def __bool__(self) -> NoReturn:
        raise TypeError(
            f"a verdict has no truth value; match on Holds, Violated, Unknown and Vacuous (this one is {type(self).__name__})"
        )


@dataclass(frozen=True)
class _Proved(_Verdict):
    """That no run violates the claim, as `certificate` establishes; whether that says anything is for its two kinds to say.

    `checked_by` names who audited the certificate. If that came from the cache (`dialproof.portfolio.cache`), `cached` is the
    engine that had found it, as the cache says; else "".
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

    def __repr__(self) -> str:
        return one_line(type(self).__name__, f"proved by {self.certificate.method}", _checked(self.checked_by))


@dataclass(frozen=True, repr=False, match_args=False)
class Holds(_Proved):
    """Every fair run that meets the assumptions satisfies the claim, and the claim speaks of one of them at least.

    Raises InputError for a `vacuity` by which it speaks of no run.
    """

    def __post_init__(self) -> None:
        if self.vacuity.is_vacuous:
            raise InputError("what speaks of no run does not hold: its verdict is Vacuous")


@dataclass(frozen=True, repr=False, match_args=False)
class Vacuous(_Proved):
    """No run violates the claim, but it speaks of none: no run is fair and meets the assumptions, or its premise never happens.

    `vacuity` says which of the two it is. It is a kind of its own, so that no `case Holds(...)` takes it for a proof (Beer,
    Ben-David, Eisner, Rodeh, "Efficient detection of vacuity in temporal model checking", 2001). Raises InputError for a
    `vacuity` by which it speaks of a run, or may do so.
    """

    def __post_init__(self) -> None:
        if not self.vacuity.is_vacuous:
            raise InputError("a Vacuous verdict says why it speaks of no run: Vacuity(fair_run=False) or Vacuity(premise=False)")


@dataclass(frozen=True)
class Violated(_Verdict):
    """Some fair run does not satisfy the claim: `lasso`, a lasso or (for what must never happen) a finite beginning of a run.

    A bounded search has seen that there is no violation of at most `depth` steps (-1: none was made); the engine `bmc` finds a
    shortest one. Where it came from the cache (`dialproof.portfolio.cache`), `cached` is the engine that had found it; else "".
    Such a run was replayed, but `depth` and `cached` are what the cache says.
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

    def __repr__(self) -> str:
        return one_line("Violated", repr(self.lasso), _checked(self.checked_by))


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

    def __repr__(self) -> str:
        depth = f"no violation within {counted(self.depth, 'step')}" if self.depth > 0 else ""
        return one_line("Unknown", depth, self.reason)


def _checked(checked_by: tuple[str, ...]) -> str:
    return f"checked by {' and '.join(checked_by)}" if checked_by else ""


Verdict = Holds | Violated | Unknown | Vacuous
"""The outcome of a check."""


def of_something(
    proved: Holds, vacuity: Vacuity, why_undecided: str = "", remedy: Remedy = Remedy.NONE
) -> Holds | Vacuous | Unknown:
    """What a proof comes to, as `vacuity` says: `Holds` only if there is a run that the claim speaks of.

    If that was not decided, nothing is known: `why_undecided` says why not, `remedy` what may decide it.
    """
    match vacuity.is_vacuous:
        case False:
            return replace(proved, vacuity=vacuity)
        case True:
            return Vacuous(**{one.name: getattr(proved, one.name) for one in fields(proved)} | {"vacuity": vacuity})
    why = f" ({why_undecided})" if why_undecided else ""
    return Unknown(
        f"no run violates the claim, which is proved; but whether there is a run that it speaks of was not decided{why}",
        engine=proved.engine,
        seconds=proved.seconds,
        checked_by=proved.checked_by,
        basis=proved.basis,
        vacuity=vacuity,
        remedy=remedy,
        spans=proved.spans,
    )


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
