"""Ranges: that no run leaves them is proved, or one is shown that does, or nothing that rests on them is said."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
import z3
from click.testing import CliRunner

import dialproof
from dialproof import Action, Fairness, Holds, ModelError, System, Unknown, Vacuous, Violated, boolean, check, choice, integer
from dialproof.cli.main import main
from dialproof.core.certificates import Conjunction, Exhaustive, InductiveInvariant, KInduction, LivenessToSafety
from dialproof.core.errors import AuditError, CertificateError, NotApplicable, ReplayError
from dialproof.core.run import FiniteRun, Lasso, State, Step, Taken
from dialproof.encode.problem import Problem, range_doubt
from dialproof.engines import explicit
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Proved
from dialproof.engines.limits import BmcLimits
from dialproof.engines.registry import DEFAULT_ENGINES, names
from dialproof.evidence.audit import audit, obligations
from dialproof.evidence.certificates.contents import require_honest_names
from dialproof.evidence.certificates.plain import digest, from_plain, to_plain
from dialproof.evidence.outcome import word
from dialproof.evidence.range_claim import departure, range_problem
from dialproof.evidence.replay import replay, replay_departure
from dialproof.ltl import always, eventually
from dialproof.portfolio.attempt import decide
from dialproof.portfolio.cache import Cache
from dialproof.portfolio.check import job_of
from dialproof.portfolio.jobs import Effort, Questions, range_job
from dialproof.portfolio.portfolio import Portfolio
from dialproof.portfolio.tasks import Task, perform
from dialproof.semantics.interpreter import Reader, Values
from dialproof.testing import assert_holds, assert_violated
from tests.amounts import long
from tests.gatehouse import run, scenario

TRUE = z3.BoolVal(True)


# --- the prisoners and their lamp ------------------------------------------------------------------------------------

count = integer("count", 1, 3)
LIT, ANNOUNCED = boolean("lit"), boolean("announced")


def prisoners(number: int, *, lamp_is_known: bool) -> tuple[System, z3.BoolRef, z3.BoolRef]:
    """The puzzle of the prisoners with one switch: the system, that they are freed, and that nobody announces it too early.

    After `Prisoner.tla` of tlaplus/Examples (Florian Schanda), whose type invariant gives the ranges: the counter counts one more
    whenever the lamp is lit, with no guard that stops at the largest count. That a larger one is never reached is a theorem.
    """
    signals, goal = (1, number) if lamp_is_known else (2, 2 * number - 1)
    counted = integer("counted", 1, goal + 1)
    signalled = [integer(f"signalled {one}", 0, 2) for one in range(1, number)]
    visited = [boolean(f"visited {one}") for one in range(number)]
    after = z3.If(LIT, counted + 1, counted)
    counts = Action("counter", TRUE, {LIT: False, counted: after, ANNOUNCED: after >= goal, visited[0]: True}, Fairness.WEAK)
    others = []
    for one, times in enumerate(signalled, start=1):
        signs = z3.And(z3.Not(LIT), times < signals)
        updates = {LIT: z3.Or(LIT, signs), times: z3.If(signs, times + 1, times), visited[one]: True}
        others.append(Action(f"prisoner {one}", TRUE, updates, Fairness.WEAK))
    start = [counted == 1, z3.Not(ANNOUNCED), *(times == 0 for times in signalled), *map(z3.Not, visited)]
    start += [z3.Not(LIT)] if lamp_is_known else []
    system = System(
        "prisoners",
        [counted, ANNOUNCED, LIT, *signalled, *visited],
        z3.And(start),
        [counts, *others, Action("stutter", TRUE, {})],
    )
    return system, eventually(ANNOUNCED), always(z3.Implies(ANNOUNCED, z3.And(visited)))


def reached(system: System, limit: int = 10_000) -> set[Values] | None:
    """Every reachable state, by the plain reader; None where a step leads out of range."""
    reader = Reader(system)
    found = set(reader.initial_states())
    stack = list(found)
    while stack:
        values = stack.pop()
        try:
            following = [after for _, after in reader.events(values)]
        except ModelError:
            return None
        for after in following:
            if after not in found:
                found.add(after)
                stack.append(after)
        assert len(found) < limit
    return found


@pytest.mark.parametrize(("number", "lamp_is_known", "states"), [(1, True, 2), (1, False, 4), (3, True, 16), (3, False, 62)])
def test_the_prisoners_have_as_many_states_as_their_authors_say(number: int, lamp_is_known: bool, states: int) -> None:
    """The numbers are those of the manifest of tlaplus/Examples: PrisonerSolo, its kin, and three prisoners."""
    system, *_ = prisoners(number, lamp_is_known=lamp_is_known)
    assert range_doubt(Problem(system, TRUE)), "some state that is never reached has a step out of range"
    assert len(reached(system) or ()) == states


@pytest.mark.parametrize(("number", "lamp_is_known"), [(1, True), (1, False), (3, True)])
def test_the_prisoners_are_freed_and_not_too_early(number: int, lamp_is_known: bool) -> None:
    """By default settings; the authors' properties hold, and without a fair warden nobody is freed."""
    system, freed, not_early = prisoners(number, lamp_is_known=lamp_is_known)
    unfair = system.fair(Fairness.NONE, "counter")
    with Portfolio(2, timeout=120) as portfolio:
        jobs = [
            job_of(system, freed),
            job_of(system, not_early),
            job_of(system, always(z3.Not(ANNOUNCED))),
            job_of(unfair, freed),
        ]
        verdicts = portfolio.run(jobs)
    assert [type(verdict) for verdict in verdicts] == [Holds, Holds, Violated, Violated]
    for claim, verdict in zip((freed, not_early), verdicts, strict=False):
        assert isinstance(verdict, Holds)
        assert verdict.certificate.ranges is not None
        assert audit(Problem(system, claim), verdict.certificate)
        if isinstance(verdict.certificate, Exhaustive):
            continue  # the audit of a search visits the reachable states itself, and would meet such a step
        with pytest.raises(AuditError, match="out of its range"):
            audit(Problem(system, claim), replace(verdict.certificate, ranges=None))


