"""Files of pppd and of OpenWrt's network on the command line: a folder of them, and no secret anywhere."""

import json
from pathlib import Path

import pytest

from tests.cli.test_configurations import run

SECRETS = ("hush-user", "hush-word", "hush-key", "hush-apn", "hush-call")

PEER = """\
/dev/ttyS0 115200
connect "/usr/sbin/chat '' ATDThush-call"
user hush-user
password "hush-word"
persist
maxfail 0
"""
NETWORK = """\
config interface 'lte'
\toption proto 'qmi'
\toption apn 'hush-apn'
\toption username 'hush-user'
\toption password 'hush-word'
config interface 'wg0'
\toption proto 'wireguard'
\toption private_key 'hush-key'
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"ppp/peers/isp": PEER, "ppp/options": "lock\n", "config/network": NETWORK}.items():
        (tmp_path / "etc" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "etc" / name).write_text(text, encoding="utf-8")
    return tmp_path / "etc"


def no_secret(text: str) -> bool:
    return not any(secret in text for secret in SECRETS)


def test_no_secret_is_in_the_output_or_in_a_certificate(folder: Path, tmp_path: Path) -> None:
    code, out, err = run("check", folder, "--certificates", tmp_path / "certificates", "--no-cache")
    assert code == 0, out + err
    assert "3 checks: 3 as expected" in " ".join(out.split())  # options says nothing by itself
    assert no_secret(out + err)
    kept = [
        path.read_text(encoding="utf-8", errors="replace") for path in (tmp_path / "certificates").rglob("*") if path.is_file()
    ]
    assert kept
    assert all(no_secret(text) for text in kept)
    assert run("audit", tmp_path / "certificates", "--without-second-opinion")[0] == 0


@pytest.mark.parametrize("name", ["ppp/peers/isp", "config/network"])
def test_the_scenario_asks_the_same_and_holds_no_secret(folder: Path, tmp_path: Path, name: str) -> None:
    code, _, err = run("import", folder / name, "-o", tmp_path / "made.toml")
    assert code == 0, err
    assert no_secret((tmp_path / "made.toml").read_text(encoding="utf-8"))
    answers = []
    for file in (folder / name, tmp_path / "made.toml"):
        out = run("check", file, "--json", "--no-cache")[1]
        answers.append([(one["claim"], one["verdict"]) for one in map(json.loads, out.splitlines())])
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("ppp/peers/isp", PEER.replace("maxfail 0", "maxfail hush-word"), ":6:1: `maxfail` needs a number, in digits"),
        ("ppp/peers/isp", f"{PEER}name 'hush-word", ":7:1: a quotation that ' begins here does not end"),
        ("config/network", f"{NETWORK}\toption metric 'hush-key'\n", ":9:1: `metric` is no number in digits"),
    ],
)
def test_no_secret_is_in_an_error(folder: Path, name: str, text: str, message: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    code, out, err = run("check", folder / name)
    assert code == 2
    assert message in err
    assert no_secret(out + err)
