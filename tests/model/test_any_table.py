"""Every routing table: the family is that of all connectors, and its verdicts are true of each of them."""

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import z3
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialproof.cli.main import main
from dialproof.core.actions import Action
from dialproof.core.claims import ManySystems, OneSystem
from dialproof.core.errors import ScenarioError
from dialproof.core.family import Family
from dialproof.core.plan import PlannedCheck
from dialproof.core.system import System
from dialproof.core.verdict import Holds, Violated
from dialproof.encode.problem import Problem
from dialproof.engines import k_induction as induction
from dialproof.engines.bmc import search as bmc
from dialproof.engines.candidates import Found, Proved
from dialproof.engines.limits import BmcLimits, InductionLimits
from dialproof.portfolio.check import run_planned, word
from dialproof.portfolio.portfolio import Portfolio
from model.fault import Fault
from model.faults import of_product
from model.products.exchange_ims import any_table
from model.products.exchange_ims.compose import build
from model.products.exchange_ims.links import Links
from model.products.exchange_ims.product import Connector
from model.products.exchange_ims.scenario import EmailDomain, Scenario, load, parse
from model.products.exchange_ims.words import WORDS
from model.rules import any_of
from properties.catalogue import catalogue as claims
from properties.checks import plan, variant
from tests.amounts import long

faults = partial(of_product, "exchange-ims")
"""Gives the faults that the connector can have, by name."""

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
FIXED = ROOT / "model" / "scenarios" / "any-table" / "fixed.toml"
SHIPPED = FIXED.with_name("shipped.toml")
NARROW = [fault for fault in faults().values() if fault.narrows]


def any_table_of(path: Path = FIXED, **environment: object) -> Scenario:
    read = load(path, claims=claims(), faults=faults())
    return read.model_copy(update={"environment": read.environment.model_copy(update=environment)}) if environment else read


@st.composite
def entries(draw: st.DrawFn) -> tuple[EmailDomain, ...]:
    rows = []
    for number in range(draw(st.integers(0, 4))):
        deliver = draw(st.sampled_from(["dns", "host", "etrn"]))
        rows.append(
            EmailDomain(
                domain=f"{number}.example",
                deliver=deliver,
                host="host.example" if deliver == "host" else None,
                link=None if deliver == "etrn" else draw(st.sampled_from(["isp", "office"])),
                added=draw(st.sampled_from(["at-start", "while-running"])),
            )
        )
    return tuple(rows)


def kind_of(entry: EmailDomain) -> str:
    return "an entry held for ETRN" if entry.link is None else f"an entry over {entry.link}"


# --- the family is that of all connectors ------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(entries())
def test_each_connector_is_one_of_the_family(table: tuple[EmailDomain, ...]) -> None:
    """Action by action: the same guard, the same effects. Besides, entries may come and go, which nobody promises."""
    scenario = any_table_of()
    connector = build(scenario.with_entries(table), faults()["none"]).system
    instance = instance_of(any_table.family(scenario, faults()["none"]), table)
    assert_same(connector, instance, always_there(table))


def instance_of(family: Family, table: tuple[EmailDomain, ...]) -> System:
    """The system of the family with the entries of `table`."""
    members: dict[str, list[str]] = {}
    for entry in table:
        members.setdefault(kind_of(entry), []).append(entry.domain)
    return family.instance(members)


def always_there(table: tuple[EmailDomain, ...]) -> list[tuple[z3.BoolRef, z3.BoolRef]]:
    """What is so for ever, in those runs in which nobody removes an entry that was there at the start."""
    return [
        (z3.Bool(f"{flag} {entry.domain}"), z3.BoolVal(True))
        for entry in table
        if entry.added == "at-start"
        for flag in ("configured", "loaded")
    ]


