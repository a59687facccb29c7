"""SPIN's opinion: the exported model translated, compiled and searched, and nothing taken for an answer that is none.

SPIN says "errors: 0" also where its search was cut off, and a failed assertion is no violated claim. An answer counts only where
the output shows a finished search without an error, or an acceptance cycle of the claim; whatever else happens raises
NotApplicable with what SPIN said.
"""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from dialproof.core.errors import NotApplicable
from dialproof.encode.problem import Problem
from dialproof.exchange.programs import last_line, output_of
from dialproof.exchange.promela.writing import to_promela

Opinion = Literal["holds", "violated"]

DEPTHS = (100_000, 10_000_000)
"""How deep the search may get; deeper only where that was not enough, since SPIN reserves memory for it."""

MEGABYTES = 2000
"""How much memory SPIN may use."""

_COMPILED = ("-w", "-O0", "-DNOREDUCE", "-DNOFAIR", "-DVECTORSZ=4096", f"-DMEMLIM={MEGABYTES}")
"""One process leaves nothing to reduce; fairness is the model's own; compiling takes longer than searching."""

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("spin", "-a", "model.pml"),
    ("gcc", *_COMPILED, "-o", "pan", "pan.c"),
    ("./pan", "-a", "-E", "-n", "-w18", f"-m{DEPTHS[0]}"),
)
"""The three steps, from a model in `model.pml` to an answer; the last one is repeated where its depth was too small."""


def missing_tools() -> str:
    """What SPIN needs and is not installed here, as a sentence; "" where all is there."""
    missing = [tool for tool in ("spin", "gcc") if shutil.which(tool) is None]
    return f"{' and '.join(missing)} not installed here" if missing else ""


def verdict(problem: Problem, timeout: float = 60) -> Opinion:
    """What SPIN says of `problem`. Each of its three steps may take `timeout` seconds.

    Raises NotApplicable where the problem cannot be said in Promela, or SPIN gives no answer.
    """
    return opinion_on(to_promela(problem), timeout)


def opinion_on(model: str, timeout: float = 60) -> Opinion:
    """What SPIN says of a Promela `model` with one claim. Raises NotApplicable where it gives no answer."""
    if missing_tools():
        raise NotApplicable(missing_tools())
    with TemporaryDirectory(prefix="dialproof-spin-") as name:
        folder = Path(name)
        (folder / "model.pml").write_text(model)
        translating, compiling, searching = COMMANDS
        _run(folder, translating, timeout)
        _run(folder, compiling, timeout)
        said = ""
        for depth in DEPTHS:
            said = _run(folder, (*searching[:-1], f"-m{depth}"), timeout)
            if "max search depth too small" not in said or "acceptance cycle" in said:
                break
    return understood(said)


def understood(said: str) -> Opinion:
    """The answer in the output of SPIN's search. Raises NotApplicable where there is none."""
    errors = re.search(r"errors: (\d+)", said)
    complaints = [
        line for line in said.splitlines() if re.search(r"not completed|too small|reached|aborting|assertion violated", line)
    ]
    complaints = [line for line in complaints if not re.search(r"depth reached \d+, errors|assertion violations", line)]
    if errors is None:
        raise NotApplicable(f"SPIN did not finish: {last_line(said)}")
    if re.search(r"^pan:1: acceptance cycle", said, re.MULTILINE) and errors[1] == "1":
        return "violated"
    if errors[1] == "0" and not complaints:
        return "holds"
    raise NotApplicable(f"SPIN gave no answer: {'; '.join(complaints) or last_line(said)}")


def _run(folder: Path, command: Sequence[str], timeout: float) -> str:
    """What the command printed. Raises NotApplicable where it fails or takes too long."""
    said, code = output_of(command[0], command, folder, timeout=timeout)
    if code != 0 or "Error:" in said:
        raise NotApplicable(f"{command[0]} failed: {last_line(said)}")
    return said
