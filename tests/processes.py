"""Processes that tests start: they hear every signal, however the tests themselves were started, and end with their test.

A shell that starts something in the background has it ignore Ctrl-C, `nohup` has it ignore a closed terminal, and whatever it
starts inherits that. A test that sends a signal must not depend on it.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MARK = "DIALPROOF_TESTS_MARK"
"""The variable by whose value a process is recognised that was started, at whatever remove, by a process of a test."""

_ENDING = (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM)
_STARTED: list["subprocess.Popen[str]"] = []


def start(command: list[str], **options: object) -> "subprocess.Popen[str]":
    """A process, at the head of a group of its own, that hears every signal. Its test ends it, and else `end_all` does."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with _heard():
        process: subprocess.Popen[str] = subprocess.Popen(  # type: ignore[call-overload]  # the options are a test's own
            command, start_new_session=True, **{**pipes, **options}
        )
    _STARTED.append(process)
    return process


def end_all() -> None:
    """End every process that was started here, with its group, and close its pipes: for after a test, passed or failed."""
    while _STARTED:
        process = _STARTED.pop()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


@contextmanager
def _heard() -> Iterator[None]:
    """What is started within it does not inherit that a signal is ignored, or blocked."""
    ignored = [number for number in _ENDING if signal.getsignal(number) is signal.SIG_IGN]
    blocked = signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    try:
        yield
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def marked(mark: str) -> set[int]:
    """The processes that have `MARK` set to `mark` and have not ended."""
    found = set()
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile, or is another user's
            if f"{MARK}={mark}".encode() in (place / "environ").read_bytes().split(b"\0"):
                found.add(int(place.name))
    return found


def processor_time(pid: int) -> float:
    """How many seconds of processor time a process has used; 0 if it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children(parent: int) -> set[int]:
    """The processes that `parent` has started and that are still there."""
    found = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], check=True, capture_output=True, text=True).stdout.split()
    return {int(pid) for pid, ppid in zip(found[::2], found[1::2], strict=True) if int(ppid) == parent}


def descendants(parent: int) -> set[int]:
    """The same with what those have started in turn: a worker does each search in a copy of itself."""
    found = children(parent)
    return found.union(*(descendants(child) for child in found))


def is_alive(pid: int) -> bool:
    """True if there is a process of this number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def until(condition: Callable[[], bool], seconds: float = 30) -> bool:
    """True as soon as `condition` is; False if it is not within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
