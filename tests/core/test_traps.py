"""Traps: ways in which checkers, this one among them, have given a wrong answer. One test each."""

import os
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import z3

from dialproof import (
    Action,
    Assumption,
    Claim,
    Fairness,
    Holds,
    InputError,
    ModelError,
    System,
    Unknown,
    Vacuous,
    Violated,
    boolean,
    check,
    choice,
    enabled,
    integer,
    taken,
)
from dialproof.core.certificates import Conjunction, Exhaustive, InductiveInvariant, KInduction, LivenessToSafety
from dialproof.core.errors import AuditError, ReplayError
from dialproof.core.run import FiniteRun, Lasso, State, Step, Taken
from dialproof.encode.problem import Problem
from dialproof.engines import explicit
from dialproof.engines import k_induction as induction
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Proved
from dialproof.engines.limits import BmcLimits, InductionLimits
from dialproof.engines.spacer import search as spacer
from dialproof.evidence.audit import audit
from dialproof.evidence.replay import replay
from dialproof.ltl import always, eventually, next_, until

TRUE = z3.BoolVal(True)


def decided(problem: Problem) -> dict[str, bool]:
    """What each engine says in this process, after replay or audit."""
    outcomes = {
        "explicit": explicit.decide(problem),
        "bmc": bmc.search(problem, BmcLimits(8)),
        "induction": induction.prove(problem, InductionLimits(3)),
        "spacer": spacer.prove(problem),
    }
    answers = {}
    for engine, outcome in outcomes.items():
        if isinstance(outcome, Found):
            replay(problem, outcome.run)
            answers[engine] = False
        elif isinstance(outcome, Proved):
            audit(problem, outcome.certificate)
            answers[engine] = True
    return answers


# Names ---------------------------------------------------------------------------------------------------------------------


def test_a_variable_with_a_prime_is_not_the_next_value_of_another() -> None:
    """Here: next values were called x', so a variable called x' stood for the next x, and k-induction proved a false claim."""
    with pytest.raises(ModelError):
        boolean("x'")
    x, y, primed = boolean("x"), boolean("y"), boolean("next x")
    start = z3.And(z3.Not(x), z3.Not(y), z3.Not(primed))
    system = System("primed", [x, y, primed], start, [Action("a", z3.Not(x), {x: True, y: True})])
    answers = decided(Problem(system, always(z3.Not(z3.And(y, z3.Not(primed))))))
    assert True not in answers.values()
    assert answers["bmc"] is False


def test_a_variable_called_like_a_printed_let_is_not_captured() -> None:
    """Here: z3 prints shared subterms as `let a!1`; a variable called a!1 inside was captured, in the worker and in the audit."""
    with pytest.raises(ModelError):
        boolean("a!1")
    captured, x, y, done = boolean("a1"), integer("x", 0, 9), integer("y", 0, 9), boolean("done")
    shared = z3.And(x > y, x + y < 7, x - y < 6)
    guard = z3.And(z3.Or(shared, x == 9), z3.Implies(shared, z3.Not(captured)), z3.Or(shared, y == 9))
    try:
        start = z3.And(x == 5, y == 1, z3.Not(captured), z3.Not(done))
        system = System("let", [captured, x, y, done], start, [Action("a", guard, {done: True})])
    except ModelError:
        return
    problem = Problem(system, always(z3.Not(done)))
    assert decided(pickle.loads(pickle.dumps(problem))).get("explicit") is False
    assert True not in decided(problem).values()


def test_a_parameter_of_an_action_is_not_a_variable_with_a_dot() -> None:
    """Here: the parameter b of action a is an input called a.b, and a variable may be called that."""
    dotted, x, b = integer("a.b", 0, 3), integer("x", 0, 3), integer("b", 0, 3)
    try:
        system = System("dotted", [dotted, x], z3.And(dotted == 0, x == 0), [Action("a", TRUE, {x: b}, parameters=(b,))])
    except ModelError:
        return
    assert decided(Problem(system, always(x == 0)))["bmc"] is False


def test_two_actions_do_not_share_a_parameter_input() -> None:
    """Here: action a with parameter b.c and action a.b with parameter c shared one input, whose two ranges exclude each other."""
    x, low, high = integer("x", 0, 9), integer("b.c", 0, 1), integer("c", 5, 9)
    actions = [Action("a", TRUE, {x: low}, parameters=(low,)), Action("a.b", TRUE, {x: high}, parameters=(high,))]
    try:
        system = System("shared", [x], x == 0, actions)
    except ModelError:
        return
    assert decided(Problem(system, always(x < 5)))["bmc"] is False


