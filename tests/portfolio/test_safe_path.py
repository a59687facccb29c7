"""What lies beside a scenario, or in its project, does not run for being called like a module of Python's or of dialproof's."""

import os
import signal
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from pickle import UnpicklingError

import pytest
import z3

from dialproof import Action, Fairness, Holds, System, check, integer
from dialproof.core.errors import InternalError
from dialproof.core.transfer import from_bytes, to_bytes
from dialproof.encode.problem import Problem
from dialproof.engines.candidates import Nothing
from dialproof.ltl import always
from dialproof.portfolio.attempt import decide
from dialproof.portfolio.pool import Pool, Reply
from dialproof.portfolio.process import start_command
from dialproof.portfolio.tasks import Task
from tests.gatehouse import OPENS, ROOT, SHUT, environment, real, run, scenario

HOSTILE = (
    "ctypes", "cvc5", "dialproof", "enum", "json", "matplotlib", "networkx", "numpy", "pickle", "queue", "random", "rich",
    "signal", "struct", "tempfile", "threading", "z3",
)  # fmt: skip
"""Modules that the command, its workers or what they use import."""

PYTHON = sys.executable

N = integer("n", 0, 3)
SYSTEM = System("n", [N], N == 0, [Action("up", N < 3, {N: N + 1}, Fairness.WEAK)])
PROBLEM = Problem(SYSTEM, always(N < 4))


def lay_traps(folder: Path) -> None:
    """Modules in `folder` that leave a file behind when they run."""
    for name in HOSTILE:
        (folder / f"{name}.py").write_text(f"open({str(folder / f'ran-{name}')!r}, 'w').close()\nraise SystemExit\n")


def run_in(folder: Path) -> list[str]:
    """The names of those that have run."""
    return sorted(path.name for path in folder.glob("ran-*"))


# --- the current folder, and the folder of the scenario --------------------------------------------------------------


def test_nothing_beside_a_scenario_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It belongs to the reference project: the folder that it lies in has no code to bring."""
    monkeypatch.chdir(tmp_path)
    text = min((ROOT / "model" / "scenarios" / "q230051").glob("*.toml")).read_text()
    head, *checks = text.split("[[check]]")
    Path("my.toml").write_text("[[check]]".join([head, checks[0]]))
    lay_traps(tmp_path)
    process = real("check", "my.toml", "--json")
    out, err = process.communicate(timeout=120)
    assert (run_in(tmp_path), err, process.returncode) == ([], "", 0)
    assert '"verdict": "unknown"' not in out


@pytest.mark.usefixtures("project")
def test_nothing_in_a_project_takes_the_place_of_an_installed_module(project: Path) -> None:
    """Its own packages are what is imported by their names, and what else it holds where nothing else has the name."""
    lay_traps(project)
    (project / "doors.py").write_text("KINDS = ()\n")
    checks = project / "properties" / "checks.py"
    checks.write_text("import random\nimport queue\nimport doors\n" + checks.read_text())
    process = real("check", scenario("one.toml", SHUT), "--figures", "pictures")
    _, err = process.communicate(timeout=120)
    assert (run_in(project), process.returncode) == ([], 1), err
    assert list(Path("pictures").glob("*.svg"))


@pytest.mark.usefixtures("project")
def test_a_project_whose_package_has_a_name_of_pythons_is_refused(project: Path) -> None:
    configuration = project / "pyproject.toml"
    for name in ("queue", "z3"):
        configuration.write_text(f'[tool.dialproof]\nproject = "{name}.project:PROJECT"\n')
        result = run(scenario("one.toml", SHUT))
        assert result.exit_code == 2
        assert f"Python or dialproof itself has a package '{name}'; give the project's another name" in result.stderr


def test_the_path_of_a_program_is_not_the_path_of_its_workers(tmp_path: Path) -> None:
    """Neither the entry for the current folder, which a notebook has, nor what PYTHONPATH says."""
    lay_traps(tmp_path)
    program = f"""
