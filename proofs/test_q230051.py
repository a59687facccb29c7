"""Q230051, line by line: what the article says, as theorems about the model.

The article gives no cause. Each theorem about the shipped build is therefore stated under every hypothesis that the article
does not refute; the refuted one is shown refuted.
"""

import tomllib

import pytest

from dialproof.core.errors import InputError
from dialproof.core.run import Lasso, Run
from dialproof.engines.limits import BmcLimits
from dialproof.semantics.interpreter import Reader
from model.faults import catalogue, causes_of
from model.importing import kind_of, source_of
from model.products import importers, products
from model.products.exchange_ims.compose import build
from model.products.exchange_ims.scenario import load
from proofs.conftest import Verdicts
from proofs.ledger import SCENARIOS
from properties.catalogue import catalogue as claims
from properties.checks import claim_names, plan
from tests.model.configured import CONFIGURATIONS

SURVIVING = ("dial-slot-overwritten", "dialler-wants-only-ras", "permanent-mode")
"""H1, H2 and H3."""

BREAKING = ("dns", "lan")
"""The entries of which the article says that the dial-up connection of the default route never dials again."""

WHEN = ("from-start", "added")


def configurations(build: str) -> list[str]:
    """Every configuration of the set, for the shipped or the fixed build."""
    return [f"q230051/base-{build}"] + [f"q230051/{entry}-{when}-{build}" for entry in ("dns", "lan", "ras") for when in WHEN]


def test_the_build_number_selects_the_behaviour() -> None:
    """Fixed from 5.5.2591.0: the build before it may have any cause that survives, that build and later ones have none."""
    assert tuple(fault.name for fault in causes_of("exchange-ims", (5, 5, 2590, 0))) == SURVIVING
    assert [fault.name for fault in causes_of("exchange-ims", (5, 5, 2591, 0))] == ["none"]
    assert [fault.name for fault in causes_of("exchange-ims", (5, 5, 2650, 21))] == ["none"]


@pytest.mark.parametrize("claim", ["queued-mail-is-dialled", "queued-mail-is-delivered"])
@pytest.mark.parametrize("cause", SURVIVING)
def test_the_base_configuration_works_as_shipped(verdicts: Verdicts, claim: str, cause: str) -> None:
    """All mail forwarded to a host over RAS: that works, whatever the cause of the fault is."""
    verdicts.holds("q230051/base-shipped", claim, cause)


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("entry", BREAKING)
@pytest.mark.parametrize("cause", SURVIVING)
def test_one_entry_by_dns_or_over_the_lan_starves_the_line(verdicts: Verdicts, entry: str, when: str, cause: str) -> None:
    """Mail for the default route waits, and there is a run on which its line is never dialled."""
    violated = verdicts.violated(f"q230051/{entry}-{when}-shipped", "queued-mail-is-dialled", cause)
    assert isinstance(violated.lasso, Lasso)
    assert all(step.state["line isp"] == "down" for step in violated.lasso.loop)
    assert any(step.state["waiting default"] != 0 for step in violated.lasso.loop)


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("entry", BREAKING)
@pytest.mark.parametrize("cause", SURVIVING)
def test_the_line_never_dials_again(verdicts: Verdicts, entry: str, when: str, cause: str) -> None:
    """Not on one run only: from the change on no run dials the default route's line. That is what "never dials again" says."""
    verdicts.holds(f"q230051/{entry}-{when}-shipped", "line-never-dials-again", cause)


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("cause", SURVIVING)
def test_an_entry_that_uses_ras_itself_does_no_harm(verdicts: Verdicts, when: str, cause: str) -> None:
    """The article names entries by DNS and over the LAN; one that uses RAS is harmless under every surviving cause."""
    verdicts.holds(f"q230051/ras-{when}-shipped", "queued-mail-is-dialled", cause)
    verdicts.holds(f"q230051/ras-{when}-shipped", "queued-mail-is-delivered", cause)


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("entry", BREAKING)
@pytest.mark.parametrize("cause", [*SURVIVING, "other-queue-counted"])
def test_the_entry_interferes_with_the_line_of_another_route(verdicts: Verdicts, entry: str, when: str, cause: str) -> None:
    """The article in one sentence: of two runs alike but for the entry, which does not use the line, only one dials."""
    run = verdicts.violated(f"q230051/{entry}-{when}-shipped", "routes-do-not-interfere", cause).lasso
    last = run.steps[-1].state
    with_entry, without = (last[f"line isp ({which} partner.example)"] for which in ("with", "without"))
    assert {with_entry, without} == {"down", "dialling"}
    if cause != "other-queue-counted":
        assert without == "dialling", "it is the entry that keeps the line from being dialled"
        assert dials_of(run, "add(partner.example)") or when == "from-start"


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("entry", BREAKING)
def test_in_the_fixed_build_no_entry_interferes(verdicts: Verdicts, entry: str, when: str) -> None:
    """Whatever happens, with the entry and without it the line is dialled at the same moments."""
    verdicts.holds(f"q230051/{entry}-{when}-fixed", "routes-do-not-interfere", "none")


