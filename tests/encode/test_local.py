"""Local forms: what holds of one holds of its system, and what they are made of."""

from dataclasses import replace
from types import ModuleType

import pytest
import z3
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from dialproof.core.actions import Action, Fairness
from dialproof.core.certificates import KLiveness
from dialproof.core.errors import AuditError, ModelError
from dialproof.core.system import System
from dialproof.core.terms import subterms
from dialproof.core.variables import boolean, integer
from dialproof.encode.dependencies import Reads
from dialproof.encode.problem import LocalProblem, Problem
from dialproof.engines import explicit
from dialproof.engines import k_liveness as kliveness
from dialproof.engines.candidates import Found, Nothing, Proved
from dialproof.engines.compositional import LocalProof, by_parts, certificate_of
from dialproof.engines.limits import KLivenessLimits, SpacerLimits
from dialproof.engines.spacer import search as spacer
from dialproof.evidence.audit import audit
from dialproof.ltl import always, clocks_of, conjuncts, eventually, leads_to, with_state_terms
from tests.amounts import long
from tests.audits import is_accepted
from tests.strategies import problems

CASES = 60
RLIMIT = 1_000_000
"""How many units one question about a local form may take in a test of many: what takes more is hardly ever decided."""


@pytest.mark.parametrize("shard", [0, pytest.param(1, marks=long)])
def test_what_holds_of_a_local_form_holds_of_the_system(shard: int) -> None:
    decided = {"proved": 0, "open": 0}

    @seed(shard)
    @settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(problems(), st.data())
    def sound(case: tuple[System, z3.BoolRef], data: st.DataObject) -> None:
        problem = Problem(*case)
        names = [variable.name for variable in problem.system.variables]
        kept = tuple(data.draw(st.lists(st.sampled_from(names), unique=True, min_size=1, max_size=len(names) - 1), label="kept"))
        try:
            local = problem.local(kept, [action.name for action in problem.system.actions])
            proofs = [spacer.prove_locally(local, SpacerLimits(RLIMIT))]
            if not local.is_safety:
                proofs.append(kliveness.prove_locally(local, KLivenessLimits((1, 2), RLIMIT)))
        except ModelError:  # a clock that the formula measures by must be kept
            certificates = []
        else:
            certificates = [certificate_of(local, proof) for proof in proofs if not isinstance(proof, Nothing)]
        if any(is_accepted(problem, certificate) for certificate in certificates):
            decided["proved"] += 1
            assert not isinstance(explicit.decide(problem), Found), f"the local form around {kept} proves what is violated"
        else:
            decided["open"] += 1

    sound()
    assert decided["proved"] > 0, f"too few proofs to mean anything: {decided}"
    assert decided["open"] > 0, f"too one-sided to mean anything: {decided}"


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
@given(problems())
def test_a_formula_holds_exactly_where_all_its_conjuncts_do(case: tuple[System, z3.BoolRef]) -> None:
    system, formula = case
    whole = isinstance(explicit.decide(Problem(system, formula)), Found)
    assert whole == any(isinstance(explicit.decide(Problem(system, part)), Found) for part in conjuncts(formula))


def stated(local: LocalProblem) -> list[z3.BoolRef]:
    """The formula and the assumptions that count."""
    return [local.formula, *(assumption.formula for assumption in local.assumptions)]


def written_out(local: LocalProblem) -> object:
    """A local problem with its terms made and written as text, and all that no term shows."""
    form = local.encoded.transitions
    asked = [with_state_terms(formula, local.form.encoding.read).sexpr() for formula in stated(local)]
    fair = [(name, *(part.sexpr() for part in parts)) for name, parts in form.fairness]
    clocks = [(clock, local.kept.index(clock)) for clock in sorted(clocks_of(stated(local)))]
    steps = [(name, term.sexpr()) for name, term in form.next.items()]
    return form.variables, form.inputs, form.init.sexpr(), form.allowed.sexpr(), steps, fair, asked, clocks


@seed(1)
@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(problems(), st.data())
def test_two_local_problems_are_the_same_exactly_where_all_their_terms_are(
    case: tuple[System, z3.BoolRef], data: st.DataObject
) -> None:
    """One proof and one audit serve all that are the same: this comparison is all that they are known by."""
    problem = Problem(*case)
    names = [variable.name for variable in problem.system.variables]
    actions = [action.name for action in problem.system.actions]
    some = st.lists(st.sampled_from(names), unique=True, min_size=1, max_size=len(names))
    locals_ = []
    for part in (problem, *problem.conjuncts):
        for _ in range(3):
            kept = tuple(data.draw(some, label="kept"))
            fair = data.draw(st.lists(st.sampled_from(actions), unique=True) if actions else st.just([]), label="fair")
            try:
                locals_.append(part.local(kept, fair))
            except ModelError:  # a clock that the formula measures by must be kept
                continue
    written = [written_out(local) for local in locals_]
    for place, local in enumerate(locals_):
        for other in range(place):
            assert (local.identity == locals_[other].identity) == (written[place] == written[other])


def test_local_problems_of_two_systems_are_never_the_same() -> None:
    """Their terms are numbered separately: equal numbers mean nothing."""
    first, second = (Problem(queues(2).system, queues(2).formula) for _ in range(2))
    assert first.local(["waiting 0"], []).identity == first.local(["waiting 0"], []).identity
    assert first.local(["waiting 0"], []).identity != second.local(["waiting 0"], []).identity


