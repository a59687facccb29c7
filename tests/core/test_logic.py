"""The past and the bounded operators: their meaning on runs, and that every engine gives them that meaning."""

import itertools
import pickle
from collections.abc import Callable

import pytest
import z3
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from dialproof import (
    Action,
    Assumption,
    Fairness,
    Holds,
    ModelError,
    System,
    Violated,
    boolean,
    check,
    integer,
    taken,
)
from dialproof.core.certificates import Conjunction, InductiveInvariant, LivenessToSafety
from dialproof.core.errors import AuditError
from dialproof.core.ltl.normal_form import DEEPEST
from dialproof.core.run import FiniteRun, Lasso, State, Step, Taken
from dialproof.core.variables import Domain, Integer, Kind, Variable
from dialproof.encode.problem import Problem
from dialproof.engines import explicit
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Proved
from dialproof.engines.limits import BmcLimits
from dialproof.engines.spacer import search as spacer
from dialproof.evidence.audit import audit
from dialproof.evidence.replay import fairness_formula, replay
from dialproof.ltl import (
    always,
    always_for,
    eventually,
    eventually_within,
    historically,
    historically_for,
    next_,
    once,
    once_within,
    since,
    until,
    yesterday,
)
from dialproof.semantics.evaluate import holds_on_lasso, is_lost_on
from dialproof.semantics.interpreter import Reader
from tests.core.test_traps import decided
from tests.strategies import formulas, systems

TRUE = z3.BoolVal(True)
N = integer("n", 0, 9)
GO = Action("go", N < 9, {N: N + 1})
READER = Reader(System("counting", [N], N == 0, [GO]))


def steps(*values: int, last: str | None = "go") -> tuple[Step, ...]:
    """Positions at which n has these values, "go" being taken at each but the last."""
    done = [Step(Taken("go"), State.of({"n": value})) for value in values]
    return (*done[:-1], Step(None if last is None else Taken(last), done[-1].state)) if done else ()


def ring(*values: int) -> Lasso:
    """A stem that begins with 0, and a loop over `values`."""
    return Lasso(steps(0), steps(*values))


def random_cases(number: int) -> settings:
    """So many of them, the same ones each time; a failure is shown as it was drawn, since shrinking takes minutes."""
    return settings(
        max_examples=number,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=(Phase.generate,),
    )


# Runs, worked out by hand ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "run", "expected"),
    [
        (z3.Not(yesterday(TRUE)), ring(1, 2), True),
        (next_(yesterday(N == 0)), ring(1, 2), True),
        (always(z3.Implies(N == 1, yesterday(N == 0))), ring(1, 2), False),  # only the first time
        (always(z3.Implies(N == 2, yesterday(N == 1))), ring(1, 2), True),
        (once(N == 0), ring(1, 2), True),
        (once(N == 1), ring(1, 2), False),
        (always(once(N == 0)), ring(1, 2), True),
        (eventually(historically(N == 1)), ring(1, 1), False),
        (always(historically(N < 3)), ring(1, 2), True),
        (always(historically(N < 2)), ring(1, 2), False),
        (since(N == 1, N == 0), ring(1, 2), True),
        (always(since(N > 0, N == 0)), ring(1, 2), True),
        (always(since(N < 2, N == 0)), ring(1, 2), False),
        (eventually(always(since(N > 0, N == 1))), ring(1, 2), True),
        # the loop's first round differs from the later ones, and so does its second
        (always(eventually(yesterday(N == 0))), ring(1, 2), False),
        (eventually(z3.And(N == 1, yesterday(N == 2))), ring(1, 2), True),
        (eventually(z3.And(N == 1, yesterday(yesterday(yesterday(N == 0))))), ring(1, 2), True),
        (always(eventually(yesterday(yesterday(yesterday(N == 0))))), ring(1, 2), False),
        (eventually(z3.And(N == 1, once(z3.And(N == 2, once(z3.And(N == 1, yesterday(N == 2))))))), ring(1, 2), True),
        # past inside future inside past
        (eventually(once(z3.And(N == 0, until(N < 2, N == 2)))), ring(1, 2), True),
        (always(once(eventually(z3.And(N == 1, yesterday(N == 0))))), ring(1, 2), True),
        (eventually(always(yesterday(eventually(N == 2)))), ring(1, 2), True),
        # steps
        (eventually_within(2, N == 2), ring(1, 2), True),
        (eventually_within(1, N == 2), ring(1, 2), False),
        (always_for(1, N < 2), ring(1, 2), True),
        (always_for(2, N < 2), ring(1, 2), False),
        (always(eventually_within(1, N == 1)), ring(1, 2), True),
        (always(eventually_within(0, N == 1)), ring(1, 2), False),
        (always(z3.Implies(N == 2, once_within(2, N == 0))), ring(1, 2), False),
        (eventually(z3.And(N == 2, once_within(2, N == 0))), ring(1, 2), True),
        (always(historically_for(1, N < 2)), ring(1, 2), False),
        (historically_for(7, N == 0), ring(1, 2), True),
        (eventually(always(once_within(5, N == 1))), ring(1, 2, 3, 4, 5, 6), True),
        (eventually(always(once_within(4, N == 1))), ring(1, 2, 3, 4, 5, 6), False),
    ],
)
def test_a_formula_on_a_lasso(formula: z3.BoolRef, run: Lasso, *, expected: bool) -> None:
    assert holds_on_lasso(formula, run, READER) is expected


