"""Findings: what a verdict does not say, and that what is said of actions is true of the reachable states."""

import json

import pytest
import z3
from click.testing import CliRunner
from hypothesis import given, settings

from dialproof import Action, Assumption, Claim, Fairness, System, boolean, choice, integer
from dialproof.cli.main import main
from dialproof.core.actions import Observer
from dialproof.core.certificates import Exhaustive, InductiveInvariant
from dialproof.core.claims import OneSystem
from dialproof.core.plan import PlannedCheck
from dialproof.core.verdict import Holds, Unknown, Vacuity, Vacuous, Verdict
from dialproof.engines import explicit
from dialproof.engines.candidates import Found
from dialproof.evidence.coverage import Coverage, Skeleton
from dialproof.evidence.findings import Finding, Kind, by_causes, findings_of_verdict, sentences
from dialproof.evidence.outcome import CheckedVerdict
from dialproof.ltl import always, eventually
from dialproof.portfolio.check import run_planned
from dialproof.portfolio.portfolio import Portfolio
from dialproof.semantics.interpreter import Reader
from dialproof.semantics.random_walk import enabled_on_a_walk
from tests.strategies import systems

TRUE = z3.BoolVal(True)


def checked(
    *variants: tuple[str, System, z3.BoolRef], engines: tuple[str, ...] = ("bmc", "induction", "spacer")
) -> CheckedVerdict:
    """One planned check under each of these causes."""
    made = tuple(OneSystem(cause, system, Claim("claim", formula, "It is so.")) for cause, system, formula in variants)
    with Portfolio(1, timeout=60, engines=engines) as portfolio:
        return run_planned(portfolio, [PlannedCheck("", 1, "claim", None, made)])[0]


def line_with_a_dead_end() -> System:
    """Nobody ever cuts the line, so that nobody mends it."""
    line = choice("line", ["down", "up", "cut"])
    actions = [
        Action("dial", line == line.down, {line: line.up}, Fairness.WEAK),
        Action("hang_up", line == line.up, {line: line.down}),
        Action("mend", line == line.cut, {line: line.down}),
        Action("pay", z3.And(line == line.cut, line == line.up), {}),
    ]
    return System("line", [line], line == line.down, actions)


def test_an_action_that_is_never_enabled_is_a_finding_of_the_check() -> None:
    found = checked(("none", line_with_a_dead_end(), TRUE)).findings
    assert found == (Finding(Kind.ACTION_NEVER_ENABLED, "mend", "none"), Finding(Kind.ACTION_NEVER_ENABLED, "pay", "none"))
    assert found[0].says == "the action mend is never enabled"


def test_a_system_in_which_everything_can_happen_has_no_findings() -> None:
    system = line_with_a_dead_end().changed(without=["mend", "pay"])
    assert checked(("none", system, TRUE)).findings == ()


def test_an_action_deep_in_the_system_is_found_by_search_where_the_walk_gives_up() -> None:
    """Who walks by chance is sent back to the start long before the bells; each answer of the search rings one more."""
    n = integer("n", 0, 16)
    walk = [Action("on", n < 16, {n: n + 1}), Action("back", TRUE, {n: 0}), Action("home", TRUE, {n: 0})]
    bells = [Action("bell", n == 12, {}), Action("late bell", n == 16, {}), Action("no bell", z3.And(n == 12, n == 16), {})]
    system = System("way", [n], n == 0, [*walk, *bells])
    assert enabled_on_a_walk(system) == {"on", "back", "home"}
    assert checked(("none", system, TRUE)).findings == (Finding(Kind.ACTION_NEVER_ENABLED, "no bell", "none"),)


def test_what_no_engine_decides_is_not_known_and_says_so() -> None:
    """The walk finds no square that leaves 7 over; that there is none is not for a bounded search to say."""
    n = integer("n", 0, 1_000_002)
    step = Action("step", TRUE, {n: (n * n + 1) % 1_000_003})
    system = System("squares", [n], n == 2, [step, Action("bell", n == 3, {})])
    found = checked(("none", system, TRUE), engines=("bmc",)).findings
    assert found == (Finding(Kind.ACTION_NEVER_ENABLED, "bell", "none", decided=False),)
    assert found[0].says == "not decided: is the action bell ever enabled?"


def test_an_action_that_only_fairness_or_an_assumption_forbids_is_no_finding() -> None:
    """The model can do it; what it rests on is said elsewhere."""
    system = line_with_a_dead_end().changed(without=["mend", "pay"])
    line = system.variables[0]
    down = line.term == line.domain.term("down")
    never_up = system.assuming(Assumption("stays down", always(down), "for the test"))
    assert [found.kind for found in checked(("none", never_up, TRUE)).findings] == [Kind.NO_FAIR_RUN]


def test_observers_do_not_make_another_skeleton() -> None:
    """So that claims which count share the work with those that do not."""
    system = line_with_a_dead_end()
    calls = integer("calls", 0)
    observed = system.observed(Observer(calls, 0, {"dial": calls + 1}))
    assert Skeleton(system).identity == Skeleton(observed).identity
    assert [variable.name for variable in Skeleton(observed).system().variables] == ["line"]
    coverage = Coverage()
    assert len(coverage.look_at(system)) == 1
    assert coverage.look_at(observed) == []


