"""Every routing table, with clocks: the family is that of all connectors with these clocks, and so are its verdicts."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import z3
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialproof.cli.main import main
from dialproof.core.claims import ManySystems
from dialproof.core.errors import InputError, ScenarioError
from dialproof.encode.problem import Problem
from dialproof.engines import k_induction as induction
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Proved
from dialproof.engines.limits import BmcLimits, InductionLimits
from dialproof.project.setting_range import setting_range
from model.events import Event
from model.fault import NONE, Fault
from model.faults import of_product
from model.parts.lines import Line
from model.products.exchange_ims import any_table
from model.products.exchange_ims.compose import build
from model.products.exchange_ims.product import Connector
from model.products.exchange_ims.scenario import EmailDomain, Scenario, parse
from model.products.exchange_ims.words import WORDS
from properties.bounds import bounds_of
from properties.catalogue import names
from properties.checks import open_installation, variant
from properties.simulation import simulation_of
from properties.time_lock import time_lock
from properties.varied import bound_functions
from tests.amounts import long
from tests.model.test_any_table import FIXED, NARROW, always_there, assert_same, entries, instance_of, valid

faults = partial(of_product, "exchange-ims")
"""Gives the faults that the connector can have, by name."""

FOLDER = FIXED.parent
TIMED = FOLDER / "timed.toml"
UNTIMED = FIXED.read_text().split("[environment]")[0]

SETTINGS = {
    "spaced": "[dialling]\nqueued_for = 15\nidle_timeout = 5\n",
    "by calls": '[dialling]\nqueued_for = 15\nspacing = "calls"\n[environment]\nmost_failed_calls = 2\n',
    "every": '[dialling]\nevery = 60\nslot_during_call = "lost"\n',
    "backed off": '[dialling]\nqueued_for = 10\nredial = "by-retry-list"\nretry = [15, 30, 0]\n',
    "calendar": '[dialling]\nhours = ["Mon-Fri 08:00-18:00"]\nslots = ["Sat 12:00"]\nqueued_for = 120\n',
    "schedule alone": "[dialling]\non_queued_mail = false\nevery = 60\n[environment]\nrestarts = false\n",
    "no clock": "[environment]\nmost_failed_calls = 2\n",
}
"""Each clock that a connector can have, at least once."""


def scenario_of(setting: str) -> Scenario:
    text = UNTIMED + SETTINGS[setting] + '[[check]]\nclaim = "no-dial-without-demand"\n'
    return parse(text, "any.toml", claims=names(), faults=faults())


def there(table: tuple[EmailDomain, ...], scenario: Scenario) -> tuple[EmailDomain, ...]:
    """The same table; if nobody restarts the service, with its entries there from the start."""
    if scenario.environment.restarts:
        return table
    return tuple(entry.model_copy(update={"added": "at-start"}) for entry in table)


# --- the family is that of all connectors ------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(entries(), st.sampled_from(list(SETTINGS)))
def test_each_connector_with_clocks_is_one_of_the_family(drawn: tuple[EmailDomain, ...], setting: str) -> None:
    """Action by action: the same guard, the same effects, also of time that passes; the same assumption that it goes on."""
    scenario = scenario_of(setting)
    table = there(drawn, scenario)
    connector = build(scenario.with_entries(table), NONE).system
    assert_same(connector, instance_of(any_table.family(scenario, NONE), table), always_there(table))


def what_is_missing(scenario: Scenario, table: tuple[EmailDomain, ...], fault: Fault) -> list[str]:
    """The actions that a connector with `fault` can take where the family cannot, or with another effect or other fairness."""
    connector = build(scenario.with_entries(table), fault).system
    instance = instance_of(any_table.family(scenario, fault), table)
    known = {one.name for one in instance.variables}
    flags = always_there(table)
    ranges = z3.And([one.domain.restriction(one.term) for one in connector.variables])
    missing = []
    for action in connector.actions:
        other = instance.action(action.name)
        guard = z3.substitute(other.guard, *flags)
        is_loose = action.event in any_table.MORE_OFTEN
        same = z3.Implies(action.guard, guard) if is_loose else action.guard == guard
        mine, its = dict(action.effects), dict(other.effects)
        for one in connector.variables:
            if one.name in known:
                expected = z3.substitute(its.get(one.name, one.term), *flags)
                same = z3.And(same, z3.Implies(action.guard, mine.get(one.name, one.term) == expected))
        fairness_fits = is_loose or action.fairness is other.fairness
        if not fairness_fits or not valid(z3.Implies(ranges, same)):
            missing.append(action.name)
    return missing


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(entries(), st.sampled_from(NARROW), st.sampled_from(list(SETTINGS)))
def test_what_a_faulty_connector_does_its_family_does(drawn: tuple[EmailDomain, ...], fault: Fault, setting: str) -> None:
    """With whatever clocks: time passes in the family whenever it passes in the connector, and by as much."""
    scenario = scenario_of(setting)
    assert what_is_missing(scenario, there(drawn, scenario), fault) == []


LAN = (EmailDomain(domain="d1.example", deliver="dns", link="office"),)


def test_a_family_in_which_a_faulty_dialler_dials_in_time_is_not_that_of_its_connectors(monkeypatch: pytest.MonkeyPatch) -> None:
    """The foil: real runs would be lost, and that mail is dialled in time would be proved of a dialler that never dials."""
    fault = faults()["dialler-wants-only-ras"]
    monkeypatch.setattr(any_table, "_never_due", lambda line: line)
    assert what_is_missing(scenario_of("spaced"), LAN, fault) == ["elapse"]


def test_a_family_in_which_nothing_of_an_entry_is_due_is_not_that_of_its_connectors(monkeypatch: pytest.MonkeyPatch) -> None:
    """The foil: a dialler that is asked to dial for the default route alone. What is due must be due for every entry."""
    scenario = scenario_of("spaced")
    table = (EmailDomain(domain="d1.example", deliver="dns", link="isp"),)
    monkeypatch.setattr(any_table, "wanted", lambda _now, _line: z3.BoolVal(False))
    assert "elapse" in what_is_missing(scenario, table, NONE)


# --- verdicts ----------------------------------------------------------------------------------------------------------


def about_all(scenario: Scenario, claim: str, fault: Fault, bound: int | None = None) -> ManySystems:
    found = variant(Connector(WORDS, scenario), claim, fault, bound=bound)
    assert isinstance(found, ManySystems)
    return found


@pytest.mark.parametrize("fault", [one.name for one in NARROW if Event.DIAL in one.changes])
def test_that_mail_is_dialled_in_time_is_proved_under_no_fault(fault: str) -> None:
    """Its summary has a run that violates it: the dialler may let any time pass."""
    summary = about_all(scenario_of("spaced"), "dialled-within", faults()[fault], 15).summary
    assert summary is not None
    assert isinstance(bmc.search(Problem(summary.system, summary.claim.formula), BmcLimits(6)), Found)


@pytest.mark.parametrize(
    "fault", [pytest.param(one.name, marks=[] if number % 3 == 0 else [long]) for number, one in enumerate(NARROW)]
)
def test_nothing_is_proved_of_all_tables_with_clocks_that_a_small_one_violates(fault: str) -> None:
    scenario = scenario_of("spaced")
    asked = 0
    for claim, bound in (("dials-are-spaced", 15), ("no-dial-without-demand", None), ("needed-line-is-kept", None)):
        asking = about_all(scenario, claim, faults()[fault], bound)
        assert asking.summary is not None
        problem = Problem(asking.summary.system, asking.summary.claim.formula)
        if not isinstance(induction.prove(problem, InductionLimits(2)), Proved):
            continue
        asked += 1
        for size in (0, 1):
            for one in asking.of(size):
                assert not isinstance(bmc.search(Problem(one.system, one.claim.formula), BmcLimits(5)), Found), (claim, size)
    assert asked >= 2


def test_what_is_possible_is_not_asked_of_a_family_in_which_time_passes_too_often() -> None:
    """That time never stops would be proved of diallers that stop it: there it may pass although a call is due."""
    assert about_all(scenario_of("spaced"), "time-never-stops", NONE).summary is not None
    assert about_all(scenario_of("spaced"), "time-never-stops", faults()["dial-slot-overwritten"]).summary is None


@pytest.mark.parametrize("setting", list(SETTINGS))
def test_time_can_pass_or_something_that_is_due_is_possible_in_the_summary(setting: str) -> None:
    _, router = any_table.summary(scenario_of(setting), NONE)
    assert time_lock(router) is None


def test_what_is_asked_of_queues_with_a_bound_is_refused() -> None:
    with pytest.raises(InputError, match="no mail in a queue with a bound"):
        about_all(scenario_of("spaced"), "resolved-within", NONE, 60)
    with pytest.raises(InputError, match="asked without clocks"):
        about_all(scenario_of("spaced"), "routes-do-not-interfere", NONE)


def test_calls_that_fail_a_bounded_number_of_times_are_counted_without_clocks_too() -> None:
    """And two tables are compared: the count is the same in both."""
    assert about_all(scenario_of("no clock"), "routes-do-not-interfere", NONE).summary is not None


# --- files and commands ------------------------------------------------------------------------------------------------


def test_the_age_of_a_message_is_refused() -> None:
    text = TIMED.read_text().replace("[links.isp]", "message_timeout = 2880\n[links.isp]", 1)
    with pytest.raises(ScenarioError, match=r"`connector.message_timeout` is there for a table that is written out"):
        parse(text, "any.toml", claims=names(), faults=faults())


def test_tables_of_a_service_that_nobody_restarts_are_what_they_were_at_the_start() -> None:
    scenario = scenario_of("schedule alone")
    assert all(entry.added == "at-start" for size in (1, 2) for table in any_table.tables(scenario, size) for entry in table)
    assert all(entry.added == "at-start" for entry in any_table.sample(scenario))
    family = any_table.family(scenario, NONE)
    assert not [one.name for one in family.summary.actions if one.event in (Event.ADD, Event.REMOVE, Event.RESTART)]
    assert "added and removed" not in about_all(scenario, "dialled-within", NONE, 60).scope


def test_a_certificate_is_rejected_if_an_obligation_of_time_is_gone_or_altered(tmp_path: Path) -> None:
    text = TIMED.read_text().split("[[check]]")[0] + '[[check]]\nclaim = "dials-are-spaced"\nbound = 15\n'
    (tmp_path / "any.toml").write_text(text)
    run = CliRunner().invoke(main, ["check", str(tmp_path / "any.toml"), "--certificates", str(tmp_path / "evidence")])
    assert run.exit_code == 0, run.output
    [folder] = (tmp_path / "evidence").iterdir()
    manifest = json.loads((folder / "manifest.json").read_text())
    [elapse] = [one for one in manifest["obligations"] if one["name"] == "summary: step elapse"]
    assert CliRunner().invoke(main, ["audit", str(folder)]).exit_code == 0
    script = (folder / elapse["file"]).read_text()
    (folder / elapse["file"]).write_text(script.replace("(check-sat)", "(assert false)\n(check-sat)"))
    altered = CliRunner().invoke(main, ["audit", str(folder)])
    assert altered.exit_code == 1, altered.output
    (folder / elapse["file"]).unlink()
    kept = [one for one in manifest["obligations"] if one is not elapse]
    (folder / "manifest.json").write_text(json.dumps({**manifest, "obligations": kept}))
    assert CliRunner().invoke(main, ["audit", str(folder)]).exit_code == 1


def test_a_bound_is_proved_of_every_table_and_attained_by_one() -> None:
    [found] = bounds_of(TIMED, ["line-busy-within"], timeout=60)
    assert found.said() == "at most 5 minutes, proved, and a run attains it (the empty table)"
    assert (found.at_most, found.as_data()["table"]) == (5, "the empty table")
    assert found.bound.proof is not None


def test_a_setting_is_not_varied_for_every_table() -> None:
    with pytest.raises(InputError, match="this scenario stands for many"):
        list(bound_functions(TIMED, setting_range("dialling.queued_for=10..15:5"), ["dialled-within"]))


def test_a_table_in_which_all_can_happen_is_simulated() -> None:
    simulated = simulation_of(open_installation(TIMED))
    assert [route.name for route in simulated.router.entries] == ["d1.example", "d2.example", "d3.example"]
    assert list(simulated.run(24 * 60, seed=1))
    said = CliRunner().invoke(main, ["simulate", str(TIMED)])
    assert said.exit_code == 0
    assert "this one is simulated: d1.example by DNS over isp, added while running; d2.example by DNS over office" in said.output


def test_a_line_that_is_never_due_is_otherwise_the_same() -> None:
    """Whoever reads the kind of the line of a summary sees its other times."""
    [line] = any_table.summary(scenario_of("spaced"), faults()["dial-slot-overwritten"])[1].lines
    [own] = any_table.summary(scenario_of("spaced"), NONE)[1].lines
    assert isinstance(line, Line)
    for step, correct in zip(line.kind.steps, own.kind.steps, strict=True):
        assert step == (replace(correct, latest=None) if correct.event is Event.DIAL else correct)
