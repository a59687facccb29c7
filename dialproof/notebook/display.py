"""The display of each object of the library in a notebook: HTML, or text if HTML cannot be shown.

Times, the engine that was first and the versions of solvers are left out, so that the same question shows the same answer on
every machine. The objects have them (`verdict.seconds`, `verdict.engine`, `verdict.checked_by`).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from types import UnionType
from typing import assert_never

import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.bound import TightestBound
from dialproof.core.bound_function import BoundFunction, line, ranged
from dialproof.core.certificates import (
    Case,
    Certificate,
    Conjunction,
    Exhaustive,
    InductiveInvariant,
    KInduction,
    KLiveness,
    LivenessToSafety,
    WellFoundedResponse,
)
from dialproof.core.claim_range import ClaimRange
from dialproof.core.claims import Claim
from dialproof.core.plan import PlannedCheck, Scenario, Suspect
from dialproof.core.run import FiniteRun, Lasso
from dialproof.core.system import System
from dialproof.core.verdict import Basis, Holds, Unknown, Vacuity, Vacuous, Violated
from dialproof.core.wording import Wording
from dialproof.evidence.outcome import CheckedVerdict, word
from dialproof.notebook.blocks import Block, Code, Facts, Grid, Heading, Prose, Steps, as_html, as_text
from dialproof.notebook.terms import term_text
from dialproof.notebook.walks import Walk, walk
from dialproof.report.glossary import method_of
from dialproof.review.expectation import Standing, basis_of, is_vacuous, remark, standing_of
from dialproof.review.session import Review
from dialproof.review.what_if import Comparison

_LONGEST_TERM = 300
_MOST_NAMED = 12  # variables, or actions, that are named where a system is printed
_REMARKS = {Standing.AS_EXPECTED: "", Standing.DIFFERENT: "not as expected", Standing.UNDECIDED: "undecided"}


def mimebundle(shown: object) -> dict[str, str]:
    """The display of `shown` by MIME type: plain text and HTML. Raises TypeError for an object without a display of its own."""
    described = blocks(shown)
    return {"text/plain": as_text(described), "text/html": str(as_html(described))}


def printed(shown: object) -> str:
    """The text that `print` shows: the same text, except that a system is a few lines."""
    return as_text(_outline(shown) if isinstance(shown, System) else blocks(shown))


def blocks(shown: object) -> list[Block]:
    """The display of `shown` as blocks. Raises TypeError for an object without a display of its own."""
    for kind, describe in _DESCRIBE.items():
        if isinstance(shown, kind):
            return list(describe(shown))
    raise TypeError(f"{type(shown).__name__} has no display of its own")


# -- what was written -------------------------------------------------------------------------------------------------------


def _system(system: System) -> Iterator[Block]:
    yield Heading(f"System: {system.name}")
    variables = [(variable.name, variable.says, str(variable.domain)) for variable in system.variables]
    yield _table("Variables", ("variable", "stands for", "values"), variables)
    yield Facts((("at the start", _term(system.init)),))
    actions = [
        (action.name, action.says, action.actor, _term(action.guard), _effects(action), _fairness(action))
        for action in system.actions
    ]
    yield _table("Actions", ("action", "says", "who", "when", "then", "fairness"), actions)
    if system.assumptions:
        assumed = [(one.name, one.reason, _term(one.formula)) for one in system.assumptions]
        yield _table("Assumptions", ("assumption", "reason", "formula"), assumed)


def _outline(system: System) -> Iterator[Block]:
    """A system in a few lines: a notebook has it in full."""
    fair = {action.name: _fairness(action) for action in system.actions}
    pairs = [
        ("variables", _some([f"{variable.name} in {variable.domain}" for variable in system.variables])),
        ("at the start", _term(system.init)),
        ("actions", _some([f"{name}{f' ({kind} fairness)' if kind else ''}" for name, kind in fair.items()])),
    ]
    if system.assumptions:
        pairs.append(("assumptions", _some([f"{one.name}: {one.reason}" for one in system.assumptions])))
    yield Heading(f"System: {system.name}")
    yield Facts(tuple(pairs))


def _some(named: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    more = [f"{len(named) - _MOST_NAMED + 1} more"] if len(named) > _MOST_NAMED else []
    return ", ".join([*(named[: _MOST_NAMED - 1] if more else named), *more]) or "none"


def _effects(action: Action) -> str:
    return Code("; ".join(f"{name} := {_term(value)}" for name, value in action.effects))


def _fairness(action: Action) -> str:
    if action.fairness is Fairness.NONE:
        return ""
    return f"{action.fairness.value} ({action.because})" if action.because else action.fairness.value


def _claim(claim: Claim) -> Iterator[Block]:
    yield Heading(f"Claim: {claim.name}")
    if claim.says:
        yield Prose(claim.says)
    pairs: list[tuple[str, str | tuple[str, ...]]] = [("formula", _term(claim.formula))]
    if claim.about is not None:
        pairs.append(("what it is about", _term(claim.about)))
    if claim.witnesses:
        pairs.append(("what must be possible", tuple(says for says, _ in claim.witnesses)))
    if claim.source:
        pairs.append(("source", claim.source))
    yield Facts(tuple(pairs))


def _scenario(scenario: Scenario) -> Iterator[Block]:
    yield Heading(scenario.title or scenario.label)
    if scenario.title:
        yield Prose(scenario.label)
    rows = [(_name_of(scenario, planned), planned.expected or "holds", f"line {planned.line}") for planned in scenario.checks]
    yield _table("Checks", ("claim", "expected", "asked for in"), rows)


# -- what came out ----------------------------------------------------------------------------------------------------------


def _holds(verdict: Holds) -> Iterator[Block]:
    yield Heading("Holds: every fair run satisfies the claim")
    yield from _remark(verdict.vacuity)
    yield Facts((("proved by", verdict.certificate.method), *_checked_by(verdict), _rests_on(verdict.basis)))


def _vacuous(verdict: Vacuous) -> Iterator[Block]:
    yield Heading("Vacuous: the claim holds, but says nothing about any run")
    yield from _remark(verdict.vacuity)
    yield Facts((("proved by", verdict.certificate.method), *_checked_by(verdict), _rests_on(verdict.basis)))


def _violated(verdict: Violated) -> Iterator[Block]:
    yield Heading("Violated: this run does not satisfy the claim")
    yield Steps(verdict.lasso, Wording())
    yield Facts((*_checked_by(verdict), _rests_on(verdict.basis)))


def _unknown(verdict: Unknown) -> Iterator[Block]:
    yield Heading("Unknown: neither proved nor refuted")
    searched = (("searched", f"no violation within {verdict.depth} steps"),) if verdict.depth >= 0 else ()
    yield Facts((("reason", verdict.reason), *searched))


def _bound(bound: TightestBound) -> Iterator[Block]:
    yield Heading(f"{'Tightest bound' if bound.is_exact else 'Bound, not known to be the tightest'}: {bound.says}")
    proved = "nothing" if bound.at_most is None else f"at most {bound.at_most}"
    attained = "it is never above 0" if bound.at_most == 0 else f"at least {bound.at_least or 0}"
    yield Facts((("proved", proved), ("attained by a run", attained), *((("open", bound.why_open),) if bound.why_open else ())))
    if bound.run is not None:
        yield Steps(bound.run.lasso, Wording())


def _certificate(certificate: Certificate) -> Iterator[Block]:
    yield Heading("Certificate")
    _, explained = method_of(certificate)
    fairness = ", ".join(certificate.fairness) or "no action"
    own = _of_its_rule(certificate)
    yield Facts((("method", certificate.method), ("how it proves", explained), *own, ("rests on fairness of", fairness)))


def _of_its_rule(certificate: Certificate) -> tuple[tuple[str, str | tuple[str, ...]], ...]:
    """What the certificates of one proof rule have, each with its name."""
    invariant = ("the invariant as text", Code("print(certificate.invariant)"))
    match certificate:
        case InductiveInvariant() | LivenessToSafety():
            return (invariant,)
        case KInduction(depth):
            return (("k", str(depth)),)
        case KLiveness(depth=depth):
            return ("k", str(depth)), invariant
        case WellFoundedResponse(cases=cases):
            return *((f"case {number}", _ranking(case)) for number, case in enumerate(cases, start=1)), invariant
        case Conjunction(parts):
            return (("parts", tuple(part.method for part in parts)),)
        case Exhaustive(states, single_steps=action):
            known = (("states", str(states)),) if states else ()
            return (*known, ("in single steps of", action)) if action else known
    assert_never(certificate)


def _ranking(case: Case) -> Code:
    """Where a case of a response proof makes its rank smaller, and by what."""
    helpful = f"{case.helpful} makes" if case.helpful else "every step makes"
    return Code(f"in {case.region}\n{helpful} ({', '.join(case.rank)}) smaller")


def _run(run: Lasso | FiniteRun) -> Iterator[Block]:
    yield Steps(run, Wording())


def _walk(shown: Walk) -> Iterator[Block]:
    yield Heading(shown.title)
    yield Steps(shown.run, shown.wording)


def _checked(checked: CheckedVerdict) -> Iterator[Block]:
    planned = checked.planned
    yield Heading(f"{planned.claim}: {verdict_words(checked)}")
    claim = planned.variants[0].claim
    if claim.says:
        yield Prose(claim.says)
    if said := remark(checked):
        yield Prose(said)
    if any(checked.violations) and planned.suspects:
        yield Facts((("because of", tuple(map(str, planned.suspects))),))
    if len(checked.by_cause) > 1:
        rows = [(cause, word(under)) for cause, under in checked.by_cause]
        yield _table("Under each cause", ("cause", "verdict"), rows)
    if any(checked.violations):
        found = walk(checked)
        if len(checked.by_cause) > 1:
            yield Prose(f"This is the run by which {found.title}:")
        yield Steps(found.run, found.wording)
    methods = [under.certificate.method for _, under in checked.by_cause if isinstance(under, Holds | Vacuous)]
    proved = (("proved by", ", ".join(dict.fromkeys(methods))),) if methods else ()
    yield Facts((*proved, ("expected", planned.expected or "holds (nothing else was stated)"), _rests_on(basis_of(checked))))


def _review(review: Review) -> Iterator[Block]:
    for scenario in review.scenarios:
        results = review.of_scenario(scenario)
        rows = [
            (_name_of(scenario, one.planned), verdict_words(one), one.planned.expected or "(holds)", _REMARKS[standing_of(one)])
            for one in results
        ]
        caption = f"{scenario.title} ({scenario.label})" if scenario.title else scenario.label
        yield _table(caption, ("claim", "verdict", "expected", "remark"), rows)
        for one in results:
            if said := remark(one):
                yield Prose(f"{_name_of(scenario, one.planned)}: {said}")
        blamed: dict[Suspect, list[str]] = {}
        for one in results:
            for suspect in one.planned.suspects if any(one.violations) else ():
                blamed.setdefault(suspect, []).append(_name_of(scenario, one.planned))
        if blamed:
            settings = [(str(suspect), ", ".join(claims)) for suspect, claims in blamed.items()]
            yield _table("Settings to blame", ("setting", "for"), settings)
    standings = Counter(standing_of(one) for one in review.results)
    counted = [f"{standings[Standing.AS_EXPECTED]} as expected"]
    counted += [f"{standings[Standing.DIFFERENT]} not as expected"] if standings[Standing.DIFFERENT] else []
    counted += [f"{standings[Standing.UNDECIDED]} undecided"] if standings[Standing.UNDECIDED] else []
    yield Prose(f"{len(review.results)} check{'' if len(review.results) == 1 else 's'}: {', '.join(counted)}")


def _comparison(comparison: Comparison) -> Iterator[Block]:
    rows = [(row.claim, *(_cell(one) for one in row.results), "differs" if row.differs else "") for row in comparison.rows]
    yield _table("The verdicts side by side", ("claim", *comparison.labels, "remark"), rows)
    yield Prose(f"Checks whose verdicts differ: {len(comparison.differences)} of {len(comparison.rows)}.")


def _bound_function(function: BoundFunction) -> Iterator[Block]:
    yield Heading(f"Bound as a function of {function.setting}")
    rows = [
        (ranged(one.values), line(function.setting, one), "at each value" if one.is_attained else "not known")
        for one in function.stretches
    ]
    rows += [(ranged(piece.values), f"not known: {piece.why_open}", "") for piece in function.open]
    yield _table("Proved for every value", (function.setting, "at most", "attained"), rows)


def _claim_range(found: ClaimRange) -> Iterator[Block]:
    yield Heading(f"{found.claim}, for each value of {found.setting}")
    yield _table("Verdicts", (found.setting, "verdict"), [(ranged(values), kind) for kind, values in found.stretches])


def verdict_words(checked: CheckedVerdict) -> str:
    """The verdict as shown in a table: "holds", "holds vacuously", "violated" or "unknown"."""
    found = word(checked.verdict)
    return "holds vacuously" if found == "holds" and is_vacuous(checked) else found


# -- parts of them ----------------------------------------------------------------------------------------------------------


def _table(caption: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Grid:
    """A table without the columns in which nothing stands."""
    kept = [place for place in range(len(headings)) if place == 0 or any(row[place] for row in rows)]
    return Grid(caption, tuple(headings[at] for at in kept), tuple(tuple(row[at] for at in kept) for row in rows))


def _cell(result: CheckedVerdict | None) -> str:
    return "not asked" if result is None else verdict_words(result)


def _term(term: z3.ExprRef) -> Code:
    text = term_text(term)
    return Code(text if len(text) <= _LONGEST_TERM else f"{text[:_LONGEST_TERM]} …")


def _name_of(scenario: Scenario, planned: PlannedCheck) -> str:
    """The claim, with the cause if the scenario checks it under different ones."""
    under = scenario.briefly_under(planned)
    return f"{planned.claim} ({under})" if under and len(planned.variants) == 1 else planned.claim


def _checked_by(verdict: Holds | Violated | Vacuous) -> tuple[tuple[str, str], ...]:
    names = [re.sub(r" [0-9][0-9.]*$", "", name) for name in verdict.checked_by]  # the version of a solver is left out
    return (("checked by", ", ".join(names)),) if names else ()


def _rests_on(basis: Basis) -> tuple[str, tuple[str, ...]]:
    said = [str(promise) for promise in basis.fairness()]
    said += [f"{name}: {reason}" for name, reason in basis.assumptions]
    return "rests on", tuple(said) or ("no fairness and no assumption",)


def _remark(vacuity: Vacuity) -> Iterator[Block]:
    if vacuity.is_vacuous:
        yield Prose("It holds vacuously, so it says nothing: its premise happens on no fair run.")
    elif vacuity.is_vacuous is None:
        yield Prose("It was not decided whether its premise can happen on a fair run.")


_DESCRIBE: dict[type | UnionType | tuple[type, ...], Callable[..., Iterator[Block]]] = {
    System: _system,
    Claim: _claim,
    Scenario: _scenario,
    Holds: _holds,
    Violated: _violated,
    Unknown: _unknown,
    Vacuous: _vacuous,
    Certificate: _certificate,
    TightestBound: _bound,
    (Lasso, FiniteRun): _run,
    Walk: _walk,
    CheckedVerdict: _checked,
    Review: _review,
    Comparison: _comparison,
    BoundFunction: _bound_function,
    ClaimRange: _claim_range,
}
