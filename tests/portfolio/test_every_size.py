"""What is asked about systems of every size: the summary and small systems at once, whatever is expected."""

from collections.abc import Sequence
from typing import NamedTuple

import pytest
import z3

from dialproof.core.actions import Action
from dialproof.core.certificates import InductiveInvariant
from dialproof.core.claims import Claim, ManySystems, OneSystem, Summary
from dialproof.core.errors import ContradictionError
from dialproof.core.obligation import Obligation
from dialproof.core.run import FiniteRun, State, Step
from dialproof.core.system import System
from dialproof.core.variables import boolean
from dialproof.core.verdict import Holds, Unknown, Violated
from dialproof.ltl import always
from dialproof.portfolio.jobs import Effort, Job
from dialproof.portfolio.parametric import EverySize

LAMP = boolean("lamp")
SYSTEM = System("lamp", [LAMP], z3.Not(LAMP), [Action("switch", z3.BoolVal(True), {LAMP: z3.Not(LAMP)})])
DARK = OneSystem("none", SYSTEM, Claim("dark", always(z3.Not(LAMP)), says="it never burns", source="a test"))
SHOWN = Obligation("it stands for all", "that it stands for all", "(check-sat)")
NOTHING = Unknown("too deep", seconds=1.0)
BURNS = Violated(FiniteRun((Step(None, State.of({"lamp": True})),)), engine="bmc", seconds=1.0)
PROVED = Holds(InductiveInvariant("true"), engine="spacer", checked_by=("z3",))


class Under(NamedTuple):
    """A claim about every size under way: what it waits for, by number."""

    every: EverySize
    waiting: dict[int, Job]

    def answer(self, *verdicts: Violated | Unknown | Holds) -> None:
        """Answer the jobs that wait now, in their order."""
        for number, verdict in zip(tuple(self.waiting), verdicts, strict=True):
            del self.waiting[number]
            self.every.learn(number, verdict)

    @property
    def asked(self) -> list[tuple[bool, Effort]]:
        """The jobs that wait: whether each is about the summary, and how much is tried."""
        return [(bool(job.simulation), job.effort) for job in self.waiting.values()]


def begun(*sizes: Sequence[OneSystem], summary: bool = False, thorough: bool = False) -> Under:
    def of(size: int) -> Sequence[OneSystem]:
        return sizes[size] if size < len(sizes) else ()

    variant = ManySystems(
        "none",
        Summary(SYSTEM, DARK.claim, (SHOWN,)) if summary else None,
        of,
        lambda _: "the second lamp",
        "row of lamps",
        DARK,
        "any number of lamps",
        thorough,
    )
    waiting: dict[int, Job] = {}
    total = iter(range(1000))

    def ask(job: Job) -> int:
        number = next(total)
        waiting[number] = job
        return number

    every = EverySize(variant, ask, waiting.__delitem__)
    every.begin()
    return Under(every, waiting)


SMALL, SUMMARY = (False, Effort.SHORT_SEARCH), (True, Effort.EVERYTHING)


def test_small_ones_are_tried_in_turn_and_where_none_is_left_nothing_is_known() -> None:
    under = begun([DARK], [DARK, DARK])
    assert under.asked == [SMALL]
    under.answer(NOTHING)
    assert under.asked == [SMALL, SMALL]
    under.answer(NOTHING, NOTHING)
    assert not under.waiting
    assert isinstance(under.every.verdict, Unknown)
    assert under.every.verdict.reason == (
        "no row of lamps of size 1 or less breaks it within a few steps; under none nothing is known that stands for all of them"
    )


def test_a_thorough_search_says_so_without_a_size() -> None:
    verdict = begun(thorough=True).every.verdict
    assert isinstance(verdict, Unknown)
    assert verdict.reason.startswith("no row of lamps is known to break it; ")


def test_the_smallest_are_searched_and_the_summary_is_proved_at_once() -> None:
    assert begun([DARK], [DARK, DARK], summary=True).asked == [SMALL, SUMMARY]


def test_larger_ones_are_searched_while_the_proof_goes_on() -> None:
    under = begun([DARK], [DARK, DARK], summary=True)
    number = next(iter(under.waiting))
    del under.waiting[number]
    under.every.learn(number, NOTHING)
    assert under.asked == [SUMMARY, SMALL, SMALL]


def test_where_all_is_in_vain_the_reason_why_there_is_no_proof_is_passed_on() -> None:
    under = begun([DARK], summary=True)
    under.answer(NOTHING, Unknown("it was too hard"))
    assert isinstance(under.every.verdict, Unknown)
    assert "what stands for all of them is not proved: it was too hard" in under.every.verdict.reason


def test_a_violation_of_the_summary_is_no_answer() -> None:
    under = begun([DARK], summary=True)
    under.answer(NOTHING, BURNS)
    assert isinstance(under.every.verdict, Unknown)


def test_a_proof_ends_the_search_and_counts_once_the_premise_was_seen_to_happen() -> None:
    under = begun([DARK], summary=True)
    small, summary = under.waiting
    del under.waiting[summary]
    under.every.learn(summary, PROVED)
    assert small not in under.waiting
    assert under.every.verdict is None
    under.answer(BURNS)
    assert isinstance(under.every.verdict, Holds)
    assert under.every.found is under.every.variant


def test_a_proof_of_which_nobody_saw_that_it_speaks_of_a_run_is_no_holds() -> None:
    under = begun(summary=True)
    under.answer(PROVED)
    under.answer(Unknown("not found"))
    assert isinstance(under.every.verdict, Unknown)
    assert "whether there is a run that it speaks of was not decided" in under.every.verdict.reason


def test_the_first_system_that_breaks_the_claim_is_the_answer() -> None:
    under = begun([DARK, DARK], summary=True)
    first, second, summary = under.waiting
    under.every.learn(second, BURNS)
    assert under.every.verdict is None
    under.every.learn(first, NOTHING)
    assert isinstance(under.every.verdict, Violated)
    assert summary not in under.waiting, "nobody waits for the proof any more"
    assert under.every.note == "the smallest row of lamps that was found to break the claim: the second lamp"


def test_a_proof_of_what_a_system_violates_is_a_contradiction() -> None:
    under = begun([DARK, DARK], summary=True)
    first, _, summary = under.waiting
    under.every.learn(first, BURNS)
    with pytest.raises(ContradictionError, match="proves of every row of lamps what one of them violates"):
        under.every.learn(summary, PROVED)


def test_a_thorough_search_goes_deep_beside_the_proof_and_asks_every_engine_after_it() -> None:
    under = begun([DARK], summary=True, thorough=True)
    small, summary = under.waiting
    del under.waiting[small]
    under.every.learn(small, NOTHING)
    assert under.asked == [SUMMARY, (False, Effort.SEARCH)]
    del under.waiting[summary]
    under.every.learn(summary, Unknown("it was too hard"))
    assert under.asked == [(False, Effort.EVERYTHING)]
    under.answer(BURNS)
    assert isinstance(under.every.verdict, Violated)