CLOCK, FREE = integer("n", 0, 9), integer("n")


@pytest.mark.parametrize(
    ("formula", "run", "expected"),
    [
        (eventually_within(3, N == 4, CLOCK), ring(2, 3, 4), False),
        (eventually_within(4, N == 4, CLOCK), ring(2, 3, 4), True),
        (always_for(3, N < 4, CLOCK), ring(2, 3, 4), True),
        (always_for(4, N < 4, CLOCK), ring(2, 3, 4), False),
        # from 4 the clock goes on to 9, and from there by way of 0 to 2: eight of the ten numbers
        (always(z3.Implies(N == 4, eventually_within(8, N == 2, CLOCK))), ring(2, 3, 4), True),
        (always(z3.Implies(N == 4, next_(z3.Implies(N == 4, eventually_within(7, N == 2, CLOCK))))), ring(2, 3, 4), True),
        (always(z3.Implies(N == 4, eventually_within(7, N == 2, CLOCK))), ring(2, 3, 4), False),
        (eventually(z3.And(N == 2, once_within(8, N == 4, CLOCK))), ring(2, 3, 4), True),
        (eventually(z3.And(N == 2, once_within(7, N == 4, CLOCK))), ring(2, 3, 4), False),
        # where time stands still, a time that does not pass is not over
        (eventually_within(0, N == 1, CLOCK), ring(0, 0), False),
        (eventually(always(historically_for(0, N == 5, CLOCK))), ring(5, 5), True),
        (always(z3.Implies(N == 5, once_within(4, N == 0, CLOCK))), ring(5, 5), False),
        (always(z3.Implies(N == 5, once_within(5, N == 0, CLOCK))), ring(5, 5), True),
    ],
)
def test_a_limit_on_a_clock_that_goes_round(formula: z3.BoolRef, run: Lasso, *, expected: bool) -> None:
    assert holds_on_lasso(formula, run, READER) is expected


def test_a_clock_without_bounds_that_falls_lets_no_time_pass() -> None:
    reader = Reader(System("free", [FREE], FREE == 0, [Action("go", TRUE, {FREE: FREE + 1})]))
    assert holds_on_lasso(eventually_within(4, FREE == 2, FREE), ring(4, 2), reader)
    assert not holds_on_lasso(eventually_within(3, FREE == 2, FREE), ring(4, 2), reader)


