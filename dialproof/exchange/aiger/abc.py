"""Berkeley's ABC, a model checker of hardware, asked about a circuit in a process of its own.

Its method is PDR (Een, Mishchenko, Brayton, "Efficient implementation of property directed reachability", 2011). What comes
back is a claim of ABC's, with what is needed to check it: cubes of latches that no reachable state is in, or the inputs that
lead to a bad state. Nothing here believes either.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from dialproof.core.errors import NotApplicable
from dialproof.exchange.aiger.writing import Circuit
from dialproof.exchange.programs import last_line, output_of

MEGABYTES = 2000
"""How much memory ABC may use."""

Method = Literal["pdr", "bmc3"]
"""What ABC is to do: prove or refute, or only search."""

_SCRIPTS = {
    # -e: the invariant names every latch, so that their order is the circuit's own
    "pdr": "read_aiger {circuit}; pdr -d -e -I {invariant}; write_cex -a {example}; write_status {status}",
    "bmc3": "read_aiger {circuit}; bmc3 -F {frames}; write_cex -a {example}; write_status {status}",
}

Cube = dict[int, bool]
"""The values of some latches, by their numbers in the circuit."""


@dataclass(frozen=True)
class Answer:
    """What ABC says: whether a bad state is reached (None: it searched in vain), and why it says so.

    `cubes` are the parts of its invariant, each a set of states that are not reached; `stimuli` the inputs, moment by moment,
    that lead to a bad state.
    """

    reached: bool | None
    cubes: tuple[Cube, ...] = ()
    stimuli: tuple[tuple[bool, ...], ...] = ()


def missing_tools() -> str:
    """What is needed and is not installed here, as a sentence; "" where it is there."""
    return "" if shutil.which("berkeley-abc") else "berkeley-abc not installed here"


def ask(circuit: Circuit, method: Method = "pdr", *, timeout: float | None = None, frames: int = 0) -> Answer:
    """What ABC says of `circuit` within `timeout` seconds (None: no limit); `bmc3` looks at so many `frames` (0: no limit).

    Raises NotApplicable where it is not installed, takes too long, fails or says nothing that is understood.
    """
    if missing_tools():
        raise NotApplicable(missing_tools())
    with TemporaryDirectory(prefix="dialproof-abc-") as name:
        folder = Path(name)
        names = {what: f"{what}.txt" for what in ("invariant", "example", "status")} | {"circuit": "circuit.aig"}
        (folder / names["circuit"]).write_bytes(circuit.binary())
        script = _SCRIPTS[method].format(**names, frames=frames)
        said = _run(folder, ["berkeley-abc", "-c", script], timeout)
        texts = {what: _read(folder / file) for what, file in names.items() if what != "circuit"}
    match texts["status"].split()[:1]:
        case ["snl_UNSAT"]:
            return Answer(reached=False, cubes=cubes_in(texts["invariant"], len(circuit.graph.latches)))
        case ["snl_SAT"]:
            return Answer(reached=True, stimuli=stimuli_in(texts["example"], len(circuit.graph.inputs)))
        case ["snl_UNK"]:
            return Answer(reached=None)
    raise NotApplicable(f"ABC gave no answer: {last_line(said)}")


def cubes_in(text: str, latches: int) -> tuple[Cube, ...]:
    """The cubes in an invariant as ABC writes it, a table in Berkeley's PLA format. Raises NotApplicable for anything else."""
    if not text:
        return ()  # where nothing had to be found out it writes none
    rows = [line.split() for line in text.splitlines() if line and not line.startswith(("#", "."))]
    sizes = re.findall(r"^\.i (\d+)$", text, re.MULTILINE)
    if sizes != [str(latches)] or any(len(row) != 2 or len(row[0]) != latches or row[1] != "1" for row in rows):  # noqa: PLR2004  # a cube and the output
        raise NotApplicable(f"ABC wrote an invariant that is no table of {latches} latches: {text[:200]!r}")
    return tuple({place: sign == "1" for place, sign in enumerate(row) if sign != "-"} for row, _ in rows)


def stimuli_in(text: str, inputs: int) -> tuple[tuple[bool, ...], ...]:
    """The inputs in a counterexample as ABC writes it: a line of latches, then a line of inputs for each moment.

    Raises NotApplicable for anything else.
    """
    _, *lines = text.removesuffix("# DONE\n").splitlines() or [""]
    if not lines or any(len(line) != inputs or line.strip("01") for line in lines):
        raise NotApplicable(f"ABC wrote a counterexample that is no table of {inputs} inputs: {text[:200]!r}")
    return tuple(tuple(sign == "1" for sign in line) for line in lines)


def _run(folder: Path, command: list[str], timeout: float | None) -> str:
    said, code = output_of("ABC", command, folder, timeout=timeout, megabytes=MEGABYTES)
    if code != 0:
        raise NotApplicable(f"ABC failed with exit code {code}: {last_line(said)}")
    return said


def _read(file: Path) -> str:
    return file.read_text() if file.exists() else ""