def test_a_skeleton_keeps_what_guards_depend_on_through_other_variables() -> None:
    """The guard reads x, whose update reads y, whose initial value hangs on z."""
    x, y, z, w = (boolean(name) for name in "xyzw")
    actions = [Action("a", x, {w: True}), Action("b", TRUE, {x: y})]
    system = System("chain", [x, y, z, w], z3.And(z3.Not(x), y == z, z3.Not(w)), actions)
    assert [variable.name for variable in Skeleton(system).system().variables] == ["x", "y", "z"]
    assert checked(("none", system, TRUE)).findings == ()
    never = System("chain", [x, y, z, w], z3.And(z3.Not(x), y == z, z3.Not(z), z3.Not(w)), actions)
    assert [found.subject for found in checked(("none", never, TRUE)).findings] == ["a"]


@settings(max_examples=60, deadline=None)
@given(systems())
def test_what_is_said_of_actions_is_true_of_the_reachable_states(system: System) -> None:
    """The oracle visits every reachable state."""
    reader = Reader(system)
    states = list(reader.initial_states())
    for values in states:
        states += [after for _, after in reader.events(values) if after not in states]
    truly = {name for values in states for name in reader.possible(values)}
    assert enabled_on_a_walk(system) <= truly
    coverage = Coverage()
    questions = coverage.look_at(system)
    names = {action.name for action in system.actions}
    open_ = names - enabled_on_a_walk(Skeleton(system).system())
    assert bool(questions) == bool(open_)
    for key, problem in questions:
        bones = Reader(problem.system)
        answer = explicit.decide(problem)
        assert isinstance(answer, Found) == bool(open_ & truly) or not list(bones.initial_states())
        if not isinstance(answer, Found):
            coverage.learn(key, Holds(Exhaustive()))
            assert {found.subject for found in coverage.findings(system, "none")} == open_


@pytest.mark.parametrize(
    ("verdict", "kinds"),
    [
        (Holds(InductiveInvariant("true"), vacuity=Vacuity(True)), []),
        (Holds(InductiveInvariant("true"), vacuity=Vacuity(True, True)), []),
        (Vacuous(InductiveInvariant("true"), vacuity=Vacuity(False)), [(Kind.NO_FAIR_RUN, True)]),
        (Vacuous(InductiveInvariant("true"), vacuity=Vacuity(None, False)), [(Kind.PREMISE_NEVER_HAPPENS, True)]),
        (Holds(InductiveInvariant("true")), [(Kind.PREMISE_NEVER_HAPPENS, False)]),
        (Unknown("nobody asked"), []),
    ],
)
def test_what_is_vacuous_is_a_finding(verdict: Verdict, kinds: list[tuple[Kind, bool]]) -> None:
    assert [(found.kind, found.decided) for found in findings_of_verdict("claim", "none", verdict)] == kinds


def test_a_claim_about_what_cannot_happen_is_found_by_the_check() -> None:
    system = line_with_a_dead_end().changed(without=["mend", "pay"])
    line = system.variables[0]
    cut = line.term == line.domain.term("cut")
    claim = Claim("cut-is-mended", always(z3.Implies(cut, eventually(z3.Not(cut)))), "What is cut is mended.", premise=cut)
    with Portfolio(1, timeout=60) as portfolio:
        planned = PlannedCheck("", 1, "cut-is-mended", None, (OneSystem("none", system, claim),))
        [one] = run_planned(portfolio, [planned])
    assert [(found.kind, found.subject) for found in one.findings] == [(Kind.PREMISE_NEVER_HAPPENS, "cut-is-mended")]


def test_the_same_finding_under_several_causes_is_said_once() -> None:
    never = [Finding(Kind.ACTION_NEVER_ENABLED, name, cause) for cause in ("rain", "snow") for name in ("dial", "hang_up")]
    never.append(Finding(Kind.ACTION_NEVER_ENABLED, "mend", "snow", decided=False))
    assert list(by_causes(never).values()) == [("rain", "snow"), ("rain", "snow"), ("snow",)]
    assert sentences(never, {"rain", "snow"}) == [
        "never enabled in any run: dial, hang_up",
        "not decided whether ever enabled (under snow): mend",
    ]
    assert sentences(never[:2], {"rain", "snow"}) == ["never enabled in any run (under rain): dial, hang_up"]
    assert sentences([Finding(Kind.NO_FAIR_RUN, "claim", "rain")], {"rain"}) == []


def test_check_prints_its_findings_below_the_table_and_in_json() -> None:
    path = "model/scenarios/q230051/dns-from-start-shipped.toml"
    said = CliRunner().invoke(main, ["check", path]).stdout
    assert "never enabled in any run (under dial-slot-overwritten" in said
    assert said.count("never enabled") == 1
    lines = [json.loads(line) for line in CliRunner().invoke(main, ["check", path, "--json"]).stdout.splitlines()]
    first = next(found for found in lines[0]["findings"] if found["subject"] == "dial(isp)")
    assert first["kind"] == "action-never-enabled"
    assert first["decided"] is True
    assert "permanent-mode" in first["causes"]
    assert [line["findings"] for line in lines if list(line["causes"]) == ["other-queue-counted"]] == [[], [], []]
