"""What a worker does, done here: each task by its name, and searches that may do too little."""

import subprocess
import sys

import pytest
import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.hints import Hints
from dialproof.core.system import System
from dialproof.core.variables import boolean, integer
from dialproof.encode.problem import Problem
from dialproof.engines import solving
from dialproof.engines.bmc import localized as near
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Nothing, Proved
from dialproof.engines.limits import BmcLimits
from dialproof.evidence.replay import replay
from dialproof.exchange.aiger import abc as berkeley
from dialproof.ltl import always, eventually, leads_to
from dialproof.portfolio.attempt import FORMER, PREMISE, RANGES, Attempt, audit_of, decide
from dialproof.portfolio.tasks import Audited, Doubt, Task, perform, possibility

TRUE = z3.BoolVal(True)
LEFT = integer("left", 0)
ASKED = boolean("asked")
SERVE = Action("serve", LEFT > 0, {LEFT: LEFT - 1}, Fairness.WEAK)
ASK = Action("ask", LEFT == 0, {LEFT: 3})
QUEUE = System("queue", [LEFT, ASKED], z3.And(LEFT == 0, z3.Not(ASKED)), [SERVE, ASK])
EMPTIED = leads_to(LEFT > 0, LEFT == 0)

LAMP = boolean("lamp")
SWITCHED = System("lamp", [LAMP], z3.Not(LAMP), [Action("switch", TRUE, {LAMP: z3.Not(LAMP)}, Fairness.WEAK)])


def test_only_the_engine_that_is_asked_is_loaded() -> None:
    """A worker that searches does not first load what draws graphs."""
    program = """
import sys
import z3
from dialproof.portfolio.attempt import decide
from dialproof.portfolio.tasks import Task, perform
from dialproof.encode.problem import Problem
from dialproof.core.system import System
from dialproof.core.variables import boolean

lamp = boolean("lamp")
problem = Problem(System("lamp", [lamp], z3.Not(lamp), []), z3.Not(lamp))
print(type(perform(Task(decide("bmc"), problem.packed), problem, lambda _: None)).__name__)
print(*sorted(name for name in sys.modules if name.startswith(("networkx", "dialproof.engines."))))
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    outcome, loaded = told.stdout.splitlines()
    assert outcome == "Nothing"
    assert "dialproof.engines.bmc.search" in loaded.split()
    assert not {"networkx", "dialproof.engines.spacer.search", "dialproof.engines.explicit"} & set(loaded.split())


def done(attempt: Attempt, system: System, formula: z3.BoolRef, **more: object) -> object:
    problem = Problem(system, formula)
    return perform(Task(attempt, problem.packed, **more), problem, lambda _: None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("engine", "system", "formula"),
    [
        ("spacer", SWITCHED, always(eventually(LAMP))),
        ("induction", QUEUE, always(z3.Not(ASKED))),
        ("k-liveness", QUEUE, EMPTIED),
        ("response", QUEUE, EMPTIED),
        ("explicit", SWITCHED, always(eventually(LAMP))),
        pytest.param(
            "abc",
            SWITCHED,
            always(eventually(LAMP)),
            marks=pytest.mark.skipif(bool(berkeley.missing_tools()), reason=berkeley.missing_tools()),
        ),
    ],
)
def test_a_proof_is_one_for_the_audit_too(engine: str, system: System, formula: z3.BoolRef) -> None:
    proved = done(decide(engine), system, formula)
    assert isinstance(proved, Proved)
    audited = done(audit_of(decide(engine)), system, formula, certificate=proved.certificate)
    assert isinstance(audited, Audited)
    assert audited.checked_by
    assert not audited.rejected
    wrong = done(
        audit_of(decide(engine)),
        system,
        always(LEFT == 0) if system is QUEUE else always(z3.Not(LAMP)),
        certificate=proved.certificate,
    )
    assert isinstance(wrong, Audited)
    assert wrong.rejected
    assert not wrong.checked_by


def test_hints_are_taken_along() -> None:
    hints = Hints(invariant=LEFT <= 3).stated(QUEUE)
    assert isinstance(done(decide("response"), QUEUE, EMPTIED, hints=hints), Proved)


def test_ranges_are_found_in_order_or_doubted() -> None:
    assert done(RANGES, QUEUE, TRUE) == Nothing("every action keeps the variables in range")
    doubt = done(RANGES, QUEUE.changed(Action("serve", TRUE, {LEFT: LEFT - 1})), TRUE)
    assert doubt == Doubt("action 'serve' would lead out of range from left=0")


def test_what_can_happen_is_shown_and_what_cannot_is_proved_not_to() -> None:
    shown = done(PREMISE, QUEUE, possibility(Problem(QUEUE, TRUE), LEFT > 2).formula)
    assert isinstance(shown, Found)
    never = done(PREMISE, SWITCHED, possibility(Problem(SWITCHED, TRUE), z3.And(LAMP, z3.Not(LAMP))).formula)
    assert isinstance(never, Proved)


def test_an_unknown_task_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError, match="guess"):
        done(decide("guess"), QUEUE, TRUE)
    with pytest.raises(AssertionError, match="no task former proof"):
        done(FORMER, QUEUE, TRUE)


# --- too few units ---------------------------------------------------------------------------------------------------


def test_a_search_without_units_has_not_begun() -> None:
    found = bmc.search(Problem(SWITCHED, always(z3.Not(LAMP))), BmcLimits(4, rlimit=0))
    assert found == Nothing("the search had not begun when its limit was reached", by_limit=True)


def test_a_search_says_how_far_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends at the same depth each time: it counts what the solver does, not seconds."""
    units = iter(range(0, 10**9, 100_000))
    monkeypatch.setattr(solving, "units_spent", lambda _solver: next(units))
    found = bmc.search(Problem(SWITCHED, always(eventually(LAMP))), BmcLimits(40, rlimit=1_000_000))
    assert isinstance(found, Nothing)
    assert found.reason == f"no violation of at most {found.depth} steps was found before the search reached its limit"
    assert 0 <= found.depth < 6
    assert found.by_limit


