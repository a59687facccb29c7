"""A worker process: reads tasks from standard input, writes answers to standard output, until the input ends.

It is started as a program of its own, so that a crash, a memory limit or a kill takes nothing with it but the task;
`dialproof.portfolio.process` says how. Each task is done by a copy of the worker (fork), made before anything was asked of a
solver: what a solver finds depends on the terms that it has seen before, and no task may depend on which ones came earlier. What
it unpickles are values of dialproof's own classes: nothing that a message names makes it import another module.
"""

import gc
import os
import signal
import sys
from typing import IO

import z3

from dialproof.core.errors import InputError
from dialproof.portfolio.parent import killed_with_parent
from dialproof.portfolio.pipe import READY, receive, send
from dialproof.portfolio.tasks import Answer, Do, Task, loaded


def main() -> None:
    """Serve tasks. A refused input is answered as ("refused", error); the depth of a search as ("depth", n)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tasks, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    z3.main_ctx()  # no term is in it; each copy need not make one
    send(answers, (READY, None))
    while True:
        try:
            task = receive(tasks)
        except EOFError:
            return
        assert isinstance(task, Task)
        do = loaded(task)  # here, so that the next copy need not load it again
        gc.freeze()  # what is shared with copies is left alone, and stays shared
        worker = os.getpid()
        child = os.fork()
        if child == 0:
            killed_with_parent()
            if os.getppid() != worker:  # it was killed before this process could ask to end with it
                os._exit(1)
            _answer(task, do, answers)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            _end_like(os.waitstatus_to_exitcode(status))


def _answer(task: Task, do: Do, answers: IO[bytes]) -> None:
    """Do `task` and say what came of it."""
    try:
        answer: Answer = do(task.problem.problem(), lambda depth: send(answers, ("depth", depth)))
    except InputError as refused:
        send(answers, ("refused", str(refused)))
    else:
        send(answers, ("answer", answer))


def _end_like(code: int) -> None:
    """End as the copy has ended that was at a task: without an answer. Whoever waits for one hears how."""
    if code < 0:
        os.kill(os.getpid(), -code)
    os._exit(code)
