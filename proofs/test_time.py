"""Times: bounds that can be worked out by hand, each proved, and violated by one less.

Source: Q156063 section 2.2.11 (queued for X minutes), Q158318 (every), Q159209 (idle time-out); pppd(8) (idle, holdoff).
"""

import pytest

from proofs.conftest import Verdicts


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


def test_a_machine_that_forgets_the_time_may_come_up_within_office_hours_and_not_past_them(verdicts: Verdicts) -> None:
    """Two hours before their end mail waits no longer than without reloads; at their end it may wait for ever."""
    verdicts.holds("timed/office-hours-reloaded", "dialled-within-3840-minutes", "none")
    verdicts.violated("timed/office-hours-reloaded", "dialled-within-3839-minutes", "none")
    verdicts.holds("timed/office-hours-reloaded", "queued-mail-is-dialled", "none")
    verdicts.violated("timed/office-hours-reloaded-closed", "dialled-within-3840-minutes", "none")
    run = verdicts.violated("timed/office-hours-reloaded-closed", "queued-mail-is-dialled", "none").lasso
    assert any(step.action is not None and step.action.name == "reload" for step in run.loop)