def test_a_solver_that_gives_up_has_searched_no_deeper(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([z3.unsat, z3.unknown])
    monkeypatch.setattr(bmc, "ask", lambda *_: next(answers))
    found = bmc.search(Problem(SWITCHED, always(eventually(LAMP))), BmcLimits(4))
    assert isinstance(found, Nothing)
    assert found.reason.startswith("the solver gave up at depth 1")
    assert found.depth == 0


def many(number: int = near.LARGE + 8) -> tuple[System, list[z3.ArithRef]]:
    counts = [integer(f"count {place}", 0, 3) for place in range(number)]
    actions = [Action(f"up {place}", count < 2, {count: count + 1}) for place, count in enumerate(counts)]
    return System("many", counts, z3.And([count == 0 for count in counts]), actions), counts


def test_a_large_system_is_searched_near_one_conjunct_and_what_is_found_is_a_run_of_it() -> None:
    system, counts = many()
    problem = Problem(system, always(z3.And([count < 2 for count in counts])))
    found = bmc.search_any(problem, BmcLimits(8))
    assert isinstance(found, Found)
    replay(problem, found.run)
    assert {step.action.name for step in found.run.steps if step.action} == {"up 0"}


def test_near_a_conjunct_that_holds_nothing_is_found_and_all_is_searched() -> None:
    system, counts = many()
    assert isinstance(bmc.search_any(Problem(system, always(counts[3] < 3)), BmcLimits(3)), Nothing)


def test_without_units_nothing_is_found_near_the_claim() -> None:
    system, counts = many()
    problem = Problem(system, always(z3.And([count < 2 for count in counts])))
    assert near.search_near(problem, lambda *_: None, last=4, rlimit=0) == near.Near(None, 0)
    assert near.found_nearby(problem, lambda *_: pytest.fail("nothing is left"), last=4, rlimit=0) is None
    assert isinstance(bmc.search(problem, BmcLimits(4, rlimit=0)), Nothing)


def test_a_claim_that_reads_nothing_of_the_system_is_searched_as_a_whole() -> None:
    system, _ = many()
    depths: list[int] = []
    assert near.search_near(Problem(system, always(TRUE)), lambda *_: None, last=1, progress=depths.append) == near.Near(None, 0)
    assert depths == []
