"""`dialproof conform`: logs that are runs of the model, and logs that were broken by hand, each refused at the right line."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_configurations import run
from tests.gatehouse import ROOT

PEER = """\
/dev/ttyS0 115200
connect "/usr/sbin/chat -f /etc/chatscripts/isp"
password hush-hush
demand
idle 300
holdoff 30
"""
LOG = """\
Nov 28 08:00:01 gw pppd[411]: pppd 2.5.2 started by root, uid 0
Nov 28 08:12:40 gw pppd[411]: Starting link
Nov 28 08:12:55 gw chat[420]: send (ATDT5550100^M)
Nov 28 08:13:02 gw pppd[411]: Connect: ppp0 <--> /dev/ttyS0
Nov 28 08:13:05 gw pppd[411]: PAP authentication succeeded
Nov 28 08:19:05 gw pppd[411]: Terminating connection due to lack of activity.
Nov 28 08:19:06 gw pppd[411]: Connection terminated.
Nov 28 09:40:00 gw pppd[411]: Starting link
Nov 28 09:40:45 gw pppd[411]: Connect script failed
Nov 28 09:41:15 gw pppd[411]: Starting link
Nov 28 09:41:43 gw pppd[411]: PAP authentication succeeded
Nov 28 09:59:12 gw pppd[411]: Modem hangup
""".splitlines()


@pytest.fixture
def peer(tmp_path: Path) -> Path:
    (tmp_path / "isp").write_text(PEER)
    return tmp_path / "isp"


def conforms(peer: Path, lines: list[str], *options: str) -> tuple[int, dict]:  # type: ignore[type-arg]
    path = peer.with_name("ppp.log")
    path.write_text("\n".join(lines))
    code, out, err = run("conform", peer, "--as", "pppd", "--log", path, "--json", *options)
    assert out, err
    return code, json.loads(out)


def test_a_log_that_pppd_may_write_is_a_run(peer: Path) -> None:
    code, said = conforms(peer, LOG)
    assert (code, said["conforms"], said["of_program"]) == (0, True, 11)
    assert said["times"] == {"dial(isp)": 3, "hang_up(isp)": 1, "no_carrier(isp)": 1}
    assert "up" not in said["agreed"]["line isp"], "the line has ended in every explanation"


def test_a_run_that_explains_the_log_is_shown_to_who_asks(peer: Path) -> None:
    path = peer.with_name("ppp.log")
    path.write_text("\n".join(LOG))
    code, out, _ = run("conform", peer, "--as", "pppd", "--log", path, "--run")
    assert code == 0
    assert out.count(". dial(isp)") == 3
    assert "A run that explains it" not in run("conform", peer, "--as", "pppd", "--log", path)[1]


def test_the_same_run_is_shown_each_time(peer: Path) -> None:
    """A log that begins anywhere may begin in many states; a set of them has no order."""
    path = peer.with_name("ppp.log")
    path.write_text("\n".join(LOG[1:5]))
    command = [sys.executable, "-m", "dialproof", "conform", str(peer), "--as", "pppd", "--log", str(path), "--run"]
    shown = {
        subprocess.run(command, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout
        for seed in ("1", "2", "3")
    }
    assert len(shown) == 1


def without(place: int) -> list[str]:
    return [line for number, line in enumerate(LOG, start=1) if number != place]


def swapped(place: int) -> list[str]:
    """Line `place` and the one behind it change what they say, and not their times."""
    one, other = (line[: line.index(": ")] for line in LOG[place - 1 : place + 1])
    says = [line[line.index(": ") :] for line in LOG[place - 1 : place + 1]]
    return [*LOG[: place - 1], one + says[1], other + says[0], *LOG[place + 1 :]]


def added(place: int, text: str) -> list[str]:
    return [*LOG[:place], f"{LOG[place - 1][:15]} gw pppd[411]: {text}", *LOG[place:]]


def set_back(place: int) -> list[str]:
    return [*LOG[: place - 1], LOG[place - 1].replace("Nov 28", "Nov 27"), *LOG[place:]]


NO_RUN, EARLIER = "no run of the model has this", "it is earlier than"


@pytest.mark.parametrize(
    ("lines", "at", "why"),
    [
        (without(2), 3, NO_RUN),  # connected, and nobody has dialled
        (without(8), 8, NO_RUN),
        (without(10), 10, NO_RUN),
        (swapped(8), 8, NO_RUN),  # the attempt fails before it is made
        (swapped(9), 9, NO_RUN),  # dialled again while it is dialled
        (added(2, "Starting link"), 3, NO_RUN),
        (added(5, "Starting link"), 6, NO_RUN),
        (added(6, "Terminating connection due to lack of activity."), 7, NO_RUN),
        (added(7, "Connect script failed"), 8, NO_RUN),
        (added(7, "Terminating connection due to lack of activity."), 8, NO_RUN),
        (added(9, "PAP authentication succeeded"), 10, NO_RUN),
        (added(12, "Connect time expired"), 13, "the model has no end_connect_time(isp)"),
        (added(12, "No response to 4 echo-requests"), 13, "the model has no miss_echoes(isp)"),
        (added(12, "PAP authentication succeeded"), 13, NO_RUN),
        (set_back(8), 8, EARLIER),
        (set_back(12), 12, EARLIER),
    ],
)
def test_a_log_that_was_broken_is_refused_at_its_line_for_its_reason(peer: Path, lines: list[str], at: int, why: str) -> None:
    code, said = conforms(peer, lines)
    assert (code, said["conforms"]) == (1, False)
    assert said["refusal"]["line"] == at
    assert said["refusal"]["why"].startswith(why)


def test_what_was_possible_instead_is_said_and_no_secret(peer: Path) -> None:
    path = peer.with_name("ppp.log")
    path.write_text("\n".join(without(8)))
    code, out, err = run("conform", peer, "--as", "pppd", "--log", path)
    assert code == 1
    assert out.splitlines()[:3] == [
        f"{path}:8: no run of the model has this after what came before",
        "  it shows: the attempt to bring isp up fails",
        "  possible instead: a packet waits: pppd dials isp",
    ]
    assert "The log does not show:" in out
    assert "hush" not in out + err


def test_a_log_may_begin_in_the_middle_unless_it_is_said_not_to(peer: Path) -> None:
    middle = LOG[5:]
    assert conforms(peer, middle)[0] == 0
    code, said = conforms(peer, middle, "--from-start")
    assert (code, said["refusal"]["line"]) == (1, 1)


def test_the_logs_of_two_links_are_not_taken_for_one(peer: Path) -> None:
    """Which link pppd speaks of its process alone says; it gets another one when it goes into the background."""
    assert conforms(peer, [LOG[0].replace("411", "410"), *LOG[1:]])[0] == 0
    code, said = conforms(peer, [*LOG[:3], LOG[1].replace("411", "77"), *LOG[3:]])
    assert (code, said["refusal"]["line"]) == (1, 4)
    assert said["refusal"]["why"].endswith("it is by another process, perhaps of another link")
    path = peer.with_name("ppp.log")
    path.write_text("\n".join([*LOG[:4], LOG[4].replace("411", "77"), *LOG[4:]]))
    code, _, err = run("conform", peer, "--as", "pppd", "--log", path)
    assert code == 2
    assert "ppp.log:6: processes 411, 77 write by turns" in err


MWAN3 = """\
config interface 'wan'
\toption enabled '1'
\tlist track_ip '198.51.100.1'
\tlist track_ip '198.51.100.2'
config member 'm'
\toption interface 'wan'
config policy 'p'
\tlist use_member 'm'
config rule 'r'
\toption dest_ip '0.0.0.0/0'
\toption use_policy 'p'
"""


@pytest.mark.parametrize(
    ("texts", "refused"),
    [
        (["Interface wan (eth1) is online", "Interface wan (eth1) is offline", "Interface wan (eth1) is online"], None),
        (["Interface wan (eth1) is offline", "Interface wan (eth1) is offline"], 2),
        (["Interface wan (eth1) is offline", "Interface wlan (eth2) is offline"], 2),
    ],
)
def test_the_log_of_mwan3_is_followed_by_the_names_of_its_interfaces(
    tmp_path: Path, texts: list[str], refused: int | None
) -> None:
    (tmp_path / "mwan3").write_text(MWAN3)
    written = [f"Tue Nov  3 08:00:0{n} 2026 user.notice mwan3track[9]: {text}\n" for n, text in enumerate(texts)]
    (tmp_path / "log").write_text("".join(written))
    code, out, err = run("conform", tmp_path / "mwan3", "--log", tmp_path / "log", "--json")
    assert out, err
    said = json.loads(out)
    assert (code, said["refusal"] and said["refusal"]["line"]) == (int(refused is not None), refused)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--log", "nowhere.log"], "nowhere.log: cannot be read"),
        (["--log", "isp"], "no line by the program whose log this is to be"),
        (["--log", "ppp.log", "--fault", "moden"], "no fault 'moden' of pppd"),
        (["--log", "ppp.log", "--format", "isp"], "isp: cannot be read as the format of a log"),
        ([], "Missing option '--log'"),
    ],
)
def test_what_is_no_log_is_bad_input(peer: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], said: str) -> None:
    monkeypatch.chdir(peer.parent)
    Path("ppp.log").write_text("\n".join(LOG))
    code, _, err = run("conform", "isp", "--as", "pppd", *options)
    assert code == 2
    assert said in err


def test_a_product_whose_log_is_not_known_says_so(tmp_path: Path) -> None:
    (tmp_path / "r.cfg").write_text((ROOT / "model/configurations/cisco-ios/denied.cfg").read_text())
    code, _, err = run("conform", tmp_path / "r.cfg", "--as", "cisco-ios", "--log", tmp_path / "r.cfg")
    assert code == 2
    assert "r.cfg: it is not known what the log of cisco-ios shows here; describe it with --format" in err


ALWAYS = """\
Nov 28 08:00:01 gw pppd[411]: pppd 2.5.2 started by root, uid 0
Nov 28 08:00:20 gw pppd[411]: Unable to complete PPPoE Discovery phase 1
Nov 28 08:00:50 gw pppd[411]: Connect: ppp0 <--> eth1
Nov 28 08:00:52 gw pppd[411]: local  IP address 192.0.2.7
Nov 28 09:59:12 gw pppd[411]: Modem hangup
Nov 28 09:59:44 gw pppd[411]: local  IP address 192.0.2.9
""".splitlines()


def test_without_demand_no_line_says_that_pppd_dials(peer: Path) -> None:
    peer.write_text(PEER.replace("demand\n", "persist\n"))
    assert conforms(peer, ALWAYS)[0] == 0
    code, said = conforms(peer, [*ALWAYS[:4], *ALWAYS[5:]])
    assert (code, said["refusal"]["line"]) == (1, 5)  # it is up, and comes up once more


def test_an_anonymised_log_of_pppd_is_the_same_run(peer: Path) -> None:
    new = peer.with_name("public.log")
    code, said = conforms(peer, LOG)
    other_code, other = conforms(peer, LOG, "--anonymise", str(new))
    assert other_code == code
    assert (other["times"], other["agreed"]) == (said["times"], said["agreed"])
    assert "ttyS0" not in new.read_text()
    assert " host pppd[411]: Connect: x <--> /x/x" in new.read_text()


TUNNEL = ROOT / "model/configurations/strongswan/trap/swanctl.conf"
CHARON = """\
Nov 28 08:00:00 gw charon: 05[KNL] creating acquire job for policy 10.0.0.1/32[icmp] === 10.1.0.1/32[icmp] with reqid {1}
Nov 28 08:00:00 gw charon: 06[IKE] initiating IKE_SA office[1] to 192.0.2.1
Nov 28 08:02:45 gw charon: 07[IKE] giving up after 5 retransmits
Nov 28 08:02:45 gw charon: 07[IKE] establishing IKE_SA failed, peer not responding
Nov 28 09:00:00 gw charon: 06[IKE] initiating IKE_SA office[2] to 192.0.2.1
Nov 28 09:00:01 gw charon: 08[IKE] IKE_SA office[2] established between 192.0.2.9[gw]...192.0.2.1[hq]
Nov 28 09:00:01 gw charon: 08[IKE] CHILD_SA net{1} established with SPIs c1_i c2_o and TS 10.0.0.0/24 === 10.1.0.0/24
Nov 28 11:30:00 gw charon: 09[IKE] received DELETE for IKE_SA office[2]
""".splitlines()


def test_the_log_of_charon(tmp_path: Path) -> None:
    log = tmp_path / "charon.log"
    log.write_text("\n".join(CHARON))
    code, out, _ = run("conform", TUNNEL, "--log", log, "--json")
    assert (code, json.loads(out)["refusal"]) == (0, None)
    log.write_text("\n".join(line for line in CHARON if "initiating" not in line))
    code, out, _ = run("conform", TUNNEL, "--log", log, "--json")
    said = json.loads(out)
    assert (code, said["refusal"]["line"]) == (1, 5), "a tunnel that nobody initiates is not established"


def test_a_reader_for_another_program_is_a_few_lines_by_the_how_to(peer: Path) -> None:
    """The format in docs/logs.md, as it stands there, reads the log of a program that nobody has heard of."""
    form = re.findall(r"```toml\n(programs.*?)```", (ROOT / "docs" / "logs.md").read_text(), re.DOTALL)
    assert len(form) == 1
    assert len(form[0].splitlines()) < 40
    (file := peer.with_name("mydialler.toml")).write_text(form[0])
    log = peer.with_name("my.log")
    lines = ["calling isp", "carrier lost", "a line that says nothing", "calling isp"]
    log.write_text("\n".join(f"2026-11-28T08:0{at}:00 gw mydialler: {text}" for at, text in enumerate(lines)))
    code, out, _ = run("conform", peer, "--as", "pppd", "--log", log, "--format", file, "--json")
    said = json.loads(out)
    assert (code, said["conforms"], said["times"]) == (0, True, {"dial(isp)": 2})
    log.write_text(log.read_text().replace("08:03:00 gw mydialler: calling isp", "08:03:00 gw mydialler: calling nobody"))
    code, out, _ = run("conform", peer, "--as", "pppd", "--log", log, "--format", file, "--json")
    refusal = json.loads(out)["refusal"]
    assert (code, refusal["line"], refusal["why"]) == (1, 4, "the model has no dial(nobody)")
