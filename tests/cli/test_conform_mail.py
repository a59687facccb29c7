"""`dialproof conform` and the log of Postfix: each message is followed by itself."""

import json
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dialproof.notebook.walks import walk
from dialproof.semantics.interpreter import Reader
from model.fault import NONE
from properties.checks import open_installation
from properties.logs.chronicle import SPANS, Chronicle
from properties.logs.conformance import assert_conforms, conform, watch
from properties.logs.followed import Refusal
from tests.amounts import some
from tests.cli.test_configurations import run
from tests.gatehouse import ROOT

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
    assert "in all explanations: the link uplink comes up" in out
    assert "in some explanations: other traffic comes for uplink" in out
    code, _, err = run("conform", machine, "--log", machine.with_name("mail.log"), "--message", "Z9")
    assert (code, "no run of message 'Z9' can be shown" in err) == (2, True)


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


TIMED = """\
format = 1
[connector]
product = "postfix"
queue_capacity = 1
timed = true
[main]
maximal_queue_lifetime = 4500
[links.wan]
kind = "permanent"
[[mail]]
name = "default"
link = "wan"
[[check]]
claim = "queued-mail-is-resolved"
"""
TRIED = [line.replace("deferred transport", "connect to mx: timed out") for line in LOG if "lan.example" not in line]


def test_waits_stand_beside_the_proved_bound(tmp_path: Path) -> None:
    path, log = tmp_path / "machine.toml", tmp_path / "mail.log"
    path.write_text(TIMED)
    log.write_text("\n".join(TRIED))
    code, out, _ = run("conform", path, "--log", log, "--bounds")
    assert code == 1
    assert "The log is a run of the model" in out
    assert "Proved of this scenario: no message waits longer than 1:15:00." in out
    assert "Too long: A1 for default waited 1:30:04." in out
    assert "Overdue: B2 for default waits since 2026-11-28 08:10:00." in out


def test_without_clocks_nothing_is_proved_of_waits(machine: Path) -> None:
    machine.with_name("mail.log").write_text("\n".join(LOG))
    code, _, err = run("conform", machine, "--log", machine.with_name("mail.log"), "--bounds")
    assert code == 2
    assert "timed = true" in err


def test_a_log_that_grows_is_watched(tmp_path: Path, machine: Path) -> None:
    """Lines come, the log is rotated, a line is refused, and it goes on; nothing is said twice."""
    log = tmp_path / "mail.log"
    log.write_text("\n".join(LOG[:4]) + "\n" + LOG[4][:30])
    steps = iter(
        [
            lambda: log.write_bytes(log.read_bytes() + (LOG[4][30:] + "\n").encode()),
            lambda: (log.rename(tmp_path / "mail.log.1"), log.write_text("\n".join(LAN_HELD[5:8]) + "\n")),
            lambda: log.write_text("\n".join(LOG[8:9]) + "\n"),  # cut short
            lambda: None,
        ]
    )

    def still() -> bool:
        step = next(steps, None)
        return step is not None and step() is not False

    seen, answer = [], None
    watching = watch(machine, log, still=still)
    while answer is None:
        try:
            seen.append(next(watching))
        except StopIteration as end:
            answer = end.value
    (refusal,) = seen
    assert isinstance(refusal, Refusal)
    assert (refusal.line.number, refusal.why) == (2, "mail for lan.example is not held")
    assert answer.conforms
    assert answer.lines == 9


