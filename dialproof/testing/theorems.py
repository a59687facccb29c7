"""A question with its verdict, in words: the question, the verdict and the evidence."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import z3

from dialproof.core.certificates import Certificate, Conjunction
from dialproof.core.claims import Claim, OneSystem
from dialproof.core.plan import PlannedCheck
from dialproof.core.run import Lasso
from dialproof.core.system import System
from dialproof.core.verdict import Basis, Holds, Unknown, Vacuous, Verdict, Violated
from dialproof.core.visible import in_one_line, visible
from dialproof.core.wording import wording_of
from dialproof.evidence.findings import sentences
from dialproof.portfolio.check import CheckedVerdict, job_of, word
from dialproof.portfolio.jobs import identity
from dialproof.review.expectation import Standing as Judged
from dialproof.review.expectation import basis_of, engines_of, is_vacuous, remark, standing_of
from dialproof.testing.failure import from_here
from dialproof.testing.records import Record, Standing
from dialproof.testing.session import Cited
from dialproof.views.text import run_lines, wrapped

_VERBS = {"holds": "holds", "violated": "is violated", "unknown": "is undecided"}
_LONGEST_NAME = 60  # characters of a formula that has no name


def question(system: System, claim: Claim | z3.BoolRef, expected: str | None = None) -> PlannedCheck:
    """The check of a claim about `system`. A bare formula is named by its text; `expected` only orders the engines."""
    named = claim if isinstance(claim, Claim) else Claim(_name_of(claim), claim, "")
    return PlannedCheck(system.name, 0, named.name, expected, (OneSystem("", system, named),), looks_at_actions=False)


def of_unknown_origin(verdict: Verdict) -> CheckedVerdict:
    """A verdict whose question is not known here."""
    return CheckedVerdict(PlannedCheck("", 0, "the claim", None, ()), (("", verdict),))


def _name_of(formula: z3.BoolRef) -> str:
    text = " ".join(str(formula).split())
    return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 4]} ..."


@dataclass(frozen=True)
class Shortfall:
    """How a verdict differs from the stated one: in a sentence, and in lines with the evidence."""

    standing: Standing
    headline: str
    lines: tuple[str, ...]


def shortfall(checked: CheckedVerdict, expected: str, width: int, *, vacuous: bool = False) -> Shortfall | None:
    """How `checked` differs from `expected` ("holds", "violated" or "unknown"); None if it does not.

    A claim that holds vacuously says nothing, so it is not as expected unless `vacuous` allows it.
    """
    found, claim = word(checked.verdict), checked.planned.claim
    if found != expected:
        if isinstance(checked.verdict, Unknown):
            return _short("undecided", f"{claim} is undecided: {checked.verdict.reason}", checked, width)
        return _short("different", f"{claim} {_VERBS[found]}; expected: {expected}", checked, width)
    if found == "unknown":
        return None
    if not all(verdict.checked_by for _, verdict in checked.by_cause):
        nobody = "its certificate was not audited" if found == "holds" else "its run was not replayed"
        return _short("undecided", f"{claim} {_VERBS[found]}, but {nobody}", checked, width)
    says_nothing = is_vacuous(checked)
    if says_nothing is False or vacuous or found == "violated":
        return None
    return _short("different" if says_nothing else "undecided", f"{claim} {remark(checked)}", checked, width)


def other_reason(checked: CheckedVerdict, stated: str, width: int) -> Shortfall:
    """How a violation or an unknown verdict differs from one that has the reason `stated`."""
    headline = f"{checked.planned.claim} {_VERBS[word(checked.verdict)]}, but not for the reason that was stated"
    more = wrapped(f"Stated: {stated}", width, 4, first=2)
    if isinstance(checked.verdict, Unknown):
        more += wrapped(f"Found: {checked.verdict.reason}", width, 4, first=2)
    return _short("different", headline, checked, width, *more)


def _short(standing: Standing, headline: str, checked: CheckedVerdict, width: int, *more: str) -> Shortfall:
    return Shortfall(standing, in_one_line(headline), (*wrapped(headline, width, 2, first=0), *more, *told(checked, width)))


def told(checked: CheckedVerdict, width: int) -> tuple[str, ...]:
    """The question and the evidence in lines of at most `width` characters: the run, or the proof method and the auditors."""
    planned, verdict = checked.planned, checked.verdict
    lines: list[str] = []
    if planned.variants:
        lines += wrapped(_about(checked), width, 4, first=2)
    says = planned.variants[0].claim.says if planned.variants else ""
    if says:
        lines += wrapped(f"The claim: {says}", width, 2)
    if word(checked.verdict) == "violated":
        for suspect in checked.planned.suspects:
            lines += wrapped(f"Because of {suspect}", width, 4, first=2)
    causes = [cause for cause, _ in checked.by_cause]
    if len(causes) > 1:
        this = f" This is the run under {causes[0]}:" if isinstance(verdict, Violated) else ""
        lines += wrapped(f"It was checked under each of {len(causes)} causes: {', '.join(causes)}.{this}", width, 2)
    match verdict:
        case Violated():
            lines += ["", *shown_run(checked, width), "", *_rests_on(basis_of(checked), width)]
        case Holds() | Vacuous():
            lines += wrapped(f"It is proved by {evidence(verdict)}, checked by {_who(verdict)}.", width, 2)
            lines += _rests_on(basis_of(checked), width)
        case Unknown():
            pass  # what may decide it is said at the end, once for all that need the same
    return tuple(lines)


def _about(checked: CheckedVerdict) -> str:
    planned = checked.planned
    causes = [cause for cause, _ in checked.by_cause if cause not in {"", "none"}]  # nothing is faulty: nothing to say
    what = f"The check: {from_here(planned.scenario)}:{planned.line}" if planned.line else f"The system: {planned.scenario}"
    return f"{what}, under {causes[0]}" if len(causes) == 1 else what


def shown_run(checked: CheckedVerdict, width: int) -> list[str]:
    """The run of a violation, step by step; in the system's words if the system is known."""
    assert isinstance(checked.verdict, Violated)
    run = checked.verdict.lasso
    of = next(checked.violations, None)
    if of is None:
        return [f"  {visible(line)}" for line in str(run).splitlines()]
    return run_lines(run, wording_of(of[0].system), width)


