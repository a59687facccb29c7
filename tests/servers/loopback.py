"""What a mail server on loopback needs: ports, somebody who sends, and a host at the other end of the "line"."""

import smtplib
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 60.0
"""Seconds in which a server has done what it is waited for."""


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def may_be_entered(folder: Path) -> None:
    """Let daemons that do not run as root into a folder of the tests."""
    for one in (folder, *folder.parents):
        if one.owner() == "root" and one != Path("/") and one.stat().st_mode & 0o055 != 0o055:
            one.chmod(0o755)


def send(port: int, *recipients: str) -> None:
    """Hand a message to the server at a port of loopback."""
    with smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE) as connection:
        connection.sendmail("ann@gw.example.org", recipients, "Subject: x\n\nhello\n")


@contextmanager
def line_up(port: int, *options: str) -> Iterator[None]:
    """A host at the other end of the line that takes mail, as long as the block lasts."""
    command = ["smtp-sink", "-u", "postfix", *options, f"127.0.0.1:{port}", "10"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as sink:
        try:
            wait_until(lambda: answers(port), "the other end listens")
            yield
        finally:
            sink.kill()


def answers(port: int) -> bool:
    """Whether somebody listens on a port of loopback."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def wait_until(done: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait until something is `done`. Raises TimeoutError."""
    end = time.monotonic() + patience
    while not done():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {patience:g} s: {what}")
        time.sleep(0.05)
