"""What is asked of systems of every size, one after the other, and what is said where that decides nothing."""

from collections.abc import Sequence

import z3

from dialproof.audit import Obligation
from dialproof.claims import Claim, Sizes, Variant
from dialproof.every_size import EverySize
from dialproof.ltl import always
from dialproof.run import FiniteRun, State, Step
from dialproof.system import Action, System
from dialproof.variables import boolean
from dialproof.verdict import Unknown, Violated

LAMP = boolean("lamp")
SYSTEM = System("lamp", [LAMP], z3.Not(LAMP), [Action("switch", z3.BoolVal(True), {LAMP: z3.Not(LAMP)})])
DARK = Variant("none", SYSTEM, Claim("dark", always(z3.Not(LAMP)), says="it never burns", source="a test"))
SHOWN = Obligation("it stands for all", "that it stands for all", "(check-sat)")


def sizes(*given: Sequence[Variant], simulation: tuple[Obligation, ...] = (), thorough: bool = False) -> Sizes:
    def of(size: int) -> Sequence[Variant]:
        return given[size] if size < len(given) else ()

    return Sizes(simulation, of, lambda _: "the second lamp", "row of lamps", DARK, "any number of lamps", thorough)


def asked(every: EverySize) -> int:
    """How many jobs there are to do now."""
    return len(every.ask())


def test_small_ones_are_tried_in_turn_and_where_none_is_left_nothing_is_known() -> None:
    every = EverySize(DARK, sizes([DARK], [DARK, DARK]))
    assert asked(every) == 1
    assert not every.learn(0, Unknown("too deep", seconds=1.0))
    assert asked(every) == 2
    assert not every.learn(1, Unknown("too deep", seconds=1.0))
    assert not every.learn(0, Unknown("too deep", seconds=1.0))
    assert asked(every) == 0
    assert isinstance(every.verdict, Unknown)
    assert every.verdict.reason == (
        "no row of lamps of size 1 or less breaks it within a few steps; under none nothing is known that stands for all of them"
    )
    assert every.verdict.seconds == 3.0


def test_a_thorough_search_says_so_without_a_size() -> None:
    every = EverySize(DARK, sizes(thorough=True))
    assert asked(every) == 0
    assert isinstance(every.verdict, Unknown)
    assert every.verdict.reason.startswith("no row of lamps is known to break it; ")


def test_what_stands_for_all_is_asked_first_and_its_reason_is_passed_on() -> None:
    every = EverySize(DARK, sizes([DARK], simulation=(SHOWN,)))
    (job,) = every.ask()
    assert (job.simulation, job.likely) == ((SHOWN,), "holds")
    assert not every.learn(0, Unknown("it was too hard"))
    assert asked(every) == 1
    assert not every.learn(0, Unknown("nothing"))
    assert asked(every) == 0
    assert isinstance(every.verdict, Unknown)
    assert "what stands for all of them is not proved: it was too hard" in every.verdict.reason


def test_where_a_violation_is_expected_the_systems_come_first_and_what_stands_for_all_last() -> None:
    every = EverySize(DARK, sizes([DARK], simulation=(SHOWN,)), likely="violated")
    (job,) = every.ask()
    assert (job.simulation, job.likely, job.quick) == ((), "violated", True)
    assert not every.learn(0, Unknown("nothing"))
    (job,) = every.ask()
    assert job.simulation == (SHOWN,)


def test_the_first_system_that_breaks_the_claim_is_the_answer() -> None:
    every = EverySize(DARK, sizes([DARK, DARK]))
    run = FiniteRun((Step(None, State.of({"lamp": True})),))
    violated = Violated(run, engine="bmc", seconds=1.0)
    assert asked(every) == 2
    assert not every.learn(1, violated)
    assert every.learn(0, Unknown("nothing", seconds=2.0))
    assert isinstance(every.verdict, Violated)
    assert every.verdict.seconds == 3.0
    assert every.note == "the smallest row of lamps that was found to break the claim: the second lamp"