@pytest.mark.parametrize(
    ("formula", "run", "expected"),
    [
        (yesterday(TRUE), steps(0, last=None), True),
        (z3.Not(yesterday(TRUE)), steps(0, last=None), False),
        (always(z3.Implies(N == 2, once(N == 1))), steps(0, 2, last=None), True),
        (always(z3.Implies(N == 2, once(N == 0))), steps(0, 2, last=None), False),
        (always(historically(N < 2)), steps(0, 1, 2, last=None), True),
        (always(since(N < 2, N == 0)), steps(0, 1, 2, last=None), True),
        (always(since(N < 2, N == 0)), steps(0, 1, last=None), False),
        (next_(yesterday(N == 1)), steps(0, 1, last=None), True),
        (next_(yesterday(N == 1)), steps(0, last=None), False),  # the position is not there yet
        (always(once(eventually(N == 5))), steps(0, 1, last=None), False),
        (always_for(1, N == 0), steps(0, 1, last=None), True),
        (eventually_within(1, N == 5), steps(0, 1, last=None), True),
        (eventually_within(2, N == 5), steps(0, 1, last=None), False),
        (eventually_within(4, N == 9, CLOCK), steps(0, 5, last=None), True),
        (eventually_within(5, N == 9, CLOCK), steps(0, 5, last=None), False),  # time may stand still
        (always(z3.Implies(N == 5, once_within(4, N == 0, CLOCK))), steps(0, 5, last=None), True),
        (always(once(taken(GO))), steps(0, last=None), False),
        (always(z3.Not(once(taken(GO)))), steps(0, last="go"), True),
    ],
)
def test_what_is_lost_on_a_finite_run(formula: z3.BoolRef, run: tuple[Step, ...], *, expected: bool) -> None:
    assert is_lost_on(formula, FiniteRun(run), READER) is expected


# Laws, on random runs ---------------------------------------------------------------------------------------------------------


def unfolded(name: str, bound: int, part: z3.BoolRef) -> z3.BoolRef:
    """A bounded operator written out."""
    formula = part
    for _ in range(bound):
        match name:
            case "eventually_within":
                formula = z3.Or(part, next_(formula))
            case "always_for":
                formula = z3.And(part, next_(formula))
            case "once_within":
                formula = z3.Or(part, yesterday(formula))
            case _:
                formula = z3.And(part, z3.Not(yesterday(z3.Not(formula))))
    return formula


@seed(0)
@random_cases(50)
@given(st.data())
def test_the_laws_of_the_operators(data: st.DataObject) -> None:
    """The evaluator obeys them on lassos that need not be runs of the system, for operands of every kind."""
    system = data.draw(systems())
    reader = Reader(system)
    p, q = data.draw(formulas(system, 3)), data.draw(formulas(system, 3))
    run = data.draw(lassos(system))
    bound = data.draw(st.integers(0, 4))
    laws = [
        once(p) == since(TRUE, p),
        historically(p) == z3.Not(once(z3.Not(p))),
        since(p, q) == z3.Or(q, z3.And(p, yesterday(since(p, q)))),
        once(p) == z3.Or(p, yesterday(once(p))),
        next_(yesterday(p)) == p,
        z3.Implies(yesterday(TRUE), yesterday(next_(p)) == p),
        z3.Implies(z3.Not(yesterday(TRUE)), z3.And(once(p) == p, historically(p) == p, since(p, q) == q, z3.Not(yesterday(p)))),
        always(z3.Implies(p, once(p))),
        z3.Implies(z3.Not(yesterday(TRUE)), eventually(p) == eventually(once(p))),
        eventually_within(bound, p) == unfolded("eventually_within", bound, p),
        always_for(bound, p) == z3.Not(eventually_within(bound, z3.Not(p))),
        once_within(bound, p) == unfolded("once_within", bound, p),
        historically_for(bound, p) == unfolded("historically_for", bound, p),
        z3.Implies(eventually_within(bound, p, _count(system)), eventually(p)),
        always_for(bound, p, _count(system)) == z3.Not(eventually_within(bound, z3.Not(p), _count(system))),
        historically_for(bound, p, _count(system)) == z3.Not(once_within(bound, z3.Not(p), _count(system))),
    ]
    for law in laws:
        assert holds_on_lasso(always(law), run, reader), f"{law} on {run}"


