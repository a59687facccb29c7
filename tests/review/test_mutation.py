"""Mutation: each way to break a model, who notices, what is no difference at all, and the command."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import z3
from click.testing import CliRunner
from hypothesis import given, settings

from dialproof import Action, Assumption, Claim, Fairness, System, boolean, choice, integer
from dialproof.cli.main import main
from dialproof.core.actions import Observer, taken
from dialproof.core.certificates import InductiveInvariant, KInduction
from dialproof.core.claims import OneSystem
from dialproof.core.errors import InputError, ModelError
from dialproof.core.plan import PlannedCheck
from dialproof.core.verdict import Holds, Vacuous
from dialproof.encode.problem import Problem
from dialproof.engines import explicit
from dialproof.engines.candidates import Proved
from dialproof.ltl import always, eventually, leads_to
from dialproof.portfolio.jobs import Job
from dialproof.portfolio.portfolio import Portfolio
from dialproof.review.mutation.equivalence import promises_less, promises_more, same_runs
from dialproof.review.mutation.operators import INIT, Mutant, mutants
from dialproof.review.mutation.runner import Harmless, Mutation, Result
from dialproof.review.mutation.survivors import explanations
from dialproof.semantics.interpreter import Reader
from tests.strategies import systems

ROOT = Path(__file__).resolve().parents[2]
TRUE = z3.BoolVal(True)
line = choice("line", ["down", "dialling", "up"])
waiting = integer("waiting", 0, 2)
IS_DIALLED = leads_to(z3.And(waiting > 0, line == line.down), line == line.dialling)


def dialler(dial: Fairness = Fairness.WEAK) -> System:
    """A line that is dialled for waiting mail."""
    actions = [
        Action("arrive", waiting < 2, {waiting: waiting + 1}),
        Action("dial", z3.And(waiting > 0, line == line.down), {line: line.dialling}, dial),
        Action("answer", line == line.dialling, {line: line.up}, Fairness.WEAK),
        Action("deliver", z3.And(line == line.up, waiting > 0), {waiting: waiting - 1}, Fairness.STRONG),
        Action("hang_up", z3.And(line == line.up, waiting == 0), {line: line.down}, Fairness.WEAK),
        Action("pass_time", TRUE, {}),
    ]
    return System("dialler", [line, waiting], z3.And(line == line.down, waiting == 0), actions)


def names(system: System) -> set[str]:
    return {mutant.name for mutant in mutants(system)}


def results(system: System, *formulas: z3.BoolRef, thorough: bool = True, cause: str = "none") -> dict[str, Result]:
    """What came of each mutant, with these formulas as claims 0, 1, ..."""
    planned = [
        PlannedCheck("", 1, str(n), None, (OneSystem(cause, system, Claim(str(n), formula, "It is so.")),))
        for n, formula in enumerate(formulas)
    ]
    with Portfolio(1, timeout=60) as portfolio:
        return {result.mutant.name: result for result in Mutation(portfolio, planned).results(thorough=thorough)}


def test_each_way_to_break_a_model_is_tried() -> None:
    found = names(dialler())
    assert {
        "dial: possible always",
        "dial: possible never",
        "dial: does not ask whether waiting > 0",
        "dial: does not ask whether line == line:down",
        "dial: asks for the opposite of waiting > 0",
        "dial: line stays as it is",
        "dial: line gets up instead of dialling",
        "dial: line gets down instead of dialling",
        "dial: fairness none instead of weak",
        "dial: fairness strong instead of weak",
        "arrive: waiting gets one more",
        "arrive: waiting gets one less",
        "init: line is up at first",
        "init: line may be anything at first",
        "init: waiting is 1 at first",
        "deliver: fairness weak instead of strong",
    } <= found
    assert "pass_time: possible always" not in found, "it is possible always anyway"
    assert "init: waiting is -1 at first" not in found, "that is out of range"


def test_boolean_values_and_flags_are_broken_too() -> None:
    lamp, fuse = boolean("lamp"), boolean("fuse")
    system = System("lamp", [lamp, fuse], z3.And(fuse, z3.Not(lamp)), [Action("light", fuse, {lamp: True})])
    assert {
        "light: asks for the opposite of fuse",
        "light: lamp gets the opposite",
        "init: fuse is false at first",
        "init: lamp is true at first",
    } <= names(system)


@settings(max_examples=40, deadline=None)
@given(systems())
def test_a_mutant_differs_in_one_part_and_has_a_name_of_its_own(system: System) -> None:
    found = mutants(system)
    assert len({mutant.name for mutant in found}) == len(found)
    for mutant in found[::7]:
        differing = [
            old.name
            for old, new in zip(system.actions, mutant.system.actions, strict=True)
            if (old.guard.sexpr(), [(n, t.sexpr()) for n, t in old.effects], old.fairness)
            != (new.guard.sexpr(), [(n, t.sexpr()) for n, t in new.effects], new.fairness)
        ]
        assert differing == ([] if mutant.part == INIT else [mutant.part])
        assert (mutant.system.init.sexpr() != system.init.sexpr()) is (mutant.part == INIT)


@pytest.mark.parametrize(
    "init",
    [
        z3.And(waiting == 1, waiting == 1),
        z3.And(waiting == 1, line == line.up, z3.IntVal(1) == waiting),
        z3.And(waiting == 0, waiting == 1),
    ],
    ids=["the same", "turned round", "a contradiction"],
)
def test_what_is_stated_twice_is_broken_once_and_as_a_whole(init: z3.BoolRef) -> None:
    """Here: two mutants had one name, and dropping one half of what stands there twice was no change."""
    guard = z3.And(waiting > 0, line == line.down, waiting > 0)
    system = System("twice", [line, waiting], init, [Action("dial", guard, {line: line.dialling})])
    found = [mutant.name for mutant in mutants(system)]
    assert len(set(found)) == len(found)
    assert found.count("init: waiting may be anything at first") == 1
    [dropped] = [mutant for mutant in mutants(system) if mutant.name == "dial: does not ask whether waiting > 0"]
    assert dropped.action is not None
    assert "waiting" not in dropped.action.guard.sexpr()
    [anything] = [mutant for mutant in mutants(system) if mutant.name == "init: waiting may be anything at first"]
    assert anything.init is not None
    assert "waiting" not in anything.init.sexpr()


def test_what_an_observer_does_is_not_broken() -> None:
    """It belongs to the claim, and not to the model."""
    calls = integer("calls", 0)
    observed = dialler().observed(Observer(calls, 0, {"dial": calls + 1}))
    assert [mutant.name for mutant in mutants(observed, {"calls"})] == [mutant.name for mutant in mutants(dialler())]
    assert any("calls" in mutant.name for mutant in mutants(observed))
    begins = Action("begin", calls > 0, {calls: 0})
    beside = System(observed.name, observed.variables, observed.init, (*observed.actions, begins))
    assert [mutant.name for mutant in mutants(beside, {"calls"})] == [mutant.name for mutant in mutants(dialler())]
    refuse = Action("refuse", waiting == 2, {})  # it changes nothing of the model, and is a part of it
    model = System(observed.name, dialler().variables, dialler().init, (*dialler().actions, refuse))
    watched = model.observed(Observer(calls, 0, {"refuse": calls + 1}))
    assert [mutant.name for mutant in mutants(watched, {"calls"})] == [mutant.name for mutant in mutants(model)]


@pytest.fixture(scope="module")
def noticed() -> dict[str, Result]:
    """Everybody who notices each mutant of the dialler."""
    claims = [
        Claim("dialled", IS_DIALLED, "Waiting mail is dialled for."),
        Claim("needed", always(z3.Implies(line == line.dialling, waiting > 0)), "No call without mail."),
        Claim("never-up", always(line != line.up), "The line is never up."),
        Claim("two", always(z3.Implies(waiting == 2, waiting > 1)), "Two are more than one.", premise=waiting == 2),
    ]
    planned = [PlannedCheck("", 1, claim.name, None, (OneSystem("none", dialler(), claim),)) for claim in claims]
    with Portfolio(2, timeout=60) as portfolio:
        return {result.mutant.name: result for result in Mutation(portfolio, planned).results(thorough=True)}


def test_claims_notice_what_they_are_about(noticed: dict[str, Result]) -> None:
    assert ("dialled", "holds -> violated") in noticed["dial: fairness none instead of weak"].noticed
    assert ("needed", "holds -> violated") in noticed["dial: does not ask whether waiting > 0"].noticed
    assert noticed["arrive: waiting gets one more"].noticed == [("ranges", "a variable leaves its range")]
    assert ("coverage", "the action answer is never enabled") in noticed["answer: possible never"].noticed
    assert not noticed["pass_time: fairness weak instead of none"].is_killed
    assert all(not result.open for result in noticed.values())


def test_a_verdict_that_is_violated_can_change_too(noticed: dict[str, Result]) -> None:
    """A claim that is expected to be violated notices when it holds."""
    assert ("never-up", "violated -> holds") in noticed["answer: line gets down instead of up"].noticed
    assert noticed["dial: fairness strong instead of weak"].noticed == []


def test_a_claim_that_becomes_vacuous_has_noticed(noticed: dict[str, Result]) -> None:
    """What it is about can no longer happen."""
    assert ("two", "holds -> holds vacuously") in noticed["arrive: waiting stays as it is"].noticed
    assert ("two", "holds -> holds vacuously") not in noticed["hang_up: fairness none instead of weak"].noticed


def test_what_makes_no_difference_is_proved(noticed: dict[str, Result]) -> None:
    """Of the survivors: dialling stays possible until it is done, so that weak fairness of it is strong fairness."""
    same = noticed["dial: fairness strong instead of weak"]
    assert same.harmless is Harmless.EQUIVALENT
    assert "checked by" in same.proved_by
    assert noticed["hang_up: fairness strong instead of weak"].harmless is Harmless.RESTRICTION
    unexplained = {name for name, result in noticed.items() if not result.is_killed and result.harmless is None}
    assert "hang_up: fairness none instead of weak" in unexplained, "nobody claims that the line is hung up"


def test_the_first_who_notices_is_enough_where_that_is_asked_for() -> None:
    system = System("s", [waiting], waiting == 0, [Action("a", waiting < 2, {waiting: waiting + 1}), Action("b", TRUE, {})])
    formulas = (always(waiting < 3), always(z3.Implies(taken("b"), waiting > 0)), always(waiting == 0))
    first, all_of_them = (results(system, *formulas, thorough=thorough) for thorough in (False, True))
    assert first.keys() == all_of_them.keys()
    assert any(len(first[name].noticed) < len(all_of_them[name].noticed) for name in first)
    for name, result in first.items():
        assert result.is_killed is all_of_them[name].is_killed
        assert set(result.noticed) <= set(all_of_them[name].noticed)


def test_an_action_that_was_never_enabled_anyway_gives_nothing_away() -> None:
    system = System("s", [waiting], waiting == 0, [Action("never", waiting > 2, {waiting: 0}), Action("a", TRUE, {})])
    found = results(system, always(waiting < 3))
    assert not found["never: possible never"].is_killed
    assert found["never: possible never"].harmless is Harmless.EQUIVALENT


@settings(max_examples=25, deadline=None)
@given(systems())
def test_mutants_that_are_proved_equivalent_reach_the_same_states(system: System) -> None:
    """The oracle visits both."""
    for mutant in mutants(system)[::9]:
        problem = same_runs(mutant)
        if problem is None or not isinstance(explicit.decide(problem), Proved):
            continue
        if promises_more(mutant) or promises_less(mutant):
            continue
        try:
            assert _reached(mutant.system) == _reached(system), mutant.name
        except ModelError:
            continue  # an update that is never made may lead out of range


def _reached(system: System) -> set[object]:
    reader = Reader(system)
    states = list(reader.initial_states())
    for values in states:
        states += [after for _, after in reader.events(values) if after not in states]
    return {(values, name) for values in states for name in (*reader.possible(values), None)}


def test_fairness_is_compared_in_the_system_that_has_less_of_it() -> None:
    """With the fairness in question assumed, everything would be equivalent."""
    lamp = boolean("lamp")
    system = System("s", [lamp], z3.Not(lamp), [Action("on", z3.Not(lamp), {lamp: True}, Fairness.WEAK), Action("a", TRUE, {})])
    less = next(mutant for mutant in mutants(system) if mutant.name == "on: fairness none instead of weak")
    problem = same_runs(less)
    assert problem is not None
    assert problem.system.action("on").fairness is Fairness.NONE
    with Portfolio(1, timeout=60) as portfolio:
        assert not isinstance(portfolio.run([Job(problem)])[0], Holds)


def test_equal_steps_are_asked_for_in_every_state_that_assumptions_exclude_too() -> None:
    system = dialler().assuming(Assumption("quiet", always(waiting == 0), "no mail"))
    broken = next(mutant for mutant in mutants(system) if mutant.name == "dial: line gets up instead of dialling")
    problem = same_runs(broken)
    assert problem is not None
    assert problem.system.assumptions == ()


def test_a_start_that_is_no_other_is_equivalent() -> None:
    x, y = boolean("x"), boolean("y")
    system = System("s", [x, y], z3.And(x, y == x, y), [Action("a", TRUE, {})])
    free = Mutant(INIT, "y may be anything at first", system, init=z3.And(x, y == x))
    other = Mutant(INIT, "y is false at first", system, init=z3.And(x, z3.Not(y)))
    verdicts = []
    with Portfolio(1, timeout=60) as portfolio:
        for mutant in (free, other):
            problem = same_runs(mutant)
            assert problem is not None
            verdicts += portfolio.run([Job(problem)])
    assert [isinstance(verdict, Holds | Vacuous) for verdict in verdicts] == [True, False]


def test_a_former_certificate_is_believed_only_after_an_audit() -> None:
    """For the system that it was made for it needs no engine; for one of which it is no proof the engines are asked."""
    n = integer("n", 0, 3)
    good = System("up", [n], n == 0, [Action("a", n < 3, {n: n + 1})])
    bad = System("up", [n], n == 0, [Action("a", n < 3, {n: n + 1}), Action("b", n == 3, {n: 0})])
    former = KInduction(depth=1)
    with Portfolio(1, timeout=60) as portfolio:
        holds = portfolio.run([Job(Problem(good, always(n < 4)), former=former)])[0]
        for formula in (always(n < 3), always(z3.Not(z3.And(n == 2, n == 3))), eventually(n == 4)):
            other = portfolio.run([Job(Problem(bad, formula), former=InductiveInvariant(invariant="false"))])[0]
            assert getattr(other, "engine", "") != "former proof"
    assert isinstance(holds, Holds)
    assert holds.engine == "former proof"
    assert holds.checked_by


# The command -----------------------------------------------------------------------------------------------------------------

CONFIGURATION = '[tool.dialproof]\nproject = "bell:PROJECT"\n'

MODEL = '''
"""A bell that is rung and falls silent."""

import z3

from dialproof import Action, Claim, Fairness, System, boolean
from dialproof import OneSystem, PlannedCheck, VerificationProject
from dialproof.ltl import always, eventually

rings = boolean("rings")


def plan(path):
    actions = [Action("ring", z3.Not(rings), {rings: True}), Action("stop", rings, {rings: False}, Fairness.WEAK)]
    system = System("bell", [rings], z3.Not(rings), actions)
    stops = Claim("bell-stops", always(z3.Implies(rings, eventually(z3.Not(rings)))), "The bell falls silent.")
    return [PlannedCheck(str(path), 1, stops.name, None, (OneSystem(cause, system, stops),)) for cause in ("none", "wind")]


class Bell(VerificationProject):
    def checks(self, path):
        return plan(path)


PROJECT = Bell()
'''


@pytest.fixture(scope="module")
def bell(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario in a verification project of its own."""
    folder = tmp_path_factory.mktemp("bell")
    (folder / "pyproject.toml").write_text(CONFIGURATION)
    (folder / "bell.py").write_text(MODEL)
    (folder / "bell.toml").write_text('title = "The bell"\n')
    return folder / "bell.toml"


