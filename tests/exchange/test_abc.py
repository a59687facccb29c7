"""Berkeley's ABC agrees with the explicit search, its proofs pass the audit, its runs replay; and nothing it says is believed."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import z3
from click.testing import CliRunner
from hypothesis import HealthCheck, given, seed, settings

from dialproof import Action, Fairness, System, check, integer
from dialproof.cli.main import main
from dialproof.core.errors import AuditError, InputError, NotApplicable, ReplayError
from dialproof.core.verdict import Holds, Violated
from dialproof.encode.problem import Problem
from dialproof.engines import abc as abc_pdr
from dialproof.engines import explicit
from dialproof.engines.candidates import Found, Nothing, Outcome, Proved
from dialproof.engines.limits import AbcLimits
from dialproof.evidence.audit import audit
from dialproof.evidence.replay import replay
from dialproof.exchange.aiger import abc as berkeley
from dialproof.exchange.aiger.abc import Answer, ask, cubes_in, stimuli_in
from dialproof.exchange.aiger.writing import to_aiger
from dialproof.ltl import eventually
from tests.exchange.test_spin import CASES, flip, system, up
from tests.strategies import problems

ROOT = Path(__file__).resolve().parents[2]
SCENARIO = ROOT / "model" / "scenarios" / "q230051" / "dns-from-start-fixed.toml"

value = integer("count", 0, 3)
VIOLATED = Problem(system(up, flip).fair(Fairness.NONE, "up"), eventually(value == 3))
HOLDS = Problem(system(up, flip), eventually(value == 3))

needs_abc = pytest.mark.skipif(bool(berkeley.missing_tools()), reason=f"no second opinion by ABC: {berkeley.missing_tools()}")


def is_violated(problem: Problem) -> bool:
    """What the explicit search says."""
    outcome = explicit.decide(problem)
    assert not isinstance(outcome, Nothing)
    return isinstance(outcome, Found)


def confirmed(problem: Problem, outcome: Outcome) -> bool | None:
    """Whether the claim is violated according to `outcome`, after replay or audit; None where nothing was found."""
    match outcome:
        case Found(run):
            replay(problem, run)
            return True
        case Proved(certificate):
            audit(problem, certificate)
            return False
    return None


@needs_abc
@pytest.mark.parametrize(("asked", "formula", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_circuit_means_what_the_system_means(asked: System, formula: z3.BoolRef, expected: str) -> None:
    problem = Problem(asked, formula)
    assert is_violated(problem) is (expected == "violated")
    assert ask(to_aiger(problem), timeout=60).reached is (expected == "violated")
    assert confirmed(problem, abc_pdr.prove(problem, AbcLimits(timeout_s=60))) is (expected == "violated")


@needs_abc
def test_abc_agrees_on_random_problems(abc_cases: int, abc_seed: int) -> None:
    """A slice of a campaign: `--abc-cases N` runs more, `--abc-seed S` other ones.

    The export is asked of `pdr`, of `bmc3`, which only finds, and in the form of k-liveness, which only proves.
    """
    said: Counter[str] = Counter()

    @seed(abc_seed)
    @settings(max_examples=abc_cases, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(problems())
    def agree(case: tuple[System, z3.BoolRef]) -> None:
        problem = Problem(*case)
        expected = is_violated(problem)
        said["violated" if expected else "holds"] += 1
        circuit = to_aiger(problem)
        assert ask(circuit, timeout=60).reached is expected
        bounded = ask(circuit, "bmc3", frames=20, timeout=60).reached
        assert bounded is not True or expected
        said["found by bmc3"] += bounded is True
        if not problem.is_safety:
            counted = ask(to_aiger(problem, rounds=2), timeout=60).reached
            assert counted is not False or not expected, "no run completes two rounds, but a violation completes any number"
            said["two rounds are too many"] += counted is False
        outcome = abc_pdr.prove(problem, AbcLimits(timeout_s=60))
        assert confirmed(problem, outcome) is expected, outcome

    agree()
    assert min(said.values()) > 0, f"too one-sided to mean anything: {said}"
    assert said["found by bmc3"] == said["violated"]
    print(said)  # noqa: T201


# --- the engine ----------------------------------------------------------------------------------------------------------


@needs_abc
def test_check_takes_it_as_an_engine() -> None:
    holds = check(system(up, flip), eventually(value == 3), engines=["abc"], timeout=120)
    assert isinstance(holds, Holds)
    assert (holds.engine, holds.certificate.fairness) == ("abc", ("up",))
    violated = check(VIOLATED.system, VIOLATED.formula, engines=["abc"], timeout=120)
    assert isinstance(violated, Violated)
    assert violated.engine == "abc"


@needs_abc
def test_the_command_takes_it_and_the_audit_passes(tmp_path: Path) -> None:
    """Every finite check of the scenario comes out as expected, and each certificate is accepted once more without any engine."""
    done = CliRunner().invoke(main, ["check", str(SCENARIO), "--engine", "abc", "--certificates", str(tmp_path)])
    assert done.exit_code == 3, "one claim is about counters without bounds, and stays open"
    assert "give bounds to accepted, delivered, returned" in " ".join(done.stdout.split())
    assert "6 as expected, 1 undecided" in done.stdout
    audited = CliRunner().invoke(main, ["audit", str(tmp_path), "--without-second-opinion"])
    assert audited.exit_code == 0, audited.stdout


def test_where_it_is_not_installed_that_is_bad_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(berkeley, "missing_tools", lambda: "berkeley-abc not installed here")
    with pytest.raises(InputError, match="apt install berkeley-abc"):
        check(HOLDS.system, HOLDS.formula, engines=["abc"])


def test_unbounded_data_is_refused() -> None:
    number = integer("number", 0)
    grows = System("grows", [number], number == 0, [Action("grow", number % 2 < 2, {number: number + 1}, Fairness.WEAK)])
    outcome = abc_pdr.prove(Problem(grows, eventually(number == 3)))
    assert isinstance(outcome, Nothing)
    assert "give bounds to number" in outcome.reason


# --- nothing is believed -------------------------------------------------------------------------------------------------


def test_a_proof_of_what_is_violated_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ABC that lies, with no invariant or with one that excludes everything."""
    for cubes in ((), ({0: True},), ({1: True}, {1: False})):
        monkeypatch.setattr(abc_pdr, "ask", lambda _circuit, cubes=cubes, **_: Answer(reached=False, cubes=cubes))
        outcome = abc_pdr.prove(VIOLATED)
        assert isinstance(outcome, Proved)
        with pytest.raises(AuditError):
            audit(VIOLATED, outcome.certificate)


