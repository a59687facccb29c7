"""The options of the connector that come with clocks or without: what each of them does to mail, and to calls.

Source: the articles at each theorem; `docs/rules-of-the-connector.md` has all of them. What no source states is asked with each
answer.
"""

from pathlib import Path

import pytest

import model
from dialproof.ltl import always
from dialproof.testing import assert_holds, assert_violated
from model.fault import NONE
from proofs.conftest import Verdicts
from properties.checks import open_installation
from properties.measures import MEASURES

TIMED = Path(model.__file__).parent / "scenarios" / "timed"


# -- retrieval --------------------------------------------------------------------------------------------------------


def test_nothing_dials_when_only_the_other_end_has_mail(verdicts: Verdicts) -> None:
    """Q175494, Q241157: what waits there is retrieved in calls that are made anyway, and queued mail alone makes none for it."""
    run = verdicts.violated("timed/retrieval-by-mail-alone", "remote-mail-is-retrieved", "none").lasso
    assert not any(step.action is not None and step.action.name == "dial(isp)" for step in run.loop)
    verdicts.holds("timed/retrieval-by-mail-alone", "queued-mail-is-dialled", "none")


def test_with_a_schedule_mail_at_the_other_end_is_retrieved(verdicts: Verdicts) -> None:
    """Just too late for a call, it waits for a slot whose call fails, and for the next one: 65 minutes, and not 64."""
    verdicts.holds("timed/retrieval-scheduled", "remote-mail-is-retrieved", "none")
    verdicts.holds("timed/retrieval-scheduled", "retrieved-within-65-minutes", "none")
    verdicts.violated("timed/retrieval-scheduled", "retrieved-within-64-minutes", "none")


def test_whether_inbound_mail_keeps_the_line_up_decides_how_long_it_waits(verdicts: Verdicts) -> None:
    """U7, which no source answers: if it does not, what the line has no time for waits for another call."""
    verdicts.holds("timed/retrieval-idle-both-ways", "retrieved-within-35-minutes", "none")
    verdicts.violated("timed/retrieval-idle-both-ways", "retrieved-within-34-minutes", "none")
    verdicts.violated("timed/retrieval-idle-outbound", "retrieved-within-35-minutes", "none")
    for scenario in ("retrieval-idle-both-ways", "retrieval-idle-outbound"):
        verdicts.holds(f"timed/{scenario}", "remote-mail-is-retrieved", "none")


def test_the_other_end_begins_within_the_idle_time_out_or_too_late(verdicts: Verdicts) -> None:
    """Q159209: one that takes as long as that may find the line hung up, each time."""
    verdicts.violated("timed/retrieval-too-late", "remote-mail-is-retrieved", "none")


def test_what_is_not_let_in_stays_at_the_other_end(verdicts: Verdicts) -> None:
    """With transfer mode "outbound only" the service asks in vain."""
    verdicts.violated("timed/retrieval-not-let-in", "remote-mail-is-retrieved", "none")


# -- ports and phonebook entries --------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", ["queued-mail-is-delivered", "no-latch"])
def test_a_port_that_is_given_back_delays_mail_and_one_that_is_kept_strands_it(verdicts: Verdicts, claim: str) -> None:
    """Q175410, error 633: even if calls succeed again and again where they can."""
    verdicts.holds("port/given-back", claim, "none")
    run = verdicts.violated("port/kept", claim, "none").lasso
    assert all(step.state["port the modem of isp"] == "taken" for step in run.loop)


def test_a_call_over_a_taken_port_is_a_call(verdicts: Verdicts) -> None:
    """The service dials in both cases: what it is told is that the port is in use."""
    for scenario in ("port/given-back", "port/kept"):
        verdicts.holds(scenario, "queued-mail-is-dialled", "none")
        verdicts.holds(scenario, "line-follows-its-states", "none")


def test_with_clocks_too_a_line_comes_up_if_its_port_is_given_back(verdicts: Verdicts) -> None:
    """A call over a taken port takes no longer than any other attempt, and time goes on."""
    verdicts.holds("timed/port-given-back", "dialled-line-comes-up", "none")
    verdicts.violated("timed/port-kept", "dialled-line-comes-up", "none")
    for scenario in ("timed/port-given-back", "timed/port-kept"):
        verdicts.holds(scenario, "time-never-stops", "none")


def test_every_checked_entry_is_dialled_and_only_one_is_needed(verdicts: Verdicts) -> None:
    """Q156063 section 2.2.13: the calls that nothing needs do not end; the mail is dialled for in time all the same."""
    scenario = "timed/every-entry-dialled"
    for claim in ("needless-dials-end", "no-dial-without-demand"):
        verdicts.holds(scenario, claim, "none")
        verdicts.violated(scenario, claim, "every-entry-is-dialled")
    verdicts.holds(scenario, "dialled-within-5-minutes", "every-entry-is-dialled")


# -- transfer modes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("scenario", "dials"), [("inbound-only", False), ("inbound-only-dials", True)])
def test_an_inbound_only_service_strands_what_it_attracts(verdicts: Verdicts, scenario: str, *, dials: bool) -> None:
    """Q238719, Q295749: whether such mail dials or not, which no source says, it stays in its queue."""
    verdicts.violated(f"transfer/{scenario}", "queued-mail-is-delivered", "none")
    verdicts.violated(f"transfer/{scenario}", "queued-mail-is-resolved", "none")
    (verdicts.holds if dials else verdicts.violated)(f"transfer/{scenario}", "queued-mail-is-dialled", "none")
    verdicts.holds(f"transfer/{scenario}", "no-mail-is-lost", "none")


