"""How verdicts compare with the expected ones: as expected, different, or undecided; and the exit code."""

from collections.abc import Iterable
from enum import Enum

from dialproof.core.verdict import Basis, Unknown, Verdict
from dialproof.evidence.outcome import CheckedVerdict


class Exit:
    """The exit codes of the command line."""

    AS_EXPECTED = 0
    DIFFERENT = 1
    BAD_INPUT = 2
    UNDECIDED = 3
    INTERNAL_ERROR = 4
    INTERRUPTED = 130


class Standing(Enum):
    """How a verdict compares with the expected one ("holds" if none is stated)."""

    AS_EXPECTED = "as expected"
    DIFFERENT = "different"
    UNDECIDED = "undecided"


def standing_of(checked: CheckedVerdict) -> Standing:
    """How `checked` came out. A claim that holds vacuously says nothing, so it never counts as expected."""
    if checked.as_expected is None:
        return Standing.UNDECIDED
    vacuous = is_vacuous(checked)
    if not checked.as_expected or vacuous:
        return Standing.DIFFERENT
    return Standing.UNDECIDED if vacuous is None else Standing.AS_EXPECTED


def is_vacuous(checked: CheckedVerdict) -> bool | None:
    """True if the verdict is vacuous under at least one cause; None if that is not known."""
    marks = [verdict.vacuity.is_vacuous for _, verdict in checked.by_cause]
    if True in marks:
        return True
    return None if None in marks else False


def exit_code(results: Iterable[CheckedVerdict]) -> int:
    """The exit code for all results together: an unexpected verdict outweighs an undecided one."""
    standings = {standing_of(checked) for checked in results}
    if Standing.DIFFERENT in standings:
        return Exit.DIFFERENT
    return Exit.UNDECIDED if Standing.UNDECIDED in standings else Exit.AS_EXPECTED


def remark(checked: CheckedVerdict) -> str:
    """The remark beside the verdict: why it is unknown, or why it is vacuous; "" if there is nothing to add."""
    verdict = checked.verdict
    if isinstance(verdict, Unknown):
        return f"undecided: {verdict.reason}"
    vacuous = is_vacuous(checked)
    if vacuous:
        cause, empty = next((cause, v) for cause, v in checked.by_cause if v.vacuity.is_vacuous)
        under = f" under {cause}" if len(checked.by_cause) > 1 else ""
        return f"holds vacuously{under}, so it says nothing: {_why_empty(empty)}"
    if vacuous is None:
        return "holds, but it was not decided whether it is vacuous"
    return ""


def _why_empty(verdict: Verdict) -> str:
    if verdict.vacuity.fair_run is False:
        return "no run meets the fairness and the assumptions at all"
    return "the premise of the claim never happens on a run that meets the fairness and the assumptions"


def engines_of(checked: CheckedVerdict) -> str:
    """The engines that decided, each once."""
    return "+".join(dict.fromkeys(verdict.engine for _, verdict in checked.by_cause if verdict.engine))


def found_by(checked: CheckedVerdict) -> str:
    """The engines that decided, for a reader: "bmc", "bmc+spacer", or "bmc, cached" if all came from the cache; "" if none."""
    decided = [(verdict, "" if isinstance(verdict, Unknown) else verdict.cached) for _, verdict in checked.by_cause]
    names = "+".join(dict.fromkeys(cached or verdict.engine for verdict, cached in decided if verdict.engine))
    is_cached = bool(names) and all(cached for verdict, cached in decided if verdict.engine)
    return f"{names}, cached" if is_cached else names


def cached_from(checked: CheckedVerdict) -> str:
    """The engines that found the cached evidence, each once, according to the cache; "" if there is no cached evidence."""
    decided = (verdict for _, verdict in checked.by_cause if not isinstance(verdict, Unknown))
    return "+".join(dict.fromkeys(verdict.cached for verdict in decided if verdict.cached))


def basis_of(checked: CheckedVerdict) -> Basis:
    """What the verdict rests on under any of its causes: a fault may remove an action, or add one."""
    bases = [verdict.basis for _, verdict in checked.by_cause]
    return Basis(
        weak=tuple(dict.fromkeys(name for basis in bases for name in basis.weak)),
        strong=tuple(dict.fromkeys(name for basis in bases for name in basis.strong)),
        assumptions=tuple(dict.fromkeys(pair for basis in bases for pair in basis.assumptions)),
        promised=tuple(dict.fromkeys(pair for basis in bases for pair in basis.promised)),
    )
