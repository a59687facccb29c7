"""The same questions to dialproof's engines and to its peers, each in a process of its own: verdict, time and peak memory."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.families import BUILDS, Family
from benchmarks.one import PORTFOLIO
from dialproof.core.errors import NotApplicable
from dialproof.encode.problem import Problem
from dialproof.engines.limits import ANY_K_LIVENESS
from dialproof.exchange.aiger import abc as berkeley
from dialproof.exchange.aiger.writing import to_aiger
from dialproof.exchange.promela import spin
from dialproof.exchange.promela.writing import to_promela

CLAIM = "queued-mail-is-delivered"
"""The claim that everybody is asked about."""

CANNOT = "it never says this"
"""Why an engine that only proves, or only finds violations, is not asked."""

GRACE = 30.0
"""How much longer than its time-out a process may take to start and to end, in seconds."""


@dataclass(frozen=True)
class Question:
    """The claim about a family with so many entries, whose queues hold `capacity` messages, with `fault` in it."""

    family: Family
    entries: int
    capacity: int
    fault: str

    def problem(self) -> Problem:
        """The question itself."""
        system, claim = self.family.question(self.entries, self.fault, CLAIM, self.capacity)
        return Problem(system, claim.formula)


@dataclass(frozen=True)
class Sweep:
    """What grows from question to question: `of` a question, it is called `letter`. Growth is fitted from `first_fit` on."""

    name: str
    letter: str
    axis: str
    of: Callable[[Question], int]
    first_fit: int = 1


ENTRIES = Sweep("entries", "N", "entries N", lambda question: question.entries, first_fit=8)
"""More and more entries; below eight, starting a process is most of the time."""

MANY = Sweep("many", "N", "entries N, all over the LAN", lambda question: question.entries)
"""Very many entries, of which none needs the line: one queue waits for it, and all others have to be left out."""

QUEUES = Sweep("queues", "C", "messages C that a queue holds", lambda question: question.capacity)
"""Longer and longer queues."""

TIMERS = Sweep("timers", "T", "ticks T until the line is hung up", lambda question: question.family.ticks)
"""Longer and longer timers."""


CLOCKS = Sweep("clocks", "N", "entries N of a connector with clocks", lambda question: question.entries)
"""More and more entries of a connector with clocks, over the LAN and two lines in turn."""


@dataclass(frozen=True)
class Attempt:
    """One run: "holds", "violated", "time-out", "undecided" or, of the tool itself, "failed".

    Then seconds by the clock on the wall, seconds of processor time, and memory.
    """

    verdict: str
    seconds: float = 0.0
    processor: float = 0.0
    megabytes: float = 0.0

    def and_then(self, later: "Attempt") -> "Attempt":
        """Both, one after the other, with the verdict of the later one."""
        largest = max(self.megabytes, later.megabytes)
        return Attempt(later.verdict, self.seconds + later.seconds, self.processor + later.processor, largest)


@dataclass(frozen=True)
class Measured:
    """What one tool made of a question; no `attempts` if it was not asked, for the `reason`. That is also why it failed."""

    tool: str
    question: Question
    attempts: tuple[Attempt, ...] = ()
    reason: str = ""

    @property
    def verdict(self) -> str:
        """The verdict of all attempts; one that differs from the others, or is none, outweighs them."""
        right = BUILDS[self.question.fault]
        said = {attempt.verdict for attempt in self.attempts}
        return next((one for one in sorted(said) if one != right), right) if said else "not asked"

    @property
    def is_decided(self) -> bool:
        """Whether every attempt came to a verdict."""
        return self.verdict in BUILDS.values()

    @property
    def is_wrong(self) -> bool:
        """Whether an attempt came to the wrong verdict."""
        wrong = set(BUILDS.values()) - {BUILDS[self.question.fault]}
        return any(attempt.verdict in wrong for attempt in self.attempts)

    @property
    def seconds(self) -> float:
        """The median time by the clock on the wall."""
        return statistics.median(attempt.seconds for attempt in self.attempts)

    @property
    def processor(self) -> float:
        """The median of the processor time, in seconds."""
        return statistics.median(attempt.processor for attempt in self.attempts)

    @property
    def megabytes(self) -> float:
        """The median of the peak memory."""
        return statistics.median(attempt.megabytes for attempt in self.attempts)


Prepared = Callable[[float], Attempt]
"""Makes one attempt within so many seconds."""


@dataclass(frozen=True)
class Tool:
    """Somebody who is asked. `prepare` writes what is needed into a folder, for the time that is not measured.

    `builds` are the faults under which it can say anything; `missing` says what it needs and is not installed.
    """

    name: str
    prepare: Callable[[Question, Path], Prepared]
    builds: tuple[str, ...] = tuple(BUILDS)
    missing: str = ""


def tools() -> tuple[Tool, ...]:
    """Everybody: dialproof as it is used, each of its engines alone, and the peers."""
    proves, finds = ("none",), ("dial-slot-overwritten",)
    return (
        Tool("dialproof", _ours(PORTFOLIO)),
        Tool("bmc", _ours("bmc"), finds),
        Tool("spacer", _ours("spacer")),
        Tool("k-liveness", _ours("k-liveness"), proves),
        Tool("explicit", _ours("explicit")),
        Tool("abc", _ours("abc"), missing=berkeley.missing_tools()),
        Tool("ABC pdr, l2s", _abc(()), missing=berkeley.missing_tools()),
        Tool("ABC pdr, k-liveness", _abc(ANY_K_LIVENESS.numbers), proves, missing=berkeley.missing_tools()),
        Tool("SPIN", _spin, missing=spin.missing_tools()),
    )


class ToolError(Exception):
    """A tool failed: that is no answer, and must not end the measurement of the others."""


def measure(
    tool: Tool, questions: Sequence[Question], *, runs: int, timeout: float, sweep: Sweep = ENTRIES
) -> Iterator[Measured]:
    """Ask `tool` each of `questions`, which grow. After one that it does not decide in time it is asked no larger ones."""
    given_up = tool.missing
    for question in questions:
        if given_up or question.fault not in tool.builds:
            yield Measured(tool.name, question, reason=given_up or CANNOT)
            continue
        with TemporaryDirectory(prefix="dialproof-bench-") as folder:
            begun = time.monotonic()
            try:
                attempt = tool.prepare(question, Path(folder))
            except NotApplicable as reason:
                yield Measured(tool.name, question, reason=str(reason))
                continue
            prepared = time.monotonic() - begun
            found = Measured(tool.name, question)
            for _ in range(runs):
                try:
                    found = replace(found, attempts=(*found.attempts, attempt(timeout)))
                except ToolError as reason:
                    found = replace(found, attempts=(*found.attempts, Attempt("failed")), reason=str(reason))
                if not found.is_decided:
                    break
        yield found
        size = f"{sweep.letter} = {sweep.of(question)}"
        if not found.is_decided:
            given_up = f"{size} was too much already"
        elif prepared > timeout:
            given_up = f"to write {size} out took longer than the time-out"


def run_measured(command: Sequence[str], folder: Path, timeout: float) -> tuple[int | None, str, Attempt]:
    """The exit code (None: killed after `timeout` seconds) and what was printed; the attempt's verdict is "time-out" for now.

    The memory is that of the largest process among the command and those that it started and waited for.
    """
    report = folder / "measured.txt"
    clock = [sys.executable, "-I", "-S", str(Path(__file__).with_name("clock.py")), str(max(0.0, timeout)), str(report)]
    done = subprocess.run([*clock, *command], cwd=folder, capture_output=True, text=True, check=True)
    code, seconds, processor, kilobytes = report.read_text().split()
    attempt = Attempt("time-out", float(seconds), float(processor), int(kilobytes) / 1024)
    return None if code == "late" else int(code), done.stdout + done.stderr, attempt


def _ours(engine: str) -> Callable[[Question, Path], Prepared]:
    root = Path(__file__).resolve().parents[1]

    def prepare(question: Question, folder: Path) -> Prepared:
        values = {"family": question.family.name, "entries": question.entries, "capacity": question.capacity}
        values["ticks"] = question.family.ticks
        values |= {"fault": question.fault, "claim": CLAIM, "engine": engine}

        def attempt(timeout: float) -> Attempt:
            arguments = [f"--{name}={value}" for name, value in (values | {"timeout": timeout}).items()]
            program = f"import sys; sys.path.insert(0, {str(root)!r}); from benchmarks.one import main; main()"
            command = [sys.executable, "-c", program, *arguments]
            # The worker processes are killed where the answer is known; only those that were waited for count.
            code, said, found = run_measured(command, folder, timeout + GRACE)
            if code is None:
                return replace(found, verdict="time-out", seconds=timeout)
            if code != 0:
                raise ToolError(f"dialproof's {engine}: {said.strip().splitlines()[-1:]}")
            answer = json.loads(said.splitlines()[-1])
            is_late = answer["verdict"] == "unknown" and answer["seconds"] >= timeout
            verdict = "time-out" if is_late else answer["verdict"].replace("unknown", "undecided")
            return replace(found, verdict=verdict, seconds=answer["seconds"])

        return attempt

    return prepare


def _abc(rounds: Sequence[int]) -> Callable[[Question, Path], Prepared]:
    """ABC's pdr on the liveness-to-safety form, or on the forms with these numbers of rounds, one after the other."""

    def prepare(question: Question, folder: Path) -> Prepared:
        problem = question.problem()
        (folder / "0.aig").write_bytes(to_aiger(problem).binary())
        written = {0} if not rounds else set[int]()

        def attempt(timeout: float) -> Attempt:
            total = Attempt("undecided")
            for number in rounds or (0,):
                if number not in written:
                    (folder / f"{number}.aig").write_bytes(to_aiger(problem, number).binary())
                    written.add(number)
                (folder / "status.txt").unlink(missing_ok=True)
                command = ["berkeley-abc", "-c", f"read_aiger {number}.aig; pdr; write_status status.txt"]
                code, said, found = run_measured(command, folder, timeout - total.seconds)
                total = total.and_then(found)
                if code is None:
                    return total
                if code != 0:
                    raise ToolError(f"ABC: {said.strip().splitlines()[-1:]}")
                status = (folder / "status.txt").read_text().split()[0]
                if status == "snl_UNSAT":
                    return replace(total, verdict="holds")
                if status == "snl_SAT" and not rounds:
                    return replace(total, verdict="violated")
            return replace(total, verdict="undecided")

        return attempt

    return prepare


def _spin(question: Question, folder: Path) -> Prepared:
    (folder / "model.pml").write_text(to_promela(question.problem()))

    def attempt(timeout: float) -> Attempt:
        total, said = Attempt("undecided"), ""
        translating, compiling, searching = spin.COMMANDS
        deeper = [(*searching[:-1], f"-m{depth}") for depth in spin.DEPTHS[1:]]
        for command in (translating, compiling, searching, *deeper):
            if command in deeper and "max search depth too small" not in said:
                break
            code, said, found = run_measured(command, folder, timeout - total.seconds)
            total = total.and_then(found)
            if code is None:
                return total
        try:
            return replace(total, verdict=spin.understood(said))
        except NotApplicable:
            return replace(total, verdict="undecided")

    return attempt
