"""The clocks of pppd and of what it talks to: each bound proved, and violated on the other side of its border.

Source: pppd(8) (maxconnect, lcp-echo-interval, lcp-echo-failure, idle, active-filter, holdoff, persist); pppd/auth.c, pppd/lcp.c;
Q193841 (keep-alives), RMerl/asuswrt-merlin issue 1526 (a provider's penalty), Q189320 (two policies on one line).
"""

import pytest

from dialproof.core.verdict import Violated
from proofs.conftest import Verdicts


def events(run: Violated) -> set[str]:
    """What happens again and again in the run."""
    return {step.action.name for step in run.lasso.loop if step.action is not None}


def test_no_call_outlasts_the_connect_time_whatever_is_sent(verdicts: Verdicts) -> None:
    """300 seconds, and a run attains them; what is thrown away then is sent again."""
    verdicts.holds("timed/pppd-maxconnect", "call-ends-within-300-seconds", "none")
    verdicts.holds("timed/pppd-maxconnect", "queued-demand-is-delivered", "none")
    verdicts.violated("timed/pppd-maxconnect-too-soon", "call-ends-within-299-seconds", "none")


def test_echoes_notice_a_peer_that_is_gone_one_interval_later_than_their_product(verdicts: Verdicts) -> None:
    """Every 30 seconds, 4 failures: 150 seconds and not 149. 120 is the least that it takes."""
    verdicts.holds("timed/pppd-echo", "silence-ends-within-150-seconds", "none")
    verdicts.violated("timed/pppd-echo-too-soon", "silence-ends-within-149-seconds", "none")
    verdicts.violated("timed/pppd-echo-too-soon", "silence-ends-within-120-seconds", "none")


def test_with_echoes_a_peer_that_is_gone_costs_time_and_nothing_else(verdicts: Verdicts) -> None:
    """If packets arrive sooner or later as long as somebody is there."""
    verdicts.holds("timed/pppd-echo", "no-latch", "none")
    verdicts.holds("timed/pppd-echo", "queued-demand-is-delivered", "none")


def test_without_echoes_whoever_sends_keeps_a_dead_link_up(verdicts: Verdicts) -> None:
    """What is sent to nobody is activity: the idle time does not help."""
    run = verdicts.violated("timed/pppd-dead-peer", "no-latch", "none")
    assert "lose(web)" in events(run)
    verdicts.violated("timed/pppd-dead-peer", "queued-demand-is-delivered", "none")
    verdicts.violated("timed/pppd-dead-peer", "silence-ends-within-600-seconds", "none")


def test_a_keep_alive_keeps_a_dead_link_up_unless_it_is_filtered(verdicts: Verdicts) -> None:
    """Filtered, the idle time of 90 seconds notices what no echo was asked to."""
    run = verdicts.violated("timed/pppd-dead-peer-kept-alive", "no-latch", "none")
    assert "keep_alive(echo)" in events(run)
    verdicts.holds("timed/pppd-dead-peer-filtered", "no-latch", "none")
    verdicts.holds("timed/pppd-dead-peer-filtered", "silence-ends-within-90-seconds", "none")


def test_a_keep_alive_shorter_than_the_idle_time_keeps_the_line_up_for_ever(verdicts: Verdicts) -> None:
    """60 against 90; the run has keep-alives and nothing else."""
    run = verdicts.violated("timed/pppd-keep-alive", "idle-line-is-released", "none")
    assert events(run) == {"keep_alive(echo)", "elapse"}
    verdicts.violated("timed/pppd-keep-alive", "call-ends-within-600-seconds", "none")


def test_a_keep_alive_longer_than_the_idle_time_does_not(verdicts: Verdicts) -> None:
    """90 against 60; but 90 against 90 does: both are due at once, and the keep-alive may always be the first."""
    verdicts.holds("timed/pppd-keep-alive-slower", "idle-line-is-released", "none")
    verdicts.violated("timed/pppd-keep-alive-equal", "idle-line-is-released", "none")


