"""`dialproof export`: what is written says what the check says, whatever things are called."""

import json
from pathlib import Path

import pytest
import z3
from click.testing import CliRunner

from dialproof import Action, Fairness, System, boolean, check, choice, integer, taken
from dialproof.cli.main import main
from dialproof.core.errors import ModelError, NotApplicable
from dialproof.encode.problem import Problem
from dialproof.engines import explicit
from dialproof.engines.candidates import Found, Nothing, Proved
from dialproof.evidence.replay import replay
from dialproof.exchange.counters import without_counters
from dialproof.exchange.importing import foreign_checks
from dialproof.exchange.itf import run_of_itf
from dialproof.exchange.naming import Names, usable_names
from dialproof.exchange.promela.writing import to_promela
from dialproof.exchange.smv.writing import to_smv
from dialproof.exchange.vmt.writing import to_vmt
from dialproof.ltl import (
    always,
    always_for,
    eventually,
    eventually_within,
    historically,
    historically_for,
    next_,
    once_within,
    release,
    since,
    until,
    weak_until,
)
from dialproof.portfolio.check import word
from dialproof.review.exporting import exportables
from properties.checks import plan

ROOT = Path(__file__).resolve().parents[2]
SCENARIO = ROOT / "model" / "scenarios" / "q230051" / "dns-from-start-shipped.toml"


def run(*arguments: str) -> tuple[int, str, str]:
    """The exit code, standard output and standard error of the command."""
    result = CliRunner().invoke(main, ["export", *arguments])
    return result.exit_code, result.stdout, result.stderr


def read_back(text: str, suffix: str, folder: Path) -> Problem:
    """The one check in a text of another tool's."""
    file = folder / f"model{suffix}"
    file.write_text(text)
    (planned,) = foreign_checks(file)
    (variant,) = planned.variants
    return Problem(variant.system, variant.claim.formula)


# --- names -------------------------------------------------------------------------------------------------------------


def hostile() -> System:
    """A system whose names are words of other languages, differ in signs only, or are what an export itself uses."""
    turn, again = integer("turn", 0, 2), integer("turn ", 0, 2)
    case = choice("case", ["init", "TRUE", "p0", "next "], sort="MODULE")
    fair, taken_, step = boolean("fair"), boolean("a b"), boolean("a.b")
    return System(
        "names",
        [turn, again, case, fair, taken_, step],
        z3.And(turn == 0, again == 0, case == case["init"], z3.Not(fair), z3.Not(taken_), z3.Not(step)),
        [
            Action("do", turn < 2, {turn: turn + 1, taken_: step}),
            Action("do ", turn == 2, {turn: 0, again: turn, case: case["p0"], step: True}),
            Action("action", fair, {fair: False}),
            Action("INVAR", z3.Not(fair), {fair: True}),
        ],
    )


@pytest.mark.parametrize("formula", ["reached", "never"])
def test_no_name_gets_in_the_way_of_the_language_or_of_another_name(formula: str, tmp_path: Path) -> None:
    """Two variables that differ in a sign stay two, and none becomes a word of the language."""
    system = hostile()
    turn, again, case, _, one, other = (variable.term for variable in system.variables)
    claimed = {
        "reached": always(z3.Not(z3.And(one, case == system.variables[2].domain.term("p0")))),
        "never": always(z3.And(z3.Implies(one, other), turn + again <= 4)),  # type: ignore[operator]
    }[formula]
    problem = Problem(system, claimed)
    expected = explicit.decide(problem)
    assert not isinstance(expected, Nothing)
    for suffix, text in ((".smv", to_smv(problem)), (".vmt", to_vmt(problem))):
        assert type(explicit.decide(read_back(text, suffix, tmp_path))) is type(expected), text
    assert "_2" in to_promela(problem), "names that would be equal are told apart"


def test_a_name_is_given_once_and_leads_back() -> None:
    names = Names({"case"}, prefix="")
    given = [names.give("variable", name) for name in ("a b", "a.b", "case", "1st", "a b")]
    assert given == ["a_b", "a_b_2", "case_2", "n1st", "a_b"]
    assert list(names.rows())[1] == ("a_b_2", "variable", "a.b")


