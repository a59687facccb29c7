"""The premise that a formula names itself, and that a formula which says nothing is found out."""

import random

import pytest
import z3

from dialproof import Action, Assumption, Claim, Fairness, Holds, System, Violated, check, integer
from dialproof.core.ltl.normal_form import DEEPEST
from dialproof.core.ltl.premise import premise_of
from dialproof.core.patterns import catalogue
from dialproof.core.verdict import Verdict
from dialproof.encode.problem import Problem
from dialproof.evidence.replay import replay
from dialproof.ltl import (
    always,
    eventually,
    historically,
    leads_to,
    next_,
    once,
    parse,
    release,
    since,
    until,
    weak_until,
    yesterday,
)
from dialproof.patterns import LETTERS, After, AfterUntil, Before, Between, absence, response
from dialproof.portfolio.tasks import possibility
from tests.words import Letters, Word, random_word

p, q, r, s, t, z = z3.Bools(" ".join(LETTERS))
first = z3.Not(yesterday(True))

NAMED = {
    "leads to": (leads_to(p, q), p),
    "an invariant with a condition": (always(z3.Implies(p, q)), p),
    "a condition on conditions": (always(z3.Implies(p, z3.Implies(q, r))), z3.And(p, q)),
    "what follows is a claim of its own": (always(z3.Implies(p, always(z3.Implies(q, r)))), z3.And(p, eventually(q))),
    "about the first position": (z3.Implies(p, eventually(q)), z3.And(first, p)),
    "about all runs with something": (z3.Implies(eventually(p), always(q)), p),
    "fairness in the formula": (
        z3.Implies(always(eventually(p)), leads_to(q, r)),
        z3.And(first, z3.And(always(eventually(p)), eventually(q))),
    ),
    "two claims": (z3.And(leads_to(p, q), leads_to(r, s)), z3.Or(p, r)),
    "two claims under one operator": (always(z3.And(z3.Implies(p, q), z3.Implies(r, s))), z3.Or(p, r)),
    "nothing but true": (always(z3.Implies(True, z3.Implies(p, q))), p),
    "the next position": (always(next_(z3.Implies(p, q))), next_(p)),
    "of the past": (always(z3.Implies(since(p, q), once(r))), since(p, q)),
    "response after q": (response(p, s, After(q)), z3.And(q, eventually(p))),
    "absence after q": (absence(p, After(q)), q),
    "response before r": (
        response(p, s, Before(r)),
        z3.And(first, z3.And(eventually(r), until(z3.Not(r), z3.And(p, z3.Not(r))))),
    ),
    "response after q until r": (
        response(p, s, AfterUntil(q, r)),
        z3.And(z3.And(q, z3.Not(r)), until(z3.Not(r), z3.And(p, z3.Not(r)))),
    ),
    "absence between q and r": (absence(p, Between(q, r)), z3.And(q, z3.Not(r), eventually(r))),
    "release": (release(q, z3.Implies(p, s)), z3.And(first, until(z3.Not(q), p))),
}
"""Formulas with the premise that they name."""

UNNAMED = {
    "an invariant": always(p),
    "an invariant of a condition that is always met": always(z3.Implies(True, q)),
    "also where it takes a thought to see that": always(z3.Implies(z3.Or(p, z3.Not(p)), q)),
    "what excludes each other": always(z3.Not(z3.And(p, q))),
    "a disjunction": always(z3.Or(z3.Not(p), q)),
    "always again": always(eventually(p)),
    "leads to from anywhere": leads_to(True, p),
    "an end that must come": until(z3.Implies(p, q), r),
    "at some time": eventually(z3.Implies(p, q)),
    "no p before q": weak_until(z3.Not(p), q),
    "equal": always(p == q),
    "one of two": always(z3.If(p, q, r)),
    "a claim and an invariant": z3.And(leads_to(p, q), always(r)),
    "a state": p,
    "no conjunct": z3.And(),
}
"""Formulas that say something about every run, or whose shape does not tell about which they do."""


