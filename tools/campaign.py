"""The long differential campaign: `python -m tools.campaign --cases 20000 --timed-cases 20000 --seed 1`.

The same kinds of cases as in `tests/engines/test_agreement.py`, by the ten thousand, on all processors; every so many untimed
ones go to SPIN too, where it is installed. It ends with exit code 1 at the first disagreement and prints the problem. `--write`
puts the tables into docs/campaign.md.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

import z3

import dialproof
from dialproof.exchange.promela import spin
from tests.agreement import DisagreementError, run_cases
from tests.timed_agreement import run_timed_cases

PAGE = Path(__file__).resolve().parents[1] / "docs" / "campaign.md"
READERS = "## Readers of configuration files"
"""What stands in the page from here on, `tools.readers` writes."""
SHARD = 100
"""How many cases one task of a process has."""
OTHERS_EVERY = 5
"""Every so manieth timed case goes to somebody beside the explicit search."""

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

## Timed systems

Random lines with clocks, earliest and latest times and a shared flag, most of them under the assumption that time goes on, with
random claims. If a claim cannot tell a long step of time from several short ones, the verdict is compared with that for a system,
made independently, in which time passes in single units. Every {others_every}th case goes to another engine too, in turn.

{timed_cases:,} cases, {disagreements} disagreements.

| who | asked | holds | violated | nothing |
|---|---:|---:|---:|---:|
{timed_rows}
"""


def say(*words: object) -> None:
    """Print at once: the campaign takes long, and its output may go to a file."""
    print(*words, sep="\n", flush=True)  # noqa: T201  # a command prints


def main() -> int:
    """Run the campaign; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.campaign", description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000, help="how many random problems (default: 20000)")
    parser.add_argument("--timed-cases", type=int, default=20_000, help="how many random timed problems (default: 20000)")
    parser.add_argument("--seed", type=int, default=1, help="where the random problems start (default: 1)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="default: the processors")
    parser.add_argument("--spin-every", type=int, default=20, help="every so manieth problem goes to SPIN (default: 20; 0: none)")
    parser.add_argument("--write", action="store_true", help="write docs/campaign.md")
    arguments = parser.parse_args()
    spin_every = 0 if spin.missing_tools() else arguments.spin_every
    if spin_every != arguments.spin_every:
        say(f"SPIN is skipped: {spin.missing_tools()}")
    begun = time.monotonic()
    counts: dict[bool, Counter[tuple[str, str]]] = {False: Counter(), True: Counter()}
    with ProcessPoolExecutor(arguments.processes, mp_context=get_context("spawn")) as executor:
        first = arguments.seed * 1_000_000
        tasks = {
            executor.submit(run_cases, SHARD, first + shard, spin_every=spin_every): False
            for shard in range(-(-arguments.cases // SHARD))
        }
        tasks |= {
            executor.submit(run_timed_cases, SHARD, first + shard * SHARD, units_every=1, others_every=OTHERS_EVERY): True
            for shard in range(-(-arguments.timed_cases // SHARD))
        }
        for done, task in enumerate(as_completed(tasks), start=1):
            try:
                counts[tasks[task]] += task.result()
            except DisagreementError as error:
                say(error, *getattr(error, "__notes__", ()))
                executor.shutdown(wait=False, cancel_futures=True)
                return 1
            if done % 10 == 0 or done == len(tasks):
                say(f"{done * SHARD:,} cases, no disagreement; {time.monotonic() - begun:.0f} s")
    page = _page(arguments, counts, (time.monotonic() - begun) / 60, spin_every)
    say(page)
    if arguments.write:
        _, heading, readers = PAGE.read_text(encoding="utf-8").partition(READERS)
        PAGE.write_text(f"{page}\n{heading}{readers}" if heading else page, encoding="utf-8")
    return 0


def _page(arguments: argparse.Namespace, counts: Mapping[bool, Counter[tuple[str, str]]], minutes: float, spin_every: int) -> str:
    command = f"python -m tools.campaign --cases {arguments.cases} --timed-cases {arguments.timed_cases}"
    return _PAGE.format(
        command=f"{command} --seed {arguments.seed} --spin-every {arguments.spin_every}",
        cases=counts[False]["explicit search", "asked"],
        timed_cases=counts[True]["explicit search", "asked"],
        disagreements=0,
        minutes=minutes,
        processes=arguments.processes,
        z3=z3.get_version_string(),
        version=dialproof.__version__,
        spin=f" Every {spin_every}th case went to SPIN." if spin_every else " SPIN was not asked.",
        rows=_rows(counts[False]),
        timed_rows=_rows(counts[True]),
        units_every=1,
        others_every=OTHERS_EVERY,
    )


def _rows(counts: Counter[tuple[str, str]]) -> str:
    words = ("asked", "holds", "violated", "nothing")
    engines = dict.fromkeys(engine for engine, _ in counts)
    return "\n".join(f"| {engine} | {' | '.join(f'{counts[engine, word]:,}' for word in words)} |" for engine in engines)


if __name__ == "__main__":
    sys.exit(main())