# --- unreachable, reachable, undecided -------------------------------------------------------------------------------

n, armed = integer("n", 0, 3), boolean("armed")


def dormant() -> System:
    """A counter that goes round; a step beyond its range would need what never happens."""
    round_ = Action("round", TRUE, {n: z3.If(n < 3, n + 1, 0)}, Fairness.WEAK)
    leap = Action("leap", armed, {n: n + 1})
    return System("dormant", [n, armed], z3.And(n == 0, z3.Not(armed)), [round_, leap])


def leaving(steps: int) -> System:
    """A counter that leaves its range in so many steps."""
    high = integer("high", 0, 40)
    return System("leaving", [high], high == 41 - steps, [Action("up", TRUE, {high: high + 1}), Action("wait", TRUE, {})])


far = integer("far", 0, 10**6)


def undecided() -> System:
    """A counter that leaves its range after a million steps: no search comes so far, and there is nothing to prove."""
    turn = Action("turn", far == 0, {armed: z3.Not(armed)})
    start = z3.And(far == 0, z3.Not(armed))
    return System("undecided", [far, armed], start, [Action("up", TRUE, {far: far + 1}), turn])


def test_an_unreachable_step_out_of_range_does_not_matter() -> None:
    system = dormant()
    with Portfolio(2, timeout=60) as portfolio:
        jobs = [job_of(system, always(n < 4)), job_of(system, always(eventually(n == 3))), job_of(system, always(n < 3))]
        safe, lively, violated = portfolio.run([*jobs, job_of(system, always(eventually(armed)))])[:3]
    for claim, verdict in ((always(n < 4), safe), (always(eventually(n == 3)), lively)):
        assert isinstance(verdict, Holds)
        assert verdict.certificate.ranges is not None
        assert audit(Problem(system, claim), verdict.certificate)
    assert isinstance(violated, Violated)
    replay(Problem(system, always(n < 3)), violated.lasso)


def test_so_it_is_in_a_test_of_a_project() -> None:
    assert_holds(dormant(), always(n < 4))
    assert_violated(dormant(), always(n < 3))
    with pytest.raises(ModelError, match="leads out of range in a run of 2 steps"):
        assert_holds(leaving(2), always(integer("high", 0, 40) > 0))


