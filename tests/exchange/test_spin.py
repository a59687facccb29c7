"""SPIN, which shares no line with dialproof, comes to the same verdicts: on scenarios, textbook models, random problems."""

import csv
import shutil
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import z3
from hypothesis import HealthCheck, given, seed, settings

from dialproof import Action, Assumption, Fairness, System, boolean, choice, integer
from dialproof.core.actions import enabled, taken
from dialproof.core.errors import NotApplicable
from dialproof.encode.problem import Problem
from dialproof.engines import explicit
from dialproof.engines.candidates import Found
from dialproof.exchange.importing import foreign_checks
from dialproof.exchange.promela import spin
from dialproof.exchange.promela import words as promela_words
from dialproof.exchange.promela.writing import to_promela
from dialproof.ltl import (
    always,
    eventually,
    historically,
    historically_for,
    leads_to,
    next_,
    once,
    once_within,
    since,
    until,
    weak_until,
    yesterday,
)
from properties.checks import plan
from tests.amounts import PART, THOROUGH
from tests.strategies import problems

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "model" / "scenarios"
MODELS = ROOT / "tests" / "exchange" / "smv"

needs_spin = pytest.mark.skipif(bool(spin.missing_tools()), reason=f"no second opinion by SPIN: {spin.missing_tools()}")


def opinions(models: Iterable[str]) -> dict[str, str]:
    """What SPIN says of each model; equal models are searched once, two at a time."""
    different = list(dict.fromkeys(models))
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(different, pool.map(spin.opinion_on, different), strict=True))


def ours(problem: Problem) -> str:
    """What the explicit search says."""
    return "violated" if isinstance(explicit.decide(problem), Found) else "holds"


@needs_spin
def test_every_verdict_of_the_q230051_set_is_spins_verdict_too() -> None:
    """Every check under every cause, in ordinary tests one of ten: the ledger's verdict; SPIN leaves none open."""
    with (ROOT / "proofs" / "ledger.csv").open(newline="") as file:
        ledger = {(row["scenario"], row["claim"], row["cause"]): row["verdict"] for row in csv.DictReader(file)}
    models: dict[tuple[str, str, str], str] = {}
    for folder in ("q230051", "shared-modem"):
        for path in sorted((SCENARIOS / folder).rglob("*.toml")):
            name = path.relative_to(SCENARIOS).with_suffix("").as_posix()
            for check in plan(path):
                for variant in check.variants:
                    models[name, check.claim, variant.name] = to_promela(Problem(variant.system, variant.claim.formula))
    assert len(models) > 150
    asked = dict(list(models.items())[:: 1 if THOROUGH else 2 * PART])
    said = opinions(asked.values())
    assert {entry: said[model] for entry, model in asked.items()} == {entry: ledger[entry] for entry in asked}


@needs_spin
@pytest.mark.parametrize("name", ["counter", "ferryman"])
def test_textbook_models_of_others_have_the_same_verdicts_in_spin(name: str) -> None:
    """What was read from SMV goes to SPIN; between the two there is nothing but the system."""
    asked = [
        Problem(check.variants[0].system, check.variants[0].claim.formula) for check in foreign_checks(MODELS / f"{name}.smv")
    ]
    models = [to_promela(problem) for problem in asked]
    said = opinions(models)
    assert [said[model] for model in models] == [ours(problem) for problem in asked]