@needs_abc
def test_an_invariant_that_lacks_a_part_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cube that the invariant needs is missed."""
    monkeypatch.setattr(abc_pdr, "prove_locally", lambda _local, limits: Nothing(str(limits)))
    circuit = to_aiger(HOLDS)
    whole = ask(circuit, timeout=60)
    assert whole.reached is False
    rejected = 0
    for place in range(len(whole.cubes)):
        fewer = replace(whole, cubes=whole.cubes[:place] + whole.cubes[place + 1 :])
        monkeypatch.setattr(abc_pdr, "ask", lambda _circuit, fewer=fewer, **_: fewer)
        outcome = abc_pdr.prove(HOLDS)
        assert isinstance(outcome, Proved)
        try:
            audit(HOLDS, outcome.certificate)
        except AuditError:
            rejected += 1
    assert rejected > 0


@needs_abc
def test_a_run_of_what_holds_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run of another problem, in which nothing is fair, is no violation where something is."""
    found = ask(to_aiger(VIOLATED), timeout=60)
    assert found.reached
    monkeypatch.setattr(abc_pdr, "ask", lambda _circuit, **_: found)
    monkeypatch.setattr(abc_pdr, "prove_locally", lambda _local, limits: Nothing(str(limits)))
    run = abc_pdr.prove(VIOLATED)
    assert isinstance(run, Found)
    replay(VIOLATED, run.run)
    with pytest.raises(ReplayError):
        replay(HOLDS, run.run)


@needs_abc
def test_a_counterexample_that_leads_nowhere_is_no_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inputs of zeros, too few, and none at all."""
    found = ask(to_aiger(VIOLATED), timeout=60)
    zeros = tuple((False,) * len(row) for row in found.stimuli)
    monkeypatch.setattr(abc_pdr, "prove_locally", lambda _local, limits: Nothing(str(limits)))
    for stimuli in (zeros, found.stimuli[:-1], ()):
        monkeypatch.setattr(abc_pdr, "ask", lambda _circuit, stimuli=stimuli, **_: replace(found, stimuli=stimuli))
        outcome = abc_pdr.prove(VIOLATED)
        assert isinstance(outcome, Nothing)
        assert "leads to no bad state" in outcome.reason


@pytest.mark.parametrize("text", ["rubbish", ".i 2\n.o 1\n1- 1\n", ".i 3\n1-1 0\n", ".i 3\n1-1\n", ".i 3\n.i 3\n1-1 1\n"])
def test_an_invariant_of_another_shape_is_no_answer(text: str) -> None:
    with pytest.raises(NotApplicable, match="no table of 3 latches"):
        cubes_in(text, 3)


def test_an_invariant_is_a_table_of_cubes() -> None:
    assert cubes_in("# a\n.i 3\n.o 1\n.p 2\n.ilb a b c\n.ob inv\n1-0 1\n--- 1\n.e\n", 3) == ({0: True, 2: False}, {})
    assert cubes_in("", 3) == ()


@pytest.mark.parametrize("text", ["", "000", "000\n01\n", "000\n0x\n"])
def test_a_counterexample_of_another_shape_is_no_answer(text: str) -> None:
    with pytest.raises(NotApplicable, match="no table of 4 inputs"):
        stimuli_in(text, 4)


def test_a_counterexample_is_a_table_of_inputs() -> None:
    assert stimuli_in("000\n01\n10# DONE\n", 2) == ((False, True), (True, False))


@needs_abc
def test_one_that_takes_too_long_or_too_much_memory_gives_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = to_aiger(HOLDS)
    with pytest.raises(NotApplicable, match=r"no answer within 0.0001 s"):
        ask(circuit, timeout=0.0001)
    monkeypatch.setattr(berkeley, "MEGABYTES", 5)
    with pytest.raises(NotApplicable, match="ABC"):
        ask(circuit, timeout=60)


@pytest.fixture
def abc_cases(request: pytest.FixtureRequest) -> int:
    """How many random cases to run."""
    return int(request.config.getoption("--abc-cases"))


@pytest.fixture
def abc_seed(request: pytest.FixtureRequest) -> int:
    """Where the random cases start."""
    return int(request.config.getoption("--abc-seed"))
