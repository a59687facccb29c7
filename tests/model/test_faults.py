"""Faults: each is a file that rewrites the rules, and comes together with others; what it remembers is state of the system."""

from itertools import combinations
from pathlib import Path

import pytest
import z3

from dialproof import Lasso, System, Violated, check
from dialproof.core.errors import InputError, ScenarioError
from model import faults
from model.events import FAILURES, Event, called
from model.fault import AND, NONE, Certainty, together
from model.faults import catalogue, named, of_product
from model.products.exchange_ims.compose import build
from model.products.exchange_ims.product import Connector
from model.products.exchange_ims.scenario import parse
from model.products.exchange_ims.words import WORDS
from model.router import Router
from properties.catalogue import catalogue as claims
from properties.checks import plan, variant

FOLDER = Path(faults.__file__).parent

LATCH, PENDING = "latch-after-failed-calls", "pending-record-never-cleared"

SCENARIO = """
format = 1
[connector]
product = "exchange-ims"
build = "5.5.2650.21"
fault = "{fault}"
[links.isp]
kind = "ras"
[default]
deliver = "host"
host = "smtp.isp.example"
link = "isp"
[[check]]
claim = "queued-mail-is-dialled"
"""


def router(fault: str) -> Router:
    return build(parse(SCENARIO.format(fault=fault), "test", claims=claims(), faults=catalogue()), named(fault))


def shortest(fault: str) -> Lasso:
    """The shortest run on which mail waits and the line is never dialled again."""
    observed = claims()["queued-mail-is-dialled"](router(fault))
    verdict = check(observed.system, observed.claim.formula, timeout=60)
    assert isinstance(verdict, Violated)
    assert isinstance(verdict.lasso, Lasso)
    return verdict.lasso


def events(run: Lasso) -> list[str]:
    return [step.action.name for step in run.steps if step.action is not None]


def test_every_fault_is_a_file_of_its_own_and_a_short_one() -> None:
    files = [path for path in FOLDER.glob("*.py") if path.name != "__init__.py"]
    assert {path.stem.replace("_", "-") for path in files} == catalogue().keys() - {"none"}
    for path in files:
        assert len(path.read_text().splitlines()) < 60, path.name


def test_each_says_what_it_does_in_a_part_of_a_sentence() -> None:
    for fault in catalogue().values():
        assert fault.mechanism[:1].islower()
        assert not fault.mechanism.endswith(".")
        assert fault.article
        assert fault.certainty in Certainty


def test_only_the_correct_rules_change_nothing() -> None:
    assert [name for name, fault in catalogue().items() if fault.is_none] == ["none"]
    assert next(iter(catalogue())) == "none"
    assert PENDING in of_product("another product"), "it is no product's own"
    assert LATCH not in of_product("another product"), "pppd has a limit of its own, by its options"


def test_after_three_failed_calls_the_line_is_not_dialled_any_more() -> None:
    failed = [name for name in events(shortest(LATCH)) if name in {called(event, "isp") for event in FAILURES}]
    assert len(failed) == 3
    assert router(LATCH).system.variable("failures isp").domain.high == 3


def test_one_failed_call_leaves_a_record_and_no_second_trigger_is_heard() -> None:
    failed = [name for name in events(shortest(PENDING)) if name in {called(event, "isp") for event in FAILURES}]
    assert len(failed) == 1


@pytest.mark.parametrize("fault", [LATCH, PENDING])
def test_an_answer_and_a_start_clear_what_is_remembered(fault: str) -> None:
    system = router(fault).system
    (own,) = [one for one in system.variables if one.name not in {v.name for v in router("none").system.variables}]
    for event in (called(Event.ANSWER, "isp"), called(Event.RESTART)):
        value = dict(system.action(event).effects)[own.name]
        assert z3.is_false(value) or value.eq(z3.IntVal(0))


@pytest.mark.parametrize("order", [(LATCH, PENDING), (PENDING, LATCH)])
def test_two_faults_at_once_remember_both(order: tuple[str, str]) -> None:
    both = router(AND.join(order)).system
    assert {"failures isp", "pending isp"} <= {one.name for one in both.variables}
    failed = dict(both.action(called(Event.BUSY, "isp")).effects)
    assert {"line isp", "failures isp"} <= failed.keys()


