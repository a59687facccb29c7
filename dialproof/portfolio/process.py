"""A worker process as the pool sees it: how it is started, told, heard and ended.

It is started on a safe path. Neither the current folder nor a project nor PYTHONPATH is where it looks for modules, so that no
file that lies beside a scenario runs for being called like a module of Python's; it finds dialproof and what the engines need
where this process has found them.
"""

import fcntl
import inspect
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import dialproof
from dialproof.core import pinned
from dialproof.core.errors import InternalError
from dialproof.portfolio.attempt import Attempt, Role
from dialproof.portfolio.pipe import receive, send
from dialproof.portfolio.tasks import Task

Key = tuple[int, Attempt]
"""The name of a task under way: the number of its case, and what is being tried."""

PIPE = 1 << 20
"""How many bytes a task may have before somebody waits for the worker to read it, where the system grants so many."""

NEEDED = ("z3", "networkx", "cvc5")
"""The packages that the engines and the audit import, besides dialproof."""

_ENDING = 5.0
"""For how many seconds a process that has closed its output may take to end."""

_LONGEST = 300
"""How many characters of what a worker said last are shown."""

_START = f"""{inspect.getsource(pinned)}
places = dict(zip(sys.argv[2::2], sys.argv[3::2], strict=True))
pin(places)
sys.path += [place for name, place in places.items() if name != "dialproof" and place not in sys.path]
from dialproof.portfolio.parent import end_with_parent
end_with_parent(by_signal=sys.argv[1] == "main")
from dialproof.portfolio.worker import main
main()
"""
"""What a worker's interpreter runs."""


class Worker:
    """One process, and the task that it is at. Raises InternalError if the system cannot start it."""

    def __init__(self) -> None:
        self._said: IO[bytes] | None = None
        with suppress(OSError):  # where no file can be made, nothing is known of why a worker has died
            self._said = TemporaryFile()  # noqa: SIM115  # `kill` closes it
        try:
            self.process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603  # this interpreter, with our own lines
                start_command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said or subprocess.DEVNULL,
                bufsize=0,  # a message left in a buffer would never wake the selector
                start_new_session=True,
                env=_environment(),
            )
        except OSError as error:
            if self._said is not None:
                self._said.close()
            raise InternalError(f"a worker cannot be started with {sys.executable!r}: {error.strerror or error}") from error
        self.key: Key = (-1, Attempt(Role.DECIDE))
        self.task: Task | None = None
        self.started = 0.0
        self.is_ready = False
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            with suppress(OSError):  # where a user may not have so much the pipe stays as it is, and `begin` may wait
                fcntl.fcntl(self._input, fcntl.F_SETPIPE_SZ, PIPE)

    @property
    def _input(self) -> IO[bytes]:
        """Where its tasks go."""
        assert self.process.stdin is not None
        return self.process.stdin

    @property
    def output(self) -> IO[bytes]:
        """Where its answers come from."""
        assert self.process.stdout is not None
        return self.process.stdout

    @property
    def is_alive(self) -> bool:
        """True if the process has not ended."""
        return self.process.poll() is None

    @property
    def was_killed(self) -> bool:
        """True if a signal has ended the process."""
        return (self.process.poll() or 0) < 0

    def begin(self, key: Key, task: Task) -> None:
        """Send it a task. That it has died meanwhile is heard by whoever waits for its answer."""
        self.key, self.task, self.started = key, task, time.monotonic()
        with suppress(BrokenPipeError):
            send(self._input, task)

    def hear(self) -> tuple[str, object]:
        """Its next message. Raises EOFError if it has died."""
        message = receive(self.output)
        assert isinstance(message, tuple)
        kind, content = message
        return kind, content

    def kill(self) -> None:
        """End the process at once, by its id, and everything it started."""
        if self.is_alive:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self._said):
            if pipe is not None:
                pipe.close()

    def cause_of_death(self) -> str:
        """Why the process has ended, which closed its output; with the last that it said."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_ENDING)
        code = self.process.poll()
        if code is None:
            return "its process closed its output"
        if code < 0:
            return f"its process was ended by {signal.Signals(-code).name}"
        return ": ".join(filter(None, (f"its process ended with exit code {code}", self._last_line())))

    def _last_line(self) -> str:
        if self._said is None:
            return ""
        self._said.seek(0)
        lines = [line.strip() for line in self._said.read().decode(errors="replace").splitlines() if line.strip()]
        return "".join(letter if letter.isprintable() else "?" for letter in lines[-1][:_LONGEST]) if lines else ""


def start_command() -> list[str]:
    """What starts a worker. What this interpreter was told not to do, it tells the other one too."""
    flags = {
        "-E": sys.flags.ignore_environment,
        "-s": sys.flags.no_user_site,
        "-S": sys.flags.no_site,
        "-B": sys.flags.dont_write_bytecode,
    }
    places = [part for name, place in _places() for part in (name, place)]
    starter = "main" if threading.get_native_id() == os.getpid() else "thread"
    return [sys.executable, "-P", *(flag for flag, is_set in flags.items() if is_set), "-c", _START, starter, *places]


def _environment() -> dict[str, str]:
    """The environment of a worker: that of this process, but for where modules are looked for, and with one order of sets."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"PYTHONHASHSEED": "0"}


def _places() -> Iterator[tuple[str, str]]:
    """The folder (or zip file) that each package comes from in this process."""
    yield "dialproof", str(Path(dialproof.__file__).resolve().parents[1])
    here = Path.cwd() if _has_folder() else None
    path = [place for place in sys.path if place and Path(place).resolve() != here]
    for name in NEEDED:
        # What is loaded is what this process works with; what is not is never taken from the folder that one happens to be in.
        loaded = getattr(sys.modules.get(name), "__spec__", None)
        spec = loaded if isinstance(loaded, ModuleSpec) else PathFinder.find_spec(name, path)
        if spec is not None and spec.origin is not None:
            inside = spec.submodule_search_locations
            yield name, str(Path(spec.origin).absolute().parents[0 if inside is None else 1])


def _has_folder() -> bool:
    """True if the current folder still exists."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return False
    return True
