"""A pool of worker processes: starts tasks, hears answers, kills by process id."""

import fcntl
import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

import dialproof
from dialproof.engines.pipe import receive, send
from dialproof.engines.tasks import Task
from dialproof.errors import InternalError

Key = tuple[int, str]
"""The name of a task under way: the number of its case, and what is being tried."""

PIPE = 1 << 20
"""How many bytes a task may have before somebody waits for the worker to read it, where the system grants so many."""


@dataclass(frozen=True)
class Reply:
    """What a worker said about the task called `key`: ("depth", n), ("answer", ...), ("refused", why) or ("died", why)."""

    key: Key
    kind: str
    content: object


class _Worker:
    """One process, and the task that it is at."""

    def __init__(self) -> None:
        root = str(Path(dialproof.__file__).resolve().parents[1])
        path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
        self.process: subprocess.Popen[bytes] = subprocess.Popen(
            [sys.executable, "-m", "dialproof.engines.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,  # a message left in a buffer would never wake the selector
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        self.key: Key = (-1, "idle")
        self.started = 0.0
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

    def begin(self, key: Key, task: Task) -> None:
        """Send it a task."""
        self.key, self.started = key, time.monotonic()
        send(self._input, task)

    def kill(self) -> None:
        """End the process at once, by its id, and everything it started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


class Pool:
    """Up to `size` workers, started when they are needed. Use it as a context manager: leaving it kills every worker."""

    def __init__(self, size: int) -> None:
        if size < 1:
            raise InternalError(f"a pool needs at least one worker; got {size}")
        self._size = size
        self._idle: list[_Worker] = []
        self._busy: dict[Key, _Worker] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill every worker."""
        for worker in (*self._idle, *self._busy.values()):
            worker.kill()
        self._idle, self._busy = [], {}

    def prepare(self, most: int | None = None) -> None:
        """Start the workers that are missing (up to `most`), so that they have imported a solver by the time a task comes."""
        while len(self._idle) + len(self._busy) < min(self._size, most or self._size):
            self._idle.append(_Worker())

    @property
    def free(self) -> int:
        """How many more tasks can be started now."""
        return self._size - len(self._busy)

    @property
    def running(self) -> tuple[Key, ...]:
        """The keys of the tasks under way."""
        return tuple(self._busy)

    def age(self, key: Key) -> float:
        """For how many seconds the task has been under way."""
        return time.monotonic() - self._busy[key].started

    def start(self, key: Key, task: Task) -> None:
        """Begin `task` under the name `key`."""
        worker = self._idle.pop() if self._idle else _Worker()
        self._busy[key] = worker
        try:
            worker.begin(key, task)
        except BrokenPipeError:
            worker.key = key  # its death is heard by `wait`

    def kill(self, key: Key) -> None:
        """End the task called `key`, if it is under way, by ending its worker."""
        worker = self._busy.pop(key, None)
        if worker is not None:
            worker.kill()

    def wait(self, seconds: float | None) -> list[Reply]:
        """The next replies; an empty list after `seconds`."""
        with selectors.DefaultSelector() as selector:
            for worker in self._busy.values():
                selector.register(worker.output, selectors.EVENT_READ, worker)
            ready = [key.data for key, _ in selector.select(seconds)]
        return [self._hear(worker) for worker in ready]

    def _hear(self, worker: _Worker) -> Reply:
        try:
            message = receive(worker.output)
        except EOFError:
            self._busy.pop(worker.key)
            worker.kill()
            return Reply(worker.key, "died", _cause_of_death(worker.process.returncode))
        assert isinstance(message, tuple)
        kind, content = message
        if kind != "depth":
            self._idle.append(self._busy.pop(worker.key))
        return Reply(worker.key, kind, content)


def _cause_of_death(code: int) -> str:
    if code < 0:
        return f"its process was ended by {signal.Signals(-code).name}"
    return f"its process ended with exit code {code}"
