"""Cisco IOS: which lines are dialled, which routes are used, and the faults of the atlas with their cures, from files on."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dialproof.core.errors import InputError
from dialproof.evidence.outcome import word
from dialproof.portfolio.check import run_planned
from dialproof.portfolio.portfolio import Portfolio
from model.products.cisco_ios.importer import read
from properties.checks import plan
from tests.amounts import THOROUGH, long

CONFIGURATIONS = Path(__file__).resolve().parents[2] / "model" / "configurations" / "cisco-ios"

DIALLED, RELEASED, NO_LATCH = "queued-demand-is-dialled", "idle-line-is-released", "no-latch"
CAN_LEAVE, LEFT, AGAIN = "traffic-can-leave", "broken-line-is-left", "working-line-is-used-again"
SETTLES, FAILS = "constant-measurement-settles", "line-fails-only-if-it-is-broken"
OF_LINES = (CAN_LEAVE, LEFT, AGAIN)


@pytest.fixture(scope="module")
def portfolio() -> Iterator[Portfolio]:
    with Portfolio(2, timeout=120) as workers:
        yield workers


def verdicts(portfolio: Portfolio, path: Path, *claims: str) -> dict[str, str]:
    """What comes out of the checks of a file, or of those of these claims, by the name of the claim without what it is about."""
    planned = [one for one in plan(path) if not claims or one.claim.partition("(")[0] in claims]
    return {one.planned.claim.partition("(")[0]: word(one.verdict) for one in run_planned(portfolio, planned)}


def reasons(path: Path, claim: str) -> str:
    found = next(one for one in plan(path) if one.claim.partition("(")[0] == claim)
    return "\n".join(f"{one.line}: {one.says}" for one in found.suspects)


@dataclass(frozen=True)
class Fault:
    """A fault that is in a file: the claims that it violates, the reason given for them, and the files in which it is cured."""

    file: str
    violates: tuple[str, ...]
    because: str
    cures: tuple[str, ...]


FAULTS = [
    Fault(
        "r26",
        (*OF_LINES, SETTLES),
        "4: the probe of ip sla 1 goes to 198.51.100.1 by the routing table, over GigabitEthernet0/0 or Dialer1",
        ("r26-cured", "r26-host-route"),
    ),
    Fault("one-hour", OF_LINES, "ip sla 1 ends after 3600 s (its schedule has no life forever)", ("r26-host-route",)),
    Fault("no-group", (DIALLED,), "5: interface BRI0 has no dialer-group", ("no-group-cured",)),
    Fault("wrong-map", (DIALLED,), "12: the next hop 203.0.113.2 of the route to 198.51.100.0/24 has no dialer map", ()),
    Fault("denied", (DIALLED,), "14: access list 101 of dialer-list 1 permits no packet for 198.51.100.0/24", ("denied-cured",)),
    Fault(
        "office-hours",
        (DIALLED,),
        "14: access list 101: traffic for 198.51.100.0/24 over BRI0 dials only while time-range office "
        "(line 15: weekdays 8:00 to 18:00) is active",
        ("denied-cured",),
    ),
    Fault("old-range", (DIALLED,), "15: time-range office ends before it begins", ("no-range",)),
    Fault("updates", (RELEASED,), "13: dialer-list 1 makes RIP hello interesting: it comes every 30 s", ("updates-cured",)),
    Fault("time-server", (RELEASED,), "11: dialer-list 1 makes NTP to 198.51.100.123 interesting", ("time-server-cured",)),
    Fault("backup-interface", OF_LINES, "2: Dialer1 stands by until the line protocol", ("backup-interface-cured",)),
    Fault("watch", (DIALLED,), "16: watch-list 8 watches 198.51.100.0/24, and BRI0 has no dialer map for", ("watch-cured",)),
    Fault("spoofing", OF_LINES, "22: the route over Dialer1 stays in the table whether its calls succeed", ("on-purpose",)),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.file)
def test_a_fault_is_found_for_its_reason(portfolio: Portfolio, fault: Fault) -> None:
    path = CONFIGURATIONS / f"{fault.file}.cfg"
    asked = () if THOROUGH else fault.violates
    found = verdicts(portfolio, path, *asked)
    assert {claim for claim, verdict in found.items() if verdict == "violated"} - {"queued-demand-is-delivered"} == set(
        fault.violates
    )
    assert set(found.values()) <= {"holds", "violated"}
    for claim in fault.violates:
        assert fault.because in reasons(path, claim)


@pytest.mark.parametrize(("fault", "cure"), [(fault, cure) for fault in FAULTS for cure in fault.cures])
def test_its_cure_holds(portfolio: Portfolio, fault: Fault, cure: str) -> None:
    asked = () if THOROUGH else fault.violates[-1:]
    found = verdicts(portfolio, CONFIGURATIONS / f"{cure}.cfg", *asked)
    assert set(found.values()) == {"holds"}


def test_what_is_up_on_purpose_is_no_fault() -> None:
    claims = {one.claim.partition("(")[0]: one for one in plan(CONFIGURATIONS / "on-purpose.cfg")}
    assert RELEASED not in claims
    notes = "\n".join(claims[DIALLED].notes)
    assert "Cellular0/1/0 is dialled on purpose, because watch-list 1 watches what never has a route" in notes
    assert "Dialer1 is dialled on purpose, because a PPPoE or ATM session is begun without traffic" in notes


# -- two numbers, and both sides of the border ------------------------------------------------------------------------

KEEP_ALIVE = """\
format = 1
[connector]
product = "cisco-ios"
[interface.BRI0]
ip_address = "203.0.113.1/30"
dialer_idle_timeout = {idle}
dialer_map = ["203.0.113.2"]
dialer_group = 1
[dialer_list.1]
ip = "permit"
[[ip_route]]
destination = "198.51.100.0/24"
next_hop = "203.0.113.2"
[[traffic]]
name = "echo"
interface = "BRI0"
every = {every}
packets = "permit gre any host 198.51.100.9"
[[check]]
claim = "idle-line-is-released"
"""


@pytest.mark.parametrize(("idle", "every", "expected"), [(90, 60, "violated"), (60, 60, "violated"), (60, 90, "holds")])
def test_a_keep_alive_within_the_idle_time_keeps_the_line_up(
    portfolio: Portfolio, tmp_path: Path, idle: int, every: int, expected: str
) -> None:
    """R46: the echo of a tunnel every 60 s, and an ISDN router that hangs up after 90 s without traffic."""
    path = tmp_path / "keep-alive.toml"
    path.write_text(KEEP_ALIVE.format(idle=idle, every=every), encoding="utf-8")
    assert verdicts(portfolio, path) == {RELEASED: expected}
    if expected == "violated":
        assert "makes echo interesting" in reasons(path, RELEASED)


BACK_OFF = """\
format = 1
[connector]
product = "cisco-ios"
timed = true
[interface.Cellular0]
ip_address = "negotiated"
dialer_in_band = true
dialer_string = true
dialer_idle_timeout = 0
dialer_enable_timeout = 60
dialer_wait_for_carrier_time = 60
dialer_group = 1
[dialer_list.1]
ip = "permit"
[[ip_route]]
destination = "0.0.0.0/0"
interface = "Cellular0"
distance = 250
[[check]]
claim = "dialled-within"
bound = {bound}
"""


@pytest.mark.parametrize(
    ("bound", "expected"), [pytest.param(3540, "holds", marks=long), pytest.param(3480, "violated", marks=long)]
)
def test_after_rejected_calls_a_mobile_line_is_silent_for_up_to_an_hour(tmp_path: Path, bound: int, expected: str) -> None:
    """R22: the last rung of the ladder is 3600 s, of which the line is held down for the first 60."""
    path = tmp_path / "back-off.toml"
    path.write_text(BACK_OFF.format(bound=bound), encoding="utf-8")
    with Portfolio(2, timeout=120, engines=("explicit",)) as workers:
        assert verdicts(workers, path) == {"dialled-within": expected}


# -- what a file means ------------------------------------------------------------------------------------------------

TWO = """\
interface GigabitEthernet0/0
 ip address 192.0.2.2 255.255.255.252
