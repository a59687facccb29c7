"""The outcome of a planned check: what each of its causes came to, and what they agree on. Nothing here knows an engine."""

from collections.abc import Iterator

from dialproof.core.claims import OneSystem, Variant
from dialproof.core.display import Displayed, counted, one_line
from dialproof.core.plan import PlannedCheck
from dialproof.core.remedy import Remedy
from dialproof.core.verdict import Holds, Unknown, Vacuous, Verdict, Violated, seconds_of
from dialproof.evidence.findings import Finding, findings_of_verdict


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

    def __repr__(self) -> str:
        causes = counted(len(self.by_cause), "cause") if len(self.by_cause) > 1 else ""
        return one_line("CheckedVerdict", repr(self.planned.claim), word(self.verdict), causes)

    @property
    def remedy(self) -> Remedy:
        """What may decide what is not decided; if causes need different things, the first of these in the order of `Remedy`.

        That it is decided in one way under one cause and in another way under the next is a result; nothing is open then.
        """
        needed = {one.remedy for _, one in self.by_cause if isinstance(one, Unknown)}
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
        if kinds == {Holds, Vacuous}:  # what says nothing under one cause was not shown under each of them
            return next(verdict for _, verdict in self.by_cause if isinstance(verdict, Vacuous))
        split = ", ".join(f"{word(verdict)} under {cause}" for cause, verdict in self.by_cause)
        decided = not any(isinstance(verdict, Unknown) for _, verdict in self.by_cause)
        reason = f"depends on the cause: {split}" if decided else f"not decided under every cause: {split}"
        return Unknown(reason, basis=first.basis)

    @property
    def each(self) -> Iterator[tuple[Variant, Verdict]]:
        """The verdict under each cause with the variant that it is about; nothing if nobody knows what was asked."""
        if self.planned.variants:
            yield from zip(self.planned.variants, (verdict for _, verdict in self.by_cause), strict=True)

    @property
    def violations(self) -> Iterator[tuple[OneSystem, Violated]]:
        """Each violation with the one system that its run is a run of, in the order of the causes."""
        for variant, verdict in self.each:
            if isinstance(verdict, Violated):
                assert isinstance(variant, OneSystem), "a run is one of one system"
                yield variant, verdict

    @property
    def seconds(self) -> float:
        """How long the reader waited for it: the time by the clock in which it was worked at under at least one cause."""
        return seconds_of(verdict for _, verdict in self.by_cause)

    @property
    def as_expected(self) -> bool | None:
        """Whether the verdict is the expected one ("holds" where none is stated); None if it is unknown."""
        found = word(self.verdict)
        return None if found == "unknown" else found == (self.planned.expected or "holds")


def word(verdict: Verdict) -> str:
    """The verdict as one word: "holds", "violated" or "unknown".

    What holds vacuously is called "holds" too: whoever uses the word asks `dialproof.review.expectation.is_vacuous` beside it.
    """
    match verdict:
        case Holds() | Vacuous():
            return "holds"
        case Violated():
            return "violated"
        case Unknown():
            return "unknown"
