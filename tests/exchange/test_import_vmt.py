"""VMT-LIB files are read as their authors mean them: known verdicts, relations of every shape, and what is refused."""

from pathlib import Path

import pytest
import z3
from click.testing import CliRunner
from hypothesis import HealthCheck, given, seed, settings

from dialproof import System, Unknown, check
from dialproof.cli.main import main
from dialproof.core.errors import InputError
from dialproof.core.plan import PlannedCheck
from dialproof.encode.problem import Problem
from dialproof.engines import explicit
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Nothing, Proved
from dialproof.engines.limits import BmcLimits
from dialproof.exchange.vmt.reading import checks_in, vmt_checks
from dialproof.exchange.vmt.sexpr import SmtText
from dialproof.exchange.vmt.writing import to_vmt
from dialproof.portfolio.check import word
from tests.amounts import some
from tests.strategies import problems

MODELS = Path(__file__).parent / "vmt"

KNOWN = {
    "counter": {"positive": "holds", "grows": "violated", "in-order": "holds"},
    "saturation": {"full-in-the-end": "holds", "never-empty": "violated"},
    "ticket-lock": {"exclusion": "holds", "in-order": "holds", "drawn-in-the-end": "unknown"},  # no lasso shows a fair run
}
"""What is known of each model; the model's own comments say why."""


def problem_of(planned: PlannedCheck) -> Problem:
    (variant,) = planned.variants
    return Problem(variant.system, variant.claim.formula)


def only(text: str) -> PlannedCheck:
    """The one check in `text`."""
    (planned,) = checks_in(SmtText("model.vmt", text))
    return planned


@pytest.mark.parametrize("name", KNOWN)
def test_models_have_the_verdicts_that_are_known(name: str) -> None:
    """With unbounded integers too: the portfolio proves and refutes, and every answer is audited or replayed."""
    found = vmt_checks(MODELS / f"{name}.vmt")
    verdicts = {one.claim: check(one.variants[0].system, one.variants[0].claim) for one in found}
    assert {claim: word(verdict) for claim, verdict in verdicts.items()} == KNOWN[name]


def test_every_model_file_is_tested() -> None:
    assert {path.stem for path in MODELS.glob("*.vmt")} == set(KNOWN)


