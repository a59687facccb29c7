"""`dialproof conform` and the log of Postfix: each message is followed by itself."""

import json
import random
from pathlib import Path

import pytest

from dialproof.semantics.interpreter import Reader
from model.fault import NONE
from properties.checks import open_installation
from properties.conformance import conform
from tests.amounts import some
from tests.cli.test_configurations import run

MAIN = """\
relayhost = [smtp.isp.example]
transport_maps = texthash:transport
defer_transports = smtp
"""
TRANSPORT = "lan.example slow:[mail.lan]\n"
MASTER = "smtp unix - - n - - smtp\nslow unix - - n - - smtp\n"

LOG = """\
2026-11-28T08:00:00 gw postfix/cleanup[20]: A1: message-id=<1@gw>
2026-11-28T08:00:00 gw postfix/qmgr[21]: A1: from=<ann@gw>, size=322, nrcpt=1 (queue active)
2026-11-28T08:00:00 gw postfix/error[22]: A1: to=<bob@far.example>, relay=none, status=deferred (deferred transport)
2026-11-28T08:10:00 gw postfix/cleanup[20]: B2: message-id=<2@gw>
2026-11-28T08:10:00 gw postfix/qmgr[21]: B2: from=<ann@gw>, size=322, nrcpt=2 (queue active)
2026-11-28T08:10:01 gw postfix/error[22]: B2: to=<eve@far.example>, relay=none, status=deferred (deferred transport)
2026-11-28T08:10:01 gw postfix/smtp[23]: B2: to=<joe@lan.example>, relay=mx, status=sent (250 ok)
2026-11-28T09:30:00 gw postfix/qmgr[21]: A1: from=<ann@gw>, size=322, nrcpt=1 (queue active)
2026-11-28T09:30:00 gw postfix/qmgr[21]: B2: from=<ann@gw>, size=322, nrcpt=2 (queue active)
2026-11-28T09:30:02 gw postfix/smtp[23]: B2: to=<eve@far.example>, relay=none, status=deferred (connect to mx: timed out)
2026-11-28T09:30:04 gw postfix/smtp[23]: A1: to=<bob@far.example>, relay=mx, status=sent (250 ok)
2026-11-28T09:30:04 gw postfix/qmgr[21]: A1: removed
2026-11-28T10:00:00 gw postfix/error[22]: B2: to=<eve@far.example>, relay=none, status=deferred (deferred transport)
""".splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    (tmp_path / "transport").write_text(TRANSPORT)
    (tmp_path / "master.cf").write_text(MASTER)
    (tmp_path / "ip-up").write_text("postqueue -f\n")
    (tmp_path / "main.cf").write_text(MAIN)
    return tmp_path / "main.cf"


def conforms(machine: Path, lines: list[str], *options: str) -> tuple[int, dict]:  # type: ignore[type-arg]
    path = machine.with_name("mail.log")
    path.write_text("\n".join(lines))
    code, out, err = run("conform", machine, "--log", path, "--json", *options)
    assert out, err
    return code, json.loads(out)


def test_a_log_that_postfix_may_write_is_a_run(machine: Path) -> None:
    code, said = conforms(machine, LOG)
    assert (code, said["conforms"], said["refusal"]) == (0, True, None)
    assert said["times"] == {"deliver(default)": 1, "deliver(lan.example)": 1}
    default, lan = said["waits"]
    assert (default["class"], default["outcome"], default["number"], default["longest_s"]) == ("default", "delivered", 1, 5404)
    assert (lan["class"], lan["longest_of"]) == ("lan.example", "B2")
    assert said["waiting"] == [{"class": "default", "message": "B2", "since": "2026-11-28T08:10:00"}]


def test_it_says_how_long_mail_waited_and_what_waits_still(machine: Path) -> None:
    machine.with_name("mail.log").write_text("\n".join(LOG))
    code, out, _ = run("conform", machine, "--log", machine.with_name("mail.log"))
    assert code == 0
    assert "Mail for default: 1 delivered, waited 1:30:04 on average, 1:30:04 at most (A1)." in out
    assert "Mail for default: 1 still waiting, the oldest (B2) since 2026-11-28 08:10:00." in out
    assert "far.example" not in out, "no recipient is shown"


def test_the_run_of_one_message_is_shown_to_who_asks(machine: Path) -> None:
    machine.with_name("mail.log").write_text("\n".join(LOG))
    _, out, _ = run("conform", machine, "--log", machine.with_name("mail.log"), "--message", "A1")
    assert "answer(uplink)" in out
    assert "deliver(default)" in out


def changed(place: int, old: str, new: str) -> list[str]:
    assert old in LOG[place - 1]
    return [line.replace(old, new) if number == place else line for number, line in enumerate(LOG, start=1)]


def swapped(one: int, other: int) -> list[str]:
    lines = list(LOG)
    lines[one - 1], lines[other - 1] = lines[other - 1], lines[one - 1]
    return lines


SENT_AGAIN = [*LOG[:11], LOG[10].replace("09:30:04", "09:30:05"), *LOG[11:]]
LAN_HELD = changed(7, "status=sent (250 ok)", "status=deferred (deferred transport)")
EXPIRED = [*LOG, "2026-11-28T11:00:00 gw postfix/qmgr[21]: B2: from=<ann@gw>, status=expired, returned to sender"]


