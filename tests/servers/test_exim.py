"""What a real Exim does is a run of the model: its log is recorded anew each time."""

from pathlib import Path

import pytest

from model.logs.format import Outcome
from properties.logs.conformance import Conformance, conform
from tests.servers.exim import MISSING, Server, started
from tests.servers.loopback import line_up

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)

QUEUED = "queue_smtp_domains = ! lan.example : *"
FAR, LAN = "bob@far.example", "joe@lan.example"
MODEL = """\
{main}
begin routers
lan:
  driver = manualroute
  domains = lan.example
  transport = over_lan
  route_list = * 10.0.0.5
smarthost:
  driver = manualroute
  transport = over_line
  route_list = * 192.0.2.5
begin transports
over_line:
  driver = smtp
over_lan:
  driver = smtp
begin retry
{retry}
"""


def model_of(folder: Path, main: str = QUEUED, *, hook: str = "exim4 -qf", retry: str = "* * F,2h,1s; F,4d,6h") -> Path:
    """The same machine as its owner would have it, with hosts that are not on loopback; a script runs the queue, nobody else."""
    model = folder / "model"
    model.mkdir(exist_ok=True)
    (model / "exim4.conf").write_text(MODEL.format(main=main, retry=retry))
    (model / "ip-up").write_text(f"{hook}\n")
    return model / "exim4.conf"


def followed(server: Server, model: Path) -> Conformance:
    return conform(model, [server.log])


@pytest.fixture(scope="module")
def queued(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A machine on which mail waits for a queue run: one comes while the line is down, one while it is up; then more mail."""
    with started(tmp_path_factory.mktemp("queued"), QUEUED) as server:
        with line_up(server.lan):
            server.send(FAR)
            server.send(FAR, LAN)
            server.logs("first-pass only routing", 2)
            server.logs(" => joe@lan.example")
        server.command("-q")
        server.logs("Connection refused")
        with line_up(server.sink):
            server.command("-qf")
            server.logs(" Completed", 2)
            server.send(FAR)
            server.logs("first-pass only routing", 3)
    return server


def test_what_a_machine_with_queue_runs_does_is_a_run(queued: Server, tmp_path: Path) -> None:
    answer = followed(queued, model_of(tmp_path))
    assert answer.refusal is None, answer.refusal
    assert {(one.route, one.number) for one in answer.waits} == {("default", 2), ("lan.example", 1)}
    assert [one.route for one in answer.waiting] == ["default"], "what came while the line was up waits for the next run"


def test_a_forgotten_queue_run_is_found(queued: Server, tmp_path: Path) -> None:
    answer = followed(queued, model_of(tmp_path, f"{QUEUED}\nhold_domains = ! lan.example : *", hook="exim4 -q"))
    assert answer.refusal is not None
    assert "Connection refused" in answer.refusal.line.text


def test_a_machine_on_which_nothing_waits_does_not_write_so(queued: Server, tmp_path: Path) -> None:
    answer = followed(queued, model_of(tmp_path, ""))
    assert answer.refusal is not None
    assert answer.refusal.why == "mail for default is not held"


def test_a_broken_log_of_a_real_server_is_refused(queued: Server, tmp_path: Path) -> None:
    lines = queued.log.read_text().splitlines()
    cut = tmp_path / "cut.log"
    cut.write_text("\n".join(line for line in lines if " => bob" not in line))
    answer = conform(model_of(tmp_path), [cut])
    assert answer.refusal is not None
    assert "neither sent nor returned" in answer.refusal.why


def test_each_message_is_tried_when_it_comes_and_then_at_its_retry_time(tmp_path: Path) -> None:
    with started(tmp_path, "", runs="-q1s") as server:
        server.send(FAR)
        server.logs("Connection refused", 2)
        with line_up(server.sink):
            server.logs(" Completed")
    assert followed(server, model_of(tmp_path, "", hook="exim4 -q")).refusal is None


def test_without_a_retry_rule_the_first_failure_returns_mail(tmp_path: Path) -> None:
    with started(tmp_path, "", retry="") as server:
        server.send(FAR)
        server.logs(" ** bob@far.example")
    answer = followed(server, model_of(tmp_path, "", retry=""))
    assert answer.refusal is None, answer.refusal
    assert {one.outcome for one in answer.waits} == {Outcome.RETURNED}


def test_a_host_that_refuses_for_now(tmp_path: Path) -> None:
    with started(tmp_path, QUEUED) as server:
        server.send(FAR)
        server.logs("first-pass only routing")
        with line_up(server.sink, "-r", "rcpt"):
            server.command("-qf")
            server.logs("SMTP error from remote mail server")
        with line_up(server.sink):
            server.command("-qf")
            server.logs(" Completed")
    answer = followed(server, model_of(tmp_path))
    assert answer.refusal is None, answer.refusal
