"""OpenWrt's network: each fault that a file shows comes out violated, for its reason, and its cure holds.

The faults are those of public reports; the files are made up (`model/configurations/openwrt-network`).
"""

import pytest

from tests.amounts import long
from tests.model.configured import CONFIGURATIONS, asked, holds, violated

FILES = CONFIGURATIONS / "openwrt-network"
LATCH, AGAIN, SILENCE = "no-latch", "refused-login-is-not-tried-again", "silence-ends-within"
BACK, STOPPED = "line-over-a-line-comes-back", "stopped-line-stays-stopped"


def test_a_refused_login_blocks_for_good_or_is_tried_at_once_by_the_order_of_two_packets() -> None:
    """openwrt/openwrt PR #23792: both verdicts are those of one setting. Without it every refusal is tried again, as is said."""
    file = FILES / "r19/network"
    (blocked,) = violated(file, LATCH)
    assert blocked.startswith("5: `authfail`: one refused login (status 11 or 19 of pppd) blocks `wan`")
    (at_once,) = violated(file, AGAIN)
    assert "can end pppd with status 8 or 16" in at_once
    assert asked(FILES / "r19-cured/network") == [LATCH]
    holds(FILES / "r19-cured/network", LATCH)


def test_a_tunnel_is_not_started_again_after_the_line_below_it() -> None:
    """openwrt/packages #780, openwrt/openwrt #11086. Without a host route of its own it does not end with that line."""
    file, fault = FILES / "r20/network", "upper-line-not-started-again"
    (reason,) = violated(file, BACK, fault)
    assert reason == "5: `wg0` (wireguard) goes over `wan` (metric 0), and ends with what it goes over"
    holds(file, BACK)
    holds(FILES / "r20-cured/network", LATCH, fault)
    assert BACK not in asked(FILES / "r20-cured/network")


def test_a_tunnel_is_bound_to_the_cheapest_line_even_if_it_is_dead() -> None:
    """openwrt/openwrt #514."""
    file = FILES / "r09/network"
    (reason,) = violated(file, BACK, "host-route-pinned")
    assert reason.startswith("9: `vpn` (pptp) goes over `wan` (metric 10), `lte` (metric 20)")
    holds(file, BACK)


def test_an_attempt_without_a_time_out_may_never_end() -> None:
    """openwrt/openwrt #10472, openwrt/packages #17939; as Q237425 was for log-on scripts."""
    violated(FILES / "r16/network", LATCH, "attempt-never-ends")
    holds(FILES / "r16/network", LATCH)


def test_a_line_that_is_down_on_purpose_is_taken_for_broken() -> None:
    """fildunsky/luci-app-5gmodem PR #18: what watches the line does not ask whether it is to be up."""
    (reason,) = violated(FILES / "r42/network", STOPPED)
    assert reason.startswith("5: what watches `lte_paid` starts it whenever it is down, though `auto 0` says")
    holds(FILES / "r42-cured/network", STOPPED)


@pytest.mark.parametrize("bound", [pytest.param(304, marks=long), 309])
def test_the_two_numbers_of_keepalive_are_failures_and_seconds(bound: int) -> None:
    """openwrt/luci #4522: 60 failures, 5 s apart. It takes up to 310 seconds, and no longer."""
    (reason,) = violated(FILES / "r50/network", SILENCE, bound=bound)
    numbers = "4: `keepalive '60 5'` is 60 failures, 5 s apart (failures come first)"
    assert reason == f"{numbers}: a dead `wan` is found dead after 300 to 310 s"


def test_what_keepalive_comes_to_is_asked_with_a_bound() -> None:
    """With 180 seconds 60 times 5 is too long, and 5 times 5 is not; no longer than both sides of the border say."""
    assert SILENCE in asked(FILES / "r50/network")
    violated(FILES / "r50/network", SILENCE, bound=180)
    holds(FILES / "r50/network", SILENCE, bound=310)
    holds(FILES / "r50-cured/network", SILENCE, bound=180)


def test_a_keepalive_of_zero_never_finds_a_dead_line() -> None:
    """NethServer/nethsecurity #843: the option that should detect a dead line switches the detection off."""
    (reason,) = violated(FILES / "r50-zero/network", LATCH)
    assert reason.startswith("4: `keepalive 0` asks for nothing: if the other side of `wan` is gone, the line stays up for ever")
    assert asked(FILES / "r50-zero/network") == [LATCH]


@pytest.mark.parametrize("claim", ["queued-demand-is-dialled", "no-dial-without-demand", "idle-line-is-released", LATCH])
def test_a_line_on_demand_is_dialled_and_released(claim: str) -> None:
    """`demand 300`: netifd starts pppd again after each failed attempt, and pppd waits for packets."""
    assert claim in asked(FILES / "demand/network")
    holds(FILES / "demand/network", claim)