interface Serial0/0
 ip address 203.0.113.2 255.255.255.252
 encapsulation ppp
ip sla 1
 icmp-echo 198.51.100.1
ip sla schedule 1 life forever start-time now
track 1 ip sla 1 reachability
ip route 0.0.0.0 0.0.0.0 192.0.2.1 track 1
ip route 0.0.0.0 0.0.0.0 203.0.113.1 200
ip route 198.51.100.1 255.255.255.255 192.0.2.1
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "router.cfg"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (("ip sla schedule 1 life forever start-time now\n", ""), "ip sla 1 is not scheduled: track 1 is never up"),
        (("life forever start-time now", "life forever"), "ip sla 1 is not scheduled"),
        (("track 1 ip sla 1 reachability\n", ""), "needs track 1, which is not there: it is never used"),
        (("ip sla 1 reach", "ip sla 2 reach"), "track 1 follows ip sla 2, which is not there"),
    ],
)
def test_a_track_that_is_never_up_is_blamed(portfolio: Portfolio, tmp_path: Path, change: tuple[str, str], because: str) -> None:
    path = written(tmp_path, TWO.replace(*change))
    assert verdicts(portfolio, path, AGAIN) == {AGAIN: "violated"}
    assert because in reasons(path, AGAIN)


def test_a_probe_that_is_bound_by_a_host_route_is_blamed_for_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, TWO)
    assert [reasons(path, claim) for claim in (SETTLES, FAILS)] == ["", ""]