def test_an_action_cannot_take_the_name_of_a_part_of_the_encoding() -> None:
    """Here: an action called dialproof with a parameter save shared its input with the one that saves the state."""
    x, save = integer("x", 0, 3), boolean("save")
    try:
        system = System("save", [x], x == 0, [Action("dialproof", TRUE, {x: z3.If(save, 1, 2)}, parameters=(save,))])
    except ModelError:
        return
    assert decided(Problem(system, eventually(x == 1)))["bmc"] is False


def test_the_flags_of_two_fairness_conditions_are_two_flags() -> None:
    """Here: strong fairness of a notes "a asked", weak fairness of an action called "a asked" noted the same."""
    x, y = boolean("x"), boolean("y")
    actions = [Action("a", x, {y: True}, Fairness.STRONG), Action("a asked", TRUE, {}, Fairness.WEAK)]
    try:
        system = System("asked", [x, y], z3.And(z3.Not(x), z3.Not(y)), actions)
    except ModelError:
        return
    assert decided(Problem(system, eventually(y))) == {"explicit": False, "bmc": False, "spacer": False}


def test_the_flags_of_two_assumptions_are_two_flags() -> None:
    """Here: likewise for assumptions called p and "p asked"."""
    x, y = boolean("x"), boolean("y")
    system = System("asked", [x, y], z3.And(z3.Not(x), z3.Not(y)), [Action("a", TRUE, {})])
    try:
        system = system.assuming(
            Assumption("p", z3.Implies(always(eventually(x)), always(eventually(y))), "a pair"),
            Assumption("p asked", always(eventually(z3.Not(x))), "a recurrence"),
        )
    except ModelError:
        return
    assert decided(Problem(system, eventually(y))) == {"explicit": False, "bmc": False, "spacer": False}


@pytest.mark.parametrize(
    "name", ["true", "false", "and", "always", "_", "as", "let", "é", "x y", ";", ")", '"', "0", "a!1", "x@1"]
)
def test_a_name_is_refused_or_travels(name: str) -> None:
    """Here: true, and, always, _ and as were accepted as names and broke the text in which systems travel to workers."""
    try:
        odd, x = boolean(name), boolean("q")
        system = System(
            "odd", [odd, x], z3.And(odd, z3.Not(x)), [Action(f"b{name}", odd, {x: odd}), Action("c", x, {odd: False})]
        )
    except ModelError:
        return
    problem = pickle.loads(pickle.dumps(Problem(system, always(z3.Not(x)))))
    assert decided(problem) == {"explicit": False, "bmc": False, "spacer": False}


def test_an_action_name_with_a_backslash_is_refused_or_travels() -> None:
    """Here: a backslash was refused in names of variables only; SMT-LIB has none in quoted symbols."""
    x = boolean("x")
    try:
        system = System("backslash", [x], x, [Action("a\\", x, {x: False}, Fairness.WEAK)])
    except ModelError:
        return
    assert decided(pickle.loads(pickle.dumps(Problem(system, eventually(z3.Not(x))))))["spacer"]


def test_a_choice_value_and_a_variable_may_not_be_confused() -> None:
    """Here: the value down of a choice called line is a constant line.down, and a variable may be called that."""
    try:
        line, other = choice("line", ["up", "down"]), choice("line.up", ["up", "down"], sort="line")
        start = z3.And(line == line.up, other == other.down)
        system = System("lines", [line, other], start, [Action("a", TRUE, {line: line.up})])
        problem = Problem(system, always(line == line.up))
    except ModelError:
        return
    assert decided(pickle.loads(pickle.dumps(problem)))["explicit"]


def test_a_choice_with_a_brace_in_its_name_keeps_its_values() -> None:
    """Here: the reader took a sort's name up to the first brace, saw no initial state, and the search proved anything."""
    try:
        odd = choice("l{m", ["up", "down"])
        system = System("brace", [odd], odd == odd.up, [Action("a", odd == odd.up, {odd: odd.down})])
    except ModelError:
        return
    assert decided(Problem(system, always(odd == odd.up))) == {"explicit": False, "bmc": False, "spacer": False}


def test_two_parameters_of_one_action_need_two_names() -> None:
    """Here: they were collapsed, and the reader crashed."""
    x, one, other = integer("x", 0, 3), integer("p", 0, 1), integer("p", 0, 3)
    with pytest.raises(ModelError):
        System("twice", [x], x == 0, [Action("a", TRUE, {x: one}, parameters=(one, other))])


# Terms ---------------------------------------------------------------------------------------------------------------------