def assert_same(connector: System, instance: System, flags: list[tuple[z3.BoolRef, z3.BoolRef]]) -> None:
    assert {one.name for one in connector.variables} == {
        one.name for one in instance.variables if not any(one.term.eq(flag) for flag, _ in flags)
    }
    more = {action.name for action in instance.actions} - {action.name for action in connector.actions}
    assert all(name.startswith(("add(", "remove(")) for name in more)
    for action in connector.actions:
        _same(connector, action, instance.action(action.name), flags)
    assert valid(z3.Implies(connector.init, z3.substitute(instance.init, *flags)))
    assert [(one.name, one.formula) for one in connector.assumptions] == [(one.name, one.formula) for one in instance.assumptions]


def _same(connector: System, action: Action, other: Action, flags: list[tuple[z3.BoolRef, z3.BoolRef]]) -> None:
    assert action.fairness is other.fairness
    assert [one.variable for one in action.parameters] == [one.variable for one in other.parameters]
    ranges = [variable.domain.restriction(variable.term) for variable in connector.variables]
    assert valid(z3.Implies(z3.And(ranges), action.guard == z3.substitute(other.guard, *flags))), action.name
    effects: Mapping[str, z3.ExprRef] = {name: z3.substitute(value, *flags) for name, value in other.effects}
    own = dict(action.effects)
    for variable in connector.variables:
        mine, its = own.get(variable.name, variable.term), effects.get(variable.name, variable.term)
        assert valid(z3.Implies(action.guard, mine == its)), (action.name, variable.name)


def valid(claim: z3.BoolRef) -> bool:
    solver = z3.Solver()
    solver.add(z3.Not(claim))
    return solver.check() == z3.unsat


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(entries(), st.sampled_from(NARROW))
def test_a_fault_that_narrows_never_dials_where_the_correct_rule_would_not(table: tuple[EmailDomain, ...], fault: Fault) -> None:
    scenario = any_table_of().with_entries(table)
    correct = build(scenario, faults()["none"]).system.action("dial(isp)")
    faulty = build(scenario, fault).system.action("dial(isp)")
    assert valid(z3.Implies(faulty.guard, correct.guard))


# --- verdicts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault", [pytest.param(fault.name, marks=[] if number % 3 == 0 else [long]) for number, fault in enumerate(NARROW)]
)
def test_nothing_is_proved_of_all_tables_that_a_small_one_violates(fault: str) -> None:
    """Also of what can only be asked of the correct dialler: that the router is never stuck speaks of what could be done."""
    scenario = any_table_of()
    asked = 0
    for name in ("no-dial-without-demand", "no-mail-is-lost", "needed-line-is-kept", "router-is-never-stuck"):
        about_all = variant(Connector(WORDS, scenario), name, faults()[fault])
        assert isinstance(about_all, ManySystems)
        if about_all.summary is None:
            continue
        if not isinstance(
            induction.prove(Problem(about_all.summary.system, about_all.summary.claim.formula), InductionLimits(2)), Proved
        ):
            continue
        asked += 1
        for size in (0, 1):
            for one in about_all.of(size):
                found = bmc.search(Problem(one.system, one.claim.formula), BmcLimits(5))
                assert not isinstance(found, Found), (name, about_all.called(one))
    assert asked >= 3


def test_a_fault_leaves_no_proof_that_the_router_is_never_stuck() -> None:
    """The family of a faulty dialler can dial more often than its connectors: what is said of what is possible proves nothing."""
    about_all = variant(Connector(WORDS, any_table_of()), "router-is-never-stuck", faults()["dial-slot-overwritten"])
    assert isinstance(about_all, ManySystems)
    assert about_all.summary is None


def checked(path: Path, *names: str) -> dict[tuple[str, str], object]:
    planned = [check for check in plan(path) if not names or check.claim in names]
    with Portfolio(2, timeout=120) as portfolio:
        results = run_planned(portfolio, planned)
    return {(one.planned.claim, cause): (verdict, one.planned) for one in results for cause, verdict in one.by_cause}


