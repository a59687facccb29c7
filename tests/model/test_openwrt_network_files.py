"""OpenWrt's network: what the reader makes of its file, what it refuses, and what it never passes on."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialproof.core.errors import InputError, ScenarioError
from model.events import Event
from model.fault import NONE
from model.importing import Imported, as_toml, kind_of
from model.products import importers, installation
from model.products.openwrt_network.importer import IMPORTER
from model.products.openwrt_network.scenario import KEEPALIVE_ALLOWED, Interface, Scenario
from properties.checks import claim_names, open_installation
from tests.amounts import some
from tests.model.configured import CONFIGURATIONS, asked, imported, planned

FILES = CONFIGURATIONS / "openwrt-network"
MARKER = "marker-of-a-secret"


def read(*lines: str) -> Imported:
    return IMPORTER.read(Path("/nowhere/network"), "\n".join(("config interface 'wan'", "\toption proto 'pppoe'", *lines)))


# -- what numbers mean ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keepalive", "noticed"),
    [("5 1", (5, 7)), ("60 5", (300, 310)), ("5, 5", (25, 35)), ("3", (15, 25)), ("0", None), ("0 5", None), ("5 0", None)],
)
def test_keepalive_is_failures_and_then_seconds(keepalive: str, noticed: tuple[int, int] | None) -> None:
    assert Interface(proto="pppoe", keepalive=keepalive).noticed == noticed
    assert Interface(proto="qmi", keepalive=keepalive).noticed is None


def test_without_keepalive_netifd_asks_five_times_a_second_apart() -> None:
    assert Interface(proto="pppoe").noticed == (5, 7)
    assert Interface(proto="pppoe", keepalive_adaptive=False).noticed == (5, 6)
    assert any(note.startswith("keepalive '5 1' is what netifd asks for without the option (wan)") for note in read().notes())


@pytest.mark.parametrize(
    ("persist", "maxfail", "blocks"), [(False, None, True), (True, None, False), (True, 1, True), (False, 0, False)]
)
def test_a_refusal_blocks_only_if_it_ends_pppd(persist: bool, maxfail: int | None, blocks: bool) -> None:
    assert Interface(proto="pppoe", authfail=True, persist=persist, maxfail=maxfail).blocks is blocks


@pytest.mark.parametrize("word", ["off", "no", "disabled", "2"])
def test_an_option_that_netifd_takes_for_neither_yes_nor_no_is_ignored(word: str) -> None:
    """An interface with `auto off` starts by itself: `auto off` is not `auto 0`."""
    source = read(f"\toption auto '{word}'")
    assert "auto" not in source.data["interface"]["wan"]
    assert "wan: auto (line 3) is neither yes nor no for netifd (1, true, 0, false), which ignores it" in source.notes()
    assert "wan" in read(f"\toption disabled '{word}'").data["interface"]


def test_a_tunnel_by_a_program_of_its_own_knows_no_options_of_pppd() -> None:
    """xl2tpd and sstp-client are not run by `ppp.uc`."""
    for proto in ("l2tp", "sstp"):
        one = Interface(proto=proto, demand=60, authfail=True)
        assert not one.is_on_demand
        assert not one.blocks
        notes = read("config interface 'vpn'", f"\toption proto '{proto}'").notes()
        assert f"vpn: the program of proto {proto} notices a dead line itself; netifd asks for nothing" in notes
    assert Interface(proto="pptp", demand=60, authfail=True).is_on_demand


def test_a_default_route_that_a_line_by_dhcp_does_not_take_carries_no_tunnel() -> None:
    source = read(
        "config interface 'lan2'",
        "\toption proto 'dhcp'",
        "\toption defaultroute '0'",
        "config interface 'v'",
        "\toption proto 'pptp'",
    )
    assert Scenario.model_validate(source.data).ways_of("v") == ["wan"]


def test_a_tunnel_of_wireguard_without_a_peer_is_said_to_be_taken_to_have_one() -> None:
    tunnel = ("config interface 'wg0'", "\toption proto 'wireguard'")
    said = "wg0: no section wireguard_wg0 is in the file"
    assert any(note.startswith(said) for note in read(*tunnel, "config wireguard_wg1", "\toption endpoint_host 'a'").notes())
    off = read(*tunnel, "config wireguard_wg0", "\toption endpoint_host 'a'", "\toption disabled '1'")
    assert any(note.startswith(said) for note in off.notes())


# -- the scenario -----------------------------------------------------------------------------------------------------


def test_options_are_keys_with_their_lines() -> None:
    source = read("\toption demand '300'", "\toption metric 10", "\toption ipv6 '1'")
    assert source.data["interface"]["wan"] == {"proto": "pppoe", "demand": 300, "metric": 10}
    assert source.keys["interface", "wan", "demand"].line == 3
    assert source.notes()[-1] == "not modelled: ipv6 (line 5)"


def test_what_is_not_dialled_is_listed_unless_a_tunnel_may_go_over_it() -> None:
    lan = ("config interface 'lan'", "\toption proto 'static'", "config interface 'dsl'", "\toption proto 'dhcp'")
    without = read(*lan)
    assert list(without.data["interface"]) == ["wan"]
    assert without.notes()[-1] == "not modelled: interface of proto static (line 3), interface of proto dhcp (line 5)"
    tunnel = read(*lan, "config interface 'vpn'", "\toption proto 'pptp'")
    assert list(tunnel.data["interface"]) == ["wan", "dsl", "vpn"]


def test_tunnels_go_over_the_line_with_the_lowest_metric_first() -> None:
    installed = open_installation(FILES / "r09/network")
    assert installed.scenario.ways_of("vpn") == ["wan", "lte"]  # type: ignore[attr-defined]
    assert list(installed.router(NONE).carried) == ["vpn"]


def test_a_tunnel_can_be_bound_to_one_line_and_one_that_is_called_goes_over_none(tmp_path: Path) -> None:
    bound = ("config interface 'vpn'", "\toption proto 'l2tp'", "\toption tunlink 'wan'")
    assert read(*bound).data["interface"]["vpn"]["tunlink"] == "wan"
    with pytest.raises(ScenarioError, match=r'network:5:1: `tunlink` of vpn names no interface of the file.*did you mean "wan"'):
        read(*bound[:2], "\toption tunlink 'wann'")
    called = read("config interface 'wg0'", "\toption proto 'wireguard'", "config wireguard_wg0", "\toption public_key 'x'")
    assert called.data["interface"]["wg0"]["nohostroute"] is True
    assert [one["claim"] for one in called.data["check"]] == ["no-latch"]
    made = tmp_path / "made.toml"
    made.write_text(as_toml(read(*bound)).replace('tunlink = "wan"', 'tunlink = "wann"'))
    with pytest.raises(ScenarioError, match='there is no other interface of this name; allowed: "wan"; did you mean "wan"'):
        open_installation(made)


def test_a_tunnel_without_a_line_that_it_could_go_over_ends_with_none() -> None:
    alone = IMPORTER.read(Path("/nowhere/network"), "config interface 'vpn'\n\toption proto 'pptp'\n")
    router = installation(alone, claim_names).router(NONE)
    assert not router.carried
    assert not router.actions(Event.LOSE_LOWER)
    assert open_installation(FILES / "r20/network").router(NONE).actions(Event.LOSE_LOWER)


@pytest.mark.parametrize(
    ("file", "claims"),
    [
        ("r19", ["no-latch", "refused-login-is-not-tried-again"]),
        ("r42", ["no-latch", "stopped-line-stays-stopped"]),
        ("r50", ["no-latch", "silence-ends-within"]),
        ("demand", ["queued-demand-is-dialled", "no-dial-without-demand", "idle-line-is-released", "no-latch"]),
    ],
)
def test_what_is_asked_is_what_the_file_is_about(file: str, claims: list[str]) -> None:
    assert asked(FILES / file / "network") == claims


@pytest.mark.parametrize(
    "claim",
    ["refused-login-is-not-tried-again", "stopped-line-stays-stopped", "line-over-a-line-comes-back", "silence-ends-within"],
)
def test_a_claim_about_what_is_not_there_is_refused(claim: str) -> None:
    with pytest.raises(ScenarioError):
        planned(FILES / "r19-cured/network", claim, bound=180 if claim == "silence-ends-within" else None)


@pytest.mark.parametrize(
    ("line", "number", "message"),
    [
        (f"\toption demand '{MARKER}'", 3, "`demand` is no number in digits"),
        (f"\toption keepalive '{MARKER}'", 3, f"`keepalive` is neither two numbers nor one; allowed: {KEEPALIVE_ALLOWED}"),
        ("option", 3, "`option` with 0 words; allowed: 2"),
    ],
)
def test_what_is_no_value_is_refused_with_its_line_and_not_its_text(line: str, number: int, message: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        read(line)
    ((place, says),) = refused.value.problems
    assert (place.line, says) == (number, message)


def test_a_keepalive_of_a_scenario_that_is_no_number_is_refused_with_what_is_allowed(tmp_path: Path) -> None:
    file = tmp_path / "network.toml"
    file.write_text(as_toml(imported(FILES / "r50/network")).replace("60 5", "often"))
    with pytest.raises(ScenarioError, match='"FAILURES SECONDS", both in digits, or FAILURES alone'):
        open_installation(file)


@pytest.mark.parametrize("text", ["", "# option proto pppoe\n", "config interface lan\n\toption proto static\n"])
def test_a_file_in_which_nothing_is_dialled_is_said_to_be_one(text: str) -> None:
    with pytest.raises(InputError, match="nothing active: no interface is dialled, and none is a tunnel"):
        IMPORTER.read(Path("/nowhere/network"), text)


@pytest.mark.parametrize("key", ["password", "username", "private_key", "pincode", "apn", "server", "pppd_options", "connect"])
def test_no_secret_is_passed_on(key: str) -> None:
    found = read(f"\toption {key} '{MARKER}'", f"\tlist {key} '{MARKER}'", f"config {MARKER} x") if key else read()
    assert MARKER not in as_toml(found).replace(f"not modelled: {key} (line 4), {MARKER} (line 5)", "")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("config interface 'wan'\n\toption proto 'pppoe'\n", "openwrt-network"),
        ("config interface wan\n\toption 'proto' \"wireguard\"\n", "openwrt-network"),
        ("config interface 'lan'\n\toption proto 'static'\n", None),
        ("config interface 'wan'\n\toption enabled '1'\nconfig policy 'p'\n", "mwan3"),
    ],
)
def test_the_file_is_recognised_by_what_it_dials(tmp_path: Path, text: str, kind: str | None) -> None:
    file = tmp_path / "network"
    file.write_text(text)
    found = kind_of(file, importers().values())
    assert (None if found is None else found.name) == kind


PIECES = st.sampled_from(
    """config interface 'wan'|config interface vpn|config watchdog wan|config interface|option proto pppoe|option proto 'pptp'
option proto dhcp|option demand 60|option keepalive '5 x'|option keepalive ' '|option keepalive 7,7|list keepalive 5
option authfail 1|option metric 99999999999|option auto 0|'|"|#|\\|é|\x00""".replace("\n", "|").split("|")
)


@given(st.one_of(st.text(), st.lists(PIECES).map("\n".join)))
@settings(max_examples=some(1000), deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    IMPORTER.recognises(Path("network"), text)
    try:
        as_toml(IMPORTER.read(Path("/nowhere/network"), text))
    except InputError:
        return


def test_a_scenario_made_of_the_file_asks_the_same(tmp_path: Path) -> None:
    made = tmp_path / "made.toml"
    made.write_text(as_toml(imported(FILES / "r50/network")))
    again = open_installation(made).scenario
    assert [(one.claim, one.bound) for one in again.checks] == [("no-latch", None), ("silence-ends-within", 180)]
