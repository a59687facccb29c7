"""What a worker does, done here: each task by its name, and searches that are given too little time."""

import subprocess
import sys

import pytest
import z3

from dialproof.core.actions import Action, Fairness
from dialproof.core.hints import Hints
from dialproof.core.system import System
from dialproof.core.variables import boolean, integer
from dialproof.encode.problem import Problem
from dialproof.engines.bmc import localized as near
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Nothing, Proved
from dialproof.evidence.replay import replay
from dialproof.exchange.aiger import abc as berkeley
from dialproof.ltl import always, eventually, leads_to
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
from dialproof.portfolio.tasks import Task, perform
from dialproof.encode.problem import Problem
from dialproof.core.system import System
from dialproof.core.variables import boolean

lamp = boolean("lamp")
problem = Problem(System("lamp", [lamp], z3.Not(lamp), []), z3.Not(lamp))
print(type(perform(Task("bmc", problem.packed, last=2), problem, lambda _: None)).__name__)
print(*sorted(name for name in sys.modules if name.startswith(("networkx", "dialproof.engines."))))
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    outcome, loaded = told.stdout.splitlines()
    assert outcome == "Nothing"
    assert "dialproof.engines.bmc.search" in loaded.split()
    assert not {"networkx", "dialproof.engines.spacer.search", "dialproof.engines.explicit"} & set(loaded.split())


def done(what: str, system: System, formula: z3.BoolRef, **more: object) -> object:
    problem = Problem(system, formula)
    return perform(Task(what, problem.packed, **more), problem, lambda _: None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("what", "system", "formula"),
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
def test_a_proof_is_one_for_the_audit_too(what: str, system: System, formula: z3.BoolRef) -> None:
    proved = done(what, system, formula, last=3)
    assert isinstance(proved, Proved)
    audited = done("audit", system, formula, certificate=proved.certificate)
    assert isinstance(audited, Audited)
    assert audited.checked_by
    assert not audited.rejected
    wrong = done("audit", system, always(LEFT == 0) if system is QUEUE else always(z3.Not(LAMP)), certificate=proved.certificate)
    assert isinstance(wrong, Audited)
    assert wrong.rejected
    assert not wrong.checked_by


def test_hints_are_taken_along() -> None:
    hints = Hints(invariant=LEFT <= 3).stated(QUEUE)
    assert isinstance(done("response", QUEUE, EMPTIED, hints=hints), Proved)


def test_ranges_are_found_in_order_or_doubted() -> None:
    assert done("ranges", QUEUE, TRUE) == Nothing("every action keeps the variables in range")
    doubt = done("ranges", QUEUE.changed(Action("serve", TRUE, {LEFT: LEFT - 1})), TRUE)
    assert doubt == Doubt("action 'serve' would lead out of range from left=0")


def test_what_can_happen_is_shown_and_what_cannot_is_proved_not_to() -> None:
    shown = done("possible", QUEUE, possibility(Problem(QUEUE, TRUE), LEFT > 2).formula, last=8)
    assert isinstance(shown, Found)
    never = done("possible", SWITCHED, possibility(Problem(SWITCHED, TRUE), z3.And(LAMP, z3.Not(LAMP))).formula, last=2)
    assert isinstance(never, Proved)


def test_an_unknown_task_is_a_mistake_of_ours() -> None:
    with pytest.raises(AssertionError, match="no task 'guess'"):
        done("guess", QUEUE, TRUE)


# --- too little time -------------------------------------------------------------------------------------------------


def test_a_search_without_time_has_not_begun() -> None:
    found = bmc.search(Problem(SWITCHED, always(z3.Not(LAMP))), last=4, patience=0.0)
    assert found == Nothing("the search had not begun when the time given was over")


def test_a_search_says_how_far_it_came_in_the_time_given(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(100))
    monkeypatch.setattr(bmc.time, "monotonic", lambda: next(seconds))
    found = bmc.search(Problem(SWITCHED, always(eventually(LAMP))), last=40, patience=6.0)
    assert isinstance(found, Nothing)
    assert found.reason == f"no violation of at most {found.depth} steps was found in the time given"
    assert found.depth is not None
    assert 0 <= found.depth < 6


def test_a_solver_that_gives_up_has_searched_no_deeper(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([z3.unsat, z3.unknown])
    monkeypatch.setattr(bmc, "ask", lambda *_: next(answers))
    found = bmc.search(Problem(SWITCHED, always(eventually(LAMP))), last=4)
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
    found = bmc.search_any(problem, last=8)
    assert isinstance(found, Found)
    replay(problem, found.run)
    assert {step.action.name for step in found.run.steps if step.action} == {"up 0"}


def test_near_a_conjunct_that_holds_nothing_is_found_and_all_is_searched() -> None:
    system, counts = many()
    assert isinstance(bmc.search_any(Problem(system, always(counts[3] < 3)), last=3), Nothing)


@pytest.mark.parametrize("patience", [0.0, -1.0])
def test_without_time_nothing_is_found_near_the_claim(patience: float) -> None:
    system, counts = many()
    problem = Problem(system, always(z3.And([count < 2 for count in counts])))
    assert near.search_near(problem, lambda *_: None, last=4, patience=patience) == near.Near(None, 0)
    assert near.found_nearby(problem, lambda *_: pytest.fail("there is no time"), last=4, patience=patience) is None
    assert isinstance(bmc.search(problem, last=4, patience=patience), Nothing)


def test_a_claim_that_reads_nothing_of_the_system_is_searched_as_a_whole() -> None:
    system, _ = many()
    depths: list[int] = []
    assert near.search_near(Problem(system, always(TRUE)), lambda *_: None, last=1, progress=depths.append) == near.Near(None, 0)
    assert depths == []
