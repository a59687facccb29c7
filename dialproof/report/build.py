"""From a review to the contents of its report. Nothing is checked here, and nothing is added to the review."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from dialproof.core import plan as given
from dialproof.core.verdict import Unknown, Verdict
from dialproof.evidence.outcome import CheckedVerdict, word
from dialproof.report import afresh, asked, coverage, glossary, words
from dialproof.report.document import VACUOUS, Check, Claim, Document, Evidence, Ref, Scenario, Tally
from dialproof.report.evidence import EvidenceIndex
from dialproof.report.plain import plain
from dialproof.review.expectation import Standing, found_by, is_vacuous, remark, standing_of
from dialproof.review.session import Review

_STANDINGS = {
    Standing.AS_EXPECTED: "as expected",
    Standing.DIFFERENT: "not as expected",
    Standing.UNDECIDED: "undecided",
}


def document_of(review: Review, *, made: datetime) -> Document:
    """The contents of the report of `review`; `made` is its date (UTC). Raises InputError for a project's invalid result."""
    review.project.activate()  # another one may have been since
    refs = asked.scenario_refs(review)
    placed = list(_placed(review, refs))
    index = EvidenceIndex([(checked, ref) for _, checked, ref in placed])
    visited = asked.models(review, refs)
    claims = asked.claims(refs, visited)
    claim_refs = {claim.name: Ref(claim.name, claim.id) for claim in claims}
    checks = tuple(
        _check(scenario, checked, ref, refs[scenario], claim_refs[plain(checked.planned.claim)], index)
        for scenario, checked, ref in placed
    )
    scenarios = tuple(asked.scenarios(review, refs, visited))
    tally = _tally(checks)
    claim_of = {check.id: check.claim.text for check in checks}
    return Document(
        title=_title(review),
        made=f"{made:%Y-%m-%d %H:%M} UTC",
        summary=words.summary_of(tally, checks, len(scenarios), len(claims)),
        tally=tally,
        attention=tuple(check for check in checks if not check.is_expected),
        scenarios=scenarios,
        claims=claims,
        checks=checks,
        runs=index.runs(lambda ref: claim_of[ref.target]),
        proofs=index.proofs(),
        bases=index.bases(),
        actions=coverage.actions([model for models in visited.values() for model in models], index.taking()),
        not_asked=tuple(_not_asked(scenarios, claims, checks)),
        notes=_notes(review),
        left_out=asked.left_out(review),
        commands=afresh.commands([scenario.path for scenario in review.scenarios]),
        tools=afresh.tools(),
        words=glossary.WORDS,
        seconds=review.seconds,
    )


def _title(review: Review) -> str:
    first, *others = review.scenarios
    if not others:
        return plain(first.title) or plain(first.path.name)
    folders = {scenario.path.parent for scenario in review.scenarios}
    name = folders.pop().name if len(folders) == 1 else ""
    return f"{plain(name)}: {len(review.scenarios)} scenarios" if name else f"{len(review.scenarios)} scenarios"


def _placed(review: Review, refs: dict[given.Scenario, Ref]) -> Iterator[tuple[given.Scenario, CheckedVerdict, Ref]]:
    """Every check with its scenario, and the reference to it."""
    number = 0
    for scenario, ref in refs.items():
        for checked in review.of_scenario(scenario):
            number += 1
            yield scenario, checked, Ref(f"{ref.text}: {plain(checked.planned.claim)}", f"check-{number}")


def _check(
    scenario: given.Scenario, checked: CheckedVerdict, ref: Ref, scenario_ref: Ref, claim: Ref, index: EvidenceIndex
) -> Check:
    planned = checked.planned
    verdicts = [verdict for _, verdict in checked.by_cause]
    systems = [variant.shown for variant in planned.variants]
    witnesses = [
        index.of_run(verdict.vacuity.witness, system)
        for verdict, system in zip(verdicts, systems, strict=True)
        if verdict.vacuity.witness is not None
    ]
    vacuous = is_vacuous(checked) and word(checked.verdict) == "holds"
    return Check(
        id=ref.target,
        scenario=scenario_ref,
        line=planned.line,
        claim=claim,
        causes=tuple(plain(variant.name) for variant in planned.variants) if scenario.under(planned) else (),
        verdict=VACUOUS if vacuous else word(checked.verdict),
        expected=planned.expected or "holds",
        stated=planned.expected is not None,
        standing=_STANDINGS[standing_of(checked)],
        remark=plain(remark(checked)),
        scope=words.scope_of(verdicts, systems),
        evidence=_evidence(checked, index),
        bases=tuple(dict.fromkeys(index.of_basis(verdict.basis) for verdict in verdicts)),
        substance=words.substance_of([verdict.vacuity for verdict in verdicts]),
        witnesses=tuple(dict.fromkeys(witnesses)),
        engine=found_by(checked),
        seconds=checked.seconds,
        suspects=tuple(plain(str(one)) for one in planned.suspects) if word(checked.verdict) == "violated" else (),
    )


def _evidence(checked: CheckedVerdict, index: EvidenceIndex) -> tuple[Evidence, ...]:
    """The evidence under each cause; causes with the same evidence are merged."""
    causes: dict[tuple[str, Ref | None, str], list[str]] = {}
    for variant, verdict in checked.each:
        key = (word(verdict), index.of_verdict(verdict, variant.shown), _reason(verdict))
        causes.setdefault(key, []).append(plain(variant.name))
    several = len(causes) > 1
    return tuple(
        Evidence(tuple(names) if several else (), verdict, ref, reason) for (verdict, ref, reason), names in causes.items()
    )


def _reason(verdict: Verdict) -> str:
    return plain(verdict.reason) if isinstance(verdict, Unknown) else ""


def _tally(checks: Sequence[Check]) -> Tally:
    verdicts, standings = Counter(check.verdict for check in checks), Counter(check.standing for check in checks)
    return Tally(
        checks=len(checks),
        holds=verdicts["holds"] + verdicts[VACUOUS],
        violated=verdicts["violated"],
        unknown=verdicts["unknown"],
        as_expected=standings["as expected"],
        different=standings["not as expected"],
        undecided=standings["undecided"],
    )


def _not_asked(scenarios: Sequence[Scenario], claims: Sequence[Claim], checks: Sequence[Check]) -> Iterator[str]:
    """For each claim, the scenarios that do not check it although others do."""
    asked_of = {(check.claim.target, check.scenario.target) for check in checks}
    for claim in claims:
        missing = [scenario.label for scenario in scenarios if (claim.id, scenario.id) not in asked_of]
        if missing:
            yield f"{claim.name} was not checked for {words.joined(missing)}."


def _notes(review: Review) -> tuple[str, ...]:
    """The notes of the checks, each once, with the number of checks that have it."""
    counts = Counter(note for checked in review.results for note in dict.fromkeys(checked.planned.notes))
    total = len(review.results)
    return tuple(
        plain(note) if times == total else f"{plain(note)} ({times} of {total} checks)" for note, times in counts.items()
    )
