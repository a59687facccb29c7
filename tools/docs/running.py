"""Runs what the pages show: shell commands in a folder, with this checkout's `dialproof`, and Python blocks."""

import os
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROVE = "dialproof check model/scenarios/q230051"
"""What `make prove` runs, once the virtual environment is there."""

_BETWEEN = "=== the next block ==="


class Shell:
    """A shell in which `dialproof` is this checkout's, and `python` is this interpreter. `tools` is a folder of its own."""

    def __init__(self, tools: Path) -> None:
        self._path = tools
        _write_script(tools / "dialproof", f'exec "{sys.executable}" -P -m dialproof.cli.main "$@"')
        _write_script(tools / "python", f'exec "{sys.executable}" "$@"')
        _write_script(tools / "pytest", f'exec "{sys.executable}" -m pytest "$@"')

    def run(self, command: str, folder: Path) -> str:
        """What `command` prints in `folder`, on both of its outputs. Raises RuntimeError if the shell cannot run it."""
        ran = subprocess.run(  # the commands are those of our own pages
            ["sh", "-c", command],  # the shell of whoever runs the tests
            cwd=folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        if ran.returncode not in {0, 1}:  # 1: a check came out differently from what was expected, which a page may show
            raise RuntimeError(f"`{command}` ended with exit code {ran.returncode}:\n{ran.stdout}")
        return ran.stdout

    def started(self, command: str, folder: Path, output: int, **more: str) -> "subprocess.Popen[bytes]":
        """`command`, started in `folder` with `more` in its environment; it writes to the descriptor `output` alone."""
        return subprocess.Popen(  # likewise
            ["sh", "-c", command],  # likewise
            cwd=folder,
            env=self._environment() | more,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.DEVNULL,
        )

    def _environment(self) -> dict[str, str]:
        return _environment({"PATH": os.pathsep.join([str(self._path), os.environ.get("PATH", "")])})


def python_outputs(sources: Sequence[str]) -> list[str]:
    """What each of a page's Python blocks prints; a block knows the names of those before it. Raises RuntimeError."""
    if not sources:
        return []
    program = f"\nprint({_BETWEEN!r})\n".join(sources)
    ran = subprocess.run(  # our own pages
        [sys.executable, "-W", "error", "-c", program],
        cwd=ROOT,
        env=_environment({}),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if ran.returncode:
        raise RuntimeError(f"a Python block of the page fails:\n{ran.stderr}")
    return ran.stdout.split(f"{_BETWEEN}\n")


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """What a reader's plain terminal looks like to a program whose output goes into a page."""
    # CI changes what pytest prints, and a test run of ours is not the one that a page shows.
    left_out = {"COLUMNS", "FORCE_COLOR", "NO_COLOR", "CI", "BUILD_NUMBER"}
    kept = {name: value for name, value in os.environ.items() if name not in left_out and not name.startswith("PYTEST_")}
    # What an earlier run has left in the reader's cache is not what a page shows.
    fixed = {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8", "DIALPROOF_CACHE": ""}
    return {**kept, **fixed, **more}


def _write_script(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