@pytest.mark.parametrize(
    ("lines", "place", "why"),
    [
        pytest.param(LAN_HELD, 7, "mail for lan.example is not held", id="what is not held is deferred as if it were"),
        pytest.param(SENT_AGAIN, 12, "the message has left for this recipient before", id="sent twice"),
        pytest.param([*LOG[:10], *LOG[11:]], 11, "neither sent nor returned", id="the delivery is missing"),
        pytest.param(swapped(11, 12), 11, "neither sent nor returned", id="removed before it is sent"),
        pytest.param(EXPIRED, 14, "maximal_queue_lifetime is 5 days", id="returned too early"),
        pytest.param(changed(10, "T09:30:02", "T07:30:02"), 10, "the clock was set back", id="a clock set back"),
    ],
)
def test_a_broken_log_is_refused_at_its_line(machine: Path, lines: list[str], place: int, why: str) -> None:
    code, said = conforms(machine, lines)
    assert (code, said["conforms"], said["refusal"]["line"]) == (1, False, place)
    assert why in said["refusal"]["why"]


def test_what_nobody_flushes_is_never_tried(machine: Path) -> None:
    """The same log, if the script that flushes the queue is not there."""
    machine.with_name("ip-up").unlink()
    code, said = conforms(machine, LOG)
    assert (code, said["refusal"]["line"]) == (1, 10)
    assert said["refusal"]["why"] == "mail for default is held, and nobody asks for it"


def test_what_goes_at_once_does_not_wait_for_a_flush(machine: Path) -> None:
    machine.write_text(MAIN.replace("defer_transports = smtp\n", ""))
    code, said = conforms(machine, LOG)
    assert (code, said["refusal"]["line"]) == (1, 3)
    assert "mail for default is not held" in said["refusal"]["why"]


def test_a_log_that_begins_in_the_middle(machine: Path) -> None:
    code, said = conforms(machine, LOG[9:])
    assert (code, said["conforms"]) == (0, True)
    assert [one["known"] for one in said["waits"]] == [0], "when it came is not known"


SCENARIO = """\
format = 1
[connector]
product = "postfix"
queue_capacity = 3
[main]
defer_transports = ["smtp"]
[flush]
on_link_up = {on_link_up}
every = 3600
[links.isp]
[[mail]]
name = "default"
link = "isp"
[[mail]]
name = "one.example"
transport = "free"
link = "isp"
[[mail]]
name = "two.example"
link = "isp"
[[check]]
claim = "queued-mail-is-resolved"
"""
ADDRESS = {"default": "a@far.example", "one.example": "b@one.example", "two.example": "c@two.example"}


@pytest.mark.parametrize("on_link_up", ["true", "false"])
def test_each_message_of_a_run_with_many_is_a_run_by_itself(tmp_path: Path, on_link_up: str) -> None:
    """What is followed message by message must refuse nothing that the whole machine can do."""
    path = tmp_path / "machine.toml"
    path.write_text(SCENARIO.format(on_link_up=on_link_up))
    system = open_installation(path).without_clocks().router(NONE).system
    for seed in range(some(60)):
        log = tmp_path / "mail.log"
        log.write_text("\n".join(_written(Reader(system), random.Random(seed))))  # noqa: S311  # no secret depends on it
        answer = conform(path, [log])
        assert answer.refusal is None, (seed, answer.refusal)
        assert sum(one.number for one in answer.waits) == log.read_text().count("status=sent")


def _written(reader: Reader, chance: random.Random) -> list[str]:
    """What Postfix writes in a random run of the machine."""
    values = next(iter(reader.initial_states()))
    queues: dict[str, list[str]] = {name: [] for name in ADDRESS}
    lines: list[str] = []
    number = 0

    def write(program: str, text: str) -> None:
        lines.append(f"2026-11-28T08:{len(lines) // 60 % 60:02}:{len(lines) % 60:02} gw postfix/{program}[9]: {text}")

    def to(name: str, message: str, status: str) -> str:
        return f"{message}: to=<{ADDRESS[name]}>, relay=x, dsn=0.0.0, status={status}"

    concerns = {action.name: action.concerns for action in reader.system.actions}
    for _ in range(80):
        taken, after = chance.choice(sorted(reader.events(values), key=repr))
        name = concerns[taken.name]
        for held in ("default", "two.example"):
            place = reader.names[f"batch {held}"]
            before, now = int(values[place]), int(after[place])
            if now < before and taken.name != f"deliver({held})":
                for message in queues[held][:before]:
                    write("smtp", to(held, message, "deferred (connect to x: Connection timed out)"))
        if taken.name == f"arrive({name})":
            number += 1
            message = f"M{number}"
            queues[name].append(message)
            write("cleanup", f"{message}: message-id=<x>")
            if name != "one.example" and chance.random() < 0.5:
                write("error", to(name, message, "deferred (deferred transport)"))
        elif taken.name == f"deliver({name})":
            message = queues[name].pop(0)
            write("smtp", to(name, message, "sent (ok)"))
            write("qmgr", f"{message}: removed")
        values = after
    return lines