def test_foreign_names_become_names_that_a_system_can_have() -> None:
    given = usable_names(["x", "x$1", "x_1", ".init", "next", "and", "|"], "a variable")
    assert len(set(given.values())) == 7
    for name in given.values():
        integer(name)


# --- counters ----------------------------------------------------------------------------------------------------------

sent, got, lost = integer("sent", 0), integer("got", 0), integer("lost")
full = boolean("full")
NETWORK = System(
    "network",
    [sent, got, lost, full],
    z3.And(sent == 0, got == 0, lost == 0, z3.Not(full)),
    [
        Action("send", z3.Not(full), {sent: sent + 1, full: True}),
        Action("receive", full, {got: got + 1, full: False}),
        Action("lose", full, {lost: 1 + lost, full: False}),
    ],
)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (always(sent == got + lost + z3.If(full, 1, 0)), Proved),
        (always(2 * sent - got - lost - got - lost <= 2), Proved),
        (always(sent - got - lost < 1), Found),
        (always(z3.Or(sent != got + lost, z3.Not(full))), Proved),
    ],
)
def test_counters_that_only_count_become_their_differences(formula: z3.BoolRef, expected: type) -> None:
    """The difference moves in a small range, so that the exhaustive search comes to an end where its variable gets one."""
    reduced = without_counters(Problem(NETWORK, formula))
    (difference,) = [variable for variable in reduced.system.variables if variable.name != "full"]
    assert not difference.domain.is_finite, "the range is not known, only that the search will end"
    bounded = integer(difference.name, -2, 2)
    pair = (difference.term, bounded)
    targets = {difference.name: bounded, "full": full}
    finite = System(
        "finite",
        [bounded, full],
        z3.substitute(reduced.system.init, pair),
        [
            Action(
                action.name,
                action.guard,
                {targets[name]: z3.substitute(effect, pair) for name, effect in action.effects},
            )
            for action in reduced.system.actions
        ],
    )
    assert isinstance(explicit.decide(Problem(finite, z3.substitute(reduced.formula, pair))), expected)


@pytest.mark.parametrize(
    "formula",
    [
        always(sent % 2 == 0),
        always(z3.If(sent > 3, got, lost) == 0),
        always(sent * got >= 0),
        eventually(once_within(2, full, sent)),
    ],
)
def test_what_is_read_otherwise_is_no_counter(formula: z3.BoolRef) -> None:
    kept = {variable.name for variable in without_counters(Problem(NETWORK, formula)).system.variables}
    assert "sent" in kept


def test_a_counter_that_a_guard_reads_stays() -> None:
    limited = NETWORK.changed(Action("send", z3.And(z3.Not(full), sent < 3), {sent: sent + 1, full: True}))
    kept = {variable.name for variable in without_counters(Problem(limited, always(sent == got + lost))).system.variables}
    assert "sent" in kept
    assert "got" not in kept


# --- the scenarios -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "expected"),
    [("queued-mail-is-dialled", "violated"), ("router-is-never-stuck", "holds"), ("no-mail-is-lost", "holds")],
)
def test_a_check_of_a_scenario_goes_through_smv_and_back(claim: str, expected: str, tmp_path: Path) -> None:
    """The same verdict as in the ledger, also where counters have become a difference."""
    (one,) = [
        one
        for one in exportables(SCENARIO.stem, plan(SCENARIO))
        if (one.planned.claim, one.variant.name) == (claim, "permanent-mode")
    ]
    again = read_back(one.text("smv"), ".smv", tmp_path)
    assert word(check(again.system, again.formula, timeout=120)) == expected


COUNT, FLAG = integer("count", 0, 3), boolean("flag")
TARGET = integer("target", 2, 3)
ROUND = System(
    "round",
    [COUNT, FLAG],
    z3.And(COUNT == 0, z3.Not(FLAG)),
    [
        Action("up", COUNT < 3, {COUNT: COUNT + 1}, Fairness.WEAK),
        Action("back", COUNT == 3, {COUNT: 0, FLAG: z3.Not(FLAG)}, Fairness.STRONG),
        Action("to", COUNT > 1, {COUNT: TARGET}, parameters=(TARGET,)),
    ],
)


