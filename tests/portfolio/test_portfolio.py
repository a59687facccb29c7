"""The portfolio: what is believed, what is not, and what a broken engine costs."""

import os
import signal
import time
from dataclasses import replace

import pytest
import z3

from dialproof import Assumption, Claim, Fairness, Holds, ModelError, Unknown, Vacuous, Violated, check
from dialproof.core.actions import Action
from dialproof.core.certificates import KInduction
from dialproof.core.errors import ContradictionError, InputError
from dialproof.core.system import System
from dialproof.core.variables import Integer, boolean, integer
from dialproof.encode.problem import Packed, Problem
from dialproof.engines import explicit
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Nothing, Outcome, Proved
from dialproof.engines.limits import BmcLimits
from dialproof.engines.registry import names
from dialproof.ltl import always, eventually
from dialproof.portfolio.attempt import PREMISE, Attempt, audit_of, decide
from dialproof.portfolio.case import Case, Pending
from dialproof.portfolio.check import job_of
from dialproof.portfolio.pool import Key, Pool
from dialproof.portfolio.portfolio import Portfolio
from dialproof.portfolio.process import Worker
from dialproof.portfolio.schedule import Schedule
from dialproof.portfolio.tasks import Audited, Task


def counter(fairness: Fairness = Fairness.WEAK) -> tuple[System, Integer]:
    """A counter to three that starts again."""
    n = integer("n", 0, 3)
    step = Action("step", z3.BoolVal(True), {n: z3.If(n < 3, n + 1, 0)}, fairness)  # the bound
    return System("counter", [n], n == 0, [step, Action("wait", z3.BoolVal(True), {})]), n


def test_a_verdict_has_no_truth_value() -> None:
    """Unknown must never pass for safe, nor Holds for True."""
    system, n = counter()
    for verdict in (check(system, always(n < 4)), check(system, always(n < 2)), Unknown("nobody asked")):
        with pytest.raises(TypeError, match="no truth value"):
            bool(verdict)


def test_a_proof_names_the_fairness_that_it_rests_on() -> None:
    """Of two fair actions one is needed; a safety proof needs none."""
    system, n = counter()
    system = system.fair(Fairness.STRONG, "wait")
    lively = check(system, always(eventually(n == 3)))
    assert isinstance(lively, Holds)
    assert lively.basis.weak == ("step",)
    assert lively.basis.strong == ()
    assert lively.checked_by
    safe = check(system, always(n < 4))
    assert isinstance(safe, Holds)
    assert safe.basis.lines() == ()


def test_without_fairness_the_counter_may_wait_for_ever() -> None:
    """The violation is replayed, and rests on what the system promises."""
    system, n = counter(Fairness.NONE)
    verdict = check(system, always(eventually(n == 3)))
    assert isinstance(verdict, Violated)
    assert verdict.vacuity.fair_run is True


def test_contradictory_assumptions_make_a_claim_vacuous() -> None:
    """Everything holds of no run at all: the verdict says so."""
    system, n = counter()
    never = Assumption("never three", always(n != 3), "for the test")
    always_again = Assumption("three again and again", always(eventually(n == 3)), "for the test")
    verdict = check(system.assuming(never, always_again), always(eventually(n == 2)))
    assert isinstance(verdict, Vacuous)
    assert verdict.vacuity.fair_run is False
    assert verdict.vacuity.is_vacuous is True


def test_a_premise_that_cannot_happen_is_reported() -> None:
    """It holds, and says nothing."""
    system, n = counter()
    claim = Claim("never", always(z3.Implies(n > 3, n == 7)), "after four comes seven", premise=n > 3)
    verdict = check(system, claim)
    assert isinstance(verdict, Vacuous)
    assert verdict.vacuity.premise is False
    assert verdict.vacuity.is_vacuous is True


def test_a_time_out_is_unknown_and_says_so() -> None:
    verdict = check(*factors(), timeout=2, engines=["bmc"])
    assert isinstance(verdict, Unknown)
    assert "within 2 s" in verdict.reason


