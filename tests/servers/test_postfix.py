"""What a real Postfix does is a run of the model: its log is recorded anew each time."""

from pathlib import Path

import pytest

from model.logs.format import Outcome
from properties.logs.conformance import Conformance, conform
from tests.servers.loopback import line_up
from tests.servers.postfix import MISSING, Server, started

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)

HELD = "defer_transports = smtp\n"
FAR, LAN = "bob@far.example", "joe@lan.example"


def model_of(folder: Path, *, main: str = HELD, flushed: bool = True) -> Path:
    """The same machine as its owner would have it, with a relay host that is not on loopback."""
    model = folder / "model"
    model.mkdir(exist_ok=True)
    (model / "main.cf").write_text(f"relayhost = [smtp.isp.example]\ntransport_maps = texthash:transport\n{main}")
    (model / "transport").write_text("lan.example slow:[mail.lan]\n")
    (model / "ip-up").write_text("postqueue -f\n" if flushed else "true\n")
    return model / "main.cf"


def followed(server: Server, model: Path) -> Conformance:
    return conform(model, [server.log])


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A machine that holds mail: flushed while the line is down and while it is up, and mail comes while it is up."""
    with started(tmp_path_factory.mktemp("held"), HELD) as server:
        server.send(FAR)
        server.send(FAR, LAN)
        server.logs(r"\(deferred transport\)", 2)
        server.flush(r"to=<bob.*status=deferred .*connect to", 2)
        with line_up(server.sink), line_up(server.lan):
            server.flush("status=sent", 3)
            server.send(FAR)  # comes while the line is up, and nobody flushes again
            server.logs(r"\(deferred transport\)", 3)
    return server


def test_what_a_machine_that_holds_mail_does_is_a_run(held: Server, tmp_path: Path) -> None:
    answer = followed(held, model_of(tmp_path))
    assert answer.refusal is None, answer.refusal
    assert {(one.route, one.number) for one in answer.waits} == {("default", 2), ("lan.example", 1)}
    assert [one.route for one in answer.waiting] == ["default"], "what came while the line was up waits for the next flush"


def test_a_forgotten_flush_is_found(held: Server, tmp_path: Path) -> None:
    """If nobody flushed the queue, as the model of this file has it, the first attempt could not be."""
    answer = followed(held, model_of(tmp_path, flushed=False))
    assert answer.refusal is not None
    assert answer.refusal.why == "mail for default is held, and nobody asks for it"
    assert "to=<bob@far.example>" in answer.refusal.line.text
    assert "connect to" in answer.refusal.line.text


def test_a_machine_that_holds_nothing_does_not_write_so(held: Server, tmp_path: Path) -> None:
    answer = followed(held, model_of(tmp_path, main=""))
    assert answer.refusal is not None
    assert answer.refusal.line.text.endswith("(deferred transport)")


def test_a_broken_log_of_a_real_server_is_refused(held: Server, tmp_path: Path) -> None:
    lines = held.log.read_text().splitlines()
    sent = next(number for number, line in enumerate(lines) if "status=sent" in line and "far.example" in line)
    cut = tmp_path / "cut.log"
    cut.write_text("\n".join(lines[:sent] + lines[sent + 1 :]))
    answer = conform(model_of(tmp_path), [cut])
    assert answer.refusal is not None
    assert answer.refusal.line.text.endswith(": removed")


def test_mail_that_is_not_held_is_tried_again_and_again(tmp_path: Path) -> None:
    """What the model says of such a machine is provoked: each message and each retry is an attempt."""
    with started(tmp_path, "") as server:
        server.send(FAR)
        server.logs(r"status=deferred .*connect to")
        server.flush(r"status=deferred .*connect to", 3)  # by itself it may be a while
        with line_up(server.sink):
            server.flush("status=sent")
            server.logs(": removed")
    answer = followed(server, model_of(tmp_path, main=""))
    assert answer.refusal is None, answer.refusal
    held = followed(server, model_of(tmp_path, flushed=False))
    assert held.refusal is not None, "what is held and never flushed is never tried"


def test_mail_that_waits_too_long_is_returned(tmp_path: Path) -> None:
    with started(tmp_path, "maximal_queue_lifetime = 1s\nbounce_queue_lifetime = 1s\n") as server:
        server.send(FAR)
        server.flush("status=expired, returned to sender")
    assert followed(server, model_of(tmp_path, main="maximal_queue_lifetime = 1s\n")).refusal is None
    late = followed(server, model_of(tmp_path, main=""))
    assert late.refusal is not None
    assert "maximal_queue_lifetime is 5 days" in late.refusal.why


def test_a_host_that_refuses_for_now_makes_held_mail_wait_for_the_next_flush(tmp_path: Path) -> None:
    """The line is up, and the other end answers 450: the message is held again."""
    with started(tmp_path, HELD) as server:
        server.send(FAR)
        server.logs(r"\(deferred transport\)")
        with line_up(server.sink, "-r", "rcpt"):
            server.flush(r"status=deferred \(host")
        with line_up(server.sink):
            server.logs(r"\(deferred transport\)", 2)
            server.flush("status=sent")
            server.logs(": removed")
    answer = followed(server, model_of(tmp_path))
    assert answer.refusal is None, answer.refusal


def test_a_host_that_refuses_for_good_ends_it(tmp_path: Path) -> None:
    with started(tmp_path, HELD) as server:
        server.send(FAR)
        server.logs(r"\(deferred transport\)")
        with line_up(server.sink, "-f", "rcpt"):
            server.flush("status=bounced")
            server.logs(": removed")
    answer = followed(server, model_of(tmp_path))
    assert answer.refusal is None, answer.refusal
    assert ("default", Outcome.REFUSED, 1) in [(one.route, one.outcome, one.number) for one in answer.waits]