@pytest.mark.parametrize(
    "formula",
    [
        always(z3.Xor(FLAG, next_(FLAG))),
        always(z3.Xor(FLAG, next_(COUNT == 0))),
        always(next_(COUNT == 0) == z3.Not(FLAG)),
        z3.If(next_(FLAG), COUNT == 1, COUNT == 0),
        z3.If(next_(FLAG), COUNT == 0, COUNT == 1),
        weak_until(COUNT < 3, COUNT == 3),
        until(COUNT < 2, COUNT == 3),
        release(COUNT == 3, COUNT < 3),
        always(z3.Implies(COUNT == 3, once_within(2, COUNT == 1))),
        always(z3.Implies(FLAG, historically_for(1, COUNT < 3))),
        always(z3.Implies(FLAG, since(COUNT >= 0, COUNT == 3))),
        always(eventually_within(3, COUNT > 1)),
        eventually(always_for(2, COUNT > 1)),
        always(z3.Implies(historically(COUNT < 3), z3.Not(FLAG))),
        always(z3.Implies(next_(FLAG), z3.Or(FLAG, COUNT == 3))),
        z3.Distinct(always(eventually(FLAG)), always(eventually(COUNT == 3))),
        always(z3.Implies(taken("to"), eventually(COUNT == 0))),
    ],
    ids=lambda formula: " ".join(formula.sexpr().split()),
)
def test_every_connective_and_operator_goes_through_smv_and_back(formula: z3.BoolRef, tmp_path: Path) -> None:
    problem = Problem(ROUND, formula)
    assert type(explicit.decide(read_back(to_smv(problem), ".smv", tmp_path))) is type(explicit.decide(problem))


def test_an_action_with_very_many_ways_is_refused_where_they_would_be_listed() -> None:
    wide = tuple(integer(f"by {place}", 0, 99) for place in range(3))
    system = System("wide", [COUNT], COUNT == 0, [Action("leap", sum(wide) == COUNT, {COUNT: 1}, parameters=wide)])
    with pytest.raises(NotApplicable, match="action 'leap' can be taken in more than"):
        to_smv(Problem(system, always(COUNT < 2)))


def test_a_system_that_leaves_its_ranges_is_not_exported() -> None:
    """In the other tool the value would wrap round, or the step silently be missing."""
    count = integer("count", 0, 3)
    wild = System("wild", [count], count == 0, [Action("up", count >= 0, {count: count + 1})])
    planned = plan(SCENARIO)[0]
    (one, *_) = exportables("x", [planned])
    object.__setattr__(one.variant, "system", wild)
    object.__setattr__(one.variant.claim, "formula", always(count >= 0))
    for language in ("smv", "promela", "vmt"):
        with pytest.raises(ModelError, match="out of range"):
            one.text(language)


def test_a_bound_on_a_clock_is_refused_where_the_language_has_none() -> None:
    count = integer("count", 0, 3)
    system = System("clock", [count], count == 0, [Action("up", count < 3, {count: count + 1})])
    problem = Problem(system, always(once_within(2, count == 0, count)))
    for writes in (to_smv, to_promela):
        with pytest.raises(NotApplicable, match="on the clock 'count'"):
            writes(problem)
    assert ":invar-property" in to_vmt(problem), "there it is part of the monitor"


# --- the command -------------------------------------------------------------------------------------------------------


def test_one_file_for_each_check_and_cause(tmp_path: Path) -> None:
    code, output, said = run(str(SCENARIO), "--to", "promela", "-o", str(tmp_path / "out"))
    assert (code, output) == (0, "")
    expected = {f"{one.stem}.pml" for one in exportables(SCENARIO.stem, plan(SCENARIO))}
    assert {file.name for file in (tmp_path / "out").iterdir()} == expected
    assert f"{len(expected)} files" in said
    assert f"{SCENARIO.stem}-queued-mail-is-dialled-permanent-mode.pml" in expected