def test_who_waits_too_long_is_told_while_the_log_grows(tmp_path: Path) -> None:
    path, log = tmp_path / "machine.toml", tmp_path / "mail.log"
    path.write_text(TIMED)
    log.write_text("\n".join(TRIED[:3]) + "\n")
    command = [sys.executable, "-m", "dialproof", "conform", str(path), "--log", str(log), "--bounds", "--follow"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        said = program.stdout.readline()
        program.send_signal(signal.SIGTERM)
        rest = program.stdout.read()
    assert said == ("Overdue: mail for default (A1) waits since 2026-11-28 08:00:00; by proof it waits 1:15:00 at most\n")
    assert "still waiting" in rest
    assert program.returncode == 1


PRIVATE = ("bob", "ann", "eve", "joe", "far", "gw", "mx", "250 ok")


@pytest.mark.parametrize("lines", [LOG, LAN_HELD, EXPIRED], ids=["a run", "held by mistake", "returned too early"])
def test_an_anonymised_log_says_the_same(machine: Path, lines: list[str]) -> None:
    code, said = conforms(machine, lines)
    new = machine.with_name("public.log")
    other_code, other = conforms(machine, lines, "--anonymise", str(new))
    assert (other_code, other["refusal"] and other["refusal"]["why"]) == (code, said["refusal"] and said["refusal"]["why"])
    for key in ("conforms", "events", "first", "times", "waits", "waiting"):
        assert other[key] == said[key]
    text = new.read_text()
    assert [word for word in PRIVATE if word in text] == []
    assert "lan.example" in text, "the scenario names it"
    code, _, err = run("conform", machine, "--log", machine.with_name("mail.log"), "--anonymise", new)
    assert (code, "is there already" in err) == (2, True)
    assert new.read_text() == text


def test_what_happened_is_drawn(machine: Path) -> None:
    log, picture = machine.with_name("mail.log"), machine.with_name("log.svg")
    log.write_text("\n".join(LOG))
    assert run("conform", machine, "--log", log, "--picture", picture)[0] == 0
    assert "mail for default that waits (at most 2)" in picture.read_text()
    code, _, err = run("conform", machine, "--log", log, "--picture", picture.with_suffix(".gif"))
    assert (code, "as .svg or .png" in err) == (2, True)


def test_how_many_wait_is_counted_in_few_spans_of_time() -> None:
    """Whatever the length of the log: what comes in and leaves stays the same when spans get longer."""
    chronicle, start = Chronicle(), datetime(2026, 11, 28, tzinfo=UTC)
    for number in range(5000):
        chronicle.came("default", start + timedelta(seconds=number * 60))
        if number % 2:
            chronicle.left("default", start + timedelta(seconds=number * 60))
    course = chronicle.course()
    assert course is not None
    assert course.waiting("default")[-1][1] == 2500
    assert len(course.came["default"]) <= SPANS
    assert course.span * SPANS >= timedelta(seconds=5000 * 60)


def test_it_is_asserted_in_a_test_and_walked_in_a_notebook(machine: Path) -> None:
    log = machine.with_name("mail.log")
    log.write_text("\n".join(LOG))
    answer = assert_conforms(machine, log, message="A1")
    assert answer.run is not None
    assert walk(answer.run, answer.system).timeline()._repr_svg_()
    assert [row["class"] for row in answer.figures()] == ["default", "lan.example"]
    log.write_text("\n".join(LAN_HELD))
    with pytest.raises(AssertionError, match=r"mail\.log:7: mail for lan\.example is not held"):
        assert_conforms(machine, log)


def test_what_somebody_deletes_and_what_a_filter_takes_needs_no_line(machine: Path) -> None:
    filtered = LOG[6].replace("relay=mx", "relay=127.0.0.1[127.0.0.1]:10024").replace("joe@lan", "bob@far").replace("B2", "C3")
    deleted = "2026-11-28T10:30:00 gw postfix/postsuper[9]: B2: removed"
    lines = [
        *LOG[:6],
        LOG[3].replace("B2", "C3"),
        filtered,
        "2026-11-28T08:10:02 gw postfix/qmgr[21]: C3: removed",
        *LOG[6:],
        deleted,
    ]
    code, said = conforms(machine, lines)
    assert (code, said["refusal"], said["waiting"]) == (0, None, [])
    assert [(one["class"], one["outcome"]) for one in said["waits"]] == [
        ("default", "delivered"), ("default", "refused"), ("lan.example", "delivered"),
    ]  # fmt: skip
    assert conforms(machine, lines, "--anonymise", str(machine.with_name("public.log")))[0] == 0


FLUSHES = """
[[line]]
pattern = 'the queue is flushed'
shows = ["flush", "answer({line})"]

[[line]]
pattern = 'Starting link'
shows = ["dial({line})"]
"""
WITH_FLUSH = [
    *LOG[:7],
    "2026-11-28T09:29:30 gw pppd[7]: Starting link",
    "2026-11-28T09:29:59 gw ip-up[9]: the queue is flushed",
    *LOG[7:],
]


def test_what_happens_to_all_messages_is_in_the_log_too(machine: Path) -> None:
    """Whoever lets the script write a line that it flushes, and reads the lines of pppd, sees a flush that was forgotten."""
    postfix = (ROOT / "model/products/postfix/log.toml").read_text()
    form = machine.with_name("mine.toml")
    form.write_text(postfix.replace("programs = [", 'programs = ["ip-up", "pppd", ') + FLUSHES)
    code, said = conforms(machine, WITH_FLUSH, "--format", str(form))
    assert (code, said["refusal"]) == (0, None)
    assert said["times"]["answer(uplink)"] == 1
    code, said = conforms(machine, LOG, "--format", str(form))
    assert (code, said["refusal"]["line"]) == (1, 10), "nobody has flushed the queue"
    twice = [*WITH_FLUSH[:9], WITH_FLUSH[8], *WITH_FLUSH[9:]]
    code, said = conforms(machine, twice, "--format", str(form))
    assert (code, said["refusal"]["line"]) == (1, 10), "the line comes up once in a call"


def test_what_the_other_side_refuses_for_now_is_held_again(tmp_path: Path) -> None:
    """A real Postfix showed it: the line is up and stays up, and a message that a flush asked for waits for the next one."""
    (machine := tmp_path / "machine.toml").write_text(
        SCENARIO.replace("[links.isp]", "[links.isp]\ndrops_calls = false").format(on_link_up="true")
    )
    texts = [
        "deferred (deferred transport)",
        "deferred (host mx said: 450 later)",
        "deferred (deferred transport)",
        "sent (250 ok)",
    ]
    lines = ["2026-11-28T08:00:00 gw postfix/cleanup[20]: A1: message-id=<1@gw>"]
    lines += [
        f"2026-11-28T08:1{at}:00 gw postfix/smtp[9]: A1: to=<bob@far.example>, status={text}" for at, text in enumerate(texts)
    ]
    code, said = conforms(machine, lines)
    assert (code, said["refusal"]) == (0, None)
