"""What stands behind the verdicts: the counterexample in the reader's words, what a verdict rests on, and what to do next."""

from collections.abc import Sequence

from dialproof.checking import CheckedVerdict, word
from dialproof.review.judgement import Standing, basis_of, is_vacuous, standing_of
from dialproof.review.scenarios import Scenario
from dialproof.verdict import Basis, Holds, Violated
from dialproof.views.text import run_lines, wording_of, wrapped


def counterexample(scenario: Scenario, checked: CheckedVerdict, width: int) -> list[str]:
    """The lines that show why a claim is violated; the first of them is a heading."""
    verdict = checked.verdict
    assert isinstance(verdict, Violated)
    variant = checked.planned.variants[0]
    under = scenario.under(checked.planned)
    lines = [f"{checked.planned.claim} is violated{_brief(under)}"]
    if variant.claim.says:
        lines += wrapped(f"The claim: {variant.claim.says}", width, 2)
    if len(checked.by_cause) > 1:
        lines += wrapped(f"It is violated {under}. This is the run under {variant.name}:", width, 2)
    lines += ["", *run_lines(verdict.lasso, wording_of(variant.system), width), ""]
    lines += _rests_on("This rests on", verdict.basis, width)
    return [*lines, "", *wrapped(f"Next: {_next(checked)}", width, 6, first=0)]


def proofs(scenario: Scenario, results: Sequence[CheckedVerdict], width: int) -> list[str]:
    """How each claim that holds was proved and who checked that; and what it rests on, said once for those that share it."""
    holding = {checked: verdict for checked in results if isinstance(verdict := checked.verdict, Holds)}
    names = {checked: f"{checked.planned.claim}{_brief(scenario.under(checked.planned))}" for checked in holding}
    lines: list[str] = ["What holds"] if holding else []
    for checked, verdict in holding.items():
        checked_by = f", checked by {' and '.join(verdict.checked_by)}" if verdict.checked_by else ""
        lines += wrapped(f"{names[checked]}: proved by {verdict.certificate.method}{checked_by}", width, 4, first=2)
    bases = list(dict.fromkeys(basis_of(checked) for checked in holding))
    for basis in bases:
        sharing = [names[checked] for checked in holding if basis_of(checked) == basis]
        who = "This rests on" if len(bases) == 1 else f"{', '.join(sharing)} rest{'s' if len(sharing) == 1 else ''} on"
        lines += ["", *_rests_on(who, basis, width)]
    return lines


def advice(scenario: Scenario, results: Sequence[CheckedVerdict], width: int) -> list[str]:
    """What to do about each check that did not come out as expected and has no counterexample to show."""
    lines: list[str] = []
    for checked in results:
        if standing_of(checked) is not Standing.AS_EXPECTED and not isinstance(checked.verdict, Violated):
            name = f"{checked.planned.claim}{_brief(scenario.under(checked.planned))}"
            lines += wrapped(f"Next, for {name}: {_next(checked)}", width, 6, first=0)
    return lines


def _brief(under: str) -> str:
    """The causes without their names where there are several."""
    return f" ({under.partition(':')[0]})" if under else ""


def _rests_on(who: str, basis: Basis, width: int) -> list[str]:
    if not basis.lines():
        return wrapped(f"{who} no fairness and no assumption.", width, 2)
    said = [f"{kind} fairness of {', '.join(names)}" for kind, names in (("weak", basis.weak), ("strong", basis.strong)) if names]
    said += [f"{name}: {reason}" for name, reason in basis.assumptions]
    return [*wrapped(f"{who}:", width, 2), *(line for text in said for line in wrapped(f"- {text}", width, 6, first=4))]


def _next(checked: CheckedVerdict) -> str:
    line = f"line {checked.planned.line} of the scenario"
    match standing_of(checked), word(checked.verdict):
        case Standing.UNDECIDED, "unknown" if len({word(verdict) for _, verdict in checked.by_cause}) > 1:
            return f"look at one cause at a time: name it in the check ({line})."
        case Standing.UNDECIDED, _:
            return "give it more time with --timeout SECONDS, or try another engine with --engine."
        case Standing.AS_EXPECTED, "violated":
            return f"nothing, this is expected ({line})."
        case _, "violated":
            return (
                "can each step of this run happen? If one cannot, the scenario lacks an assumption that rules it out. "
                f'If all can, the claim fails: mend the configuration, or write expect = "violated" ({line}).'
            )
        case _ if is_vacuous(checked):
            return f"find the assumption or the setting that leaves no such run: without it the claim says something ({line})."
        case _:
            return f'it was expected to be violated: write expect = "holds" if the fault is gone, or find what hides it ({line}).'
