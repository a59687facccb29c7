"""A pool of worker processes: starts tasks, hears answers, kills by process id."""

import selectors
import time
from dataclasses import dataclass
from typing import Self

from dialproof.core.errors import InternalError
from dialproof.portfolio.pipe import READY
from dialproof.portfolio.process import Key, Worker
from dialproof.portfolio.tasks import Task

__all__ = ["Key", "Pool", "Reply"]


@dataclass(frozen=True)
class Reply:
    """What a worker said about the task called `key`: ("depth", n), ("answer", ...), ("refused", why) or ("died", why)."""

    key: Key
    kind: str
    content: object


AHEAD = 8
"""How many cases are open at least, as long as there are so many."""


class Pool:
    """Up to `size` workers, started when they are needed. Use it as a context manager: leaving it kills every worker."""

    def __init__(self, size: int) -> None:
        if size < 1:
            raise InternalError(f"a pool needs at least one worker; got {size}")
        self._size = size
        self._idle: list[Worker] = []
        self._busy: dict[Key, Worker] = {}
        self._lost = 0  # how many have been killed, one after the other, before they were ready

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def ahead(self) -> int:
        """How many cases are to be open, as long as there are so many, so that the workers always find something to do."""
        return max(AHEAD, 4 * self._size)

    def close(self) -> None:
        """Kill every worker."""
        for worker in (*self._idle, *self._busy.values()):
            worker.kill()
        self._idle, self._busy = [], {}

    def prepare(self, most: int | None = None) -> None:
        """Start the workers that are missing (up to `most`), so that they have imported a solver by the time a task comes."""
        while len(self._idle) + len(self._busy) < min(self._size, most or self._size):
            self._idle.append(Worker())

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
        worker = self._idle.pop() if self._idle else Worker()
        if worker.is_ready and not worker.is_alive:  # somebody has killed it while it was idle, which is no fault of the task
            worker.kill()
            worker = Worker()
        self._busy[key] = worker
        worker.begin(key, task)

    def kill(self, key: Key) -> None:
        """End the task called `key`, if it is under way, by ending its worker."""
        worker = self._busy.pop(key, None)
        if worker is not None:
            worker.kill()

    def wait(self, seconds: float | None) -> list[Reply]:
        """The next replies; an empty list after `seconds`. Raises InternalError if a worker cannot start."""
        with selectors.DefaultSelector() as selector:
            for worker in self._busy.values():
                selector.register(worker.output, selectors.EVENT_READ, worker)
            ready = [key.data for key, _ in selector.select(seconds)]
        return [reply for worker in ready if (reply := self._hear(worker)) is not None]

    def _hear(self, worker: Worker) -> Reply | None:
        """What `worker` says of its task; None where it only says that it is ready, or where another one takes its place."""
        try:
            kind, content = worker.hear()
        except EOFError:
            return self._bury(worker)
        if kind == READY:
            worker.is_ready = True
            self._lost = 0
            return None
        if kind != "depth":
            self._idle.append(self._busy.pop(worker.key))
        return Reply(worker.key, kind, content)

    def _bury(self, worker: Worker) -> Reply | None:
        """A worker has died: at its task, which is a reply; or before it was ready, which is no answer to any task."""
        self._busy.pop(worker.key)
        cause = worker.cause_of_death()
        was_killed = worker.was_killed
        worker.kill()
        if worker.is_ready:
            return Reply(worker.key, "died", cause)
        if not was_killed or self._lost:
            raise InternalError(f"a worker cannot start: {cause}")
        self._lost += 1  # it was ended from outside: that may be a chance, once
        assert worker.task is not None
        self.start(worker.key, worker.task)
        return None