def test_a_negative_divisor_travels() -> None:
    """Here: (- 4) came back from its text as minus 4, which is no numeral, and the worker refused the system."""
    x = integer("x", -9, 9)
    system = System("negative", [x], x == -7, [Action("a", TRUE, {x: x % z3.IntVal(-4) + (x / z3.IntVal(-2)) * 0})])
    problem = Problem(system, always(z3.Or(x == -7, x == 1)))
    assert decided(pickle.loads(pickle.dumps(problem)))["explicit"]


def test_a_deeply_nested_term_is_read() -> None:
    """Here: more than 200 nested If terms were too many parentheses for Python."""
    x, value = integer("x", 0, 1500), z3.IntVal(0)
    for number in range(1500):
        value = z3.If(x == number, z3.IntVal(number + 1), value)
    system = System("deep", [x], x == 0, [Action("a", x < 3, {x: value})])
    assert explicit.decide(Problem(system, always(x < 3)))


def test_a_deeply_nested_claim_is_read() -> None:
    """Here: a claim nested deeper than Python's recursion limit crashed with RecursionError."""
    x, claim = integer("x", 0, 5), TRUE
    for number in range(1500):
        claim = z3.If(x == number % 5, z3.Not(x == 2), claim)
    system = System("deep", [x], x == 0, [Action("a", x < 5, {x: x + 1})])
    assert isinstance(explicit.decide(Problem(system, always(claim))), Found)


def test_a_wide_conjunction_is_evaluated_at_once() -> None:
    """Here: a conjunction of n claims not yet lost cost 2^n evaluations at replay, in a process that no time-out ends."""
    flags = [boolean(f"x{number}") for number in range(24)]
    system = System("wide", flags, z3.And(*flags), [Action("a", flags[-1], {flags[-1]: False})])
    program = (
        "import pickle, sys\nfrom dialproof.engines.bmc import search as bmc\nfrom dialproof.engines.candidates import Found\n"
        "from dialproof.engines.limits import BmcLimits\n"
        "assert isinstance(bmc.search(pickle.load(sys.stdin.buffer), BmcLimits(3)), Found)\n"
    )
    problem = pickle.dumps(Problem(system, z3.And(*map(always, flags))))
    root = str(Path(__file__).resolve().parents[2])
    subprocess.run([sys.executable, "-c", program], input=problem, env={**os.environ, "PYTHONPATH": root}, check=True, timeout=30)


# Certificates --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "invariant",
    [
        "true) (reset) (declare-fun x () Real) (assert (< x 5.0)",
        "true) (reset-assertions) (declare-fun x () Real) (assert (< (as x Real) 5.0)",
        "true) (assert false",
        "true",
        "false",
        "(< x 5)",
        "(forall ((x Int)) (< x 5))",
        "(< |dialproof.save| 5)",
        "(< x 5)) (declare-fun y () Int",
        "5",
        "",
        "|",
    ],
)
def test_a_forged_invariant_is_rejected(invariant: str) -> None:
    """Here: an invariant whose text redeclared x as a Real was no longer about x, so every step kept it: a false claim passed."""
    x = integer("x", 0, 9)
    system = System("counter", [x], x == 0, [Action("a", x < 9, {x: x + 1})])
    with pytest.raises(AuditError):
        audit(Problem(system, always(x < 5)), InductiveInvariant(invariant=invariant))


@pytest.mark.parametrize("depth", [-1, 0, 1, 4, 5, 6, 20])
def test_a_forged_k_is_rejected(depth: int) -> None:
    """No k makes a false claim inductive."""
    x = integer("x", 0, 9)
    system = System("counter", [x], x == 0, [Action("a", x < 9, {x: x + 1})])
    with pytest.raises(AuditError):
        audit(Problem(system, always(x < 5)), KInduction(depth=depth))


def test_a_conjunction_needs_each_part_in_its_place() -> None:
    """Parts swapped, missing or none at all are rejected."""
    x = integer("x", 0, 3)
    system = System("counter", [x], x == 0, [Action("a", x < 3, {x: x + 1}, Fairness.WEAK)])
    problem = Problem(system, z3.And(eventually(x == 3), eventually(z3.Or(x == 1, x == 2))))
    outcome = spacer.prove(problem)
    assert isinstance(outcome, Proved)
    first, second = outcome.certificate.parts
    audit(problem, outcome.certificate)
    for parts in [(), (first,), (first, second, second), (second, second)]:
        with pytest.raises(AuditError):
            audit(problem, Conjunction(parts=parts, fairness=("a",)))