import os, sys
import z3
from dialproof import Action, Holds, System, check, integer
from dialproof.ltl import always
import dialproof.portfolio.portfolio
os.environ["PYTHONPATH"] = os.getcwd()
sys.path.insert(0, "")
sys.path.insert(0, {str(tmp_path)!r})
n = integer("n", 0, 3)
system = System("n", [n], n == 0, [Action("up", n < 3, {{n: n + 1}})])
assert isinstance(check(system, always(n < 4), engines=["explicit"]), Holds)
"""
    command = [sys.executable, "-P", "-c", program]
    ran = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert (run_in(tmp_path), ran.stderr, ran.returncode) == ([], "", 0)


# --- what crosses to a worker ----------------------------------------------------------------------------------------


class Event(StrEnum):
    """Names that a project might give the events of its model."""

    UP = "up"


def test_a_text_of_a_class_of_a_projects_own_crosses_as_text() -> None:
    system = System("n", [N], N == 0, [Action(Event.UP, N < 3, {N: N + 1}, says=Event.UP)])
    assert isinstance(check(system, always(N < 4)), Holds)
    crossed = from_bytes(to_bytes({"name": Event.UP, "times": (Event.UP, 2)}))
    assert crossed == {"name": "up", "times": ("up", 2)}
    assert isinstance(crossed, dict)
    assert type(crossed["name"]) is str


def test_a_value_of_a_class_of_a_projects_own_is_refused() -> None:
    assert from_bytes(to_bytes(Path("x"))) == Path("x")
    with pytest.raises(UnpicklingError, match=r"tests.portfolio.test_safe_path.Foreign is of a project"):
        from_bytes(to_bytes(Foreign()))


class Foreign:
    """A class that a worker does not know."""


# --- workers that cannot start, or die -------------------------------------------------------------------------------


@pytest.fixture
def interpreter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A script that is started in the place of a worker's interpreter; a line is added to its file `started` each time."""
    script = tmp_path / "python"
    monkeypatch.setattr(sys, "executable", str(script))
    return script


def write(script: Path, text: str) -> None:
    script.write_text(f"#!/bin/sh\necho started >> {script.with_name('started')}\n{text}\n")
    script.chmod(0o755)


def starts(script: Path) -> int:
    return len(script.with_name("started").read_text().splitlines())


BROKEN = "echo Traceback >&2; printf 'ModuleNotFoundError: No module named z3 \\033[31m\\n' >&2; exit 1"


def test_a_worker_that_cannot_start_is_an_internal_error(interpreter: Path) -> None:
    write(interpreter, BROKEN)
    said = "a worker cannot start: its process ended with exit code 1: ModuleNotFoundError: No module named z3 ?[31m"
    with pytest.raises(InternalError) as raised:
        check(SYSTEM, always(N < 4), processes=1)
    assert str(raised.value) == said
    assert starts(interpreter) == 1


@pytest.mark.usefixtures("project")
def test_the_command_says_so_once(interpreter: Path) -> None:
    write(interpreter, BROKEN)
    result = run(scenario("one.toml", OPENS, SHUT))
    assert result.exit_code == 4
    assert result.stderr.count("No module named") == 1
    assert result.stderr.startswith("internal error: a worker cannot start: ")
    assert len(result.stderr.splitlines()) == 2


def test_an_interpreter_that_is_not_there_is_an_internal_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(InternalError, match="a worker cannot be started with '/nowhere/python': No such file"):
        check(SYSTEM, always(N < 4))


def test_a_worker_that_is_killed_while_it_starts_is_started_once_more(interpreter: Path) -> None:
    write(interpreter, "kill -KILL $$")
    with pytest.raises(InternalError, match="a worker cannot start: its process was ended by SIGKILL"):
        check(SYSTEM, always(N < 4), processes=1)
    assert starts(interpreter) == 2


def test_that_is_nothing_to_the_answer(interpreter: Path) -> None:
    write(interpreter, f'[ $(wc -l < {interpreter.with_name("started")}) -gt 1 ] || kill -KILL $$\nexec {PYTHON} "$@"')
    assert isinstance(check(SYSTEM, always(N < 4), processes=1), Holds)


def test_a_worker_that_dies_at_its_task_gives_the_reason() -> None:
    with Pool(1) as pool:
        pool.start((0, decide("guess")), Task(decide("guess"), PROBLEM.packed))
        reply = answer(pool)
    assert reply == Reply((0, decide("guess")), "died", "its process ended with exit code 1: KeyError: 'guess'")


def test_a_worker_that_was_killed_while_it_was_idle_is_replaced() -> None:
    with Pool(1) as pool:
        pool.start((0, decide("bmc")), Task(decide("bmc"), PROBLEM.packed))
        assert answer(pool).kind == "answer"
        (idle,) = pool._idle  # noqa: SLF001  # the test kills from outside
        os.kill(idle.process.pid, signal.SIGKILL)
        idle.process.wait()
        pool.start((1, decide("bmc")), Task(decide("bmc"), PROBLEM.packed))
        reply = answer(pool)
    assert (reply.key, reply.kind, isinstance(reply.content, Nothing)) == ((1, decide("bmc")), "answer", True)


def answer(pool: Pool) -> Reply:
    """The first reply that is more than a sign of progress."""
    while True:
        for reply in pool.wait(60):
            if reply.kind != "depth":
                return reply


def test_z3_is_the_one_of_this_process() -> None:
    """Whichever other one the worker's interpreter would find."""
    command = start_command()
    assert command[1] == "-P"
    assert command[command.index("z3") + 1] == str(Path(z3.__file__).parents[1])
