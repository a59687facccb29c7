"""Files of pppd: each fault that a file shows comes out violated, for its reason, and its cure holds.

The faults are those of public reports; the files are made up (`model/configurations/pppd`).
"""

from pathlib import Path

import pytest

from model.importing import as_toml
from tests.amounts import long
from tests.model.configured import CONFIGURATIONS, asked, holds, imported, violated

FILES = CONFIGURATIONS / "pppd"
DIALLED, ROUTE = "queued-demand-is-dialled", "line-that-is-up-has-its-route"


def test_any_default_route_keeps_the_one_over_the_link_out() -> None:
    """ppp-project/ppp #357: the link is up and carries nothing, since metrics are not compared."""
    file = FILES / "r02/peers/fibre"
    (reason,) = violated(file, ROUTE, "any-default-route-keeps-out")
    assert reason.startswith("11: `fibre` brings a default route with the metric 10; one that is there already keeps it out")
    holds(file, ROUTE)


def test_demand_over_a_synchronous_line_never_dials() -> None:
    """ppp-project/ppp #187: the first packet is not recognised. Nothing else is asked, since nothing else happens."""
    (reason,) = violated(FILES / "r25/peers/hdlc", DIALLED)
    assert reason == "2: `sync` with `demand`: the first packet for `hdlc` is not recognised, and nothing is ever dialled"
    assert asked(FILES / "r25/peers/hdlc") == [DIALLED]
    holds(FILES / "r25-cured/peers/hdlc", DIALLED)


def test_the_default_of_maxfail_is_a_latch() -> None:
    """pppd(8): maxfail. What the file does not say counts too."""
    (reason,) = violated(FILES / "maxfail/peers/isp", "no-latch")
    assert reason.startswith("1: `maxfail` 10 (the default of pppd): after so many failed attempts in a row pppd exits")
    holds(FILES / "maxfail-cured/peers/isp", "no-latch")


def test_zero_failures_are_no_failures_that_end_the_link() -> None:
    """Zero means for ever after maxfail, and never after lcp-echo-failure: the first is meant, the second is the fault."""
    (reason,) = violated(FILES / "r51/peers/isp", "no-latch")
    assert (
        reason
        == "9: `lcp-echo-failure` 0 means never: if the other side of `isp` is gone, the link stays up, and carries nothing"
    )
    holds(FILES / "r51-cured/peers/isp", "no-latch")


def test_a_filter_and_the_options_beside_the_peers_are_read() -> None:
    """What the options beside it say, `maxfail 0`, decides about the latch."""
    file = FILES / "on-demand/peers/isp"
    for claim in (DIALLED, "no-dial-without-demand", "idle-line-is-released", "no-latch"):
        holds(file, claim)
    assert asked(file) == [DIALLED, "no-dial-without-demand", "idle-line-is-released", "no-latch"]


def with_penalty(folder: Path, holdoff: int) -> Path:
    """The link of the report, as a scenario in which the provider's penalty is stated: no file of pppd can say it."""
    text = as_toml(imported(FILES / "r32/peers/dsl")).replace("holdoff = 10 ", f"holdoff = {holdoff} ")
    text = text.replace('product = "pppd"', 'product = "pppd"\ntimed = true')
    text = text.replace("may_fall_silent = true", "penalty = 900")
    made = folder / f"holdoff-{holdoff}.toml"
    made.write_text(text)
    return made


@pytest.mark.parametrize(("holdoff", "is_enough"), [pytest.param(10, False, marks=long), (870, False), (900, True)])
def test_a_holdoff_within_the_penalty_begins_it_anew(tmp_path: Path, holdoff: int, is_enough: bool) -> None:
    """RMerl/asuswrt-merlin #1526: the smallest hold-off that is enough is the penalty itself."""
    file = with_penalty(tmp_path, holdoff)
    if is_enough:
        holds(file, "dialled-line-comes-up")
        return
    (reason,) = violated(file, "dialled-line-comes-up")
    assert f"`holdoff` {holdoff} is shorter than the provider's penalty of 900 s" in reason
    assert "the smallest that is long enough is 900" in reason