def test_a_proof_may_not_claim_less_fairness_than_it_needs() -> None:
    """A certificate that names no fairness is about the system without any."""
    x = boolean("x")
    system = System("once", [x], z3.Not(x), [Action("a", z3.Not(x), {x: True}, Fairness.WEAK), Action("b", TRUE, {})])
    problem = Problem(system, eventually(x))
    outcome = spacer.prove(problem)
    assert isinstance(outcome, Proved)
    assert outcome.certificate.fairness == ("a",)
    stripped = LivenessToSafety(invariant=outcome.certificate.invariant, compared=outcome.certificate.compared)
    for forged in (stripped, Exhaustive(states=2)):
        with pytest.raises(AuditError):
            audit(problem, forged)


# What others got wrong (design, section 4) -----------------------------------------------------------------------------------


def test_fairness_conditions_need_not_hold_at_one_time() -> None:
    """EBMC #2007: two conditions that are met at different places of a loop make it fair all the same."""
    x = boolean("x")
    actions = [Action("up", z3.Not(x), {x: True}, Fairness.STRONG), Action("down", x, {x: False}, Fairness.STRONG)]
    system = System("swing", [x], x, actions)
    assert decided(Problem(system, z3.Not(always(eventually(x))))) == {"explicit": False, "bmc": False, "spacer": False}
    assert decided(Problem(system, always(eventually(x))))["spacer"] is True


def test_fairness_is_never_dropped() -> None:
    """Pono #624: with its fairness the claim holds, without it does not."""
    x = boolean("x")
    stay = Action("stay", TRUE, {})
    system = System("once", [x], z3.Not(x), [Action("a", z3.Not(x), {x: True}, Fairness.WEAK), stay])
    assert decided(Problem(system, eventually(x))) == {"explicit": True, "spacer": True}
    unfair = system.fair(Fairness.NONE, "a")
    assert decided(Problem(unfair, eventually(x))) == {"explicit": False, "bmc": False, "spacer": False}


def test_liveness_to_safety_proves_nothing_on_unbounded_data() -> None:
    """Ivy #7: a counter that grows for ever never repeats a state, and still never gets below 0."""
    x = integer("x")
    problem = Problem(System("grows", [x], x == 0, [Action("a", TRUE, {x: x + 1})]), eventually(x < 0))
    assert decided(problem) == {}
    with pytest.raises(AuditError, match="unbounded"):
        audit(problem, LivenessToSafety(invariant="true", compared=("x",)))


def test_a_deadlock_violates_what_is_still_owed() -> None:
    """FSL #260: a run that stops before a bounded obligation is due has not met it; here it idles for ever."""
    x = integer("x", 0, 3)
    system = System("stops", [x], x == 0, [Action("a", x < 1, {x: x + 1}, Fairness.WEAK)])
    for claim in (eventually(x == 2), next_(next_(next_(x == 2))), until(x < 2, x == 2)):
        answers = decided(Problem(system, claim))
        assert answers["explicit"] is answers["bmc"] is answers["spacer"] is False
    assert False not in decided(Problem(system, always(z3.Implies(x == 1, z3.Not(eventually(taken("a"))))))).values()


def test_a_loop_that_is_no_edge_is_refused() -> None:
    """tla-rs #64: the last step of a loop must lead back to its first state."""
    x = integer("x", 0, 2)
    problem = Problem(System("up", [x], x == 0, [Action("a", x < 2, {x: x + 1})]), eventually(x == 2))
    states = [State.of({"x": value}) for value in range(2)]
    loop = tuple(Step(Taken("a"), state) for state in states)
    with pytest.raises(ReplayError):
        replay(problem, Lasso((), loop))
    with pytest.raises(ReplayError):
        replay(problem, Lasso((Step(Taken("a"), states[0]),), (Step(None, states[1]),)))


def test_a_time_out_is_unknown() -> None:
    """A check that is cut off says neither yes nor no, and says so."""
    x = integer("x", 0, 9)
    verdict = check(System("up", [x], x == 0, [Action("a", x < 9, {x: x + 1}, Fairness.WEAK)]), eventually(x == 9), timeout=1e-6)
    assert isinstance(verdict, Unknown)
    with pytest.raises(TypeError):
        bool(verdict)


def test_a_check_that_nobody_made_is_unknown() -> None:
    """A skipped check reported as green: engines that cannot treat the claim leave it undecided."""
    x = integer("x", 0, 9)
    system = System("up", [x], x == 0, [Action("a", x < 9, {x: x + 1}, Fairness.WEAK)])
    for engines in ((), ("induction",), ("bmc",)):
        assert isinstance(check(system, eventually(x == 9), engines=engines, timeout=60), Unknown)


