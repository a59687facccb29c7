"""Attacks on soundness that once succeeded, or that nothing else guards against: each would prove something false."""

from pathlib import Path

import pytest
import z3

from dialproof.core.actions import Action, taken
from dialproof.core.certificates import Conjunction, Exhaustive, InductiveInvariant, LivenessToSafety
from dialproof.core.errors import AuditError
from dialproof.core.system import System
from dialproof.core.terms import is_one_term
from dialproof.core.variables import boolean, integer
from dialproof.encode.liveness_to_safety import require_finite
from dialproof.encode.problem import Problem, range_doubt
from dialproof.engines import explicit
from dialproof.engines.candidates import Found
from dialproof.engines.compositional import LocalProof
from dialproof.engines.spacer import search as spacer
from dialproof.evidence.audit import audit
from dialproof.ltl import always, always_for, eventually


def part(proof: LocalProof | None, *kept: str) -> InductiveInvariant | LivenessToSafety:
    """`proof` as a proof about the local form around `kept`, of which all are compared."""
    match proof:
        case InductiveInvariant(invariant):
            return InductiveInvariant(invariant, kept)
        case LivenessToSafety(invariant, fairness, compared):
            assert len(compared) == len(kept)
            return LivenessToSafety(invariant, fairness, kept, kept)
    pytest.fail("the attack needs a proof of what is true")


def three_counters() -> Problem:
    """Three counters that rise by themselves. Of the claim's parts only the first is true: it is on its own clock."""
    names = ("first", "second", "third")
    first, second, third = counters = [integer(name, 0, 5) for name in names]
    actions = [Action(f"raise {name}", one < 5, {one: one + 1}) for name, one in zip(names, counters, strict=True)]
    other = boolean("other")
    system = System("counters", [*counters, other], z3.And(*(one == 0 for one in counters), other), actions)
    own = always(z3.Implies(z3.And(second == 0, first >= 0), always_for(2, second <= 2, clock=second)))
    foreign = always(z3.Implies(z3.And(third == 0, second >= 0), always_for(2, third <= 2, clock=second)))
    return Problem(system, z3.And(own, foreign))


def test_parts_share_no_proof_where_a_clock_is_one_kept_variable_here_and_another_one_there() -> None:
    problem = three_counters()
    assert not range_doubt(problem)
    assert isinstance(explicit.decide(problem), Found)
    assert isinstance(spacer.prove(problem), Found)


def test_the_audit_tells_local_forms_apart_whose_clock_has_another_place() -> None:
    problem = three_counters()
    own = part(spacer.prove_locally(problem.conjuncts[0].local(("first", "second"), ())), "first", "second")
    foreign = part(InductiveInvariant(own.invariant), "second", "third")
    audit(problem.conjuncts[0], own)
    with pytest.raises(AuditError, match="'part 1: "):
        audit(problem, Conjunction(parts=(own, foreign)))


def test_the_audit_tells_a_local_form_without_bounds_from_a_finite_one_of_the_same_terms() -> None:
    bounded, free, level = integer("bounded", 0, 5), integer("free"), integer("level", 0, 5)
    often, open_ = boolean("often"), boolean("open")
    actions = [
        Action("raise bounded", z3.And(z3.Or(level > 3, bounded < 5), level <= 3), {bounded: bounded + 1}),
        Action("raise free", z3.And(z3.Or(often, free < 5), open_), {free: free + 1}),
    ]
    system = System("counters", [bounded, free, level, often, open_], z3.And(z3.And(free >= 0, free <= 5), often, open_), actions)
    seldom = [eventually(always(z3.Not(taken(action)))) for action in actions]
    problem = Problem(system, z3.And(*seldom))  # false: the second counter rises for ever
    assert not range_doubt(problem)
    finite, infinite = problem.conjuncts[0].local(("bounded",), ()), problem.conjuncts[1].local(("free",), ())
    require_finite(finite.product)
    assert finite.identity != infinite.identity
    proof = spacer.prove_locally(finite)
    audit(problem.conjuncts[0], part(proof, "bounded"))
    with pytest.raises(AuditError, match="unbounded data"):
        audit(problem, Conjunction(parts=(part(proof, "bounded"), part(proof, "free"))))


COMMANDS = '(set-option :regular-output-channel "{file}") (echo "written")'


@pytest.mark.parametrize(
    "text",
    [
        r"(and true |a\| |)) COMMANDS (assert (or |b\| |)",  # z3 goes astray at the backslash
        "(and true #| | |# true)) COMMANDS (assert (and true #| | |# true)",  # z3 takes this for two comments
    ],
)
def test_an_invariant_that_z3_would_read_as_commands_writes_no_file(text: str, tmp_path: Path) -> None:
    file = tmp_path / "written"
    invariant = text.replace("COMMANDS", COMMANDS.format(file=file))
    flag = boolean("flag")
    problem = Problem(System("still", [flag], flag, [Action("stay", flag, {flag: flag})]), always(flag))
    with pytest.raises(AuditError, match="one SMT-LIB term"):
        audit(problem, InductiveInvariant(invariant=invariant))
    assert not file.exists()


@pytest.mark.parametrize("text", ["a\\b", "|a\\b|", "(a #b1)", "(a #| b |#)", "a\x00", "(a é)", "|é|", "(a ' b)", "\x0ba"])
def test_what_smt_lib_readers_may_take_apart_differently_is_no_term(text: str) -> None:
    assert not is_one_term(text)


@pytest.mark.parametrize("name", ["plain", "a.b,(c)/#+-=<>* _9", "#1", "9 lives"])
def test_every_name_that_a_variable_may_have_can_stand_in_an_invariant(name: str) -> None:
    flag = boolean(name)
    problem = Problem(System("still", [flag], flag, [Action("stay", flag, {flag: flag})]), always(flag))
    audit(problem, InductiveInvariant(invariant=flag.sexpr()))


def test_an_exhaustive_certificate_about_unbounded_data_is_refused_and_crashes_nothing() -> None:
    number = integer("number")
    problem = Problem(System("counter", [number], number == 0, [Action("raise", number >= 0, {number: number + 1})]), number >= 0)
    with pytest.raises(AuditError, match="cannot establish this claim"):
        audit(problem, Exhaustive(states=1))