MIXED = (
    SCENARIO
    + """
[links.office]
kind = "lan"
[links.branch]
kind = "ras"
[[email_domain]]
domain = "lan.example"
deliver = "dns"
link = "office"
added = "while-running"
[[email_domain]]
domain = "branch.example"
deliver = "dns"
link = "branch"
"""
)


def mixed(fault: str) -> System:
    return build(parse(MIXED.format(fault=fault), "test", claims=claims(), faults=catalogue()), named(fault)).system


@pytest.mark.parametrize("pair", list(combinations(sorted(catalogue().keys() - {"none"}), 2)), ids=AND.join)
def test_in_whatever_order_two_faults_are_named_neither_undoes_the_other(pair: tuple[str, str]) -> None:
    """Here: a fault that replaced the dial rule dropped what the one named before it had forbidden, without a word."""
    try:
        one, other = mixed(AND.join(pair)), mixed(AND.join(reversed(pair)))
    except InputError:
        with pytest.raises(InputError, match="only one of them can"):
            mixed(AND.join(reversed(pair)))
        return
    assert {variable.name for variable in one.variables} == {variable.name for variable in other.variables}
    narrow = [mixed(name) for name in pair if catalogue()[name].narrows]
    for action in one.actions:
        solver = z3.Solver()
        solver.add(action.guard != other.action(action.name).guard)
        assert solver.check() == z3.unsat, action.name
        if action.event is Event.DIAL:
            solver = z3.Solver()
            solver.add(
                action.guard, z3.Not(z3.And([system.action(action.name).guard for system in narrow] or [z3.BoolVal(True)]))
            )
            wide = len(narrow) < len(pair)
            assert wide or solver.check() == z3.unsat, f"{action.name}: each forbids what it forbids alone"


@pytest.mark.parametrize("wide", ["other-queue-counted", "dns-default-counts-no-demand", "every-entry-is-dialled"])
def test_a_latch_forbids_the_call_whatever_else_makes_the_line_be_dialled(wide: str) -> None:
    for name in (f"{LATCH} + {wide}", f"{wide} + {LATCH}"):
        solver = z3.Solver()
        solver.add(mixed(name).action(called(Event.DIAL, "isp")).guard, z3.Int("failures isp") == 3)
        assert solver.check() == z3.unsat, name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (
            "other-queue-counted + dns-default-counts-no-demand",
            "each decide what makes a line be dialled, and only one of them can",
        ),
        (f"{LATCH} + {LATCH}", "names a fault twice"),
        (f"none + {LATCH}", "no fault is beside them"),
    ],
)
def test_what_cannot_be_together_is_refused(name: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=why):
        named(name)
    path = tmp_path / "two.toml"
    path.write_text(SCENARIO.format(fault=name))
    with pytest.raises(ScenarioError, match=why):
        plan(path)


def test_a_fault_of_q230051_comes_together_with_one_that_remembers() -> None:
    fault = together([catalogue()["permanent-mode"], catalogue()[LATCH]])
    assert fault.name == "permanent-mode + latch-after-failed-calls"
    assert fault.changes == {Event.DIAL, Event.RETURN}
    assert fault.narrows
    assert together([NONE]) is NONE
    assert not together([catalogue()["every-entry-is-dialled"], catalogue()[LATCH]]).narrows


def test_a_scenario_names_two_faults_at_once() -> None:
    scenario = parse(SCENARIO.format(fault=f"{LATCH} + {PENDING}"), "test", claims=claims(), faults=catalogue())
    assert scenario.connector.fault is not None
    made = variant(Connector(WORDS, scenario), "queued-mail-is-dialled", named(scenario.connector.fault))
    assert made.name == f"{LATCH} + {PENDING}"


def test_a_fault_that_does_not_exist_is_refused_beside_one_that_does() -> None:
    with pytest.raises(ScenarioError, match=r'"pending-record" *: there is no fault of this name'):
        parse(SCENARIO.format(fault=f"{LATCH} + pending-record"), "test", claims=claims(), faults=catalogue())


@pytest.mark.parametrize("fault", [LATCH, PENDING, f"{LATCH} + {PENDING}"])
@pytest.mark.parametrize("claim", ["no-dial-without-demand", "no-mail-is-lost", "needed-line-is-kept"])
def test_what_they_do_not_touch_still_holds(fault: str, claim: str) -> None:
    observed = claims()[claim](router(fault))
    verdict = check(observed.system, observed.claim.formula, timeout=60)
    assert type(verdict).__name__ == "Holds", verdict
