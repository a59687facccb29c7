"""pppd on demand: what its options do to the claims, each against the scenario that differs in it alone.

Source: pppd(8) (demand, idle, holdoff, maxfail, persist, active-filter), pppd/main.c, pppd/demand.c.
"""

import pytest

from dialproof.core.run import Lasso, Run
from dialproof.core.verdict import Violated
from proofs.conftest import Verdicts

DIALLED, DELIVERED = "queued-demand-is-dialled", "queued-demand-is-delivered"


@pytest.mark.parametrize("scenario", ["on-demand", "maxfail", "maxfail-supervised", "no-persist", "active-filter", "two-links"])
def test_whatever_waits_is_dialled_for(verdicts: Verdicts, scenario: str) -> None:
    """Whatever the options are: what pppd would not dial for it throws away or refuses, so that it does not wait."""
    verdicts.holds(f"pppd/{scenario}", DIALLED, "none")


def test_ten_failures_in_a_row_end_the_service(verdicts: Verdicts) -> None:
    """maxfail: the run fails ten times, pppd exits, and no packet is ever delivered again."""
    run = verdicts.violated("pppd/maxfail", DELIVERED, "none").lasso
    assert isinstance(run, Lasso)
    assert events(run).count("exit(isp)") == 1
    assert sum(name in {"no_carrier(isp)", "fail_login(isp)"} for name in events(run)) >= 10
    assert all(step.state["line isp"] == "exited" for step in run.loop)


def test_maxfail_is_a_latch_and_nothing_else_is(verdicts: Verdicts) -> None:
    """Without the limit, or with a supervisor, the line is available again sooner or later."""
    latched = verdicts.violated("pppd/maxfail", "no-latch", "none").lasso
    assert latched.steps[-1].state["line isp"] == "exited"
    verdicts.holds("pppd/on-demand", "no-latch", "none")
    verdicts.holds("pppd/maxfail-supervised", "no-latch", "none")
    verdicts.holds("pppd/maxfail-supervised", DELIVERED, "none")


def test_the_packet_that_asked_is_lost_with_the_first_failure(verdicts: Verdicts) -> None:
    """demand_discard: so delivery rests on senders that retry, and the proof says so."""
    run = verdicts.violated("pppd/senders-give-up", DELIVERED, "none").lasso
    before, after = next(
        (first, second)
        for first, second in zip(run.steps, run.steps[1:], strict=False)
        if first.action is not None and first.action.name in {"no_carrier(isp)", "fail_login(isp)", "drop_call(isp)"}
    )
    assert (before.state["waiting web"] != 0, after.state["waiting web"]) == (True, 0)
    proved = verdicts.holds("pppd/on-demand", DELIVERED, "none")
    assert "arrive(web)" in proved.basis.strong


@pytest.mark.parametrize("scenario", ["on-demand", "maxfail", "maxfail-supervised", "no-holdoff"])
def test_packets_are_lost_by_design(verdicts: Verdicts, scenario: str) -> None:
    """What is kept is thrown away when a link ends, with or without a hold-off."""
    verdicts.violated(f"pppd/{scenario}", "no-demand-is-lost", "none")


def test_packets_are_refused_while_pppd_holds_off(verdicts: Verdicts) -> None:
    """The shortest run refuses a packet in a state after a failure, its queue not being full."""
    run = verdicts.violated("pppd/on-demand", "demand-is-refused-only-when-full", "none").lasso
    refused = next(step.state for step in run.steps if step.action is not None and step.action.name == "refuse(web)")
    assert refused["line isp"] in {"failed", "held off", "ended"}
    assert refused["waiting web"] == 0


def test_idle_0_means_never(verdicts: Verdicts) -> None:
    """The link stays up though nothing waits; with a time it is released."""
    violated = verdicts.violated("pppd/idle-never", "idle-line-is-released", "none")
    assert isinstance(violated, Violated)
    assert all(step.state["line isp"] == "up" for step in violated.lasso.steps[-1:])
    verdicts.holds("pppd/on-demand", "idle-line-is-released", "none")


def test_without_persist_the_first_end_is_the_last(verdicts: Verdicts) -> None:
    """One attempt, whatever ends it, and pppd exits."""
    verdicts.violated("pppd/no-persist", "no-latch", "none")
    verdicts.violated("pppd/no-persist", DELIVERED, "none")


def test_without_demand_nothing_needs_to_wait(verdicts: Verdicts) -> None:
    """With persist alone pppd dials at once."""
    run = verdicts.violated("pppd/not-on-demand", "no-dial-without-demand", "none").lasso
    assert events(run)[0] == "dial(isp)"


def test_passive_packets_neither_dial_nor_hold(verdicts: Verdicts) -> None:
    """active-filter: the link is released however much of the other traffic passes, and never dialled for it."""
    verdicts.holds("pppd/active-filter", "idle-line-is-released", "none")
    verdicts.holds("pppd/active-filter", "no-dial-without-demand", "none")


def test_a_shared_device_needs_turns(verdicts: Verdicts) -> None:
    """As with a shared modem: weak fairness of dialling starves one link, taking turns does not."""
    proved = verdicts.holds("pppd/shared-device", DIALLED, "none")
    assert {"dial(isp)", "dial(office)"} <= set(proved.basis.strong)
    verdicts.violated("pppd/shared-device-weak", DIALLED, "none")


def test_links_with_a_device_each_do_not_interfere(verdicts: Verdicts) -> None:
    """What waits for one link never changes when the other is dialled."""
    verdicts.holds("pppd/two-links", "routes-do-not-interfere", "none")


def events(run: Run) -> list[str]:
    """The names of the actions of `run`, in order."""
    return [step.action.name for step in run.steps if step.action is not None]
