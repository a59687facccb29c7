"""Actions with parameters that may have any of infinitely many values: nothing is cut off, nothing proved that is not so."""

import itertools
import pickle
import random

import pytest
import z3
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from dialproof import System, boolean, integer
from dialproof.core.actions import Action, Fairness, enabled
from dialproof.core.errors import ModelError, NotApplicable, ReplayError
from dialproof.core.projection import projection
from dialproof.core.run import Lasso, Step, Taken
from dialproof.core.variables import Domain, Kind, Variable
from dialproof.core.verdict import Holds, Unknown, Verdict, Violated
from dialproof.encode.problem import Problem
from dialproof.encode.transitions import encode_system
from dialproof.engines import explicit
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Nothing
from dialproof.engines.limits import BmcLimits
from dialproof.evidence.audit import obligations
from dialproof.evidence.replay import replay
from dialproof.exchange.aiger.writing import to_aiger
from dialproof.exchange.promela.writing import to_promela
from dialproof.exchange.smv.writing import to_smv
from dialproof.exchange.vmt.reading import checks_in
from dialproof.exchange.vmt.sexpr import SmtText
from dialproof.exchange.vmt.writing import to_vmt
from dialproof.ltl import always, eventually
from dialproof.portfolio.check import check
from dialproof.semantics.interpreter import Reader
from dialproof.semantics.random_walk import enabled_on_a_walk
from dialproof.views.state_space import state_space

BIG = 10**12
FLAG = boolean("flag")
COUNT = integer("count")
BY = integer("by")


def gate() -> System:
    """Two states, and a step that only a very large number makes."""
    return System("gate", [FLAG], z3.Not(FLAG), [Action("go", BY != 7, {FLAG: z3.Or(FLAG, BY > BIG)}, parameters=(BY,))])


def halves(guard: z3.BoolRef = 2 * BY == COUNT) -> System:  # type: ignore[assignment]
    """A number that is halved where it can be."""
    halve = Action("halve", guard, {COUNT: BY}, Fairness.WEAK, parameters=(BY,))
    return System("halves", [COUNT], COUNT == 12, [halve])


def word(verdict: Verdict) -> str:
    return {Holds: "holds", Violated: "violated", Unknown: "unknown"}[type(verdict)]


def test_a_violation_that_takes_a_very_large_number_is_found_and_replayed() -> None:
    """A bounded encoding of the parameter would have cut it off, and proved the claim."""
    verdict = check(gate(), always(z3.Not(FLAG)), timeout=60)
    assert isinstance(verdict, Violated)
    value = dict(verdict.lasso.steps[0].action.parameters)["by"]  # type: ignore[union-attr]
    assert isinstance(value, int)
    assert value > BIG


def test_what_lists_every_way_to_take_an_action_refuses_and_says_why() -> None:
    problem = Problem(gate(), eventually(FLAG))
    outcome = explicit.decide(problem)
    assert isinstance(outcome, Nothing)
    assert "'go' may be taken with any by" in outcome.reason
    assert not encode_system(gate()).transitions.is_finite, "or it would be laid out in binary"
    for translate in (to_smv, to_promela, to_aiger):
        with pytest.raises(NotApplicable):
            translate(problem)
    with pytest.raises(NotApplicable, match="give it bounds"):
        state_space(gate())
    with pytest.raises(NotApplicable, match="infinitely many ways"):
        Reader(gate()).events((False,))
    assert enabled_on_a_walk(gate()) == {"go"}


def test_one_parameter_with_many_values_is_treated_like_one_without_bounds() -> None:
    far = integer("far", 0, BIG)
    system = System("wide", [FLAG], z3.Not(FLAG), [Action("go", far > 5, {FLAG: far == BIG}, parameters=(far,))])
    assert isinstance(explicit.decide(Problem(system, always(z3.Not(FLAG)))), Nothing)
    assert word(check(system, always(z3.Not(FLAG)), timeout=60)) == "violated"
    assert word(check(system, always(enabled("go")), timeout=60)) == "holds"


