"""The long differential campaign: `python -m tools.campaign --cases 20000 --seed 1`.

The same cases as in `tests/engines/test_agreement.py`, by the ten thousand, on all processors; every so many go to SPIN too,
where it is installed. It ends with exit code 1 at the first disagreement and prints the problem. `--write` puts the table into
docs/campaign.md.
"""

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

import z3

import dialproof
from dialproof.exchange.promela import spin
from tests.agreement import DisagreementError, run_cases

PAGE = Path(__file__).resolve().parents[1] / "docs" / "campaign.md"
SHARD = 100
"""How many cases one task of a process has."""

_PAGE = """\
# The differential campaign

Random systems (deadlocks, parameters, weak and strong fairness, assumptions) with random formulas are given to every engine.
Whoever decides has to decide like the explicit search, every counterexample is replayed, every proof is audited. CI runs a
slice of it (`tests/engines/test_agreement.py`).

```text
{command}
```

{cases:,} cases, {disagreements} disagreements; {minutes:.0f} minutes on {processes} processes; z3 {z3}, dialproof
{version}.{spin}

| engine | asked | holds | violated | nothing |
|---|---:|---:|---:|---:|
{rows}

"Nothing" is no disagreement: a bounded search proves nothing, k-liveness and k-induction find no violations, and each gives up
somewhere.
"""


def _say(*words: object) -> None:
    """Print at once: the campaign takes long, and its output may go to a file."""
    print(*words, sep="\n", flush=True)  # noqa: T201  # a command prints


def main() -> int:
    """Run the campaign; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.campaign", description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000, help="how many random problems (default: 20000)")
    parser.add_argument("--seed", type=int, default=1, help="where the random problems start (default: 1)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="default: the processors")
    parser.add_argument("--spin-every", type=int, default=20, help="every so manieth problem goes to SPIN (default: 20; 0: none)")
    parser.add_argument("--write", action="store_true", help="write docs/campaign.md")
    arguments = parser.parse_args()
    spin_every = 0 if spin.missing_tools() else arguments.spin_every
    if spin_every != arguments.spin_every:
        _say(f"SPIN is skipped: {spin.missing_tools()}")
    begun = time.monotonic()
    counts: Counter[tuple[str, str]] = Counter()
    shards = -(-arguments.cases // SHARD)
    with ProcessPoolExecutor(arguments.processes, mp_context=get_context("spawn")) as executor:
        tasks = [
            executor.submit(run_cases, SHARD, arguments.seed * 1_000_000 + shard, spin_every=spin_every)
            for shard in range(shards)
        ]
        for done, task in enumerate(as_completed(tasks), start=1):
            try:
                counts += task.result()
            except DisagreementError as error:
                _say(error, *getattr(error, "__notes__", ()))
                executor.shutdown(wait=False, cancel_futures=True)
                return 1
            if done % 10 == 0 or done == shards:
                _say(f"{done * SHARD:,} cases, no disagreement; {time.monotonic() - begun:.0f} s")
    page = _page(arguments, counts, (time.monotonic() - begun) / 60, spin_every)
    _say(page)
    if arguments.write:
        PAGE.write_text(page, encoding="utf-8")
    return 0


def _page(arguments: argparse.Namespace, counts: Counter[tuple[str, str]], minutes: float, spin_every: int) -> str:
    engines = dict.fromkeys(engine for engine, _ in counts)
    words = ("asked", "holds", "violated", "nothing")
    rows = [f"| {engine} | {' | '.join(f'{counts[engine, word]:,}' for word in words)} |" for engine in engines]
    return _PAGE.format(
        command=f"python -m tools.campaign --cases {arguments.cases} --seed {arguments.seed} --spin-every {arguments.spin_every}",
        cases=counts["explicit search", "asked"],
        disagreements=0,
        minutes=minutes,
        processes=arguments.processes,
        z3=z3.get_version_string(),
        version=dialproof.__version__,
        spin=f" Every {spin_every}th case went to SPIN." if spin_every else " SPIN was not asked.",
        rows="\n".join(rows),
    )


if __name__ == "__main__":
    sys.exit(main())