@seed(0)
@random_cases(60)
@given(st.data())
def test_going_round_the_loop_more_often_changes_nothing(data: st.DataObject) -> None:
    """The past of a position depends on how often the loop has been gone round; so many rounds are enough."""
    system = data.draw(systems())
    reader, formula, run = Reader(system), data.draw(formulas(system)), data.draw(lassos(system))
    longer = Lasso((*run.stem, *run.loop * 9), run.loop)
    assert holds_on_lasso(formula, run, reader) == holds_on_lasso(formula, longer, reader)


def _count(system: System) -> Integer:
    constant = system.variable("count").constant()
    assert isinstance(constant, Integer)
    return constant


@st.composite
def lassos(draw: st.DrawFn, system: System) -> Lasso:
    """Any positions in a row, with any action at each."""
    names = [variable.name for variable in system.variables]
    actions = [None, *(Taken(action.name) for action in system.actions if not action.parameters)]

    def position() -> Step:
        values = [draw(st.sampled_from(list(variable.domain.members()))) for variable in system.variables]
        return Step(draw(st.sampled_from(actions)), State.of(dict(zip(names, values, strict=True))))

    stem = [position() for _ in range(draw(st.integers(0, 3)))]
    return Lasso(tuple(stem), tuple(position() for _ in range(draw(st.integers(1, 3)))))


# Engines ----------------------------------------------------------------------------------------------------------------------


def counting(fairness: Fairness = Fairness.WEAK) -> System:
    """A number goes from 0 to 3, and then round 1, 2, 3."""
    n = integer("n", 0, 3)
    return System("round", [n], n == 0, [Action("up", n < 3, {n: n + 1}, fairness), Action("back", n == 3, {n: 1}, fairness)])


n = integer("n", 0, 3)


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (z3.Not(yesterday(TRUE)), True),  # valid at the first position
        (z3.Not(yesterday(z3.Not(TRUE))), True),
        (yesterday(TRUE), False),
        (always(yesterday(TRUE)), False),
        (next_(always(yesterday(TRUE))), True),
        (once(n == 1), False),  # once p is p there
        (once(n == 0), True),
        (historically(n == 0), True),
        (since(n == 3, n == 0), True),
        (always(once(n == 0)), True),
        (always(since(n > 0, n == 0)), True),
        (always(since(n < 3, n == 0)), False),
        (always(z3.Implies(n == 1, yesterday(z3.Or(n == 0, n == 3)))), True),
        (always(z3.Implies(n == 1, yesterday(n == 0))), False),  # false in the second round only
        (always(eventually(yesterday(n == 0))), False),
        (always(z3.Implies(n == 1, z3.Not(once(n == 3)))), False),
        (eventually(always(once(n == 3))), True),
        (always(once(eventually(z3.And(n == 1, yesterday(n == 0))))), True),
        (eventually(once(always(n == 3))), False),
        (always(historically(eventually(n == 3))), True),
        (until(historically(n == 0), once(n == 1)), True),
        (always(eventually_within(3, n == 3)), True),
        (always(eventually_within(2, n == 3)), False),
        (always(z3.Implies(n == 1, always_for(2, n > 0))), True),
        (always(eventually(always_for(2, n < 3))), False),
        (always(z3.Implies(n == 3, once_within(2, n == 1))), True),
        (always(z3.Implies(n == 3, once_within(3, n == 0))), False),
        (always(eventually_within(3, n == 3, n)), True),
        (always(eventually_within(1, n == 3, n)), False),
        (always(z3.Implies(n == 1, z3.Not(once_within(1, n == 3, n)))), True),
        (always(once(eventually_within(1, n == 1))), True),
        (always(eventually_within(1, yesterday(n == 0))), False),
    ],
)
def test_every_engine_gives_an_operator_its_meaning(claim: z3.BoolRef, *, expected: bool) -> None:
    """Each that decides, decides like this; and some prover or searcher does decide."""
    answers = decided(Problem(counting(), claim))
    assert set(answers.values()) == {expected}
    assert {"explicit", "spacer"} <= answers.keys()


def test_a_violation_that_only_the_second_round_shows_is_found_with_the_rounds_that_it_needs() -> None:
    """In the system the loop is three steps long; the memory of the past makes the lasso longer, and it says so truly."""
    problem = Problem(counting(), always(z3.Implies(n == 1, historically(n < 3))))
    outcome = bmc.search(problem, BmcLimits(8))
    assert isinstance(outcome, Found)
    assert len(outcome.run) == 5


