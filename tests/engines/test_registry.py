"""The registry of engines: a new engine is one record, and its answers are believed no more than others'."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import z3

from dialproof import Action, Holds, Unknown, Violated, check
from dialproof.core.certificates import KInduction
from dialproof.core.errors import InputError, ReplayError
from dialproof.core.run import FiniteRun, State, Step, Taken
from dialproof.core.system import System
from dialproof.core.variables import integer
from dialproof.core.verdict import Verdict
from dialproof.encode.problem import Problem
from dialproof.engines import registry
from dialproof.engines.candidates import Found, Nothing, Outcome, Proved
from dialproof.engines.registry import REGISTRY, Answer, Engine, Facts, Request, engine_called, names
from dialproof.ltl import always
from dialproof.portfolio.pool import Key, Pool, Reply
from dialproof.portfolio.tasks import Task, perform

ROOT = Path(__file__).resolve().parents[2]

N = integer("n", 0, 3)
COUNTER = System("counter", [N], N == 0, [Action("step", z3.BoolVal(True), {N: z3.If(N < 3, N + 1, 0)})])


def test_the_registry_loads_neither_a_solver_nor_an_engine() -> None:
    program = (
        "import sys, dialproof.engines.registry\n"
        "print(*(name for name in sys.modules if name.split('.')[0] in {'z3', 'networkx'} or 'engines' in name))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(told.stdout.split()) == {"dialproof.engines", "dialproof.engines.registry", "dialproof.engines.limits"}


def test_no_two_engines_have_one_name() -> None:
    assert len(set(names())) == len(REGISTRY)
    assert [engine_called(name) for name in names()] == list(REGISTRY)
    with pytest.raises(KeyError):
        engine_called("guess")


@pytest.mark.parametrize("engine", REGISTRY, ids=names())
def test_the_page_says_of_each_engine_what_the_registry_says(engine: Engine) -> None:
    text = (ROOT / "docs" / "meaning.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| `{engine.name}` \| (.*) \| ([^|]*) \|$", text, re.MULTILINE)
    assert row is not None
    how, says = row.groups()
    assert how.startswith(engine.how)
    said = set(Answer) if says.startswith("both") else {answer for answer in Answer if answer.value in says}
    assert said == engine.answers
    assert f"`{engine.name}`" in (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")


class Here(Pool):
    """A pool that does each task in this process as soon as it is started: no worker would know an engine of a test."""

    def __init__(self, _size: int) -> None:
        super().__init__(1)
        self._done: list[Reply] = []

    def prepare(self, most: int | None = None) -> None:
        """Nobody has to be started."""

    @property
    def free(self) -> int:
        """Two, until somebody listens."""
        return 2 - len(self._done)

    @property
    def running(self) -> tuple[Key, ...]:
        """What was done and not yet heard."""
        return tuple(reply.key for reply in self._done)

    def age(self, key: Key) -> float:
        """Old enough for another engine to join."""
        assert key in self.running
        return 3.0

    def start(self, key: Key, task: Task) -> None:
        """Do it."""
        self._done.append(Reply(key, "answer", perform(task, task.problem.problem(), lambda _depth: None)))

    def kill(self, key: Key) -> None:
        """Nobody hears of it any more."""
        self._done = [reply for reply in self._done if reply.key != key]

    def wait(self, seconds: float | None) -> list[Reply]:
        """All that was done; nothing takes `seconds` here."""
        assert seconds is None or seconds > 0
        done, self._done = self._done, []
        return done


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[[Outcome, z3.BoolRef], Verdict]:
    """The verdict on a claim about the counter if only the engine "toy" is asked, which always hands over the same."""
    monkeypatch.setattr("dialproof.portfolio.portfolio.Pool", Here)

    def verdict(outcome: Outcome, formula: z3.BoolRef) -> Verdict:
        def run(problem: Problem, request: Request) -> Outcome:
            assert problem.formula.eq(formula)
            assert request.round == 0
            return outcome

        toy = Engine("toy", "says what it is told", frozenset(Answer), 1, lambda: run)
        monkeypatch.setattr(registry, "REGISTRY", (*REGISTRY, toy))
        return check(COUNTER, formula, engines=["toy"])

    return verdict


GOOD, BAD = always(N < 4), always(N < 2)
GUESS = KInduction(1)

STEP = Taken("step")
RUN = FiniteRun(tuple(Step(action, State.of({"n": n})) for n, action in enumerate((STEP, STEP, None))))
"""The run of the counter that leads to 2."""


def test_a_new_engine_is_asked_and_its_proof_audited(asked: Callable[[Outcome, z3.BoolRef], Verdict]) -> None:
    verdict = asked(Proved(GUESS), GOOD)
    assert isinstance(verdict, Holds)
    assert (verdict.engine, verdict.certificate) == ("toy", GUESS)
    assert verdict.checked_by


def test_a_wrong_proof_of_a_new_engine_is_refused(asked: Callable[[Outcome, z3.BoolRef], Verdict]) -> None:
    verdict = asked(Proved(GUESS), BAD)
    assert isinstance(verdict, Unknown)
    assert verdict.reason.startswith("toy: its certificate was rejected")


def test_a_violation_of_a_new_engine_is_replayed(asked: Callable[[Outcome, z3.BoolRef], Verdict]) -> None:
    found = Found(RUN, 2)
    verdict = asked(found, BAD)
    assert isinstance(verdict, Violated)
    assert (verdict.engine, verdict.lasso) == ("toy", found.run)


def test_a_wrong_violation_of_a_new_engine_is_refused(asked: Callable[[Outcome, z3.BoolRef], Verdict]) -> None:
    with pytest.raises(ReplayError):
        asked(Found(RUN, 2), GOOD)


def test_a_new_engine_that_comes_to_nothing_says_why(asked: Callable[[Outcome, z3.BoolRef], Verdict]) -> None:
    verdict = asked(Nothing("it was told nothing"), GOOD)
    assert isinstance(verdict, Unknown)
    assert "toy: it was told nothing" in verdict.reason


def test_an_engine_that_is_not_installed_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = replace(engine_called("abc"), name="absent", missing=lambda: "nobody has it")
    monkeypatch.setattr(registry, "REGISTRY", (*REGISTRY, absent))
    with pytest.raises(InputError, match="nobody has it"):
        check(COUNTER, GOOD, engines=["absent"])


@pytest.mark.parametrize(
    ("facts", "put_to"),
    [
        (
            Facts(is_safety=True, is_finite=True, has_hints=False, asked=frozenset(names())),
            "bmc induction spacer octagons explicit abc",
        ),
        (Facts(is_safety=True, is_finite=False, has_hints=False, asked=frozenset(names())), "bmc induction spacer octagons abc"),
        (Facts(is_safety=False, is_finite=True, has_hints=False, asked=frozenset(names())), "bmc spacer explicit k-liveness abc"),
        (Facts(is_safety=False, is_finite=False, has_hints=False, asked=frozenset()), "bmc spacer k-liveness response abc"),
        (
            Facts(is_safety=False, is_finite=True, has_hints=True, asked=frozenset()),
            "bmc spacer explicit k-liveness response abc",
        ),
    ],
)
def test_which_engines_a_question_is_put_to(facts: Facts, put_to: str) -> None:
    assert [engine.name for engine in REGISTRY if engine.applies(facts)] == put_to.split()