def test_what_is_exported_to_vmt_is_read_back_with_the_same_verdict() -> None:
    """Random systems and formulas; the formula travels as a monitor inside the system."""
    told: list[str] = []

    @seed(3)
    @settings(max_examples=some(30), deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(problems())
    def same(case: tuple[System, z3.BoolRef]) -> None:
        problem = Problem(*case)
        text = to_vmt(problem)
        again = problem_of(only(text))
        expected, found = explicit.decide(problem), explicit.decide(again)
        if isinstance(found, Nothing):  # the monitor's variables make too many states for it: a violation at least must be there
            assert isinstance(expected, Proved) or isinstance(bmc.search(again, BmcLimits(3 * expected.depth + 12)), Found), text
            return
        told.append(type(expected).__name__)
        assert type(found) is type(expected), text

    same()
    assert set(told) == {"Proved", "Found"}


# --- relations of every shape ------------------------------------------------------------------------------------------

BEGIN = """\
(declare-fun x () Int)
(declare-fun x.next () Int)
(declare-fun b () Bool)
(declare-fun b.next () Bool)
(define-fun x.sv () Int (! x :next x.next))
(define-fun b.sv () Bool (! b :next b.next))
"""

RELATIONS = [
    ("equations", "(and (= x 0) (not b))", "(and (= x.next (+ x 1)) (= b.next (not b)))", "(= b (= (mod x 2) 1))", "holds"),
    ("equations the other way round", "(= x 0)", "(and (= (+ x 1) x.next) b.next)", "(>= x 0)", "holds"),
    ("what is not mentioned is open", "(and (= x 0) b)", "(= x.next x)", "b", "violated"),
    ("a range of open values", "(= x 0)", "(and (<= 0 x.next) (<= x.next 3) (= b.next b))", "(< x 3)", "violated"),
    ("never beyond the range", "(= x 0)", "(and (<= 0 x.next) (<= x.next 3) (= b.next b))", "(<= 0 x 3)", "holds"),
    (
        "if then else of equations",
        "(= x 5)",
        "(and (ite b (= x.next (- x 1)) (= x.next x)) (= b.next b))",
        "(>= x 0)",
        "violated",
    ),
    (
        "implications that divide the cases",
        "(= x 0)",
        "(and (=> b (= x.next (+ x 1))) (=> (not b) (= x.next (- x 1))) (= b.next (not b)))",
        "(and (<= -1 x) (<= x 1))",
        "holds",
    ),
    (
        "alternatives that overlap",
        "(= x 0)",
        "(and (or (= x.next (+ x 1)) (= x.next (+ x 2))) (= b.next b))",
        "(< x 3)",
        "violated",
    ),
    (
        "one next value made of another",
        "(and (= x 0) b)",
        "(and (= b.next (> x.next 2)) (= x.next (+ x 1)))",
        "(or b (<= x 2))",
        "holds",
    ),
    ("a condition on the next value", "(= x 0)", "(and (= x.next (+ x 1)) (< x.next 4) (= b.next b))", "(< x 4)", "holds"),
    ("and one that is met", "(= x 0)", "(and (= x.next (+ x 1)) (< x.next 4) (= b.next b))", "(< x 3)", "violated"),
    ("let", "(= x 0)", "(let ((y (+ x 1))) (and (= x.next y) (= b.next b)))", "(< x 3)", "violated"),
]


@pytest.mark.parametrize(("init", "trans", "good", "expected"), [one[1:] for one in RELATIONS], ids=[one[0] for one in RELATIONS])
def test_a_relation_of_any_shape_has_the_same_steps_as_a_system(init: str, trans: str, good: str, expected: str) -> None:
    text = f"""{BEGIN}(define-fun i () Bool (! {init} :init true))
(define-fun t () Bool (! {trans} :trans true))
(define-fun good () Bool (! {good} :invar-property 0))"""
    planned = only(text)
    assert word(check(planned.variants[0].system, planned.variants[0].claim, timeout=60)) == expected


def test_an_invariant_is_about_what_can_be_reached_and_liveness_about_infinite_runs() -> None:
    """At x = 3 there is no step: the state is reached, and no infinite run is."""
    text = f"""{BEGIN}(define-fun i () Bool (! (and (= x 0) b) :init true))
(define-fun t () Bool (! (and (or (and (< x 3) (= x.next (+ x 1))) (and b (= x 0) (= x.next 0))) (= b.next b)) :trans true))
(define-fun reached () Bool (! (< x 3) :invar-property 0))
(define-fun stays () Bool (! (= x 0) :live-property 1))"""
    reached, stays = checks_in(SmtText("model.vmt", text))
    assert isinstance(explicit.decide(problem_of(reached)), Found)
    assert isinstance(explicit.decide(problem_of(stays)), Proved)


def test_a_run_that_never_repeats_itself_is_no_proof_and_no_lasso() -> None:
    """The counter leaves every value for ever; no lasso shows it, and nobody may say that it holds."""
    text = f"""{BEGIN}(define-fun i () Bool (! (and (= x 0) b) :init true))
(define-fun t () Bool (! (and (= x.next (+ x 1)) (= b.next b)) :trans true))
(define-fun stays () Bool (! (< x 5) :live-property 0))"""
    planned = only(text)
    assert isinstance(check(planned.variants[0].system, planned.variants[0].claim, timeout=5), Unknown)


def test_names_that_only_smt_lib_allows_are_read() -> None:
    text = """(declare-fun |a b| () Bool)
(declare-fun |a b'| () Bool)
(declare-fun .x$1 () Bool)
(declare-fun .x$2 () Bool)
(define-fun .s () Bool (! |a b| :next |a b'|))
(define-fun .r () Bool (! .x$1 :next .x$2))
(define-fun .i () Bool (! (and |a b| .x$1) :init true))
(define-fun .t () Bool (! (and (= |a b'| .x$1) (= .x$2 |a b|)) :trans true))
(define-fun .p () Bool (! (and |a b| .x$1) :invar-property 7))"""
    planned = only(text)
    assert planned.claim == "invar-property-7"
    assert isinstance(explicit.decide(problem_of(planned)), Proved)


# --- what is refused ---------------------------------------------------------------------------------------------------

END = """(define-fun i () Bool (! (= x 0) :init true))
(define-fun t () Bool (! (and (= x.next x) (= b.next b)) :trans true))
"""

PROPERTY = "(define-fun p () Bool (! b :invar-property 0))"

REFUSED = [
    ("(declare-fun r () Real)", 9, "the sort Real is outside the part of VMT-LIB that is read"),
    ("(declare-fun v () (_ BitVec 8))", 9, "the sort (_ BitVec 8) is outside"),
    ("(declare-fun f (Int) Int)", 9, "'declare-fun' is outside"),
    ("(declare-sort S 0)", 9, "'declare-sort' is outside"),
    ("(check-sat)", 9, "'check-sat' is outside"),
    ("(assert b)", 9, "'assert' is outside"),
    ("(define-fun p () Bool (! b :invar 0))", 9, ":invar is no annotation that is read"),
    ("(define-fun p () Bool (and (! b :invar-property 0) b))", 9, "an annotation is read on the whole of a definition only"),
    ("(define-fun p ((y Int)) Bool (! (= y x) :invar-property 0))", 9, ":invar-property stands behind a term with arguments"),
    ("(define-fun p () Bool (! b.next :invar-property 0))", 9, ":invar-property is about the state; b.next is the next value"),
    ("(define-fun p () Bool (! (+ x 1) :invar-property 0))", 9, "sort mismatch"),
    ("(define-fun p () Bool (! (= (* x x) 4.5) :invar-property 0))", 9, "the operator 'Real' is not supported"),
    (
        f"(declare-fun u () Int)\n(define-fun t2 () Bool (! (= x (* u u)) :trans true))\n{PROPERTY}",
        8,
        "it is not found out for which states u",
    ),
    ("(define-fun p () Bool (! unknown :invar-property 0))", 9, "unknown constant unknown"),
    ("(define-fun p () Bool (! b :invar-property 0)", 9, "this bracket is never closed"),
    ("(define-fun p () Bool (! b :invar-property 0)))", 9, "no bracket that this one closes"),
    ("(define-fun p () Bool (! |b :invar-property 0))", 9, "this word does not end"),
    ("(declare-fun x () Bool)", 9, "x is declared twice"),
    ("(define-fun n () Bool (! b :next nowhere))", 9, ":next names nowhere, which is not declared"),
    ("(define-fun n () Bool (! (not b) :next b.next))", 9, ":next stands behind a declared constant only"),
    (
        f"(define-fun i2 () Bool (! (= x.next 0) :init true))\n{PROPERTY}",
        9,
        ":init is about the state",
    ),
    ("", 1, "no :invar-property and no :live-property"),
]


@pytest.mark.parametrize(("text", "line", "reason"), REFUSED)
def test_what_is_not_read_is_refused_by_name_and_line(text: str, line: int, reason: str) -> None:
    """Nothing is skipped: a file of which a part is not understood is not checked at all."""
    with pytest.raises(InputError) as refused:
        checks_in(SmtText("model.vmt", BEGIN + END + text))
    assert str(refused.value).startswith(f"model.vmt:{line}:"), str(refused.value)
    assert reason in str(refused.value)


def test_hints_and_what_is_about_the_solver_change_nothing() -> None:
    text = f"""(set-info :source "by hand")
(set-logic QF_LIA)
(set-option :produce-models true)
{BEGIN}{END}(define-fun hint () Bool (! (> x 3) :predicate true))
(define-fun p () Bool (! (! (= x 0) :named zero) :invar-property 0))
(assert true)"""
    assert isinstance(explicit.decide(problem_of(only(text))), Proved)


def test_a_model_of_another_tool_is_checked_like_a_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`dialproof check model.vmt` works in an empty folder."""
    file = tmp_path / "model.vmt"
    file.write_text((MODELS / "saturation.vmt").read_text())
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["check", "model.vmt"])
    assert result.exit_code == 1, result.output
    assert "never-empty is violated" in result.output
