"""No process is left behind: whatever ends the one that asked, by whichever signal, its workers end within two seconds."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import uuid4

import pytest

from dialproof.core.actions import Action
from dialproof.core.system import System
from dialproof.core.variables import integer
from dialproof.encode.problem import Problem
from dialproof.engines.candidates import Nothing
from dialproof.exchange.programs import output_of
from dialproof.ltl import always
from dialproof.portfolio.attempt import decide
from dialproof.portfolio.pool import Pool
from dialproof.portfolio.tasks import Task
from tests.amounts import long
from tests.gatehouse import HARD, environment, scenario
from tests.processes import MARK, marked, processor_time, start, until

pytestmark = [
    pytest.mark.usefixtures("project"),
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are recognised by /proc/PID/environ"),
]

SOON = 2.0
"""Within how many seconds every process has to be gone."""

AT_WORK = 1.5
"""A worker that has used so many seconds of processor time is beyond its imports: a solver runs."""

COMMAND = [sys.executable, "-P", "-m", "dialproof.cli.main"]

EVERY = [
    signal.SIGKILL,
    signal.SIGTERM,
    *(pytest.param(one, marks=long) for one in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)),
]
"""What ends a process: the first two say most, the others are left to the long run."""

ASKING = """
import sys
import threading

import z3

from dialproof import Action, Fairness, System, check, integer
from dialproof.ltl import always

number = integer("number", 0, 1000002)
square = Action("square", z3.BoolVal(True), {number: (number * number + 1) % 1000003}, Fairness.WEAK)
hard = System("hard", [number], number != 0, [square])  # no square is -1 modulo this prime


def ask():
    check(hard, always(number != 0), processes=2)


def test_never_ends():
    ask()
"""
"""A program that asks what no engine answers soon."""


def left_of(command: list[str], number: signal.Signals) -> set[int]:
    """What is left of `command` two seconds after its first process was sent a signal while a solver was running."""
    mark = uuid4().hex
    process = start(command, env=environment() | {MARK: mark}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert until(lambda: bool(at_work(mark)), 120), "no solver was ever running"
    process.send_signal(number)
    until(lambda: process.poll() is not None and not marked(mark), SOON)
    left = marked(mark)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return left


def workers(mark: str) -> set[int]:
    """The workers among the marked processes."""
    return {pid for pid in marked(mark) if "end_with_parent" in command_of(pid)}


def at_work(mark: str) -> set[int]:
    """Those of them that have got beyond their imports."""
    return {pid for pid in workers(mark) if processor_time(pid) > AT_WORK}


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


@pytest.mark.parametrize("number", EVERY)
def test_of_a_check(number: signal.Signals) -> None:
    assert left_of([*COMMAND, "check", scenario("hard.toml", HARD), "--jobs", "1"], number) == set()


@pytest.mark.parametrize(
    "arguments",
    [["check", "hard.toml", "--watch"], ["report", "hard.toml", "-o", "review.md"], ["mutate", "hard.toml"]],
    ids=["watch", "report", "mutate"],
)
@pytest.mark.parametrize("number", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=long)])
def test_of_the_commands_that_check_too(arguments: list[str], number: signal.Signals) -> None:
    scenario("hard.toml", HARD)
    assert left_of([*COMMAND, *arguments, "--jobs", "1"], number) == set()


@pytest.mark.parametrize("number", EVERY)
def test_of_a_program_that_asks(number: signal.Signals) -> None:
    assert left_of([sys.executable, "-c", f"{ASKING}\nask()"], number) == set()


def test_of_a_program_that_asks_in_a_thread() -> None:
    """The system's signal is not asked for there; the worker sees itself that nobody is left."""
    program = f"{ASKING}\nthread = threading.Thread(target=ask)\nthread.start()\nthread.join()"
    assert left_of([sys.executable, "-c", program], signal.SIGKILL) == set()


