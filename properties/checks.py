"""From a scenario file to the checks that it asks for: the hook that the command line and the tests call."""

from pathlib import Path

from dialproof.claims import PlannedCheck, Variant
from dialproof.errors import InputError, Place, ScenarioError
from model.exchange_ims import build
from model.faults import Fault, causes_of
from model.faults import catalogue as faults
from model.scenario import Check, Scenario, load
from properties.catalogue import catalogue as claims

UNTIMED = "untimed: a delay of any length is among the runs that are checked"


def plan(path: str | Path) -> list[PlannedCheck]:
    """The checks of the scenario file at `path`. Raises ScenarioError."""
    scenario = load(path, claims=claims(), faults=faults())
    return [plan_check(scenario, check) for check in scenario.checks]


def plan_check(scenario: Scenario, check: Check) -> PlannedCheck:
    """One check under each cause that it has to be made under. Raises ScenarioError where the claim says nothing here."""
    try:
        variants = tuple(variant(scenario, check.claim, fault) for fault in causes(scenario, check))
    except InputError as refused:
        raise ScenarioError(((Place(scenario.source, check.line), str(refused)),)) from refused
    return PlannedCheck(scenario.source, check.line, check.claim, check.expect, variants, (UNTIMED,))


def causes(scenario: Scenario, check: Check) -> tuple[Fault, ...]:
    """The named fault, or every cause that the build may have."""
    named = scenario.fault_of(check)
    return causes_of(scenario.connector.version) if named is None else (faults()[named],)


def variant(scenario: Scenario, claim: str, fault: Fault) -> Variant:
    """`claim` about the connector of `scenario` with `fault` in it."""
    observed = claims()[claim](build(scenario, fault))
    return Variant(fault.name, observed.system, observed.claim)