def test_with_keep_alives_alone_a_call_costs_the_idle_time(verdicts: Verdicts) -> None:
    """60 seconds and not 59; with a keep-alive shorter than that there is no bound."""
    verdicts.holds("timed/pppd-only-keep-alives", "call-ends-within-60-seconds", "none")
    verdicts.violated("timed/pppd-only-keep-alives-too-soon", "call-ends-within-59-seconds", "none")
    verdicts.violated("timed/pppd-only-keep-alives-for-ever", "call-ends-within-600-seconds", "none")
    verdicts.violated("timed/pppd-only-keep-alives-for-ever", "idle-line-is-released", "none")


def test_the_cure_is_to_keep_keep_alives_out_of_the_idle_time(verdicts: Verdicts) -> None:
    """The same 60 against 90, with an active-filter."""
    verdicts.holds("timed/pppd-keep-alive-filtered", "idle-line-is-released", "none")


def test_periodic_traffic_dials_once_in_each_period_with_nobody_at_work(verdicts: Verdicts) -> None:
    """Every 600 seconds, and never sooner: not even if calls fail."""
    verdicts.holds("timed/pppd-periodic", "dials-are-spaced-600-seconds", "none")
    verdicts.violated("timed/pppd-periodic-too-soon", "dials-are-spaced-601-seconds", "none")


def test_the_smallest_hold_off_that_a_penalty_allows_is_as_long_as_it_is(verdicts: Verdicts) -> None:
    """900 seconds and not 870. In the run with 870 each attempt that fails again and again was begun during the penalty."""
    verdicts.holds("timed/pppd-penalty", "dialled-line-comes-up", "none")
    verdicts.holds("timed/pppd-penalty", "queued-demand-is-delivered", "none")
    again = verdicts.violated("timed/pppd-penalty-too-soon", "dialled-line-comes-up", "none").lasso.loop
    assert any(step.state["line isp"] == "dialling" for step in again)
    assert all(step.state["in penalty isp"] for step in again if step.state["line isp"] == "dialling")


def test_the_link_that_was_reported_comes_up_with_the_cure_and_not_without(verdicts: Verdicts) -> None:
    """A link that is always to be up: hold-off 10 against a penalty of 900, and 1000, which cured it."""
    verdicts.violated("timed/pppd-penalty-persist-too-soon", "dialled-line-comes-up", "none")
    verdicts.holds("timed/pppd-penalty-persist", "dialled-line-comes-up", "none")


def test_a_persistent_end_and_one_that_hangs_up_when_idle_make_a_link_flap(verdicts: Verdicts) -> None:
    """Dialled again and again, without anything that needs it, and no call longer than the other end's idle time."""
    run = verdicts.violated("timed/pppd-flapping", "needless-dials-end", "none")
    assert {"dial(isp)", "peer_hang_up(isp)"} <= events(run)
    verdicts.holds("timed/pppd-flapping", "call-ends-within-120-seconds", "none")


def test_a_keep_alive_shorter_than_the_other_ends_idle_time_stops_that(verdicts: Verdicts) -> None:
    """60 against 120; 120 against 120 does not: the other end may always be the first."""
    verdicts.holds("timed/pppd-not-flapping", "needless-dials-end", "none")
    verdicts.violated("timed/pppd-flapping-equal", "needless-dials-end", "none")


def test_one_policy_at_both_ends_stops_it_as_well(verdicts: Verdicts) -> None:
    """The documented cure: the other end never hangs up when idle."""
    verdicts.holds("timed/pppd-same-policy", "needless-dials-end", "none")


@pytest.mark.parametrize(
    "scenario",
    [
        "pppd-maxconnect",
        "pppd-echo",
        "pppd-keep-alive-slower",
        "pppd-periodic",
        "pppd-penalty",
        "pppd-flapping",
        "pppd-not-flapping",
    ],
)
def test_time_never_stops(verdicts: Verdicts, scenario: str) -> None:
    """Nothing of all this holds time up: asked without the assumption that time goes on."""
    verdicts.holds(f"timed/{scenario}", "time-never-stops", "none")
