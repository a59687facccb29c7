"""Response proofs: what the rule accepts and refuses, what the engine finds by itself, and what hints are told."""

import re
from collections import Counter
from dataclasses import replace

import pytest
import z3
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from dialproof import Action, Helpful, Hints, Holds, ModelError, Unknown, boolean, check, integer
from dialproof.core.actions import Fairness
from dialproof.core.certificates import Case, Certificate, KInduction, WellFoundedResponse
from dialproof.core.errors import AuditError, InputError
from dialproof.core.question import fairness_of
from dialproof.core.system import System
from dialproof.encode.problem import Problem
from dialproof.engines import explicit
from dialproof.engines import k_liveness as kliveness
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Nothing, Proved
from dialproof.engines.limits import BmcLimits, KLivenessLimits, SpacerLimits
from dialproof.engines.response import search as response
from dialproof.engines.spacer import search as spacer
from dialproof.evidence.audit import audit
from dialproof.evidence.certificates.plain import digest, from_plain, to_plain
from dialproof.ltl import always, eventually, leads_to
from tests.amounts import long, some
from tests.audits import is_accepted
from tests.ranked import CATALOGUE, LINE, QUEUE, TWO_QUEUES, Entry, count, more, phase
from tests.strategies import atoms_of, systems

CASES = some(40)


@st.composite
def questions(draw: st.DrawFn) -> Problem:
    """A random finite system, and a claim of the shape of a response."""
    system = draw(systems())
    cause, goal = draw(atoms_of(system)), draw(atoms_of(system))
    shape = draw(st.sampled_from(["leads to", "eventually", "again and again", "from the start"]))
    formulas = {
        "leads to": leads_to(cause, goal),
        "eventually": eventually(goal),
        "again and again": always(eventually(goal)),
        "from the start": z3.Implies(cause, eventually(goal)),
    }
    return Problem(system, formulas[shape])


@pytest.mark.parametrize("shard", [0, pytest.param(1, marks=long)])
def test_what_is_proved_is_not_violated(shard: int) -> None:
    """On random finite systems, with deadlocks, parameters, strong fairness and assumptions, like the explicit search."""
    counts: Counter[str] = Counter()

    @seed(shard)
    @settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(questions())
    def agree(problem: Problem) -> None:
        outcome = response.prove(problem)
        violated = isinstance(explicit.decide(problem), Found)
        if isinstance(outcome, Proved):
            audit(problem, outcome.certificate)
            assert not violated, f"what is violated was proved: {outcome.certificate}"
        counts[f"{'violated' if violated else 'holds'}, {type(outcome).__name__}"] += 1

    agree()
    assert counts["holds, Proved"] > counts["holds, Nothing"], counts
    assert counts["violated, Nothing"] > CASES // 10, counts


@pytest.mark.parametrize("shard", [0, pytest.param(1, marks=long)])
def test_no_forged_proof_of_what_is_violated_is_accepted(shard: int) -> None:
    """Proofs of easier questions, altered at random and handed over for the question: whatever the audit accepts is true."""
    counts: Counter[str] = Counter()

    @seed(100 + shard)
    @settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(questions(), st.data())
    def sound(problem: Problem, data: st.DataObject) -> None:
        violated = isinstance(explicit.decide(problem), Found)
        outcome = response.prove(Problem(_all_fair(problem.system), problem.formula))
        proof = NO_PROOF
        if isinstance(outcome, Proved) and isinstance(outcome.certificate, WellFoundedResponse):
            proof = outcome.certificate
        for _ in range(4 if violated else 1):
            accepted = is_accepted(problem, data.draw(forgeries(problem, proof)))
            counts[f"{'violated' if violated else 'holds'}, {'accepted' if accepted else 'rejected'}"] += 1
            assert not (violated and accepted), "a proof of what is violated was accepted"

    sound()
    assert counts["holds, accepted"] > 0, f"nothing is accepted: {counts}"
    assert counts["violated, rejected"] > CASES // 2, f"little was at stake: {counts}"