def test_the_smallest_table_that_breaks_a_claim_is_found_and_named() -> None:
    found = checked(SHIPPED, "queued-mail-is-dialled")
    for cause in ("dial-slot-overwritten", "dialler-wants-only-ras", "permanent-mode"):
        verdict, planned = found["queued-mail-is-dialled", cause]
        assert isinstance(verdict, Violated)
        assert isinstance(planned, PlannedCheck)
        assert "the smallest routing table that was found to break the claim: d1.example by DNS over office" in planned.notes[-1]
        broken = planned.variants[0]
        assert isinstance(broken, OneSystem)
        names = [one.name for one in broken.system.variables]
        assert names == ["line isp", "waiting default", "waiting d1.example"]


def test_what_holds_of_every_table_says_so_and_is_not_vacuous() -> None:
    found = checked(FIXED, "no-dial-without-demand", "queued-mail-is-dialled")
    for verdict, planned in found.values():  # type: ignore[misc]
        assert isinstance(verdict, Holds)
        assert verdict.vacuity.is_vacuous is False
        assert "every routing table over these links, of every size" in planned.notes[-1]


def test_without_a_promise_of_the_environment_mail_may_wait_for_ever() -> None:
    """The proof needs what it says that it needs: without deliveries that succeed in the end the empty table fails."""
    scenario = any_table_of(delivery_eventually_succeeds=False)
    about_all = variant(Connector(WORDS, scenario), "queued-mail-is-delivered", faults()["none"])
    planned = PlannedCheck("", 1, "queued-mail-is-delivered", "violated", (about_all,))
    with Portfolio(2, timeout=120) as portfolio:
        [result] = run_planned(portfolio, [planned])
    assert word(result.verdict) == "violated"
    assert "the empty table" in result.planned.notes[-1]


# --- files -------------------------------------------------------------------------------------------------------------


def test_a_certificate_has_the_obligations_of_the_summary_and_is_rejected_without_them(tmp_path: Path) -> None:
    text = FIXED.read_text().split("[[check]]")[0] + '[[check]]\nclaim = "no-dial-without-demand"\n'
    (tmp_path / "any.toml").write_text(text)
    run = CliRunner().invoke(main, ["check", str(tmp_path / "any.toml"), "--certificates", str(tmp_path / "evidence")])
    assert run.exit_code == 0, run.output
    [folder] = (tmp_path / "evidence").iterdir()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert any(one["name"].startswith("summary: step dial(isp)") for one in manifest["obligations"])
    assert CliRunner().invoke(main, ["audit", str(folder)]).exit_code == 0
    kept = [one for one in manifest["obligations"] if not one["name"].startswith("summary: ")]
    (folder / "manifest.json").write_text(json.dumps({**manifest, "obligations": kept}))
    for gone in {one["file"] for one in manifest["obligations"]} - {one["file"] for one in kept}:
        (folder / gone).unlink()
    rejected = CliRunner().invoke(main, ["audit", str(folder)])
    assert rejected.exit_code == 1
    assert "lists the obligations" in rejected.output


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "[environment]",
            '[[email_domain]]\ndomain = "a.example"\ndeliver = "dns"\nlink = "isp"\n[environment]',
            "leave the entries out",
        ),
        ("[links.isp]", "queue_capacity = 3\n[links.isp]", "queues have no bound"),
        ('"any"', '"some"', '`email_domains` is "some"'),
    ],
)
def test_what_does_not_go_with_every_table_is_refused(old: str, new: str, message: str) -> None:
    text = FIXED.read_text().replace(old, new, 1)
    with pytest.raises(ScenarioError, match=message):
        parse(text, "any.toml", claims=claims(), faults=faults())


def test_tables_are_tried_in_the_order_of_their_size() -> None:
    scenario = any_table_of()
    assert [len(list(any_table.tables(scenario, size))) for size in range(4)] == [1, 10, 100, 0]
    assert len({tuple(table) for table in any_table.tables(scenario, 2)}) == 100
    assert any_table.described(()) == "the empty table"