def test_the_past_of_the_action_that_was_taken() -> None:
    """What was done a step ago is remembered, in a deadlock too, where nothing is done."""
    x = boolean("x")
    system = System("once", [x], z3.Not(x), [Action("turn_on", z3.Not(x), {x: True}, Fairness.WEAK)])
    assert set(decided(Problem(system, always(x == once(yesterday(taken("turn_on")))))).values()) == {True}
    assert set(decided(Problem(system, eventually(always(yesterday(z3.Not(taken("turn_on"))))))).values()) == {True}
    assert set(decided(Problem(system, always(z3.Implies(x, yesterday(taken("turn_on")))))).values()) == {False}


def test_a_claim_with_a_past_is_still_a_safety_claim() -> None:
    """So it is proved by an invariant or by induction, on unbounded data too, and violated by a finite run."""
    free, seen = integer("free"), boolean("seen")
    up = Action("up", TRUE, {free: free + 1})
    system = System("counts", [free, seen], z3.And(free == 0, z3.Not(seen)), [up, Action("see", free > 2, {seen: True})])
    verdict = check(system, always(z3.Implies(seen, once(free > 2))), timeout=60)
    assert isinstance(verdict, Holds)
    assert verdict.certificate.method in {"invariant", "k-induction"}
    lost = check(system, always(z3.Implies(seen, historically(free < 3))), timeout=60)
    assert isinstance(lost, Violated)
    assert isinstance(lost.lasso, FiniteRun)


def test_no_clock_that_never_comes_back_is_proved_by_a_saved_state() -> None:
    """A time on an unbounded clock needs an invariant or rounds; where neither serves, nobody says that the claim holds."""
    clock, up = integer("clock"), boolean("up")
    actions = [Action("elapse", TRUE, {clock: clock + 1}), Action("come_up", z3.Not(up), {up: True}, Fairness.WEAK)]
    system = System("timed", [clock, up], z3.And(clock == 0, z3.Not(up)), actions)
    problem = Problem(system, eventually_within(5, up, clock))
    assert True not in decided(problem).values()
    with pytest.raises(AuditError, match="unbounded"):
        audit(problem, LivenessToSafety(invariant="true", compared=("clock", "up"), fairness=("come_up",)))


def test_the_shortest_violation_of_a_limit_may_be_all_loop() -> None:
    """What is owed in the loop may be owed at the first position already: no step is spent on coming to owe it."""
    up, clock = boolean("up"), integer("clock", 0, 2)
    system = System("still", [up, clock], z3.And(z3.Not(up), clock == 0), [Action("stay", up, {})])
    for claim in (eventually_within(0, up, clock), eventually_within(2, up, clock), eventually(always_for(1, up, clock))):
        found = bmc.search(Problem(system, claim), BmcLimits(1))
        assert isinstance(found, Found), claim
        assert len(found.run) == 1


def test_a_limit_may_be_large() -> None:
    """It is counted, not written out."""
    x = integer("x", 0, 400)
    system = System("long", [x], x == 0, [Action("up", x < 400, {x: x + 1}, Fairness.WEAK)])
    assert isinstance(check(system, eventually_within(300, x >= 2), timeout=60), Holds)
    assert isinstance(check(system, always(z3.Implies(x > 350, once_within(400, x == 0))), engines=("bmc",), timeout=5), object)
    assert isinstance(spacer.prove(Problem(system, always(z3.Implies(x == 1, always_for(200, x >= 1))))), Proved)