NO_PROOF = WellFoundedResponse("true", cases=(Case("true", ("count",)), Case("flag", ("0",))))
"""What is altered where even with all fairness there is no proof."""


def _all_fair(system: System) -> System:
    return system.fair(Fairness.STRONG, *(action.name for action in system.actions))


@st.composite
def forgeries(draw: st.DrawFn, problem: Problem, proof: WellFoundedResponse) -> WellFoundedResponse:
    """`proof` with one or two things altered that a proof consists of."""
    fair = [name for name, _ in fairness_of(problem.system)]
    names = ["", *fair, *(name for name, *_ in problem.encoded.transitions.fairness)]
    for _ in range(draw(st.integers(1, 2))):
        what = draw(st.sampled_from(["invariant", "helpful", "region", "rank", "drop", "inner", "deeper"]))
        cases = list(proof.cases)
        place = draw(st.integers(0, len(cases) - 1)) if cases else 0
        if what == "invariant":
            proof = replace(proof, invariant=draw(st.sampled_from(["true", "false", "flag", "(< count 2)"])))
        elif not cases:
            cases.append(Case("true", ("0",), draw(st.sampled_from(names))))
        elif what == "helpful":
            cases[place] = replace(cases[place], helpful=draw(st.sampled_from(names)))
        elif what == "region":
            regions = ["true", "false", "flag", "(not flag)", "(= count 1)", *(case.region for case in cases)]
            region = draw(st.sampled_from(regions))
            cases[place] = replace(cases[place], region=region)
        elif what == "rank":
            number = draw(st.sampled_from(["0", "1", "count", "(- 2 count)", "(- count 5)", "(ite flag 1 0)"]))
            rank = list(cases[place].rank)
            rank[draw(st.integers(0, len(rank) - 1))] = number
            cases[place] = replace(cases[place], rank=tuple(rank))
        elif what == "drop":
            del cases[place]
        elif what == "inner":
            cases[place] = replace(cases[place], inner=())
        else:
            inner = Case(cases[place].region, ("0",), draw(st.sampled_from(names)))
            cases[place] = replace(cases[place], inner=(*cases[place].inner, inner))
        proof = replace(proof, cases=tuple(cases))
    return replace(proof, fairness=tuple(fair))


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.name)
def test_what_each_engine_says_of_the_catalogue(entry: Entry) -> None:
    """The ranks are found or not; k-liveness and liveness to safety prove none of it; only what is violated has a violation."""
    outcome = response.prove(entry.problem)
    assert isinstance(outcome, Proved) == entry.proved, outcome
    if isinstance(outcome, Proved):
        audit(entry.problem, outcome.certificate)
        assert entry.true
    assert isinstance(kliveness.prove(entry.problem, KLivenessLimits((1, 2), rlimit=2_000_000)), Nothing)
    assert isinstance(spacer.prove(entry.problem, SpacerLimits(rlimit=2_000_000)), Nothing)
    assert isinstance(bmc.search(entry.problem, BmcLimits(5)), Found) == entry.has_lasso


def test_a_proof_is_audited_by_cvc5_too() -> None:
    """All kinds of premises, those of inner cases among them."""
    pytest.importorskip("cvc5")
    problem = Problem(LINE, leads_to(count > 0, phase == phase.up))
    outcome = response.prove(problem)
    assert isinstance(outcome, Proved)
    assert isinstance(outcome.certificate, WellFoundedResponse)
    assert any(case.inner for case in outcome.certificate.cases)
    assert len(audit(problem, outcome.certificate, second_opinion=True)) == 2


DRAINED = WellFoundedResponse("true", fairness=("serve",), cases=(Case("(> count 0)", ("count",), "serve"),))
"""A good proof, in as few words as it takes, that a queue without arrivals drains."""