def test_enabled_means_that_there_is_some_value() -> None:
    reader = Reader(halves())
    for count in range(-9, 9):
        assert reader.is_enabled("halve", (count,)) == (count % 2 == 0)
        assert reader.is_deadlocked((count,)) == (count % 2 == 1)
    claim = always(enabled("halve") == (COUNT % 2 == 0))
    assert word(check(halves(), claim, timeout=60)) == "holds"
    assert word(check(halves(), eventually(COUNT % 2 == 1), timeout=60)) == "holds", "12, 6, 3, and there it idles"
    assert word(check(halves(), always(enabled("halve")), timeout=60)) == "violated"


def test_that_nothing_else_is_possible_is_an_obligation_of_every_proof() -> None:
    claim = always(enabled("halve") == (COUNT % 2 == 0))
    verdict = check(halves(), claim, timeout=60)
    assert isinstance(verdict, Holds)
    assert "projection 0" in [one.name for one in obligations(Problem(halves(), claim), verdict.certificate)]


def test_a_guard_that_cannot_be_projected_is_refused() -> None:
    """Which numbers are squares nothing here can say: neither yes nor no may be guessed."""
    system = halves(BY * BY == COUNT)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="it is not found out for which states by"):
        check(system, always(enabled("halve")), timeout=20)


def test_replay_evaluates_the_parameters_that_a_run_names() -> None:
    names = {"flag": 0}
    reader = Reader(gate())

    def lasso(by: object, parameter: str = "by") -> Lasso:
        off, on = reader.state((False,)), reader.state((True,))
        again = Step(Taken("go", (("by", 0),)), on)
        return Lasso((Step(Taken("go", ((parameter, by),)), off),), (again,))  # type: ignore[arg-type]

    problem = Problem(gate(), always(z3.Not(FLAG)))
    replay(problem, lasso(BIG + 1))
    for forged in (lasso(BIG), lasso(7), lasso(True), lasso("x"), lasso(BIG + 1, "other")):
        with pytest.raises(ReplayError):
            replay(problem, forged)
    assert names


def test_a_system_with_unbounded_parameters_crosses_processes() -> None:
    again = pickle.loads(pickle.dumps(halves()))
    assert again.actions[0].choices is None
    assert Reader(again).is_enabled("halve", (4,))


def test_liveness_on_unbounded_data_is_never_proved_by_a_loop_that_is_not_there() -> None:
    """The number grows for ever: no lasso shows it, and that there is none proves nothing."""
    grow = Action("grow", BY > COUNT, {COUNT: BY}, parameters=(BY,))
    system = System("grows", [COUNT], COUNT == 0, [grow])
    assert word(check(system, eventually(COUNT < 0), timeout=6)) == "unknown"
    assert word(check(system, always(COUNT >= 0), timeout=60)) == "holds"
    assert word(check(system, always(COUNT != 41), timeout=60)) == "violated"


# --- projection --------------------------------------------------------------------------------------------------------

X, Y = integer("x"), integer("y")
P, Q = integer("p"), integer("q", 0, 200)


@st.composite
def guards(draw: st.DrawFn) -> z3.BoolRef:
    """Conditions on two numbers and two parameters; all that decides them lies between -40 and 40, but for the bounds of q."""

    def side() -> z3.ArithRef:
        term = draw(st.sampled_from([P, P, Q, X, Y, z3.IntVal(0)]))
        other = draw(st.sampled_from([P, Q, X, Y, z3.IntVal(2), z3.IntVal(-1)]))
        return draw(st.sampled_from([term, term + other, term - other, 2 * term, z3.If(X > 0, term, other), -term]))  # type: ignore[no-any-return]

    def atom() -> z3.BoolRef:
        one, other = side(), side()
        return draw(  # type: ignore[no-any-return]
            st.sampled_from([one < other, one <= other, one == other, one != other, one % 3 == 1, one == 2 * other])
        )

    parts = [draw(st.sampled_from([z3.And, z3.Or, z3.Implies]))(atom(), atom()) for _ in range(draw(st.integers(1, 3)))]
    return z3.And(parts)