@pytest.mark.parametrize(("language", "sign"), [("smv", "MODULE main"), ("promela", "active proctype"), ("vmt", ":trans true")])
def test_one_check_goes_to_standard_output(language: str, sign: str) -> None:
    chosen = ("--claim", "queued-mail-is-dialled", "--cause", "permanent-mode")
    code, output, said = run(str(SCENARIO), "--to", language, *chosen)
    assert (code, said) == (0, "")
    assert sign in output
    assert "queued-mail-is-dialled, under the cause permanent-mode" in output
    assert "Whenever mail waits for a route over a dial line" in output


def test_one_check_goes_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "check.vmt"
    chosen = ("--claim", "queued-mail-is-dialled", "--cause", "permanent-mode")
    assert run(str(SCENARIO), "--to", "vmt", *chosen, "-o", str(file))[0] == 0
    assert len(foreign_checks(file)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["check.vmt"], "nothing is left beside it"


def test_several_checks_need_a_folder() -> None:
    code, output, said = run(str(SCENARIO), "--to", "smv", "--claim", "queued-mail-is-dialled")
    assert (code, output) == (2, "")
    assert "--cause, one of" in said
    assert run(str(SCENARIO), "--to", "smv")[0] == 2


@pytest.mark.parametrize("chosen", [("--claim", "no-such-claim"), ("--claim", "queued-mail-is-dialled", "--cause", "bad-luck")])
def test_a_check_that_is_not_there_is_bad_input(chosen: tuple[str, ...]) -> None:
    code, _, said = run(str(SCENARIO), "--to", "smv", *chosen)
    assert code == 2
    assert "queued-mail-is-dialled" in said
    assert "permanent-mode" in said


def test_a_place_that_cannot_be_written_to_is_bad_input(tmp_path: Path) -> None:
    chosen = ("--claim", "queued-mail-is-dialled", "--cause", "permanent-mode")
    code, _, said = run(str(SCENARIO), "--to", "smv", *chosen, "-o", str(tmp_path / "no" / "folder" / "x.smv"))
    assert code == 2
    assert "there is no folder" in said


def test_what_cannot_be_said_is_named_and_the_rest_is_written(tmp_path: Path) -> None:
    """Exit code 1: something is missing, and standard error says what and why."""
    file = tmp_path / "model.smv"
    file.write_text("MODULE main VAR p : boolean; LTLSPEC NAME past := G O F p\nLTLSPEC NAME future := G F p")
    code, _, said = run(str(file), "--to", "promela", "-o", str(tmp_path / "out"))
    assert code == 1
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["model-future-none.pml"]
    assert "not written: model-past-none: 'once' is about a formula of the future" in said


def test_the_run_of_a_violation_is_written_as_itf() -> None:
    chosen = ("--claim", "queued-mail-is-dialled", "--cause", "permanent-mode")
    code, output, _ = run(str(SCENARIO), "--to", "itf", *chosen)
    assert code == 0
    variants = [variant for planned in plan(SCENARIO) if planned.claim == chosen[1] for variant in planned.variants]
    (variant,) = [variant for variant in variants if variant.name == chosen[3]]
    trace = run_of_itf(json.loads(output), variant.system)
    replay(Problem(variant.system, variant.claim.formula), trace)


def test_where_the_claim_holds_there_is_no_run_to_write() -> None:
    chosen = ("--claim", "no-mail-is-lost", "--cause", "permanent-mode")
    code, output, said = run(str(SCENARIO), "--to", "itf", *chosen)
    assert (code, output) == (1, "")
    assert "it holds" in said


def test_where_nothing_is_known_there_is_no_run_to_write_either() -> None:
    chosen = ("--claim", "queued-mail-is-dialled", "--cause", "permanent-mode")
    code, output, said = run(str(SCENARIO), "--to", "itf", *chosen, "--engine", "induction")
    assert (code, output) == (3, "")
    assert "undecided" in said


def test_a_model_of_another_tool_can_be_exported_too(tmp_path: Path) -> None:
    """From SMV to VMT-LIB and back to a verdict."""
    source = ROOT / "tests" / "exchange" / "smv" / "counter.smv"
    code, output, _ = run(str(source), "--to", "vmt", "--claim", "carries-again-and-again")
    assert code == 0
    assert not isinstance(explicit.decide(read_back(output, ".vmt", tmp_path)), Found)