def _rests_on(basis: Basis, width: int) -> list[str]:
    if not basis.lines():
        return wrapped("This rests on no fairness and no assumption.", width, 2)
    said = [str(promise) for promise in basis.fairness()]
    said += [f"{name}: {reason}" for name, reason in basis.assumptions]
    return ["  This rests on:", *(line for text in said for line in wrapped(f"- {text}", width, 6, first=4))]


def method(verdict: Verdict) -> str:
    """The proof rule, or the kind of run; "" if there is no evidence."""
    match verdict:
        case Holds(certificate) | Vacuous(certificate):
            return _rule(certificate)
        case Violated(Lasso()):
            return "lasso"
        case Violated():
            return "finite run"
    return ""


def _rule(certificate: Certificate) -> str:
    if not isinstance(certificate, Conjunction):
        return certificate.method
    rules = dict.fromkeys(_rule(part) for part in certificate.parts)
    return f"{certificate.method} of {len(certificate.parts)} by {' and '.join(rules)}"


def evidence(verdict: Verdict) -> str:
    """The same, with the lengths of the run's stem and loop."""
    match verdict:
        case Violated(Lasso(stem, loop)):
            return f"{method(verdict)} of {len(stem)}+{len(loop)} steps"
        case Violated(run):
            return f"{method(verdict)} of {len(run)} step{'' if len(run) == 1 else 's'}"
    return method(verdict)


def _who(verdict: Verdict) -> str:
    return " and ".join(verdict.checked_by) or "nobody"


def record(cited: Cited, test: str, root: Path) -> Record:
    """The plain data of a verdict that the test with the id `test` uses; files are named by their path below `root`."""
    checked = cited.checked
    planned, verdict = checked.planned, checked.verdict
    claim = planned.variants[0].claim if planned.variants else None
    return Record(
        tests=(test,),
        subject=_below(root, planned.scenario) if planned.line else planned.scenario or "(a verdict without its question)",
        line=planned.line,
        question="" if planned.line else _digest(planned),
        claim=planned.claim,
        says=claim.says if claim else "",
        source=claim.source if claim else "",
        causes=tuple(cause for cause, _ in checked.by_cause if cause),
        verdict=word(verdict),
        expected=cited.expected,
        standing=cited.standing,
        vacuous=None if isinstance(verdict, Unknown) else is_vacuous(checked),
        engine=engines_of(checked),
        method=method(verdict),
        evidence=evidence(verdict),
        checked_by=verdict.checked_by,
        seconds=checked.seconds,
        rests_on=basis_of(checked).lines(),
        remark=remark(checked),
        remedy=checked.remedy.value if standing_of(checked) is Judged.UNDECIDED else "",
        run=tuple(shown_run(checked, 80)) if isinstance(verdict, Violated) else (),
        notes=planned.notes,
        findings=tuple(sentences(checked.actions, {cause for cause, _ in checked.by_cause})),
    )


def _digest(planned: PlannedCheck) -> str:
    """What tells two questions about systems of the same name apart."""
    asked = [identity(job_of(variant.shown, variant.claim.formula)) for variant in planned.variants]
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:16]


def _below(root: Path, path: str) -> str:
    absolute = Path(path).absolute()
    return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else path
