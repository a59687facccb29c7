"""Times for every routing table: the bounds of a single table, proved of all of them, and violated by a unit less.

Source: Q156063 section 2.2.11 (queued for X minutes), Q158318 (every), Q159209 (idle time-out), Q230051 (the faults).
"""

import pytest

from proofs.conftest import Verdicts


def test_whatever_the_table_mail_waits_for_the_spacing_of_calls_and_no_longer(verdicts: Verdicts) -> None:
    """15 minutes, for every table of every size, with queues of any length; and no unit less, which the empty table shows."""
    verdicts.holds("any-table/timed", "dialled-within-15-minutes", "none")
    run = verdicts.violated("any-table/timed-too-soon", "dialled-within-10-minutes", "none").lasso
    assert max(step.state["measured isp"] for step in run.steps) == 3  # units of 5 minutes


def test_whatever_the_table_calls_are_as_far_apart_as_is_set(verdicts: Verdicts) -> None:
    """15 minutes from one attempt to the next, and they can follow each other as closely as that."""
    verdicts.holds("any-table/timed", "dials-are-spaced-15-minutes", "none")
    verdicts.violated("any-table/timed-too-soon", "dials-are-spaced-20-minutes", "none")


def test_whatever_the_table_an_attempt_ends_in_time(verdicts: Verdicts) -> None:
    """5 minutes, and it can take all of them."""
    verdicts.holds("any-table/timed", "line-busy-within-5-minutes", "none")
    verdicts.violated("any-table/timed-too-soon", "line-busy-within-0-minutes", "none")


def test_whatever_the_table_no_call_is_made_or_kept_for_nothing(verdicts: Verdicts) -> None:
    """With an idle time-out the release is due at a time, so that it rests on the assumption that time goes on."""
    verdicts.holds("any-table/timed", "no-dial-without-demand", "none")
    verdicts.holds("any-table/timed", "no-mail-is-lost", "none")
    verdicts.holds("any-table/timed-idle", "needed-line-is-kept", "none")
    released = verdicts.holds("any-table/timed-idle", "idle-line-is-released", "none")
    assert "time-goes-on" in [name for name, _ in released.basis.assumptions]


def test_whatever_the_table_mail_is_dialled_for_at_once_if_no_calls_are_spaced(verdicts: Verdicts) -> None:
    """Without a distance between calls no time passes while mail waits for a line that is down."""
    verdicts.holds("any-table/timed-idle", "dialled-within-0-minutes", "none")


def test_by_a_schedule_alone_every_table_waits_for_the_next_slot(verdicts: Verdicts) -> None:
    """Every 20 minutes; nobody restarts the service, so that the entries are those of the start."""
    verdicts.holds("any-table/timed-schedule", "dialled-within-20-minutes", "none")
    verdicts.violated("any-table/timed-schedule", "dialled-within-10-minutes", "none")


@pytest.mark.parametrize("cause", ["dial-slot-overwritten", "dialler-wants-only-ras", "permanent-mode"])
def test_as_shipped_a_table_of_one_entry_keeps_mail_waiting_past_every_bound(verdicts: Verdicts, cause: str) -> None:
    """The entry over the LAN of Q230051. That calls are spaced, and made for mail alone, holds of the faulty dialler as well."""
    run = verdicts.violated("any-table/timed-shipped", "dialled-within-15-minutes", cause).lasso
    assert [name for name in run.steps[0].state if name.startswith("waiting")] == ["waiting default", "waiting d1.example"]
    verdicts.holds("any-table/timed-shipped", "dials-are-spaced-15-minutes", cause)
    verdicts.holds("any-table/timed-shipped", "no-dial-without-demand", cause)
