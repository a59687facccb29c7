"""The evidence for the verdicts as text: counterexamples, how claims were proved, what a verdict rests on, and advice.

A screen has some 24 lines. So a step lists only what it changes, and what several checks share is printed once.
"""

from collections.abc import Sequence

from dialproof.core.plan import Scenario
from dialproof.core.remedy import Remedy
from dialproof.core.run import Run
from dialproof.core.verdict import Basis, Holds, Violated
from dialproof.core.wording import wording_of
from dialproof.evidence.outcome import CheckedVerdict, word
from dialproof.review.expectation import Standing, basis_of, is_vacuous, standing_of
from dialproof.views.columns import run_columns
from dialproof.views.text import wrapped


def reasons(checked: CheckedVerdict, width: int) -> list[str]:
    """The settings that explain a violation, each with its place."""
    if not isinstance(checked.verdict, Violated):
        return []
    return [line for one in checked.planned.suspects for line in wrapped(f"Because of {one}", width, 4, first=2)]


def counterexamples(scenario: Scenario, results: Sequence[CheckedVerdict], width: int) -> list[list[str]]:
    """The lines for each violation, the first of them a heading. A run, or a basis, that several checks share is shown once."""
    runs: dict[Run, str] = {}
    bases: dict[Basis, str] = {}
    advised: set[Run] = set()
    found = []
    for checked in results:
        verdict = checked.verdict
        if not isinstance(verdict, Violated):
            continue
        variant, _ = next(checked.violations)
        under = _brief(scenario, checked)
        name = f"{checked.planned.claim}{under}"
        expected = standing_of(checked) is Standing.AS_EXPECTED
        lines = [f"{checked.planned.claim} is violated{under}{', as expected' if expected else ''}"]
        lines += wrapped(f"The claim: {variant.claim.says}", width, 2) if variant.claim.says else []
        lines += reasons(checked, width)
        if verdict.lasso in runs:
            lines += wrapped(f"The counterexample to {runs[verdict.lasso]} violates this claim too.", width, 2)
        else:
            if len(checked.by_cause) > 1:
                lines += wrapped(f"The run under {variant.name}, the first of the causes:", width, 2)
            lines += ["", *run_columns(verdict.lasso, wording_of(variant.system), width), ""]
            lines += wrapped(_from_the_cache(verdict), width, 2) if verdict.cached else []
        if verdict.basis not in bases:
            lines += _rests_on("This rests on", verdict.basis, width)
        elif verdict.lasso not in runs:
            lines += wrapped(f"This rests on the same fairness and assumptions as {bases[verdict.basis]}.", width, 2)
        if not expected and verdict.lasso not in advised:
            lines += wrapped(_advice(checked), width, 2)
            advised.add(verdict.lasso)
        runs.setdefault(verdict.lasso, name)
        bases.setdefault(verdict.basis, name)
        found.append(lines)
    return found


def proofs(scenario: Scenario, results: Sequence[CheckedVerdict], width: int) -> list[str]:
    """How each claim that holds was proved and which solvers checked it; then each basis, once for the claims that share it."""
    holding = {checked: verdict for checked in results if isinstance(verdict := checked.verdict, Holds)}
    names = {checked: f"{checked.planned.claim}{_brief(scenario, checked)}" for checked in holding}
    lines: list[str] = ["What holds"] if holding else []
    for checked, verdict in holding.items():
        checked_by = f", checked by {' and '.join(verdict.checked_by)}" if verdict.checked_by else ""
        origin = ", from the cache" if verdict.cached else ""
        lines += wrapped(f"{names[checked]}: proved by {verdict.certificate.method}{origin}{checked_by}", width, 4, first=2)
    bases = list(dict.fromkeys(basis_of(checked) for checked in holding))
    lines += [""] if bases else []
    for basis in bases:
        sharing = [names[checked] for checked in holding if basis_of(checked) == basis]
        who = "This rests on" if len(bases) == 1 else f"{', '.join(sharing)} rest{'s' if len(sharing) == 1 else ''} on"
        lines += _rests_on(who, basis, width)
    return lines


def advice(scenario: Scenario, results: Sequence[CheckedVerdict], width: int) -> list[str]:
    """Advice for each unexpected check that has no counterexample; checks with the same advice share a line."""
    alike: dict[str, list[str]] = {}
    for checked in results:
        if standing_of(checked) is not Standing.AS_EXPECTED and not isinstance(checked.verdict, Violated):
            said = _advice(checked)
            if said:
                alike.setdefault(said, []).append(f"{checked.planned.claim}{_brief(scenario, checked)}")
    return [line for said, names in alike.items() for line in wrapped(f"{', '.join(names)}: {said}", width, 2, first=0)]


def _brief(scenario: Scenario, checked: CheckedVerdict) -> str:
    """The causes of a check in brackets, without their names if there are several; "" if all checks share them."""
    under = scenario.under(checked.planned)
    shared = {scenario.under(planned) for planned in scenario.checks} == {under}
    return "" if shared else f" ({scenario.briefly_under(checked.planned)})"


def _rests_on(who: str, basis: Basis, width: int) -> list[str]:
    said = [str(promise) for promise in basis.fairness()]
    said += [f"the assumption {name}: {reason}" for name, reason in basis.assumptions]
    return wrapped(f"{who} {'; '.join(said) or 'no fairness and no assumption'}.", width, 4, first=2)


def _from_the_cache(verdict: Violated) -> str:
    """What is known about a run from the cache: it violates the claim. Its depth is what the cache says."""
    said = "This run is from the cache. It was replayed: it violates the claim."
    if verdict.cached == "bmc":
        return f"{said} According to the cache it is a shortest one; that was not checked again."
    if verdict.depth >= 0:
        return f"{said} According to the cache no run of at most {verdict.depth} steps does; this run need not be a shortest one."
    return f"{said} It need not be a shortest one."


_REMEDIES = {
    Remedy.REPORTING: "",  # both are said once, for all
    Remedy.ANEW: "",
    Remedy.TIME: "Give it more time with --timeout SECONDS, or try another engine with --engine.",
    Remedy.ENGINES: "More time does not help: every engine that was tried has given up. Try the other engines too.",
    Remedy.NONE: "More time does not help.",
}


def _advice(checked: CheckedVerdict) -> str:
    """What to do about a check, in a sentence or two; "" if there is nothing to say."""
    line = f"line {checked.planned.line} of the scenario"
    match standing_of(checked), word(checked.verdict):
        case Standing.UNDECIDED, _ if checked.remedy is Remedy.EACH_CAUSE:
            return f"Check one cause at a time: name it in the check ({line})."
        case Standing.UNDECIDED, _:
            return _REMEDIES[checked.remedy]
        case _, "violated" if checked.planned.suspects:
            return "Mend one of the settings that are named above, and check again."
        case _, "violated":
            return (
                "Can each step happen? If not, an assumption is missing. If so, mend the configuration, "
                f'or write expect = "violated" ({line}).'
            )
        case _ if is_vacuous(checked):
            return f"Find the assumption or setting that excludes all such runs; without it the claim is not vacuous ({line})."
        case _:
            return f'It was expected to be violated: write expect = "holds" if the fault is gone, or find what hides it ({line}).'
