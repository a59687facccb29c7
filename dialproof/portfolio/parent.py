"""A worker ends with the process that started it, also while a solver runs, and so does each program that it has started.

Nobody may be left to kill it: whoever started it can be ended by a signal that it cannot handle. A worker finds that out in
three ways. A thread sees that nobody is at the other end of its standard input (a solver releases the interpreter's lock), or
that it was handed to another parent, in case that end is held by a copy of its parent. And where the system has a signal for
the death of a parent, it asks for it.
"""

import ctypes
import os
import select
import signal
import sys
import threading
from typing import NoReturn

PAUSE = 0.5
"""After how many seconds it is looked again whether the parent is still the same."""

_PR_SET_PDEATHSIG = 1


def end_with_parent(*, by_signal: bool) -> None:
    """From now on this process, whose standard input is a pipe from its parent, ends when the parent does.

    `by_signal`: the main thread of the parent has started it. The system's signal comes when the *thread* ends that has started
    a process, so that it must not be asked for by a process that is to outlive the thread.
    """
    parent = os.getppid()
    if by_signal:
        killed_with_parent()
    threading.Thread(target=_watch, args=(sys.stdin.fileno(), parent), name="parent", daemon=True).start()


def killed_with_parent() -> None:
    """Have the system kill this process when the thread that started it ends; without effect where the system cannot."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def _watch(pipe: int, parent: int) -> NoReturn:
    poll = select.poll()
    poll.register(pipe, 0)  # that the other side is gone is told unasked
    while not poll.poll(PAUSE * 1000) and os.getppid() == parent:
        pass
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)  # what it has started too
    os._exit(1)