def test_where_a_small_finite_system_is_undecided_it_says_who_visits_all_its_states() -> None:
    n, flag = integer("n", -1, 3), boolean("flag")
    system = System("small", [n, flag], z3.And(n == 0, z3.Not(flag)), [Action("step", n < 3, {n: n + 1})])
    undecided = check(system, eventually(n == 3), engines=["bmc"])
    assert isinstance(undecided, Unknown)
    assert undecided.reason.endswith(
        "there are at most 10 states: the engine 'explicit', which was not asked, visits them one by one"
    )
    assert isinstance(check(system, eventually(n == 3), engines=["explicit"]), Holds)


def test_an_action_that_leaves_a_range_is_refused() -> None:
    """It is not cut off silently; the run is shown."""
    n = integer("n", 0, 3)
    system = System("over", [n], n == 2, [Action("step", n > 1, {n: n + 1})])
    with pytest.raises(ModelError, match=r"leads out of range in a run of 2 steps: from n=3 to n=4, where 0\.\.3 is allowed"):
        check(system, always(n < 4))


@pytest.mark.parametrize("processes", [1, 2])
def test_a_violation_does_not_hide_that_a_range_is_left(processes: int) -> None:
    """Whichever is known first: nothing is said of a system without meaning."""
    n = integer("n", 0, 3)
    system = System("over", [n], n == 0, [Action("step", z3.BoolVal(True), {n: n + 1})])
    with pytest.raises(ModelError, match="out of range"):
        check(system, always(n < 2), processes=processes)


def test_unbounded_data_is_not_proved_by_liveness_to_safety() -> None:
    """A counter without end never repeats a state; that no loop is found proves nothing."""
    n = integer("n", 0)
    system = System("for ever", [n], n == 0, [Action("up", z3.BoolVal(True), {n: n + 1})])
    verdict = check(system, eventually(n < 0), timeout=5)
    assert isinstance(verdict, Unknown)
    assert "unbounded" in verdict.reason


def test_an_unknown_engine_is_refused() -> None:
    """With the names that exist."""
    with pytest.raises(InputError, match="bmc, induction, spacer, octagons, explicit, k-liveness, response"):
        Portfolio(1, engines=["guess"])


def test_a_killed_worker_is_no_answer() -> None:
    """Its death is heard, with the signal; the pool goes on."""
    with Pool(1) as pool:
        pool.start((0, decide("spacer", 4)), Task(decide("spacer", 4), data_of(*factors())))
        deadline = time.monotonic() + 30
        replies = []
        while not only_worker(pool).is_ready and time.monotonic() < deadline:
            replies += pool.wait(1)  # what is ended before it is ready is another matter
        os.kill(only_worker(pool).process.pid, signal.SIGKILL)
        while not any(reply.kind == "died" for reply in replies) and time.monotonic() < deadline:
            replies += pool.wait(1)
        assert any("SIGKILL" in str(reply.content) for reply in replies)
        assert pool.free == 1


def only_worker(pool: Pool) -> Worker:
    """The only worker that is at work: what a test kills from outside."""
    (worker,) = pool._busy.values()  # noqa: SLF001
    return worker


def factors() -> tuple[System, z3.BoolRef]:
    """The factors of a product of two large primes: nobody finds them in a moment."""
    x, y = integer("x", 2, 2 * 10**9), integer("y", 2, 2 * 10**9)
    return System("factors", [x, y], z3.BoolVal(True), []), always(x * y != 1_000_000_007 * 1_000_000_009)


def test_a_system_that_grants_no_larger_pipe_is_served_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """There a task is written as its worker reads it."""

    def refuse(*_: object) -> int:
        raise PermissionError("pipe-user-pages-soft")

    monkeypatch.setattr("dialproof.portfolio.process.fcntl.fcntl", refuse)
    system, n = counter()
    assert isinstance(check(system, always(n < 4)), Holds)


def data_of(system: System, formula: z3.BoolRef) -> Packed:
    """The problem as it travels to a worker."""
    return Problem(system, formula).packed


