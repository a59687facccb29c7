"""An Exim of its own in a folder: it listens on loopback, and writes its log into the folder."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.loopback import PATIENCE, answers, free_port, may_be_entered, send, wait_until

_USER = "Debian-exim"


def _why_missing() -> str:
    found = shutil.which("exim4")
    here = found is not None and os.geteuid() == 0 and shutil.which("smtp-sink") is not None
    if here and subprocess.run([str(found), "-C", "/dev/null", "-bV"], capture_output=True, check=False).returncode == 0:
        return ""
    return "no Exim: this test starts one, which takes root, exim4, its user, and smtp-sink of Postfix (see .ci/run)"


MISSING = _why_missing()
"""Why no Exim can be started here; empty if one can."""

_CONFIGURATION = """\
exim_path = {exim}
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/exim.pid
primary_hostname = gw.example.org
tls_advertise_hosts =
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
acl_smtp_rcpt = take_all
keep_environment =
log_selector = +queue_run
{main}
begin acl
take_all:
  accept
begin routers
lan:
  driver = manualroute
  domains = lan.example
  transport = over_lan
  route_list = * 127.0.0.1 byname
  self = send
smarthost:
  driver = manualroute
  transport = over_line
  route_list = * 127.0.0.1 byname
  self = send
begin transports
over_line:
  driver = smtp
  port = {sink}
  allow_localhost
over_lan:
  driver = smtp
  port = {lan}
  allow_localhost
begin retry
{retry}
"""


class Server:
    """An Exim whose smarthost is a port of loopback, and whose mail for lan.example goes to another one."""

    def __init__(self, folder: Path, main: str, retry: str) -> None:
        self.log = folder / "log" / "mainlog"
        self._exim = str(Path(shutil.which("exim4") or "").resolve())
        self._conf = folder / "exim.conf"
        self.port, self.sink, self.lan = free_port(), free_port(), free_port()
        user = pwd.getpwnam(_USER)
        for name in ("spool", "log"):
            (folder / name).mkdir()
            os.chown(folder / name, user.pw_uid, user.pw_gid)
        may_be_entered(folder)
        text = _CONFIGURATION.format(
            exim=self._exim, folder=folder, port=self.port, sink=self.sink, lan=self.lan, main=main, retry=retry
        )
        self._conf.write_text(text)
        self._conf.chmod(0o644)

    def command(self, *options: str) -> None:
        """Run Exim with these options."""
        subprocess.run([self._exim, "-C", str(self._conf), *options], check=True, capture_output=True, timeout=PATIENCE)

    def send(self, *recipients: str) -> None:
        """Hand it a message."""
        send(self.port, *recipients)

    def logs(self, text: str, times: int = 1) -> None:
        """Wait until its log has `text` so often."""
        wait_until(lambda: self.log.exists() and self.log.read_text().count(text) >= times, f"{text!r} in {self.log}")


@contextmanager
def started(folder: Path, main: str, *, retry: str = "* * F,2h,1s; F,4d,6h", runs: str = "") -> Iterator[Server]:
    """A server that runs until the end of the block; `main` is added to its configuration, `runs` is when it runs the queue."""
    server = Server(folder, main, retry)
    server.command("-bd", *([runs] if runs else []), "-oP", str(folder / "exim.pid"))
    try:
        wait_until(lambda: answers(server.port), "Exim listens")
        yield server
    finally:
        os.kill(int((folder / "exim.pid").read_text()), signal.SIGTERM)
