"""The outcome of a planned check: what each of its causes came to, and what they agree on. Nothing here knows an engine."""

from dialproof.claims import PlannedCheck
from dialproof.displayed import Displayed
from dialproof.findings import Finding, findings_of_verdict
from dialproof.remedy import Remedy
from dialproof.verdict import Holds, Unknown, Verdict, Violated, seconds_of


class CheckedVerdict(Displayed):
    """The outcome of a planned check: the verdict under each cause, and what they agree on.

    `actions` are the findings about actions of the system, under each cause.
    """

    def __init__(
        self, planned: PlannedCheck, by_cause: tuple[tuple[str, Verdict], ...], actions: tuple[Finding, ...] = ()
    ) -> None:
        self.planned = planned
        self.by_cause = by_cause
        self.actions = actions

    @property
    def remedy(self) -> Remedy:
        """What may decide what is not decided; if causes need different things, the first of these in the order of `Remedy`.

        That it is decided in one way under one cause and in another way under the next is a result; nothing is open then.
        """
        needed = {one.remedy if isinstance(one, Unknown) else one.vacuity.remedy for _, one in self.by_cause if _is_open(one)}
        if needed:
            return next(one for one in Remedy if one in needed)
        return Remedy.EACH_CAUSE if isinstance(self.verdict, Unknown) else Remedy.NONE

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that a reader must know besides the verdict: what is vacuous, and which actions never happen."""
        vacuous = (found for cause, one in self.by_cause for found in findings_of_verdict(self.planned.claim, cause, one))
        return (*vacuous, *self.actions)

    @property
    def verdict(self) -> Verdict:
        """What all causes agree on; Unknown, with the split, where they do not."""
        kinds = {type(verdict) for _, verdict in self.by_cause}
        first = self.by_cause[0][1]
        if len(kinds) == 1:
            return first
        split = ", ".join(f"{word(verdict)} under {cause}" for cause, verdict in self.by_cause)
        decided = not any(isinstance(verdict, Unknown) for _, verdict in self.by_cause)
        reason = f"depends on the cause: {split}" if decided else f"not decided under every cause: {split}"
        return Unknown(reason, basis=first.basis)

    @property
    def seconds(self) -> float:
        """How long the reader waited for it: the time by the clock in which it was worked at under at least one cause."""
        return seconds_of(verdict for _, verdict in self.by_cause)

    @property
    def as_expected(self) -> bool | None:
        """Whether the verdict is the expected one ("holds" where none is stated); None if it is unknown."""
        found = word(self.verdict)
        return None if found == "unknown" else found == (self.planned.expected or "holds")


def _is_open(verdict: Verdict) -> bool:
    """True if it is not known whether the claim holds, or whether the verdict speaks of anything."""
    return isinstance(verdict, Unknown) or verdict.vacuity.is_vacuous is None


def word(verdict: Verdict) -> str:
    """The verdict as one word: "holds", "violated" or "unknown"."""
    match verdict:
        case Holds():
            return "holds"
        case Violated():
            return "violated"
        case Unknown():
            return "unknown"