@pytest.mark.parametrize("engine", DEFAULT_ENGINES)
def test_whichever_engine_is_asked_ranges_are_proved(engine: str) -> None:
    """An engine that is no use for ranges has others prove them."""
    claim = always(eventually(n == 3)) if engine in {"k-liveness", "explicit", "spacer"} else always(n < 4)
    verdict = check(dormant(), claim, engines=[engine], timeout=60)
    if engine in {"bmc", "response", "k-liveness", "octagons"} and not isinstance(verdict, Holds):
        assert isinstance(verdict, Unknown)
        assert "range" not in verdict.reason
        return
    assert isinstance(verdict, Holds)
    assert verdict.certificate.ranges is not None


@pytest.mark.parametrize("steps", [1, 3, 12])
def test_a_run_out_of_range_is_refused_and_shown(steps: int) -> None:
    with pytest.raises(ModelError) as refused:
        check(leaving(steps), always(integer("high", 0, 40) >= 0), timeout=60)
    said, *table = str(refused.value).splitlines()
    plural = "" if steps == 1 else "s"
    assert said == (
        f"action 'up' leads out of range in a run of {steps} step{plural}: from high=40 to high=41, where 0..40 is allowed; "
        "guard it, or model the refusal as an action of its own"
    )
    assert table[0] == f"  0 high={41 - steps}"
    assert table[-2:] == ["    . up", f"{steps:>3} high=41  (out of range)"]
    assert len(table) == 2 * steps + 1


def test_of_a_long_run_the_beginning_and_the_end_are_shown() -> None:
    with pytest.raises(ModelError) as refused:
        check(leaving(30), always(integer("high", 0, 40) >= 0), timeout=120)
    _, *table = str(refused.value).splitlines()
    assert table[:4] == ["  0 high=11", "    . up", "    ...", " 19 high=30"]
    assert table[-1] == " 30 high=41  (out of range)"


def test_where_neither_is_known_nothing_is_proved_and_a_violation_is_one() -> None:
    """A search alone proves nothing: what it excludes is told."""
    system = undecided()
    proved, violated = always(far >= 0), always(z3.Not(armed))
    with Portfolio(2, timeout=12) as portfolio:
        unknown, found = portfolio.run([job_of(system, proved), job_of(system, violated)])
    assert isinstance(unknown, Unknown)
    doubt = "(action 'up' would lead out of range from far=1000000, if that can be reached)"
    assert unknown.reason.startswith(f"it is not proved that the variables stay in their ranges {doubt}; no run of at most ")
    assert "guard it, or model the refusal" in unknown.reason
    assert isinstance(found, Violated)
    replay(Problem(system, violated), found.lasso)


# --- no violation hides behind a step out of range -------------------------------------------------------------------

bad = boolean("bad")


def hiding(steps: int) -> System:
    """Its only violation lies beyond the range of `n`: an encoding that cuts the step off sees none."""
    up = Action("up", TRUE, {n: n + 1, bad: n >= 2 + steps})
    return System("hiding", [n, bad], z3.And(n == 0, z3.Not(bad)), [up])


@pytest.mark.parametrize("engines", [[engine] for engine in names() if engine != "abc"] + [list(DEFAULT_ENGINES)])
@pytest.mark.parametrize("claim", [always(z3.Not(bad)), eventually(always(z3.Not(bad)))])
def test_a_violation_beyond_a_range_is_never_missed(engines: list[str], claim: z3.BoolRef) -> None:
    with pytest.raises(ModelError, match="leads out of range in a run of 4 steps"):
        check(hiding(2), claim, engines=engines, timeout=60)


@pytest.mark.parametrize("budget", [None, 5.0])
@pytest.mark.parametrize("effort", Effort)
def test_nor_by_a_question_asked_on_the_side(budget: float | None, effort: Effort) -> None:
    job = replace(job_of(hiding(2), always(z3.Not(bad))), budget=budget, effort=effort)
    with Portfolio(2, timeout=60) as portfolio:
        try:
            (verdict,) = portfolio.run([job])
        except ModelError:
            return
    assert isinstance(verdict, Unknown)


