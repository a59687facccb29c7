"""Formulas that are wide, deep or shared many times over, and actions with many parameters: right, and what they cost.

Most are asked of the universal system, in which every sequence of truths is a run.
"""

import itertools
import random
import time
from collections.abc import Callable, Iterator

import pytest
import z3
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from benchmarks.formulas import FAMILIES, drawn, nodes, universal
from dialproof import ltl
from dialproof.core.actions import MOST_CHOICES, Action, enabled
from dialproof.core.errors import ModelError, NotApplicable, ReplayError
from dialproof.core.ltl.normal_form import DEEPEST
from dialproof.core.run import FiniteRun, Lasso, Step, Taken
from dialproof.core.system import System
from dialproof.core.variables import Integer, boolean, choice, integer
from dialproof.encode.problem import Problem
from dialproof.encode.transitions import MOST_CASES, some_parameters
from dialproof.engines import explicit
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Nothing, Proved
from dialproof.engines.limits import BmcLimits
from dialproof.engines.spacer import search as spacer
from dialproof.evidence.replay import replay
from dialproof.exchange.promela.writing import to_promela
from dialproof.exchange.smv.writing import to_smv
from dialproof.semantics.interpreter import Reader
from dialproof.semantics.random_walk import enabled_on_a_walk
from dialproof.views.state_space import state_space
from tests.strategies import COLOURS, formulas, systems, terms_over

TRUE = z3.BoolVal(True)
P = [boolean(f"p{place}") for place in range(8)]