@pytest.mark.parametrize("name", NAMED)
def test_a_formula_names_its_premise(name: str) -> None:
    formula, premise = NAMED[name]
    found = premise_of(formula)
    assert found is not None
    assert found.eq(premise), found


@pytest.mark.parametrize("name", UNNAMED)
def test_no_premise_is_read_into_a_formula(name: str) -> None:
    assert premise_of(UNNAMED[name]) is None


def test_a_formula_as_text_names_it_too() -> None:
    count = integer("count", 0, 3)
    system = System("counts", [count], count == 0, [Action("go", count < 3, {count: count + 1})])
    premise = premise_of(parse("always (count = 2 implies eventually count = 3)", system))
    assert premise is not None
    assert premise.eq(count == 2)


def formula_of(source: random.Random, size: int) -> z3.BoolRef:
    """A random formula, with implications more often than not."""
    if size <= 1:
        return source.choice([p, q, r, s, z3.BoolVal(True), z3.BoolVal(False)])
    left = source.randint(1, size - 1)
    one, two = formula_of(source, left), formula_of(source, size - left)
    unary = [always, always, next_, eventually, z3.Not, once, historically, yesterday]
    binary = [z3.Implies, z3.Implies, z3.Implies, z3.And, z3.And, z3.Or, until, weak_until, release, since]
    if source.random() < 0.4:
        inner = source.choice([one, two])
        return source.choice(unary)(inner)
    if source.random() < 0.1:
        return weak_until(z3.Not(one), z3.And(one, two))
    return source.choice(binary)(one, two)


def check_meaning(formula: z3.BoolRef, letters: Letters, drawn: list[Word]) -> int:
    """On every word without the premise the formula is true. How many of these there were."""
    premise = premise_of(formula)
    if premise is None:
        return 0
    without = [word for word in drawn if not letters.satisfies(word, eventually(premise))]
    for word in without:
        assert letters.satisfies(word, formula), f"{formula}: {word}: {premise}"
    return len(without)


@pytest.mark.parametrize("seed", range(3))
def test_without_its_premise_a_formula_is_true(seed: int) -> None:
    """What makes a verdict vacuous: on a run without the premise the claim holds, whatever else happens. By the evaluator."""
    source, letters = random.Random(seed), Letters()  # noqa: S311  # the same ones each time, not secret ones
    drawn = [random_word(source, longest) for longest in (1, 2, 4) for _ in range(12)]
    counted = sum(check_meaning(formula_of(source, source.randint(2, 12)), letters, drawn) for _ in range(60))
    assert counted > 100, "too few runs to mean anything"


@pytest.mark.parametrize("template", catalogue(), ids=lambda template: template.name)
def test_without_its_premise_a_pattern_is_true(template: object) -> None:
    source, letters = random.Random(7), Letters()  # noqa: S311  # the same ones each time, not secret ones
    drawn = [random_word(source, longest) for longest in (1, 2, 4, 8) for _ in range(15)]
    check_meaning(template.formula, letters, drawn)  # type: ignore[attr-defined]


def test_the_responses_and_the_scopes_of_the_catalogue_name_theirs() -> None:
    named = {template.name for template in catalogue() if premise_of(template.formula) is not None}
    scopes = {template.scope for template in catalogue()} - {"globally"}
    stimuli = {"response", "response chain 1-2", "response chain 2-1", "constrained response chain 1-2"}
    expected = {template.name for template in catalogue() if template.scope in scopes or template.pattern in stimuli}
    assert named == expected


def test_a_formula_that_is_as_deep_as_one_may_be_can_still_be_asked() -> None:
    deep = p
    for _ in range(DEEPEST - 2):
        deep = next_(deep)
    formula = always(z3.Implies(deep, q))
    system = System("letters", [integer("n", 0, 1)], z3.BoolVal(True), [])
    assert premise_of(formula) is None or possibility(Problem(system, z3.BoolVal(True)), premise_of(formula)) is not None


