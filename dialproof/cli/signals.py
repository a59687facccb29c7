"""Signals that end the program: they become exceptions, once, so that every worker is gone before it ends."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_DEFAULTS = (signal.SIG_DFL, signal.default_int_handler)


class Terminated(BaseException):
    """The program was told to end, by a signal other than Ctrl-C's. Exit code: 128 and the signal's number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"ended by {signal.Signals(number).name}")
        self.exit_code = 128 + number


@contextmanager
def ending_once() -> Iterator[None]:
    """Within it the first Ctrl-C raises KeyboardInterrupt, SIGTERM and SIGHUP raise Terminated, and further ones are ignored.

    Without this, a second Ctrl-C would interrupt the killing of the workers, and a SIGTERM would leave them at work.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what a signal does
        return
    # A signal that is ignored (by nohup, or in a background job) stays ignored.
    former = {number: signal.getsignal(number) for number in _ENDING if signal.getsignal(number) in _DEFAULTS}

    def end(number: int, _frame: FrameType | None) -> None:
        for other in former:
            signal.signal(other, signal.SIG_IGN)
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise Terminated(number)

    for number in former:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """Within it Ctrl-C, SIGTERM and SIGHUP set the event and interrupt nothing: for who waits until he is told to stop."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    former = {number: signal.signal(number, lambda *_: asked.set()) for number in _ENDING}
    try:
        yield asked
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
