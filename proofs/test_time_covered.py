"""The untimed model covers the timed one: what is proved without clocks, whatever the delays, holds with clocks too.

A step with clocks is a step without them, which two solvers confirm for each action. Each promise of the untimed model is a
theorem of the timed one, by the assumption that time goes on: a dial that has to wait until calls are far enough apart is made
all the same.
"""

from pathlib import Path

import pytest

from dialproof.core.errors import AuditError, InputError
from dialproof.evidence.covering import Covering, same_actions
from dialproof.evidence.solvers import discharge, solvers_for
from dialproof.testing import assert_holds
from model.events import Event, called
from model.fault import NONE
from model.product import Installation
from model.scenario import ScenarioFile
from proofs.conftest import Verdicts
from proofs.ledger import has_second_solver
from properties.catalogue import catalogue
from properties.checks import open_installation
from properties.covering import covering, follows
from tests.amounts import long

TIMED = Path(__file__).resolve().parents[1] / "model" / "scenarios" / "timed"
COVERED = ("pppd", "pppd-no-holdoff", "pppd-too-soon", "queued-for-15", "queued-for-15-too-soon", "spaced-by-calls")
STEPS_COVERED = (
    "batch",
    "no-batch",
    "calls-of-a-day",
    "every-entry-dialled",
    "line-cost",
    "office-hours",
    "office-hours-reloaded",
    "office-hours-reloaded-closed",
    "pppd-dead-peer",
    "pppd-echo",
    "pppd-echo-too-soon",
    "pppd-maxconnect",
    "pppd-maxconnect-too-soon",
    "pppd-penalty",
    "pppd-penalty-persist",
    "pppd-penalty-persist-too-soon",
    "pppd-penalty-too-soon",
    "port-given-back",
    "port-kept",
)
"""Those of which each step is covered, and whose promises are not proved here."""

ANOTHER_MODEL = {
    "held-mail": "'return",
    **dict.fromkeys(["destination-retry", "destination-retry-dials"], "fail_delivery"),
    "destination-retry-zero": "'return",
    "message-timeout": "'return",
    "priorities": "'return",
    "retrieval-by-mail-alone": "arrive_there",
    **dict.fromkeys(
        [
            "pppd-dead-peer-filtered",
            "pppd-dead-peer-kept-alive",
            "pppd-flapping",
            "pppd-flapping-equal",
            "pppd-keep-alive",
            "pppd-keep-alive-equal",
            "pppd-keep-alive-filtered",
            "pppd-keep-alive-slower",
            "pppd-not-flapping",
            "pppd-only-keep-alives",
            "pppd-only-keep-alives-for-ever",
            "pppd-only-keep-alives-too-soon",
            "pppd-periodic",
            "pppd-periodic-too-soon",
            "pppd-same-policy",
        ],
        "every so many seconds",
    ),
}
"""Those in which something happens that the model without clocks does not have, and what."""

RETRIED = ("retry-list", "retry-list-zero", "weekdays", "weekdays-restarted")
BY_SCHEDULE = ("every-60", "schedule-only", "schedule-only-too-soon")
RETRIEVED = (
    "retrieval-idle-both-ways",
    "retrieval-idle-outbound",
    "retrieval-not-let-in",
    "retrieval-scheduled",
    "retrieval-too-late",
)
"""Those by a schedule in which mail is retrieved besides."""

SAME_ROUTER = ("pppd-too-soon", "queued-for-15-too-soon")
"""Those that ask other questions about the router of another one."""


def opened(scenario: str) -> Installation[ScenarioFile]:
    """A timed scenario, as its product reads it."""
    return open_installation(TIMED / f"{scenario}.toml")


def confirm(covered: Covering, discharged: set[str]) -> None:
    """Two solvers, where both are installed, find each obligation unsatisfiable."""
    discharge(covered.obligations(), solvers_for(second_opinion=has_second_solver()), discharged)


@pytest.fixture(scope="module")
def discharged() -> set[str]:
    """The scripts that both solvers have found unsatisfiable: those of most claims are the same."""
    return set()


def test_every_timed_scenario_is_covered_or_has_a_schedule() -> None:
    """None is left out here."""
    assert sorted((*COVERED, *STEPS_COVERED, *ANOTHER_MODEL, *RETRIED, *BY_SCHEDULE, *RETRIEVED)) == sorted(
        path.stem for path in TIMED.glob("*.toml")
    )


@pytest.mark.parametrize("scenario", [*COVERED, *STEPS_COVERED])
def test_a_step_with_clocks_is_a_step_without_them(scenario: str, discharged: set[str]) -> None:
    """Elapsing is what passes time there; every other action does the same where it can be taken at all."""
    confirm(covering(opened(scenario), NONE), discharged)