def queues(number: int, *, delivery: Fairness = Fairness.WEAK) -> Problem:
    """Many queues of one kind, each served by itself, all stopped by one switch that nobody touches."""
    open_ = boolean("open")
    waiting = [integer(f"waiting {place}", 0, 2) for place in range(number)]
    actions = [Action("idle", z3.BoolVal(True), {})]
    for place, queue in enumerate(waiting):
        actions.append(Action(f"arrive({place})", z3.And(queue < 2, z3.Or([other < 2 for other in waiting])), {queue: queue + 1}))
        actions.append(Action(f"serve({place})", z3.And(queue > 0, open_), {queue: queue - 1}, delivery))
    system = System("queues", [open_, *waiting], z3.And(open_, *(queue == 0 for queue in waiting)), actions)
    return Problem(system, z3.And([leads_to(queue == 1, queue != 1) for queue in waiting]))


def test_routes_that_do_the_same_share_one_proof() -> None:
    problem = queues(12)
    asked = []

    def prove(local: LocalProblem) -> LocalProof | Nothing:
        asked.append(local.kept)
        return spacer.prove_locally(local)

    outcome = by_parts(problem, prove, lambda _part: Nothing("too hard"))
    assert isinstance(outcome, Proved)
    assert len(outcome.certificate.parts) == 12
    assert len({part.invariant for part in outcome.certificate.parts}) == 1
    assert {part.kept for part in outcome.certificate.parts} == {("open", f"waiting {place}") for place in range(12)}
    assert len(asked) <= 2, "one question for the first neighbourhood, one for the next"
    assert audit(problem, outcome.certificate)


def test_a_proof_names_the_fairness_of_its_own_route() -> None:
    outcome = spacer.prove(queues(5))
    assert isinstance(outcome, Proved)
    assert [part.fairness for part in outcome.certificate.parts] == [(f"serve({place})",) for place in range(5)]


@pytest.mark.parametrize("engine", [spacer, kliveness])
def test_what_is_false_of_the_system_has_no_local_proof(engine: ModuleType) -> None:
    problem = queues(5, delivery=Fairness.NONE)
    outcome = by_parts(problem, engine.prove_locally, lambda _part: Nothing("not locally"))
    assert isinstance(outcome, Nothing)


def test_a_certificate_is_rejected_for_other_kept_variables() -> None:
    problem = queues(3)
    outcome = spacer.prove(problem)
    assert isinstance(outcome, Proved)
    first, *rest = outcome.certificate.parts
    for kept in (("waiting 0",), ("open", "waiting 1"), ("open", "nothing"), ("open", "open", "waiting 0"), ()):
        spoiled = replace(outcome.certificate, parts=(replace(first, kept=kept), *rest))
        with pytest.raises(AuditError):
            audit(problem, spoiled)


def test_k_liveness_proves_on_unbounded_data_what_liveness_to_safety_must_refuse() -> None:
    waiting, busy = integer("waiting", 0), boolean("busy")
    system = System(
        "unbounded",
        [waiting, busy],
        z3.And(waiting == 0, z3.Not(busy)),
        [
            Action("arrive", z3.BoolVal(True), {waiting: waiting + 1}),
            Action("begin", z3.And(waiting > 0, z3.Not(busy)), {busy: True}, Fairness.WEAK),
            Action("finish", busy, {busy: False, waiting: z3.If(waiting > 0, waiting - 1, waiting)}, Fairness.WEAK),
        ],
    )
    problem = Problem(system, leads_to(waiting > 0, busy))
    outcome = kliveness.prove(problem)
    assert isinstance(outcome, Proved)
    assert isinstance(outcome.certificate, KLiveness)
    assert audit(problem, outcome.certificate)
    for less in (0, outcome.certificate.depth - 1):
        with pytest.raises(AuditError):
            audit(problem, replace(outcome.certificate, depth=less))
    with pytest.raises(AuditError):
        audit(problem, replace(outcome.certificate, fairness=()))


def test_no_number_of_rounds_proves_that_a_counter_which_never_repeats_a_state_stops() -> None:
    count = integer("count", 0)
    system = System("counter", [count], count == 0, [Action("count", z3.BoolVal(True), {count: count + 1}, Fairness.WEAK)])
    for claim in (eventually(count < 0), always(eventually(count == 3))):
        assert isinstance(kliveness.prove(Problem(system, claim)), Nothing)
        assert isinstance(spacer.prove(Problem(system, claim)), Nothing)


def test_a_time_out_that_comes_after_the_answer_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its invariant an "unsat" of Spacer is worth nothing; it is no reason to fall over either."""
    problem = Problem(queues(2).system, always(boolean("open")))
    assert isinstance(spacer.prove(problem), Proved)

    def late(*_: object) -> None:
        raise z3.Z3Exception("canceled")

    monkeypatch.setattr(z3.Fixedpoint, "get_cover_delta", late)
    outcome = spacer.prove(problem)
    assert isinstance(outcome, Nothing)
    assert "canceled" in outcome.reason


def test_unknown_or_repeated_kept_variables_are_refused() -> None:
    problem = queues(2)
    for kept in (("waiting 7",), ("open", "open")):
        with pytest.raises(ModelError, match="must be different variables of the system"):
            problem.local(kept, [])


def test_a_local_form_is_no_larger_for_a_larger_system() -> None:
    sizes = set()
    for number in (4, 40):
        local = queues(number).conjuncts[0].local(("open", "waiting 0"), ["serve(0)"])
        form = local.encoded.transitions
        sizes.add((len(form.variables), len(form.inputs), len(list(subterms([form.allowed, *form.next.values()])))))
    assert len(sizes) == 1


def test_reads_are_worked_out_without_recursion() -> None:
    flag = boolean("flag")
    deep = flag
    for _ in range(20_000):
        deep = z3.Not(deep)
    system = System("deep", [flag], flag, [Action("stay", z3.BoolVal(True), {})])
    assert Reads(system).of(deep) == {"flag"}