def test_equal_jobs_are_done_once_and_answered_each() -> None:
    """The same question under two names gets the same verdict."""
    system, n = counter()
    twin = System("twin", system.variables, system.init, system.actions)
    with Portfolio(1) as portfolio:
        first, second = portfolio.run([job_of(system, always(n < 4)), job_of(twin, always(n < 4))])
    assert first is second


class Recorder(Pool):
    """A pool of two that keeps what it is told to start, and never does it."""

    def __init__(self) -> None:
        super().__init__(2)
        self.started: list[tuple[Key, Task]] = []
        self.ended: set[Key] = set()
        self.seconds = 0.0

    def start(self, key: Key, task: Task) -> None:
        """Only note it."""
        self.started.append((key, task))

    @property
    def running(self) -> tuple[Key, ...]:
        """What was started and has not been said to have ended."""
        return tuple(key for key, _ in self.started if key not in self.ended)

    @property
    def free(self) -> int:
        """How many of the two are left."""
        return 2 - len(self.running)

    def age(self, key: Key) -> float:
        """All is as old as the test says."""
        assert key in self.running
        return self.seconds

    def kill(self, key: Key) -> None:
        """It has ended."""
        self.ended.add(key)


def searching(*attempts: Attempt, formula: z3.BoolRef | None = None) -> Case:
    """A case of a counter for which these attempts are pending, none of them urgent."""
    system, n = counter(Fairness.NONE)
    job = job_of(system, always(n < 4) if formula is None else formula)
    pending = [Pending(1, Task(attempt, job.problem.packed)) for attempt in attempts]
    return Case(0, job, pending, job.problem.packed, urgency=dict.fromkeys(names(), 1))


def begin_all(schedule: Schedule, case: Case) -> None:
    """Start all that is pending."""
    for pending in list(case.pending):
        schedule.begin(case, pending)


def test_a_round_of_a_search_goes_on_where_the_one_before_has_ended() -> None:
    """What it has excluded is not looked for once more."""
    pool = Recorder()
    case = searching(decide("bmc", 2))
    case.excluded = {decide("bmc"): 4, decide("bmc", 1): 6}
    begin_all(Schedule(pool, None), case)
    assert [(key, task.first_steps) for key, task in pool.started] == [((0, decide("bmc", 2)), 7)]


@pytest.mark.parametrize("search_finds", [True, False])
def test_a_violation_of_a_prover_waits_for_the_search(search_finds: bool) -> None:
    """A prover looks at one part of a claim after the other, so that its violation may be longer than the shortest one."""
    system, n = counter(Fairness.NONE)
    claim = z3.And(always(n < 3), always(n < 1))
    pool = Recorder()
    bmc_, spacer = decide("bmc"), decide("spacer")
    case = searching(bmc_, spacer, formula=claim)
    longer, shorter = (bmc.search(Problem(system, part), BmcLimits(5)) for part in (always(n < 3), claim))
    assert isinstance(longer, Found)
    assert isinstance(shorter, Found)
    assert len(shorter.run) < len(longer.run)
    with Portfolio(2) as portfolio:
        schedule = portfolio._schedule = Schedule(pool, None)  # noqa: SLF001  # answers are given by hand
        begin_all(schedule, case)
        pool.ended.add((0, spacer))
        portfolio._answered(case, spacer, longer)  # noqa: SLF001
        portfolio._decide(case)  # noqa: SLF001
        assert case.verdict is None
        pool.ended.add((0, bmc_))
        portfolio._answered(case, bmc_, shorter if search_finds else Nothing("none was found", 4))  # noqa: SLF001
        portfolio._decide(case)  # noqa: SLF001
    assert isinstance(case.verdict, Violated)
    assert case.verdict.lasso == (shorter if search_finds else longer).run
    assert case.verdict.depth == (shorter.depth - 1 if search_finds else 4)