# Runs, ranges, vacuity -------------------------------------------------------------------------------------------------------


def test_a_finite_run_against_one_conjunct_is_a_violation_of_all() -> None:
    """Here: Spacer proves conjuncts one by one; the finite run against a safety conjunct was refused for the whole claim."""
    x, y = boolean("x"), boolean("y")
    system = System("mixed", [x, y], z3.And(x, z3.Not(y)), [Action("a", x, {x: False, y: True}, Fairness.WEAK)])
    for claim in (z3.And(always(x), eventually(y)), z3.And(eventually(y), always(x))):
        assert decided(Problem(system, claim))["spacer"] is False


def test_a_finite_run_is_no_violation_under_assumptions() -> None:
    """The assumption may cut off every continuation of it."""
    x = boolean("x")
    kept = Assumption("stays", always(x), "nobody turns it off")
    system = System("held", [x], x, [Action("a", x, {x: False})], [kept])
    problem = Problem(system, always(x))
    assert decided(problem) == {"explicit": True, "spacer": True}
    run = FiniteRun((Step(Taken("a"), State.of({"x": True})), Step(None, State.of({"x": False}))))
    with pytest.raises(ReplayError):
        replay(problem, run)


def test_that_a_step_out_of_range_is_unreachable_has_to_be_proved() -> None:
    """A bounded encoding would cut the step off silently: a proof about the other steps is none."""
    x, armed = integer("x", 0, 3), boolean("armed")
    system = System("range", [x, armed], z3.And(x == 0, z3.Not(armed)), [Action("a", armed, {x: x + 1})])
    proof = InductiveInvariant(invariant="(and (= x 0) (not armed))")
    with pytest.raises(AuditError, match="out of its range is not established: action 'a' would lead out of range from x=3"):
        audit(Problem(system, always(x == 0)), proof)
    ranges = InductiveInvariant(invariant="(and (not armed) (not |out of range|))")
    assert audit(Problem(system, always(x == 0)), replace(proof, ranges=ranges))


def test_a_claim_under_contradictory_assumptions_is_vacuous() -> None:
    """It holds, and says nothing."""
    x = boolean("x")
    system = System("no run", [x], x, [Action("a", x, {x: False}, Fairness.WEAK)], [Assumption("stays", always(x), "never off")])
    verdict = check(system, eventually(z3.Not(x)), timeout=60)
    assert isinstance(verdict, Vacuous)
    assert verdict.vacuity.is_vacuous is True


@pytest.mark.parametrize("formula", [always(boolean("x")), eventually(z3.Not(boolean("x"))), z3.BoolVal(False)])
def test_what_holds_of_a_system_that_cannot_start_is_no_proof(formula: z3.BoolRef) -> None:
    """No initial state: every claim holds of every run, and of none. Once this was Holds, for whoever matches on it."""
    x = boolean("x")
    nowhere = System("nowhere", [x], z3.And(x, z3.Not(x)), [Action("a", x, {x: False})])
    match check(nowhere, formula, timeout=60):
        case Holds():
            pytest.fail("nothing was proved")
        case Vacuous(certificate) as verdict:
            assert certificate.method
            assert verdict.vacuity.fair_run is False
            with pytest.raises(InputError, match="speaks of no run"):
                Holds(certificate, vacuity=verdict.vacuity)
        case other:
            pytest.fail(f"it is decided: {other}")


def test_a_premise_about_a_taken_action_can_happen() -> None:
    """The premise speaks of the action taken in the last state of its witness."""
    x = boolean("x")
    system = System("still", [x], x, [Action("a", x, {}), Action("b", z3.Not(x), {})])
    for action, happens in (("a", True), ("b", False)):
        verdict = check(system, Claim("c", always(x), "it stays", premise=taken(action)), timeout=60)
        assert isinstance(verdict, Holds if happens else Vacuous)
        assert verdict.vacuity.premise is happens


def test_enabled_looks_for_some_parameters() -> None:
    """An action with parameters is enabled if it is for some of their values, in both readers."""
    x, by = integer("x", 0, 3), integer("by", 1, 2)
    step = Action("step", x + by <= 3, {x: x + by}, Fairness.WEAK, parameters=(by,))
    system = System("steps", [x], x == 0, [step])
    assert decided(Problem(system, z3.And(eventually(x == 3), always(enabled("step") == (x < 3)))))["explicit"] is True
    assert isinstance(check(system, always(z3.Implies(x == 2, next_(x == 3))), timeout=60), Holds)
    assert isinstance(check(system, always(x != 2), timeout=60), Violated)