def test_what_one_call_has_found_out_about_ranges_the_next_one_knows() -> None:
    with Portfolio(2, timeout=60) as portfolio:
        assert isinstance(portfolio.run([job_of(dormant(), always(n < 4))])[0], Holds)
        again = portfolio.run([job_of(dormant(), always(n >= 0))])[0]
        assert isinstance(again, Holds)
        assert again.certificate.ranges is not None
        for _ in range(2):
            with pytest.raises(ModelError, match="out of range"):
                portfolio.run([job_of(hiding(2), always(z3.Not(bad)))])


def test_of_several_systems_the_one_that_leaves_its_range_is_refused() -> None:
    """Verdicts that are reached before are given."""
    heard: dict[int, object] = {}
    with Portfolio(2, timeout=60) as portfolio, pytest.raises(ModelError, match="action 'up' leads out of range"):
        portfolio.run([job_of(dormant(), always(n < 4)), job_of(leaving(12), TRUE)], on_verdict=heard.__setitem__)
    assert all(isinstance(verdict, Holds) for verdict in heard.values())


@pytest.mark.parametrize("formula", [always(integer("high", 0, 40) >= 0), eventually(integer("high", 0, 40) < 0)])
def test_a_run_of_a_summary_out_of_range_refuses_no_system(formula: z3.BoolRef) -> None:
    """It may be the run of none of the systems that the summary stands for; whoever finds it, the explicit search too."""
    system = leaving(3)
    tautology = audit_of_nothing(system)
    job = replace(job_of(system, formula), simulation=tautology)
    with Portfolio(2, timeout=60) as portfolio:
        (verdict,) = portfolio.run([job])
    assert isinstance(verdict, Unknown)
    assert "in the summary, which may have runs that no system has, action 'up' leads out of range" in verdict.reason


@pytest.mark.parametrize("engines", [DEFAULT_ENGINES, ("explicit",)])
def test_whoever_meets_a_step_out_of_range_it_is_refused_with_the_run(engines: tuple[str, ...]) -> None:
    with pytest.raises(ModelError, match=r"out of range in a run of \d+ steps?: from"):
        check(leaving(3), eventually(integer("high", 0, 40) < 0), engines=engines, timeout=60)


def test_a_question_about_ranges_that_was_given_up_is_asked_anew() -> None:
    """The first job waits for no answer about the ranges; with it the question ends, and the second one needs the answer."""
    system, claim = dormant(), always(n < 4)
    questions = Questions([replace(job_of(system, claim), effort=Effort.SHORT_SEARCH)])
    verdicts = []
    with Portfolio(2, timeout=60) as portfolio:
        for _, verdict in portfolio.answers(questions):
            if not verdicts:
                questions.ask(job_of(system, claim))
            verdicts.append(verdict)
    assert isinstance(verdicts[-1], Holds)


def audit_of_nothing(system: System) -> tuple[dialproof.evidence.audit.Obligation, ...]:
    """An obligation that is discharged: it makes a job one about a summary."""
    return obligations(Problem(system, TRUE), KInduction(depth=1))[-1:]


# --- random systems, against the plain reader ------------------------------------------------------------------------


def drawn(seed: int) -> System:
    """A small system whose updates know nothing of its ranges."""
    draw = random.Random(seed)  # noqa: S311  # nothing secret
    x, y, mode = integer("x", 0, 3), integer("y", -1, 2), choice("mode", ["a", "b", "c"])
    conditions = [x < 3, x > 0, y == 2, y < x, mode == mode.a, mode == mode.b, z3.Not(mode == mode.c), x == 2, y > -1]
    values = {x: [x + 1, x - 1, y, z3.IntVal(2), x + y], y: [y + 1, y - 1, x, z3.IntVal(0), -y]}
    modes = [mode.a, mode.b, mode.c]
    actions = []
    for number in range(draw.randint(2, 4)):
        updates: dict = {target: draw.choice(options) for target, options in values.items() if draw.random() < 0.6}
        if draw.random() < 0.5:
            updates[mode] = draw.choice(modes)
        guard = z3.And(draw.sample(conditions, draw.randint(1, 3)))
        actions.append(Action(f"a{number}", guard, updates, draw.choice(list(Fairness))))
    return System("drawn", [x, y, mode], z3.And(x == draw.randint(0, 3), y == 0, mode == mode.a), actions)