def mutate(scenario: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own: it takes another project's model for good."""
    command = [sys.executable, "-m", "dialproof.cli.main", "mutate", str(scenario), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_command_lists_each_mutant_with_who_noticed_it(bell: Path) -> None:
    lines = [json.loads(line) for line in mutate(bell, "--json").stdout.splitlines()]
    assert {line["cause"] for line in lines} == {"none", "wind"}
    by_name = {f"{line['part']}: {line['change']}": line for line in lines if line["cause"] == "wind"}
    killed = by_name["stop: rings stays as it is"]
    assert killed["killed"] is True
    assert {"who": "bell-stops", "how": "holds -> violated"} in killed["noticed"]
    same = by_name["stop: fairness strong instead of weak"]
    assert (same["killed"], same["harmless"]) == (False, "equivalent")
    assert same["explanation"].startswith("equivalent: it has the same runs (proved by")


def test_survivors_decide_the_exit_code_unless_a_table_explains_them(bell: Path, tmp_path: Path) -> None:
    plain = mutate(bell, "--first")
    assert plain.returncode == 1
    assert "SURVIVED: no check noticed" in plain.stdout
    assert "stop (under wind)" in plain.stdout
    lines = [json.loads(line) for line in mutate(bell, "--first", "--json").stdout.splitlines()]
    left = {(line["part"], line["change"]) for line in lines if not line["killed"] and not line["explanation"]}
    rows = "".join(f'{part},"{change}",nobody cares\n' for part, change in sorted(left))
    table = tmp_path / "explained.csv"
    table.write_text(f"part,change,reason\n{rows}")
    explained = mutate(bell, "--first", "--explained", str(table))
    assert explained.returncode == 0, explained.stdout
    assert "SURVIVED: nobody cares" in explained.stdout
    assert explained.stdout.splitlines()[-1].endswith("0 without one")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("part,change\na,b\n", "`reason` is missing"),
        ("part,change,reason\na,b,\n", "`reason` is missing"),
        ("part,change,reason\na,b,c\na,b,d\n", "explained twice"),
    ],
)
def test_a_table_of_explanations_that_says_too_little_is_refused(text: str, said: str, tmp_path: Path) -> None:
    table = tmp_path / "explained.csv"
    table.write_text(text)
    with pytest.raises(InputError, match=said):
        explanations(table)
    result = CliRunner().invoke(main, ["mutate", "model/scenarios/q230051/base-fixed.toml", "--explained", str(table)])
    assert result.exit_code == 2
    assert str(table) in result.stderr


def test_a_table_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be read"):
        explanations(Path("nowhere.csv"))