def test_a_local_policy_that_does_not_match_the_probe_binds_nothing(tmp_path: Path) -> None:
    policy = (
        "ip local policy route-map P\naccess-list 101 permit icmp any host {host}\nroute-map P permit 10\n match ip address 101\n"
        " set ip next-hop 192.0.2.1\n"
    )
    unbound = TWO.replace("ip route 198.51.100.1 255.255.255.255 192.0.2.1\n", "")
    wrong, right = policy.format(host="198.51.100.2"), policy.format(host="198.51.100.1")
    assert "by the routing table" in reasons(written(tmp_path, unbound + wrong), SETTLES)
    assert reasons(written(tmp_path, unbound + right), SETTLES) == ""


LEGACY = """\
interface BRI0
 ip address 203.0.113.1 255.255.255.0
 dialer map ip 203.0.113.2 name a broadcast 5550151
 dialer map ip 203.0.113.3 name b broadcast 5550152
 dialer-group 1
ip route 198.51.100.0 255.255.255.128 203.0.113.2
ip route 198.51.100.128 255.255.255.128 203.0.113.3
dialer-list 1 protocol ip permit
"""


def test_each_next_hop_with_a_map_is_a_line_of_its_own(tmp_path: Path) -> None:
    (first, *_) = plan(written(tmp_path, LEGACY))
    assert {"line BRI0 to 203.0.113.2", "line BRI0 to 203.0.113.3"} <= {one.name for one in first.variants[0].system.variables}


def test_lines_over_one_modem_take_turns(portfolio: Portfolio, tmp_path: Path) -> None:
    text = LEGACY.replace("BRI0", "Async1").replace(" dialer-group", " dialer in-band\n dialer-group")
    path = written(tmp_path, text)
    assert "lines that share a modem take turns: no call lasts for ever" in plan(path)[0].notes
    assert verdicts(portfolio, path, DIALLED) == {DIALLED: "holds"}


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (("dialer-list 1 protocol ip permit\n", ""), "names a dialer-list that is not there"),
        (("protocol ip permit", "protocol ip deny"), "dialer-list 1 denies IP"),
        (("protocol ip permit", "protocol ipx permit"), "dialer-list 1 says nothing of IP"),
        (("255.255.255.128 203.0.113.2", "255.255.255.128 BRI0"), "names BRI0 and no next hop: the map is looked up"),
        ((" dialer-group 1\n", " dialer-group 2\n"), "dialer-group 2 of BRI0 names a dialer-list that is not there"),
    ],
)
def test_what_keeps_a_line_from_being_dialled_is_blamed(tmp_path: Path, change: tuple[str, str], because: str) -> None:
    assert because in reasons(written(tmp_path, LEGACY.replace(*change)), DIALLED)


def test_a_profile_without_a_member_of_its_pool_or_without_a_number_never_dials(tmp_path: Path) -> None:
    text = "interface Dialer1\n ip address negotiated\n dialer pool 3\n dialer-group 1\nip route 0.0.0.0 0.0.0.0 Dialer1\n"
    because = reasons(written(tmp_path, text + "dialer-list 1 protocol ip permit\n"), DIALLED)
    assert "dials over pool 3, of which no interface is a member" in because
    assert "interface Dialer1 has no dialer string: there is no number to dial" in because