@pytest.mark.parametrize(
    "scenario",
    ["pppd", "queued-for-15", *(pytest.param(one, marks=long) for one in ("pppd-no-holdoff", "spaced-by-calls"))],
)
def test_clocks_keep_what_is_promised_without_them(scenario: str) -> None:
    """An action that stays possible without clocks is taken with them: its time comes."""
    covered = covering(opened(scenario), NONE)
    for formula in covered.promises().values():
        assert_holds(covered.system, formula, vacuous=True, second_opinion=has_second_solver())


@pytest.mark.parametrize("scenario", SAME_ROUTER)
def test_a_scenario_that_asks_for_less_time_is_about_the_same_router(scenario: str) -> None:
    """So that its promises need no proof of their own."""
    there, here = (covering(opened(one), NONE) for one in (scenario, scenario.removesuffix("-too-soon")))
    assert [one.script for one in there.obligations()] == [one.script for one in here.obligations()]
    assert [action.fairness for action in there.system.actions] == [action.fairness for action in here.system.actions]
    assert {name: text.sexpr() for name, text in there.promises().items()} == {
        name: text.sexpr() for name, text in here.promises().items()
    }


@pytest.mark.parametrize("scenario", [one for one in COVERED if one not in SAME_ROUTER])
def test_a_claim_that_follows_is_proved_without_clocks_and_holds_with_them(
    scenario: str, verdicts: Verdicts, discharged: set[str]
) -> None:
    """Each claim of the scenario that has no bound: its proof without clocks is enough, and the one with clocks agrees."""
    installed = opened(scenario)
    for check in installed.scenario.checks:
        if check.claim in catalogue(installed.words) and check.claim != "line-follows-its-states":
            found = follows(installed, NONE, check.claim)
            confirm(found.covering, discharged)
            assert_holds(found.untimed.system, found.untimed.claim)
            verdicts.holds(f"timed/{scenario}", check.claim, "none")


@pytest.mark.parametrize("scenario", ["pppd", "queued-for-15"])
def test_most_claims_follow(scenario: str, discharged: set[str]) -> None:
    """All but those that observe events by name, that ask where time can pass, and that compare two runs."""
    installed = opened(scenario)
    noun = installed.words.noun
    names = ["is-dialled", "is-delivered", "is-resolved"]
    for claim in [*(f"queued-{noun}-{name}" for name in names), f"no-{noun}-is-lost", "no-dial-without-demand", "no-latch"]:
        confirm(follows(installed, NONE, claim).covering, discharged)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        (
            "line-follows-its-states",
            "speaks of what the model without clocks does not have: the cover has a variable 'last event'",
        ),
        ("router-is-never-stuck", "says something else of a router with clocks"),
        ("routes-do-not-interfere", "asked without clocks"),
    ],
)
def test_a_claim_that_does_not_follow_says_why(claim: str, reason: str) -> None:
    """Its observers or atoms are not those of the untimed claim."""
    with pytest.raises(InputError, match=reason):
        follows(opened("queued-for-15"), NONE, claim)


@pytest.mark.parametrize(
    ("scenario", "what"), [*ANOTHER_MODEL.items(), *((one, "dials although nothing waits") for one in (*RETRIED, *RETRIEVED))]
)
def test_what_the_untimed_model_does_not_have_is_said(scenario: str, what: str) -> None:
    """Nothing is said to follow from a model in which something cannot happen."""
    with pytest.raises(InputError, match=what):
        covering(opened(scenario), NONE)


@pytest.mark.parametrize("scenario", BY_SCHEDULE)
def test_a_schedule_dials_where_the_untimed_model_cannot(scenario: str) -> None:
    """So nothing follows; and it is the dial that fails, not the way of asking."""
    installed = opened(scenario)
    with pytest.raises(InputError, match="dials although nothing waits"):
        covering(installed, NONE)
    timed, untimed = installed.router(NONE), installed.without_clocks().router(NONE)
    passing = dict.fromkeys((called(Event.ELAPSE), called(Event.SLOT, "isp")), called(Event.PASS_TIME))
    with pytest.raises(AuditError, match="answers 'sat' to the obligation 'cover: step dial\\(isp\\)'"):
        confirm(same_actions(timed.system, untimed.system, passing), set())


def test_a_scenario_without_clocks_has_nothing_to_leave_out() -> None:
    """It is no timed scenario with a trivial cover."""
    with pytest.raises(InputError, match="there are no clocks"):
        covering(open_installation(TIMED.parent / "q230051" / "base-fixed.toml"), NONE)
