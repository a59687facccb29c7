"""What Python shows of a value: one line as its `repr`, a few lines of prose where it is printed."""

from dataclasses import replace

import pytest
import z3

import dialproof
from dialproof import Action, Assumption, Claim, Fairness, Hints, Observer, System, boolean, check, integer
from dialproof.core.certificates import (
    Case,
    Conjunction,
    InductiveInvariant,
    LivenessToSafety,
)
from dialproof.core.claims import OneSystem
from dialproof.core.display import LONGEST, Displayed
from dialproof.core.family import Component, Family
from dialproof.core.hints import Helpful
from dialproof.core.patterns import catalogue
from dialproof.core.plan import PlannedCheck
from dialproof.core.verdict import Basis, Vacuity
from dialproof.evidence.findings import Finding, Kind
from dialproof.ltl import always, eventually, leads_to
from dialproof.patterns import After, AfterUntil, Before, Between, Globally
from dialproof.review.session import Review
from tests.hostile import HOSTILE_TITLE
from tests.notebook.test_display import CERTIFICATE, CLAIM, FINITE, LASSO, OF_EACH_RULE, SYSTEM, samples

WIDE = [integer(f"queue {number}", 0, 3) for number in range(60)]
ALL = z3.And([queue < 3 for queue in WIDE])
LARGE = System(
    "wide",
    WIDE,
    z3.And([queue == 0 for queue in WIDE]),
    [Action(f"fill {number}", ALL, {each: each + 1 for each in WIDE}, Fairness.WEAK) for number in range(50)],
    [Assumption("again", always(eventually(ALL)), HOSTILE_TITLE * 9)],
)
CONDITION = z3.And([queue == 1 for queue in WIDE])


def others() -> list[object]:
    """Values that have no display of their own."""
    lamp = boolean("lamp")
    go = Action("go", z3.BoolVal(True), {})
    deep = Conjunction((CERTIFICATE,) * 40, tuple("ab" * 50))
    long = LivenessToSafety("(and true)" * 900, tuple("ab" * 50), ("x",) * 90, ("x",) * 90)
    component = Component("lamp", "others", (lamp,), z3.Not(lamp), (), z3.If(lamp, 1, 0), {"lamp": False}, {})
    return [
        *LARGE.actions,
        *LARGE.assumptions,
        *SYSTEM.actions,
        Observer(lamp, False, {f"fill {number}": True for number in range(50)}),
        OneSystem("cause", LARGE, Claim("all", always(ALL), HOSTILE_TITLE * 9)),
        PlannedCheck("s.toml", 3, "all", "holds", (OneSystem("cause", LARGE, CLAIM),) * 9),
        Case("(and true)" * 100, ("x",) * 100, "go", (Case("true", ("0",)),)),
        deep,
        long,
        Basis(tuple(f"fill {number}" for number in range(60)), ("go",), (("again", HOSTILE_TITLE),), (("go", "promise"),)),
        Vacuity(True, True, LASSO),
        Finding(Kind.ACTION_NEVER_ENABLED, "go", "cause"),
        Helpful("go", CONDITION, WIDE),
        Hints(CONDITION, [Helpful("go", CONDITION, 0)] * 9, [CONDITION] * 9, WIDE),
        component,
        Family("f", (integer("n", 0),), z3.BoolVal(True), (go,), (component,)),
        *catalogue(),
        *(Globally(), Before(CONDITION), After(CONDITION), Between(CONDITION, CONDITION), AfterUntil(CONDITION, CONDITION)),
        LASSO.steps[0].state,
        dialproof.State.of({f"queue {number}": 0 for number in range(60)}),
    ]


@pytest.fixture(scope="module")
def values(small_review: Review) -> list[object]:
    return [*samples(small_review), *others(), LARGE, Claim("all", always(ALL), HOSTILE_TITLE * 9), *small_review.results]


def test_a_repr_is_one_line(values: list[object]) -> None:
    """Here: `print(verdict)` and an assertion that fails were dumps of up to 6 KB."""
    for value in values:
        text = repr(value)
        assert len(text) <= LONGEST, text
        assert text.isprintable(), text
        assert text.startswith(type(value).__name__), text


def test_what_is_printed_is_prose(values: list[object]) -> None:
    for value in values:
        if isinstance(value, Displayed):
            text = str(value)
            assert not text.startswith(f"{type(value).__name__}(")
            long = [line for line in text.splitlines() if len(line) > 100 and max(map(len, line.split())) <= 40]
            assert not long, f"{type(value).__name__}: {long}"


def test_a_system_is_printed_in_a_few_lines_however_large_it_is() -> None:
    assert len(str(LARGE).splitlines()) < 40
    assert "49 more" in str(LARGE)
    assert "39 more" in str(LARGE)


def test_a_verdict_is_printed_as_a_notebook_shows_it() -> None:
    lamp = boolean("lamp")
    system = System("lamp", [lamp], z3.Not(lamp), [Action("light", z3.Not(lamp), {lamp: True}, Fairness.WEAK)])
    holds, violated = check(system, leads_to(z3.Not(lamp), lamp)), check(system, always(z3.Not(lamp)))
    assert str(holds).startswith("Holds: every fair run satisfies the claim")
    assert "light" in str(violated)
    assert str(holds) == holds._repr_mimebundle_()["text/plain"]
    assert repr(holds).startswith("Holds(proved by ")
    assert repr(violated).startswith("Violated(FiniteRun(2 steps), checked by replay")


def test_the_certificate_of_each_rule_is_shown_in_a_line() -> None:
    assert [repr(one) for one in OF_EACH_RULE] == [
        "InductiveInvariant(invariant: 4 characters, kept: open)",
        "KInduction(depth: 2)",
        "LivenessToSafety(invariant: 4 characters, fairness: dial)",
        "KLiveness(invariant: 4 characters, depth: 2, fairness: dial)",
        "WellFoundedResponse(invariant: 4 characters, fairness: dial, 2 cases)",
        "Conjunction(2 parts, fairness: dial)",
        "Exhaustive(states: 9)",
    ]


def test_a_long_state_is_printed_in_lines() -> None:
    from dialproof import Lasso, State, Step

    run = Lasso((), (Step(None, State.of({f"queue {number}": 0 for number in range(60)})),))
    assert all(len(line) <= 100 for line in str(run).splitlines())


def test_equal_values_are_told_apart_by_what_they_are_and_not_by_what_they_show() -> None:
    """A `repr` leaves out most of a value, so that it is no key."""
    one, other = InductiveInvariant("(and a b)"), InductiveInvariant("(and c d)")
    assert repr(one) == repr(other)
    assert one != other
    assert repr(FINITE) == repr(replace(FINITE, steps=tuple(reversed(FINITE.steps))))