PROFILE = """\
interface GigabitEthernet0/0
 ip address 192.0.2.2 255.255.255.252
interface Async1
 dialer in-band
 dialer pool-member 1
interface Dialer1
 ip address negotiated
 dialer pool 1
 dialer string 5550126
 dialer-group 1
ip route 0.0.0.0 0.0.0.0 Dialer1 250
dialer-list 1 protocol ip permit
"""
SESSION = """\
interface GigabitEthernet0/1
 pppoe-client dial-pool-number 1
{more}interface Dialer1
 ip address negotiated
 dialer pool 1
 dialer-group 1
ip route 0.0.0.0 0.0.0.0 Dialer1
dialer-list 1 protocol ip permit
"""
DYNAMIC = PROFILE.replace("ip address 192.0.2.2 255.255.255.252", "ip address dhcp")
BLACK_HOLE = "ip route 0.0.0.0 0.0.0.0 Null0{distance}\n"
HALVES = "ip route 0.0.0.0 128.0.0.0 Null0\nip route 128.0.0.0 128.0.0.0 Null0\n"
LISTED = "ip access-list extended WORTH\n{entries}dialer-list 1 protocol ip list WORTH\n"


@pytest.mark.parametrize(
    ("text", "because"),
    [
        (PROFILE, ""),
        (PROFILE.replace(" dialer string 5550126\n", " dialer persistent\n"), "interface Dialer1 has no dialer string"),
        (SESSION.format(more=""), ""),
        (SESSION.format(more=" shutdown\n"), "every interface that Dialer1 dials over is shut down"),
        (PROFILE + BLACK_HOLE.format(distance=""), "is never used: the route to Null0 (line 13), which drops everything"),
        (PROFILE + BLACK_HOLE.format(distance=" 254"), ""),
        (PROFILE + HALVES, "is never used: routes to Null0 for narrower networks take all of it"),
        (PROFILE + HALVES.replace("128.0.0.0 128.0.0.0", "192.0.0.0 192.0.0.0"), ""),
        (PROFILE.replace("ip address negotiated", "no ip address"), "is never used: Dialer1 has no ip address"),
        (PROFILE.replace("ip address negotiated", "ip unnumbered GigabitEthernet0/0"), ""),
        (PROFILE.replace("Dialer1 250", "Dialer1 255"), "is never used: its distance is 255"),
        (PROFILE + LISTED.format(entries=" 100 deny ip any any\n permit ip any any\n"), "permits no packet for any address"),
        (PROFILE + LISTED.format(entries=" 100 deny ip any any\n no 100\n permit ip any any\n"), ""),
        (PROFILE + "access-list 101 deny ip any any\nno access-list 101\ndialer-list 1 protocol ip list 101\n", ""),
        (LEGACY.replace(" broadcast 5550151", ""), "the dialer map for 203.0.113.2 on BRI0 has no number"),
    ],
)
def test_a_line_that_cannot_be_dialled_is_no_line_that_is(portfolio: Portfolio, tmp_path: Path, text: str, because: str) -> None:
    path = written(tmp_path, text)
    assert verdicts(portfolio, path, DIALLED) == {DIALLED: "violated" if because else "holds"}
    assert because in reasons(path, DIALLED)


@pytest.mark.parametrize(
    ("text", "claim", "because"),
    [
        (TWO.replace("life forever ", ""), CAN_LEAVE, "ip sla 1 ends after 3600 s (its schedule has no life forever)"),
        (TWO.replace("life forever", "life 600"), AGAIN, "ip sla 1 ends after 600 s"),
        (TWO.replace("203.0.113.1 200", "203.0.114.1 200"), CAN_LEAVE, "its next hop 203.0.114.1 is in no network of the file"),
        (TWO.replace("203.0.113.1 200", "203.0.113.1 255"), CAN_LEAVE, "is never used: its distance is 255"),
        (
            PROFILE.replace(" ip address 192", " backup interface Dialer1\n backup delay never 5\n ip address 192")
            + "ip route 0.0.0.0 0.0.0.0 192.0.2.1\n",
            CAN_LEAVE,
            "Dialer1 stands by for GigabitEthernet0/0 for ever: backup delay never",
        ),
        (
            PROFILE + "ip sla 1\n icmp-echo 198.51.100.1\nip sla schedule 1 life forever start-time now\n",
            RELEASED,
            "dialer-list 1 makes ip sla 1 interesting: it comes every 60 s",
        ),
    ],
)
def test_what_is_never_there_and_what_never_ends_is_blamed(
    portfolio: Portfolio, tmp_path: Path, text: str, claim: str, because: str
) -> None:
    path = written(tmp_path, text)
    assert verdicts(portfolio, path, claim) == {claim: "violated"}
    assert because in reasons(path, claim)


