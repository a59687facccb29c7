"""A worker process: reads tasks from standard input, writes answers to standard output, until the input ends.

It is started as a program of its own (never forked: solver state must not be shared), so that a crash, a memory limit or a
kill takes nothing with it but the task; `dialproof.portfolio.process` says how. What it unpickles are values of dialproof's own
classes: nothing that a message names makes it import another module.
"""

import os
import signal
import sys

from dialproof.core.errors import InputError
from dialproof.encode.problem import Packed, Problem
from dialproof.portfolio.pipe import READY, receive, send
from dialproof.portfolio.tasks import Answer, Task, perform


def main() -> None:
    """Serve tasks. A refused input is answered as ("refused", error); the depth of a search as ("depth", n)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tasks, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    send(answers, (READY, None))
    known: tuple[Packed, Problem] | None = None
    while True:
        try:
            task = receive(tasks)
        except EOFError:
            return
        assert isinstance(task, Task)
        try:
            if known is None or known[0] != task.problem:
                same_system = known is not None and known[0].system == task.problem.system
                known = task.problem, task.problem.problem(known[1] if known is not None and same_system else None)
            answer: Answer = perform(task, known[1], lambda depth: send(answers, ("depth", depth)))
        except InputError as refused:
            send(answers, ("refused", str(refused)))
        else:
            send(answers, ("answer", answer))
