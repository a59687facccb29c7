"""Assertions about verdicts: a claim holds, is violated (and by what kind of run), or is undecided.

Each takes a system and a claim, or an existing verdict, and returns the verdict for further assertions. No outcome passes for
another: an undecided claim neither holds nor is violated.
"""

from collections.abc import Iterator
from typing import Literal, TypeVar, Unpack, overload

import z3

from dialproof.core.claims import Claim
from dialproof.core.plan import PlannedCheck
from dialproof.core.run import Lasso, Run
from dialproof.core.system import System
from dialproof.core.verdict import Holds, Unknown, Vacuous, Verdict, Violated
from dialproof.core.wording import wording_of
from dialproof.portfolio.check import CheckedVerdict
from dialproof.semantics.evaluate import holds_on_lasso, is_lost_on
from dialproof.semantics.interpreter import Reader
from dialproof.testing.failure import UnexpectedVerdictError
from dialproof.testing.session import Cited, ProofSession, current
from dialproof.testing.settings import Options
from dialproof.testing.theorems import Shortfall, of_unknown_origin, other_reason, question, shortfall
from dialproof.views.text import run_lines

Known = Verdict | CheckedVerdict | PlannedCheck
"""A verdict, that of a planned check (under all of its causes), or a planned check whose verdict is to be found."""

_Kind = TypeVar("_Kind", Holds, Violated, Unknown)


@overload
def assert_holds(known: Known, /, *, vacuous: Literal[False] = False) -> Holds: ...
@overload
def assert_holds(known: Known, /, *, vacuous: bool) -> Holds | Vacuous: ...
@overload
def assert_holds(
    system: System, claim: Claim | z3.BoolRef, /, *, vacuous: Literal[False] = False, **options: Unpack[Options]
) -> Holds: ...
@overload
def assert_holds(
    system: System, claim: Claim | z3.BoolRef, /, *, vacuous: bool, **options: Unpack[Options]
) -> Holds | Vacuous: ...
def assert_holds(
    what: System | Known, claim: Claim | z3.BoolRef | None = None, /, *, vacuous: bool = False, **options: Unpack[Options]
) -> Holds | Vacuous:
    """Fail unless the claim has an audited proof and is not vacuous; with `vacuous`, it may be vacuous.

    Raises UnexpectedVerdictError, with the counterexample if there is one, or the reason if the claim is undecided; ModelError
    for a claim without meaning.
    """
    __tracebackhide__ = True
    with current() as session:
        cited = _cited(session, what, claim, "holds", options)
        _state(cited, "holds", shortfall(cited.checked, "holds", session.width, vacuous=vacuous))
    verdict = cited.checked.verdict
    return verdict if isinstance(verdict, Vacuous) else _of_kind(cited, Holds)


@overload
def assert_violated(known: Known, /, *, because: z3.BoolRef | str | None = None) -> Violated: ...
@overload
def assert_violated(
    system: System, claim: Claim | z3.BoolRef, /, *, because: z3.BoolRef | str | None = None, **options: Unpack[Options]
) -> Violated: ...
def assert_violated(
    what: System | Known,
    claim: Claim | z3.BoolRef | None = None,
    /,
    *,
    because: z3.BoolRef | str | None = None,
    **options: Unpack[Options],
) -> Violated:
    """Fail unless a replayed run violates the claim; and, with `because`, unless the run satisfies that as well.

    `because` is a formula that the run must satisfy (from its first state on; a finite run must satisfy it however it goes on),
    or a text that must occur in the step-by-step text of the run, in which line breaks and indentation do not count. It is
    evaluated by `dialproof.semantics.evaluate` on the run that was found, without an engine; if a check has several causes,
    on the run under each of them.

    Raises UnexpectedVerdictError otherwise; ModelError for a formula without meaning.
    """
    __tracebackhide__ = True
    with current() as session:
        cited = _cited(session, what, claim, "violated", options)
        missing = shortfall(cited.checked, "violated", session.width)
        if missing is None and because is not None:
            missing = _other_reason(cited.checked, because, session.width)
        _state(cited, "violated", missing)
    return _of_kind(cited, Violated)