def test_operations_of_a_group_are_scheduled(portfolio: Portfolio, tmp_path: Path) -> None:
    grouped = "ip sla group schedule 1 1-3,7 schedule-period 60 frequency 60 start-time now life forever"
    path = written(tmp_path, TWO.replace("ip sla schedule 1 life forever start-time now", grouped))
    assert verdicts(portfolio, path, AGAIN) == {AGAIN: "holds"}


def test_clauses_of_a_route_map_go_by_their_numbers_and_match_what_any_of_their_lists_permits(tmp_path: Path) -> None:
    text = (
        TWO.replace("ip route 198.51.100.1 255.255.255.255 192.0.2.1\n", "ip local policy route-map P\n")
        + "access-list 101 permit icmp any host 198.51.100.2\naccess-list 102 permit icmp any host 198.51.100.1\n"
        "route-map P permit 20\n set ip next-hop 192.0.2.1\nroute-map P {what} 10\n match ip address 101 102\n"
        " set ip next-hop 192.0.2.1\n"
    )
    assert "by the routing table" in reasons(written(tmp_path, text.format(what="deny")), SETTLES)
    assert reasons(written(tmp_path, text.format(what="permit")), SETTLES) == ""


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (PROFILE.replace(" dialer-group", " dialer idle-timeout 60 inbound\n dialer-group"), "interface: dialer (line 10)"),
        (PROFILE.replace(" ip address 192", " backup interface Dialer7\n ip address 192"), "Dialer7 is no interface of the file"),
        (
            PROFILE.replace("5550126\n", "5550126 class C\n dialer idle-timeout 60\n")
            + "map-class dialer C\n dialer idle-timeout 0\n",
            "Dialer1: dialer idle-timeout 0 means that it never hangs up",
        ),
        (PROFILE.replace(" dialer string", " dialer persistent max-attempts 3\n dialer string"), "interface: dialer (line 9)"),
        (PROFILE + LISTED.format(entries=" permit tcp any any established\n"), "more in an entry than addresses and ports"),
        (DYNAMIC + "ip route 0.0.0.0 0.0.0.0 203.0.113.1\n", "the router 203.0.113.1 is in no network of the file"),
        (DYNAMIC, "a default route that DHCP gives"),
        (
            PROFILE.replace("0.0.0.0 0.0.0.0 Dialer1", "192.0.2.0 255.255.255.252 Dialer1"),
            "is used only while GigabitEthernet0/0",
        ),
    ],
)
def test_what_decides_and_is_not_modelled_is_said(tmp_path: Path, text: str, note: str) -> None:
    (first, *_) = plan(written(tmp_path, text))
    assert note in "\n".join(first.notes)


def test_a_track_of_a_kind_that_is_not_modelled_is_refused_with_its_line(tmp_path: Path) -> None:
    for track in ("track 1 list threshold percentage\n", "track 1 list boolean and\n object 2 not\n"):
        with pytest.raises(InputError, match=r"router.cfg:(9|10):1: track 1 decides about a route, and is not modelled"):
            plan(written(tmp_path, TWO.replace("track 1 ip sla 1 reachability\n", track)))


def test_a_list_of_tracks_counts_as_its_members_say(portfolio: Portfolio, tmp_path: Path) -> None:
    listed = "track 2 ip sla 2 reachability\ntrack 3 list boolean {how}\n object 1\n object 2\n"
    text = TWO.replace("192.0.2.1 track 1", "192.0.2.1 track 3")
    assert verdicts(portfolio, written(tmp_path, text + listed.format(how="or")), AGAIN) == {AGAIN: "holds"}
    assert verdicts(portfolio, written(tmp_path, text + listed.format(how="and")), AGAIN) == {AGAIN: "violated"}


def test_a_file_in_which_nothing_can_change_says_so() -> None:
    for text in ("", "!\n! nothing\n", "hostname a\n", "interface Vlan1\n ip address 192.0.2.1 255.255.255.0\n"):
        with pytest.raises(InputError, match="nothing active"):
            read(Path("router.cfg"), text)