CLAIMS = [
    always(integer("x", 0, 3) < 3),
    always(eventually(integer("y", -1, 2) == 0)),
    eventually(always(integer("x", 0, 3) > 0)),
    always(z3.Implies(integer("x", 0, 3) == 3, integer("y", -1, 2) >= 0)),
]


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=long)])
def test_verdicts_about_random_systems_are_those_of_the_plain_reader(seed: int) -> None:
    """Refused if and only if a reachable step leads out of range; else what the explicit search says."""
    rng = random.Random(seed)  # noqa: S311  # nothing secret
    seen = set()
    with Portfolio(2, timeout=60, engines=["bmc", "explicit"]) as portfolio:
        for _ in range(10):
            system = drawn(rng.randrange(10**6))
            if not range_doubt(Problem(system, TRUE)):
                continue
            if reached(system) is None:
                seen.add("refused")
                with pytest.raises(ModelError, match="leads out of range in a run"):
                    portfolio.run([job_of(system, TRUE)])
                continue
            claims = rng.sample(CLAIMS, 2)
            for claim, verdict in zip(claims, portfolio.run([job_of(system, claim) for claim in claims]), strict=True):
                problem = Problem(system, claim)
                proved = isinstance(explicit.decide(problem), Proved)
                assert isinstance(verdict, Holds | Vacuous if proved else Violated)
                seen.add(word(verdict))
                if isinstance(verdict, Holds | Vacuous):
                    assert audit(problem, verdict.certificate)
    assert {"refused", "holds", "violated"} <= seen


def test_the_watched_copy_has_the_same_states_until_a_range_is_left() -> None:
    """Step by step: what it does within the ranges is what the system does, and its flag is a step out of range."""
    for seed in range(40):
        system = drawn(seed)
        watched = range_problem(system).system
        assert not range_doubt(Problem(watched, TRUE))
        reader, copy = Reader(system), Reader(watched)
        for values in list(copy.initial_states()) + [(x, y, mode, False) for x in (0, 3) for y in (-1, 2) for mode in ("a", "c")]:
            for name in copy.possible(values):
                for event, after in copy.ways(name, values):
                    reached = reader.reached(event, values[:-1])
                    assert reached is not None
                    assert after[-1] is not reader.is_legal(reached)
                    if not after[-1]:
                        assert after[:-1] == reached
            assert list(copy.possible(values)) == list(reader.possible(values[:-1]))
            assert not copy.possible((*values[:-1], True))


def test_a_name_that_is_taken_is_not_given_to_the_flag() -> None:
    taken, other = integer("out of range", 0, 1), boolean("out of range 2")
    system = System("names", [taken], taken == 0, [Action("a", other, {taken: taken + 1}, parameters=(other,))])
    assert [one.name for one in range_problem(system).system.variables] == ["out of range", "out of range 3"]


# --- the audit -------------------------------------------------------------------------------------------------------


def test_a_proof_of_the_ranges_is_audited_like_any_other() -> None:
    problem = Problem(dormant(), always(n < 4))
    ranges = InductiveInvariant(invariant="(and (not armed) (>= n 0) (not |out of range|))")
    good = KInduction(depth=1, ranges=ranges)
    assert audit(problem, good)
    assert [one.name for one in obligations(problem, good)] == [
        "ranges: ranges 0",
        "ranges: ranges 1",
        "ranges: initiation",
        "ranges: consecution",
        "ranges: safety",
        "base 0",
        "step",
    ]
    states = len(reached(range_problem(dormant()).system) or ())
    for no_proof, why in [
        (InductiveInvariant(invariant="true"), "safety"),
        (InductiveInvariant(invariant="(not |out of range|)"), "consecution"),
        (KInduction(depth=1), "step"),
        (Exhaustive(states=states + 1), "states"),
        (replace(ranges, ranges=ranges), "a proof of ranges of its own"),
    ]:
        with pytest.raises(AuditError, match=why):
            audit(problem, replace(good, ranges=no_proof))


def test_an_exhaustive_proof_of_the_ranges_is_audited_by_a_search() -> None:
    problem = Problem(dormant(), always(n < 4))
    found = explicit.decide(range_problem(dormant()))
    assert isinstance(found, Proved)
    checked_by = audit(problem, KInduction(depth=1, ranges=found.certificate))
    assert "fixpoint in plain Python" in checked_by
    assert len(checked_by) == 2


