"""A program that runs another one and measures it: `python -S clock.py SECONDS REPORT COMMAND...`.

It imports next to nothing on purpose: Linux counts what a process was before it became another program towards that program's
peak memory, so that whoever starts it must be small.
"""

import os
import signal
import sys
import time

TICK = 0.001
"""How often it is looked whether the command has ended, in seconds."""


def main(limit: float, report: str, command: list[str]) -> None:
    """Run `command`, for at most `limit` seconds, and write a line into the file `report`.

    It says: the exit code ("late": killed after `limit` seconds), the seconds by the clock on the wall, the seconds
    of processor time of the command and of those that it started and waited for, and the peak memory in kilobytes of the
    largest of these processes.
    """
    begun = time.monotonic()
    child = os.posix_spawnp(command[0], command, os.environ, setpgroup=0)
    is_late = False
    while True:
        ended, status, usage = os.wait4(child, os.WNOHANG)
        seconds = time.monotonic() - begun
        if ended:
            break
        if seconds > limit and not is_late:
            is_late = True
            os.killpg(child, signal.SIGKILL)
        time.sleep(TICK)
    code = "late" if is_late else str(os.waitstatus_to_exitcode(status))
    with open(report, "w", encoding="ascii") as file:  # noqa: PTH123  # pathlib would make this program larger
        file.write(f"{code} {seconds} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}\n")


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2], sys.argv[3:])