def test_a_proof_written_by_hand_is_accepted() -> None:
    audit(Problem(QUEUE, eventually(count == 0)), DRAINED)


def with_case(**changes: object) -> Certificate:
    """The good proof with its case altered."""
    return replace(DRAINED, cases=(replace(DRAINED.cases[0], **changes),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [
        (with_case(rank=("0",)), "'sat' to the obligation 'case 1: helps'"),
        (with_case(rank=("(- count)",)), "'sat' to the obligation 'case 1: bounded'"),
        (with_case(rank=("(- 9 count)",)), "'sat' to the obligation 'case 1: bounded'"),
        (with_case(rank=("(ite (> count 9) 9 (- 9 count))",)), "'sat' to the obligation 'case 1: no worse'"),
        (with_case(region="(> count 1)"), "'sat' to the obligation 'entry'"),
        (with_case(region="false"), "'sat' to the obligation 'entry'"),
        (with_case(helpful=""), "'sat' to the obligation 'case 1: helps'"),
        (with_case(helpful="wait"), "no fairness condition 'wait' is in force here; there are: 'serve'"),
        (replace(DRAINED, fairness=()), "no fairness condition 'serve' is in force here; there are: none"),
        (replace(DRAINED, invariant="(< count 9)"), "'sat' to the obligation 'initiation'"),
        (replace(DRAINED, invariant="(>= count 1)"), "'sat' to the obligation 'initiation'"),
        (replace(DRAINED, invariant="false"), "'sat' to the obligation 'initiation'"),
        (replace(DRAINED, cases=()), "'sat' to the obligation 'entry'"),
        (with_case(rank=()), "need the same length, at least 1"),
        (replace(DRAINED, cases=(*DRAINED.cases, Case("(= count 0)", ("0", "0")))), "need the same length"),
        (with_case(rank=("true",)), "cannot be read|must be an integer"),
        (with_case(rank=("1.5",)), "must be an integer|cannot be read"),
        (with_case(rank=("count) (assert false",)), "must be one SMT-LIB term"),
        (with_case(rank=("|dialproof.stated|",)), "cannot be read"),
        (with_case(region="|dialproof.action 0|"), "cannot be read"),
        (with_case(region="(exists ((n Int)) (> count n))"), "no state variable"),
    ],
)
def test_what_is_no_proof_is_rejected_for_the_right_reason(certificate: Certificate, reason: str) -> None:
    with pytest.raises(AuditError, match=reason):
        audit(Problem(QUEUE, eventually(count == 0)), certificate)


def test_strong_fairness_must_be_asked_for_again_and_again() -> None:
    """Where the line need not dial, the answer is never possible; the inner case says that it does dial."""
    claim = leads_to(count > 0, phase == phase.up)
    owed = "(and (> count 0) (not (= phase |phase:up|)))"
    dialled = (Case("(= phase |phase:idle|)", ("1",), "dial"), Case("(= phase |phase:dialling|)", ("0",)))
    proof = WellFoundedResponse("true", fairness=("answer", "dial"), cases=(Case(owed, ("0",), "answer", dialled),))
    audit(Problem(LINE, claim), proof)
    for inner, reason in [
        ((), "'case 1: asked again'"),
        (dialled[:1], "'case 1.1: no worse'"),
        (dialled[1:], "'case 1: asked again'"),
        ((replace(dialled[0], helpful=""), dialled[1]), "'case 1.1: helps'"),
        ((replace(dialled[0], rank=("0",)), dialled[1]), "'case 1.1: no worse'"),
    ]:
        with pytest.raises(AuditError, match=reason):
            audit(Problem(LINE, claim), replace(proof, cases=(replace(proof.cases[0], inner=inner),)))
    lazy = LINE.fair(Fairness.NONE, "dial")
    with pytest.raises(AuditError, match="no fairness condition 'dial'"):
        audit(Problem(lazy, claim), proof)


def test_a_deadlock_is_a_step_like_any_other() -> None:
    """In a deadlock no action is possible, and weak fairness is met by idling: a rank that stays the same proves nothing."""
    stuck = System("stuck", [count], z3.BoolVal(True), [Action("serve", count > 1, {count: count - 1}, Fairness.WEAK)])
    with pytest.raises(AuditError, match="'case 1: helps'"):
        audit(Problem(stuck, eventually(count == 0)), DRAINED)
    assert isinstance(response.prove(Problem(stuck, eventually(count == 0))), Nothing)


def test_regions_that_overlap_do_no_harm() -> None:
    """A step that may count as smaller in one case must not count as staying in another: both look at all cases."""
    flag = boolean("flag")
    toggle = Action("toggle", z3.BoolVal(True), {flag: z3.Not(flag)}, Fairness.WEAK)
    system = System("toggle", [flag], z3.BoolVal(True), [toggle])
    cases = (Case("true", ("(ite flag 1 0)",), "toggle"), Case("true", ("(ite flag 0 1)",), "toggle"))
    with pytest.raises(AuditError, match="'sat'"):
        audit(Problem(system, eventually(z3.BoolVal(False))), WellFoundedResponse("true", fairness=("toggle",), cases=cases))


def test_ranks_are_compared_from_left_to_right() -> None:
    """What goes to and fro makes one element smaller at each step, and the other larger: for ever."""
    always_one = count + more == 1
    ping = Action("ping", count > 0, {count: count - 1, more: more + 1}, Fairness.WEAK)
    pong = Action("pong", more > 0, {more: more - 1, count: count + 1}, Fairness.WEAK)
    system = System("to and fro", [count, more], always_one, [ping, pong])
    case = Case("true", ("count", "more"))
    with pytest.raises(AuditError, match="'case 1: no worse'"):
        audit(Problem(system, eventually(count == 9)), WellFoundedResponse("true", cases=(case,)))


def test_a_response_proof_is_for_responses_only() -> None:
    for claim in (always(count >= 0), eventually(always(count == 0)), always(eventually(count == 0)) == eventually(count == 1)):
        with pytest.raises(AuditError, match="shape of a response"):
            audit(Problem(QUEUE, claim), DRAINED)


def test_a_certificate_survives_as_plain_data_and_old_ones_have_the_text_that_they_had() -> None:
    inner = Case("true", ("0", "count"), "serve", (Case("false", ("1",)),))
    proof = WellFoundedResponse("true", cases=(inner,))
    assert from_plain(to_plain(proof)) == proof
    assert to_plain(KInduction(depth=2)) == {"method": "k-induction", "depth": 2}
    assert digest(KInduction(depth=2)) == digest(from_plain({"method": "k-induction", "depth": 2}))


MOVED = (Helpful("move", count > 0, (count, more)), Helpful("use", z3.And(count == 0, more > 0), (count, more)))
"""Good hints for two queues: first what is moved, then what is used."""

EMPTY = eventually(z3.And(count == 0, more == 0))


def test_hints_that_are_a_proof_make_one() -> None:
    """As they are given: what the certificate says is what was hinted at."""
    verdict = check(TWO_QUEUES, EMPTY, hints=Hints(cases=MOVED))
    assert isinstance(verdict, Holds)
    assert verdict.engine == "response"
    assert isinstance(verdict.certificate, WellFoundedResponse)
    assert [case.rank for case in verdict.certificate.cases] == [("count", "more"), ("count", "more")]
    assert verdict.basis.weak == ("move", "use")


def test_each_part_of_a_claim_has_its_own_hints_and_another_part_has_none() -> None:
    other = leads_to(more > 0, more == 0)
    parts = Hints(parts=[(EMPTY, Hints(cases=MOVED))])
    both = check(TWO_QUEUES, z3.And(EMPTY, other), engines=["response"], hints=parts)
    alone = check(TWO_QUEUES, other, engines=["response"])
    assert type(both) is type(alone)  # what is hinted of one part is not tried for the other one
    wrong = Hints(parts=[(EMPTY, Hints(cases=[replace(MOVED[0], action="wait"), MOVED[1]]))])
    refused = check(TWO_QUEUES, EMPTY, engines=["response"], hints=wrong)
    assert isinstance(refused, Unknown)
    assert "no fairness condition 'wait'" in refused.reason


@pytest.mark.parametrize(
    ("hints", "shown"),
    [
        (
            Hints(cases=[Helpful("move", count > 0, (more, count)), MOVED[1]]),
            r"case 1: no worse.*before: .*action: move.*after: .*rank: ",
        ),
        (Hints(cases=[replace(MOVED[0], rank=(count - 5, more)), MOVED[1]]), r"case 1: bounded.*state: .*count=\d.*rank: .*\(-"),
        (Hints(cases=[replace(MOVED[0], region=count > 3), MOVED[1]]), r'"entry" fails.*before: .*action: \w+.*after: '),
        (Hints(cases=[replace(MOVED[0], action="use"), MOVED[1]]), r"case 1: helps.*use.*before: "),
        (Hints(cases=[replace(MOVED[0], action="wait"), MOVED[1]]), "no fairness condition 'wait'"),
        (
            Hints(invariant=more < 9, cases=[replace(MOVED[0], region=z3.And(count > 0, more < 9)), MOVED[1]]),
            "the invariant of the hint is none",
        ),
    ],
)
def test_hints_that_are_none_are_answered_with_the_step_on_which_they_fail(hints: Hints, shown: str) -> None:
    verdict = check(TWO_QUEUES, EMPTY, hints=hints, engines=["response"])
    assert isinstance(verdict, Unknown)
    assert re.search(shown, verdict.reason, re.DOTALL), verdict.reason


def test_a_rank_or_an_invariant_may_be_all_that_was_missing() -> None:
    """The sum of what two queues hold becomes smaller; no comparison in the system mentions it."""
    shared = System(
        "shared",
        [count, more],
        z3.BoolVal(True),
        [
            Action("left", count > 0, {count: count - 1}),
            Action("swap", z3.BoolVal(True), {count: more, more: count}),
            Action("right", more > 0, {more: more - 1}, Fairness.STRONG),
            Action("left too", count > 0, {count: count - 1}, Fairness.STRONG),
        ],
    )
    claim = eventually(z3.And(count == 0, more == 0))
    without = check(shared, claim, engines=["response"])
    with_rank = check(shared, claim, engines=["response"], hints=Hints(ranks=[count + more]))
    assert isinstance(without, Unknown), without
    assert isinstance(with_rank, Holds), with_rank


def test_hints_without_meaning_are_refused_at_once() -> None:
    with pytest.raises(ModelError, match="neither a variable nor a known atom"):
        check(QUEUE, eventually(count == 0), hints=Hints(invariant=z3.Int("nobody") > 0))
    with pytest.raises(ModelError, match="must be an integer term"):
        check(QUEUE, eventually(count == 0), hints=Hints(ranks=[z3.BoolVal(True)]))  # type: ignore[list-item]  # on purpose
    with pytest.raises(InputError, match="'response', which is not asked"):
        check(QUEUE, eventually(count == 0), hints=Hints(), engines=["bmc"])


def test_nothing_is_said_of_what_only_a_run_that_never_repeats_violates() -> None:
    """The reason names what was tried, and the nearest step."""
    number = integer("number", 0)
    system = System("up", [number], number == 0, [Action("up", z3.BoolVal(True), {number: number + 1}, Fairness.WEAK)])
    verdict = check(system, eventually(number < 0), engines=["response"])
    assert isinstance(verdict, Unknown)
    assert re.search(
        r"response: tried \d+ predicates, \d+ numbers as ranks, 1 fairness.*before: number=.*action: up",
        verdict.reason,
        re.DOTALL,
    )