@pytest.mark.parametrize("name", ["base-fixed", "ras-added-fixed"])
def test_without_an_entry_that_leaves_the_line_alone_interference_is_not_asked(name: str) -> None:
    """It would hold of nothing."""
    scenario = load(SCENARIOS / "q230051" / f"{name}.toml", claims=claims(), faults=catalogue())
    with pytest.raises(InputError, match="routes-do-not-interfere says nothing here"):
        claims()["routes-do-not-interfere"](build(scenario, catalogue()["none"]))


@pytest.mark.parametrize("claim", ["queued-mail-is-dialled", "queued-mail-is-delivered"])
@pytest.mark.parametrize("scenario", configurations("fixed"))
def test_the_fixed_build_dials_and_delivers_in_every_configuration(verdicts: Verdicts, scenario: str, claim: str) -> None:
    """Service Pack 3: base, DNS, LAN and RAS entries, from the start and added while running."""
    verdicts.holds(scenario, claim, "none")


@pytest.mark.parametrize("scenario", configurations("fixed"))
def test_the_fixed_build_keeps_its_books_and_is_never_stuck(verdicts: Verdicts, scenario: str) -> None:
    """No mail is lost, no line is dialled without demand, and the router always knows a next step."""
    for claim in ("no-mail-is-lost", "no-dial-without-demand", "router-is-never-stuck"):
        verdicts.holds(scenario, claim, "none")


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("entry", BREAKING)
def test_h6_is_refuted_by_a_run_that_dials_after_the_change(verdicts: Verdicts, entry: str, when: str) -> None:
    """Under H6 the line still dials once mail for the added entry waits: the article says that it never does."""
    scenario = f"q230051/{entry}-{when}-shipped"
    verdicts.violated(scenario, "queued-mail-is-dialled", "other-queue-counted")
    run = verdicts.violated(scenario, "line-never-dials-again", "other-queue-counted").lasso
    dialling = dials_of(run, "dial(isp)")
    assert dialling, "the run shows no call"
    assert all(state["waiting partner.example"] != 0 for state in dialling), "the call is for mail of the added entry"
    if when == "added":
        assert dialling[-1]["loaded partner.example"] is True, "the call comes after the change"
    assert catalogue()["other-queue-counted"].refuted_by


def test_every_hypothesis_is_either_tested_as_a_cause_or_refuted(verdicts: Verdicts) -> None:
    """The causes that the shipped build is checked under are the hypotheses of the article that nothing refutes."""
    hypotheses = {name: fault for name, fault in catalogue().items() if fault.article == "Q230051"}
    assert {name for name, fault in hypotheses.items() if not fault.refuted_by} == set(SURVIVING)
    tested = {entry.cause for entry in verdicts.by_entry}
    assert set(hypotheses) <= tested


@pytest.mark.parametrize("name", ["base-fixed", "dns-added-fixed"])
def test_each_claim_can_come_true_and_be_asked_about(name: str) -> None:
    """The witnesses of each claim happen: found by search, replayed."""
    from dialproof.encode.problem import Problem
    from dialproof.engines.bmc import search as bmc  # the only theorem that asks an engine itself
    from dialproof.engines.candidates import Found
    from dialproof.evidence.replay import replay
    from dialproof.portfolio.tasks import possibility

    for check in plan(SCENARIOS / "q230051" / f"{name}.toml"):
        for variant in check.variants:
            for says, wish in variant.claim.witnesses:
                wanted = possibility(Problem(variant.system, variant.claim.formula), wish)
                found = bmc.search(wanted, BmcLimits(12))
                assert isinstance(found, Found), f"{variant.claim.name}: never happens: {says}"
                replay(wanted, found.run)


def test_every_claim_of_the_catalogue_is_asked_somewhere() -> None:
    """A claim that no scenario, no template and no configuration file asks for would be a claim that nothing tests."""
    names = {name for product in products().values() for name in claim_names(product.words)}
    paths = [*SCENARIOS.rglob("*.toml"), *(product.template for product in products().values())]
    scenarios = [tomllib.loads(path.read_text("utf-8")) for path in paths]
    kinds = importers()
    files = [source_of(path, kinds).data for path in sorted(CONFIGURATIONS.rglob("*")) if kind_of(path, kinds.values())]
    assert {check["claim"] for data in (*scenarios, *files) for check in data["check"]} == names


def test_the_counterexample_is_short_enough_to_read() -> None:
    """The shipped build starves the line in two steps from the start: mail arrives, and time passes."""
    scenario = load(SCENARIOS / "q230051" / "dns-from-start-shipped.toml", claims=claims(), faults=catalogue())
    variant = plan(scenario.source)[0].variants[0]
    reader = Reader(variant.system)
    start = next(reader.initial_states())
    events = {event.name: after for event, after in reader.events(start)}
    assert "dial(isp)" not in {event.name for event, _ in reader.events(events["arrive(default)"])}


def dials_of(run: Run, action: str) -> list[object]:
    """The states in which `action` is taken on the run."""
    return [step.state for step in run.steps if step.action is not None and step.action.name == action]
