"""Interrupt a worker of pytest-xdist, as by Ctrl-C, if its controller has ended.

The worker would notice by itself too, but it and its solvers would run on for some seconds; for longer if Ctrl-C is ignored, as
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
