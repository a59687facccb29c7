"""A Postfix of its own in a folder: it listens on loopback, and writes its log into the folder."""

import os
import pwd
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.servers.loopback import PATIENCE, answers, free_port, may_be_entered, send, wait_until

MISSING = (
    "no Postfix: this test starts one, which takes root, postfix and smtp-sink (Debian: apt-get install postfix)"
    if os.geteuid() != 0 or shutil.which("postfix") is None or shutil.which("smtp-sink") is None
    else ""
)
"""Why no Postfix can be started here; empty if one can."""

_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = {commands}
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
alternate_config_directories =
myhostname = gw.example.org
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_host_lookup = native
smtpd_peername_lookup = no
alias_maps =
alias_database =
local_recipient_maps =
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
relayhost = [127.0.0.1]:{sink}
transport_maps = texthash:{folder}/conf/transport
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 1 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
slow unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Server:
    """A Postfix whose relay host is a port of loopback, and whose mail for lan.example goes to another one."""

    def __init__(self, folder: Path, main: str) -> None:
        self.log = folder / "mail.log"
        self._conf = folder / "conf"
        self.port, self.sink, self.lan = free_port(), free_port(), free_port()
        for name in ("conf", "queue", "data"):
            (folder / name).mkdir()
        may_be_entered(folder)
        os.chown(folder / "data", pwd.getpwnam("postfix").pw_uid, -1)
        commands = str(Path(shutil.which("postfix") or "").parent)
        (self._conf / "main.cf").write_text(_MAIN.format(folder=folder, commands=commands, sink=self.sink) + main)
        (self._conf / "master.cf").write_text(_MASTER.format(port=self.port))
        (self._conf / "transport").write_text(f"lan.example slow:[127.0.0.1]:{self.lan}\n")

    def command(self, *words: str) -> None:
        """Run one of Postfix's commands about this server."""
        name, *others = words
        subprocess.run([name, "-c", str(self._conf), *others], check=True, capture_output=True, timeout=PATIENCE)

    def send(self, *recipients: str) -> None:
        """Hand it a message."""
        send(self.port, *recipients)

    def flush(self, text: str, times: int = 1) -> None:
        """Flush its queue until its log has what matches `text` so often.

        A flush misses a message that is being deferred at this moment.
        """
        end = time.monotonic() + PATIENCE
        while not self._has(text, times) and time.monotonic() < end:
            self.command("postqueue", "-f")
            with suppress(TimeoutError):
                wait_until(lambda: self._has(text, times), text, patience=2)
        self.logs(text, times)

    def _has(self, text: str, times: int) -> bool:
        return self.log.exists() and len(re.findall(text, self.log.read_text())) >= times

    def logs(self, text: str, times: int = 1) -> None:
        """Wait until its log has what matches `text` so often."""
        wait_until(lambda: self._has(text, times), f"{text!r} in {self.log}")


@contextmanager
def started(folder: Path, main: str) -> Iterator[Server]:
    """A server that runs until the end of the block; `main` is added to its main.cf."""
    server = Server(folder, main)
    server.command("postfix", "start")
    try:
        wait_until(lambda: answers(server.port), "Postfix listens")
        yield server
    finally:
        server.command("postfix", "abort")