def test_no_proof_of_the_ranges_of_a_system_that_leaves_them_passes() -> None:
    """What holds of the steps within the ranges is proved; that there are no others is not."""
    system = hiding(2)
    within = InductiveInvariant(invariant="(not bad)")
    for ranges in (
        None,
        InductiveInvariant(invariant="true"),
        InductiveInvariant(invariant="(not |out of range|)"),
        InductiveInvariant(invariant="(and (<= n 3) (not |out of range|))"),
        *(KInduction(depth=depth) for depth in range(1, 8)),
        *(Exhaustive(states=states) for states in range(8)),
    ):
        with pytest.raises(AuditError):
            audit(Problem(system, always(z3.Not(bad))), replace(within, ranges=ranges))


def test_a_proof_may_use_that_steps_out_of_range_are_unreachable() -> None:
    """It is inductive among the steps within the ranges only; without the proof of the ranges it is none."""
    x, on = integer("x", 0, 3), boolean("on")
    climb = Action("climb", on, {x: x + 1})
    system = System("relative", [x, on], z3.And(x == 0, z3.Not(on)), [climb, Action("stay", TRUE, {})])
    ranges = InductiveInvariant(invariant="(and (not on) (not |out of range|))")
    for proof in (InductiveInvariant(invariant="(<= x 3)"), KInduction(depth=1)):
        assert audit(Problem(system, always(x <= 3)), replace(proof, ranges=ranges))
        with pytest.raises(AuditError):
            audit(Problem(system, always(x <= 3)), proof)


def test_a_certificate_with_a_proof_of_ranges_is_written_and_read() -> None:
    proof = KInduction(depth=1, ranges=InductiveInvariant(invariant="(not armed)"))
    assert from_plain(json.loads(json.dumps(to_plain(proof)))) == proof
    require_honest_names(proof, dormant())
    inner = LivenessToSafety(invariant="true", compared=("elsewhere",))
    for dishonest, why in [
        (replace(proof, ranges=inner), "'elsewhere'"),
        (replace(proof, ranges=replace(proof, depth=2)), "a proof of ranges of its own"),
        (Conjunction(parts=(proof, proof)), "a part of it has a proof of the ranges"),
    ]:
        with pytest.raises(CertificateError, match=why):
            require_honest_names(dishonest, dormant())


# --- the run out of range --------------------------------------------------------------------------------------------


def test_a_run_out_of_range_is_replayed() -> None:
    system = leaving(2)
    found = bmc.search(range_problem(system), BmcLimits(4))
    assert isinstance(found, Found)
    left = departure(system, found.run)
    assert left.left == (("high", 41, "0..40"),)
    assert [step.state["high"] for step in left.run.steps] == [39, 40]
    up, states = Taken("up"), [State.of({"high": value}) for value in range(38, 41)]
    for steps in [
        (Step(up, states[2]),),  # no start
        (Step(up, states[1]), Step(Taken("wait"), states[2])),  # it waits, within the range
        (Step(up, states[1]), Step(None, states[2])),
        (Step(Taken("wait"), states[1]), Step(up, states[2])),  # no step of the system
        (Step(up, states[1]),),
    ]:
        with pytest.raises(ReplayError):
            replay_departure(system, FiniteRun(steps))
    stays = Lasso((), (Step(Taken("wait"), State.of({"high": 39, "out of range": False})),))
    with pytest.raises(ReplayError, match="does not lead out of range"):
        departure(system, stays)


def test_the_parameters_of_the_step_are_named() -> None:
    by = integer("by", 1, 3)
    system = System("leaps", [n], n == 1, [Action("leap", n + by > 3, {n: n + by}, parameters=(by,))])
    with pytest.raises(ModelError, match=r"action 'leap\(by=3\)' leads out of range in a run of 1 step: from n=1 to n=4"):
        check(system, always(n < 4), timeout=60)


def test_an_explicit_search_that_meets_a_step_out_of_range_leaves_it_to_others() -> None:
    task = Task(decide("explicit"), Problem(leaving(2), TRUE).packed)
    answer = perform(task, Problem(leaving(2), always(TRUE)), lambda _depth: None)
    assert isinstance(answer, dialproof.engines.candidates.Nothing)
    assert "leads out of range" in answer.reason


