"""Times: bounds that can be worked out by hand, each proved, and violated by one less.

Source: Q156063 section 2.2.11 (queued for X minutes), Q158318 (every), Q159209 (idle time-out); pppd(8) (idle, holdoff).
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


def test_mail_waits_for_the_spacing_of_calls_and_no_longer(verdicts: Verdicts) -> None:
    """A call was just made, and failed at once: the next one may be made after 15 minutes, and is."""
    verdicts.holds("timed/queued-for-15", "dialled-within-15-minutes", "none")
    run = verdicts.violated("timed/queued-for-15-too-soon", "dialled-within-14-minutes", "none").lasso
    assert any(step.state["measured isp"] == 15 for step in run.steps)


def test_calls_are_spaced_by_the_same_fifteen_minutes(verdicts: Verdicts) -> None:
    """Never two calls closer than that; and as close as that they can be."""
    verdicts.holds("timed/queued-for-15", "dials-are-spaced-15-minutes", "none")
    verdicts.violated("timed/queued-for-15-too-soon", "dials-are-spaced-16-minutes", "none")


def test_whether_a_failed_attempt_counts_decides_whether_attempts_are_spaced(verdicts: Verdicts) -> None:
    """U9, which no source answers: if only answered calls count, a busy number is dialled again in the same minute."""
    verdicts.violated("timed/spaced-by-calls", "dials-are-spaced-1-minutes", "none")
    verdicts.holds("timed/spaced-by-calls", "dialled-within-15-minutes", "none")


def test_pppd_is_out_of_use_for_an_attempt_and_a_hold_off(verdicts: Verdicts) -> None:
    """60 + 30 seconds, and not 89."""
    verdicts.holds("timed/pppd", "line-busy-within-90-seconds", "none")
    verdicts.violated("timed/pppd-too-soon", "line-busy-within-89-seconds", "none")


def test_a_hold_off_spaces_attempts_and_nothing_else_does(verdicts: Verdicts) -> None:
    """30 seconds; without it the next attempt follows at once."""
    verdicts.holds("timed/pppd", "dials-are-spaced-30-seconds", "none")
    verdicts.violated("timed/pppd-too-soon", "dials-are-spaced-31-seconds", "none")
    verdicts.violated("timed/pppd-no-holdoff", "dials-are-spaced-1-seconds", "none")


@pytest.mark.parametrize("scenario", ["queued-for-15", "spaced-by-calls", "every-60", "pppd"])
def test_time_never_stops(verdicts: Verdicts, scenario: str) -> None:
    """Asked without the assumption that time goes on: nothing that is due follows upon itself for ever."""
    verdicts.holds(f"timed/{scenario}", "time-never-stops", "none")


def test_by_the_schedule_alone_mail_waits_for_the_next_slot(verdicts: Verdicts) -> None:
    """Every 60 minutes: 60 and not 59, however many calls fail."""
    verdicts.holds("timed/schedule-only", "dialled-within-60-minutes", "none")
    verdicts.holds("timed/schedule-only", "queued-mail-is-dialled", "none")
    verdicts.violated("timed/schedule-only-too-soon", "dialled-within-59-minutes", "none")


def test_the_wait_is_the_period_and_an_interval_for_each_failure(verdicts: Verdicts) -> None:
    """Poll every P, make a failed call again after I, at most R failures in a row: P + R * I, here 60 + 3 * 5, and not less."""
    verdicts.holds("timed/retry-list", "connected-within-75-minutes", "none")
    verdicts.violated("timed/retry-list", "connected-within-74-minutes", "none")


def test_a_retry_list_of_zero_ends_all_calls(verdicts: Verdicts) -> None:
    """Q146669, Q151780: "0" stands for no retry, even if calls succeed again and again elsewhere."""
    verdicts.violated("timed/retry-list-zero", "queued-mail-is-dialled", "none")


def test_no_message_waits_longer_than_its_time_out(verdicts: Verdicts) -> None:
    """Q184051: returned after 48 hours, whatever the line does; a message can wait so long, and is then not delivered."""
    verdicts.holds("timed/message-timeout", "resolved-within-2880-minutes", "none")
    verdicts.violated("timed/message-timeout", "resolved-within-2879-minutes", "none")
    verdicts.holds("timed/message-timeout", "queued-mail-is-resolved", "none")
    verdicts.violated("timed/message-timeout", "queued-mail-is-delivered", "none")


def test_held_mail_had_no_time_out(verdicts: Verdicts) -> None:
    """Q184051: before 5.5 SP1 mail held for ETRN was never returned."""
    verdicts.holds("timed/held-mail", "resolved-within-60-minutes", "none")
    verdicts.violated("timed/held-mail", "resolved-within-60-minutes", "held-mail-never-ages")


def test_the_longest_wait_of_a_schedule_of_weekdays_is_a_weekend(verdicts: Verdicts) -> None:
    """From Friday 08:00 to Monday 08:00: three days, and not a day less."""
    verdicts.holds("timed/weekdays", "dialled-within-4320-minutes", "none")
    verdicts.violated("timed/weekdays", "dialled-within-4319-minutes", "none")


def test_restarts_at_the_time_of_the_slot_keep_a_schedule_from_dialling(verdicts: Verdicts) -> None:
    """Q158318: a start after the scheduled time waits for the next one, and that again."""
    verdicts.violated("timed/weekdays-restarted", "queued-mail-is-dialled", "none")


def test_within_office_hours_mail_waits_from_friday_evening_to_monday_morning(verdicts: Verdicts) -> None:
    """2 hours after a call of Friday, 16:00, and 62 hours more; and not a minute less."""
    verdicts.holds("timed/office-hours", "dialled-within-3840-minutes", "none")
    verdicts.violated("timed/office-hours", "dialled-within-3839-minutes", "none")
    verdicts.holds("timed/office-hours", "queued-mail-is-dialled", "none")


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
