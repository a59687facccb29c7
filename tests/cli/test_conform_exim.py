"""`dialproof conform` and the main log of Exim."""

import json
from pathlib import Path

import pytest

from tests.cli.test_configurations import run
from tests.servers.test_exim import MODEL, QUEUED

A, B = "1xYBJD-0002VK-0X", "1xYBJD-000000002VL-3Z4a"
"""Names of messages, in the form of Exim 4.96 and in that of 4.97."""

LOG = f"""\
2026-11-28 08:00:00 exim 4.96 daemon started: pid=9584, -q30m, listening for SMTP on [127.0.0.1]:25
2026-11-28 08:00:00 Start queue run: pid=9586
2026-11-28 08:00:00 End queue run: pid=9586
2026-11-28 08:10:00 {A} <= ann@gw.example H=(pc) [10.0.0.9] P=esmtp S=197
2026-11-28 08:10:00 {A} == bob@far.example R=smarthost T=over_line defer (-1): first-pass only routing due to queue_smtp_domains
2026-11-28 08:20:00 {B} <= ann@gw.example H=(pc) [10.0.0.9] P=esmtp S=197
2026-11-28 08:20:01 {B} => joe@lan.example R=lan T=over_lan H=10.0.0.5 [10.0.0.5] C="250 Ok"
2026-11-28 08:20:01 {B} -> ann@gw.example R=local_user T=mail_spool
2026-11-28 08:20:01 {B} Completed
2026-11-28 08:30:00 Start queue run: pid=9600
2026-11-28 08:30:02 {A} == bob@far.example R=smarthost T=over_line defer (111): Connection refused
2026-11-28 08:30:02 End queue run: pid=9600
2026-11-28 09:00:00 Start queue run: pid=9700
2026-11-28 09:00:03 {A} => bob@far.example R=smarthost T=over_line H=192.0.2.5 [192.0.2.5] C="250 Ok"
2026-11-28 09:00:03 {A} Completed
2026-11-28 09:00:03 End queue run: pid=9700
""".splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    (tmp_path / "exim4.conf").write_text(MODEL.format(main=QUEUED, retry="* * F,2h,15m; F,4d,6h"))
    return tmp_path / "exim4.conf"


def conforms(machine: Path, lines: list[str]) -> tuple[int, dict]:  # type: ignore[type-arg]
    path = machine.with_name("mainlog")
    path.write_text("\n".join(lines))
    code, out, err = run("conform", machine, "--log", path, "--json")
    assert out, err
    return code, json.loads(out)


def test_a_log_that_exim_may_write_is_a_run(machine: Path) -> None:
    code, said = conforms(machine, LOG)
    assert (code, said["refusal"]) == (0, None)
    assert said["times"] == {"flush": 3, "deliver(default)": 1, "deliver(lan.example)": 1}
    assert [(one["class"], one["longest_s"]) for one in said["waits"]] == [("default", 3003), ("lan.example", 1)]
    assert said["waiting"] == []


def test_times_with_a_zone_and_the_numbers_of_processes_are_read(machine: Path) -> None:
    code, said = conforms(machine, [f"{line[:19]} +0100 [77] {line[20:]}" for line in LOG])
    assert (code, said["refusal"], said["first"]) == (0, None, "2026-11-28T08:00:00+01:00")


def without(*places: int) -> list[str]:
    return [line for number, line in enumerate(LOG, start=1) if number not in places]


@pytest.mark.parametrize(
    ("lines", "place", "why"),
    [
        pytest.param(without(10), 10, "no run of the model", id="the run of the queue is missing"),
        pytest.param(without(13), 13, "no run of the model", id="the second run is missing, and it is sent"),
        pytest.param(without(14), 14, "neither sent nor returned", id="the delivery is missing"),
        pytest.param([*LOG[:14], LOG[13], *LOG[14:]], 15, "has left for this recipient before", id="sent twice"),
        pytest.param(
            [*LOG[:6], LOG[4].replace("08:10", "08:20").replace(A, B).replace("far", "lan"), *LOG[6:]],
            7,
            "is not held",
            id="held by mistake",
        ),
        pytest.param(
            [*LOG[:12], LOG[3].replace("08:10", "07:10").replace(A, B)], 13, "clock was set back", id="a clock set back"
        ),
    ],
)
def test_a_broken_log_is_refused_at_its_line(machine: Path, lines: list[str], place: int, why: str) -> None:
    code, said = conforms(machine, lines)
    assert (code, said["conforms"], said["refusal"]["line"]) == (1, False, place)
    assert why in said["refusal"]["why"]
