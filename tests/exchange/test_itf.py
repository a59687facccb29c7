"""ITF traces: exact to the format's definition, read back as the same run, and believed only after replay."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import z3
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dialproof.core.actions import Action, Fairness
from dialproof.core.errors import InputError, ReplayError
from dialproof.core.run import FiniteRun, Lasso, Run, Step, Taken
from dialproof.core.system import System
from dialproof.core.variables import boolean, choice, integer
from dialproof.encode.problem import Problem
from dialproof.evidence.replay import replay
from dialproof.exchange.itf import itf, run_of_itf
from dialproof.ltl import always, eventually, leads_to
from dialproof.semantics.interpreter import Reader
from tests.gatehouse import OPENS, SHUT, run, scenario
from tests.strategies import systems

Trace = dict[str, Any]

line = choice("line", ["down", "dialling", "up"], says="the line")
waiting = integer("waiting", 0, 2, says="messages waiting")
total = integer("total")
is_new = boolean("is_new")
many = integer("many", 1, 2)
EXCHANGE = System(
    "exchange",
    [line, waiting, total, is_new],
    z3.And(line == line.down, waiting == 0, total == 2**60, is_new),
    [
        Action(
            "arrive", waiting + many <= 2, {waiting: waiting + many, is_new: z3.BoolVal(False)},
            parameters=(many,), says="{many} messages arrive",
        ),
        Action("dial", z3.And(waiting > 0, line == line.down), {line: line.dialling}, Fairness.WEAK),
        Action("busy", line == line.dialling, {line: line.down}),
    ],
)  # fmt: skip


def walked(*actions: str | Taken) -> list[Step]:
    """The steps in which these actions are taken from the start on, and the state that they lead to."""
    reader = Reader(EXCHANGE)
    (values,) = reader.initial_states()
    steps = []
    for action in actions:
        taken = Taken(action) if isinstance(action, str) else action
        steps.append(Step(taken, reader.state(values)))
        values = dict(reader.events(values))[taken]
    return [*steps, Step(None, reader.state(values))]


*STEPS, LAST = walked(Taken("arrive", (("many", 2),)), "dial", "busy")
BUSY_FOR_EVER = Lasso(tuple(STEPS[:1]), tuple(STEPS[1:]))
NEVER_UP = leads_to(waiting > 0, line == line.up)


def written(run: Run = BUSY_FOR_EVER) -> Trace:
    """The trace as another program gets it."""
    trace: Trace = json.loads(json.dumps(itf(run, EXCHANGE, source="a.toml", description="mail is never sent")))
    return trace


# --- written ---------------------------------------------------------------------------------------------------------


def test_a_lasso_is_written_to_the_letter() -> None:
    assert written() == {
        "#meta": {
            "format": "ITF",
            "format-description": "https://apalache-mc.org/docs/adr/015adr-trace.html",
            "description": "mail is never sent (from state 1 on it repeats for ever); written by dialproof",
            "source": "a.toml",
            "varTypes": {"line": "Str", "waiting": "Int", "total": "Int", "is_new": "Bool"},
        },
        "vars": ["line", "waiting", "total", "is_new"],
        "states": [
            {
                "#meta": {"index": 0, "action": "arrive", "happens": "2 messages arrive", "parameters": '{"many": 2}'},
                "line": "down",
                "waiting": {"#bigint": "0"},
                "total": {"#bigint": "1152921504606846976"},
                "is_new": True,
            },
            {
                "#meta": {"index": 1, "action": "dial", "happens": "dial"},
                "line": "down",
                "waiting": {"#bigint": "2"},
                "total": {"#bigint": "1152921504606846976"},
                "is_new": False,
            },
            {
                "#meta": {"index": 2, "action": "busy", "happens": "busy"},
                "line": "dialling",
                "waiting": {"#bigint": "2"},
                "total": {"#bigint": "1152921504606846976"},
                "is_new": False,
            },
        ],
        "loop": 1,
    }


def test_a_finite_run_has_no_loop() -> None:
    trace = written(FiniteRun((*STEPS, LAST)))
    assert "loop" not in trace
    assert trace["states"][-1]["#meta"] == {"index": 3}


def test_the_metadata_is_text_which_every_reader_takes() -> None:
    trace = written()
    assert {type(value) for key, value in trace["#meta"].items() if key != "varTypes"} == {str}
    for state in trace["states"]:
        assert {type(value) for key, value in state["#meta"].items() if key != "index"} <= {str}


def test_a_variable_with_the_name_of_the_metadata_is_refused() -> None:
    odd = integer("#meta", 0, 1)
    system = System("odd", [odd], odd == 0, [])
    with pytest.raises(InputError, match="rename it"):
        itf(Lasso((), (Step(None, Reader(system).state((0,))),)), system)


def conforms(trace: Trace) -> None:
    """Fail unless the trace is what ADR-015 (revision of September 2023) says; written from its text, for our kinds of values."""
    assert set(trace) - {"#meta", "params", "loop"} == {"vars", "states"}
    assert all(isinstance(name, str) for name in trace["vars"])
    assert len(set(trace["vars"])) == len(trace["vars"])
    assert trace["states"]
    assert set(trace["#meta"]["varTypes"]) == set(trace["vars"]), "Apalache demands a type for each variable"
    for state in trace["states"]:
        assert set(state) - {"#meta"} == set(trace["vars"])
        for name, value in state.items():
            if name == "#meta":
                assert isinstance(value, dict)
            elif isinstance(value, dict):
                assert list(value) == ["#bigint"]
                assert re.fullmatch(r"-?[0-9]+", value["#bigint"])
            else:
                assert isinstance(value, bool | str), "an integer is no JSON number in this revision"
    if "loop" in trace:
        assert trace["loop"] in range(len(trace["states"]))


# --- read ------------------------------------------------------------------------------------------------------------


@st.composite
def runs(draw: st.DrawFn) -> tuple[System, Run]:
    """A random system and a random run of it: a walk until a state comes again, or part of it."""
    system = draw(systems())
    reader = Reader(system)
    starts = list(reader.initial_states())
    assume(starts)
    values = draw(st.sampled_from(starts))
    steps: list[Step] = []
    seen: list[object] = []
    while values not in seen:
        seen.append(values)
        events = reader.events(values)
        taken, after = draw(st.sampled_from(events)) if events else (None, values)
        steps.append(Step(taken, reader.state(values)))
        values = after
    if draw(st.booleans()):
        loop = seen.index(values)
        return system, Lasso(tuple(steps[:loop]), tuple(steps[loop:]))
    length = draw(st.integers(1, len(steps)))
    return system, FiniteRun(tuple(steps[:length]))


@given(runs())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a random system takes its time
def test_what_is_written_conforms_and_is_read_back_as_the_same_run(case: tuple[System, Run]) -> None:
    system, run = case
    trace = json.loads(json.dumps(itf(run, system)))
    conforms(trace)
    assert run_of_itf(trace, system) == run


@given(runs())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a random system takes its time
def test_a_trace_without_actions_gets_actions_that_lead_from_state_to_state(case: tuple[System, Run]) -> None:
    system, run = case
    trace = itf(run, system)
    for state in trace["states"]:
        del state["#meta"]
    again = run_of_itf(trace, system)
    assert [step.state for step in again.steps] == [step.state for step in run.steps]
    if isinstance(again, Lasso):
        # Whatever it may show, it is a run: nothing is wrong with its steps, only with its fairness.
        unfair = System("unfair", system.variables, system.init, [_unfair(one) for one in system.actions])
        replay(Problem(unfair, z3.BoolVal(False)), again)


def _unfair(action: Action) -> Action:
    return Action(action.name, action.guard, action.updates, parameters=action.parameters)


def test_an_older_trace_with_plain_numbers_is_read() -> None:
    trace = written()
    for state in trace["states"]:
        state["waiting"] = int(state["waiting"]["#bigint"])
    assert run_of_itf(trace, EXCHANGE) == BUSY_FOR_EVER


def test_what_is_read_is_believed_only_after_replay() -> None:
    problem = Problem(EXCHANGE, NEVER_UP)
    replay(problem, run_of_itf(written(), EXCHANGE))
    forged = written()
    forged["states"][1]["line"] = "up"
    with pytest.raises(ReplayError, match="step 0: arrive"):
        replay(problem, run_of_itf(forged, EXCHANGE))
    unfair = written() | {"loop": 0}
    with pytest.raises(ReplayError, match="does not lead"):
        replay(problem, run_of_itf(unfair, EXCHANGE))


def test_a_deadlock_needs_no_action() -> None:
    stuck = System("stuck", [waiting], waiting == 0, [Action("arrive", waiting < 1, {waiting: waiting + 1})])
    reader = Reader(stuck)
    run = Lasso((Step(Taken("arrive"), reader.state((0,))),), (Step(None, reader.state((1,))),))
    assert run_of_itf(itf(run, stuck), stuck) == run
    replay(Problem(stuck, always(eventually(waiting == 0))), run_of_itf(itf(run, stuck), stuck))


SPOILT = {
    "no object": ([], "the trace is a list that is empty; it must be an object"),
    "no states": ({"states": []}, "`states` is a list that is empty; it must be a list of at least one state"),
    "no variables": ({"vars": None}, "`vars` is missing; the variables of 'exchange' are line, waiting, total, is_new"),
    "another variable": ({"vars": ["line", "speed"]}, "`vars` is line, speed; the variables"),
    "a loop behind the end": ({"loop": 3}, "`loop` is 3; it must be the index of the loop's first state, 0 to 2"),
    "a loop that is true": ({"loop": True}, "`loop` is True"),
    "a state that is none": ({"states": [7]}, "`states[0]` is a number; it must be an object"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_trace_that_is_none_is_refused(name: str) -> None:
    change, said = SPOILT[name]
    with pytest.raises(InputError, match=re.escape(said)):
        run_of_itf(written() | change if isinstance(change, dict) else change, EXCHANGE)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("line", "gone", '`states[1].line` is "gone"; allowed: "down", "dialling" or "up"'),
        ("line", None, "`states[1].line` is null; allowed:"),
        ("waiting", 3, "`states[1].waiting` is 3; allowed: an integer in 0..2"),
        ("waiting", 1.0, "`states[1].waiting` is 1.0; allowed:"),
        ("waiting", True, "`states[1].waiting` is true; allowed:"),
        ("waiting", {"#bigint": "two"}, '`states[1].waiting` is {"#bigint": "two"}; allowed:'),
        ("waiting", {"#bigint": 2}, "`states[1].waiting` is"),
        ("waiting", {"#bigint": "1" * 5000}, "`states[1].waiting` is"),
        ("is_new", 0, "`states[1].is_new` is 0; allowed: true or false"),
        ("speed", 1, "'speed' is no variable, but stands in `states[1]`"),
        ("#meta", {"action": "fly"}, "`states[1].#meta.action` is \"fly\"; the actions of 'exchange' are arrive, dial, busy"),
        ("#meta", {"action": "arrive"}, "`states[1].#meta.parameters` is null; the parameters of 'arrive': many"),
        ("#meta", {"action": "arrive", "parameters": '{"many": 3}'}, "`states[1].#meta.parameters.many` is 3; allowed:"),
        ("#meta", {"action": "arrive", "parameters": "{"}, "`states[1].#meta.parameters` is"),
        ("#meta", {"action": "dial", "parameters": '{"x": 1}'}, "the parameters of 'dial': none"),
    ],
    ids=str,
)
def test_a_value_that_does_not_belong_is_refused_with_its_place(key: str, value: object, said: str) -> None:
    trace = written()
    trace["states"][1][key] = value
    with pytest.raises(InputError, match=re.escape(said)):
        run_of_itf(trace, EXCHANGE)


def test_a_missing_value_is_refused() -> None:
    trace = written()
    del trace["states"][2]["total"]
    with pytest.raises(InputError, match=r"'total' is missing in `states\[2\]`"):
        run_of_itf(trace, EXCHANGE)


def test_a_step_that_no_action_makes_is_refused() -> None:
    trace = written()
    for state in trace["states"]:
        del state["#meta"]
    trace["states"][2]["line"] = "up"
    with pytest.raises(InputError, match=r"no action of 'exchange' leads from `states\[1\]` to `states\[2\]`"):
        run_of_itf(trace, EXCHANGE)


# --- dialproof check --traces ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("project")
def test_the_command_writes_a_trace_for_each_violation() -> None:
    scenario("all/a.toml", SHUT, SHUT, OPENS)
    scenario("all/deep/a.toml", SHUT)
    scenario("all/split.toml", OPENS + '\ncauses = ["stuck", "none"]')
    result = run("all", "--traces", "out/traces")
    assert result.exit_code == 1
    assert "4 traces in out/traces" in result.stderr
    found = sorted(path.name for path in Path("out/traces").iterdir())
    names = ["a-gate-stays-shut", "a-gate-stays-shut-2", "a-gate-stays-shut-line-6", "split-gate-opens-stuck"]
    assert found == sorted(f"{name}.itf.json" for name in names)
    for path in Path("out/traces").iterdir():
        conforms(json.loads(path.read_text(encoding="utf-8")))
    meta = json.loads(Path("out/traces/split-gate-opens-stuck.itf.json").read_text(encoding="utf-8"))["#meta"]
    assert meta["source"] == "all/split.toml"
    assert meta["description"].startswith("gate-opens is violated under stuck (from state ")


@pytest.mark.usefixtures("project")
def test_a_folder_for_traces_that_cannot_be_is_refused_before_anything_is_checked() -> None:
    result = run(scenario("one.toml", SHUT), "--traces", "one.toml/below")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "traces cannot be put there" in result.stderr