class ByHand:
    """A system that stops after so many steps, where it is claimed to go on; `explicit` and a search of depth by depth are at it.

    Their answers are given by hand, in whatever order.
    """

    def __init__(self, length: int) -> None:
        n = integer("n", 0, 99)
        system = System("stops", [n], n == 0, [Action("count", n < length - 1, {n: n + 1}, Fairness.WEAK)])
        self.job = job_of(system, eventually(n == length))
        pending = [Pending(1, Task(attempt, self.job.problem.packed)) for attempt in (EXPLICIT, SEARCH)]
        self.case = Case(0, self.job, pending, self.job.problem.packed, urgency=dict.fromkeys(names(), 1))
        self.pool = Recorder()
        self.portfolio = Portfolio(2)
        self.portfolio._schedule = Schedule(self.pool, None)  # noqa: SLF001  # nobody else is to answer
        begin_all(self.portfolio._schedule, self.case)  # noqa: SLF001

    def answer(self, attempt: Attempt, outcome: Outcome) -> None:
        """Have one of them answer."""
        self.pool.ended.add((0, attempt))
        self.portfolio._answered(self.case, attempt, outcome)  # noqa: SLF001
        self.portfolio._decide(self.case)  # noqa: SLF001


EXPLICIT, SEARCH = decide("explicit"), decide("bmc", 1)


@pytest.mark.parametrize("length", [24, 25])
def test_a_long_run_that_is_known_to_be_a_shortest_one_waits_for_no_search(length: int) -> None:
    """A short one does: a bounded search makes it simpler. So it is whoever was faster, and said how far nothing is violated."""
    one = ByHand(length)
    one.answer(EXPLICIT, explicit.decide(one.job.problem))
    if length == 24:
        assert one.case.verdict is None
        assert (0, SEARCH) in one.pool.running
    else:
        assert isinstance(one.case.verdict, Violated)
        assert (one.case.verdict.engine, len(one.case.verdict.lasso), one.case.verdict.depth) == ("explicit", 25, 24)


def test_a_long_run_of_a_search_waits_for_one_that_is_known_to_be_a_shortest_one() -> None:
    """Which of the two counts does not depend on who was faster."""
    one = ByHand(31)
    one.answer(SEARCH, bmc.search(one.job.problem, BmcLimits(40)))
    assert one.case.verdict is None
    one.answer(EXPLICIT, explicit.decide(one.job.problem))
    assert isinstance(one.case.verdict, Violated)
    assert one.case.verdict.engine == "explicit"


PROOF = Proved(KInduction(1))
"""Taken for a proof by whoever hands it over in a test."""


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_which_proof_counts_does_not_depend_on_who_is_faster(order: tuple[int, int]) -> None:
    """That of the engine which the registry names first; what is less preferred is ended at once."""
    pool = Recorder()
    attempts = decide("induction"), decide("spacer")
    case = searching(*attempts)
    with Portfolio(2) as portfolio:
        schedule = portfolio._schedule = Schedule(pool, None)  # noqa: SLF001  # answers are given by hand
        begin_all(schedule, case)
        for place in order:
            if (0, attempts[place]) in pool.running:
                pool.ended.add((0, attempts[place]))
                portfolio._answered(case, attempts[place], PROOF)  # noqa: SLF001
                portfolio._audited(case, audit_of(attempts[place]), Audited(("z3",)))  # noqa: SLF001
                case.pending = [one for one in case.pending if one.attempt.of is None]
                portfolio._decide(case)  # noqa: SLF001
    assert isinstance(case.verdict, Holds)
    assert case.verdict.engine == "induction"
    assert pool.running == ()


def test_a_proof_waits_for_no_engine_that_only_finds_violations() -> None:
    pool = Recorder()
    case = searching(decide("bmc"), decide("spacer"))
    with Portfolio(2) as portfolio:
        schedule = portfolio._schedule = Schedule(pool, None)  # noqa: SLF001  # answers are given by hand
        begin_all(schedule, case)
        pool.ended.add((0, decide("spacer")))
        portfolio._answered(case, decide("spacer"), PROOF)  # noqa: SLF001
        assert pool.running == (), "it is ended as soon as there is a candidate"
        assert [one.attempt for one in case.pending] == [audit_of(decide("spacer")), decide("bmc")]
        portfolio._audited(case, audit_of(decide("spacer")), Audited(rejected="no proof"))  # noqa: SLF001
        case.pending.pop(0)
        portfolio._decide(case)  # noqa: SLF001
    assert case.verdict is None
    assert case.reasons == {"spacer": "its certificate was rejected: no proof"}
    assert case.is_needed(decide("bmc")), "it begins anew: what there was is no proof"