@overload
def assert_unknown(known: Known, /, *, because: str | None = None) -> Unknown: ...
@overload
def assert_unknown(
    system: System, claim: Claim | z3.BoolRef, /, *, because: str | None = None, **options: Unpack[Options]
) -> Unknown: ...
def assert_unknown(
    what: System | Known, claim: Claim | z3.BoolRef | None = None, /, *, because: str | None = None, **options: Unpack[Options]
) -> Unknown:
    """Fail unless the claim is undecided, for a reason that contains the text `because`. Raises UnexpectedVerdictError."""
    __tracebackhide__ = True
    with current() as session:
        cited = _cited(session, what, claim, None, options)
        missing = shortfall(cited.checked, "unknown", session.width)
        verdict = cited.checked.verdict
        if missing is None and because is not None and isinstance(verdict, Unknown) and because not in verdict.reason:
            missing = other_reason(cited.checked, because, session.width)
        _state(cited, "unknown", missing)
    return _of_kind(cited, Unknown)


def _cited(
    session: ProofSession,
    what: System | Known,
    claim: Claim | z3.BoolRef | None,
    likely: str | None,
    options: Options,
) -> Cited:
    """The verdict that is spoken of, noted for the test under way."""
    __tracebackhide__ = True
    match what, claim:
        case System(), Claim() | z3.BoolRef():
            return session.cite(session.answer([question(what, claim, likely)], options)[0])
        case System(), _:
            raise TypeError(f"a system needs a claim beside it, a Claim or a formula; got {claim!r}")
        case _, Claim() | z3.BoolRef():
            raise TypeError(f"a claim needs the system in front of it; got {what!r}")
        case ((Holds() | Violated() | Unknown() | Vacuous() | CheckedVerdict() | PlannedCheck()), _) if options:
            raise TypeError(f"{', '.join(options)} set how a system is checked; for a verdict, give them to `prove`")
        case PlannedCheck(), _:
            return session.cite(session.answer([what])[0])
        case CheckedVerdict(), _:
            return session.cite(what)
        case ((Holds() | Violated() | Unknown() | Vacuous()), _):
            return session.cite(session.origin(what) or of_unknown_origin(what))
        case _:
            raise TypeError(f"give a system and a claim, or a verdict; got {what!r}")


def _state(cited: Cited, expected: str, missing: Shortfall | None) -> None:
    """Note what the test states; raise if it is not so."""
    __tracebackhide__ = True
    cited.expected = expected
    cited.standing = "as expected" if missing is None else missing.standing
    if missing is not None:
        raise UnexpectedVerdictError(missing.headline, missing.lines)


def _of_kind(cited: Cited, kind: type[_Kind]) -> _Kind:
    verdict = cited.checked.verdict
    assert isinstance(verdict, kind)
    return verdict


def _other_reason(checked: CheckedVerdict, because: z3.BoolRef | str, width: int) -> Shortfall | None:
    """How the violation differs from the stated one; None if each run satisfies `because`."""
    __tracebackhide__ = True
    if not isinstance(because, str | z3.BoolRef):
        raise TypeError(f"because takes a formula, or a text of the run; got {because!r}")
    if not checked.planned.variants:
        raise TypeError("because needs the system, and this verdict comes alone: give assert_violated the system and the claim")
    for system, run in _runs(checked):
        if not (_says(because, run, system) if isinstance(because, str) else _satisfies(because, run, system)):
            return other_reason(checked, " ".join(str(because).split()), width)
    return None


def _runs(checked: CheckedVerdict) -> Iterator[tuple[System, Run]]:
    return ((variant.system, verdict.lasso) for variant, verdict in checked.violations)


def _says(text: str, run: Run, system: System) -> bool:
    shown = " ".join(run_lines(run, wording_of(system), width=10_000))
    return " ".join(text.split()) in " ".join(shown.split())


def _satisfies(formula: z3.BoolRef, run: Run, system: System) -> bool:
    system.check_formula(formula, "because")
    reader = Reader(system)
    if isinstance(run, Lasso):
        return holds_on_lasso(formula, run, reader)
    # Of a finite run only what every continuation satisfies is known.
    return is_lost_on(z3.Not(formula), run, reader)
