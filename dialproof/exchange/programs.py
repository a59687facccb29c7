"""Programs of others that are asked for an opinion: for a limited time, in a folder of their own, and never longer than we live.

Such a program knows nothing of us. So a few lines of Python go before it, in its own process: they have the system kill it when
its parent ends (Linux; elsewhere it ends with the process group of the worker that asks), and limit its memory.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from dialproof.core.errors import NotApplicable

_BEFORE = """
import ctypes, os, resource, signal, sys
parent, megabytes, *command = sys.argv[1:]
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, int(signal.SIGKILL), 0, 0, 0)  # PR_SET_PDEATHSIG
os.kill(int(parent), 0)  # it fails if the parent has ended before that
if int(megabytes):
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = int(megabytes) * 2**20
    limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
os.execvp(command[0], command)
"""


def output_of(name: str, command: Sequence[str], folder: Path, *, timeout: float | None, megabytes: int = 0) -> tuple[str, int]:
    """What `command` prints in `folder`, on both of its outputs, and its exit code. `name` is what messages call it.

    It may take `timeout` seconds (None: no limit) and `megabytes` of memory (0: no limit). Raises NotApplicable if it takes
    too long.
    """
    before = [sys.executable, "-I", "-S", "-c", _BEFORE, str(os.getpid()), str(megabytes)]
    try:
        done = subprocess.run(  # noqa: S603  # the commands are ours, and their arguments too
            [*before, *command], cwd=folder, timeout=timeout, capture_output=True, text=True, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise NotApplicable(f"{name} gave no answer within {timeout:g} s") from late
    return done.stdout + done.stderr, done.returncode


def last_line(said: str) -> str:
    """The last line of what a program printed that says something."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