def test_engines_that_contradict_each_other_are_a_bug() -> None:
    case = searching(formula=always(counter()[1] < 3))
    found = bmc.search(case.job.problem, BmcLimits(5))
    with Portfolio(2) as portfolio:
        portfolio._schedule = Schedule(Recorder(), None)  # noqa: SLF001  # answers are given by hand
        portfolio._answered(case, decide("spacer"), PROOF)  # noqa: SLF001
        portfolio._answered(case, decide("bmc"), found)  # noqa: SLF001
        portfolio._audited(case, audit_of(decide("spacer")), Audited(("z3",)))  # noqa: SLF001
        with pytest.raises(ContradictionError, match="bmc shows a violation of what spacer has proved"):
            portfolio._decide(case)  # noqa: SLF001


def test_when_the_time_is_over_what_is_there_counts() -> None:
    """Better than nothing: it was replayed, even though a preferred engine might have shown another run."""
    pool = Recorder()
    case = searching(decide("bmc"), decide("explicit"), formula=always(counter()[1] < 3))
    found = explicit.decide(case.job.problem)
    with Portfolio(2) as portfolio:
        schedule = portfolio._schedule = Schedule(pool, 0.0)  # noqa: SLF001  # answers are given by hand
        begin_all(schedule, case)
        pool.ended.add((0, decide("explicit")))
        portfolio._answered(case, decide("explicit"), found)  # noqa: SLF001
        portfolio._decide(case)  # noqa: SLF001
        assert case.verdict is None
        schedule.expire([case])
        portfolio._decide(case)  # noqa: SLF001
    assert isinstance(case.verdict, Violated)


def many(size: int) -> System:
    """So many counters of which the first one counts."""
    counts = [integer(f"n{place}", 0, 3) for place in range(size)]
    step = Action("step", z3.BoolVal(True), {counts[0]: z3.If(counts[0] < 3, counts[0] + 1, 0)}, Fairness.WEAK)
    return System("many", counts, z3.And([n == 0 for n in counts]), [step])


def cases_of(system: System, number: int) -> list[Case]:
    """So many cases about it, with a search, a prover and a round of the search that goes further."""
    job = job_of(system, always(eventually(system.variables[0].term == 3)))
    packed = job.problem.packed
    searches = [(0, decide("bmc")), (1, decide("spacer")), (2, decide("bmc", 1))]
    pending = [Pending(urgency, Task(attempt, packed)) for urgency, attempt in searches]
    return [Case(place, job, list(pending), packed, urgency=dict.fromkeys(names(), 1)) for place in range(number)]


def begun(schedule: Schedule, pool: Recorder, cases: list[Case]) -> list[str]:
    """What is started until nothing more may be, in this order."""
    known = len(pool.started)
    while (chosen := schedule.next(cases)) is not None:
        schedule.begin(*chosen)
    if (idle := schedule.idle_beside_a_prover(cases)) is not None:
        idle.was_glimpsed = idle.is_premise_asked = True
        idle.pending.insert(0, Pending(0, Task(PREMISE, idle.data)))
        schedule.begin(idle, idle.pending[0])
    return [str(attempt) for (_, attempt), _ in pool.started[known:]]


def test_the_last_case_of_a_small_system_has_a_prover_and_a_search_at_once() -> None:
    """Then a worker that becomes idle looks into the premise, then it searches further."""
    pool = Recorder()
    schedule, cases = Schedule(pool, None), cases_of(many(3), 1)
    assert begun(schedule, pool, cases) == ["bmc", "spacer"]
    pool.ended.add((0, decide("bmc")))
    assert begun(schedule, pool, cases) == ["premise"]
    pool.ended.add((0, PREMISE))
    assert begun(schedule, pool, cases) == ["bmc, round 2"]


