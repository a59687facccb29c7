"""`python -m tools.reproducible [SCENARIO]...`: whether the same checks get the same evidence, however busy the machine is.

The checks of the scenario files (without any: of the whole ledger) are made several times, each time by a process of its own and
without the cache: on the machine as it is, beside two busy processes, and with one, two and four workers. Each row is a check
under one cause; its evidence is the verdict, the engine, the certificate, the run, how far was searched, and what shows that the
claim speaks of something. Every difference is printed, and then the exit code is 1. How long anything took is not compared.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from dialproof.core.plan import PlannedCheck
from dialproof.core.run import Lasso, Run
from dialproof.core.verdict import Holds, Vacuous, Verdict, Violated
from dialproof.evidence.certificates.plain import canonical, to_plain
from dialproof.evidence.outcome import word
from dialproof.portfolio.check import run_planned
from dialproof.portfolio.portfolio import Portfolio
from properties.checks import plan

ROOT = Path(__file__).resolve().parents[1]
LEDGER = ROOT / "model" / "scenarios"

Evidence = dict[str, str]
"""What a verdict shows, by the name of the part."""

_BUSY = "import os\nparent = os.getppid()\nwhile os.getppid() == parent:\n    sum(range(100_000))"


@dataclass(frozen=True)
class Condition:
    """A way to make the checks: with `workers` worker processes, beside `busy` processes that do nothing but take time."""

    workers: int
    busy: int = 0

    def __str__(self) -> str:
        beside = f" beside {self.busy} busy processes" if self.busy else ""
        return f"{self.workers} worker{'s' if self.workers > 1 else ''}{beside}"


CONDITIONS = (Condition(2), Condition(2, busy=2), Condition(1), Condition(4))
"""The first one is what the others are compared with."""


def evidence_of(verdict: Verdict) -> Evidence:
    """What `verdict` shows, as text: the verdict, the engine, certificate or run, depth, and the witness."""
    found = {"verdict": word(verdict), "engine": verdict.engine, "vacuity": _vacuity(verdict)}
    match verdict:
        case Holds(certificate) | Vacuous(certificate):
            found["certificate"] = canonical(to_plain(certificate))
        case Violated(run):
            found |= {"run": _shown(run), "depth": str(verdict.depth)}
    return found


def _vacuity(verdict: Verdict) -> str:
    vacuity = verdict.vacuity
    witness = "" if vacuity.witness is None else _shown(vacuity.witness)
    return f"fair run: {vacuity.fair_run}, premise: {vacuity.premise}, witness: {witness}"


def _shown(run: Run) -> str:
    start = len(run.stem) if isinstance(run, Lasso) else None
    return json.dumps([start, *((str(step.action), dict(step.state)) for step in run.steps)])


def differences(reference: Mapping[str, Evidence], other: Mapping[str, Evidence]) -> Iterator[str]:
    """A line for each part of the evidence of a row that is not the same in both."""
    for row in sorted(reference.keys() | other.keys()):
        before, now = reference.get(row, {}), other.get(row, {})
        for part in sorted(before.keys() | now.keys()):
            if before.get(part) != now.get(part):
                yield f"{row}: {part}: {_brief(before.get(part))} first, {_brief(now.get(part))} now"


def _brief(text: str | None, most: int = 160) -> str:
    if text is None:
        return "none"
    return text if len(text) <= most else f"{text[:most]}... ({len(text):,} characters)"


def planned_in(scenarios: Sequence[Path]) -> list[PlannedCheck]:
    """Every check of the files, and of those below the folders, in the order of their paths."""
    files = [file for path in scenarios for file in (sorted(path.rglob("*.toml")) if path.is_dir() else [path])]
    return [check for file in files for check in plan(file)]


def rows(planned: Sequence[PlannedCheck], workers: int, timeout: float) -> dict[str, Evidence]:
    """The evidence of each check under each cause, as it comes out with so many workers and without a cache."""
    with Portfolio(workers, timeout=timeout) as portfolio:
        results = run_planned(portfolio, planned)
    return {
        f"{Path(checked.planned.scenario).name}:{checked.planned.line} {checked.planned.claim} ({cause})": evidence_of(verdict)
        for checked in results
        for cause, verdict in checked.by_cause
    }


@contextmanager
def busy_processes(number: int) -> Iterator[None]:
    """Within it so many processes take all the time that they are given."""
    started = [subprocess.Popen([sys.executable, "-c", _BUSY]) for _ in range(number)]
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def rows_under(condition: Condition, scenarios: Sequence[Path], timeout: float) -> dict[str, Evidence]:
    """The same from a process of its own, so that nothing is left of the time before, under `condition`."""
    command = [sys.executable, "-m", "tools.reproducible", "--rows", str(condition.workers), "--timeout", str(timeout)]
    with busy_processes(condition.busy):
        done = subprocess.run([*command, *map(str, scenarios)], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise click.ClickException(f"the checks could not be made with {condition}")
    found: dict[str, Evidence] = json.loads(done.stdout)
    return found


@click.command(context_settings={"show_default": True})
@click.argument("scenarios", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--timeout", type=float, default=900.0, help="For how long one check may take, in seconds.")
@click.option("workers", "--rows", type=click.IntRange(min=1), hidden=True, help="Print the rows with so many workers, as JSON.")
def main(scenarios: tuple[Path, ...], timeout: float, workers: int | None) -> None:
    """Compare the evidence of the same checks on an idle and on a busy machine, and with 1, 2 and 4 workers."""
    chosen = [path.resolve() for path in scenarios] or [LEDGER]
    if workers is not None:
        click.echo(json.dumps(rows(planned_in(chosen), workers, timeout)))
        return
    reference, *others = CONDITIONS
    expected = rows_under(reference, chosen, timeout)
    total = 0
    for condition in others:
        found = list(differences(expected, rows_under(condition, chosen, timeout)))
        total += len(found)
        for line in found:
            click.echo(f"with {condition}: {line}")
        click.echo(f"{len(expected)} rows with {condition}: {len(found)} differences from those with {reference}")
    raise SystemExit(1 if total else 0)


if __name__ == "__main__":
    main(prog_name="python -m tools.reproducible")
