"""The campaign against the readers of configuration files: `python -m tools.readers --inputs 100000 --seed 1`.

The same kinds of cases as in `tests/model/test_hostile_files.py`, by the ten thousand. It ends with exit code 1 at the first
reader that does what none may do, and prints the case. `--write` puts the table into docs/campaign.md, below the other campaign.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from tests.hostile_files import LARGE_EVERY
from tests.reading import ReadingError, run_readers
from tools.campaign import PAGE, READERS, say

SHARD = 500
"""How many cases one task of a process has."""
PLAN_EVERY = 100
"""Every so manieth case is planned too."""

_PART = """\
{heading}

The example files of `model/configurations`, mutated at random: bytes, lines and words are changed, moved and taken
from other files; numbers without end, control characters, text that runs from right to left, other encodings and line
ends, deep nesting, files that include themselves or each other, links and includes that lead out of the folder. One
case of {large:,} has a file of the largest size, or of one byte more. Each has passwords and keys in it that are
marked.

It is demanded that each file ends in a scenario, or in a message that names the file (and the line, which is there);
that the scenario file that `dialproof import` writes is TOML and says the same; that it takes two seconds at most,
and for a large file ten more for each million bytes; that nothing outside the folder is opened or listed, nothing
written, executed or connected to; that no marked secret is in a message, a note, the scenario file or a planned
check. Every {plan}th case is planned. CI runs a slice of it (`tests/model/test_hostile_files.py`).

```text
{command}
```

{inputs:,} files, {inputs:,} answers as demanded; {seconds:,.0f} seconds on {processes}.

| kind | files | read | refused with a message | not recognised, read with `--as` | planned | planning refused |
|---|---:|---:|---:|---:|---:|---:|
{rows}
"""
_COLUMNS = ("asked", "read", "refused", "not recognised", "planned", "not planned")


def main() -> int:
    """Run the campaign; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.readers", description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000, help="how many files (default: 100000)")
    parser.add_argument("--seed", type=int, default=1, help="where the random files start (default: 1)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="default: the processors")
    parser.add_argument("--write", action="store_true", help="write docs/campaign.md")
    arguments = parser.parse_args()
    begun = time.monotonic()
    counts: Counter[tuple[str, str]] = Counter()
    first, end = arguments.seed * 1_000_000, arguments.seed * 1_000_000 + arguments.inputs
    with ProcessPoolExecutor(arguments.processes, mp_context=get_context("spawn")) as executor:
        tasks = [executor.submit(run_readers, min(SHARD, end - at), at, plan_every=PLAN_EVERY) for at in range(first, end, SHARD)]
        for task in as_completed(tasks):
            try:
                counts += task.result()
            except ReadingError as error:
                say(error, *getattr(error, "__notes__", ()))
                executor.shutdown(wait=False, cancel_futures=True)
                return 1
            done = sum(number for (_, word), number in counts.items() if word == "asked")
            if done % (10 * SHARD) == 0 or done == arguments.inputs:
                say(f"{done:,} files; {time.monotonic() - begun:.0f} s")
    part = _part(arguments, counts, time.monotonic() - begun)
    say(part)
    if arguments.write:
        before, _, _ = PAGE.read_text(encoding="utf-8").partition(READERS)
        PAGE.write_text(f"{before.rstrip()}\n\n{part}", encoding="utf-8")
    return 0


def _part(arguments: argparse.Namespace, counts: Mapping[tuple[str, str], int], seconds: float) -> str:
    kinds = dict.fromkeys(kind for kind, _ in counts)
    return _PART.format(
        heading=READERS,
        command=f"python -m tools.readers --inputs {arguments.inputs} --seed {arguments.seed}",
        inputs=sum(counts.get((kind, "asked"), 0) for kind in kinds),
        seconds=seconds,
        processes="1 process" if arguments.processes == 1 else f"{arguments.processes} processes",
        large=LARGE_EVERY // len(kinds),
        plan=PLAN_EVERY,
        rows="\n".join(
            f"| {kind} | {' | '.join(f'{counts.get((kind, word), 0):,}' for word in _COLUMNS)} |" for kind in sorted(kinds)
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
