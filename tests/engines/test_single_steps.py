"""The explicit search in single steps of time: its verdicts are those of all lengths; if that is not shown, all are tried."""

from collections import Counter

import pytest
import z3

from dialproof.core.actions import Action, Assumption, Fairness, enabled, taken
from dialproof.core.certificates import Exhaustive
from dialproof.core.errors import AuditError, NotApplicable
from dialproof.core.run import FiniteRun, Lasso
from dialproof.core.system import System
from dialproof.core.variables import boolean, integer
from dialproof.encode.problem import Problem
from dialproof.engines import explicit
from dialproof.engines.candidates import Found, Proved
from dialproof.evidence.audit import audit
from dialproof.evidence.certificates.plain import from_plain, to_plain
from dialproof.evidence.replay import replay
from dialproof.evidence.single_steps import long_action, obligations
from dialproof.ltl import always, eventually, eventually_within, next_
from tests.agreement import confirm
from tests.timed_agreement import holds
from tests.timed_systems import timed_problem

LONGEST = 100
LAMP, CLOCK, STEP = boolean("lamp"), integer("clock", 0, LONGEST), integer("d", 1, LONGEST)
ELAPSE = Action("elapse", CLOCK + STEP <= LONGEST, {CLOCK: CLOCK + STEP}, parameters=(STEP,))
SWITCH = Action("switch", CLOCK >= 90, {LAMP: z3.Not(LAMP), CLOCK: 0}, Fairness.WEAK)


def lamp(*others: Action, elapse: Action = ELAPSE, assuming: tuple[Assumption, ...] = ()) -> System:
    """A lamp that is switched 90 to 100 units after it was switched last."""
    return System("lamp", [LAMP, CLOCK], z3.And(z3.Not(LAMP), CLOCK == 0), [elapse, SWITCH, *others], assuming)


GOES_ON = Assumption("time-goes-on", always(eventually(taken("elapse"))), "")


@pytest.mark.parametrize(
    "claim",
    [
        always(CLOCK <= LONGEST),
        always(z3.Implies(taken("switch"), CLOCK >= 90)),
        always(z3.Implies(LAMP, eventually(z3.Not(LAMP)))),
        always(eventually(CLOCK >= 90)),
    ],
)
def test_a_proof_in_single_steps_says_so_and_is_audited_by_two_solvers(claim: z3.BoolRef) -> None:
    problem = Problem(lamp(assuming=(GOES_ON,)), claim)
    outcome = explicit.decide(problem)
    assert isinstance(outcome, Proved)
    assert isinstance(outcome.certificate, Exhaustive)
    assert outcome.certificate.single_steps == "elapse"
    assert len(audit(problem, outcome.certificate, second_opinion=True)) == 3
    assert from_plain(to_plain(outcome.certificate)) == outcome.certificate


@pytest.mark.parametrize(("claim", "kind"), [(always(z3.Not(LAMP)), FiniteRun), (eventually(always(z3.Not(LAMP))), Lasso)])
def test_a_violation_is_shown_in_long_steps(claim: z3.BoolRef, kind: type) -> None:
    problem = Problem(lamp(), claim)
    outcome = explicit.decide(problem)
    assert isinstance(outcome, Found)
    assert isinstance(outcome.run, kind)
    replay(problem, outcome.run)
    assert len(outcome.run) <= 5
    lengths = [step.action.parameters[0][1] for step in outcome.run.steps if step.action and step.action.name == "elapse"]
    assert min(lengths) >= 90


RESET = Action("reset", z3.And(CLOCK >= 50, CLOCK <= 50), {CLOCK: 0}, Fairness.STRONG)
EVEN = Action("elapse", z3.And(STEP % 2 == 0, ELAPSE.guard), ELAPSE.updates, parameters=(STEP,))
FLASHES = Action("elapse", ELAPSE.guard, {CLOCK: CLOCK + STEP, LAMP: STEP > 1}, parameters=(STEP,))


@pytest.mark.parametrize(
    ("system", "claim", "why"),
    [
        (lamp(), eventually(z3.Or(CLOCK == 40, CLOCK == 60)), "the claim"),  # jumped over, both of them
        (lamp(), always(z3.Implies(taken("elapse"), CLOCK != 40)), "the claim"),
        (lamp(elapse=EVEN), always(CLOCK < 99), "steps"),
        (lamp(elapse=FLASHES), always(z3.Not(LAMP)), "steps"),
        (lamp(RESET), always(eventually(CLOCK >= 90)), "reset"),
    ],
)
def test_where_the_steps_can_be_told_all_lengths_are_tried(system: System, claim: z3.BoolRef, why: str) -> None:
    """The obligation fails that is meant to, a forged certificate is refused, and the verdict is that of all lengths."""
    problem = Problem(system, claim)
    action = long_action(problem)
    assert action is not None
    failing = [one.name for one in obligations(problem, action) if not _is_unsatisfiable(one.script)]
    assert failing[0] == f"single steps: {why}"
    outcome = explicit.decide(problem)
    assert isinstance(outcome, Proved) == holds(problem)
    assert confirm(problem, outcome) == holds(problem)
    fair = tuple(one.name for one in system.actions if one.fairness is not Fairness.NONE)
    with pytest.raises(AuditError, match=f"obligation 'single steps: {why}'"):
        audit(problem, Exhaustive(1, fair, single_steps="elapse"))


def _is_unsatisfiable(script: str) -> bool:
    solver = z3.Solver()
    solver.from_string(script)
    return solver.check() == z3.unsat


@pytest.mark.parametrize(
    "claim",
    [
        always(z3.Implies(LAMP, next_(LAMP))),
        always(eventually_within(3, LAMP)),
        always(eventually_within(3, LAMP, CLOCK)),
        always(z3.Implies(enabled("elapse"), eventually(LAMP))),
    ],
)
def test_a_claim_that_counts_steps_is_not_proved_in_single_ones(claim: z3.BoolRef) -> None:
    problem = Problem(lamp(), claim)
    with pytest.raises(NotApplicable, match=r"counts steps|depends on its parameters"):
        obligations(problem, ELAPSE)
    assert isinstance(explicit.decide(problem), Proved) == holds(problem)
    with pytest.raises(AuditError, match="cannot be proved in single steps"):
        audit(problem, Exhaustive(1, single_steps="elapse"))


def test_a_certificate_about_another_action_is_refused() -> None:
    with pytest.raises(AuditError, match="'switch' is not the one action"):
        audit(Problem(lamp(), always(CLOCK <= LONGEST)), Exhaustive(1, single_steps="switch"))


def test_random_timed_systems_have_the_same_verdicts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the claim: each proof is audited, each run replayed."""
    monkeypatch.setattr(explicit, "MANY", 1)
    counts: Counter[str] = Counter()
    for case in range(20_000, 20_030):
        timed = timed_problem(case)
        problem = Problem(timed.drawn.system, timed.claim)
        outcome = explicit.decide(problem)
        assert confirm(problem, outcome) == holds(problem), case
        if isinstance(outcome, Proved) and isinstance(outcome.certificate, Exhaustive):
            counts["in single steps" if outcome.certificate.single_steps else "in all"] += 1
        else:
            counts["violated"] += 1
    assert min(counts[how] for how in ("in single steps", "in all", "violated")) > 2, counts