@pytest.mark.parametrize("scenario", ["outbound-only", "flush-queues"])
def test_what_lets_nothing_in_still_delivers(verdicts: Verdicts, scenario: str) -> None:
    """Transfer mode None delivers what is pending (xog05006 in the product's documentation)."""
    verdicts.holds(f"transfer/{scenario}", "queued-mail-is-delivered", "none")
    verdicts.holds(f"transfer/{scenario}", "queued-mail-is-dialled", "none")


# -- batches ----------------------------------------------------------------------------------------------------------


def test_a_message_that_comes_during_a_call_waits_for_the_next_one(verdicts: Verdicts) -> None:
    """Q159209, 4.0: calls are 30 minutes apart and last 10; it waits 30 minutes, and 20 if it goes with the same call."""
    verdicts.holds("timed/batch", "resolved-within-30-minutes", "none")
    verdicts.violated("timed/batch", "resolved-within-29-minutes", "none")
    verdicts.holds("timed/no-batch", "resolved-within-20-minutes", "none")
    verdicts.violated("timed/no-batch", "resolved-within-19-minutes", "none")


def test_a_batch_alone_holds_the_line(verdicts: Verdicts) -> None:
    """The line is hung up while mail waits for the next call; all of it is delivered in the end."""
    verdicts.violated("timed/batch", "needed-line-is-kept", "none")
    verdicts.holds("timed/no-batch", "needed-line-is-kept", "none")
    for scenario in ("timed/batch", "timed/no-batch"):
        verdicts.holds(scenario, "queued-mail-is-delivered", "none")


# -- priorities -------------------------------------------------------------------------------------------------------


def test_no_message_waits_longer_than_the_longest_time_out(verdicts: Verdicts) -> None:
    """Three queues of one route; the last one to be returned is that which is not urgent."""
    verdicts.holds("timed/priorities", "resolved-within-4320-minutes", "none")
    verdicts.violated("timed/priorities", "resolved-within-4319-minutes", "none")
    verdicts.holds("timed/priorities", "queued-mail-is-resolved", "none")
    verdicts.holds("timed/priorities", "dialled-within-1440-minutes", "none")


@pytest.mark.parametrize(("priority", "days"), [("urgent", 1), ("normal", 2), ("non-urgent", 3)])
def test_mail_of_each_priority_waits_for_its_own_time_out_and_no_longer(priority: str, days: int) -> None:
    """Urgent mail is not kept for as long as other mail, nor other mail returned as soon as urgent mail."""
    router = open_installation(TIMED / "priorities.toml").router(NONE)
    system, waited = MEASURES["resolved-within"](router).measuring(router.system, 4)
    waits = waited[f"the default route, {priority}"]
    assert_holds(system, always(waits <= days), vacuous=True)
    assert_violated(system, always(waits < days))


# -- destinations -----------------------------------------------------------------------------------------------------


def test_a_destination_that_refuses_is_tried_again(verdicts: Verdicts) -> None:
    """Q146669: after its interval, whether its mail dials and holds the line meanwhile or not, which no source says."""
    for scenario in ("timed/destination-retry", "timed/destination-retry-dials"):
        verdicts.holds(scenario, "queued-mail-is-delivered", "none")
        verdicts.holds(scenario, "queued-mail-is-dialled", "none")
    verdicts.violated("timed/destination-retry", "needed-line-is-kept", "none")
    verdicts.holds("timed/destination-retry-dials", "needed-line-is-kept", "none")


def test_a_retry_list_of_zero_leaves_mail_to_its_time_out(verdicts: Verdicts) -> None:
    """Q146669, Q151780: one refusal, and neither a call nor a delivery follows; the mail is returned in time."""
    scenario = "timed/destination-retry-zero"
    verdicts.violated(scenario, "queued-mail-is-delivered", "none")
    verdicts.violated(scenario, "queued-mail-is-dialled", "none")
    verdicts.holds(scenario, "resolved-within-60-minutes", "none")
    verdicts.violated(scenario, "resolved-within-59-minutes", "none")


# -- stops ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", ["queued-mail-is-dialled", "queued-mail-is-delivered", "queued-mail-is-resolved"])
def test_mail_waits_for_a_service_that_is_stopped(verdicts: Verdicts, claim: str) -> None:
    """Q263714, Q271545: it is not rerouted; it leaves if the service is started again, and else never."""
    verdicts.holds("stops/started-again", claim, "none")
    verdicts.violated("stops/left-stopped", claim, "none")


@pytest.mark.parametrize("scenario", ["stops/started-again", "stops/left-stopped"])
def test_a_stop_ends_calls_and_a_start_loads_the_table(verdicts: Verdicts, scenario: str) -> None:
    """And while it is stopped nothing is dialled, delivered or lost; it can do nothing for what waits."""
    for claim in ("no-mail-is-lost", "no-dial-without-demand", "line-follows-its-states", "changes-wait-for-a-start"):
        verdicts.holds(scenario, claim, "none")
    verdicts.violated(scenario, "router-is-never-stuck", "none")