def test_a_formula_with_parts_that_are_used_again_and_again_takes_no_time() -> None:
    shared = always(z3.Implies(p, q))
    for _ in range(35):
        shared = z3.And(shared, shared)
    assert premise_of(shared) is not None


def test_a_formula_with_thousands_of_conditions_is_read() -> None:
    chain: z3.BoolRef = q
    for _ in range(5000):
        chain = z3.Implies(p, chain)
    assert premise_of(always(chain)) is not None
    assert premise_of(always(z3.And(*(z3.Implies(p, q) for _ in range(5000))))) is not None


# --- through the checker ---------------------------------------------------------------------------------------------------


def counting() -> tuple[System, z3.ArithRef]:
    """A number that goes from 0 to 1 and back; it may be 2, and never is."""
    w = integer("w", 0, 2)
    actions = [
        Action("up", w == 0, {w: 1}, Fairness.WEAK),
        Action("down", w == 1, {w: 0}, Fairness.WEAK),
    ]
    return System("counting", [w], w == 0, actions), w


def says_something(verdict: Verdict) -> bool:
    """Whether a reader may take `verdict` for a proof of what the claim is about."""
    return isinstance(verdict, Holds) and verdict.vacuity.is_vacuous is False


def test_a_bare_formula_about_what_never_happens_is_no_proof() -> None:
    """Here: `leads_to(w == 2, ...)` held, without a word, in a system in which `w` is never 2."""
    system, w = counting()
    for formula in (leads_to(w == 2, w == 0), always(z3.Implies(w == 2, w == 0)), response(w == 2, w == 0, After(w == 1))):
        assert not says_something(check(system, formula)), formula


def test_a_claim_without_a_premise_is_asked_in_the_same_way() -> None:
    system, w = counting()
    assert not says_something(check(system, Claim("two", leads_to(w == 2, w == 0), "Two leads to zero.")))


def test_a_premise_that_is_given_counts() -> None:
    system, w = counting()
    assert says_something(check(system, Claim("two", leads_to(w == 2, w == 0), "Two leads to zero.", premise=w == 1)))


def test_a_premise_that_happens_on_no_fair_run_is_found_though_it_can_be_reached() -> None:
    w = integer("w", 0, 2)
    actions = [
        Action("stay", w == 0, {w: 0}),
        Action("fall", w == 0, {w: 2}),
        Action("rise", w == 0, {w: 1}, Fairness.STRONG),
        Action("back", w == 1, {w: 0}),
    ]
    system = System("pit", [w], w == 0, actions)
    system = system.assuming(Assumption("goes on", always(eventually(w == 1)), "What is looked at goes on."))
    verdict = check(system, leads_to(w == 2, w == 1))
    assert not says_something(verdict)
    reached = check(system.changed(without=["back"]), always(w != 2))
    assert isinstance(reached, Holds | Violated)


def test_what_happens_is_shown_by_a_run_that_is_replayed() -> None:
    system, w = counting()
    verdict = check(system, leads_to(w == 1, w == 0))
    assert says_something(verdict)
    assert isinstance(verdict, Holds)
    witness = verdict.vacuity.witness
    assert witness is not None
    assert any(state["w"] == 1 for _, state in witness.steps)
    replay(possibility(Problem(system, z3.BoolVal(True)), w == 1), witness)


def test_the_first_position_counts_where_the_formula_is_about_it() -> None:
    """`w` is 1 later on, and never at the start: of that the formula speaks."""
    system, w = counting()
    assert not says_something(check(system, z3.Implies(w == 1, eventually(w == 0))))
    assert says_something(check(system, z3.Implies(w == 0, eventually(w == 1))))


def test_a_violation_tells_whether_the_premise_happens_on_it() -> None:
    system, w = counting()
    verdict = check(system, leads_to(w == 1, w == 2))
    assert isinstance(verdict, Violated)
    assert verdict.vacuity.premise is True