def test_of_a_program_that_leaves_a_copy_of_itself() -> None:
    """The copy holds the other end of the worker's input: not that it is gone tells the worker, but who its parent is."""
    program = f"""{ASKING}
import os, time
def copied():
    time.sleep(1)
    if os.fork() == 0:
        time.sleep(60)
        os._exit(0)
for target in (copied, ask):
    threading.Thread(target=target).start()
"""
    mark = uuid4().hex
    process = start([sys.executable, "-c", program], env=environment() | {MARK: mark})
    assert until(lambda: bool(at_work(mark)), 120)
    process.kill()
    assert until(lambda: not workers(mark), SOON)
    (copy,) = marked(mark)
    os.kill(copy, signal.SIGKILL)


@pytest.mark.parametrize("number", [*EVERY[:2], *EVERY[3:]])
def test_of_pytest(number: signal.Signals) -> None:
    Path("test_hard.py").write_text(ASKING)
    assert left_of([sys.executable, "-m", "pytest", "-q"], number) == set()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("is_heard", [pytest.param(True, marks=long), False], ids=["", "ignoring-SIGINT"])
def test_of_pytest_with_workers_of_its_own(number: signal.Signals, is_heard: bool) -> None:
    """What waits for a verdict in one of them is interrupted; the process itself is pytest-xdist's, which takes its time."""
    Path("test_hard.py").write_text(ASKING)
    name = scenario("hard.toml", HARD)
    Path(name).write_text("format = 1\n" + Path(name).read_text())
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2"]
    if not is_heard:
        command = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *command]
    mark = uuid4().hex
    process = start(command, env=environment() | {MARK: mark}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert until(lambda: len(at_work(mark)) >= 2, 120)
    process.send_signal(number)
    assert until(lambda: not workers(mark), SOON)
    assert until(lambda: process.poll() is not None and not marked(mark), 30)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_of_the_kernel_of_a_notebook(number: signal.Signals) -> None:
    pytest.importorskip("jupyter_client")
    from jupyter_client import KernelManager

    mark = uuid4().hex
    manager = KernelManager()
    manager.start_kernel(env=environment() | {MARK: mark})
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=120)
        client.execute(f"{ASKING}\nask()")
        assert until(lambda: bool(at_work(mark)), 120)
        manager.signal_kernel(number)
        assert until(lambda: not marked(mark), SOON), {pid: command_of(pid) for pid in marked(mark)}
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_of_another_program_that_an_engine_has_asked(tmp_path: Path) -> None:
    """What runs for us knows nothing of us; the system ends it."""
    if sys.platform != "linux":
        pytest.skip("a signal for the death of a parent is Linux's")
    mark = uuid4().hex
    program = "import sys; from pathlib import Path; from dialproof.exchange.programs import output_of; "
    program += f"output_of('sleep', ['sleep', '60'], Path({str(tmp_path)!r}), timeout=None, megabytes=500)"
    process = start([sys.executable, "-c", program], env=environment() | {MARK: mark})
    assert until(lambda: any(command_of(pid).startswith("sleep") for pid in marked(mark)))
    process.kill()
    assert until(lambda: not marked(mark), SOON)


def test_a_program_is_limited_in_memory_and_its_failure_told(tmp_path: Path) -> None:
    hungry = [sys.executable, "-c", "print('so far'); bytearray(10**9)"]
    said, code = output_of("hungry", hungry, tmp_path, timeout=60, megabytes=300)
    assert (said.splitlines()[0], said.splitlines()[-1], code) == ("so far", "MemoryError", 1)


def test_workers_outlive_the_thread_that_has_started_them() -> None:
    """The system's signal for the death of a parent comes when a thread ends; a pool may be handed on."""
    n = integer("n", 0, 3)
    problem = Problem(System("n", [n], n == 0, [Action("up", n < 3, {n: n + 1})]), always(n < 4))
    with Pool(1) as pool:
        thread = threading.Thread(target=pool.prepare)
        thread.start()
        thread.join()
        time.sleep(0.2)
        pool.start((0, decide("bmc")), Task(decide("bmc"), problem.packed))
        replies = []
        while not any(reply.kind != "depth" for reply in replies):
            replies += pool.wait(60)
    assert isinstance(replies[-1].content, Nothing)
