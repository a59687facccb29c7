"""`python -m tools.equal OTHER`: whether another checkout asks the same questions, and keeps the same tables, row by row.

For each check of each scenario, under each cause, the question is the system and the formula, whatever they are made by: their
digest is what a certificate is tied to. The tables are the ledger of verdicts, the mutants and what is said of them, and the
certificates that must be rejected. A restructuring must change none of them.
"""

import json
import subprocess
import sys
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[1]

TABLES = ("proofs/ledger.csv", "proofs/mutants.csv", "proofs/mutants-explained.csv")
"""The tables of verdicts, as far as a checkout has them."""

_QUESTIONS = """
import json
from pathlib import Path
try:
    from dialproof.core.claims import ManySystems
    from dialproof.encode.problem import Problem
    from dialproof.evidence.certificates.meaning import problem_digest
except ImportError:  # before the rooms
    from dialproof.certificates.meaning import problem_digest
    from dialproof.claims import ManySystems
    from dialproof.problem import Problem
from properties.checks import plan
for path in sorted(Path("model/scenarios").rglob("*.toml")):
    for planned in plan(path):
        for variant in planned.variants:
            about = variant.summary or variant.sample if isinstance(variant, ManySystems) else variant
            row = [path.as_posix(), planned.line, planned.claim, variant.name]
            print(json.dumps([*row, problem_digest(Problem(about.system, about.claim.formula))]))
"""

_REJECTED = """
import json
from tests.rejected.corruptions import CORRUPTIONS
for one in CORRUPTIONS:
    print(json.dumps([one.name, one.of, one.done]))
"""


def questions(checkout: Path) -> dict[str, str]:
    """The digest of each question that `checkout` asks, by scenario, line, claim and cause."""
    return {" ".join(map(str, row[:-1])): row[-1] for row in _printed(checkout, _QUESTIONS)}


def tables(checkout: Path) -> dict[str, str]:
    """Each row of the tables of `checkout`, and the certificates that must be rejected: what was done to which good one."""
    rows = {
        f"{name} {line}": "there"
        for name in TABLES
        if (checkout / name).exists()
        for line in (checkout / name).read_text(encoding="utf-8").splitlines()
    }
    return rows | {f"rejected {name}": f"{of}, {what}" for name, of, what in _printed(checkout, _REJECTED)}


def _printed(checkout: Path, program: str) -> list[list[str]]:
    """What `program` prints in `checkout`, line by line as JSON."""
    python = checkout / ".venv" / "bin" / "python"
    command = [str(python if python.exists() else sys.executable), "-c", program]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(f"{checkout} cannot be compared: {done.stderr.strip().splitlines()[-1]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


@click.command(context_settings={"show_default": True})
@click.argument("other", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(other: Path) -> None:
    """Compare this checkout with OTHER, another one; each must be set up (`make setup`)."""
    here = questions(ROOT) | tables(ROOT)
    there = questions(other.resolve()) | tables(other.resolve())
    differing = sorted(row for row in here.keys() | there.keys() if here.get(row) != there.get(row))
    for row in differing:
        click.echo(f"differs: {row}: {there.get(row, 'not there')} before, {here.get(row, 'not there')} now")
    click.echo(f"{len(here)} rows here, {len(there)} there; {len(differing)} differ")
    raise SystemExit(1 if differing else 0)


if __name__ == "__main__":
    main(prog_name="python -m tools.equal")
