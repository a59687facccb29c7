"""What a day costs, both sides of each border.

Source: Q156063 section 2.2.11 (connections are never made less than X minutes apart), Q158318 (a start forgets).
"""

from proofs.conftest import Verdicts


def test_calls_eight_hours_apart_are_three_a_day(verdicts: Verdicts) -> None:
    """In any 24 hours, whenever they begin; and not two."""
    verdicts.holds("timed/calls-of-a-day", "calls-of-a-day-within-3-calls", "none")
    verdicts.violated("timed/calls-of-a-day", "calls-of-a-day-within-2-calls", "none")


def test_an_idle_time_out_bounds_no_line_time(verdicts: Verdicts) -> None:
    """A day can cost a day: no bound below that holds, however short the idle time is."""
    verdicts.holds("timed/calls-of-a-day", "line-cost-within-1440-minutes", "none")
    verdicts.violated("timed/calls-of-a-day", "line-cost-within-720-minutes", "none")


def test_calls_that_end_cost_so_many_of_their_longest_times(verdicts: Verdicts) -> None:
    """Q159209 (4.0): a batch, and then idle, so that a call ends after 90 minutes; four in any 24 hours, and not three."""
    verdicts.holds("timed/line-cost", "call-ends-within-90-minutes", "none")
    verdicts.violated("timed/line-cost", "call-ends-within-45-minutes", "none")
    verdicts.holds("timed/line-cost", "line-cost-within-360-minutes", "none")
    verdicts.violated("timed/line-cost", "line-cost-within-315-minutes", "none")