def seconds(work: Callable[[], object]) -> float:
    """The processor time that `work` takes."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


# Parameters -------------------------------------------------------------------------------------------------------------------


def test_a_run_is_replayed_with_the_parameters_that_it_names() -> None:
    """Here: each of 2^40 combinations was evaluated to find the one that the run names."""
    system, propositions = universal(40)
    problem = Problem(system, z3.Or(propositions[0], ltl.always(z3.Not(propositions[39]))))
    outcome = bmc.search(problem, BmcLimits(3))
    assert isinstance(outcome, Found)
    replay(problem, outcome.run)


def test_a_run_that_misnames_a_parameter_is_refused() -> None:
    """A missing one, one more, another order, a value out of range, a number for a truth."""
    system, (p, q) = universal(2)
    reader, values = Reader(system), (False, False)
    right = Taken("choose", (("next p0", True), ("next p1", False)))
    assert reader.take(right, values) == (True, False)
    for wrong in (
        (("next p0", True),),
        (("next p0", True), ("next p1", False), ("next p2", False)),
        (("next p1", False), ("next p0", True)),
        (("next p0", 1), ("next p1", False)),
        (("next p0", "yes"), ("next p1", False)),
    ):
        assert reader.take(Taken("choose", wrong), values) is None
        step = Step(Taken("choose", wrong), reader.state(values))
        with pytest.raises(ReplayError, match="not enabled"):
            replay(Problem(system, ltl.eventually(z3.And(p, q))), Lasso((), (step,)))
    assert reader.take(Taken("elsewhere"), values) is None


def test_the_named_parameters_count_and_no_others() -> None:
    """Where the guard forbids the named ones, that others would do is no excuse; nor that they lead to the same state."""
    count, by = integer("count", 0, 9), integer("by", 1, 3)
    jump = Action("jump", by != 2, {count: z3.If(count < 5, count + by, count)}, parameters=(by,))
    system = System("jumps", [count], count == 0, [jump])
    reader = Reader(system)
    assert reader.take(Taken("jump", (("by", 3),)), (0,)) == (3,)
    assert reader.take(Taken("jump", (("by", 2),)), (9,)) is None
    run = FiniteRun((Step(Taken("jump", (("by", 1),)), reader.state((0,))), Step(None, reader.state((3,)))))
    with pytest.raises(ReplayError, match="does not lead"):
        replay(Problem(system, ltl.always(count < 3)), run)


def test_a_step_out_of_range_is_refused_when_it_is_replayed() -> None:
    count, by = integer("count", 0, 3), integer("by", 1, 9)
    reader = Reader(System("jumps", [count], count == 0, [Action("jump", TRUE, {count: count + by}, parameters=(by,))]))
    assert reader.take(Taken("jump", (("by", 3),)), (0,)) == (3,)
    with pytest.raises(ModelError, match="out of range"):
        reader.take(Taken("jump", (("by", 4),)), (0,))


PARAMETERS = (boolean("first"), integer("second", -1, 1), choice("third", COLOURS, sort="colour"))


@seed(0)
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck), database=None)
@given(st.data())
def test_enabled_means_that_some_parameters_will_do(data: st.DataObject) -> None:
    """Written out for a solver, and tried in plain Python, against every combination one by one."""
    flag, count, colour = boolean("flag"), integer("count", 0, 2), choice("colour", COLOURS)
    own, state = terms_over(*PARAMETERS), terms_over(flag, count, colour)
    mixed = terms_over(PARAMETERS[0], count, colour)
    parts = st.one_of(own, state, mixed)
    some = st.lists(parts, min_size=1, max_size=4)
    guard = data.draw(st.one_of(parts, some.map(z3.And), some.map(z3.Or), st.tuples(some, some).map(_nested)))
    action = Action("a", guard, {}, parameters=PARAMETERS)
    cases = [z3.substitute(guard, *zip(PARAMETERS, literals, strict=True)) for literals in _combinations()]
    solver = z3.Solver()
    solver.add(some_parameters(guard, PARAMETERS) != z3.Or(cases))
    assert solver.check() == z3.unsat
    reader = Reader(System("one", [flag, count, colour], TRUE, [action]))
    for values in reader.initial_states():
        assert reader.is_enabled("a", values) == bool(reader.ways("a", values))


def _combinations() -> Iterator[tuple[z3.ExprRef, ...]]:
    """Every combination of values that the parameters can have."""
    domains = [one.variable.domain for one in PARAMETERS]
    return itertools.product(*([domain.term(value) for value in domain.members()] for domain in domains))


def _nested(two: tuple[list[z3.BoolRef], list[z3.BoolRef]]) -> z3.BoolRef:
    ands, ors = two
    return z3.And(*ands, z3.Or(*ors, z3.And(*ands[:1], *ors[:1])))


def test_a_guard_that_reads_each_parameter_by_itself_is_written_out_part_by_part() -> None:
    numbers = [integer(f"n{place}", 0, 99) for place in range(20)]
    count = integer("count", 0, 3)
    guard = z3.And([number == count for number in numbers])
    system = System("wide", [count], count == 0, [Action("a", guard, {count: 1}, parameters=tuple(numbers))])
    problem = Problem(system, ltl.always(enabled("a")))
    assert nodes(some_parameters(guard, tuple(numbers))) < 20 * 100 * 10
    outcome = spacer.prove(problem)
    assert isinstance(outcome, Proved)
    assert Reader(system).is_enabled("a", (2,))


def tied(guard: Callable[[list[Integer]], z3.BoolRef]) -> System:
    """A system with an action whose four parameters have more combinations of values than are written out."""
    numbers = [integer(f"n{place}", 0, 99) for place in range(4)]
    count = integer("count", 0, 3)
    assert MOST_CASES < 100**4
    return System("tied", [count], count == 0, [Action("a", guard(numbers), {count: 1}, parameters=tuple(numbers))])


@pytest.mark.parametrize(("total", "is_possible"), [(396, True), (397, False)])
def test_parameters_that_are_tied_together_are_projected_away(total: int, is_possible: bool) -> None:
    """Both readers find out whether some values will do, and neither tries a hundred million."""
    system = tied(lambda numbers: z3.Sum(numbers) == total)
    assert ("a" in Reader(system).possible((0,))) is is_possible
    found = bmc.search(Problem(system, ltl.always(system.variables[0].term == 0)), BmcLimits(2))
    assert isinstance(found, Found) is is_possible


def test_a_guard_that_ties_too_many_parameters_together_is_refused_by_name() -> None:
    """With one message, instead of hanging: by who writes them out, and by who tries them."""
    system = tied(lambda numbers: numbers[0] * numbers[1] * numbers[2] * numbers[3] == 17)
    holds = ltl.always(system.variables[0].term == 0)
    for search in (lambda: bmc.search(Problem(system, holds), BmcLimits(2)), lambda: Reader(system).possible((0,))):
        with pytest.raises(ModelError, match=r"n\d, which may have any of many values"):
            search()


def test_what_visits_each_way_says_when_there_are_too_many() -> None:
    """And what walks at random chooses among them, without counting."""
    system, propositions = universal(40)
    assert MOST_CHOICES < 2**40
    with pytest.raises(NotApplicable, match=r"'choose' can be taken in 1099511627776 ways"):
        Reader(system).events((False,) * 40)
    with pytest.raises(NotApplicable):
        state_space(System("fixed", propositions, z3.And([z3.Not(one) for one in propositions]), system.actions))
    assert isinstance(explicit.decide(Problem(system, ltl.always(propositions[0]))), Nothing)
    fixed = System("fixed", propositions, z3.And([z3.Not(one) for one in propositions]), system.actions)
    assert enabled_on_a_walk(fixed) == {"choose"}
    assert Reader(fixed).wander("choose", (False,) * 40, random.Random(0)) is not None  # noqa: S311
    assert "choose" in to_smv(Problem(system, ltl.always(propositions[0])))


# Depth and width ----------------------------------------------------------------------------------------------------------------

WIDE: dict[str, Callable[[z3.BoolRef, z3.BoolRef], z3.BoolRef]] = {
    "and, to the left": z3.And,
    "or, to the right": lambda whole, part: z3.Or(part, whole),
    "implies, to the right": lambda whole, part: z3.Implies(part, whole),
    "and of negated or": lambda whole, part: z3.And(part, z3.Not(z3.Or(z3.Not(whole), z3.Not(part)))),
}


LEAVES = {
    "future": (ltl.eventually, 2, 1100),  # more than Python's recursion limit
    "past": (ltl.once, 1, 1100),
    "both": (lambda part: ltl.once(ltl.eventually(part)), 1, 300),
}


@pytest.mark.parametrize(
    ("join", "leaf"), [*((join, "future") for join in WIDE), ("and, to the left", "past"), ("or, to the right", "both")]
)
def test_what_is_joined_one_by_one_is_wide_and_not_deep(join: str, leaf: str) -> None:
    """Here: a conjunction of 43 parts was refused as nested more than 200 operators deep. All readers read it, and agree."""
    make, number, width = LEAVES[leaf]
    system, propositions = universal(number)
    whole = make(propositions[0])
    for place in range(width):
        whole = WIDE[join](whole, make(propositions[place % number]))
    problem = Problem(system, whole)
    found = bmc.search(problem, BmcLimits(2))
    assert isinstance(found, Found) == isinstance(explicit.decide(problem), Found)
    if isinstance(found, Found):
        replay(problem, found.run)
    assert problem.rounds(1).bad is not None


@pytest.mark.parametrize("leaf", [ltl.eventually, ltl.once])
def test_what_is_wide_is_written_for_other_tools(leaf: Callable[[z3.BoolRef], z3.BoolRef]) -> None:
    """Their writers are recursive; and what they read is the same formula."""
    system, (p,) = universal(1)
    whole = leaf(p)
    for place in range(1100):
        whole = z3.Not(z3.Implies(whole, z3.Not(leaf(z3.Not(p)) if place % 2 else ltl.always(p))))
    problem = Problem(system, whole)
    assert to_smv(problem)
    assert to_promela(problem)
    flat, solver = ltl.flattened(whole), z3.Solver()
    solver.add(flat != whole)  # to the solver the operators are functions that it knows nothing of
    assert solver.check() == z3.unsat
    assert nodes(flat) < 20
    assert ltl.flattened(z3.Implies(leaf(p), leaf(p))).eq(z3.Implies(leaf(p), leaf(p)))


def test_parts_of_43_conjuncts_with_five_operators_each_are_no_deeper_than_one() -> None:
    system, propositions = universal(8)
    whole: z3.BoolRef = TRUE
    for place in range(43):
        p, q = propositions[place % 8], propositions[(place + 1) % 8]
        part = ltl.always(z3.Implies(p, ltl.next_(ltl.until(z3.Not(q), z3.Or(q, ltl.always(p))))))
        whole = z3.Not(z3.Implies(whole, z3.Not(part)))
    Problem(system, whole)
    assert isinstance(bmc.search(Problem(system, z3.Not(whole)), BmcLimits(3)), Found)


@pytest.mark.parametrize("depth", [DEEPEST + 1, 20_000])
def test_what_is_too_deep_is_refused_with_one_short_message(depth: int) -> None:
    """Also where connectives alternate, which cannot be flattened; and never by a RecursionError."""
    system, (p, q) = universal(2)
    whole = ltl.eventually(p)
    for place in range(depth):
        whole = (z3.And if place % 2 else z3.Or)(q, whole)
    for formula in (whole, ltl.once(whole), z3.If(whole, z3.IntVal(0), z3.IntVal(1)) == 0):
        with pytest.raises(ModelError) as refused:
            Problem(system, formula)
        assert len(str(refused.value)) < 400


def test_a_formula_that_shares_its_parts_is_not_a_tree() -> None:
    """An equivalence holds both senses of both sides: written out as a tree it would have 2^150 parts."""
    system, propositions = universal(8)
    whole = ltl.eventually(propositions[0])
    for place in range(150):
        whole = whole == ltl.always(propositions[place % 8])
    problem = Problem(system, whole)
    assert len(list(ltl.all_parts(problem.negation))) < 2000
    found = bmc.search(problem, BmcLimits(3))
    assert isinstance(found, Found)
    replay(problem, found.run)
    doubled = ltl.next_(propositions[0])
    for _ in range(150):
        doubled = z3.And(doubled, doubled)
    assert ltl.normal_form(doubled) == ltl.normal_form(ltl.next_(propositions[0]))


def test_forms_are_equal_if_they_are_made_alike() -> None:
    """Of the same terms, whichever call has made them; and not otherwise."""
    p, q, clock = P[0], P[1], integer("clock", 0, 9)
    made = [
        ltl.always(p), ltl.eventually(p), ltl.until(p, q), ltl.until(q, p), ltl.release(p, q),
        ltl.next_(p), ltl.next_(ltl.next_(p)),
        z3.And(ltl.next_(p), ltl.next_(q)), z3.Or(ltl.next_(p), ltl.next_(q)), z3.And(ltl.next_(q), ltl.next_(p)),
        ltl.eventually_within(3, p), ltl.eventually_within(4, p), ltl.always_for(3, p), ltl.eventually_within(3, p, clock), p, q,
    ]  # fmt: skip
    forms = [ltl.normal_form(formula) for formula in made]
    assert len(set(forms)) == len(made)
    assert forms == [ltl.normal_form(formula) for formula in made]


# Right --------------------------------------------------------------------------------------------------------------------------


@seed(1)
@settings(deadline=None, max_examples=12, suppress_health_check=list(HealthCheck), database=None)
@given(st.data())
def test_the_monitor_says_what_the_definition_says(data: st.DataObject) -> None:
    """On small systems: the past, limits, clocks, whatever is joined and shared; searched, and evaluated from the definition."""
    system = data.draw(systems().filter(lambda one: not one.assumptions))
    parts = [data.draw(formulas(system, 2)) for _ in range(3)]
    one, two, three = parts
    formula = data.draw(
        st.sampled_from(
            [
                z3.And(z3.Not(z3.Or(z3.Not(one), two)), z3.And(three, one)),
                z3.Implies(one, z3.Implies(z3.Not(two), z3.Or(three, z3.Not(z3.And(one, two))))),
                (one == two) == three,
                z3.If(one, z3.Xor(two, three), z3.Or(z3.Not(z3.Implies(one, two)), three)),
                ltl.always(z3.Or(z3.Or(one, two), ltl.eventually(z3.And(two, z3.And(three, one))))),
            ]
        )
    )
    problem = Problem(system, formula)
    expected = explicit.decide(problem)
    if isinstance(expected, Nothing):
        return
    searched = bmc.search(problem, BmcLimits(expected.depth if isinstance(expected, Found) else 3))
    assert isinstance(searched, Found) == isinstance(expected, Found), formula
    for outcome in (expected, searched):
        if isinstance(outcome, Found):
            replay(problem, outcome.run)


@pytest.mark.parametrize("size", [15, 40])
@pytest.mark.parametrize("past", [False, True])
def test_a_random_formula_or_its_negation_is_violated(size: int, *, past: bool) -> None:
    """By a run on which it is false by definition; of both, at least one must be."""
    system, propositions = universal(3)
    for number in range(2):
        formula = drawn(size, propositions, random.Random(1000 * size + number), past=past)  # noqa: S311
        found = 0
        for asked in (formula, z3.Not(formula)):
            problem = Problem(system, asked)
            outcome = bmc.search(problem, BmcLimits(6))
            if isinstance(outcome, Found):
                replay(problem, outcome.run)
                found += 1
        assert found


# Cost ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", [name for name in FAMILIES if name != "counter"])
def test_what_is_made_before_a_search_grows_with_the_formula_and_no_faster(family: str) -> None:
    """Four times the formula, at most ten times the work: it was 2^n for some."""

    def work(size: int) -> float:
        system, formula = FAMILIES[family](size)
        return min(seconds(lambda: Problem(system, formula).saved_loop) for _ in range(2))

    assert work(800) < 10 * work(200) + 0.2