@seed(11)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(guards())
def test_a_projection_holds_exactly_where_some_values_do(guard: z3.BoolRef) -> None:
    """Both ways, by a solver that knows quantifiers and by trying numbers."""
    parameters = (P.variable, Q.variable)
    try:
        found = projection(guard, parameters)
    except ModelError:
        return
    read = {part.decl().name() for part in [*_parts(found)] if part.num_args() == 0}
    assert not read & {"p", "q"}
    for x, y in itertools.product((-3, -1, 0, 1, 2, 5), repeat=2):
        here = [(X, z3.IntVal(x)), (Y, z3.IntVal(y))]
        solver = z3.Solver()
        solver.add(z3.substitute(guard, *here), *(one.domain.restriction(one.term) for one in parameters))
        assert (solver.check() == z3.sat) == z3.is_true(z3.simplify(z3.substitute(found, *here))), (guard, found, x, y)


@pytest.mark.parametrize("number", [7, 20, 86])
def test_no_parameter_is_left_in_a_projection(number: int) -> None:
    """Of a chain of them each is gone: z3 gives the numbers of terms that are gone to others, which once hid a parameter."""
    draw = random.Random(number)  # noqa: S311  # nothing secret
    chain = [integer(f"p{place}") for place in range(6)]
    links = [
        draw.choice([one < other, one + draw.randint(-2, 2) <= other, z3.Or(one < other, one > other + X)])
        for one, other in itertools.pairwise(chain)
    ]
    ends = [draw.choice([one < X, one > X, one != X]) for one in draw.sample(chain, 3)]
    guard = z3.And(draw.sample([*links, *ends, chain[0] > X, chain[-1] < 2 * X + 4], len(links) + 5))
    found = projection(guard, tuple(one.variable for one in chain))
    assert not {part.decl().name() for part in _parts(found)} & {one.variable.name for one in chain}


def _parts(term: z3.ExprRef) -> list[z3.ExprRef]:
    return [term, *(part for child in term.children() for part in _parts(child))]


def test_a_projection_grows_with_the_number_of_parameters_and_not_with_that_of_combinations() -> None:
    many = [Variable(f"p{number}", Domain(Kind.INTEGER)) for number in range(30)]
    guard = z3.And([z3.And(one.term > COUNT + number, one.term < COUNT + number + 5) for number, one in enumerate(many)])
    assert z3.is_true(z3.simplify(projection(guard, tuple(many))))


def test_vmt_inputs_and_next_values_may_be_any_number() -> None:
    text = """(declare-fun x () Int)(declare-fun x.next () Int)(declare-fun u () Int)
(define-fun x.sv () Int (! x :next x.next))
(define-fun i () Bool (! (= x 0) :init true))
(define-fun t () Bool (! (and (> x.next u) (> u x)) :trans true))
(define-fun good () Bool (! (>= x 0) :invar-property 0))
(define-fun never () Bool (! (< x 1000000) :invar-property 1))
(define-fun stays () Bool (! (< x 5) :live-property 2))"""
    words = [word(check(one.variants[0].system, one.variants[0].claim, timeout=20)) for one in checks_in(SmtText("m.vmt", text))]
    assert words == ["holds", "violated", "unknown"]


def test_bounded_search_finds_it_in_a_lasso_too() -> None:
    turn = Action("turn", BY * 1 < -COUNT, {COUNT: BY, FLAG: z3.Not(FLAG)}, parameters=(BY,))
    back = Action("back", z3.And(FLAG, BY == 0), {COUNT: BY, FLAG: False}, parameters=(BY,))
    system = System("turns", [COUNT, FLAG], z3.And(COUNT == 0, z3.Not(FLAG)), [turn, back])
    problem = Problem(system, eventually(COUNT < -100))
    outcome = bmc.search(problem, BmcLimits(6))
    assert isinstance(outcome, Found)
    replay(problem, outcome.run)


def test_the_exported_vmt_of_an_unbounded_parameter_has_the_same_verdict() -> None:
    (planned,) = checks_in(SmtText("m.vmt", to_vmt(Problem(gate(), always(z3.Not(FLAG))))))
    assert word(check(planned.variants[0].system, planned.variants[0].claim, timeout=60)) == "violated"
