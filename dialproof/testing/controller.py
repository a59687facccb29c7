"""A worker of pytest-xdist whose controller is gone has nobody to report to: what runs in it is interrupted, as by Ctrl-C.

By itself it would notice too, but go on for some seconds, and its solvers with it; for longer where Ctrl-C is ignored, as it is
in the background of a shell.
"""

import ctypes
import os
import threading
import time

PAUSE = 0.5
"""After how many seconds it is looked again whether the controller is there."""


def interrupt_without_controller() -> None:
    """From now on the main thread of this process gets a KeyboardInterrupt once the process that started it is gone."""
    threading.Thread(target=_watch, args=(os.getppid(),), name="controller", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PAUSE)
    main = threading.main_thread().ident
    assert main is not None
    # Not by a signal, nor `interrupt_main`, which asks what is done about one: nothing is, where it is ignored.
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(main), ctypes.py_object(KeyboardInterrupt))