# --- cache, certificates on disk, exports ----------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [0, 1])
def test_the_cache_keeps_the_proof_of_the_ranges(tmp_path: Path, steps: int) -> None:
    cache = Cache(tmp_path / "cache")
    claim = always(n < 4)

    def decided() -> dialproof.Verdict:
        with Portfolio(2, timeout=60, cache=cache) as portfolio:
            return portfolio.run([job_of(dormant(), claim)])[0]

    first, second = decided(), decided()
    assert isinstance(first, Holds)
    assert isinstance(second, Holds)
    assert second.cached
    assert second.certificate == first.certificate
    if steps:  # an entry without it is no proof: the ranges are proved again
        problem = Problem(dormant(), claim)
        cache.store(cache.key(problem), problem, replace(first.certificate, ranges=None), first.engine)
        third = decided()
        assert isinstance(third, Holds)
        assert third.certificate.ranges is not None


@pytest.mark.usefixtures("project")
def test_a_certificate_on_disk_is_audited_with_its_proof_of_the_ranges() -> None:
    """Its scripts are those of both; without the proof of the ranges it is rejected."""
    checked = run(scenario("one.toml", 'kind = "never-outside"'), "--certificates", "evidence")
    assert checked.exit_code == 0, checked.output
    (folder,) = Path("evidence").iterdir()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert "ranges" in manifest["certificate"]
    assert any(one["name"].startswith("ranges: ") for one in manifest["obligations"])
    audited = CliRunner().invoke(main, ["audit", "--without-second-opinion", str(folder)])
    assert audited.exit_code == 0, audited.output
    del manifest["certificate"]["ranges"]
    manifest["digest"] = digest(from_plain(manifest["certificate"]))
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert CliRunner().invoke(main, ["audit", "--without-second-opinion", str(folder)]).exit_code == 1


def test_a_range_job_is_a_job_like_any_other() -> None:
    with Portfolio(2, timeout=60) as portfolio:
        holds, violated = portfolio.run([range_job(Problem(dormant(), TRUE)), range_job(Problem(leaving(2), TRUE))])
    assert isinstance(holds, Holds)
    assert isinstance(violated, Violated)


def exported(system: System, claim: z3.BoolRef, language: str) -> str:
    from dialproof.core.claims import Claim, OneSystem
    from dialproof.core.plan import PlannedCheck
    from dialproof.review.exporting import exportables

    variant = OneSystem("none", system, Claim("claimed", claim, "It is claimed."))
    (one,) = exportables("x", [PlannedCheck("x.toml", 1, "claimed", None, (variant,))])
    written = one.aiger(binary=False) if language == "aiger" else one.text(language)
    return written if isinstance(written, str) else written.decode()


@pytest.mark.parametrize("language", ["smv", "promela", "vmt", "aiger"])
def test_what_is_exported_has_its_ranges_proved(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = exported(dormant(), always(n < 4), language)
    assert "it was proved that no run reaches a state with one." in text
    with pytest.raises(ModelError, match="leads out of range in a run of 2 steps"):
        exported(leaving(2), always(integer("high", 0, 40) > 0), language)
    monkeypatch.setattr("dialproof.review.exporting.RANGES_TIMEOUT", 1.0)
    with pytest.raises(NotApplicable, match="it is not proved that the variables stay in their ranges"):
        exported(undecided(), always(z3.Not(armed)), language)


def test_a_value_may_stand_in_an_obligation_without_a_variable_of_its_kind() -> None:
    """An observer that compares a new value with a constant leaves only constants: their kind must be declared all the same."""
    line, n = choice("line", ["down", "up"], sort="lines"), integer("n", 0, 3)
    fresh = z3.If(line.down == line.up, n, z3.IntVal(0))
    system = System(
        "observed", [line, n], z3.And(line == line.down, n == 0), [Action("reset", n < 3, {line: line.down, n: fresh})]
    )
    problem = Problem(system, always(n <= 3))
    made = audit(problem, InductiveInvariant("(<= n 3)"))
    assert "z3" in " ".join(map(str, made))