def test_an_assumption_may_speak_of_the_past() -> None:
    """As a fairness condition, as a plain one, and with the future inside the past."""
    x = boolean("x")
    system = System(
        "swing", [x], z3.Not(x), [Action("on", z3.Not(x), {x: True}), Action("stay", TRUE, {}), Action("off", x, {x: False})]
    )
    never = eventually(x)
    assert False in decided(Problem(system, never)).values()
    for assumed in (
        always(eventually(yesterday(x))),
        eventually(yesterday(x)),
        eventually(once(x)),
        always(eventually(once(next_(x)))),
        z3.Implies(always(eventually(once(z3.Not(x)))), always(eventually(yesterday(yesterday(x))))),
    ):
        held = system.assuming(Assumption("assumed", assumed, "for the test"))
        assert decided(Problem(held, never)) == {"explicit": True, "spacer": True}
        assert set(decided(Problem(held, always(z3.Not(x)))).values()) == {False}


def test_a_problem_with_a_past_travels() -> None:
    """Between processes a formula is text; every operator comes back as itself."""
    claim = always(
        z3.Or(
            since(once(n == 0), yesterday(historically(n < 3))),
            *(eventually_within(2, n == 3, n), always_for(1, n == 1), once_within(1, n == 2), historically_for(2, n > 1, n)),
        )
    )
    system = counting().assuming(Assumption("often", always(eventually(once_within(3, n == 3))), "for the test"))
    problem = pickle.loads(pickle.dumps(Problem(system, claim)))
    assert problem.formula.eq(claim)
    assert problem.system.assumptions[0].formula.eq(system.assumptions[0].formula)
    assert isinstance(bmc.search(problem, BmcLimits(10)), Found) == isinstance(explicit.decide(Problem(system, claim)), Found)


@pytest.mark.parametrize("name", ["once", "since", "eventually_within", "historically_for_on"])
def test_an_operator_names_no_variable(name: str) -> None:
    with pytest.raises(ModelError, match="cannot name"):
        boolean(name)


@pytest.mark.parametrize("name", ["enabled(go)", "dialproof.kept 0", "a|b"])
def test_a_parameter_is_called_as_a_variable_may_be(name: str) -> None:
    """Also where it was described by hand: its name stands in scripts like any other."""
    parameter = Variable(name, Domain(Kind.BOOLEAN)).constant()
    with pytest.raises(ModelError, match="cannot name a parameter of 'go'"):
        System("named", [n], n == 0, [Action("go", n == 0, {n: 1}, parameters=(parameter,))])


def test_what_is_no_operand_is_refused() -> None:
    """Where it is written, with what was found."""
    with pytest.raises(ModelError, match="at least 0"):
        eventually_within(-1, TRUE)
    with pytest.raises(ModelError, match="at least 0"):
        once_within(True, TRUE)
    with pytest.raises(ModelError, match="clock"):
        always_for(1, TRUE, boolean("x"))  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="Boolean"):
        since(N, TRUE)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="no formula"):
        Problem(counting(), z3.If(once(n == 0), z3.IntVal(1), z3.IntVal(2)) == 1)
    with pytest.raises(ModelError, match="neither a variable"):
        Problem(counting(), eventually_within(1, n == 0, integer("elsewhere")))
    moved = z3.Function("once_within", z3.IntSort(), z3.BoolSort(), z3.BoolSort())(n, n == 0)
    assert isinstance(moved, z3.BoolRef)
    with pytest.raises(ModelError, match="at least 0 as its bound"):
        Problem(counting(), moved)


def test_a_formula_that_is_nested_too_deep_is_refused() -> None:
    """Not with a RecursionError."""
    claim: z3.BoolRef = n == 0
    for _ in range(1000):
        claim = next_(claim)
    with pytest.raises(ModelError, match="deep"):
        Problem(counting(), claim)
    negated: z3.BoolRef = always(n < 4)
    for _ in range(5000):
        negated = z3.Not(negated)
    with pytest.raises(ModelError, match="deep"):
        Problem(counting(), negated)