def test_a_model_of_every_table_is_not_broken_place_by_place() -> None:
    run = CliRunner().invoke(main, ["mutate", str(FIXED)])
    assert run.exit_code == 2
    assert "has no single model to mutate" in run.output


def test_an_export_says_that_it_is_a_summary_and_a_trace_is_one_of_a_table(tmp_path: Path) -> None:
    asked = ["export", str(FIXED), "--claim", "no-dial-without-demand"]
    vmt = CliRunner().invoke(main, [*asked, "--to", "vmt"])
    assert vmt.exit_code == 0
    assert "A summary that stands for many systems" in vmt.output
    asked = ["export", str(SHIPPED), "--claim", "queued-mail-is-dialled", "--cause", "permanent-mode", "--to", "itf"]
    assert CliRunner().invoke(main, [*asked, "-o", str(tmp_path)]).exit_code == 0
    [trace] = tmp_path.iterdir()
    assert json.loads(trace.read_text())["vars"][:3] == ["line isp", "waiting default", "waiting d1.example"]


# --- with an entry and without it ----------------------------------------------------------------------------------------


def compared(fault: str, scenario: Scenario | None = None) -> ManySystems:
    about_all = variant(Connector(WORDS, scenario or any_table_of()), "routes-do-not-interfere", faults()[fault])
    assert isinstance(about_all, ManySystems)
    return about_all


def test_that_no_entry_interferes_is_proved_of_every_table() -> None:
    found = checked(FIXED, "routes-do-not-interfere")
    verdict, planned = found["routes-do-not-interfere", "none"]
    assert isinstance(verdict, Holds)
    assert verdict.vacuity.is_vacuous is False
    assert isinstance(planned, PlannedCheck)
    assert "with and without any one entry that uses no line" in planned.notes[-1]


def test_with_a_fault_or_with_two_modems_nothing_stands_for_every_pair_of_tables() -> None:
    """An entry over another line makes that line, and what waits for it, another one: no two states are the same any more."""
    assert compared("none").summary is not None
    for fault in faults().keys() - {"none"}:
        assert compared(fault).summary is None
    two = any_table_of()
    links = Links({**two.links, "branch": two.links["isp"]})
    assert compared("none", two.model_copy(update={"links": links})).summary is None


def test_the_smallest_tables_that_are_compared_have_an_entry_that_leaves_the_line_alone() -> None:
    sizes = compared("dial-slot-overwritten")
    assert sizes.smallest == 1
    names = [sizes.called(one) for one in sizes.of(1)]
    assert len(names) == 6
    assert not any("over isp" in name for name in names)
    assert all(one.copies for one in sizes.of(1))


def test_a_dialler_that_looks_at_every_queue_is_not_proved_to_leave_lines_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The foil: a rule that is not local."""
    monkeypatch.setattr(any_table, "wanted", lambda now, _line: any_of([route.has_mail for route in now.routes]))
    about_all = variant(Connector(WORDS, any_table_of()), "routes-do-not-interfere", faults()["none"])
    assert isinstance(about_all, ManySystems)
    assert about_all.summary is not None
    assert isinstance(bmc.search(Problem(about_all.summary.system, about_all.summary.claim.formula), BmcLimits(5)), Found)


def test_an_entry_told_apart_from_the_others_is_one_of_them() -> None:
    """The family with an extra entry has the systems of the family that has it as one member more."""
    scenario = any_table_of()
    for extra in any_table.extra_entries(scenario):
        apart = any_table.family(scenario, faults()["none"], [extra])
        kind = extra.name.replace("that one", "an entry")
        one_apart = apart.instance({kind: ["x"]})
        among = any_table.family(scenario, faults()["none"]).instance({kind: [extra.name, "x"]})
        assert {action.name for action in one_apart.actions} == {action.name for action in among.actions}
        assert {one.name for one in one_apart.variables} == {one.name for one in among.variables}
        assert valid(one_apart.init == among.init)
        for action in one_apart.actions:
            _same(one_apart, action, among.action(action.name), [])