def test_the_states_of_a_small_system_are_counted_beside_the_first_search() -> None:
    """The explicit search ends soon, so that the prover waits for it."""
    pool = Recorder()
    schedule, cases = Schedule(pool, None), cases_of(many(3), 1)
    cases[0].pending.insert(2, Pending(1, Task(decide("explicit"), cases[0].data)))
    assert begun(schedule, pool, cases) == ["bmc", "explicit"]
    pool.ended.add((0, decide("explicit")))
    assert begun(schedule, pool, cases) == ["spacer"]


def test_in_a_large_system_the_prover_comes_after_the_first_search() -> None:
    pool = Recorder()
    schedule, cases = Schedule(pool, None), cases_of(many(25), 1)
    assert begun(schedule, pool, cases) == ["bmc"]
    pool.seconds = 10.0
    assert begun(schedule, pool, cases) == ["spacer"], "but where that takes long it joins"
    pool.ended.add((0, decide("bmc")))
    pool.seconds = 0.0
    assert begun(schedule, pool, cases) == ["premise"]
    pool.seconds = 10.0
    assert schedule.expire(cases) == []
    assert pool.running == ((0, decide("spacer")),), "nothing was promised of it beside a prover"


def test_where_other_cases_wait_each_has_one_engine() -> None:
    """Nobody joins anybody, or looks into a premise, while there is a case that nobody is at."""
    pool = Recorder()
    schedule, cases = Schedule(pool, None), cases_of(many(3), 3)
    assert begun(schedule, pool, cases) == ["bmc", "bmc"]
    pool.ended.add((0, decide("bmc")))
    assert begun(schedule, pool, cases) == ["spacer"]
    pool.ended.add((1, decide("bmc")))
    assert begun(schedule, pool, cases) == ["spacer"]
    assert [number for (number, _), _ in pool.started] == [0, 1, 0, 1]


def test_the_depth_of_a_search_is_kept_and_that_of_another_question_is_not() -> None:
    """Nine steps are excluded by a search of eight; nothing follows from how far the search for the premise has come."""
    system, n = counter()
    heard = []
    claim = Claim("four", always(n < 4), "it never exceeds three", premise=n == 3)
    with Portfolio(2, engines=["bmc"], timeout=20) as portfolio:
        started = portfolio._pool.start  # noqa: SLF001  # what it knows by then is seen from within

        def start(key: Key, task: Task) -> None:
            heard.append((str(task.attempt), task.first_steps))
            started(key, task)

        portfolio._pool.start = start  # type: ignore[method-assign]  # noqa: SLF001
        portfolio.run([job_of(system, claim)])
    assert heard[:3] == [("bmc", 0), ("ranges", 0), ("bmc, round 2", 9)]


def test_a_premise_that_was_seen_beside_the_prover_is_the_one_of_the_proof() -> None:
    """One worker has no time to look into it before the proof, two have: the witness is the same."""
    system, n = counter()
    claim = Claim("again", always(z3.Implies(n == 2, eventually(n == 0))), "after two comes zero", premise=n == 2)
    alone, beside = (check(system, claim, processes=processes) for processes in (1, 2))
    assert isinstance(alone, Holds)
    assert isinstance(beside, Holds)
    assert alone.vacuity == beside.vacuity
    assert beside.vacuity.premise is True


def test_an_engine_that_takes_long_leaves_the_only_worker_to_others() -> None:
    """Each round ends by its limits: of two engines that come to nothing, none waits for the other."""
    numbers = [integer(name, 0, 1 << 20) for name in ("x", "y")]
    x, y = numbers
    actions = [Action(f"count({n})", n < 1 << 20, {n: n + 1}, Fairness.WEAK) for n in numbers]
    system = System("factors", numbers, z3.And(x == 0, y == 0), actions)
    claim = eventually(x * y == 1_000_003 * 999_983)
    heard: list[str] = []
    with Portfolio(1, timeout=60, engines=["spacer", "k-liveness"]) as portfolio:
        job = replace(job_of(system, claim), budget=60)
        (verdict,) = portfolio.run([job], on_progress=lambda event: heard.append(str(event.attempt)))
    assert isinstance(verdict, Unknown)
    assert {"spacer", "k-liveness", "spacer, round 2"} <= set(heard)
