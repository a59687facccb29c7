"""A worker process: reads tasks from standard input, writes answers to standard output, until the input ends.

It is started as a program of its own, so that a crash, a memory limit or a kill takes nothing with it but the task;
`dialproof.portfolio.process` says how. Each search is done by a copy of the worker (fork), made before anything was asked of a
solver: what a solver finds depends on the terms that it has seen before, and no search may depend on which ones came earlier. An
audit finds nothing, it only says whether each obligation is discharged: one copy makes all of them, and need not begin anew. What
it unpickles are values of dialproof's own classes: nothing that a message names makes it import another module.
"""

import gc
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import IO

import z3

from dialproof.core.errors import InputError
from dialproof.portfolio.attempt import Role
from dialproof.portfolio.parent import killed_with_parent
from dialproof.portfolio.pipe import READY, receive, send
from dialproof.portfolio.tasks import Answer, Do, Task, loaded


def main() -> None:
    """Serve tasks. A refused input is answered as ("refused", error); the depth of a search as ("depth", n)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tasks, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    z3.main_ctx()  # no term is in it; each copy need not make one
    auditor: _Auditor | None = None
    send(answers, (READY, None))
    while True:
        try:
            task = receive(tasks)
        except EOFError:
            return
        assert isinstance(task, Task)
        if task.attempt.role is Role.AUDIT:
            auditor = auditor or _Auditor(tasks, answers)
            auditor.make(task)
            continue
        do = loaded(task)  # here, so that the next copy need not load it again
        gc.freeze()  # what is shared with copies is left alone, and stays shared
        child = _copied(partial(_answer, task, do, answers))
        _, status = os.waitpid(child, 0)
        if status:
            _end_like(status)


class _Auditor:
    """The copy of the worker that makes its audits, one after the other."""

    def __init__(self, tasks: IO[bytes], answers: IO[bytes]) -> None:
        asked, self._asking = os.pipe()
        self._told, telling = os.pipe()
        gc.freeze()

        def serve() -> None:
            tasks.close()  # they are the worker's to read
            os.close(self._asking)
            os.close(self._told)
            with os.fdopen(asked, "rb") as audits:
                while True:
                    try:
                        task = receive(audits)
                    except EOFError:
                        return
                    assert isinstance(task, Task)
                    _answer(task, loaded(task), answers)
                    os.write(telling, b".")

        self._process = _copied(serve)
        os.close(asked)
        os.close(telling)

    def make(self, task: Task) -> None:
        """Have the audit made and answered. Ends the worker as the copy has ended, if it has."""
        with os.fdopen(os.dup(self._asking), "wb") as asking:
            send(asking, task)
        if not os.read(self._told, 1):
            _, status = os.waitpid(self._process, 0)
            _end_like(status)


def _copied(work: Callable[[], None]) -> int:
    """A copy of this process that does `work` and ends, and that ends with this one; returns its process id."""
    worker = os.getpid()
    child = os.fork()
    if child:
        return child
    killed_with_parent()
    if os.getppid() != worker:  # it was killed before this process could ask to end with it
        os._exit(1)
    work()
    os._exit(0)


def _answer(task: Task, do: Do, answers: IO[bytes]) -> None:
    """Do `task` and say what came of it."""
    try:
        answer: Answer = do(task.problem.problem(), lambda depth: send(answers, ("depth", depth)))
    except InputError as refused:
        send(answers, ("refused", str(refused)))
    else:
        send(answers, ("answer", answer))


def _end_like(status: int) -> None:
    """End as the copy has ended that was at a task: without an answer. Whoever waits for one hears how."""
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        os.kill(os.getpid(), -code)
    os._exit(code)