@needs_spin
def test_spin_agrees_on_random_problems(spin_cases: int, spin_seed: int) -> None:
    """A slice of a campaign: `--spin-cases N` runs more, `--spin-seed S` other ones."""
    said: Counter[str] = Counter()

    @seed(spin_seed)
    @settings(max_examples=spin_cases, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(problems())
    def agree(case: tuple[System, z3.BoolRef]) -> None:
        problem = Problem(*case)
        try:
            opinion = spin.verdict(problem, timeout=20)
        except NotApplicable as reason:
            said["nothing"] += 1
            print(reason)  # noqa: T201
            return
        said[opinion] += 1
        assert opinion == ours(problem)

    agree()
    assert said["nothing"] < spin_cases / 3, f"SPIN hardly ever answers: {said}"
    assert min(said["holds"], said["violated"]) > 0, f"too one-sided to mean anything: {said}"
    print(said)  # noqa: T201


# --- what an export gets wrong first -----------------------------------------------------------------------------------

count = integer("count", 0, 3)
flag = boolean("flag")
colour = choice("colour", ["red", "green"])
up = Action("up", count < 3, {count: count + 1}, Fairness.WEAK)
reset = Action("reset", count == 3, {count: 0})
flip = Action("flip", z3.BoolVal(True), {flag: z3.Not(flag)})
lamp = Action("lamp", flag, {colour: z3.If(colour == colour.red, colour.green, colour.red)}, Fairness.STRONG)
START = z3.And(count == 0, z3.Not(flag), colour == colour.red)


def system(*actions: Action, init: z3.BoolRef = START) -> System:
    return System("small", [count, flag, colour], init, actions)


CASES = [
    ("a deadlock idles for ever", system(up), always(eventually(count == 0)), "violated"),
    ("a deadlock is no end of the run", system(up), eventually(always(count == 3)), "holds"),
    ("nothing can be done at all", system(), always(count == 0), "holds"),
    ("weak fairness forbids waiting for ever", system(up, flip), eventually(count == 3), "holds"),
    ("without fairness one may wait for ever", system(up, flip).fair(Fairness.NONE, "up"), eventually(count == 3), "violated"),
    ("strong fairness answers what comes and goes", system(flip, lamp), eventually(colour == colour.green), "holds"),
    ("weak fairness does not", system(flip, lamp).fair(Fairness.WEAK, "lamp"), eventually(colour == colour.green), "violated"),
    ("next is the next position", system(up, reset), next_(next_(count == 2)), "holds"),
    ("next goes on from there", system(up, reset), always(z3.Implies(count == 3, next_(count == 0))), "holds"),
    ("next is not now", system(up, reset), next_(count == 0), "violated"),
    ("every initial state counts", system(up, init=count >= 1), count >= 1, "holds"),
    ("one initial state is enough for a violation", system(up, init=count >= 1), count >= 2, "violated"),
    ("no initial state, no run", system(up, init=z3.And(count == 1, count == 2)), z3.BoolVal(False), "holds"),
    ("taken is about the step to come", system(up, reset), always(z3.Implies(taken("reset"), count == 3)), "holds"),
    ("enabled is about now", system(up, reset), always(enabled("up") == (count < 3)), "holds"),
    ("until", system(up, reset), until(count < 3, count == 3), "holds"),
    ("weak until needs no end", system(flip), weak_until(count == 0, count == 1), "holds"),
    ("until needs one", system(flip), until(count == 0, count == 1), "violated"),
    ("nothing was before the first position", system(up, reset), yesterday(z3.BoolVal(True)), "violated"),
    ("yesterday", system(up, reset), always(z3.Implies(count == 2, yesterday(count == 1))), "holds"),
    ("once", system(up, reset), always(z3.Implies(count == 2, once(count == 1))), "holds"),
    ("historically", system(up, reset), leads_to(count == 3, historically(count < 3)), "violated"),
    ("since", system(up, reset), always(since(count >= 0, count == 0)), "holds"),
    ("once within", system(up, reset), always(z3.Implies(count == 3, once_within(2, count == 1))), "holds"),
    ("once within is bounded", system(up, reset), always(z3.Implies(count == 3, once_within(1, count == 1))), "violated"),
    ("for so long before", system(up, reset), always(z3.Implies(count == 3, historically_for(2, count > 0))), "holds"),
    ("for too long before", system(up, reset), always(z3.Implies(count == 3, historically_for(3, count > 0))), "violated"),
    ("the same as", system(up, reset), always(next_(count == 0) == z3.Or(count == 3)), "holds"),
    ("either but not both", system(up, reset), always(z3.Xor(next_(count == 0), count < 3)), "holds"),
    ("if then else", system(up, reset), always(z3.If(next_(count == 0), count == 3, count < 3)), "holds"),
    ("a case of it", system(up, reset), always(z3.If(next_(count == 0), count == 3, count == 2)), "violated"),
]


@needs_spin
@pytest.mark.parametrize(("asked", "formula", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_export_means_what_the_system_means(asked: System, formula: z3.BoolRef, expected: str) -> None:
    problem = Problem(asked, formula)
    assert ours(problem) == expected
    assert spin.verdict(problem) == expected


@needs_spin
def test_division_rounds_in_promela_as_it_does_in_smt_lib() -> None:
    """Euclidean, for all signs; C rounds towards zero."""
    number = integer("number", -7, 7)
    facts = []
    for divisor in (2, 3, -2, -3):
        for value in range(-7, 8):
            rest = value % abs(divisor)
            facts.append(
                z3.Implies(number == value, z3.And(number % divisor == rest, number / divisor == (value - rest) // divisor))
            )
    every = System("numbers", [number], z3.BoolVal(True), [])
    assert spin.verdict(Problem(every, z3.And(facts))) == "holds"
    assert spin.verdict(Problem(every, number % 3 != 2)) == "violated"


@needs_spin
def test_assumptions_are_fairness_or_part_of_the_formula() -> None:
    often = Assumption("again", always(eventually(taken("up"))), "for the test")
    pair = Assumption("pair", z3.Implies(always(eventually(flag)), always(eventually(count == 3))), "for the test")
    never = Assumption("never", always(z3.Not(taken("reset"))), "for the test")
    free = system(up, reset, flip).fair(Fairness.NONE, "up")
    for assumption, formula, expected in [
        (often, always(eventually(count == 3)), "holds"),
        (pair, always(eventually(count == 3)), "holds"),
        (pair, eventually(flag), "violated"),
        (never, always(z3.Implies(count == 3, always(count == 3))), "holds"),
        (never, eventually(count == 3), "violated"),
    ]:
        problem = Problem(free.assuming(assumption), formula)
        assert ours(problem) == expected
        assert spin.verdict(problem) == expected


@needs_spin
def test_the_difference_of_counters_is_small_where_the_counters_are_not() -> None:
    """Each of them grows for ever; their difference is 0 or 1, and SPIN comes to an end."""
    sent, got = integer("sent", 0), integer("got", 0)
    network = System(
        "network",
        [sent, got, flag],
        z3.And(sent == 0, got == 0, z3.Not(flag)),
        [
            Action("send", z3.Not(flag), {sent: sent + 1, flag: True}),
            Action("receive", flag, {got: got + 1, flag: False}),
        ],
    )
    assert spin.verdict(Problem(network, always(sent <= got + 1))) == "holds"
    assert spin.verdict(Problem(network, always(sent == got))) == "violated"
    assert spin.verdict(Problem(network, always(z3.Or(got == sent, 2 * got < 2 * sent)))) == "holds"


# --- what is no answer -------------------------------------------------------------------------------------------------


@needs_spin
def test_a_search_that_is_cut_off_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spin, "DEPTHS", (3,))
    with pytest.raises(NotApplicable, match="max search depth too small"):
        spin.verdict(Problem(system(up, reset, flip), always(count <= 3)))


@needs_spin
def test_a_search_that_was_not_deep_enough_is_repeated_deeper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spin, "DEPTHS", (3, 1000))
    assert spin.verdict(Problem(system(up, reset, flip), always(count <= 3))) == "holds"


@needs_spin
def test_a_number_that_grows_without_bound_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """It neither wraps round nor counts as a violation of the claim."""
    monkeypatch.setattr(promela_words, "FARTHEST", 50)
    monkeypatch.setattr("dialproof.exchange.promela.writing.FARTHEST", 50)
    number = integer("number", 0)
    grows = System("grows", [number], number == 0, [Action("grow", number % 2 < 2, {number: number + 1})])
    with pytest.raises(NotApplicable, match="assertion violated"):
        spin.verdict(Problem(grows, always(number >= 0)))


@needs_spin
def test_too_little_memory_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    small = [["-DMEMLIM=1" if part.startswith("-DMEMLIM") else part for part in command] for command in spin.COMMANDS]
    monkeypatch.setattr(spin, "COMMANDS", small)
    with pytest.raises(NotApplicable, match=r"SPIN gave no answer|pan failed|did not finish"):
        spin.verdict(Problem(system(up, reset, flip), always(count <= 3)))


@needs_spin
def test_a_model_that_spin_cannot_read_is_no_answer() -> None:
    with pytest.raises(NotApplicable, match="spin failed"):
        spin.opinion_on("this is no model")


@needs_spin
def test_a_step_that_takes_too_long_is_no_answer() -> None:
    with pytest.raises(NotApplicable, match="no answer within"):
        spin.verdict(Problem(system(up, reset, flip), always(count <= 3)), timeout=0.000001)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "pan: out of memory",
        "State-vector 20 byte, depth reached 12, errors: 0\nerror: max search depth too small",
        "(Spin Version 6.5.2)\nWarning: Search not completed\nState-vector 20 byte, depth reached 12, errors: 0",
        "pan: reached -DMEMLIM bound\nWarning: Search not completed\nState-vector 20 byte, depth reached 12, errors: 0",
        "pan:1: assertion violated (v_n<=3) (at depth 9)\nState-vector 20 byte, depth reached 9, errors: 1",
        "pan:1: invalid end state (at depth 9)\nState-vector 20 byte, depth reached 9, errors: 1",
    ],
)
def test_output_without_a_finished_search_or_a_cycle_is_no_answer(said: str) -> None:
    with pytest.raises(NotApplicable):
        spin.understood(said)


def test_only_a_finished_search_and_a_cycle_are_answers() -> None:
    searched = "for:\n\tassertion violations\t+ (if within scope of claim)\nState-vector 9 byte, depth reached 9, errors: 0"
    assert spin.understood(searched) == "holds"
    assert (
        spin.understood("pan:1: acceptance cycle (at depth 4)\nState-vector 20 byte, depth reached 12, errors: 1") == "violated"
    )


def test_where_spin_or_gcc_is_missing_there_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda tool: None if tool == "gcc" else f"/usr/bin/{tool}")
    assert spin.missing_tools() == "gcc not installed here"
    with pytest.raises(NotApplicable, match="gcc not installed here"):
        spin.verdict(Problem(system(up), always(count <= 3)))


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        (always(once(eventually(flag))), "'once' is about a formula of the future"),
        (always(once_within(2, flag, count)), "on the clock 'count'"),
        (eventually(once_within(99, flag)), "at most 32"),
    ],
)
def test_what_cannot_be_said_is_refused_by_name(formula: z3.BoolRef, reason: str) -> None:
    with pytest.raises(NotApplicable, match=reason):
        to_promela(Problem(system(up, reset), formula))


def test_numbers_that_32_bits_cannot_hold_are_refused() -> None:
    large = integer("large", 0, 100_000)
    squares = System("squares", [large], large == 0, [Action("square", large * large < 4, {large: 0})])
    with pytest.raises(NotApplicable, match="32 bits"):
        to_promela(Problem(squares, always(large == 0)))


@pytest.fixture
def spin_cases(request: pytest.FixtureRequest) -> int:
    """How many random cases to run."""
    return int(request.config.getoption("--spin-cases"))


@pytest.fixture
def spin_seed(request: pytest.FixtureRequest) -> int:
    """Where the random cases start."""
    return int(request.config.getoption("--spin-seed"))