@pytest.mark.parametrize(
    ("wrap", "expected"),
    [
        (next_, True),
        (yesterday, False),
        (lambda part: since(n < 4, part), False),
        (lambda part: z3.And(n < 4, part), False),
        (lambda part: eventually_within(1, part), True),
    ],
    ids=["next", "yesterday", "since", "and", "within"],
)
def test_a_formula_that_is_nested_as_deep_as_is_allowed_is_read_by_all(
    wrap: Callable[[z3.BoolRef], z3.BoolRef], *, expected: bool
) -> None:
    """By the searches, the evaluator and the encodings that the provers start from."""
    claim: z3.BoolRef = eventually(n == 1) if expected else once(n == 1)
    for _ in range(DEEPEST - 1):
        claim = wrap(claim)
    problem = Problem(counting(), claim)
    assert isinstance(explicit.decide(problem), Proved) is expected
    outcome = bmc.search(problem, BmcLimits(3))
    assert isinstance(outcome, Found) is not expected
    if isinstance(outcome, Found):
        replay(problem, outcome.run)
    assert problem.rounds(1).bad is not None


# Certificates -------------------------------------------------------------------------------------------------------------------


def test_no_certificate_establishes_a_false_claim_about_the_past() -> None:
    """Neither without the variables that remember, nor with a local form that was made for something else."""
    system = counting()
    false = always(eventually(yesterday(n == 0)))
    for invariant in ("true", "false", "(= n 0)", "(not |dialproof.past 0|)", "|dialproof.past 0|"):
        for compared in ((), ("n",)):
            certificate = LivenessToSafety(invariant=invariant, compared=compared, fairness=("up", "back"))
            with pytest.raises(AuditError):
                audit(Problem(system, false), certificate)


def test_two_claims_about_the_past_are_two_questions_in_a_local_form() -> None:
    """Here: where nothing that a claim reads is kept, every claim looked the same, and the audit of one served the other."""
    x, y = boolean("x"), boolean("y")
    system = System("two", [x, y], z3.Not(x), [Action("on", z3.Not(x), {x: True})])
    claim = z3.And(always(z3.Implies(once(y), once(y))), always(once(x)))
    proof = InductiveInvariant(invariant="true", kept=())
    with pytest.raises(AuditError):
        audit(Problem(system, claim), Conjunction(parts=(proof, proof)))


def test_a_local_form_keeps_the_clock() -> None:
    """Else nobody could tell how much time passes."""
    clock, x = integer("clock", 0, 9), boolean("x")
    system = System("timed", [clock, x], clock == 0, [Action("elapse", TRUE, {clock: z3.If(clock < 9, clock + 1, 0)})])
    claim = always(z3.Implies(x, eventually_within(3, x, clock)))
    with pytest.raises(AuditError, match="clock"):
        audit(Problem(system, claim), InductiveInvariant(invariant="true", kept=("x",)))
    assert isinstance(spacer.prove(Problem(system, claim)), Proved)


# An oracle for the oracle -----------------------------------------------------------------------------------------------------


@seed(0)
@random_cases(60)
@given(st.data())
def test_the_exhaustive_search_overlooks_no_short_lasso(data: st.DataObject) -> None:
    """It shares the normal form with the symbolic engines; this shares nothing: every lasso, evaluated by definition."""
    system = data.draw(systems().filter(lambda drawn: not drawn.assumptions))
    problem = Problem(system, data.draw(formulas(system)))
    reader = Reader(system)
    rules = [rule for action in system.actions if (rule := fairness_formula(action)) is not None]
    for run in itertools.islice(short_lassos(reader, 4), 300):
        if not holds_on_lasso(problem.formula, run, reader) and all(holds_on_lasso(rule, run, reader) for rule in rules):
            assert isinstance(explicit.decide(problem), Found), f"{problem.formula} on {run}"
            return


def short_lassos(reader: Reader, longest: int) -> "itertools.chain[Lasso]":
    """The lassos of a system of at most so many positions."""

    def extended(path: list[Step], here: tuple[object, ...]) -> list[Lasso]:
        found = [Lasso(tuple(path[:i]), tuple(path[i:])) for i in range(len(path)) if path[i].state.values_tuple == here]
        if len(path) == longest:
            return found
        events: list[tuple[Taken | None, tuple[object, ...]]] = [*reader.events(here)] or [(None, here)]  # type: ignore[arg-type]
        for action, after in events:
            found += extended([*path, Step(action, reader.state(here))], after)  # type: ignore[arg-type]
        return found

    return itertools.chain.from_iterable(extended([], start) for start in reader.initial_states())
